"""How long an explanation takes is told from those before it."""

from dataclasses import replace

import pytest

from attribution.service.cost import Speeds, passes
from attribution.types import ComparisonRequest, NextWordRequest, TranslationRequest

TEXT = "The quiet woman is in the kitchen today. "
REQUESTS = [
    NextWordRequest("english-lm", TEXT, ""),
    TranslationRequest("english-spanish", TEXT, method="integrated_gradients"),
    TranslationRequest("english-spanish", TEXT, target=TEXT, method="erasure"),
    TranslationRequest("english-spanish", TEXT, method="cross_attention"),
    ComparisonRequest("yes-no-base", TEXT, "no", method="erasure"),
]


def longer(request):
    name = {NextWordRequest: "prefix", TranslationRequest: "source", ComparisonRequest: "question"}[
        type(request)
    ]
    return replace(request, **{name: 3 * getattr(request, name)})


@pytest.mark.parametrize("request_", REQUESTS)
def test_a_longer_text_takes_longer(request_):
    assert passes(longer(request_)) > 1.5 * passes(request_)
    speeds = Speeds()
    assert speeds.seconds(longer(request_)) > speeds.seconds(request_) > 0


def test_more_nodes_and_dearer_methods_take_longer():
    base = TranslationRequest("english-spanish", TEXT)
    costs = [
        passes(replace(base, method="cross_attention")),
        passes(base),
        passes(replace(base, method="integrated_gradients", steps=10)),
        passes(replace(base, method="integrated_gradients", steps=50)),
    ]
    assert costs == sorted(costs)
    assert len(set(costs)) == 4


@pytest.mark.parametrize("request_", REQUESTS)
def test_nothing_is_said_before_anything_is_measured_and_a_measured_one_is_told_exactly(request_):
    speeds = Speeds()
    assert speeds.measured(request_) is None
    speeds.learn(request_, 1.0, 20.0)
    assert speeds.measured(request_) == pytest.approx(20)
    assert speeds.seconds(request_) == pytest.approx(20)
    assert speeds.measured(longer(request_)) > 30
    assert speeds.measured(replace(request_, model="another")) is None


def test_a_part_tells_the_whole_and_a_short_one_nothing_of_a_long_one():
    speeds, request = Speeds(), REQUESTS[1]
    speeds.learn(request, 0.25, 5.0)
    assert speeds.measured(request) == pytest.approx(20)
    speeds.learn(replace(request, source="Hello", steps=1), 1.0, 0.6)
    assert speeds.measured(request) == pytest.approx(20)
    speeds.learn(request, 1.0, 0.01)
    assert speeds.measured(request) == pytest.approx(20), "too short to tell a speed"


def test_a_model_nobody_knows_has_an_estimate_too():
    assert Speeds().seconds(NextWordRequest("https://nowhere", TEXT, "")) > 0
