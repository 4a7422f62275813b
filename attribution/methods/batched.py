"""Several next words at once, by the methods of one forward or of one forward and one backward.

Texts of like length stand in one batch, the shorter ones filled up at their end. A decoder never looks ahead,
so what fills them up is read by no position that counts, and the numbers are those of single calls up to
rounding. Which texts stand together may change the last bits of a number: to get the same again, put the same
ones together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from attribution.methods.alti_logit import LayerMixer, explained
from attribution.methods.forward import LastPosition, LayerActivations
from attribution.methods.frozen import position_vectors
from attribution.methods.hooks import of_this_thread
from attribution.methods.network import Network, frozen_parameters
from attribution.methods.rules import Rules, changed_backward
from attribution.models.anatomy import DecoderAnatomy, LayerAnatomy, decoder_anatomy
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
    recorder = _Recorder(anatomy, ids, last)
    with recorder.attached():
        hidden = network.decode(network.embed_prefix(ids))
    logits = network.logits(hidden[recorder.rows, last])
    found = []
    for n, ask in enumerate(asks):
        contrast = explained(anatomy, recorder.last(n, logits[n]), recorder.mixers[n], [ask.target, ask.foil])
        difference = contrast.contributions[0].minus(contrast.contributions[1])
        values = np.asarray(getattr(difference, method), dtype=np.float64).sum(0)
        found.append(Scores(values, difference.explained_logit))
    return found


class _Recorder:
    """What ALTI-Logit needs of one forward of n texts, layer by layer: as `forward.run_decoder`, for many."""

    def __init__(self, anatomy: DecoderAnatomy, ids: Tensor, last: Tensor) -> None:
        self.anatomy, self.shape, self.places = anatomy, ids.shape, last
        self.rows = torch.arange(len(ids), device=ids.device)
        self.mixers = [LayerMixer(len(anatomy.layers), lambda _: None) for _ in ids]
        self.mlp: list[Tensor] = []  # [n, D] each
        self.initial: Tensor | None = None
        self.norm: tuple[Tensor, Tensor] | None = None
        self._residual: Tensor | None = None
        self._values: Tensor | None = None

    def last(self, n: int, logits: Tensor) -> LastPosition:
        """Of one text."""
        assert self.initial is not None
        assert self.norm is not None
        mlp = torch.stack([layer[n] for layer in self.mlp])
        return LastPosition(self.initial[n], mlp, self.norm[0][n], self.norm[1][n], logits)

    @contextmanager
    def attached(self) -> Iterator[None]:
        handles: list[Any] = []
        mine = of_this_thread
        try:
            for layer in self.anatomy.layers:
                handles += [
                    layer.input_norm.register_forward_pre_hook(mine(self._see_residual)),
                    layer.values.register_forward_hook(mine(self._see_values)),
                    layer.attention.register_forward_hook(mine(self._attention_hook(layer))),
                    layer.mlp.register_forward_hook(mine(self._see_mlp)),
                ]
            handles.append(self.anatomy.final_norm.register_forward_hook(mine(self._see_final_norm)))
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _see_residual(self, module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        self._residual = self._texts(inputs[0])
        if self.initial is None:
            self.initial = self._ends(inputs[0])

    def _see_values(self, module: nn.Module, inputs: Any, output: Tensor) -> None:
        split = self.anatomy.split_values(output.reshape(-1, output.shape[-1]))  # [H, n * S, E]
        self._values = split.view(len(split), *self.shape, -1)

    def _attention_hook(self, layer: LayerAnatomy) -> Callable[..., None]:
        def see_attention(module: nn.Module, inputs: Any, output: tuple[Tensor, ...]) -> None:
            attended, weights = self._texts(output[0]), output[1]
            residual, values = self._residual, self._values
            self._residual = self._values = None
            assert residual is not None
            assert values is not None
            if not self.anatomy.attention_adds_residual:
                attended = attended + residual
            for n, (mixer, end) in enumerate(zip(self.mixers, (self.places + 1).tolist(), strict=True)):
                own = weights[n, :, :end, :end]
                mixer.add(
                    LayerActivations(layer, residual[n, :end], attended[n, :end], values[:, n, :end], own)
                )

        return see_attention

    def _see_mlp(self, module: nn.Module, inputs: Any, output: Tensor) -> None:
        self.mlp.append(self._ends(output))

    def _see_final_norm(self, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        self.norm = self._ends(inputs[0]), self._ends(output)

    def _texts(self, tensor: Tensor) -> Tensor:
        """[n, S, D], or [n * S, D] as OPT passes it on -> [n, S, D]."""
        return tensor.reshape(*self.shape, -1)

    def _ends(self, tensor: Tensor) -> Tensor:
        """Of each text's last token [n, D]."""
        return self._texts(tensor)[self.rows, self.places].clone()
