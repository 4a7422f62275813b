"""Shards computed by Dask: processes of this machine, a scheduler somewhere, or jobs of a batch system.

The one file that imports Dask; it is imported when a cluster is asked for.
"""

from __future__ import annotations

import logging
import os
import tomllib
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any

import dask
import torch
from distributed import Client, KilledWorker, LocalCluster, Security, WorkerPlugin, get_worker, wait
from distributed.comm import CommClosedError

from attribution.language import Said
from attribution.many.columns import Kind
from attribution.many.measures import Options, Sentence
from attribution.many.results import Shard
from attribution.many.shards import Done, Failed, computed, versions
from attribution.models import memory
from attribution.models.loading import best_device
from attribution.models.store import ModelStore
from attribution.types import AttributionError, Precision

Task = tuple[Shard, list[Sentence]]
SYSTEMS = {
    "slurm": "SLURMCluster",
    "pbs": "PBSCluster",
    "sge": "SGECluster",
    "lsf": "LSFCluster",
    "htcondor": "HTCondorCluster",
    "oar": "OARCluster",
}
"""Batch systems that dask-jobqueue knows."""
CONNECT = "10s"
FIRST_WORKER = 90
"""Seconds within which the first worker of a scheduler has to be there; a batch system's may wait long."""
LOOK_UP = 0.5
NICE = 10


class ClusterError(AttributionError):
    """The cluster cannot be used, or was lost."""


class Models(WorkerPlugin):
    """A worker's models: each is built once a worker, the first one before any work comes."""

    name = "why-this-word"

    def __init__(self, first: str, dtype: Precision, own: int, low_priority: bool) -> None:
        """`own`: the number of workers, where they are processes of this machine that we started; else 0."""
        self.first, self.dtype, self.own, self.low_priority = first, dtype, own, low_priority
        self.wanted = versions()
        self.store: ModelStore | None = None

    def setup(self, worker: Any) -> None:
        """Called once in every worker, also in one that joins later or takes a killed one's place.

        Raises:
            RuntimeError: it has other versions than the program that asks.
        """
        mine = versions()
        other = [
            f"{name} {mine[name]}, not {there}" for name, there in self.wanted.items() if mine[name] != there
        ]
        if other:
            raise RuntimeError(f"A worker has {'; '.join(other)}: install the same versions there.")
        budget = None
        if self.own:
            if self.low_priority and hasattr(os, "nice"):
                os.nice(NICE)
            if torch.cuda.device_count() > 1:
                os.environ["CUDA_VISIBLE_DEVICES"] = str(int(worker.name) % torch.cuda.device_count())
            else:
                budget = memory.default_budget(best_device(self.dtype)) // self.own
        torch.set_num_threads(1)
        self.store = ModelStore(budget, allow_any_path=True)
        with suppress(AttributionError):  # said when it is used
            self.store.fetch(self.first, self.dtype)


def _compute(kind: Kind, options: Options, shard: Shard, sentences: list[Sentence]) -> Done | Failed:
    """Runs in a worker."""
    models = get_worker().plugins[Models.name]
    assert isinstance(models, Models)
    assert models.store is not None
    try:
        with models.store.using(shard.model, options.dtype) as loaded:
            return computed(loaded, kind, shard, sentences, options)
    except AttributionError as error:
        return Failed(shard, error.said)


