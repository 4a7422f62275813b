"""Many sessions on one model: the numbers of a single one, nothing left behind, one request computed once."""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch

from attribution import cached
from attribution.models import memory, store
from attribution.models.loading import load
from attribution.models.store import ModelStore
from attribution.service.comparison import compare_one
from attribution.service.next_word import run_next_word
from attribution.service.translation import run_translation
from attribution.types import ComparisonRequest, ModelTooLargeError, NextWordRequest, TranslationRequest

FIXTURES = Path(__file__).parent / "fixtures" / "models"
TEXTS = ("the water on the day was cold and", "the oil was hot", "a long day on the water", "and so the")
WAIT = 60
"""Seconds after which a thread is taken to hang."""


@pytest.fixture(autouse=True)
def settings(monkeypatch):
    monkeypatch.setenv("WHY_MODELS_DIR", str(FIXTURES))
    monkeypatch.delenv("WHY_ALLOWED_MODELS", raising=False)
    cached.store.clear()
    for function in (cached.next_word, cached.translation, cached.comparison):
        function.clear()


def ask(models, request):
    run = {
        NextWordRequest: run_next_word,
        TranslationRequest: run_translation,
        ComparisonRequest: compare_one,
    }[type(request)]
    with models.using(request.model, request.dtype) as loaded:
        return run(loaded, request)


def numbers(result):
    """All arrays and numbers of a result that do not depend on the time it took."""
    if hasattr(result, "rollout"):
        c = result.target_contributions
        return [result.alti, result.rollout, c.logit, c.alti_logit, c.mlp, np.array(c.explained_logit)]
    if hasattr(result, "source_magnitude"):
        scores = list(result.step_scores.values())
        return [result.source_magnitude, result.prefix_signed, result.attributed_values, *scores]
    return [result.magnitude, result.signed, np.array([result.score, result.attributed])]


def state(model):
    """Hooks, flags and gradients of every part of a model."""
    hooks = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    modules = [
        [len(getattr(module, name)) for name in hooks] + [module.training] for module in model.modules()
    ]
    return modules, [(p.requires_grad, p.grad is None) for p in model.parameters()]


def at_once(work, items):
    """Does all the work in as many threads, which begin together."""
    items = list(items)
    start = threading.Barrier(len(items))

    def begin(item):
        start.wait(WAIT)
        return work(item)

    with ThreadPoolExecutor(len(items)) as pool:
        return list(pool.map(begin, items, timeout=WAIT))


def requests():
    for text in TEXTS:
        yield NextWordRequest("gpt2-tiny", text, "hot", "oil")
        yield NextWordRequest("bloom-tiny", text, "hot")
        yield TranslationRequest("marian-tiny", text, max_length=6)
        yield TranslationRequest("t5-tiny", text, target="the day", method="integrated_gradients", steps=4)
        yield ComparisonRequest("gpt2-tiny", text, "hot", "oil")


def test_explanations_at_once_are_those_of_one_after_another():
    asked = list(requests())
    one_by_one = ModelStore()
    alone = [numbers(ask(one_by_one, request)) for request in asked]
    models = ModelStore()
    before = {}
    for name in {request.model for request in asked}:
        with models.using(name) as loaded:
            before[name] = state(loaded.model)
    together = at_once(lambda request: numbers(ask(models, request)), asked)
    for request, one, other in zip(asked, alone, together, strict=True):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            assert np.array_equal(a, b, equal_nan=True), request
    for name, was in before.items():
        assert models.users(name) == 0
        with models.using(name) as loaded:
            assert state(loaded.model) == was


def test_they_are_also_right_while_models_push_each_other_out(monkeypatch):
    asked = [r for r in requests() if r.model in ("gpt2-tiny", "bloom-tiny")]
    alone = [numbers(ask(ModelStore(), request)) for request in asked[:3]]
    models = ModelStore(int(1.5 * memory.needed(43424, "float32")))
    loads, dropped = [], []
    monkeypatch.setattr(store, "load", lambda spec, **options: loads.append(spec) or load(spec, **options))
    drop = models._drop
    monkeypatch.setattr(models, "_drop", lambda key: dropped.append(models._slots[key].users) or drop(key))
    together = at_once(lambda request: numbers(ask(models, request)), asked)
    for one, other in zip(alone, together, strict=False):
        assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, other, strict=True))
    assert len(loads) == len(dropped) + 1
    assert set(dropped) <= {0}, "a model in use was dropped"


