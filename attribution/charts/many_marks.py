"""How many sentences are drawn: points with intervals, quantiles, and lines over the sizes of models."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from typing import Any

from attribution.charts import phrases
from attribution.charts.bars import row_axis
from attribution.charts.compose import Records, Spec, constant, layers
from attribution.charts.figure import row_height, text_width
from attribution.charts.libraries import alt
from attribution.charts.many_rows import Panel, Row
from attribution.charts.many_wording import PERCENT, axis_of, is_known, model_of, said_interval, said_value
from attribution.charts.palette import Theme, palette
from attribution.charts.views import ManyView
from attribution.charts.wording import clean, percent0, shortened, size_words, text
from attribution.types import ManyResult

ROW = 26
NUMBERS = 112
"""Pixels of the numbers beside the points."""


def rows_panel(
    panel: Panel,
    result: ManyResult,
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
            record |= {name: value} if is_known(value) else {}
        record |= {f"q{k}": q for k, q in enumerate(mean.quantiles)}
        records.append(record)
    labels = [shortened(row.label) for row in panel.rows]
    axis = alt.Axis(
        format=".0%" if view.measure in PERCENT else "~g", tickCount=max(2, min(6, int(room / 60)))
    )
    scale = alt.Scale(domain=list(span), nice=False, zero=False)
    base = alt.Chart().encode(y=row_axis(labels, left))

    def at(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, title=axis_of(result, view), axis=axis)

    zero = constant(value=0.0).mark_rule(color=palette(theme).muted, strokeWidth=0.8).encode(x=at("value"))
    height = max(ROW, row_height(len(labels))) * len(labels)
    return layers(records, [zero, *marks(base, at, theme, room)], width=room, height=height)


def _tips(*fields: str, format: str) -> list[alt.Tooltip]:
    """Lines of numbers beside the mouse, with their names."""
    return [
        alt.Tooltip(field, title=phrases.MANY_TIPS[field.split(":")[0]], format=format) for field in fields
    ]


def points(base: alt.Chart, at: Callable[[str], alt.X], theme: Theme, room: float) -> list[alt.Chart]:
    """Random reference, interval, point, and the numbers at the right."""
    colours = palette(theme)
    tooltip = [
        alt.Tooltip("label:N", title=" "),
        *_tips("value:Q", "low:Q", "high:Q", "random:Q", format=".4g"),
        *_tips("sentences:Q", format=","),
    ]
    blue = colours.solid["target"]
    return [
        base.transform_filter("isValid(datum.random)")
        .mark_point(
            shape="M0,-1V1", size=324, filled=False, stroke=colours.muted, strokeDash=[3, 2], opacity=1
        )
        .encode(x=at("random")),
        base.mark_rule(color=blue, strokeWidth=3, opacity=0.5).encode(x=at("low"), x2="high:Q"),
        base.mark_point(filled=True, size=80, color=blue, opacity=1).encode(x=at("value"), tooltip=tooltip),
        base.mark_text(align="left", fontSize=12, color=colours.text).encode(
            x=alt.value(room + 8), text=alt.Text("text:N")
        ),
    ]


def spreads(base: alt.Chart, at: Callable[[str], alt.X], theme: Theme, room: float) -> list[alt.Chart]:
    """From 5 to 95 %, the middle half, and the median."""
    colours, known = palette(theme), base.transform_filter("isValid(datum.q0)")
    tooltip = [
        alt.Tooltip("label:N", title=" "),
        *(
            alt.Tooltip(
                f"q{k}:Q", title=text(phrases.MANY_BELOW, share=percent0(percent / 100)), format=".4g"
            )
            for k, percent in enumerate((5, 25, 50, 75, 95))
        ),
        *_tips("sentences:Q", format=","),
    ]
    blue = colours.solid["target"]
    return [
        known.mark_rule(color=blue, strokeWidth=1.5).encode(x=at("q0"), x2="q4:Q"),
        known.mark_bar(size=12, color=blue, opacity=0.55).encode(x=at("q1"), x2="q3:Q", tooltip=tooltip),
        known.mark_tick(color=colours.text, thickness=2.5, size=18).encode(x=at("q2")),
    ]


def size_panel(
    result: ManyResult,
    view: ManyView,
    rows: Sequence[Row],
    theme: Theme,
    room: float,
    span: tuple[float, float],
    *,
    axis: bool,
) -> Spec:
    """One line over the sizes of the models."""
    colours = palette(theme)
    sizes = [max(1, model_of(result, row.model).parameters) for row in rows]
    records: Records = [
        {
            "parameters": size,
            "model": clean(model_of(result, row.model).name),
            "value": row.mean.value,
            "low": row.mean.low,
            "high": row.mean.high,
            **({"random": row.mean.random} if is_known(row.mean.random) else {}),
            "text": said_value(view.measure, row.mean.value),
        }
        for size, row in zip(sizes, rows, strict=True)
    ]
    low, high = math.log10(min(sizes)), math.log10(max(sizes))
    pad = max((high - low) * 0.12, 0.3)
    names = {
        s: [shortened(model_of(result, r.model).name, 22), size_words(s)]
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
        title = axis_of(result, view) if axis else None
        return alt.Y(f"{field}:Q", scale=scale, title=title, axis=ticks)

    base, blue = alt.Chart().encode(x=x), colours.solid["target"]
    tooltip = [
        alt.Tooltip("model:N", title=phrases.MANY_TIPS["model"]),
        *_tips("parameters:Q", format=","),
        *_tips("value:Q", "low:Q", "high:Q", format=".4g"),
    ]
    known = base.transform_filter("isValid(datum.random)")
    charts = [
        known.mark_line(color=colours.muted, strokeDash=[4, 3], strokeWidth=1.5).encode(y=at("random")),
        base.mark_line(color=blue, strokeWidth=2).encode(y=at("value")),
        base.mark_rule(color=blue, strokeWidth=3, opacity=0.5).encode(y=at("low"), y2="high:Q"),
        base.mark_point(filled=True, size=75, color=blue, opacity=1).encode(y=at("value"), tooltip=tooltip),
        *(
            base.mark_text(align="left", dx=9, fontSize=12, **ink).encode(
                y=at("value"), text=alt.Text("text:N")
            )
            for ink in (
                {"stroke": colours.background, "strokeWidth": 5, "strokeJoin": "round"},
                {"color": colours.text},
            )
        ),
    ]
    if len(rows) == 1:
        charts[0] = known.mark_point(
            shape="M-1,0H1", size=1600, filled=False, stroke=colours.muted, strokeDash=[4, 3], opacity=1
        ).encode(y=at("random"))
    return layers(records, charts, width=room, height=200)
