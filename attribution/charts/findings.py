"""What a result shows, in one or two sentences that are true for every result."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from attribution.charts import phrases
from attribution.charts.faithfulness import amount, explained, in_unit
from attribution.charts.model_sizes import rank_agreement
from attribution.charts.next_word import need_layers, part_names
from attribution.charts.target_word import chances, checked, credit, explained_steps, units
from attribution.charts.translation import IMPROBABLE
from attribution.charts.trust import Trust, model_trust
from attribution.charts.views import MixingView, SaliencyView, Units, View, WordView, in_order
from attribution.charts.wording import (
    Finding,
    Part,
    Piece,
    capitalised,
    clean,
    counted,
    every,
    filled,
    listed,
    model_and_size,
    number,
    of_all,
    ordinal,
    percent,
    percent0,
    said,
    text,
    told_apart,
)
from attribution.language import Pair
from attribution.methods import catalogue
from attribution.types import (
    Array,
    AttributionError,
    ComparisonResult,
    Explanation,
    FaithfulnessResult,
    LensResult,
    NextWordResult,
    Sign,
    TranslationResult,
)

TINY = 0.005
"""Logits or shares; smaller values show as 0.00 and are called too small to tell."""

WORTH_SAYING = 0.25
"""Of the largest push: of a smaller one it is not said whether the word or its place gets it."""

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
        finding = filled(phrases.NOTHING[view.units], tiny=number(TINY, 3), unit=view.unit)
    elif not row.signed:
        only = _push(phrases.MATTERS, up, labels, values, target, view.units, logits)
        finding = filled(phrases.ONE_PUSH, first=only)
    else:
        first = _push(phrases.PUSH_TOWARD, up, labels, values, target, view.units, logits)
        if foil and view.of == "contrast":
            second = _push(phrases.PUSH_TOWARD, down, labels, values, foil, view.units, False)
        else:
            second = _push(phrases.PUSH_AWAY, down, labels, values, target, view.units, False)
        finding = filled(phrases.TWO_PUSHES, first=first, second=second)
    whole = replace(view, measure="logits").explanation(result)
    sentences: list[Sequence[str | Piece]] = [capitalised(finding)]
    if row.additive:
        sentences.insert(0, carried(whole, view, row.layered, target, foil))
    if foil and row.signed and view.of == "contrast":
        sentences.append(all_the_same(whole, target, foil, bool(up), bool(down)))
    if row.signed:
        sentences.append(for_the_place(result, view, [*up, *down] if len(up) < 4 and len(down) < 4 else []))
    return said(*_spaced(sentences))


def _spaced(sentences: Sequence[Sequence[str | Piece]]) -> list[Sequence[str | Piece]]:
    """The sentences that say something, with a blank between them."""
    some = [s for s in sentences if s]
    return [[*([" "] if k else []), *s] for k, s in enumerate(some)]


def all_the_same(explanation: Explanation, target: Piece, foil: Piece, up: bool, down: bool) -> list[Piece]:
    """Where no word visibly pushes toward what the model prefers: what does, largest part first.

    Named are the parts that visibly push that way, down to half of the largest; none where the method
    does not add up.
    """
    whole = float(explanation.explained[0])
    side = 1 if whole > 0 else -1
    if not math.isfinite(whole) or abs(whole) < TINY or (up if side > 0 else down):
        return []
    places: dict[str, Part] = {
        "winner": target if side > 0 else foil,
        "whole": number(whole, 2, sign=True),
    }
    pushes = {name: float(part[0]) for name, part in explanation.parts.items()}
    largest = max((p * side for p in pushes.values()), default=0.0)
    if not largest >= TINY:
        return filled(phrases.ALL_THE_SAME_BARE, **places)
    named = max(largest / 2, TINY)
    first = sorted((n for n, p in pushes.items() if p * side >= named), key=lambda n: -pushes[n] * side)
    carriers = [
        text(phrases.CARRIER, part=_carrier(name), size=number(pushes[name], 2, sign=True)) for name in first
    ]
    return filled(phrases.ALL_THE_SAME, carriers=listed(carriers), **places)


def _carrier(part: str) -> str:
    """A part that no word is credited with, as the model's own."""
    return phrases.CARRIERS.get(part) or text(phrases.ITS_PART, part=phrases.PARTS.get(part, part))


