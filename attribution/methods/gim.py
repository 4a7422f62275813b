"""GIM (gradient interaction modifications): gradients in which factors of a product do not hide each other.

Source: Edin et al. 2025, "GIM: Improved Interpretability for Large Language Models"; `gim_held` is our own.
"""

from __future__ import annotations

from torch import Tensor

from attribution.methods.input_x_gradient import gradient
from attribution.methods.network import frozen_parameters
from attribution.methods.problem import Problem
from attribution.methods.rules import Rules, changed_backward


def gim(problem: Problem) -> tuple[Tensor, Tensor]:
    """Embedding . gradient of every token under the rules "gim"; one forward, one (batched) backward.

    The scores order the tokens and do not add up to the attributed function. The problem's arrays are filled:
    sums over the embedding as signed scores, norms as magnitudes. Returns the values [T] and logits [T, V].
    """
    return _under(problem, "gim")


def gim_held(problem: Problem) -> tuple[Tensor, Tensor]:
    """As `gim`, with gates held still besides: an activation a(x) is x times the constant a(x) / x.

    GIM shares out what factors of a product hide from each other, but keeps the slope of the activations,
    which is near 0 where a unit is off or saturated whatever it lets through. Here it is what they let
    through.
    """
    return _under(problem, "gim, gates held still")


def _under(problem: Problem, rules: Rules) -> tuple[Tensor, Tensor]:
    model = problem.network.model
    with frozen_parameters(model), changed_backward(model, rules):
        return gradient(problem, times_input=True)
