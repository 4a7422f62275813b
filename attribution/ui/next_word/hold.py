"""Does it hold?: how well a ranking of words tells what taking them away does, and which method's does."""

from __future__ import annotations

from typing import Any

import streamlit as st

from attribution import cached
from attribution.charts import findings
from attribution.charts.recipes import Recipe
from attribution.export import python
from attribution.methods import catalogue
from attribution.types import FaithfulnessRequest, FaithfulnessResult, NextWordRequest
from attribution.ui import examples, explain, figure, frame, message

QUICK = 2.0
"""Seconds up to which it is measured without being asked for."""
REPLACE = {"leave out": "words left out", "neutral": "a neutral embedding in their place"}


def in_finding(request: NextWordRequest) -> None:
    """One line on how far the ranking shown holds, where that takes no time worth mentioning."""
    asked = FaithfulnessRequest(request)
    found = cached.faithfulness.get(asked)
    if found is None and cached.seconds(asked) > QUICK:
        message.note("How far to believe it: see Does it hold? below.")
        return
    with message.in_place():
        found = found or explain.quietly(cached.faithfulness, asked)
        st.html(f'<div style="font-size:1.05rem">{findings.holds_in_short(found[0]).html}</div>')


def look(request: NextWordRequest) -> None:
    """The removal curve of the method, then all methods side by side."""
    way = frame.choice("Words are taken away as", REPLACE, key="nw_replace")
    asked = FaithfulnessRequest(request, way)
    found = _measured(asked, "Measure it", key="nw_hold_measure")
    if found is None:
        return
    st.html(f"<div>{findings.holds(found[0]).html}</div>")
    figure.draw(Recipe("does-it-hold", found), key="nw_hold")
    _python(found[0], request)
    methods = tuple(row.id for row in catalogue.method_rows("next word"))
    every = FaithfulnessRequest(request, way, methods)
    st.markdown("**Which method holds here?**")
    with message.in_place():
        results = _measured(every, "Measure all methods", key="nw_hold_measure_all")
        if results is not None:
            _compared(results, methods)


def _measured(asked: FaithfulnessRequest, label: str, *, key: str) -> tuple[FaithfulnessResult, ...] | None:
    """The result, at once where it is in memory or quick; else a button that says how long it takes."""
    found = cached.faithfulness.get(asked)
    if found is not None:
        return found
    seconds = cached.seconds(asked)
    if seconds > QUICK and st.session_state.get("_nw_measure") != asked:
        takes = explain.duration(seconds) or f"about {seconds:.0f} s"
        st.button(f"{label} ({takes})", key=key, on_click=_ask, args=(asked,), icon=":material/science:")
        return None
    result: tuple[FaithfulnessResult, ...] = explain.shown(cached.faithfulness, asked)
    return result


def _ask(asked: Any) -> None:
    st.session_state["_nw_measure"] = asked
    explain.go_on()


def _compared(results: tuple[FaithfulnessResult, ...], methods: tuple[str, ...]) -> None:
    st.html(f"<div>{findings.which_holds(results).html}</div>")
    kinds = {"which-method-holds": "numbers", "method-by-method": "curves"}
    kind = frame.choice("Show the methods as", kinds, key="nw_methods_as")
    figure.draw(Recipe(kind, results), key=f"nw_{kind.replace('-', '_')}")
    measured = [r.request.method for r in results]
    missing = [catalogue.find(m).title for m in methods if m not in measured]
    if missing:
        message.note(f"Not measured, because this text or model does not allow it: {', '.join(missing)}.")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("Show the page by:", width="content")
        for method in measured:
            st.button(
                message.plain(catalogue.find(method).title),
                key=f"nw_by_{method}",
                on_click=examples.fill,
                args=({"nw_method": method},),
                type="tertiary",
            )


def _python(result: FaithfulnessResult, request: NextWordRequest) -> None:
    with st.popover("Python", type="tertiary", icon=":material/code:"):
        st.markdown("These lines give the same numbers:")
        st.code(python.faithfulness(request, result.replace), language="python")
