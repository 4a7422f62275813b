"""Which files hold a model's weights, whether they are whole, and how many parameters they hold.

Reads headers only (safetensors: JSON; GGUF: key-value pairs), so that this takes milliseconds and no torch.
"""

from __future__ import annotations

import math
import re
import struct
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from attribution.models.files import LONGEST_JSON, json_object, opened, parsed, sentences
from attribution.types import ModelUnavailableError

SINGLE = ("model.safetensors", "pytorch_model.bin")
INDEXES = ("model.safetensors.index.json", "pytorch_model.bin.index.json")
MAX_HEADER = 100_000_000
"""Bytes of a GGUF header, which holds the vocabulary; a safetensors header is JSON (`LONGEST_JSON`)."""
MOST_PAIRS, MOST_TENSORS, LONGEST_ARRAY = 10_000, 100_000, 5_000_000
"""Of a GGUF header."""
BITS = {"F64": 64, "I64": 64, "U64": 64, "F32": 32, "I32": 32, "U32": 32, "F16": 16, "BF16": 16, "I16": 16}
BITS |= {"U16": 16, "I8": 8, "U8": 8, "BOOL": 8, "F8_E4M3": 8, "F8_E5M2": 8}
"""Of one number in a safetensors file; of a kind that is not listed, at least one."""
GGUF_NUMBERS = dict(zip((0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12), "BbHhIif?Qqd", strict=True))
GGUF_STRING, GGUF_ARRAY = 8, 9


@dataclass(frozen=True)
class Header:
    """What the header of one weight file tells."""

    parameters: int = 0
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    metadata: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Weights:
    """A model's weight files; `parameters` is 0 where only loading would tell (PyTorch's .bin files)."""

    files: tuple[Path, ...]
    bytes: int
    parameters: int
    metadata: tuple[tuple[str, Any], ...] = ()
    """GGUF only: its scalar key-value pairs."""
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Of each tensor by its name in the file; empty where only loading would tell."""

    @property
    def layers(self) -> int:
        """As many layers as the tensors' names number; 0 where there are no names."""
        numbers = (int(n) for name in self.shapes for n in re.findall(r"(?<![^.])\d{1,9}(?![^.])", name))
        return max(numbers, default=-1) + 1


def read_weights(path: Path) -> Weights:
    """The weights of a model folder or of a .gguf file, checked as far as headers allow.

    Raises:
        ModelUnavailableError: a file is missing or damaged; the sentence names it.
    """
    if path.suffix == ".gguf":
        header, size = _header(path)
        return Weights((path,), size, header.parameters, header.metadata, header.shapes)
    with sentences(path / SINGLE[0]):
        files = weight_files(path)
    headers, sizes = zip(*(_header(file) for file in files), strict=True)
    parameters = [header.parameters for header in headers]
    return Weights(
        files,
        sum(sizes),
        sum(parameters) if all(parameters) else 0,
        shapes={name: shape for header in headers for name, shape in header.shapes.items()},
    )


def weight_files(folder: Path) -> tuple[Path, ...]:
    """The files that loading reads, safetensors before PyTorch's .bin; shards in order."""
    for single, index in zip(SINGLE, INDEXES, strict=True):
        if (folder / single).exists():
            return (folder / single,)
        if (folder / index).exists():
            names = _shards(folder / index)
            for name in names:
                if not (folder / name).exists():
                    raise ModelUnavailableError(
                        "The weight file {file} is missing from {folder}.", file=name, folder=folder.name
                    )
            return tuple(folder / name for name in names)
    raise ModelUnavailableError(
        "The weight file {file} is missing from {folder}; choose another model.",
        file=SINGLE[0],
        folder=folder.name,
    )


def _shards(index: Path) -> list[str]:
    ending = ".safetensors" if index.name == INDEXES[0] else ".bin"
    with sentences(index):
        found = json_object(index)["weight_map"]
        names = sorted(set(found.values())) if isinstance(found, dict) else []
        if not names or any(Path(name).name != name or not name.endswith(ending) for name in names):
            raise ValueError("no names of files")
    return names


def _header(path: Path) -> tuple[Header, int]:
    """The header of a file, and the file's size in bytes."""
    with sentences(path):
        status = path.stat()
        return _read_header(path, status.st_size, status.st_mtime_ns), status.st_size


