"""Views put together: on top of each other, in a row, in a column.

Altair's own functions for this copy every chart anew at every step, and that was most of the time of drawing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attribution.charts.libraries import alt

Spec = dict[str, Any]
"""A view as Vega-Lite's JSON, but for `title`, `background` and `config` of the whole figure."""
Records = list[dict[str, Any]]


def _view(chart: alt.Chart) -> Spec:
    """A single chart; without data of its own it draws those around it."""
    spec: Spec = chart.to_dict(validate=False, context={"top_level": False})
    return {key: part for key, part in spec.items() if key != "data" or chart.data is not alt.Undefined}


def layers(data: Records, charts: Iterable[alt.Chart], **properties: Any) -> Spec:
    """Charts on top of each other, the first one lowest; those without data of their own draw `data`."""
    return {"data": {"values": data}, "layer": [_view(chart) for chart in charts], **properties}


def constant(**record: float) -> alt.Chart:
    """A chart of one record, for a rule at a fixed place."""
    return alt.Chart(alt.Data(values=[record]))


def in_row(*views: Spec, **properties: Any) -> Spec:
    """Views side by side."""
    return {"hconcat": list(views), **properties}


def in_column(*views: Spec, **properties: Any) -> Spec:
    """Views below each other."""
    return {"vconcat": list(views), **properties}


def heading(text: str, colour: str, **properties: Any) -> Spec:
    """The title of one panel of several."""
    return {"text": text, "anchor": "start", "fontSize": 13, "color": colour, "offset": 8, **properties}
