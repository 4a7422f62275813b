"""Reading files that may hold anything: regular ones only, up to a bound, every failure a sentence."""

from __future__ import annotations

import json
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from attribution.types import ModelUnavailableError

LONGEST_JSON = 8_000_000
"""Bytes of a config, an index of weights, or a header; the largest known ones have half of that."""
LONGEST_TEXT = 100_000_000
"""Bytes of a vocabulary."""
TEXTS = (".json", ".txt", ".model", ".spm", ".jinja")
_DAMAGED = (
    *(OSError, ValueError, TypeError, LookupError, ArithmeticError),
    *(RecursionError, MemoryError, struct.error),
)
"""What a damaged file makes of the code that reads it."""
SETTINGS = (
    "generation_config.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
)


def json_object(path: Path) -> dict[str, Any]:
    """The JSON object that a file holds; numbers are finite, texts are whole.

    Raises:
        ModelUnavailableError: missing, too long, or no such object; the sentence names the file.
    """
    with sentences(path), opened(path) as file:
        return parsed(file.read(LONGEST_JSON + 1))


def check_texts(folder: Path) -> None:
    """Refuses a model's folder with a device, gigabytes or damaged settings among its small files.

    Raises:
        ModelUnavailableError: the sentence names the file.
    """
    with sentences(folder / "config.json"):
        paths = sorted(path for path in folder.iterdir() if path.suffix in TEXTS and not path.is_dir())
    for path in paths:
        if path.name in SETTINGS:
            json_object(path)
            continue
        with sentences(path), opened(path) as file:
            if file.seek(0, 2) > LONGEST_TEXT:
                raise ValueError("longer than any vocabulary")


@contextmanager
def sentences(path: Path) -> Iterator[None]:
    """Turns whatever a damaged file makes of the block that reads it into a sentence that names the file."""
    try:
        yield
    except FileNotFoundError as error:
        raise ModelUnavailableError(
            "The file {file} is missing from {folder}.", file=_name(path), folder=_name(path.parent)
        ) from error
    except _DAMAGED as error:
        raise ModelUnavailableError(
            "The file {file} in {folder} is damaged or incomplete; choose another model.",
            file=_name(path),
            folder=_name(path.parent),
        ) from error


def opened(path: Path) -> BinaryIO:
    """A regular file, opened; a pipe or a device would keep its reader waiting."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise ValueError("no regular file")
    return path.open("rb")


def parsed(data: bytes) -> dict[str, Any]:
    """A JSON object from UTF-8.

    Raises:
        ValueError: too long, something else, NaN or infinite numbers, or texts with half a character.
        RecursionError: nested too deeply.
    """
    if len(data) > LONGEST_JSON:
        raise ValueError("too long")
    found = json.loads(data.decode("utf-8"), parse_constant=_refused, parse_float=_finite)
    if not isinstance(found, dict):
        raise ValueError("no object")
    if b"\\ud" in data.lower():  # a lone surrogate is no text that anything could show
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    return found


def _refused(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _finite(digits: str) -> float:
    number = float(digits)
    if number - number != 0.0:
        raise ValueError("a number too large")
    return number


def _name(path: Path) -> str:
    """For a sentence; a name on a disk need not be text."""
    return path.name.encode("utf-8", "replace").decode("utf-8")