@lru_cache(maxsize=512)
def _read_header(path: Path, size: int, changed: int) -> Header:
    with opened(path) as file:
        if path.suffix == ".safetensors":
            return _safetensors(file, size)
        if path.suffix == ".gguf":
            return _gguf(file, size)
    if size < 1000:
        raise ValueError("too small to be weights")
    return Header()


def _safetensors(file: BinaryIO, size: int) -> Header:
    """Parameters and shapes. Source: the format's description in the safetensors project."""
    (length,) = struct.unpack("<Q", file.read(8))
    if length > min(size, LONGEST_JSON):
        raise ValueError("header larger than the file")
    tensors = parsed(file.read(length))
    tensors.pop("__metadata__", None)
    shapes = {name: _shape(tensor, size) for name, tensor in tensors.items()}
    if not tensors or size != 8 + length + max(t["data_offsets"][1] for t in tensors.values()):
        raise ValueError("the file ends too early")
    # Stored causal masks (four axes) and rotary frequencies are no parameters.
    parameters = sum(
        math.prod(shape)
        for name, shape in shapes.items()
        if len(shape) < 4 and not name.endswith(("masked_bias", "inv_freq"))
    )
    return Header(parameters, shapes)


def _shape(tensor: dict[str, Any], size: int) -> tuple[int, ...]:
    """The axes of a tensor, whose numbers have exactly the room in the file that they take."""
    start, end = tensor["data_offsets"]
    shape = tuple(tensor["shape"])
    if any(type(n) is not int or not 0 <= n <= 8 * size for n in (*shape, start, end)) or len(shape) > 8:
        raise ValueError("no shape")
    bits = math.prod(shape) * BITS.get(str(tensor["dtype"]), 1)
    room = 8 * (end - start)
    if bits > room or (bits < room and str(tensor["dtype"]) in BITS):
        raise ValueError("the shape does not fit the numbers")
    return shape


def _gguf(file: BinaryIO, size: int) -> Header:
    """Parameters, shapes and scalar metadata. Source: the GGUF specification of the ggml project, 3."""
    if file.read(4) != b"GGUF":
        raise ValueError("not a GGUF file")
    _version, tensors, pairs = struct.unpack("<IQQ", file.read(20))
    if pairs > MOST_PAIRS or tensors > MOST_TENSORS:
        raise ValueError("more than a header may hold")
    metadata: dict[str, Any] = {}
    for _ in range(pairs):
        key = _string(file)
        (kind,) = struct.unpack("<I", file.read(4))
        if kind == GGUF_ARRAY:
            _skip_array(file)
        else:
            metadata[key] = _string(file) if kind == GGUF_STRING else _number(file, kind)
        if file.tell() > MAX_HEADER:
            raise ValueError("longer than a header may be")
    shapes: dict[str, tuple[int, ...]] = {}
    last = 0
    for _ in range(tensors):
        name = _string(file)
        (axes,) = struct.unpack("<I", file.read(4))
        if axes > 4:
            raise ValueError("a tensor of more than four axes")
        *shape, _kind, offset = struct.unpack(f"<{axes}QIQ", file.read(8 * axes + 12))
        shapes[name] = tuple(shape)
        last = max(last, offset)
    parameters = sum(math.prod(shape) for shape in shapes.values())
    if file.tell() + last >= size or parameters > 8 * size:
        raise ValueError("the file ends too early")
    return Header(parameters, shapes, tuple(metadata.items()))


def _string(file: BinaryIO) -> str:
    (length,) = struct.unpack("<Q", file.read(8))
    if length > LONGEST_JSON:
        raise ValueError("a text longer than a header may be")
    return file.read(length).decode("utf-8", "replace")


def _number(file: BinaryIO, kind: int) -> Any:
    form = "<" + GGUF_NUMBERS[kind]
    return struct.unpack(form, file.read(struct.calcsize(form)))[0]


def _skip_array(file: BinaryIO) -> None:
    kind, length = struct.unpack("<IQ", file.read(12))
    if length > LONGEST_ARRAY:
        raise ValueError("more than a vocabulary may hold")
    if kind == GGUF_STRING:
        for _ in range(length):
            (size,) = struct.unpack("<Q", file.read(8))
            if size > LONGEST_JSON:
                raise ValueError("a text longer than a header may be")
            file.seek(size, 1)
    else:
        file.seek(length * struct.calcsize("<" + GGUF_NUMBERS[kind]), 1)
