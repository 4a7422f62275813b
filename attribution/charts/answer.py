"""The figures of the page Answer: one function a figure, from an AnswerResult."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from attribution.charts import phrases
from attribution.charts.answer_names import unit_of
from attribution.charts.answer_view import AnswerView, Column, answer_token, answer_word, chosen_candidate
from attribution.charts.answer_wording import against, caption, inputs, method_of, sums
from attribution.charts.bars import Panel, bars
from attribution.charts.compose import Spec, heading, in_column
from attribution.charts.figure import PAGE_WIDTH, Figure, finish, widest, words_table
from attribution.charts.heatmap import CLICK, Frame, Grid, colour_legend, heatmap
from attribution.charts.libraries import pd
from attribution.charts.next_word import likeliest_bars, spoken
from attribution.charts.palette import Theme, largest, palette, signed_scale
from attribution.charts.translation import IMPROBABLE, strongest
from attribution.charts.wording import number, quoted, shortened, text
from attribution.types import AnswerResult, Array, Explanation

MOST_BARS = 20
"""Words that have a bar of their own; of a longer text the largest."""
MOST_COLUMNS = 100
"""Of a heatmap, likewise."""
FOLDED = 40
"""A heatmap of more words starts with segments."""


def starts_folded(result: AnswerResult) -> bool:
    """Whether the words are too many for a heatmap that is read at one glance."""
    return len(AnswerView().credited(result)) > FOLDED


# --------------------------------------------------------------------------------------------- one word


def word_bars(
    result: AnswerResult, view: AnswerView | None = None, *, theme: Theme = "light", width: int = 640
) -> Figure:
    """One bar a word of the prompt and of the answer so far, in the order in which they are read.

    The template is one bar; of long texts the largest words stand alone, the others together.

    Raises:
        AttributionError: the view is of no token that is explained.
    """
    view = view or AnswerView(step=result.steps[0])
    view = replace(view, step=result.steps[view.row(result)], opened=-1)
    explanation, columns = view.explanation(result), view.credited(result)
    merged, shown = together(columns, explanation.values, MOST_BARS)
    rest = [float(explanation.remainder[0])] if explanation.parts else []
    panel = Panel(
        [c.label for c in merged] + [phrases.NO_WORD["words"] for _ in rest],
        np.concatenate([shown[0], rest]),
        view.sides(result),
        view.ends(result),
        unit_of(result),
        outlined=len(rest),
    )
    places = [
        *(phrases.ANSWER_PANELS[c.place] for c in merged),
        *([phrases.ANSWER_PANELS["others"]] * len(rest)),
    ]
    title = phrases.ANSWER_SEGMENTS_TITLE if view.by_segments(result) else phrases.ANSWER_BARS_TITLE
    return finish(
        _grouped(panel, places, theme, width),
        name="words-that-led-to-it",
        title=text(title, what=against(result, view), method=method_of(result).name),
        caption=f"{caption(result, view)} {sums(result, view)}".rstrip(),
        table=_table(columns, explanation),
        alt_text=text(
            phrases.BARS_SPOKEN,
            pushes=spoken(explanation.columns, explanation.values[0], view.ends(result)),
        ),
        theme=theme,
        width=width,
    )


def bars_of_tokens(result: AnswerResult, view: AnswerView) -> dict[int, tuple[int, int]]:
    """For each token that `word_bars` shows: in which of its panels, and which bar there."""
    columns, values = view.credited(result), view.explanation(result).values
    merged, _shown = together(columns, values, MOST_BARS)
    places = [phrases.ANSWER_PANELS[c.place] for c in merged]
    panels, bars_in = list(dict.fromkeys(places)), dict.fromkeys(places, 0)
    out: dict[int, tuple[int, int]] = {}
    for column, place in zip(merged, places, strict=True):
        out |= dict.fromkeys(column.tokens, (panels.index(place), bars_in[place]))
        bars_in[place] += 1
    return out


def together(columns: Sequence[Column], values: Array, most: int) -> tuple[list[Column], Array]:
    """At most so many words: beyond, the largest stay and the others are one column, the sum of them."""
    words = [k for k, c in enumerate(columns) if c.place != "template"]
    if len(words) <= most:
        return list(columns), values
    sizes = np.nansum(np.abs(values), 0)
    kept = sorted(words, key=lambda k: -sizes[k])[: most - 1]
    rest = sorted(set(words) - set(kept))
    some = sorted(set(range(len(columns))) - set(rest))
    label = text(phrases.OTHER_WORDS, count=str(len(rest)))
    tokens = tuple(sorted(token for k in rest for token in columns[k].tokens))
    merged = [*(columns[k] for k in some), Column(label, "others", tokens, -1)]
    return merged, np.concatenate([values[:, some], np.nansum(values[:, rest], 1)[:, None]], 1)


def _grouped(panel: Panel, places: Sequence[str], theme: Theme, width: int) -> Spec:
    """The bars of each place below those of the one before, on one scale; what is outlined is last."""
    span = (float(panel.values.min(initial=0.0)), float(panel.values.max(initial=0.0)))
    left = widest([shortened(label) for label in panel.labels]) + 14
    names, panels = list(dict.fromkeys(places)), []
    for name in names:
        last, some = name == names[-1], [k for k, place in enumerate(places) if place == name]
        part = replace(
            panel,
            labels=[panel.labels[k] for k in some],
            values=panel.values[some],
            outlined=panel.outlined if last else 0,
        )
        body = bars(part, theme, width, span=span, axis=None if last else "", least_left=left, ticks=last)
        panels.append(body | {"title": heading(name, palette(theme).muted, frame="group", offset=4)})
    return in_column(*panels, spacing=8)


def _table(columns: Sequence[Column], explanation: Explanation, one: str = "word") -> pd.DataFrame:
    """Every column alone, those that share a bar too, then what no column is credited with."""
    rest = [float(explanation.remainder[0])] if explanation.parts else []
    heads = phrases.HEADS
    return pd.DataFrame(
        {
            heads["position"]: np.arange(1, len(columns) + len(rest) + 1),
            heads["part"]: [*(phrases.ANSWER_PLACES[c.place] for c in columns), *("" for _ in rest)],
            heads[one]: [*(c.label for c in columns), *(phrases.NO_WORD["words"] for _ in rest)],
            explanation.unit: np.concatenate([explanation.values[0], rest]),
        }
    )


def expected_instead(
    result: AnswerResult,
    view: AnswerView | None = None,
    *,
    theme: Theme = "light",
    width: int = 440,
    most: int = 0,
) -> Figure:
    """The likeliest tokens at a step of the answer; its own blue, the contrast's orange.

    A click on a bar is the selection "candidate" with the token's `id`.
    """
    step = (view or AnswerView(step=0)).step
    step = step if step is not None else result.steps[0]
    foil = result.foils[result.steps.index(step)] if result.foils and step in result.steps else ""
    own = chosen_candidate(result, step)
    other = next((c for c in result.candidates[step] if foil and c.token == foil), None)
    entropy = result.step_scores.get("entropy")
    before = result.answer_text[: result.starts[step]]
    return likeliest_bars(
        result.candidates[step],
        list(dict.fromkeys(c.id for c in (own, other) if c)),
        text(phrases.ANSWER_EXPECTED_TITLE, word=answer_word(result, step)),
        text(
            phrases.ANSWER_EXPECTED_CAPTION if entropy is None else phrases.ANSWER_EXPECTED_ENTROPY,
            inputs=inputs(result, answer=False),
            where=text(phrases.EXPECTED_WHERE[bool(before.strip())], before=quoted(before, 160)),
            entropy="" if entropy is None else number(entropy[step], 2),
        ),
        theme,
        width,
        most,
    )


# -------------------------------------------------------------------------------------- the whole answer


def answer_map(
    result: AnswerResult, view: AnswerView | None = None, *, theme: Theme = "light", width: int = PAGE_WIDTH
) -> Figure:
    """Rows the answer's tokens; columns the words (or segments) of the prompt and of the answer so far.

    What a token cannot see is left out. A click on a cell is the selection "cell" with its `row` and
    `column`, see `clicked`.
    """
    view = replace(view or AnswerView(), step=None)
    columns, values = _map_columns(result, view)
    rows, names = [answer_token(result, step) for step in result.steps], [c.label for c in columns]
    before = sum(c.place in ("prompt", "template") for c in columns)
    divided = before if 0 < before < len(columns) else 0
    heads = phrases.ANSWER_COLUMNS[divided > 0]
    grid = Grid(values, rows, names, phrases.ANSWER_ROWS, heads, unit_of(result))
    scale = signed_scale(largest(values), theme, *view.sides(result))
    legend = colour_legend(unit_of(result), scale, view.ends(result))
    frame = Frame.of(grid, width)
    chances = result.step_scores["probability"][list(result.steps)]
    unlikely = [k for k, chance in enumerate(chances) if chance < IMPROBABLE]
    title = phrases.ANSWER_MAP_SEGMENTS if view.by_segments(result) else phrases.ANSWER_MAP_TITLE
    bold = text(phrases.UNLIKELY, chance=f"{IMPROBABLE:.0%}") if unlikely else ""
    first = {phrases.HEADS["step"]: np.array(result.steps) + 1, phrases.HEADS["answer token"]: rows}
    last = {phrases.HEADS["probability"]: chances}
    last |= {phrases.PARTS.get(name, name): part for name, part in result.parts.items()}
    table = words_table(first, names, values, last)
    return finish(
        heatmap(
            grid,
            scale,
            theme,
            frame,
            legend=legend,
            row_labels_bold=unlikely,
            clickable=True,
            divided=divided,
        ),
        name="answer-word-by-word",
        title=text(title, method=method_of(result).name),
        caption=caption(result, view, each=True) + bold,
        table=table,
        alt_text=text(
            phrases.ANSWER_MAP_SPOKEN,
            rows=str(len(rows)),
            columns=str(len(names)),
            strongest=strongest(grid),
        ),
        theme=theme,
        width=max(width, frame.total_width(len(names))),
        params=[CLICK],
    )


def _map_columns(result: AnswerResult, view: AnswerView) -> tuple[list[Column], Array]:
    return together(view.credited(result), view.explanation(result).values, MOST_COLUMNS)


def clicked(result: AnswerResult, view: AnswerView, row: int, column: int) -> AnswerView:
    """The view of the cell of a map that was clicked: the token of its row, and its segment opened.

    A click that belongs to another figure leaves the view as it is.
    """
    columns = _map_columns(result, replace(view, step=None))[0]
    if not (0 <= row < len(result.steps) and 0 <= column < len(columns)):
        return view
    return replace(view, step=result.steps[row], opened=columns[column].segment)


def segment_bars(
    result: AnswerResult, view: AnswerView | None = None, *, theme: Theme = "light", width: int = 640
) -> Figure:
    """One bar a segment: what all of its words got, for one token of the answer or for all of them.

    Raises:
        AttributionError: the view is of a token that is not explained.
    """
    view = replace(view or AnswerView(), columns="segments", opened=-1)
    explanation = view.segments(result)
    rest = [float(explanation.remainder[0])] if explanation.parts else []
    panel = Panel(
        [*explanation.columns, *(phrases.NO_WORD["words"] for _ in rest)],
        np.concatenate([explanation.values[0], rest]),
        view.sides(result),
        view.ends(result),
        unit_of(result),
        outlined=len(rest),
        one=phrases.HEADS["segment"],
    )
    return finish(
        bars(panel, theme, width),
        name="answer-by-segment",
        title=text(phrases.ANSWER_SEGMENTS_TITLE, what=against(result, view), method=method_of(result).name),
        caption=f"{caption(result, view)} {sums(result, view)}".rstrip(),
        table=_table(view.credited(result), explanation, "segment"),
        alt_text=text(
            phrases.BARS_SPOKEN,
            pushes=spoken(explanation.columns, explanation.values[0], view.ends(result)),
        ),
        theme=theme,
        width=width,
    )
