"""Requests become explanations or one clear sentence."""

from contextlib import suppress

import numpy as np
import pytest
import torch

from attribution import explain_next_word, load
from attribution.service.next_word import run_next_word
from attribution.types import AttributionError, NextWordRequest, TextError, UnsupportedArchitectureError

TEXT = "the day was long so"


@pytest.fixture(scope="module", params=["gpt2-tiny", "opt-tiny", "bloom-tiny"])
def model(request):
    return load(f"tests/fixtures/models/{request.param}")


@pytest.fixture(scope="module")
def gpt2():
    return load("tests/fixtures/models/gpt2-tiny")


def test_everything_sums_to_the_models_own_difference(model):
    result = explain_next_word(model, TEXT, "hot", "oil")
    total = result.logit.sum() + sum(np.sum(v) for v in result.parts.values())
    assert total == pytest.approx(result.explained_logit, rel=1e-4, abs=1e-5)
    assert result.alti_logit.sum() == pytest.approx(result.logit.sum(), rel=1e-4, abs=1e-5)
    assert result.relative_gap < result.tolerance
    by_word = result.text.sum_words(result.alti_logit)
    assert by_word.sum() == pytest.approx(result.alti_logit.sum(), rel=1e-5)


def test_candidates_are_the_likeliest_then_target_and_foil(model):
    result = explain_next_word(model, TEXT, "hot", "oil", top=3)
    assert [c.rank for c in result.candidates[:3]] == [1, 2, 3]
    listed = {c.id: c for c in result.candidates}
    for chosen in (result.target.explained, result.foil.explained):
        assert listed[chosen.id] == chosen
    assert result.target.word_log_probability == pytest.approx(np.log(result.target.explained.probability))


def test_without_a_target_the_likeliest_token_is_explained(gpt2):
    result = explain_next_word(gpt2, TEXT)
    assert result.target.explained.rank == 1
    assert result.foil is None
    assert result.notes


def test_candidates_can_be_typed(gpt2):
    for candidate in explain_next_word(gpt2, TEXT).candidates:
        again = explain_next_word(gpt2, TEXT, candidate.text)
        assert again.target.explained.id == candidate.id


def test_one_token_is_enough(model):
    result = explain_next_word(model, "long", "hot", "oil")
    assert result.rollout.shape[1] == len(result.tokens)
    assert result.relative_gap < result.tolerance


def test_spaces_at_the_end_change_nothing(gpt2):
    plain, spaced = (explain_next_word(gpt2, t, "hot", "oil") for t in (TEXT, TEXT + "  "))
    assert np.array_equal(plain.alti_logit, spaced.alti_logit)
    assert not plain.notes
    assert spaced.notes


def test_words_of_several_tokens_explain_the_first_that_differs(gpt2):
    result = explain_next_word(gpt2, TEXT, "hot day", "hot oil")
    assert len(result.tokens) == len(TEXT.split()) + 1
    assert result.target.pieces == ("hot", "day")
    assert result.target.explained.token == "day"
    first = explain_next_word(gpt2, TEXT, "hot").target.explained.probability
    expected = np.log(first) + np.log(result.target.explained.probability)
    assert result.target.word_log_probability == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("prefix", "target", "foil", "says"),
    [
        ("", "hot", "", "empty"),
        (" \n\t ", "hot", "", "empty"),
        (TEXT, "hot", "hot", "same"),
        (TEXT, "hot day", "hot", "begins with all"),
        (TEXT, "", "hot", "target"),
        (TEXT, "hot", "xylophone", "xylophone"),
        (TEXT, "x" * 300, "", "300 characters"),
        ("the " * 2000, "hot", "", "tokens"),
        ("x" * 1_000_000, "hot", "", "at most"),
    ],
)
def test_what_cannot_be_explained_is_a_sentence(gpt2, prefix, target, foil, says):
    with pytest.raises(TextError, match=says) as error:
        explain_next_word(gpt2, prefix, target, foil)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "prefix", ["<img src=x onerror=alert(1)>", "😀 👨‍👩‍👧", "שלום עולם", "$x$ **b** \\", "\u202e\x00"]
)
def test_any_text_is_a_result_or_a_sentence(gpt2, prefix):
    with suppress(AttributionError):
        result = explain_next_word(gpt2, prefix, "hot", "oil")
        assert result.relative_gap < result.tolerance


def test_translators_are_refused():
    with pytest.raises(UnsupportedArchitectureError, match="Translation page"):
        explain_next_word(load("tests/fixtures/models/t5-tiny"), TEXT, "hot")


# ------------------------------------------------------------------------------------------ other methods


