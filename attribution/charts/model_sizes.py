"""The figures of the page Model sizes: one function a figure, from a list of ComparisonResults."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from attribution.charts.figure import (
    PADDING,
    PAGE_WIDTH,
    Figure,
    clean,
    finish,
    number,
    quoted,
    shortened,
    size_words,
    text_width,
    widest,
)
from attribution.charts.heatmap import Frame, Grid, colour_legend, heatmap
from attribution.charts.libraries import alt, pd
from attribution.charts.next_word import bars, unique
from attribution.charts.palette import (
    ColourScale,
    Role,
    Theme,
    amount_scale,
    largest,
    palette,
    signed_scale,
)
from attribution.charts.views import constant, heading, in_column, in_row, layers
from attribution.types import Array, AttributionError, ComparisonResult, Normalisation, Sign

SPECIAL = "(special tokens)"
METHOD_NAMES = {
    "input_x_gradient": "input × gradient",
    "saliency": "gradient norm",
    "integrated_gradients": "integrated gradients",
    "erasure": "erasure",
    "alti_logit": "ALTI-Logit",
}


@dataclass(frozen=True)
class WordView:
    """One view of the word scores of several models."""

    sign: Sign = "signed"
    normalisation: Normalisation = "share"

    def values(self, result: ComparisonResult) -> Array:
        """One value a word of the text, then the special tokens together where there are any.

        "share": the absolute values sum to 1. "weighted": shares times the score, so that magnitudes sum to
        the score P(target) - P(foil).

        Raises:
            AttributionError: signed values are asked of a method that has none.
        """
        if self.sign == "signed" and np.isnan(result.signed).all():
            method = METHOD_NAMES[result.request.method]
            raise AttributionError(f"The method {method} has no sign: choose magnitudes instead.")
        raw = np.asarray(getattr(result, self.sign), dtype=np.float64)
        merge = result.text.sum_words if self.sign == "signed" else result.text.combine_words
        values = merge(raw)
        if self.normalisation != "raw":
            total = float(np.abs(values).sum())
            values = values / total if total > 0 else values
        if self.normalisation == "weighted":
            values = values * result.score
        special = np.array([w.special for w in result.text.words], dtype=bool)
        rest = [values[special].sum()] if special.any() else []
        return np.concatenate([values[~special], rest])

    @property
    def unit(self) -> str:
        """The unit of the values."""
        if self.normalisation == "share":
            return "share of the model's attribution"
        return "share × score" if self.normalisation == "weighted" else "raw attribution"


def labels_of(result: ComparisonResult) -> list[str]:
    """The words of the question, without special tokens."""
    return [clean(w.text) for w in result.text.words if not w.special]


def in_order(results: Sequence[ComparisonResult]) -> list[ComparisonResult]:
    """Smallest model first."""
    return sorted(results, key=lambda r: r.model.parameters)


def table_of(results: Sequence[ComparisonResult], view: WordView) -> tuple[Array, list[str], list[str]]:
    """([models, words], model names, words); NaN where a model has no special tokens.

    Raises:
        AttributionError: there is no result, or the questions differ.
    """
    if not results:
        raise AttributionError("There is no model's answer yet.")
    results = in_order(results)
    words = labels_of(results[0])
    if any(labels_of(r) != words for r in results):
        raise AttributionError("These models were asked different questions, so their words do not line up.")
    rows = [view.values(r) for r in results]
    width = max(len(r) for r in rows)
    values = np.full((len(rows), width), np.nan)
    for k, row in enumerate(rows):
        values[k, : len(row)] = row
    columns = words + ([SPECIAL] if width > len(words) else [])
    return values, [named(r) for r in results], columns


def named(result: ComparisonResult) -> str:
    """A model with its size, for a row."""
    return f"{shortened(result.model.name, 30)} ({size_words(result.model.parameters)})"


def word_scale(
    values: Array, results: Sequence[ComparisonResult], view: WordView, theme: Theme
) -> ColourScale:
    """One scale for all models."""
    if view.sign == "magnitude" and not (np.nan_to_num(values) < 0).any():
        return amount_scale(largest(values), theme)
    return signed_scale(largest(values), theme, *sides(results))


def sides(results: Sequence[ComparisonResult]) -> tuple[Role, Role]:
    """Orange only where there is a foil."""
    return "target", "foil" if results[0].request.foil else "against"


def toward(results: Sequence[ComparisonResult]) -> tuple[str, str]:
    """What positive and negative values mean."""
    request = results[0].request
    target, foil = clean(request.target), clean(request.foil) if request.foil else ""
    return f"toward {target}", f"toward {foil}" if foil else f"away from {target}"


# ------------------------------------------------------------------------------------ which words, by size


def words_by_model(
    results: Sequence[ComparisonResult],
    view: WordView | None = None,
    *,
    theme: Theme = "light",
    width: int = PAGE_WIDTH,
) -> Figure:
    """Rows: the models, smallest first; columns: the words; one scale for all."""
    view = view or WordView()
    values, models, words = table_of(results, view)
    results = in_order(results)
    scale = word_scale(values, results, view, theme)
    grid = Grid(values, models, words, "model", "word", view.unit)
    frame = Frame.of(grid, width, row=34 if len(models) <= 8 else 0)
    ends = toward(results) if scale.signed else None
    sums = {
        "share": "absolute values of a row sum to 1",
        "weighted": "magnitudes of a row sum to the model's score",
        "raw": "raw values, not comparable between models in size",
    }[view.normalisation]
    return finish(
        heatmap(grid, scale, theme, frame, legend=colour_legend(view.unit, scale, ends)),
        name="words-by-model",
        title=f"Which words each model leans on for {question_words(results)}",
        caption=f"{inputs(results)} {how(results, view)}; {sums}.",
        table=spreadsheet(results, values, words),
        alt_text=f"Heatmap of {len(models)} models by {len(words)} words. "
        + leaders_spoken(values, models, words),
        theme=theme,
        width=max(width, frame.total_width(len(words))),
    )


def small_multiples(
    results: Sequence[ComparisonResult],
    view: WordView | None = None,
    *,
    theme: Theme = "light",
    width: int = PAGE_WIDTH,
) -> Figure:
    """One panel of bars a model, smallest first, all on one scale."""
    view = view or WordView()
    values, models, words = table_of(results, view)
    results = in_order(results)
    a_row = min(len(models), 4)
    left = widest([shortened(w) for w in words]) + 14
    room = (width - left - 20) / a_row - 8
    known = np.nan_to_num(values)
    span = (float(known.min(initial=0.0)), float(known.max(initial=0.0)))
    signed = span[0] < 0 or view.sign == "signed"
    ends = toward(results) if signed else ("", "")
    colours = palette(theme)
    panels = []
    for k, model in enumerate(models):
        first = k % a_row == 0
        body = bars(
            words,
            known[k],
            sides(results),
            ends,
            view.unit,
            theme,
            room + (left if first else 0),
            span=span,
            signed=signed,
            row_labels=first,
            axis=view.unit if k == 0 and not signed else "",
        )
        panels.append(body | {"title": heading(model, colours.text, frame="group", offset=6)})
    rows = [in_row(*panels[k : k + a_row], spacing=14) for k in range(0, len(panels), a_row)]
    direction = f" Blue: {ends[0]}; " + ("orange" if results[0].request.foil else "grey") + f": {ends[1]}."
    return finish(
        in_column(*rows, spacing=18),
        name="words-by-model-bars",
        title=f"Which words each model leans on for {question_words(results)}",
        caption=f"{inputs(results)} {how(results, view)}; one scale for all.{direction if signed else ''}",
        table=spreadsheet(results, values, words),
        alt_text=f"{len(models)} bar charts on one scale. " + leaders_spoken(values, models, words),
        theme=theme,
        width=width,
    )


def spreadsheet(results: Sequence[ComparisonResult], values: Array, words: list[str]) -> pd.DataFrame:
    """The numbers behind a figure of words by model: one row a model."""
    table = pd.DataFrame(values, columns=unique(words))
    table.insert(0, "model", [r.model.name for r in results])
    table.insert(1, "parameters", [r.model.parameters for r in results])
    table["score"] = [r.score for r in results]
    return table


# ------------------------------------------------------------------------------------- confidence by size


def confidence(
    results: Sequence[ComparisonResult],
    *,
    theme: Theme = "light",
    width: int = PAGE_WIDTH,
    height: int = 300,
) -> Figure:
    """P(target), P(foil) and their difference against the number of parameters (logarithmic axis)."""
    if not results:
        raise AttributionError("There is no model's answer yet.")
    results = in_order(results)
    colours = palette(theme)
    request = results[0].request
    target, foil = clean(request.target), clean(request.foil) if request.foil else ""
    lines = [(f"P({target})", "target", [math.exp(r.target_log_probability) for r in results])]
    if foil:
        chances = [math.exp(r.foil_log_probability) for r in results]
        lines.append((f"P({foil})", "foil", chances))
        lines.append(("difference", "text", [a - b for a, b in zip(lines[0][2], chances, strict=True)]))
    paint = {"target": colours.solid["target"], "foil": colours.solid["foil"], "text": colours.text}
    sizes = [max(r.model.parameters, 1) for r in results]
    low, high = math.log10(sizes[0]), math.log10(sizes[-1])
    spread = max((high - low) * 0.09, 0.15)
    domain = [10 ** (low - spread), 10 ** (high + spread)]
    names: dict[int, str] = {}
    for r, size in zip(results, sizes, strict=True):
        name = shortened(r.model.name, 26)
        names[size] = f"{names[size]} / {name}" if size in names else name
    room = width - 70 - 2 * PADDING
    records: list[dict[str, Any]] = [
        {
            "line": name,
            "parameters": size,
            "value": float(value),
            "model": clean(r.model.name),
            "text": number(float(value), 2),
            "spot": spot,
        }
        for name, role, values in lines
        for r, size, value, spot in zip(results, sizes, values, label_spots(lines, name), strict=True)
        if math.isfinite(value)
    ]
    at = [
        (math.log10(s) - math.log10(domain[0])) / (math.log10(domain[1]) - math.log10(domain[0]))
        for s in names
    ]
    gap = min((b - a for a, b in pairwise(at)), default=1.0) * room
    wide = max(text_width(n, 12) for n in names.values())
    labels = {str(s): [n, size_words(s)] for s, n in names.items()}  # two lines
    expression = " : ".join(f"datum.value == {s} ? {json.dumps(t)}" for s, t in labels.items()) + " : ''"
    x = alt.X(
        "parameters:Q",
        scale=alt.Scale(type="log", domain=domain, nice=False),
        title="parameters (logarithmic)",
        axis=alt.Axis(
            values=list(names),
            labelExpr=expression,
            labelAngle=0 if wide + 16 < gap else -30,
            labelAlign="center" if wide + 16 < gap else "right",
            labelOverlap=False,
            grid=False,
            labelFontSize=12,
        ),
    )
    values = [r["value"] for r in records]
    y = alt.Y(
        "value:Q",
        title="probability",
        scale=alt.Scale(domain=[min(0.0, *values) * 1.08, max(*values, 0.1, 0.0) * 1.08 + 0.02], nice=True),
        axis=alt.Axis(format="~g", tickCount=6),
    )
    order = [n for n, _, _ in lines]
    colour = alt.Color(
        "line:N",
        sort=order,
        scale=alt.Scale(domain=order, range=[paint[role] for _, role, _ in lines]),
        legend=alt.Legend(title=None, orient="top", symbolType="stroke", symbolStrokeWidth=3),
    )
    dash = alt.StrokeDash(
        "line:N",
        scale=alt.Scale(domain=order, range=[[1, 0], [1, 0], [5, 4]][: len(order)]),
        legend=None,
    )
    tooltip = [
        alt.Tooltip("model:N", title="model"),
        alt.Tooltip("line:N", title="of"),
        alt.Tooltip("value:Q", title="value", format=".4f"),
        alt.Tooltip("parameters:Q", title="parameters", format=","),
    ]
    base = alt.Chart().encode(x=x, y=y, color=colour)
    line = base.mark_line(strokeWidth=2.2).encode(strokeDash=dash)
    point = base.mark_point(filled=True, size=70, opacity=1).encode(tooltip=tooltip)
    zero = constant(value=0).mark_rule(color=colours.muted).encode(y=alt.Y("value:Q"))
    text = base.encode(text=alt.Text("text:N"))
    spots: dict[str, dict[str, Any]] = {
        "above": {"dy": -13},
        "below": {"dy": 14},
        "right": {"dx": 9, "align": "left"},
    }
    halo: dict[str, Any] = {"stroke": colours.background, "strokeWidth": 4}
    numbers = [
        text.transform_filter(f"datum.spot == '{spot}'").mark_text(fontSize=12, **where, **under)
        for spot, where in spots.items()
        for under in (halo, {})
    ]
    table = pd.DataFrame(
        {
            "model": [r.model.name for r in results],
            "parameters": [r.model.parameters for r in results],
            "P(target)": lines[0][2],
            "P(foil)": lines[1][2] if foil else [math.nan] * len(results),
            "difference": lines[2][2] if foil else [math.nan] * len(results),
            "rank of target": [r.target_rank for r in results],
            "own answer": [r.answer for r in results],
            "seconds": [r.seconds for r in results],
            "memory, bytes": [r.memory_bytes for r in results],
        }
    )
    spoken = "; ".join(
        f"{clean(r.model.name)}: " + ", ".join(f"{n} {number(v[k], 2)}" for n, _, v in lines)
        for k, r in enumerate(results)
    )
    whole = "" if len(results[0].target_tokens) == 1 else " Probabilities are of the whole words."
    return finish(
        layers(records, [zero, line, point, *numbers], width=room, height=height),
        name="confidence-by-size",
        title=f"How sure each model is of {question_words(results)}",
        caption=f"{inputs(results)}{whole}",
        table=table,
        alt_text=f"Line chart by model size. {spoken}.",
        theme=theme,
        width=width,
    )


def label_spots(lines: list[tuple[str, str, list[float]]], name: str) -> list[str]:
    """Where the number of each point of a line stands: the higher above, the lower below if it has room."""
    if name == "difference":
        return ["right"] * len(lines[0][2])
    own = next(v for n, _, v in lines if n == name)
    others = [v for n, _, v in lines if n not in (name, "difference")]
    return [
        "below" if any(v[k] > own[k] for v in others) and own[k] > 0.07 else "above" for k in range(len(own))
    ]


# --------------------------------------------------------------------------------------------- agreement


def rank_agreement(results: Sequence[ComparisonResult], sign: Sign = "signed") -> tuple[Array, list[str]]:
    """Spearman's rank correlation of the word scores of every two models: [models, models], and their names.

    Special tokens are left out. NaN where it is not defined (fewer than two words, or all values the same).
    """
    view = WordView(sign, "raw")
    values, models, words = table_of(results, view)
    if SPECIAL in words[-1:]:
        values = values[:, :-1]
    ranks = [pd.Series(row).rank().to_numpy() for row in values]
    return np.array([[correlation(a, b) for b in ranks] for a in ranks]), models


def correlation(a: Array, b: Array) -> float:
    """Pearson's correlation of two rows of ranks, in [-1, 1]; NaN where one of them does not vary."""
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a**2).sum() * (b**2).sum()))
    return float(np.clip((a * b).sum() / size, -1, 1)) if size > 0 else math.nan


