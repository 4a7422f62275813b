"""The address of a page says what is asked and how it is looked at: a link, a reload and Back show it again.

A question is one entry in the browser's history, however many fields an example fills in; a change of the
view is none. Options are named by their keys, which mean the same for all words, and what is typed but not
submitted stays out. (Streamlit's own binding of widgets to the address does none of this.)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from attribution import language
from attribution.ui import reader
from attribution.ui.message import plain

Query = dict[str, list[str]]


@dataclass
class _Part:
    """A widget whose value the address says, unless it is the one that the page shows at first."""

    page: str | None
    first: Any
    asks: bool
    how: bool
    of_question: bool
    language: str
    """In which it was drawn last."""


@dataclass
class _Kept:
    """What a visitor's session knows of addresses."""

    page: str | None = None
    parts: dict[str, _Part] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    """What each widget held last, also while it is not drawn."""
    coming: Query | None = None
    """The address to be shown, from a link or from Back; widgets take their values out of it."""
    taken: set[str] = field(default_factory=set)
    asked: Query | None = None
    """The question that the address says now; None until this visit of the page has asked one."""


def _kept() -> _Kept:
    if "_address" not in st.session_state:
        st.session_state["_address"] = _Kept()
    kept: _Kept = st.session_state["_address"]
    return kept


def begin(page: str) -> None:
    """Notes which page is drawn, and whether an address says what it shows; before anything is drawn.

    Who comes back by the navigation, which names no question, finds the page as it was left.
    """
    kept = _kept()
    query = {name: st.query_params.get_all(name) for name in st.query_params}
    # Streamlit has no public word for it: the address alone cannot tell Back from a click that overtook it.
    back = bool(getattr(get_script_run_ctx(), "is_history_navigation", False))
    if page != kept.page:
        kept.page, kept.asked = page, None
        kept.coming = query or None
    elif back:
        kept.asked, kept.coming = None, query
    else:
        return
    kept.taken = set()


def part(
    name: str,
    first: Any,
    *,
    read: Callable[[list[str]], Any] = lambda given: given[-1],
    asks: bool = False,
    how: bool = False,
    of_question: bool = False,
) -> None:
    """Gives the widget with the key `name`, drawn next, its value, and makes it a part of the address.

    `first` is what an address means that leaves it out, `read` makes a value of what an address says (None:
    it says nothing that is known). What `asks` is a part of the question, of `how` it is answered or of its
    texts and models; what is `of_question` belongs to these and starts anew with others.
    """
    kept, state = _kept(), st.session_state
    before = kept.parts.get(name)
    kept.parts[name] = _Part(kept.page, first, asks, how, of_question, language.current())
    if kept.coming is not None and name not in kept.taken:
        kept.taken.add(name)
        given = read(kept.coming[name]) if kept.coming.get(name) else None
        state[name] = first if given is None else given
    elif name not in state:
        state[name] = kept.values.get(name, first)
    elif before and before.language != language.current():
        state[name] = state[name]  # the browser knows its choice by a label that is now another one


def option(options: Mapping[str, str]) -> Callable[[list[str]], str | None]:
    """Reads the key of an option; addresses of version 0.1 say its label, which was English."""
    labels = {form(str(label)): value for value, label in options.items() for form in (plain, str)}
    return lambda given: given[-1] if given[-1] in options else labels.get(given[-1])


def number(among: Sequence[int]) -> Callable[[list[str]], int | None]:
    """Reads a whole number, one of these."""
    return lambda given: int(given[-1]) if given[-1].isdecimal() and int(given[-1]) in among else None


def asked() -> None:
    """Makes another question than the one before an entry of the history; at the end of a page's form."""
    kept = _kept()
    question = _said(kept, lambda part: part.asks)
    if kept.asked is not None and question != kept.asked:
        kept.coming = None
        how = {name for name, each in kept.parts.items() if each.how}
        if any(question.get(name) != kept.asked.get(name) for name in (question | kept.asked).keys() - how):
            for name in [n for n, p in kept.parts.items() if p.page == kept.page and p.of_question]:
                st.session_state.pop(name, None)
                kept.values.pop(name, None)
                kept.parts.pop(name)
        st.query_params.from_dict(_said(kept) | reader.chosen())
    kept.asked = question


def shown() -> None:
    """Lets the address say the whole view, in its place in the history; after everything is drawn."""
    kept = _kept()
    if not reader.chosen() and not any(part.page == kept.page for part in kept.parts.values()):
        return
    query = json.dumps("?" + urlencode(_said(kept) | reader.chosen(), doseq=True))
    script = f"""<script>
    if (location.search !== {query} && location.search + {query} !== "?")
        history.replaceState(history.state, "", location.pathname + ({query} === "?" ? "" : {query}));
    </script>"""
    st.html(script, unsafe_allow_javascript=True)


def link() -> str:
    """The address of this page as it is seen now, in full: for another visitor, and for another version."""
    parts = urlsplit(st.context.url or "")
    base = f"{parts.scheme}://{parts.netloc}{parts.path}" if parts.netloc else ""
    return f"{base}?{urlencode(_said(_kept(), whole=True) | reader.chosen(), doseq=True)}"


def _said(kept: _Kept, which: Callable[[_Part], bool] = lambda part: True, *, whole: bool = False) -> Query:
    """What the address has to say of this page; with `whole`, also what it would mean without saying it."""
    said = {}
    for name, each in kept.parts.items():
        if each.page != kept.page or not which(each):
            continue
        value = kept.values[name] = st.session_state.get(name, kept.values.get(name, each.first))
        if value is None or (value == each.first and not whole):
            continue
        every = list(value) or [""] if isinstance(value, list | tuple) else [value]
        said[name] = [str(v).lower() if isinstance(v, bool) else str(v) for v in every]
    return said
