"""Results computed once for all who ask, kept while there is room, given up when nobody waits: `Results`.

A computation runs in a thread of its own, so it belongs to no visitor: who leaves stops waiting for it, and
the last one to leave stops it.
"""

from __future__ import annotations

import logging
import pickle
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from attribution.models.turns import Turn
from attribution.types import AttributionError

log = logging.getLogger("why_this_word")
GRACE = 0.3
"""Seconds for which one that nobody waits for goes on: a page that runs again asks for the same again."""

Request = TypeVar("Request", bound=Hashable)
Result = TypeVar("Result")


class Stopped(Exception):
    """Nobody waits for the result any more; raised at a checkpoint of its computation."""


class Job:
    """One computation: how far it is, who waits for it, how it ended."""

    def __init__(self, seconds: float, given_up: Callable[[Job], bool]) -> None:
        self.turn = Turn(seconds, self._check)
        self.fraction = 0.0
        self.askers = 0
        self.left = 0.0
        """When the last one left who waited for it."""
        self.partial: Any = None
        """What there is of the result already, where a computation shows that."""
        self.result: Any = None
        self.error: BaseException | None = None
        self._given_up = given_up
        self._paces: list[tuple[float, float]] = []
        """The first and the last fraction told, each with the seconds computed until then."""
        self._ended = threading.Event()

    def progress(self, fraction: float) -> None:
        """For the computation to call between its chunks; others may compute within it.

        Raises:
            Stopped: nobody waits for the result.
        """
        if fraction > self.fraction:
            self._paces = [*self._paces[:1], (fraction, self.turn.ran)]
            self.fraction = fraction
        self.turn.checkpoint()

    @property
    def remaining(self) -> float | None:
        """Seconds it will still compute, by its pace so far; None where that does not tell yet."""
        paces = self._paces
        if len(paces) < 2:
            return None
        (begun, early), (fraction, late) = paces
        return max(0.0, (late - early) / (fraction - begun) * (1 - fraction) - (self.turn.ran - late))

    def wait(self, seconds: float | None = None) -> bool:
        """Waits until it has ended, at most so long; says whether it has."""
        return self._ended.wait(seconds)

    def outcome(self) -> Any:
        """The result of a computation that has ended; raises what it raised."""
        if self.error is not None:
            raise self.error
        return self.result

    def end(self, result: Any = None, error: BaseException | None = None) -> None:
        """Tells everybody who waits."""
        self.result, self.error = result, error
        self._ended.set()

    def _check(self) -> None:
        if self._given_up(self):
            raise Stopped


class Results(Generic[Request, Result]):
    """What one function made of requests, the least recently used dropped where a budget in bytes is used up.

    Results are shared, not copied: they have to be immutable. Errors are not kept.
    """

    def __init__(
        self,
        compute: Callable[[Request, Job], Result],
        budget: int,
        seconds: Callable[[Request], float] = lambda _: 0.0,
    ) -> None:
        """`compute` calls the job's `progress` now and then; `seconds` estimates how long it will take."""
        self.seconds = seconds
        self._compute = compute
        self._budget = budget
        self._kept: OrderedDict[Request, tuple[Result, int]] = OrderedDict()
        self._jobs: dict[Request, Job] = {}
        self._guard = threading.Lock()

    def __call__(self, request: Request) -> Result:
        """The result, from memory or computed now; waits without a way to leave."""
        with self.asked(request) as job:
            job.wait()
            result: Result = job.outcome()
            return result

    def get(self, request: Request) -> Result | None:
        """The result if it is in memory; computes nothing."""
        with self._guard:
            return self._found(request)

    @contextmanager
    def asked(self, request: Request) -> Iterator[Job]:
        """The computation of a request, begun unless somebody else has; wanted until the block is left."""
        estimate = self.seconds(request)
        with self._guard:
            job = self._jobs.get(request)
            if job is None:
                job = Job(estimate, lambda job: self._gives_up(request, job))
                found = self._found(request)
                if found is not None:
                    job.end(found)
                else:
                    self._jobs[request] = job
                    threading.Thread(target=self._work, args=(request, job), daemon=True).start()
            job.askers += 1
        try:
            yield job
        finally:
            with self._guard:
                job.askers -= 1
                job.left = time.monotonic()

    def clear(self) -> None:
        """Forgets everything."""
        with self._guard:
            self._kept.clear()

    def _found(self, request: Request) -> Result | None:
        if request not in self._kept:
            return None
        self._kept.move_to_end(request)
        return self._kept[request][0]

    def _gives_up(self, request: Request, job: Job) -> bool:
        """Whether nobody waits; who asks from now on begins anew."""
        with self._guard:
            if job.askers or time.monotonic() - job.left < GRACE:
                return False
            self._forget(request, job)
            return True

    def _forget(self, request: Request, job: Job) -> None:
        if self._jobs.get(request) is job:
            del self._jobs[request]

    def _work(self, request: Request, job: Job) -> None:
        try:
            result = self._compute(request, job)
            size = len(pickle.dumps(result, pickle.HIGHEST_PROTOCOL))
        except BaseException as error:
            with self._guard:
                self._forget(request, job)
            job.end(error=_told(error))
            return
        with self._guard:
            self._forget(request, job)
            self._kept[request] = result, size
            while sum(size for _, size in self._kept.values()) > self._budget:
                self._kept.popitem(last=False)
        job.end(result)


def _told(error: BaseException) -> BaseException:
    """What those who wait are told: a sentence, where the computation itself gave none."""
    if isinstance(error, (AttributionError, Stopped)):
        return error
    log.error("a computation failed", exc_info=error)
    told = AttributionError(
        "This could not be computed, for a reason this app does not know ({reason}). Try "
        "another method, text or model; the server's log says more.",
        reason=type(error).__name__,
    )
    told.__cause__ = error
    return told
