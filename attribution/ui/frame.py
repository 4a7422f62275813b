"""The frame around every page: navigation, footer, and the way back into it for a cold deep link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import streamlit as st

from attribution import __version__
from attribution.ui import report
from attribution.ui.message import plain

Theme = Literal["light", "dark"]


def run(pages: list[Any]) -> None:
    """Shows the page the address names, inside the frame; `app.py` calls it once a run."""
    st.session_state["_frame"] = True
    report.remember()
    page = st.navigation(pages, position="top")
    asked = st.session_state.pop("_deep_link", None)
    if asked:
        path, params = asked
        st.switch_page(path, query_params=params)
    # Streamlit leaves more room above a page than a projector has to spare.
    st.html("<style>.st-key-page {margin-top: -3.4rem}</style>")
    with st.container(key="page"):
        page.run()
    st.caption(
        f"Why This Word {__version__} · Apache-2.0 · texts stay on this machine; "
        "they become part of a page's link"
    )


def ensure(path: str) -> None:
    """Puts a page that a fresh server opened by its file name back into the frame.

    Every page calls this first with its own path, e.g. "pages/next_word.py".
    """
    if "_frame" not in st.session_state:
        every = {name: st.query_params.get_all(name) for name in st.query_params}
        st.session_state["_deep_link"] = (path, every)
        st.switch_page("app.py")


def theme() -> Theme:
    """Whether this visitor's page is light or dark."""
    return "dark" if st.context.theme.type == "dark" else "light"


def choice(
    label: str, options: Mapping[str, str], *, key: str, help: str | None = None, labelled: bool = False
) -> Any:
    """A row of mutually exclusive choices (value -> label); one is always chosen and part of the link.

    The label is for screen readers only unless it is `labelled`, where `help` shows too.
    """
    return st.segmented_control(
        label,
        list(options),
        default=next(iter(options)),
        required=True,
        format_func=lambda value: plain(options[value]) if value in options else str(value),
        key=key,
        help=help,
        label_visibility="visible" if labelled else "collapsed",
        bind="query-params",
    )
