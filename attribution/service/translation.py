"""Why this translation: checks a request, translates or takes a translation, attributes every token."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from attribution.language import N_, Said
from attribution.methods.alignment import align
from attribution.methods.catalogue import find, names
from attribution.methods.left_out import left_out
from attribution.methods.network import Network
from attribution.methods.problem import Problem
from attribution.methods.saliency import CHUNK_FLOATS, seq2seq_saliency
from attribution.methods.step_scores import ATTRIBUTED, Steps, step_scores
from attribution.models import tokens
from attribution.models.architectures import ARCHITECTURES
from attribution.models.loading import MOST_BEAMS, LoadedModel
from attribution.service.candidates import entropy, listed
from attribution.service.inputs import (
    INTEGRAL,
    NO_METHOD,
    THE,
    check_choice,
    check_text,
    plain_ids,
    replacement_id,
    whole_number,
)
from attribution.service.languages import decoder_start, language_codes, set_languages
from attribution.service.limits import check_characters, check_memory, check_tokens, quick_to_check
from attribution.service.prompts import TASK_IN_FRONT
from attribution.service.writing import AT_MOST, search_in_words
from attribution.types import (
    Array,
    ExpectedRequest,
    ExpectedResult,
    TextError,
    TokenizedText,
    TranslationRequest,
    TranslationResult,
    UnsupportedArchitectureError,
)

__all__ = ["explain_translation", "language_codes", "run_expected", "run_translation"]

MAX_STEPS = 1000
"""Nodes of the integral that one may ask for."""
LONGEST_ASKED = 1_000_000
"""Tokens of a translation that one may ask for; a model's own limit is lower."""
BEAMS = N_("The search takes 1 (greedy) to {most} beams, not {value}.")
LENGTH = N_("A translation takes 1 token or more (max_length), not {value}.")
NUMBERED = N_("The target tokens are numbered {least} to {most} (step), not {value}.")
TOKENS = N_("The tokens of a translation are numbers from {least} to {most} (target_ids), not {value}.")
ALIGNED = N_("The alignment must name contrast tokens by their numbers, not {value}.")
NOT_ATTRIBUTED = N_("“{value}” cannot be attributed; choose from {choices}.")
EMPTY = N_("The translation is empty: type one, or let the model translate.")
THE_SOURCE, THE_TRANSLATION = Said("The source"), Said("The translation")


def explain_translation(
    loaded: LoadedModel,
    source: str,
    target: str | None = None,
    *,
    method: str = "input_x_gradient",
    attributed: str = "probability",
    contrast: str | None = None,
    alignment: Sequence[int] | None = None,
    beams: int | None = None,
    max_length: int | None = None,
    source_language: str = "",
    target_language: str = "",
    steps: int = 50,
    progress: Callable[[float], None] | None = None,
) -> TranslationResult:
    """Saliency of source tokens and of tokens already written for every token of a translation.

    Args:
        loaded: an encoder-decoder model, from `load`.
        source: the text to translate; T5 models want their task in front ("translate English to German: ").
        target: the translation explained; None for the model's own.
        method: a row of `methods.catalogue` for translations.
        attributed: "probability", "log_probability", "logit", "contrast_prob_diff", "contrast_logits_diff".
        contrast: another translation, of any length. As attributed function, the contrast's token stands
            after the *target's* prefix; as step score, after the contrast's own.
        alignment: for each target token the contrast token it is compared with; found when None.
        beams: None for the model's own generation settings, 1 for greedy search.
        max_length: of the model's own translation in tokens; None for the model's own setting.
        source_language: a code of `language_codes(loaded)`, multilingual models only.
        target_language: likewise.
        steps: nodes of the integral, integrated gradients only.
        progress: called with the fraction done; an exception from it stops the computation.

    Raises:
        TextError: a text is empty or too long, a language is missing or unknown, or contrast and alignment
            do not fit.
        ModelTooLargeError: the explanation would not fit into this machine's memory.
        UnsupportedArchitectureError: the model is no encoder-decoder or does not give attention weights.
    """
    if target is not None:
        check_text(target, THE_TRANSLATION)
        _require_words(target, EMPTY)
    if beams is not None:
        beams = whole_number(beams, BEAMS, 0, MOST_BEAMS)
    if max_length is not None:
        max_length = whole_number(max_length, LENGTH, 1, LONGEST_ASKED)
    request = TranslationRequest(
        model=loaded.info.id,
        source=source,
        target=target or "",
        method=method,
        attributed=attributed,  # type: ignore[arg-type]
        contrast=contrast or "",
        alignment=_entries(alignment),
        beams=beams or 0,
        max_length=max_length or 0,
        source_language=source_language,
        target_language=target_language,
        steps=steps,
        dtype=loaded.info.dtype,
    )
    return run_translation(loaded, request, progress)


