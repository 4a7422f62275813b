"""Every model is asked the same, gives the numbers it gives alone, and no failure stops the others."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from attribution import compare_models, explain_next_word, explain_translation, from_json, load, to_json
from attribution.models.store import ModelStore
from attribution.service.comparison import METHODS, run_comparison
from attribution.types import (
    AttributionError,
    ComparisonFailure,
    ComparisonRequest,
    ComparisonResult,
    TextError,
    UnsupportedArchitectureError,
)
from attribution.ui.model_sizes.answer import of_one_token

FIXTURES = Path("tests/fixtures")
T5, GPT2, OPT, MARIAN = (f"tests/fixtures/models/{name}-tiny" for name in ("t5", "gpt2", "opt", "marian"))
QUESTION = "the water on the day was cold and"
LOGITS = ("alti_logit", "frozen")
TRANSLATION_METHODS = [m for m in METHODS if m not in LOGITS]


@pytest.fixture(scope="module")
def models():
    return {name: load(name, dtype="float64") for name in (T5, GPT2, OPT, MARIAN)}


def ask(loaded, target="hot", foil="oil", method="input_x_gradient", question=QUESTION):
    return run_comparison(
        loaded, ComparisonRequest(loaded.info.id, question, target, foil, method, loaded.info.dtype)
    )


# ------------------------------------------------------------------------- the numbers of each model alone


@pytest.mark.parametrize("method", TRANSLATION_METHODS)
@pytest.mark.parametrize("name", [T5, MARIAN])
def test_equal_to_the_translation_page(models, name, method):
    ours = ask(models[name], method=method)
    theirs = explain_translation(
        models[name], QUESTION, "hot", method=method, attributed="contrast_prob_diff", contrast="oil"
    )
    # A small value may be a difference of two probabilities, which are rounded near 1.
    np.testing.assert_allclose(ours.magnitude, theirs.source_magnitude[0], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(ours.signed, theirs.source_signed[0], rtol=1e-12, atol=1e-15)
    assert ours.attributed == pytest.approx(theirs.attributed_values[0])
    assert ours.score == pytest.approx(theirs.step_scores["contrast_prob_diff"][0])
    share = theirs.attributions(words=True)[0][0]
    special = [w.special for w in ours.text.words]
    np.testing.assert_allclose(ours.attributions(), share[np.logical_not(special)], rtol=1e-10, atol=1e-12)
    assert ours.special_share == pytest.approx(share[special].sum())


def test_without_a_foil_the_probability_is_explained(models):
    ours = ask(models[T5], foil="")
    theirs = explain_translation(models[T5], QUESTION, "hot")
    np.testing.assert_allclose(ours.signed, theirs.source_signed[0], rtol=1e-12)
    assert ours.score == pytest.approx(np.exp(ours.target_log_probability))
    assert ours.attributed == pytest.approx(ours.score)
    assert np.isnan(ours.foil_log_probability)
    assert ours.foil_tokens == ()


@pytest.mark.parametrize("name", [GPT2, OPT])
def test_equal_to_the_next_word_page(models, name):
    ours = ask(models[name], method="alti_logit")
    theirs = explain_next_word(models[name], QUESTION, "hot", "oil")
    np.testing.assert_allclose(ours.signed, theirs.alti_logit.sum(0), rtol=1e-12)
    assert ours.attributed == pytest.approx(theirs.explained_logit)
    gradient = ask(models[name])
    for result in (ours, gradient):
        assert result.target_log_probability == pytest.approx(theirs.target.word_log_probability)
        assert result.foil_log_probability == pytest.approx(theirs.foil.word_log_probability)
        assert result.target_rank == theirs.target.explained.rank
        assert result.answer == theirs.candidates[0].token
        assert result.text == theirs.text


def test_gradients_of_a_decoder_are_those_of_its_probabilities(models):
    """By the definition: embeddings times the gradient of P(target) - P(foil), one backward."""
    loaded = models[OPT]
    ours = ask(loaded)
    ids = torch.tensor([ours.text.ids])
    embeddings = loaded.model.get_input_embeddings()(ids).detach().requires_grad_()
    p = loaded.model(inputs_embeds=embeddings).logits[0, -1].softmax(-1)
    target, foil = loaded.tokenizer(["hot", "oil"], add_special_tokens=False)["input_ids"]
    (p[target[0]] - p[foil[0]]).backward()
    product = (embeddings * embeddings.grad)[0].detach().numpy()
    np.testing.assert_allclose(ours.signed, product.sum(-1), atol=1e-15)
    np.testing.assert_allclose(ours.magnitude, np.linalg.norm(product, axis=-1), atol=1e-15)


@pytest.mark.parametrize("name", [T5, MARIAN, GPT2, OPT])
@pytest.mark.parametrize(("target", "foil"), [("hot", "oil"), ("hot", ""), ("hot oil", "so cold")])
@pytest.mark.parametrize("method", ["frozen", "alti_logit"])
def test_additive_methods_add_up_to_the_models_own_logit(models, name, target, foil, method):
    loaded = models[name]
    if method == "alti_logit" and name in (T5, MARIAN):
        pytest.skip("for decoders only")
    ours = ask(loaded, target, foil, method)
    sums = ours.token_signed.sum(1) + sum(ours.parts.values())
    np.testing.assert_allclose(sums, ours.token_values, atol=1e-9)
    assert ours.attributed == pytest.approx(ours.token_values.sum())
    shown = ours.explanation("signed", "raw")
    assert shown.values.sum() + shown.remainder[0] == pytest.approx(ours.attributed)
    assert not ours.explanation("signed", "share").parts
    assert not ours.explanation("magnitude", "raw").parts
    if method == "frozen" and foil and " " not in target:
        difference = ours.target_log_probability - ours.foil_log_probability
        assert ours.attributed == pytest.approx(difference), "logits differ as log-probabilities do"
    assert to_json(from_json(to_json(ours))) == to_json(ours)


def test_held_still_of_one_target_token_adds_up_too(models):
    results = [ask(models[name], "hot oil", "so cold", "frozen") for name in (T5, GPT2)]
    for one in of_one_token(results, 1):
        shown = one.explanation("signed", "raw")
        assert shown.values.sum() + shown.remainder[0] == pytest.approx(one.attributed)
        assert one.attributed == pytest.approx(one.token_values[0])


# ------------------------------------------------------------------------------------ reference values


@pytest.mark.parametrize("name", [T5, MARIAN])
def test_contrast_prob_diff_equals_the_reference(models, name):
    end = "_fixedscale" if name == MARIAN else ""
    file = FIXTURES / f"expected/inseq_{Path(name).name}_float64{end}.json"
    expected = json.loads(file.read_text())
    text = expected["text"]
    ours = ask(models[name], text["target"], text["contrast_target"], question=text["source"])
    run = expected["runs"]["ixg_contrast_prob_diff"]
    steps = len(ours.target_tokens)
    raw = np.array(run["raw_source"])[:, :steps]
    np.testing.assert_allclose(ours.token_magnitude, np.linalg.norm(raw, axis=-1).T, atol=1e-8)
    np.testing.assert_allclose(ours.token_signed, raw.sum(-1).T, atol=1e-8)
    truth = expected["truth_from_transformers"]["prob_diff_same_prefix"][:steps]
    np.testing.assert_allclose(ours.token_values, truth, atol=1e-9)
    assert ours.attributed == pytest.approx(sum(truth))
    # Weighted: shares of the source (no decoder inputs attributed) times the score of each step.
    weighted = np.array(expected["runs"]["ixg_contrast_weighted"]["source"])[:, :steps]
    shares = ours.token_magnitude / np.maximum(ours.token_magnitude.sum(1, keepdims=True), 1e-30)
    score = np.array(run["step_scores"]["contrast_prob_diff"])[:steps, None]
    np.testing.assert_allclose((shares * score).T, weighted, atol=1e-9)


# ------------------------------------------------------------------------------------------------ views


@pytest.mark.parametrize("name", [T5, GPT2, OPT])
def test_views_add_up_as_they_say(models, name):
    result = ask(models[name])
    share, weighted = result.attributions(), result.attributions("magnitude", "weighted")
    assert share.sum() + result.special_share == pytest.approx(1)
    assert weighted.sum() == pytest.approx(result.score * (1 - result.special_share))
    signed = result.attributions("signed", "raw")
    special = sum(result.signed[list(w.tokens)].sum() for w in result.text.words if w.special)
    assert signed.sum() + special == pytest.approx(result.signed.sum())
    assert len(signed) == len(result.words)


def test_models_of_different_kinds_share_their_words(models):
    question = "the water, on the day: was cold?"
    words = [[(w.text, w.start) for w in ask(m, question=question).words] for m in models.values()]
    assert words.count(words[0]) == len(words)


@pytest.mark.parametrize("name", [T5, GPT2])
def test_answers_of_several_tokens_are_summed(models, name):
    result = ask(models[name], "hot day", "oil")
    assert result.target_tokens == ("hot", "day") or len(result.target_tokens) == 2
    assert result.token_signed.shape == (2, len(result.text))
    np.testing.assert_allclose(result.token_signed.sum(0), result.signed)
    assert result.token_values.sum() == pytest.approx(result.attributed)
    assert result.score == pytest.approx(
        np.exp(result.target_log_probability) - np.exp(result.foil_log_probability)
    )
    assert "2 tokens" in result.notes[0]
    longer_foil = ask(models[name], "oil", "hot day")
    assert longer_foil.foil_log_probability == pytest.approx(result.target_log_probability)


# ---------------------------------------------------------------------------------- several, one by one


def test_failures_are_told_and_the_others_go_on():
    found = list(compare_models([T5, "no-such-model", "owner/not-here", GPT2], QUESTION, "hot", "oil"))
    done = [r for r in found if isinstance(r, ComparisonResult)]
    failed = [r for r in found if isinstance(r, ComparisonFailure)]
    assert {r.request.model for r in done} == {T5, GPT2}
    assert [f.model for f in failed] == ["no-such-model", "owner/not-here"]
    assert all(f.sentence.endswith(".") and "\n" not in f.sentence for f in failed)


def test_never_holds_more_models_than_fit():
    budget = 21_000_000
    store = ModelStore(budget, allow_any_path=True)
    for result in compare_models([T5, GPT2, OPT], QUESTION, "hot", "oil", store=store):
        assert isinstance(result, ComparisonResult), result
        assert len(store.loaded()) == 1
        assert store.used_bytes() <= budget


def test_one_too_large_for_the_budget_is_told():
    store = ModelStore(10_000, allow_any_path=True)
    (failure,) = compare_models([T5], QUESTION, "hot", store=store)
    assert "memory" in failure.sentence


def test_time_and_memory_are_measured(models):
    result = ask(models[T5])
    assert result.seconds > 0
    weights = sum(p.numel() * 8 for p in models[T5].model.parameters())
    assert weights <= result.memory_bytes < weights + 2**30


def test_half_precision_works():
    (result,) = compare_models([T5], QUESTION, "hot", "oil", dtype="bfloat16")
    assert np.isfinite(result.magnitude).all()
    assert result.model.dtype == "bfloat16"


# ------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("question", "target", "foil", "says"),
    [
        ("", "no", "yes", "question is empty"),
        (" \n", "no", "yes", "question is empty"),
        (QUESTION, " ", "yes", "target is empty"),
        (QUESTION, "no", " no ", "both"),
        (QUESTION, "no" * 200, "yes", "400 characters"),
    ],
)
def test_what_no_model_can_answer_is_refused_at_once(question, target, foil, says):
    with pytest.raises(TextError, match=says):
        next(compare_models([T5], question, target, foil))


@pytest.mark.parametrize("name", [T5, GPT2, OPT])
@pytest.mark.parametrize(
    ("question", "target", "foil", "says"),
    [
        ("the " * 2000, "hot", "oil", "at most"),
        ("x" * 1_000_000, "hot", "oil", "at most"),
        (QUESTION, "xylophone", "oil", "xylophone"),
        (QUESTION, "hot", "xylophone", "xylophone"),
        (QUESTION, "hot", "hot day", "choose another foil"),
    ],
)
def test_what_this_model_cannot_answer_is_one_sentence(models, name, question, target, foil, says):
    for method in ("input_x_gradient", "alti_logit" if name != T5 else "erasure"):
        with pytest.raises(AttributionError, match=says) as error:
            ask(models[name], target, foil, method, question)
        assert "\n" not in str(error.value)


def test_alti_logit_needs_a_decoder(models):
    with pytest.raises(UnsupportedArchitectureError, match="input x gradient"):
        ask(models[T5], method="alti_logit")


@pytest.mark.parametrize(
    "question", ["<img src=x onerror=alert(1)>", "😀 👨‍👩‍👧", "שלום עולם", "\u202e\x00", "?"]
)
def test_any_question_is_a_result_or_a_sentence(models, question):
    for loaded in models.values():
        result = ask(loaded, question=question)
        assert np.isfinite(result.attributions()).all()


def test_one_too_large_is_refused_before_it_is_downloaded():
    store = ModelStore(10**9, allow_any_path=True)
    (failure,) = compare_models(["google/flan-t5-xl"], QUESTION, "no", store=store)
    assert "memory" in failure.sentence
