"""Held still: what every token and every bias adds to a logit, exactly, once the network's choices stand.

With attention weights, norm scales and activation gates held at the values they have, a network is a sum of
straight lines from its inputs to the logit. Each gets what flows along its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from attribution.methods.gradients import Consumer, head_values, step_gradients
from attribution.methods.hooks import of_this_thread
from attribution.methods.network import frozen_parameters
from attribution.methods.problem import Problem
from attribution.methods.rules import BIASES, changed_backward
from attribution.types import Array, TextError, UnsupportedArchitectureError

HEAD_BIAS = "head bias"
ENTROPY = "entropy"
ADDITIVE = ("logit", "contrast_logits_diff", "log_probability")


@dataclass(frozen=True)
class HeldStill:
    """What belongs to no token, beside the tokens' shares in `Problem.source` and `Problem.prefix`.

    values: [T], the attributed function; logits: [T, V]; remainder: [T] by name, for kinds of biases that add
    anything. The signed scores of a step's tokens and the step's remainder add up to its value. What is
    missing is the completeness gap, [T]: 0 up to rounding, unless a model does what the rules do not know.
    """

    values: Tensor
    logits: Tensor
    remainder: dict[str, Array]
    completeness_gap: Array


def frozen(problem: Problem) -> tuple[Tensor, Tensor]:
    """Each token's exact share of a logit (or log-probability), and as parts what each kind of bias adds.

    Returns the values [T] and logits [T, V].

    Raises:
        TextError: what is explained is neither a logit nor a log-probability.
        UnsupportedArchitectureError: see `held_still`.
    """
    if problem.objective.name not in ADDITIVE:
        raise TextError(
            "Held still explains what adds up: choose a logit, a difference of logits, or a log-probability."
        )
    held = held_still(problem)
    problem.parts.update(held.remainder)
    return held.values, held.logits


def held_still(problem: Problem) -> HeldStill:
    """Each token's exact share of a logit or logit difference, with one forward and one (batched) backward.

    A token's share is (its embedding + what its position adds) . gradient. What biases add is computed for
    itself, not as what is missing, so that the sum of everything is a check. The problem's arrays are filled:
    sums over the embedding as signed scores, norms as magnitudes.

    Of a log-probability it is the logit's distance from the mean logit, every token weighted by its own
    probability p, that is shared out. log p_y = (z_y - sum p z) - H, so minus the entropy H is a part.

    Raises:
        ValueError: the attributed function is none of `ADDITIVE`, so nothing adds up to it.
        UnsupportedArchitectureError: the model bends its logits (Gemma 2), so they are no sum either, or
            projects its embeddings (OPT-350m).

    Source: Ali et al. 2022; the rules are those of `changed_backward`.
    """
    network = problem.network
    if problem.objective.name not in ADDITIVE:
        raise ValueError(f"held still explains {' or '.join(ADDITIVE)}, not {problem.objective.name}")
    if getattr(network.config, "final_logit_softcapping", None):
        raise UnsupportedArchitectureError(
            "This model bends its logits at the end, so they are no sum: "
            "choose integrated gradients or erasure."
        )
    source, prefix = problem.embeddings()
    biases = np.zeros((len(problem.positions), len(BIASES)))
    done = 0.0

    def add_biases(steps: Tensor, gradient: Tensor) -> None:
        biases[steps.tolist()] += gradient.double().cpu().numpy()

    def reader(to: Array, positions: list[Tensor]) -> Consumer:
        def read(steps: Tensor, gradient: Tensor, leaf: Tensor) -> None:
            nonlocal done
            added = leaf[0]  # [N, D]
            if positions and positions[0].shape != added.shape:
                raise UnsupportedArchitectureError(
                    "This model projects its embeddings before it adds positions, so a token's share cannot "
                    "be told: choose integrated gradients or erasure."
                )
            added = added + positions[0] if positions else added
            problem.write(to, steps, gradient[:, 0] * added, signed=True)
            done += len(steps) / len(problem.positions) / (1 if source is None else 2)
            problem.progress(min(done, 1.0))

        return read

    with (
        frozen_parameters(network.model),
        changed_backward(network.model, "held still") as switch,
        position_vectors(network.encoder) as source_positions,
        position_vectors(network.decoder) as prefix_positions,
    ):
        head = step_gradients(
            network,
            source,
            prefix,
            problem.positions,
            problem.objective,
            chunk_floats=problem.chunk_floats,
            on_source=reader(problem.source, source_positions),
            on_prefix=reader(problem.prefix, prefix_positions),
            keep_logits=True,
            tick=problem.tick,
            advance=problem.progress,
            switch=switch,
            on_switch=add_biases,
        )
    assert head.logits is not None
    remainder = dict(zip(BIASES, biases.T.copy(), strict=True))
    remainder |= _of_the_head(problem, prefix, head.logits)
    words = problem.source[1].sum(1) + np.nansum(problem.prefix[1], 1)
    gap = words + sum(remainder.values()) - head.values.double().cpu().numpy()
    remainder = {name: part for name, part in remainder.items() if part.any()}
    return HeldStill(head.values, head.logits, remainder, gap)


@contextmanager
def position_vectors(part: Any) -> Iterator[list[Tensor]]:
    """Within the block: what the last forward of an encoder or decoder added to its embeddings, [P, D].

    Empty where positions act in attention only (rotary, ALiBi, relative biases).
    """
    found: list[Tensor] = []

    def keep(module: Any, inputs: Any, output: Tensor) -> None:
        found[:] = [output.detach().reshape(-1, output.shape[-1])]

    tables = (
        [] if part is None else [m for n, m in part.named_modules() if n.rpartition(".")[2] in _POSITIONS]
    )
    handles = [table.register_forward_hook(of_this_thread(keep)) for table in tables]
    try:
        yield found
    finally:
        for handle in handles:
            handle.remove()


_POSITIONS = ("wpe", "embed_positions")


@torch.no_grad()
def _of_the_head(problem: Problem, like: Tensor, logits: Tensor) -> dict[str, Array]:
    """What the unembedding adds whatever it reads, and of log-probabilities minus the entropy."""
    nothing = like.new_zeros(1, like.shape[-1])
    if problem.objective.name != "log_probability":
        rows = nothing.expand(len(problem.positions), -1)
        return {HEAD_BIAS: head_values(problem.network, rows, problem.objective).double().cpu().numpy()}
    bias = problem.network.logits(nothing)[0].double()
    found: dict[str, list[float]] = {HEAD_BIAS: [], ENTROPY: []}
    for step, target in zip(logits, problem.objective.target_ids, strict=True):
        log_p = step.double().log_softmax(-1)
        found[HEAD_BIAS].append(float(bias[target] - log_p.exp() @ bias))
        found[ENTROPY].append(float((log_p.exp() * log_p).sum()))
        problem.tick()
    return {name: np.array(values) for name, values in found.items()}
