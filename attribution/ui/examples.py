"""The row of ready examples at the top of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from attribution.language import _
from attribution.ui import message


def row(examples: Sequence[tuple[str, Mapping[str, Any]]], *, key: str) -> None:
    """One button an example; a click fills the widgets with these keys, and the page shows the result.

    The labels are in English, as in the table of examples.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{key}_examples"):
        st.markdown(_("Examples:"), width="content")
        for number, (label, values) in enumerate(examples):
            st.button(
                _(label), key=f"{key}_example_{number}", on_click=fill, args=(dict(values),), width="content"
            )


def with_download(note: str, examples: Sequence[tuple[str, Mapping[str, Any]]], *, key: str) -> None:
    """The examples whose models are downloaded on first use, folded into one button."""
    with st.popover(_("More, with a download"), icon=":material/download:", type="tertiary"):
        message.note(note)
        for number, (label, values) in enumerate(examples):
            st.button(
                _(label),
                key=f"{key}_classroom_{number}",
                on_click=fill,
                args=(dict(values),),
                width="stretch",
            )


def fill(values: Mapping[str, Any]) -> None:
    """Sets widgets by key; a callback, so that it runs before they are drawn."""
    for name, value in values.items():
        st.session_state[name] = value


def values(request: Any, keys: Mapping[str, str]) -> dict[str, Any]:
    """The widget values of a request; `keys` says which widget holds which of its fields."""
    return {key: getattr(request, name) for name, key in keys.items()}
