"""What a user or a script gives an explanation: texts and numbers checked, and texts as a model's tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from numbers import Integral
from typing import Any

from attribution.models import tokens
from attribution.models.loading import LoadedModel
from attribution.service.limits import check_characters, check_tokens
from attribution.types import TextError, TokenizedText, UnsupportedArchitectureError

LONGEST_WORD = 200
"""Characters of a target or foil."""


def check_text(text: Any, what: str) -> None:
    """Refuses what is no text; `what` is "The source" or the like.

    Raises:
        TextError: another type, or half a character (a lone surrogate), which no tokenizer can read.
    """
    if not isinstance(text, str):
        raise TextError(f"{what} must be text, not {type(text).__name__}.")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise TextError(
            f"{what} holds half a character (number {error.start + 1} is a lone surrogate); type it anew."
        ) from error


def check_word(word: Any, role: str) -> None:
    """Refuses a target or foil that is no text or far too long.

    Raises:
        TextError: with its length.
    """
    check_text(word, f"The {role}")
    if len(word) > LONGEST_WORD:
        raise TextError(f"The {role} has {len(word):,} characters; type one word or a short phrase.")


def whole_number(value: Any, sentence: str, least: int, most: int) -> int:
    """The value as an int; `sentence` says what it may be, e.g. "The search takes 1 to 32 beams".

    Raises:
        TextError: no whole number, or outside of the range.
    """
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or not least <= int(value) <= most:
        raise TextError(f"{sentence}, not {_short(value)}.")
    return int(value)


def check_choice(value: Any, choices: Sequence[str], sentence: str) -> None:
    """Refuses what is not among the choices; `sentence` has a place {} for what was asked for.

    Raises:
        TextError: the sentence and the choices.
    """
    if not isinstance(value, str) or value not in choices:
        raise TextError(f"{sentence.format(_short(value))}; choose from {', '.join(choices)}.")


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
        raise TextError(f"The {role} is empty: type a word.")
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
        raise TextError(f"This model's vocabulary cannot spell the {role} “{typed}”; choose another word.")
    return ids


def prompt(loaded: LoadedModel, prefix: str, notes: list[str]) -> TokenizedText:
    """The tokens of a text that the model is to continue: no end-of-sentence token; `notes` may grow.

    Raises:
        TextError: the text is empty or too long.
    """
    text = prefix.rstrip(" \t")
    if not text.strip():
        raise TextError("The text is empty: type the words before the one to be explained.")
    check_characters(loaded, text, "The text")
    if text != prefix:
        notes.append("The space at the end was left out: the model writes it as part of the next word.")
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
    check_tokens(loaded, len(tokenized), "The text")
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
