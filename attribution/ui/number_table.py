"""The numbers behind a figure as a real table, for screen readers and for whoever wants to read them off."""

from __future__ import annotations

import math
from html import escape
from numbers import Integral, Real
from typing import Any

from attribution.charts.figure import Figure
from attribution.charts.wording import clean
from attribution.language import _, in_figures

MOST = 200
"""Rows shown; the CSV has them all."""


def table(figure: Figure) -> str:
    """HTML: one row an observation, the column names as heads, four significant digits."""
    rows = figure.table.head(MOST)
    heads = "".join(f'<th scope="col">{_shown(name)}</th>' for name in rows.columns)
    body = "".join(
        f"<tr>{''.join(f'<td>{_shown(cell)}</td>' for cell in row)}</tr>"
        for row in rows.itertuples(index=False, name=None)
    )
    left = len(figure.table) - len(rows)
    more = ""
    if left:
        sentence = _("The first {shown} rows; the CSV has {left:,} more.", shown=MOST, left=left)
        more = f"<p>{sentence}</p>"
    return (
        f'<div class="why-numbers" tabindex="0"><table><caption>{_shown(figure.title)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>{more}</div>"
    )


def _shown(cell: Any) -> str:
    if isinstance(cell, bool | Integral) or not isinstance(cell, Real):
        return "" if cell is None else f"<bdi>{escape(clean(str(cell)))}</bdi>"
    return in_figures(f"{float(cell):.4g}".replace("-", "−")) if math.isfinite(cell) else "–"
