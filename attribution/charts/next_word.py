"""The figures of the page Next word: one function a figure, from a NextWordResult."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from attribution.charts.contributions import METHOD_NAMES, NOT_WORDS, View
from attribution.charts.figure import (
    LABEL_SIZE,
    PADDING,
    PAGE_WIDTH,
    Figure,
    clean,
    decimals_for,
    finish,
    label_expression,
    model_phrase,
    number,
    quoted,
    row_height,
    shortened,
    text_width,
    widest,
)
from attribution.charts.heatmap import Frame, Grid, colour_legend, heatmap
from attribution.charts.libraries import alt, pd
from attribution.charts.palette import (
    Role,
    Theme,
    amount_scale,
    largest,
    palette,
    signed_scale,
    usable,
)
from attribution.charts.views import Spec, constant, in_row, layers
from attribution.types import NextWordResult

MOST_STEPS = 26
"""Words the waterfall shows one by one; beyond it the smallest ones are one step together."""


def contribution_bars(
    result: NextWordResult, view: View | None = None, *, theme: Theme = "light", width: int = 640
) -> Figure:
    """One signed bar a word (or token), in the order of the text; they sum, with the rest, to the logit."""
    view = view or View()
    labels, values = view.labels(result), view.values(result)
    up, down = view.toward(result)
    table = pd.DataFrame(
        {"position": np.arange(1, len(labels) + 1), view.units[:-1]: labels, view.unit: values}
    )
    chart = bars(labels, values, view.sides(result), (up, down), view.unit, theme, width)
    method = METHOD_NAMES[view.method]
    if view.measure == "logits":
        rest = view.contributions(result).remainder
        sums = (
            f"The {view.units} add up to {number(values.sum(), 2, sign=True)}; MLPs, biases and embedding, "
            f"which no {view.units[:-1]} is credited with, to {number(rest, 2, sign=True)}; together "
            f"{number(values.sum() + rest, 2, sign=True)}, the {view.explained(result)}."
        )
    else:
        sums = (
            "Share: the embedding counts for the last token, then all is divided by the sum of absolute "
            "token contributions."
        )
    return finish(
        chart,
        name=f"{view.units}-that-decide",
        title=f"Influence of each {view.units[:-1]} on {against(result, view)} ({method})",
        caption=f"{inputs(result)} {method}, {view.explained(result)}; unit: {view.unit}. {sums}",
        table=table,
        alt_text=f"Bar chart: {spoken(labels, values, up, down)}",
        theme=theme,
        width=width,
    )


def bars(
    labels: list[str],
    values: np.ndarray,
    sides: tuple[Role, Role],
    ends: tuple[str, str],
    unit: str,
    theme: Theme,
    width: float,
    *,
    span: tuple[float, float] | None = None,
    signed: bool = True,
    row_labels: bool = True,
    axis: str | None = None,
) -> Spec:
    """Horizontal bars with their numbers, blue or orange by sign.

    `span` is the lowest and the highest value of all panels that share a scale; without `signed` there is
    no plus sign and no second direction; `axis` replaces the title of the axis.
    """
    colours = palette(theme)
    limit = usable(largest(values if span is None else span))
    decimals = decimals_for(limit)
    shown = [shortened(t) for t in labels]
    left = max(widest(shown) + 14, 40) if row_labels else 0
    room = max(width - left - 2 * PADDING, 120)
    low, high = span or (float(values.min(initial=0)), float(values.max(initial=0)))
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        low, high = -limit if signed else 0.0, limit
    margin = (high - low) * 52 / max(room - 104, 60)
    domain = [low - (margin if low < 0 else 0), high + (margin if high > 0 else 0)]
    records = [
        {
            "position": p,
            "label": shown[p],
            "value": float(v),
            "text": number(float(v), decimals, sign=signed),
            "colour": colours.solid[sides[0] if v >= 0 else sides[1]],
            "meaning": ends[0] if v >= 0 else ends[1],
        }
        for p, v in enumerate(values)
    ]
    base = alt.Chart().encode(
        y=row_axis(shown, left) if row_labels else row_axis(shown, 0).axis(None),
        tooltip=[
            alt.Tooltip("label:N", title="word"),
            alt.Tooltip("value:Q", title=unit, format="+.5g"),
            alt.Tooltip("meaning:N", title="pushes"),
        ],
    )
    x = alt.X(
        "value:Q",
        scale=alt.Scale(domain=domain, nice=False, zero=True),
        title=axis_title(unit, ends) if axis is None else axis,
        axis=alt.Axis(format="~g", tickCount=max(2, min(6, int(room / 70)))),
    )
    bar = base.mark_bar(cornerRadius=1, size=row_height(len(shown)) * 0.68).encode(
        x=x, color=alt.Color("colour:N", scale=None, legend=None)
    )
    text = base.encode(x=x, text=alt.Text("text:N"))
    style: Any = {"fontSize": 12, "color": colours.text}
    zero = constant(value=0).mark_rule(color=colours.muted).encode(x=alt.X("value:Q"))
    charts = [
        bar,
        zero,
        text.transform_filter("datum.value >= 0").mark_text(align="left", dx=4, **style),
        text.transform_filter("datum.value < 0").mark_text(align="right", dx=-4, **style),
    ]
    return layers(records, charts, width=room, height=row_height(len(shown)) * len(shown))


def axis_title(unit: str, ends: tuple[str, str]) -> str:
    """The unit, and what either direction means."""
    if not ends[1]:
        return unit
    return f"{unit}:\u2003◂ {ends[1]}\u2003|\u2003{ends[0]} ▸"


def row_axis(labels: list[str], left: float, italic: Sequence[int] = ()) -> alt.Y:
    """A row a position, labelled, with a fixed room for the labels; some of them in italics."""
    style: Any = "normal"
    if italic:
        test = f"indexof({list(italic)}, datum.value) >= 0"
        style = {"condition": {"test": test, "value": "italic"}, "value": "normal"}
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
            labelFontStyle=style,
        ),
    )


# ------------------------------------------------------------------------------------ everything adds up


def adds_up(
    result: NextWordResult, view: View | None = None, *, theme: Theme = "light", width: int = PAGE_WIDTH
) -> Figure:
    """A waterfall from 0 to the logit (difference): every word, then every part that is no word's.

    Always in logits. What no word is credited with is outlined rather than filled; the last row is what the
    model itself computed.
    """
    view = view or View()
    view = View(view.method, view.of, view.units, "logits")
    parts = view.contributions(result)
    steps = waterfall_steps(result, view)
    measured = parts.explained_logit
    total = sum(s["value"] for s in steps)
    table = pd.DataFrame(
        {
            "part": [s["label"] for s in steps] + ["sum", "the model's own value"],
            "credited to a word": [s["word"] for s in steps] + [False, False],
            "logits": [s["value"] for s in steps] + [total, measured],
        }
    )
    up, down = view.toward(result)
    method = METHOD_NAMES[view.method]
    caption = (
        f"{inputs(result)} {method}; unit: logits. Filled: credited to {view.units}. Outlined: what no "
        f"{view.units[:-1]} is credited with. Parts summed: {number(total, 4, sign=True)}; the model's own "
        f"{view.explained(result)}: {number(measured, 4, sign=True)} (gap {abs(total - measured):.0e})."
    )
    from_words = number(sum(s["value"] for s in steps if s["word"]), 2, sign=True)
    return finish(
        waterfall(steps, measured, view.sides(result), (up, down), theme, width),
        name="everything-adds-up",
        title=f"Everything adds up to the {view.explained(result)} ({number(measured, 2, sign=True)})",
        caption=caption,
        table=table,
        alt_text=(
            f"Waterfall chart: the {view.units} add {from_words} logits, all other parts "
            f"{number(parts.remainder, 2, sign=True)}; the model's own value is "
            f"{number(measured, 2, sign=True)}."
        ),
        theme=theme,
        width=width,
    )


def waterfall_steps(result: NextWordResult, view: View) -> list[dict[str, Any]]:
    """Label, value and kind of every step, words first; their values sum to the explained logit."""
    labels, values = view.labels(result), view.values(result)
    steps: list[dict[str, Any]] = [
        {"label": t, "value": float(v), "word": True} for t, v in zip(labels, values, strict=True)
    ]
    if len(steps) > MOST_STEPS:
        keep = set(np.argsort(-np.abs(values), kind="stable")[: MOST_STEPS - 2].tolist())
        rest = [s["value"] for i, s in enumerate(steps) if i not in keep]
        steps = [s for i, s in enumerate(steps) if i in keep]
        steps.append({"label": f"{len(rest)} other {view.units}", "value": float(sum(rest)), "word": True})
    for name, value in view.contributions(result).parts.items():
        total = float(np.sum(value, dtype=np.float64))
        steps.append({"label": NOT_WORDS[name], "value": total, "word": False})
    return steps


def waterfall(
    steps: list[dict[str, Any]],
    measured: float,
    sides: tuple[Role, Role],
    ends: tuple[str, str],
    theme: Theme,
    width: float,
) -> Spec:
    """Bars that start where the one above ends; below them the measured value."""
    colours = palette(theme)
    bounds = np.concatenate([[0.0], np.cumsum([s["value"] for s in steps])])
    low, high = min(bounds.min(), measured, 0.0), max(bounds.max(), measured, 0.0)
    margin = usable(high - low) * 0.08
    decimals = decimals_for(largest([s["value"] for s in steps] + [measured]))
    records = []
    for p, step in enumerate(steps):
        value = step["value"]
        records.append(
            {
                "position": p,
                "label": shortened(step["label"]),
                "start": float(bounds[p]),
                "end": float(bounds[p + 1]),
                "most": float(max(bounds[p], bounds[p + 1])),
                "value": value,
                "text": number(value, decimals, sign=True),
                "colour": colours.solid[sides[0] if value >= 0 else sides[1]],
                "kind": "word" if step["word"] else "other",
            }
        )
    records.append(
        {
            "position": len(steps),
            "label": "The model's own value",
            "start": 0.0,
            "end": float(measured),
            "most": float(max(measured, 0.0)),
            "value": float(measured),
            "text": number(measured, decimals, sign=True),
            "colour": colours.text,
            "kind": "measured",
        }
    )
    labels = [r["label"] for r in records]
    left = widest(labels) + 14
    room = width - left - 2 * PADDING
    x = alt.X(
        "start:Q",
        scale=alt.Scale(domain=[low - margin / 4, high + margin], nice=False),
        title=axis_title("logits", ends),
        axis=alt.Axis(format="~g", tickCount=8),
    )
    others = [r["position"] for r in records if r["kind"] == "other"]
    base = alt.Chart().encode(
        y=row_axis(labels, left, others),
        tooltip=[
            alt.Tooltip("label:N", title="part"),
            alt.Tooltip("value:Q", title="logits", format="+.5g"),
            alt.Tooltip("end:Q", title="sum so far", format="+.5g"),
        ],
    )
    size = row_height(len(labels)) * 0.68
    filled = (
        base.transform_filter("datum.kind != 'other'")
        .mark_bar(size=size)
        .encode(x=x, x2=alt.X2("end:Q"), color=alt.Color("colour:N", scale=None, legend=None))
    )
    outlined = (
        base.transform_filter("datum.kind == 'other'")
        .mark_bar(size=size, fill=colours.background, strokeWidth=1.6, strokeDash=[4, 2])
        .encode(x=x, x2=alt.X2("end:Q"), stroke=alt.Stroke("colour:N", scale=None, legend=None))
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
    charts = [marks, goal, filled, outlined, joins, halo, text]
    return layers(records, charts, width=room, height=row_height(len(labels)) * len(labels))


# ------------------------------------------------------------------------------------- where it happens


def layer_heatmap(
    result: NextWordResult, view: View | None = None, *, theme: Theme = "light", width: int = PAGE_WIDTH
) -> Figure:
    """Layer x word contributions in logits, and beside them, on the same layers, the MLP of each layer."""
    view = view or View()
    view = View(view.method, view.of, view.units, "logits")
    labels, values = view.labels(result), view.layers(result)
    parts = view.contributions(result)
    numbers = [str(k + 1) for k in range(values.shape[0])]
    up, down = view.toward(result)
    sides = view.sides(result)
    mlp_room = 180
    scale = signed_scale(largest(values), theme, *sides)
    grid = Grid(values, numbers, labels, "layer", view.units[:-1], "logits")
    frame = Frame.of(grid, width - mlp_room, left=34)
    left = heatmap(
        grid, scale, theme, frame, legend=colour_legend("logits", scale, (up, down)), bottom_up=True
    )
    right = layer_bars(parts.mlp, sides, theme, mlp_room - 40, frame.height(len(numbers)))
    method = METHOD_NAMES[view.method]
    table = pd.DataFrame(values, columns=unique(labels))
    table.insert(0, "layer", np.arange(1, len(numbers) + 1))
    table["MLP (no word)"] = np.asarray(parts.mlp, dtype=np.float64)
    table["attention bias (no word)"] = np.asarray(parts.attention_bias, dtype=np.float64)
    where = np.unravel_index(int(np.argmax(np.abs(values))), values.shape)
    return finish(
        in_row(left, right, spacing=24),
        name="where-it-happens",
        title=f"Where it happens: {against(result, view)}, by layer and {view.units[:-1]} ({method})",
        caption=(
            f"{inputs(result)} What the attention of each layer contributes to the {view.explained(result)} "
            f"({method}); the bars are the layers' MLPs, which no {view.units[:-1]} is credited with. "
            "Unit: logits."
        ),
        table=table,
        alt_text=(
            f"Heatmap of {values.shape[0]} layers and {len(labels)} {view.units}: the largest contribution "
            f"is {number(float(values[where]), 2, sign=True)} logits, {labels[int(where[1])]} in layer "
            f"{int(where[0]) + 1}."
        ),
        theme=theme,
        width=max(width, frame.total_width(len(labels)) + mlp_room),
    )


def layer_bars(
    values: np.ndarray, sides: tuple[Role, Role], theme: Theme, width: float, height: float
) -> Spec:
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
        title="MLP of the layer, logits",
        scale=alt.Scale(domain=[low * 1.05, high * 1.05] if low < high else [-limit, limit], nice=False),
        axis=alt.Axis(orient="top", tickCount=3, format="~g"),
    )
    bar = (
        alt.Chart()
        .mark_bar(
            fill=colours.background,
            strokeWidth=1.6,
            strokeDash=[4, 2],
            size=height / max(len(records), 1) * 0.6,
        )
        .encode(
            x=x,
            y=y,
            stroke=alt.Stroke("colour:N", scale=None, legend=None),
            tooltip=[
                alt.Tooltip("layer:O", title="layer"),
                alt.Tooltip("value:Q", title="MLP, logits", format="+.5g"),
            ],
        )
    )
    zero = constant(value=0).mark_rule(color=colours.muted).encode(x=alt.X("value:Q"))
    return layers(records, [bar, zero], width=width, height=height)


# -------------------------------------------------------------------------------------- who looks at whom


def mixing_matrix(
    result: NextWordResult,
    layer: int | None = None,
    *,
    rolled_out: bool = True,
    theme: Theme = "light",
    width: int = PAGE_WIDTH,
) -> Figure:
    """The ALTI matrix up to (rolled out) or of (single) one layer: rows draw on columns and sum to 1.

    `layer` counts from 1; None is the last one. The colour scale is the same for every layer.
    """
    matrices = result.rollout if rolled_out else result.alti
    layer = matrices.shape[0] if layer is None else min(max(layer, 1), matrices.shape[0])
    tokens = [clean(t) for t in result.tokens]
    values = np.array(matrices[layer - 1], dtype=np.float64)
    values[np.triu_indices(len(tokens), 1)] = np.nan
    scale = amount_scale(largest(matrices), theme)
    grid = Grid(values, tokens, tokens, "position explained", "draws on", "share")
    what = f"layers 1 to {layer}, rolled out" if rolled_out else f"layer {layer} alone"
    last = values[-1]
    best = int(np.nanargmax(last))
    frame = Frame.of(grid, width)
    if frame.cell > 54:
        frame = Frame.of(grid, frame.left + 54 * len(tokens) + 60)
    table = pd.DataFrame(values, columns=unique(tokens))
    table.insert(0, "position explained", tokens)
    return finish(
        heatmap(
            grid,
            scale,
            theme,
            frame,
            legend=colour_legend("share of what a position is made of", scale, ("each row sums to 1", "")),
        ),
        name=f"who-looks-at-whom-{'to' if rolled_out else 'in'}-layer-{layer}",
        title=f"Who looks at whom, {what} (ALTI)",
        caption=(
            f"{inputs(result)} ALTI: how much each token draws on the tokens up to it; rows sum to 1, later "
            "tokens are not visible."
        ),
        table=table,
        alt_text=(
            f"Triangular heatmap, {what}: the last position, {tokens[-1]}, draws most on {tokens[best]} "
            f"({number(float(last[best]), 2)})."
        ),
        theme=theme,
        width=max(frame.total_width(len(tokens)), 620),
    )


# --------------------------------------------------------------------------------- what the model expects


def candidate_bars(result: NextWordResult, *, theme: Theme = "light", width: int = 440) -> Figure:
    """The likeliest next tokens with probability and logit; target blue, foil orange, the rest grey.

    A click on a bar is the selection "candidate" with the token's `id`.
    """
    colours = palette(theme)
    chosen = {result.target.explained.id: "target"}
    if result.foil is not None:
        chosen[result.foil.explained.id] = "foil"
    candidates = sorted(result.candidates, key=lambda c: c.rank)
    roles: list[Role] = [chosen.get(c.id, "other") for c in candidates]  # type: ignore[misc]
    labels = [f"{ordinal(c.rank)}\u2003{shortened(c.token, 24)}" for c in candidates]
    left = widest(labels) + 14
    room = width - left - 2 * PADDING
    top = usable(max(c.probability for c in candidates))
    records = [
        {
            "position": p,
            "id": c.id,
            "token": shortened(c.token),
            "probability": c.probability,
            "logit": c.logit,
            "rank": c.rank,
            "colour": colours.solid[roles[p]],
            "text": f"{percent(c.probability)}\u2003{number(c.logit, 2)}",
        }
        for p, c in enumerate(candidates)
    ]
    wide = max(text_width(str(r["text"]), LABEL_SIZE) for r in records) + 10
    base = alt.Chart().encode(
        y=row_axis(labels, left),
        x=alt.X(
            "probability:Q",
            title="probability (bar and %), then logit",
            scale=alt.Scale(domain=[0, top * room / max(room - wide, 40)], nice=False),
            axis=alt.Axis(format="~%", tickCount=4),
        ),
        tooltip=[
            alt.Tooltip("token:N", title="token"),
            alt.Tooltip("rank:Q", title="rank"),
            alt.Tooltip("probability:Q", title="probability", format=".4%"),
            alt.Tooltip("logit:Q", title="logit", format=".5g"),
        ],
    )
    bar = (
        base.mark_bar(size=row_height(len(records)) * 0.68, cursor="pointer")
        .encode(color=alt.Color("colour:N", scale=None, legend=None))
        .properties(name="bars")
    )
    text = base.mark_text(align="left", dx=5, fontSize=12, color=colours.text).encode(text=alt.Text("text:N"))
    first = candidates[0]
    return finish(
        layers(records, [bar, text], width=room, height=row_height(len(records)) * len(records)),
        name="what-the-model-expects",
        title="What the model expects next",
        caption=f"{inputs(result)} The likeliest next tokens; entropy {number(result.entropy, 2)} nats.",
        table=pd.DataFrame(
            {
                "rank": [c.rank for c in candidates],
                "token": [c.token for c in candidates],
                "probability": [c.probability for c in candidates],
                "logit": [c.logit for c in candidates],
                "role": ["" if r == "other" else r for r in roles],
            }
        ),
        alt_text=f"Bar chart of likely next tokens: {clean(first.token)} {percent(first.probability)}.",
        theme=theme,
        width=width,
        params=[{"name": "candidate", "select": {"type": "point", "fields": ["id"]}, "views": ["bars"]}],
    )


# ---------------------------------------------------------------------------------------- shared wording


def inputs(result: NextWordResult) -> str:
    """Model and prefix for a caption."""
    return f"{model_phrase(result.model)}. Text: {quoted(result.request.prefix)}."


def against(result: NextWordResult, view: View) -> str:
    """What is explained, in plain words: "hot rather than cold", or "hot"."""
    target = clean(result.target.typed)
    if result.foil is None or view.of == "target":
        return target
    foil = clean(result.foil.typed)
    return foil if view.of == "foil" else f"{target} rather than {foil}"


def spoken(labels: list[str], values: np.ndarray, up: str, down: str) -> str:
    """The largest pushes to either side, for a screen reader."""
    out = []
    order = np.argsort(-np.abs(values), kind="stable")
    for side, meaning in ((1, up), (-1, down)):
        picks = [i for i in order if values[i] * side > 0][:3]
        if picks:
            listed = ", ".join(f"{labels[i]} {number(float(values[i]), 2, sign=True)}" for i in picks)
            out.append(f"{meaning}: {listed}")
    return "; ".join(out) + "." if out else "all values are zero."


def unique(labels: list[str]) -> list[str]:
    """Column names for a table: repeated words get their position."""
    return [f"{t} ({p + 1})" if labels.count(t) > 1 else t for p, t in enumerate(labels)]


def ordinal(rank: int) -> str:
    """1st, 2nd, 3rd, 4th, ..."""
    ending = "th" if 10 <= rank % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"


def percent(probability: float) -> str:
    """A probability as people read it: 21.1 %, 0.03 %, < 0.01 %."""
    if 0 < probability < 0.0001:
        return "< 0.01 %"
    return f"{probability * 100:.2f} %" if probability < 0.01 else f"{probability * 100:.1f} %"
