"""A figure: a chart that explains itself, the numbers behind it, and the words for who cannot see it."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from attribution.charts.libraries import alt, pd
from attribution.charts.palette import FONT, Theme, palette
from attribution.charts.views import Spec, in_row
from attribution.types import ModelInfo

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
    below = [line for part in caption.split("\n") for line in wrap(part, width - 2 * PADDING, CAPTION_SIZE)]
    heading = {
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
    labels = {"labelColor": colours.text, "labelFontSize": LABEL_SIZE, "labelLimit": 0}
    titles = {"titleColor": colours.muted, "titleFontSize": 12, "titleFontWeight": "normal", "titleLimit": 0}
    lines = {"gridColor": colours.grid, "domainColor": colours.grid, "tickColor": colours.grid}
    spec = (chart if "hconcat" in chart else in_row(chart)) | {
        "$schema": alt.SCHEMA_URL,
        "params": list(params),
        "title": heading,
        "background": colours.background,
        "padding": dict.fromkeys(("left", "right", "top", "bottom"), PADDING),  # one number breaks the page
        "config": {
            "font": FONT,
            "tooltipFormat": {"numberFormat": ".4g"},
            "view": {"stroke": None},
            "axis": labels | titles | lines,
            "legend": labels | titles,
            "header": labels | titles | {"labelFontWeight": 600},
        },
    }
    return Figure(name, title, caption, spec, table, alt_text, round(width))


# -------------------------------------------------------------------------------------- words of captions


def model_phrase(info: ModelInfo) -> str:
    """The model as a caption names it: name, architecture, size, revision, precision."""
    about = [info.architecture, f"{size_words(info.parameters)} parameters"]
    if info.revision:
        about.append(f"revision {info.revision[:12]}")
    about.append(info.dtype)
    return f"{clean(info.name)} ({', '.join(about)})"


def size_words(parameters: int) -> str:
    """A parameter count as people say it: 7.1M, 124M, 1.5B."""
    for unit, size in (("B", 1e9), ("M", 1e6), ("K", 1e3)):
        if parameters >= size:
            return (
                f"{parameters / size:.3g}{unit}"
                if parameters < 1000 * size
                else f"{parameters / size:.0f}{unit}"
            )
    return str(parameters)


def quoted(text: str, limit: int = 220) -> str:
    """The text in quotes, shortened in the middle where it is very long, so that both ends stay."""
    text = clean(" ".join(text.split()))
    if len(text) > limit:
        text = text[: limit * 2 // 3].rstrip() + " … " + text[-limit // 3 :].lstrip()
    return f"“{text}”"


def clean(token: str) -> str:
    """The token without characters that break a line, a file or the reading direction of what follows."""
    out = "".join("\N{REPLACEMENT CHARACTER}" if forbidden(c) else c for c in token)
    return out if out else "∅"


def forbidden(character: str) -> bool:
    """Control characters, surrogates, non-characters, and what turns the direction of the text after it."""
    code = ord(character)
    turns = code in (0x200E, 0x200F) or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069
    return turns or code & 0xFFFE == 0xFFFE or unicodedata.category(character) in ("Cc", "Cs")


def shortened(token: str, limit: int = 40) -> str:
    """The token for an axis: cleaned, and cut only where it is absurdly long (the table has it whole)."""
    token = clean(token)
    return token if len(token) <= limit else token[: limit - 1] + "…"


def number(value: float, decimals: int = 2, *, sign: bool = False) -> str:
    """A number for people, with a true minus; never "-0.00"."""
    if not math.isfinite(value):
        return "–"
    if abs(value) < 0.5 * 10**-decimals:
        return f"{0:.{decimals}f}"
    text = f"{value:+.{decimals}f}" if sign else f"{value:.{decimals}f}"
    return text.replace("-", "−")


def decimals_for(limit: float) -> int:
    """So many decimals that the largest of several numbers shows two or three digits."""
    if limit >= 100:
        return 0
    if limit >= 10:
        return 1
    return min(max(1 - math.floor(math.log10(limit)), 2), 5) if limit > 0 else 2


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
        for piece in broken(word, width, size):
            if line and text_width(f"{line} {piece}", size) > width:
                lines.append(line)
                line = piece
            else:
                line = f"{line} {piece}" if line else piece
    return [*lines, line] if line else lines


def broken(word: str, width: float, size: float) -> list[str]:
    """The word in pieces that each fit into `width` pixels."""
    fits = len(word) * width / max(text_width(word, size), 1)
    if fits >= len(word):
        return [word]
    step = max(4, int(fits) - 1)
    return [word[i : i + step] for i in range(0, len(word), step)]


def label_expression(labels: Sequence[str]) -> str:
    """A Vega expression that gives position p the label labels[p], so that equal labels stay apart."""
    return f"{json.dumps(list(labels))}[datum.value]"


def row_height(rows: int) -> int:
    """The pixels a row takes: fewer when there are many, never too few to read."""
    return 25 if rows <= 12 else 22 if rows <= 20 else 19 if rows <= 34 else 17
