"""What a page says of a computation that was stopped, and of one that goes on."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from attribution import cached
from attribution.examples import NEXT_WORD, TRANSLATION
from attribution.ui import explain


@pytest.fixture(autouse=True)
def fresh():
    yield
    st.cache_data.clear()  # the lists of models, which other tests have others of


@pytest.mark.parametrize(
    ("page", "results", "request_", "button"),
    [
        ("next_word", cached.next_word, NEXT_WORD[0].request, "Go on"),
        ("next_word", cached.next_word, NEXT_WORD[0].request, "Explain"),
        ("translation", cached.translation, TRANSLATION[0].request, "Go on"),
        ("translation", cached.translation, TRANSLATION[0].request, "Explain"),
    ],
)
def test_a_stopped_page_says_so_and_goes_on(page, results, request_, button):
    results.clear()
    app = AppTest.from_file(f"../../pages/{page}.py", default_timeout=120)
    app.session_state["_frame"] = True
    app.session_state["_stopped"] = request_
    app.run()
    assert not app.exception
    assert any("Stopped" in caption.value for caption in app.caption)
    assert len(app.get("vega_lite_chart")) == 0
    assert results.get(request_) is None
    app.button[[b.label for b in app.button].index(button)].click().run()
    assert not app.exception
    assert not any("Stopped" in caption.value for caption in app.caption)
    assert len(app.get("vega_lite_chart")) > 0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (2.9, ""),
        (7.4, "about 7 s"),
        (41.0, "about 40 s"),
        (100.0, "about 2 minutes"),
        (7000.0, "about 2 hours"),
    ],
)
def test_how_long_in_words(seconds, words):
    assert explain.duration(seconds) == words


def test_how_far_it_is_and_who_is_before():
    assert explain.going(0.34, 25.2, 100) == "34% done, about 25 s left."
    assert explain.going(0.9, 1.0, 100) == "90% done."
    assert explain.going(0.0, None, 40) == "0% done; it takes about 40 s."
    assert explain.going(0.0, None, None) == "0% done."
    assert explain.waiting(1, 1.0) == "Waiting for the model: one is before you."
    assert explain.waiting(3, 40) == "Waiting for the model: 3 are before you. Then it takes about 40 s."
