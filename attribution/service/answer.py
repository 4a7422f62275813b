"""Why this answer: a model writes, or is given, an answer; every token of it is explained at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from attribution.language import N_, Said
from attribution.methods.alignment import align
from attribution.methods.alti_logit import alti_logit
from attribution.methods.catalogue import Method, find
from attribution.methods.problem import Problem
from attribution.methods.removal import WordRemoval
from attribution.methods.saliency import CHUNK_FLOATS, causal_saliency, seq2seq_saliency
from attribution.methods.step_scores import Steps, step_scores
from attribution.models import tokens
from attribution.models.anatomy import decoder_anatomy
from attribution.models.loading import LoadedModel
from attribution.service.inputs import (
    INTEGRAL,
    NOT_EXPLAINED,
    THE,
    check_choice,
    replacement_id,
    whole_number,
    word_ids,
)
from attribution.service.limits import check_memory
from attribution.service.next_word import QUANTIZED, TOLERANCE
from attribution.service.prompts import check_fields
from attribution.service.writing import (
    Asked,
    answer_ids,
    answer_request,
    answer_text,
    asked,
    check_generation,
    check_ids,
    generate,
    settings_in_words,
    written,
)
from attribution.types import (
    AnswerRequest,
    AnswerResult,
    Array,
    Candidate,
    Ending,
    Segment,
    TextError,
    UnsupportedArchitectureError,
)

__all__ = ["explain_answer", "generate", "run_answer"]

TOP = 8
"""Of the likeliest tokens at each step."""
MOST_STEPS = 1000
"""Nodes of the integral that one may ask for."""
WRITING = 0.3
"""The part of the progress that writing the answer takes."""
UNITS = {"log_probability": "nats", "logit": "logits", "probability": "probability"}
START = "decoder start"
ONLY_FOR = {
    "decoder": N_("{method!c} exists for decoders only; choose another method for {name}."),
    "encoder-decoder": N_("{method!c} exists for encoder-decoders only; choose another method for {name}."),
}
NOT_SPLIT = N_("A prompt cannot be split into “{value}”; choose from {choices}.")
WHICH_WORD = N_("The word explained is named by its number from 0, or -1 for all, not {value}.")
Progress = Callable[[float], None]


def explain_answer(
    loaded: LoadedModel,
    prompt: Any,
    answer: str = "",
    *,
    method: str = "frozen",
    attributed: str = "logit",
    contrast: str = "",
    segments: str = "sentences",
    progress: Progress | None = None,
    **options: Any,
) -> AnswerResult:
    """What a method credits to each token of the prompt and of the answer so far, for each word of an answer.

    Args:
        loaded: a model that writes, from `load`: a decoder, with or without a chat template, or an
            encoder-decoder.
        prompt: a text; or messages, [{"role": "user", "content": ...}, ...], a system text first or none.
        answer: the answer explained; empty: the model writes it.
        method: a row of `methods.catalogue` for answers, see `attribution.method_rows`.
        attributed: "logit", "log_probability" or "probability" of each token; with a contrast the difference.
        contrast: another answer, compared step by step after the same words; with `step` another word.
        segments: "sentences" or "fields": whether document and question are credited sentence by sentence.
        progress: called with the fraction done; an exception from it stops the computation.
        options: other fields of `AnswerRequest` (system, document, examples, plain, answer_ids, step,
            contrast_ids, steps, languages) and of `Generation` (search, beams, temperature, top_p, seed,
            length, stop).

    Returns:
        A result with values [T, S + T]; of additive methods they sum with the parts of each step to the
        model's own number. The tokens explained are those that were written.

    Raises:
        TextError: a text is none, empty, too long or cannot be spelled, or an option is out of range.
        TemplateError: the model's chat template refuses the texts, or was stopped.
        UnsupportedArchitectureError: the method does not fit the model.
        ModelTooLargeError: the explanation would not fit into this machine's memory.
    """
    options |= {"method": method, "attributed": attributed, "contrast": contrast, "splitting": segments}
    return run_answer(loaded, answer_request(loaded, prompt, answer, **options), progress)


def run_answer(loaded: LoadedModel, request: AnswerRequest, progress: Progress | None = None) -> AnswerResult:
    """The request's explanation; see `explain_answer`."""
    how = check_answer(loaded, request)
    request = replace(request, model=loaded.info.id, dtype=loaded.info.dtype)
    tell = progress or (lambda _: None)
    ending: Ending = "given"
    found = request
    if not request.answer and not request.answer_ids:
        ids, ending = _ids_written(loaded, request, lambda done: tell(WRITING * done))
        found = replace(request, answer_ids=ids)
    before = WRITING if ending != "given" else 0.0
    with loaded.lock:
        question = explained(loaded, found)
        check_memory(loaded, len(question.asked.prompt.tokens) + len(question.ids))
        parts = _explained(loaded, request, question, how, lambda done: tell(before + (1 - before) * done))
        return _result(loaded, request, question, ending, parts)


