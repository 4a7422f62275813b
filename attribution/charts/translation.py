"""The figures of the page Translation: one function a figure, from TranslationResults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from attribution.charts import phrases
from attribution.charts.compose import Records, Spec, heading, in_column, in_row, layers
from attribution.charts.figure import CELL_SIZE, PAGE_WIDTH, Figure, finish, text_width, widest, words_table
from attribution.charts.heatmap import Frame, Grid, colour_legend, heatmap
from attribution.charts.libraries import alt, pd
from attribution.charts.palette import Theme, largest, palette, usable
from attribution.charts.target_word import contrasted
from attribution.charts.views import SaliencyView, colour_scale
from attribution.charts.wording import (
    clean,
    column_names,
    decimals_for,
    model_phrase,
    number,
    percent,
    percent0,
    quoted,
    shortened,
    text,
    written,
)
from attribution.language import shown
from attribution.methods import catalogue
from attribution.types import Array, Explanation, TranslationResult

IMPROBABLE = 0.05
"""A target token below this probability is flagged."""
_SIDE_BY_SIDE = 17
"""Pixels; panels with narrower cells stand below each other instead."""


@dataclass(frozen=True)
class _Place:
    """Where panels go: beside each other where their cells are wide enough, else below each other."""

    width: float
    strip: float
    cell: float

    @property
    def beside(self) -> bool:
        return self.cell >= _SIDE_BY_SIDE

    def frame(self, grid: Grid, left: float) -> Frame:
        """Of one panel, whose row labels take `left` pixels."""
        share = left + self.cell * len(grid.columns) + 38 if self.beside else self.width - self.strip
        return Frame.of(grid, share, left=left)

    def needed(self, grid: Grid, frame: Frame) -> float:
        """The width of a figure whose panels stand below each other."""
        return frame.total_width(len(grid.columns)) + self.strip


def saliency(
    result: TranslationResult,
    view: SaliencyView | None = None,
    *,
    theme: Theme = "light",
    width: int = PAGE_WIDTH,
) -> Figure:
    """Source and prefix saliency on one scale, and the step score on the same rows.

    Rows are target steps. Cells that a step cannot see are left out.
    """
    view = view or SaliencyView()
    explanation = view.explanation(result)
    grids = _grids(explanation)
    scale = colour_scale([explanation.values], view.sign, view.sides(result), theme)
    legend = colour_legend(_legend_title(view), scale, view.ends(result) if scale.signed else None)
    shown = [g for g in grids.values() if len(g.columns)]
    left = _left(explanation.rows)
    cell = (width - left - 150 - 90) / max(sum(len(g.columns) for g in shown), 1)
    place = _Place(width, 150, cell)
    unlikely = improbable(result)
    panels: list[Spec] = []
    for k, grid in enumerate(shown):
        frame = place.frame(grid, left)
        first = k == 0 or not place.beside
        panel = heatmap(grid, scale, theme, frame, legend=legend, row_labels=first, row_labels_bold=unlikely)
        strip = _score_strip(result, view.score, theme, place.strip - 40, frame.height(len(grid.rows)))
        panels.append(panel if place.beside and grid is not shown[-1] else in_row(panel, strip, spacing=12))
    source, before = grids.values()
    return finish(
        in_row(*panels, spacing=14) if place.beside else in_column(*panels, spacing=24),
        name="translation-saliency",
        title=phrases.SALIENCY_TITLE,
        caption=_caption(result, view),
        table=_table(result, grids),
        alt_text=text(
            phrases.SALIENCY_SPOKEN,
            rows=str(len(source.rows)),
            source=str(len(source.columns)),
            before=str(len(before.columns)),
            strongest=strongest(source),
        ),
        theme=theme,
        width=width if place.beside else max(width, place.needed(grid, frame)),
    )


def _caption(result: TranslationResult, view: SaliencyView) -> str:
    caption = text(
        phrases.SALIENCY_CAPTION,
        inputs=_inputs(result),
        how=_how(result, view),
        score=phrases.SCORES.get(view.score, view.score),
    )
    return caption + (text(phrases.UNLIKELY, chance=percent0(IMPROBABLE)) if improbable(result) else "")


def _grids(explanation: Explanation) -> dict[str, Grid]:
    """One grid a text, without the columns that no step sees (but the source whole)."""
    grids = {}
    for name in explanation.texts:
        part = explanation.text(name)
        if name != "source":
            part = part.of_columns(np.flatnonzero(~np.isnan(part.values).all(0)).tolist())
        grids[name] = Grid.of(part, phrases.HEADS["target step"], phrases.TEXTS[name])
    return grids


def _table(result: TranslationResult, grids: dict[str, Grid]) -> pd.DataFrame:
    rows = grids["source"].rows
    numbers = _steps(rows)
    for name, grid in grids.items():
        for c, label in enumerate(column_names(list(grid.columns))):
            numbers[text(phrases.TEXT_COLUMNS[name], word=label)] = grid.values[:, c]
    return pd.DataFrame(numbers | _scores(result))


def _steps(rows: Sequence[str]) -> dict[str, Any]:
    """The first columns of a table: the number of a step and its token."""
    return {phrases.HEADS["step"]: np.arange(1, len(rows) + 1), phrases.HEADS["target token"]: rows}


def _scores(result: TranslationResult) -> dict[str, Array]:
    """The last columns: all scores of the steps."""
    return {phrases.SCORES.get(name, name): score for name, score in result.step_scores.items()}


def _left(rows: Sequence[str]) -> float:
    """The room for the labels of the rows."""
    return widest([shortened(t) for t in rows]) + 14


def side_by_side(
    free: TranslationResult,
    given: TranslationResult,
    view: SaliencyView | None = None,
    *,
    names: tuple[str, str] | None = None,
    theme: Theme = "light",
    width: int = PAGE_WIDTH,
) -> Figure:
    """Source saliency and step scores of two translations of one source, on one shared scale."""
    view, names, step = view or SaliencyView(), names or phrases.TWO_NAMES, phrases.HEADS["target step"]
    results, source = (free, given), phrases.TEXTS["source"]
    grids = [Grid.of(view.explanation(r).text("source"), step, source) for r in results]
    scale = colour_scale([g.values for g in grids], view.sign, view.sides(free), theme)
    legend = colour_legend(_legend_title(view), scale, view.ends(free) if scale.signed else None)
    lefts = [_left(g.rows) for g in grids]
    columns = sum(len(g.columns) for g in grids)
    place = _Place(width, 130, (width - sum(lefts) - 2 * 130 - 110) / max(columns, 1))
    panels, wide = [], float(width)
    both = [np.asarray(r.step_scores[view.score], dtype=np.float64) for r in results]
    for result, grid, left, name in zip(results, grids, lefts, names, strict=True):
        frame = place.frame(grid, left)
        body = heatmap(grid, scale, theme, frame, legend=legend, row_labels_bold=improbable(result))
        height = frame.height(len(grid.rows))
        strip = _score_strip(result, view.score, theme, place.strip - 40, height, np.concatenate(both))
        panels.append(in_row(body, strip, spacing=12, title=heading(name, palette(theme).text)))
        wide = wide if place.beside else max(wide, place.needed(grid, frame))
    totals = [_total(result, name) for result, name in zip(results, names, strict=True)]
    tables = [_source_table(r, g, name) for r, g, name in zip(results, grids, names, strict=True)]
    return finish(
        in_row(*panels, spacing=26) if place.beside else in_column(*panels, spacing=26),
        name="two-translations",
        title=phrases.TWO_TITLE,
        caption=text(
            phrases.TWO_CAPTION,
            inputs=_inputs(free),
            how=_how(free, view, target=False),
            totals="; ".join(totals),
            chance=percent0(IMPROBABLE),
        ),
        table=pd.concat(tables, ignore_index=True),
        alt_text=text(phrases.TWO_SPOKEN, totals="; ".join(totals)),
        theme=theme,
        width=wide,
    )


def _total(result: TranslationResult, name: str) -> str:
    """Whose translation, what it says and how likely the whole of it is."""
    probability = np.asarray(result.step_scores["probability"], dtype=np.float64)
    total = float(np.log(np.maximum(probability, 1e-300)).sum())
    target = quoted(written(result.target))
    return text(phrases.TOTAL, name=name, how=_generation(result), target=target, total=number(total, 2))


def _source_table(result: TranslationResult, grid: Grid, name: str) -> pd.DataFrame:
    first = {phrases.HEADS["translation"]: [name] * len(grid.rows)} | _steps(grid.rows)
    return words_table(first, list(grid.columns), grid.values, _scores(result))


# ---------------------------------------------------------------------------------------- the score strip


def _score_strip(
    result: TranslationResult,
    score: str,
    theme: Theme,
    width: float,
    height: float,
    scale: Array | None = None,
) -> Spec:
    """One bar a step, on the rows of the heatmap beside it; improbable tokens dark and marked.

    `scale`: all values that share an axis with these, where there are others.
    """
    colours = palette(theme)
    values = np.asarray(result.step_scores[score], dtype=np.float64)
    records = _strip_records(result, score, values, theme)
    base = alt.Chart().encode(
        y=alt.Y(
            "row:O",
            axis=None,
            scale=alt.Scale(domain=list(range(len(values))), paddingInner=0, paddingOuter=0),
        ),
        x=_strip_axis(score, values if scale is None else scale, width),
        tooltip=[
            alt.Tooltip("token:N", title=phrases.HEADS["target token"]),
            alt.Tooltip("value:Q", title=phrases.SCORES.get(score, score), format=".5g"),
        ],
    )
    bar = base.mark_bar(size=height / max(len(values), 1) * 0.62).encode(
        color=alt.Color("colour:N", scale=None, legend=None)
    )
    ends = base.encode(x=alt.X("value:Q"), text=alt.Text("text:N"))
    numbers = ends.mark_text(align="left", dx=4, fontSize=CELL_SIZE, color=colours.text)
    return layers(records, [bar, numbers], width=width, height=height)


def _strip_records(result: TranslationResult, score: str, values: Array, theme: Theme) -> Records:
    colours, unlikely = palette(theme), set(improbable(result))
    decimals = 2 if score == "probability" else decimals_for(largest(values))
    return [
        {
            "row": k,
            "token": shortened(result.target_tokens[k]),
            "value": float(v),
            "text": ("◄ " if k in unlikely else "") + _strip_text(float(v), score, decimals),
            "colour": colours.text if k in unlikely else colours.solid["other"],
        }
        for k, v in enumerate(values)
        if np.isfinite(v)
    ]


def _strip_axis(score: str, values: Array, width: float) -> alt.X:
    """From 0 to the largest score, with room for the widest number; the same for the same values."""
    low, high = (
        min(float(np.nanmin(values, initial=0.0)), 0.0),
        max(float(np.nanmax(values, initial=0.0)), 0.0),
    )
    if score == "probability":
        high = 1.0
    decimals = 2 if score == "probability" else decimals_for(largest(values))
    numbers = ["◄ " + _strip_text(float(v), score, decimals) for v in values if np.isfinite(v)]
    room = max((text_width(n, CELL_SIZE) for n in numbers), default=0.0) + 8
    high += usable(high - low) * room / max(width - room, 30)
    return alt.X(
        "value:Q",
        title=phrases.SCORES.get(score, score),
        scale=alt.Scale(domain=[low, high], nice=False),
        axis=alt.Axis(
            orient="top",
            grid=False,
            format="~g",
            values=[0, 1] if score == "probability" else [0],
            labelFontSize=11,
        ),
    )


def _strip_text(value: float, score: str, decimals: int) -> str:
    """The number beside a bar: enough digits to tell an improbable token from an impossible one."""
    if score == "probability":
        return percent(value) if value < 0.01 else number(value, 2)
    return number(value, decimals)


def improbable(result: TranslationResult) -> list[int]:
    """The steps whose token the model itself finds unlikely."""
    return [k for k, p in enumerate(result.step_scores["probability"]) if p < IMPROBABLE]


# ---------------------------------------------------------------------------------------- shared wording


def _inputs(result: TranslationResult) -> str:
    """Model and source for a caption."""
    one, other = result.request.source_language, result.request.target_language
    return text(
        phrases.TRANSLATION_INPUTS_LANGUAGES if one and other else phrases.TRANSLATION_INPUTS,
        model=model_phrase(result.model),
        one=clean(one),
        other=clean(other),
        source=quoted(result.request.source),
    )


def _generation(result: TranslationResult) -> str:
    """The generation settings in brackets, where the model wrote the translation itself."""
    return f" ({clean(shown(result.generation))})" if result.generation else ""


def _how(result: TranslationResult, view: SaliencyView, *, target: bool = True) -> str:
    """The target (unless left out), method and unit for a caption."""
    request = result.request
    row, contrast = catalogue.find(request.method), request.contrast if contrasted(result) else ""
    made = phrases.OWN_TARGET if result.generated else phrases.GIVEN_TARGET
    about = text(made, how=_generation(result), target=quoted(written(result.target))) if target else ""
    if row.unit == "attention":  # it is of no number, so of no contrast, and it is no norm
        return about + text(phrases.ATTENTION_METHOD, method=row.title, unit=view.unit)
    return about + text(
        phrases.SALIENCY_METHOD_CONTRAST if contrast else phrases.SALIENCY_METHOD,
        method=row.title,
        attributed=phrases.ATTRIBUTED[request.attributed],
        contrast=quoted(contrast, 80),
        sign=(phrases.CHANGES if row.id == "erasure" else phrases.SALIENCY_SIGNS)[view.sign],
        unit=view.unit,
    )


def _legend_title(view: SaliencyView) -> str:
    """The unit, and what adds up."""
    if view.sign == "magnitude" and view.normalisation == "share":
        return phrases.ROW_SUMS_TO_ONE
    if view.sign == "magnitude" and view.normalisation == "weighted":
        return text(phrases.ROW_SUMS_TO_SCORE, unit=view.unit)
    return view.unit


def strongest(grid: Grid) -> str:
    """The largest cell, for a screen reader."""
    if grid.strongest is None:
        return ""
    row, column, value = grid.strongest
    return text(phrases.STRONGEST, column=grid.columns[column], row=grid.rows[row], value=number(value, 2))
