"""The models in memory, shared by all sessions of a process: `ModelStore`."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch

from attribution.models import hub, memory
from attribution.models.catalogue import describe
from attribution.models.loading import LoadedModel, best_device, check_precision, fetched, load, needed
from attribution.models.specs import resolve
from attribution.models.turns import Line, Turn
from attribution.types import ModelInfo, ModelTooLargeError, Precision

Key = tuple[str, Precision]


@dataclass
class _Slot:
    loaded: LoadedModel
    bytes: int
    users: int = 0
    """Requests that use it or wait for their turn."""
    last_used: float = field(default_factory=time.monotonic)


class ModelStore:
    """Loads each model once, keeps the most recently used within a memory budget, lends to one at a time.

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
        self._line = Line()
        self._held = threading.local()

    @contextmanager
    def using(
        self, spec: str, dtype: Precision = "float32", *, turn: Turn | None = None, alti_logit: bool = False
    ) -> Iterator[LoadedModel]:
        """Lends a model, loading it first where needed; nobody else computes meanwhile.

        `turn` may let others pass at its checkpoints.

        With `alti_logit` a model that ALTI-Logit does not fit is refused before it is downloaded and loaded.

        Raises:
            AttributionError: see `load`; also where the model alone is larger than the budget, and where
                memory runs out while it is used.
        """
        with self._kept(spec, dtype, None, alti_logit) as slot:
            lock, outer = slot.loaded.lock, getattr(self._held, "key", None)
            self._held.key = (slot.loaded.info.id, dtype)
            try:
                # Within its own turn a thread may use a model twice.
                with lock if outer else self._line.taken(turn or Turn(), lock):
                    yield slot.loaded
            except Exception as error:
                if not memory.ran_out(error):
                    raise
                raise ModelTooLargeError(
                    "{name} ran out of memory with this text; "
                    "shorten it, or pick a smaller model or a lower precision.",
                    name=slot.loaded.info.name,
                ) from error
            finally:
                self._held.key = outer

    def fetch(
        self,
        spec: str,
        dtype: Precision = "float32",
        *,
        progress: hub.Progress | None = None,
        alti_logit: bool = False,
    ) -> None:
        """Downloads and loads a model unless it is in memory; waits for nobody's turn.

        With `alti_logit` a model that ALTI-Logit does not fit is refused before that.

        Raises:
            AttributionError: see `using`.
        """
        with self._kept(spec, dtype, progress, alti_logit):
            pass

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

    @contextmanager
    def _kept(
        self, spec: str, dtype: Precision, progress: hub.Progress | None, alti_logit: bool
    ) -> Iterator[_Slot]:
        """The model in memory, which it does not leave within the block."""
        check_precision(dtype, best_device(dtype))
        slot = self._enter((spec, dtype))  # by its id: nothing is looked up on the disk
        if slot is None:
            key = (resolve(spec, allow_any_path=self._allow_any_path).id, dtype)
            slot = self._enter(key) or self._load(key, progress, alti_logit)
        try:
            yield slot
        finally:
            with self._changed:
                slot.users -= 1
                slot.last_used = time.monotonic()
                self._changed.notify_all()

    def _enter(self, key: Key) -> _Slot | None:
        with self._changed:
            slot = self._slots.get(key)
            if slot is not None:
                slot.users += 1
            return slot

    def _load(self, key: Key, progress: hub.Progress | None, alti_logit: bool) -> _Slot:
        held = getattr(self._held, "key", None)
        if held is not None:
            raise RuntimeError(f"{key[0]} was asked for while {held[0]} is in use by the same thread")
        location = resolve(key[0], allow_any_path=self._allow_any_path)
        if location.path is None:
            known = describe(location)  # refused before its download, where the catalogue knows its size
            need = memory.needed(known.parameters, key[1])
            memory.check_fits(known.name, need, self.budget, memory.KEPT)
            fetched(location, progress, alti_logit=alti_logit)
        # What is damaged is refused here, before anybody waits for it.
        need = needed(location, key[1], alti_logit=alti_logit)
        with self._load_turn:
            if (slot := self._enter(key)) is not None:
                return slot
            entry = describe(location)
            memory.check_fits(entry.name, need, self.budget, memory.KEPT)
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