def check_answer(loaded: LoadedModel, request: AnswerRequest) -> Method:
    """The method, once everything is checked that needs no tokens.

    Raises:
        AttributionError: see `explain_answer`.
    """
    check_fields(request)
    check_generation(request.generation)
    how = find(request.method, "answer")
    check_choice(request.attributed, tuple(UNITS), NOT_EXPLAINED)
    check_choice(request.splitting, ("sentences", "fields"), NOT_SPLIT)
    whole_number(request.step, WHICH_WORD, -1, 10**6)
    whole_number(request.steps, INTEGRAL, 1, MOST_STEPS)
    if loaded.info.kind not in how.kinds:
        raise UnsupportedArchitectureError(
            ONLY_FOR[how.kinds[0]], method=Said(how.english), name=loaded.info.name
        )
    if how.gradients and loaded.info.dtype in QUANTIZED:
        raise UnsupportedArchitectureError(
            "{method!c} needs gradients, which a model in {precision} does not give: choose "
            "erasure, or the model in float32.",
            method=Said(how.english),
            precision=loaded.info.dtype,
        )
    if how.id == "frozen" and request.attributed == "probability":
        raise TextError("Held still explains what adds up: choose the log-probability or the logit.")
    if how.layered:
        decoder_anatomy(loaded.model)
    return how


def _ids_written(
    loaded: LoadedModel, request: AnswerRequest, tell: Progress
) -> tuple[tuple[int, ...], Ending]:
    """The answer as the model writes it, and why it ends."""
    ids, ending = [], None
    for token in written(loaded, request, tell):
        ids.append(token.id)
        ending = token.ending
    return tuple(ids), ending or "length"


# ------------------------------------------------------------------------------------ what is explained


@dataclass(frozen=True)
class Explained:
    """The answer's tokens, those of them that are explained, and what each is compared with."""

    asked: Asked
    ids: tuple[int, ...]
    steps: tuple[int, ...]
    foils: tuple[int, ...]
    """One for each step explained, or none."""
    notes: tuple[str, ...] = ()

    @property
    def prompt_ids(self) -> tuple[int, ...]:
        """S tokens: of the decoder's text, or the encoder's."""
        return self.asked.prompt.tokens.ids

    @property
    def targets(self) -> list[int]:
        """The tokens explained."""
        return [self.ids[step] for step in self.steps]

    def objective(self, request: AnswerRequest, how: Method) -> str:
        """The attributed function by its name among the step scores."""
        name = "logit" if how.layered else request.attributed
        if not self.foils:
            return name
        return "contrast_prob_diff" if name == "probability" else "contrast_logits_diff"

    def problem(
        self,
        loaded: LoadedModel,
        attributed: str,
        steps: Sequence[int],
        foils: Sequence[int] | None,
        tell: Any,
    ) -> Problem:
        """What a method starts from, for some of the steps."""
        source = self.prompt_ids if self.asked.start else None
        first = len(self.asked.start or self.prompt_ids) - 1
        inputs, where = self.asked.inputs(self.ids), [first + step for step in steps]
        targets = [self.ids[step] for step in steps]
        return Problem(loaded.model, source, inputs, where, targets, foils, attributed, CHUNK_FLOATS, tell)


def explained(loaded: LoadedModel, request: AnswerRequest) -> Explained:
    """The tokens of a request that has an answer; the caller holds the model's lock.

    Raises:
        TextError: the step is not one of the answer's, or the contrast cannot be compared.
    """
    question, notes = asked(loaded, request), []
    ids = question.given
    if request.step >= len(ids):
        raise TextError(
            "There is no token {step} in the answer, whose tokens are numbered from 0 to {last}.",
            step=request.step,
            last=len(ids) - 1,
        )
    steps = tuple(range(len(ids))) if request.step < 0 else (request.step,)
    if find(request.method).layered and len(steps) > 1:
        raise TextError(
            "ALTI-Logit explains one word at a time: choose a word of the answer (step), or another method."
        )
    foils: tuple[int, ...] = ()
    if request.contrast or request.contrast_ids:
        other = _contrast(loaded, request, question, ids)
        foils = other[:1] if request.step >= 0 else tuple(other[k] for k in align(ids, other))
        same = sum(ids[step] == foil for step, foil in zip(steps, foils, strict=True))
        if request.step >= 0 and same:
            raise TextError("The contrast is the word itself for this model: choose another one.")
        if same:
            notes.append(
                Said(
                    "{same} of {count} steps have the same token in both answers: no contrast there.",
                    same=same,
                    count=len(ids),
                )
            )
    return Explained(question, ids, steps, foils, tuple(notes))


