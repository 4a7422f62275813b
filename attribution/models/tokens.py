"""Token ids <-> readable tokens, and the words of a text that the tokens spell.

A word is found from character offsets of the text, never from a marker character, so that two models with
different tokenizers share the same words.
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

from attribution.types import TextError, TokenizedText, Word

SPACE, NEWLINE, TAB, JOINED = "·", "⏎", "⇥", "‿"
"""How white space is shown, and the mark for "joined to the text before, without a space"."""

LONGEST_TOKEN = 40
"""Characters: a text of more than this many a token is refused before it is tokenized."""
LONGEST_GAP = 40
"""Characters a slow tokenizer may have changed or dropped in a row before a match is thought accidental."""

Span = tuple[int, int]


def tokenize(tokenizer: Any, text: str, *, add_special: bool = True) -> TokenizedText:
    """The text as the model sees it, special tokens included unless `add_special` is False.

    Raises:
        TextError: the tokenizer gives up on the text.
    """
    if tokenizer.is_fast:
        found = encoded(tokenizer, text, return_offsets_mapping=True, add_special_tokens=add_special)
        ids, spans = list(found["input_ids"]), list(found["offset_mapping"])
    else:
        ids = list(encoded(tokenizer, text, add_special_tokens=add_special)["input_ids"])
        spans = _spans_by_search(text, ids, tokenizer)
    return _tokenized(tokenizer, ids, spans, text)


def encoded(tokenizer: Any, *texts: str, **options: Any) -> Any:
    """What a tokenizer of transformers returns when called like this.

    Raises:
        TextError: the tokenizer gives up on the text.
    """
    try:
        return tokenizer(*texts, **options)
    except BaseException as error:
        if not gave_up(error):
            raise
        raise TextError(
            "The tokenizer of this model gives up on this text; change the text or choose another model."
        ) from error


def gave_up(error: BaseException) -> bool:
    """Whether a tokenizer failed: a plain Exception, or a panic of its Rust code, which is none.

    Running out of memory, an interruption and the end of the program are none of its failures.
    """
    panicked = type(error).__name__ == "PanicException" and not isinstance(error, Exception)
    return panicked or (isinstance(error, Exception) and not isinstance(error, MemoryError))


def from_ids(tokenizer: Any, ids: Sequence[int]) -> TokenizedText:
    """Tokens that were generated rather than typed; their text is what they spell, one after the other."""
    ids = [int(i) for i in ids]
    special = _special_ids(tokenizer)
    pieces = [b"" if i in special else surface(tokenizer, i) for i in ids]
    text = b"".join(pieces).decode("utf-8", "replace")
    spans, done = [], b""
    for piece in pieces:
        start = len(done.decode("utf-8", "ignore"))
        done += piece
        spans.append((start, max(start, len(done.decode("utf-8", "replace")))))
    return _tokenized(tokenizer, ids, spans, text)


def as_text(tokenizer: Any, text: str, *, target: bool = False) -> TokenizedText:
    """A text without special tokens around it or within: what is typed like one, as <|im_end|>, stays text.

    `target`: as the tokenizer writes what a decoder writes.

    Raises:
        TextError: the tokenizer gives up on the text, or takes a part of it for a special token all the same.
    """
    forbidden = _special_ids(tokenizer) - {tokenizer.unk_token_id}
    done: list[TokenizedText] = []
    pieces = _harmless_pieces(tokenizer, text, forbidden)
    for piece in pieces:
        named = {"text_target": piece} if target else {"text": piece}
        options: dict[str, Any] = {"add_special_tokens": False, "split_special_tokens": True, **named}
        if tokenizer.is_fast:
            found = encoded(tokenizer, return_offsets_mapping=True, **options)
            ids, spans = list(found["input_ids"]), list(found["offset_mapping"])
        else:
            ids = list(encoded(tokenizer, **options)["input_ids"])
            spans = _spans_by_search(piece, ids, tokenizer)
        if forbidden & set(ids):
            raise TextError("This model's tokenizer takes a part of the text for a special token: change it.")
        done.append(_tokenized(tokenizer, ids, spans, piece))
    return joined(done, [len(piece) for piece in pieces])


def _harmless_pieces(tokenizer: Any, text: str, forbidden: frozenset[int]) -> list[str]:
    """The text, cut within special tokens that the tokenizer would find in it all the same."""
    options: dict[str, Any] = {"add_special_tokens": False, "split_special_tokens": True}
    found = forbidden & set(encoded(tokenizer, text, **options)["input_ids"])
    if not found:
        return [text]
    names = sorted({str(tokenizer.convert_ids_to_tokens(i)) for i in found}, key=len, reverse=True)
    cuts = [m.start() + 1 for m in re.finditer("|".join(map(re.escape, names)), text)]
    return [text[a:b] for a, b in pairwise([0, *cuts, len(text)]) if text[a:b]]


def joined(texts: Sequence[TokenizedText], lengths: Sequence[int]) -> TokenizedText:
    """Texts one after the other, with the number of characters each one counts for."""
    words: list[Word] = []
    tokens = characters = 0
    for text, length in zip(texts, lengths, strict=True):
        for word in text.words:
            start = word.start + characters if word.start >= 0 else -1
            words.append(replace(word, tokens=tuple(t + tokens for t in word.tokens), start=start))
        tokens, characters = tokens + len(text), characters + length
    return TokenizedText(
        ids=tuple(i for text in texts for i in text.ids),
        raw=tuple(r for text in texts for r in text.raw),
        tokens=tuple(t for text in texts for t in text.tokens),
        words=tuple(words),
    )


def surface(tokenizer: Any, token_id: int) -> bytes:
    """The bytes of text that one token stands for (part of a character is possible), its space in front."""
    raw = str(tokenizer.convert_ids_to_tokens(int(token_id)))
    marking = _marking(tokenizer)
    if marking == "bytes" and all(c in _byte_of() for c in raw):
        return bytes(_byte_of()[c] for c in raw)
    if raw.startswith("<0x") and raw.endswith(">") and len(raw) == 6:
        return bytes([int(raw[3:5], 16)])
    if marking == "words":
        return f" {raw}".encode()
    return raw.replace("▁", " ").encode()


def readable(tokenizer: Any, token_id: int) -> str:
    """One token for people: `·winter`, `⏎`; parts of a character as their bytes, e.g. `⟨F0 9F⟩`."""
    if int(token_id) in _special_ids(tokenizer):
        return visible(str(tokenizer.convert_ids_to_tokens(int(token_id))))
    data = surface(tokenizer, token_id)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return "⟨" + data.hex(" ").upper() + "⟩"
    if _marking(tokenizer) == "words":
        text = text[1:]
    return visible(text) or "∅"


def visible(text: str) -> str:
    """The text with white space and control characters made visible."""
    shown = text.replace(" ", SPACE).replace("\r\n", NEWLINE).replace("\n", NEWLINE).replace("\t", TAB)
    return "".join(c if unicodedata.category(c) not in ("Cc", "Cf", "Zl", "Zp") else _code(c) for c in shown)


def typed_form(tokenizer: Any, token_id: int) -> str:
    """How a user would type this token as the next word: without its space; `‿ly` where it has none.

    Empty where nobody can type it: a part of a character, or spaces alone.
    """
    if int(token_id) in _special_ids(tokenizer):
        return str(tokenizer.convert_ids_to_tokens(int(token_id)))
    try:
        text = surface(tokenizer, token_id).decode()
    except UnicodeDecodeError:
        return ""
    if not text.strip():
        return NEWLINE if text == "\n" else ""
    if text.startswith(" "):
        return text[1:]
    return text if needs_no_space(text) else JOINED + text


def needs_no_space(text: str) -> bool:
    """Whether a text continues the one before it without a space, as a comma or a closing bracket does."""
    return text[:1] in set(".,;:!?)]}%…»”’\n" + NEWLINE)


def word_spans(text: str) -> list[Span]:
    """The words of a text as (start, end) character offsets, in order.

    Letters, digits and marks run together, with an apostrophe or hyphen inside; every other visible
    character is a word, emoji sequences kept whole; scripts written without spaces go character by character.
    """
    spans: list[Span] = []
    i = 0
    while i < len(text):
        if text[i].isspace():
            i += 1
            continue
        start, kind = i, _kind(text[i])
        i += 1
        if kind == "letter":
            while i < len(text):
                inner = text[i] in "'’-" and i + 1 < len(text) and _kind(text[i + 1]) == "letter"
                if _kind(text[i]) not in ("letter", "mark") and not inner:
                    break
                i += 1
        else:
            while (
                i < len(text)
                and (_kind(text[i]) == "mark" or text[i - 1] == "\u200d")
                and not text[i].isspace()
            ):
                i += 1
        spans.append((start, i))
    return spans


def _kind(char: str) -> str:
    category = unicodedata.category(char)
    if category[0] == "M" or char in "\u200d\u200c" or "\U0001f3fb" <= char <= "\U0001f3ff":
        return "mark"
    code = ord(char)
    alone = 0x0E00 <= code <= 0x0EFF or 0x1000 <= code <= 0x109F or 0x1780 <= code <= 0x17FF
    if category[0] in "LN" and not alone and not 0x2E80 <= code <= 0x9FFF and not 0x20000 <= code <= 0x3FFFF:
        return "letter"
    return "letter" if category == "Pc" else "single"


def _tokenized(tokenizer: Any, ids: list[int], spans: list[Span], text: str) -> TokenizedText:
    special = _special_ids(tokenizer)
    is_special = [i in special and spans[k][0] == spans[k][1] for k, i in enumerate(ids)]
    words = word_spans(text)
    owner = [-1 if sp else _owner(spans[k], words) for k, sp in enumerate(is_special)]
    members: list[list[int]] = [[] for _ in words]
    loose: list[int] = []
    for k, w in enumerate(owner):
        (members[w] if w >= 0 else loose).append(k)
    found: list[tuple[int, int, Word]] = []
    last = -1
    for w, (start, end) in enumerate(words):
        last = members[w][0] if members[w] else last
        found.append((last, w, Word(text[start:end], tuple(members[w]), start=start)))
    for k in loose:
        found.append((k, -1, Word(readable(tokenizer, ids[k]), (k,), special=True)))
    raw = tuple(str(t) for t in tokenizer.convert_ids_to_tokens(ids))
    return TokenizedText(
        ids=tuple(int(i) for i in ids),
        raw=raw,
        tokens=tuple(readable(tokenizer, i) for i in ids),
        words=tuple(word for *_, word in sorted(found, key=lambda f: f[:2])),
    )


def _owner(span: Span, words: list[Span]) -> int:
    """The word a token belongs to: the largest overlap; white space goes to the word after it."""
    start, end = span
    first = bisect.bisect_right(words, start, key=lambda word: word[1])
    overlaps = []
    for k in range(first, len(words)):
        if words[k][0] >= end:
            break
        overlaps.append((min(end, words[k][1]) - max(start, words[k][0]), -k))
    return -max(overlaps)[1] if overlaps else min(first, len(words) - 1)


def _spans_by_search(text: str, ids: list[int], tokenizer: Any) -> list[Span]:
    """Character offsets for tokenizers that give none: each piece is looked up from where the last ended.

    Pieces that the tokenizer changed (or does not know) get the characters between their neighbours.
    """
    special = _special_ids(tokenizer)
    unknown = tokenizer.unk_token_id
    folded = "".join(unicodedata.normalize("NFKC", c)[:1] or c for c in text)
    spans: list[Span | None] = []
    cursor = 0
    for i in ids:
        piece = surface(tokenizer, i).decode("utf-8", "replace").strip()
        if i in special and i != unknown:
            spans.append((-1, -1))
            continue
        at = folded.find(piece, cursor) if piece and i != unknown else -1
        if at < 0 or at - cursor > LONGEST_GAP:
            spans.append(None)
        else:
            spans.append((at, at + len(piece)))
            cursor = at + len(piece)
    done: list[Span] = []
    cursor = 0
    for k, span in enumerate(spans):
        if span is None:
            end = next((s[0] for s in spans[k + 1 :] if s and s[0] >= 0), len(text))
            first = cursor + len(text[cursor:end]) - len(text[cursor:end].lstrip())
            done.append((min(first, end), end))
        else:
            done.append(span)
            cursor = max(cursor, span[1])
    return done


def _special_ids(tokenizer: Any) -> frozenset[int]:
    return frozenset(tokenizer.all_special_ids)


def _marking(tokenizer: Any) -> str:
    """How spaces are marked: "bytes" (byte-level BPE), "pieces" (▁) or "words" (one token a word)."""
    if not tokenizer.is_fast:
        return "pieces"
    cached = getattr(tokenizer, "_why_marking", None)
    if cached is None:
        backend = tokenizer.backend_tokenizer
        parts = f"{backend.decoder!r}{backend.pre_tokenizer!r}"
        if "ByteLevel" in parts:
            cached = "bytes"
        else:
            cached = "words" if "WordLevel" in repr(backend.model)[:40] else "pieces"
        tokenizer._why_marking = cached
    return str(cached)


@lru_cache(maxsize=1)
def _byte_of() -> dict[str, int]:
    """The printable character by which byte-level BPE writes each byte, inverted (Radford et al. 2019)."""
    kept = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [b for b in range(256) if b not in kept]
    return {chr(b): b for b in kept} | {chr(256 + n): b for n, b in enumerate(others)}


def _code(char: str) -> str:
    return f"⟨{ord(char):04X}⟩"
