"""The logit lens: the last position's hidden state after every layer, read as the last one is.

Source: nostalgebraist 2020, "interpreting GPT: the logit lens"; what layers add: as in `alti_logit`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from attribution.methods.alti_logit import logit_directions
from attribution.methods.forward import LayerActivations, run_decoder
from attribution.methods.network import Network
from attribution.models.anatomy import DecoderAnatomy
from attribution.types import Array


@dataclass(frozen=True)
class Lens:
    """logits: [L + 1, V], after the embedding and each layer; the last are the model's own.

    attention, mlp: [L], what a layer adds to the model's own logit (difference), in the scale of its final
    norm; heads: [L, H], attention without its output bias, by head.
    """

    logits: Array
    attention: Array
    mlp: Array
    heads: Array


def lens(
    model: Any,
    anatomy: DecoderAnatomy,
    input_ids: Tensor,
    token_ids: Sequence[int],
    progress: Callable[[float], None] = lambda _: None,
) -> Lens:
    """Reads the last position of the prefix `input_ids` [S] after each layer; one forward pass.

    `token_ids`: the target, or target and foil. The caller holds the model's lock.
    """
    states: list[Tensor] = []  # what enters each layer, [D]
    by_head: list[Tensor] = []  # [H, D]
    added: list[Tensor] = []

    def see(layer: LayerActivations) -> None:
        states.append(layer.residual[-1].clone())
        added.append((layer.attended[-1] - layer.residual[-1]).clone())
        read = torch.einsum("hs,hse->he", layer.weights[:, -1].to(layer.values.dtype), layer.values)
        by_head.append(torch.einsum("he,hed->hd", read, layer.layer.output_weight))
        progress(len(states) / (len(anatomy.layers) + 1))

    last = run_decoder(model, anatomy, input_ids, see)
    network = Network(model)
    logits = [network.logits(anatomy.final_norm(state[None]))[0] for state in (*states, last.norm_input)]
    direction = logit_directions(anatomy, last, token_ids)  # [W, D]
    direction = direction[0] - direction[1] if len(token_ids) > 1 else direction[0]

    def measured(vectors: list[Tensor]) -> Array:
        rows = torch.stack(vectors).to(direction.dtype)
        return (rows @ direction).double().cpu().numpy()

    return Lens(
        torch.stack([row.double() for row in logits]).cpu().numpy(),
        measured(added),
        measured(list(last.mlp)),
        np.stack([measured(list(heads)) for heads in by_head]),
    )
