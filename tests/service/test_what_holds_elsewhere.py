"""Does it hold? of translations and comparisons: equal to reading the changed texts one by one."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from attribution import explain_translation, faithfulness, from_json, load, method_rows, to_json
from attribution.service.comparison import run_comparison
from attribution.service.cost import Speeds, passes
from attribution.service.faithfulness import run_faithfulness, run_left_out
from attribution.service.translation import run_expected, run_translation
from attribution.types import (
    ComparisonRequest,
    ExpectedRequest,
    FaithfulnessRequest,
    LeftOutRequest,
    NextWordRequest,
    TextError,
    TranslationRequest,
)

MODELS = "tests/fixtures/models"
SOURCE, TARGET, OTHER = "the people could see the water", "they find it so cold", "they find the oil hot"
QUESTION = "the water on the day was cold and"


@pytest.fixture(scope="module")
def translator():
    return load(f"{MODELS}/marian-tiny", dtype="float64")


@pytest.fixture(scope="module", params=["t5-tiny", "gpt2-tiny", "opt-tiny", "bloom-tiny"])
def answers(request):
    return load(f"{MODELS}/{request.param}", dtype="float64")


@torch.no_grad()
def read(loaded, source, inputs, target, foil, of):
    """What the model says of these ids: a logit, log-probability or difference of the next token."""
    logits = loaded.model(
        input_ids=torch.tensor([source]), decoder_input_ids=torch.tensor([inputs]), use_cache=False
    ).logits[0, -1]
    logits = logits if of == "logit" or foil is not None else logits.log_softmax(-1)
    return float(logits[target] - (logits[foil] if foil is not None else 0))


# ----------------------------------------------------------------------------------------- translations


@pytest.mark.parametrize(
    ("attributed", "contrast"), [("log_probability", None), ("logit", None), ("contrast_logits_diff", OTHER)]
)
def test_curves_of_a_target_word_are_what_the_model_says_of_the_shortened_texts(
    translator, attributed, contrast
):
    result = explain_translation(
        translator, SOURCE, TARGET, method="erasure", attributed=attributed, contrast=contrast
    )
    step = 3
    held = faithfulness(translator, result, step=step, orders=8)
    source = [w for w in result.source.words if not w.special]
    before = [w for w in result.prefix.words if not w.special and max(w.tokens) <= step]
    assert held.words == tuple(w.text for w in (*source, *before))
    assert held.target == result.target.words[step].text
    foil = result.contrast.ids[result.alignment[step]] if contrast else None
    order = np.argsort(-held.values, kind="stable")
    for curve, ranking in ((held.most_first, order), (held.least_first, order[::-1])):
        for gone in range(len(held.words)):  # all but the text of no words, where a neutral one stands in
            removed = set(ranking[:gone])
            lost = {t for k, w in enumerate(source) if k in removed for t in w.tokens}
            lost_before = {t for k, w in enumerate(before, len(source)) if k in removed for t in w.tokens}
            ids = [i for k, i in enumerate(result.source.ids) if k not in lost]
            inputs = [i for k, i in enumerate(result.prefix.ids[: step + 1]) if k not in lost_before]
            expected = read(translator, ids, inputs, result.target.ids[step], foil, attributed)
            assert curve[gone] == pytest.approx(expected, abs=1e-9)
    assert held.most_first[0] == pytest.approx(result.attributed_values[step])
    shown = [k for k, w in enumerate(result.source.words) if not w.special]
    np.testing.assert_allclose(held.left_out[: len(source)], result.left_out[step, shown], atol=1e-9)
    assert to_json(from_json(to_json(held))) == to_json(held)


def test_a_word_of_several_tokens_is_the_mean_of_them(translator):
    result = explain_translation(translator, SOURCE, TARGET, method="erasure", attributed="log_probability")
    held = faithfulness(translator, result, step=[2, 3])
    assert held.most_first[0] == pytest.approx(result.attributed_values[2:4].mean())
    source = [k for k, w in enumerate(result.source.words) if not w.special]
    np.testing.assert_allclose(held.left_out[: len(source)], result.left_out[2:4, source].mean(0), atol=1e-9)
    assert len(held.words) == len(source) + 2, "the first two words of the target stand before both"


def test_every_method_is_measured_on_one_translation_and_one_number(translator):
    request = TranslationRequest(translator.info.id, SOURCE, method="erasure", attributed="log_probability")
    request = replace(request, dtype="float64")
    methods = tuple(row.id for row in method_rows("translation"))
    found = run_faithfulness(translator, FaithfulnessRequest(request, methods=methods, steps=(1,)))
    assert [r.request.method for r in found] == list(methods)
    assert {r.explained for r in found} == {"log_probability"}
    assert len({r.most_first[0] for r in found}) == 1
    by_name = {r.request.method: r for r in found}
    assert by_name["frozen"].request.attributed == "logit", "held still explains logits only"
    assert not any(r.request.target_ids for r in found)
    whole = run_translation(translator, request)
    alone = faithfulness(translator, whole, step=1)
    np.testing.assert_allclose(by_name["erasure"].most_first, alone.most_first, atol=1e-9)
    frozen = run_translation(translator, by_name["frozen"].request)
    row = frozen.explanation("signed", "raw")
    assert by_name["frozen"].carried == pytest.approx(np.nansum(row.values[1]) / row.explained[1])


def test_a_translation_given_as_tokens_is_the_same(translator):
    typed = run_translation(translator, TranslationRequest(translator.info.id, SOURCE, TARGET))
    given = TranslationRequest(translator.info.id, SOURCE, target_ids=typed.target.ids)
    again = run_translation(translator, given)
    assert not again.generated
    assert again.target == typed.target
    np.testing.assert_array_equal(again.source_signed, typed.source_signed)
    for wrong in ((10**9,), (-1,), (1.5,), ("a",)):
        with pytest.raises(TextError, match="tokens of a translation"):
            run_translation(translator, replace(given, target_ids=wrong))


@pytest.mark.parametrize("contrast", [None, OTHER])
def test_what_the_model_expects_at_a_step(translator, contrast):
    attributed = "contrast_logits_diff" if contrast else "probability"
    request = TranslationRequest(
        translator.info.id, SOURCE, TARGET, attributed=attributed, contrast=contrast or ""
    )
    result = run_translation(translator, request)
    found = run_expected(translator, ExpectedRequest(request, 2))
    assert found.target.id == result.target.ids[2]
    assert found.target.probability == pytest.approx(result.step_scores["probability"][2])
    assert found.target.logit == pytest.approx(result.step_scores["logit"][2])
    assert [c.rank for c in found.candidates[:10]] == list(range(1, 11))
    assert (found.foil is None) == (contrast is None)
    assert [w.text for w in found.before.words] == TARGET.split()[:2]
    assert to_json(from_json(to_json(found))) == to_json(found)
    with pytest.raises(TextError, match="step"):
        run_expected(translator, ExpectedRequest(request, 99))


@pytest.mark.parametrize(
    ("step", "says"),
    [(None, "word by word"), (99, "numbered 0 to"), (-1, "numbered 0 to"), ([0, 2], "one after the other")],
)
def test_steps_that_are_no_word_are_a_sentence(translator, step, says):
    result = explain_translation(translator, SOURCE, TARGET)
    with pytest.raises(TextError, match=says):
        faithfulness(translator, result, step=step)


# -------------------------------------------------------------------------------------------- comparisons


@pytest.mark.parametrize("method", ["erasure", "frozen", "saliency"])
@pytest.mark.parametrize(("target", "foil"), [("hot", "oil"), ("hot oil", "so cold"), ("hot", "")])
def test_a_models_answer_starts_with_its_own_value_and_loses_what_left_out_says(
    answers, method, target, foil
):
    request = ComparisonRequest(
        answers.info.id, QUESTION, target, foil, method, "float64", attributed="log_probability"
    )
    result = run_comparison(answers, request)
    held = faithfulness(answers, result)
    assert held.words == tuple(w.text for w in result.words)
    assert held.most_first[0] == pytest.approx(result.attributed)
    assert held.most_first[-1] == pytest.approx(held.least_first[-1]), "without words there is no order"
    known = [k for k, w in enumerate(result.text.words) if not w.special]
    if result.left_out.size:
        np.testing.assert_allclose(held.left_out, result.left_out[known], atol=1e-9)
    alone = run_left_out(answers, LeftOutRequest(request))
    np.testing.assert_allclose(alone.values, held.left_out, atol=1e-9)
    assert alone.words == held.words
    assert to_json(from_json(to_json(held))) == to_json(held)


def test_every_method_is_measured_on_one_answer(answers):
    methods = tuple(row.id for row in method_rows("comparison"))
    request = ComparisonRequest(answers.info.id, QUESTION, "hot", "oil", "frozen", "float64")
    found = run_faithfulness(answers, FaithfulnessRequest(request, methods=methods))
    left = {"alti_logit"} if answers.info.kind == "encoder-decoder" else set()
    assert {r.request.method for r in found} == set(methods) - left
    assert {r.explained for r in found} == {"contrast_logits_diff"}
    by_name = {r.request.method: r for r in found}
    assert by_name["erasure"].request.attributed == "log_probability", "that of the logit, as held still"
    assert np.isfinite(by_name["frozen"].carried)


def test_alti_logit_of_an_answer_of_several_tokens_is_that_of_the_first_that_differs():
    loaded = load(f"{MODELS}/gpt2-tiny", dtype="float64")
    request = ComparisonRequest(loaded.info.id, QUESTION, "hot oil", "hot water", "alti_logit", "float64")
    result = run_comparison(loaded, request)
    held = faithfulness(loaded, result)
    assert held.most_first[0] == pytest.approx(result.attributed)
    np.testing.assert_allclose(held.left_out, result.left_out, atol=1e-9)


def test_progress_rises_and_ends_and_leaves_no_hook(answers):
    seen = []
    request = ComparisonRequest(answers.info.id, QUESTION, "hot", "oil", "erasure", "float64")
    run_faithfulness(answers, FaithfulnessRequest(request, methods=("frozen", "gim")), seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in answers.model.modules())


def test_a_record_without_a_kind_is_that_of_a_next_word():
    asked = FaithfulnessRequest(NextWordRequest("gpt2-tiny", "the day", "hot"))
    assert '"kind"' not in to_json(asked)
    assert from_json(to_json(asked)) == asked
    other = FaithfulnessRequest(ComparisonRequest("gpt2-tiny", "the day", "hot"), steps=(1, 2))
    assert from_json(to_json(other)) == other


def test_dearer_questions_cost_more():
    asked = TranslationRequest("english-spanish", SOURCE, method="erasure")
    one, every = FaithfulnessRequest(asked), FaithfulnessRequest(asked, methods=("erasure", "gim"))
    costs = [passes(r) for r in (ExpectedRequest(asked), LeftOutRequest(asked), one, every)]
    assert costs == sorted(costs)
    assert Speeds().seconds(every) > 0


def test_who_stops_it_stops_it_at_once_and_nothing_stays(translator):
    request = TranslationRequest(translator.info.id, SOURCE, TARGET, "frozen", "logit", dtype="float64")
    told = []

    def stop(fraction):
        told.append(fraction)
        if len(told) == 3:
            raise KeyError("stopped")

    for run, asked in (
        (run_faithfulness, FaithfulnessRequest(request, steps=(2,))),
        (run_left_out, LeftOutRequest(request, (2,))),
    ):
        told.clear()
        with pytest.raises(KeyError):
            run(translator, asked, stop)
        assert len(told) == 3
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in translator.model.modules())
    assert all(p.requires_grad for p in translator.model.parameters()) or not any(
        p.requires_grad for p in translator.model.parameters()
    )
