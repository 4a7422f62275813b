"""The figures of the page Many sentences: one function a figure, from a ManyResult and a ManyView."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from attribution.charts import phrases
from attribution.charts.bars import row_axis
from attribution.charts.compose import Records, Spec, constant, heading, in_column, in_row, layers
from attribution.charts.figure import PAGE_WIDTH, Figure, finish, row_height, text_width, widest
from attribution.charts.heatmap import Frame, Grid, colour_legend, heatmap
from attribution.charts.libraries import alt, pd
from attribution.charts.palette import Theme, amount_scale, largest, palette, signed_scale
from attribution.charts.views import ManyView
from attribution.charts.wording import clean, number, percent0, shortened, size_words, text
from attribution.methods.catalogue import METHODS
from attribution.types import AttributionError, ManyMean, ManyModel, ManyResult

PERCENT = ("right", "carried")
"""Measures that are told in percent."""
ONE = ("right", "found", "aer")
"""Measures that lie in [0, 1], whose axis always shows all of it."""
ROW = 26
PANELS = 3
"""Side by side."""
NUMBERS = 112
"""Pixels of the numbers beside the points."""


def by_method(
    result: ManyResult, view: ManyView, *, theme: Theme = "light", width: int = PAGE_WIDTH
) -> Figure:
    """A measure by method and model: points with their intervals, and what random orders have."""
    return _figure(
        result,
        view,
        theme,
        width,
        _points,
        name="many-sentences",
        how=text(phrases.MANY_INTERVAL, statistic=_statistic(result, view))
        + (phrases.MANY_RANDOM if _has_random(result, view) else ""),
    )


def distribution(
    result: ManyResult, view: ManyView, *, theme: Theme = "light", width: int = PAGE_WIDTH
) -> Figure:
    """How the sentences spread: quantiles by method and model."""
    return _figure(
        result, view, theme, width, _spreads, name="many-sentences-spread", how=phrases.MANY_SPREAD
    )


def by_group(
    result: ManyResult, view: ManyView, *, theme: Theme = "light", width: int = PAGE_WIDTH
) -> Figure:
    """Rows: the groups; columns: the methods of a model, or the models.

    A click on a cell is the selection "cell" with its `row` and `column`.
    """
    columns, rows = cells(result, view), groups(result)
    of = result.by_name()
    values = np.array(
        [[_value(of.get((view.measure, *pair, group))) for pair in columns] for group in rows]
    ).reshape(len(rows), len(columns))
    if not np.isfinite(values).any():
        raise AttributionError(phrases.MANY_NOTHING)
    labels = [_column(result, view, *pair) for pair in columns]
    by = phrases.MANY_MODEL if result.measure(view.measure).of_model else phrases.MANY_METHODS
    names = [phrases.MANY_ALL, *(clean(group) for group in rows[1:])]
    grid = Grid(values, names, labels, phrases.MANY_GROUPS, by, _axis(view))
    limit = 1.0 if view.measure in ONE else largest(values)
    low = float(np.nanmin(values))
    scale = (signed_scale if low < 0 else amount_scale)(limit, theme)
    frame = Frame.of(grid, width)
    body = heatmap(
        grid, scale, theme, frame, legend=colour_legend(grid.value_name, scale), row_labels_bold=[0]
    )
    cell = body["layer"][0]  # on top of the numbers: a click on one of these is one on its cell
    places = {name: cell["encoding"][name] for name in ("x", "y", "tooltip")}
    mark = {"type": "rect", "fillOpacity": 0, "strokeOpacity": 0, "cursor": "pointer"}
    body["layer"].append({"name": "cells", "mark": mark, "encoding": places})
    table = pd.DataFrame(values, columns=labels)
    table.insert(0, "group", names)
    return finish(
        body,
        name="many-sentences-by-group",
        title=_title(result, view, phrases.MANY_GROUPS),
        caption=_caption(result, view, text(phrases.MANY_CELLS, statistic=_statistic(result, view))),
        table=table,
        alt_text=_spoken(view, [(n, float(v)) for n, row in zip(names, values, strict=True) for v in row]),
        theme=theme,
        width=max(width, frame.total_width(len(columns))),
        params=[
            {
                "name": "cell",
                "select": {"type": "point", "fields": ["row", "column"]},
                "views": ["cells"],
            }
        ],
    )


def by_size(result: ManyResult, view: ManyView, *, theme: Theme = "light", width: int = PAGE_WIDTH) -> Figure:
    """A measure against the number of parameters on one logarithmic axis, a panel a method."""
    lines = [
        _Panel("" if method is None else method_name(method), [_Row("", *pair, mean) for pair, mean in pairs])
        for method, pairs in _by_method(result, view)
    ]
    every = [row for line in lines for row in line.rows]
    _check(every)
    a_row = min(len(lines), PANELS)
    room, span = width / a_row - 78, _span(view, [v for row in every for v in row.reach])
    panels = []
    for k, line in enumerate(lines):
        title = {"title": heading(line.title, palette(theme).text, frame="group")} if line.title else {}
        panels.append(_by_size(result, view, line.rows, theme, room, span, axis=k % a_row == 0) | title)
    rows = [in_row(*panels[k : k + a_row], spacing=16) for k in range(0, len(panels), a_row)]
    how = text(phrases.MANY_INTERVAL, statistic=_statistic(result, view))
    how += phrases.MANY_RANDOM if _has_random(result, view) else ""
    return finish(
        in_row(in_column(*rows, spacing=16)),
        name="many-sentences-by-size",
        title=_title(result, view, phrases.MANY_SIZE),
        caption=_caption(result, view, how),
        table=_table(result, every),
        alt_text=_spoken(view, [(row.name(result), row.mean.value) for row in every]),
        theme=theme,
        width=width,
    )


# ------------------------------------------------------------------------------------- what a figure is of


@dataclass(frozen=True)
class _Row:
    """A row of a panel: its label and what it shows."""

    label: str
    model: str
    method: str
    mean: ManyMean

    @property
    def reach(self) -> list[float]:
        """The numbers that its interval and its random reference need room for."""
        return [v for v in (self.mean.value, self.mean.low, self.mean.high, self.mean.random) if _known(v)]

    def name(self, result: ManyResult) -> str:
        """Of the model and the method, for a screen reader."""
        return f"{_model(result, self.model).name}, {method_name(self.method)}"


@dataclass(frozen=True)
class _Panel:
    """Rows under one heading."""

    title: str
    rows: list[_Row]


def groups(result: ManyResult) -> list[str]:
    """The groups in the order of a heatmap's rows, all sentences first."""
    return list(result.groups)


