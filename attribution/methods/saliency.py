"""Which source tokens and which tokens already written a model's next token depends on.

Two functions, one for each kind of model, with the same methods and the same attributed functions, so that
models of different kinds can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import torch
from torch import Tensor

from attribution.methods.gradients import Consumer, head_values, step_gradients
from attribution.methods.network import Network, frozen_parameters
from attribution.methods.step_scores import Objective
from attribution.types import Array, SaliencyMethod, UnsupportedArchitectureError

METHODS: tuple[str, ...] = get_args(SaliencyMethod)
CHUNK_FLOATS = 2**24
"""The widest activation of one batched backward, in numbers; a few of that size are alive at once."""

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Saliency:
    """Raw attributions of T steps to S source and P prefix tokens, NaN where not visible or not defined.

    source_magnitude, source_signed: [T, S] (S = 0 for decoder-only models); prefix_magnitude, prefix_signed:
    [T, P]; values: [T], the attributed function; logits: [T, V], a tensor on the model's device; convergence:
    [T] for integrated gradients (sum of attributions minus the change of the function), else empty.
    """

    source_magnitude: Array
    source_signed: Array
    prefix_magnitude: Array
    prefix_signed: Array
    values: Array
    logits: Tensor
    convergence: Array


def seq2seq_saliency(
    model: Any,
    source_ids: Sequence[int],
    decoder_ids: Sequence[int],
    target_ids: Sequence[int],
    *,
    first_step: int = 0,
    foil_ids: Sequence[int] | None = None,
    method: str = "input_x_gradient",
    attributed: str = "probability",
    replacement_id: int | None = None,
    kept_ids: Collection[int] = (),
    steps: int = 50,
    chunk_floats: int = CHUNK_FLOATS,
    progress: Progress | None = None,
) -> Saliency:
    """Attributes each step of an encoder-decoder model to source tokens and to decoder inputs.

    Args:
        model: a transformers encoder-decoder with a language-model head, in evaluation mode.
        source_ids: S, special tokens included.
        decoder_ids: P decoder inputs, beginning with the decoder start token.
        target_ids: T tokens; target_ids[t] is predicted from decoder_ids[: first_step + t + 1].
        first_step: the decoder input that predicts the first token explained, 1 after a forced language code;
            P = first_step + T.
        foil_ids: T tokens that `contrast_*` compare with, after the same prefix.
        method: one of METHODS.
        attributed: one of step_scores.ATTRIBUTED; with cross-attention it is computed, not attributed.
        replacement_id: the token that stands for "nothing" (integrated gradients: the baseline; erasure).
        kept_ids: tokens that the baseline keeps, e.g. end of sentence; decoder_ids[0] is always kept.
        steps: Gauss-Legendre nodes of integrated gradients.
        chunk_floats: bounds memory; the result does not depend on it.
        progress: called with the fraction done; an exception from it stops the computation.

    Returns:
        Magnitudes (L2 norm over the embedding; erasure: absolute change) and signed sums over it.
        Column c of the prefix is decoder_ids[c], visible from step c - first_step on.

    Raises:
        UnsupportedArchitectureError: cross-attention of a model that does not give its weights.

    Source: Simonyan et al. 2014 (saliency), Shrikumar et al. 2016 (input x gradient), Sundararajan et al.
        2017 (integrated gradients), Li et al. 2016 (erasure).
    """
    positions = range(first_step, len(decoder_ids))
    run = _Run(
        model, source_ids, decoder_ids, positions, target_ids, foil_ids, attributed, chunk_floats, progress
    )
    return run.saliency(method, replacement_id, kept_ids, steps)


def causal_saliency(
    model: Any,
    input_ids: Sequence[int],
    positions: Sequence[int],
    target_ids: Sequence[int],
    *,
    foil_ids: Sequence[int] | None = None,
    method: str = "input_x_gradient",
    attributed: str = "probability",
    replacement_id: int | None = None,
    kept_ids: Collection[int] = (),
    steps: int = 50,
    chunk_floats: int = CHUNK_FLOATS,
    progress: Progress | None = None,
) -> Saliency:
    """Attributes predictions of a decoder-only model to its input tokens.

    As `seq2seq_saliency`, with input_ids (P) in place of the decoder inputs and S = 0: target_ids[t] is
    predicted at positions[t] (ascending), from input_ids[: positions[t] + 1]. Every token that is not in
    kept_ids is replaced in the baseline, the first one too.

    Raises:
        UnsupportedArchitectureError: method "cross_attention".
    """
    if method == "cross_attention":
        raise UnsupportedArchitectureError(
            "Cross-attention exists in encoder-decoder models only; choose a gradient method or erasure."
        )
    run = _Run(model, None, input_ids, positions, target_ids, foil_ids, attributed, chunk_floats, progress)
    return run.saliency(method, replacement_id, kept_ids, steps)


class _Run:
    """One call: the ids as tensors and the result being filled."""

    def __init__(
        self,
        model: Any,
        source_ids: Sequence[int] | None,
        prefix_ids: Sequence[int],
        positions: Sequence[int],
        target_ids: Sequence[int],
        foil_ids: Sequence[int] | None,
        attributed: str,
        chunk_floats: int,
        progress: Progress | None,
    ) -> None:
        self.network = network = Network(model)
        self.source_ids = None if source_ids is None else network.ids(source_ids)
        self.prefix_ids = network.ids(prefix_ids)
        self.positions = list(positions)
        if len(self.positions) != len(target_ids) or (
            foil_ids is not None and len(foil_ids) != len(target_ids)
        ):
            raise ValueError("target_ids and foil_ids must have one token a step")
        if self.positions != sorted(self.positions) or self.positions[-1] >= len(prefix_ids):
            raise ValueError("positions must ascend and lie within the input")
        foils = None if foil_ids is None else network.ids(foil_ids)
        self.objective = Objective(attributed, network.ids(target_ids), foils)
        self.chunk_floats = chunk_floats
        self.progress = progress or (lambda _: None)
        t, s, p = len(self.positions), len(source_ids or ()), len(prefix_ids)
        self.source = np.full((2, t, s), np.nan)  # magnitude, signed
        self.prefix = np.full((2, t, p), np.nan)
        self.convergence = np.zeros(0)

    def saliency(
        self, method: str, replacement_id: int | None, kept_ids: Collection[int], steps: int
    ) -> Saliency:
        if method not in METHODS:
            raise ValueError(f"unknown method {method!r}; choose from {', '.join(METHODS)}")
        if replacement_id is None:
            if method in ("integrated_gradients", "erasure"):
                raise ValueError(f"{method} needs a replacement_id")
            replacement_id = 0
        with frozen_parameters(self.network.model):
            if method == "integrated_gradients":
                values, logits = self.integrated_gradients(replacement_id, kept_ids, steps)
            elif method == "cross_attention":
                values, logits = self.cross_attention()
            elif method == "erasure":
                values, logits = self.erasure(replacement_id)
            else:
                values, logits = self.gradient(times_input=method == "input_x_gradient")
        self.progress(1.0)
        return Saliency(
            source_magnitude=self.source[0],
            source_signed=self.source[1],
            prefix_magnitude=self.prefix[0],
            prefix_signed=self.prefix[1],
            values=values.double().cpu().numpy(),
            logits=logits,
            convergence=self.convergence,
        )

    # ------------------------------------------------------------------------------------- gradients

    def gradient(self, *, times_input: bool) -> tuple[Tensor, Tensor]:
        source, prefix = self.embeddings()
        done = 0

        def reduce(to: Array, steps: Tensor, gradient: Tensor, leaf: Tensor) -> None:
            nonlocal done
            vectors = gradient[:, 0] * leaf[0] if times_input else gradient[:, 0]  # [c, N, D]
            self.write(to, steps, vectors, signed=times_input)
            done += len(steps)
            self.progress(done / len(self.positions) / (1 if source is None else 2))

        head = step_gradients(
            self.network,
            source,
            prefix,
            self.positions,
            self.objective,
            chunk_floats=self.chunk_floats,
            on_source=lambda *a: reduce(self.source, *a),
            on_prefix=lambda *a: reduce(self.prefix, *a),
            keep_logits=True,
        )
        assert head.logits is not None
        return head.values, head.logits

    def write(self, to: Array, steps: Tensor, vectors: Tensor, *, signed: bool) -> None:
        """Reduces vectors [c, N', D] to a norm and a sum; columns after a step's position stay NaN."""
        if vectors.dtype in (torch.bfloat16, torch.float16):
            vectors = vectors.float()
        rows, width = steps.tolist(), vectors.shape[1]
        to[0, rows, :width] = torch.linalg.vector_norm(vectors, dim=-1).cpu().numpy()
        if signed:
            to[1, rows, :width] = vectors.sum(-1).cpu().numpy()
        if to is self.prefix:
            for row in rows:
                to[:, row, self.positions[row] + 1 :] = np.nan

    def embeddings(self) -> tuple[Tensor | None, Tensor]:
        """Of source [1, S, D] and prefix [1, P, D]."""
        source = None if self.source_ids is None else self.network.embed_source(self.source_ids)[None]
        return source, self.network.embed_prefix(self.prefix_ids)[None]

    # -------------------------------------------------------------------------- integrated gradients

    def integrated_gradients(
        self, replacement_id: int, kept_ids: Collection[int], steps: int
    ) -> tuple[Tensor, Tensor]:
        """The mean gradient on the straight line from the baseline, times the way; nodes in batches."""
        source, prefix = self.embeddings()
        base_source, base_prefix = self.baseline(replacement_id, kept_ids)
        legendre = np.polynomial.legendre.leggauss(steps)
        nodes = torch.as_tensor((legendre[0] + 1) / 2, dtype=prefix.dtype, device=prefix.device)
        weights = torch.as_tensor(legendre[1] / 2, dtype=prefix.dtype, device=prefix.device)
        t = len(self.positions)
        sum_prefix = prefix.new_zeros(t, *prefix.shape[1:])  # [T, P, D]
        sum_source = None if source is None else source.new_zeros(t, *source.shape[1:])
        length = max(prefix.shape[1], 0 if source is None else source.shape[1])
        batch = self.chunk_floats // (t * length * self.network.row_floats(length))
        batch = max(1, min(steps, batch))
        for i in range(0, steps, batch):
            node, weight = nodes[i : i + batch, None, None], weights[i : i + batch]

            def add(to: Tensor | None, weight: Tensor = weight) -> Consumer:
                def consume(chunk: Tensor, gradient: Tensor, _: Tensor) -> None:
                    assert to is not None
                    to[chunk, : gradient.shape[2]] += torch.einsum("n,cnsd->csd", weight, gradient)

                return consume

            step_gradients(
                self.network,
                None if source is None or base_source is None else torch.lerp(base_source, source, node),
                torch.lerp(base_prefix, prefix, node),
                self.positions,
                self.objective.at(torch.arange(t, device=prefix.device).repeat(len(node))),
                chunk_floats=self.chunk_floats,
                on_source=add(sum_source),
                on_prefix=add(sum_prefix),
            )
            self.progress(min(1.0, (i + batch) / steps))
        rows = torch.arange(t, device=prefix.device)
        self.write(self.prefix, rows, sum_prefix * (prefix - base_prefix), signed=True)
        if sum_source is not None and source is not None and base_source is not None:
            self.write(self.source, rows, sum_source * (source - base_source), signed=True)
        values, logits = self.forward(source, prefix)
        change = values - self.forward(base_source, base_prefix)[0]
        total = self.source[1].sum(1) + np.nansum(self.prefix[1], 1)
        self.convergence = total - change.double().cpu().numpy()
        return values, logits

    def baseline(self, replacement_id: int, kept_ids: Collection[int]) -> tuple[Tensor | None, Tensor]:
        """Embeddings of a text that says nothing: replacement tokens, but what marks its frame is kept."""
        kept = self.network.ids(list(kept_ids))
        prefix = torch.where(torch.isin(self.prefix_ids, kept), self.prefix_ids, replacement_id)
        if self.source_ids is None:
            return None, self.network.embed_prefix(prefix)[None]
        prefix[0] = self.prefix_ids[0]
        source = torch.where(torch.isin(self.source_ids, kept), self.source_ids, replacement_id)
        return self.network.embed_source(source)[None], self.network.embed_prefix(prefix)[None]

    # ------------------------------------------------------------------- methods without a gradient

    @torch.no_grad()
    def forward(self, source: Tensor | None, prefix: Tensor) -> tuple[Tensor, Tensor]:
        """The attributed function [T] and the logits [T, V]."""
        memory = None if source is None else self.network.encode(source)
        hidden = self.network.decode(prefix, memory)[0, self.positions]
        logits = self.network.logits(hidden)
        return self.objective(logits), logits

    @torch.no_grad()
    def cross_attention(self) -> tuple[Tensor, Tensor]:
        """Attention weights from each decoder position to the source: mean over heads, then over layers."""
        source, prefix = self.embeddings()
        assert source is not None
        hidden, weights = self.network.cross_attention(source, prefix)
        if not weights:
            raise UnsupportedArchitectureError(
                "This model does not give its cross-attention weights; choose input x gradient instead."
            )
        mean = torch.stack([layer[0].float().mean(0) for layer in weights]).mean(0)  # [T, S]
        self.source[0] = mean[self.positions].cpu().numpy()
        logits = self.network.logits(hidden[0, self.positions])
        return self.objective(logits), logits

    @torch.no_grad()
    def erasure(self, replacement_id: int) -> tuple[Tensor, Tensor]:
        """The change of the attributed function when one token gives way to the replacement token.

        Signed is f(text) - f(text without it): positive where the token speaks for the target.
        """
        source, prefix = self.embeddings()
        values, logits = self.forward(source, prefix)
        parts = [("prefix", self.prefix_ids)]
        if self.source_ids is not None:
            parts.insert(0, ("source", self.source_ids))
        total, done = sum(len(ids) for _, ids in parts), 0
        length = max(len(ids) for _, ids in parts)
        batch = max(1, self.chunk_floats // (length * self.network.row_floats(length)))
        memory = None if source is None else self.network.encode(source)
        for name, ids in parts:
            for columns in torch.arange(len(ids), device=ids.device).split(batch):
                n = len(columns)
                erased = ids.repeat(n, 1)
                erased[torch.arange(n), columns] = replacement_id
                if name == "source":
                    encoded = self.network.encode(self.network.embed_source(erased))
                    hidden = self.network.decode(prefix.expand(n, -1, -1), encoded)
                else:
                    shared = None if memory is None else memory.expand(n, -1, -1)
                    hidden = self.network.decode(self.network.embed_prefix(erased), shared)
                self._write_erased(name, columns, hidden[:, self.positions], values)
                done += n
                self.progress(done / total)
        return values, logits

    def _write_erased(self, name: str, columns: Tensor, hidden: Tensor, values: Tensor) -> None:
        """Fills columns [n] from the hidden states [n, T, D] of the text without that column's token."""
        n, t = hidden.shape[:2]
        where = torch.as_tensor(self.positions, device=hidden.device)
        visible = torch.ones(n, t, dtype=torch.bool, device=hidden.device)
        if name == "prefix":
            visible = columns[:, None] <= where
        column, step = visible.nonzero(as_tuple=True)
        without = head_values(self.network, hidden[column, step], self.objective.at(step))
        change = (values[step] - without).double().cpu().numpy()
        to = self.source if name == "source" else self.prefix
        rows, cols = step.cpu().numpy(), columns[column].cpu().numpy()
        to[0, rows, cols], to[1, rows, cols] = np.abs(change), change
