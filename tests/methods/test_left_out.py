"""What leaving a word out does is what the model says of the text without it."""

from dataclasses import replace

import numpy as np
import pytest

from attribution import explain_translation, load
from attribution.methods.left_out import left_out
from attribution.methods.problem import Problem
from attribution.models import tokens
from attribution.service import limits
from attribution.service.comparison import run_comparison
from attribution.types import ComparisonRequest

FIXTURES = "tests/fixtures/models"
SOURCE, TARGET = "the people could see the water", "they find it so cold"


@pytest.fixture(scope="module")
def translator():
    return load(f"{FIXTURES}/marian-tiny", dtype="float64")


@pytest.mark.parametrize("chunk", [1, 2**20])
def test_equals_the_text_without_the_word(translator, chunk):
    whole = explain_translation(translator, SOURCE, TARGET, attributed="log_probability")
    words, ids = whole.source.words, whole.source.ids

    def problem(source):
        where = range(len(whole.prefix))
        names = (translator.model, source, whole.prefix.ids, where, whole.target.ids, None)
        return Problem(*names, "log_probability", chunk, None)

    found = left_out(problem(ids), [w.tokens for w in words])
    for k, word in enumerate(words):
        rest = [i for place, i in enumerate(ids) if place not in word.tokens]
        shorter = problem(rest)
        without, _ = shorter.forward(*shorter.embeddings())
        assert found[:, k] == pytest.approx(whole.attributed_values - without.numpy(), abs=1e-9)
    special = [w.special for w in words]
    assert np.isnan(whole.left_out[:, special]).all()
    assert whole.left_out[:, ~np.array(special)] == pytest.approx(found[:, ~np.array(special)], abs=1e-9)


def test_is_left_away_where_it_takes_long_or_there_is_no_sign(translator, monkeypatch):
    assert not explain_translation(translator, SOURCE, TARGET, method="saliency").left_out.size
    monkeypatch.setattr(limits, "QUICK", 0)
    assert not explain_translation(translator, SOURCE, TARGET).left_out.size


@pytest.mark.parametrize("name", ["t5-tiny", "gpt2-tiny"])
@pytest.mark.parametrize("foil", ["oil", ""])
def test_a_comparison_says_what_each_word_does(name, foil):
    loaded = load(f"{FIXTURES}/{name}", dtype="float64")
    question = "the water was very cold and"
    request = ComparisonRequest(name, question, "hot", foil, attributed="log_probability")
    whole = run_comparison(loaded, request)
    expected = whole.target_log_probability - (whole.foil_log_probability if foil else 0)
    assert whole.attributed == pytest.approx(expected, abs=1e-9), "the logit difference is that of logarithms"
    for k, word in enumerate(whole.text.words):
        if word.special:
            assert np.isnan(whole.left_out[k])
        elif word.text in ("very", "water"):
            shorter = question.replace(f"{word.text} ", "")
            if tokens.tokenize(loaded.tokenizer, shorter).ids == tuple(
                i for place, i in enumerate(whole.text.ids) if place not in word.tokens
            ):
                less = run_comparison(loaded, replace(request, question=shorter))
                assert whole.left_out[k] == pytest.approx(whole.attributed - less.attributed, abs=1e-6)


def test_what_was_saved_before_keeps_its_meaning():
    loaded = load(f"{FIXTURES}/t5-tiny")
    old = run_comparison(loaded, ComparisonRequest("t5-tiny", "the water", "hot", "oil"))
    assert old.attributed == pytest.approx(old.score, abs=1e-6), "a difference of probabilities"
