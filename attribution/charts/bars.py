"""The bars of all pages: a row a word, a waterfall, and bars that stand beside the rows of a heatmap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from attribution.charts import phrases
from attribution.charts.compose import Records, Spec, constant, layers
from attribution.charts.figure import PADDING, directions, label_expression, row_height, widest
from attribution.charts.libraries import alt
from attribution.charts.palette import Role, Theme, largest, palette, usable
from attribution.charts.wording import decimals_for, number, shortened
from attribution.types import Array

BAR = 0.68
"""Of the height of its row."""


@dataclass(frozen=True)
class Panel:
    """What a panel of bars shows: values [N] of N labels, what either direction stands for, and the unit.

    Without `signed` there is no plus sign and no second direction. The last `outlined` rows are no word's.
    """

    labels: Sequence[str]
    values: Array
    sides: tuple[Role, Role]
    ends: tuple[str, str]
    unit: str
    signed: bool = True
    outlined: int = 0
    errors: Array | None = None
    """[N]: whiskers of that length to both sides."""
    one: str = ""
    """What a row is; empty: a word."""


def bars(
    panel: Panel,
    theme: Theme,
    width: float,
    *,
    span: tuple[float, float] | None = None,
    row_labels: bool = True,
    axis: str | None = None,
    least_left: float = 40,
    ticks: bool = True,
) -> Spec:
    """Horizontal bars with their numbers, blue or orange by sign.

    `span` is the lowest and the highest value of all panels that share a scale; `axis` replaces the title of
    the axis; `least_left`: pixels the labels have at least, so that panels below each other line up; without
    `ticks` the numbers of the axis are left out.
    """
    colours = palette(theme)
    shown = [shortened(t) for t in panel.labels]
    left = max(widest(shown) + 14, least_left) if row_labels else 0
    room = max(width - left - 2 * PADDING, 120)
    others = list(range(len(shown) - panel.outlined, len(shown)))
    base = alt.Chart().encode(
        y=row_axis(shown, left, others) if row_labels else row_axis(shown, 0).axis(None),
        tooltip=[
            alt.Tooltip("label:N", title=panel.one or phrases.ONE["words"]),
            alt.Tooltip("value:Q", title=panel.unit, format="+.5g"),
            alt.Tooltip("meaning:N", title=phrases.HEADS["pushes"]),
        ],
    )
    scale = alt.Scale(domain=_domain(panel, span, room), nice=False, zero=True)
    title = _axis_title(panel.unit, panel.ends) if axis is None else axis
    count = max(2, min(6, int(room / 70)))
    numbers = alt.Axis(format=".6~g", tickCount=count, labels=ticks, ticks=ticks)

    def at(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, title=title, axis=numbers)

    x = at("value")
    height = row_height(len(shown)) * BAR
    bar = base.transform_filter(f"datum.position < {len(shown) - panel.outlined}")
    bar = bar.mark_bar(cornerRadius=1, size=height).encode(
        x=x, color=alt.Color("colour:N", scale=None, legend=None)
    )
    text = base.encode(text=alt.Text("text:N"))
    style: Any = {"fontSize": 12, "color": colours.text}
    zero = constant(value=0).mark_rule(color=colours.muted).encode(x=alt.X("value:Q"))
    charts = [
        bar,
        zero,
        text.transform_filter("datum.value >= 0").encode(x=at("high")).mark_text(align="left", dx=4, **style),
        text.transform_filter("datum.value < 0").encode(x=at("low")).mark_text(align="right", dx=-4, **style),
    ]
    if panel.outlined:
        outline = base.transform_filter(f"datum.position >= {len(shown) - panel.outlined}")
        outline = outline.mark_bar(fill=colours.background, strokeWidth=1.6, strokeDash=[4, 2], size=height)
        charts.insert(1, outline.encode(x=x, stroke=alt.Stroke("colour:N", scale=None, legend=None)))
    if panel.errors is not None:
        whisker = base.mark_rule(color=colours.text).encode(x=at("low"), x2=alt.X2("high:Q"))
        charts.insert(1, whisker)
    records = _bar_records(panel, shown, span, theme)
    return layers(records, charts, width=room, height=row_height(len(shown)) * len(shown))


def _domain(panel: Panel, span: tuple[float, float] | None, room: float) -> list[float]:
    """From the lowest to the highest value and 0, with room for the numbers at the ends of the bars."""
    limit = usable(largest(panel.values if span is None else span))
    low, high = span or (float(panel.values.min(initial=0)), float(panel.values.max(initial=0)))
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        low, high = -limit if panel.signed else 0.0, limit
    margin = (high - low) * 52 / max(room - 104, 60)
    return [low - (margin if low < 0 else 0), high + (margin if high > 0 else 0)]


def _bar_records(
    panel: Panel, shown: Sequence[str], span: tuple[float, float] | None, theme: Theme
) -> Records:
    solid = palette(theme).solid
    errors = np.zeros(len(panel.values)) if panel.errors is None else panel.errors
    decimals = decimals_for(usable(largest(panel.values if span is None else span)))
    return [
        {
            "position": p,
            "label": shown[p],
            "value": float(v),
            "text": number(float(v), decimals, sign=panel.signed),
            "colour": solid[panel.sides[0] if v >= 0 else panel.sides[1]],
            "meaning": panel.ends[0] if v >= 0 else panel.ends[1],
            "low": float(v - error),
            "high": float(v + error),
        }
        for p, (v, error) in enumerate(zip(panel.values, errors, strict=True))
    ]


def _axis_title(unit: str, ends: tuple[str, str]) -> str:
    """The unit, and what either direction means."""
    if not ends[1]:
        return unit
    return f"{unit}:\u2003{directions(ends)}"


def row_axis(
    labels: Sequence[str], left: float, italic: Sequence[int] = (), bold: Sequence[int] = ()
) -> alt.Y:
    """A row a position, labelled, with a fixed room for the labels; some of them in italics, some bold."""
    return alt.Y(
        "position:O",
        title=None,
        scale=alt.Scale(domain=list(range(len(labels))), paddingInner=0, paddingOuter=0),
        axis=alt.Axis(
            labelExpr=label_expression(labels),
            labelOverlap=False,
            ticks=False,
            domain=False,
            minExtent=left,
            labelPadding=8,
            labelFontStyle=rows_in("italic", italic),
            labelFontWeight=rows_in("bold", bold),
        ),
    )


def rows_in(style: str, rows: Sequence[int]) -> Any:
    """The style of an axis's labels: that of the rows named; of all others normal."""
    if not rows:
        return "normal"
    test = f"indexof({list(rows)}, datum.value) >= 0"
    return {"condition": {"test": test, "value": style}, "value": "normal"}


