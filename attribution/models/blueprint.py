"""The model that a config describes, made without numbers, against what the headers of its weights tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, PretrainedConfig, PreTrainedModel

from attribution.language import Said
from attribution.models.weights import Weights
from attribution.types import ModelUnavailableError

MOST = 2
"""How many times the numbers in its files a model may have: packed ones hold several numbers in one."""


@dataclass(frozen=True)
class Blueprint:
    """What a model will take: its learned numbers, and the bytes of what it computes when it is made."""

    parameters: int
    computed_bytes: int


def blueprint(config: PretrainedConfig, weights: Weights, name: str) -> Blueprint:
    """What the config describes, once it is sure that the weights can be of such a model. Takes milliseconds.

    Tensors with the same name must have the same shape (a checkpoint may leave out the model's prefix); names
    that are missing are found when the weights are read.

    Raises:
        ModelUnavailableError: no model can be made from the config, or the weights are of another.
    """
    auto: Any = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
    try:
        with torch.device("meta"):
            model = auto.from_config(config, attn_implementation="eager", dtype=torch.float32)
    except Exception as error:  # whatever values that do not belong together make a model raise
        raise ModelUnavailableError(
            "The file config.json of {name} is damaged: no {kind} model can be made from its "
            "values; choose another model.",
            name=name,
            kind=config.model_type,
        ) from error
    expected = {key: tuple(tensor.shape) for key, tensor in model.state_dict().items()}
    prefix = f"{model.base_model_prefix}."
    for key, shape in weights.shapes.items():
        wanted = expected.get(key) or expected.get(prefix + key) or expected.get(key.removeprefix(prefix))
        if wanted is not None and wanted != shape and not hasattr(config, "quantization_config"):
            raise ModelUnavailableError(
                "The weights of {name} do not fit its config: {part} is {shape}, the config "
                "says {wanted}; they are damaged or of another model.",
                name=name,
                part=key[:80],
                shape=_times(shape),
                wanted=_times(wanted),
            )
    learned = parameter_count(model)
    if 0 < MOST * weights.parameters < learned:
        raise ModelUnavailableError(
            "The config of {name} describes {described:,} numbers and its weights hold "
            "{held:,}; they are damaged or of another model.",
            name=name,
            described=learned,
            held=weights.parameters,
        )
    computed = 4 * (sum(p.numel() for p in model.parameters()) - learned)
    computed += sum(buffer.numel() * buffer.element_size() for buffer in model.buffers())
    return Blueprint(learned, computed)


def parameter_count(model: PreTrainedModel) -> int:
    """The learned numbers, shared ones once; not what is computed, like Marian's sines."""
    computed = model._keys_to_ignore_on_save or ()
    return sum(p.numel() for name, p in model.named_parameters() if name not in computed)


def _times(shape: tuple[int, ...]) -> str:
    return " x ".join(str(n) for n in shape) or Said("one number")
