"""What a script may give by mistake: a sentence each, before any model computes."""

from pathlib import Path

import numpy as np
import pytest

from attribution import compare_models, explain_next_word, explain_translation, load
from attribution.service.comparison import run_comparison
from attribution.service.translation import run_translation
from attribution.types import AttributionError, ComparisonRequest, TextError, TranslationRequest

FIXTURES = Path(__file__).parents[1] / "fixtures" / "models"
HALF = "the \ud800 winter"
NO_TEXTS = [None, 3, b"the winter", ["the"], HALF, float("nan")]
NO_NUMBERS = [-1, "2", 1.5, True, None, 10**5000, float("nan"), [1], "\ud800"]


@pytest.fixture(scope="module")
def decoder():
    return load(str(FIXTURES / "gpt2-tiny"), device="cpu")


@pytest.fixture(scope="module")
def translator():
    return load(str(FIXTURES / "marian-tiny"), device="cpu")


def refused(call, *arguments, **options):
    with pytest.raises(TextError) as caught:
        call(*arguments, **options)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert len(sentence.encode()) < 300


@pytest.mark.parametrize("name", ["prefix", "target", "foil"])
@pytest.mark.parametrize("wrong", NO_TEXTS, ids=repr)
def test_the_texts_of_a_next_word(decoder, name, wrong):
    refused(
        explain_next_word, decoder, **{"prefix": "the winter", "target": "hot", "foil": "cold", name: wrong}
    )


@pytest.mark.parametrize(
    "wrong", [*NO_NUMBERS, 0, 1001], ids=lambda value: repr(value)[:20] if value != 10**5000 else "huge"
)
def test_the_number_of_candidates(decoder, wrong):
    refused(explain_next_word, decoder, "the winter", top=wrong)


def test_numbers_of_numpy_are_numbers(decoder):
    assert len(explain_next_word(decoder, "the winter", top=np.int64(3)).candidates) == 3


@pytest.mark.parametrize("name", ["source", "target", "contrast", "source_language", "target_language"])
@pytest.mark.parametrize("wrong", NO_TEXTS[1:], ids=repr)
def test_the_texts_of_a_translation(translator, name, wrong):
    refused(explain_translation, translator, **{"source": "the winter", name: wrong})


def test_a_translation_of_nothing(translator):
    refused(explain_translation, translator, None)


@pytest.mark.parametrize("name", ["beams", "max_length", "steps"])
@pytest.mark.parametrize(
    "wrong", NO_NUMBERS, ids=lambda value: repr(value)[:20] if value != 10**5000 else "huge"
)
def test_the_numbers_of_a_translation(translator, name, wrong):
    if wrong is None and name != "steps":
        return  # the model's own setting
    if wrong == 10**5000 and name == "max_length":
        wrong = -(10**5000)
    refused(explain_translation, translator, "the winter", **{name: wrong})


@pytest.mark.parametrize("name", ["method", "attributed"])
@pytest.mark.parametrize("wrong", [None, 1, ["saliency"], HALF, "none"], ids=repr)
def test_the_choices_of_a_translation(translator, name, wrong):
    refused(explain_translation, translator, "the winter", **{name: wrong})


@pytest.mark.parametrize("wrong", [5, "ab", [-1], [1.5], [None], [10**9]], ids=repr)
def test_the_alignment_of_a_translation(translator, wrong):
    refused(explain_translation, translator, "the winter", "the winter", contrast="winter", alignment=wrong)


@pytest.mark.parametrize(
    "changes", [{"beams": -1}, {"max_length": -1}, {"steps": "5"}, {"source": HALF}, {"target": 5}]
)
def test_requests_are_checked_like_calls(translator, changes):
    refused(
        run_translation, translator, TranslationRequest(**{"model": "m", "source": "the winter"} | changes)
    )


@pytest.mark.parametrize("name", ["question", "target", "foil"])
@pytest.mark.parametrize("wrong", NO_TEXTS, ids=repr)
def test_the_texts_of_a_comparison(decoder, name, wrong):
    asked = {"question": "the winter", "target": "hot", "foil": "cold", name: wrong}
    refused(lambda: list(compare_models([str(FIXTURES / "gpt2-tiny")], **asked)))
    refused(run_comparison, decoder, ComparisonRequest("m", **asked))


def test_the_models_and_the_method_of_a_comparison():
    refused(lambda: list(compare_models("gpt2", "the winter", "hot")))
    refused(lambda: list(compare_models(["gpt2"], "the winter", "hot", method=["saliency"])))
    answers = list(compare_models([None, 3], "the winter", "hot"))
    assert [answer.sentence.startswith("No model is called") for answer in answers] == [True, True]


@pytest.mark.parametrize(
    "options", [{"dtype": None}, {"dtype": "float8"}, {"dtype": 5}, {"device": "abacus"}, {"device": 1.5}]
)
def test_how_a_model_is_loaded(options):
    with pytest.raises(AttributionError, match=r"\.$"):
        load(str(FIXTURES / "gpt2-tiny"), **options)
    if "dtype" in options:
        (answer,) = compare_models([str(FIXTURES / "gpt2-tiny")], "the winter", "hot", **options)
        assert "recision" in answer.sentence
