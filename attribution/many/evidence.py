"""Where the words stand that are known to decide a sentence, and which words are translations of which."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from attribution.models.tokens import word_spans
from attribution.types import TextError, Word

Span = tuple[int, int]
LINK = re.compile(r"(\d{1,4})([-p?])(\d{1,4})")
WHICH = re.compile(r"(.+)#(\d{1,3})")


def evidence_spans(text: str, evidence: str) -> list[Span]:
    """The places in a text of the words named, as (start, end) characters, in order.

    Bars, semicolons or line ends part the entries; an entry is a run of words as it stands in the text, or
    single words. A word that stands there several times is meant each time; `Mary#2` means its second time.

    Raises:
        TextError: a word does not stand in the text.
    """
    if not evidence:
        return []
    words = word_spans(text)
    found: set[Span] = set()
    for entry in filter(None, (part.strip() for part in re.split(r"[|;\n]", evidence))):
        spans = _run(text, words, entry)
        for single in [] if spans else filter(None, re.split(r"[\s,]+", entry)):
            alone = _run(text, words, single)
            if not alone:
                raise TextError("“{word}” does not stand in the text as a word.", word=single[:40])
            spans += alone
        found.update(spans)
    return sorted(found)


def _run(text: str, words: Sequence[Span], entry: str) -> list[Span]:
    """The words of every place where the entry's words stand one after the other."""
    numbered = WHICH.fullmatch(entry)
    asked = [entry[a:b] for a, b in word_spans(entry)]
    if numbered and not _places(text, words, asked):
        asked = [numbered[1][a:b] for a, b in word_spans(numbered[1])]
        starts = _places(text, words, asked)[int(numbered[2]) - 1 :][:1] if int(numbered[2]) else []
    else:
        starts = _places(text, words, asked)
    return [words[k] for start in starts for k in range(start, start + len(asked))]


def _places(text: str, words: Sequence[Span], asked: list[str]) -> list[int]:
    spelled = [text[a:b] for a, b in words]
    size = len(asked)
    return [k for k in range(len(words) - size + 1) if asked and spelled[k : k + size] == asked]


def words_at(words: Sequence[Word], spans: Sequence[Span]) -> list[int]:
    """Which of a model's words touch one of the places."""
    return [
        k
        for k, word in enumerate(words)
        if any(word.start < end and start < word.start + len(word.text) for start, end in spans)
    ]


# ---------------------------------------------------------------------------------------------- alignment


@dataclass(frozen=True)
class Gold:
    """Links (source word, target word), numbered from 0 between white space: sure ones, and all possible."""

    sure: frozenset[tuple[int, int]]
    possible: frozenset[tuple[int, int]]


def gold_links(alignment: str, source: str, target: str) -> Gold:
    """Pharaoh pairs such as "0-0 1-2"; "1p2" or "1?2" is possible, not sure.

    Raises:
        TextError: something else, or a word that is not there.
    """
    lengths = len(source.split()), len(target.split())
    sure, possible = set(), set()
    for pair in alignment.split():
        match = LINK.fullmatch(pair)
        if match is None:
            raise TextError("“{pair}” is no pair of the alignment such as 0-0.", pair=pair[:20])
        link = int(match[1]), int(match[3])
        if link[0] >= lengths[0] or link[1] >= lengths[1]:
            raise TextError(
                "The alignment {pair} names a word beyond the last of {count} and {other}.",
                pair=pair,
                count=lengths[0],
                other=lengths[1],
            )
        possible.add(link)
        if match[2] == "-":
            sure.add(link)
    return Gold(frozenset(sure), frozenset(possible))


def word_owners(text: str, words: Sequence[Word]) -> list[int]:
    """For each of a model's words the word between white space that it belongs to; -1 for special ones.

    Characters are counted without white space, since a model may spell a text with other spaces.

    Raises:
        TextError: the model spells the text by other characters.
    """
    ends, done = [], 0
    for piece in text.split():
        done += len(piece)
        ends.append(done)
    owners, at = [], 0
    for word in words:
        if word.special:
            owners.append(-1)
            continue
        owners.append(next((k for k, end in enumerate(ends) if at < end), -1))
        at += len("".join(word.text.split()))
    if at != done:
        raise TextError("The model spells this text by other characters, so its words cannot be aligned.")
    return owners
