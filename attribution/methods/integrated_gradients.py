"""Integrated gradients (Sundararajan, Taly, Yan 2017) for all steps from batched forwards over the nodes."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from attribution.methods.gradients import Consumer, step_gradients
from attribution.methods.problem import Problem


def integrated_gradients(problem: Problem) -> tuple[Tensor, Tensor]:
    """The mean gradient on the straight line from the baseline, times the way; nodes in batches."""
    steps = problem.nodes
    source, prefix = problem.embeddings()
    base_source, base_prefix = _baseline(problem)
    legendre = np.polynomial.legendre.leggauss(steps)
    nodes = torch.as_tensor((legendre[0] + 1) / 2, dtype=prefix.dtype, device=prefix.device)
    weights = torch.as_tensor(legendre[1] / 2, dtype=prefix.dtype, device=prefix.device)
    t = len(problem.positions)
    sum_prefix = prefix.new_zeros(t, *prefix.shape[1:])  # [T, P, D]
    sum_source = None if source is None else source.new_zeros(t, *source.shape[1:])
    length = max(prefix.shape[1], 0 if source is None else source.shape[1])
    batch = problem.chunk_floats // (t * length * problem.network.row_floats(length))
    batch = max(1, min(steps, batch))
    for i in range(0, steps, batch):
        node, weight = nodes[i : i + batch, None, None], weights[i : i + batch]

        def add(to: Tensor | None, weight: Tensor = weight) -> Consumer:
            def consume(chunk: Tensor, gradient: Tensor, _: Tensor) -> None:
                assert to is not None
                to[chunk, : gradient.shape[2]] += torch.einsum("n,cnsd->csd", weight, gradient)

            return consume

        step_gradients(
            problem.network,
            None if source is None or base_source is None else torch.lerp(base_source, source, node),
            torch.lerp(base_prefix, prefix, node),
            problem.positions,
            problem.objective.at(torch.arange(t, device=prefix.device).repeat(len(node))),
            chunk_floats=problem.chunk_floats,
            on_source=add(sum_source),
            on_prefix=add(sum_prefix),
            tick=problem.tick,
        )
        problem.progress(min(1.0, (i + batch) / steps))
    rows = torch.arange(t, device=prefix.device)
    problem.write(problem.prefix, rows, sum_prefix * (prefix - base_prefix), signed=True)
    if sum_source is not None and source is not None and base_source is not None:
        problem.write(problem.source, rows, sum_source * (source - base_source), signed=True)
    values, logits = problem.forward(source, prefix)
    problem.tick()
    change = values - problem.forward(base_source, base_prefix)[0]
    total = problem.source[1].sum(1) + np.nansum(problem.prefix[1], 1)
    problem.convergence = total - change.double().cpu().numpy()
    return values, logits


def _baseline(problem: Problem) -> tuple[Tensor | None, Tensor]:
    """Embeddings of a text that says nothing: replacement tokens, but what marks its frame is kept."""
    kept, replacement_id = problem.network.ids(list(problem.kept_ids)), problem.replacement_id
    prefix = torch.where(torch.isin(problem.prefix_ids, kept), problem.prefix_ids, replacement_id)
    if problem.source_ids is None:
        return None, problem.network.embed_prefix(prefix)[None]
    prefix[0] = problem.prefix_ids[0]
    source = torch.where(torch.isin(problem.source_ids, kept), problem.source_ids, replacement_id)
    return problem.network.embed_source(source)[None], problem.network.embed_prefix(prefix)[None]
