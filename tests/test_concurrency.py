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

from attribution import cached, results
from attribution.models import memory, store, turns
from attribution.models.loading import load
from attribution.models.store import ModelStore
from attribution.models.turns import Line, Turn
from attribution.results import Stopped
from attribution.service.comparison import run_comparison
from attribution.service.next_word import run_next_word
from attribution.service.translation import run_translation
from attribution.types import (
    ComparisonRequest,
    ModelTooLargeError,
    NextWordRequest,
    TextError,
    TranslationRequest,
)

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
        ComparisonRequest: run_comparison,
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
        (cached.next_word, "next_word.run_next_word", NextWordRequest("gpt2-tiny", TEXTS[0], "hot")),
        (
            cached.translation,
            "translation.run_translation",
            TranslationRequest("marian-tiny", TEXTS[0], max_length=6),
        ),
        (
            cached.comparison,
            "comparison.run_comparison",
            ComparisonRequest("t5-tiny", TEXTS[0], "hot", "oil"),
        ),
    ],
)
@pytest.mark.parametrize("error", [torch.OutOfMemoryError("CUDA out of memory"), MemoryError()])
def test_memory_that_runs_out_is_a_sentence_and_the_next_request_works(
    function, name, request_, error, monkeypatch
):
    def full(*_):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(f"attribution.service.{name}", full)
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


class GoneAway(Exception):
    """What a visitor's computation raises who has left."""


def test_who_waits_knows_the_place_and_comes_in_order_and_who_leaves_keeps_nobody_waiting(monkeypatch):
    monkeypatch.setattr(turns, "LOOK_UP", 0.05)
    models, order, gone = ModelStore(), [], threading.Event()

    def check():
        if gone.is_set():
            raise GoneAway

    waiting = {"b": Turn(), "c": Turn(check=check), "d": Turn()}

    def visit(name):
        with suppress(GoneAway), models.using("gpt2-tiny", turn=waiting[name]):
            order.append(name)

    threads = {name: threading.Thread(target=visit, args=(name,)) for name in waiting}
    with models.using("gpt2-tiny"):
        for place, name in enumerate(waiting, 1):
            threads[name].start()
            wait_until(lambda n=name, p=place: waiting[n].before == p)
        gone.set()
        threads["c"].join(WAIT)
        assert order == []
        assert waiting["d"].before == 2
    for thread in threads.values():
        thread.join(WAIT)
    assert order == ["b", "d"]
    with models.using("gpt2-tiny"):
        assert models.users("gpt2-tiny") == 1


def test_what_is_in_memory_needs_no_turn_and_no_model():
    request = NextWordRequest("gpt2-tiny", TEXTS[0], "hot", "oil")
    assert cached.next_word.get(request) is None
    assert cached.store().loaded() == ()
    result = cached.next_word(request)
    cached.store()._drop(("gpt2-tiny", "float32"))
    assert cached.next_word.get(request) is result
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


# ------------------------------------------------------------------------------- leaving and letting pass

LONG = " ".join(TEXTS)
LONG_ONES = [
    NextWordRequest("gpt2-tiny", LONG, "hot", "oil"),
    TranslationRequest("marian-tiny", LONG, max_length=6),
    TranslationRequest("marian-tiny", LONG, target=TEXTS[0], method="integrated_gradients", steps=6),
    TranslationRequest("t5-tiny", LONG, target=TEXTS[0], method="erasure", contrast=TEXTS[1]),
    ComparisonRequest("gpt2-tiny", LONG, "hot", "oil", "integrated_gradients"),
    ComparisonRequest("gpt2-tiny", LONG, "hot", "oil", "alti_logit"),
    ComparisonRequest("t5-tiny", LONG, "hot", "oil", "erasure"),
]
RUN = {NextWordRequest: run_next_word, TranslationRequest: run_translation, ComparisonRequest: run_comparison}


def name_of(request):
    return "-".join([type(request).__name__, request.model, getattr(request, "method", "")])


def light(model):
    """A short request to the same model, by the same parts of it."""
    if model == "gpt2-tiny":
        return NextWordRequest(model, "the oil", "hot")
    return TranslationRequest(model, "the oil", target="a day")


def same(one, other):
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("request_", LONG_ONES, ids=name_of)
def test_short_ones_pass_a_long_one_at_every_checkpoint_and_no_number_changes(request_):
    models = ModelStore()
    alone, short = numbers(ask(models, request_)), light(request_.model)
    short_alone = numbers(ask(models, short))
    with models.using(request_.model) as loaded:
        before = state(loaded.model)
    turn, passed = Turn(seconds=50), []

    def let_one_pass(fraction):
        thread = threading.Thread(target=lambda: passed.append(numbers(ask(models, short))))
        thread.start()
        wait_until(lambda: models._line._waiting)
        turn.checkpoint()
        thread.join(WAIT)

    with models.using(request_.model, turn=turn) as loaded:
        disturbed = numbers(RUN[type(request_)](loaded, request_, let_one_pass))
        assert state(loaded.model) == before
    assert same(alone, disturbed)
    assert len(passed) > 1
    assert all(same(short_alone, other) for other in passed)


