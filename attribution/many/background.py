"""Runs beside the pages: each in a thread of its own that lets every visitor pass, kept up by who asked."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from copy import copy
from dataclasses import dataclass, field
from typing import Literal

from attribution.language import Said
from attribution.many.kept import Kept, make_room
from attribution.many.run import Standing, run_set
from attribution.many.sets import SentenceSet
from attribution.models.loading import LoadedModel
from attribution.models.turns import Turn
from attribution.types import AttributionError, Precision

State = Literal["waiting", "running", "stopped", "done", "failed"]
Lend = Callable[[str, Precision, Turn], AbstractContextManager[LoadedModel]]
AT_ONCE = 2
"""Runs that compute; the others wait for their turn in order."""
LONG = 1e6
"""Seconds that a shard says it takes, so that everything else on the pages comes first."""
REMEMBERED = 500
"""Runs of which it is known how they ended."""
log = logging.getLogger("why_this_word")


class Stop(Exception):
    """Nobody wants the run any more; raised between two chunks."""


@dataclass
class Job:
    """One run as its thread sees it."""

    kept: Kept
    state: State = "waiting"
    standing: Standing = field(default_factory=lambda: Standing(0))
    sentence: str = ""
    """Why it failed."""
    askers: set[str] = field(default_factory=set)
    turn: Turn | None = None

    @property
    def ended(self) -> bool:
        """Whether it computes no more."""
        return self.state in ("stopped", "done", "failed")


class Background:
    """All runs of one process."""

    def __init__(self, lend: Lend, cluster: Callable[[], str] = lambda: "off") -> None:
        """`lend` gives a model for a shard; `cluster` says where to compute: "off" is in this process."""
        self._lend, self._cluster = lend, cluster
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._guard = threading.Condition()

    def begin(self, kept: Kept, sentences: SentenceSet, asker: str) -> Job:
        """Begins a run, goes on with it, or joins it where it runs already.

        Raises:
            ResultsError: nothing can be kept.
        """
        with self._guard:
            there = self._jobs.get(kept.key)
            if there and not there.ended:
                there.askers.add(asker)
                kept.own(asker)
                return there
            running = [key for key, job in self._jobs.items() if not job.ended]
            make_room([kept.key, *running])
            kept.own(asker)
            job = Job(kept, askers={asker})
            self._jobs[kept.key] = job
            self._jobs.move_to_end(kept.key)
            while len(self._jobs) > REMEMBERED and next(iter(self._jobs.values())).ended:
                self._jobs.popitem(last=False)
        threading.Thread(target=self._work, args=(job, sentences), name="many", daemon=True).start()
        return job

    def job(self, key: str) -> Job | None:
        """A run that this process has begun."""
        return self._jobs.get(key)

    def before(self, job: Job) -> int:
        """How many come before a run that waits."""
        with self._guard:
            return max(0, self._place(job) - AT_ONCE + 1)

    def stop(self, key: str, asker: str) -> None:
        """Takes back that this visitor asked; the last one to do so stops the run."""
        with self._guard:
            if job := self._jobs.get(key):
                job.askers.discard(asker)
                self._guard.notify_all()

    def _work(self, job: Job, sentences: SentenceSet) -> None:
        try:
            self._wait(job)
            self._run(job, sentences)
            job.state = "done"
        except Stop:
            job.state = "stopped"
        except AttributionError as error:
            job.state, job.sentence = "failed", error.said
        except BaseException as error:
            log.exception("a run of many sentences failed")
            job.sentence = Said(
                "This run ended for a reason this app does not know ({reason}); what was "
                "finished is kept. The server's log says more.",
                reason=type(error).__name__,
            )
            job.state = "failed"
        finally:
            with self._guard:
                self._guard.notify_all()

    def _wait(self, job: Job) -> None:
        """Until it is one of the first."""
        with self._guard:
            while self._place(job) >= AT_ONCE:
                self._check(job)
                self._guard.wait(1.0)
            job.state = "running"

    def _place(self, job: Job) -> int:
        active = [j for j in self._jobs.values() if not j.ended]
        return active.index(job) if job in active else 0

    def _check(self, job: Job) -> None:
        if not job.askers:
            raise Stop

    def _run(self, job: Job, sentences: SentenceSet) -> None:
        kept, cluster = job.kept, self._cluster()

        @contextmanager
        def lend(model: str, dtype: Precision) -> Iterator[LoadedModel]:
            job.turn = turn = Turn(LONG, lambda: self._check(job))
            try:
                with self._lend(model, dtype, turn) as loaded:
                    yield loaded
            finally:
                job.turn = None

        def tell(standing: Standing) -> None:
            job.standing = copy(standing)
            self._check(job)
            if job.turn is not None and job.turn.begun:
                job.turn.checkpoint()

        run_set(
            sentences,
            kept.models,
            kept.methods,
            out=kept.path,
            measures=kept.options.measures,
            replace=kept.options.replace,
            seed=kept.options.seed,
            dtype=kept.options.dtype,
            batch=kept.options.batch,
            cluster=cluster,
            low_priority=True,
            lend=lend if cluster == "off" else None,
            progress=tell,
        )
