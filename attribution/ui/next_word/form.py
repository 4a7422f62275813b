"""The form of the Next word page: its examples and fields, and a request of what they hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from attribution.charts.wording import percent
from attribution.examples import NEXT_WORD
from attribution.language import N_, _
from attribution.methods import catalogue
from attribution.types import NextWordRequest, NextWordResult
from attribution.ui import address, examples, explain, frame, message, model_picker

DEFAULT = NEXT_WORD[0].request
KEYS = {"model": "nw_model", "prefix": "nw_text", "target": "nw_target", "foil": "nw_foil"}
READY = [(e.label, examples.values(e.request, KEYS)) for e in NEXT_WORD]


def values(result: NextWordResult) -> dict[str, Any]:
    """The widgets of the page as they were when this result was asked for."""
    request = result.request
    of = {"nw_of": request.of} if result.foil else {}
    return examples.values(request, KEYS) | of | {"nw_method": request.method}


def inputs() -> NextWordRequest:
    """The examples and the form."""
    examples.row(READY, key="nw")
    with st.form("nw_form", border=False):
        model, text, target, foil, go = st.columns([3.3, 4, 1.1, 1.1, 0.9], vertical_alignment="bottom")
        with model:
            spec = model_picker.select(_("Model"), key="nw_model", default=DEFAULT.model, kinds=("decoder",))
        prefix = frame.text(
            _("Text before the word"), DEFAULT.prefix, key="nw_text", help=_(HELP_TEXT), place=text
        )
        word = frame.text(_("Target"), DEFAULT.target, key="nw_target", help=_(HELP_TARGET), place=target)
        other = frame.text(_("Foil"), DEFAULT.foil, key="nw_foil", help=_(HELP_FOIL), place=foil)
        go.form_submit_button(_("Explain"), type="primary", width="stretch", on_click=explain.go_on)
    address.asked()
    return NextWordRequest(spec, prefix, word, other)


def method() -> str:
    """The choice of a method."""
    names = catalogue.names("next word")
    first = {DEFAULT.method: names[DEFAULT.method]} | names
    return str(frame.select(_("Method"), first, key="nw_method", labelled=False, width=140))


def choose(result: NextWordResult, clicked: Mapping[str, Any]) -> None:
    """Two buttons that make the token clicked in the chart the target or the foil."""
    candidates = {c.id: c for c in result.candidates}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        listed = st.selectbox(  # for who cannot click into a figure
            _("A word that the model expects"),
            list(candidates),
            index=None,
            format_func=lambda id: f"{candidates[id].token} {percent(candidates[id].probability)}",
            placeholder=_("Click a word below, or choose"),
            key=f"nw_candidate_{hash((result.request, clicked.get('id')))}",
            label_visibility="collapsed",
            width=270,
        )
        candidate = candidates.get(clicked.get("id", -1) if listed is None else listed)
        if candidate is None:
            return
        if not candidate.text:
            message.note(
                _("{token} is only a part of a character; it cannot be a word here.", token=candidate.token)
            )
            return
        st.markdown(f"**{message.plain(candidate.token)}**", width="content")
        chosen = [word.explained.id for word in (result.target, result.foil) if word]
        for role, label in MAKE_IT.items():
            st.button(
                _(label),
                key=f"nw_make_{role}",
                on_click=examples.fill,
                args=({KEYS[role]: candidate.text},),
                disabled=candidate.id in chosen,
            )


MAKE_IT = {"target": N_("Make it the target"), "foil": N_("Make it the foil")}
HELP_TEXT = N_("The model continues this text. Enter or Explain runs.")
HELP_TARGET = N_(
    "The word to explain. Empty: the likeliest one. ‿ in front joins it to the text without a space."
)
HELP_FOIL = N_("The word it is contrasted with: why the target and not this one? May be empty.")
