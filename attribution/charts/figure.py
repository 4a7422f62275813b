"""A figure: a chart that explains itself, the numbers behind it, and the words for who cannot see it."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from attribution.charts import phrases
from attribution.charts.compose import Spec, in_row
from attribution.charts.libraries import alt, pd
from attribution.charts.palette import FONT, Theme, palette
from attribution.charts.wording import column_names, text
from attribution.language import in_figures

PAGE_WIDTH = 1100
"""Pixels a figure may take on a 1280 pixel wide page."""
TITLE_SIZE, CAPTION_SIZE, LABEL_SIZE, CELL_SIZE = 17, 12, 13, 11
PADDING = 8


@dataclass(frozen=True, eq=False)
class Figure:
    """One chart with everything that a screenshot, a screen reader or a spreadsheet needs."""

    name: str
    """A slug for file names, e.g. "words-that-decide"."""
    title: str
    """Plain words."""
    caption: str
    """Model and revision, inputs, method and unit."""
    spec: dict[str, Any]
    """Vega-Lite, self-contained: data, colours, title, caption and size are inside."""
    table: pd.DataFrame
    """The numbers behind the chart, one observation a row."""
    alt: str
    """For screen readers."""
    width: int
    """Pixels the chart takes, about; beyond `PAGE_WIDTH` a page has to let it scroll sideways."""


def finish(
    chart: Spec,
    *,
    name: str,
    title: str,
    caption: str,
    table: pd.DataFrame,
    alt_text: str,
    theme: Theme,
    width: float,
    params: Sequence[dict[str, Any]] = (),
) -> Figure:
    """Puts title, caption, font, colours and `params` (Vega-Lite's selections) into the chart.

    A chart of one view is put into a row of its own: Streamlit stretches or squeezes single views, and a
    squeezed view overlaps its labels; rows it leaves at the size they were made.
    """
    colours = palette(theme)
    labels = {"labelColor": colours.text, "labelFontSize": LABEL_SIZE, "labelLimit": 0}
    titles = {"titleColor": colours.muted, "titleFontSize": 12, "titleFontWeight": "normal", "titleLimit": 0}
    lines = {"gridColor": colours.grid, "domainColor": colours.grid, "tickColor": colours.grid}
    spec = (chart if "hconcat" in chart else in_row(chart)) | {
        "$schema": alt.SCHEMA_URL,
        "params": list(params),
        "title": _heading(title, caption, width, theme),
        "background": colours.background,
        "padding": dict.fromkeys(("left", "right", "top", "bottom"), PADDING),  # one number breaks the page
        "config": _signs()
        | {
            "font": FONT,
            "tooltipFormat": {"numberFormat": ".4g"},
            "view": {"stroke": None},
            "axis": labels | titles | lines,
            "legend": labels | titles,
            "header": labels | titles | {"labelFontWeight": 600},
        },
    }
    return Figure(name, title, caption, spec, table, alt_text, round(width))


def _signs() -> dict[str, Any]:
    """Decimal, thousands and percent sign of the reader's language, for axes and tooltips."""
    signs = {
        "decimal": in_figures("."),
        "thousands": in_figures(","),
        "percent": text(phrases.PERCENT, number=""),
    }
    return {"locale": {"number": signs | {"grouping": [3], "currency": ["", ""]}}}


def _heading(title: str, caption: str, width: float, theme: Theme) -> dict[str, Any]:
    """Title and caption above the chart, in lines that fit."""
    colours = palette(theme)
    below = [line for part in caption.split("\n") for line in wrap(part, width - 2 * PADDING, CAPTION_SIZE)]
    return {
        "text": wrap(title, width - 2 * PADDING, TITLE_SIZE * 1.08),
        "subtitle": below,
        "anchor": "start",
        "frame": "bounds",
        "align": "left",
        "offset": 14,
        "color": colours.text,
        "fontSize": TITLE_SIZE,
        "fontWeight": 600,
        "subtitleColor": colours.muted,
        "subtitleFontSize": CAPTION_SIZE,
        "subtitleLineHeight": CAPTION_SIZE + 4,
        "subtitlePadding": 5,
    }


def words_table(
    first: dict[str, Any], words: Sequence[str], values: Any, last: dict[str, Any] | None = None
) -> pd.DataFrame:
    """A table with a column a word between others; a word that is called like one of those has its place."""
    last = last or {}
    middle = pd.DataFrame(values, columns=column_names(words, (*first, *last)))
    return pd.concat([pd.DataFrame(first), middle, pd.DataFrame(last, index=middle.index)], axis=1)


# ------------------------------------------------------------------------------------------------ layout


def text_width(text: str, size: float) -> float:
    """About how many pixels wide the text is, rather too many than too few."""
    units = 0.0
    for character in text:
        if unicodedata.east_asian_width(character) in "WF":
            units += 1.0
        elif character in "iljtfrI.,:;'|!()[] ·":
            units += 0.33
        elif character in "mwMW@%—…":
            units += 0.88
        elif character.isupper():
            units += 0.7
        elif unicodedata.combining(character):
            continue
        else:
            units += 0.54
    return units * size


def widest(labels: Sequence[str], size: float = LABEL_SIZE) -> float:
    """The pixels the widest label takes."""
    return max((text_width(label, size) for label in labels), default=0.0)


def wrap(text: str, width: float, size: float) -> list[str]:
    """The text in lines no wider than `width` pixels; a single word that is wider is broken."""
    lines, line = [], ""
    for word in text.split():
        for piece in _broken(word, width, size):
            if line and text_width(f"{line} {piece}", size) > width:
                lines.append(line)
                line = piece
            else:
                line = f"{line} {piece}" if line else piece
    return [*lines, line] if line else lines


def _broken(word: str, width: float, size: float) -> list[str]:
    """The word in pieces that each fit into `width` pixels."""
    fits = len(word) * width / max(text_width(word, size), 1)
    if fits >= len(word):
        return [word]
    step = max(4, int(fits) - 1)
    return [word[i : i + step] for i in range(0, len(word), step)]


def label_expression(labels: Sequence[str]) -> str:
    """A Vega expression that gives position p the label labels[p], so that equal labels stay apart."""
    return f"{json.dumps(list(labels))}[datum.value]"


def directions(ends: tuple[str, str]) -> str:
    """What higher and lower values mean, beside arrows that both fonts of figures have."""
    return f"← {ends[1]}\u2003|\u2003{ends[0]} →"


def row_height(rows: int) -> int:
    """The pixels a row takes: fewer when there are many, never too few to read."""
    return 22 if rows <= 20 else 19 if rows <= 34 else 17