def cells(result: ManyResult, view: ManyView) -> list[tuple[str, str]]:
    """(model, method) of each column of a heatmap."""
    models = [m.id for m in result.models if not view.model or m.id == view.model]
    if result.measure(view.measure).of_model:
        return [(model, result.methods[0]) for model in models]
    return [(model, method) for model in models for method in result.methods]


def _by_method(
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
        pairs = [(m.id, method or result.methods[0]) for m in _in_order(result, view)]
        known = [
            (pair, of[view.measure, *pair, group]) for pair in pairs if (view.measure, *pair, group) in of
        ]
        if known:
            found.append((method, known))
    return found


def _panels_of(result: ManyResult, view: ManyView) -> list[_Panel]:
    """A panel a model with a row a method, the best first; one of models where methods do not matter."""
    lines = _by_method(result, view)
    if result.measure(view.measure).of_model:
        rows = [_Row(_labelled(result, model), model, m, mean) for _, of in lines for (model, m), mean in of]
        return [_Panel("", rows)] if rows else []
    better = -1 if not result.measure(view.measure).less_is_better else 1
    panels = []
    for model in _in_order(result, view):
        rows = [
            _Row(method_name(method or ""), model.id, method or "", mean)
            for method, of in lines
            for (name, _), mean in of
            if name == model.id
        ]
        if rows:
            rows.sort(key=lambda row: better * row.mean.value)
            panels.append(_Panel(_labelled(result, model.id), rows))
    return panels


def _in_order(result: ManyResult, view: ManyView) -> list[ManyModel]:
    """The models of a view, the smallest first."""
    chosen = [m for m in result.models if not view.model or m.id == view.model]
    return sorted(chosen, key=lambda m: m.parameters)


def _figure(
    result: ManyResult,
    view: ManyView,
    theme: Theme,
    width: int,
    marks: Callable[..., list[alt.Chart]],
    *,
    name: str,
    how: str,
) -> Figure:
    """Panels of rows, all on one scale."""
    panels = _panels_of(result, view)
    every = [row for panel in panels for row in panel.rows]
    _check(every)
    spread = marks is _spreads
    reach = [v for row in every for v in (row.mean.quantiles if spread else row.reach) if _known(v)]
    if not reach:
        raise AttributionError(phrases.MANY_NOTHING)
    span = _span(view, reach)
    a_row = min(len(panels), PANELS)
    left = min(widest([row.label for row in every]) + 14, width * 0.4)
    room = max((width - 24) / a_row - left - (0 if spread else NUMBERS) - 24, 130)
    drawn = []
    for panel in panels:
        body = _rows(panel, view, theme, room, left, span, marks)
        title = {"title": heading(panel.title, palette(theme).text, frame="group")} if panel.title else {}
        drawn.append(body | title)
    rows = [in_row(*drawn[k : k + a_row], spacing=18) for k in range(0, len(drawn), a_row)]
    of_model = result.measure(view.measure).of_model
    return finish(
        in_row(in_column(*rows, spacing=16)),
        name=name,
        title=_title(result, view, phrases.MANY_MODEL if of_model else phrases.MANY_METHODS),
        caption=_caption(result, view, how),
        table=_table(result, every),
        alt_text=_spoken(view, [(row.name(result), row.mean.value) for row in every]),
        theme=theme,
        width=width,
    )


def _check(rows: Sequence[_Row]) -> None:
    if not rows:
        raise AttributionError(phrases.MANY_NOTHING)


def _span(view: ManyView, values: Sequence[float]) -> tuple[float, float]:
    """From the lowest to the highest with 0, and all of [0, 1] where a measure lies in it."""
    if view.measure in ONE:
        return 0.0, 1.0
    low, high = min(0.0, *values), max(0.0, *values)
    margin = 0.05 * ((high - low) or 1.0)
    return low - margin * (low < 0), high + margin


# ------------------------------------------------------------------------------------------------ drawing


def _rows(
    panel: _Panel,
    view: ManyView,
    theme: Theme,
    room: float,
    left: float,
    span: tuple[float, float],
    marks: Callable[..., list[alt.Chart]],
) -> Spec:
    """One panel: its rows on the scale of all, with a line at 0."""
    records: Records = []
    for p, row in enumerate(panel.rows):
        mean = row.mean
        record: dict[str, Any] = {
            "position": p,
            "label": row.label,
            "value": mean.value,
            "sentences": mean.sentences,
            "text": f"{said_value(view.measure, mean.value)} {said_interval(view.measure, mean)}",
        }
        for name in ("low", "high", "random"):
            value = getattr(mean, name)
            record |= {name: value} if _known(value) else {}
        record |= {f"q{k}": q for k, q in enumerate(mean.quantiles)}
        records.append(record)
    labels = [shortened(row.label) for row in panel.rows]
    axis = alt.Axis(
        format=".0%" if view.measure in PERCENT else "~g", tickCount=max(2, min(6, int(room / 60)))
    )
    scale = alt.Scale(domain=list(span), nice=False, zero=False)
    base = alt.Chart().encode(y=row_axis(labels, left))

    def at(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, title=_axis(view), axis=axis)

    zero = constant(value=0.0).mark_rule(color=palette(theme).muted, strokeWidth=0.8).encode(x=at("value"))
    height = max(ROW, row_height(len(labels))) * len(labels)
    return layers(records, [zero, *marks(base, at, theme, room)], width=room, height=height)


def _points(base: alt.Chart, at: Callable[[str], alt.X], theme: Theme, room: float) -> list[alt.Chart]:
    """Random reference, interval, point, and the numbers at the right."""
    colours = palette(theme)
    tooltip = [
        alt.Tooltip("label:N", title=" "),
        alt.Tooltip("value:Q", format=".4g"),
        alt.Tooltip("low:Q", title="from", format=".4g"),
        alt.Tooltip("high:Q", title="to", format=".4g"),
        alt.Tooltip("random:Q", title="random orders", format=".4g"),
        alt.Tooltip("sentences:Q", format=","),
    ]
    blue = colours.solid["target"]
    return [
        base.transform_filter("isValid(datum.random)")
        .mark_tick(color=colours.muted, thickness=2, size=18, strokeDash=[3, 2])
        .encode(x=at("random")),
        base.mark_rule(color=blue, strokeWidth=3, opacity=0.5).encode(x=at("low"), x2="high:Q"),
        base.mark_point(filled=True, size=80, color=blue, opacity=1).encode(x=at("value"), tooltip=tooltip),
        base.mark_text(align="left", fontSize=12, color=colours.text).encode(
            x=alt.value(room + 8), text=alt.Text("text:N")
        ),
    ]


def _spreads(base: alt.Chart, at: Callable[[str], alt.X], theme: Theme, room: float) -> list[alt.Chart]:
    """From 5 to 95 %, the middle half, and the median."""
    colours, known = palette(theme), base.transform_filter("isValid(datum.q0)")
    tooltip = [
        alt.Tooltip("label:N", title=" "),
        *(
            alt.Tooltip(f"q{k}:Q", title=f"{percent} % of the sentences below", format=".4g")
            for k, percent in enumerate((5, 25, 50, 75, 95))
        ),
        alt.Tooltip("sentences:Q", format=","),
    ]
    blue = colours.solid["target"]
    return [
        known.mark_rule(color=blue, strokeWidth=1.5).encode(x=at("q0"), x2="q4:Q"),
        known.mark_bar(size=12, color=blue, opacity=0.55).encode(x=at("q1"), x2="q3:Q", tooltip=tooltip),
        known.mark_tick(color=colours.text, thickness=2.5, size=18).encode(x=at("q2")),
    ]


def _by_size(
    result: ManyResult,
    view: ManyView,
    rows: Sequence[_Row],
    theme: Theme,
    room: float,
    span: tuple[float, float],
    *,
    axis: bool,
) -> Spec:
    """One line over the sizes of the models."""
    colours = palette(theme)
    sizes = [max(1, _model(result, row.model).parameters) for row in rows]
    records: Records = [
        {
            "parameters": size,
            "model": clean(_model(result, row.model).name),
            "value": row.mean.value,
            "low": row.mean.low,
            "high": row.mean.high,
            **({"random": row.mean.random} if _known(row.mean.random) else {}),
            "text": said_value(view.measure, row.mean.value),
        }
        for size, row in zip(sizes, rows, strict=True)
    ]
    low, high = math.log10(min(sizes)), math.log10(max(sizes))
    pad = max((high - low) * 0.12, 0.3)
    names = {
        s: [shortened(_model(result, r.model).name, 22), size_words(s)]
        for s, r in zip(sizes, rows, strict=True)
    }
    labels = " : ".join(f"datum.value == {s} ? {json.dumps(t)}" for s, t in names.items()) + " : ''"
    crowded = max(text_width(n[0], 12) for n in names.values()) * len(names) > room
    x = alt.X(
        "parameters:Q",
        scale=alt.Scale(type="log", domain=[10 ** (low - pad), 10 ** (high + pad)], nice=False),
        title=phrases.SURE_AXIS,
        axis=alt.Axis(
            values=list(names),
            labelExpr=labels,
            labelAngle=-30 if crowded else 0,
            labelAlign="right" if crowded else "center",
            labelOverlap=False,
            grid=False,
            labelFontSize=12,
        ),
    )
    scale = alt.Scale(domain=list(span), nice=False, zero=False)
    ticks = alt.Axis(format=".0%" if view.measure in PERCENT else "~g", tickCount=5)

    def at(field: str) -> alt.Y:
        title = _axis(view) if axis else None
        return alt.Y(f"{field}:Q", scale=scale, title=title, axis=ticks)

    base, blue = alt.Chart().encode(x=x), colours.solid["target"]
    tooltip = [
        alt.Tooltip("model:N"),
        alt.Tooltip("parameters:Q", format=","),
        alt.Tooltip("value:Q", format=".4g"),
        alt.Tooltip("low:Q", title="from", format=".4g"),
        alt.Tooltip("high:Q", title="to", format=".4g"),
    ]
    known = base.transform_filter("isValid(datum.random)")
    charts = [
        known.mark_line(color=colours.muted, strokeDash=[4, 3], strokeWidth=1.5).encode(y=at("random")),
        base.mark_line(color=blue, strokeWidth=2).encode(y=at("value")),
        base.mark_rule(color=blue, strokeWidth=3, opacity=0.5).encode(y=at("low"), y2="high:Q"),
        base.mark_point(filled=True, size=75, color=blue, opacity=1).encode(y=at("value"), tooltip=tooltip),
        base.mark_text(align="left", dx=9, fontSize=12, color=colours.text).encode(
            y=at("value"), text=alt.Text("text:N")
        ),
    ]
    if len(rows) == 1:
        charts[0] = known.mark_tick(color=colours.muted, size=40, orient="horizontal").encode(y=at("random"))
    return layers(records, charts, width=room, height=200)


# ------------------------------------------------------------------------------------------------- wording


def said_value(measure: str, value: float) -> str:
    """A value as people read it."""
    if measure == "right":
        return percent0(value)
    if measure == "carried" and _known(value):
        return f"{value * 100:.0f} %".replace("-", "−")
    return number(value)


def said_interval(measure: str, mean: ManyMean) -> str:
    """Its interval in brackets."""
    if measure in PERCENT:
        return f"[{100 * mean.low:.0f}, {100 * mean.high:.0f}]".replace("-", "−")
    return f"[{number(mean.low)}, {number(mean.high)}]"


def _known(value: float) -> bool:
    return math.isfinite(value)


def _value(mean: ManyMean | None) -> float:
    return mean.value if mean is not None else math.nan


def method_name(method: str) -> str:
    """A method's name; its id where another version has one that is not known here."""
    return METHODS[method].title if method in METHODS else clean(method)


def _model(result: ManyResult, model: str) -> ManyModel:
    return next(m for m in result.models if m.id == model)


def _labelled(result: ManyResult, model: str) -> str:
    found = _model(result, model)
    return f"{shortened(found.name, 28)} ({size_words(found.parameters)})"


def _column(result: ManyResult, view: ManyView, model: str, method: str) -> str:
    """A column of the heatmap: what its columns differ in."""
    if result.measure(view.measure).of_model:
        return _labelled(result, model)
    several = not view.model and len(result.models) > 1
    return (
        f"{shortened(_model(result, model).name, 16)}: {method_name(method)}"
        if several
        else method_name(method)
    )


def _has_random(result: ManyResult, view: ManyView) -> bool:
    return any(m.measure == view.measure and _known(m.random) for m in result.means)


def _statistic(result: ManyResult, view: ManyView) -> str:
    return phrases.MANY_STATISTIC[result.measure(view.measure).median]


def _title(result: ManyResult, view: ManyView, by: str) -> str:
    name = result.measure(view.measure).name
    question = phrases.MANY_NAMES.get(view.measure, f"{clean(name)}.")
    return text(phrases.MANY_TITLE, question=question, by=by)


def _axis(view: ManyView) -> str:
    return phrases.MANY_AXES.get(view.measure, view.measure)


def _caption(result: ManyResult, view: ManyView, how: str) -> str:
    """How it is to be read, what it is of, and what makes it reproducible."""
    part = ""
    if result.done < result.expected:
        part = text(phrases.MANY_PART, done=f"{result.done:,}", expected=f"{result.expected:,}")
    group = text(phrases.MANY_OF_GROUP, group=clean(view.group)) if view.group else ""
    return f"{how}{group}{part}\n{clean(result.caption)}"


def _spoken(view: ManyView, values: Sequence[tuple[str, float]]) -> str:
    known = [(name, v) for name, v in values if _known(v)]
    shown = "; ".join(f"{name} {said_value(view.measure, v)}" for name, v in known[:40])
    return text(phrases.MANY_SPOKEN, measure=_axis(view), count=str(len(known)), values=shown)


def _table(result: ManyResult, rows: Sequence[_Row]) -> pd.DataFrame:
    """The numbers behind a figure."""
    records = [
        {
            "model": _model(result, row.model).name,
            "parameters": _model(result, row.model).parameters,
            "method": row.method,
            **{k: v for k, v in vars(row.mean).items() if k not in ("model", "method", "quantiles")},
            **dict(zip(("q5", "q25", "q50", "q75", "q95"), row.mean.quantiles, strict=False)),
        }
        for row in rows
    ]
    return pd.DataFrame(records)
