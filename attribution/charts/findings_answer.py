"""What an answer's figures show, in one or two sentences that are true for every result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from attribution.charts import phrases
from attribution.charts.answer_view import AnswerView, Column, answer_word, bare
from attribution.charts.answer_wording import method_of, sums
from attribution.charts.findings import TINY, WORTH_SAYING, furthest
from attribution.charts.wording import (
    Finding,
    Part,
    Piece,
    capitalised,
    clean,
    filled,
    listed,
    number,
    ordinal,
    percent,
    said,
    text,
)
from attribution.types import AnswerResult, Array

MOST_NAMED = 3
"""Words of one side that are named, unless more tie."""

PLAIN = {
    phrases.TEMPLATE: phrases.THE_TEMPLATE,
    phrases.ADDED: phrases.THE_ADDED,
    phrases.ANSWER_SO_FAR: phrases.THE_ANSWER_SO_FAR,
}
"""Columns that are neither words nor segments that somebody typed, in a sentence."""


# --------------------------------------------------------------------------------------------- one word


def word(result: AnswerResult, view: AnswerView) -> Finding:
    """Which words push most toward and away from one token of an answer, and what everything adds up to."""
    view = replace(view, step=result.steps[view.row(result)], opened=-1)
    row = view.row(result)
    target = _target(result, view)
    if result.foils and result.foils[row] == result.answer.tokens[result.steps[row]]:
        return said(filled(phrases.ANSWER_SAME, word=target))
    explanation = view.explanation(result)
    one = phrases.ANSWER_PART if view.by_segments(result) else "word"
    gap = _gap(result, [row])
    first = _credits(result, view, view.credited(result), explanation.values[0], one, gap)
    chance = float(result.step_scores["probability"][result.steps[row]])
    certain: list[Piece] = []
    if not _visible(explanation.values[0], gap) and result.unit != phrases.LOGITS and chance >= 0.99:
        certain = filled(
            phrases.ANSWER_CERTAIN, word=target, chance=percent(chance), explained=_quantity(result)
        )
    return said(first, certain, _adds_up(result, view))


def segments(result: AnswerResult, view: AnswerView) -> Finding:
    """Which parts push most toward and away from a token of an answer, or the whole of it."""
    view = replace(view, columns="segments", opened=-1)
    if view.chosen(result) is not None:
        return word(result, view)
    values = view.segments(result).values[0]
    rows = range(len(result.steps))
    one = phrases.ANSWER_PART if result.request.method == "erasure" else "part"
    found = _credits(result, view, view.credited(result), values, one, _gap(result, rows))
    return said(found, _adds_up(result, view))


def whole(result: AnswerResult, view: AnswerView) -> Finding:
    """The largest cell of a heatmap, and what everything adds up to."""
    view = replace(view, step=None)
    explanation, columns = view.explanation(result), view.credited(result)
    found = furthest(explanation.values)
    if found is None:
        one = phrases.ANSWER_PART if view.by_segments(result) else "word"
        places = {"one": one, "explained": phrases.ANSWER_EACH[result.unit], "tiny": str(TINY)}
        return said(text(phrases.ANSWER_NOTHING, unit=result.unit, **places))
    (row, column), alone = found
    name = _named(result, columns)[column]
    first = filled(
        phrases.MAP_LARGEST if alone else phrases.MAP_LARGEST_TIE,
        column=[name.piece, Piece(f" ({name.where})")] if name.where else name.piece,
        row=_quoted(answer_word(result, result.steps[row]), "target"),
        size=number(float(explanation.values[row, column]), 2, sign=True),
        unit=result.unit,
    )
    return said(first, _adds_up(result, view))


def _credits(
    result: AnswerResult,
    view: AnswerView,
    columns: Sequence[Column],
    values: Array,
    one: str,
    gap: float,
) -> list[Piece]:
    """Who is named on either side, with amounts; nobody whose amount does not show, or is within the gap."""
    least = max(TINY, gap)
    about: dict[str, Part] = {"one": one, "explained": view.explained(result), "unit": result.unit}
    if not _visible(values, gap):
        if _visible(values, 0):
            return filled(phrases.ANSWER_NOISE, gap=number(gap, 2), **about)
        return filled(phrases.ANSWER_NOTHING, tiny=str(TINY), **about)
    erasure = result.request.method == "erasure"
    how = (phrases.WITHOUT_LESS, phrases.WITHOUT_MORE)
    how = how if erasure else (phrases.ANSWER_TOWARD, phrases.ANSWER_TOWARD)
    whom: tuple[Part, Part] = (_target(result, view), _foil(result, view))
    if not result.foils and not erasure:
        how, whom = (phrases.ANSWER_TOWARD, phrases.ANSWER_AWAY), (whom[0], phrases.IT)
    names, clauses = _named(result, columns), list[list[Piece]]()
    unit = f" {result.unit}"
    for side, (alone, several, none), toward in zip((1, -1), how, whom, strict=True):
        some = leaders(values, side, least)
        words: Part = ""
        if some:
            size = [number(float(v) * (side if erasure else 1), 2, sign=not erasure) for v in values[some]]
            size, unit = [size[0] + unit, *size[1:]], ""
            words = listed([names[k].with_amount(amount) for k, amount in zip(some, size, strict=True)])
            if len(some) > MOST_NAMED:
                ones = phrases.ANSWER_ONES[one]
                words = text(phrases.ANSWER_ALIKE, count=str(len(some)), ones=ones, size=size[0])
        sentence = none if not some else alone if len(some) == 1 else several
        clauses.append(filled(sentence, words=words, whom=toward, **about))
    first, second = clauses
    if erasure or method_of(result).additive:
        return capitalised(filled(phrases.TWO_PUSHES, first=first, second=second))
    return filled(phrases.BY_METHOD, method=method_of(result).name, first=first, second=second)


def leaders(values: Array, side: int, least: float) -> list[int]:
    """The columns with the largest values of one sign: at most `MOST_NAMED`, or all that tie for the first.

    What shows as the same number is named together or not at all, and nothing far behind the first.
    """
    signed = np.nan_to_num(np.asarray(values, dtype=np.float64)) * side
    groups: dict[str, list[int]] = {}
    for k in np.argsort(-signed, kind="stable"):
        if signed[k] >= least:
            groups.setdefault(number(float(signed[k]), 2), []).append(int(k))
    named: list[int] = []
    for group in groups.values():
        far = named and signed[group[0]] < WORTH_SAYING * signed[named[0]]
        if far or (named and len(named) + len(group) > MOST_NAMED):
            break
        named += group
    return named


def _visible(values: Array, gap: float) -> bool:
    """Whether some value is larger than what shows as nothing, and than the gap."""
    return bool(np.nanmax(np.abs(values), initial=0.0) >= max(TINY, gap))


def _gap(result: AnswerResult, rows: Sequence[int]) -> float:
    """By how much the values of these rows, summed, miss what they should add up to: smaller ones are noise.

    0 of methods that promise no sum.
    """
    some = list(rows)
    if result.convergence.size:
        return abs(float(result.convergence[some].sum()))
    if not method_of(result).additive:
        return 0.0
    total = np.nansum(result.values[some].astype(np.float64)) + result.remainder[some].sum()
    return abs(float(total - result.explained[some].sum()))


def _adds_up(result: AnswerResult, view: AnswerView) -> list[Piece]:
    """What prompt, template and answer so far get together, of a method that adds up."""
    if not method_of(result).additive:
        return []
    return [Piece(" "), Piece(sums(result, view))]


def _quantity(result: AnswerResult) -> str:
    return phrases.ATTRIBUTED[result.request.attributed]


def _target(result: AnswerResult, view: AnswerView) -> list[Piece]:
    """The word explained, or the answer."""
    step = view.chosen(result)
    if step is None:
        return [Piece(phrases.THE_ANSWER)]
    return _quoted(answer_word(result, step), "target")


def _quoted(word: str, role: Literal["target", "foil"]) -> list[Piece]:
    """The word explained or its contrast, in quotes: most words of an answer are small ones."""
    return [Piece("“"), Piece(word, role), Piece("”")]


def _foil(result: AnswerResult, view: AnswerView) -> list[Piece]:
    """What it is compared with."""
    foil = view.foil(result)
    return _quoted(foil, "foil") if foil else [Piece(phrases.THE_CONTRAST)]


@dataclass(frozen=True)
class _Name:
    """A column in a sentence, with where it stands if others are called the same."""

    piece: Piece
    where: str = ""

    def with_amount(self, amount: str) -> list[Piece]:
        """With its amount in brackets."""
        inside = ", ".join(filter(None, (self.where, amount)))
        return [self.piece, Piece(f" ({inside})")]


def _named(result: AnswerResult, columns: Sequence[Column]) -> list[_Name]:
    """Words and segments in quotes, told apart by their segments, then by their numbers."""
    typed = [k for k, s in enumerate(result.segments) if s.kind not in ("template", "answer")]
    labels = [c.label for c in columns]
    where = [
        ""
        if labels.count(c.label) == 1
        else phrases.IN_ANSWER
        if c.place == "answer"
        else phrases.IN_PROMPT
        if len(typed) == 1
        else clean(result.segments[c.segment].label)
        for c in columns
    ]
    same = list(zip(labels, where, strict=True))
    names = []
    for k, (label, place) in enumerate(same):
        if label in PLAIN:
            names.append(_Name(Piece(PLAIN[label])))
        else:
            number_of = f"no. {k + 1}" if same.count((label, place)) > 1 else ""
            names.append(_Name(Piece(label, "word"), ", ".join(filter(None, (place, number_of)))))
    return names


# ---------------------------------------------------------------------------- what the model expected


def instead(result: AnswerResult, view: AnswerView) -> Finding:
    """What the model expected most at a step, and where the answer's own token comes."""
    step = view.step if view.step is not None else result.steps[0]
    target = _quoted(answer_word(result, step), "target")
    own = result.answer.ids[step]
    others = sorted((c for c in result.candidates[step] if c.id != own), key=lambda c: c.rank)
    chance, rank = float(result.step_scores["probability"][step]), int(result.step_scores["rank"][step])
    if not others:
        return said(filled(phrases.EXPECTED_OWN_ONLY, word=target, chance=percent(chance)))
    places: dict[str, Part] = {
        "word": target,
        "chance": percent(chance),
        "rank": ordinal(rank),
        "other": Piece(bare(others[0].token), "word"),
        "after": percent(others[0].probability),
    }
    if rank > 1:
        return said(filled(phrases.EXPECTED_OTHER, **places))
    tie = others[0].probability == chance
    return said(filled(phrases.EXPECTED_EQUAL if tie else phrases.EXPECTED_OWN, **places))
