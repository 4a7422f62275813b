"""How much memory a model needs and how much there is, in bytes. Loads torch only to ask about a GPU."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import psutil

from attribution.language import N_, Said, shown
from attribution.models.settings import GB, settings
from attribution.types import ModelTooLargeError, Precision

BYTES_PER_PARAMETER = {"float32": 4.0, "float64": 8.0, "bfloat16": 2.0, "8-bit": 1.1, "4-bit": 0.6}
SHARE = 0.6
"""Of the available memory that models may take together; the rest is for computing and for results."""
OVERHEAD = 20_000_000
UNPACKING = 6.2
"""Bytes a parameter at the peak of loading a GGUF file (measured: 830 MB for 135 million)."""
CGROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current", "inactive_file"),
    (
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.usage_in_bytes",
        "total_inactive_file",
    ),
)


FREE = N_(
    "{name} needs about {needed} of memory and {room} are free on this machine; pick a smaller model or a "
    "lower precision."
)
KEPT = N_(
    "{name} needs about {needed} of memory and {room} are set aside for models; pick a smaller model or a "
    "lower precision."
)


def needed(parameters: int, dtype: Precision, *, gguf: bool = False) -> int:
    """What a model takes while it is loaded and kept; GGUF weights are unpacked to float32 on the way."""
    per_parameter = BYTES_PER_PARAMETER[dtype] * 1.05
    if gguf:
        per_parameter = max(per_parameter, UNPACKING)
    return int(parameters * per_parameter) + OVERHEAD


def available(device: str = "cpu") -> int:
    """Free memory: of the GPU for cuda, else of this machine or of the container it runs in."""
    if device.startswith("cuda"):
        import torch

        return int(torch.cuda.mem_get_info(device)[0])
    free = int(psutil.virtual_memory().available)
    container = _container_free()
    return free if container is None else min(free, container)


def default_budget(device: str = "cpu") -> int:
    """What all loaded models may take together: WHY_MODEL_MEMORY, else 60 % of what is available now."""
    return settings().model_memory or int(available(device) * SHARE)


def check_fits(name: str, need: int, room: int, where: str) -> None:
    """Refuses what does not fit.

    Raises:
        ModelTooLargeError: with both numbers; `where` is the sentence that names the room, `FREE` or `KEPT`.
    """
    if need > room:
        raise ModelTooLargeError(where, name=name, needed=_size(need), room=_size(max(room, 0)))


def check_explanation(name: str, config: Any, tokens: int, itemsize: int, device: str) -> None:
    """Refuses an explanation of a text of `tokens` tokens (source and target together) that would not fit.

    Counted are, for every layer, its attention weights with what a gradient keeps of them, the matrices that
    a result holds, and the activations: an upper bound for ordinary models, in bytes of `itemsize` a number.

    Raises:
        ModelTooLargeError: with both numbers.
    """
    layers, heads = int(config.num_hidden_layers), int(config.num_attention_heads)
    squares = tokens * tokens * (layers * (3 * heads + 2) + 4 * heads)
    need = itemsize * (squares + 24 * layers * tokens * int(config.hidden_size))
    room = available(device)
    if need > room:
        raise ModelTooLargeError(
            "Explaining {count:,} tokens with {name} needs about {needed} of memory and "
            "{room} are free here; shorten the text or pick a smaller model.",
            count=tokens,
            name=name,
            needed=_size(need),
            room=_size(max(room, 0)),
        )


def ran_out(error: Exception) -> bool:
    """Whether an error says that memory is used up, on whichever device."""
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ == "OutOfMemoryError"
        or (isinstance(error, RuntimeError) and "can't allocate memory" in str(error))
    )


def gigabytes(size: float) -> str:
    """1234567890 -> "1.2 GB"; below a tenth of a gigabyte in megabytes. In the reader's language."""
    return str(shown(_size(size)))


def _size(size: float) -> Said:
    return (
        Said("{size:.1f} GB", size=size / GB) if size >= GB / 10 else Said("{size:.0f} MB", size=size / 1e6)
    )


def _container_free() -> int | None:
    """What the memory limit of the control group leaves (page cache counts as free); None without a limit."""
    for limit, usage, cache in CGROUPS:
        try:
            most = int(Path(limit).read_text("ascii"))
            used = int(Path(usage).read_text("ascii"))
            lines = Path(usage).with_name("memory.stat").read_text("ascii").splitlines()
        except (OSError, ValueError):
            continue
        stat = dict(line.split(maxsplit=1) for line in lines)
        return max(0, most - used + int(stat.get(cache, 0)))
    return None


def precisions() -> tuple[Precision, ...]:
    """What can be chosen on this machine; 8-bit and 4-bit need an NVIDIA GPU and bitsandbytes."""
    usual: tuple[Precision, ...] = ("float32", "bfloat16", "float64")
    return (*usual, "8-bit", "4-bit") if quantizes("cuda") else usual


def quantizes(device: str) -> bool:
    """Whether 8-bit and 4-bit models can be computed there."""
    if not device.startswith("cuda") or importlib.util.find_spec("bitsandbytes") is None:
        return False
    import torch

    return torch.cuda.is_available()
