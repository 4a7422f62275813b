"""The one visual language: target blue, foil orange, neutral in between, in light and in dark.

The colours are chosen so that blue and orange stay apart for all common kinds of colour blindness, and so
that text on a cell always has at least the contrast that `ink_on` measures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from attribution.charts.libraries import alt

Theme = Literal["light", "dark"]
Role = Literal["target", "foil", "against", "other"]
"""What a colour stands for: `against` is a negative amount where no foil is in play, `other` neither."""

FONT = "Source Sans, Liberation Sans, Arial, sans-serif"
"""In the browser Streamlit's own font; in exported files Liberation Sans, which the renderer brings along."""


@dataclass(frozen=True)
class Palette:
    """The colours of one theme, as #rrggbb.

    `solid` fills marks, `ink` writes words (contrast of at least 4.5 with the background and the neutral),
    `ramps` run from next to the neutral to the full colour.
    """

    background: str
    neutral: str
    text: str
    muted: str
    grid: str
    solid: dict[Role, str]
    ink: dict[Role, str]
    ramps: dict[Role, tuple[str, str, str]]


LIGHT = Palette(
    background="#ffffff",
    neutral="#f4f4f2",
    text="#1f2430",
    muted="#5b6270",
    grid="#e3e5e8",
    solid={"target": "#1f66b8", "foil": "#d9690f", "against": "#6f665e", "other": "#b3b8c0"},
    ink={"target": "#1f66b8", "foil": "#b4530a", "against": "#6f665e", "other": "#5b6270"},
    ramps={
        "target": ("#b5d1ef", "#5b9bd9", "#0f4c97"),
        "foil": ("#fad0a8", "#ee8f3c", "#a84300"),
        "against": ("#d6d0ca", "#9b9189", "#554c45"),
        "other": ("#d9dce0", "#a3a8b0", "#5b6270"),
    },
)
DARK = Palette(
    background="#0e1117",
    neutral="#1d222b",
    text="#f0f2f6",
    muted="#a9b0bd",
    grid="#2b313c",
    solid={"target": "#5aa2f2", "foil": "#f5943d", "against": "#b9aea4", "other": "#5d6675"},
    ink={"target": "#5aa2f2", "foil": "#f5943d", "against": "#b9aea4", "other": "#a9b0bd"},
    ramps={
        "target": ("#1f3f63", "#2f72b9", "#78b7ff"),
        "foil": ("#5c3a1a", "#ae6018", "#ffab5c"),
        "against": ("#3f3a36", "#7d746c", "#cfc6bd"),
        "other": ("#343b47", "#5d6675", "#a9b0bd"),
    },
)
INKS = ("#000000", "#ffffff")
"""Text on a coloured cell is one of these two; with pure black, one of them always has contrast 4.5."""


def palette(theme: Theme) -> Palette:
    """The colours of a theme."""
    return DARK if theme == "dark" else LIGHT


@dataclass(frozen=True)
class ColourScale:
    """A value -> colour map, piecewise linear in RGB, the same in Python and in the chart.

    Values outside the ends get the colour of the end.
    """

    stops: tuple[float, ...]
    colours: tuple[str, ...]

    @property
    def limit(self) -> float:
        """The largest value shown."""
        return self.stops[-1]

    @property
    def signed(self) -> bool:
        """Whether negative values have a hue of their own."""
        return self.stops[0] < 0

    def colour(self, value: float) -> str:
        """The colour of a value as #rrggbb."""
        channels = np.array([rgb(c) for c in self.colours])
        mixed = [np.interp(value, self.stops, channels[:, k]) for k in range(3)]
        return "#" + "".join(f"{round(c):02x}" for c in mixed)

    def ink(self, value: float) -> str:
        """The colour of text on a cell with that value."""
        return ink_on(self.colour(value))

    def altair(self) -> alt.Scale:
        """The same map for a quantitative colour channel."""
        return alt.Scale(
            domain=list(self.stops), range=list(self.colours), interpolate="rgb", clamp=True, zero=False
        )


def signed_scale(
    limit: float, theme: Theme, positive: Role = "target", negative: Role = "foil"
) -> ColourScale:
    """A diverging scale from -limit to limit with the neutral colour at 0."""
    colours, limit = palette(theme), usable(limit)
    down, up = colours.ramps[negative], colours.ramps[positive]
    return ColourScale(tuple(limit * k / 3 for k in range(-3, 4)), (*reversed(down), colours.neutral, *up))


def amount_scale(limit: float, theme: Theme, role: Role = "target") -> ColourScale:
    """A scale of one hue from 0 (neutral) to limit."""
    colours, limit = palette(theme), usable(limit)
    return ColourScale(tuple(limit * k / 3 for k in range(4)), (colours.neutral, *colours.ramps[role]))


def usable(limit: float) -> float:
    """The limit, or 1 where nothing is to be seen (no value, or all zero)."""
    return float(limit) if np.isfinite(limit) and limit > 0 else 1.0


def largest(values: Sequence[float] | np.ndarray) -> float:
    """The largest absolute value that is a number; 0 where there is none."""
    sizes = np.abs(np.asarray(values, dtype=np.float64)).ravel()
    sizes = sizes[np.isfinite(sizes)]
    return float(sizes.max()) if sizes.size else 0.0


def rgb(colour: str) -> tuple[int, int, int]:
    """(red, green, blue), 0 to 255, of #rrggbb."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@lru_cache(maxsize=4096)
def luminance(colour: str) -> float:
    """Relative luminance in [0, 1]. Source: WCAG 2.2."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in np.array(rgb(colour)) / 255
    ]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


def contrast(one: str, other: str) -> float:
    """Contrast ratio in [1, 21]. Source: WCAG 2.2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink_on(background: str) -> str:
    """Whichever of the two inks is easier to read on the background."""
    return max(INKS, key=lambda ink: contrast(ink, background))
