"""What takes long to load, loaded in the background from the server's start while pages are drawn already."""

from __future__ import annotations

import gc
import importlib
import logging
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import streamlit as st

from attribution.language import N_, Said, _
from attribution.types import AttributionError

log = logging.getLogger("why_this_word")
STEPS = {
    N_("the pages"): ("attribution.ui.next_word.answer", "attribution.ui.explain", "attribution.ui.exercise"),
    "PyTorch": ("torch",),
    "Transformers": ("transformers", "attribution.models.loading"),
    N_("the methods"): ("attribution.service.comparison", "attribution.service.translation"),
    N_("the charts"): (
        "pandas",
        "altair",
        "pyarrow",
        "attribution.charts.recipes",
        "attribution.export.document",
    ),
}
"""What is said to be loading -> the modules."""
SHORT = 0.0005
"""Seconds after which a thread that waits gets its turn beside the one that imports; usually 5 ms."""
HELD_BACK = 1.0
"""Seconds after its start that the server keeps for the frame of a visitor who is there already."""
DOT = {
    "data": {"values": [{}]},
    "mark": {"type": "point", "opacity": 0},
    "width": 1,
    "height": 1,
    "background": "transparent",
    "config": {"view": {"stroke": None}},
}
"""A figure of nothing, never seen."""


class _Opening:
    """How far loading is; one for the process."""

    def __init__(self) -> None:
        self.begun = threading.Lock()
        self.doing = next(iter(STEPS))
        self.problem: str = ""
        self.framed = threading.Event()
        self.done = threading.Event()

    def load(self) -> None:
        """Loads all of it, then answers the first example, for the first visitor to find."""
        self.framed.wait(HELD_BACK)  # Python runs one thread at a time: beside this, the frame comes later
        usual = sys.getswitchinterval()
        sys.setswitchinterval(SHORT)
        gc.disable()  # modules are no garbage: a quarter of the time
        try:
            for self.doing, modules in STEPS.items():
                for module in modules:
                    importlib.import_module(module)
        except Exception as error:
            log.exception("%s cannot be loaded", self.doing)
            self.problem = Said(
                "This server cannot load {what}, so nothing can be explained: {error}. Its log says more; "
                "install the requirements again and restart it.",
                what=Said(self.doing),
                error=str(error),
            )
        finally:
            gc.freeze()
            gc.enable()
            sys.setswitchinterval(usual)
            self.done.set()
        if not self.problem:
            _answer_the_first_example()


_opening = _Opening()


def begin() -> None:
    """Starts loading, once in a process."""
    if _opening.begun.acquire(blocking=False):
        threading.Thread(target=_opening.load, name="opening", daemon=True).start()


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Starts loading as the server starts."""
    begin()
    yield


def ready() -> None:
    """Waits until an explanation can be asked for; the page says what is being loaded.

    Raises:
        AttributionError: it cannot be loaded, in one sentence.
    """
    begin()
    _opening.framed.set()
    if not _opening.done.is_set():
        place = st.empty()
        with place.container():
            _wait()
        place.empty()
    if _opening.problem:
        raise AttributionError(_opening.problem)


def _wait() -> None:
    """Says what is being loaded until all is."""
    with st.spinner(_("The server has just started …"), show_time=True):
        line = st.empty()
        for waited in count(1):
            # A Streamlit call, so that who leaves the page or asks something else is let go.
            line.caption(_("Loading {name} …", name=_(_opening.doing)))
            if _opening.done.wait(0.2):
                break
            if waited == 4:  # meanwhile the browser fetches and compiles what draws figures
                st.html("<style>.st-key-dot {display: none}</style>")
                with st.container(key="dot"):
                    st.vega_lite_chart(DOT, alt="")


def _answer_the_first_example() -> None:
    """Puts the first page's answer and its figures into memory; what fails is said where it is asked for."""
    from attribution import cached
    from attribution.charts.recipes import Recipe
    from attribution.charts.views import View
    from attribution.examples import NEXT_WORD

    try:
        results = (cached.next_word(NEXT_WORD[0].request),)
        for theme in ("light", "dark"):
            for kind in ("words-that-decide", "everything-adds-up"):
                cached.figure(Recipe(kind, results, View()), theme)
            cached.figure(Recipe("what-the-model-expects", results), theme)
    except AttributionError:
        log.exception("the first example cannot be answered")
