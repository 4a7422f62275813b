"""Which step of one translation is compared with which step of another of a different length."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def align(target: Sequence[int], contrast: Sequence[int]) -> tuple[int, ...]:
    """For each target token the index of the contrast token it is compared with.

    Equal tokens are paired along a longest common subsequence. Tokens between two such pairs are paired in
    order; where the contrast has fewer there, the last of them (or, with none, the one before) is used again.
    Both must have at least one token.

    >>> align([1, 2, 3, 9], [1, 7, 8, 3, 9])
    (0, 1, 3, 4)
    """
    matches = [(-1, -1), *_longest_common_subsequence(target, contrast), (len(target), len(contrast))]
    aligned: list[int] = []
    for (t0, c0), (t1, c1) in pairwise(matches):
        for step in range(t0 + 1, t1):
            aligned.append(max(0, min(c0 + step - t0, c1 - 1)))
        if t1 < len(target):
            aligned.append(c1)
    return tuple(aligned)


def _longest_common_subsequence(a: Sequence[int], b: Sequence[int]) -> list[tuple[int, int]]:
    """Index pairs of equal tokens, ascending in both."""
    length = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in reversed(range(len(a))):
        for j in reversed(range(len(b))):
            same = a[i] == b[j]
            length[i][j] = length[i + 1][j + 1] + 1 if same else max(length[i + 1][j], length[i][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(a) and j < len(b):
        if a[i] == b[j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif length[i + 1][j] >= length[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs
