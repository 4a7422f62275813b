"""What is loaded in the background: once, with the page's word on it, and a sentence where it fails."""

import gc
import sys
import threading

import pytest
from streamlit.testing.v1 import AppTest

from attribution.types import AttributionError
from attribution.ui import opening


@pytest.fixture
def fresh(monkeypatch):
    """As in a process that has loaded nothing."""

    def start(steps):
        monkeypatch.setattr(opening, "STEPS", steps)
        monkeypatch.setattr(opening, "_opening", opening._Opening())
        return opening._opening

    monkeypatch.setattr(opening, "_answer_the_first_example", lambda: None)
    yield start
    gc.unfreeze()


def test_everything_is_loaded_once_and_python_left_as_it_was(fresh):
    interval = sys.getswitchinterval()
    state = fresh({"numbers": ("json", "fractions")})
    for _ in range(3):
        opening.begin()
    assert state.done.wait(60)
    assert sum(t.name == "opening" for t in threading.enumerate()) <= 1
    assert sys.getswitchinterval() == interval
    assert gc.isenabled()
    opening.ready()


def test_what_cannot_be_loaded_is_a_sentence(fresh):
    fresh({"PyTorch": ("no_such_module_anywhere",)})
    with pytest.raises(AttributionError, match="cannot load PyTorch, so nothing can be explained"):
        opening.ready()
    assert gc.isenabled()


def test_a_page_says_that_nothing_can_be_explained_and_keeps_its_form(fresh):
    fresh({"PyTorch": ("no_such_module_anywhere",)})
    page = AppTest.from_file("../../pages/next_word.py", default_timeout=120).run()
    assert not page.exception
    assert "cannot load PyTorch" in page.error[0].value
    assert page.text_input(key="nw_target").value == "hot"
