"""Does it hold?: how well a ranking of words tells what taking them away does, and which method's does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from attribution import cached
from attribution.charts import findings
from attribution.charts.recipes import Recipe
from attribution.export import python
from attribution.language import N_, Said, _
from attribution.methods import catalogue
from attribution.types import (
    ComparisonRequest,
    FaithfulnessRequest,
    FaithfulnessResult,
    NextWordRequest,
)
from attribution.ui import examples, explain, figure, frame, message

WHICH = N_("**Which method holds here?**")
REPLACE = {"leave out": Said("words left out"), "neutral": Said("a neutral embedding in their place")}
MEASURE_ALL = N_("Measure all methods ({time})")
METHODS_AS = {"which-method-holds": Said("numbers"), "method-by-method": Said("curves")}


def in_finding(asked: FaithfulnessRequest) -> None:
    """One line on how far the ranking shown holds, where that takes no time worth mentioning."""
    found = cached.faithfulness.get(asked)
    if found is None and cached.seconds(asked) > explain.QUICK:
        message.note(_("How far to believe it: see Does it hold? below."))
        return
    with message.in_place():
        found = found or explain.quietly(cached.faithfulness, asked)
        message.finding(findings.holds_in_short(found[0]).html)


def look(asked: FaithfulnessRequest, use: catalogue.Use, *, key: str) -> None:
    """The removal curve of the method, then all methods side by side; `key` begins the page's widgets."""
    asked = replace(asked, replace=_way(key))
    found = _measured([asked], N_("Measure it ({time})"), key=f"{key}_hold_measure")
    if found is None:
        return
    result = found[0][0]
    st.html(f"<div>{findings.holds(result).html}</div>")
    figure.draw(Recipe("does-it-hold", (result,)), key=f"{key}_hold")
    _python(asked)
    st.markdown(_(WHICH))
    _which_method(asked, use, key)


def by_model(requests: Sequence[ComparisonRequest], names: Sequence[str], *, key: str) -> None:
    """The removal curves of every model on one scale, then all methods side by side for one of them."""
    way = _way(key)
    asked = [FaithfulnessRequest(request, way) for request in requests]
    found = _measured(asked, N_("Measure all models ({time})"), key=f"{key}_hold_measure")
    if found is None:
        return
    results = tuple(results[0] for results in found)
    st.html(f"<div>{findings.holds_by_model(results).html}</div>")
    figure.draw(Recipe("does-it-hold-by-model", results), key=f"{key}_hold")
    _python(asked[0])
    st.markdown(_(WHICH))
    labels = {request.model: name for request, name in zip(requests, names, strict=True)}
    model = next(iter(labels))
    if len(labels) > 1:
        model = frame.choice(_("Model"), labels, key=f"{key}_hold_model")
    _which_method(next(a for a in asked if a.model == model), "comparison", key)


def _way(key: str) -> Any:
    return frame.choice(_("Words are taken away as"), REPLACE, key=f"{key}_replace")


def _which_method(asked: FaithfulnessRequest, use: catalogue.Use, key: str) -> None:
    """All methods of a use on one text."""
    methods = tuple(row.id for row in catalogue.method_rows(use))
    with message.in_place():
        every = replace(asked, methods=methods)
        found = _measured([every], MEASURE_ALL, key=f"{key}_hold_measure_all", unasked=False)
        if found is not None:
            _compared(found[0], methods, key)


def _measured(
    asked: Sequence[FaithfulnessRequest], label: str, *, key: str, unasked: bool = True
) -> list[tuple[FaithfulnessResult, ...]] | None:
    """The results, at once where they are in memory or quick; else a button, see `explain.wanted`."""
    seconds = sum(cached.seconds(request) for request in asked if cached.faithfulness.get(request) is None)
    if not explain.wanted(tuple(asked), seconds, label, key=key, unasked=unasked, icon=":material/science:"):
        return None
    return [explain.shown(cached.faithfulness, request) for request in asked]


def _compared(results: tuple[FaithfulnessResult, ...], methods: tuple[str, ...], key: str) -> None:
    st.html(f"<div>{findings.which_holds(results).html}</div>")
    kind = frame.choice(_("Show the methods as"), METHODS_AS, key=f"{key}_methods_as")
    figure.draw(Recipe(kind, results), key=f"{key}_{kind.replace('-', '_')}")
    measured = [r.request.method for r in results]
    missing = [catalogue.find(m).title for m in methods if m not in measured]
    if missing:
        names = ", ".join(missing)
        message.note(
            _("Not measured, because this text or model does not allow it: {methods}.", methods=names)
        )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(_("Show the page by:"), width="content")
        for result in results:
            asked = result.request
            values = {f"{key}_method": asked.method}
            if not isinstance(asked, NextWordRequest):  # a method may explain logits only
                values[f"{key}_attributed"] = asked.attributed
            st.button(
                message.plain(catalogue.find(asked.method).title),
                key=f"{key}_by_{asked.method}",
                on_click=examples.fill,
                args=(values,),
                type="tertiary",
            )


def _python(asked: FaithfulnessRequest) -> None:
    with st.popover("Python", type="tertiary", icon=":material/code:"):
        st.markdown(_("These lines give the same numbers:"))
        st.code(python.faithfulness(asked.explained, asked.replace, asked.steps), language="python")
