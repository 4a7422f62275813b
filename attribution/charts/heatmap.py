"""The one heatmap of all pages: cells keyed by position, numbers where they fit, nothing ever dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from attribution.charts.bars import rows_in
from attribution.charts.compose import Records, Spec, constant, layers
from attribution.charts.figure import (
    CELL_SIZE,
    LABEL_SIZE,
    directions,
    label_expression,
    row_height,
    text_width,
    widest,
)
from attribution.charts.libraries import alt
from attribution.charts.palette import INKS, ColourScale, Theme, palette
from attribution.charts.wording import decimals_for, number, shortened
from attribution.language import ENGLISH, current, decimal_sign
from attribution.types import Array, Explanation

_SMALLEST_CELL = 13
"""Pixels; a heatmap of many columns grows rather than going below."""
_WIDEST_CELL = 76
CLICK = {"name": "cell", "select": {"type": "point", "fields": ["row", "column"]}, "views": ["cells"]}
"""For `figure.finish`: the selection of a heatmap that can be clicked."""


@dataclass(frozen=True)
class Grid:
    """What a heatmap shows. values: [rows, columns]; NaN cells are left out."""

    values: Array
    rows: Sequence[str]
    columns: Sequence[str]
    row_name: str
    """What a row is, e.g. "layer": axis title and tooltip."""
    column_name: str
    value_name: str

    @classmethod
    def of(cls, explanation: Explanation, row_name: str, column_name: str) -> Grid:
        """The grid of an explanation."""
        e = explanation
        return cls(e.values, e.rows, e.columns, row_name, column_name, e.unit)

    @property
    def strongest(self) -> tuple[int, int, float] | None:
        """Row, column and value of the cell that is furthest from 0; None where there is none."""
        if not np.isfinite(self.values).any():
            return None
        row, column = np.unravel_index(int(np.nanargmax(np.abs(self.values))), self.values.shape)
        return int(row), int(column), float(self.values[row, column])

    def records(self, scale: ColourScale, decimals: int) -> list[dict[str, Any]]:
        """One record a visible cell; a row whose every number would show as 0 has one digit and a power."""
        out = []
        known = np.abs(np.where(np.isfinite(self.values), self.values, 0.0)).max(1, initial=0.0)
        tiny = (known > 0) & (known < 0.5 * 10.0**-decimals)
        for r, c in zip(*np.nonzero(np.isfinite(self.values)), strict=True):
            value = float(self.values[r, c])
            out.append(
                {
                    "row": int(r),
                    "column": int(c),
                    "value": value,
                    "text": powers_text(value, signed=scale.signed)
                    if tiny[r]
                    else _cell_text(value, decimals, signed=scale.signed),
                    "dark": scale.ink(value) == INKS[0],
                    "row_label": shortened(self.rows[r]),
                    "column_label": shortened(self.columns[c]),
                }
            )
        return out


@dataclass(frozen=True)
class Frame:
    """The measures of a heatmap in pixels: the labels' room is fixed, so that panels side by side line up."""

    cell: float
    row: float
    left: float
    angle: int
    right: float
    """By how much the last, slanted column label reaches beyond the cells."""

    @classmethod
    def of(cls, grid: Grid, width: float, *, row: float = 0, legend: float = 0, left: float = 0) -> Frame:
        """The frame that fills `width` where the columns fit into it, and grows beyond where they do not."""
        rows, columns = [shortened(t) for t in grid.rows], [shortened(t) for t in grid.columns]
        left = left or widest(rows) + 14
        room = width - left - 22 - legend - 16
        cell = min(max(room / max(len(columns), 1), _SMALLEST_CELL), _WIDEST_CELL)
        wide = widest(columns)
        angle = 0 if wide + 6 <= cell else -45 if cell >= 20 else -90
        slant = text_width(columns[-1], LABEL_SIZE) * 0.72 if angle == -45 else 0
        if slant > room - cell * (len(columns) - 0.5) + 30:
            cell = max(_SMALLEST_CELL, cell - slant / len(columns))
        return cls(cell, row or row_height(len(rows)), left, angle, max(0.0, slant - cell / 2))

    @property
    def label_size(self) -> int:
        """Of the column labels, in pixels; smaller where the columns are narrow."""
        return LABEL_SIZE if self.cell >= 16 else 11

    def width(self, columns: int) -> float:
        """Of the cells."""
        return round(self.cell * columns)

    def height(self, rows: int) -> float:
        """Of the cells."""
        return round(self.row * rows)

    def total_width(self, columns: int) -> float:
        """Of cells, row labels and axis title."""
        return self.left + self.width(columns) + self.right + 40


