"""The figures of the page Next word: one function a figure, from a NextWordResult."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from attribution.charts import phrases
from attribution.charts.bars import BAR, Panel, Step, bars, layer_bars, row_axis, waterfall
from attribution.charts.compose import Records, Spec, in_row, layers
from attribution.charts.figure import (
    LABEL_SIZE,
    PADDING,
    PAGE_WIDTH,
    Figure,
    finish,
    row_height,
    text_width,
    widest,
    words_table,
)
from attribution.charts.heatmap import Frame, Grid, colour_legend, heatmap
from attribution.charts.libraries import alt, pd
from attribution.charts.palette import Role, Theme, amount_scale, largest, palette, signed_scale, usable
from attribution.charts.views import View
from attribution.charts.wording import (
    clean,
    listed,
    model_phrase,
    number,
    ordinal,
    percent,
    quoted,
    said,
    shortened,
    text,
    written,
)
from attribution.language import numbered
from attribution.types import (
    Array,
    AttributionError,
    Candidate,
    ComparisonResult,
    ExpectedResult,
    Explanation,
    NextWordResult,
)

MOST_STEPS = 26
"""Words the waterfall shows one by one; beyond it the smallest ones are one step together."""


def _part_name(part: str) -> str:
    """A part that no word is credited with, for a row."""
    name = phrases.PARTS.get(part, part)
    return name[:1].upper() + name[1:]


def part_names(parts: Iterable[str]) -> str:
    """Such parts in a sentence: "attention biases, MLP biases and norm biases"."""
    return said(listed([phrases.PARTS.get(part, part) for part in parts])).plain


def contribution_bars(
    result: NextWordResult, view: View | None = None, *, theme: Theme = "light", width: int = 640
) -> Figure:
    """One bar a word (or token), in the order of the text; in additive methods they sum, with the rest."""
    view = view or View()
    row, explanation = view.row(result), view.explanation(result)
    labels, values = explanation.columns, explanation.values[0]
    ends = view.ends(result) if row.signed else (view.ends(result)[0], "")
    errors = explanation.standard_error[0] if explanation.standard_error.size else None
    rest = [float(explanation.remainder[0])] if row.additive and view.measure == "logits" else []
    names = [*labels, *(phrases.NO_WORD[view.units] for _ in rest)]
    shown, heads = np.concatenate([values, rest]), phrases.HEADS
    numbers = {heads["position"]: np.arange(1, len(shown) + 1), view.one: names, view.unit: shown}
    if errors is not None:
        errors = numbers[heads["error"]] = np.concatenate([errors, np.zeros(len(rest))])
    panel = Panel(
        names,
        shown,
        view.sides(result),
        ends,
        view.unit,
        row.signed,
        outlined=len(rest),
        errors=errors,
        one=view.one,
    )
    caption = text(
        phrases.BARS_CAPTION,
        inputs=_inputs(result),
        method=row.title,
        explained=view.explained(result),
        unit=view.unit,
    )
    return finish(
        bars(panel, theme, width),
        name=f"{view.units}-that-decide",
        title=text(phrases.BARS_TITLE[view.units], what=_against(result, view), method=row.name),
        caption=f"{caption} {_sums(result, view, explanation)}".rstrip(),
        table=pd.DataFrame(numbers),
        alt_text=text(phrases.BARS_SPOKEN, pushes=spoken(labels, values, ends)),
        theme=theme,
        width=width,
    )


def _sums(result: NextWordResult, view: View, explanation: Explanation) -> str:
    """What the bars add up to, for the caption."""
    row = view.row(result)
    if view.measure == "share" and row.layered:
        return phrases.BARS_SHARE_LAYERED
    if view.measure == "share":
        return phrases.BARS_SHARE
    if explanation.convergence.size:
        gap = number(abs(float(explanation.convergence[0])), 3)
        return text(phrases.BARS_CONVERGENCE, explained=view.explained(result), gap=gap)
    if not row.additive:
        return ""
    error = explanation.standard_error
    sampled = text(phrases.BARS_ERROR, error=number(float(error.max()), 2)) if error.size else ""
    rest, total = float(explanation.remainder[0]), explanation.values[0].sum()
    names = phrases.LAYERED_PARTS if row.layered else part_names(explanation.parts)
    sums = text(
        phrases.BARS_SUM[view.units],
        parts=names,
        total=number(total, 2, sign=True),
        rest=number(rest, 2, sign=True),
        all=number(total + rest, 2, sign=True),
        the_explained=view.explained(result, article=True),
    )
    return f"{sums} {sampled}".rstrip()


# ------------------------------------------------------------------------------------ everything adds up


def adds_up(
    result: NextWordResult, view: View | None = None, *, theme: Theme = "light", width: int = PAGE_WIDTH
) -> Figure:
    """A waterfall from 0 to the logit (difference): every word, then every part that is no word's.

    Always in logits. What no word is credited with is outlined rather than filled; the last row is what the
    model itself computed.

    Raises:
        AttributionError: the method is not additive.
    """
    view = replace(view or View(), measure="logits")
    row, explanation = view.row(result), view.explanation(result)
    if not row.additive:
        raise AttributionError(text(phrases.NOT_ADDITIVE, method=row.name))
    steps, measured = waterfall_steps(explanation, view), float(explanation.explained[0])
    total, heads = sum(s.value for s in steps), phrases.HEADS
    table = pd.DataFrame(
        {
            heads["part"]: [s.label for s in steps] + [heads["sum"], heads["own"]],
            heads["of a word"]: [phrases.YES_NO[s.word] for s in steps] + [phrases.YES_NO[False]] * 2,
            heads["logits"]: [s.value for s in steps] + [total, measured],
        }
    )
    places = {
        "inputs": _inputs(result),
        "method": row.title,
        "explained": view.explained(result),
        "the_explained": view.explained(result, article=True),
        "words": number(sum(s.value for s in steps if s.word), 2, sign=True),
        "rest": number(float(explanation.remainder[0]), 2, sign=True),
    }
    shown = number(measured, 2, sign=True)
    exact = {"total": number(total, 4, sign=True), "measured": number(measured, 4, sign=True)}
    return finish(
        waterfall(steps, measured, view.sides(result), view.ends(result), theme, width),
        name="everything-adds-up",
        title=text(phrases.SUM_TITLE, **places, measured=shown),
        caption=text(phrases.SUM_CAPTION[view.units], **places, **exact, gap=f"{abs(total - measured):.0e}"),
        table=table,
        alt_text=text(phrases.SUM_SPOKEN[view.units], **places, measured=shown),
        theme=theme,
        width=width,
    )


def waterfall_steps(explanation: Explanation, view: View) -> list[Step]:
    """Every step, words first; their values sum to what is explained."""
    values = explanation.values[0]
    steps = [Step(t, float(v), True) for t, v in zip(explanation.columns, values, strict=True)]
    if len(steps) > MOST_STEPS:
        keep = set(np.argsort(-np.abs(values), kind="stable")[: MOST_STEPS - 2].tolist())
        rest = [s.value for i, s in enumerate(steps) if i not in keep]
        steps = [s for i, s in enumerate(steps) if i in keep]
        steps.append(Step(text(phrases.OTHERS[view.units], count=str(len(rest))), float(sum(rest)), True))
    parts = explanation.parts.items()
    return [*steps, *(Step(_part_name(name), float(part[0]), False) for name, part in parts)]


# ------------------------------------------------------------------------------------- where it happens


def layer_heatmap(
    result: NextWordResult, view: View | None = None, *, theme: Theme = "light", width: int = PAGE_WIDTH
) -> Figure:
    """Layer x word contributions in logits, and beside them, on the same layers, the MLP of each layer.

    Raises:
        AttributionError: the method does not tell layers apart.
    """
    view = replace(view or View(), measure="logits")
    row = view.row(result)
    need_layers(result)
    labels, values = view.labels(result), view.layers(result)
    parts = result.contributions_of(view.of)
    numbers = [str(k + 1) for k in range(values.shape[0])]
    sides, heads, mlp_room = view.sides(result), phrases.HEADS, 180
    scale = signed_scale(largest(values), theme, *sides)
    grid = Grid(values, numbers, labels, heads["layer"], view.one, phrases.LOGITS)
    frame = Frame.of(grid, width - mlp_room, left=34)
    legend = colour_legend(phrases.LOGITS, scale, view.ends(result))
    left = heatmap(grid, scale, theme, frame, legend=legend, bottom_up=True)
    right = layer_bars(parts.mlp, sides, theme, mlp_room - 40, frame.height(len(numbers)))
    of_no_word = {
        heads["mlp"]: np.asarray(parts.mlp, dtype=np.float64),
        heads["attention bias"]: np.asarray(parts.attention_bias, dtype=np.float64),
    }
    table = words_table({heads["layer"]: np.arange(1, len(numbers) + 1)}, labels, values, of_no_word)
    where = np.unravel_index(int(np.argmax(np.abs(values))), values.shape)
    places = {
        "inputs": _inputs(result),
        "what": _against(result, view),
        "the_explained": view.explained(result, article=True),
        "method": row.name,
        "layers": str(len(numbers)),
        "count": str(len(labels)),
        "value": number(float(values[where]), 2, sign=True),
        "label": labels[int(where[1])],
        "layer": numbers[int(where[0])],
    }
    return finish(
        in_row(left, right, spacing=24),
        name="where-it-happens",
        title=text(phrases.LAYERS_TITLE[view.units], **places),
        caption=text(phrases.LAYERS_CAPTION[view.units], **places),
        table=table,
        alt_text=text(numbered(phrases.LAYERS_SPOKEN[view.units], len(labels)), **places),
        theme=theme,
        width=max(width, frame.total_width(len(labels)) + mlp_room),
    )


def need_layers(result: NextWordResult) -> None:
    """Raises, in a sentence for the page, where a method has no layers and no mixing."""
    if result.alti is None:
        name = View().row(result).name
        raise AttributionError(text(phrases.NO_LAYERS, method=name))


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

    Raises:
        AttributionError: the method has no mixing.
    """
    need_layers(result)
    matrices: Array = np.asarray(result.rollout if rolled_out else result.alti)
    layer = matrices.shape[0] if layer is None else min(max(layer, 1), matrices.shape[0])
    tokens = [clean(t) for t in result.tokens]
    values = np.array(matrices[layer - 1], dtype=np.float64)
    values[np.triu_indices(len(tokens), 1)] = np.nan
    scale = amount_scale(largest(matrices), theme)
    heads = phrases.HEADS
    grid = Grid(values, tokens, tokens, heads["explained"], heads["draws on"], heads["share"])
    which = text(phrases.MIXING_TO if rolled_out else phrases.MIXING_IN, layer=str(layer))
    last = values[-1]
    best = int(np.nanargmax(last))
    frame = Frame.of(grid, width)
    if frame.cell > 54:
        frame = Frame.of(grid, frame.left + 54 * len(tokens) + 60)
    legend = colour_legend(phrases.MIXING_LEGEND, scale, (phrases.MIXING_END, ""))
    return finish(
        heatmap(grid, scale, theme, frame, legend=legend),
        name=f"who-looks-at-whom-{'to' if rolled_out else 'in'}-layer-{layer}",
        title=text(phrases.MIXING_TITLE, which=which),
        caption=text(phrases.MIXING_CAPTION, inputs=_inputs(result)),
        table=words_table({heads["explained"]: tokens}, tokens, values),
        alt_text=text(
            phrases.MIXING_SPOKEN,
            which=which,
            token=tokens[-1],
            other=tokens[best],
            share=number(float(last[best]), 2),
        ),
        theme=theme,
        width=max(frame.total_width(len(tokens)), 620),
    )