@pytest.mark.parametrize(
    ("function", "request_"),
    [
        (cached.next_word, NextWordRequest("gpt2-tiny", TEXTS[0], "hot", "oil")),
        (cached.translation, TranslationRequest("marian-tiny", TEXTS[0], max_length=6)),
        (cached.comparison, ComparisonRequest("t5-tiny", TEXTS[0], "hot", "oil")),
    ],
)
def test_what_all_ask_for_is_computed_once(function, request_, caplog, monkeypatch):
    monkeypatch.setattr(cached.log, "propagate", True)
    with caplog.at_level(logging.INFO, "why_this_word"):
        results = at_once(lambda _: numbers(function(request_)), range(12))
    lines = [record.getMessage() for record in caplog.records if record.name == "why_this_word"]
    assert len(lines) == 1
    assert request_.model in lines[0]
    assert "water" not in lines[0], "a text in the log"
    for other in results[1:]:
        assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(results[0], other, strict=True))


@pytest.mark.parametrize(
    ("function", "name", "request_"),
    [
        (cached.next_word, "run_next_word", NextWordRequest("gpt2-tiny", TEXTS[0], "hot")),
        (cached.translation, "run_translation", TranslationRequest("marian-tiny", TEXTS[0], max_length=6)),
        (cached.comparison, "compare_one", ComparisonRequest("t5-tiny", TEXTS[0], "hot", "oil")),
    ],
)
@pytest.mark.parametrize("error", [torch.OutOfMemoryError("CUDA out of memory"), MemoryError()])
def test_memory_that_runs_out_is_a_sentence_and_the_next_request_works(
    function, name, request_, error, monkeypatch
):
    def full(*_):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(cached, name, full)
        with pytest.raises(ModelTooLargeError, match=r"ran out of memory.*shorten it"):
            function(request_)
    assert cached.store().users(request_.model) == 0
    assert numbers(function(request_))


def wait_until(true):
    for _ in range(20 * WAIT):
        if true():
            return
        time.sleep(0.05)
    pytest.fail("it did not happen in time")


def test_who_waits_is_told_the_place_and_comes_in_order(monkeypatch):
    monkeypatch.setattr(store, "LOOK_UP", 0.05)
    models, order, places = ModelStore(), [], {name: [] for name in "bcd"}

    class GoneAway(Exception):
        pass

    def visit(name):
        def show(before):
            places[name].append(before)
            if name == "c" and order:
                raise GoneAway

        with suppress(GoneAway), models.turn("gpt2-tiny", "float32", show):
            order.append(name)

    threads = [threading.Thread(target=visit, args=(name,)) for name in "bcd"]
    with models.turn("gpt2-tiny", "float32", pytest.fail):
        for number, thread in enumerate(threads):
            thread.start()
            wait_until(lambda n=number: places["bcd"[n]])
        with models.turn("opt-tiny", "float32", pytest.fail):
            order.append("another model has its own line")
        threads[1].join(WAIT)
        assert order == ["another model has its own line"]
        wait_until(lambda: places["d"][-1] == 2)
    for thread in threads:
        thread.join(WAIT)
    assert order[1:] == ["b", "d"]
    assert (places["b"][0], places["c"][0], places["d"][0]) == (1, 2, 3)
    with models.turn("gpt2-tiny", "float32", pytest.fail):
        pass


def test_what_is_in_memory_needs_no_turn_and_no_model():
    request = NextWordRequest("gpt2-tiny", TEXTS[0], "hot", "oil")
    assert cached.peek(cached.next_word, request) is None
    assert cached.store().loaded() == ()
    result = cached.next_word(request)
    assert cached.store().release("gpt2-tiny")
    assert np.array_equal(cached.peek(cached.next_word, request).alti, result.alti)
    assert cached.store().loaded() == ()


@pytest.mark.parametrize(
    "request_",
    [
        NextWordRequest("gpt2-tiny", TEXTS[0], "hot"),
        TranslationRequest("marian-tiny", TEXTS[0], max_length=6),
        ComparisonRequest("t5-tiny", TEXTS[0], "hot", "oil"),
        ComparisonRequest("gpt2-tiny", TEXTS[0], "hot", "oil"),
    ],
)
def test_an_explanation_that_would_not_fit_is_refused_with_the_numbers(request_, monkeypatch):
    models = ModelStore()
    with models.using(request_.model):
        pass
    monkeypatch.setattr(memory, "available", lambda device="cpu": 1000)
    sentence = (
        rf"Explaining \d+ tokens with {request_.model} needs about \d+ MB of memory and 0 MB are free here"
    )
    with pytest.raises(ModelTooLargeError, match=sentence):
        ask(models, request_)
