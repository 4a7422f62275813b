"""An answer that goes on from tokens that are there: written until stopped, one more word, another word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import streamlit as st

from attribution.ui import address, examples, explain

IDS, ON = "an_ids", "an_on"
On = Literal["", "word", "rest"]
"""What the model writes after the tokens that begin the answer: nothing, one more word, all the rest."""
MOST = 10_000
"""Tokens that a link may name."""


def ids() -> tuple[int, ...]:
    """The tokens that begin the answer; none where it begins with nothing."""
    address.part(IDS, "", read=_known, asks=True)
    address.part(ON, "", read=address.option({"": "", "word": "", "rest": ""}), asks=True)
    return tuple(int(part) for part in str(st.session_state[IDS]).split())


def on() -> On:
    """What the model writes after them."""
    found: On = st.session_state[ON]
    return found


def _known(given: list[str]) -> str | None:
    parts = given[-1].split()
    fine = len(parts) <= MOST and all(
        part.isdecimal() and part.isascii() and len(part) < 10 for part in parts
    )
    return " ".join(parts) if fine else None


def filled(begun: Sequence[int], on: On = "") -> dict[str, Any]:
    """The page's values for an answer that begins with these tokens."""
    return {IDS: " ".join(map(str, begun)), ON: on if begun else ""}


def go_on(begun: Sequence[int], on: On = "", chosen: int | None = None) -> None:
    """Lets the answer begin with these tokens, and the model write what `on` says; a callback.

    `chosen` is the token looked at then.
    """
    explain.go_on()
    examples.fill({"an_answer": "", **filled(begun, on)})
    st.session_state["_an_choose"] = chosen


def edit(text: str) -> None:
    """Puts an answer into the field, where it can be changed; a callback."""
    explain.go_on()
    examples.fill({"an_answer": text, **filled(())})
