"""What is kept of results: within its budget, the least recently used dropped first, never an error."""

import pickle
from dataclasses import fields, is_dataclass
from pathlib import Path

import numpy as np
import pytest

from attribution import load
from attribution.results import Job, Results
from attribution.service.comparison import run_comparison
from attribution.service.next_word import run_next_word
from attribution.service.translation import run_translation
from attribution.types import (
    AttributionError,
    ComparisonRequest,
    NextWordRequest,
    TextError,
    TranslationRequest,
)

FIXTURES = Path(__file__).parent / "fixtures" / "models"
ONE = len(pickle.dumps("x" * 1000, pickle.HIGHEST_PROTOCOL))


@pytest.fixture
def computed():
    return []


@pytest.fixture
def results(computed):
    """Results of 1000 characters, with room for three."""

    def compute(request, job):
        computed.append(request)
        if request == "wrong":
            raise ValueError(request)
        return request * 1000

    return Results(compute, 3 * ONE)


def test_the_least_recently_used_goes_first(results, computed):
    for request in "abcad":
        assert results(request) == request * 1000
    assert computed == ["a", "b", "c", "d"]
    assert results.get("b") is None
    assert [results.get(request) is not None for request in "acd"] == [True] * 3
    assert results("b") == "b" * 1000
    assert computed == ["a", "b", "c", "d", "b"]


def test_all_get_the_same_one(results):
    assert results("a") is results("a")
    assert results.get("a") is results("a")


def test_one_larger_than_the_budget_is_given_but_not_kept(computed):
    small = Results(lambda request, job: request * 1000, ONE // 2)
    assert small("a") == "a" * 1000
    assert small.get("a") is None


def test_an_error_is_not_kept(results, computed):
    for _ in range(2):
        with pytest.raises(AttributionError, match="does not know \\(ValueError\\)") as told:
            results("wrong")
        assert str(told.value.__cause__) == "wrong"  # for the log, not for the page
    assert computed == ["wrong", "wrong"]


def test_a_sentence_of_the_computation_itself_is_told_as_it_is():
    def refuse(request, job):
        raise TextError("Type a text.")

    with pytest.raises(TextError, match="Type a text"):
        Results(refuse, ONE)("a")


def test_cleared_means_forgotten(results, computed):
    results("a")
    results.clear()
    assert results.get("a") is None


def test_what_remains_is_told_by_the_pace_without_what_came_before_the_first_chunk(monkeypatch):
    job, clock = Job(0.0, lambda _: False), [0.0]
    monkeypatch.setattr(type(job.turn), "ran", property(lambda _: clock[0]))
    for seconds, fraction in ((5.0, 0.0), (6.0, 0.1), (7.0, 0.2)):
        assert job.remaining is None
        clock[0] = seconds
        job.progress(fraction)
    assert job.remaining == pytest.approx(8)
    clock[0] = 7.5
    assert job.remaining == pytest.approx(7.5)
    clock[0] = 8.0
    job.progress(0.3)
    assert job.remaining == pytest.approx(7)


def arrays(value):
    """All arrays in a result."""
    if isinstance(value, np.ndarray):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from arrays(getattr(value, field.name))
    elif isinstance(value, dict):
        for part in value.values():
            yield from arrays(part)


@pytest.mark.parametrize(
    ("model", "run", "request_"),
    [
        ("gpt2-tiny", run_next_word, NextWordRequest("", "the water on the day", "hot", "oil")),
        ("marian-tiny", run_translation, TranslationRequest("", "the water", method="erasure", max_length=4)),
        ("t5-tiny", run_comparison, ComparisonRequest("", "the water", "hot", "oil")),
    ],
)
def test_no_visitor_can_change_what_others_see(model, run, request_):
    found = list(arrays(run(load(str(FIXTURES / model)), request_)))
    assert len(found) > 3
    for array in found:
        assert not array.flags.writeable
