"""One forward pass of a decoder that hands out the activations ALTI-Logit is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from attribution.methods.hooks import of_this_thread
from attribution.models.anatomy import DecoderAnatomy, LayerAnatomy


@dataclass(frozen=True)
class LayerActivations:
    """One layer's attention, at all positions. S positions, H heads, E head width, D model width."""

    layer: LayerAnatomy
    residual: Tensor
    """[S, D]: what enters the block."""
    attended: Tensor
    """[S, D]: attention output, its bias included, plus `residual`."""
    values: Tensor
    """[H, S, E]: the vectors that attention averages; grouped heads are repeated."""
    weights: Tensor
    """[H, S, S]: rows sum to 1."""


@dataclass(frozen=True)
class LastPosition:
    """What the last position of the sequence read and wrote. L layers, V vocabulary."""

    initial_embedding: Tensor
    """[D]: what enters the first block."""
    mlp: Tensor
    """[L, D]: what each MLP added."""
    norm_input: Tensor
    """[D]: what enters the final norm."""
    norm_output: Tensor
    """[D]: what enters the unembedding."""
    logits: Tensor
    """[V]"""


def run_decoder(
    model: Any,
    anatomy: DecoderAnatomy,
    input_ids: Tensor,
    on_attention: Callable[[LayerActivations], None],
) -> LastPosition:
    """Runs `model` once on input_ids [S]; only the last position is unembedded.

    `on_attention` is called layer by layer, as soon as a layer's attention is computed; what it does not keep
    is freed. The model is in evaluation mode meanwhile and is left as it was, after exceptions too. Within
    `on_attention` another thread may use the model: the hooks see this thread only.

    Raises:
        ValueError: `input_ids` is not a sequence of at least one token, or the model does not return its
            attention weights.
    """
    if input_ids.dim() != 1 or not len(input_ids):
        raise ValueError("input_ids must be a sequence [S] of at least one token")
    recorder = Recorder(anatomy, [len(input_ids)], [on_attention])
    with torch.no_grad(), _evaluating(model), recorder.attached():
        output = model(input_ids=input_ids[None].to(model.device), use_cache=False, logits_to_keep=1)
    return recorder.last(0, output.logits[0, -1])


@contextmanager
def _evaluating(model: nn.Module) -> Iterator[None]:
    """Evaluation mode (no dropout); every module's own mode is restored."""
    training = [module for module in model.modules() if module.training]
    for module in training:
        module.training = False
    try:
        yield
    finally:
        for module in training:
            module.training = True


class Recorder:
    """The hooks of one forward pass of n texts in a batch, the shorter ones filled up at their end."""

    def __init__(
        self,
        anatomy: DecoderAnatomy,
        lengths: Sequence[int],
        on_attention: Sequence[Callable[[LayerActivations], None]],
    ) -> None:
        """The length of each text in tokens, and what is called with each layer's activations of it."""
        self.anatomy, self.on_attention = anatomy, on_attention
        longest = max(lengths)
        self._texts = [slice(n * longest, n * longest + length) for n, length in enumerate(lengths)]
        self._ends = [text.stop - 1 for text in self._texts]
        self._initial: Tensor | None = None
        self._mlp: list[Tensor] = []  # [n, D] each
        self._norm: tuple[Tensor, Tensor] | None = None
        self._residual: Tensor | None = None
        self._values: Tensor | None = None

    def last(self, n: int, logits: Tensor) -> LastPosition:
        """Of one text, once the pass is done."""
        assert self._initial is not None
        assert self._norm is not None
        mlp = torch.stack([layer[n] for layer in self._mlp])
        return LastPosition(self._initial[n], mlp, self._norm[0][n], self._norm[1][n], logits)

    @contextmanager
    def attached(self) -> Iterator[None]:
        """Within the block this thread's forward pass is recorded."""
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
            if len(self._ends) == 1:  # OPT's MLP reads the texts of a batch as one
                handles.append(self.anatomy.layers[-1].mlp.register_forward_pre_hook(mine(_last_row)))
            handles.append(self.anatomy.final_norm.register_forward_hook(mine(self._see_final_norm)))
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _see_residual(self, module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        self._residual = _rows(inputs[0])
        if self._initial is None:
            self._initial = self._last_rows(self._residual)

    def _see_values(self, module: nn.Module, inputs: Any, output: Tensor) -> None:
        self._values = self.anatomy.split_values(_rows(output))  # [H, n * S, E]

    def _attention_hook(self, layer: LayerAnatomy) -> Callable[..., None]:
        def see_attention(module: nn.Module, inputs: Any, output: tuple[Tensor, ...]) -> None:
            attended, weights = _rows(output[0]), output[1]
            if weights is None:
                raise ValueError('the model must be loaded with attn_implementation="eager"')
            residual, values = self._residual, self._values
            self._residual = self._values = None  # not kept beyond this layer
            assert residual is not None
            assert values is not None
            if not self.anatomy.attention_adds_residual:
                attended = attended + residual
            for text, own, see in zip(self._texts, weights, self.on_attention, strict=True):
                length = text.stop - text.start
                see(
                    LayerActivations(
                        layer, residual[text], attended[text], values[:, text], own[:, :length, :length]
                    )
                )

        return see_attention

    def _see_mlp(self, module: nn.Module, inputs: Any, output: Tensor) -> None:
        self._mlp.append(self._last_rows(_rows(output)))

    def _see_final_norm(self, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        self._norm = self._last_rows(_rows(inputs[0])), self._last_rows(_rows(output))

    def _last_rows(self, rows: Tensor) -> Tensor:
        """Of each text's last token [n, D], copied: the whole need not be kept."""
        return rows.clone() if len(rows) == len(self._ends) else rows[self._ends]


def _last_row(module: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """After the last attention only the last position is read, so the last MLP is computed there only."""
    return (inputs[0][..., -1:, :], *inputs[1:])


def _rows(tensor: Tensor) -> Tensor:
    """[n, S, width] (or [n * S, width], as OPT passes it on) -> [n * S, width]."""
    return tensor.reshape(-1, tensor.shape[-1])
