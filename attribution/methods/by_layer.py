"""Gradients through a deep decoder one layer after the other, so that only one layer's graph is in memory.

A forward without a graph keeps what enters each layer. Then, from the last layer down, each layer is run once
more and takes the gradients of all steps a layer down. The numbers are those of the whole graph; it costs one
more forward, and instead of the graph of every layer there are the steps' gradients by one layer's input.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from attribution.methods.hooks import of_this_thread
from attribution.methods.network import Network

LARGE = 2**26
"""Numbers that a graph must have at least to be taken apart."""
FEWEST_STEPS = 16
"""A group of fewer steps would hardly be worth its second forward."""
GROUP_FLOATS = 2**23
"""What the gradients of a group of steps by the input of a layer should have at most, in numbers."""
GRAPH = 24
"""Numbers times D that the graph of a layer has a token, about, besides attention weights."""

VectorJacobian = Callable[[Tensor, tuple[Tensor, ...], Tensor, bool], tuple[Tensor, ...]]
"""Takes an output, its inputs, cotangents [c, ...output] and whether the graph is needed once more."""


def layers_of(network: Network) -> list[Any]:
    """The decoder's layers, where each is a function of what enters it; else none."""
    from transformers.modeling_layers import GradientCheckpointingLayer

    if network.has_encoder:
        return []
    return [module for module in network.decoder.modules() if isinstance(module, GradientCheckpointingLayer)]


def group_size(network: Network, n: int, length: int, steps: int) -> int:
    """How many steps go through the layers together; 0 where the whole graph is small, or steps are few."""
    size = int(network.config.hidden_size)
    heads = int(network.config.num_attention_heads)
    graph = len(layers_of(network)) * n * length * (GRAPH * size + 2 * heads * length)
    fit = min(steps, max(FEWEST_STEPS, GROUP_FLOATS // (n * length * size)))
    return fit if graph >= LARGE and steps >= FEWEST_STEPS else 0


@dataclass
class Tape:
    """What a forward left: for each layer the module, what enters it and its other arguments."""

    layers: list[tuple[Any, Tensor, tuple[Any, ...], dict[str, Any]]] = field(default_factory=list)
    top: Tensor | None = None
    """What leaves the last layer: a leaf, of which the hidden states are a function."""


@contextmanager
def taped(network: Network) -> Iterator[Tape]:
    """Within the block a forward keeps no graph of its layers, only of what comes before and after them."""
    tape, modules = Tape(), layers_of(network)

    def enter(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], Any]:
        tape.layers.append((module, args[0], args[1:], kwargs))
        return (args[0].detach(), *args[1:]), kwargs

    def leave(module: Any, args: Any, output: Any) -> Any:
        first = (output[0] if isinstance(output, tuple) else output).detach()
        if module is modules[-1]:
            tape.top = first.requires_grad_()
        return (first, *output[1:]) if isinstance(output, tuple) else first

    handles = [m.register_forward_pre_hook(of_this_thread(enter), with_kwargs=True) for m in modules]
    handles += [m.register_forward_hook(of_this_thread(leave)) for m in modules]
    try:
        yield tape
    finally:
        for handle in handles:
            handle.remove()


def through_layers(
    tape: Tape,
    leaf: Tensor,
    hidden: Tensor,
    switch: Tensor | None,
    cotangents: Tensor,
    fit: int,
    vector_jacobian: VectorJacobian,
    tick: Callable[[float], None],
) -> Tensor | None:
    """Cotangents [c, n, P, D] of the hidden states become, in place, those of the leaf.

    Returns the gradients by the switch, [c, K]. `tick` is told the fraction done between two chunks.
    """
    reads = () if switch is None else (switch,)
    by_switch = None if switch is None else switch.new_zeros(len(cotangents), *switch.shape)
    done, whole = 0, len(cotangents) * (len(tape.layers) + 2)

    def passed(output: Tensor, entering: Tensor) -> None:
        nonlocal done
        for read in reads:  # not every part has a bias
            output = output + (0 * read.sum()).to(output.dtype)
        for start in range(0, len(cotangents), fit):
            chunk = slice(start, start + fit)
            some = cotangents[chunk]
            found = vector_jacobian(output, (entering, *reads), some, start + fit < len(cotangents))
            some.copy_(found[0])
            if by_switch is not None:
                by_switch[chunk] += found[1]
            done += len(some)
            tick(min(1.0, done / whole))

    assert tape.top is not None
    passed(hidden, tape.top)
    while tape.layers:
        module, entered, args, kwargs = tape.layers.pop()
        entering = entered.detach().requires_grad_()
        output = module(entering, *args, **kwargs)
        passed(output[0] if isinstance(output, tuple) else output, entering)
        del output
    if entered is not leaf:  # positions are added, or a norm stands before the first layer
        passed(entered, leaf)
    return by_switch
