"""Does it hold? of one word of an answer: equal to the same question asked as a next word."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from attribution import explain_answer, explain_next_word, faithfulness, from_json, load, method_rows, to_json
from attribution.charts import findings
from attribution.charts.recipes import Recipe
from attribution.export.python import faithfulness as lines
from attribution.service.cost import passes
from attribution.service.faithfulness import run_faithfulness, run_left_out
from attribution.types import AnswerRequest, Example, FaithfulnessRequest, LeftOutRequest, TextError
from tests.service.answers import ANSWER, MODELS, PROMPT, TEMPLATE, gpt2, t5

__all__ = ["gpt2", "t5"]
STEP = 5


def asked(loaded, **options):
    request = AnswerRequest(loaded.info.id, PROMPT, answer=ANSWER, dtype="float64")
    return replace(request, **options)


# -------------------------------------------------------------------------------------------- exactness


@pytest.mark.parametrize("way", ["leave out", "neutral"])
@pytest.mark.parametrize("foil", ["", "hot"])
@pytest.mark.parametrize("method", ["alti_logit", "frozen", "gim", "input_x_gradient"])
def test_a_word_of_an_answer_holds_as_the_same_next_word_does(gpt2, method, foil, way):
    answer = explain_answer(gpt2, PROMPT, ANSWER, method=method, step=STEP, contrast=foil)
    before = " ".join([PROMPT, *ANSWER.split()[:STEP]])
    word = explain_next_word(gpt2, before, ANSWER.split()[STEP], foil, method=method)
    held, alone = (faithfulness(gpt2, result, way, orders=8) for result in (answer, word))
    assert held.words == alone.words
    np.testing.assert_allclose(held.values, alone.values, atol=1e-9)
    np.testing.assert_allclose(held.left_out, alone.left_out, atol=1e-9)
    for name, curve in alone.curves.items():
        np.testing.assert_allclose(held.curves[name], curve, atol=1e-9)
    for name in ("gap", "random_gap", "lds", "random_lds", "agreement", "carried"):
        assert getattr(held, name) == pytest.approx(getattr(alone, name), abs=1e-9, nan_ok=True)
    assert held.verdict == alone.verdict
    assert (held.target, held.steps) == ("cold", (STEP,))
    assert bool(held.foil) == bool(foil)
    assert to_json(from_json(to_json(held))) == to_json(held)


@pytest.mark.parametrize("attributed", ["logit", "log_probability", "probability"])
def test_words_of_an_encoder_decoders_prompt_and_of_the_answer_so_far(t5, attributed):
    result = explain_answer(t5, PROMPT, ANSWER, method="gim", attributed=attributed)
    step = 3
    held = faithfulness(t5, result, step=step, orders=4)
    prompt = [w for w in result.prompt.words if not w.special]
    before = [w for w in result.answer.words if max(w.tokens) < step]
    assert held.words == tuple(w.text for w in (*prompt, *before))
    assert held.most_first[0] == pytest.approx(result.explained[step])
    start = t5.model.config.decoder_start_token_id
    for k, lost in enumerate(held.left_out):
        gone = set(prompt[k].tokens) if k < len(prompt) else set()
        gone_before = set(before[k - len(prompt)].tokens) if k >= len(prompt) else set()
        ids = [i for c, i in enumerate(result.prompt.ids) if c not in gone]
        inputs = [start, *(i for c, i in enumerate(result.answer.ids[:step]) if c not in gone_before)]
        with torch.no_grad():
            logits = t5.model(input_ids=torch.tensor([ids]), decoder_input_ids=torch.tensor([inputs])).logits[
                0, -1
            ]
        scores = {
            "logit": logits,
            "log_probability": logits.log_softmax(-1),
            "probability": logits.softmax(-1),
        }
        without = float(scores[attributed][result.answer.ids[step]])
        assert lost == pytest.approx(result.explained[step] - without, abs=1e-9)


def test_a_word_of_several_tokens_is_the_mean_of_them(gpt2):
    result = explain_answer(gpt2, PROMPT, ANSWER, method="frozen")
    held = faithfulness(gpt2, result, step=[2, 3], orders=4)
    size = len(result.prompt)
    assert len(held.words) == size + 2, "what is written from the first of them on stays"
    np.testing.assert_allclose(held.values[:size], result.values[2:4, :size].mean(0), atol=1e-9)
    assert held.most_first[0] == pytest.approx(result.explained[2:4].mean())


def test_every_method_is_measured_on_one_answer_and_one_number(gpt2):
    request = AnswerRequest(gpt2.info.id, PROMPT, attributed="probability", method="gim", dtype="float64")
    methods = tuple(row.id for row in method_rows("answer"))
    asked = FaithfulnessRequest(request, methods=methods, steps=(2,))
    seen = []
    found = run_faithfulness(gpt2, asked, seen.append)
    assert seen == sorted(seen)
    assert [r.request.method for r in found] == list(methods)
    by_name = {r.request.method: r for r in found}
    assert {r.explained for r in found} == {"probability"}
    assert len({r.most_first[0] for r in found}) == 1
    assert by_name["frozen"].request.attributed == by_name["alti_logit"].request.attributed == "logit"
    assert all((r.request.answer_ids, r.request.step) == ((), -1) for r in found), "as it was asked"
    whole = explain_answer(gpt2, PROMPT, attributed="probability", method="gim")
    alone = faithfulness(gpt2, whole, step=2)
    np.testing.assert_allclose(by_name["gim"].values, alone.values, atol=1e-9)
    left = run_left_out(gpt2, LeftOutRequest(request, (2,)))
    np.testing.assert_allclose(left.values, alone.left_out, atol=1e-9)
    assert (left.words, left.source) == (alone.words, len(whole.prompt))
    assert from_json(to_json(asked)) == asked


def test_a_template_is_never_taken_away():
    loaded = load(str(MODELS / "gpt2-tiny"), device="cpu", dtype="float64")
    loaded.tokenizer.chat_template = TEMPLATE
    result = explain_answer(loaded, PROMPT, ANSWER, system="people like winter", document="the water is cold")
    held = faithfulness(loaded, result, step=1, orders=4)
    typed = f"people like winter the water is cold {PROMPT} water"
    assert held.words == tuple(typed.split())


# ------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("step", "says"),
    [(None, "word by word"), (99, "numbered 0 to 5"), (-1, "numbered 0 to"), ([0, 2], "one after the other")],
)
def test_steps_that_are_no_word_are_a_sentence(gpt2, step, says):
    result = explain_answer(gpt2, PROMPT, ANSWER)
    with pytest.raises(TextError, match=says):
        faithfulness(gpt2, result, step=step)


def test_a_token_that_the_result_does_not_explain_is_a_sentence(gpt2):
    result = explain_answer(gpt2, PROMPT, ANSWER, step=2)
    assert faithfulness(gpt2, result, orders=4).steps == (2,)
    with pytest.raises(TextError, match="Token 3 of the answer is not explained"):
        faithfulness(gpt2, result, step=3)


def test_a_prompt_of_too_many_words_is_a_sentence(english_lm):
    result = explain_answer(english_lm, "cold " * 210, "day", method="input_x_gradient")
    with pytest.raises(TextError, match="measured up to 200"):
        faithfulness(english_lm, result, step=0)


@pytest.fixture(scope="module")
def english_lm():
    return load("english-lm", device="cpu")


# ------------------------------------------------------------------------------------------ said and drawn


def test_it_is_said_and_drawn_of_which_word(gpt2):
    request = asked(gpt2, attributed="probability", method="gim")
    found = run_faithfulness(gpt2, FaithfulnessRequest(request, methods=("gim", "frozen"), steps=(STEP,)))
    assert "probability of cold" in findings.holds(found[0]).plain
    for kind, results in (("does-it-hold", found[:1]), ("which-method-holds", found)):
        figure = Recipe(kind, results).figure("light")
        assert PROMPT in figure.caption
        assert "token 6 of the answer" in figure.caption
    assert any("of the logit" in method for method in figure.table["method"])


def test_the_python_lines_give_the_same_numbers():
    request = AnswerRequest("english-lm", "The keys on the table", document="It is day.", method="gim")
    request = replace(request, examples=(Example("One cat", "and two cats"),), splitting="fields")
    request = replace(request, generation=replace(request.generation, length=3, search="sampling", seed=4))
    space = {}
    exec(compile(lines(request, "neutral", (2,)), "lines", "exec"), space)
    (expected,) = run_faithfulness(
        space["model"], FaithfulnessRequest(request, replace="neutral", steps=(2,))
    )
    assert space["held"].gap == pytest.approx(expected.gap)
    assert space["held"].words == expected.words


def test_all_methods_cost_more_than_one_and_one_word_less_than_all(gpt2):
    request = asked(gpt2)
    one, every = (
        FaithfulnessRequest(request, steps=(1,)),
        FaithfulnessRequest(request, methods=("gim", "erasure"), steps=(1,)),
    )
    assert passes(one) < passes(every)
    assert passes(one) < passes(replace(one, steps=()))
