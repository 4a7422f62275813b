import shutil
import threading
import weakref
from pathlib import Path

import pytest

from attribution.models import memory, store
from attribution.models.loading import load
from attribution.models.store import ModelStore
from attribution.types import ModelTooLargeError, ModelUnavailableError, UnknownModelError

FIXTURES = Path(__file__).parents[1] / "fixtures" / "models"
ONE = memory.needed(43424, "float32")
"""What gpt2-tiny is taken to need; the other fixtures need nearly the same."""
WAIT = 20
"""Seconds after which a thread that should have gone on is taken to hang."""


@pytest.fixture(autouse=True)
def models_dir(tmp_path, monkeypatch):
    for name in ("gpt2-tiny", "opt-tiny", "bloom-tiny"):
        shutil.copytree(FIXTURES / name, tmp_path / name)
    monkeypatch.setenv("WHY_MODELS_DIR", str(tmp_path))
    monkeypatch.delenv("WHY_ALLOWED_MODELS", raising=False)
    return tmp_path


@pytest.fixture
def loads(monkeypatch):
    """The names of the models loaded so far, in order."""
    names = []

    def counted(spec, **options):
        names.append(spec)
        return load(spec, **options)

    monkeypatch.setattr(store, "load", counted)
    return names


def names_in(models):
    return [info.name for info in models.loaded()]


def test_a_model_is_loaded_once_and_lent(loads):
    models = ModelStore(10 * ONE)
    with models.using("gpt2-tiny") as first, models.using("gpt2-tiny") as again:
        assert first is again
        assert models.users("gpt2-tiny") == 2
    with models.using("gpt2-tiny", "float64") as other:
        assert other.info.dtype == "float64"
    assert loads == ["gpt2-tiny", "gpt2-tiny"]
    assert models.users("gpt2-tiny") == 0
    assert [info.dtype for info in models.loaded()] == ["float64", "float32"]
    assert 0 < models.used_bytes() <= models.budget


def test_a_dropped_model_leaves_memory_with_all_that_hangs_together_in_a_circle(loads):
    models = ModelStore(10 * ONE)
    with models.using("gpt2-tiny") as loaded:
        loaded.model.circle = [loaded.model]
        left = weakref.ref(loaded.model)
    with models.using("opt-tiny"):
        pass
    del loaded
    models._drop(("gpt2-tiny", "float32"))
    assert left() is None


def test_threads_that_ask_together_load_once_and_take_turns(loads):
    models = ModelStore(10 * ONE)
    inside, most, errors = [], [], []

    def ask():
        try:
            for _ in range(5):
                with models.using("gpt2-tiny") as loaded:
                    inside.append(loaded)
                    most.append(len(inside))
                    loaded.tokenizer("the cat")
                    inside.pop()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    assert errors == []
    assert loads == ["gpt2-tiny"]
    assert max(most) == 1
    assert len(most) == 40


def test_the_least_recently_used_model_goes_first():
    models = ModelStore(int(2.5 * ONE))
    for name in ("gpt2-tiny", "opt-tiny", "gpt2-tiny", "bloom-tiny"):
        with models.using(name):
            pass
    assert names_in(models) == ["bloom-tiny", "gpt2-tiny"]


def test_a_model_in_use_is_never_dropped_and_others_wait_for_its_room():
    models = ModelStore(int(1.5 * ONE))
    got = threading.Event()

    def ask():
        with models.using("opt-tiny"):
            got.set()

    thread = threading.Thread(target=ask)
    with models.using("gpt2-tiny") as loaded:
        thread.start()
        assert not got.wait(0.5)
        assert names_in(models) == ["gpt2-tiny"]
        assert loaded.tokenizer("the cat").input_ids
    assert got.wait(WAIT)
    thread.join(WAIT)
    assert names_in(models) == ["opt-tiny"]


def test_a_failed_load_leaves_nothing_and_the_next_one_works(models_dir):
    weights = models_dir / "gpt2-tiny" / "model.safetensors"
    whole = weights.read_bytes()
    models = ModelStore(10 * ONE)
    weights.write_bytes(whole[:-8])
    with (
        pytest.raises(ModelUnavailableError, match=r"model\.safetensors in gpt2-tiny"),
        models.using("gpt2-tiny"),
    ):
        pass
    assert models.loaded() == ()
    with models.using("opt-tiny"):
        pass
    weights.write_bytes(whole)
    with models.using("gpt2-tiny"):
        pass
    assert names_in(models) == ["gpt2-tiny", "opt-tiny"]


def test_an_error_in_use_gives_the_model_back():
    models = ModelStore(10 * ONE)
    with pytest.raises(ZeroDivisionError), models.using("gpt2-tiny"):
        _ = 1 / 0
    assert models.users("gpt2-tiny") == 0


def test_a_model_larger_than_the_budget_is_refused_with_the_numbers(loads):
    models = ModelStore(ONE // 2)
    with (
        pytest.raises(
            ModelTooLargeError, match=r"needs about 20 MB of memory and 10 MB are set aside for models"
        ),
        models.using("gpt2-tiny"),
    ):
        pass
    assert loads == []


def test_two_models_in_one_thread_are_a_programming_error():
    models = ModelStore(10 * ONE)
    with models.using("gpt2-tiny"), pytest.raises(RuntimeError, match="in use by the same thread"):
        models.using("opt-tiny").__enter__()
    with models.using("opt-tiny"):
        pass


def test_the_store_opens_no_other_folders():
    with (
        pytest.raises(UnknownModelError, match="WHY_MODELS_DIR"),
        ModelStore().using(str(FIXTURES / "t5-tiny")),
    ):
        pass


def test_the_budget_comes_from_the_settings_or_the_machine(monkeypatch):
    monkeypatch.setenv("WHY_MODEL_MEMORY", "0.5")
    assert ModelStore().budget == 500_000_000
    monkeypatch.delenv("WHY_MODEL_MEMORY")
    monkeypatch.setattr(memory, "available", lambda device="cpu": 10_000_000_000)
    assert ModelStore().budget == 6_000_000_000