# ---------------------------------------------------------------------------------------------- waterfall


@dataclass(frozen=True)
class Step:
    """One bar of a waterfall; `word`: whether a word is credited with it."""

    label: str
    value: float
    word: bool


def waterfall(
    steps: Sequence[Step],
    measured: float,
    sides: tuple[Role, Role],
    ends: tuple[str, str],
    theme: Theme,
    width: float,
) -> Spec:
    """Bars that start where the one above ends; below them the measured value."""
    colours = palette(theme)
    records = _waterfall_records(steps, measured, sides, theme)
    labels = [r["label"] for r in records]
    left = widest(labels) + 14
    room = width - left - 2 * PADDING
    others = [r["position"] for r in records if r["kind"] == "other"]
    base = alt.Chart().encode(
        y=row_axis(labels, left, others),
        tooltip=[
            alt.Tooltip("label:N", title=phrases.HEADS["part"]),
            alt.Tooltip("value:Q", title=phrases.LOGITS, format="+.5g"),
            alt.Tooltip("end:Q", title=phrases.HEADS["so far"], format="+.5g"),
        ],
    )
    joins = (
        base.transform_filter(f"datum.position < {len(steps)}")
        .mark_tick(orient="vertical", thickness=1.5, size=row_height(len(labels)), color=colours.muted)
        .encode(x=alt.X("end:Q"), tooltip=alt.value(None))
    )
    marks = constant(start=0.0).mark_rule(color=colours.muted).encode(x=alt.X("start:Q"))
    goal = (
        constant(start=float(measured))
        .mark_rule(color=colours.text, strokeDash=[2, 3])
        .encode(x=alt.X("start:Q"))
    )
    place = base.encode(x=alt.X("most:Q"), text=alt.Text("text:N"))
    halo = place.mark_text(align="left", dx=5, fontSize=12, stroke=colours.background, strokeWidth=4)
    text = place.mark_text(align="left", dx=5, fontSize=12, color=colours.text)
    bodies = _waterfall_bars(base, _waterfall_axis(records, measured, ends), row_height(len(labels)), theme)
    charts = [marks, goal, *bodies, joins, halo, text]
    return layers(records, charts, width=room, height=row_height(len(labels)) * len(labels))