def for_the_place(result: NextWordResult, view: View, leaders: Sequence[int]) -> list[Piece]:
    """Which of the leading words are credited with at least half as much whatever stands in their place.

    The criterion is measured, not read off the position: the method is run again with the mean of all
    embeddings in the word's place, and what that is credited with has the word's sign and half its size at
    least. Of the bundled model's first words *The* keeps 85 % in "The capital of France is", and *Paris* 26 %
    in "Paris is the capital of".
    """
    found = next((s for s in result.stand_ins if s.method == view.row(result).id), None)
    row = view.of if result.foil else "target"
    if found is None or row not in found.rows or view.units != "words":
        return []
    values = replace(view, measure="logits").values(result)
    instead = found.values[found.rows.index(row)]
    labels, out = told_apart(view.labels(result)), list[Piece]()
    if view.measure == "share":  # there the last one has the embedding's share too
        leaders = [k for k in leaders if k < len(labels) - 1]
    least = max(TINY, WORTH_SAYING * float(np.abs(values).max()))
    for k in leaders:
        if abs(values[k]) >= least and abs(instead[k]) >= TINY and instead[k] / values[k] >= 0.5:
            sentence = phrases.FOR_STANDING_THERE if k else phrases.FOR_BEING_FIRST
            size = number(float(instead[k]), 2, sign=True)
            out += [Piece(" ")] if out else []
            out += filled(sentence, word=Piece(labels[k], "word"), size=size)
    return out


def carried(
    explanation: Explanation, view: View, layered: bool, target: Piece, foil: Piece | None
) -> list[Piece]:
    """How much of what is explained the words carry: a share only where words and rest pull the same way."""
    total, rest = float(explanation.values[0].sum()), float(explanation.remainder[0])
    whole = total + rest
    contrast = foil is not None and view.of == "contrast"
    places: dict[str, Part] = {
        "word": target,
        "total": number(total, 2, sign=True),
        "rest": number(rest, 2, sign=True),
        "whole": number(whole, 2, sign=True),
        "parts": phrases.PARTS_TOGETHER if layered else part_names(explanation.parts),
        "preferred": target if whole > 0 or foil is None else foil,
    }
    if abs(rest) < TINY and abs(whole) < TINY:
        return []  # nothing to have a share of
    if abs(rest) < TINY:
        return filled((phrases.CARRY_ALL if contrast else phrases.CARRY_ALL_OF_ONE)[view.units], **places)
    if abs(whole) < TINY or not 0 <= total / whole <= 1:
        return filled((phrases.ADD if contrast else phrases.ADD_OF_ONE)[view.units], **places)
    sentence = phrases.CARRY if contrast else phrases.CARRY_OF_ONE
    return filled(sentence[view.units], share=percent0(total / whole), **places)


def where_it_happens(result: NextWordResult, view: View | None = None) -> Finding:
    """The cell and the MLP that contribute most, with layer, size and side.

    Raises:
        AttributionError: the method does not tell layers apart.
    """
    view = replace(view or View(), measure="logits")
    values, labels = view.layers(result), told_apart(view.labels(result))
    mlp = np.asarray(result.contributions_of(view.of).mlp, dtype=np.float64)
    found = furthest(values)
    if found is None:
        first = filled(phrases.LAYER_NO_CELL[view.units], tiny=number(TINY, 3))
    else:
        (layer, column), alone = found
        first = filled(
            (phrases.LAYER_CELL if alone else phrases.LAYER_CELLS)[view.units],
            word=Piece(labels[column], "word"),
            layer=str(layer + 1),
            size=number(float(values[layer, column]), 2, sign=True),
            toward=_toward(result, view, float(values[layer, column])),
        )
    most = furthest(mlp)
    if most is None:
        return said(first)
    (layer,), alone = most
    second = filled(
        (phrases.LAYER_MLP if alone else phrases.LAYER_MLPS)[view.units],
        layer=str(layer + 1),
        size=number(float(mlp[layer]), 2, sign=True),
        toward=_toward(result, view, float(mlp[layer])),
    )
    return said(first, second)


