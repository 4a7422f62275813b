"""The Python lines that a page shows give the numbers that it shows."""

import re

import pytest

from attribution import explain_next_word, load
from attribution.types import NextWordRequest
from attribution.ui import explain

GPT2 = "tests/fixtures/models/gpt2-tiny"


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
