"""One shard computed: its sentences, put to a model by some methods, by whichever process has the model."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from platform import python_version
from typing import Any

import torch

from attribution.many.columns import Kind
from attribution.many.measures import Options, Record, Sentence, records
from attribution.many.results import Shard
from attribution.models import hub
from attribution.models.catalogue import find
from attribution.models.loading import LoadedModel
from attribution.models.specs import resolve
from attribution.service.cost import passes, token_seconds
from attribution.types import ComparisonRequest, NextWordRequest, TranslationRequest

BLOCK = 16
"""Sentences that are computed at once, neighbours in the order of length; fixed, so that a number does not
depend on who computes it and when."""
SHARD_SECONDS = 5.0
"""About how long a shard takes on one core: what a killed worker costs, 500 times what sending it does."""
MOST_ROWS = 1024
SAMPLE = 200
_EDGE = 1 << 20


@dataclass(frozen=True)
class Done:
    """A shard's records, in the order of its sentences, and which model made them."""

    shard: Shard
    records: tuple[Record, ...]
    info: dict[str, Any]


@dataclass(frozen=True)
class Failed:
    """A shard that nobody could compute, and why.

    of_model: whether the reason is its model, which then is not asked again.
    """

    shard: Shard
    sentence: str
    of_model: bool = True


def computed(
    loaded: LoadedModel,
    kind: Kind,
    shard: Shard,
    sentences: Sequence[Sentence],
    options: Options,
    tell: Callable[[float], None] = lambda _: None,
) -> Done:
    """The shard's records; `tell` is called all along, and what it raises ends the computation."""
    found: list[Record] = []
    for start in range(0, len(sentences), BLOCK):
        block = sentences[start : start + BLOCK]
        found += records(loaded, kind, block, shard.methods, options, tell)
        tell(1.0)
    return Done(shard, tuple(found), model_info(loaded))


def rows_a_shard(
    kind: Kind, model: str, sentences: Sequence[Sentence], methods: Sequence[str], options: Options
) -> int:
    """How many sentences take about `SHARD_SECONDS`: blocks of them, unless one block takes minutes."""
    seconds = row_seconds(kind, model, sentences, methods, options)
    if seconds * BLOCK > 24 * SHARD_SECONDS:
        return max(1, round(24 * SHARD_SECONDS / seconds))
    return min(MOST_ROWS, max(1, round(SHARD_SECONDS / seconds / BLOCK)) * BLOCK)


def row_seconds(
    kind: Kind, model: str, sentences: Sequence[Sentence], methods: Sequence[str], options: Options
) -> float:
    """How long one of the sentences takes with all methods, guessed from the model's size."""
    parameters = find(model, allow_any_path=True).parameters or 100_000_000
    some = sentences[:: max(1, len(sentences) // SAMPLE)]
    read = sum(passes(_request(kind, model, s, method)) for s in some for method in methods)
    if options.measures:
        read += sum((len(s.text.split()) + 32) * len(s.text) / 4 for s in some)
    return max(1e-4, read / len(some) * token_seconds(parameters))


def _request(
    kind: Kind, model: str, s: Sentence, method: str
) -> NextWordRequest | ComparisonRequest | TranslationRequest:
    if kind == "next word":
        return NextWordRequest(model, s.text, s.target, s.foil, method=method)
    if kind == "question":
        return ComparisonRequest(model, s.text, s.target, s.foil, method=method)
    return TranslationRequest(model, s.text, s.target, method=method)


def versions() -> dict[str, str]:
    """What the numbers depend on beside the model."""
    from attribution import __version__

    packages = ("torch", "transformers", "tokenizers", "numpy")
    found = {name: str(import_module(name).__version__) for name in packages}
    return {"Why This Word": __version__, "Python": python_version(), **found}


def model_info(loaded: LoadedModel) -> dict[str, Any]:
    """What tells the model from every other, and where it computed."""
    info = loaded.info
    return {
        "id": info.id,
        "name": info.name,
        "revision": info.revision,
        "fingerprint": _fingerprint(info.id),
        "parameters": info.parameters,
        "architecture": info.architecture,
        "dtype": info.dtype,
        "device": info.device,
        "threads": torch.get_num_threads(),
    }


_fingerprints: dict[tuple[str, float], str] = {}


def _fingerprint(model: str) -> str:
    """SHA-256 of the sizes of a model's files and of the first and last megabyte of each."""
    location = resolve(model)
    path = location.path or hub.cached(location.repo, location.revision)
    if path is None:
        return ""
    files = sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path]
    files = [
        p for p in files if p.suffix in (".json", ".safetensors", ".bin", ".gguf", ".spm", ".model", ".txt")
    ]
    known = model, max((p.stat().st_mtime for p in files), default=0.0)
    if known not in _fingerprints:
        _fingerprints[known] = _digest(files)
    return _fingerprints[known]


def _digest(files: Sequence[Path]) -> str:
    found = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            size = path.stat().st_size
            found.update(f"{path.name} {size}".encode() + file.read(_EDGE))
            file.seek(max(0, size - _EDGE))
            found.update(file.read(_EDGE))
    return found.hexdigest()
