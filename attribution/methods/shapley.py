"""Shapley values: what each word adds, averaged over all orders in which the words could have come.

Source: Shapley 1953, "A value for n-person games"; sampled orders: Castro, Gómez, Tejada 2009; in antithetic
pairs: Mitchell, Cooper, Frank, Holmes 2022.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import comb

import numpy as np
from torch import Tensor

from attribution.methods.problem import Problem, Progress
from attribution.methods.removal import Values, WordRemoval
from attribution.types import Array, TextError

EXACT_UP_TO = 10
"""Words: 2^10 texts are evaluated."""
ORDERS = 32
_TOGETHER = 8
"""Orders evaluated in one call, between two reports of progress."""


@dataclass(frozen=True)
class Shapley:
    """values: [n], they sum to `everything - nothing`; standard_error: [n], 0 where the values are exact."""

    values: Array
    standard_error: Array
    everything: float
    """The function of the whole text."""
    nothing: float
    """The function of the text without any of its words."""
    exact: bool


NO_WORDS = "text without its words"
"""What the text's frame alone gives: its special tokens, or the model's beginning token."""


def shapley(problem: Problem) -> tuple[Tensor, Tensor]:
    """Shapley values of the problem's words, each left out or kept; of one step, in a decoder.

    A word's value lies evenly on its tokens; the part `NO_WORDS` is the function of the text without words.
    Where orders are sampled, the problem's standard_error is [1, P], over a word's tokens that of the word.
    Returns the values [1] and logits [1, V].

    Raises:
        TextError: the text has no words that could be left out.
    """
    words = problem.words
    if not words:
        raise TextError("There is no word here that could be left out, so there is nothing to credit.")
    values, logits = problem.forward(*problem.embeddings())
    problem.tick()
    removal = WordRemoval(problem, 0, words)
    found = shapley_values(removal, len(words), progress=problem.progress)
    removal.write(found.values)
    problem.parts[NO_WORDS] = np.array([found.nothing])
    if not found.exact:
        problem.standard_error = np.zeros(problem.prefix.shape[1:])
        for word, error in zip(words, found.standard_error, strict=True):
            problem.standard_error[0, word] = error / len(word)
    return values, logits


def shapley_values(
    f: Values,
    n: int,
    *,
    exact_up_to: int = EXACT_UP_TO,
    orders: int = ORDERS,
    seed: int = 0,
    progress: Progress = lambda _: None,
) -> Shapley:
    """Shapley values of n words: over all subsets up to `exact_up_to` words, beyond from sampled orders.

    Orders come in pairs, each with its reverse; the standard error is that of the mean over pairs. Whatever
    the orders, the values sum to f(all) - f(none).

    Raises:
        ValueError: no words, or an odd number of orders or fewer than four.
    """
    if n < 1:
        raise ValueError("there are no words to be credited")
    if n <= exact_up_to:
        return _exact(f, n, progress)
    if orders < 4 or orders % 2:
        raise ValueError("orders must be even and at least 4")
    return _sampled(f, n, orders, seed, progress)


def evaluations(n: int, *, exact_up_to: int = EXACT_UP_TO, orders: int = ORDERS) -> int:
    """At most how many texts `shapley_values` has the model read."""
    return 2**n if n <= exact_up_to else orders * (n - 1) + 2


def _exact(f: Values, n: int, progress: Progress) -> Shapley:
    subsets = np.arange(2**n)
    masks = (subsets[:, None] >> np.arange(n)) & 1 > 0  # [2^n, n]
    v = f(masks, progress)
    size = masks.sum(1)
    values = np.empty(n)
    for i in range(n):
        without = subsets[~masks[:, i]]
        weights = np.array([1 / (n * comb(n - 1, int(k))) for k in range(n)])[size[without]]
        values[i] = (weights * (v[without | 1 << i] - v[without])).sum()
    return Shapley(values, np.zeros(n), float(v[-1]), float(v[0]), exact=True)


def _sampled(f: Values, n: int, orders: int, seed: int, progress: Progress) -> Shapley:
    random = np.random.default_rng(seed)
    forwards = [random.permutation(n) for _ in range(orders // 2)]
    sequences = [order for forward in forwards for order in (forward, forward[::-1])]
    v, added = np.empty((orders, n + 1)), np.empty((orders, n))
    for start, stop in pairwise([*range(0, orders, _TOGETHER), orders]):
        some = sequences[start:stop]
        masks = np.zeros((len(some), n + 1, n), dtype=bool)
        for row, order in zip(masks, some, strict=True):
            for place, word in enumerate(order):
                row[place + 1 :, word] = True

        def report(fraction: float, start: int = start, stop: int = stop) -> None:
            progress((start + fraction * (stop - start)) / orders)

        v[start:stop] = f(masks.reshape(-1, n), report).reshape(len(some), n + 1)
        for place, order in enumerate(some, start):
            added[place, order] = np.diff(v[place])
        progress(stop / orders)
    pairs = added.reshape(-1, 2, n).mean(1)
    error = pairs.std(0, ddof=1) / np.sqrt(len(pairs))
    return Shapley(pairs.mean(0), error, float(v[0, -1]), float(v[0, 0]), exact=False)
