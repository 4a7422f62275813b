"""What a user or a script gives an explanation: texts and numbers checked, and texts as a model's tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from numbers import Integral
from typing import Any

from attribution.language import N_, Said
from attribution.models import tokens
from attribution.models.loading import LoadedModel
from attribution.service.limits import check_characters, check_tokens
from attribution.types import TextError, TokenizedText, UnsupportedArchitectureError

LONGEST_WORD = 200
"""Characters of a target or foil."""


THE = {"target": Said("The target"), "foil": Said("The foil"), "contrast": Said("The contrast")}
"""A role at the beginning of a sentence."""
_EMPTY = {
    "target": N_("The target is empty: type a word."),
    "foil": N_("The foil is empty: type a word."),
    "contrast": N_("The contrast is empty: type a word."),
}
_NO_TOKENS = {
    "target": N_("This model's vocabulary cannot spell the target “{word}”; choose another word."),
    "foil": N_("This model's vocabulary cannot spell the foil “{word}”; choose another word."),
    "contrast": N_("This model's vocabulary cannot spell the contrast “{word}”; choose another word."),
}
NO_METHOD = N_("There is no method “{value}”; choose from {choices}.")
NOT_EXPLAINED = N_("“{value}” cannot be explained; choose from {choices}.")
NOT_TAKEN_AWAY = N_("Words cannot be taken away by “{value}”; choose from {choices}.")
INTEGRAL = N_("The integral takes {least} to {most} steps, not {value}.")
SEED = N_("A seed is a whole number from {least} to {most}, not {value}.")


def check_text(text: Any, what: str) -> None:
    """Refuses what is no text; `what` is `Said("The source")` or the like.

    Raises:
        TextError: another type, or half a character (a lone surrogate), which no tokenizer can read.
    """
    if not isinstance(text, str):
        raise TextError("{what} must be text, not {kind}.", what=what, kind=type(text).__name__)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise TextError(
            "{what} holds half a character (number {place} is a lone surrogate); type it anew.",
            what=what,
            place=error.start + 1,
        ) from error


def check_word(word: Any, role: str) -> None:
    """Refuses a target or foil that is no text or far too long.

    Raises:
        TextError: with its length.
    """
    check_text(word, THE[role])
    if len(word) > LONGEST_WORD:
        raise TextError(
            "{what} has {count:,} characters; type one word or a short phrase.",
            what=THE[role],
            count=len(word),
        )


def whole_number(value: Any, sentence: str, least: int, most: int) -> int:
    """The value as an int; `sentence` says what it may be.

    It has the place {value}, and may have {least} and {most}: "A search takes {least} to {most} beams, not
    {value}."

    Raises:
        TextError: no whole number, or outside of the range.
    """
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or not least <= int(value) <= most:
        raise TextError(sentence, value=_short(value), least=least, most=most)
    return int(value)


def check_choice(value: Any, choices: Sequence[str], sentence: str) -> None:
    """Refuses what is not among the choices.

    `sentence` has places {value} for what was asked for and {choices}.

    Raises:
        TextError: the sentence.
    """
    if not isinstance(value, str) or value not in choices:
        raise TextError(sentence, value=_short(value), choices=", ".join(choices))


def _short(value: Any) -> str:
    """A wrong value for a sentence."""
    try:
        shown = str(value)
    except (ValueError, RecursionError):  # a number of thousands of digits
        shown = type(value).__name__
    return shown.encode("utf-8", "replace").decode("utf-8")[:40]


# ------------------------------------------------------------------------------------ texts as tokens


def word_ids(
    loaded: LoadedModel, prefix: str, word: str, role: str, *, joined: bool = False
) -> tuple[int, ...]:
    """The token ids by which the model would continue `prefix` with `word`.

    A space stands between them unless the word begins with closing punctuation, with the joining mark ‿, or
    `joined` is set.

    Raises:
        TextError: the word is empty or unknown to the tokenizer.
    """
    typed = word.strip()
    if not typed:
        raise TextError(_EMPTY[role])
    check_word(typed, role)
    tokenizer = loaded.tokenizer
    if typed in tokenizer.all_special_tokens:
        special: Any = tokenizer.convert_tokens_to_ids(typed)
        return (int(special),)
    joined = joined or typed.startswith(tokens.JOINED) or tokens.needs_no_space(typed)
    typed = typed.removeprefix(tokens.JOINED).replace(tokens.NEWLINE, "\n") or typed
    base = prefix.rstrip(" \t")
    before = tokens.tokenize(tokenizer, base).ids
    whole = tokens.tokenize(tokenizer, base + ("" if joined else " ") + typed).ids
    before, whole = _without_end(loaded, before), _without_end(loaded, whole)
    if whole[: len(before)] == before and len(whole) > len(before):
        ids = whole[len(before) :]
    else:
        ids = () if joined else plain_ids(tokenizer, " " + typed)
        ids = ids or plain_ids(tokenizer, typed)
    unknown = tokenizer.unk_token_id
    if not ids or (unknown is not None and unknown in ids):
        raise TextError(_NO_TOKENS[role], word=typed)
    return ids


def prompt(loaded: LoadedModel, prefix: str, notes: list[str]) -> TokenizedText:
    """The tokens of a text that the model is to continue: no end-of-sentence token; `notes` may grow.

    Raises:
        TextError: the text is empty or too long.
    """
    text = prefix.rstrip(" \t")
    if not text.strip():
        raise TextError("The text is empty: type the words before the one to be explained.")
    check_characters(loaded, text, Said("The text"))
    if text != prefix:
        notes.append(Said("The space at the end was left out: the model writes it as part of the next word."))
    tokenized = tokens.tokenize(loaded.tokenizer, text)
    kept = _without_end(loaded, tokenized.ids)
    if len(kept) < len(tokenized.ids):
        tokenized = TokenizedText(
            ids=kept,
            raw=tokenized.raw[: len(kept)],
            tokens=tokenized.tokens[: len(kept)],
            words=tuple(
                replace(w, tokens=tuple(t for t in w.tokens if t < len(kept)))
                for w in tokenized.words
                if not (w.special and w.tokens[0] >= len(kept))
            ),
        )
    check_tokens(loaded, len(tokenized), Said("The text"))
    return tokenized


def plain_ids(tokenizer: Any, text: str, *, target: bool = False) -> tuple[int, ...]:
    """The ids of a text without special tokens; with `target` as the tokenizer writes what a decoder writes.

    Raises:
        TextError: the tokenizer gives up on the text.
    """
    texts, named = ((), {"text_target": text}) if target else ((text,), {})
    found = tokens.encoded(tokenizer, *texts, add_special_tokens=False, **named)
    return tuple(int(i) for i in found["input_ids"])


def replacement_id(tokenizer: Any) -> int:
    """The token that stands for a word left out: <unk> where there is one, else mask, padding or end."""
    for name in ("unk_token_id", "mask_token_id", "pad_token_id", "eos_token_id"):
        found = getattr(tokenizer, name, None)
        if found is not None:
            return int(found)
    raise UnsupportedArchitectureError(
        "This tokenizer has no token that could stand for a word left out; choose input x gradient instead."
    )


def removable_words(loaded: LoadedModel, text: TokenizedText) -> tuple[int, ...]:
    """The places of words but the special ones, also those that were typed as text, such as </s>."""
    tokenizer = loaded.tokenizer
    special = {int(i) for i in tokenizer.all_special_ids} - {tokenizer.unk_token_id}
    return tuple(
        place
        for place, word in enumerate(text.words)
        if not word.special and any(text.ids[token] not in special for token in word.tokens)
    )


def _without_end(loaded: LoadedModel, ids: Sequence[int]) -> tuple[int, ...]:
    """Ids without an end-of-sentence token that a tokenizer appends: the model is to go on writing."""
    end = loaded.tokenizer.eos_token_id
    ids = tuple(ids)
    return ids[:-1] if len(ids) > 1 and end is not None and ids[-1] == end else ids
