"""The Translation page's script, without a browser, on a tiny model with a vocabulary of 100 words."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from attribution.examples import TRANSLATION, TRANSLATION_CLASSROOM
from tests.pages.shown import numbers

SOURCE, TARGET, OTHER = "the people could see the water", "they find it so cold", "they find the oil hot"


@pytest.fixture(autouse=True)
def models(monkeypatch):
    monkeypatch.setenv("WHY_MODELS_DIR", "tests/fixtures/models")


@pytest.fixture
def page():
    def start(**state):
        test = AppTest.from_file("../../pages/translation.py", default_timeout=120)
        for key, value in {"model": "marian-tiny", "source": SOURCE, **state}.items():
            test.session_state[f"mt_{key}"] = value
        return test.run()

    return start


def figures(page):
    return [json.loads(f.proto.spec) for f in page.get("vega_lite_chart")]


def html(page):
    return " ".join(h.proto.body for h in page.get("html"))


def test_the_models_own_translation_with_its_settings(page):
    own = page()
    assert not own.exception
    assert not own.error
    assert len(figures(own)) == 2
    assert "greedy search" in html(own)
    assert "owes most to" in html(own)


def test_a_typed_translation_flags_what_is_improbable(page):
    typed = page(whose="typed", target=TARGET)
    assert not typed.exception
    assert "The translation typed" in html(typed)
    assert any("improbable" in c.value for c in typed.caption)


def test_both_side_by_side(page):
    both = page(whose="both", target=TARGET)
    assert not both.exception
    assert len(figures(both)) == 3
    assert "times likelier" in html(both)


@pytest.mark.parametrize("method", ["saliency", "cross_attention", "erasure"])
def test_methods_without_sign_or_prefix_have_their_figure(page, method):
    shown = page(whose="typed", target="so cold", method=method)
    assert not shown.exception
    assert not shown.error
    assert len(figures(shown)) == 2


def test_toggles_change_the_numbers_and_compute_nothing(page, monkeypatch):
    shown = page(whose="typed", target=TARGET)
    monkeypatch.setattr("attribution.service.translation.run_translation", None)
    shown.session_state["mt_units"] = "tokens"  # every word is one token here
    views = {"mt_sign": "signed", "mt_scale": "weighted", "mt_score": "entropy"}
    for key, value in views.items():
        before = numbers(shown)[0]
        shown.session_state[key] = value
        shown.run()
        assert not shown.exception
        assert numbers(shown)[0] != before, key
    assert " speak" in html(shown)


def test_a_contrast_of_another_length_shows_its_alignment_and_takes_another(page):
    state = {"whose": "typed", "target": TARGET, "contrast": "they oil", "attributed": "contrast_prob_diff"}
    shown = page(**state)
    assert not shown.exception
    assert "rather than" in html(shown)
    assert any("compared" in e.label for e in shown.expander)
    changed = page(**state, align="1 2 2 2 2 3")
    assert not changed.error
    wrong = page(**state, align="1 2")
    assert "alignment" in wrong.error[0].value


def test_another_word_becomes_the_contrast(page):
    shown = page(whose="typed", target=TARGET)
    field = next(f for f in shown.text_input if f.label == "Another word")
    shown = field.set_value("hot").run()
    assert not shown.exception
    assert "hot" in shown.text_input(key="mt_contrast").value
    assert "rather than" in html(shown)


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ({"source": ""}, "empty"),
        ({"source": "the water " * 2000}, "tokens"),
        ({"whose": "typed"}, "empty"),
        ({"attributed": "contrast_prob_diff"}, "contrast"),
        ({"model": "gpt2-tiny"}, "decoder"),
        ({"model": "there/is-no-such-model"}, "there/is-no-such-model"),
        ({"align": "one"}, "numbers"),
    ],
)
def test_bad_input_is_one_sentence_and_the_form_is_kept(page, state, says):
    shown = page(**state)
    assert not shown.exception
    assert says in shown.error[0].value.replace("\\", "")
    assert shown.text_input(key="mt_source").value == state.get("source", SOURCE)


def test_words_outside_the_vocabulary_are_said(page):
    assert any("unknown" in c.value for c in page(source="zebras quarrel about xylophones").caption)


@pytest.mark.parametrize("example", [*TRANSLATION, *TRANSLATION_CLASSROOM], ids=lambda e: e.label)
def test_examples_are_complete(example):
    assert example.request.source
    assert (example.whose == "own") == (not example.request.target)
    assert example.request.attributed.startswith("contrast") == bool(example.request.contrast)


def test_a_words_ranking_is_measured_and_the_lines_say_so(page):
    shown = page(whose="typed", target=TARGET, method="erasure", attributed="log_probability")
    assert "the order of the words moves the log-probability of" in html(shown)
    assert any("held = faithfulness(model, result, step=" in code.value for code in shown.code)
    measure = next(b for b in shown.button if b.label.startswith("Measure all methods"))
    measure.click().run()
    assert not shown.exception
    assert len(figures(shown)) == 3
    shown.session_state["mt_replace"] = "neutral"
    shown.run()
    assert not shown.exception
    assert any("neutral embedding" in json.dumps(figure) for figure in figures(shown))


def test_what_if_a_word_of_the_source_is_left_out_or_another_stands_there(page):
    shown = page(whose="typed", target=TARGET, method="erasure", look="what if")
    assert not shown.exception
    (words,) = [g for g in shown.get("button_group") if str(g.key).startswith("mt_if_word_")]
    words.set_value(1).run()
    assert not shown.exception
    assert shown.text_input(key="mt_if").value == "the could see the water"
    assert len(figures(shown)) == 3, "what the model expects before and after"
    assert "The model now writes" in html(shown)
    shown.text_input(key="mt_if").set_value("the oil").run()
    assert any("Changed**: the oil" in m.value for m in shown.markdown)
    shown.text_input(key="mt_if").set_value("water " * 500).run()
    assert not shown.exception
    assert any("tokens" in c.value for c in shown.caption), "refused in a sentence, in its place"
    shown.session_state["mt_units"] = "tokens"
    shown.session_state["mt_if"] = "the oil"
    shown.run()
    assert not shown.exception


def test_with_a_contrast_the_difference_is_measured(page):
    state = {"whose": "typed", "target": TARGET, "contrast": OTHER, "attributed": "contrast_logits_diff"}
    held = page(**state, method="frozen")
    assert not held.exception
    changed = page(**state, method="frozen", look="what if", **{"if": "the water"})
    assert not changed.exception
    assert "difference" in html(changed)
