"""How far to believe a ranking of words: what happens to the model's answer when they are taken away.

Values of one text by one method come in, in the order of its words, and a function that says what the model
makes of the text with only some of them (`removal.WordRemoval`, or any other). All results are in its unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from math import factorial

import numpy as np

from attribution.methods.problem import Progress
from attribution.methods.removal import Values
from attribution.types import Array, Verdict

ORDERS, SUBSETS, RANKINGS = 24, 64, 1000
FEWEST_WORDS = 4
"""With three words one of six rankings by chance is the best one: nothing can be told."""


@dataclass(frozen=True)
class RandomOrders:
    """What orders drawn by chance do: the reference for every ranking of the same text.

    curves: [R, n + 1], value after 0 .. n words are removed; each order stands beside its reverse. gaps: [R],
    symmetric about 0.
    """

    curves: Array
    gaps: Array

    @property
    def mean(self) -> Array:
        """Of the curves, [n + 1]."""
        return self.curves.mean(0)

    def band(self, share: float = 0.9) -> tuple[Array, Array]:
        """Two curves [n + 1]: between them lies this share of the orders."""
        low, high = np.quantile(self.curves, [(1 - share) / 2, (1 + share) / 2], axis=0)
        return low, high

    def gap_interval(self, share: float = 0.9) -> tuple[float, float]:
        """Between the two lies this share of the gaps of random orders; their mean is 0."""
        low, high = np.quantile(self.gaps, [(1 - share) / 2, (1 + share) / 2]) if self.gaps.size else (0, 0)
        return float(low), float(high)

    @property
    def spread(self) -> float:
        """Standard deviation of the gap of a random order (its mean is 0)."""
        return float(np.sqrt(np.mean(self.gaps**2))) if self.gaps.size else 0.0


@dataclass(frozen=True)
class RemovalCurves:
    """Values after k = 0 .. n words are removed, [n + 1] each: the highest scored first, the lowest first.

    gap: mean over k = 1 .. n - 1 of least_first - most_first; positive where the ranking holds, NaN for one
    word.
    """

    most_first: Array
    least_first: Array
    gap: float


@dataclass(frozen=True)
class Lds:
    """Linear datamodelling score: rank correlation of summed scores with what subsets of words really give.

    value: in [-1, 1], NaN where the values of the subsets or the sums do not differ. random: mean of the same
    for rankings drawn by chance (the method's own scores, dealt to the words anew), and the 5 and 95 %
    quantiles: not 0, since any positive scores tell a longer text from a shorter one.
    """

    value: float
    random: tuple[float, float, float]


@dataclass(frozen=True)
class Faithfulness:
    """A ranking measured on one text, with its references. All gaps are in the unit of the function."""

    curves: RemovalCurves
    lds: Lds
    erasure: RemovalCurves
    """The same for the ranking that leaving out one word at a time gives."""
    random: RandomOrders
    verdict: Verdict


def faithfulness(
    values: Array,
    f: Values,
    *,
    orders: int = ORDERS,
    subsets: int = SUBSETS,
    seed: int = 0,
    random: RandomOrders | None = None,
    progress: Progress = lambda _: None,
) -> Faithfulness:
    """Removal curves, LDS and a verdict for the values [n] of one method.

    `random` is what `random_orders` gave for this text, if it was computed for another method already.

    Raises:
        ValueError: a value is not a number.
    """
    n = len(values)

    def part(first: float, last: float) -> Progress:
        return lambda fraction: progress(first + fraction * (last - first))

    random = random or random_orders(f, n, orders=orders, seed=seed, progress=part(0, 0.6))
    curves = removal_curves(values, f, seed=seed, progress=part(0.6, 0.7))
    by_erasure = removal_curves(erasure_values(f, n, progress=part(0.7, 0.75)), f, progress=part(0.75, 0.85))
    score = lds(values, f, subsets=subsets, seed=seed + 1, progress=part(0.85, 1))
    progress(1.0)
    return Faithfulness(curves, score, by_erasure, random, verdict(curves, score, by_erasure, random))


def verdict(curves: RemovalCurves, score: Lds, by_erasure: RemovalCurves, random: RandomOrders) -> Verdict:
    """In words where a ranking stands between chance and what leaving out words one by one finds.

    z = gap / spread of the gaps of random orders.
    "well": z at least 1.5, the gap at least 70 % of erasure's, and the LDS above the mean of its random
    reference.
    "somewhat": z at least 1.3, whatever the rest. One random ranking in ten has that where many words matter;
    where one does, every ranking that puts it first: one in n of short texts, one in eight of long ones.
    "hardly": less.
    Measured on 104 held-out pairs with the bundled English model, words left out and neutral: "well" and
    "somewhat" are said of 5 and 6, 4 and 7 of 100 random rankings; of ALTI-Logit's 32 and 16, 26 and 15; of
    GIM's 42 and 15, 56 and 18; of erasure's own 77 and 6, 91 and 4.
    "too few words": fewer than four, where the best of all rankings is drawn by chance one time in six.
    "nothing moves": removing words hardly changes the function (spread below a millionth of its size).
    """
    n = len(curves.most_first) - 1
    if n < FEWEST_WORDS:
        return "too few words"
    if random.spread <= 1e-6 * max(1.0, float(np.abs(random.curves).max())):
        return "nothing moves"
    z = curves.gap / random.spread
    beside_erasure = curves.gap >= 0.7 * by_erasure.gap
    if z >= 1.5 and beside_erasure and score.value > score.random[0]:
        return "well"
    return "somewhat" if z >= 1.3 else "hardly"


def random_orders(
    f: Values, n: int, *, orders: int = ORDERS, seed: int = 0, progress: Progress = lambda _: None
) -> RandomOrders:
    """Curves of `orders` (even) orders drawn by chance, half of them the reverse of the others.

    All orders there are, where they are no more than that.
    """
    if factorial(min(n, 20)) <= orders:
        drawn = [np.array(order) for order in permutations(range(n)) if order <= order[::-1]]
    else:
        generator = np.random.default_rng(seed)
        drawn = [generator.permutation(n) for _ in range(orders // 2)]
    both = [order for one in drawn for order in (one, one[::-1])]
    masks = np.concatenate([_without_first(order) for order in both])
    curves = f(masks, progress).reshape(len(both), n + 1)
    gaps = np.array([_gap(curves[i], curves[i ^ 1]) for i in range(len(both))])
    return RandomOrders(curves, gaps[~np.isnan(gaps)])


def removal_curves(
    values: Array, f: Values, *, seed: int = 0, progress: Progress = lambda _: None
) -> RemovalCurves:
    """The function while words are removed by their values [n], highest first and lowest first.

    Words of equal value are removed in an order drawn by chance, the same for the same seed.

    Raises:
        ValueError: a value is not a number.
    """
    order = _ranking(values, seed)
    masks = np.concatenate([_without_first(order), _without_first(order[::-1])])
    most_first, least_first = f(masks, progress).reshape(2, -1)
    return RemovalCurves(most_first, least_first, _gap(most_first, least_first))


def erasure_values(f: Values, n: int, *, progress: Progress = lambda _: None) -> Array:
    """[n]: what the function loses when one word is removed."""
    masks = np.ones((n + 1, n), dtype=bool)
    masks[np.arange(n), np.arange(n)] = False
    v = f(masks, progress)
    return v[-1] - v[:-1]


def lds(
    values: Array,
    f: Values,
    *,
    subsets: int = SUBSETS,
    seed: int = 1,
    rankings: int = RANKINGS,
    progress: Progress = lambda _: None,
) -> Lds:
    """The linear datamodelling score of values [n] over random subsets, each word kept with probability 1/2.

    All subsets, where there are no more than `subsets`. `rankings` sets the size of the random reference.

    Raises:
        ValueError: a value is not a number.

    Source: Park et al. 2023, "TRAK", section 2, with the words of a text in place of training examples.
    """
    values = _numbers(values)
    n, generator = len(values), np.random.default_rng(seed)
    if 2 ** min(n, 40) <= subsets:
        masks = (np.arange(2**n)[:, None] >> np.arange(n)) & 1 > 0
    else:
        masks = generator.random((subsets, n)) < 0.5
    measured = _ranks(f(masks, progress))
    dealt = np.stack([values, *(generator.permutation(values) for _ in range(rankings))])
    scores = np.array([_correlation(_ranks(sums), measured) for sums in dealt @ masks.T])
    reference = scores[1:][~np.isnan(scores[1:])]
    if not len(reference):
        return Lds(float(scores[0]), (np.nan, np.nan, np.nan))
    low, high = np.quantile(reference, [0.05, 0.95])
    return Lds(float(scores[0]), (float(reference.mean()), float(low), float(high)))


def rank_correlation(values: Array, others: Array) -> float:
    """Spearman's, in [-1, 1], ties sharing their mean rank; NaN where all of one are equal."""
    return _correlation(_ranks(_numbers(values)), _ranks(_numbers(others)))


def _numbers(values: Array) -> Array:
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 1 or not np.isfinite(values).all():
        raise ValueError("every word needs a value that is a number")
    return values


def _ranking(values: Array, seed: int) -> Array:
    """[n]: words from the highest value to the lowest; ties by chance."""
    values = _numbers(values)
    shuffled = np.random.default_rng(seed).permutation(len(values))
    return shuffled[np.argsort(-values[shuffled], kind="stable")]


def _without_first(order: Array) -> Array:
    """[n + 1, n]: which words are kept after the first 0 .. n of the order are removed."""
    place = np.empty(len(order), dtype=int)
    place[order] = np.arange(len(order))
    return place >= np.arange(len(order) + 1)[:, None]


def _gap(most_first: Array, least_first: Array) -> float:
    inner = slice(1, len(most_first) - 1)
    return float((least_first - most_first)[inner].mean()) if len(most_first) > 2 else float("nan")


def _ranks(values: Array) -> Array:
    """Ranks of values; equal ones share their mean rank. Sums that differ by rounding alone are equal."""
    scale = np.abs(values).max() or 1.0
    _, where, counts = np.unique(np.round(values / scale, 10), return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[where]


def _correlation(a: Array, b: Array) -> float:
    a, b = a - a.mean(), b - b.mean()
    size = np.sqrt((a**2).sum() * (b**2).sum())
    return float((a * b).sum() / size) if size else float("nan")
