"""The gradients of every step's attributed function from one teacher-forced forward.

A decoder is causal, so the forward over the whole target also holds every earlier step. Three things make
the T backward passes cheap: the function of step t reads hidden state t only, so one backward through the
head serves all steps; the rest are batched vector-Jacobian products, as many at once as memory allows; and
early steps run through a decoder no longer than they need, where that pays for its forward.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor

from attribution.methods.by_layer import group_size, taped, through_layers
from attribution.methods.network import Network
from attribution.methods.step_scores import Objective

HEAD_FLOATS = 2**22
"""Logits held at once while the head is differentiated."""

Consumer = Callable[[Tensor, Tensor, Tensor], None]
"""Takes steps [c], their gradients [c, n, N, D] and the embeddings [n, N, D] they were taken at."""

SwitchConsumer = Callable[[Tensor, Tensor], None]
"""Takes steps [c] and their gradients [c, K]; each step comes once from a decoder, once from an encoder."""


@dataclass(frozen=True)
class Head:
    """values [R]: the attributed function; gradients [R, D]: with respect to the hidden states."""

    values: Tensor
    gradients: Tensor
    logits: Tensor | None
    """[R, V], where they were asked for."""


def head_gradients(
    network: Network,
    hidden: Tensor,
    objective: Objective,
    *,
    keep_logits: bool,
    tick: Callable[[], None] = lambda: None,
) -> Head:
    """The derivative of f_r by hidden_r for all rows [R, D] at once: f_r reads row r only."""
    rows = max(1, HEAD_FLOATS // int(network.config.vocab_size))
    values, gradients, kept = [], [], []
    for i in range(0, len(hidden), rows):
        leaf = hidden[i : i + rows].detach().requires_grad_()
        logits = network.logits(leaf)
        block = objective.at(torch.arange(i, i + len(leaf), device=hidden.device))(logits)
        gradients.append(torch.autograd.grad(block.sum(), leaf)[0])
        values.append(block.detach())
        if keep_logits:
            kept.append(logits.detach())
        tick()
    return Head(torch.cat(values), torch.cat(gradients), torch.cat(kept) if keep_logits else None)


def head_values(
    network: Network, hidden: Tensor, objective: Objective, tick: Callable[[], None] = lambda: None
) -> Tensor:
    """The objective alone, [R], of hidden states [R, D]."""
    rows = max(1, HEAD_FLOATS // int(network.config.vocab_size))
    values = []
    for block in torch.arange(len(hidden), device=hidden.device).split(rows):
        values.append(objective.at(block)(network.logits(hidden[block])))
        tick()
    return torch.cat(values)


def step_gradients(
    network: Network,
    source: Tensor | None,
    prefix: Tensor,
    positions: Sequence[int],
    objective: Objective,
    *,
    chunk_floats: int,
    on_source: Consumer | None,
    on_prefix: Consumer,
    keep_logits: bool = False,
    tick: Callable[[], None] = lambda: None,
    switch: Tensor | None = None,
    on_switch: SwitchConsumer | None = None,
    advance: Callable[[float], None] = lambda _: None,
) -> Head:
    """Runs one forward and hands the gradients of all T steps over, chunk by chunk.

    Where the graph of a decoder would be large, it is gone through layer by layer, see `by_layer`.

    Args:
        network: with frozen parameters.
        source: embeddings [n, S, D], None for a decoder-only model.
        prefix: embeddings [n, P, D].
        positions: for each step the position whose hidden state predicts its token, ascending.
        objective: the attributed function for n x T rows, the T steps of the first of n inputs first.
        chunk_floats: how many numbers the widest activation of one backward may have.
        on_source: receives the source gradients.
        on_prefix: receives the prefix gradients; P' ends with the last position of the chunk.
        keep_logits: whether the logits are part of what is returned.
        tick: called between chunks; what it raises ends the computation.
        switch: [K] that the network's forward depends on, see `rules.changed_backward`; with one input only.
        on_switch: receives the gradients by the switch; those of decoder and encoder are to be added.
        advance: told the fraction done within what takes long before anything can be handed over.

    Returns:
        The head's values and gradients for n x T rows.
    """
    n, steps = len(prefix), len(positions)
    where = torch.as_tensor(positions, device=prefix.device)

    def hand_over(consume: Consumer, chunk: Tensor, gradients: tuple[Tensor, ...], at: Tensor) -> None:
        if switch is not None and on_switch is not None:
            on_switch(chunk, gradients[1] * size[chunk, 0, 0])
        consume(chunk, gradients[0] * size[chunk], at.detach())
        tick()

    with torch.enable_grad():
        encoder = None if source is None else _Encoder(network, source, switch, chunk_floats)
        memory = None if encoder is None else encoder.output_leaf
        tick()
        longest = max(prefix.shape[1], 0 if source is None else source.shape[1])
        fit = _steps_that_fit(network, n, longest, chunk_floats)
        group = group_size(network, n, longest, steps)
        head = None
        for start, stop in _decoders(positions, group or steps):
            end = positions[-1] + 1 if head is None else positions[stop - 1] + 1
            leaf = prefix[:, :end].detach().requires_grad_()
            with taped(network) if group else nullcontext() as tape:
                hidden = network.decode(leaf, memory)  # [n, P', D]
            if head is None:  # the first chunk is the last in the text: its decoder is the whole one
                rows = hidden.detach()[:, where].flatten(0, 1)  # [n * T, D]
                head = head_gradients(
                    network, rows, objective, keep_logits=keep_logits and not group, tick=tick
                )
                direction, size = _near_one(head.gradients.view(n, steps, -1).transpose(0, 1))
            if tape is not None:
                part = torch.arange(start, stop, device=prefix.device)
                cotangents = hidden.new_zeros(len(part), *hidden.shape)  # [c, n, P', D]
                cotangents[torch.arange(len(part)), :, where[part]] = direction[part]
                by_switch = through_layers(
                    tape,
                    leaf,
                    hidden,
                    switch,
                    cotangents,
                    fit,
                    partial(_vector_jacobian, network),
                    partial(_told, advance, (steps - stop) / steps, (stop - start) / steps),
                )
                for chunk in part.split(fit):
                    own = slice(int(chunk[0]) - start, int(chunk[-1]) + 1 - start)
                    found = (cotangents[own], *(() if by_switch is None else (by_switch[own],)))
                    hand_over(on_prefix, chunk, found, leaf)
                del hidden, tape, cotangents, by_switch, found  # before the next group needs as much
                continue
            inputs = tuple(x for x in (leaf, switch, memory) if x is not None)
            for chunk in torch.arange(start, stop, device=prefix.device).split(fit):
                cotangent = hidden.new_zeros(len(chunk), *hidden.shape)  # [c, n, P', D]
                cotangent[torch.arange(len(chunk)), :, where[chunk]] = direction[chunk]
                more = int(chunk[-1]) + 1 < stop
                gradients = _vector_jacobian(network, hidden, inputs, cotangent, more)
                del cotangent
                hand_over(on_prefix, chunk, gradients, leaf)
                if encoder is not None and on_source is not None:
                    last = start == 0 and not more
                    for some, found in encoder.gradients(chunk, gradients[-1], last=last):
                        hand_over(on_source, some, found, encoder.source)
            del hidden
    assert head is not None
    if keep_logits and group:  # kept from the beginning they would add to what the layers need
        with torch.no_grad():
            head = replace(head, logits=network.logits(rows))
    return head


class _Encoder:
    """The encoder's forward, and the way from gradients by its output back to the source.

    The decoder's chunks are gathered until they are as many steps as one backward through the encoder holds.
    """

    def __init__(self, network: Network, source: Tensor, switch: Tensor | None, chunk_floats: int) -> None:
        self.source = source.detach().requires_grad_()
        self.output = network.encode(self.source)
        self.output_leaf = self.output.detach().requires_grad_()
        self._network, self._switch = network, switch
        self._chunk = _steps_that_fit(network, len(source), source.shape[1], chunk_floats)
        self._waiting: list[tuple[Tensor, Tensor]] = []

    def gradients(
        self, steps: Tensor, cotangents: Tensor, *, last: bool
    ) -> Iterator[tuple[Tensor, tuple[Tensor, ...]]]:
        """Takes steps [c] with cotangents [c, n, S, D]; gives steps with gradients by source and switch."""
        self._waiting.append((steps, cotangents))
        if sum(len(c) for c, _ in self._waiting) < self._chunk and not last:
            return
        steps, cotangents = (torch.cat(parts) for parts in zip(*self._waiting, strict=True))
        self._waiting.clear()
        inputs = (self.source,) if self._switch is None else (self.source, self._switch)
        for part in range(0, len(steps), self._chunk):
            some = slice(part, part + self._chunk)
            more = not last or part + self._chunk < len(steps)
            yield (
                steps[some],
                _vector_jacobian(self._network, self.output, inputs, cotangents[some], retain_graph=more),
            )


def _told(advance: Callable[[float], None], before: float, part: float, done: float) -> None:
    """Passes on the fraction done of a part of all."""
    advance(before + part * done)


def _near_one(directions: Tensor) -> tuple[Tensor, Tensor]:
    """[T, n, D] -> each divided by a power of two, so that its largest number is near 1; those [T, n, 1, 1].

    Exact. The gradient of a very small probability would else pass through the network in numbers too small
    for full precision, at a tenth of the speed.
    """
    wide = directions if directions.dtype == torch.float64 else directions.float()
    exponents = torch.frexp(wide.abs().amax(-1, keepdim=True)).exponent.clamp(-126, 126)
    sizes = torch.pow(2.0, exponents).to(wide.dtype)
    return (wide / sizes).to(directions.dtype), sizes[..., None]


def _vector_jacobian(
    network: Network, output: Tensor, inputs: tuple[Tensor, ...], cotangents: Tensor, retain_graph: bool
) -> tuple[Tensor, ...]:
    """Cotangents [c, ...output] -> gradients [c, ...input] for each of the inputs."""
    if network.vmap and len(cotangents) > 1:
        return torch.autograd.grad(
            output, inputs, cotangents, retain_graph=retain_graph, is_grads_batched=True
        )
    rows = [
        torch.autograd.grad(output, inputs, c, retain_graph=retain_graph or i + 1 < len(cotangents))
        for i, c in enumerate(cotangents)
    ]
    return tuple(torch.stack(gradients) for gradients in zip(*rows, strict=True))


def _steps_that_fit(network: Network, n: int, length: int, chunk_floats: int) -> int:
    return max(1, chunk_floats // (n * length * network.row_floats(length)))


def _decoders(positions: Sequence[int], most: int) -> Iterator[tuple[int, int]]:
    """Ranges of at most so many steps that share one forward of the decoder, the last first.

    With k of them over T steps after N tokens, the backward passes cover about T (N + T (k + 1) / 2k)
    positions and the forwards k (N + T / 2) + T / 2; a forward costs about 1.3 times as much as a backward to
    the inputs, so k near T / sqrt(1.3 (2 N + T)) is best: one where a short answer follows a long prompt.
    """
    steps, before = len(positions), positions[0]
    k = max(1, min(8, steps, round(steps / (1.3 * (2 * before + steps)) ** 0.5)), -(-steps // most))
    bounds = [round(steps * i / k) for i in range(k + 1)]
    return reversed(list(pairwise(bounds)))
