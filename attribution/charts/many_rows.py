"""What a figure of many sentences is of: its rows by model and method, their panels and their scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from attribution.charts import phrases
from attribution.charts.libraries import pd
from attribution.charts.many_wording import ONE, is_known, labelled, method_name, model_of
from attribution.charts.views import ManyView
from attribution.types import AttributionError, ManyMean, ManyModel, ManyResult

COLUMNS = ("group", "measure", "value", "low", "high", "random", "sentences")
"""Of a mean, in a table."""


def groups(result: ManyResult) -> list[str]:
    """The groups in the order of a heatmap's rows, all sentences first."""
    return list(result.groups)


def cells(result: ManyResult, view: ManyView) -> list[tuple[str, str]]:
    """(model, method) of each column of a heatmap."""
    models = [m.id for m in result.models if not view.model or m.id == view.model]
    if result.measure(view.measure).of_model:
        return [(model, result.methods[0]) for model in models]
    return [(model, method) for model in models for method in result.methods]


@dataclass(frozen=True)
class Row:
    """A row of a panel: its label and what it shows."""

    label: str
    model: str
    method: str
    mean: ManyMean

    @property
    def reach(self) -> list[float]:
        """The numbers that its interval and its random reference need room for."""
        return [v for v in (self.mean.value, self.mean.low, self.mean.high, self.mean.random) if is_known(v)]

    def name(self, result: ManyResult) -> str:
        """Of the model and the method, for a screen reader."""
        return f"{model_of(result, self.model).name}, {method_name(self.method)}"


@dataclass(frozen=True)
class Panel:
    """Rows under one heading."""

    title: str
    rows: list[Row]


def lines_of(
    result: ManyResult, view: ManyView
) -> list[tuple[str | None, list[tuple[tuple[str, str], ManyMean]]]]:
    """Each method with the means of its models, smallest first; one line where methods do not matter."""
    of = result.by_name()
    group = view.group or result.groups[0]
    methods: Sequence[str | None] = result.methods
    if result.measure(view.measure).of_model:
        methods = [None]
    found = []
    for method in methods:
        pairs = [(m.id, method or result.methods[0]) for m in in_order(result, view)]
        known = [
            (pair, of[view.measure, *pair, group]) for pair in pairs if (view.measure, *pair, group) in of
        ]
        if known:
            found.append((method, known))
    return found


def panels_of(result: ManyResult, view: ManyView) -> list[Panel]:
    """A panel a model with a row a method, the best first; one of models where methods do not matter."""
    lines = lines_of(result, view)
    if result.measure(view.measure).of_model:
        rows = [Row(labelled(result, model), model, m, mean) for _, of in lines for (model, m), mean in of]
        return [Panel("", rows)] if rows else []
    better = -1 if not result.measure(view.measure).less_is_better else 1
    panels = []
    for model in in_order(result, view):
        rows = [
            Row(method_name(method or ""), model.id, method or "", mean)
            for method, of in lines
            for (name, _), mean in of
            if name == model.id
        ]
        if rows:
            rows.sort(key=lambda row: better * row.mean.value)
            panels.append(Panel(labelled(result, model.id), rows))
    return panels


def in_order(result: ManyResult, view: ManyView) -> list[ManyModel]:
    """The models of a view, the smallest first."""
    chosen = [m for m in result.models if not view.model or m.id == view.model]
    return sorted(chosen, key=lambda m: m.parameters)


def check(rows: Sequence[Row]) -> None:
    """Refuses a figure of nothing.

    Raises:
        AttributionError: there is no row.
    """
    if not rows:
        raise AttributionError(phrases.MANY_NOTHING)


def span_of(view: ManyView, values: Sequence[float]) -> tuple[float, float]:
    """From the lowest to the highest with 0, and all of [0, 1] where a measure lies in it."""
    if view.measure in ONE:
        return 0.0, 1.0
    low, high = min(0.0, *values), max(0.0, *values)
    margin = 0.05 * ((high - low) or 1.0)
    return low - margin * (low < 0), high + margin


def table_of(result: ManyResult, rows: Sequence[Row]) -> pd.DataFrame:
    """The numbers behind a figure."""
    heads = phrases.MANY_HEADS
    records = [
        {
            heads["model"]: model_of(result, row.model).name,
            heads["parameters"]: model_of(result, row.model).parameters,
            heads["method"]: row.method,
            **{heads[name]: getattr(row.mean, name) for name in COLUMNS},
            **dict(zip(("q5", "q25", "q50", "q75", "q95"), row.mean.quantiles, strict=False)),
        }
        for row in rows
    ]
    return pd.DataFrame(records)
