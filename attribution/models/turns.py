"""Who computes now: one computation at a time, and a short one need not wait for a long one.

A computation uses all cores by itself, so two at once would only hold each other up. A long one lets shorter
ones pass between two of its chunks (`Turn.checkpoint`), also on its own model, and gets a share of the time
however many of them come.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

LEVELS = (1.0, 10.0, 100.0)
"""Seconds: what takes longer than one of these lets pass what does not; else first come, first served."""
PATIENCE = 3.0
"""Seconds after which one that let others pass goes on all the same, for SHARE seconds."""
SHARE = 1.0
LOOK_UP = 0.25
"""Seconds after which one in line asks whether it is still wanted."""


class Turn:
    """One computation in the line, with its estimated length; used once."""

    def __init__(self, seconds: float = 0.0, check: Callable[[], None] = lambda: None) -> None:
        """`check` is called at checkpoints and while waiting; what it raises ends the computation."""
        self.seconds = seconds
        self.begun = False
        self._check = check
        self._ran = 0.0
        self._since = time.monotonic()
        """When it got the turn, or began to wait for it."""
        self._arrived = self._since
        self._computing = threading.Event()
        self._keeps = 0.0
        """Seconds for which nobody may pass it."""
        self._line: Line | None = None
        self._lock: Any = None

    @property
    def ran(self) -> float:
        """Seconds it has computed so far."""
        return self._ran + (time.monotonic() - self._since if self._computing.is_set() else 0.0)

    @property
    def level(self) -> int:
        """By its estimated length, or by what it took already where that is more."""
        return sum(max(self.seconds, self.ran) > bound for bound in LEVELS)

    @property
    def before(self) -> int:
        """How many will compute before it can begin."""
        return 0 if self._line is None or self.begun else self._line.before(self)

    def checkpoint(self) -> None:
        """Between two chunks: ends here where it is not wanted any more, or lets a shorter one pass."""
        self._check()
        if self._line is not None and self._line.yields(self):
            with _set_aside(self._lock):
                self._line.wait(self)


class Line:
    """The computations of one process: who computes and who waits."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: list[Turn] = []
        self._holder: Turn | None = None
        self._shared = 0.0
        """When the last share ended that one got out of its turn."""

    @contextmanager
    def taken(self, turn: Turn, lock: Any) -> Iterator[None]:
        """Waits until it is this one's turn and keeps it for the block, with the model's RLock held."""
        turn._line, turn._lock = self, lock
        with self._guard:
            turn._since = time.monotonic()
            self._waiting.append(turn)
            if self._holder is None:
                self._pass_on()
        try:
            self.wait(turn)
            turn.begun = True
            with lock:
                yield
        finally:
            self._leave(turn)

    def wait(self, turn: Turn) -> None:
        """Until it is this one's turn."""
        while not turn._computing.wait(LOOK_UP):
            turn._check()

    def yields(self, turn: Turn) -> bool:
        """Gives the turn to a shorter one, if one waits; says whether it did."""
        with self._guard:
            held = time.monotonic() - turn._since
            first = min(self._waiting, key=_order, default=None)
            if first is None or first.level >= turn.level or held < turn._keeps:
                return False
            self._stop(turn)
            self._waiting.append(turn)
            self._pass_on()
            return True

    def before(self, turn: Turn) -> int:
        """How many come before a turn that waits."""
        with self._guard:
            ahead = sum(_order(other) < _order(turn) for other in self._waiting)
            return ahead + (self._holder is not None and self._holder.level <= turn.level)

    def _leave(self, turn: Turn) -> None:
        with self._guard:
            if turn is self._holder:
                self._stop(turn)
                self._pass_on()
            else:
                self._waiting.remove(turn)

    def _stop(self, turn: Turn) -> None:
        turn._ran = turn.ran
        turn._computing.clear()
        turn._since = time.monotonic()

    def _pass_on(self) -> None:
        """The first in line gets the turn, now and then the one that has waited longest."""
        self._holder = None
        if not self._waiting:
            return
        now, in_order = time.monotonic(), sorted(self._waiting, key=_order)
        chosen = in_order[0]
        firsts = {turn.level: turn for turn in reversed(in_order)}.values()  # so only one a level has begun
        longest = min(firsts, key=lambda turn: turn._since)
        keeps = 0.0
        if longest is not chosen and now - max(longest._since, self._shared) > PATIENCE:
            chosen, keeps, self._shared = longest, SHARE, now + SHARE
        self._waiting.remove(chosen)
        self._holder = chosen
        chosen._keeps, chosen._since = keeps, now
        chosen._computing.set()


def _order(turn: Turn) -> tuple[int, float]:
    return turn.level, turn._arrived


@contextmanager
def _set_aside(lock: Any) -> Iterator[None]:
    """Releases an RLock of this thread, however often it holds it, and takes it back as often."""
    held = 0
    with suppress(RuntimeError):  # at one release too many
        while True:
            lock.release()
            held += 1
    try:
        yield
    finally:
        for _ in range(held):
            lock.acquire()
