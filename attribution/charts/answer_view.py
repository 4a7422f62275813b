"""How an answer is looked at: which of its tokens is explained, by words or by segments.

The fields of a view are part of saved reports: a field may be added with a default, never renamed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from attribution.charts import phrases
from attribution.charts.palette import Role
from attribution.charts.wording import clean, shortened, text, word_name
from attribution.types import AnswerResult, AttributionError, Candidate, Explanation, Segment, visible_sum

Columns = Literal["words", "segments"]
Place = Literal["prompt", "template", "answer", "others"]
SEGMENT_WORDS = 30
"""Characters of a segment's text that stand beside its name."""


@dataclass(frozen=True)
class Column:
    """What is credited by a view of an answer: a word, a segment, or several of them together."""

    label: str
    place: Place
    tokens: tuple[int, ...]
    """Of the S + T columns of the result, in order."""
    segment: int
    """The number of its segment; -1 for several."""


@dataclass(frozen=True)
class AnswerView:
    """One view of an answer: which of its tokens is explained, by words or by segments.

    `step`: the token, from 0; None: all that are explained. `opened`: among segments, the number of the one
    that is shown word by word. A method that covers whole segments is always shown by them.
    """

    step: int | None = None
    columns: Columns = "words"
    opened: int = -1

    def chosen(self, result: AnswerResult) -> int | None:
        """The token explained; None where it is several together."""
        return result.steps[0] if self.step is None and len(result.steps) == 1 else self.step

    def row(self, result: AnswerResult) -> int:
        """The row of the token chosen.

        Raises:
            AttributionError: that token is not explained, or none is chosen.
        """
        step = self.chosen(result)
        if step not in result.steps:
            raise AttributionError(phrases.NO_STEP)
        return result.steps.index(step)

    def credited(self, result: AnswerResult) -> list[Column]:
        """The columns: words (those of the template together) or segments, in the order in which they are
        read, without those that no row explained can see.
        """
        owners = {token: k for k, s in enumerate(result.segments) for token in s.columns}
        segments = self.by_segments(result)
        columns: list[Column] = []
        for k, segment in enumerate(result.segments):
            if segments and k != self.opened and segment.columns:
                place = _place(segment.kind)
                columns.append(Column(segment_label(segment), place, segment.columns, k))
            elif segment.kind == "template" and segment.columns:
                columns.append(Column(segment_label(segment), "template", segment.columns, k))
        for text_of, first in ((result.prompt, 0), (result.answer, len(result.prompt))):
            for word in text_of.words:
                own = tuple(first + token for token in word.tokens)
                k = owners[own[0]] if own else -1
                kind = result.segments[k].kind
                if own and kind != "template" and (not segments or k == self.opened):
                    columns.append(Column(word_name(word), _place(kind), own, k))
        places: tuple[Place, ...] = ("prompt", "template", "answer")
        columns.sort(key=lambda c: (places.index(c.place), c.segment if segments else 0))
        if self.chosen(result) is not None:
            last = len(result.prompt) + result.steps[self.row(result)]
            columns = [_so_far(result, column, last) for column in columns]
        values = result.values if self.chosen(result) is None else result.values[[self.row(result)]]
        return [c for c in columns if c.tokens and not np.isnan(values[:, list(c.tokens)]).all()]

    def by_segments(self, result: AnswerResult) -> bool:
        """Whether columns are segments."""
        return self.columns == "segments" or result.request.method == "erasure"

    def explanation(self, result: AnswerResult) -> Explanation:
        """Rows the tokens explained (or the one chosen); columns as `credited`, each the exact sum of what
        its tokens got.

        Raises:
            AttributionError: the token chosen is not explained.
        """
        rows = range(len(result.steps)) if self.chosen(result) is None else [self.row(result)]
        columns = self.credited(result)
        found, some = result.explanation(), list(rows)
        values = [visible_sum(found.values[some][:, list(c.tokens)]) for c in columns]
        return Explanation(
            found.method,
            tuple(answer_token(result, result.steps[k]) for k in rows),
            tuple(c.label for c in columns),
            np.stack(values, 1) if values else np.zeros((len(some), 0)),
            found.unit,
            {name: part[some] for name, part in found.parts.items()},
            found.explained[some],
        )

    def segments(self, result: AnswerResult) -> Explanation:
        """One row, the token chosen or all that is explained of the answer; columns the segments.

        Raises:
            AttributionError: the token chosen is not explained.
        """
        found = replace(self, columns="segments", opened=-1).explanation(result)
        values = visible_sum(found.values.T)[None]
        parts = {name: np.array([part.sum()]) for name, part in found.parts.items()}
        rows = (self.explained(result),)
        explained = np.array([found.explained.sum()])
        return Explanation(found.method, rows, found.columns, values, found.unit, parts, explained)

    def foil(self, result: AnswerResult) -> str:
        """The token that the one chosen is compared with; empty where there is none."""
        if not result.foils or self.chosen(result) is None:
            return ""
        return bare(result.foils[self.row(result)])

    def sides(self, result: AnswerResult) -> tuple[Role, Role]:
        """The roles of positive and negative values: orange only where there is a contrast."""
        return "target", "foil" if result.foils else "against"

    def ends(self, result: AnswerResult) -> tuple[str, str]:
        """What positive and negative values mean."""
        step = self.chosen(result)
        if step is None:
            return phrases.FOR_THE_ANSWER, phrases.FOR_THE_CONTRAST if result.foils else phrases.AGAINST_IT
        word, foil = answer_word(result, step), self.foil(result)
        away, other = (phrases.TOWARD_QUOTED, foil) if foil else (phrases.AWAY_FROM_QUOTED, word)
        return text(phrases.TOWARD_QUOTED, word=word), text(away, word=other)

    def explained(self, result: AnswerResult) -> str:
        """The number explained, e.g. "logit of hot", or the sum over the answer."""
        step = self.chosen(result)
        if step is None:
            what = phrases.ANSWER_WHOLE_CONTRAST if result.foils else phrases.ANSWER_WHOLE
            return text(what[result.unit], count=str(len(result.steps)))
        word, foil = answer_word(result, step), self.foil(result)
        what = phrases.ANSWER_STEP_CONTRAST if foil else phrases.ANSWER_STEP
        return text(what[result.unit], word=word, foil=foil)


