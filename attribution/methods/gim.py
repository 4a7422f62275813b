"""GIM (gradient interaction modifications): gradients in which factors of a product do not hide each other.

Source: Edin et al. 2025, "GIM: Improved Interpretability for Large Language Models".
"""

from __future__ import annotations

from torch import Tensor

from attribution.methods.input_x_gradient import gradient
from attribution.methods.network import frozen_parameters
from attribution.methods.problem import Problem
from attribution.methods.rules import changed_backward


def gim(problem: Problem) -> tuple[Tensor, Tensor]:
    """Embedding . gradient of every token under the rules "gim"; one forward, one (batched) backward.

    The scores order the tokens and do not add up to the attributed function. The problem's arrays are filled:
    sums over the embedding as signed scores, norms as magnitudes. Returns the values [T] and logits [T, V].
    """
    with frozen_parameters(problem.network.model), changed_backward(problem.network.model, "gim"):
        return gradient(problem, times_input=True)
