"""What every step loses when a word is left out: the check of all methods."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from attribution.methods.problem import Problem
from attribution.methods.removal import WordRemoval
from attribution.types import Array


def left_out(problem: Problem, words: Sequence[Sequence[int]]) -> Array:
    """[T, W]: the attributed function at each step minus what it is without the word; NaN for an empty word.

    words: the columns of each of W words that all steps see. The tokens of a word are dropped and positions
    close up, as if it had not been typed; what the steps write stays. Positive where the word speaks for the
    target.

    Source: Li, Monroe, Jurafsky 2016, arXiv 1612.08220, with the word gone, no neutral one in its place.
    """
    steps = range(len(problem.positions))
    chosen = [k for k, word in enumerate(words) if word]
    keep = np.ones((len(chosen) + 1, len(chosen)), dtype=bool)
    keep[np.arange(len(chosen)), np.arange(len(chosen))] = False
    removal = WordRemoval(problem, steps, [words[k] for k in chosen])
    values = removal.by_step(keep, lambda _: problem.tick())
    out = np.full((len(steps), len(words)), np.nan)
    out[:, chosen] = (values[-1] - values[:-1]).T
    return out
