"""The Next word page's script, without a browser."""

import pytest
from streamlit.testing.v1 import AppTest


@pytest.fixture
def app():
    test = AppTest.from_file("../../attribution/ui/router.py", default_timeout=120)
    return test


def charts(app):
    return len(app.get("vega_lite_chart"))


def test_the_first_example_is_computed_at_once(app):
    app.run()
    assert not app.exception
    assert not app.error
    assert charts(app) >= 3


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
