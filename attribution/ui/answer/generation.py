"""How a model writes its answer: the settings, folded, with a summary on the button that opens them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from attribution.language import N_, Said, _
from attribution.types import Generation
from attribution.ui import address, examples, frame

KEYS = {
    "search": "an_search",
    "beams": "an_beams",
    "temperature": "an_temperature",
    "top_p": "an_top_p",
    "seed": "an_seed",
    "length": "an_length",
    "stop": "an_stop",
}
SEARCH = {"greedy": Said("greedy"), "beams": Said("beams"), "sampling": Said("sampling")}
SUMMARY = {"greedy": N_("Greedy, {most}"), "beams": N_("Beams, {most}"), "sampling": N_("Sampling, {most}")}
"""How a model writes, and the most tokens written."""
USUAL = Generation()
MOST_BEAMS, MOST_TOKENS, MOST_SEEDS = 32, 100_000, 2**32 - 1
TEMPERATURES, TOP_PS = (0.01, 100.0), (0.01, 1.0)


def filled(generation: Generation) -> dict[str, Any]:
    """All widgets for these settings, as far as they can be set."""
    return examples.values(generation, KEYS)


def inputs() -> Generation:
    """The settings."""
    address.part(KEYS["search"], USUAL.search, read=address.option(SEARCH), asks=True)
    whole = {"beams": (2, MOST_BEAMS), "seed": (0, MOST_SEEDS), "length": (1, MOST_TOKENS)}
    for name, (low, high) in whole.items():
        _number(name, int, low, high)
    _number("temperature", float, *TEMPERATURES)
    _number("top_p", float, *TOP_PS)
    state = st.session_state
    how = str(state[KEYS["search"]])
    with st.popover(_(SUMMARY[how], most=str(state[KEYS["length"]])), width="stretch", help=_(HELP)):
        st.caption(_("How the model writes its answer"))
        search = frame.choice(_("Search"), SEARCH, key=KEYS["search"], asks=True)
        left, right = st.columns(2)
        with left:
            length = st.number_input(_("Most tokens"), 1, MOST_TOKENS, step=1, key=KEYS["length"])
            temperature = st.number_input(
                _("Temperature (sampling)"),
                *TEMPERATURES,
                step=0.05,
                key=KEYS["temperature"],
                help=_(HELP_TEMPERATURE),
            )
            seed = st.number_input(
                _("Seed (sampling)"), 0, MOST_SEEDS, step=1, key=KEYS["seed"], help=_(HELP_SEED)
            )
        with right:
            beams = st.number_input(_("Beams"), 2, MOST_BEAMS, step=1, key=KEYS["beams"], help=_(HELP_BEAMS))
            top_p = st.number_input(
                _("Top-p (sampling)"), *TOP_PS, step=0.05, key=KEYS["top_p"], help=_(HELP_TOP_P)
            )
            stop = frame.text(_("Stop after"), key=KEYS["stop"], help=_(HELP_STOP))
    return Generation(search, int(beams), float(temperature), float(top_p), int(seed), int(length), stop)


def _number(name: str, kind: Callable[[Any], Any], low: float, high: float) -> None:
    """Makes a number of the settings a part of the link; one that is none, or out of range, says nothing."""

    def read(given: list[str]) -> Any:
        try:
            value = kind(given[-1])
        except ValueError:
            return None
        return value if low <= value <= high else None

    key = KEYS[name]
    address.part(key, getattr(USUAL, name), read=read, asks=True)
    st.session_state[key] = min(max(st.session_state[key] or low, kind(low)), kind(high))


HELP = N_(
    "Greedy writes the likeliest token each time, beams look for the likeliest text, sampling draws. "
    "The number is the most tokens written."
)
HELP_BEAMS = N_("Texts kept side by side while the likeliest one is looked for.")
HELP_TEMPERATURE = N_(
    "Logits are divided by it before a token is drawn: above 1 rare tokens come more often."
)
HELP_TOP_P = N_("Drawn from the likeliest tokens that together have this probability.")
HELP_SEED = N_("The same seed draws the same answer again.")
HELP_STOP = N_("A text after which writing ends. Empty: where the model ends its answer.")
