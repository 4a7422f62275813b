"""The figures of Does it hold?: removal curves of one method, and all methods of one text side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from attribution.charts import phrases
from attribution.charts.bars import BAR, row_axis
from attribution.charts.compose import Records, Spec, constant, heading, in_column, in_row, layers
from attribution.charts.figure import PADDING, PAGE_WIDTH, Figure, finish, row_height, widest
from attribution.charts.libraries import alt, pd
from attribution.charts.palette import Theme, palette
from attribution.charts.wording import clean, model_and_size, model_phrase, number, quoted, text
from attribution.language import numbered
from attribution.methods.catalogue import find
from attribution.types import (
    AnswerRequest,
    AttributionError,
    ComparisonRequest,
    FaithfulnessResult,
    NextWordRequest,
    TranslationRequest,
)

HEIGHT = 300
COLUMNS = ("gap", "lds", "agreement", "carried", "seconds")


def removal_curves(result: FaithfulnessResult, *, theme: Theme = "light", width: int = PAGE_WIDTH) -> Figure:
    """What is explained while words are taken away, in the method's order and its reverse."""
    count, places = len(result.words), _places(result)
    how = text(numbered(phrases.REMOVAL_HOW[result.replace], count), **places)
    table = pd.DataFrame(_numbers(result))
    body = _curves(result, theme, width - 90, HEIGHT, _span([result]), legend=True)
    half = (count + 1) // 2
    return finish(
        body,
        name="does-it-hold",
        title=text(phrases.REMOVAL_TITLE[result.replace], **places),
        caption=text(phrases.REMOVAL_CAPTION, how=how, **places),
        table=table,
        alt_text=text(
            phrases.REMOVAL_SPOKEN,
            what=explained(result, article=True),
            start=number(float(result.most_first[0]), 2, sign=True),
            most=number(float(result.most_first[half]), 2, sign=True),
            least=number(float(result.least_first[half]), 2, sign=True),
            gap=places["gap"],
        ),
        theme=theme,
        width=width,
    )


def method_by_method(
    results: Sequence[FaithfulnessResult], *, theme: Theme = "light", width: int = PAGE_WIDTH
) -> Figure:
    """One panel of removal curves a method, the best gap first, all on one scale."""
    _check(results)
    ordered = sorted(results, key=lambda r: -r.gap if math.isfinite(r.gap) else math.inf)
    places, labels = _places(results[0]), [_method(r) for r in ordered]
    return finish(
        _panels(ordered, labels, theme, width),
        name="method-by-method",
        title=text(phrases.EACH_TITLE[results[0].replace], **places),
        caption=text(phrases.EACH_CAPTION, **places),
        table=_all_curves(ordered, phrases.HEADS["method"], [r.request.method for r in ordered]),
        alt_text=text(phrases.WHICH_SPOKEN, count=str(len(ordered)), gaps=_gaps(ordered, labels)),
        theme=theme,
        width=width,
    )


def model_by_model(
    results: Sequence[FaithfulnessResult], *, theme: Theme = "light", width: int = PAGE_WIDTH
) -> Figure:
    """One panel of removal curves a model, the smallest first, all of one method and on one scale."""
    if len({(r.replace, r.request.method, r.explained, _asked(r)) for r in results}) != 1:
        raise AttributionError(phrases.OTHER_TEXTS)
    ordered = sorted(results, key=lambda r: r.model.parameters)
    places, labels = _places(results[0]), [model_and_size(r.model, 30) for r in ordered]
    models = ", ".join(model_phrase(r.model) for r in ordered)
    inputs = text(phrases.COMPARISON_INPUTS, models=models, question=quoted(_asked(results[0])))
    places |= {"inputs": inputs, "unit": phrases.REMOVAL_UNITS.get(results[0].explained, phrases.LOGITS)}
    return finish(
        _panels(ordered, labels, theme, width),
        name="does-it-hold-by-model",
        title=text(phrases.MODELS_TITLE[results[0].replace], **places),
        caption=text(phrases.MODELS_CAPTION, **places),
        table=_all_curves(ordered, phrases.HEADS["model"], [r.model.name for r in ordered]),
        alt_text=text(phrases.PANELS_SPOKEN, count=str(len(ordered)), leaders=_gaps(ordered, labels) + "."),
        theme=theme,
        width=width,
    )


