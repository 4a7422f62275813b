"""The figures of the page Translation: one function a figure, from TranslationResults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from attribution.charts.figure import (
    CELL_SIZE,
    PAGE_WIDTH,
    Figure,
    clean,
    decimals_for,
    finish,
    model_phrase,
    number,
    quoted,
    shortened,
    text_width,
    widest,
)
from attribution.charts.heatmap import Frame, Grid, colour_legend, heatmap
from attribution.charts.libraries import alt, pd
from attribution.charts.next_word import bars, percent, unique
from attribution.charts.palette import (
    ColourScale,
    Role,
    Theme,
    amount_scale,
    largest,
    palette,
    signed_scale,
    usable,
)
from attribution.charts.views import Spec, heading, in_column, in_row, layers
from attribution.types import Array, AttributionError, Normalisation, Sign, TokenizedText, TranslationResult

IMPROBABLE = 0.05
"""A target token below this probability is flagged."""
SIDE_BY_SIDE = 17
"""Pixels; panels with narrower cells stand below each other instead."""

METHOD_NAMES = {
    "input_x_gradient": "input × gradient",
    "saliency": "gradient norm",
    "integrated_gradients": "integrated gradients",
    "cross_attention": "cross-attention",
    "erasure": "erasure",
}
SCORE_NAMES = {
    "probability": "probability",
    "logit": "logit",
    "entropy": "entropy, nats",
    "crossentropy": "cross-entropy, nats",
    "perplexity": "perplexity",
    "contrast_prob_diff": "probability − contrast's",
    "contrast_logits_diff": "logit − contrast's",
    "pcxmi": "P-CXMI, bits",
    "kl_divergence": "KL divergence, nats",
}


@dataclass(frozen=True)
class SaliencyView:
    """One view of a translation: no gradient is computed again for another one."""

    sign: Sign = "magnitude"
    normalisation: Normalisation = "share"
    words: bool = True
    include_start: bool = False
    score: str = "probability"

    def values(self, result: TranslationResult) -> tuple[Array, Array]:
        """([T, source columns], [T, prefix columns]); NaN where a column is not visible.

        Raises:
            AttributionError: signed values are asked of a method that has none, or the score is unknown.
        """
        if self.sign == "signed" and not result.has_sign:
            method = METHOD_NAMES[result.request.method]
            raise AttributionError(f"The method {method} has no sign: choose magnitudes instead.")
        if self.score not in result.step_scores:
            raise AttributionError(f"There is no step score called {self.score!r} in this result.")
        source, prefix = result.attributions(
            self.sign,
            self.normalisation,
            words=self.words,
            include_start=self.include_start,
            score=self.score,
        )
        return np.asarray(source, dtype=np.float64), np.asarray(prefix, dtype=np.float64)

    def labels(self, text: TokenizedText) -> list[str]:
        """The column labels of source or prefix."""
        return [clean(w.text) for w in text.words] if self.words else [clean(t) for t in text.tokens]

    @property
    def unit(self) -> str:
        """The unit of the values."""
        if self.normalisation == "share":
            return "share of the step"
        if self.normalisation == "weighted":
            return f"share × {SCORE_NAMES.get(self.score, self.score)}"
        return "raw attribution"

    def sides(self, result: TranslationResult) -> tuple[Role, Role]:
        """The roles of positive and negative values: orange only where there is a contrast."""
        return "target", "foil" if result.request.attributed.startswith("contrast") else "against"

    def scale(self, values: list[Array], result: TranslationResult, theme: Theme) -> ColourScale:
        """One colour scale for all the values that are shown together."""
        limit = max(largest(v) for v in values)
        if any(np.nanmin(v, initial=0.0) < 0 for v in values):
            return signed_scale(limit, theme, *self.sides(result))
        return amount_scale(limit, theme) if self.sign == "magnitude" else signed_scale(limit, theme)


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
    source, prefix = view.values(result)
    rows = [clean(t) for t in result.target_tokens]
    keep = np.asarray(~np.isnan(prefix).all(0))
    source_grid = Grid(source, rows, view.labels(result.source), "target step", "source", view.unit)
    prefix_labels = [t for t, k in zip(view.labels(result.prefix), keep, strict=True) if k]
    prefix_grid = Grid(prefix[:, keep], rows, prefix_labels, "target step", "target words before", view.unit)
    scale = view.scale([source, prefix], result, theme)
    legend = colour_legend(legend_title(view), scale, legend_ends(result, scale))
    strip_width = 150
    unlikely = improbable(result)
    grids = [g for g in (source_grid, prefix_grid) if len(g.columns)]
    columns = sum(len(g.columns) for g in grids)
    left = widest([shortened(t) for t in rows]) + 14
    cell = (width - left - strip_width - 90) / max(columns, 1)
    beside = cell >= SIDE_BY_SIDE
    panels: list[Spec] = []
    for k, grid in enumerate(grids):
        share = left + cell * len(grid.columns) + 38 if beside else width - strip_width
        frame = Frame.of(grid, share, left=left)
        panel = heatmap(
            grid,
            scale,
            theme,
            frame,
            legend=legend,
            row_labels=k == 0 or not beside,
            row_labels_bold=unlikely,
        )
        strip = score_strip(result, view.score, theme, strip_width - 40, frame.height(len(rows)))
        panels.append(panel if beside and grid is not grids[-1] else in_row(panel, strip, spacing=12))
    chart = in_row(*panels, spacing=14) if beside else in_column(*panels, spacing=24)
    numbers: dict[str, Any] = {"step": np.arange(1, len(rows) + 1), "target token": rows}
    for name, grid in (("source", source_grid), ("target before", prefix_grid)):
        for c, label in enumerate(unique(list(grid.columns))):
            numbers[f"{name}: {label}"] = grid.values[:, c]
    table = pd.DataFrame(numbers | dict(result.step_scores))
    flagged = f" Bold: tokens below {IMPROBABLE:.0%}." if unlikely else ""
    wide = max(width, frame.total_width(len(grids[-1].columns)) + strip_width)
    return finish(
        chart,
        name="translation-saliency",
        title="Which source words, and which words already written, led to each target word",
        caption=f"{inputs(result)} {how(result, view)} Right: {SCORE_NAMES.get(view.score, view.score)} of "
        f"each step.{flagged}",
        table=table,
        alt_text=f"Heatmap of {len(rows)} target steps by {len(source_grid.columns)} source and "
        f"{len(prefix_grid.columns)} earlier target columns. {strongest(source_grid)}",
        theme=theme,
        width=width if beside else wide,
    )


def side_by_side(
    free: TranslationResult,
    given: TranslationResult,
    view: SaliencyView | None = None,
    *,
    names: tuple[str, str] = ("The model's own translation", "The given translation"),
    theme: Theme = "light",
    width: int = PAGE_WIDTH,
) -> Figure:
    """Source saliency and step scores of two translations of one source, on one shared scale."""
    view = view or SaliencyView()
    results = (free, given)
    values = [view.values(r)[0] for r in results]
    scale = view.scale(values, free, theme)
    legend = colour_legend(legend_title(view), scale, legend_ends(free, scale))
    colours = palette(theme)
    strip_width = 130
    lefts = [widest([shortened(clean(t)) for t in r.target_tokens]) + 14 for r in results]
    columns = values[0].shape[1] + values[1].shape[1]
    cell = (width - sum(lefts) - 2 * strip_width - 110) / max(columns, 1)
    beside = cell >= SIDE_BY_SIDE
    panels, tables, totals, wide = [], [], [], float(width)
    for k, result in enumerate(results):
        rows = [clean(t) for t in result.target_tokens]
        grid = Grid(values[k], rows, view.labels(result.source), "target step", "source", view.unit)
        share = lefts[k] + cell * len(grid.columns) + 38 if beside else width - strip_width
        frame = Frame.of(grid, share, left=lefts[k])
        body = heatmap(grid, scale, theme, frame, legend=legend, row_labels_bold=improbable(result))
        strip = score_strip(result, view.score, theme, strip_width - 40, frame.height(len(rows)))
        probability = np.asarray(result.step_scores["probability"], dtype=np.float64)
        total = float(np.log(np.maximum(probability, 1e-300)).sum())
        totals.append(f"{names[k]}{generation(result)}: {quoted(written(result))}, ln P = {number(total, 2)}")
        panels.append(in_row(body, strip, spacing=12, title=heading(names[k], colours.text)))
        if not beside:
            wide = max(wide, frame.total_width(len(grid.columns)) + strip_width)
        table = pd.DataFrame(values[k], columns=unique(list(grid.columns)))
        table.insert(0, "translation", names[k])
        table.insert(1, "step", np.arange(1, len(rows) + 1))
        table.insert(2, "target token", rows)
        tables.append(table.assign(**dict(result.step_scores)))
    return finish(
        in_row(*panels, spacing=26) if beside else in_column(*panels, spacing=26),
        name="two-translations",
        title="Two translations of the same source, on one scale",
        caption=f"{inputs(free)} {how(free, view, target=False)} {'; '.join(totals)}. Bold: tokens below "
        f"{IMPROBABLE:.0%}.",
        table=pd.concat(tables, ignore_index=True),
        alt_text="Two heatmaps on one scale. " + "; ".join(totals) + ".",
        theme=theme,
        width=wide,
    )


def one_step(
    result: TranslationResult,
    step: int,
    view: SaliencyView | None = None,
    *,
    theme: Theme = "light",
    width: int = PAGE_WIDTH,
) -> Figure:
    """What led to one target token (`step` counts from 0): source on the left, earlier target words right."""
    view = view or SaliencyView()
    source, prefix = (np.asarray(v[step]) for v in view.values(result))
    seen = np.asarray(np.isfinite(prefix))
    panels: list[tuple[str, list[str], Array]] = [
        ("source", view.labels(result.source), source),
        ("words already written", [t for t, s in zip(view.labels(result.prefix), seen, strict=True) if s],
         prefix[seen]),
    ]  # fmt: skip
    panels = [p for p in panels if len(p[1])]
    together = np.concatenate([p[2] for p in panels])
    span = (float(together.min(initial=0.0)), float(together.max(initial=0.0)))
    colours, token = palette(theme), clean(result.target_tokens[step])
    signed = bool((together < 0).any())
    ends = ("for the word", "against it" if signed else "")
    charts = []
    for name, labels, values in panels:
        body = bars(
            labels, values, view.sides(result), ends, view.unit, theme, width / len(panels) - 12, span=span,
            signed=signed,
        )  # fmt: skip
        charts.append(in_row(body, title=heading(name, colours.text)))
    table = pd.concat(
        [pd.DataFrame({"side": n, "word": labels, view.unit: values}) for n, labels, values in panels],
        ignore_index=True,
    )
    score = float(result.step_scores["probability"][step])
    return finish(
        in_row(*charts, spacing=20),
        name=f"step-{step + 1}",
        title=f"What led to {token} (step {step + 1}, probability {percent(score)})",
        caption=f"{inputs(result)} {how(result, view)}",
        table=table,
        alt_text=f"Bar charts for step {step + 1}, {token}: largest is "
        f"{table['word'].iloc[int(np.argmax(np.abs(together)))]}.",
        theme=theme,
        width=width,
    )


# ---------------------------------------------------------------------------------------- the score strip


def score_strip(result: TranslationResult, score: str, theme: Theme, width: float, height: float) -> Spec:
    """One bar a step, on the rows of the heatmap beside it; improbable tokens dark and marked."""
    colours = palette(theme)
    values = np.asarray(result.step_scores[score], dtype=np.float64)
    unlikely = set(improbable(result))
    decimals = 2 if score == "probability" else decimals_for(largest(values))
    records = [
        {
            "row": k,
            "token": shortened(result.target_tokens[k]),
            "value": float(v),
            "text": ("◂ " if k in unlikely else "") + strip_text(float(v), score, decimals),
            "colour": colours.text if k in unlikely else colours.solid["other"],
        }
        for k, v in enumerate(values)
        if np.isfinite(v)
    ]
    low, high = (
        min(float(np.nanmin(values, initial=0.0)), 0.0),
        max(float(np.nanmax(values, initial=0.0)), 0.0),
    )
    if score == "probability":
        high = 1.0
    room = max((text_width(str(r["text"]), CELL_SIZE) for r in records), default=0.0) + 8
    high += usable(high - low) * room / max(width - room, 30)
    y = alt.Y(
        "row:O",
        axis=None,
        scale=alt.Scale(domain=list(range(len(values))), paddingInner=0, paddingOuter=0),
    )
    x = alt.X(
        "value:Q",
        title=SCORE_NAMES.get(score, score),
        scale=alt.Scale(domain=[low, high], nice=False),
        axis=alt.Axis(
            orient="top",
            grid=False,
            format="~g",
            values=[0, 1] if score == "probability" else [0],
            labelFontSize=11,
        ),
    )
    base = alt.Chart().encode(
        y=y,
        x=x,
        tooltip=[
            alt.Tooltip("token:N", title="target token"),
            alt.Tooltip("value:Q", title=SCORE_NAMES.get(score, score), format=".5g"),
        ],
    )
    bar = base.mark_bar(size=height / max(len(values), 1) * 0.62).encode(
        color=alt.Color("colour:N", scale=None, legend=None)
    )
    ends = base.encode(x=alt.X("value:Q"), text=alt.Text("text:N"))
    text = ends.mark_text(align="left", dx=4, fontSize=CELL_SIZE, color=colours.text)
    return layers(records, [bar, text], width=width, height=height)


def strip_text(value: float, score: str, decimals: int) -> str:
    """The number beside a bar: enough digits to tell an improbable token from an impossible one."""
    if score == "probability":
        return percent(value) if value < 0.01 else number(value, 2)
    return number(value, decimals)


def improbable(result: TranslationResult) -> list[int]:
    """The steps whose token the model itself finds unlikely."""
    return [k for k, p in enumerate(result.step_scores["probability"]) if p < IMPROBABLE]


# ---------------------------------------------------------------------------------------- shared wording


def inputs(result: TranslationResult) -> str:
    """Model and source for a caption."""
    languages = ""
    if result.request.source_language and result.request.target_language:
        languages = f", {clean(result.request.source_language)} to {clean(result.request.target_language)}"
    return f"{model_phrase(result.model)}{languages}. Source: {quoted(result.request.source)}."


def generation(result: TranslationResult) -> str:
    """The generation settings in brackets, where the model wrote the translation itself."""
    return f" ({clean(result.generation)})" if result.generation else ""


def how(result: TranslationResult, view: SaliencyView, *, target: bool = True) -> str:
    """The target (unless left out), method and unit for a caption."""
    request = result.request
    made = "the model's own translation" if result.generated else "given"
    about = f"Target ({made}{generation(result)}): {quoted(written(result))}. " if target else ""
    contrast = f" against {quoted(request.contrast, 80)}" if request.contrast else ""
    sign = "signed sum" if view.sign == "signed" else "magnitude (L2 norm)"
    return (
        f"{about}{METHOD_NAMES[request.method].capitalize()} of "
        f"{request.attributed.replace('_', ' ')}{contrast}, {sign}; unit: {view.unit}."
    )


def legend_title(view: SaliencyView) -> str:
    """The unit, and what adds up."""
    if view.sign == "magnitude" and view.normalisation == "share":
        return "share of the step (a row sums to 1 over source and earlier words)"
    if view.sign == "magnitude" and view.normalisation == "weighted":
        return f"{view.unit} (a row sums to its score)"
    return view.unit


def legend_ends(result: TranslationResult, scale: ColourScale) -> tuple[str, str] | None:
    """What the ends of a signed scale mean."""
    if not scale.signed:
        return None
    contrast = result.request.attributed.startswith("contrast")
    return "for the target word", "for the contrast" if contrast else "against it"


def written(result: TranslationResult) -> str:
    """The translation as text, from its words."""
    return " ".join(w.text for w in result.target.words if not w.special)


def strongest(grid: Grid) -> str:
    """The largest cell, for a screen reader."""
    if not np.isfinite(grid.values).any():
        return ""
    row, column = np.unravel_index(int(np.nanargmax(np.abs(grid.values))), grid.values.shape)
    value = number(float(grid.values[row, column]), 2)
    return f"Largest: {grid.columns[int(column)]} for {grid.rows[int(row)]} ({value})."