def run_translation(
    loaded: LoadedModel, request: TranslationRequest, progress: Callable[[float], None] | None = None
) -> TranslationResult:
    """The request's explanation; see `explain_translation`."""
    _check(loaded, request)
    with loaded.lock:
        asked = _asked(loaded, request, progress)
        inputs = [*asked.start, *asked.ids[:-1]]
        check_memory(loaded, len(asked.source) + len(inputs))
        saliency = seq2seq_saliency(
            loaded.model,
            asked.source.ids,
            inputs,
            asked.ids,
            first_step=len(asked.start) - 1,
            foil_ids=asked.foils,
            method=request.method,
            attributed=request.attributed,
            replacement_id=replacement_id(loaded.tokenizer),
            kept_ids=loaded.tokenizer.all_special_ids,
            steps=request.steps,
            progress=progress,
        )
        checked = _left_out(loaded, request, asked, inputs, progress)
        return TranslationResult(
            model=loaded.info,
            request=request,
            source=asked.source,
            target=tokens.from_ids(loaded.tokenizer, asked.ids),
            prefix=tokens.from_ids(loaded.tokenizer, inputs),
            source_magnitude=saliency.source_magnitude,
            source_signed=saliency.source_signed,
            prefix_magnitude=saliency.prefix_magnitude,
            prefix_signed=saliency.prefix_signed,
            step_scores=_step_scores(loaded, asked, saliency.logits),
            attributed_values=saliency.values,
            generated=not request.target and not request.target_ids,
            generation=asked.generation,
            contrast=asked.contrast,
            alignment=asked.alignment,
            convergence=saliency.convergence,
            notes=asked.notes,
            parts=saliency.parts,
            left_out=checked,
        )


def run_expected(
    loaded: LoadedModel, request: ExpectedRequest, progress: Callable[[float], None] | None = None
) -> ExpectedResult:
    """What the model expects at a step of the request's translation, after what is written before it.

    Raises:
        TextError: the translation has no such step, or cannot be asked for; see `explain_translation`.
    """
    explained = request.explained
    _check(loaded, explained)
    with loaded.lock:
        asked = _asked(loaded, explained, progress)
        step = whole_number(request.step, NUMBERED, 0, len(asked.ids) - 1)
        inputs = [*asked.start, *asked.ids[:step]]
        check_memory(loaded, len(asked.source) + len(inputs))
        logits = _logits(loaded, asked.source.ids, inputs)[-1].double().cpu().numpy()
        foils = [] if asked.foils is None else [asked.foils[step]]
        chosen = [asked.ids[step], *foils]
        candidates = {c.id: c for c in listed(loaded, logits, chosen)}
        return ExpectedResult(
            model=loaded.info,
            request=explained,
            before=tokens.from_ids(loaded.tokenizer, asked.ids[:step]),
            target=candidates[chosen[0]],
            foil=candidates[foils[0]] if foils else None,
            candidates=tuple(candidates.values()),
            entropy=entropy(logits),
        )