def agreement(
    results: Sequence[ComparisonResult], sign: Sign = "signed", *, theme: Theme = "light", width: int = 620
) -> Figure:
    """Do the models lean on the same words? Rank correlation of every two."""
    values, models = rank_agreement(results, sign)
    results = in_order(results)
    scale = signed_scale(1.0, theme, "target", "against")
    grid = Grid(values, models, models, "model", "model", "rank correlation")
    left = widest(models) + 14
    frame = Frame.of(grid, min(width, left + 76 * len(models) + 60), row=38 if len(models) <= 8 else 0)
    legend = colour_legend("rank correlation", scale, ("the same order of words", "the reverse order"))
    table = pd.DataFrame(values, columns=unique(models))
    table.insert(0, "model", models)
    pairs = values[np.triu_indices(len(models), 1)]
    known = pairs[np.isfinite(pairs)]
    spoken = (
        f"from {number(float(known.min()), 2)} to {number(float(known.max()), 2)}" if known.size else "none"
    )
    return finish(
        heatmap(grid, scale, theme, frame, legend=legend),
        name="agreement",
        title="Do the models lean on the same words?",
        caption=f"{inputs(results)} Spearman's rank correlation of the word scores ({sign}, "
        f"{METHOD_NAMES[results[0].request.method]}) of every two models; special tokens left out.",
        table=table,
        alt_text=f"Matrix of rank correlations between {len(models)} models: {spoken}.",
        theme=theme,
        width=max(width, frame.total_width(len(models))),
    )


