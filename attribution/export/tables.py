"""The numbers behind a figure as CSV, safe to open in a spreadsheet."""

from __future__ import annotations

import unicodedata
from typing import Any

from attribution.charts.figure import Figure
from attribution.charts.libraries import pd

FORMULA_STARTS = "=+-@|%"
"""A spreadsheet would run text that starts like this as a formula, or may hand it to another program."""
UNSEEN = ("C", "M", "Z")
"""Unicode categories that a spreadsheet may overlook in front: controls, formats, marks, spaces."""


def to_csv(figure: Figure) -> str:
    """The figure's table as CSV: UTF-8 without a mark, one header line, numbers in full, NaN empty."""
    return table_to_csv(figure.table)


def table_to_csv(table: pd.DataFrame) -> str:
    """Any table as CSV, with text that would be run as a formula put behind an apostrophe."""
    safe = table.copy()
    safe.columns = pd.Index([guarded(str(c)) for c in table.columns])
    for position in range(safe.shape[1]):
        column = safe.iloc[:, position]
        if not pd.api.types.is_numeric_dtype(column):
            safe.isetitem(position, column.map(guarded).to_numpy(dtype=object))
    return safe.to_csv(index=False, lineterminator="\n")


def guarded(value: Any) -> Any:
    """Text made harmless for a spreadsheet; all else as it is."""
    if not isinstance(value, str):
        return value
    first = next((c for c in value if not unicodedata.category(c).startswith(UNSEEN)), "")
    # As wide, small, raised or lowered forms are read: ＝ is = in East Asian spreadsheets.
    plain = unicodedata.normalize("NFKC", first)[:1]
    starts = bool(plain) and plain in FORMULA_STARTS
    text = value.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return f"'{text}" if starts or value.startswith(("\t", "\r", "\n")) else text
