"""From a request to its result, with everything that takes long shown as it happens."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from attribution import cached
from attribution.language import _, ngettext
from attribution.methods import catalogue
from attribution.results import Job, Results
from attribution.types import (
    NextWordRequest,
    NextWordResult,
    Precision,
    TranslationRequest,
    TranslationResult,
)
from attribution.ui import opened, opening
from attribution.ui.message import note, plain

Result = TypeVar("Result")
LOOK_UP = 0.2
"""Seconds between two looks at a computation; who left or pressed Stop is noticed then."""
QUIET = 1.0
"""Seconds before anything but the spinner is shown of it."""
QUICK = 2.0
"""Seconds up to which what belongs to an explanation is computed without being asked for."""
WORTH_SAYING = 3.0
"""Seconds under which nothing is said of how long it takes."""


def next_word(request: NextWordRequest) -> NextWordResult:
    """The explanation of a next word; loads the model first where that is needed."""
    opening.ready()
    return shown(cached.next_word, request)


def translation(request: TranslationRequest) -> TranslationResult:
    """The explanation of a translation; loads the model first where that is needed."""
    opening.ready()
    return shown(cached.translation, request)


def shown(results: Results[Any, Result], request: Any) -> Result:
    """A request's result; until it is there the page shows how far it is, with a button that stops it.

    Where it was stopped, the page says so and ends there.
    """
    found = opened.result(request) or results.get(request)
    opened.say([request])
    if found is not None:
        return found
    refuse_stopped(request)
    return awaited(results, request, _("Working out why …"), stop=lambda: stop_button(request))


def refuse_stopped(request: Any) -> None:
    """Where this was stopped, says so and ends the page there, until it is to go on."""
    if st.session_state.get("_stopped") == request:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(_("Go on"), key="_go_on", on_click=go_on, icon=":material/play_arrow:")
            note(_("Stopped. Go on begins anew."))
        st.stop()
    go_on()


def quietly(results: Results[Any, Result], request: Any) -> Result:
    """A request's result of a model that is in memory; nothing but the wait shows."""
    with results.asked(request) as job:
        while not job.wait(LOOK_UP):
            st.empty()  # a moment at which the page can be left
    result: Result = job.outcome()
    return result


def stop_button(request: Any) -> None:
    """Stops what the page waits for."""
    key = f"_stop_{hash(request)}"
    st.button(_("Stop"), key=key, on_click=stop, args=(request,), icon=":material/stop:")


def go_on() -> None:
    """For forms: computes again what was stopped."""
    st.session_state["_stopped"] = None


def stop(request: Any) -> None:
    """Ends the wait for what was asked; a callback."""
    st.session_state["_stopped"] = request


def wanted(
    asked: Any, seconds: float, label: str, *, key: str, unasked: bool = True, icon: str | None = None
) -> bool:
    """Whether what takes `seconds` is quick or was asked for; if not, a button says how long it takes.

    label: of the button, in English, with the place {time}. unasked: whether it may come where it is quick.
    """
    if seconds <= (QUICK if unasked else 0) or st.session_state.get(f"_wanted_{key}") == asked:
        return True
    takes = duration(seconds) or in_seconds(max(seconds, 1))
    st.button(_(label, time=takes), key=key, on_click=_want, args=(key, asked), icon=icon)
    return False


def _want(key: str, asked: Any) -> None:
    st.session_state[f"_wanted_{key}"] = asked
    go_on()


def awaited(
    results: Results[Any, Result], request: Any, doing: str, *, stop: Callable[[], None] | None = None
) -> Result:
    """The result, at once where it is in memory; else the page waits for it, and who leaves the page leaves.

    A request has a `model` and a `dtype`. `stop` draws a button, where the page has none.
    """
    found = opened.result(request) or results.get(request)
    if found is not None:
        return found
    place = st.empty()
    with st.spinner(plain(doing), show_time=True):
        prepare(request.model, request.dtype, alti_logit=_layered(request))
        with results.asked(request) as job:
            if not job.wait(LOOK_UP):
                _show(place, job, cached.measured_seconds(request), stop)
    place.empty()
    result: Result = job.outcome()
    return result


def _layered(request: Any) -> bool:
    """Whether only models that ALTI-Logit fits can answer."""
    return isinstance(request, NextWordRequest) and catalogue.find(request.method).layered


def _show(place: Any, job: Job, measured: float | None, stop: Callable[[], None] | None) -> None:
    """Shows how far a computation is until it has ended; its Streamlit calls are where a page can be left."""
    began = time.monotonic()
    line = place
    while not job.wait(LOOK_UP):
        if line is place and time.monotonic() - began > QUIET:
            with place.container(horizontal=True, vertical_alignment="center"):
                if stop:
                    stop()
                line = st.empty()
        if line is place:
            place.empty()
        elif job.turn.before:
            line.caption(plain(waiting(job.turn.before, measured)))
        else:
            line.progress(min(job.fraction, 1.0), text=plain(going(job.fraction, job.remaining, measured)))


def waiting(before: int, seconds: float | None) -> str:
    """For who waits in line: how many come before, and how long it takes then."""
    line = ngettext(
        "Waiting for the model: one is before you.", "Waiting for the model: {count} are before you.", before
    )
    then = duration(seconds)
    return " ".join([line, _("Then it takes {time}.", time=then)] if then else [line])


def going(fraction: float, remaining: float | None, seconds: float | None) -> str:
    """How far a computation is, and how long it still takes."""
    done = 100 * fraction
    if fraction <= 0 or remaining is None:
        if whole := duration(seconds):
            return _("{done:.0f}% done; it takes {time}.", done=done, time=whole)
    elif left := duration(remaining):
        return _("{done:.0f}% done, {time} left.", done=done, time=left)
    return _("{done:.0f}% done.", done=done)


def duration(seconds: float | None) -> str:
    """Such as "about 40 s"; empty where it is not worth saying."""
    if seconds is None or seconds < WORTH_SAYING:
        return ""
    if seconds < 90:
        return in_seconds(seconds if seconds < 20 else 5 * round(seconds / 5))
    if seconds < 5400:
        return _("about {count:.0f} minutes", count=seconds / 60)
    return _("about {count:.0f} hours", count=seconds / 3600)


def in_seconds(seconds: float) -> str:
    """Such as "about 2 s", also where it is little."""
    return _("about {seconds:.0f} s", seconds=seconds)


def prepare(spec: str, dtype: Precision = "float32", *, alti_logit: bool = False) -> None:
    """Downloads and loads a model unless it is in memory, with progress; stopping the page stops it.

    With `alti_logit` a model that ALTI-Logit does not fit is refused before that.

    Raises:
        AttributionError: the model cannot be had, in one sentence.
    """
    store, entry = cached.store(), cached.entry(spec)
    if any(info.id == entry.id and info.dtype == dtype for info in store.loaded()):
        return
    place = st.empty()

    def progress(fraction: float, done: int) -> None:
        text = _(
            "Downloading {name}: {megabytes:,.0f} MB, {share:.0f}%. Stop ends it, to go on later.",
            name=entry.name,
            megabytes=done / 1e6,
            share=100 * fraction,
        )
        place.progress(min(max(fraction, 0.0), 1.0), text=plain(text))

    with st.spinner(_("Loading {name} …", name=plain(entry.name)), show_time=True):
        store.fetch(entry.id, dtype, progress=progress, alti_logit=alti_logit)
    cached.forget_entries()
    place.empty()
