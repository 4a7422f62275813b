"""ALTI-Logit and Logit: how much each token of the prefix adds to the logit of a next token.

Source: Ferrando, Gallego, Tsiamas, Costa-jussà, "Explaining How Transformers Use Context to Build
Predictions", ACL 2023, arXiv 2305.12535.

Axis letters: S positions (i explained, j credited), H heads, E head width, D model width, L layers, V
vocabulary, W words asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from attribution.methods.forward import LastPosition, LayerActivations, run_decoder
from attribution.models.anatomy import DecoderAnatomy
from attribution.types import Array, Contributions

_BLOCK = 1 << 18
"""Numbers in the buffer of the layer matrix: small enough to stay in a processor's cache."""
_PROJECTED = 1 << 21
"""Numbers in the projected value vectors that are held at a time."""


@dataclass(frozen=True)
class AltiLogit:
    """The explanation of one next-token prediction.

    alti, rollout: [L, S, S]; row i says what position i draws on, in shares that sum to 1; `alti` in the
    layer alone, `rollout` from the input up to and including the layer.
    logits: [V], at the last position.
    """

    contributions: tuple[Contributions, ...]
    """One for each token asked about, in the order asked."""
    alti: Array
    rollout: Array
    logits: Array


def alti_logit(
    model: Any,
    anatomy: DecoderAnatomy,
    input_ids: Tensor,
    token_ids: Sequence[int],
    progress: Callable[[float], None] = lambda _: None,
) -> AltiLogit:
    """Explains the logits of `token_ids` after the prefix `input_ids` [S] with one forward pass.

    Every logit is a sum, up to rounding: initial embedding of the last position + attention of each layer to
    each position (`Contributions.logit`, [L, S]) + output biases of attention + MLPs + bias of the final norm
    + bias of the head. `Contributions.alti_logit` gives the attention to a position in layer l to the input
    tokens that this position draws on (rollout of the layers below l); it has the same sum.

    float64 models are explained in float64, all others in float32, whatever precision the model runs in. The
    caller sees to it that the model is used by one thread at a time; `progress`, which is told the fraction
    done, may lend it to another one meanwhile, and what it raises ends the computation.

    Raises:
        ValueError: no token is asked about, or see `run_decoder`.

    Source: Ferrando et al. 2023; their code adds 1e-6 to every component of the distances, this does not.
    """
    if not token_ids:
        raise ValueError("token_ids must name at least one token")
    mixer = LayerMixer(len(anatomy.layers), progress)
    with torch.no_grad():
        last = run_decoder(model, anatomy, input_ids, mixer.add)
        return explained(anatomy, last, mixer, token_ids)


def explained(
    anatomy: DecoderAnatomy, last: LastPosition, mixer: LayerMixer, token_ids: Sequence[int]
) -> AltiLogit:
    """What the layers of one text, all added to the mixer, and its last position say of some tokens."""
    alti = torch.stack(mixer.matrices)  # [L, S, S]
    rollout = _rollout(alti)
    contributions = _contributions(anatomy, last, mixer.reads, rollout, list(token_ids))
    return AltiLogit(contributions, _numpy(alti), _numpy(rollout), _numpy(last.logits))