def _contrast(
    loaded: LoadedModel, request: AnswerRequest, question: Asked, ids: tuple[int, ...]
) -> tuple[int, ...]:
    """The tokens of another answer, or of another word than that of the step, which then differs at once."""
    if request.contrast_ids:
        check_ids(loaded, request.contrast_ids, THE["contrast"])
        return request.contrast_ids
    if request.step < 0:
        return answer_ids(loaded, question.prompt, request.contrast, "contrast")
    text = answer_text(loaded, ids[: request.step])[0]
    before = text if question.prompt.templated or question.start else question.prompt.text + text
    if not before.strip():
        return answer_ids(loaded, question.prompt, request.contrast, "contrast")
    joined = before.endswith("\n")
    return word_ids(loaded, before, request.contrast, "contrast", joined=joined)


# ------------------------------------------------------------------------------------------ the methods


@dataclass(frozen=True)
class _Values:
    """What a method found for R rows: fields of a result, and the logits [T, V] of all steps."""

    values: Array
    magnitudes: Array
    explained: Array
    parts: dict[str, Array]
    logits: Tensor
    convergence: Array


def _explained(
    loaded: LoadedModel, request: AnswerRequest, question: Explained, how: Method, tell: Progress
) -> _Values:
    if how.layered:
        return _by_layers(loaded, question, tell)
    if how.id == "erasure":
        return _by_erasure(loaded, request, question, how, tell)
    return _by_gradients(loaded, request, question, how, tell)


def _by_gradients(
    loaded: LoadedModel, request: AnswerRequest, question: Explained, how: Method, tell: Progress
) -> _Values:
    """All steps from one forward; the tokens of a prompt in a decoder, source and prefix in two parts."""
    inputs, size, total = question.asked.inputs(question.ids), len(question.prompt_ids), len(question.ids)
    options: dict[str, Any] = {
        "foil_ids": list(question.foils) or None,
        "method": how.id,
        "attributed": question.objective(request, how),
        "kept_ids": loaded.tokenizer.all_special_ids,
        "steps": request.steps,
        "progress": tell,
    }
    if how.id == "integrated_gradients":
        options["replacement_id"] = replacement_id(loaded.tokenizer)
    rows = np.full((2, len(question.steps), size + total), np.nan)
    start = len(question.asked.start)
    if start:
        first, last = start - 1 + question.steps[0], start + question.steps[-1]
        found = seq2seq_saliency(
            loaded.model, question.prompt_ids, inputs[:last], question.targets, first_step=first, **options
        )
        rows[0, :, :size], rows[1, :, :size] = found.source_signed, found.source_magnitude
        written = last - start
        rows[0, :, size : size + written] = found.prefix_signed[:, start:]
        rows[1, :, size : size + written] = found.prefix_magnitude[:, start:]
    else:
        where = [size - 1 + step for step in question.steps]
        found = causal_saliency(loaded.model, inputs[: where[-1] + 1], where, question.targets, **options)
        rows[0, :, : where[-1] + 1] = found.prefix_signed
        rows[1, :, : where[-1] + 1] = found.prefix_magnitude
    parts = dict(found.parts)
    if start and how.additive:
        parts[START] = np.nansum(found.prefix_signed[:, :start], 1)
    values = rows[0] if how.signed else rows[1]
    logits = found.logits if len(question.steps) == total else _all_logits(loaded, question)
    return _Values(values, rows[1], found.values, parts, logits, found.convergence)


def _by_erasure(
    loaded: LoadedModel, request: AnswerRequest, question: Explained, how: Method, tell: Progress
) -> _Values:
    """Each segment of the prompt left out, its value evenly on its tokens; the answer is not covered."""
    segments = question.asked.prompt.removable
    if not segments:
        raise TextError("There is nothing in this prompt that could be left out.")
    objective = question.objective(request, how)
    every = range(len(question.ids))
    foils = list(question.foils) or None
    if foils and len(foils) < len(question.ids):  # one step alone: the others are compared with themselves
        foils = [foils[0] if step in question.steps else i for step, i in enumerate(question.ids)]
    problem = question.problem(loaded, objective, every, foils, tell)
    removal = WordRemoval(problem, every, [s.columns for s in segments])
    n, rows = len(segments), list(question.steps)
    masks = np.concatenate([np.ones((1, n), dtype=bool), ~np.eye(n, dtype=bool)])
    values = removal.by_step(masks, problem.progress)[:, rows]  # [1 + n, R]
    shares = np.full((len(rows), len(question.prompt_ids) + len(question.ids)), np.nan)
    for segment, without in zip(segments, values[1:], strict=True):
        lost = values[0] - without
        shares[:, list(segment.columns)] = (lost / len(segment.columns))[:, None]
    logits = _all_logits(loaded, question)
    return _Values(shares, np.abs(shares), values[0], {}, logits, np.zeros(0))


