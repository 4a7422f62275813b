"""A sentence whose words are coloured by their numbers, as HTML that is safe to show."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Collection, Sequence

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
    limit = largest(values) if limit is None else limit
    scale = signed_scale(limit, theme, *sides) if sides else amount_scale(limit, theme)
    colours, decimals, unit = palette(theme), decimals_for(limit), unit or phrases.LOGITS
    spans = []
    for position, (word, value) in enumerate(zip(words, np.asarray(values, dtype=float), strict=True)):
        known = bool(np.isfinite(value))
        text = number(float(value), decimals, sign=bool(sides)) if known else ""
        paint = f"background:{scale.colour(value)};color:{scale.ink(value)};" if known else ""
        outline = f"outline:2px solid {colours.text};" if position in marked else ""
        shown = html.escape(clean(word), quote=True)
        tip = f"{shown}: {text} {html.escape(unit, quote=True)}" if known else shown
        below = f'<span style="font-size:11px;line-height:1.1;">{text}</span>' if numbers and known else ""
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