def furthest(values: Array) -> tuple[tuple[int, ...], bool] | None:
    """Where the value furthest from 0 is, and whether no other shows as large; None where none shows."""
    sizes = np.nan_to_num(np.abs(np.asarray(values, dtype=np.float64)), nan=0.0, posinf=0.0)
    if not sizes.size or sizes.max() < TINY:
        return None
    where = np.unravel_index(int(sizes.argmax()), sizes.shape)
    top = number(float(sizes.max()), 2)
    ties = sum(number(float(v), 2) == top for v in sizes.ravel())
    return tuple(int(k) for k in where), ties == 1


def _toward(result: NextWordResult, view: View, value: float) -> list[Piece]:
    """The side of a value: toward hot, toward cold, or away from hot."""
    target = Piece(clean(result.target.typed), "target")
    foil = Piece(clean(result.foil.typed), "foil") if result.foil else None
    if view.of == "foil" and foil:
        target, foil = foil, None
    if value > 0:
        return filled(phrases.TOWARD, word=target)
    if foil and view.of == "contrast":
        return filled(phrases.TOWARD, word=foil)
    return filled(phrases.AWAY_FROM, word=target)


def who_looks(result: NextWordResult, view: MixingView | None = None) -> Finding:
    """What the last position draws most on, up to or in one layer.

    Raises:
        AttributionError: the method has no mixing.
    """
    view = view or MixingView()
    need_layers(result)
    matrices: Array = np.asarray(result.rollout if view.rolled_out else result.alti, dtype=np.float64)
    layer = min(max(view.layer, 1), len(matrices))
    row, names = matrices[layer - 1, -1], told_apart([clean(t) for t in result.tokens])
    share = percent0(float(row.max()))
    most = [k for k, v in enumerate(row) if percent0(float(v)) == share]
    others: list[Part] = [phrases.ITSELF if k == len(row) - 1 else Piece(names[k], "word") for k in most]
    return said(
        filled(
            (phrases.DRAWS_TO if view.rolled_out else phrases.DRAWS_IN)[len(most) > 1],
            layer=str(layer),
            token=Piece(names[-1], "word"),
            others=listed(others) if len(most) <= 3 else text(phrases.MANY_TOKENS, count=str(len(most))),
            share=share,
        )
    )


def expects(result: NextWordResult) -> Finding:
    """The likeliest next token, where target and foil come, and what all tokens shown have together."""
    first = min(result.candidates, key=lambda c: c.rank)
    ties = [Piece(clean(c.token), "word") for c in result.candidates if c.rank == first.rank]
    sentence = phrases.LIKELIEST if len(ties) == 1 else phrases.LIKELIEST_TIE
    likeliest = filled(sentence, token=listed(ties), chance=percent(first.probability))
    target = result.target.explained
    places: dict[str, Part] = {
        "word": Piece(clean(result.target.typed), "target"),
        "rank": ordinal(target.rank),
        "chance": percent(target.probability),
    }
    if result.foil is None:
        comes = filled(phrases.COMES, **places)
    else:
        other = result.foil.explained
        comes = filled(
            phrases.COME_BOTH,
            other=Piece(clean(result.foil.typed), "foil"),
            after=ordinal(other.rank),
            least=percent(other.probability),
            **places,
        )
    together = float(sum(c.probability for c in {c.id: c for c in result.candidates}.values()))
    count = len({c.id for c in result.candidates})
    return said(likeliest, comes, counted(phrases.TOGETHER, count, chance=percent(together)))


def heads(result: LensResult) -> Finding:
    """The attention head that adds most."""
    largest = furthest(np.maximum(result.heads, 0))
    if largest is None:
        return said(text(phrases.HEAD_NONE, tiny=number(TINY, 3)))
    (layer, head), alone = largest
    size = number(float(result.heads[layer, head]), 2, sign=True)
    sentence = phrases.HEAD_MOST if alone else phrases.HEAD_TIE
    return said(text(sentence, head=str(head + 1), layer=str(layer + 1), size=size))


