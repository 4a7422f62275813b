"""What many sentences show, in sentences that are true: no order is read out of intervals that overlap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from attribution.charts import phrases
from attribution.charts.many_rows import in_order, lines_of
from attribution.charts.many_wording import axis_of, group_of, said_count, said_interval, said_value, so_far
from attribution.charts.views import ManyView
from attribution.charts.wording import (
    Finding,
    Piece,
    capitalised,
    clean,
    counted,
    filled,
    listed,
    said,
    text,
)
from attribution.language import numbered
from attribution.methods.catalogue import METHODS
from attribution.types import ManyMean, ManyModel, ManyResult

MOST_MODELS = 3
"""Of which sentences are said; the figure has all."""

WIDER = 1.5
"""Times the half interval: of a dozen groups without any difference the extremes lie about 3.3 deviations
apart, and 95 % of the time below 4.7; two such intervals make 5.9."""
MOST_NEXT = 5
"""Models of which is said between which two neighbours the order is open."""
FEWEST = 10
"""Sentences of a group of which this is said."""


def of_measure(result: ManyResult, view: ManyView) -> Finding:
    """What a measure says of each model, and how sure that is."""
    measure = result.measure(view.measure)
    sentences: list[Sequence[str | Piece]] = []
    models = sorted((m for m in result.models if view.model in ("", m.id)), key=lambda m: m.parameters)
    for model in [*models[: MOST_MODELS - 1], *models[MOST_MODELS - 1 :][-1:]]:
        means = _means(result, view, model)
        if not means:
            continue
        if measure.of_model:
            sentences.append(_of_model(view, model, means[0]))
        elif view.measure == "carried":
            sentences.append(_carried(model, means))
        else:
            sentences += _best(view, model, means, less_is_better=measure.less_is_better)
    return _finding(result, sentences)


def by_size(result: ManyResult, view: ManyView) -> Finding:
    """Whether the largest model has more than the smallest, for each method: only where intervals part."""
    models, of_model = in_order(result, view), result.measure(view.measure).of_model
    sentences: list[Sequence[str | Piece]] = []
    for method, pairs in lines_of(result, view):
        means = [mean for _, mean in pairs]
        if len(means) == len(models) > 1 and models[0].parameters < models[-1].parameters:
            what = axis_of(result, view) if of_model else _method(method or "")
            sentences += _sizes(view, models, means, what)
    return _finding(result, sentences) if sentences else of_measure(result, view)


def _sizes(
    view: ManyView, models: Sequence[ManyModel], means: Sequence[ManyMean], what: str
) -> list[list[Piece]]:
    small, large = means[0], means[-1]
    names = [clean(model.name) for model in models]
    places = {"what": what, "small": names[0], "large": names[-1]}
    if small.low <= large.high and large.low <= small.high:
        return [filled(phrases.MANY_SIZES_OPEN, **places)]
    values = {
        "small_value": said_value(view.measure, small.value),
        "large_value": said_value(view.measure, large.value),
    }
    kind = "right" if view.measure == "right" else ""
    found = [filled(phrases.MANY_LARGER[kind, large.value > small.value], **places, **values)]
    if 2 < len(models) <= MOST_NEXT:
        found += [
            filled(phrases.MANY_NEXT_OPEN, smaller=names[k], larger=names[k + 1])
            for k, (one, next_) in enumerate(pairwise(means))
            if one.low <= next_.high and next_.low <= one.high
        ]
    return found


def by_group(result: ManyResult, view: ManyView) -> Finding:
    """Between which groups a measure differs, for each column of the heatmap: only where intervals part."""
    measure = result.measure(view.measure)
    of, sentences, alike = result.by_name(), list[Sequence[str | Piece]](), list[str]()
    for model in [m for m in result.models if view.model in ("", m.id)][:MOST_MODELS]:
        methods = result.methods[:1] if measure.of_model else result.methods[:MOST_MODELS]
        for method in methods:
            means = [m for g in result.groups[1:] if (m := of.get((view.measure, model.id, method, g)))]
            if len(means) < 2:
                continue
            what = clean(model.name) if measure.of_model else f"{_method(method)} ({clean(model.name)})"
            low, high = min(means, key=lambda m: m.value), max(means, key=lambda m: m.value)
            if _apart(low, high):
                sentences.append(
                    filled(
                        phrases.MANY_GROUPS_DIFFER,
                        what=what,
                        low=_alike(result, view, low, means),
                        low_value=said_value(view.measure, low.value),
                        high=_alike(result, view, high, means),
                        high_value=said_value(view.measure, high.value),
                    )
                )
            else:
                alike.append(what)
    if alike:
        sentences.append(filled(phrases.MANY_GROUPS_ALIKE, what=listed(alike)))
    return _finding(result, sentences)


def _alike(result: ManyResult, view: ManyView, one: ManyMean, means: Sequence[ManyMean]) -> list[Piece]:
    """A group, with how many more have the number that is said of it."""
    more = [m for m in means if said_value(view.measure, m.value) == said_value(view.measure, one.value)]
    group = Piece(group_of(result, one.group), "word")
    return filled(phrases.MANY_AND_MORE, group=group, count=str(len(more) - 1)) if more[1:] else [group]


def _apart(low: ManyMean, high: ManyMean) -> bool:
    """Whether the lowest and the highest of several groups differ by more than chance makes them."""
    below, above = WIDER * (low.high - low.value), WIDER * (high.value - high.low)
    return min(low.sentences, high.sentences) >= FEWEST and low.value + below < high.value - above


def _means(result: ManyResult, view: ManyView, model: ManyModel) -> list[ManyMean]:
    """Of one model and group, a method each."""
    of, group = result.by_name(), view.group or result.groups[0]
    found = (of.get((view.measure, model.id, method, group)) for method in result.methods)
    return [mean for mean in found if mean is not None]


def _of_model(view: ManyView, model: ManyModel, mean: ManyMean) -> list[Piece]:
    places = _places(view, model, mean)
    if view.measure == "right":
        count = said_count(mean.sentences)
        sentence = numbered(phrases.MANY_RIGHT, mean.sentences)
        return filled(sentence, **places, share=places["value"], count=count)
    return filled(phrases.MANY_DIFFERENCE, **places)


def _carried(model: ManyModel, means: Sequence[ManyMean]) -> list[Piece]:
    view = ManyView("carried")
    parts = [filled(phrases.MANY_CARRIED_ONE, **_places(view, model, mean)) for mean in means]
    return filled(phrases.MANY_CARRIED, model=clean(model.name), methods=listed(parts))


def _best(
    view: ManyView, model: ManyModel, means: Sequence[ManyMean], *, less_is_better: bool
) -> list[list[Piece]]:
    """The best method, which others it is not told apart from, and which are no better than chance."""
    side = -1 if less_is_better else 1
    ordered = sorted(means, key=lambda m: -side * m.value)
    best, places = ordered[0], _places(view, model, ordered[0])
    chance = [m for m in means if math.isfinite(m.random) and not _beyond(m, m.random, side)]
    random = {"random": said_value(view.measure, best.random)}
    if best in chance:
        return [filled(phrases.MANY_NONE_BETTER, **places, **random)]
    out = []
    if len(means) > 1:
        out.append(filled(phrases.MANY_BEST.get(view.measure, phrases.MANY_HAS), **places))
        tied = [m for m in ordered[1:] if m.low <= best.high and best.low <= m.high and m not in chance]
        if tied:
            others = listed([_method(m.method) for m in tied])
            out.append(counted(phrases.MANY_TIE, len(tied), others=others))
    else:
        out.append(filled(phrases.MANY_HAS, **places))
    if math.isfinite(best.random):
        out.append(filled(phrases.MANY_RANDOM_HAS, **random))
    if chance:
        named = [
            text(
                phrases.MANY_NOT_BETTER_ONE,
                method=_method(m.method),
                value=said_value(view.measure, m.value),
                random=said_value(view.measure, m.random),
            )
            for m in chance
        ]
        out.append(filled(phrases.MANY_NOT_BETTER, methods=listed(named)))
    return out


def _beyond(mean: ManyMean, random: float, side: int) -> bool:
    """Whether the whole interval is better than chance."""
    return mean.low > random if side > 0 else mean.high < random


def _places(view: ManyView, model: ManyModel, mean: ManyMean) -> dict[str, str]:
    return {
        "model": clean(model.name),
        "method": _method(mean.method),
        "value": said_value(view.measure, mean.value),
        "interval": said_interval(view.measure, mean),
    }


def _method(method: str) -> str:
    return METHODS[method].name if method in METHODS else clean(method)


def _finding(result: ManyResult, sentences: Sequence[Sequence[str | Piece]]) -> Finding:
    """The sentences, and how many of the results there are, one after the other."""
    every = [
        [Piece(p) if isinstance(p, str) else p for p in sentence]
        for sentence in (*sentences, *map(filled, so_far(result)))
    ]
    return said(*([*([Piece(" ")] if k else []), *capitalised(s)] for k, s in enumerate(every)))