def answer_token(result: AnswerResult, step: int) -> str:
    """A token of an answer as a row is named; its end in words."""
    ended = result.ending == "end" and step == len(result.answer) - 1
    token = result.answer.tokens[step]
    return phrases.END if ended else phrases.SPECIALS.get(token, clean(token))


def answer_word(result: AnswerResult, step: int) -> str:
    """The same in running text, without the mark of a space before it."""
    return bare(answer_token(result, step))


def chosen_candidate(result: AnswerResult, step: int) -> Candidate | None:
    """The token of the answer among what the model expected at its step."""
    return next((c for c in result.candidates[step] if c.id == result.answer.ids[step]), None)


def bare(token: str) -> str:
    """A readable token without the mark of a space before it."""
    return clean(token).lstrip("·") or clean(token)


def _place(kind: str) -> Place:
    return "answer" if kind == "answer" else "template" if kind == "template" else "prompt"


def segment_label(segment: Segment) -> str:
    """A segment with the beginning of its text; the template, or what else was added, in brackets."""
    if segment.kind == "template":
        return phrases.TEMPLATE if segment.text else phrases.ADDED
    if segment.kind == "answer":
        return phrases.ANSWER_SO_FAR
    words = " ".join(segment.text.split())
    return text(phrases.SEGMENT, name=clean(segment.label), words=shortened(words, SEGMENT_WORDS))


def _so_far(result: AnswerResult, column: Column, last: int) -> Column:
    """The column without the tokens that come later; of a word that is half written, that half."""
    seen = tuple(token for token in column.tokens if token < last)
    if column.place != "answer" or len(seen) == len(column.tokens):
        return column
    if column.label == phrases.ANSWER_SO_FAR:
        return replace(column, tokens=seen)
    half = "".join(clean(result.columns[token]) for token in seen)
    return replace(column, label=f"{bare(half)}…", tokens=seen) if seen else replace(column, tokens=())
