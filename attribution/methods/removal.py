"""What a model says of a text with words taken away, for many choices of words at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from attribution.methods.gradients import head_values
from attribution.methods.problem import Problem, Progress
from attribution.types import Array, Replace

Values = Callable[[Array, Progress], Array]
"""Takes masks of the words kept, [m, n], and a progress callback; gives the value of each text, [m]."""


class WordRemoval:
    """The attributed function of one step, or the sum of several, by the words that are kept; a `Values`.

    "leave out": the tokens of a word are dropped and the positions close up. "neutral": the mean of the
    embedding matrix stands in their place. Tokens that are in no word always stay (special tokens, the first
    token of models that start with one, the decoder start). Where nothing is left to read before a step, the
    model's beginning token is, or a neutral embedding if it has none (or one that it does not know).

    Several steps follow one another, and none has a word before it that the first does not see: the tokens
    that the steps write always stay. Values already computed are remembered. They equal those of one text at
    a time: only texts of equal length share a batch, so nothing is padded. The caller holds the model's lock
    while it calls.
    """

    def __init__(
        self,
        problem: Problem,
        step: int | range,
        words: Sequence[Sequence[int]],
        replace: Replace = "leave out",
    ) -> None:
        """`words`: the columns of each of n words, those of the S source tokens first, then the prefix's.

        Raises:
            ValueError: a word is empty, shares a token with another, or has one that a step does not see.
        """
        self.steps = steps = step if isinstance(step, range) else range(step, step + 1)
        self.network, self.problem, self.replace = problem.network, problem, replace
        source, prefix = problem.embeddings()
        self._source_length = 0 if source is None else source.shape[1]
        first, end = problem.positions[steps[0]] + 1, problem.positions[steps[-1]] + 1
        if end - first != len(steps) - 1:
            raise ValueError("several steps must be those of neighbouring positions")
        self._tokens = (
            prefix[0, :end] if source is None else torch.cat([source[0], prefix[0, :end]])
        )  # [N, D]
        self.words = [list(word) for word in words]
        columns = [column for word in self.words for column in word]
        if not all(self.words) or len(set(columns)) < len(columns):
            raise ValueError("every word needs at least one token, and no token may be in two words")
        if columns and not 0 <= min(columns) <= max(columns) < self._source_length + first:
            raise ValueError("a word has a token that this step does not see")
        self._known: dict[bytes, Array] = {}
        self._neutral: dict[bool, Tensor] = {}

    def __call__(self, keep: Array, progress: Progress = lambda _: None) -> Array:
        """Masks of the words kept, [m, n] -> the attributed function, summed over the steps, [m] in float64.

        `progress` is called with the fraction done after each batch; an exception from it stops.
        """
        return self.by_step(keep, progress).sum(1)

    def by_step(self, keep: Array, progress: Progress = lambda _: None) -> Array:
        """The same for each step alone: [m, steps]."""
        keep = np.atleast_2d(np.asarray(keep, dtype=bool))
        keys = [row.tobytes() for row in keep]
        new = {key: row for key, row in zip(keys, keep, strict=True) if key not in self._known}
        if new:
            done = 0
            for rows, values in self._evaluate(np.stack(list(new.values()))):
                for row, value in zip(rows, values, strict=True):
                    self._known[row.tobytes()] = value
                done += len(rows)
                progress(done / len(new))
        return np.stack([self._known[key] for key in keys])

    def write(self, values: Array) -> None:
        """Fills the step's row of the problem's prefix: a word's value [n] evenly on its tokens, else 0.

        Over the tokens of a word the signed scores sum to its value.
        """
        step = self.steps[0]
        row = np.zeros(self.problem.positions[step] + 1)
        for word, value in zip(self.words, values, strict=True):
            row[word] = value / len(word)
        self.problem.prefix[:, step, : len(row)] = np.abs(row), row

    def _evaluate(self, keep: Array) -> Iterator[tuple[Array, Array]]:
        """Masks [m, n] in batches, each with its values [m, steps]."""
        tokens = np.ones((len(keep), len(self._tokens)), dtype=bool)  # [m, N]: which tokens are kept
        for word, columns in enumerate(self.words):
            tokens[:, columns] = keep[:, word, None]
        s = self._source_length
        lengths = np.stack([tokens[:, :s].sum(1), tokens[:, s:].sum(1)], 1)
        if self.replace == "neutral":
            lengths[:] = lengths.max(0)
        for pair in np.unique(lengths, axis=0):
            group = np.flatnonzero((lengths == pair).all(1))
            longest = max(1, len(self._tokens) if self.replace == "neutral" else int(pair.max()))
            floats = longest * self.network.row_floats(longest)
            size = max(1, self.problem.chunk_floats // floats)
            for start in range(0, len(group), size):
                rows = group[start : start + size]
                yield keep[rows], self._values(tokens[rows])

    @torch.no_grad()
    def _values(self, tokens: Array) -> Array:
        """[m, N] with equally many tokens kept in each row -> [m, steps]."""
        kept = torch.as_tensor(tokens, device=self._tokens.device)
        s, memory = self._source_length, None
        if s:
            source = self._text(self._tokens[:s], kept[:, :s], is_source=True)
            same = bool((kept[:, :s] == kept[:1, :s]).all())
            memory = self.network.encode(source[:1] if same else source).expand(len(kept), -1, -1)
        hidden = self.network.decode(self._text(self._tokens[s:], kept[:, s:], is_source=False), memory)
        steps = torch.tensor(self.steps, device=kept.device).repeat(len(kept))
        rows = hidden[:, -len(self.steps) :].flatten(0, 1)  # [m * steps, D]
        values = head_values(self.network, rows, self.problem.objective.at(steps), self.problem.tick)
        return values.double().view(len(kept), -1).cpu().numpy()

    def _text(self, embeddings: Tensor, kept: Tensor, *, is_source: bool) -> Tensor:
        """Embeddings [N, D] and masks [m, N] -> the embeddings of the texts without what is not kept."""
        if self.replace == "neutral":
            return torch.where(kept[..., None], embeddings, self._neutral_embedding(is_source))
        left = embeddings.expand(len(kept), -1, -1)[kept].view(len(kept), -1, embeddings.shape[-1])
        if left.shape[1] > (0 if is_source else len(self.steps) - 1):
            return left
        return torch.cat([self._beginning(is_source).expand(len(kept), 1, -1), left], 1)

    def _neutral_embedding(self, is_source: bool) -> Tensor:
        """[D]: the mean of the embedding matrix."""
        if is_source not in self._neutral:
            part = self.network.encoder if is_source else self.network.decoder
            every = torch.arange(len(part.get_input_embeddings().weight), device=self._tokens.device)
            embed = self.network.embed_source if is_source else self.network.embed_prefix
            total = torch.stack([embed(some).double().sum(0) for some in every.split(8192)]).sum(0)
            self._neutral[is_source] = (total / len(every)).to(self._tokens.dtype)
        return self._neutral[is_source]

    def _beginning(self, is_source: bool) -> Tensor:
        """[D]: what stands for a text without words."""
        beginnings = [getattr(self.network.config, name, None) for name in ("bos_token_id", "eos_token_id")]
        first = next((i for i in beginnings if i is not None), None)
        known = len(self.network.decoder.get_input_embeddings().weight)
        if is_source or not isinstance(first, int) or not 0 <= first < known:
            return self._neutral_embedding(is_source)
        return self.network.embed_prefix(self.network.ids([first]))[0]
