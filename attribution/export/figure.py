"""A figure as a file: PNG for slides and documents, SVG for print; rendered in this process, offline."""

from __future__ import annotations

import vl_convert

from attribution.charts.figure import Figure

VEGA_LITE = "6.4"
SCREEN_DPI = 72.0
"""Vega counts a pixel as 1/72 inch; at 300 dpi a figure of 1100 pixels is 4583 pixels wide."""
LARGEST_PNG = 60_000_000
"""Pixels; a larger figure is rendered with fewer dots per inch rather than exhausting memory, and says so."""


def to_svg(figure: Figure) -> str:
    """The figure as SVG text, its words as text."""
    return vl_convert.vegalite_to_svg(figure.spec, vl_version=VEGA_LITE, allowed_base_urls=[])


def to_png(figure: Figure, dpi: float = 300) -> bytes:
    """The figure as PNG bytes at `dpi` dots per inch, which the file states (its chunk pHYs)."""
    svg = to_svg(figure)
    width, height = size_of(svg)
    most = SCREEN_DPI * (LARGEST_PNG / max(width * height, 1)) ** 0.5
    return vl_convert.svg_to_png(svg, ppi=min(dpi, most))


def size_of(svg: str) -> tuple[float, float]:
    """Width and height in the head of an SVG that the renderer wrote."""
    head = svg[: svg.index(">")]
    width, height = (float(head.split(f' {side}="')[1].split('"')[0]) for side in ("width", "height"))
    return width, height
