"""Which source tokens and which tokens already written a model's next token depends on.

Two functions, one for each kind of model, with the same methods and the same attributed functions, so that
models of different kinds can be compared.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import torch
from torch import Tensor

from attribution.methods.erasure import erasure
from attribution.methods.gradients import step_gradients
from attribution.methods.integrated_gradients import integrated_gradients
from attribution.methods.network import frozen_parameters
from attribution.methods.problem import Problem, Progress
from attribution.types import Array, SaliencyMethod, UnsupportedArchitectureError

METHODS: tuple[str, ...] = get_args(SaliencyMethod)
CHUNK_FLOATS = 2**20
"""The widest activation of one batched backward, in numbers; a few of that size are alive at once.
Twice as much would be up to 10 % faster, but nobody can stop it or pass it within one."""


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
    problem = Problem(
        model, source_ids, decoder_ids, positions, target_ids, foil_ids, attributed, chunk_floats, progress
    )
    return _saliency(problem, method, replacement_id, kept_ids, steps)


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
    problem = Problem(
        model, None, input_ids, positions, target_ids, foil_ids, attributed, chunk_floats, progress
    )
    return _saliency(problem, method, replacement_id, kept_ids, steps)


def _saliency(
    problem: Problem, method: str, replacement_id: int | None, kept_ids: Collection[int], steps: int
) -> Saliency:
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}; choose from {', '.join(METHODS)}")
    if replacement_id is None:
        if method in ("integrated_gradients", "erasure"):
            raise ValueError(f"{method} needs a replacement_id")
        replacement_id = 0
    with frozen_parameters(problem.network.model):
        if method == "integrated_gradients":
            values, logits = integrated_gradients(problem, replacement_id, kept_ids, steps)
        elif method == "cross_attention":
            values, logits = _cross_attention(problem)
        elif method == "erasure":
            values, logits = erasure(problem, replacement_id)
        else:
            values, logits = _gradient(problem, times_input=method == "input_x_gradient")
    problem.progress(1.0)
    return Saliency(
        source_magnitude=problem.source[0],
        source_signed=problem.source[1],
        prefix_magnitude=problem.prefix[0],
        prefix_signed=problem.prefix[1],
        values=values.double().cpu().numpy(),
        logits=logits,
        convergence=problem.convergence,
    )


def _gradient(problem: Problem, *, times_input: bool) -> tuple[Tensor, Tensor]:
    source, prefix = problem.embeddings()
    done = 0

    def reduce(to: Array, steps: Tensor, gradient: Tensor, leaf: Tensor) -> None:
        nonlocal done
        vectors = gradient[:, 0] * leaf[0] if times_input else gradient[:, 0]  # [c, N, D]
        problem.write(to, steps, vectors, signed=times_input)
        done += len(steps)
        problem.progress(done / len(problem.positions) / (1 if source is None else 2))

    head = step_gradients(
        problem.network,
        source,
        prefix,
        problem.positions,
        problem.objective,
        chunk_floats=problem.chunk_floats,
        on_source=lambda *a: reduce(problem.source, *a),
        on_prefix=lambda *a: reduce(problem.prefix, *a),
        keep_logits=True,
        tick=problem.tick,
    )
    assert head.logits is not None
    return head.values, head.logits


@torch.no_grad()
def _cross_attention(problem: Problem) -> tuple[Tensor, Tensor]:
    """Attention weights from each decoder position to the source: mean over heads, then over layers."""
    source, prefix = problem.embeddings()
    assert source is not None
    hidden, weights = problem.network.cross_attention(source, prefix)
    if not weights:
        raise UnsupportedArchitectureError(
            "This model does not give its cross-attention weights; choose input x gradient instead."
        )
    mean = torch.stack([layer[0].float().mean(0) for layer in weights]).mean(0)  # [T, S]
    problem.source[0] = mean[problem.positions].cpu().numpy()
    logits = problem.network.logits(hidden[0, problem.positions])
    return problem.objective(logits), logits