def holds(result: FaithfulnessResult) -> Finding:
    """How far the ranking of the words by one method holds, with its random references."""
    what, verdict = _measured(result), phrases.VERDICTS[result.verdict]
    if result.verdict == "too few words":
        return said(counted(phrases.TOO_FEW, len(result.words), verdict=verdict))
    if result.verdict == "nothing moves":
        return said(text(phrases.MOVES_NOTHING, verdict=verdict, what=what))
    sentence = text(
        phrases.HOLDS,
        verdict=verdict,
        method=catalogue.find(result.request.method).name,
        what=what,
        gap=in_unit(result.gap, result),
        low=amount(result.random_gap[0], result),
        high=amount(result.random_gap[1], result),
        erasure=amount(result.erasure_gap, result),
    )
    lds = text(phrases.HOLDS_LDS, lds=number(result.lds, 2), chance=number(result.random_lds[0], 2))
    return said(sentence, lds)


def holds_in_short(result: FaithfulnessResult) -> Finding:
    """The same in one short sentence."""
    if result.verdict in ("too few words", "nothing moves"):
        return holds(result)
    return said(text(phrases.HOLDS_SHORT, **_shortly(result)))


def _shortly(result: FaithfulnessResult) -> dict[str, str]:
    """What a short sentence on a ranking has places for."""
    return {
        "verdict": phrases.VERDICTS[result.verdict],
        "what": _measured(result),
        "gap": in_unit(result.gap, result),
        "high": amount(result.random_gap[1], result),
    }


def _measured(result: FaithfulnessResult) -> str:
    """The number that words are taken away from, in a sentence."""
    if result.explained in ("logit difference", "contrast_logits_diff"):
        return phrases.THE_DIFFERENCE
    return explained(result, article=True)


def holds_by_model(results: Sequence[FaithfulnessResult]) -> Finding:
    """How far the ranking of the words holds in each model, the smallest first."""
    sentences = []
    for result in sorted(results, key=lambda r: r.model.parameters):
        sentence = phrases.HOLDS_IN if math.isfinite(result.gap) else phrases.HOLDS_IN_NONE
        verdict = text(phrases.VERDICTS_IN[result.verdict], model=model_and_size(result.model))
        sentences.append(text(sentence, **_shortly(result) | {"verdict": verdict}))
    return said(" ".join(sentences))


def which_holds(results: Sequence[FaithfulnessResult]) -> Finding:
    """Which of the methods holds best on this text, but for leaving words out itself."""
    known = [r for r in results if math.isfinite(r.gap) and r.request.method != "erasure"]
    if len(known) < 2 or known[0].verdict in ("too few words", "nothing moves"):
        return holds(results[0])
    best = max(known, key=lambda r: r.gap)
    sentence = text(
        phrases.BEST_METHOD,
        method=catalogue.find(best.request.method).name,
        gap=in_unit(best.gap, best),
        erasure=amount(best.erasure_gap, best),
    )
    return said(sentence)


def lens(result: LensResult) -> Finding:
    """From which layer on the model would say its own likeliest word, and the largest step to the target."""
    top, layers = [clean(t) for t in result.top], len(result.top) - 1
    word, since = Piece(top[-1], "word"), layers
    while since and top[since - 1] == top[-1]:
        since -= 1
    before = Piece(top[max(since - 1, 0)], "word")
    if not since:
        first = filled(phrases.LENS_ALWAYS, word=word)
    elif since == layers:
        first = filled(phrases.LENS_LAST, word=word, before=before)
    else:
        first = filled(phrases.LENS_FROM, word=word, layer=str(since), before=before)
    steps = {"attention": result.attention, "mlp": result.mlp}
    part = max(steps, key=lambda name: float(steps[name].max(initial=-math.inf)))
    if not layers or steps[part].max() < TINY:
        return said(first)
    layer = int(np.argmax(steps[part]))
    step = filled(
        phrases.LENS_STEP[part],
        word=Piece(clean(result.words[0]), "target"),
        layer=str(layer + 1),
        size=number(float(steps[part][layer]), 2, sign=True),
    )
    return said(first, step)


