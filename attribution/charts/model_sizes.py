"""The figures of the page Model sizes: one function a figure, from a list of ComparisonResults."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from attribution.charts import phrases
from attribution.charts.bars import Panel, bars
from attribution.charts.compose import Records, constant, heading, in_column, in_row, layers
from attribution.charts.figure import PADDING, PAGE_WIDTH, Figure, finish, text_width, widest, words_table
from attribution.charts.heatmap import Frame, Grid, colour_legend, heatmap
from attribution.charts.libraries import alt, pd
from attribution.charts.next_word import part_names
from attribution.charts.palette import Theme, palette, signed_scale
from attribution.charts.trust import model_trust
from attribution.charts.views import WordView, colour_scale, in_order
from attribution.charts.wording import (
    clean,
    number,
    percent,
    quoted,
    shortened,
    size_words,
    text,
)
from attribution.methods import catalogue
from attribution.types import SPECIAL, Array, AttributionError, ComparisonResult, Explanation, Sign

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
    explanation, results = with_rest(_explanation(results, view)), in_order(results)
    scale = colour_scale([explanation.values], view.sign, view.sides(results), theme)
    grid = Grid.of(explanation, phrases.COMPARISON_AXES["row"], phrases.COMPARISON_AXES["column"])
    frame = Frame.of(grid, width, row=34 if len(grid.rows) <= 8 else 0)
    ends = view.ends(results) if scale.signed else None
    return finish(
        heatmap(grid, scale, theme, frame, legend=colour_legend(explanation.unit, scale, ends)),
        name="words-by-model",
        title=text(phrases.LEAN_TITLE, what=_question_words(results)),
        caption=text(
            phrases.LEAN_CAPTION,
            inputs=_inputs(results),
            how=_how(results, view, explanation.unit),
            sums=_sums(explanation, view),
        )
        + _flat(results),
        table=_spreadsheet(results, explanation),
        alt_text=text(
            phrases.LEAN_SPOKEN,
            models=str(len(grid.rows)),
            words=str(len(grid.columns)),
            leaders=_leaders_spoken(explanation),
        ),
        theme=theme,
        width=max(width, frame.total_width(len(grid.columns))),
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
    explanation, results = with_rest(_explanation(results, view)), in_order(results)
    words, known = explanation.columns, np.nan_to_num(explanation.values)
    span = (float(known.min(initial=0.0)), float(known.max(initial=0.0)))
    signed = span[0] < 0 or view.sign == "signed"
    ends = view.ends(results) if signed else ("", "")
    a_row = min(len(known), 4)
    left = widest([shortened(w) for w in words]) + 14
    room = (width - left - 20) / a_row - 8
    panels = []
    for k, model in enumerate(explanation.rows):
        first = k % a_row == 0
        body = bars(
            Panel(
                words,
                known[k],
                view.sides(results),
                ends,
                explanation.unit,
                signed,
                outlined=int(bool(explanation.parts)),
            ),
            theme,
            room + (left if first else 0),
            span=span,
            row_labels=first,
            axis=explanation.unit if k == 0 and not signed else "",
        )
        panels.append(body | {"title": heading(model, palette(theme).text, frame="group", offset=6)})
    rows = [in_row(*panels[k : k + a_row], spacing=14) for k in range(0, len(panels), a_row)]
    caption = text(
        phrases.PANELS_CAPTION_SUMS if explanation.parts else phrases.PANELS_CAPTION,
        inputs=_inputs(results),
        how=_how(results, view, explanation.unit),
        sums=_sums(explanation, view),
    )
    caption += _flat(results)
    if signed:
        colours = phrases.PANELS_SIDES if results[0].request.foil else phrases.PANELS_SIDES_GREY
        caption += text(colours, up=ends[0], down=ends[1])
    return finish(
        in_column(*rows, spacing=18),
        name="words-by-model-bars",
        title=text(phrases.LEAN_TITLE, what=_question_words(results)),
        caption=caption,
        table=_spreadsheet(results, explanation),
        alt_text=text(phrases.PANELS_SPOKEN, count=str(len(panels)), leaders=_leaders_spoken(explanation)),
        theme=theme,
        width=width,
    )


def with_rest(explanation: Explanation) -> Explanation:
    """The same with what no word is credited with as a column of its own, where a method says that."""
    if not explanation.parts:
        return explanation
    columns = (*explanation.columns, phrases.NO_WORD["words"])
    values = np.concatenate([explanation.values, explanation.remainder[:, None]], 1)
    return replace(explanation, columns=columns, values=values)


def _sums(explanation: Explanation, view: WordView) -> str:
    """What the values of a row sum to, for a caption."""
    if not explanation.parts:
        return phrases.LEAN_SUMS[view.normalisation]
    return text(phrases.LEAN_ADDS_UP, parts=part_names(explanation.parts))


def _spreadsheet(results: Sequence[ComparisonResult], explanation: Explanation) -> pd.DataFrame:
    """The numbers behind a figure of words by model: one row a model."""
    heads = phrases.HEADS
    first = {
        heads["model"]: [r.model.name for r in results],
        heads["parameters"]: [r.model.parameters for r in results],
    }
    return words_table(
        first, explanation.columns, explanation.values, {heads["score"]: [r.score for r in results]}
    )


# ------------------------------------------------------------------------------------- confidence by size


@dataclass(frozen=True)
class _Line:
    """One line of the figure: its name, its colour, and a value a model."""

    name: str
    colour: str
    values: list[float]


def confidence(
    results: Sequence[ComparisonResult],
    *,
    theme: Theme = "light",
    width: int = PAGE_WIDTH,
    height: int = 300,
) -> Figure:
    """P(target) and P(foil) against the number of parameters, on a logarithmic axis."""
    if not results:
        raise AttributionError(phrases.NO_ANSWER)
    results = in_order(results)
    lines = _lines(results, theme)
    room = width - 70 - 2 * PADDING
    records = _points(results, lines)
    spoken = "; ".join(
        f"{clean(r.model.name)}: " + ", ".join(f"{n.name} {percent(n.values[k])}" for n in lines)
        for k, r in enumerate(results)
    )
    whole = "" if len(results[0].target_tokens) == 1 else phrases.WHOLE_WORDS
    return finish(
        layers(records, _confidence_marks(results, lines, records, theme, room), width=room, height=height),
        name="confidence-by-size",
        title=text(phrases.SURE_TITLE, what=_question_words(results)),
        caption=f"{_inputs(results)}{whole}",
        table=_confidence_table(results, lines),
        alt_text=text(phrases.SURE_SPOKEN, values=spoken),
        theme=theme,
        width=width,
    )


def _lines(results: Sequence[ComparisonResult], theme: Theme) -> list[_Line]:
    """The target, and the foil where there is one."""
    colours, request = palette(theme), results[0].request
    chances = [math.exp(r.target_log_probability) for r in results]
    lines = [_Line(text(phrases.PROBABILITY, target=clean(request.target)), colours.ink["target"], chances)]
    if request.foil:
        others = [math.exp(r.foil_log_probability) for r in results]
        lines.append(
            _Line(text(phrases.PROBABILITY, target=clean(request.foil)), colours.ink["foil"], others)
        )
    return lines


def _sizes(results: Sequence[ComparisonResult]) -> list[int]:
    """Where the models stand on the axis, which has no 0."""
    return [max(r.model.parameters, 1) for r in results]


def _points(results: Sequence[ComparisonResult], lines: Sequence[_Line]) -> Records:
    """One record a model and line."""
    return [
        {
            "line": line.name,
            "parameters": size,
            "value": float(value),
            "model": clean(r.model.name),
            "text": percent(float(value)),
            "spot": spot,
        }
        for line in lines
        for r, size, value, spot in zip(
            results, _sizes(results), line.values, _label_spots(lines, line), strict=True
        )
        if math.isfinite(value)
    ]


def _label_spots(lines: Sequence[_Line], own: _Line) -> list[str]:
    """Where the number of each point of a line stands: the higher above, the lower below if it has room."""
    others = [n.values for n in lines if n.name != own.name]
    return [
        "below" if any(v[k] > value for v in others) and value > 0.07 else "above"
        for k, value in enumerate(own.values)
    ]


def _confidence_marks(
    results: Sequence[ComparisonResult], lines: Sequence[_Line], records: Records, theme: Theme, room: float
) -> list[alt.Chart]:
    """The line of 0, the lines, their points, and a number at each point."""
    order = [line.name for line in lines]
    values = [r["value"] for r in records]
    colour = alt.Color(
        "line:N",
        sort=order,
        scale=alt.Scale(domain=order, range=[line.colour for line in lines]),
        legend=alt.Legend(title=None, orient="top", symbolType="stroke", symbolStrokeWidth=3),
    )
    y = alt.Y(
        "value:Q",
        title=phrases.SURE_HEIGHT,
        scale=alt.Scale(domain=[min(0.0, *values) * 1.08, max(*values, 0.1, 0.0) * 1.08 + 0.02], nice=True),
        axis=alt.Axis(format="~g", tickCount=6),
    )
    tips = phrases.COMPARISON_TIPS
    tooltip = [
        alt.Tooltip("model:N", title=tips["model"]),
        alt.Tooltip("line:N", title=tips["line"]),
        alt.Tooltip("value:Q", title=tips["value"], format=".4f"),
        alt.Tooltip("parameters:Q", title=tips["parameters"], format=","),
    ]
    base = alt.Chart().encode(x=_size_axis(results, room), y=y, color=colour)
    line = base.mark_line(strokeWidth=2.2)
    point = base.mark_point(filled=True, size=70, opacity=1).encode(tooltip=tooltip)
    zero = constant(value=0).mark_rule(color=palette(theme).muted).encode(y=alt.Y("value:Q"))
    return [zero, line, point, *_numbers(base, theme)]


def _numbers(base: alt.Chart, theme: Theme) -> list[alt.Chart]:
    """The numbers above or below their points, each on a halo of the background."""
    value = base.encode(text=alt.Text("text:N"))
    spots: dict[str, dict[str, Any]] = {
        "above": {"dy": -13},
        "below": {"dy": 14},
    }
    halo: dict[str, Any] = {"stroke": palette(theme).background, "strokeWidth": 4}
    return [
        value.transform_filter(f"datum.spot == '{spot}'").mark_text(fontSize=12, **where, **under)
        for spot, where in spots.items()
        for under in (halo, {})
    ]


def _size_axis(results: Sequence[ComparisonResult], room: float) -> alt.X:
    """The number of parameters, logarithmic, labelled with the models' names and sizes."""
    sizes = _sizes(results)
    low, high = math.log10(sizes[0]), math.log10(sizes[-1])
    spread = max((high - low) * 0.09, 0.15)
    domain = [10 ** (low - spread), 10 ** (high + spread)]
    names: dict[int, str] = {}
    for r, size in zip(results, sizes, strict=True):
        name = shortened(r.model.name, 26)
        names[size] = f"{names[size]} / {name}" if size in names else name
    at = [
        (math.log10(s) - math.log10(domain[0])) / (math.log10(domain[1]) - math.log10(domain[0]))
        for s in names
    ]
    gap = min((b - a for a, b in pairwise(at)), default=1.0) * room
    wide = max(text_width(n, 12) for n in names.values())
    labels = {str(s): [n, size_words(s)] for s, n in names.items()}  # two lines
    expression = " : ".join(f"datum.value == {s} ? {json.dumps(t)}" for s, t in labels.items()) + " : ''"
    return alt.X(
        "parameters:Q",
        scale=alt.Scale(type="log", domain=domain, nice=False),
        title=phrases.SURE_AXIS,
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


def _confidence_table(results: Sequence[ComparisonResult], lines: Sequence[_Line]) -> pd.DataFrame:
    target = lines[0].values
    foil = lines[1].values if len(lines) > 1 else [math.nan] * len(results)
    difference = [a - b for a, b in zip(target, foil, strict=True)]
    heads, roles = phrases.HEADS, phrases.ROLES
    return pd.DataFrame(
        {
            heads["model"]: [r.model.name for r in results],
            heads["parameters"]: [r.model.parameters for r in results],
            f"P({roles['target']})": target,
            f"P({roles['foil']})": foil,
            heads["difference"]: difference,
            heads["target rank"]: [r.target_rank for r in results],
            heads["own answer"]: [r.answer for r in results],
            heads["seconds"]: [r.seconds for r in results],
            heads["memory"]: [r.memory_bytes for r in results],
        }
    )


# --------------------------------------------------------------------------------------------- agreement


def rank_agreement(results: Sequence[ComparisonResult], sign: Sign = "signed") -> tuple[Array, list[str]]:
    """Spearman's rank correlation of the word scores of every two models: [models, models], and their names.

    Special tokens are left out. NaN where it is not defined (fewer than two words, or all values the same).
    """
    explanation = WordView(sign, "raw").explanation(results)
    values = explanation.values
    if SPECIAL in explanation.columns[-1:]:
        values = values[:, :-1]
    correlation = pd.DataFrame(values.T).corr(method="spearman").to_numpy()
    return correlation, list(explanation.rows)


def agreement(
    results: Sequence[ComparisonResult], sign: Sign = "signed", *, theme: Theme = "light", width: int = 620
) -> Figure:
    """Do the models lean on the same words? Rank correlation of every two."""
    values, models = rank_agreement(results, sign)
    results = in_order(results)
    scale = signed_scale(1.0, theme, "target", "against")
    of = phrases.COMPARISON_AXES["row"]
    grid = Grid(values, models, models, of, of, phrases.AGREEMENT)
    left = widest(models) + 14
    frame = Frame.of(grid, min(width, left + 76 * len(models) + 60), row=38 if len(models) <= 8 else 0)
    legend = colour_legend(phrases.AGREEMENT, scale, (phrases.SAME_ORDER, phrases.REVERSE_ORDER))
    table = words_table({phrases.HEADS["model"]: models}, models, values)
    pairs = values[np.triu_indices(len(models), 1)]
    known = pairs[np.isfinite(pairs)]
    spoken = text(phrases.AGREEMENT_NONE, count=str(len(models)))
    if known.size:
        low, high = number(float(known.min()), 2), number(float(known.max()), 2)
        spoken = text(phrases.AGREEMENT_SPOKEN, count=str(len(models)), low=low, high=high)
    return finish(
        heatmap(grid, scale, theme, frame, legend=legend),
        name="agreement",
        title=phrases.AGREEMENT_TITLE,
        caption=text(
            phrases.AGREEMENT_CAPTION,
            inputs=_inputs(results),
            sign=phrases.AGREEMENT_SIGNS[sign],
            method=catalogue.find(results[0].request.method).name,
        ),
        table=table,
        alt_text=spoken,
        theme=theme,
        width=max(width, frame.total_width(len(models))),
    )


# ---------------------------------------------------------------------------------------- shared wording


def _inputs(results: Sequence[ComparisonResult]) -> str:
    """Models and question for a caption."""
    models = ", ".join(
        clean(r.model.name)
        + f" ({size_words(r.model.parameters)}"
        + (f", {r.model.revision[:8]}" if r.model.revision else "")
        + f", {r.model.dtype})"
        for r in results
    )
    return text(phrases.COMPARISON_INPUTS, models=models, question=quoted(results[0].request.question))


def _how(results: Sequence[ComparisonResult], view: WordView, unit: str) -> str:
    """Method, what is attributed, and the unit, for a caption."""
    request = results[0].request
    method = catalogue.find(request.method)
    if method.unit == "logits":
        explained = phrases.LOGIT_MINUS if request.foil else phrases.LOGIT_OF
    elif request.attributed == "log_probability":
        explained = phrases.LOGIT_MINUS if request.foil else phrases.LOG_PROBABILITY
    else:
        explained = phrases.PROBABILITY_MINUS if request.foil else phrases.PROBABILITY
    target, foil = clean(request.target), clean(request.foil)
    return text(
        phrases.COMPARISON_METHOD,
        method=method.title,
        explained=text(explained, target=target, word=target, foil=foil),
        sign=(phrases.CHANGES if method.id == "erasure" else phrases.SIGNS)[view.sign],
        unit=unit,
    )


def _explanation(results: Sequence[ComparisonResult], view: WordView) -> Explanation:
    """The view's numbers, and beside each model whether they mean anything."""
    found, names = (
        view.explanation(results),
        {"saturated": phrases.SATURATED_ROW, "unmoved": phrases.UNMOVED_ROW},
    )
    rows = [
        text(names[state], model=shortened(r.model.name, 30))
        if (state := model_trust(r).state) in names
        else row
        for row, r in zip(found.rows, in_order(results), strict=True)
    ]
    columns = found.columns
    if columns[-1:] == (SPECIAL,):
        columns = (*columns[:-1], phrases.SPECIAL_TOKENS)
    return replace(found, rows=tuple(rows), columns=columns)


def _flat(results: Sequence[ComparisonResult]) -> str:
    """For a caption: of which models the values mean nothing."""
    models = [clean(r.model.name) for r in results if model_trust(r).state in ("saturated", "unmoved")]
    return text(phrases.SATURATED_CAPTION, models=", ".join(models)) if models else ""


def _question_words(results: Sequence[ComparisonResult]) -> str:
    """What is asked, in plain words: "no rather than yes"."""
    request = results[0].request
    target = clean(request.target)
    return text(phrases.RATHER, target=target, foil=clean(request.foil)) if request.foil else target


def _leaders_spoken(explanation: Explanation) -> str:
    """The most important word of each model, for a screen reader."""
    out = []
    for row, model in zip(explanation.values, explanation.rows, strict=True):
        if np.isfinite(row).any():
            k = int(np.nanargmax(np.abs(row)))
            out.append(f"{model}: {explanation.columns[k]} {number(float(row[k]), 2)}")
    return "; ".join(out) + "."
