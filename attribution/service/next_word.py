"""Why this next word: checks a request, resolves target and foil, runs a method under the model's lock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from attribution.language import N_, Said
from attribution.methods.alti_logit import alti_logit
from attribution.methods.catalogue import Method, find, names
from attribution.methods.problem import Problem
from attribution.methods.saliency import CHUNK_FLOATS, causal_saliency
from attribution.methods.shapley import evaluations
from attribution.methods.stand_in import standing_in
from attribution.models import tokens
from attribution.models.anatomy import DecoderAnatomy, decoder_anatomy, refuse_encoder_decoder
from attribution.models.loading import LoadedModel
from attribution.service.candidates import TOP, candidate, entropy, listed, log_softmax
from attribution.service.cost import token_seconds
from attribution.service.inputs import (
    NO_METHOD,
    NOT_EXPLAINED,
    check_choice,
    check_text,
    check_word,
    prompt,
    removable_words,
    replacement_id,
    whole_number,
    word_ids,
)
from attribution.service.limits import check_memory, check_tokens, quick_to_check
from attribution.types import (
    Array,
    ChosenWord,
    Explanation,
    NextWordRequest,
    NextWordResult,
    Of,
    Precision,
    TextError,
    TokenizedText,
    UnsupportedArchitectureError,
)

LISTED = N_("The likeliest {least} to {most} tokens can be listed (top), not {value}.")
_PIECES = N_("“{word}” is {count} tokens ({pieces}); the token “{token}” is explained.")
_PIECES_AFTER = N_(
    "“{word}” is {count} tokens ({pieces}); the token “{token}” is explained after the shared beginning "
    "“{beginning}”."
)
MOST_CANDIDATES = 1000
QUANTIZED: tuple[Precision, ...] = ("8-bit", "4-bit")
LONGEST = 600.0
"""Seconds that Shapley values may take, about."""
TOLERANCE: dict[Precision, float] = {"float32": 1e-4, "float64": 1e-9, "bfloat16": 5e-2}


def explain_next_word(
    loaded: LoadedModel,
    prefix: str,
    target: str = "",
    foil: str = "",
    *,
    method: str = "alti_logit",
    of: Of = "contrast",
    top: int = TOP,
    progress: Callable[[float], None] | None = None,
) -> NextWordResult:
    """What a method credits to each token of the prefix for the next word.

    Args:
        loaded: a decoder-only model, from `load`.
        prefix: the text before the explained word.
        target: the word explained; empty for the model's likeliest next token.
        foil: the word it is contrasted with; empty for none.
        method: a row of `methods.catalogue` for next words, see `attribution.method_rows`.
        of: what is explained: target minus foil, or one of them alone; ALTI-Logit and Logit give all three.
        top: how many of the likeliest next tokens to report, 1 to 1000.
        progress: called with the fraction done; an exception from it stops the computation.

    Returns:
        A result in logits; the values and parts of an additive method sum to the model's own logit
        (difference).

    Raises:
        TextError: a text is none, empty, too long, or target and foil cannot be told apart.
        UnsupportedArchitectureError: the model is no decoder that the method supports, or has no gradients.

    Source: Ferrando, Gallego, Tsiamas, Costa-jussà (ACL 2023), "Explaining How Transformers Use Context to
    Build Predictions", equations 8-12.
    """
    request = NextWordRequest(loaded.info.id, prefix, target, foil, loaded.info.dtype, method, of)
    return run_next_word(loaded, request, progress, top=top, stand_ins=False)


def run_next_word(
    loaded: LoadedModel,
    request: NextWordRequest,
    progress: Callable[[float], None] | None = None,
    *,
    top: int = TOP,
    stand_ins: bool = True,
) -> NextWordResult:
    """The request's explanation; see `explain_next_word`.

    With `stand_ins` a layered method runs again, where that is quick, with an embedding that says nothing in
    the place of the leading words; without, the result says nothing of it.
    """
    top = _check(loaded, request, top)
    request = replace(request, model=loaded.info.id, dtype=loaded.info.dtype)
    how = find(request.method)
    anatomy = decoder_anatomy(loaded.model) if how.layered else None
    with loaded.lock:
        asked = question(loaded, request.prefix, request.target, request.foil)
        if anatomy is not None:
            logits, found = _layered(loaded, asked, anatomy, progress or (lambda _: None))
            if stand_ins:
                found["stand_ins"] = _stand_ins(loaded, asked, anatomy, found, progress or (lambda _: None))
        else:
            logits, found = _scored(loaded, asked, how, request.of, progress)
        return _result(loaded, request, asked, logits, found, top)


def _check(loaded: LoadedModel, request: NextWordRequest, top: int) -> int:
    """Refuses what no decoder could be asked; returns `top` as an int."""
    refuse_encoder_decoder(loaded.info.kind, loaded.info.name)
    check_text(request.prefix, Said("The text"))
    check_word(request.target, "target")
    check_word(request.foil, "foil")
    check_choice(request.method, tuple(names("next word")), NO_METHOD)
    check_choice(request.of, ("contrast", "target", "foil"), NOT_EXPLAINED)
    if request.of == "foil" and not request.foil.strip():
        raise TextError("There is no foil here: type one, or explain the target.")
    how = find(request.method)
    if how.gradients and loaded.info.dtype in QUANTIZED:
        raise UnsupportedArchitectureError(
            "{method!c} needs gradients, which a model in {precision} does not give: choose "
            "erasure or Shapley values, or the model in float32.",
            method=Said(how.english),
            precision=loaded.info.dtype,
        )
    return whole_number(top, LISTED, 1, MOST_CANDIDATES)


# -------------------------------------------------------------------------- the question, and its answers


@dataclass(frozen=True)
class Question:
    """A prefix and the words asked about, as token ids; `shared` tokens begin both target and foil."""

    text: TokenizedText
    target: tuple[int, ...]
    foil: tuple[int, ...]
    shared: int
    notes: tuple[str, ...]
    removable: tuple[int, ...]
    """The words of the text typed that can be left out, by their place among `text.words`."""

    @property
    def ids(self) -> tuple[int, ...]:
        """All tokens before the one explained."""
        return self.text.ids + self.target[: self.shared]

    @property
    def words(self) -> list[tuple[int, ...]]:
        """The target and, where there is one, the foil."""
        return [self.target, self.foil] if self.foil else [self.target]

    @property
    def explained(self) -> list[int]:
        """The first token by which they differ."""
        return [word[self.shared] for word in self.words]

    def problem(
        self,
        loaded: LoadedModel,
        of: Of = "contrast",
        progress: Callable[[float], None] | None = None,
    ) -> Problem:
        """What every method starts from: the logit (difference) after the text, as one step."""
        chosen, foils, attributed = self.compared(of)
        where = [len(self.ids) - 1]
        return Problem(loaded.model, None, self.ids, where, chosen, foils, attributed, CHUNK_FLOATS, progress)

    def compared(self, of: Of) -> tuple[list[int], list[int] | None, str]:
        """Target and foil as steps of one token, and what of them is explained."""
        if self.foil and of == "contrast":
            target, foil = self.explained
            return [target], [foil], "contrast_logits_diff"
        return [self.explained[1 if of == "foil" else 0]], None, "logit"


@torch.inference_mode()
def question(loaded: LoadedModel, prefix: str, target: str, foil: str) -> Question:
    """The request as token ids, checked."""
    notes: list[str] = []
    text = prompt(loaded, prefix, notes)
    joined = prefix.rstrip(" \t").endswith("\n")
    target_ids = word_ids(loaded, prefix, target, "target", joined=joined) if target.strip() else ()
    foil_ids = word_ids(loaded, prefix, foil, "foil", joined=joined) if foil.strip() else ()
    if not target_ids:
        if foil_ids:
            raise TextError("A foil needs a target to be contrasted with: type the target word too.")
        target_ids = (int(_next_logits(loaded, text.ids)[0].argmax()),)
        notes.append(Said("No target was typed, so the likeliest next token is explained."))
    shared = _shared_beginning(target_ids, foil_ids, target, foil)
    asked = Question(text, target_ids, foil_ids, shared, tuple(notes), removable_words(loaded, text))
    check_tokens(loaded, len(asked.ids), Said("The text"))
    check_memory(loaded, len(asked.ids))
    return asked


@torch.inference_mode()
def _layered(
    loaded: LoadedModel, asked: Question, anatomy: DecoderAnatomy, progress: Callable[[float], None]
) -> tuple[Array, dict[str, Any]]:
    """Logits [V] of the next token, and what ALTI-Logit and Logit found: fields of a result."""
    ids = torch.tensor(asked.ids, device=loaded.model.device)
    values = alti_logit(loaded.model, anatomy, ids, asked.explained, progress)
    return values.logits, {
        "target_contributions": values.contributions[0],
        "foil_contributions": values.contributions[1] if asked.foil else None,
        "alti": values.alti,
        "rollout": values.rollout,
    }


LAYERED = ("alti_logit", "logit")


@torch.inference_mode()
def _stand_ins(
    loaded: LoadedModel,
    asked: Question,
    anatomy: DecoderAnatomy,
    found: dict[str, Any],
    progress: Callable[[float], None],
) -> tuple[Explanation, ...]:
    """For the words with most credit to either side: what an embedding that says nothing gets in their place.

    Credit that stays where it is whatever stands there is the place's, not the word's (first positions above
    all). Only where it is quick: one more ALTI-Logit for each such word.
    """
    text, target, foil = asked.text, found["target_contributions"], found["foil_contributions"]
    if not quick_to_check(loaded, 8 * len(asked.ids)):
        return ()
    contrast = target.minus(foil) if foil is not None else target
    leaders: set[int] = set()
    for method in LAYERED:
        values = text.sum_words(getattr(contrast, method).sum(0)[: len(text)])
        leaders |= {int(values.argmax()), int(values.argmin())}
    rows = ("contrast", "target", "foil") if foil is not None else ("target",)
    words = _with_beginning(loaded, asked).words
    out = {method: np.full((len(rows), len(words)), np.nan) for method in LAYERED}
    ids = torch.tensor(asked.ids, device=loaded.model.device)
    for k in sorted(leaders):
        columns = list(words[k].tokens)
        with standing_in(loaded.model, columns):
            parts = alti_logit(
                loaded.model, anatomy, ids, asked.explained, lambda _: progress(1.0)
            ).contributions
        both = (parts[0].minus(parts[1]), *parts) if foil is not None else parts
        for method, values in out.items():
            values[:, k] = [float(getattr(part, method).sum(0)[columns].sum()) for part in both]
    names = tuple(word.text for word in words)
    return tuple(Explanation(m, rows, names, values, "logits") for m, values in out.items())


def _scored(
    loaded: LoadedModel, asked: Question, how: Method, of: Of, progress: Callable[[float], None] | None
) -> tuple[Array, dict[str, Any]]:
    """Logits [V] of the next token, and what another method found for one row: fields of a result."""
    words = [list(asked.text.words[place].tokens) for place in asked.removable]
    if how.id == "shapley":
        _check_time(loaded, words)
    targets, foils, attributed = asked.compared(of)
    found = causal_saliency(
        loaded.model,
        asked.ids,
        [len(asked.ids) - 1],
        targets,
        foil_ids=foils,
        method=how.id,
        attributed=attributed,
        replacement_id=replacement_id(loaded.tokenizer) if how.id == "integrated_gradients" else None,
        kept_ids=loaded.tokenizer.all_special_ids,
        words=words,
        progress=progress,
    )
    scores = Explanation(
        how.id,
        (of if asked.foil else "target",),
        _with_beginning(loaded, asked).tokens,
        found.prefix_signed if how.signed else found.prefix_magnitude,
        "logits",
        found.parts,
        found.values,
        standard_error=found.standard_error,
        convergence=found.convergence,
    )
    nothing = dict.fromkeys(("target_contributions", "foil_contributions", "alti", "rollout"))
    return found.logits[0].double().cpu().numpy(), {**nothing, "scores": scores}


def _check_time(loaded: LoadedModel, words: list[list[int]]) -> None:
    """Refuses Shapley values of a long text, with the time they would take.

    Raises:
        TextError: more than `LONGEST`.
    """
    texts = evaluations(len(words)) if words else 0
    seconds = texts * sum(map(len, words)) / 2 * token_seconds(loaded.info.parameters)
    if seconds > LONGEST:
        raise TextError(
            "Shapley values of {count} words have the model read {texts:,} texts, about "
            "{minutes:.0f} minutes: choose erasure, or a shorter text.",
            count=len(words),
            texts=texts,
            minutes=seconds / 60,
        )


def _result(
    loaded: LoadedModel,
    request: NextWordRequest,
    asked: Question,
    logits: Array,
    found: dict[str, Any],
    top: int,
) -> NextWordResult:
    log_p = log_softmax(logits)
    with torch.inference_mode():
        choice = [
            ChosenWord(
                typed=typed.strip() or tokens.typed_form(loaded.tokenizer, word[0]),
                pieces=tuple(tokens.readable(loaded.tokenizer, i) for i in word),
                explained=candidate(loaded, logits, log_p, word[asked.shared]),
                word_log_probability=_word_log_probability(loaded, asked.text.ids, word, log_p),
            )
            for typed, word in zip((request.target, request.foil), asked.words, strict=False)
        ]
    return NextWordResult(
        model=loaded.info,
        request=request,
        text=_with_beginning(loaded, asked),
        target=choice[0],
        foil=choice[1] if asked.foil else None,
        candidates=listed(loaded, logits, asked.explained, top),
        entropy=entropy(logits),
        notes=asked.notes + tuple(_piece_notes(choice, asked.shared)),
        tolerance=TOLERANCE.get(loaded.info.dtype, 5e-2),
        **found,
    )


def _shared_beginning(target: Sequence[int], foil: Sequence[int], typed: str, other: str) -> int:
    """How many tokens target and foil have in common before they differ."""
    shared = 0
    while shared < min(len(target), len(foil)) and target[shared] == foil[shared]:
        shared += 1
    if foil and shared == min(len(target), len(foil)):
        if len(target) == len(foil):
            raise TextError(
                "“{word}” and “{other}” are the same for this model: choose two words.",
                word=typed.strip(),
                other=other.strip(),
            )
        longer, shorter = (typed, other) if len(target) > len(foil) else (other, typed)
        raise TextError(
            "“{longer}” begins with all of “{shorter}” for this model, so no token tells "
            "them apart: choose another foil.",
            longer=longer.strip(),
            shorter=shorter.strip(),
        )
    return shared


def _with_beginning(loaded: LoadedModel, asked: Question) -> TokenizedText:
    """The prefix followed by the tokens target and foil share, which form one more word."""
    text, ids = asked.text, asked.target[: asked.shared]
    if not ids:
        return text
    beginning = tokens.from_ids(loaded.tokenizer, ids)
    positions = tuple(range(len(text), len(text) + len(ids)))
    word = "".join(beginning.tokens).replace(tokens.SPACE, " ").strip() + "…"
    start = max((w.start + len(w.text) for w in text.words if not w.special), default=0)
    return TokenizedText(
        ids=text.ids + ids,
        raw=text.raw + beginning.raw,
        tokens=text.tokens + beginning.tokens,
        words=(*text.words, type(text.words[0])(word, positions, start=start + 1)),
    )


def _next_logits(loaded: LoadedModel, ids: Sequence[int], positions: int = 1) -> Array:
    """Logits [positions, V] of the token after each of the last `positions` ids; one forward pass."""
    batch = torch.tensor([list(ids)], device=loaded.model.device)
    out = loaded.model(batch, logits_to_keep=positions, use_cache=False)
    return out.logits[0].double().cpu().numpy()


def _word_log_probability(
    loaded: LoadedModel, prefix: Sequence[int], word: Sequence[int], log_p: Array
) -> float:
    """Natural log of the probability of the whole word after the prefix; `log_p` [V] if it is one token."""
    if len(word) == 1:
        return float(log_p[word[0]])
    if len(prefix) + len(word) - 1 > loaded.max_tokens:
        return float("nan")
    logits = _next_logits(loaded, [*prefix, *word[:-1]], positions=len(word))
    return float(sum(log_softmax(logits[k])[token] for k, token in enumerate(word)))


def _piece_notes(choice: list[ChosenWord], shared: int) -> list[str]:
    notes: list[str] = []
    for word in choice:
        if len(word.pieces) > 1:
            notes.append(
                Said(
                    _PIECES_AFTER if shared else _PIECES,
                    word=word.typed,
                    count=len(word.pieces),
                    pieces=" + ".join(word.pieces),
                    token=word.explained.token,
                    beginning="".join(word.pieces[:shared]),
                )
            )
    return notes