# ---------------------------------------------------------------------------------------- shared wording


def inputs(results: Sequence[ComparisonResult]) -> str:
    """Models and question for a caption."""
    models = ", ".join(
        clean(r.model.name)
        + f" ({size_words(r.model.parameters)}"
        + (f", {r.model.revision[:8]}" if r.model.revision else "")
        + f", {r.model.dtype})"
        for r in results
    )
    return f"{models}. Question: {quoted(results[0].request.question)}."


def how(results: Sequence[ComparisonResult], view: WordView) -> str:
    """Method, what is attributed, and the unit, for a caption."""
    request = results[0].request
    sign = "signed" if view.sign == "signed" else "magnitude (L2 norm)"
    target, foil = clean(request.target), clean(request.foil) if request.foil else ""
    if request.method == "alti_logit":
        of = f"logit {target} − logit {foil}" if foil else f"logit of {target}"
    else:
        of = f"P({target}) − P({foil})" if foil else f"P({target})"
    return f"{METHOD_NAMES[request.method].capitalize()} of {of}, {sign}; unit: {view.unit}"


def question_words(results: Sequence[ComparisonResult]) -> str:
    """What is asked, in plain words: "no rather than yes"."""
    request = results[0].request
    return clean(request.target) + (f" rather than {clean(request.foil)}" if request.foil else "")


def leaders_spoken(values: Array, models: list[str], words: list[str]) -> str:
    """The most important word of each model, for a screen reader."""
    out = []
    for row, model in zip(values, models, strict=True):
        if np.isfinite(row).any():
            k = int(np.nanargmax(np.abs(row)))
            out.append(f"{model}: {words[k]} {number(float(row[k]), 2)}")
    return "; ".join(out) + "."
