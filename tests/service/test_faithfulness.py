"""How far a ranking holds: equal to reading the changed texts one by one, or refused in a sentence."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
import torch

from attribution import explain_next_word, faithfulness, load, method_rows
from attribution.export.python import faithfulness as lines
from attribution.export.records import from_json, to_json
from attribution.models import tokens
from attribution.models.loading import LoadedModel
from attribution.service.cost import Speeds, passes
from attribution.service.faithfulness import run_faithfulness
from attribution.service.lens import run_lens
from attribution.service.next_word import TOLERANCE
from attribution.service.similar import similar_words
from attribution.types import (
    AttributionError,
    FaithfulnessRequest,
    LensRequest,
    NextWordRequest,
    TextError,
    UnsupportedArchitectureError,
)

TEXT = "the day was long so"
METHODS = [row.id for row in method_rows("next word")]


@pytest.fixture(scope="module")
def model():
    return load("tests/fixtures/models/gpt2-tiny", dtype="float64")


@pytest.fixture(scope="module", params=["gpt2-tiny", "opt-tiny", "bloom-tiny"])
def each(request):
    return load(f"tests/fixtures/models/{request.param}", dtype="float64")


def difference(loaded: LoadedModel, words, like):
    """The logit difference after some words of a text, by the model alone."""
    ids = [i for word in words for i in loaded.tokenizer(word, add_special_tokens=False)["input_ids"]]
    special = [i for i in like.text.ids[:1] if i in loaded.tokenizer.all_special_ids]
    ids = torch.tensor([special + ids or [loaded.model.config.bos_token_id]])
    with torch.no_grad():
        logits = loaded.model(ids).logits[0, -1].double()
    return float(logits[like.target.explained.id] - logits[like.foil.explained.id])


def spelled(result):
    """Words as their tokenizer wants them, with the space in front."""
    return [w.text if not k else f" {w.text}" for k, w in enumerate(result.text.words) if not w.special]


# ----------------------------------------------------------------------------------------- the methods


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("foil", ["oil", ""])
def test_additive_methods_add_up_to_the_models_own_logit(each, method, foil):
    result = explain_next_word(each, TEXT, "hot", foil, method=method)
    row = next(row for row in method_rows() if row.id == method)
    if row.additive:
        assert result.values.sum() + result.remainder == pytest.approx(result.explained_logit, abs=1e-6)
        assert result.relative_gap < TOLERANCE["float32"]
    else:
        assert result.remainder == 0
    logits = [w.explained.logit for w in (result.target, result.foil) if w]
    assert result.explained_logit == pytest.approx(logits[0] - (logits[1] if foil else 0), abs=1e-6)
    assert to_json(from_json(to_json(result))) == to_json(result)


@pytest.mark.parametrize("of", ["target", "foil"])
@pytest.mark.parametrize("method", ["frozen", "shapley", "erasure"])
def test_target_or_foil_alone(model, method, of):
    result = explain_next_word(model, TEXT, "hot", "oil", method=method, of=of)
    logit = getattr(result, of).explained.logit
    assert result.explained_logit == pytest.approx(logit)
    assert f"of={of!r}" in lines(result.request, "leave out")


def test_erasure_of_a_word_is_the_text_without_it(model):
    result = explain_next_word(model, TEXT, "hot", "oil", method="erasure")
    words = spelled(result)
    whole = difference(model, words, result)
    without = [difference(model, [*words[:k], *words[k + 1 :]], result) for k in range(len(words))]
    assert result.text.sum_words(result.values) == pytest.approx(whole - np.array(without), abs=1e-9)


def test_shapley_values_of_words_are_the_mean_over_all_orders(model):
    text = "the day was long"
    result = explain_next_word(model, text, "hot", "oil", method="shapley")
    words = spelled(result)
    values = np.zeros(len(words))
    orders = list(permutations(range(len(words))))
    for order in orders:
        for k, word in enumerate(order):
            without, with_it = sorted(order[:k]), sorted(order[: k + 1])
            values[word] += difference(model, [words[i] for i in with_it], result)
            values[word] -= difference(model, [words[i] for i in without], result)
    assert result.text.sum_words(result.values) == pytest.approx(values / len(orders), abs=1e-9)
    assert set(result.parts) == {"text without its words"}
    assert not result.explanation().standard_error.size


def test_sampled_shapley_values_say_how_sure_they_are(model):
    result = explain_next_word(model, " ".join(TEXT.split() * 3), "hot", "oil", method="shapley")
    error = result.explanation().standard_error
    assert error.shape == (1, len(result.text))
    assert (error > 0).any()
    assert result.values.sum() + result.remainder == pytest.approx(result.explained_logit, abs=1e-9)


def test_integrated_gradients_say_how_far_they_converged(model):
    result = explain_next_word(model, TEXT, "hot", "oil", method="integrated_gradients")
    assert abs(float(result.explanation().convergence[0])) < 1e-3


# ------------------------------------------------------------------------------------------ does it hold


@pytest.mark.parametrize("method", ["alti_logit", "logit", "frozen", "saliency", "shapley"])
def test_curves_are_what_the_model_says_of_the_shortened_texts(model, method):
    result = explain_next_word(model, TEXT, "hot", "oil", method=method)
    held = faithfulness(model, result, orders=8)
    words, order = spelled(result), np.argsort(-held.values, kind="stable")
    assert held.words == tuple(w.strip() for w in words)
    for curve, ranking in ((held.most_first, order), (held.least_first, order[::-1])):
        kept = [sorted(ranking[k:]) for k in range(len(words) + 1)]
        expected = [difference(model, [words[i] for i in some], result) for some in kept]
        assert curve == pytest.approx(np.array(expected), abs=1e-9)
    assert held.gap == pytest.approx((held.least_first - held.most_first)[1:-1].mean())
    assert held.most_first[0] == pytest.approx(result.explained_logit)
    assert to_json(from_json(to_json(held))) == to_json(held)


def test_a_neutral_embedding_keeps_the_length_and_gives_other_numbers(model):
    result = explain_next_word(model, TEXT, "hot", "oil")
    out, neutral = (faithfulness(model, result, way) for way in ("leave out", "neutral"))
    assert out.most_first[0] == pytest.approx(neutral.most_first[0])
    assert not np.allclose(out.left_out, neutral.left_out)


def test_all_methods_are_measured_on_the_same_orders(model):
    asked = NextWordRequest(model.info.id, TEXT, "hot", "oil", "float64")
    together = run_faithfulness(model, FaithfulnessRequest(asked, methods=tuple(METHODS)))
    assert [r.request.method for r in together] == METHODS
    for measured in together:
        alone = faithfulness(
            model, explain_next_word(model, TEXT, "hot", "oil", method=measured.request.method)
        )
        for name, curve in alone.curves.items():
            np.testing.assert_allclose(measured.curves[name], curve, atol=1e-9)
        assert measured.lds == pytest.approx(alone.lds, nan_ok=True)
        assert measured.seconds >= 0
    by_name = {r.request.method: r for r in together}
    assert by_name["erasure"].agreement == pytest.approx(1)
    assert np.isnan(by_name["gim"].carried)
    assert np.isfinite(by_name["frozen"].carried)


def test_progress_rises_and_ends(model):
    seen = []
    asked = NextWordRequest(model.info.id, TEXT, "hot", "oil", "float64")
    run_faithfulness(model, FaithfulnessRequest(asked, methods=("frozen", "gim")), seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.model.modules())


# --------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize("method", METHODS)
def test_one_word_is_explained_and_measured_as_too_few(model, method):
    result = explain_next_word(model, "long", "hot", "oil", method=method)
    held = faithfulness(model, result)
    assert held.verdict == "too few words"
    assert np.isnan(held.gap)
    assert to_json(from_json(to_json(held))) == to_json(held)


def test_a_text_whose_every_word_is_special(model):
    special = model.tokenizer.eos_token
    result = explain_next_word(model, special * 2, "hot", "oil", method="erasure")
    assert not result.values.any()
    for measured in (result, explain_next_word(model, special * 2, "hot", "oil")):
        with pytest.raises(TextError, match="no word here"):
            faithfulness(model, measured)
    with pytest.raises(TextError, match="no word here"):
        explain_next_word(model, special * 2, "hot", "oil", method="shapley")
    for method in ("frozen", "gim", "input_x_gradient", "integrated_gradients", "saliency", "alti_logit"):
        assert np.isfinite(explain_next_word(model, special * 2, "hot", "oil", method=method).values).all()


@pytest.mark.parametrize("method", METHODS)
def test_target_equal_to_foil_is_a_sentence(model, method):
    with pytest.raises(TextError, match="are the same"):
        explain_next_word(model, TEXT, "hot", "hot", method=method)


def test_shapley_values_of_a_long_text_are_refused_with_their_time(model):
    big = replace(model, info=replace(model.info, parameters=10**10))
    with pytest.raises(TextError, match=r"texts, about \d+ minutes"):
        explain_next_word(big, "the " * 50, "hot", "oil", method="shapley")


@pytest.mark.parametrize("method", METHODS)
def test_quantized_models_are_refused_where_gradients_are_needed(model, method):
    quantized = replace(model, info=replace(model.info, dtype="4-bit"))
    row = next(row for row in method_rows() if row.id == method)
    if row.gradients:
        with pytest.raises(UnsupportedArchitectureError, match=r"needs gradients.*choose erasure"):
            explain_next_word(quantized, TEXT, "hot", "oil", method=method)
    else:
        assert explain_next_word(quantized, TEXT, "hot", "oil", method=method)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"replace": "burn"}, "“burn”; choose from leave out, neutral"),
        ({"orders": 5}, "even number"),
        ({"orders": 0}, "even number"),
        ({"orders": 10**9}, "even number"),
    ],
)
def test_options_out_of_range_are_a_sentence(model, options, says):
    result = explain_next_word(model, TEXT, "hot", "oil")
    with pytest.raises(TextError, match=says):
        faithfulness(model, result, **options)


def test_a_result_of_another_model_is_refused(model, each):
    result = explain_next_word(model, TEXT, "hot", "oil")
    if each.info.id != model.info.id:
        with pytest.raises(TextError, match="not of"):
            faithfulness(each, result)


def test_of_a_row_that_is_not_there(model):
    with pytest.raises(TextError, match="no foil"):
        explain_next_word(model, TEXT, "hot", method="frozen", of="foil")
    with pytest.raises(AttributionError, match="choose from contrast, target, foil"):
        explain_next_word(model, TEXT, "hot", method="frozen", of="both")


# ------------------------------------------------------------------------------- lens, like words, costs


@pytest.mark.parametrize("foil", ["oil", ""])
def test_the_last_layer_of_the_lens_is_the_models_own_answer(each, foil):
    asked = NextWordRequest(each.info.id, TEXT, "hot", foil, "float64")
    lens, result = run_lens(each, LensRequest(asked)), explain_next_word(each, TEXT, "hot", foil)
    assert lens.difference[-1] == pytest.approx(result.explained_logit, abs=1e-9)
    assert lens.target_probability[-1] == pytest.approx(result.target.explained.probability, abs=1e-9)
    assert lens.top[-1] == result.candidates[0].token
    layers = result.contributions
    attention = layers.logit.sum(1) + layers.attention_bias
    np.testing.assert_allclose(lens.attention, attention, atol=1e-6)
    np.testing.assert_allclose(lens.mlp, layers.mlp, atol=1e-6)
    np.testing.assert_allclose(lens.heads.sum(1), layers.logit.sum(1), atol=1e-6)
    assert to_json(from_json(to_json(lens))) == to_json(lens)


def like(loaded, text, of, **options):
    word = next(w for w in tokens.tokenize(loaded.tokenizer, text).words if w.text == of)
    return similar_words(loaded, text, word, **options)


def test_like_words_are_whole_words_other_than_the_word(model):
    found = like(model, TEXT, "day")
    assert all(word.isalpha() and word.islower() and word != "day" for word in found)
    assert len(set(found)) == len(found)
    assert len(found) <= 8


def test_like_words_are_of_the_same_kind_where_they_stand():
    loaded = load("english-lm")
    seasons = like(loaded, "This summer, unlike the previous winter, is", "summer")
    assert {"winter", "spring", "autumn"} <= set(seasons)
    names = like(loaded, "Mary and John went to the park. Mary gave a book to", "John")
    assert len(names) == 8
    assert all(name[:1].isupper() for name in names)
    assert {"pilot", "judge"} & set(like(loaded, "The nurse, a tall man, said that", "nurse"))
    assert {"his", "her"} <= set(like(loaded, "The keys on the table", "the"))
    assert set(like(loaded, "The nurse said", "The")) & {"My", "This", "Our", "Her"}


def test_a_vocabulary_of_pieces_offers_only_the_words_it_is_given():
    loaded = load("yes-no-small")
    given = ("Madrid", "tiger", "Japan", "London")
    assert set(like(loaded, "Is London the capital of France?", "London", more=given)) == {"Madrid", "Japan"}


def test_dearer_questions_cost_more():
    asked = NextWordRequest("english-lm", "The quiet woman is in the kitchen today.", "so", "and")
    costs = [passes(replace(asked, method=m)) for m in ("alti_logit", "frozen", "erasure", "shapley")]
    assert costs == sorted(costs)
    one, every = FaithfulnessRequest(asked), FaithfulnessRequest(asked, methods=tuple(METHODS))
    assert passes(replace(asked, method="frozen")) < passes(one) < passes(every)
    assert Speeds().seconds(every) > Speeds().seconds(LensRequest(asked)) > 0
