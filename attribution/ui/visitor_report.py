"""This visitor's report: the key in the browser, the rows on the server, and the pin under every figure."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from attribution.charts.recipes import Recipe
from attribution.export import report_store
from attribution.export.report import Answer, Item, Report, pinned
from attribution.language import _
from attribution.types import AttributionError
from attribution.ui import message

COOKIE = "why_this_word_report"
TOLD_FOR = 10.0
_KEY = re.compile(r"[A-Za-z0-9_-]{32}")


def remember() -> None:
    """Gives a new visitor's browser the key of their report; `frame.run` calls it on every run.

    The key is random, never part of a link, and kept in a cookie, so that a reload, a second tab and a
    restarted server find the report again. A tab that opened beside another one takes over the key that was
    there first; a cookie that is no key is replaced.
    """
    if _cookie():
        return
    script = f"""<script>
    const own = "{COOKIE}={key()}";
    const kept = document.cookie.split("; ").find(part => /^{COOKIE}={_KEY.pattern}$/.test(part));
    if (!kept) document.cookie = own + "; path=/; max-age=31536000; SameSite=Strict";
    else if (kept !== own && !sessionStorage.getItem("{COOKIE}")) {{
        sessionStorage.setItem("{COOKIE}", "reloaded once");
        location.reload();
    }}
    </script>"""
    st.html(script, unsafe_allow_javascript=True)


def key() -> str:
    """The secret key of this visitor's report."""
    if "_report_key" not in st.session_state:
        st.session_state["_report_key"] = _cookie() or secrets.token_urlsafe(24)
    return str(st.session_state["_report_key"])


def _cookie() -> str:
    """The key this browser sent; empty where it has none, or something else."""
    value = st.context.cookies.get(COOKIE, "")
    return value if isinstance(value, str) and _KEY.fullmatch(value) else ""


def current() -> Report:
    """The report as it is saved now, read again only where another tab has changed it.

    Raises:
        AttributionError: the server's disk or database cannot be read now.
    """
    stamp = report_store.stamp(key())
    seen, report = st.session_state.get("_report", (None, Report()))
    if seen != stamp:
        report = report_store.read(key())
        st.session_state["_report"] = (stamp, report)
    return report


@contextmanager
def saving() -> Iterator[None]:
    """Keeps the sentence of what could not be saved for `told`; the rest of the block is left out."""
    st.session_state.pop("_report_told", None)  # of the change before
    try:
        yield
    except AttributionError as problem:
        st.session_state["_report_told"] = ("error", problem.said)


def tell(sentence: str) -> None:
    """Keeps something that the user should know for `told`."""
    st.session_state["_report_told"] = ("note", sentence)


def told() -> None:
    """Shows what the last change has to say, for `TOLD_FOR` seconds: one run may follow another at once."""
    kind, sentence, *shown = st.session_state.pop("_report_told", ("", ""))
    since = shown[0] if shown else time.monotonic()
    if time.monotonic() - since > TOLD_FOR:
        return
    if kind:
        st.session_state["_report_told"] = (kind, sentence, since)
    if kind == "error":
        message.error(sentence)
    elif kind:
        st.info(message.plain(sentence), icon=":material/info:")


def pin_button(recipe: Recipe, title: str, *, key: str) -> None:
    """Puts this figure, as it is seen now, at the end of the report."""
    st.button(
        _("Pin to report"),
        key=f"{key}_pin",
        type="tertiary",
        icon=":material/keep:",
        on_click=pin,
        args=(lambda: pinned(recipe, title),),
    )


def pin(make: Callable[[], Item]) -> None:
    """Adds the item that is made, once; a callback."""
    try:
        added = report_store.pin(key(), make())
    except AttributionError as problem:
        st.toast(message.plain(str(problem)), icon=":material/error:", duration="long")
        return
    told = (
        _("Pinned. It is on the page Report, where you can comment on it.")
        if added
        else _("This is in the report already.")
    )
    st.toast(told, icon=":material/keep:", duration="long")  # seen on a slow machine too


def holds(answers: tuple[Answer, ...]) -> bool:
    """Whether these answers to an exercise are in the report, as far as it can be read now."""
    try:
        return any(item.answers == answers for item in current().items)
    except AttributionError:
        return False
