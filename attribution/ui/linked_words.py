"""Words on their colours as buttons: each lights its bar, its row or its column in the page's figures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from attribution.charts.palette import Role, Theme, palette
from attribution.charts.sentence import direction, painted
from attribution.language import _
from attribution.types import Array

HERE = Path(__file__).parent
LIGHTING = (HERE / "lighting.js").read_text("utf-8")
_component = st.components.v2.component(
    "why_this_word.linked_words",
    css=(HERE / "linked_words.css").read_text("utf-8"),
    js=LIGHTING + (HERE / "linked_words.js").read_text("utf-8"),
)


@dataclass(frozen=True)
class Link:
    """Where a word stands in a figure: the figure's key, a field of its marks, and (of several) the panel."""

    figure: str
    field: str
    at: int
    panel: int | None = None

    def said(self) -> dict[str, Any]:
        """For the browser."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True)
class Row:
    """Words with one value each (NaN: no colour), and where the word at a position is found."""

    words: Sequence[str]
    values: Sequence[float] | Array
    links: Callable[[int], Sequence[Link]]
    label: str = ""


def show(
    rows: Sequence[Row],
    theme: Theme,
    unit: str,
    sides: tuple[Role, Role] | None,
    *,
    key: str,
    limit: float | None = None,
    choices: tuple[str, Sequence[Link]] | None = None,
) -> None:
    """The rows, coloured as by `charts.sentence.coloured_sentence`.

    `choices`: the key of a row of buttons elsewhere on the page, and what each of them lights.
    """
    colours = palette(theme)
    data: dict[str, Any] = {
        "name": _("Words of the text"),
        "text": colours.text,
        "muted": colours.muted,
        "rows": [_row(row, theme, unit, sides, limit) for row in rows],
    }
    if choices:
        data["choices"] = {"key": choices[0], "links": [[link.said()] for link in choices[1]]}
    data["id"] = hashlib.sha256(json.dumps(data).encode()).hexdigest()
    _component(key=key, data=data)


def _row(
    row: Row, theme: Theme, unit: str, sides: tuple[Role, Role] | None, limit: float | None
) -> dict[str, Any]:
    words = []
    for k, word in enumerate(painted(row.words, row.values, theme, sides, limit=limit)):
        says = f"{word.text}: {word.number} {unit}" if word.number else word.text
        words.append(asdict(word) | {"says": says, "links": [link.said() for link in row.links(k)]})
    return {"label": row.label, "direction": direction(row.words), "words": words}
