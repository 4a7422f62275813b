"""Where the decoder looks in the source."""

from __future__ import annotations

import torch
from torch import Tensor

from attribution.methods.problem import Problem
from attribution.types import UnsupportedArchitectureError


@torch.no_grad()
def cross_attention(problem: Problem) -> tuple[Tensor, Tensor]:
    """Attention weights from each decoder position to the source: mean over heads, then over layers.

    Raises:
        UnsupportedArchitectureError: the model does not give its weights.
    """
    source, prefix = problem.embeddings()
    assert source is not None
    hidden, weights = problem.network.cross_attention(source, prefix)
    if not weights:
        raise UnsupportedArchitectureError(
            "This model does not give its cross-attention weights; choose input x gradient instead."
        )
    mean = torch.stack([layer[0].float().mean(0) for layer in weights]).mean(0)  # [T, S]
    problem.source[0] = mean[problem.positions].cpu().numpy()
    logits = problem.network.logits(hidden[0, problem.positions])
    return problem.objective(logits), logits
