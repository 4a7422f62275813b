"""Several next words at once, by the methods of one forward or of one forward and one backward.

Texts of like length stand in one batch, the shorter ones filled up at their end. A decoder never looks ahead,
so what fills them up is read by no position that counts, and the numbers are those of single calls up to
rounding. Which texts stand together may change the last bits of a number: to get the same again, put the same
ones together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from attribution.methods.alti_logit import LayerMixer, explained
from attribution.methods.forward import Recorder
from attribution.methods.frozen import position_vectors
from attribution.methods.network import Network, frozen_parameters
from attribution.methods.rules import Rules, changed_backward
from attribution.models.anatomy import decoder_anatomy
from attribution.types import Array

GRADIENTS: dict[str, Rules | None] = {
    "input_x_gradient": None,
    "saliency": None,
    "gim": "gim",
    "gim_held": "gim, gates held still",
    "frozen": "held still",
}
"""Methods of one backward, each with the rules of its backward."""
LAYERED = ("alti_logit", "logit")
BATCHED = (*GRADIENTS, *LAYERED)
MOST_FLOATS = 2**21
"""The widest activation of a batch, in numbers; a backward keeps some fifty of that size."""


@dataclass(frozen=True)
class Ask:
    """One text as token ids, and the two tokens whose logits are compared after it."""

    ids: tuple[int, ...]
    target: int
    foil: int


@dataclass(frozen=True)
class Scores:
    """values: [S] of the tokens, signed (of the gradient norm amounts); explained: the logit difference."""

    values: Array
    explained: float


def batched_scores(
    model: Any, method: str, asks: Sequence[Ask], tick: Callable[[], None] = lambda: None
) -> list[Scores]:
    """What a method of `BATCHED` credits to the tokens of each text, in order.

    The texts go together as they stand, as many as memory allows; the model is left as it was. `tick` is
    called between batches, and what it raises ends the computation. The caller holds the model's lock.

    Raises:
        UnsupportedArchitectureError: ALTI-Logit does not know the model.
    """
    network, found = Network(model), []
    longest = max(len(ask.ids) for ask in asks)
    size = max(1, MOST_FLOATS // (longest * network.row_floats(longest)))
    for start in range(0, len(asks), size):
        some = asks[start : start + size]
        compute = _layered if method in LAYERED else _gradients
        found += compute(network, method, some)
        tick()
    return found


def _ids(network: Network, asks: Sequence[Ask]) -> tuple[Tensor, Tensor]:
    """Token ids [n, S], filled up with each text's last one, and the place of each text's last token [n]."""
    longest = max(len(ask.ids) for ask in asks)
    filled = [[*ask.ids, *[ask.ids[-1]] * (longest - len(ask.ids))] for ask in asks]
    return network.ids(torch.tensor(filled)), network.ids([len(ask.ids) - 1 for ask in asks])


# ------------------------------------------------------------------------------------------------ gradients


def _gradients(network: Network, method: str, asks: Sequence[Ask]) -> list[Scores]:
    rules, model = GRADIENTS[method], network.model
    ids, last = _ids(network, asks)
    rows = torch.arange(len(asks), device=ids.device)
    targets, foils = (network.ids([getattr(ask, name) for ask in asks]) for name in ("target", "foil"))
    with (
        torch.enable_grad(),
        frozen_parameters(model),
        changed_backward(model, rules) if rules else nullcontext(),
        position_vectors(network.decoder) as positions,
    ):
        leaf = network.embed_prefix(ids).requires_grad_()  # [n, S, D]
        logits = network.logits(network.decode(leaf)[rows, last])
        values = logits[rows, targets] - logits[rows, foils]
        (gradient,) = torch.autograd.grad(values.sum(), leaf)
    added = leaf.detach()
    if method == "frozen" and positions:
        added = added + positions[0].view(-1, *added.shape[1:])
    with torch.no_grad():
        wide = gradient if method == "saliency" else gradient * added
        wide = wide.float() if wide.dtype in (torch.bfloat16, torch.float16) else wide
        scores = torch.linalg.vector_norm(wide, dim=-1) if method == "saliency" else wide.sum(-1)
    by_text, numbers = scores.double().cpu().numpy(), values.detach().double().tolist()
    return [
        Scores(row[: len(ask.ids)].copy(), value)
        for row, ask, value in zip(by_text, asks, numbers, strict=True)
    ]


# ----------------------------------------------------------------------------------------------- ALTI-Logit


@torch.no_grad()
def _layered(network: Network, method: str, asks: Sequence[Ask]) -> list[Scores]:
    anatomy = decoder_anatomy(network.model)
    ids, last = _ids(network, asks)
    mixers = [LayerMixer(len(anatomy.layers), lambda _: None) for _ in asks]
    recorder = Recorder(anatomy, [len(ask.ids) for ask in asks], [mixer.add for mixer in mixers])
    with recorder.attached():
        hidden = network.decode(network.embed_prefix(ids))
    logits = network.logits(hidden[torch.arange(len(ids), device=ids.device), last])
    found = []
    for n, (ask, mixer) in enumerate(zip(asks, mixers, strict=True)):
        contrast = explained(anatomy, recorder.last(n, logits[n]), mixer, [ask.target, ask.foil])
        difference = contrast.contributions[0].minus(contrast.contributions[1])
        values = np.asarray(getattr(difference, method), dtype=np.float64).sum(0)
        found.append(Scores(values, difference.explained_logit))
    return found