def _panels(results: Sequence[FaithfulnessResult], labels: Sequence[str], theme: Theme, width: int) -> Spec:
    """Removal curves side by side on one scale, each with its gap above."""
    a_row = min(len(results), 3)
    room, span = width / a_row - 60, _span(results)
    panels = []
    for k, (result, label) in enumerate(zip(results, labels, strict=True)):
        name = f"{label}: {amount(result.gap, result)}"
        body = _curves(result, theme, room, 130, span, legend=k == 0)
        panels.append(body | {"title": heading(name, palette(theme).text, frame="group", offset=6)})
    rows = [in_row(*panels[k : k + a_row], spacing=14) for k in range(0, len(panels), a_row)]
    return in_row(in_column(*rows, spacing=18))


def _all_curves(results: Sequence[FaithfulnessResult], what: str, names: Sequence[str]) -> pd.DataFrame:
    """The curves one below the other, with a column that says whose they are."""
    curves = [pd.DataFrame({what: name} | _numbers(r)) for name, r in zip(names, results, strict=True)]
    return pd.concat(curves, ignore_index=True)


def _numbers(result: FaithfulnessResult) -> dict[str, Any]:
    """The columns of a table of curves."""
    names = phrases.CURVES | phrases.OTHER_CURVES
    removed = {phrases.HEADS["removed"]: np.arange(len(result.words) + 1)}
    return removed | {names[name]: curve for name, curve in result.curves.items()}


def _gaps(results: Sequence[FaithfulnessResult], labels: Sequence[str]) -> str:
    """For a screen reader."""
    return "; ".join(f"{label} {amount(r.gap, r)}" for label, r in zip(labels, results, strict=True))


def _method(result: FaithfulnessResult) -> str:
    """A method's name, with what it explains where that is not what it was measured on."""
    title = find(result.request.method).title
    asked = result.request
    own = asked.attributed if isinstance(asked, TranslationRequest | AnswerRequest) else result.explained
    if isinstance(asked, AnswerRequest) and result.foil:
        own = "contrast_prob_diff" if own == "probability" else "contrast_logits_diff"
    return title if own == result.explained else text(phrases.OF_THE_LOGIT, method=title)


def which_method(
    results: Sequence[FaithfulnessResult], *, theme: Theme = "light", width: int = PAGE_WIDTH
) -> Figure:
    """A row a method: gap, LDS, agreement with leaving words out, the share that the words carry, time."""
    _check(results)
    ordered = sorted(results, key=lambda r: -r.gap if math.isfinite(r.gap) else math.inf)
    labels = [_method(r) for r in ordered]
    numbers = {
        "gap": [r.gap for r in ordered],
        "lds": [r.lds for r in ordered],
        "agreement": [r.agreement for r in ordered],
        "carried": [100 * r.carried for r in ordered],
        "seconds": [r.seconds for r in ordered],
    }
    left = widest(labels) + 14
    room = (width - left) / len(COLUMNS) - 26
    first = ordered[0]
    marks = {"gap": first.random_gap[1], "lds": first.random_lds[0]}
    panels = [
        _column(labels if name == "gap" else None, name, numbers[name], marks.get(name), theme, room, left)
        for name in COLUMNS
    ]
    places = _places(first)
    columns = {phrases.WHICH_PANELS[name]: measure for name, measure in numbers.items()}
    verdicts = [phrases.VERDICT_CELLS[r.verdict] for r in ordered]
    table = pd.DataFrame({phrases.HEADS["method"]: labels, **columns, phrases.HEADS["verdict"]: verdicts})
    return finish(
        in_row(*panels, spacing=16),
        name="which-method-holds",
        title=phrases.WHICH_TITLE[first.replace],
        caption=text(phrases.WHICH_CAPTION, **places),
        table=table,
        alt_text=text(phrases.WHICH_SPOKEN, count=str(len(ordered)), gaps=_gaps(ordered, labels)),
        theme=theme,
        width=width,
    )