# --------------------------------------------------------------------------------- what the model expects


def candidate_bars(
    result: NextWordResult, *, theme: Theme = "light", width: int = 440, most: int = 0
) -> Figure:
    """The likeliest next tokens with probability and logit; target blue, foil orange, the rest grey.

    A click on a bar is the selection "candidate" with the token's `id`.
    """
    ids = [word.explained.id for word in (result.target, result.foil) if word]
    caption = text(phrases.EXPECTED_CAPTION, inputs=_inputs(result), entropy=number(result.entropy, 2))
    return likeliest_bars(result.candidates, ids, phrases.EXPECTED_TITLE, caption, theme, width, most)


def expected_bars(
    result: ExpectedResult, *, theme: Theme = "light", width: int = 440, most: int = 0
) -> Figure:
    """The likeliest tokens at a step of a translation; its own blue, the contrast's orange."""
    model, source = model_phrase(result.model), quoted(result.request.source)
    before = written(result.before)
    caption = text(
        phrases.EXPECTED_STEP_CAPTION,
        inputs=text(phrases.TRANSLATION_INPUTS, model=model, source=source),
        where=text(phrases.EXPECTED_WHERE[bool(before)], before=quoted(before)),
        entropy=number(result.entropy, 2),
    )
    ids = [c.id for c in (result.target, result.foil) if c]
    return likeliest_bars(result.candidates, ids, phrases.EXPECTED_STEP_TITLE, caption, theme, width, most)


