"""What a model says of a whole answer with parts of the prompt taken away, for many choices at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from attribution.methods.gradients import head_values
from attribution.methods.problem import Problem, Progress
from attribution.methods.removal import WordRemoval
from attribution.types import Array


class AnswerRemoval:
    """The attributed function of every step of an answer as a function of the parts of the prompt kept.

    The tokens of a part are dropped and the positions close up; the answer stays. Called as a
    `removal.Values` it gives the sum over the steps. Values already computed are remembered; only texts of
    equal length share a batch, so nothing is padded. The caller holds the model's lock while it calls.
    """

    def __init__(self, problem: Problem, parts: Sequence[Sequence[int]], prompt_length: int) -> None:
        """`parts`: the columns of each part among the tokens of the prompt.

        Raises:
            ValueError: see `WordRemoval`.
        """
        self.problem, self._prompt = problem, prompt_length
        self._texts = WordRemoval(problem, len(problem.positions) - 1, parts)
        self.parts = self._texts.words
        self._known: dict[bytes, Array] = {}

    def __call__(self, keep: Array, progress: Progress = lambda _: None) -> Array:
        """Masks of the parts kept, [m, n] -> the sum over the steps, [m] in float64."""
        return self.steps(keep, progress).sum(1)

    def steps(self, keep: Array, progress: Progress = lambda _: None) -> Array:
        """Masks of the parts kept, [m, n] -> the attributed function of each step, [m, T] in float64."""
        keep = np.atleast_2d(np.asarray(keep, dtype=bool))
        keys = [row.tobytes() for row in keep]
        new = list({k: row for k, row in zip(keys, keep, strict=True) if k not in self._known}.values())
        source, prefix = self.problem.embeddings()
        length = self._prompt if source is not None else prefix.shape[1]
        tokens = np.ones((len(new), length), dtype=bool)
        for part, columns in enumerate(self.parts):
            tokens[:, columns] = np.array([row[part] for row in new], dtype=bool)[:, None]
        done = 0
        for size in np.unique(tokens.sum(1)):
            group = np.flatnonzero(tokens.sum(1) == size)
            longest = max(length, prefix.shape[1])
            batch = max(1, self.problem.chunk_floats // (longest * self.problem.network.row_floats(longest)))
            for start in range(0, len(group), batch):
                some = group[start : start + batch]
                for row, values in zip(some, self._values(tokens[some], source, prefix), strict=True):
                    self._known[new[row].tobytes()] = values
                done += len(some)
                progress(done / len(new))
        return np.stack([self._known[key] for key in keys])

    @torch.no_grad()
    def _values(self, tokens: Array, source: Tensor | None, prefix: Tensor) -> Array:
        """[m, N] with equally many tokens kept in each row -> [m, T]."""
        network, steps = self.problem.network, len(self.problem.positions)
        kept = torch.as_tensor(tokens, device=prefix.device)
        if source is not None:
            memory = network.encode(_kept(source[0], kept, self._texts.beginning(is_source=True)))
            hidden = network.decode(prefix.expand(len(kept), -1, -1), memory)[:, self.problem.positions]
        else:
            prompt = _kept(
                prefix[0, : self._prompt], kept[:, : self._prompt], self._texts.beginning(is_source=False)
            )
            answer = prefix[:, self._prompt :].expand(len(kept), -1, -1)
            hidden = network.decode(torch.cat([prompt, answer], 1))[:, -steps:]
        rows = torch.arange(steps, device=prefix.device).repeat(len(kept))
        objective = self.problem.objective.at(rows)
        values = head_values(network, hidden.flatten(0, 1), objective, self.problem.tick)
        found: Array = values.view(len(kept), steps).double().cpu().numpy()
        return found


def _kept(embeddings: Tensor, kept: Tensor, beginning: Tensor) -> Tensor:
    """Embeddings [N, D] and masks [m, N] of equally many -> [m, N', D]; the beginning where none is kept."""
    length = int(kept[0].sum())
    if not length:
        return beginning.expand(len(kept), 1, -1)
    return embeddings.expand(len(kept), -1, -1)[kept].view(len(kept), length, -1)
