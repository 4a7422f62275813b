"""Which source tokens and which tokens already written a model's next token depends on.

Two functions, one for each kind of model, with the same methods and the same attributed functions, so that
models of different kinds can be compared.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np
from torch import Tensor

from attribution.language import N_, Said
from attribution.methods.catalogue import METHODS as ROWS
from attribution.methods.catalogue import Method, find
from attribution.methods.network import frozen_parameters
from attribution.methods.problem import Problem, Progress
from attribution.types import Array, ModelKind, UnsupportedArchitectureError

METHODS: tuple[str, ...] = tuple(row.id for row in ROWS.values() if not row.layered)
"""The rows of the table whose mathematics works on a `Problem`."""
NOT_IN = {
    "decoder": N_("{method!c} exists in encoder-decoder models only; choose a gradient method or erasure."),
    "encoder-decoder": N_("{method!c} exists in decoders only; choose a gradient method or erasure."),
}
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
    parts: dict[str, Array] = field(default_factory=dict)
    """What an additive method credits no token with: name -> [T]."""
    standard_error: Array = field(default_factory=lambda: np.zeros(0))
    """[T, P] of sampled values, summed over a word that of the word; else empty."""


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

    Source: the papers named in `catalogue.METHODS`.
    """
    row = _row(method, "encoder-decoder")
    positions = range(first_step, len(decoder_ids))
    problem = Problem(
        model,
        source_ids,
        decoder_ids,
        positions,
        target_ids,
        foil_ids,
        attributed,
        chunk_floats,
        progress,
        replacement_id=replacement_id,
        kept_ids=kept_ids,
        nodes=steps,
    )
    return _saliency(problem, row)


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
    words: Sequence[Sequence[int]] | None = None,
    chunk_floats: int = CHUNK_FLOATS,
    progress: Progress | None = None,
) -> Saliency:
    """Attributes predictions of a decoder-only model to its input tokens.

    As `seq2seq_saliency`, with input_ids (P) in place of the decoder inputs and S = 0: target_ids[t] is
    predicted at positions[t] (ascending), from input_ids[: positions[t] + 1]. Every token that is not in
    kept_ids is replaced in the baseline, the first one too. `words`: the columns of each word that erasure
    and Shapley values leave out; without them erasure replaces tokens one by one.

    Raises:
        UnsupportedArchitectureError: the method is not for decoders.
    """
    row = _row(method, "decoder")
    problem = Problem(
        model,
        None,
        input_ids,
        positions,
        target_ids,
        foil_ids,
        attributed,
        chunk_floats,
        progress,
        replacement_id=replacement_id,
        kept_ids=kept_ids,
        nodes=steps,
        words=words,
    )
    return _saliency(problem, row)


def _saliency(problem: Problem, row: Method) -> Saliency:
    module, _, name = row.function.rpartition(".")
    mathematics = getattr(import_module(module), name)
    with frozen_parameters(problem.network.model):
        values, logits = mathematics(problem)
    problem.progress(1.0)
    return Saliency(
        source_magnitude=problem.source[0],
        source_signed=problem.source[1],
        prefix_magnitude=problem.prefix[0],
        prefix_signed=problem.prefix[1],
        values=values.double().cpu().numpy(),
        logits=logits,
        convergence=problem.convergence,
        parts=problem.parts,
        standard_error=problem.standard_error,
    )


def _row(method: str, kind: ModelKind) -> Method:
    """The method, if it is computed here and fits models of that kind."""
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}; choose from {', '.join(METHODS)}")
    row = find(method)
    if kind not in row.kinds:
        raise UnsupportedArchitectureError(NOT_IN[kind], method=Said(row.english))
    return row
