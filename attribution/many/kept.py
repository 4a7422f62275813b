"""Runs that pages have begun, kept on the disk for who asks the same: found, shared, deleted, bounded.

FOLDER/KEY/              a folder of results, see `results`
FOLDER/KEY/owners/       an empty file for each visitor who asked for it
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from attribution.many.measures import Options, Sentence
from attribution.many.results import Results, ResultsError, read_results
from attribution.many.sets import COLUMNS, SentenceSet
from attribution.many.shards import row_seconds
from attribution.recalled import recalled
from attribution.types import AttributionError

MOST_BYTES = 2_000_000_000
MOST_RUNS = 200
MOST_RECORDS = 2_000_000
"""Sentences times models times methods of one run."""
SPARE = 200_000_000
"""Bytes of the disk that a run leaves free as it begins."""
SAMPLE = 50
"""Sentences by which it is guessed how long a run takes."""
DIGEST = re.compile(r"[0-9a-f]{64}")


def folder() -> Path:
    """Where runs are kept: WHY_MANY_DIR, or a folder of the user who runs the server."""
    chosen = os.environ.get("WHY_MANY_DIR", "").strip()
    home = Path.home() / ".local" / "share" / "why-this-word" / "many"
    return Path(chosen).expanduser() if chosen else home


@dataclass(frozen=True)
class Kept:
    """One run: a set by its digest, models, methods, and how it is measured."""

    digest: str
    models: tuple[str, ...]
    methods: tuple[str, ...]
    options: Options

    @property
    def key(self) -> str:
        """The name of its folder: the same for the same question, however its parts are ordered."""
        asked = [sorted(set(self.models)), sorted(set(self.methods)), asdict(self.options)]
        short = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
        return f"{self.digest[:24]}-{short[:24]}"

    @property
    def path(self) -> Path:
        """Its folder."""
        return folder() / self.key

    @property
    def begun(self) -> bool:
        """Whether there is anything of it."""
        return (self.path / "manifest.json").exists()

    def results(self) -> Results:
        """What there is of it so far.

        Raises:
            ResultsError: its folder is damaged.
        """
        return read_results(self.path)

    def owned(self, owner: str) -> bool:
        """Whether this visitor has asked for it."""
        return (self.path / "owners" / _hidden(owner)).exists()

    def own(self, owner: str) -> None:
        """Notes that this visitor has asked for it, and that it is in use.

        Raises:
            ResultsError: the folder cannot be written.
        """
        try:
            file = self.path / "owners" / _hidden(owner)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
            os.utime(self.path)
        except OSError as error:
            raise _unwritable(error) from error

    def disown(self, owner: str) -> None:
        """Deletes it for this visitor; who else has asked for it keeps it."""
        (self.path / "owners" / _hidden(owner)).unlink(missing_ok=True)
        if not any((self.path / "owners").glob("*")):
            shutil.rmtree(self.path, ignore_errors=True)


def seconds(sentences: SentenceSet, models: Sequence[str], methods: Sequence[str], options: Options) -> float:
    """About how long a run takes in one process, guessed from the sizes of the models.

    Raises:
        AttributionError: a model is not known.
    """
    rows = sentences.rows[:: max(1, len(sentences) // SAMPLE)]
    some = [Sentence(*row) for row in rows[list(COLUMNS)].itertuples(index=False)]
    return sum(row_seconds(sentences.kind, m, some, methods, options) for m in models) * len(sentences)


def check_size(sentences: int, models: Sequence[str], methods: Sequence[str]) -> None:
    """Refuses a run that is too large for a page.

    Raises:
        AttributionError: it is.
    """
    records = sentences * len(models) * len(methods)
    if records > MOST_RECORDS:
        raise AttributionError(
            "{count:,} results are asked for (sentences × models × methods), and one run has at most "
            "{most:,}: choose fewer models or methods, or divide the set.",
            count=records,
            most=MOST_RECORDS,
        )


def kept_set(digest: str) -> SentenceSet | None:
    """A set that a run kept here was asked with; None where there is none."""
    if not DIGEST.fullmatch(digest):
        return None
    for path in sorted(folder().glob(f"{digest[:24]}-*")):
        try:
            manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
            if manifest["set"]["digest"] != digest:
                continue
            rows, problems = (pd.read_parquet(path / f"{name}.parquet") for name in ("set", "problems"))
            of = manifest["set"]
            return SentenceSet(
                str(of["name"]),
                of["kind"],
                rows,
                problems,
                dict(manifest["columns"]),
                tuple(recalled(str(note)) for note in manifest["notes"]),
                digest,
            )
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None


def make_room(keep: Sequence[str] = ()) -> None:
    """Deletes the runs that were asked for longest ago, until those that stay are few and small enough.

    Raises:
        ResultsError: the disk is nearly full all the same, or the folder cannot be written.
    """
    try:
        folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        runs = [path for path in folder().iterdir() if path.is_dir()]
        ages = {path: _touched(path) for path in runs}
        sizes = {path: _size(path) for path in runs}
    except OSError as error:
        raise _unwritable(error) from error
    for path in sorted(runs, key=lambda path: ages[path]):
        full = sum(sizes.values()) > MOST_BYTES or len(sizes) >= MOST_RUNS
        if (full or shutil.disk_usage(folder()).free < SPARE) and path.name not in keep:
            shutil.rmtree(path, ignore_errors=True)
            del sizes[path]
    free = shutil.disk_usage(folder()).free
    if free < SPARE:
        raise ResultsError(
            "The disk of this server is nearly full ({free:,.0f} MB are free), so that no results "
            "can be kept; nothing was begun.",
            free=free / 1e6,
        )


def _hidden(owner: str) -> str:
    """A visitor in the name of a file: whoever reads it does not learn their key."""
    return hashlib.sha256(f"many {owner}".encode()).hexdigest()[:32]


def _touched(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return time.time()


def _size(path: Path) -> int:
    total = 0
    for file in path.rglob("*"):
        try:
            total += file.stat().st_size
        except OSError:
            continue  # deleted meanwhile
    return total


def _unwritable(error: OSError) -> ResultsError:
    reason = error.strerror or type(error).__name__
    return ResultsError("Results cannot be kept on this server ({reason}); nothing was begun.", reason=reason)