def answer_bars(
    result: ComparisonResult, *, theme: Theme = "light", width: int = 440, most: int = 0
) -> Figure:
    """The likeliest first tokens of a model's answer; the target's blue, the foil's orange."""
    if not result.candidates:
        raise AttributionError(phrases.EXPECTED_NONE)
    model, question = model_phrase(result.model), quoted(result.request.question)
    tokens = [words[0] for words in (result.target_tokens, result.foil_tokens) if words]
    ids = [next((c.id for c in result.candidates if c.token == token), -1) for token in tokens]
    title = text(phrases.EXPECTED_ANSWER_TITLE, model=clean(result.model.name))
    caption = text(phrases.COMPARISON_INPUTS, models=model, question=question)
    return likeliest_bars(result.candidates, ids, title, caption, theme, width, most)


def likeliest_bars(
    found: Sequence[Candidate],
    chosen: Sequence[int],
    title: str,
    caption: str,
    theme: Theme,
    width: int,
    most: int,
) -> Figure:
    """Bars of candidates; the first of those chosen is the target, the second the foil.

    most: percent that the axis reaches at least, so that two figures can be compared.
    """
    named: tuple[Role, Role] = ("target", "foil")
    whose: dict[int, Role] = dict(zip(reversed(chosen), reversed(named[: len(chosen)]), strict=True))
    candidates = sorted(found, key=lambda c: c.rank)
    roles: list[Role] = [whose.get(c.id, "other") for c in candidates]
    first, heads = candidates[0], phrases.HEADS
    return finish(
        _candidates(candidates, roles, theme, width, most / 100),
        name="what-the-model-expects",
        title=title,
        caption=caption,
        table=pd.DataFrame(
            {
                heads["rank"]: [c.rank for c in candidates],
                heads["token"]: [c.token for c in candidates],
                heads["probability"]: [c.probability for c in candidates],
                heads["logit"]: [c.logit for c in candidates],
                heads["role"]: [phrases.ROLES.get(role, "") for role in roles],
            }
        ),
        alt_text=text(
            phrases.EXPECTED_SPOKEN, token=clean(first.token), probability=percent(first.probability)
        ),
        theme=theme,
        width=width,
        params=[{"name": "candidate", "select": {"type": "point", "fields": ["id"]}, "views": ["rows"]}],
    )


