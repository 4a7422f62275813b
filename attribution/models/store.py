"""The models in memory, shared by all sessions of a process: `ModelStore`."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch

from attribution.models import hub, memory
from attribution.models.catalogue import describe
from attribution.models.loading import LoadedModel, best_device, load
from attribution.models.specs import resolve
from attribution.types import ModelInfo, ModelTooLargeError, Precision

Key = tuple[str, Precision]
LOOK_UP = 1.0
"""Seconds after which who waits in line is shown the place again, and can leave."""


@dataclass
class _Slot:
    loaded: LoadedModel
    bytes: int
    users: int = 0
    """Requests that use it or wait for its lock."""
    last_used: float = field(default_factory=time.monotonic)


class ModelStore:
    """Loads each model once, keeps the most recently used within a memory budget, lends one user at a time.

    A model in use is never dropped: who needs its room waits until it is free. Models are loaded one after
    another; a failed load leaves nothing behind.
    """

    def __init__(self, budget: int | None = None, *, allow_any_path: bool = False) -> None:
        """A store with a budget in bytes (default: WHY_MODEL_MEMORY, else 60 % of what is available now)."""
        self.budget = budget or memory.default_budget(best_device())
        self._allow_any_path = allow_any_path
        self._slots: dict[Key, _Slot] = {}
        self._changed = threading.Condition()
        self._load_turn = threading.Lock()
        self._lines: dict[Key, list[object]] = {}
        self._held = threading.local()

    @contextmanager
    def using(
        self, spec: str, dtype: Precision = "float32", *, progress: hub.Progress | None = None
    ) -> Iterator[LoadedModel]:
        """Lends a model, loading it first where needed; nobody else computes with it meanwhile.

        Raises:
            AttributionError: see `load`; also where the model alone is larger than the budget, and where
                memory runs out while it is used.
        """
        location = resolve(spec, allow_any_path=self._allow_any_path)
        key = (location.id, dtype)
        slot = self._enter(key) or self._load(key, progress)
        outer = getattr(self._held, "key", None)
        self._held.key = key
        try:
            with slot.loaded.lock:
                yield slot.loaded
        except Exception as error:
            if not memory.ran_out(error):
                raise
            raise ModelTooLargeError(
                f"{slot.loaded.info.name} ran out of memory with this text; "
                "shorten it, or pick a smaller model or a lower precision."
            ) from error
        finally:
            self._held.key = outer
            with self._changed:
                slot.users -= 1
                slot.last_used = time.monotonic()
                self._changed.notify_all()

    @contextmanager
    def turn(self, spec: str, dtype: Precision, show: Callable[[int], None]) -> Iterator[None]:
        """Waits in line for a model, first come first served, and keeps the turn for the block.

        `show` is told how many are before, now and then; what it raises leaves the line, so that who has gone
        away keeps nobody waiting.
        """
        key = (resolve(spec, allow_any_path=self._allow_any_path).id, dtype)
        ticket = object()
        with self._changed:
            line = self._lines.setdefault(key, [])
            line.append(ticket)
        try:
            while before := line.index(ticket):
                show(before)
                with self._changed:
                    self._changed.wait_for(lambda: line[0] is ticket, LOOK_UP)
            yield
        finally:
            with self._changed:
                line.remove(ticket)
                self._changed.notify_all()

    def loaded(self) -> tuple[ModelInfo, ...]:
        """What is in memory, most recently used first."""
        with self._changed:
            slots = sorted(self._slots.values(), key=lambda s: s.last_used, reverse=True)
            return tuple(slot.loaded.info for slot in slots)

    def used_bytes(self) -> int:
        """What the models in memory take together, as estimated from their parameters."""
        with self._changed:
            return sum(slot.bytes for slot in self._slots.values())

    def users(self, spec: str, dtype: Precision = "float32") -> int:
        """How many requests use a model or wait for it now."""
        location = resolve(spec, allow_any_path=self._allow_any_path)
        with self._changed:
            slot = self._slots.get((location.id, dtype))
            return slot.users if slot else 0

    def release(self, spec: str, dtype: Precision = "float32") -> bool:
        """Drops a model from memory unless it is in use; says whether it is gone."""
        with self._changed:
            if self.users(spec, dtype):
                return False
            self._drop((resolve(spec, allow_any_path=self._allow_any_path).id, dtype))
        return True

    def _enter(self, key: Key) -> _Slot | None:
        with self._changed:
            slot = self._slots.get(key)
            if slot is not None:
                slot.users += 1
            return slot

    def _load(self, key: Key, progress: hub.Progress | None) -> _Slot:
        held = getattr(self._held, "key", None)
        if held is not None:
            raise RuntimeError(f"{key[0]} was asked for while {held[0]} is in use by the same thread")
        location = resolve(key[0], allow_any_path=self._allow_any_path)
        if location.path is None:
            known = describe(location)  # refused before its download, where the catalogue knows its size
            need = memory.needed(known.parameters, key[1])
            memory.check_fits(known.name, need, self.budget, "set aside for models")
            hub.fetch(location.repo, location.revision, progress)
        with self._load_turn:
            if (slot := self._enter(key)) is not None:
                return slot
            entry = describe(location)
            gguf = location.path is not None and location.path.suffix == ".gguf"
            need = memory.needed(entry.parameters, key[1], gguf=gguf)
            memory.check_fits(entry.name, need, self.budget, "set aside for models")
            self._make_room(need)
            loaded = load(key[0], dtype=key[1], allow_any_path=self._allow_any_path)
            _settle()
            with self._changed:
                slot = self._slots[key] = _Slot(loaded, need, users=1)
            return slot

    def _make_room(self, need: int) -> None:
        """Drops the least recently used models until `need` fits; waits for those in use if it must."""
        with self._changed:
            while sum(slot.bytes for slot in self._slots.values()) + need > self.budget:
                idle = [key for key, slot in self._slots.items() if not slot.users]
                if idle:
                    self._drop(min(idle, key=lambda key: self._slots[key].last_used))
                else:
                    self._changed.wait()

    def _drop(self, key: Key) -> None:
        if self._slots.pop(key, None) is not None:
            gc.unfreeze()
            _settle()
            if torch.cuda.is_available():
                torch.cuda.empty_cache()


def _settle() -> None:
    """Collects what is garbage now and leaves the rest out of later collections.

    Streamlit collects after every run of a page; looking each time through the half million objects of the
    libraries and models, which stay, would take longer than most answers.
    """
    gc.collect()
    gc.freeze()