def _push(
    how: tuple[str, str, dict[str, str]],
    who: list[int],
    labels: Sequence[str],
    values: Array,
    whom: Piece,
    units: Units,
    in_logits: bool,
) -> list[Piece]:
    """One word (or several that tie) and its push: "summer" pushes most toward hot (+1.2 logits)."""
    alone, several, none = how
    if not who:
        return filled(none[units], whom=whom)
    size = number(float(values[who[0]]), 2, sign=how is not phrases.MATTERS)
    size = text(phrases.IN_LOGITS, size=size) if in_logits else size
    if len(who) > 3:
        some = text(phrases.MANY_PUSH[units], count=str(len(who)))
        return filled(several, words=some, whom=whom, size=size)
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
    return [unsure(result, view), prefix_share(result, view)]


def unsure(result: TranslationResult, view: SaliencyView | None = None) -> Finding:
    """The words (or tokens) with the lowest probability, or that there are none below one half."""
    view = view or SaliencyView()
    likely = chances(result, view)
    kind = "words" if view.words else "tokens"
    names, probability = told_apart([name for name, _ in likely]), np.array([chance for _, chance in likely])
    order = [int(k) for k in np.argsort(probability, kind="stable")]
    low = [k for k in order if probability[k] < 0.5]
    if not low:
        k = order[0]
        chance = percent(float(probability[k]))
        return said(filled(phrases.SURE[kind], token=Piece(names[k], "word"), chance=chance))
    shown = [[Piece(names[k], "word"), Piece(f" ({percent(float(probability[k]))})")] for k in low[:3]]
    tokens, count = listed(shown, last=", "), int((probability < IMPROBABLE).sum())
    if not count:
        return said(filled(phrases.UNSURE, tokens=tokens))
    counts = {"count": str(count), "all": str(len(names))}
    return said(filled(phrases.UNSURE_FLAGGED[kind], tokens=tokens, **counts))


def prefix_share(result: TranslationResult, view: SaliencyView | None = None) -> Finding:
    """The share of importance that falls on the target words already written, by magnitude.

    The mean is over the words (or tokens) that see such words, that have something to explain (with a
    contrast: another token), and whose shares are not of nothing (`trust`).
    """
    view = replace(view or SaliencyView(), sign="magnitude", normalisation="share")
    if np.isnan(result.prefix_magnitude).all():
        return said(phrases.NO_PREFIX)
    explained = set(explained_steps(result))
    if not explained:
        return said(phrases.PREFIX_SAME)
    seen, sound = 0, list[tuple[str, float]]()
    for name, all_steps in units(result.target, view):
        steps = [k for k in all_steps if k in explained]
        prefix = credit(result, view, steps)[1] if steps else np.zeros(0)
        if not np.isfinite(prefix).any():
            continue
        seen += 1
        if checked(result, view, steps).state not in ("saturated", "unmoved"):
            sound.append((name, float(np.nansum(prefix))))
    if not sound:
        return said(phrases.PREFIX_NOTHING if seen else "")
    name, most = max(sound, key=lambda share: share[1])
    if len(sound) == 1:
        return said(filled(phrases.PREFIX_ONE, token=Piece(name, "word"), share=percent0(most)))
    mean = percent0(float(np.mean([share for _, share in sound])))
    return said(filled(phrases.PREFIX, share=mean, token=Piece(name, "word"), most=percent0(most)))


# -------------------------------------------------------------------------------------------- model sizes


