"""The Python lines that a page shows give the numbers that it shows."""

import re

import numpy as np
import pytest

from attribution import compare_models, explain_next_word, faithfulness, load
from attribution.export import python
from attribution.service.next_word import run_next_word
from attribution.service.translation import run_translation
from attribution.types import ComparisonRequest, NextWordRequest, TranslationRequest

GPT2 = "tests/fixtures/models/gpt2-tiny"
T5 = "tests/fixtures/models/t5-tiny"
MARIAN = "tests/fixtures/models/marian-tiny"


def run(code, capsys):
    exec(compile(code, "snippet", "exec"), {"__name__": "snippet"})
    return [float(n) for n in re.findall(r"[-+]?\d+\.\d+(?:e-?\d+)?", capsys.readouterr().out)]


@pytest.mark.parametrize("foil", ["oil", ""])
def test_next_word(capsys, foil):
    request = NextWordRequest(GPT2, 'the "day" was long so', "hot", foil)
    printed = run(python.next_word(request), capsys)
    result = explain_next_word(load(GPT2), request.prefix, request.target, request.foil)
    shown = result.text.sum_words(result.alti_logit.sum(0))
    assert printed[: len(shown)] == pytest.approx(list(shown), abs=1e-3)
    assert printed[-1] == pytest.approx(result.explained_logit)


@pytest.mark.parametrize("method", ["alti_logit", "frozen"])
@pytest.mark.parametrize("way", ["leave out", "neutral"])
def test_faithfulness(capsys, method, way):
    request = NextWordRequest(GPT2, 'the "day" was long so', "hot", "oil", method=method)
    printed = run(python.faithfulness(request, way), capsys)
    held = faithfulness(load(GPT2), run_next_word(load(GPT2), request), way)
    assert printed[0] == pytest.approx(held.gap)
    pairs = np.stack([held.most_first, held.least_first], 1).ravel()
    assert printed[-len(pairs) :] == pytest.approx(list(pairs), abs=1e-3)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"target": "see make would hot"},
        {"target": "see make", "contrast": "see would", "attributed": "contrast_prob_diff"},
        {"method": "erasure", "beams": 1},
    ],
    ids=["own", "typed", "contrast", "greedy erasure"],
)
def test_translation(capsys, options):
    request = TranslationRequest(MARIAN, "about oil as", **options)
    printed = run(python.translation(request), capsys)
    result = run_translation(load(MARIAN), request)
    source, _ = result.attributions("magnitude", "share", words=True)
    shown = [
        x for p, row in zip(result.step_scores["probability"], source, strict=True) for x in (p, row.max())
    ]
    assert printed == pytest.approx(shown, abs=6e-3)


def test_comparison(capsys):
    requests = [
        ComparisonRequest(m, "the water on the day", "hot", "oil", "erasure", "float64") for m in (GPT2, T5)
    ]
    printed = run(python.comparison(requests), capsys)
    answers = compare_models(
        [GPT2, T5], "the water on the day", "hot", "oil", method="erasure", dtype="float64"
    )
    shown = [x for answer in answers for x in (answer.score, *answer.attributions("magnitude", "share"))]
    assert printed == pytest.approx(shown, abs=1e-3)