def _candidates(
    candidates: Sequence[Candidate], roles: Sequence[Role], theme: Theme, width: int, most: float
) -> Spec:
    colours = palette(theme)
    labels = [f"{ordinal(c.rank)}\u2003{shortened(c.token, 24)}" for c in candidates]
    left = widest(labels) + 14
    room = width - left - 2 * PADDING
    top = usable(max(most, *(c.probability for c in candidates)))
    records: Records = [
        {
            "position": p,
            "id": c.id,
            "token": shortened(c.token),
            "probability": c.probability,
            "logit": c.logit,
            "place": ordinal(c.rank),
            "colour": colours.solid[roles[p]],
            "text": f"{percent(c.probability)}\u2003{number(c.logit, 2)}",
        }
        for p, c in enumerate(candidates)
    ]
    wide = max(text_width(str(r["text"]), LABEL_SIZE) for r in records) + 10
    base = alt.Chart().encode(
        y=row_axis(labels, left, bold=[p for p, role in enumerate(roles) if role != "other"]),
        x=alt.X(
            "probability:Q",
            title=phrases.EXPECTED_AXIS,
            scale=alt.Scale(domain=[0, top * room / max(room - wide, 40)], nice=False),
            axis=alt.Axis(format="~%", tickCount=4, labelFlush=20),  # none is cut at the right
        ),
        tooltip=[
            alt.Tooltip("token:N", title=phrases.HEADS["token"]),
            alt.Tooltip("place:N", title=phrases.HEADS["rank"]),
            alt.Tooltip("probability:Q", title=phrases.HEADS["probability"], format=".4%"),
            alt.Tooltip("logit:Q", title=phrases.HEADS["logit"], format=".5g"),
        ],
    )
    # A click anywhere in a row counts, on its label too: many bars are narrower than a pixel.
    clicked: dict[str, Any] = {"param": "candidate", "empty": False}
    row = base.mark_rect(fill=colours.text, stroke=colours.text, cursor="pointer").encode(
        x=alt.value(-left),
        x2=alt.value(room),
        fillOpacity=alt.FillOpacityValue(0, condition=clicked | {"value": 0.12}),
        strokeOpacity=alt.StrokeOpacityValue(0, condition=clicked | {"value": 0.6}),
    )
    bar = base.mark_bar(size=row_height(len(records)) * BAR, cursor="pointer")
    bar = bar.encode(color=alt.Color("colour:N", scale=None, legend=None))
    numbers = base.mark_text(align="left", dx=5, fontSize=12, color=colours.text, cursor="pointer")
    marks = [row.properties(name="rows"), bar, numbers.encode(text=alt.Text("text:N"))]
    return layers(records, marks, width=room, height=row_height(len(records)) * len(records))


# ---------------------------------------------------------------------------------------- shared wording


def _inputs(result: NextWordResult) -> str:
    """Model and prefix for a caption."""
    prefix = quoted(result.request.prefix)
    return text(phrases.NEXT_WORD_INPUTS, model=model_phrase(result.model), prefix=prefix)


def _against(result: NextWordResult, view: View) -> str:
    """What is explained, in plain words: "hot rather than cold", or "hot"."""
    target = clean(result.target.typed)
    if result.foil is None or view.of == "target":
        return target
    foil = clean(result.foil.typed)
    return foil if view.of == "foil" else text(phrases.RATHER, target=target, foil=foil)


def spoken(labels: Sequence[str], values: Array, ends: tuple[str, str]) -> str:
    """The largest pushes to either side, for a screen reader."""
    out = []
    order = np.argsort(-np.abs(values), kind="stable")
    for side, meaning in zip((1, -1), ends, strict=True):
        picks = [i for i in order if values[i] * side > 0][:3]
        if picks:
            words = ", ".join(f"{labels[i]} {number(float(values[i]), 2, sign=True)}" for i in picks)
            out.append(f"{meaning}: {words}")
    return "; ".join(out) + "." if out else phrases.ALL_ZERO
