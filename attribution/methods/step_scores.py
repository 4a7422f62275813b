"""One small function a step score, and the functions whose gradients are attributed.

Logarithms are natural (nats) unless a name says otherwise. Shapes: T steps, V vocabulary.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

import numpy as np
import torch
from torch import Tensor

from attribution.types import Array, Attributed

# ------------------------------------------------------------------------------- attributed functions

ATTRIBUTED: tuple[str, ...] = (*get_args(Attributed), "entropy")


@dataclass(frozen=True)
class Objective:
    """The function of one step's logits that is attributed; `target_ids` and `foil_ids` are [T]."""

    name: str
    target_ids: Tensor
    foil_ids: Tensor | None = None

    def __post_init__(self) -> None:
        if self.name not in ATTRIBUTED:
            raise ValueError(
                f"unknown attributed function {self.name!r}; choose from {', '.join(ATTRIBUTED)}"
            )
        if self.name.startswith("contrast") and self.foil_ids is None:
            raise ValueError(f"{self.name} needs a foil for every step")

    def at(self, steps: Tensor) -> Objective:
        """The same function for these steps, in this order and as often as they are named."""
        foils = None if self.foil_ids is None else self.foil_ids[steps]
        return Objective(self.name, self.target_ids[steps], foils)

    def __call__(self, logits: Tensor) -> Tensor:
        """[T, V] -> [T], differentiable; row t depends on row t of the logits only."""
        target = _pick(logits, self.target_ids)
        if self.name == "logit":
            return target
        if self.name == "contrast_logits_diff":
            return target - _pick(logits, self.foil_ids)
        if self.name == "entropy":
            log_p = logits.log_softmax(-1)
            return -(log_p.exp() * log_p).sum(-1)
        normaliser = logits.logsumexp(-1)
        if self.name == "log_probability":
            return target - normaliser
        probability = (target - normaliser).exp()
        if self.name == "contrast_prob_diff":
            return probability - (_pick(logits, self.foil_ids) - normaliser).exp()
        return probability


def _pick(logits: Tensor, ids: Tensor | None) -> Tensor:
    assert ids is not None
    return logits.gather(-1, ids[:, None])[:, 0]


# ---------------------------------------------------------------------------------------- step scores


@dataclass(frozen=True)
class Steps:
    """What a step score may look at. The contrast stands under its *own* prefix, already aligned.

    logits, contrast_logits: [T, V]; target_ids, contrast_ids: [T].
    """

    logits: Tensor
    target_ids: Tensor
    contrast_logits: Tensor | None = None
    contrast_ids: Tensor | None = None

    @property
    def has_contrast(self) -> bool:
        """Whether the scores that compare can be computed."""
        return self.contrast_logits is not None and self.contrast_ids is not None


def logit(s: Steps) -> Tensor:
    """The target token's score before softmax; any real number."""
    return _pick(s.logits, s.target_ids)


def log_probability(s: Steps) -> Tensor:
    """In nats, at most 0."""
    return logit(s) - s.logits.logsumexp(-1)


def probability(s: Steps) -> Tensor:
    """Of the target token given source and prefix, in [0, 1]."""
    return log_probability(s).exp()


def entropy(s: Steps) -> Tensor:
    """How undecided the model is about this step, in nats; 0 (certain) to ln V."""
    log_p = s.logits.log_softmax(-1)
    return -(log_p.exp() * log_p).sum(-1)


def crossentropy(s: Steps) -> Tensor:
    """-ln p of the target token, in nats, at least 0."""
    return -log_probability(s)


def perplexity(s: Steps) -> Tensor:
    """exp(crossentropy) = 1 / probability, at least 1."""
    return crossentropy(s).exp()


def contrast_logits_diff(s: Steps) -> Tensor:
    """Logit of the target minus logit of the contrast token, the latter after the contrast's own prefix."""
    return logit(s) - _pick(_contrast(s).logits, s.contrast_ids)


def contrast_prob_diff(s: Steps) -> Tensor:
    """Probability of the target minus that of the contrast token after its own prefix, in [-1, 1]."""
    return probability(s) - probability(_contrast(s))


def pcxmi(s: Steps) -> Tensor:
    """log2 p(contrast) - log2 p(target), in bits: positive where the contrast is the likelier of the two.

    Source: Fernandes, Yin, Neubig, Martins 2021 (ACL), equation 4, pointwise.
    """
    return (log_probability(_contrast(s)) - log_probability(s)) / math.log(2)


def kl_divergence(s: Steps) -> Tensor:
    """KL(distribution after the target's prefix || after the contrast's prefix), in nats, at least 0."""
    log_p, log_q = s.logits.log_softmax(-1), _contrast(s).logits.log_softmax(-1)
    return (log_p.exp() * (log_p - log_q)).sum(-1).clamp_min(0)


def _contrast(s: Steps) -> Steps:
    assert s.contrast_logits is not None
    assert s.contrast_ids is not None
    return Steps(s.contrast_logits, s.contrast_ids)


STEP_SCORES: dict[str, Callable[[Steps], Tensor]] = {
    f.__name__: f for f in (probability, logit, entropy, crossentropy, perplexity)
}
CONTRAST_STEP_SCORES: dict[str, Callable[[Steps], Tensor]] = {
    f.__name__: f for f in (contrast_prob_diff, contrast_logits_diff, pcxmi, kl_divergence)
}


@torch.no_grad()
def step_scores(steps: Steps) -> dict[str, Array]:
    """All scores by name, each [T]; those that compare only where there is a contrast."""
    functions = STEP_SCORES | (CONTRAST_STEP_SCORES if steps.has_contrast else {})
    return {name: np.array(f(steps).double().cpu().numpy()) for name, f in functions.items()}
