"""The figures of where a decision is made: what the model would say after each layer, and what heads add."""

from __future__ import annotations

import numpy as np

from attribution.charts import phrases
from attribution.charts.bars import Panel, bars
from attribution.charts.compose import heading, in_row
from attribution.charts.figure import PAGE_WIDTH, Figure, finish, widest, words_table
from attribution.charts.heatmap import Frame, Grid, colour_legend, heatmap
from attribution.charts.libraries import pd
from attribution.charts.palette import Role, Theme, largest, palette, signed_scale
from attribution.charts.wording import (
    clean,
    logit_name,
    model_phrase,
    number,
    percent,
    quoted,
    shortened,
    text,
)
from attribution.types import LensResult


def layer_by_layer(result: LensResult, *, theme: Theme = "light", width: int = PAGE_WIDTH) -> Figure:
    """The last position read after every layer, layer 1 at the bottom, and what attention and MLP add."""
    layers = len(result.top) - 1
    names = [phrases.LENS_ROWS[0], *(text(phrases.LENS_ROWS[1], layer=str(k + 1)) for k in range(layers))]
    labels = [
        f"{name}: {shortened(top, 24)} {percent(float(p))}"
        for name, top, p in zip(names, result.top, result.top_probability, strict=True)
    ]
    order = np.arange(layers + 1)[::-1]
    rows = [labels[k] for k in order]
    sides: tuple[Role, Role] = ("target", "foil" if len(result.words) == 2 else "against")
    parts = {"attention": result.attention, "mlp": result.mlp}
    added = {name: np.concatenate([[0.0], part]) for name, part in parts.items()}
    values = [result.difference, *added.values()]
    left = widest(rows) + 14
    room, heads = (width - left) / 3 - 16, phrases.HEADS
    panels = []
    for k, (shown, axis) in enumerate(zip(values, phrases.LENS_AXES, strict=True)):
        panel = Panel(rows, shown[order], sides, _ends(result), phrases.LOGITS, one=heads["layer"])
        span = None if k == 0 else _span(list(added.values()))
        body = bars(panel, theme, room + (left if k == 0 else 0), row_labels=k == 0, axis="", span=span)
        panels.append(body | {"title": heading(axis, palette(theme).text, frame="group", offset=6)})
    explained = _explained(result)
    columns = (
        [clean(t) for t in result.top],
        result.top_probability,
        result.target,
        result.target_probability,
        result.foil,
        result.foil_probability,
        *added.values(),
    )
    table = pd.DataFrame(
        {heads["layer"]: np.arange(layers + 1), **dict(zip(phrases.LENS_COLUMNS, columns, strict=True))}
    )
    return finish(
        in_row(*panels, spacing=10),
        name="layer-by-layer",
        title=phrases.LENS_TITLE,
        caption=text(phrases.LENS_CAPTION, inputs=_inputs(result), the_explained=explained),
        table=table,
        alt_text=text(
            phrases.LENS_SPOKEN,
            layers=str(layers),
            the_explained=explained,
            first=number(float(result.difference[0]), 2, sign=True),
            last=number(float(result.difference[-1]), 2, sign=True),
        ),
        theme=theme,
        width=width,
    )


def heads(result: LensResult, *, theme: Theme = "light", width: int = PAGE_WIDTH) -> Figure:
    """What each attention head adds, a row a layer, layer 1 at the bottom."""
    values = np.asarray(result.heads, dtype=np.float64)
    numbers = [[str(k + 1) for k in range(size)] for size in values.shape]
    sides: tuple[Role, Role] = ("target", "foil" if len(result.words) == 2 else "against")
    scale = signed_scale(largest(values), theme, *sides)
    columns = phrases.HEADS
    grid = Grid(values, numbers[0], numbers[1], columns["layer"], columns["head"], phrases.LOGITS)
    frame = Frame.of(grid, width, left=34)
    legend = colour_legend(phrases.LOGITS, scale, _ends(result))
    names = [text(columns["head number"], number=k) for k in numbers[1]]
    table = words_table({columns["layer"]: np.arange(1, len(values) + 1)}, names, values)
    row, column, value = grid.strongest or (0, 0, 0.0)
    return finish(
        heatmap(grid, scale, theme, frame, legend=legend, bottom_up=True),
        name="heads",
        title=text(phrases.HEADS_TITLE, the_explained=_explained(result)),
        caption=text(phrases.HEADS_CAPTION, inputs=_inputs(result)),
        table=table,
        alt_text=text(
            phrases.HEADS_SPOKEN,
            layers=str(len(numbers[0])),
            heads=str(len(numbers[1])),
            value=number(value, 2, sign=True),
            head=str(column + 1),
            layer=str(row + 1),
        ),
        theme=theme,
        width=max(width, frame.total_width(len(numbers[1]))),
    )


def _span(parts: list[np.ndarray]) -> tuple[float, float]:
    every = np.concatenate(parts)
    return float(every.min(initial=0.0)), float(every.max(initial=0.0))


def _ends(result: LensResult) -> tuple[str, str]:
    target, *foil = (clean(word) for word in result.words)
    away = text(phrases.TOWARD, word=foil[0]) if foil else text(phrases.AWAY_FROM, word=target)
    return text(phrases.TOWARD, word=target), away


def _explained(result: LensResult) -> str:
    """In a sentence: "the logit difference hot − cold"."""
    return logit_name(*(clean(word) for word in result.words), article=True)


def _inputs(result: LensResult) -> str:
    prefix = quoted(result.request.prefix)
    return text(phrases.NEXT_WORD_INPUTS, model=model_phrase(result.model), prefix=prefix)
