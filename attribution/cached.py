"""The backend as the pages call it: one shared model store, and results computed once for everybody.

The one backend file that imports Streamlit. Requests are the cache keys; a miss holds a lock per request, so
that a class asking for the same example computes it once.
"""

from __future__ import annotations

import streamlit as st

from attribution.models.store import ModelStore
from attribution.service.comparison import compare_one
from attribution.service.next_word import run_next_word
from attribution.service.translation import language_codes, run_translation
from attribution.types import (
    ComparisonRequest,
    ComparisonResult,
    NextWordRequest,
    NextWordResult,
    TranslationRequest,
    TranslationResult,
)

RESULT_MEMORY = "200MB"
"""For each kind of result; the least recently used go first."""


@st.cache_resource(show_spinner=False)
def store() -> ModelStore:
    """The models in memory, shared by all sessions of this process."""
    return ModelStore()


@st.cache_data(max_size=RESULT_MEMORY, show_spinner=False)
def next_word(request: NextWordRequest) -> NextWordResult:
    """The explanation, from memory where the same was asked before."""
    with store().using(request.model, request.dtype) as loaded:
        return run_next_word(loaded, request)


@st.cache_data(max_size=RESULT_MEMORY, show_spinner=False)
def translation(request: TranslationRequest) -> TranslationResult:
    """The explanation of a translation, from memory where the same was asked before."""
    with store().using(request.model, request.dtype) as loaded:
        return run_translation(loaded, request)


@st.cache_data(max_entries=50, show_spinner=False)
def languages(model: str) -> tuple[str, ...]:
    """The language codes of a multilingual translator; empty for other models."""
    with store().using(model) as loaded:
        return language_codes(loaded)


@st.cache_data(max_size=RESULT_MEMORY, show_spinner=False)
def comparison(request: ComparisonRequest) -> ComparisonResult:
    """One model's answer in a comparison, from memory where the same was asked before."""
    with store().using(request.model, request.dtype) as loaded:
        return compare_one(loaded, request)
