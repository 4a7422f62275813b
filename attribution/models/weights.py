"""Which files hold a model's weights, whether they are whole, and how many parameters they hold.

Reads headers only (safetensors: JSON; GGUF: key-value pairs), so that this takes milliseconds and no torch.
"""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from attribution.types import ModelUnavailableError

SINGLE = ("model.safetensors", "pytorch_model.bin")
INDEXES = ("model.safetensors.index.json", "pytorch_model.bin.index.json")
MAX_HEADER = 100_000_000
GGUF_NUMBERS = dict(zip((0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12), "BbHhIif?Qqd", strict=True))
GGUF_STRING, GGUF_ARRAY = 8, 9


@dataclass(frozen=True)
class Weights:
    """A model's weight files; `parameters` is 0 where only loading would tell (PyTorch's .bin files)."""

    files: tuple[Path, ...]
    bytes: int
    parameters: int
    metadata: tuple[tuple[str, Any], ...] = ()
    """GGUF only: its scalar key-value pairs."""


def read_weights(path: Path) -> Weights:
    """The weights of a model folder or of a .gguf file, checked as far as headers allow.

    Raises:
        ModelUnavailableError: a file is missing or damaged; the sentence names it.
    """
    if path.suffix == ".gguf":
        header = _header(path)
        return Weights((path,), path.stat().st_size, header[0], header[1])
    files = weight_files(path)
    parameters = [_header(f)[0] for f in files]
    return Weights(files, sum(f.stat().st_size for f in files), sum(parameters) if all(parameters) else 0)


def weight_files(folder: Path) -> tuple[Path, ...]:
    """The files that loading reads, safetensors before PyTorch's .bin; shards in order."""
    for single, index in zip(SINGLE, INDEXES, strict=True):
        if (folder / single).exists():
            return (folder / single,)
        if (folder / index).exists():
            names = _shards(folder / index)
            for name in names:
                if not (folder / name).exists():
                    raise ModelUnavailableError(f"The weight file {name} is missing from {folder.name}.")
            return tuple(folder / name for name in names)
    raise ModelUnavailableError(
        f"The weight file {SINGLE[0]} is missing from {folder.name}; choose another model."
    )


def _shards(index: Path) -> list[str]:
    try:
        names = sorted(set(json.loads(index.read_text("utf-8"))["weight_map"].values()))
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise ModelUnavailableError(_damaged(index)) from error
    if not names or any(not isinstance(n, str) or Path(n).name != n for n in names):
        raise ModelUnavailableError(_damaged(index))
    return names


def _header(path: Path) -> tuple[int, tuple[tuple[str, Any], ...]]:
    try:
        status = path.stat()
        return _read_header(path, status.st_size, status.st_mtime_ns)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, struct.error) as error:
        raise ModelUnavailableError(_damaged(path)) from error


@lru_cache(maxsize=512)
def _read_header(path: Path, size: int, changed: int) -> tuple[int, tuple[tuple[str, Any], ...]]:
    with path.open("rb") as file:
        if path.suffix == ".safetensors":
            return _safetensors_parameters(file, size), ()
        if path.suffix == ".gguf":
            return _gguf(file, size)
    if size < 1000:
        raise ValueError("too small to be weights")
    return 0, ()


def _safetensors_parameters(file: BinaryIO, size: int) -> int:
    (length,) = struct.unpack("<Q", file.read(8))
    if length > min(size, MAX_HEADER):
        raise ValueError("header larger than the file")
    tensors = json.loads(file.read(length))
    tensors.pop("__metadata__", None)
    if not tensors or size != 8 + length + max(t["data_offsets"][1] for t in tensors.values()):
        raise ValueError("the file ends too early")
    # Stored causal masks (four axes) and rotary frequencies are no parameters.
    return sum(
        math.prod(t["shape"])
        for name, t in tensors.items()
        if len(t["shape"]) < 4 and not name.endswith(("masked_bias", "inv_freq"))
    )


def _gguf(file: BinaryIO, size: int) -> tuple[int, tuple[tuple[str, Any], ...]]:
    """Parameters and scalar metadata. Source: the GGUF specification of the ggml project, version 3."""
    if file.read(4) != b"GGUF":
        raise ValueError("not a GGUF file")
    _version, tensors, pairs = struct.unpack("<IQQ", file.read(20))
    metadata = {}
    for _ in range(pairs):
        key = _string(file)
        (kind,) = struct.unpack("<I", file.read(4))
        if kind == GGUF_ARRAY:
            _skip_array(file)
        else:
            metadata[key] = _string(file) if kind == GGUF_STRING else _number(file, kind)
    parameters = last = 0
    for _ in range(tensors):
        _string(file)
        (axes,) = struct.unpack("<I", file.read(4))
        if axes > 4:
            raise ValueError("a tensor of more than four axes")
        *shape, _kind, offset = struct.unpack(f"<{axes}QIQ", file.read(8 * axes + 12))
        parameters += math.prod(shape)
        last = max(last, offset)
    if file.tell() + last >= size:
        raise ValueError("the file ends too early")
    return parameters, tuple(metadata.items())


def _string(file: BinaryIO) -> str:
    (length,) = struct.unpack("<Q", file.read(8))
    if length > MAX_HEADER:
        raise ValueError("a text longer than a header may be")
    return file.read(length).decode("utf-8", "replace")


def _number(file: BinaryIO, kind: int) -> Any:
    form = "<" + GGUF_NUMBERS[kind]
    return struct.unpack(form, file.read(struct.calcsize(form)))[0]


def _skip_array(file: BinaryIO) -> None:
    kind, length = struct.unpack("<IQ", file.read(12))
    if kind == GGUF_STRING:
        for _ in range(length):
            (size,) = struct.unpack("<Q", file.read(8))
            if size > MAX_HEADER:
                raise ValueError("a text longer than a header may be")
            file.seek(size, 1)
    else:
        file.seek(length * struct.calcsize("<" + GGUF_NUMBERS[kind]), 1)


def _damaged(path: Path) -> str:
    return f"The file {path.name} in {path.parent.name} is damaged or incomplete; choose another model."
