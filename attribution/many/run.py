"""A set of sentences x models x methods: what is missing is computed, here or on a cluster, and kept."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from dataclasses import replace as replace_in
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from attribution.language import Said, in_turn
from attribution.many.measures import Options, Sentence, check_methods
from attribution.many.results import Folder, OtherModelError, Shard, read_results
from attribution.many.sets import SentenceSet, read_set
from attribution.many.shards import Done, Failed, computed, rows_a_shard, versions
from attribution.models.catalogue import by_size, find
from attribution.models.loading import LoadedModel
from attribution.models.settings import settings
from attribution.models.store import ModelStore
from attribution.types import AttributionError, Precision, Replace, TextError

WORTH_A_CLUSTER = 30.0
"""Seconds of work below which no cluster is started."""
MEASURED = 2.0
"""Seconds after which the pace so far tells how long the rest will take."""
Lend = Callable[[str, Precision], AbstractContextManager[LoadedModel]]
Task = tuple[Shard, list[Sentence]]


@dataclass
class Standing:
    """How far a run is. A record is one sentence with one model and method."""

    records: int
    """That are asked for, those of earlier runs among them."""
    done: int = 0
    kept: int = 0
    """Of those done: by earlier runs."""
    shards: int = 0
    """Finished in this run."""
    errors: int = 0
    """Records of this run with an error's sentence instead of numbers."""
    failures: dict[str, str] = field(default_factory=dict)
    """Models that could not be used: model -> sentence."""
    left_out: dict[Shard, str] = field(default_factory=dict)
    """Parts of the set that nobody could compute; the same run tries them again."""
    workers: int = 0
    """0: in this process."""
    model: str = ""
    """The one that was asked last."""
    seconds: float = 0.0
    """Since the run began."""
    waited: float = 0.0
    """Of these: for the first worker of a cluster, with its model."""

    @property
    def fraction(self) -> float:
        """Done of what is asked for, in [0, 1]."""
        return self.done / self.records if self.records else 1.0

    @property
    def remaining(self) -> float | None:
        """Seconds it will still take by the pace so far; None where that does not tell yet."""
        fresh = self.done - self.kept
        worked = self.seconds - self.waited
        if not fresh or worked < 1:
            return None
        return worked / fresh * (self.records - self.done)


Tell = Callable[[Standing], None]


def run_set(
    sentences: SentenceSet | str | Path,
    models: Sequence[str],
    methods: Sequence[str] = ("alti_logit",),
    *,
    out: str | Path | None = None,
    measures: Sequence[str] = (),
    replace: Replace = "leave out",
    seed: int = 0,
    dtype: Precision = "float32",
    batch: bool = True,
    cluster: str | None = None,
    workers: int = 0,
    low_priority: bool = False,
    part: str = "",
    lend: Lend | None = None,
    progress: Tell = lambda _: None,
) -> pd.DataFrame:
    """Explains every sentence of a set with every model and method, and measures how well.

    Args:
        sentences: from `read_set`, or a file or bundled set to be read.
        models: catalogue ids, Hub ids or local folders.
        methods: rows of the methods' table for next words, translations or (questions) comparisons.
        out: a folder that keeps the results; what it holds is not computed again. None: nothing is kept.
        measures: "gap" and "lds", which cost more than the explanations.
        replace: how words are taken away for them, "leave out" or "neutral".
        seed: of what is drawn.
        dtype: the precision of the models.
        batch: whether methods of one forward (and one backward) take sentences of like length together. The
            numbers then are those of single calls up to rounding, the same whoever computes them and in
            whatever order; without it they are those of single calls bit for bit.
        cluster: "off": in this process; "local": processes of this machine; a scheduler's address
            (tcp://host:8786); a TOML file that describes jobs of a batch system. None: WHY_CLUSTER, else in
            this process, and in processes of this machine what takes longer than about half a minute.
        workers: processes of "local"; 0: one a GPU, else one a core.
        low_priority: whether the processes of "local" let everything else on this machine go first.
        part: "3/40" computes the third of forty parts, for job arrays that share `out`.
        lend: gives a model for a shard (a context manager); by default models are loaded and kept here.
        progress: called with a `Standing` many times a second in this process (between the chunks of an
            explanation), twice a second on a cluster; what it raises ends the run, what was finished is kept.

    Returns:
        `Results.frame` with all that the folder holds.

    Raises:
        SetError, TextError: the set or an option cannot be used.
        ResultsError: the folder cannot be used, or the disk is full.
        ClusterError: no cluster answers, or it was lost.
        AttributionError: no model could be used at all.
    """
    if not isinstance(sentences, SentenceSet):
        sentences = read_set(sentences)
    if isinstance(models, str) or not models:
        raise TextError("Name at least one model, as a list of names.")
    methods = check_methods(sentences.kind, [methods] if isinstance(methods, str) else methods)
    options = Options(tuple(measures), replace, seed, dtype, batch)
    chosen, of = _part(part)
    where = settings().cluster if cluster is None else cluster.strip()
    with nullcontext(out) if out is not None else TemporaryDirectory() as path:
        run = _Run(Folder(Path(path), sentences, options, versions()), models, methods, progress)
        run.compute(run.missing(chosen, of), _Where(where, workers, low_priority), lend)
        frame = read_results(path).frame
    if run.standing.failures and not len(frame):
        raise AttributionError(in_turn(dict.fromkeys(run.standing.failures.values())))
    return frame


def _part(part: str) -> tuple[int, int]:
    """The third of forty, 3/40, as (2, 40)."""
    if not part:
        return 0, 1
    number, _, of = part.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise TextError("A part is named like 3/40 (the third of forty), not {part}.", part=part[:20])
    return int(number) - 1, int(of)


