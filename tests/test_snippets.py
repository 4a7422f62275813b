"""The Python lines that a page shows give the numbers that it shows."""

import re

import pytest

from attribution import explain_next_word, load
from attribution.service.translation import run_translation
from attribution.types import NextWordRequest, TranslationRequest
from attribution.ui import explain

GPT2 = "tests/fixtures/models/gpt2-tiny"
MARIAN = "tests/fixtures/models/marian-tiny"


def run(code, capsys):
    exec(compile(code, "snippet", "exec"), {"__name__": "snippet"})
    return [float(n) for n in re.findall(r"[-+]?\d+\.\d+(?:e-?\d+)?", capsys.readouterr().out)]


@pytest.mark.parametrize("foil", ["oil", ""])
def test_next_word(capsys, foil):
    request = NextWordRequest(GPT2, 'the "day" was long so', "hot", foil)
    printed = run(explain.next_word_snippet(request), capsys)
    result = explain_next_word(load(GPT2), request.prefix, request.target, request.foil)
    shown = result.text.sum_words(result.alti_logit.sum(0))
    assert printed[: len(shown)] == pytest.approx(list(shown), abs=1e-3)
    assert printed[-1] == pytest.approx(result.explained_logit)


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
    printed = run(explain.translation_snippet(request), capsys)
    result = run_translation(load(MARIAN), request)
    source, _ = result.attributions("magnitude", "share", words=True)
    shown = [
        x for p, row in zip(result.step_scores["probability"], source, strict=True) for x in (p, row.max())
    ]
    assert printed == pytest.approx(shown, abs=6e-3)