def _by_layers(loaded: LoadedModel, question: Explained, tell: Progress) -> _Values:
    """ALTI-Logit of one token."""
    (step,) = question.steps
    ids = torch.tensor([*question.prompt_ids, *question.ids[:step]], device=loaded.model.device)
    with torch.inference_mode():
        words = [question.ids[step], *question.foils]
        found = alti_logit(loaded.model, decoder_anatomy(loaded.model), ids, words, tell)
    chosen = found.contributions[0]
    if question.foils:
        chosen = chosen.minus(found.contributions[1])
    row = np.full((1, len(question.prompt_ids) + len(question.ids)), np.nan)
    row[0, : len(ids)] = chosen.alti_logit.sum(0, dtype=np.float64)
    parts = {name: np.array([np.sum(part, dtype=np.float64)]) for name, part in chosen.parts.items()}
    number = np.array([chosen.explained_logit])
    return _Values(row, np.abs(row), number, parts, _all_logits(loaded, question), np.zeros(0))


@torch.no_grad()
def _all_logits(loaded: LoadedModel, question: Explained) -> Tensor:
    """[T, V]: of every step, explained or not."""
    problem = question.problem(loaded, "logit", range(len(question.ids)), None, None)
    return problem.forward(*problem.embeddings())[1]


# ------------------------------------------------------------------------------------------- the result


def _result(
    loaded: LoadedModel, request: AnswerRequest, question: Explained, ending: Ending, found: _Values
) -> AnswerResult:
    prompt, ids = question.asked.prompt, question.ids
    text, starts = answer_text(loaded, ids)
    scores, candidates = _scores(loaded, found.logits, ids)
    size = len(prompt.tokens)
    answer = Segment("answer", N_("Answer so far"), text.strip(), tuple(range(size, size + len(ids))))
    how = find(request.method)
    exact = np.float64 if loaded.info.dtype == "float64" else np.float32
    unit = "logits" if how.layered or (question.foils and request.attributed != "probability") else ""
    return AnswerResult(
        model=loaded.info,
        request=request,
        prompt=prompt.tokens,
        answer=tokens.from_ids(loaded.tokenizer, ids),
        segments=(*prompt.segments, answer),
        steps=question.steps,
        values=found.values.astype(exact),
        magnitudes=found.magnitudes.astype(exact),
        explained=np.asarray(found.explained, dtype=np.float64),
        unit=unit or UNITS[request.attributed],
        step_scores=scores,
        candidates=candidates,
        prompt_text=prompt.text,
        answer_text=text,
        starts=starts,
        parts=found.parts,
        foils=tuple(tokens.readable(loaded.tokenizer, i) for i in question.foils),
        foil_ids=question.foils,
        ending=ending,
        settings="" if ending == "given" else settings_in_words(request.generation),
        convergence=found.convergence,
        notes=(*prompt.notes, *question.notes),
        tolerance=TOLERANCE.get(loaded.info.dtype, 5e-2),
    )


@torch.no_grad()
def _scores(
    loaded: LoadedModel, logits: Tensor, ids: Sequence[int]
) -> tuple[dict[str, Array], tuple[tuple[Candidate, ...], ...]]:
    """Step scores of all tokens [T], their ranks among them, and the likeliest tokens at each step."""
    targets = torch.tensor(ids, device=logits.device)
    scores = step_scores(Steps(logits, targets))
    own = logits.gather(-1, targets[:, None])
    scores["rank"] = ((logits > own).sum(-1) + 1).double().cpu().numpy()
    log_p = logits.double().log_softmax(-1)
    top = logits.topk(min(TOP, logits.shape[-1]), -1).indices.tolist()
    found = []
    for step, (listed, target) in enumerate(zip(top, ids, strict=True)):
        chosen = [*listed, *([] if target in listed else [target])]
        row, mine = logits[step], log_p[step]
        found.append(
            tuple(
                Candidate(
                    id=int(i),
                    token=tokens.readable(loaded.tokenizer, i),
                    text=tokens.typed_form(loaded.tokenizer, i),
                    logit=float(row[i]),
                    probability=float(mine[i].exp()),
                    rank=k + 1 if i != target else int(scores["rank"][step]),
                )
                for k, i in enumerate(chosen)
            )
        )
    return scores, tuple(found)
