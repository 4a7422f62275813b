"""Leaving one token out at a time: the honest yardstick for gradients (Li, Monroe, Jurafsky 2016)."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from attribution.methods.faithfulness import erasure_values
from attribution.methods.gradients import head_values
from attribution.methods.problem import Problem
from attribution.methods.removal import WordRemoval


@torch.no_grad()
def erasure(problem: Problem) -> tuple[Tensor, Tensor]:
    """The change of the attributed function when one token gives way to the replacement token.

    Where the problem has words, one word at a time is left out instead, and the text closes up. Signed is
    f(text) - f(text without it): positive where it speaks for the target.
    """
    if problem.words is not None:
        return _words_left_out(problem, problem.words)
    replacement_id = problem.replacement_id
    source, prefix = problem.embeddings()
    values, logits = problem.forward(source, prefix)
    problem.tick()
    parts = [("prefix", problem.prefix_ids)]
    if problem.source_ids is not None:
        parts.insert(0, ("source", problem.source_ids))
    total, done = sum(len(ids) for _, ids in parts), 0
    length = max(len(ids) for _, ids in parts)
    batch = max(1, problem.chunk_floats // (length * problem.network.row_floats(length)))
    memory = None if source is None else problem.network.encode(source)
    for name, ids in parts:
        for columns in torch.arange(len(ids), device=ids.device).split(batch):
            n = len(columns)
            erased = ids.repeat(n, 1)
            erased[torch.arange(n), columns] = replacement_id
            if name == "source":
                encoded = problem.network.encode(problem.network.embed_source(erased))
                hidden = problem.network.decode(prefix.expand(n, -1, -1), encoded)
            else:
                shared = None if memory is None else memory.expand(n, -1, -1)
                hidden = problem.network.decode(problem.network.embed_prefix(erased), shared)
            _write(problem, name, columns, hidden[:, problem.positions], values)
            done += n
            problem.progress(done / total)
    return values, logits


def _words_left_out(problem: Problem, words: list[list[int]]) -> tuple[Tensor, Tensor]:
    values, logits = problem.forward(*problem.embeddings())
    problem.tick()
    for step in range(len(problem.positions)):
        removal = WordRemoval(problem, step, words)
        removal.write(erasure_values(removal, len(words), progress=problem.progress))
    return values, logits


def _write(problem: Problem, name: str, columns: Tensor, hidden: Tensor, values: Tensor) -> None:
    """Fills columns [n] from the hidden states [n, T, D] of the text without that column's token."""
    n, t = hidden.shape[:2]
    where = torch.as_tensor(problem.positions, device=hidden.device)
    visible = torch.ones(n, t, dtype=torch.bool, device=hidden.device)
    if name == "prefix":
        visible = columns[:, None] <= where
    column, step = visible.nonzero(as_tuple=True)
    rows = hidden[column, step]
    without = head_values(problem.network, rows, problem.objective.at(step), problem.tick)
    change = (values[step] - without).double().cpu().numpy()
    to = problem.source if name == "source" else problem.prefix
    steps, cols = step.cpu().numpy(), columns[column].cpu().numpy()
    to[0, steps, cols], to[1, steps, cols] = np.abs(change), change
