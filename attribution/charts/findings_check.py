"""What leaving out the parts of a prompt shows, in sentences that are true for every measurement."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from attribution.charts import phrases
from attribution.charts.answer_check import Measured
from attribution.charts.findings import TINY
from attribution.charts.findings_answer import MOST_NAMED, leaders
from attribution.charts.target_word import times_words
from attribution.charts.trust import NOISE, SMALLEST_LOGIT
from attribution.charts.wording import (
    Finding,
    Part,
    Piece,
    counted,
    filled,
    listed,
    number,
    said,
    text,
    told_apart,
)
from attribution.types import AnswerResult, Array, SegmentCheckResult

FEWEST_SEGMENTS = 4
"""Of fewer, the best of all orders is drawn by chance one time in six."""
ROUGH = 0.5
"""Nats that low precision can be out by over an answer: about 0.06 a token."""


def check(results: Sequence[SegmentCheckResult | AnswerResult]) -> Finding:
    """What the answer loses without a part of the prompt, whether the method says so too, and its LDS."""
    found = Measured.of(results)
    lost, noise = found.check.left_out, smallest(found.check)
    names = [Piece(label, "word") for label in told_apart(found.labels)]
    top = _first(lost, 1, noise)
    if not top:
        first = filled(phrases.CHECK_UNMOVED, size=number(noise, 2))
        return said(first, _without_more(lost, noise, names), _held(found))
    sentence = phrases.CHECK_MOST if len(top) == 1 else phrases.CHECK_MOST_TIE
    size = float(lost[top[0]])
    first = filled(sentence, words=_listed(top, names), times=times_words(size), size=number(size, 2))
    return said(first, _without_more(lost, noise, names), _credited(found, top, names), _held(found))


def smallest(check: SegmentCheckResult) -> float:
    """What is lost at least, in nats, to be called an effect; see `trust`."""
    noise = max(SMALLEST_LOGIT, NOISE * float(np.abs(check.left_out).max()))
    return noise if check.model.dtype.startswith("float") else max(noise, ROUGH)


def _first(values: Array, side: int, least: float) -> list[int]:
    """The columns that show the largest number of one sign."""
    some = leaders(values, side, least)
    return [k for k in some if number(float(values[k]), 2) == number(float(values[some[0]]), 2)]


def _listed(some: Sequence[int], names: Sequence[Piece]) -> Part:
    if len(some) > MOST_NAMED:
        return text(phrases.CHECK_COUNT, count=str(len(some)))
    return listed([names[k] for k in some])


def _without_more(lost: Array, noise: float, names: Sequence[Piece]) -> list[Piece]:
    """The part without which the answer is likelier, where it is clear which."""
    some = _first(lost, -1, noise)
    if len(some) != 1:
        return []
    return filled(phrases.CHECK_MORE, words=names[some[0]], times=times_words(float(-lost[some[0]])))


def _credited(found: Measured, top: Sequence[int], names: Sequence[Piece]) -> list[Piece]:
    """Whether the part that is lost most is the one that the method credits with most."""
    credited, method = found.check.credited, found.method.title
    most = _first(credited, 1, TINY)
    if not most:
        return filled(phrases.CHECK_NO_CREDIT, method=method)
    size = number(float(credited[most[0]]), 2, sign=True)
    places: dict[str, Part] = {"method": method, "size": size, "unit": found.unit}
    if list(most) == list(top) and len(most) == 1:
        return filled(phrases.CHECK_SAME, **places)
    if set(top) <= set(most) and len(top) == 1:
        return filled(phrases.CHECK_AMONG, **places | {"method": found.method.name})
    if len(most) > 1 or set(most) & set(top):
        return filled(phrases.CHECK_SEVERAL, words=_listed(most, names), **places)
    effect = float(found.check.left_out[most[0]])
    shows = abs(effect) >= smallest(found.check)
    sentence = phrases.CHECK_OTHER[(0 if effect > 0 else 1) if shows else 2]
    return filled(sentence, words=names[most[0]], effect=number(abs(effect), 2), **places)


def _held(found: Measured) -> list[Piece]:
    """Whether the method's sums follow the measured log-probabilities, beside chance."""
    check, count = found.check, len(found.check.segments)
    if count < FEWEST_SEGMENTS:
        return counted(phrases.CHECK_FEW, count)
    high = check.random_lds[2]
    if not math.isfinite(check.lds) or not math.isfinite(high):
        return filled(phrases.CHECK_UNDEFINED)
    places = {"lds": number(check.lds, 2), "high": number(high, 2)}
    better = check.lds > high and places["lds"] != places["high"]
    return filled(phrases.CHECK_HOLDS if better else phrases.CHECK_CHANCE, **places)
