"""A model's config.json, or the little of it that a GGUF header tells, checked before it is used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attribution.language import N_
from attribution.models.architectures import is_encoder_decoder
from attribution.models.files import json_object, sentences
from attribution.models.weights import Weights, read_weights
from attribution.types import ModelUnavailableError

LAYERS = re.compile(r"(n|num|encoder|decoder|num_(hidden|encoder|decoder))_layers?")
"""The names by which configs say how many layers there are."""
COUNTS = re.compile(r"(n|num)_\w+")
MOST_LAYERS, MOST_THINGS = 1_000, 1_000_000
"""Of a model whose weights do not tell; of whatever else a config counts, such as labels or positions."""
LONGEST_NAME = 80
MORE_THAN_HELD = N_(
    "The config of {name} is damaged: it describes {count} layers and its weights hold {held}; "
    "choose another model."
)
MORE_THAN_KNOWN = N_(
    "The config of {name} is damaged: it describes {count} layers and no known model has as many; "
    "choose another model."
)


def read_config(path: Path) -> dict[str, Any]:
    """config.json of a model folder, or the little of it that a GGUF header tells.

    `model_type` and `is_encoder_decoder` are always there and of the right type; counts are sensible numbers.

    Raises:
        ModelUnavailableError: missing or damaged.
    """
    if path.suffix == ".gguf":
        kind = str(dict(read_weights(path).metadata).get("general.architecture", ""))
        kind = kind if kind.isprintable() else ""
        return {"model_type": kind[:LONGEST_NAME], "is_encoder_decoder": is_encoder_decoder(kind)}
    file = path / "config.json"
    config = json_object(file)
    with sentences(file):
        kind, made_for = config.get("model_type") or "", config.get("architectures") or []
        for text in (kind, *made_for):
            if not isinstance(text, str) or len(text) > LONGEST_NAME or not text.isprintable():
                raise ValueError("no name")
        for name, value in _numbers(config):
            if COUNTS.fullmatch(name) and not 0 <= value <= MOST_THINGS:
                raise ValueError(f"{name} is no count")
    both = bool(config.get("is_encoder_decoder", is_encoder_decoder(kind)))
    return {**config, "model_type": kind, "is_encoder_decoder": both}


def has_template(path: Path) -> bool:
    """Whether a chat template is among a model's files; of what cannot be read it is not known."""
    if path.suffix == ".gguf":
        return bool(dict(read_weights(path).metadata).get("tokenizer.chat_template"))
    try:
        beside = (path / "chat_template.jinja").is_file()
        return beside or bool(json_object(path / "tokenizer_config.json").get("chat_template"))
    except ModelUnavailableError:
        return False


def check_layers(config: dict[str, Any], weights: Weights, name: str) -> None:
    """Refuses a config that describes more layers than the names in the weights' headers do, or none.

    Raises:
        ModelUnavailableError: with both numbers.
    """
    said = {str(k): v for k, v in weights.metadata if str(k).endswith("block_count")}
    said |= {key: value for key, value in _numbers(config) if LAYERS.fullmatch(key)}
    for key, value in said.items():
        if not isinstance(value, int) or value < 1:
            raise ModelUnavailableError(
                "The config of {name} is damaged: its number of layers ({field}) is {value}; "
                "choose another model.",
                name=name,
                field=key,
                value=str(value)[:20],
            )
        if value > (weights.layers or MOST_LAYERS):
            raise ModelUnavailableError(
                MORE_THAN_HELD if weights.layers else MORE_THAN_KNOWN,
                name=name,
                count=value,
                held=weights.layers,
            )


def _numbers(value: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """Each number of a config with its key, also of the configs within it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _numbers(inner, key)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield name, value
