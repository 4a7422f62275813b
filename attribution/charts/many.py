"""The figures of the page Many sentences: one function a figure, from a ManyResult and a ManyView."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from attribution.charts import phrases
from attribution.charts.compose import heading, in_column, in_row
from attribution.charts.figure import PAGE_WIDTH, Figure, finish, widest
from attribution.charts.heatmap import Frame, Grid, colour_legend, heatmap
from attribution.charts.libraries import alt, pd
from attribution.charts.many_marks import NUMBERS, points, rows_panel, size_panel, spreads
from attribution.charts.many_rows import (
    Panel,
    Row,
    cells,
    check,
    groups,
    lines_of,
    panels_of,
    span_of,
    table_of,
)
from attribution.charts.many_wording import (
    ONE,
    axis_of,
    caption_of,
    column_of,
    group_of,
    is_known,
    method_name,
    points_of,
    spoken_of,
    statistic_of,
    title_of,
    value_of,
)
from attribution.charts.palette import Theme, amount_scale, largest, palette, signed_scale
from attribution.charts.views import ManyView
from attribution.types import AttributionError, ManyResult

PANELS = 3
"""Side by side."""


def by_method(
    result: ManyResult, view: ManyView, *, theme: Theme = "light", width: int = PAGE_WIDTH
) -> Figure:
    """A measure by method and model: points with their intervals, and what random orders have."""
    return _figure(
        result,
        view,
        theme,
        width,
        points,
        name="many-sentences",
        how=points_of(result, view),
    )


def distribution(
    result: ManyResult, view: ManyView, *, theme: Theme = "light", width: int = PAGE_WIDTH
) -> Figure:
    """How the sentences spread: quantiles by method and model."""
    return _figure(
        result, view, theme, width, spreads, name="many-sentences-spread", how=[phrases.MANY_SPREAD]
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
        [[value_of(of.get((view.measure, *pair, group))) for pair in columns] for group in rows]
    ).reshape(len(rows), len(columns))
    if not np.isfinite(values).any():
        raise AttributionError(phrases.MANY_NOTHING)
    labels = [column_of(result, view, *pair) for pair in columns]
    heads = phrases.MANY_HEADS
    by = heads["model" if result.measure(view.measure).of_model else "method"]
    names = [group_of(result, group) for group in rows]
    grid = Grid(values, names, labels, heads["group"], by, axis_of(result, view))
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
    table.insert(0, heads["group"], names)
    return finish(
        body,
        name="many-sentences-by-group",
        title=title_of(result, view, "group"),
        caption=caption_of(result, view, phrases.MANY_CELLS[statistic_of(result, view)]),
        table=table,
        alt_text=spoken_of(
            result, view, [(n, float(v)) for n, row in zip(names, values, strict=True) for v in row]
        ),
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
        Panel("" if method is None else method_name(method), [Row("", *pair, mean) for pair, mean in pairs])
        for method, pairs in lines_of(result, view)
    ]
    every = [row for line in lines for row in line.rows]
    check(every)
    a_row = min(len(lines), PANELS)
    room, span = width / a_row - 78, span_of(view, [v for row in every for v in row.reach])
    panels = []
    for k, line in enumerate(lines):
        title = {"title": heading(line.title, palette(theme).text, frame="group")} if line.title else {}
        panels.append(size_panel(result, view, line.rows, theme, room, span, axis=k % a_row == 0) | title)
    rows = [in_row(*panels[k : k + a_row], spacing=16) for k in range(0, len(panels), a_row)]
    return finish(
        in_row(in_column(*rows, spacing=16)),
        name="many-sentences-by-size",
        title=title_of(result, view, "size"),
        caption=caption_of(result, view, *points_of(result, view)),
        table=table_of(result, every),
        alt_text=spoken_of(result, view, [(row.name(result), row.mean.value) for row in every]),
        theme=theme,
        width=width,
    )


def _figure(
    result: ManyResult,
    view: ManyView,
    theme: Theme,
    width: int,
    marks: Callable[..., list[alt.Chart]],
    *,
    name: str,
    how: Sequence[str],
) -> Figure:
    """Panels of rows, all on one scale."""
    panels = panels_of(result, view)
    every = [row for panel in panels for row in panel.rows]
    check(every)
    spread = marks is spreads
    reach = [v for row in every for v in (row.mean.quantiles if spread else row.reach) if is_known(v)]
    if not reach:
        raise AttributionError(phrases.MANY_NOTHING)
    span = span_of(view, reach)
    a_row = min(len(panels), PANELS)
    left = min(widest([row.label for row in every]) + 14, width * 0.4)
    room = max((width - 24) / a_row - left - (0 if spread else NUMBERS) - 24, 130)
    drawn = []
    for panel in panels:
        body = rows_panel(panel, result, view, theme, room, left, span, marks)
        title = {"title": heading(panel.title, palette(theme).text, frame="group")} if panel.title else {}
        drawn.append(body | title)
    rows = [in_row(*drawn[k : k + a_row], spacing=18) for k in range(0, len(drawn), a_row)]
    of_model = result.measure(view.measure).of_model
    return finish(
        in_row(in_column(*rows, spacing=16)),
        name=name,
        title=title_of(result, view, "model" if of_model else "method"),
        caption=caption_of(result, view, *how),
        table=table_of(result, every),
        alt_text=spoken_of(result, view, [(row.name(result), row.mean.value) for row in every]),
        theme=theme,
        width=width,
    )
