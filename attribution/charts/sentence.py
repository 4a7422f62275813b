"""A sentence whose words are coloured by their numbers, as HTML that is safe to show."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from attribution.charts import phrases
from attribution.charts.palette import (
    Role,
    Theme,
    amount_scale,
    largest,
    palette,
    signed_scale,
)
from attribution.charts.wording import clean, decimals_for, number
from attribution.types import Array


@dataclass(frozen=True)
class Painted:
    """A word with its number as it is written and the colours of both; all three empty where it has none."""

    text: str
    number: str = ""
    colour: str = ""
    ink: str = ""


def painted(
    words: Sequence[str],
    values: Sequence[float] | Array,
    theme: Theme,
    sides: tuple[Role, Role] | None,
    *,
    limit: float | None = None,
) -> list[Painted]:
    """Words in the colours of their values; see `coloured_sentence`."""
    limit = largest(values) if limit is None else limit
    scale = signed_scale(limit, theme, *sides) if sides else amount_scale(limit, theme)
    decimals, out = decimals_for(limit), []
    for word, value in zip(map(clean, words), np.asarray(values, dtype=float), strict=True):
        if np.isfinite(value):
            shown = number(float(value), decimals, sign=bool(sides))
            out.append(Painted(word, shown, scale.colour(value), scale.ink(value)))
        else:
            out.append(Painted(word))
    return out


def coloured_sentence(
    words: Sequence[str],
    values: Sequence[float] | Array,
    theme: Theme = "light",
    unit: str = "",
    sides: tuple[Role, Role] | None = ("target", "foil"),
    *,
    limit: float | None = None,
    numbers: bool = True,
    marked: Collection[int] = (),
) -> str:
    """One `<div>`: every word on its colour, its number beneath and in the tooltip.

    Args:
        words: any strings; each is escaped and kept from changing the direction of the others.
        values: one a word; NaN leaves the word without a colour.
        theme: "light" or "dark".
        unit: for the tooltips; empty: logits.
        sides: what positive and negative values stand for; None for amounts without a sign (blue).
        limit: the value of the full colour; by default the largest. Give one to compare sentences.
        numbers: whether the numbers stand beneath the words.
        marked: positions that get an outline, e.g. the chosen word.
    """
    colours, spans, unit = palette(theme), [], unit or phrases.LOGITS
    for position, word in enumerate(painted(words, values, theme, sides, limit=limit)):
        paint = f"background:{word.colour};color:{word.ink};" if word.number else ""
        outline = f"outline:2px solid {colours.text};" if position in marked else ""
        shown = html.escape(word.text, quote=True)
        tip = f"{shown}: {word.number} {html.escape(unit, quote=True)}" if word.number else shown
        below = f'<span style="font-size:11px;line-height:1.1;">{word.number}</span>'
        below = below if numbers and word.number else ""
        spans.append(
            f'<span title="{tip}" style="display:inline-flex;flex-direction:column;align-items:center;'
            f"vertical-align:top;margin:2px;padding:3px 6px;border-radius:4px;max-width:100%;"
            f'overflow-wrap:anywhere;{paint}{outline}"><bdi>{shown}</bdi>{below}</span>'
        )
    style = f"line-height:1.45;font-size:1.05rem;color:{colours.text};"
    return f'<div dir="{direction(words)}" style="{style}">{"".join(spans)}</div>'


def direction(words: Sequence[str]) -> str:
    """The reading direction that most letters of the words have: "rtl" or "ltr"."""
    kinds = [unicodedata.bidirectional(c) for word in words for c in word]
    right = sum(k in ("R", "AL") for k in kinds)
    return "rtl" if right > sum(k == "L" for k in kinds) else "ltr"