def test_input_x_gradient_of_the_logit_difference(model):
    """By the definition, one plain backward; the contrast is the target's values minus the foil's."""
    result = explain_next_word(model, TEXT, "hot", "oil", method="input_x_gradient")
    ids = torch.tensor([result.text.ids])
    embeddings = model.model.get_input_embeddings()(ids).detach().requires_grad_()
    logits = model.model(inputs_embeds=embeddings).logits[0, -1]
    target, foil = (word.explained.id for word in (result.target, result.foil))
    difference = logits[target] - logits[foil]
    difference.backward()
    expected = (embeddings * embeddings.grad)[0].detach().sum(-1).numpy()
    np.testing.assert_allclose(result.values, expected, rtol=1e-3, atol=1e-6)
    assert result.explained_logit == pytest.approx(difference.item(), abs=1e-5)
    assert result.remainder == 0.0
    rows = [
        explain_next_word(model, TEXT, "hot", "oil", method="input_x_gradient", of=of).values
        for of in ("target", "foil")
    ]
    np.testing.assert_allclose(result.values, rows[0] - rows[1], atol=1e-5)
    with pytest.raises(AttributionError, match="ask for the foil"):
        result.explanation("foil")


def test_amounts_of_the_contrast_are_its_own(model):
    rows = [
        explain_next_word(model, TEXT, "hot", "oil", method="saliency", of=of).values
        for of in ("contrast", "target", "foil")
    ]
    assert (np.array(rows) >= 0).all()
    assert not np.allclose(rows[0], rows[1] - rows[2])


@pytest.mark.parametrize("foil", ["oil", ""])
def test_all_methods_agree_on_what_the_model_expects(model, foil):
    layered = explain_next_word(model, TEXT, "hot day" if not foil else "hot", foil)
    other = explain_next_word(model, TEXT, "hot day" if not foil else "hot", foil, method="erasure")
    assert [c.id for c in other.candidates] == [c.id for c in layered.candidates]
    assert other.target.word_log_probability == pytest.approx(layered.target.word_log_probability, rel=1e-4)
    assert other.text == layered.text
    assert other.explained_logit == pytest.approx(layered.explained_logit, abs=1e-4)
    assert other.entropy == pytest.approx(layered.entropy, rel=1e-4)
    assert other.alti is None
    with pytest.raises(AttributionError, match="parts of ALTI-Logit"):
        _ = other.alti_logit


def test_logit_is_found_with_alti_logit(gpt2):
    both = explain_next_word(gpt2, TEXT, "hot", "oil")
    logit = explain_next_word(gpt2, TEXT, "hot", "oil", method="logit")
    np.testing.assert_array_equal(logit.values, both.explanation(method="logit").values[0])
    assert both.values.sum() + both.remainder == pytest.approx(both.explained_logit, abs=1e-5)


def test_a_method_that_is_not_offered_is_a_sentence(gpt2):
    with pytest.raises(TextError, match=r"no method “cross_attention”; choose from .*alti_logit"):
        explain_next_word(gpt2, TEXT, "hot", method="cross_attention")


def test_what_stands_in_for_a_word_gets_what_its_place_gets(model):
    """In the words' places the mean embedding; the same as writing it into the embedding table."""
    assert not explain_next_word(model, TEXT, "hot", "oil").stand_ins, "only pages pay for it"
    result = run_next_word(model, NextWordRequest("", TEXT, "hot", "oil"))
    found = {s.method: s for s in result.stand_ins}
    assert set(found) == {"alti_logit", "logit"}
    assert found["logit"].columns == tuple(w.text for w in result.text.words)
    tried = np.flatnonzero(np.isfinite(found["logit"].values[0]))
    by_word = result.text.sum_words(result.alti_logit.sum(0))
    assert {int(by_word.argmax()), int(by_word.argmin())} <= set(tried.tolist())
    table = model.model.get_input_embeddings()
    assert not table._forward_hooks
    k = int(tried[0])
    mean = table.weight.detach().mean(0)
    positions = result.text.words[k].tokens

    def written(module, inputs, output):
        output[..., list(positions), :] = mean
        return output

    handle = table.register_forward_hook(written)
    other = explain_next_word(model, TEXT, "hot", "oil")
    handle.remove()
    expected = other.text.sum_words(other.alti_logit.sum(0))[k]
    assert found["alti_logit"].values[0, k] == pytest.approx(expected, rel=1e-4, abs=1e-6)


def test_the_first_word_of_the_example_gets_most_for_being_first():
    from attribution.charts.findings import next_word

    model = load("english-lm")
    first = next_word(
        run_next_word(model, NextWordRequest("", "The capital of France is", "Paris", "London"))
    ).plain
    assert "At least half of what “The” gets is for being first" in first
    said = next_word(
        run_next_word(model, NextWordRequest("", "Paris is the capital of", "France", "Spain"))
    ).plain
    assert "“Paris” pushes most toward France" in said
    assert "being first" not in said, "here the first word says something"