@dataclass(frozen=True)
class _Where:
    """Where to compute: "off", "local", an address, a file, or "" where that is open."""

    cluster: str
    workers: int
    low_priority: bool


class _Run:
    """One run: what it computes, and how far it is."""

    def __init__(
        self, folder: Folder, models: Sequence[str], methods: tuple[str, ...], progress: Tell
    ) -> None:
        self.folder, self.methods, self.progress = folder, methods, progress
        entries = by_size(models, partial(find, allow_any_path=True))
        self.models = list(entries)
        self.standing = Standing(len(self.models) * len(methods) * len(folder.sentences))
        self.begun = time.monotonic()
        for model, entry in entries.items():
            if entry is None:
                self._fail(model, _why(model))

    def missing(self, part: int = 0, of: int = 1) -> list[Shard]:
        """All that is to be computed, or one part in so many, the smallest model first."""
        shards: list[Shard] = []
        numbers: list[int] = []
        some = self.folder.chosen(Shard("", 0, len(self.folder.sentences), ()))
        for model in self.models:
            if model in self.standing.failures:
                continue
            options = self.folder.options
            wanted = rows_a_shard(self.folder.sentences.kind, model, some, self.methods, options)
            rows = self.folder.rows_a_shard(model, wanted)
            found = self.folder.missing(model, self.methods, rows)
            numbers += [self.models.index(model) + shard.first // rows for shard in found]
            shards += found
        usable = len(self.models) - len(self.standing.failures)
        asked = usable * len(self.methods) * len(self.folder.sentences)
        self.standing.kept = self.standing.done = asked - sum(shard.records for shard in shards)
        # By its place in the set: which part a shard is in must not depend on what others have finished.
        return [shard for number, shard in zip(numbers, shards, strict=True) if number % of == part]

    def compute(self, shards: list[Shard], where: _Where, lend: Lend | None) -> None:
        """Computes the shards where it is asked for; where that is open, beginning here."""
        self.standing.records = self.standing.done + sum(shard.records for shard in shards)
        left, cluster = shards, where.cluster
        self.progress(self.standing)
        if cluster in ("", "off"):
            left = self._here(shards, lend, stay=cluster == "off" or lend is not None)
            where = replace_in(where, cluster="local")
        if left:
            self._there(left, where)
        self.tell()

    def tell(self) -> None:
        """Says how far it is; the caller may end the run."""
        self.standing.seconds = time.monotonic() - self.begun
        self.progress(self.standing)

    def _here(self, shards: list[Shard], lend: Lend | None, stay: bool) -> list[Shard]:
        """Computes in this process; gives back what is worth a cluster."""
        cores = _cores()
        lend = lend or ModelStore(allow_any_path=True).using
        began = time.monotonic()
        for k, shard in enumerate(shards):
            remaining = self.standing.remaining
            measured = k and time.monotonic() - began > MEASURED
            if not stay and cores > 1 and measured and remaining is not None and remaining > WORTH_A_CLUSTER:
                return shards[k:]
            if shard.model in self.standing.failures:
                self._skip(shard)
                continue
            self.standing.model = shard.model
            try:
                with lend(shard.model, self.folder.options.dtype) as loaded:
                    done = computed(
                        loaded,
                        self.folder.sentences.kind,
                        shard,
                        self.folder.chosen(shard),
                        self.folder.options,
                        lambda _: self.tell(),
                    )
            except AttributionError as error:
                self._take(Failed(shard, error.said))
            else:
                self._take(done)
        return []

    def _there(self, shards: list[Shard], where: _Where) -> None:
        from attribution.many.workers import computed_on, connected

        folder, options = self.folder, self.folder.options
        workers, first = where.workers or _workers(), shards[0].model
        asked = time.monotonic()
        with connected(where.cluster, workers, first, options.dtype, where.low_priority) as client:
            self.standing.waited += time.monotonic() - asked
            found = computed_on(client, folder.sentences.kind, options, self._tasks(shards), self._told)
            with closing(found):
                for outcome in found:
                    self._take(outcome)

    def _tasks(self, shards: list[Shard]) -> Iterator[Task]:
        """Shards with their sentences, made as they are sent."""
        for shard in shards:
            if shard.model in self.standing.failures:
                self._skip(shard)
            else:
                self.standing.model = shard.model
                yield shard, self.folder.chosen(shard)

    def _told(self, workers: int) -> None:
        self.standing.workers = workers
        self.tell()

    def _take(self, outcome: Done | Failed) -> None:
        """Keeps a shard; a failure is its model's, and the others go on."""
        if isinstance(outcome, Failed):
            if outcome.of_model:
                self._fail(outcome.shard.model, outcome.sentence)
            else:
                self.standing.left_out[outcome.shard] = outcome.sentence
            self._skip(outcome.shard)
            return
        try:
            self.folder.write(outcome.shard, outcome.records, outcome.info)
        except OtherModelError as error:
            self._take(Failed(outcome.shard, error.said))
            return
        self.standing.done += outcome.shard.records
        self.standing.shards += 1
        self.standing.errors += sum(bool(record.error) for record in outcome.records)
        self.tell()

    def _fail(self, model: str, sentence: str) -> None:
        self.standing.failures.setdefault(model, sentence)

    def _skip(self, shard: Shard) -> None:
        """A failed model's shard is no longer waited for."""
        self.standing.records -= shard.records


def _why(model: str) -> str:
    try:
        find(model, allow_any_path=True)
    except AttributionError as error:
        return error.said
    return Said("The model {model} cannot be used.", model=model)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _workers() -> int:
    """One a GPU, else one a core."""
    import torch

    return torch.cuda.device_count() or _cores()