def _check(results: Sequence[FaithfulnessResult]) -> None:
    """Raises where results are of different texts or ways of taking words away."""
    if len({(r.words, r.replace, r.request.model, r.explained, r.steps) for r in results}) != 1:
        raise AttributionError(phrases.OTHER_TEXTS)


def _places(result: FaithfulnessResult) -> dict[str, str]:
    """What the sentences of these figures have places for."""
    model, asked = model_phrase(result.model), quoted(_asked(result))
    if isinstance(result.request, NextWordRequest):
        inputs = text(phrases.NEXT_WORD_INPUTS, model=model, prefix=asked)
    elif isinstance(result.request, TranslationRequest):
        inputs = text(phrases.TRANSLATION_INPUTS, model=model, source=asked)
    elif isinstance(result.request, AnswerRequest):
        places = ", ".join(str(step + 1) for step in result.steps)
        inputs = text(phrases.ANSWER_INPUTS, model=model, prompt=asked, places=places)
    else:
        inputs = text(phrases.COMPARISON_INPUTS, models=model, question=asked)
    return {
        "inputs": inputs,
        "what": explained(result),
        "method": find(result.request.method).name,
        "titled": _method(result),
        "count": str(len(result.words)),
        "orders": str(result.orders),
        "subsets": "64",
        "gap": in_unit(result.gap, result),
        "low": amount(result.random_gap[0], result),
        "high": amount(result.random_gap[1], result),
        "erasure": amount(result.erasure_gap, result),
        "lds": number(result.lds, 2),
        "chance": number(result.random_lds[0], 2),
    }


def explained(result: FaithfulnessResult, *, article: bool = False) -> str:
    """The number that is measured, e.g. "logit difference hot − cold"; with its article in a sentence."""
    asked = result.request
    typed = "" if isinstance(asked, AnswerRequest) else asked.target
    other = asked.foil if isinstance(asked, NextWordRequest | ComparisonRequest) else ""
    target, foil = clean(result.target or typed) or phrases.LIKELIEST_WORD, clean(result.foil or other or "∅")
    word = foil if result.explained.endswith("foil") else target
    names = phrases.REMOVAL_WHAT.get(result.explained, ("{word}", "{word}"))
    what = text(names[article], target=target, foil=foil, word=word)
    if len(result.steps) > 1:
        return text(phrases.REMOVAL_MEAN, what=what, count=str(len(result.steps)))
    return what


def amount(value: float, result: FaithfulnessResult) -> str:
    """A change of the number explained."""
    return number(value, 3 if phrases.REMOVAL_AMOUNTS.get(result.explained) == "{size}" else 2, sign=True)


def in_unit(value: float, result: FaithfulnessResult) -> str:
    """The same with its unit; a probability has none."""
    amounts = phrases.REMOVAL_AMOUNTS.get(result.explained, phrases.IN_LOGITS)
    return text(amounts, size=amount(value, result))


def _asked(result: FaithfulnessResult) -> str:
    """The text whose words are taken away."""
    asked = result.request
    if isinstance(asked, NextWordRequest):
        return asked.prefix
    if isinstance(asked, AnswerRequest):
        return asked.prompt
    return asked.source if isinstance(asked, TranslationRequest) else asked.question


def _span(results: Sequence[FaithfulnessResult]) -> tuple[float, float]:
    every = np.concatenate([curve for r in results for curve in r.curves.values()])
    low, high = float(every.min()), float(every.max())
    margin = 0.04 * ((high - low) or 1.0)
    return low - margin, high + margin


