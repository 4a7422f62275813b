"""The Next word page's script, without a browser."""

import pytest
from streamlit.testing.v1 import AppTest

from attribution import method_rows
from attribution.types import Word
from attribution.ui import explain
from attribution.ui.what_if import with_word
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
        app.session_state[key] = value
        app.run()
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


def shown(app):
    return " ".join(
        [h.proto.body for h in app.get("html")] + [c.value for c in (*app.caption, *app.markdown)]
    )


def test_the_finding_says_how_much_the_words_carry_and_how_it_holds(app):
    app.run()
    text = shown(app)
    assert "The words carry 8 % of the difference (+0.33 of +4.33 logits)" in text
    assert text.index("The words carry") < text.index("Holds hardly better than chance here")


@pytest.mark.parametrize("method", [row.id for row in method_rows("next word")])
@pytest.mark.parametrize("look", ["sum", "layers", "hold", "what if"])
def test_every_method_has_every_look(app, method, look):
    app.session_state["nw_text"] = "The nurse said that"
    app.session_state["nw_target"], app.session_state["nw_foil"] = "she", "he"
    app.session_state["nw_method"], app.session_state["nw_look"] = method, look
    app.run()
    assert not app.exception
    assert not app.error
    assert len(numbers(app)) >= 2


def test_target_alone_is_asked_for_where_a_method_gives_one_row(app):
    app.session_state["nw_method"], app.session_state["nw_of"] = "frozen", "target"
    app.run()
    assert not app.exception
    assert "the logit of" in shown(app)
    assert any("of='target'" in code.value for code in app.code)


@pytest.mark.parametrize(
    ("look", "label", "says"),
    [("hold", "Measure it (", "random orders"), ("what if", "Leave out each word (", "the text loses")],
)
def test_what_takes_long_is_computed_when_it_is_asked_for(app, monkeypatch, look, label, says):
    monkeypatch.setattr(explain, "QUICK", -1.0)
    app.session_state["nw_look"] = look
    app.run()
    assert not app.exception
    (button,) = [b for b in app.button if b.label.startswith(label)]
    button.click().run()
    assert not app.exception
    assert not [b for b in app.button if b.label.startswith(label)]
    assert says in shown(app) + " ".join(c.value for c in app.caption)


def test_what_if_a_word_is_left_out_or_another_stands_there(app):
    app.session_state["nw_look"] = "what if"
    app.run()
    (words,) = [g for g in app.get("button_group") if str(g.key).startswith("nw_if_word_")]
    assert [str(o) for o in words.options][:2] == ["This", "summer"]
    words.set_value(1).run()
    assert not app.exception
    assert app.text_input(key="nw_if").value.startswith("This, unlike")
    assert "difference <b>−6.72</b> logits" in shown(app), "what leaving summer out really does"
    (instead,) = [s for s in app.selectbox if str(s.key).startswith("nw_if_instead_")]
    assert {"winter", "spring"} <= set(instead.options)
    instead.set_value("autumn").run()
    assert "This autumn, unlike the previous winter" in shown(app)
    app.text_input(key="nw_if").set_value("Last summer, unlike this one, was rather").run()
    assert "Changed**: Last summer, unlike this one, was rather" in shown(app)
    app.text_input(key="nw_text").set_value("The weather is")
    app.button[[b.label for b in app.button].index("Explain")].click().run()
    assert not app.text_input(key="nw_if").value, "it was another text that was changed"


@pytest.mark.parametrize(
    ("prefix", "word", "instead", "becomes"),
    [
        ("This summer, so", "summer", "", "This, so"),
        ("This summer, so", "This", "", "summer, so"),
        ("This summer, so", ",", "", "This summer so"),
        ("This summer, so", "so", "", "This summer,"),
        ("This summer, so", "summer", "winter day", "This winter day, so"),
        ("so", "so", "", ""),
    ],
)
def test_a_text_with_another_word(prefix, word, instead, becomes):
    place = Word(word, (0,), start=prefix.index(word))
    assert with_word(prefix, place, instead).strip() == becomes
