"""What a page shows of results: means by group with their intervals, few enough for a figure and a report."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from attribution.language import Said
from attribution.many.results import Results
from attribution.many.summary import ALL, MEASURES, summary
from attribution.types import MOST_MEANS, ManyMean, ManyMeasure, ManyModel, ManyResult

MOST_GROUPS = 40
"""Groups that are told one by one, those with most sentences."""
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
LESS_IS_BETTER = ("aer",)
NO_SPREAD = ("right",)
"""Measures that are 0 or 1, of which quantiles tell nothing."""


def found(results: Results, expected: int) -> ManyResult:
    """The results so far; `expected` records are asked for."""
    frame = results.frame.assign(group=results.frame["group"].map(group_name))
    counts = frame["group"].value_counts()
    models, methods = list(results.models), list(dict.fromkeys(frame["method"]))
    room = MOST_MEANS // max(1, len(models) * len(methods) * len(MEASURES)) - 1
    told = list(counts.index[: max(0, min(MOST_GROUPS, room))]) if len(counts) > 1 else []
    table = summary(frame[frame["group"].isin(told)]) if told else summary(frame[:0])
    table = pd.concat([_of_all(frame), table[table["group"] != ALL]])
    spread = _spread(frame, told)
    means = tuple(
        ManyMean(
            model=str(row["model"]),
            method=str(row["method"]),
            group=str(row["group"]),
            measure=str(row["measure"]),
            value=float(row["value"]),
            low=float(row["low"]),
            high=float(row["high"]),
            random=float(row["random"]),
            sentences=int(row["sentences"]),
            quantiles=spread.get((row["model"], row["method"], row["group"], row["measure"]), ()),
        )
        for row in table.to_dict("records")
    )
    measured = {mean.measure for mean in means}
    m = results.manifest["set"]
    return ManyResult(
        name=str(m["name"]),
        kind=str(m["kind"]),
        digest=str(m["digest"]),
        sentences=int(m["rows"]),
        models=tuple(
            ManyModel(id_, str(info["name"]), int(info["parameters"]), str(info["revision"] or ""))
            for id_, info in results.models.items()
        ),
        methods=tuple(methods),
        measures=tuple(measure_of(name) for name in MEASURES if name in measured),
        groups=(ALL, *told),
        means=means,
        done=len(frame),
        expected=max(expected, len(frame)),
        caption=results.caption,
        errors=int((frame["error"] != "").sum()),
        more_groups=len(counts) - len(told) if len(counts) > 1 else 0,
    )


def _of_all(frame: pd.DataFrame) -> pd.DataFrame:
    """The summary of all sentences together, whatever their groups."""
    return summary(frame.assign(group=""))


def measure_of(name: str) -> ManyMeasure:
    """What a result says of a measure, by its name in a summary."""
    of = MEASURES[name]
    return ManyMeasure(
        of.id, Said(of.name), Said(of.meaning), of.of_model, of.median, of.id in LESS_IS_BETTER
    )


def group_name(group: object) -> str:
    """A group as it is shown: not without a name, nor with that of all sentences together."""
    name = group if isinstance(group, str) and group else "(no group)"
    return f"{name} (group)" if name == ALL else name


def _spread(frame: pd.DataFrame, groups: Sequence[str]) -> dict[tuple[str, str, str, str], tuple[float, ...]]:
    """Quantiles of the sentences by model, method, group and measure."""
    quantiles = {}
    measures = [name for name in MEASURES if name not in NO_SPREAD]
    parts = [((*key, ALL), part) for key, part in frame.groupby(["model", "method"])]
    some = frame[frame["group"].isin(groups)]
    parts += list(some.groupby(["model", "method", "group"]))
    for (model, method, group), part in parts:
        for measure in measures:
            values = part[measure].to_numpy(dtype=np.float64)
            values = values[np.isfinite(values)]
            if len(values):
                at = tuple(float(v) for v in np.quantile(values, QUANTILES))
                quantiles[str(model), str(method), str(group), measure] = at
    return quantiles
