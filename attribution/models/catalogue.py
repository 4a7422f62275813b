"""What can be picked: bundled models, what is on this machine, and the Hub's. Loads no torch.

A model is named by a spec: a catalogue id (`english-lm`), a Hub id (`openai-community/gpt2`, optionally with
`@revision`), a local folder, or a .gguf file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from attribution.models import hub
from attribution.models.architectures import ARCHITECTURES
from attribution.models.config import check_layers, has_template, read_config
from attribution.models.entries import (
    BUNDLED,
    BUNDLED_ENTRIES,
    HUB_ENTRIES,
    KNOWN,
    PACKAGED,
    CatalogueEntry,
)
from attribution.models.settings import settings
from attribution.models.specs import Location, is_model, packaged_gguf, resolve
from attribution.models.weights import read_weights
from attribution.types import (
    AttributionError,
    ModelGroup,
    ModelKind,
    ModelUnavailableError,
    UnknownModelError,
)

__all__ = [
    "CatalogueEntry",
    "bundled",
    "by_size",
    "describe",
    "families",
    "find",
    "hub_entries",
    "on_this_machine",
    "read_config",
]


def bundled() -> tuple[CatalogueEntry, ...]:
    """The models that ship with the project; a damaged one has its `problem`."""
    entries = []
    for entry in BUNDLED_ENTRIES:
        if (BUNDLED / entry.id).is_dir():
            try:
                entries.append(find(entry.id))
            except ModelUnavailableError as error:
                entries.append(replace(entry, problem=error.said))
    return tuple(entries)


def on_this_machine() -> tuple[CatalogueEntry, ...]:
    """Hub models already downloaded, and folders and .gguf files under WHY_MODELS_DIR."""
    entries = (_local(spec) for spec in (*_own_models(), *hub.downloaded()))
    return tuple(entry for entry in entries if entry is not None)


def hub_entries() -> tuple[CatalogueEntry, ...]:
    """Models of the Hugging Face Hub that are known to work; none where downloads are switched off."""
    return tuple(e for e in HUB_ENTRIES if _allowed(e.id)) if settings().hub else ()


def families() -> dict[str, tuple[CatalogueEntry, ...]]:
    """The families with several sizes, smallest first; the bundled family comes first."""
    members: dict[str, list[CatalogueEntry]] = {}
    for entry in (*bundled(), *HUB_ENTRIES):
        if entry.family:
            members.setdefault(entry.family, []).append(entry)
    return {
        name: tuple(sorted(entries, key=lambda e: e.parameters))
        for name, entries in members.items()
        if len(entries) > 1
    }


def find(spec: str, *, allow_any_path: bool = False) -> CatalogueEntry:
    """The entry of any spec, also of models outside the catalogue.

    Raises:
        UnknownModelError: no model can have that name, or it is not allowed here.
        ModelUnavailableError: a model of this machine whose files are missing or damaged.
    """
    return describe(resolve(spec, allow_any_path=allow_any_path))


def by_size(
    models: Iterable[str], entry_of: Callable[[str], CatalogueEntry] = find
) -> dict[str, CatalogueEntry | None]:
    """The entry of each model by its id, the smallest first; those of unknown size come last.

    A model named twice is there once; one that nobody knows has None, by the name it was given.
    """
    entries: dict[str, CatalogueEntry | None] = {}
    for spec in models:
        try:
            entry = entry_of(spec)
            entries.setdefault(entry.id, entry)
        except AttributionError:
            entries.setdefault(str(spec).strip(), None)

    def size(item: tuple[str, CatalogueEntry | None]) -> float:
        return (item[1] and item[1].parameters) or float("inf")

    return dict(sorted(entries.items(), key=size))


def describe(location: Location) -> CatalogueEntry:
    """The entry of a model whose place is known; of an unknown Hub model hardly more than its name."""
    known = KNOWN.get(location.repo or location.id)
    path = location.path or hub.cached(location.repo, location.revision)
    if path is None:
        entry = known or CatalogueEntry(location.id, location.repo, "Hugging Face Hub", "decoder", "")
        return replace(entry, id=location.id, revision=location.revision or entry.revision)
    config, weights = read_config(path), read_weights(path)
    check_layers(config, weights, path.name)
    half = str(config.get("dtype") or config.get("torch_dtype")) in ("float16", "bfloat16")
    group: ModelGroup = "Bundled" if path.parent == BUNDLED else "On this machine"
    name = location.repo.split("/")[-1] or path.name
    entry = known or CatalogueEntry(location.id, name, group, "decoder", architecture_name(config))
    return replace(
        entry,
        id=location.id,
        group=group,
        kind="encoder-decoder" if config["is_encoder_decoder"] else "decoder",
        chat=not config["is_encoder_decoder"] and has_template(path),
        parameters=entry.parameters or weights.parameters or weights.bytes // (2 if half else 4),
        bytes=weights.bytes,
        revision=hub.commit(path),
    )


def architecture_name(config: dict[str, Any]) -> str:
    """As people write it, e.g. "GPT-2" for gpt2."""
    kind = config["model_type"]
    if kind == "t5" and "gated" in str(config.get("feed_forward_proj")):
        return "T5 v1.1"
    return ARCHITECTURES[kind].name if kind in ARCHITECTURES else kind


def _local(spec: str) -> CatalogueEntry | None:
    """The entry of a model on this machine, a damaged one with its `problem`.

    None where it is no language model or not allowed here.
    """
    kind: ModelKind = "decoder"
    architecture = ""  # where this stays empty nothing tells what it is
    try:
        location = resolve(spec, allow_any_path=False)
        path = location.path or hub.cached(location.repo, location.revision)
        if path is None:
            return None
        config = read_config(path)
        if config["model_type"] not in ARCHITECTURES:
            return None
        architecture = architecture_name(config)
        kind = "encoder-decoder" if config["is_encoder_decoder"] else "decoder"
        return describe(location)
    except UnknownModelError:
        return None
    except ModelUnavailableError as error:
        return CatalogueEntry(
            spec, Path(spec).name, "On this machine", kind, architecture, problem=error.said
        )


def _own_models() -> list[str]:
    """Specs of what WHY_MODELS_DIR holds, two levels deep, and of the packaged GGUF file."""
    found = [PACKAGED] if packaged_gguf() else []
    root = settings().models_dir
    if root and root.is_dir():
        paths = [path for depth in ("*", "*/*") for path in _matches(root, depth) if is_model(path)]
        found += sorted(path.relative_to(root).as_posix() for path in paths)
    return found


def _matches(root: Path, pattern: str) -> list[Path]:
    """What there is below a folder; a part of it that cannot be read (a loop, no permission) has nothing."""
    try:
        return list(root.glob(pattern))
    except (OSError, RuntimeError):
        return []


def _allowed(spec: str) -> bool:
    try:
        resolve(spec, allow_any_path=False)
    except (UnknownModelError, ModelUnavailableError):
        return False
    return True
