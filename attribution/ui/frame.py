"""The frame around every page: navigation and footer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from attribution import __version__
from attribution.charts.palette import palette
from attribution.language import N_, _, current, shown
from attribution.ui import address, reader, visitor_report
from attribution.ui.message import plain

Theme = Literal["light", "dark"]
QUESTIONS = {
    "": N_("Why this word and not another?"),
    "translation": N_("Where does each word of a translation come from?"),
    "model_sizes": N_("Do larger models look at other words?"),
    "answer": N_("What led to each word of an answer?"),
    "many": N_("Does it hold for many sentences?"),
    "report": N_("What you found, to hand in."),
    "about": N_("Models, methods and papers."),
}
"""What a page answers, by its address."""
STYLE = (Path(__file__).parent / "style.css").read_text()
STEPS = (
    N_("Start with an example: it fills in the form, and the answer comes at once."),
    N_("Look at the same numbers in other ways; nothing is computed anew."),
    N_("Keep what you found: the page Report collects your figures and comments."),
)
"""What a first visitor is shown, beside an example, a toggle and a pin."""
_FILES = ("drafts.js", "announce.js", "first_steps.js")
SCRIPTS = "\n".join((Path(__file__).parent / name).read_text() for name in _FILES)


def run(pages: list[Any]) -> None:
    """Shows the page the address names, inside the frame; the router calls it once a run."""
    page = st.navigation([*pages, _default_by_its_name(pages[0])], position="top")
    st.session_state["_pages"] = {each.url_path or "start": each for each in pages}
    address.begin(page.url_path)
    with st.container(key="name", horizontal=True, gap="small", vertical_alignment="center"):
        question = _(QUESTIONS.get(page.url_path, QUESTIONS[""]))
        st.html(f"<style>{_colours()}\n{STYLE}</style><b>Why This Word</b> {escape(question)}")
        reader.choice()
        reader.remember()
        visitor_report.remember()
    with st.container(key="page", gap="xsmall"):
        page.run()
    address.shown()
    steps = {
        "steps": [_(step) for step in STEPS],
        "next": _("Next"),
        "done": _("Done"),
        "close": _("Do not show this again"),
    }
    script = f"<script>window.whySteps = {json.dumps(steps)};\n{SCRIPTS}</script>"
    st.html(script, unsafe_allow_javascript=True)  # here it takes no room from the page
    _scroll()
    st.caption(
        _(
            "Why This Word {version} · Apache-2.0 · texts stay on this machine; they become part of a page's "
            "link",
            version=__version__,
        )
    )


def _colours() -> str:
    """The theme's colours that the style sheet refers to."""
    on_primary = "#000" if theme() == "dark" else "#fff"
    colours = palette(theme())
    link = colours.ink["target"]
    return f":root {{--why-muted: {colours.muted}; --why-on-primary: {on_primary}; --why-link: {link}}}"


def open_page(name: str, asks: Mapping[str, str]) -> None:
    """Goes to a page by the last part of its address, and asks it this."""
    page = st.session_state.get("_pages", {}).get(name)
    if page is not None:  # a page drawn without the frame has nowhere to go
        st.switch_page(page, query_params=dict(asks))


def scroll_up() -> None:
    """Scrolls to the top, where the form and the finding are, once the page is drawn; a callback may."""
    st.session_state["_scroll_up"] = st.session_state.get("_scrolled_up", 0) + 1


def _scroll() -> None:
    number = st.session_state.pop("_scroll_up", None)
    if number is None:
        return
    st.session_state["_scrolled_up"] = number  # another text each time, else the browser does not run it
    script = f"""<script>/* {number} */
    document.querySelector('[data-testid="stMain"]').scrollTo({{top: 0, behavior: "smooth"}});
    </script>"""
    st.html(script, unsafe_allow_javascript=True)


def _default_by_its_name(default: Any) -> Any:
    """A page that is not listed and leads to the default one, which Streamlit serves at "/" alone."""

    def lead_there() -> None:
        st.switch_page(default, query_params={n: st.query_params.get_all(n) for n in st.query_params})

    return st.Page(lead_there, title=default.title, url_path="next_word", visibility="hidden")


def theme() -> Theme:
    """Whether this visitor's page is light or dark."""
    return "dark" if st.context.theme.type == "dark" else "light"


def choice(
    label: str,
    options: Mapping[str, str],
    *,
    key: str,
    help: str | None = None,
    labelled: bool = False,
    asks: bool = False,
) -> Any:
    """A row of mutually exclusive choices (value -> label); one is always chosen and part of the link.

    A label that is a `Said` is shown in the reader's language; old links say it in English.
    The label is for screen readers only unless it is `labelled`, where `help` shows too. With `asks` the
    choice is a part of the question that the page answers, else of the view.
    """
    first = next(iter(options))
    address.part(key, first, read=address.option(options), asks=asks)
    if st.session_state[key] not in options:
        st.session_state[key] = first
    return st.segmented_control(
        label,
        list(options),
        default=first,
        required=True,
        format_func=lambda value: plain(options[value]) if value in options else str(value),
        key=key,
        help=help,
        label_visibility="visible" if labelled else "collapsed",
    )


def select(
    label: str,
    options: Mapping[str, str],
    *,
    key: str,
    first: str = "",
    help: str | None = None,
    labelled: bool = True,
    width: Any = "stretch",
    asks: bool = False,
) -> Any:
    """A drop-down list (value -> label) that is part of the link; `first` is chosen at first.

    Where it `asks`, it is how a question is answered: what is chosen of the answer stays.
    """
    first = first or next(iter(options))
    address.part(key, first, read=address.option(options), asks=asks, how=True)
    if st.session_state[key] not in options:
        st.session_state[key] = first
    say_anew(key)
    return st.selectbox(
        label,
        list(options),
        index=list(options).index(first),
        format_func=lambda value: shown(options.get(value, str(value))),
        key=key,
        help=help,
        label_visibility="visible" if labelled else "collapsed",
        width=width,
    )


def say_anew(key: str) -> None:
    """Lets a drop-down list with this key, drawn next, say what is chosen in the language of now.

    A browser holds the choice by its label, and would send back that of the language before.
    """
    said = st.session_state.setdefault("_said_in", {})
    if said.get(key, current()) != current() and key in st.session_state:
        st.session_state[key] = st.session_state[key]
    said[key] = current()


def text(label: str, first: str = "", *, key: str, help: str | None = None, place: Any = st) -> str:
    """A field of one line that is part of the question a page answers, and of its link."""
    address.part(key, first, asks=True)
    return str(place.text_input(label, first, key=key, help=help) or "")


def area(
    label: str, first: str = "", *, key: str, height: int, help: str | None = None, blank: str = ""
) -> str:
    """The same with room for several lines; `blank` is what an empty one says."""
    address.part(key, first, asks=True)
    return str(st.text_area(label, first, key=key, help=help, height=height, placeholder=blank) or "")