@pytest.mark.parametrize("request_", LONG_ONES, ids=name_of)
def test_wherever_it_is_stopped_nothing_is_left_behind(request_):
    models, fractions = ModelStore(), []
    with models.using(request_.model) as loaded:
        before = state(loaded.model)
        alone = numbers(RUN[type(request_)](loaded, request_, fractions.append))
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    for last in {0, 1, len(fractions) // 2, len(fractions) - 1}:
        told = iter(range(len(fractions)))

        def leave(_, told=told, last=last):
            if next(told) == last:
                raise GoneAway

        with pytest.raises(GoneAway), models.using(request_.model, turn=Turn()) as loaded:
            RUN[type(request_)](loaded, request_, leave)
        assert models.users(request_.model) == 0
        with models.using(request_.model) as loaded:
            assert state(loaded.model) == before
    assert same(alone, numbers(ask(models, request_)))


@pytest.fixture
def held(monkeypatch):
    """Next-word explanations that stay between two chunks until they are let go; how far each one came."""
    go, begun = threading.Event(), []

    def run(loaded, request, progress):
        begun.append(request)
        while not go.is_set():
            progress(0.5)
            time.sleep(0.01)
        return run_next_word(loaded, request, progress)

    monkeypatch.setattr("attribution.service.next_word.run_next_word", run)
    monkeypatch.setattr(turns, "LOOK_UP", 0.05)
    yield go, begun
    go.set()


def test_what_nobody_waits_for_any_more_ends_and_the_log_says_so(held, caplog, monkeypatch):
    monkeypatch.setattr(cached.log, "propagate", True)
    go, begun = held
    request = NextWordRequest("gpt2-tiny", TEXTS[0], "hot")
    with caplog.at_level(logging.INFO, "why_this_word"):
        with cached.next_word.asked(request) as job:
            wait_until(lambda: begun)
        assert job.wait(WAIT)
    assert "stopped" in caplog.text
    with pytest.raises(Stopped):
        job.outcome()
    assert cached.next_word.get(request) is None
    assert cached.store().users("gpt2-tiny") == 0
    go.set()
    assert numbers(cached.next_word(request))
    assert len(begun) == 2


def test_it_goes_on_for_whoever_still_waits_and_is_kept(held):
    go, begun = held
    request = NextWordRequest("gpt2-tiny", TEXTS[0], "hot")
    with cached.next_word.asked(request) as other:
        with cached.next_word.asked(request) as job:
            wait_until(lambda: begun)
            assert job is other
        assert not other.wait(2 * results.GRACE)
        go.set()
        assert other.wait(WAIT)
    assert cached.next_word.get(request) is other.outcome()
    assert len(begun) == 1


def test_a_page_that_runs_again_finds_its_computation_going_on(held, monkeypatch):
    monkeypatch.setattr(results, "GRACE", WAIT)
    go, begun = held
    request = NextWordRequest("gpt2-tiny", TEXTS[0], "hot")
    with cached.next_word.asked(request) as job:
        wait_until(lambda: begun)
    with cached.next_word.asked(request) as again:
        assert again is job
        go.set()
        assert again.wait(WAIT)
    assert len(begun) == 1


def test_who_leaves_while_others_pass_is_gone_too(held):
    _, begun = held
    long, short = (
        NextWordRequest("gpt2-tiny", TEXTS[0], "hot"),
        NextWordRequest("gpt2-tiny", "the oil", "hot"),
    )
    with cached.next_word.asked(long) as job:
        wait_until(lambda: begun)
        job.turn.seconds = 50
        with cached.next_word.asked(short) as passing:
            wait_until(lambda: len(begun) == 2)
            assert not job.wait(0.1)
            assert job.turn.ran > 0
        assert passing.wait(WAIT)
    assert job.wait(WAIT)
    for ended in (job, passing):
        with pytest.raises(Stopped):
            ended.outcome()
    assert cached.store().users("gpt2-tiny") == 0


def test_an_error_reaches_all_who_wait_and_is_not_kept(monkeypatch):
    request, begun, fails = NextWordRequest("gpt2-tiny", TEXTS[0], "hot"), [], threading.Event()

    def fail(*_):
        begun.append(1)
        fails.wait(WAIT)
        raise TextError("not this text")

    with monkeypatch.context() as patch, ThreadPoolExecutor(6) as pool:
        patch.setattr("attribution.service.next_word.run_next_word", fail)
        asking = [pool.submit(cached.next_word, request) for _ in range(6)]
        wait_until(lambda: begun and cached.next_word._jobs[request].askers == 6)
        fails.set()
        errors = [future.exception(WAIT) for future in asking]
    assert [str(error) for error in errors] == ["not this text"] * 6
    assert len(begun) == 1
    assert numbers(cached.next_word(request))


def test_a_long_one_gets_its_share_however_many_short_ones_come(monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE", 0.05)
    monkeypatch.setattr(turns, "SHARE", 0.05)
    line, lock, ended, shorts = Line(), threading.RLock(), threading.Event(), []

    def come():
        while not ended.is_set():
            with line.taken(Turn(), threading.RLock()):
                shorts.append(1)
                time.sleep(0.01)

    threads = [threading.Thread(target=come) for _ in range(4)]
    long = Turn(seconds=50)
    with line.taken(long, lock):
        for thread in threads:
            thread.start()
        end = time.monotonic() + WAIT
        while long.ran < 0.5 and time.monotonic() < end:
            time.sleep(0.01)
            long.checkpoint()
        assert lock._is_owned()
    ended.set()
    for thread in threads:
        thread.join(WAIT)
    assert 0.5 <= long.ran < WAIT
    assert len(shorts) > 4
    assert line._waiting == []
    assert line._holder is None


def test_one_that_takes_longer_than_it_was_taken_to_lets_others_pass(monkeypatch):
    monkeypatch.setattr(turns, "LEVELS", (0.05,))
    line, order = Line(), []
    slow = Turn(seconds=0)

    def come():
        with line.taken(Turn(), threading.RLock()):
            order.append("short")

    thread = threading.Thread(target=come)
    with line.taken(slow, threading.RLock()):
        thread.start()
        wait_until(lambda: line._waiting)
        wait_until(lambda: slow.level == 1)
        slow.checkpoint()
        order.append("slow")
    thread.join(WAIT)
    assert order == ["short", "slow"]
