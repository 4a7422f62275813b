"""The fields for the languages of a multilingual model."""

from __future__ import annotations

import streamlit as st

from attribution import cached
from attribution.language import _
from attribution.types import AttributionError
from attribution.ui import address, explain

MULTILINGUAL = {"mBART", "M2M100", "NLLB"}


def codes(model: str) -> tuple[str, ...]:
    """The language codes to choose from; empty for models without, and while a model cannot be had."""
    try:
        if cached.entry(model).architecture not in MULTILINGUAL:
            return ()
        explain.prepare(model)
        return cached.languages(model)
    except AttributionError:
        return ()


def fields(model: str, *, key: str) -> tuple[str, str]:
    """Source and target language, for multilingual models only; empty until chosen.

    `key` begins the page's widgets.
    """
    known = codes(model)
    if not known:
        return "", ""
    chosen = []
    for column, label, end in zip(st.columns(4), (_("From"), _("Into")), ("from", "to"), strict=False):
        name = f"{key}_{end}"
        address.part(name, None, asks=True)
        if st.session_state[name] not in known:
            st.session_state[name] = None  # a code of another model
        picked = column.selectbox(label, known, index=None, placeholder=_("Choose a language code"), key=name)
        chosen.append(picked or "")
    return chosen[0], chosen[1]
