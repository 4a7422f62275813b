"""A folder of results: shards of Parquet written beside and renamed, and what makes them reproducible.

    manifest.json            the set, its options, the versions that computed
    set.parquet              the sentences; problems.parquet: the rows that could not be used
    models/NAME.json         how a model's sentences are cut into shards; NAME.info.json: which model it was
    shards/NAME/16-32.alti_logit+frozen.parquet

Sentences are sorted by length; a shard is a run of them, and some methods. Whoever opens the folder computes
what no shard holds, so that a run can be stopped, killed, gone on with, or divided among computers.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from attribution.language import N_, Said, in_turn
from attribution.many.columns import Kind
from attribution.many.measures import Options, Record, Sentence
from attribution.many.sets import COLUMNS, SentenceSet
from attribution.types import AttributionError

FORMAT = 1
NAME = re.compile(r"(\d+)-(\d+)\.([a-z0-9_+]+)\.parquet")
FIELDS = tuple(field.name for field in dataclasses.fields(Record))


class ResultsError(AttributionError):
    """A folder of results that cannot be used, or not be written."""


class OtherModelError(ResultsError):
    """A model is not the one that made the shards before."""


@dataclass(frozen=True)
class Shard:
    """The sentences first .. last - 1 in the order of their length, put to one model by some methods."""

    model: str
    first: int
    last: int
    methods: tuple[str, ...]

    @property
    def records(self) -> int:
        """How many it has."""
        return (self.last - self.first) * len(self.methods)

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.first}-{self.last}.{'+'.join(sorted(self.methods))}.parquet"


class Folder:
    """One set's results on the disk."""

    def __init__(
        self, path: Path, sentences: SentenceSet, options: Options, versions: dict[str, str]
    ) -> None:
        """Opens a folder, or makes it.

        Raises:
            ResultsError: it holds another set's results, or was measured with other options, or cannot be
                written.
        """
        self.path, self.sentences, self.options = path, sentences, options
        self.order = _by_length(sentences)
        try:
            (path / "shards").mkdir(parents=True, exist_ok=True)
            (path / "models").mkdir(exist_ok=True)
            if (path / "manifest.json").exists():
                self._check(_read_json(path / "manifest.json"), versions)
            else:
                _write_frame(path / "set.parquet", sentences.rows)
                _write_frame(path / "problems.parquet", sentences.problems)
                _write_json(path / "manifest.json", self._manifest([versions]))
        except OSError as error:
            raise ResultsError(
                "The folder {path} cannot be written: {reason}.", path=path, reason=_reason(error)
            ) from error

    def _manifest(self, versions: list[dict[str, str]]) -> dict[str, Any]:
        s = self.sentences
        return {
            "format": FORMAT,
            "set": {"name": s.name, "kind": s.kind, "digest": s.digest, "rows": len(s)},
            "columns": s.columns,
            "notes": list(s.notes),
            "options": dataclasses.asdict(self.options) | {"measures": sorted(self.options.measures)},
            "versions": versions,
        }

    def _check(self, there: dict[str, Any], versions: dict[str, str]) -> None:
        mine = self._manifest([versions])
        if there.get("format") != FORMAT:
            raise ResultsError(
                "The results in {path} were written by another version; use another folder.", path=self.path
            )
        if there["set"]["digest"] != mine["set"]["digest"]:
            raise ResultsError(
                "The folder {path} holds results of the set {name} as it was then; "
                "this one has other sentences. Use another folder.",
                path=self.path,
                name=there["set"]["name"],
            )
        other = [name for name, value in mine["options"].items() if there["options"].get(name) != value]
        if other:
            was = ", ".join(f"{name} {there['options'].get(name)}" for name in other)
            raise ResultsError(
                "The results in {path} were measured with {options}; use another folder.",
                path=self.path,
                options=was,
            )
        if versions not in there["versions"]:
            _write_json(self.path / "manifest.json", there | {"versions": [*there["versions"], versions]})

    def rows_a_shard(self, model: str, wanted: int) -> int:
        """How a model's sentences are cut: as `wanted` by whoever came first."""
        file = self.path / "models" / f"{_slug(model)}.json"
        mine = json.dumps({"id": model, "dtype": self.options.dtype, "rows_a_shard": wanted})
        try:
            beside = file.with_name(f".{file.name}.{os.getpid()}")
            beside.write_text(mine, encoding="utf-8")
            try:
                os.link(beside, file)  # fails where another process was first
            except FileExistsError:
                pass
            except OSError:  # a disk without links
                if not file.exists():
                    beside.replace(file)
            beside.unlink(missing_ok=True)
        except OSError as error:
            raise ResultsError(
                "{file} cannot be written: {reason}.", file=file, reason=_reason(error)
            ) from error
        return int(_read_json(file)["rows_a_shard"])

    def missing(self, model: str, methods: Sequence[str], rows_a_shard: int) -> list[Shard]:
        """What is still to be computed, the shortest sentences first."""
        there = self._there(model)
        shards = []
        for first in range(0, len(self.sentences), rows_a_shard):
            last = min(first + rows_a_shard, len(self.sentences))
            wanted = tuple(m for m in methods if m not in there.get((first, last), set()))
            if wanted:
                shards.append(Shard(model, first, last, wanted))
        return shards

    def _there(self, model: str) -> dict[tuple[int, int], set[str]]:
        found: dict[tuple[int, int], set[str]] = {}
        for path in _shard_files(self.path, model):
            first, last, methods = _parsed(path.name)
            if _records_in(path) == (last - first) * len(methods):
                found.setdefault((first, last), set()).update(methods)
            else:
                path.unlink(missing_ok=True)  # cut off by a power failure
        return found

    def chosen(self, shard: Shard) -> list[Sentence]:
        """The sentences of a shard."""
        rows = self.sentences.rows.iloc[self.order[shard.first : shard.last]]
        return [Sentence(*row) for row in rows[list(COLUMNS)].itertuples(index=False)]

    def write(self, shard: Shard, found: Sequence[Record], info: dict[str, Any]) -> None:
        """Adds a finished shard, and says which model it was.

        Raises:
            ResultsError: the disk is full.
            OtherModelError: see there.
        """
        self._check_model(shard.model, info)
        folder = self.path / "shards" / _slug(shard.model)
        frame = pd.DataFrame([dataclasses.astuple(r) for r in found], columns=list(FIELDS))
        try:
            folder.mkdir(exist_ok=True)
            _write_frame(folder / shard.file, frame)
        except OSError as error:
            raise ResultsError(
                "The results could not be written ({reason}). What was computed before is kept in "
                "{path}; make room and run again.",
                reason=_reason(error),
                path=self.path,
            ) from error

    def _check_model(self, model: str, info: dict[str, Any]) -> None:
        file = self.path / "models" / f"{_slug(model)}.info.json"
        try:
            if not file.exists():
                _write_json(file, info)
            there = _read_json(file)
        except OSError as error:
            raise ResultsError(
                "{file} cannot be written: {reason}.", file=file, reason=_reason(error)
            ) from error
        if there["fingerprint"] != info["fingerprint"]:
            raise OtherModelError(
                "The model {model} is not the one that the results in {path} were made by: its files "
                "have changed. Use another folder.",
                model=model,
                path=self.path,
            )