def _left_out(
    loaded: LoadedModel,
    request: TranslationRequest,
    asked: _Asked,
    inputs: Sequence[int],
    progress: Callable[[float], None] | None,
) -> Array:
    """What leaving out each word of the source really does, the check of signs, where that is quick."""
    words = asked.source.words
    passes = len(words) * (len(asked.source) + len(inputs))
    if not quick_to_check(loaded, passes) or not find(request.method).signed:
        return np.zeros((0, 0))
    problem = Problem(
        loaded.model,
        asked.source.ids,
        inputs,
        range(len(asked.start) - 1, len(inputs)),
        asked.ids,
        asked.foils,
        request.attributed,
        CHUNK_FLOATS,
        progress and (lambda _: progress(1.0)),
    )
    return left_out(problem, [() if word.special else word.tokens for word in words])


# ------------------------------------------------------------------------------- the texts, as token ids


@dataclass(frozen=True)
class _Asked:
    """The source, the translation and its contrast as one model's tokens."""

    source: TokenizedText
    start: tuple[int, ...]
    """The decoder inputs before the translation."""
    ids: tuple[int, ...]
    """The translation, its end included."""
    contrast: TokenizedText | None
    alignment: tuple[int, ...]
    generation: str
    notes: tuple[str, ...]

    @property
    def foils(self) -> list[int] | None:
        """For each token of the translation the contrast's token it is compared with."""
        return None if self.contrast is None else [self.contrast.ids[c] for c in self.alignment]


def _asked(
    loaded: LoadedModel, request: TranslationRequest, progress: Callable[[float], None] | None
) -> _Asked:
    """The request's texts as token ids, checked; the model translates where no translation was typed."""
    check_characters(loaded, request.source, THE_SOURCE)
    check_characters(loaded, request.target, THE_TRANSLATION)
    check_characters(loaded, request.contrast, THE["contrast"])
    language = set_languages(loaded, request.source_language, request.target_language)
    source = tokens.tokenize(loaded.tokenizer, request.source)
    check_tokens(loaded, len(source), THE_SOURCE)
    start = decoder_start(loaded, language)
    ids = _typed_ids(loaded, request.target, start, THE_TRANSLATION) if request.target else ()
    ids = _given_ids(loaded, request.target_ids, start) or ids
    contrast = None
    if request.contrast:
        contrast_ids = _typed_ids(loaded, request.contrast, start, THE["contrast"])
        contrast = tokens.from_ids(loaded.tokenizer, contrast_ids)
    # All texts are tokenized by now: another visitor may set other languages at the first `progress`.
    generation, notes = "", _notes(loaded, request)
    if not ids:
        ids, generation, cut = _generate(loaded, request, source.ids, start, progress)
        if cut:
            notes.append(Said("The translation was cut off at the length limit."))
    alignment: tuple[int, ...] = ()
    if contrast is not None:
        alignment = _checked(request.alignment, ids, contrast.ids) or align(ids, contrast.ids)
    asked = _Asked(source, start, ids, contrast, alignment, generation, ())
    return replace(asked, notes=(*notes, *_token_notes(loaded, request, ids, asked.foils)))


def _typed_ids(loaded: LoadedModel, text: str, start: tuple[int, ...], what: str) -> tuple[int, ...]:
    """The tokens of a typed translation, if the model takes so many."""
    ids = _target_ids(loaded, text)
    check_tokens(loaded, len(start) + len(ids) - 1, what)
    return ids


def _given_ids(loaded: LoadedModel, given: Sequence[int], start: tuple[int, ...]) -> tuple[int, ...]:
    """The tokens of a translation that are given as such, checked."""
    size = int(loaded.model.config.vocab_size)
    ids = tuple(whole_number(i, TOKENS, 0, size - 1) for i in given)
    if ids:
        check_tokens(loaded, len(start) + len(ids) - 1, THE_TRANSLATION)
    return ids


