"""What a set says: means by method, group and model, each with an interval and its random reference."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from attribution.language import N_
from attribution.types import Array

ALL = "all"
"""The group of all sentences."""
DRAWS = 1000
MOST_DRAWN = 5000
"""Sentences beyond which the normal distribution that resampling comes to gives the interval."""


@dataclass(frozen=True)
class Measure:
    """One column of results that a summary averages."""

    id: str
    name: str
    meaning: str
    random: str = ""
    """The column with its random reference."""
    weight: str = ""
    """The column that says how much a sentence counts; empty: all alike."""
    of_model: bool = False
    """Whether it is the model's alone, the same for every method."""
    median: bool = False
    """Whether a summary tells the median, not the mean."""
    share: bool = False
    """Whether each sentence has 0 or 1."""
    least: float | None = None
    """What a random order has, where that is one number."""


MEASURES = {
    measure.id: measure
    for measure in (
        Measure(
            "right",
            N_("accuracy"),
            N_("the share of sentences in which the target is likelier than the foil"),
            of_model=True,
            share=True,
        ),
        Measure(
            "difference",
            N_("difference"),
            N_("target minus foil, in logits; of translations and questions in log-probability"),
            of_model=True,
        ),
        Measure(
            "found",
            N_("found"),
            N_("the mean of 1 / rank of the best ranked evidence word (MRR)"),
            "found_random",
        ),
        Measure(
            "carried",
            N_("carried"),
            N_(
                "the part of the number explained that the words carry; the median, for a part of a number "
                "near 0 has no mean"
            ),
            median=True,
        ),
        Measure(
            "gap",
            N_("gap"),
            N_("how much more is lost when the highest words go first than when they go last, in logits"),
            least=0.0,
        ),
        Measure(
            "lds",
            N_("LDS"),
            N_("the rank correlation of summed values with what random subsets of words give"),
            "lds_random",
        ),
        Measure(
            "aer",
            N_("alignment error"),
            N_("the alignment error rate; less is better"),
            "aer_random",
            "aer_links",
        ),
    )
}
"""By id, in the order in which tables list them."""


def summary(frame: pd.DataFrame, *, draws: int = DRAWS, seed: int = 0) -> pd.DataFrame:
    """Means of `Results.frame`: a row a model, method, group and measure that has numbers.

    Returns:
        Columns model, parameters, method, group (`ALL` and, where there are groups, each of them), measure,
        value (the mean, of `carried` the median), low and high (its 95 % interval over sentences,
        by bootstrap; see `share_interval` and `median_interval`),
        median, random (mean of the random reference; NaN where there is none), sentences (with a number),
        errors (sentences without any).
    """
    rows = []
    keys = ["model", "parameters", "method"]
    for key, of_method in frame.groupby(keys, sort=False, dropna=False):
        groups: list[tuple[Hashable, pd.DataFrame]] = [(ALL, of_method)]
        if of_method["group"].nunique() > 1:
            groups += list(of_method.groupby("group"))
        for group, part in groups:
            errors = int((part["error"] != "").sum())
            for measure in MEASURES.values():
                found = _mean(part, measure, draws, seed)
                if found is not None:
                    rows.append((*key, str(group), measure.id, *found, errors))
    columns = (*keys, "group", "measure", "value", "low", "high", "median", "random", "sentences", "errors")
    return pd.DataFrame(rows, columns=list(columns))


def _mean(part: pd.DataFrame, measure: Measure, draws: int, seed: int) -> tuple[float, ...] | None:
    """value, low, high, median, random, sentences."""
    known = part[part[measure.id].notna()]
    if known.empty:
        return None
    values = known[measure.id].to_numpy(dtype=np.float64)
    weights = known[measure.weight].to_numpy(dtype=np.float64) if measure.weight else np.ones(len(values))
    random = np.nan if measure.least is None else measure.least
    if measure.random:
        random = _weighted(known[measure.random].to_numpy(dtype=np.float64), weights)
    middle = float(np.median(values))
    if measure.median:
        return middle, *median_interval(values), middle, random, len(values)
    if measure.share:
        low, high = share_interval(values)
    else:
        low, high = interval(values, weights, draws=draws, seed=seed)
    return _weighted(values, weights), low, high, middle, random, len(values)


def interval(values: Array, weights: Array, *, draws: int = DRAWS, seed: int = 0) -> tuple[float, float]:
    """The 95 % bootstrap interval of the weighted mean of values [n], sentences drawn with replacement."""
    n, generator = len(values), np.random.default_rng(seed)
    if n > MOST_DRAWN:
        mean = _weighted(values, weights)
        spread = 1.96 * float(np.sqrt(((weights * (values - mean)) ** 2).sum()) / weights.sum())
        return mean - spread, mean + spread
    drawn = generator.integers(0, n, (draws, n))
    total = weights[drawn].sum(1)
    means = (values * weights)[drawn].sum(1) / np.where(total > 0, total, np.nan)
    low, high = np.nanquantile(means, [0.025, 0.975])
    return float(low), float(high)


def share_interval(values: Array) -> tuple[float, float]:
    """The 95 % interval (Wilson 1927) of a share, values [n] of 0 and 1: two of two prove little."""
    n, share, z = len(values), float(values.mean()), 1.96
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * (share * (1 - share) / n + z**2 / (4 * n**2)) ** 0.5
    return max(0.0, middle - reach), min(1.0, middle + reach)


def median_interval(values: Array) -> tuple[float, float]:
    """The 95 % interval of the median of values [n], from the ranks between which it lies."""
    n = len(values)
    reach = 1.96 * n**0.5 / 2
    low, high = max(0, int(np.floor(n / 2 - reach))), min(n - 1, int(np.ceil(n / 2 + reach)))
    ordered = np.sort(values)
    return float(ordered[low]), float(ordered[high])


def _weighted(values: Array, weights: Array) -> float:
    known = ~np.isnan(values)
    total = float(weights[known].sum())
    return float((values * weights)[known].sum() / total) if total else float("nan")


def table(found: pd.DataFrame, measures: Sequence[str] = (), group: str = ALL) -> str:
    """A summary as a Markdown table, a line a model and method: mean [interval] (random)."""
    part = found[found["group"] == group]
    chosen = [m for m in measures or MEASURES if m in set(part["measure"])]
    lines = [
        "| model | method | sentences | " + " | ".join(MEASURES[m].name for m in chosen) + " |",
        "|---|---|--:|" + "---|" * len(chosen),
    ]
    for (model, method), rows in part.groupby(["model", "method"], sort=False):
        by_measure = rows.set_index("measure")
        cells = [_cell(by_measure, m) for m in chosen]
        lines.append(f"| {model} | {method} | {int(rows['sentences'].max())} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(by_measure: pd.DataFrame, measure: str) -> str:
    if measure not in by_measure.index:
        return "–"
    row = by_measure.loc[measure]
    beside: str = "" if pd.isna(row["random"]) else f" ({row['random']:.2f})"
    return f"{row['value']:.2f} [{row['low']:.2f}, {row['high']:.2f}]{beside}"
