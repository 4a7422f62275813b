"""The Next word page's script, without a browser."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.shown import numbers


@pytest.fixture
def app():
    test = AppTest.from_file("../../attribution/ui/router.py", default_timeout=120)
    return test


def test_the_first_example_is_computed_at_once(app):
    app.run()
    assert not app.exception
    assert not app.error
    assert len(numbers(app)) == 3


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [("nw_text", "", "empty"), ("nw_foil", "hot", "same"), ("nw_text", "word " * 2000, "tokens")],
)
def test_bad_input_is_a_sentence_and_the_form_is_kept(app, field, value, says):
    app.run()
    app.text_input(key=field).set_value(value)
    app.button[[b.label for b in app.button].index("Explain")].click().run()
    assert not app.exception
    assert says in app.error[0].value
    assert app.text_input(key=field).value == value


def test_toggles_change_the_numbers_and_compute_nothing(app, monkeypatch):
    app.run()
    first = numbers(app)
    monkeypatch.setattr("attribution.service.next_word.run_next_word", None)
    for key, value in (
        ("nw_method", "logit"),
        ("nw_of", "foil"),
        ("nw_units", "tokens"),
        ("nw_measure", "share"),
    ):
        before = numbers(app)
        app.segmented_control(key=key).set_value(value).run()
        assert not app.exception
        words, expected, summed = numbers(app)
        assert words != before[0], key
        assert expected == first[1]
        assert summed != before[2] or key not in ("nw_method", "nw_of"), key


@pytest.mark.parametrize("look", ["layers", "mixing"])
def test_a_closer_look_is_another_figure_of_the_same_result(app, look):
    app.run()
    before = numbers(app)
    app.segmented_control(key="nw_look").set_value(look).run()
    assert not app.exception
    assert numbers(app)[:2] == before[:2]
    assert numbers(app)[2] != before[2]
