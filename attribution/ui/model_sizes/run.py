"""The comparison of this visitor: one model after another, with Stop and Go on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from attribution import cached
from attribution.comparison_run import Run
from attribution.language import N_, _
from attribution.models.catalogue import by_size
from attribution.types import ComparisonRequest, ComparisonResult, UnknownModelError
from attribution.ui import explain, message

ASKING = N_("Asking {name} …")


def begun(models: Sequence[str], request: ComparisonRequest) -> Run:
    """The run of this request to these models, with what this visitor was answered already.

    Raises:
        AttributionError: no model is chosen, or one that has answered cannot be had any more.
    """
    if not models:
        raise UnknownModelError("No model is chosen: pick a family, or several models.")
    entries = by_size(models, cached.entry)
    requests = [replace(request, model=spec) for spec in entries]
    state = st.session_state
    stopped = state.get("ms_stopped") == requests
    run = Run(
        requests, entries, state.setdefault("ms_done", set()), state.setdefault("ms_failed", {}), stopped
    )
    run.recall(lambda r: _answer(run, r, N_("Asking {name} again …")))  # it may have been dropped from memory
    return run


def ask_quick_ones(run: Run) -> None:
    """Asks the models that are so small that waiting for them is no matter."""
    for request in run.quick:
        stop = partial(_draw_stop, run.requests, request.model)
        run.ask(request, lambda r, stop=stop: _answer(run, r, stop=stop))  # type: ignore[misc]


def go_on(run: Run, place: Any) -> None:
    """Asks the next model, if one waits, and runs the page again with its answer."""
    if run.waiting and not run.stopped:
        with place:
            run.ask(run.waiting[0], lambda r: _answer(run, r))
        st.rerun()


def _answer(
    run: Run,
    request: ComparisonRequest,
    doing: str = ASKING,
    stop: Callable[[], None] | None = None,
) -> ComparisonResult:
    return explain.awaited(cached.comparison, request, _(doing, name=run.name(request.model)), stop=stop)


def stop_button(run: Run) -> Any:
    """Stop or go on; returns the place where progress is shown."""
    if not run.waiting:
        return None
    with st.container(horizontal=True, vertical_alignment="center"):
        if run.stopped:
            st.button(_("Go on"), key="ms_go_on", on_click=_stop, args=(None,), icon=":material/play_arrow:")
            message.note(_("Stopped. What is done stays; the other models were not asked."))
            return None
        _draw_stop(run.requests, "all")
        return st.container()


def start_anew() -> None:
    """The form's callback: tries failed models again, and goes on after a stop."""
    st.session_state["ms_failed"] = {}
    st.session_state["ms_stopped"] = None


def _draw_stop(requests: Sequence[ComparisonRequest], model: str) -> None:
    st.button(_("Stop"), key=f"ms_stop_{model}", on_click=_stop, args=(requests,), icon=":material/stop:")


def _stop(requests: Sequence[ComparisonRequest] | None) -> None:
    st.session_state["ms_stopped"] = requests
