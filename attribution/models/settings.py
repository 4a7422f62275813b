"""What the operator may set, read from the environment in this one place."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from attribution.types import AttributionError

GB = 10**9
Many = Literal["off", "local", "cluster"]


@dataclass(frozen=True)
class Settings:
    """WHY_MODELS_DIR, WHY_ALLOWED_MODELS, WHY_HUB, WHY_MODEL_MEMORY, WHY_RESULT_MEMORY and those of big runs.

    models_dir: the only folder besides the bundled models that the app opens models from.
    allowed: glob patterns of model names, empty: all; bundled models are always allowed.
    hub: whether models may be downloaded.
    model_memory, result_memory: budgets in bytes; None: chosen from the machine.
    many: where visitors may have many sentences explained (WHY_MANY): "off": nowhere; "local": on this
    machine; "cluster": where `cluster` (WHY_CLUSTER) says, a scheduler's address or a file. many_rows: of one
    set (WHY_MANY_ROWS); None: as many as are read.
    """

    models_dir: Path | None = None
    allowed: tuple[str, ...] = ()
    hub: bool = True
    model_memory: int | None = None
    result_memory: int | None = None
    many: Many = "local"
    many_rows: int | None = None
    cluster: str = ""


def settings() -> Settings:
    """The settings as they are in the environment now.

    Raises:
        AttributionError: a budget is not a number of gigabytes, or another setting is none of its values.
    """
    folder = os.environ.get("WHY_MODELS_DIR", "").strip()
    patterns = os.environ.get("WHY_ALLOWED_MODELS", "").split(",")
    return Settings(
        models_dir=Path(folder).expanduser() if folder else None,
        allowed=tuple(p.strip() for p in patterns if p.strip()),
        hub=os.environ.get("WHY_HUB", "on").strip().lower() not in ("off", "no", "false", "0"),
        model_memory=_gigabytes("WHY_MODEL_MEMORY"),
        result_memory=_gigabytes("WHY_RESULT_MEMORY"),
        many=_many(),
        many_rows=_rows(),
        cluster=os.environ.get("WHY_CLUSTER", "").strip(),
    )


def _many() -> Many:
    value = os.environ.get("WHY_MANY", "").strip().lower() or "local"
    for choice in get_args(Many):
        if value == choice:
            return choice
    raise AttributionError("WHY_MANY must be off, local or cluster, not {value!r}.", value=value[:20])


def _rows() -> int | None:
    value = os.environ.get("WHY_MANY_ROWS", "").strip()
    if value and not (value.isascii() and value.isdecimal() and int(value)):
        raise AttributionError(
            "WHY_MANY_ROWS must be a number of rows such as 1000, not {value!r}.", value=value[:20]
        )
    return int(value) if value else None


def _gigabytes(name: str) -> int | None:
    value = os.environ.get(name, "").strip()
    if not value:
        return None
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e6:
        raise AttributionError(
            "{name} must be a number of gigabytes such as 4 or 0.5, not {value!r}.", name=name, value=value
        )
    return int(number * GB)