def heatmap(
    grid: Grid,
    scale: ColourScale,
    theme: Theme,
    frame: Frame,
    *,
    legend: alt.Legend | None = None,
    numbers: bool = True,
    row_labels: bool = True,
    row_labels_bold: Sequence[int] = (),
    bottom_up: bool = False,
    clickable: bool = False,
    divided: int = 0,
) -> Spec:
    """Rows = what is explained, columns = what gets the credit, the column labels on top.

    Numbers are written into the cells where the widest of them fits. `bottom_up` puts row 0 at the bottom.
    `clickable`: a click on a cell is the selection `CLICK` with its `row` and `column`. `divided`:
    a line stands before that column.
    """
    records = grid.records(scale, decimals_for(scale.stops[-1]))
    y = _row_axis(grid, frame, labels=row_labels, bold=row_labels_bold, bottom_up=bottom_up)
    tooltip = [
        alt.Tooltip("row_label:N", title=grid.row_name),
        alt.Tooltip("column_label:N", title=grid.column_name),
        alt.Tooltip("value:Q", title=grid.value_name, format="+.5g" if scale.signed else ".5g"),
    ]
    base = alt.Chart().encode(x=_column_axis(grid, frame), y=y, tooltip=tooltip)
    colour = alt.Color("value:Q", scale=scale.altair(), legend=legend)
    cells = base.mark_rect(stroke=palette(theme).background, strokeWidth=1).encode(color=colour)
    if clickable:
        clicked: dict[str, Any] = {"param": CLICK["name"], "empty": False}
        ring = alt.StrokeValue(palette(theme).background, condition=clicked | {"value": palette(theme).text})
        wide = alt.StrokeWidthValue(1, condition=clicked | {"value": 2.5})
        cells = base.mark_rect(cursor="pointer").encode(color=colour, stroke=ring, strokeWidth=wide)
        cells = cells.properties(name="cells")
    charts = [cells]
    longest = _widest_number(records)
    if current() == ENGLISH or longest + 4 > frame.cell:  # elsewhere the zero is only left out to save room
        for record in records:
            record["text"] = _without_zero(record["text"])
        longest = _widest_number(records)
    if numbers and longest + 4 <= frame.cell and frame.row >= 15:
        for ink, test in zip(INKS, ("datum.dark", "!datum.dark"), strict=True):
            text = base.mark_text(fontSize=CELL_SIZE, color=ink).encode(text=alt.Text("text:N"))
            charts.append(text.transform_filter(test))
    if divided:
        place = round(frame.cell * divided)
        charts.append(constant(at=0).mark_rule(color=palette(theme).muted).encode(x=alt.value(place)))
    return layers(records, charts, width=frame.width(len(grid.columns)), height=frame.height(len(grid.rows)))


def _widest_number(records: Records) -> float:
    return max((text_width(r["text"], CELL_SIZE) for r in records), default=0)


def _row_axis(grid: Grid, frame: Frame, *, labels: bool, bold: Sequence[int], bottom_up: bool) -> alt.Y:
    return alt.Y(
        "row:O",
        scale=alt.Scale(
            domain=list(range(len(grid.rows)))[:: -1 if bottom_up else 1], paddingInner=0, paddingOuter=0
        ),
        title=grid.row_name if labels else None,
        axis=alt.Axis(
            labelExpr=label_expression([shortened(t) for t in grid.rows]),
            labels=labels,
            labelOverlap=False,
            ticks=False,
            domain=False,
            labelPadding=6,
            minExtent=frame.left if labels else 0,
            labelFontWeight=rows_in("bold", bold),
        ),
    )


def _column_axis(grid: Grid, frame: Frame) -> alt.X:
    return alt.X(
        "column:O",
        scale=alt.Scale(domain=list(range(len(grid.columns))), paddingInner=0, paddingOuter=0),
        title=grid.column_name,
        axis=alt.Axis(
            orient="top",
            labelExpr=label_expression([shortened(t) for t in grid.columns]),
            labelAngle=frame.angle,
            labelFontSize=frame.label_size,
            labelAlign="left" if frame.angle else "center",
            labelBaseline="middle" if frame.angle else "bottom",
            labelOverlap=False,
            ticks=False,
            domain=False,
            labelPadding=5,
        ),
    )


def powers_text(value: float, *, signed: bool) -> str:
    """A tiny number in a cell: "3e−7"."""
    text = f"{value:+.0e}" if signed else f"{value:.0e}"
    return "0" if value == 0 else text.replace("e-0", "e-").replace("-", "−")


def _cell_text(value: float, decimals: int, *, signed: bool) -> str:
    """The number in a cell: "0" for what rounds to nothing; signed if asked for."""
    text = number(value, decimals, sign=signed)
    return "0" if set(text) <= set("+−0" + decimal_sign()) else text


def _without_zero(text: str) -> str:
    """The number without the zero before its decimal sign: ".12" for 0.12."""
    return (
        text.replace(f"0{decimal_sign()}", decimal_sign(), 1) if text.lstrip("+−").startswith("0") else text
    )


def colour_legend(title: str, scale: ColourScale, ends: tuple[str, str] | None = None) -> alt.Legend:
    """A horizontal legend below the chart; `ends` says what the highest and lowest values mean."""
    limit, decimals = scale.stops[-1], decimals_for(scale.stops[-1])
    low, high = (
        number(scale.stops[0], decimals, sign=scale.signed),
        number(limit, decimals, sign=scale.signed),
    )
    if ends:
        title = f"{title}:\u2003{directions(ends)}" if scale.signed else f"{title}: {ends[0]}"
    expression = (
        f"datum.value > {limit * 0.99} ? '{high}' : datum.value < {-limit * 0.99} ? '{low}' : "
        f"abs(datum.value) < {limit * 0.01} ? '0' : format(datum.value, '.{decimals}f')"
    )
    return alt.Legend(
        title=title,
        orient="bottom",
        direction="horizontal",
        gradientLength=240,
        gradientThickness=10,
        values=[scale.stops[0], 0, limit] if scale.signed else [0, limit],
        labelExpr=expression,
        labelOverlap=False,
        offset=10,
    )
