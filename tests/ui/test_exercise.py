"""Guided exercises: the answers land in the report, with the question in the language it was read in."""

import pytest
from streamlit.testing.v1 import AppTest

from attribution.examples import COMPARISON
from attribution.exercises import EXERCISES
from attribution.export import report_store
from attribution.language import _, reading
from attribution.ui import reader
from attribution.ui.message import plain
from tests.catalogues import translations

FIRST = next(e for e in EXERCISES if e.page == "model_sizes")


def script():
    from attribution.examples import COMPARISON
    from attribution.ui import examples, exercise, reader

    reader.begin()
    ready = [(e.label, {"ms_question": e.question}) for e in COMPARISON]
    examples.row(ready, key="ms")
    exercise.show("model_sizes", ready)


@pytest.fixture
def app(monkeypatch, tmp_path):
    monkeypatch.setenv("WHY_REPORTS_DIR", str(tmp_path))
    return AppTest.from_function(script, default_timeout=60)


@pytest.mark.parametrize("code", ["en", *translations()])
def test_answers_carry_the_question_that_was_read(app, code):
    app.session_state[reader.CHOSEN] = code
    app.run()
    with reading(code):
        title, question, label = _(FIRST.title), _(FIRST.questions[0].text), _(COMPARISON[0].label)
    assert app.button[0].label == label
    app.text_area[0].input("It grows.")
    app.button(key=f"ex_model_sizes_{FIRST.title}_pin").click().run()
    assert not app.exception
    [item] = report_store.read(app.session_state["_report_key"]).items
    assert item.title == title
    assert (item.answers[0].question, item.answers[0].answer) == (question, "It grows.")
    app.button(key="ms_example_1").click().run()
    assert app.session_state["ms_question"] == COMPARISON[1].question


def test_an_answer_stays_when_the_language_changes(app):
    app.session_state[reader.CHOSEN] = "es"
    app.run()
    app.text_area[0].input("Crece.").run()
    app.session_state[reader.CHOSEN] = "nl"
    app.run()
    with reading("nl"):
        assert app.text_area[0].label.endswith(plain(_(FIRST.questions[0].text)))
    assert app.text_area[0].value == "Crece."