TAKEN_AWAY = {
    "leave out": N_("Words taken away: leave out."),
    "neutral": N_("Words taken away: neutral."),
}


@dataclass(frozen=True)
class Results:
    """What a folder holds.

    frame: a row a sentence, model and method, sorted by these; its columns are those of `Record` (all numbers
    NaN where nothing could be measured) with model, parameters and group:
    difference: target minus foil in logits, of translations and questions in log-probability; right: 1 where
    it is positive. explained: the number explained, of translations the log-probability. found: 1 / rank of
    the best ranked evidence word, found_random: its mean over random orders. carried: the part of the number
    explained that the words carry, of methods that add up. gap, lds: see `methods.faithfulness`; the random
    reference of a gap is 0. aer: alignment error rate with `aer_links` links. error: why there are no
    numbers. seconds: that the method and its measures took; of methods computed together, a share.
    """

    frame: pd.DataFrame
    rows: pd.DataFrame
    problems: pd.DataFrame
    manifest: dict[str, Any]
    models: dict[str, dict[str, Any]]
    """By id: name, revision, fingerprint, parameters, dtype, device, threads."""

    @property
    def kind(self) -> Kind:
        """Of the set."""
        kind: Kind = self.manifest["set"]["kind"]
        return kind

    @property
    def expected(self) -> int:
        """Records that there would be if every model seen had finished every method seen."""
        models, methods = (len(set(self.frame[name])) for name in ("model", "method"))
        return models * methods * int(self.manifest["set"]["rows"])

    @property
    def caption(self) -> str:
        """What makes the numbers reproducible, in sentences."""
        m, s = self.manifest, self.manifest["set"]
        models = "; ".join(
            f"{info['name']} ({info['revision'] or info['fingerprint'][:12]}, {info['dtype']})"
            for info in self.models.values()
        )
        methods = ", ".join(sorted(set(self.frame["method"])))
        options, versions = m["options"], m["versions"][-1]
        found = [
            Said(
                "Set {name}, {count:,} sentences (SHA-256 {digest}). Models: {models}. Methods: {methods}. "
                "Seed {seed}.",
                name=s["name"],
                count=s["rows"],
                digest=s["digest"][:12],
                models=models,
                methods=methods,
                seed=str(options["seed"]),
            )
        ]
        if options["measures"]:
            found.append(Said(TAKEN_AWAY[options["replace"]]))
        if options["batch"] and s["kind"] == "next word":
            found.append(Said("Sentences of like length were computed together."))
        return in_turn([*found, ", ".join(f"{name} {version}" for name, version in versions.items()) + "."])


