"""What a result shows, in one or two sentences that are true for every result."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from attribution.charts import phrases
from attribution.charts.next_word import part_names
from attribution.charts.translation import improbable
from attribution.charts.views import SaliencyView, View, WordView, in_order
from attribution.charts.wording import (
    Finding,
    Piece,
    capitalised,
    clean,
    every,
    filled,
    listed,
    model_and_size,
    number,
    percent,
    percent0,
    said,
    text,
    told_apart,
)
from attribution.types import Array, AttributionError, ComparisonResult, NextWordResult, TranslationResult

TINY = 0.005
"""Logits or shares; smaller values show as 0.00 and are called too small to tell."""

# ---------------------------------------------------------------------------------------------- next word


def next_word(result: NextWordResult, view: View | None = None) -> Finding:
    """Which words push most to either side, and what the words leave to the rest of the model."""
    view = view or View()
    row, explanation = view.row(result), view.explanation(result)
    labels, values = told_apart(explanation.columns), explanation.values[0]
    target = Piece(clean(result.target.typed), "target")
    foil = Piece(clean(result.foil.typed), "foil") if result.foil else None
    if foil and view.of == "foil":
        target, foil = foil, None
    logits = view.measure == "logits"
    up, down = _leaders(values, 1), _leaders(values, -1)
    if not up and not down:
        finding = filled(phrases.NOTHING, one=view.one, tiny=str(TINY), unit=view.unit)
    elif not row.signed:
        only = _push(phrases.MATTERS, up, labels, values, target, view.one, logits)
        finding = filled(phrases.ONE_PUSH, first=only)
    else:
        first = _push(phrases.PUSH_TOWARD, up, labels, values, target, view.one, logits)
        if foil and view.of == "contrast":
            second = _push(phrases.PUSH_TOWARD, down, labels, values, foil, view.one, False)
        else:
            second = _push(phrases.PUSH_AWAY, down, labels, values, target, view.one, False)
        finding = filled(phrases.TWO_PUSHES, first=first, second=second)
    finding = capitalised(finding)
    if view.measure == "logits" and row.additive:
        names = phrases.PARTS_TOGETHER if row.layered else part_names(explanation.parts)
        finding += filled(
            phrases.TOGETHER,
            units=view.units,
            one=view.one,
            parts=names,
            total=number(float(values.sum()), 2, sign=True),
            rest=number(float(explanation.remainder[0]), 2, sign=True),
        )
    return said(finding)


def _push(
    how: tuple[str, str, str],
    who: list[int],
    labels: Sequence[str],
    values: Array,
    whom: Piece,
    one: str,
    in_logits: bool,
) -> list[Piece]:
    """One word (or several that tie) and its push: "summer" pushes most toward hot (+1.2 logits)."""
    alone, several, none = how
    if not who:
        return filled(none, one=one, whom=whom)
    size = number(float(values[who[0]]), 2, sign=how is not phrases.MATTERS)
    size = text(phrases.IN_LOGITS, size=size) if in_logits else size
    if len(who) > 3:
        return filled(several, words=text(phrases.MANY_WORDS, count=str(len(who))), whom=whom, size=size)
    words = listed([Piece(labels[i], "word") for i in who])
    return filled(several if len(who) > 1 else alone, words=words, whom=whom, size=size)


def _leaders(values: Array, side: int) -> list[int]:
    """The positions of the largest values of one sign; several only where they show as the same number."""
    signed = np.asarray(values, dtype=np.float64) * side
    if not signed.size or not np.isfinite(signed).any() or np.nanmax(signed) < TINY:
        return []
    top = number(float(np.nanmax(signed)), 2)
    return [i for i, v in enumerate(signed) if v >= TINY and number(float(v), 2) == top]


# -------------------------------------------------------------------------------------------- translation


def translation(result: TranslationResult, view: SaliencyView | None = None) -> list[Finding]:
    """Where the model is unsure, and how much the words already written count."""
    return [unsure(result), prefix_share(result, view)]


def unsure(result: TranslationResult) -> Finding:
    """The steps with the lowest probability, or that there are none below one half."""
    probability = np.asarray(result.step_scores["probability"], dtype=np.float64)
    names = told_apart([clean(t) for t in result.target_tokens])
    order = [int(k) for k in np.argsort(probability, kind="stable")]
    low = [k for k in order if probability[k] < 0.5]
    if not low:
        k = order[0]
        chance = percent(float(probability[k]))
        return said(filled(phrases.SURE, token=Piece(names[k], "word"), chance=chance))
    shown = [[Piece(names[k], "word"), Piece(f" ({percent(float(probability[k]))})")] for k in low[:3]]
    tokens, count = listed(shown, last=", "), len(improbable(result))
    if not count:
        return said(filled(phrases.UNSURE, tokens=tokens))
    return said(filled(phrases.UNSURE_FLAGGED, tokens=tokens, count=str(count), all=str(len(names))))


def prefix_share(result: TranslationResult, view: SaliencyView | None = None) -> Finding:
    """The share of importance that falls on the target words already written, by magnitude."""
    start = view.include_start if view else False
    prefix = result.attributions("magnitude", "share", include_start=start)[1]
    visible = ~np.isnan(prefix).all(1)
    if not visible.any():
        return said(phrases.NO_PREFIX)
    shares = np.nansum(prefix, 1)[visible]
    most = int(np.argmax(shares))
    names = told_apart([clean(t) for t in result.target_tokens])
    return said(
        filled(
            phrases.PREFIX,
            share=percent0(float(shares.mean())),
            token=Piece(names[int(np.flatnonzero(visible)[most])], "word"),
            most=percent0(float(shares[most])),
        )
    )


# -------------------------------------------------------------------------------------------- model sizes


def model_sizes(results: Sequence[ComparisonResult], view: WordView | None = None) -> Finding:
    """How the confidence in the target goes with size, whom the models prefer, and what they lean on."""
    if not results:
        raise AttributionError(phrases.NO_ANSWER)
    view, results = view or WordView(), in_order(results)
    if len(results) > 1:
        return said(_confidence(results), *_preferred(results), *_lean(results, view))
    only = results[0]
    alone = filled(
        phrases.ONE_MODEL,
        model=model_and_size(only.model),
        target=_target(only),
        chance=percent(math.exp(only.target_log_probability)),
    )
    return said(alone, *_lean(results, view))


def _confidence(results: Sequence[ComparisonResult]) -> list[Piece]:
    """How the probability of the target goes from the smallest to the largest model."""
    chances = [math.exp(r.target_log_probability) for r in results]
    models = [model_and_size(r.model) for r in results]
    rounded = [round(c, 3) for c in chances]
    worst, best = int(np.argmin(chances)), int(np.argmax(chances))
    if max(rounded) == min(rounded):
        sentence = phrases.STAYS
    elif all(b >= a for a, b in pairwise(rounded)):
        sentence = phrases.RISES
    elif all(b <= a for a, b in pairwise(rounded)):
        sentence = phrases.FALLS
    else:
        sentence = phrases.WANDERS
    return filled(
        sentence,
        first=models[0],
        last=models[-1],
        target=_target(results[0]),
        low=percent(chances[0]),
        high=percent(chances[-1]),
        worst=models[worst],
        least=percent(chances[worst]),
        best=models[best],
        most=percent(chances[best]),
    )


def _preferred(results: Sequence[ComparisonResult]) -> list[list[Piece]]:
    """Which models find the target likelier than the foil; nothing without a foil."""
    if any(math.isnan(r.foil_log_probability) or not r.request.foil for r in results):
        return []
    target, foil = _target(results[0]), Piece(clean(results[0].request.foil), "foil")
    wins = [r for r in results if r.target_log_probability > r.foil_log_probability]
    everyone = every(len(results))
    if len(wins) == len(results):
        return [filled(phrases.ALL_PREFER, all=everyone, one=target, other=foil)]
    if wins:
        models = listed([model_and_size(r.model) for r in wins])
        sentence = phrases.ONE_PREFERS if len(wins) == 1 else phrases.SOME_PREFER
        return [filled(sentence, models=models, one=target, other=foil)]
    if any(r.target_log_probability == r.foil_log_probability for r in results):
        return [filled(phrases.NONE_PREFERS, one=target, other=foil)]
    return [filled(phrases.ALL_PREFER, all=everyone, one=foil, other=target)]


def _lean(results: Sequence[ComparisonResult], view: WordView) -> list[list[Piece]]:
    """The words that are among the most important ones for every model."""
    labels = [clean(w.text) for w in results[0].words]
    values = [np.abs(WordView(view.sign, "raw").values(r)[: len(labels)]) for r in results]
    top = min(3, len(labels) // 2)
    if top < 1 or any(v.max(initial=0) <= 0 for v in values):
        return []
    best = [{int(i) for i in np.argsort(-v, kind="stable")[:top] if v[i] > 0} for v in values]
    shared, names = sorted(set.intersection(*best)), told_apart(labels)
    words = listed([Piece(names[i], "word") for i in shared])
    if len(results) == 1:
        return [filled(phrases.LEANS, words=words)]
    if not shared:
        return [filled(phrases.NONE_SHARED_FIRST if top == 1 else phrases.NONE_SHARED, top=str(top))]
    everyone = every(len(results))
    return [
        filled(phrases.SHARED_FIRST if top == 1 else phrases.SHARED, all=everyone, words=words, top=str(top))
    ]


def _target(result: ComparisonResult) -> Piece:
    return Piece(clean(result.request.target), "target")