def model_sizes(results: Sequence[ComparisonResult], view: WordView | None = None) -> Finding:
    """How the confidence in the target goes with size, whom the models prefer, and what they lean on."""
    if not results:
        raise AttributionError(phrases.NO_ANSWER)
    signed = catalogue.find(results[0].request.method).signed
    view, results = view or WordView("signed" if signed else "magnitude"), in_order(results)
    if len(results) > 1:
        sentences = (*_preferred(results), *_carry(results, view), *_lean(results, view))
        return said(_confidence(results), *sentences)
    only = results[0]
    alone = filled(
        phrases.ONE_MODEL,
        model=model_and_size(only.model),
        target=_target(only),
        chance=percent(math.exp(only.target_log_probability)),
    )
    return said(alone, *_carry(results, view), *_lean(results, view))


def _carry(results: Sequence[ComparisonResult], view: WordView) -> list[list[Piece]]:
    """How much of each model's logit (difference) the words carry, by a method that adds up."""
    if view.sign != "signed" or not all(catalogue.find(r.request.method).additive for r in results):
        return []
    explained = [r.explanation("signed", "raw") for r in results]
    if not any(e.parts for e in explained):
        return []  # saved before the parts were
    sums = [
        text(
            phrases.WORDS_CARRY_OF,
            words=number(float(e.values[0, : len(r.words)].sum()), 2, sign=True),
            whole=number(float(e.explained[0]), 2, sign=True),
            model=model_and_size(r.model),
        )
        for r, e in zip(results, explained, strict=True)
    ]
    return [filled(phrases.WORDS_CARRY, sums=listed(sums))]


def agreement(results: Sequence[ComparisonResult], sign: Sign = "signed") -> Finding:
    """Which two models order the words most and least alike, and of which the order means nothing."""
    results = in_order(results)
    correlation = rank_agreement(results, sign)[0]
    models = [model_and_size(r.model) for r in results]
    pairs = [(a, b) for a in range(len(models)) for b in range(a + 1, len(models))]
    known = [(float(correlation[a, b]), a, b) for a, b in pairs if np.isfinite(correlation[a, b])]
    flat = [
        m for m, r in zip(models, results, strict=True) if model_trust(r).state in ("saturated", "unmoved")
    ]
    nothing = counted(phrases.AGREE_NOTHING, len(flat), models=listed(flat)) if flat else []
    if not known:
        return said(phrases.AGREE_NONE, nothing)
    low, high = min(known, key=lambda k: k[0]), max(known, key=lambda k: k[0])
    value, least = number(high[0], 2), number(low[0], 2)
    if len(known) == 1:
        first = text(phrases.AGREE_TWO, one=models[high[1]], other=models[high[2]], value=value)
    elif value == least:
        first = text(phrases.AGREE_SAME, value=value)
    else:
        names = {"one": models[high[1]], "other": models[high[2]]}
        names |= {"third": models[low[1]], "fourth": models[low[2]]}
        first = text(phrases.AGREE_MOST, value=value, least=least, **names)
    return said(first, nothing)


def _confidence(results: Sequence[ComparisonResult]) -> list[Piece]:
    """How the probability of the target goes from the smallest to the largest model."""
    chances = [math.exp(r.target_log_probability) for r in results]
    models = [model_and_size(r.model) for r in results]
    rounded = chances if len({percent(c) for c in chances}) > 1 else [chances[0]] * len(chances)
    worst, best = int(np.argmin(chances)), int(np.argmax(chances))
    if max(rounded) == min(rounded):
        sentence = phrases.STAYS_BELOW if 0 < chances[0] < 0.0001 else phrases.STAYS
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
        return [counted(phrases.SOME_PREFER, len(wins), models=models, one=target, other=foil)]
    if any(r.target_log_probability == r.foil_log_probability for r in results):
        return [filled(phrases.NONE_PREFERS, one=target, other=foil)]
    return [filled(phrases.ALL_PREFER, all=everyone, one=foil, other=target)]