def read_results(path: str | Path) -> Results:
    """Everything a folder of results holds so far; may be asked while it is still written to.

    Raises:
        ResultsError: it is no such folder, or is damaged.
    """
    path = Path(path)
    try:
        manifest = _read_json(path / "manifest.json")
        rows = pd.read_parquet(path / "set.parquet")
        problems = pd.read_parquet(path / "problems.parquet")
        plans = [
            _read_json(p) for p in sorted((path / "models").glob("[!.]*.json")) if ".info." not in p.name
        ]
        infos = {}
        frames = []
        for plan in plans:
            info = path / "models" / f"{_slug(plan['id'])}.info.json"
            if info.exists():
                infos[plan["id"]] = _read_json(info)
                frames += [_one_model(path, plan["id"])]
    except (OSError, ValueError, KeyError) as error:
        raise ResultsError("{path} is no folder of results, or is damaged.", path=path) from error
    infos = dict(sorted(infos.items(), key=lambda item: (item[1]["parameters"], item[0])))
    frame = pd.concat(frames) if frames else pd.DataFrame(columns=["model", *FIELDS])
    frame = frame.merge(rows[["row", "group"]], on="row", how="left")
    frame.insert(1, "parameters", frame["model"].map({m: i["parameters"] for m, i in infos.items()}))
    place = {model: k for k, model in enumerate(infos)}
    frame = frame.assign(place=frame["model"].map(place)).sort_values(["place", "method", "row"])
    return Results(frame.drop(columns="place").reset_index(drop=True), rows, problems, manifest, infos)


def _one_model(path: Path, model: str) -> pd.DataFrame:
    frames = [pd.read_parquet(file) for file in _shard_files(path, model)]
    frame = pd.concat(frames) if frames else pd.DataFrame(columns=list(FIELDS))
    frame.insert(0, "model", model)
    return frame.drop_duplicates(["row", "method"])


def _by_length(sentences: SentenceSet) -> list[int]:
    """Places of the rows, those with few words first: what is computed together is of like length."""
    texts = (
        sentences.rows["text"] + " " + (sentences.rows["target"] if sentences.kind == "translation" else "")
    )
    keys = [(text.count(" "), len(text), place) for place, text in enumerate(texts)]
    return [place for *_, place in sorted(keys)]


def _shard_files(path: Path, model: str) -> list[Path]:
    folder = path / "shards" / _slug(model)
    return sorted(p for p in folder.glob("*.parquet") if NAME.fullmatch(p.name)) if folder.is_dir() else []


def _parsed(name: str) -> tuple[int, int, set[str]]:
    match = NAME.fullmatch(name)
    assert match
    return int(match[1]), int(match[2]), set(match[3].split("+"))


def _records_in(path: Path) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return int(pq.read_metadata(path).num_rows)
    except (pa.ArrowException, OSError, ValueError):
        return -1


def _slug(model: str) -> str:
    """A name for files: readable, and another one for every model."""
    short = hashlib.sha256(model.encode()).hexdigest()[:8]
    return re.sub(r"[^A-Za-z0-9-]+", "-", model).strip("-")[-40:] + "-" + short


def _read_json(path: Path) -> dict[str, Any]:
    found = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise ValueError(f"{path} holds no object")
    return found


def _write_json(path: Path, value: dict[str, Any]) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
    beside.replace(path)


def _write_frame(path: Path, frame: pd.DataFrame) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        frame.to_parquet(beside, index=False)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
