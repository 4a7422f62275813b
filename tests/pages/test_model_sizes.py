"""The Model sizes page's script, without a browser, on three tiny models of different kinds."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from attribution import comparison_run
from attribution.examples import COMPARISON
from attribution.models.catalogue import by_size, find
from attribution.types import ComparisonRequest
from attribution.ui import model_picker
from attribution.ui.model_sizes import form
from tests.pages.shown import numbers

ROOT = Path(__file__).parents[2]
MODELS = ["t5-tiny", "gpt2-tiny", "opt-tiny"]
QUESTION = "the water on the day was cold and"


@pytest.fixture
def app(monkeypatch):
    monkeypatch.setenv("WHY_MODELS_DIR", str(ROOT / "tests/fixtures/models"))
    st.cache_data.clear()
    test = AppTest.from_file(str(ROOT / "pages/model_sizes.py"), default_timeout=120)
    for key, value in zip(form.KEYS.values(), (MODELS, QUESTION, "hot", "oil"), strict=True):
        test.session_state[key] = value
    return test


def charts(app):
    return len(app.get("vega_lite_chart"))


def html(app):
    return " ".join(element.proto.body for element in app.get("html"))


def press(app, label):
    app.button[[b.label for b in app.button].index(label)].click().run()


def test_every_model_answers_in_one_table_with_three_figures(app):
    app.run()
    assert not app.exception
    assert not app.error
    assert charts(app) == 3
    for name in MODELS:
        assert name in html(app)
    assert "P(hot)" in html(app)


def test_views_change_the_numbers_of_the_words_only(app):
    app.run()
    for key, value in (("ms_sign", "magnitude"), ("ms_scale", "weighted"), ("ms_scale", "raw")):
        before = numbers(app)
        app.segmented_control(key=key).set_value(value).run()
        assert not app.exception
        sure, words, panels = numbers(app)
        assert sure == before[0]
        assert words != before[1]
        assert panels != before[2]
    app.segmented_control(key="ms_look").set_value("agreement").run()
    assert not app.exception
    assert numbers(app)[:2] == [sure, words]
    assert numbers(app)[2] != panels


def test_the_link_names_every_input(app):
    app.session_state["ms_method"] = "erasure"
    app.session_state["ms_scale"] = "weighted"
    app.run()
    link = next(c.value for c in app.code if c.value.startswith("?"))
    for part in (
        "ms_models=t5-tiny&ms_models=gpt2-tiny",
        "ms_scale=weighted",
        "ms_method=erasure",
        "ms_foil=oil",
    ):
        assert part in link


@pytest.mark.parametrize("method", ["saliency", "erasure", "alti_logit"])
def test_methods_draw_what_they_can(app, method):
    app.session_state["ms_method"] = method
    app.run()
    assert not app.exception
    assert charts(app) == 3
    assert ("input x gradient" in html(app)) == (method == "alti_logit"), "only T5 has no ALTI-Logit"


def test_a_failed_model_is_a_row_and_the_others_go_on(app):
    app.session_state["ms_models"] = ["no-such-model", *MODELS[:2], "owner/not-here"]
    app.run()
    assert not app.exception
    assert charts(app) == 3
    assert "No model is called" in html(app)
    assert "not-here" in html(app)


def test_none_that_can_answer_is_said(app):
    app.session_state["ms_models"] = ["no-such-model"]
    app.run()
    assert not app.exception
    assert "None of these models" in app.error[0].value


def test_one_model_works(app):
    app.session_state["ms_models"] = MODELS[:1]
    app.run()
    assert not app.exception
    assert "nothing to compare" in html(app)


def test_a_family_stands_for_its_members(app, monkeypatch):
    members = tuple(find(name) for name in MODELS[:2])
    monkeypatch.setattr(model_picker, "families", lambda: {"Tiny": members})
    app.session_state["ms_models"] = ["Tiny", MODELS[0]]
    app.run()
    assert not app.exception
    assert MODELS[1] in html(app)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("ms_models", [], "No model is chosen"),
        ("ms_question", " ", "question is empty"),
        ("ms_target", "", "target is empty"),
        ("ms_foil", "hot", "both"),
    ],
)
def test_bad_input_is_a_sentence_and_the_form_is_kept(app, key, value, says):
    app.session_state[key] = value
    app.run()
    assert not app.exception
    assert says in app.error[0].value.replace("\\", "")
    assert app.session_state[key] == value


def test_answers_of_several_tokens_can_be_seen_one_by_one(app):
    app.session_state["ms_target"] = "hot day"
    app.run()
    assert not app.exception
    tokens = next(c for c in app.segmented_control if c.label == "Token of the target")
    before = numbers(app)
    tokens.set_value(2).run()
    assert not app.exception
    assert numbers(app)[0] == before[0]
    assert numbers(app)[1] != before[1]


def test_large_models_are_asked_one_by_one(app, monkeypatch):
    monkeypatch.setattr(comparison_run, "QUICK", 0)
    app.run()
    assert not app.exception
    assert charts(app) == 3
    assert not [b for b in app.button if b.label == "Stop"]


def asked(model):
    """What the page asks at first."""
    first = COMPARISON[0]
    return ComparisonRequest(model, QUESTION, "hot", "oil", method=first.method, attributed=first.attributed)


def test_stopping_keeps_what_is_done(app, monkeypatch):
    monkeypatch.setattr(comparison_run, "QUICK", 0)
    order = list(by_size(MODELS))
    requests = [asked(name) for name in order]
    app.session_state["ms_stopped"] = requests
    app.session_state["ms_done"] = {requests[0]}
    app.run()
    assert not app.exception
    assert html(app).count("not asked") == 2
    assert charts(app) == 3
    press(app, "Go on")
    assert not app.exception
    assert "not asked" not in html(app)


def test_compare_tries_failed_models_again(app):
    app.session_state["ms_failed"] = {asked(MODELS[0]): "The Hub slept."}
    app.run()
    assert "The Hub slept." in html(app)
    press(app, "Compare")
    assert "The Hub slept." not in html(app)


def test_every_models_ranking_is_measured_on_one_scale(app):
    app.session_state["ms_look"] = "hold"
    app.run()
    assert not app.exception
    if not any("in t5-tiny" in h for h in html(app).split("<div>")):  # guessed to take long on this machine
        press(app, next(b.label for b in app.button if b.label.startswith("Measure all models")))
    for name in MODELS:
        assert f" in {name} (" in html(app)
    assert charts(app) == 3
    press(app, next(b.label for b in app.button if b.label.startswith("Measure all methods")))
    assert not app.exception
    assert charts(app) == 4
    press(app, "Held still")
    assert not app.exception
    assert app.session_state["ms_method"] == "frozen"
    assert "The words carry" in html(app)


def test_what_no_word_is_credited_with_has_its_bar(app):
    app.session_state["ms_method"], app.session_state["ms_scale"] = "frozen", "raw"
    app.run()
    assert not app.exception
    assert "(no word)" in str(numbers(app)[1])
    assert "(no word)" in str(numbers(app)[2])


def test_what_if_another_question_is_asked(app):
    app.session_state["ms_look"] = "what if"
    app.run()
    assert not app.exception
    (words,) = [g for g in app.get("button_group") if str(g.key).startswith("ms_if_word_")]
    words.set_value(1).run()
    assert not app.exception
    assert app.text_input(key="ms_if").value == "the on the day was cold and"
    assert charts(app) == 4, "the likeliest answers before and after"
    assert html(app).count("it would say") == 2 * len(MODELS)
    app.text_input(key="ms_if").set_value("x" * 100_000).run()
    assert not app.exception