def _lean(results: Sequence[ComparisonResult], view: WordView) -> list[list[Piece]]:
    """The words that are among the most important ones for every model, as far as that means anything."""
    found = [model_trust(r) for r in results]
    out: list[list[Piece]] = []
    states = [(model_and_size(r.model), t) for r, t in zip(results, found, strict=True)]
    if saturated := [model for model, t in states if t.state == "saturated"]:
        out.append(counted(phrases.SATURATED_MODELS, len(saturated), models=listed(saturated)))
    if unmoved := [model for model, t in states if t.state == "unmoved"]:
        size = number(max(t.noise for t in found if t.state == "unmoved"), 3)
        out.append(filled(phrases.UNMOVED_MODELS, models=listed(unmoved), size=size))
    sound = [k for k, t in enumerate(found) if t.state in ("holds", "unchecked")]
    if len({tuple(clean(w.text) for w in r.words) for r in results}) > 1:
        return out  # other questions: their words do not line up
    if not sound or (len(results) > 1 and len(sound) < 2):
        return out
    return [*out, *_shared([results[k] for k in sound], [found[k] for k in sound], view, len(results))]


def _shared(
    results: Sequence[ComparisonResult], found: Sequence[Trust], view: WordView, asked: int
) -> list[list[Piece]]:
    """Which words (punctuation is none) are among the most important of each of these models."""
    labels = [clean(w.text) for w in results[0].words]
    words = [k for k, label in enumerate(labels) if any(c.isalnum() for c in label)]
    rows = [WordView(view.sign, "raw").values(r)[: len(labels)] for r in results]
    top = min(3, len(words) // 2)
    if top < 1 or any(np.abs(row[words]).max(initial=0) <= 0 for row in rows):
        return []
    best = [
        {words[int(i)] for i in np.argsort(-np.abs(row[words]), kind="stable")[:top] if row[words[int(i)]]}
        for row in rows
    ]
    shared, names = sorted(set.intersection(*best)), told_apart(labels)

    def pieces(chosen: Sequence[int]) -> list[Piece]:
        return listed([Piece(names[i], "word") for i in chosen])

    signed = view.sign == "signed"
    sides = {1: list[int](), -1: list[int](), 0: list[int]()}
    disputed: list[int] = []
    for i in shared:
        signs = [int(np.sign(row[i])) for row in rows]
        if not all(t.confirms(i, s) for t, s in zip(found, signs, strict=True)):
            disputed.append(i)
        else:
            sides[signs[0] if len(set(signs)) == 1 else 0].append(i)
    request, target = results[0].request, _target(results[0])
    foil = Piece(clean(request.foil), "foil") if request.foil else None
    ends = ((1, 0, target), (-1, 0 if foil else 1, foil or target))
    dispute = [filled(phrases.DISPUTED_WORDS, words=pieces(disputed))] if disputed else []
    if len(results) == 1:
        if not signed:
            return [filled(phrases.LEANS, words=pieces(shared))]
        single = (phrases.LEANS_TOWARD, phrases.LEANS_AWAY)
        leans = [filled(single[away], whom=w, words=pieces(sides[s])) for s, away, w in ends if sides[s]]
        return [*leans, *dispute]
    everyone = of_all(asked) if len(results) == asked else phrases.THE_OTHERS
    if not shared:
        return [
            filled(phrases.NONE_SHARED_FIRST if top == 1 else phrases.NONE_SHARED, top=str(top), all=everyone)
        ]

    def among(sentences: tuple[str, Pair], chosen: Sequence[int], **whom: Piece) -> list[Piece]:
        first, several = sentences
        places: dict[str, Part] = {"words": pieces(chosen), "all": everyone, "top": str(top), **whom}
        return filled(first, **places) if top == 1 else counted(several, len(chosen), **places)

    if not signed and len(results) < asked:
        return [among(phrases.SHARED_BY_OTHERS, shared)]
    if not signed:
        sentence = phrases.SHARED_FIRST if top == 1 else phrases.SHARED
        return [filled(sentence, all=every(len(results)), words=pieces(shared), top=str(top))]
    how = (phrases.SHARED_TOWARD, phrases.SHARED_AWAY)
    out = [among(how[away], sides[s], whom=whom) for s, away, whom in ends if sides[s]]
    if sides[0]:
        out.append(among(phrases.SHARED_MIXED, sides[0]))
    return [*out, *dispute]


def _target(result: ComparisonResult) -> Piece:
    return Piece(clean(result.request.target), "target")
