"""The gradient of each step by the token embeddings, and that times the embeddings."""

from __future__ import annotations

from torch import Tensor

from attribution.methods.gradients import step_gradients
from attribution.methods.problem import Problem
from attribution.types import Array


def input_x_gradient(problem: Problem) -> tuple[Tensor, Tensor]:
    """Embedding times gradient: the sum over the embedding is signed, the L2 norm its magnitude."""
    return gradient(problem, times_input=True)


def gradient_norm(problem: Problem) -> tuple[Tensor, Tensor]:
    """The L2 norm of the gradient; no sign."""
    return gradient(problem, times_input=False)


def gradient(problem: Problem, *, times_input: bool) -> tuple[Tensor, Tensor]:
    """The gradient by every token's embedding, or embedding . gradient; fills the problem's arrays.

    Returns the values [T] and logits [T, V].
    """
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
        advance=problem.progress,
    )
    assert head.logits is not None
    return head.values, head.logits
