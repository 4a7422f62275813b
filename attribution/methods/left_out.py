"""What every step of a translation loses when a word of the source is left out: the check of all methods."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from attribution.methods.gradients import head_values
from attribution.methods.problem import Problem
from attribution.types import Array


@torch.no_grad()
def left_out(problem: Problem, words: Sequence[Sequence[int]]) -> Array:
    """[T, W]: the attributed function at each step minus what it is without the word; NaN for a lone word.

    words: the source columns of each of W words. The tokens of a word are dropped and positions close up, as
    if it had not been typed; what is already written stays. Positive where the word speaks for the target.

    Source: Li, Monroe, Jurafsky 2016, arXiv 1612.08220, with the word gone, no neutral one in its place.
    """
    network = problem.network
    source, prefix = problem.embeddings()
    assert source is not None
    length, steps = source.shape[1], torch.arange(len(problem.positions), device=prefix.device)
    values = problem.forward(source, prefix)[0]
    out = np.full((len(steps), len(words)), np.nan)
    longest = max(length, prefix.shape[1])
    batch = max(1, problem.chunk_floats // (longest * network.row_floats(longest)))
    for size in sorted({len(word) for word in words}):
        alike = [k for k, word in enumerate(words) if 0 < len(word) == size < length]
        for start in range(0, len(alike), batch):
            some = alike[start : start + batch]
            keep = torch.ones(len(some), length, dtype=torch.bool, device=prefix.device)
            for row, k in enumerate(some):
                keep[row, list(words[k])] = False
            kept = source.expand(len(some), -1, -1)[keep].view(len(some), length - size, -1)
            hidden = network.decode(prefix.expand(len(some), -1, -1), network.encode(kept))
            rows = hidden[:, problem.positions].flatten(0, 1)  # [n * T, D]
            without = head_values(network, rows, problem.objective.at(steps.repeat(len(some))), problem.tick)
            change = values[None] - without.view(len(some), -1)
            out[:, some] = change.T.double().cpu().numpy()
            problem.tick()
    return out
