"""Finds in a decoder what ALTI-Logit needs, by its layout. Importing this module does not load torch.

Only pre-norm decoders fit: a block reads the normalised residual stream and adds attention and MLP to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from attribution.language import Said
from attribution.models.architectures import ARCHITECTURES, Layout, known_models
from attribution.types import UnsupportedArchitectureError

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True)
class LayerAnatomy:
    """The modules and weights of one block. H heads, D model width, E head width."""

    input_norm: nn.Module
    """Its input is the residual stream that enters the block."""
    attention: nn.Module
    """Returns (output, attention weights, ...)."""
    values: nn.Module
    """Its output contains the value vectors, see `DecoderAnatomy.split_values`."""
    mlp: nn.Module
    """Its output is what the MLP adds to the residual stream."""
    output_weight: Tensor
    """[H, E, D], a view of the output projection: head h adds `v_h @ output_weight[h]`."""
    output_bias: Tensor | None
    """[D]"""


@dataclass(frozen=True)
class DecoderAnatomy:
    """Everything ALTI-Logit has to know about a decoder beyond its forward pass."""

    layers: tuple[LayerAnatomy, ...]
    final_norm: nn.Module
    unembedding: Tensor
    """[V, D]"""
    head_bias: Tensor | None
    """[V], the bias of the unembedding; few models have one."""
    split_values: Callable[[Tensor], Tensor]
    """Output of `LayerAnatomy.values`, [S, ...] -> value vectors [H, S, E], grouped heads repeated."""
    rms_norm: bool
    """The final norm only scales (RMSNorm); otherwise it also centres (LayerNorm)."""
    attention_adds_residual: bool
    """The attention module's output already contains the residual stream (BLOOM)."""


def refuse_unsupported(config: Any) -> None:
    """Checks from a model's config alone, before its weights are loaded, that ALTI-Logit is exact for it.

    Raises:
        UnsupportedArchitectureError: The architecture, or this variant of it, is not supported.
    """
    kind = getattr(config, "model_type", "") or type(config).__name__
    row = ARCHITECTURES.get(kind)
    if row is None or row.layout is None:
        raise UnsupportedArchitectureError(
            "ALTI-Logit does not support the architecture “{kind}”; it supports {known}.",
            kind=kind[:40],
            known=", ".join(known_models(alti_logit=True)),
        )
    reason = _unsupported_variant(kind, config)
    if reason:
        raise UnsupportedArchitectureError(
            "ALTI-Logit does not support this {kind} model: {reason}.",
            kind=row.models or row.name,
            reason=reason,
        )


def refuse_encoder_decoder(kind: str, name: str) -> None:
    """Checks that a model is a decoder, whose next word can be explained.

    Raises:
        UnsupportedArchitectureError: it is an encoder-decoder.
    """
    if kind != "decoder":
        raise UnsupportedArchitectureError(
            "{name} is a translation (encoder-decoder) model; "
            "pick a decoder such as GPT-2 here, or explain it on the Translation page.",
            name=name,
        )


def _unsupported_variant(kind: str, config: Any) -> str:
    """Why this variant of a supported architecture is refused; empty if it is not."""
    if kind == "opt" and not config.do_layer_norm_before:
        return Said(
            "it normalises after attention and MLP (post-LN, as only OPT-350m does), so its logits are not a "
            "sum of what the layers wrote; the other OPT sizes work"
        )
    if kind == "opt" and config.word_embed_proj_dim != config.hidden_size:
        return Said("it projects the hidden state to another width before the unembedding")
    if kind == "opt" and getattr(config, "_remove_final_layer_norm", False):
        return Said("it has no final layer norm")
    if kind == "bloom" and config.apply_residual_connection_post_layernorm:
        return Said("its residual connection starts after the layer norm")
    if kind == "bloom" and config.pretraining_tp > 1 and config.slow_but_exact:
        return Said("it computes its projections in slices (`slow_but_exact`)")
    return ""


def decoder_anatomy(model: Any) -> DecoderAnatomy:
    """The anatomy of a causal language model of transformers; weights are views, nothing is copied.

    Raises:
        UnsupportedArchitectureError: The architecture is not supported, or its weights are quantised.
    """
    config = model.config
    refuse_unsupported(config)
    layout = ARCHITECTURES[config.model_type].layout
    assert layout is not None
    heads = config.num_attention_heads
    head = model.get_output_embeddings()
    if head is None:
        raise UnsupportedArchitectureError(
            "This model has no language-modelling head, so it predicts no words."
        )
    layers = tuple(_layer(block, layout, heads) for block in attrgetter(layout.blocks)(model))
    return DecoderAnatomy(
        layers=layers,
        final_norm=attrgetter(layout.final_norm)(model),
        unembedding=head.weight.detach(),
        head_bias=head.bias,
        split_values=_value_splitter(layout.packing, heads, head_width=layers[0].output_weight.shape[1]),
        rms_norm=layout.rms_norm,
        attention_adds_residual=layout.attention_adds_residual,
    )


def _layer(block: Any, layout: Layout, heads: int) -> LayerAnatomy:
    projection = attrgetter(layout.projection)(block)
    return LayerAnatomy(
        input_norm=attrgetter(layout.input_norm)(block),
        attention=attrgetter(layout.attention)(block),
        values=attrgetter(layout.values)(block),
        mlp=attrgetter(layout.mlp)(block),
        output_weight=_output_weight(projection, heads),
        output_bias=projection.bias,
    )


def _output_weight(projection: Any, heads: int) -> Tensor:
    from torch import nn
    from transformers.pytorch_utils import Conv1D

    weight = projection.weight.detach()
    if not weight.is_floating_point() or not isinstance(projection, (nn.Linear, Conv1D)):
        raise UnsupportedArchitectureError(
            "ALTI-Logit needs the model's weights as plain numbers; load it without quantisation."
        )
    if isinstance(projection, Conv1D):  # [H * E, D]
        return weight.view(heads, -1, weight.shape[1])
    return weight.view(weight.shape[0], heads, -1).permute(1, 2, 0)  # [D, H * E] -> [H, E, D]


def _value_splitter(packing: str, heads: int, head_width: int) -> Callable[[Tensor], Tensor]:
    def thirds(output: Tensor) -> Tensor:
        return output.view(len(output), 3, heads, head_width)[:, 2].transpose(0, 1)

    def interleaved(output: Tensor) -> Tensor:
        return output.view(len(output), heads, 3, head_width)[:, :, 2].transpose(0, 1)

    def separate(output: Tensor) -> Tensor:
        values = output.view(len(output), -1, head_width).transpose(0, 1)  # [key-value heads, S, E]
        repeats = heads // len(values)
        return values if repeats == 1 else values.repeat_interleave(repeats, dim=0)

    return {"thirds": thirds, "interleaved": interleaved, "separate": separate}[packing]
