"""The backend as the pages call it: one shared model store, and results computed once for everybody.

The one backend file that imports Streamlit. Requests are the cache keys; a miss holds a lock per request, so
that a class asking for the same example computes it once.
"""

from __future__ import annotations

import hashlib
import logging
import pickle
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import streamlit as st

from attribution.charts.figure import Figure
from attribution.charts.palette import Theme
from attribution.charts.recipes import Recipe
from attribution.models.settings import settings
from attribution.models.store import ModelStore
from attribution.service.comparison import check, compare_one
from attribution.service.next_word import run_next_word
from attribution.service.translation import language_codes, run_translation
from attribution.types import (
    AttributionError,
    ComparisonRequest,
    ComparisonResult,
    NextWordRequest,
    NextWordResult,
    TranslationRequest,
    TranslationResult,
)

MB = 10**6
RESULT_MEMORY = (settings().result_memory or 600 * MB) // 4
"""Bytes for each kind of result and for drawn figures (WHY_RESULT_MEMORY for all four); the least recently
used go first."""
log = logging.getLogger("why_this_word")
if not log.handlers:
    _handler = logging.StreamHandler()
    _handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
    log.addHandler(_handler)
    log.setLevel(logging.INFO)


Request = TypeVar("Request")
Result = TypeVar("Result")
_peeking = threading.local()


class _NotInMemory(Exception):
    """Raised instead of computing while somebody only peeks."""


def peek(compute: Callable[[Request], Result], request: Request) -> Result | None:
    """The result if it is in memory, or being computed for somebody else just now; computes nothing."""
    _peeking.on = True
    try:
        return compute(request)
    except _NotInMemory:
        return None
    finally:
        _peeking.on = False


@contextmanager
def logged(kind: str, model: str) -> Iterator[None]:
    """One line in the log for an explanation that is computed: which model, how long, how it ended.

    The texts themselves are never logged.
    """
    if getattr(_peeking, "on", False):
        raise _NotInMemory
    start, outcome = time.perf_counter(), "failed"
    try:
        yield
        outcome = "done"
    except AttributionError as error:
        outcome = type(error).__name__
        raise
    finally:
        log.info("%s model=%.80r seconds=%.2f %s", kind, model, time.perf_counter() - start, outcome)


@st.cache_resource(show_spinner=False)
def store() -> ModelStore:
    """The models in memory, shared by all sessions of this process."""
    return ModelStore()


@st.cache_data(max_size=RESULT_MEMORY, show_spinner=False)
def next_word(request: NextWordRequest) -> NextWordResult:
    """The explanation, from memory where the same was asked before."""
    with logged("next word", request.model), store().using(request.model, request.dtype) as loaded:
        return run_next_word(loaded, request)


@st.cache_data(max_size=RESULT_MEMORY, show_spinner=False)
def translation(request: TranslationRequest) -> TranslationResult:
    """The explanation of a translation, from memory where the same was asked before."""
    with logged("translation", request.model), store().using(request.model, request.dtype) as loaded:
        return run_translation(loaded, request)


@st.cache_data(max_entries=50, show_spinner=False)
def languages(model: str) -> tuple[str, ...]:
    """The language codes of a multilingual translator; empty for other models."""
    with store().using(model) as loaded:
        return language_codes(loaded)


@st.cache_data(max_size=RESULT_MEMORY, show_spinner=False)
def comparison(request: ComparisonRequest) -> ComparisonResult:
    """One model's answer in a comparison, from memory where the same was asked before."""
    with logged("comparison", request.model), store().using(request.model, request.dtype) as loaded:
        return compare_one(loaded, request)


def figure(recipe: Recipe, theme: Theme, **layout: int) -> Figure:
    """The figure, from memory where the same was drawn before.

    Raises:
        AttributionError: see `Recipe`.
    """
    drawn_from = pickle.dumps((recipe.kind, recipe.results, recipe.view))
    return _figure(hashlib.sha256(drawn_from).hexdigest(), theme, tuple(layout.items()), recipe)


@st.cache_data(max_size=RESULT_MEMORY, show_spinner=False)
def _figure(digest: str, theme: Theme, layout: tuple[tuple[str, int], ...], _recipe: Recipe) -> Figure:
    return _recipe.figure(theme, **dict(layout))


def check_question(question: str, target: str, foil: str) -> None:
    """Refuses at once, before any model is loaded, what no model could be asked.

    Raises:
        TextError: an empty question or target, or a foil that is the target.
    """
    check(question, target, foil)