@contextmanager
def connected(
    cluster: str, workers: int, first: str, dtype: Precision, low_priority: bool = False
) -> Iterator[Client]:
    """A client of a cluster whose workers have their models.

    Args:
        cluster: "local", the address of a scheduler such as tcp://host:8786, or a TOML file.
        workers: how many of "local".
        first: the model to begin with.
        dtype: its precision.
        low_priority: of the processes of "local".

    Raises:
        ClusterError: nothing answers, other versions are there, or the file is wrong.
    """
    logging.getLogger("distributed").setLevel(logging.ERROR)
    dask.config.set({"distributed.comm.timeouts.connect": CONNECT, "distributed.admin.tick.limit": "1h"})
    own = workers if cluster == "local" else 0
    with _made(cluster, workers) as made:
        try:
            client = Client(made, timeout=CONNECT, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise ClusterError(
                "No scheduler answers at {address}: start one there (dask scheduler), or use no cluster.",
                address=cluster,
            ) from error
        with client:
            if not cluster.endswith(".toml"):
                _wait_for_one(client, cluster)
            try:
                client.register_plugin(Models(first, dtype, own, low_priority))
            except Exception as error:  # what a worker or scheduler of another installation answers with
                raise ClusterError(
                    "The workers at {address} cannot be used. {reason}",
                    address=cluster,
                    reason=_said(error),
                ) from error
            yield client


def _wait_for_one(client: Client, cluster: str) -> None:
    try:
        client.wait_for_workers(1, timeout=FIRST_WORKER)
    except TimeoutError as error:
        raise ClusterError(
            "The scheduler at {address} has no workers: start some with “dask worker {address}”.",
            address=cluster,
        ) from error


@contextmanager
def _made(cluster: str, workers: int) -> Iterator[Any]:
    """What a client connects to, started and ended here where it is ours."""
    if cluster == "local":
        with LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            memory_limit=0,
            dashboard_address="127.0.0.1:0",
            security=_security(),
            silence_logs=logging.ERROR,
        ) as made:
            yield made
    elif cluster.endswith(".toml"):
        with _jobs(Path(cluster)) as made:
            yield made
    else:
        yield cluster


def _security() -> Security | None:
    """Certificates for this one cluster, so that no other user of this machine can send it work.

    They take the package cryptography; without it whoever is logged in on this machine is trusted.
    """
    try:
        return Security.temporary()
    except ImportError:
        return None


def _jobs(path: Path) -> Any:
    """A cluster of jobs, as a file describes it: system, jobs, and options as dask-jobqueue takes them.

    Raises:
        ClusterError: the file or the package is missing, or an option is wrong.
    """
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ClusterError(
            "The cluster's file {path} cannot be read as TOML: {reason}.", path=path, reason=str(error)
        ) from error
    system = str(written.get("system", "")).lower()
    if system not in SYSTEMS:
        raise ClusterError("{path} has to name its system: {systems}.", path=path, systems=", ".join(SYSTEMS))
    try:
        import dask_jobqueue
    except ImportError as error:
        raise ClusterError("Batch systems need one more package: pip install dask-jobqueue==0.9.0") from error
    try:
        made = getattr(dask_jobqueue, SYSTEMS[system])(**written.get("options", {}))
        made.scale(jobs=int(written.get("jobs", 1)))
    except Exception as error:  # dask-jobqueue raises all kinds
        raise ClusterError(
            "The cluster of {path} cannot be started: {reason}", path=path, reason=_said(error)
        ) from error
    return made


def computed_on(
    client: Client,
    kind: Kind,
    options: Options,
    tasks: Iterator[Task],
    tell: Callable[[int], None],
) -> Generator[Done | Failed]:
    """The shards as they are finished, in whatever order; hardly more are sent than there are workers.

    `tell` is called with the number of workers, at least twice a second; what it raises ends the computation.

    Raises:
        ClusterError: the scheduler was lost, or a shard has killed one worker after the other.
    """
    running: dict[Any, Shard] = {}
    try:
        while True:
            workers = len(client.nthreads())
            room = max(2, 2 * workers) - len(running)  # less than none where a worker was lost
            for shard, sentences in islice(tasks, max(0, room)):
                future = client.submit(_compute, kind, options, shard, sentences, pure=False)
                running[future] = shard
            if not running:
                return
            with suppress(TimeoutError), client.as_current():
                wait(list(running), timeout=LOOK_UP, return_when="FIRST_COMPLETED")
            for future in [f for f in running if f.done()]:
                shard = running.pop(future)
                yield _outcome(future, shard)
                future.release()
            tell(workers)
    except (CommClosedError, CancelledError, OSError) as error:
        raise ClusterError(
            "The scheduler was lost. What was finished is kept; run again to go on."
        ) from error
    finally:
        with suppress(Exception):
            client.cancel(list(running), force=True)


def _outcome(future: Any, shard: Shard) -> Done | Failed:
    if future.cancelled():
        raise CancelledError
    error = future.exception()
    if isinstance(error, KilledWorker):
        return Failed(
            shard,
            Said("A part of the set killed its worker four times, perhaps for want of memory."),
            of_model=False,
        )
    if error is not None:
        return Failed(shard, Said("A worker failed: {reason}", reason=_said(error)), of_model=False)
    found: Done | Failed = future.result()
    return found


def _said(error: BaseException) -> str:
    """The first line of a foreign error, for a sentence."""
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:200]
