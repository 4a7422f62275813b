"""The Python lines that a page shows print the numbers that it shows."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from attribution import compare_models, faithfulness, load
from attribution.charts.answer_view import AnswerView
from attribution.charts.views import SaliencyView, View, WordView
from attribution.export import python
from attribution.service.answer import run_answer
from attribution.service.comparison import run_comparison
from attribution.service.next_word import run_next_word
from attribution.service.segment_check import run_segment_check
from attribution.service.translation import run_translation
from attribution.types import (
    AnswerRequest,
    ComparisonRequest,
    Example,
    Generation,
    NextWordRequest,
    SegmentCheckRequest,
    TranslationRequest,
)

ROOT = Path(__file__).parents[1]
GPT2 = "tests/fixtures/models/gpt2-tiny"
T5 = "tests/fixtures/models/t5-tiny"
MARIAN = "tests/fixtures/models/marian-tiny"


def run(code, capsys):
    exec(compile(code, "snippet", "exec"), {"__name__": "snippet"})
    return capsys.readouterr().out


def signed(printed):
    """The numbers that are printed with a sign, which all numbers of a view are."""
    return [float(n) for n in re.findall(r"(?<= )[-+](?:nan|\d+(?:\.\d+)?(?:e[-+]\d+)?)$", printed, re.M)]


def decimals(printed):
    return [float(n) for n in re.findall(r"[-+]?\d+\.\d+(?:e-?\d+)?", printed)]


def near(values):
    return pytest.approx(list(values), rel=6e-3, abs=1e-12)


@pytest.mark.parametrize("foil", ["oil", ""])
@pytest.mark.parametrize(
    ("method", "view"),
    [
        ("alti_logit", View()),
        ("alti_logit", View("logit", "target", "tokens", "share")),
        ("alti_logit", View("alti_logit", "target", "words", "logits")),
        ("erasure", View("erasure", "contrast", "words", "share")),
        ("frozen", View("frozen", "target", "tokens", "logits")),
    ],
    ids=["start", "Logit, tokens, share", "target", "erasure", "held still"],
)
def test_next_word(capsys, foil, method, view):
    of = "contrast" if method == "alti_logit" else view.of
    request = NextWordRequest(GPT2, 'the "day" was long so', "hot", foil, method=method, of=of)
    printed = run(python.next_word(request, view), capsys)
    found = view.explanation(run_next_word(load(GPT2), request))
    first = printed.splitlines()[0]
    assert first == f"{found.rows[0]} in {found.unit}"
    assert signed(printed)[: len(found.columns)] == near(found.values[0])
    if found.parts:
        assert signed(printed)[-1] == pytest.approx(float(found.explained[0]), rel=1e-4)


@pytest.mark.parametrize("method", ["alti_logit", "frozen"])
@pytest.mark.parametrize("way", ["leave out", "neutral"])
def test_faithfulness(capsys, method, way):
    request = NextWordRequest(GPT2, 'the "day" was long so', "hot", "oil", method=method)
    printed = run(python.faithfulness(request, way), capsys)
    numbers = decimals(printed)
    held = faithfulness(load(GPT2), run_next_word(load(GPT2), request), way)
    assert numbers[0] == pytest.approx(held.gap)
    pairs = np.stack([held.most_first, held.least_first], 1).ravel()
    assert numbers[-len(pairs) :] == pytest.approx(list(pairs), abs=1e-3)


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
@pytest.mark.parametrize(
    "view",
    [
        SaliencyView(),
        SaliencyView("signed", "raw", False),
        SaliencyView("signed", "weighted", score="entropy"),
    ],
    ids=["start", "signed raw tokens", "signed weighted"],
)
def test_translation(capsys, options, view):
    request = TranslationRequest(MARIAN, "about oil as", **options)
    printed = run(python.translation(request, view), capsys)
    result = run_translation(load(MARIAN), request)
    found = view.explanation(result)
    assert printed.splitlines()[0] == found.unit
    rows = zip(result.step_scores[view.score], found.values, strict=True)
    shown = [n for score, row in rows for n in (score, *row[~np.isnan(row)])]
    assert signed(printed) == near(shown)


@pytest.mark.parametrize("steps", [(1,), (0, 1)])
def test_faithfulness_of_a_translation(capsys, steps):
    request = TranslationRequest(MARIAN, "about oil as import load", "see make would", method="erasure")
    printed = decimals(run(python.faithfulness(request, "leave out", steps), capsys))
    held = faithfulness(load(MARIAN), run_translation(load(MARIAN), request), step=steps)
    assert printed[0] == pytest.approx(held.gap)
    pairs = np.stack([held.most_first, held.least_first], 1).ravel()
    assert printed[-len(pairs) :] == pytest.approx(list(pairs), abs=1e-3)


@pytest.mark.parametrize("name", [T5, GPT2])
def test_faithfulness_of_an_answer(capsys, name):
    question = "the water: for result in the day"
    request = ComparisonRequest(name, question, "hot", "oil", "frozen", "float64")
    printed = decimals(run(python.faithfulness(request, "neutral"), capsys))
    held = faithfulness(
        load(name, dtype="float64"), run_comparison(load(name, dtype="float64"), request), "neutral"
    )
    assert printed[0] == pytest.approx(held.gap)
    pairs = np.stack([held.most_first, held.least_first], 1).ravel()
    assert printed[-len(pairs) :] == pytest.approx(list(pairs), abs=1e-3)


@pytest.mark.parametrize("view", [WordView(), WordView("magnitude", "weighted"), WordView("signed", "raw")])
def test_comparison(capsys, view):
    requests = [
        ComparisonRequest(m, "the water on the day", "hot", "oil", "erasure", "float64") for m in (GPT2, T5)
    ]
    printed = run(python.comparison(requests, view), capsys)
    answers = compare_models(
        [GPT2, T5], "the water on the day", "hot", "oil", method="erasure", dtype="float64"
    )
    found = view.explanation(list(answers))
    shown = [float(n) for n in found.values.ravel()]
    assert signed(printed)[-len(shown) :] == pytest.approx(shown, rel=6e-3, abs=1e-12, nan_ok=True)


DRAWN = Generation("sampling", temperature=0.8, top_p=0.9, seed=5, length=4)
EVERY_FIELD = AnswerRequest(
    GPT2,
    'the "day" was long. so',
    system="see make",
    document="water was hot. oil was on it.",
    examples=(Example("the water", "hot"),),
    splitting="fields",
    generation=DRAWN,
    dtype="float64",
)


@pytest.mark.parametrize(
    ("request_", "view"),
    [
        (EVERY_FIELD, AnswerView()),
        (EVERY_FIELD, AnswerView(2, "segments")),
        (AnswerRequest(GPT2, "the day was", answer="long so hot", contrast="hot oil"), AnswerView(1)),
        (
            AnswerRequest(
                GPT2, "the day was", answer_ids=(50, 60, 70), method="erasure", attributed="log_probability"
            ),
            AnswerView(columns="segments"),
        ),
        (
            AnswerRequest(GPT2, "the day was", answer="long so hot", method="alti_logit", step=1),
            AnswerView(1),
        ),
        (
            AnswerRequest(
                T5,
                "see make would hot",
                method="integrated_gradients",
                attributed="probability",
                steps=7,
                generation=Generation("beams", beams=3, length=3),
            ),
            AnswerView(),
        ),
    ],
    ids=[
        "all fields",
        "a word by segments",
        "contrast",
        "erasure of tokens",
        "ALTI-Logit",
        "integrated, beams",
    ],
)
def test_answer(capsys, request_, view):
    printed = run(python.answer(request_, view), capsys)
    result = run_answer(load(request_.model, dtype=request_.dtype), request_)
    found, parts = view.explanation(result), view.segments(result)
    shown = []
    for k, row in enumerate(found.values):
        shown += [found.explained[k], *row[~np.isnan(row)], *(part[k] for part in found.parts.values())]
    assert signed(printed) == near([*shown, *parts.values[0]])
    assert printed.startswith(f"{result.answer_text}\n{found.unit}\n")


def test_segment_check(capsys):
    request = SegmentCheckRequest(EVERY_FIELD, subsets=9, seed=4)
    printed = run(python.segment_check(request), capsys)
    check = run_segment_check(load(GPT2, dtype="float64"), request)
    assert f"LDS: {check.lds} by chance: {check.random_lds[0]}" in printed
    for segment, lost, credited in zip(check.segments, check.left_out, check.credited, strict=True):
        assert f"{segment.name} lost {lost:+.3g} nats, credited {credited:+.3g}\n" in printed


def test_a_model_that_fails_does_not_stop_the_lines_of_a_comparison(capsys):
    requests = [ComparisonRequest(m, "the water", "hot", "oil") for m in (GPT2, "tests/fixtures/nowhere")]
    assert "rank" in run(python.comparison(requests), capsys)


def test_the_lines_run_from_anywhere_and_say_how_to_install(tmp_path):
    request = NextWordRequest(str(ROOT / GPT2), "the day was", "hot", "oil")
    code = python.next_word(request)
    assert "pip install -e" in code.splitlines()[0]
    script = tmp_path / "lines.py"
    script.write_text(code)
    ran = subprocess.run(
        [sys.executable, str(script)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    assert "all together" in ran.stdout