def _curves(
    result: FaithfulnessResult,
    theme: Theme,
    width: float,
    height: float,
    span: tuple[float, float],
    *,
    legend: bool,
) -> Spec:
    """The two curves of the ranking and the band of random orders."""
    colours, count = palette(theme), len(result.words)
    axis = phrases.REMOVAL_AXES.get(result.explained, phrases.LOGITS)
    records: Records = [
        {"removed": k, "value": float(value), "curve": label}
        for name, label in phrases.CURVES.items()
        for k, value in enumerate(result.curves[name])
    ]
    band = zip(result.random_low, result.random_high, strict=True)
    records += [{"removed": k, "low": float(low), "high": float(high)} for k, (low, high) in enumerate(band)]
    names = list(phrases.CURVES.values())
    x = alt.X(
        "removed:Q",
        title=phrases.HEADS["removed"],
        scale=alt.Scale(domain=[0, max(count, 1)], nice=False),
        axis=alt.Axis(format="d", tickCount=min(count, 12), grid=False),
    )
    y_scale = alt.Scale(domain=list(span), nice=False, zero=False)
    area = alt.Chart().transform_filter("isValid(datum.low)").mark_area(opacity=0.25, color=colours.muted)
    lines = alt.Chart().transform_filter("isValid(datum.curve)")
    shown = alt.Legend(orient="top", title=None, symbolType="stroke") if legend else None
    scale = alt.Scale(domain=names, range=[colours.solid["target"], colours.text, colours.muted])
    dashes = alt.Scale(domain=names, range=[[1, 0], [7, 3], [2, 3]])
    line = lines.mark_line(strokeWidth=2.4, point={"size": 26, "filled": True}).encode(
        x=x,
        y=alt.Y("value:Q", title=axis, scale=y_scale),
        color=alt.Color("curve:N", scale=scale, legend=shown),
        strokeDash=alt.StrokeDash("curve:N", scale=dashes, legend=shown),
        tooltip=[
            alt.Tooltip("curve:N", title=phrases.HEADS["order"]),
            alt.Tooltip("removed:Q", title=phrases.HEADS["removed"]),
            alt.Tooltip("value:Q", title=axis, format="+.4g"),
        ],
    )
    around = area.encode(x=x, y=alt.Y("low:Q", scale=y_scale, title=axis), y2=alt.Y2("high:Q"))
    zero = constant(value=0).mark_rule(color=colours.muted, strokeWidth=0.8)
    charts = [around, line]
    if span[0] < 0 < span[1]:
        charts.insert(0, zero.encode(y=alt.Y("value:Q", scale=y_scale)))
    return layers(records, charts, width=width, height=height)


def _column(
    labels: Sequence[str] | None,
    name: str,
    values: Sequence[float],
    mark: float | None,
    theme: Theme,
    room: float,
    left: float,
) -> Spec:
    """Bars of one measure; a dash where it is not defined."""
    colours = palette(theme)
    decimals = {"carried": 0, "seconds": 3}.get(name, 2)
    known = [v for v in values if math.isfinite(v)] or [0.0]
    low, high = min(*known, 0.0), max(*known, mark or 0.0, 0.0)
    span = (high - low) or 1.0
    rows = list(labels) if labels else [""] * len(values)
    records: Records = [
        {
            "position": p,
            "method": rows[p],
            "value": float(v) if math.isfinite(v) else 0.0,
            "text": number(v, decimals),
        }
        for p, v in enumerate(values)
    ]
    y = row_axis(rows, left if labels else 0)
    y = y if labels else y.axis(None)
    x = alt.X(
        "value:Q",
        title=phrases.WHICH_PANELS[name],
        scale=alt.Scale(domain=[low - 0.32 * span * (low < 0), high + 0.32 * span], nice=False, zero=True),
        axis=alt.Axis(orient="top", ticks=False, labels=False, grid=False),
    )
    height = row_height(len(rows))
    base = alt.Chart().encode(x=x, y=y)
    bar = base.mark_bar(size=height * BAR, color=colours.solid["target"], opacity=0.75)
    style: Any = {"fontSize": 12, "color": colours.text}
    texts = base.encode(text=alt.Text("text:N"))
    charts = [
        bar,
        texts.transform_filter("datum.value >= 0").mark_text(align="left", dx=4, **style),
        texts.transform_filter("datum.value < 0").mark_text(align="right", dx=-4, **style),
    ]
    if mark is not None and math.isfinite(mark):
        rule = constant(value=float(mark)).mark_rule(color=colours.muted, strokeDash=[4, 3])
        charts.append(rule.encode(x=alt.X("value:Q")))
    return layers(records, charts, width=max(room, 80) - PADDING, height=height * len(rows))