def _waterfall_records(
    steps: Sequence[Step], measured: float, sides: tuple[Role, Role], theme: Theme
) -> Records:
    colours = palette(theme)
    bounds = np.concatenate([[0.0], np.cumsum([s.value for s in steps])])
    decimals = decimals_for(largest([s.value for s in steps] + [measured]))
    records: Records = [
        {
            "position": p,
            "label": shortened(step.label),
            "start": float(bounds[p]),
            "end": float(bounds[p + 1]),
            "most": float(max(bounds[p], bounds[p + 1])),
            "value": step.value,
            "text": number(step.value, decimals, sign=True),
            "colour": colours.solid[sides[0] if step.value >= 0 else sides[1]],
            "kind": "word" if step.word else "other",
        }
        for p, step in enumerate(steps)
    ]
    own = {
        "position": len(steps),
        "label": phrases.OWN_VALUE,
        "start": 0.0,
        "end": float(measured),
        "most": float(max(measured, 0.0)),
        "value": float(measured),
        "text": number(measured, decimals, sign=True),
        "colour": colours.text,
        "kind": "measured",
    }
    return [*records, own]


def _waterfall_axis(records: Records, measured: float, ends: tuple[str, str]) -> alt.X:
    bounds = [0.0, *(r["end"] for r in records if r["kind"] != "measured")]
    low, high = min(*bounds, measured, 0.0), max(*bounds, measured, 0.0)
    margin = usable(high - low) * 0.08
    return alt.X(
        "start:Q",
        scale=alt.Scale(domain=[low - margin / 4, high + margin], nice=False),
        title=_axis_title(phrases.LOGITS, ends),
        axis=alt.Axis(format=".6~g", tickCount=8),
    )


def _waterfall_bars(base: alt.Chart, x: alt.X, height: float, theme: Theme) -> list[alt.Chart]:
    """Filled where a word is credited (and for the measured value), outlined where none is."""
    filled = (
        base.transform_filter("datum.kind != 'other'")
        .mark_bar(size=height * BAR)
        .encode(x=x, x2=alt.X2("end:Q"), color=alt.Color("colour:N", scale=None, legend=None))
    )
    outlined = (
        base.transform_filter("datum.kind == 'other'")
        .mark_bar(size=height * BAR, fill=palette(theme).background, strokeWidth=1.6, strokeDash=[4, 2])
        .encode(x=x, x2=alt.X2("end:Q"), stroke=alt.Stroke("colour:N", scale=None, legend=None))
    )
    return [filled, outlined]


# ------------------------------------------------------------------------------------- beside a heatmap


def layer_bars(values: Array, sides: tuple[Role, Role], theme: Theme, width: float, height: float) -> Spec:
    """One outlined bar a layer, layer 1 at the bottom, without labels: it stands beside a heatmap."""
    colours = palette(theme)
    records = [
        {
            "row": k,
            "layer": k + 1,
            "value": float(v),
            "colour": colours.solid[sides[0] if v >= 0 else sides[1]],
        }
        for k, v in enumerate(values)
    ]
    y = alt.Y(
        "row:O",
        scale=alt.Scale(domain=list(range(len(records)))[::-1], paddingInner=0, paddingOuter=0),
        axis=None,
    )
    limit = usable(largest(values)) * 1.05
    low, high = min(float(np.min(values)), 0.0), max(float(np.max(values)), 0.0)
    x = alt.X(
        "value:Q",
        title=phrases.HEADS["mlp of layer"],
        scale=alt.Scale(domain=[low * 1.05, high * 1.05] if low < high else [-limit, limit], nice=False),
        axis=alt.Axis(orient="top", tickCount=3, format=".6~g"),
    )
    outlined = alt.Chart().mark_bar(
        fill=colours.background,
        strokeWidth=1.6,
        strokeDash=[4, 2],
        size=height / max(len(records), 1) * 0.6,
    )
    bar = outlined.encode(
        x=x,
        y=y,
        stroke=alt.Stroke("colour:N", scale=None, legend=None),
        tooltip=[
            alt.Tooltip("layer:O", title=phrases.HEADS["layer"]),
            alt.Tooltip("value:Q", title=phrases.HEADS["mlp in logits"], format="+.5g"),
        ],
    )
    zero = constant(value=0).mark_rule(color=colours.muted).encode(x=alt.X("value:Q"))
    return layers(records, [bar, zero], width=width, height=height)
