"""The same question to several models: checks it, asks one model at a time, attributes each answer."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, get_args

import numpy as np
import psutil
import torch
from torch import Tensor

from attribution.language import N_, Said
from attribution.methods.alignment import align
from attribution.methods.catalogue import Method, find, names
from attribution.methods.left_out import left_out
from attribution.methods.network import Network
from attribution.methods.problem import Problem
from attribution.methods.saliency import CHUNK_FLOATS, Saliency, causal_saliency, seq2seq_saliency
from attribution.models import tokens
from attribution.models.catalogue import by_size
from attribution.models.catalogue import find as find_model
from attribution.models.loading import LoadedModel
from attribution.models.store import ModelStore
from attribution.service.candidates import listed
from attribution.service.inputs import (
    NO_METHOD,
    check_choice,
    check_text,
    check_word,
    plain_ids,
    prompt,
    replacement_id,
    word_ids,
)
from attribution.service.languages import decoder_start, language_codes
from attribution.service.limits import check_characters, check_memory, check_tokens, quick_to_check
from attribution.service.next_word import run_next_word
from attribution.service.trained_questions import ANSWER_ONLY, OUTSIDE, like_training
from attribution.types import (
    Array,
    AttributionError,
    Compared,
    ComparisonFailure,
    ComparisonRequest,
    ComparisonResult,
    ModelTooLargeError,
    NextWordRequest,
    Precision,
    TextError,
    TokenizedText,
    UnsupportedArchitectureError,
)

METHODS: tuple[str, ...] = tuple(names("comparison"))
NOT_COMPARED = N_("“{value}” cannot be compared; choose from {choices}.")
THE_QUESTION = Said("The question")
_NO_TOKENS = {
    "target": N_("The vocabulary of {name} cannot spell the target “{word}”; choose another word."),
    "foil": N_("The vocabulary of {name} cannot spell the foil “{word}”; choose another word."),
}
_PIECES = {
    "target": N_(
        "The target is {count} tokens for {name} ({pieces}): its probability is that of all of them, and "
        "attributions are sums over the target's tokens."
    ),
    "foil": N_(
        "The foil is {count} tokens for {name} ({pieces}): its probability is that of all of them, and "
        "attributions are sums over the target's tokens."
    ),
}
NODES = 50
"""Of the integral; integrated gradients only."""


def compare_models(
    models: Sequence[str],
    question: str,
    target: str,
    foil: str = "",
    *,
    method: str = "input_x_gradient",
    attributed: Compared = "probability",
    dtype: Precision = "float32",
    store: ModelStore | None = None,
) -> Iterator[ComparisonResult | ComparisonFailure]:
    """Asks each model the same question, the smallest first, and yields each answer when it is there.

    A model that cannot be had, does not fit into memory or cannot take the question yields a
    `ComparisonFailure`, and the others go on. A model is dropped from memory when the next needs its room.

    Args:
        models: catalogue ids, Hub ids or local folders; one that is named twice counts once.
        question: the source of an encoder-decoder; a decoder continues it.
        target: the answer explained.
        foil: the answer it is contrasted with; empty for none.
        method: a row of `methods.catalogue` for comparisons; "alti_logit" is for decoders only.
        attributed: "probability", or "log_probability": with a foil the logit difference, which still tells
            words apart where a model is all but certain.
        dtype: the precision to load the models in.
        store: keeps the models; a new one by default.

    Raises:
        TextError: the question or target is empty, or target and foil are the same.
    """
    check(question, target, foil)
    check_choice(method, METHODS, NO_METHOD)
    check_choice(attributed, get_args(Compared), NOT_COMPARED)
    if isinstance(models, str):
        raise TextError("The models must be a list of names, not one text.")
    store = store or ModelStore(allow_any_path=True)
    for spec in by_size(models, partial(find_model, allow_any_path=True)):
        request = ComparisonRequest(spec, question, target, foil, method, dtype, attributed)
        try:
            with store.using(spec, dtype) as loaded:
                answer: ComparisonResult | ComparisonFailure = run_comparison(loaded, request)
        except AttributionError as error:
            answer = ComparisonFailure(spec, error.said)
        yield answer


def check(question: str, target: str, foil: str) -> None:
    """Refuses what no model could answer.

    Raises:
        TextError: something is empty or too long, or target and foil are the same.
    """
    check_text(question, THE_QUESTION)
    for word, role in ((target, "target"), (foil, "foil")):
        check_word(word, role)
    if not question.strip():
        raise TextError("The question is empty: type what the models are to be asked.")
    if not target.strip():
        raise TextError("The target is empty: type the answer to explain, such as no.")
    if target.strip() == foil.strip():
        raise TextError(
            "Target and foil are both “{word}”: type another foil, or leave it empty.", word=target.strip()
        )


def run_comparison(
    loaded: LoadedModel, request: ComparisonRequest, progress: Callable[[float], None] | None = None
) -> ComparisonResult:
    """One model's answer: how likely target and foil are, and because of which words of the question.

    The attributed function is P(target) - P(foil) or ln P(target) - ln P(foil), which is the logit difference
    (P(target) or ln P(target) without a foil), for answers of several tokens summed over the target's tokens,
    each paired with one of the foil after the target's own beginning. With ALTI-Logit it is the logit
    difference of the first tokens that differ, with held still that of all. What the beginning of the answer
    (and the decoder's start token) is credited with is left out, for additive methods it is in the parts.
    `progress` is told the fraction done; an exception from it stops the computation.

    Raises:
        TextError: empty, too long, or the model cannot tell target and foil apart.
        UnsupportedArchitectureError: the model or method does not fit the comparison.
        ModelTooLargeError: computing it took more memory than there is.
    """
    check(request.question, request.target, request.foil)
    check_choice(request.method, METHODS, NO_METHOD)
    check_choice(request.attributed, get_args(Compared), NOT_COMPARED)
    with loaded.lock:
        meter = _Meter(loaded, progress)
        try:
            return _compare(loaded, request, meter)
        except (torch.OutOfMemoryError, MemoryError) as error:
            raise ModelTooLargeError(
                "{name} ran out of memory with this question; "
                "shorten it, or pick a smaller model or a lower precision.",
                name=loaded.info.name,
            ) from error


def _compare(loaded: LoadedModel, request: ComparisonRequest, meter: _Meter) -> ComparisonResult:
    decoder = loaded.info.kind == "decoder"
    asked = (_asked_of_decoder if decoder else _asked_of_encoder_decoder)(loaded, request)
    how = find(request.method)
    if how.layered:
        found = _layered(loaded, request, how, asked, meter.progress)
    else:
        credited = _credited_by_decoder if decoder else _credited_by_encoder_decoder
        found = credited(loaded, asked, _options(loaded, request, asked, meter.progress))
    checked = _left_out(loaded, request, asked, meter.progress)
    log_p = found.logits.double().log_softmax(-1)
    first = log_p[0]
    target = float(log_p[range(len(asked.target)), list(asked.target)].sum())
    foil = float("nan")
    if len(asked.foil) == 1:
        foil = float(first[asked.foil[0]])
    elif asked.foil:
        own = _logits(loaded, asked, asked.foil).double().log_softmax(-1)
        foil = float(own[range(len(asked.foil)), list(asked.foil)].sum())
    return ComparisonResult(
        model=loaded.info,
        request=request,
        text=asked.text,
        magnitude=found.magnitude.sum(0),
        signed=found.signed.sum(0),
        target_tokens=tuple(tokens.readable(loaded.tokenizer, i) for i in asked.target),
        foil_tokens=tuple(tokens.readable(loaded.tokenizer, i) for i in asked.foil),
        token_magnitude=found.magnitude,
        token_signed=found.signed,
        target_log_probability=target,
        foil_log_probability=foil,
        score=float(np.exp(target)) - (float(np.exp(foil)) if asked.foil else 0.0),
        attributed=float(found.values.sum()),
        target_rank=int((first > first[asked.target[0]]).sum()) + 1,
        answer=tokens.readable(loaded.tokenizer, int(first.argmax())),
        seconds=meter.seconds(),
        memory_bytes=meter.bytes(),
        notes=found.notes,
        token_values=np.array(found.values, dtype=np.float64),
        left_out=checked.sum(0) if len(checked) else np.zeros(0),
        token_left_out=checked,
        parts=found.parts,
        candidates=listed(loaded, found.logits[0].double().cpu().numpy(), [asked.target[0], *asked.foil[:1]]),
    )


# --------------------------------------------------------------------- the question as a model is asked it


@dataclass(frozen=True)
class _Asked:
    """The question as one model's token ids, special ones included; the answers as it would write them."""

    text: TokenizedText
    target: tuple[int, ...]
    foil: tuple[int, ...]
    notes: tuple[str, ...]
    start: tuple[int, ...] = ()
    """The decoder inputs before an answer; none where a decoder continues the question."""


def _asked_of_decoder(loaded: LoadedModel, request: ComparisonRequest) -> _Asked:
    """The question is the prompt, the answer what follows it."""
    typed, notes = _typed(request), list[str]()
    text = prompt(loaded, typed, notes)

    def answer(word: str, role: str) -> tuple[int, ...]:
        ids = word_ids(loaded, typed, word, role, joined=typed.endswith("\n"))
        _check_length(loaded, len(text) + len(ids) - 1)
        return ids

    target = answer(request.target, "target")
    foil = answer(request.foil, "foil") if request.foil.strip() else ()
    return _Asked(text, target, foil, (*notes, *_pieces(loaded, request, target, foil)))


def _asked_of_encoder_decoder(loaded: LoadedModel, request: ComparisonRequest) -> _Asked:
    """The question is the encoder's source, the answer what the decoder writes."""
    if language_codes(loaded):
        raise UnsupportedArchitectureError(
            "{name} translates between many languages and does not answer questions: "
            "compare T5 models or decoders here.",
            name=loaded.info.name,
        )
    typed, tokenizer = _typed(request), loaded.tokenizer
    check_characters(loaded, typed, THE_QUESTION)
    start = decoder_start(loaded, None)
    text = tokens.tokenize(tokenizer, typed)
    _check_length(loaded, len(text))

    def answer(word: str, role: str) -> tuple[int, ...]:
        ids = plain_ids(tokenizer, word.strip(), target=True)
        if not ids or (tokenizer.unk_token_id is not None and tokenizer.unk_token_id in ids):
            raise TextError(_NO_TOKENS[role], name=loaded.info.name, word=word.strip())
        _check_length(loaded, len(start) + len(ids) - 1)
        return ids

    target = answer(request.target, "target")
    foil = answer(request.foil, "foil") if request.foil.strip() else ()
    notes = _pieces(loaded, request, target, foil)
    if loaded.info.id in ANSWER_ONLY and not like_training(typed):
        notes.append(OUTSIDE)
    return _Asked(text, target, foil, tuple(notes), start)


def _typed(request: ComparisonRequest) -> str:
    return request.question.strip(" \t")


def _check_length(loaded: LoadedModel, length: int) -> None:
    """Refuses a question (with its answer) that is over the model's limit or takes too much memory."""
    check_tokens(loaded, length, THE_QUESTION)
    check_memory(loaded, length)


def _pieces(
    loaded: LoadedModel, request: ComparisonRequest, target: Sequence[int], foil: Sequence[int]
) -> list[str]:
    """A note for each answer of several tokens."""
    notes: list[str] = []
    for ids, role in ((target, "target"), (foil, "foil")):
        if len(ids) > 1 and not find(request.method).layered:
            pieces = " + ".join(tokens.readable(loaded.tokenizer, i) for i in ids)
            notes.append(Said(_PIECES[role], count=len(ids), name=loaded.info.name, pieces=pieces))
    return notes


# ------------------------------------------------------------------------------ what the words are credited


@dataclass(frozen=True)
class _Found:
    """magnitude, signed: [T, S] of the question's tokens; values: [T]; logits: [T, V] of the target.

    parts: name -> [T], of additive methods, what no token of the question is credited with.
    """

    magnitude: Array
    signed: Array
    values: Array
    logits: Tensor
    notes: tuple[str, ...]
    parts: dict[str, Array]


def _credited_by_decoder(loaded: LoadedModel, asked: _Asked, options: dict[str, Any]) -> _Found:
    before, question = len(asked.text) - 1, slice(0, len(asked.text))
    found = causal_saliency(
        loaded.model,
        [*asked.text.ids, *asked.target[:-1]],
        range(before, before + len(asked.target)),
        asked.target,
        **options,
    )
    magnitude, signed = found.prefix_magnitude[:, question].copy(), found.prefix_signed[:, question].copy()
    parts = _parts(options["method"], found, 0, len(asked.text))
    return _Found(magnitude, signed, found.values, found.logits, asked.notes, parts)


def _credited_by_encoder_decoder(loaded: LoadedModel, asked: _Asked, options: dict[str, Any]) -> _Found:
    inputs, first = [*asked.start, *asked.target[:-1]], len(asked.start) - 1
    found = seq2seq_saliency(loaded.model, asked.text.ids, inputs, asked.target, first_step=first, **options)
    parts = _parts(options["method"], found, len(asked.start), len(asked.start))
    return _Found(found.source_magnitude, found.source_signed, found.values, found.logits, asked.notes, parts)


def _parts(method: str, found: Saliency, start: int, before: int) -> dict[str, Array]:
    """What an additive method credits no token of the question with: biases, start, the answer's beginning.

    start: the decoder inputs that begin every answer; before: all inputs that are no part of the answer.
    """
    if not find(method).additive:
        return {}
    inputs = np.nan_to_num(found.prefix_signed).astype(np.float64)
    parts = {"start": inputs[:, :start].sum(1), "beginning": inputs[:, before:].sum(1)}
    return found.parts | {name: part for name, part in parts.items() if part.any()}


def _options(
    loaded: LoadedModel, request: ComparisonRequest, asked: _Asked, progress: Callable[[float], None]
) -> dict[str, Any]:
    """The arguments that both kinds of saliency take."""
    foils = _foils(loaded, request, asked)
    return {
        "foil_ids": foils,
        "method": request.method,
        "attributed": _attributed(request, foils),
        "replacement_id": replacement_id(loaded.tokenizer),
        "kept_ids": loaded.tokenizer.all_special_ids,
        "steps": NODES,
        "progress": progress,
    }


def _attributed(request: ComparisonRequest, foils: list[int] | None) -> str:
    """The function of one token of the target: a difference where there is a foil."""
    if find(request.method).unit == "logits":
        return "logit" if foils is None else "contrast_logits_diff"
    if foils is None:
        return request.attributed
    return "contrast_prob_diff" if request.attributed == "probability" else "contrast_logits_diff"


def _left_out(
    loaded: LoadedModel, request: ComparisonRequest, asked: _Asked, progress: Callable[[float], None]
) -> Array:
    """[T, words]: what leaving out each word really does, the check of signs, where that is quick."""
    words = asked.text.words
    passes = len(words) * (len(asked.text) + len(asked.start) + len(asked.target))
    if not quick_to_check(loaded, passes) or not find(request.method).signed:
        return np.zeros((0, 0))
    told = _problem(loaded, request, asked, lambda _: progress(1.0))
    return left_out(told, [() if word.special else word.tokens for word in words])


def asked_of(loaded: LoadedModel, request: ComparisonRequest) -> tuple[TokenizedText, Problem]:
    """The question as the model sees it, and what is explained of its answer; the caller holds the lock."""
    decoder = loaded.info.kind == "decoder"
    asked = (_asked_of_decoder if decoder else _asked_of_encoder_decoder)(loaded, request)
    return asked.text, _problem(loaded, request, asked, None)


def _problem(
    loaded: LoadedModel, request: ComparisonRequest, asked: _Asked, progress: Callable[[float], None] | None
) -> Problem:
    """What is explained, every step of it: the answer's tokens, for ALTI-Logit the first that differs."""
    target, foils = asked.target, _foils(loaded, request, asked)
    steps = range(len(target))
    if find(request.method).layered:
        first = next((k for k, (t, f) in enumerate(zip(target, asked.foil, strict=False)) if t != f), 0)
        steps, foils = range(first, first + 1), [asked.foil[first]] if foils else None
    before = (*(asked.start or asked.text.ids), *target[: steps[-1]])
    return Problem(
        loaded.model,
        asked.text.ids if asked.start else None,
        before,
        range(len(before) - len(steps), len(before)),
        [target[step] for step in steps],
        foils,
        _attributed(request, foils),
        CHUNK_FLOATS,
        progress,
    )


def _foils(loaded: LoadedModel, request: ComparisonRequest, asked: _Asked) -> list[int] | None:
    """For each token of the target the foil's token it is compared with; None without a foil."""
    if not asked.foil:
        return None
    end = -1  # pairs the two ends, as if both answers were followed by an end-of-sentence token
    paired = [asked.foil[c] for c in align([*asked.target, end], [*asked.foil, end])[:-1]]
    if paired == list(asked.target):
        raise TextError(
            "“{word}” and “{other}” begin with the same tokens for "
            "{name}, so nothing tells them apart: choose another foil.",
            word=request.target.strip(),
            other=request.foil.strip(),
            name=loaded.info.name,
        )
    return paired


def _layered(
    loaded: LoadedModel,
    request: ComparisonRequest,
    how: Method,
    asked: _Asked,
    progress: Callable[[float], None],
) -> _Found:
    """Contributions in logits; the value explained is the logit difference of the tokens that differ."""
    if loaded.info.kind not in how.kinds:
        raise UnsupportedArchitectureError(
            "{name} is an encoder-decoder and {method} is for decoders: "
            "choose input x gradient, which all models can be compared by.",
            name=loaded.info.name,
            method=Said(how.english),
        )
    question = NextWordRequest(
        loaded.info.id, _typed(request), request.target, request.foil, loaded.info.dtype, how.id
    )
    result = run_next_word(loaded, question, progress, top=1, stand_ins=False)
    signed = np.array(getattr(result, how.id).sum(0), dtype=np.float64)[None, : len(asked.text)]
    notes = (*asked.notes, *(note for note in result.notes if note not in asked.notes))
    logits = _logits(loaded, asked, asked.target)
    parts = {name: np.array([np.sum(part, dtype=np.float64)]) for name, part in result.parts.items()}
    if len(result.text) > len(asked.text):
        parts["beginning"] = np.array([float(result.values[len(asked.text) :].sum(dtype=np.float64))])
    values = np.array([result.explained_logit])
    return _Found(np.abs(signed), signed, values, logits, notes, parts)


@torch.no_grad()
def _logits(loaded: LoadedModel, asked: _Asked, answer: Sequence[int]) -> Tensor:
    """[T, V] before each token of an answer, teacher-forced."""
    network = Network(loaded.model)
    if loaded.info.kind == "decoder":
        ids = network.ids([*asked.text.ids, *answer[:-1]])
        hidden = network.decode(network.embed_prefix(ids)[None])
        return network.logits(hidden[0, len(asked.text) - 1 :])
    inputs = network.ids([*asked.start, *answer[:-1]])
    memory = network.encode(network.embed_source(network.ids(asked.text.ids))[None])
    hidden = network.decode(network.embed_prefix(inputs)[None], memory)
    return network.logits(hidden[0, len(asked.start) - 1 :])


# ----------------------------------------------------------------------------------------- time and memory


class _Meter:
    """Time and memory of one computation, as far as this machine tells."""

    def __init__(self, loaded: LoadedModel, progress: Callable[[float], None] | None) -> None:
        model = loaded.model
        self.tell = progress or (lambda _: None)
        self.weights = sum(p.numel() * p.element_size() for p in (*model.parameters(), *model.buffers()))
        self.device = model.device
        if self.device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(self.device)
            self.before = torch.cuda.memory_allocated(self.device)
        else:
            with contextlib.suppress(OSError):
                Path("/proc/self/clear_refs").write_text("5", "ascii")  # Linux: the peak starts anew
            self.before = int(psutil.Process().memory_info().rss)
        self.start = time.perf_counter()

    def progress(self, fraction: float) -> None:
        """Says how far it is; time in which others compute meanwhile does not count."""
        asked = time.perf_counter()
        self.tell(fraction)
        self.start += time.perf_counter() - asked

    def seconds(self) -> float:
        """Since the start."""
        return time.perf_counter() - self.start

    def bytes(self) -> int:
        """The weights, and how far memory rose above its level at the start."""
        if self.device.type == "cuda":
            peak = torch.cuda.max_memory_allocated(self.device)
        else:
            peak = _peak_of_process()
        return self.weights + max(0, peak - self.before)


def _peak_of_process() -> int:
    """The most memory this process had since the peak was reset; 0 where only Linux would tell."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path("/proc/self/status").read_text("ascii", "replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0
