"""What every saliency method starts from, and the arrays it fills."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from attribution.methods.network import Network
from attribution.methods.step_scores import Objective
from attribution.types import Array

Progress = Callable[[float], None]
"""Told the fraction done, at least several times a second and with no hook attached that others would see: it
may keep the computation waiting while another one uses the model, and what it raises stops it."""


class Problem:
    """The ids of one call as tensors, its objective and options, and its result so far.

    source, prefix: [2, T, S] and [2, T, P], magnitudes and signed values, NaN where nothing was written;
    convergence: [T] or empty; parts: name -> [T], what an additive method credits no token with;
    standard_error: [T, P] where values are sampled, else empty. nodes: of the integral; kept_ids: tokens that
    stay where others give way; words: the prefix columns of each word that can be left out, None where single
    tokens give way instead.
    """

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
        *,
        replacement_id: int | None = None,
        kept_ids: Collection[int] = (),
        nodes: int = 50,
        words: Sequence[Sequence[int]] | None = None,
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
        self._tell, self._done = progress or (lambda _: None), 0.0
        t, s, p = len(self.positions), len(source_ids or ()), len(prefix_ids)
        self.source = np.full((2, t, s), np.nan)  # magnitude, signed
        self.prefix = np.full((2, t, p), np.nan)
        self.convergence = np.zeros(0)
        self.parts: dict[str, Array] = {}
        self.standard_error = np.zeros(0)
        self.words = None if words is None else [list(word) for word in words]
        self._replacement_id, self.kept_ids, self.nodes = replacement_id, kept_ids, nodes

    @property
    def replacement_id(self) -> int:
        """The token that stands for "nothing".

        Raises:
            ValueError: none was given.
        """
        if self._replacement_id is None:
            raise ValueError("this method needs a replacement_id")
        return self._replacement_id

    def progress(self, done: float) -> None:
        """Says how far the computation is, from 0 to 1."""
        self._done = done
        self.tick()

    def tick(self) -> None:
        """A moment at which the computation may be stopped, no further on than at the last one."""
        if self.network.device.type != "cpu":
            torch.accelerator.synchronize()  # else the end would be waited for in one piece
        self._tell(self._done)

    def embeddings(self) -> tuple[Tensor | None, Tensor]:
        """Of source [1, S, D] and prefix [1, P, D]."""
        source = None if self.source_ids is None else self.network.embed_source(self.source_ids)[None]
        return source, self.network.embed_prefix(self.prefix_ids)[None]

    @torch.no_grad()
    def forward(self, source: Tensor | None, prefix: Tensor) -> tuple[Tensor, Tensor]:
        """The attributed function [T] and the logits [T, V]."""
        memory = None if source is None else self.network.encode(source)
        hidden = self.network.decode(prefix, memory)[0, self.positions]
        logits = self.network.logits(hidden)
        return self.objective(logits), logits

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