class LayerMixer:
    """Turns the activations of one layer after the other into what is kept of them."""

    def __init__(self, layers: int, progress: Callable[[float], None]) -> None:
        self.layers = layers
        self.progress = progress
        self.matrices: list[Tensor] = []  # [S, S] each: what every position draws on
        self.reads: list[Tensor] = []  # [S, D] each: T_t(x_j), what the last position t reads from position j
        self._buffer: Tensor | None = None

    def add(self, activations: LayerActivations) -> None:
        """Takes the next layer."""
        matrix, reads = self._mix(
            _precise(activations.layer.output_weight),
            _precise(activations.residual),
            _precise(activations.attended),
            _precise(activations.values),
            _precise(activations.weights),
        )
        self.matrices.append(matrix)
        self.reads.append(reads)

    def _mix(
        self, output_weight: Tensor, residual: Tensor, attended: Tensor, values: Tensor, weights: Tensor
    ) -> tuple[Tensor, Tensor]:
        """The layer matrix [S, S] and what the last position reads from each position [S, D].

        T_i(x_j) = sum_h weights[h, i, j] * values[h, j] @ output_weight[h] is built for a few credited
        positions j at a time, and only for the rows i >= j that can see them.
        """
        heads, size, _ = values.shape
        width = residual.shape[1]
        distance = attended.new_empty(size, size)  # [j, i]: |T_i(x_j) + [i = j] x_i - attended_i|_1
        reads = attended.new_empty(size, width)
        seen = weights.transpose(1, 2).contiguous().permute(1, 2, 0)  # [j, i, H], fit for matrix products
        itself = weights.diagonal(dim1=1, dim2=2).t().contiguous()[:, None]  # [j, 1, H]
        chunk = max(1, _PROJECTED // (heads * width))
        for start in range(0, size, chunk):
            stop = min(start + chunk, size)
            projected = torch.bmm(values[:, start:stop], output_weight).transpose(0, 1)  # [chunk, H, D]
            torch.bmm(seen[start:stop, -1:], projected, out=reads[start:stop, None])
            j = start
            while j < stop:
                rows = size - j
                end = min(stop, j + max(1, _BLOCK // (rows * width)))
                block = self._block(end - j, rows, width, like=attended)
                torch.bmm(seen[j:end, j:], projected[j - start : end - start], out=block)
                torch.sum(block.sub_(attended[j:]).abs_(), -1, out=distance[j:end, j:])
                j = end
            own = torch.bmm(itself[start:stop], projected).squeeze(1)  # [chunk, D]
            own += residual[start:stop] - attended[start:stop]
            distance.diagonal()[start:stop] = own.abs_().sum(-1)
            self.progress((len(self.matrices) + stop / size) / self.layers)
        return _shares(attended.abs().sum(-1, keepdim=True) - distance.t()), reads

    def _block(self, columns: int, rows: int, width: int, *, like: Tensor) -> Tensor:
        """A [columns, rows, width] view of the one buffer that all layers share."""
        numbers = columns * rows * width
        if self._buffer is None:
            self._buffer = like.new_empty(max(_BLOCK, numbers))
        return self._buffer[:numbers].view(columns, rows, width)


def _shares(proximity: Tensor) -> Tensor:
    """[S, S]: causal, not negative, rows sum to 1; a position that draws on nothing draws on itself."""
    shares = proximity.clamp_(min=0).tril_()
    total = shares.sum(-1, keepdim=True)
    itself = torch.eye(len(shares), dtype=shares.dtype, device=shares.device)
    return torch.where(total > 0, shares / total, itself)


def _rollout(alti: Tensor) -> Tensor:
    """[L, S, S]: at layer l the product of the layer matrices l, l - 1, ..., 0."""
    products = [alti[0]]
    for matrix in alti[1:]:
        products.append(matrix @ products[-1])
    return torch.stack(products)


def _contributions(
    anatomy: DecoderAnatomy, last: LastPosition, reads: list[Tensor], rollout: Tensor, token_ids: list[int]
) -> tuple[Contributions, ...]:
    unembedding = _precise(anatomy.unembedding[token_ids])  # [W, D]
    direction = _direction(anatomy, last, unembedding)  # [W, D]
    logit = torch.stack([direction @ read.t() for read in reads], 1)  # [W, L, S]
    alti_logit = logit.clone()
    alti_logit[:, 1:] = (logit[:, 1:, None] @ rollout[:-1]).squeeze(2)
    nothing = torch.zeros_like(last.norm_input)
    biases = [nothing if layer.output_bias is None else layer.output_bias for layer in anatomy.layers]
    norm_bias = getattr(anatomy.final_norm, "bias", None)
    initial = direction @ _precise(last.initial_embedding)  # [W]
    attention_bias = direction @ _precise(torch.stack(biases)).t()  # [W, L]
    mlp = direction @ _precise(last.mlp).t()  # [W, L]
    final_norm_bias = unembedding @ _precise(nothing if norm_bias is None else norm_bias)  # [W]
    return tuple(
        Contributions(
            logit=_numpy(logit[n]),
            alti_logit=_numpy(alti_logit[n]),
            initial_embedding=float(initial[n]),
            attention_bias=_numpy(attention_bias[n]),
            mlp=_numpy(mlp[n]),
            final_norm_bias=float(final_norm_bias[n]),
            head_bias=0.0 if anatomy.head_bias is None else float(anatomy.head_bias[token]),
            explained_logit=float(last.logits[token]),
        )
        for n, token in enumerate(token_ids)
    )


def logit_directions(anatomy: DecoderAnatomy, last: LastPosition, token_ids: Sequence[int]) -> Tensor:
    """[W, D]: what each vector in the last position's residual stream adds to the logits is its product."""
    return _direction(anatomy, last, _precise(anatomy.unembedding[list(token_ids)]))


def _direction(anatomy: DecoderAnatomy, last: LastPosition, unembedding: Tensor) -> Tensor:
    """[W, D]: u, with which the last position's residual stream x gives each logit: u @ x + biases.

    It is the unembedding [W, D] with the final norm folded in.
    """
    norm: Any = anatomy.final_norm
    x = _precise(last.norm_input)
    weight = torch.ones_like(x) if norm.weight is None else _precise(norm.weight)
    if not anatomy.rms_norm:
        scaled = unembedding * weight
        return (scaled - scaled.mean(-1, keepdim=True)) / torch.sqrt(x.var(unbiased=False) + norm.eps)
    # RMSNorm multiplies each component by a number. It rounds to float32 inside, so the number is taken from
    # what it gave, except where that would be 0 / 0.
    scale = weight * torch.rsqrt(x.square().mean() + norm.variance_epsilon)
    return unembedding * torch.where(x.abs() > 1e-30, _precise(last.norm_output) / x, scale)


def _precise(tensor: Tensor) -> Tensor:
    """In float64 as it is, all else in float32."""
    return tensor if tensor.dtype == torch.float64 else tensor.float()


def _numpy(tensor: Tensor) -> Array:
    return _precise(tensor).detach().cpu().numpy().copy()