def _step_scores(loaded: LoadedModel, asked: _Asked, logits: Tensor) -> dict[str, Array]:
    """Of the translation's logits [T, V]: name -> [T]."""
    target_ids = torch.tensor(asked.ids, device=logits.device)
    if asked.contrast is None:
        return step_scores(Steps(logits, target_ids))
    inputs = [*asked.start, *asked.contrast.ids[:-1]]
    others = _logits(loaded, asked.source.ids, inputs)[len(asked.start) - 1 :]
    foils = torch.tensor(asked.foils, device=logits.device)
    return step_scores(Steps(logits, target_ids, others[list(asked.alignment)], foils))


# ------------------------------------------------------------------------------------------------ checks


def _check(loaded: LoadedModel, request: TranslationRequest) -> None:
    if loaded.info.kind != "encoder-decoder":
        raise UnsupportedArchitectureError(
            "{name} is a decoder and no translator: choose one such as opus-mt, T5 or NLLB.",
            name=loaded.info.name,
        )
    for text, what in (
        (request.source, THE_SOURCE),
        (request.target, THE_TRANSLATION),
        (request.contrast, THE["contrast"]),
        (request.source_language, Said("The source language")),
        (request.target_language, Said("The target language")),
    ):
        check_text(text, what)
    _require_words(request.source, N_("The source is empty: type the text to translate."))
    if request.target:
        _require_words(request.target, EMPTY)
    if request.contrast:
        _require_words(request.contrast, N_("The contrast is empty: type another translation."))
    check_choice(request.method, tuple(names("translation")), NO_METHOD)
    check_choice(request.attributed, ATTRIBUTED, NOT_ATTRIBUTED)
    if request.attributed.startswith("contrast") and not request.contrast:
        raise TextError("A difference compares two translations: type the other one as contrast.")
    whole_number(request.steps, INTEGRAL, 1, MAX_STEPS)
    whole_number(request.beams, BEAMS, 0, MOST_BEAMS)
    whole_number(request.max_length, LENGTH, 0, LONGEST_ASKED)


def _entries(alignment: Any) -> tuple[int, ...]:
    """A user's alignment as a tuple of whole numbers, empty where there is none."""
    if alignment is None:
        return ()
    try:
        entries = tuple(alignment)
    except TypeError as error:
        raise TextError("The alignment must be a list of whole numbers.") from error
    return tuple(whole_number(entry, ALIGNED, 0, LONGEST_ASKED) for entry in entries)


def _require_words(text: str, message: str) -> None:
    if not text.strip():
        raise TextError(message)


def _checked(alignment: tuple[int, ...], ids: Sequence[int], contrast: Sequence[int]) -> tuple[int, ...]:
    """The user's alignment, if there is one and it fits."""
    if alignment and len(alignment) != len(ids):
        raise TextError(
            "The alignment has {entries} entries; the translation has {count} tokens.",
            entries=len(alignment),
            count=len(ids),
        )
    if any(not 0 <= c < len(contrast) for c in alignment):
        raise TextError(
            "The alignment must name contrast tokens, numbered 0 to {most}.", most=len(contrast) - 1
        )
    return alignment


def _notes(loaded: LoadedModel, request: TranslationRequest) -> list[str]:
    notes: list[str] = []
    row = ARCHITECTURES.get(loaded.model.config.model_type)
    if row and row.task_in_front and ":" not in request.source:
        notes.append(TASK_IN_FRONT)
    codes = getattr(loaded.tokenizer, "supported_language_codes", None)
    if codes and ">>" not in request.source:
        notes.append(
            Said("This model wants its target language in front of the text, e.g. “{code} ”.", code=codes[0])
        )
    return notes


def _token_notes(
    loaded: LoadedModel, request: TranslationRequest, ids: Sequence[int], foils: Sequence[int] | None
) -> list[str]:
    notes: list[str] = []
    unknown = loaded.tokenizer.unk_token_id
    if request.target and unknown is not None and unknown in ids:
        notes.append(Said("This model cannot write some of the translation's characters: they became <unk>."))
    if foils is not None and request.attributed.startswith("contrast"):
        same = sum(t == f for t, f in zip(ids, foils, strict=True))
        if same:
            notes.append(
                Said(
                    "{same} of {count} steps have the same token in both translations: no contrast there.",
                    same=same,
                    count=len(ids),
                )
            )
    return notes


# ------------------------------------------------------------------------------------- target tokens


def _target_ids(loaded: LoadedModel, text: str) -> tuple[int, ...]:
    """The tokens of a typed translation: no begin or language token, but the end-of-sentence token."""
    ids, end = plain_ids(loaded.tokenizer, text, target=True), loaded.tokenizer.eos_token_id
    if not ids:
        raise TextError("The translation has no characters that this model can write: type another one.")
    if end is None:
        raise UnsupportedArchitectureError(
            "{name} has no token that ends a translation; choose another model.", name=loaded.info.name
        )
    return (*ids, int(end))


def _generate(
    loaded: LoadedModel,
    request: TranslationRequest,
    source: Sequence[int],
    start: Sequence[int],
    progress: Callable[[float], None] | None,
) -> tuple[tuple[int, ...], str, bool]:
    """The model's own translation as it made it, the settings in words, whether the limit cut it off.

    `progress` is called at every token, with 0.0: nobody knows yet how many there will be.
    """
    own = loaded.model.generation_config
    beams = request.beams or own.num_beams or 1
    longest = loaded.max_tokens + 1 - len(start)
    limit = own.max_new_tokens or (own.max_length and own.max_length - 1)
    if request.max_length:
        limit = request.max_length
    elif not limit or own.max_length == 20:  # not set, or the library's default
        limit = 2 * len(source) + 20
    limit = max(1, min(limit, longest))
    settings: dict[str, Any] = {"num_beams": beams, "do_sample": False}
    # One of the two: where both are set, which the model's own settings count for, every translation warns.
    settings |= {"max_new_tokens": limit} if own.max_new_tokens else {"max_length": limit + 1}
    settings["decoder_start_token_id"] = start[0]
    if len(start) > 1:
        settings["forced_bos_token_id"] = start[1]
    model: Any = loaded.model
    batch = Network(model).ids(source)[None]

    if progress is not None:
        settings["stopping_criteria"] = [_told(progress)]
    with torch.no_grad():
        out = model.generate(batch, attention_mask=torch.ones_like(batch), **settings)
    ids = [int(i) for i in out[0]][len(start) :]
    end = loaded.tokenizer.eos_token_id
    if end in ids:
        ids = ids[: ids.index(end) + 1]
    words = search_in_words("greedy" if beams == 1 else "beams", beams)
    if beams > 1 and own.length_penalty not in (None, 1.0):
        words = Said("{search}, length penalty {penalty:g}", search=words, penalty=own.length_penalty)
    if own.no_repeat_ngram_size:
        words = Said(
            "{search}, no {count} tokens in a row twice", search=words, count=own.no_repeat_ngram_size
        )
    return tuple(ids), Said(AT_MOST, search=words, count=limit), len(ids) >= limit


def _told(progress: Callable[[float], None]) -> Callable[..., Tensor]:
    """A criterion of `generate` that never stops a search by itself."""

    def criterion(ids: Tensor, _: Any, **__: Any) -> Tensor:
        progress(0.0)
        return torch.zeros(len(ids), dtype=torch.bool, device=ids.device)

    return criterion


@torch.no_grad()
def _logits(loaded: LoadedModel, source: Sequence[int], inputs: Sequence[int]) -> Tensor:
    """Logits [T, V] after each decoder input, teacher-forced."""
    network = Network(loaded.model)
    memory = network.encode(network.embed_source(network.ids(source))[None])
    hidden = network.decode(network.embed_prefix(network.ids(inputs))[None], memory)
    return network.logits(hidden[0])
