"""A model by name, folder or file -> a `LoadedModel` that the methods can use."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from attribution.types import ModelInfo, ModelUnavailableError, Precision

BUNDLED = Path(__file__).parents[2] / "demo_models"
DTYPES = {"float32": torch.float32, "float64": torch.float64, "bfloat16": torch.bfloat16}
UNLIMITED = 512
"""The limit in tokens for models without one of their own (relative positions)."""


@dataclass(frozen=True, eq=False)
class LoadedModel:
    """A model in memory. Hold `lock` around tokenizing, hooks, forward and backward."""

    info: ModelInfo
    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    lock: threading.RLock
    max_tokens: int
    """What fits the model's positions, special tokens included."""


def load(spec: str, *, dtype: Precision = "float32", device: str | None = None) -> LoadedModel:
    """Loads a model by catalogue id, Hub id, local folder or .gguf file."""
    device = device or best_device()
    path = BUNDLED / spec if (BUNDLED / spec / "config.json").is_file() else Path(spec)
    options: dict[str, Any] = {"local_files_only": path.exists()}
    source: str = str(path) if path.exists() else spec
    if path.suffix == ".gguf":
        source, options["gguf_file"] = str(path.parent), path.name
    try:
        config = AutoConfig.from_pretrained(source, **options)
        tokenizer = AutoTokenizer.from_pretrained(source, **options)
        auto = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
        model = auto.from_pretrained(source, dtype=DTYPES[dtype], attn_implementation="eager", **options)
    except (OSError, ValueError) as error:
        raise ModelUnavailableError(f"{spec} could not be loaded: {error}") from error
    model = model.to(device).eval()
    info = ModelInfo(
        id=spec,
        name=Path(spec).name,
        kind="encoder-decoder" if config.is_encoder_decoder else "decoder",
        architecture=type(model).__name__,
        parameters=model.num_parameters(),
        revision=str(getattr(config, "_commit_hash", None) or ""),
        dtype=dtype,
        device=str(device),
    )
    return LoadedModel(info, model, tokenizer, threading.RLock(), position_limit(config))


def best_device() -> str:
    """The fastest device of this machine: cuda, mps or cpu."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def position_limit(config: Any) -> int:
    """How many tokens the model's positions allow; `UNLIMITED` for relative positions (T5, BLOOM)."""
    for name in ("n_positions", "max_position_embeddings"):
        value = getattr(config, name, None)
        if value and config.model_type not in ("t5", "mt5", "umt5", "bloom"):
            return int(value)
    return UNLIMITED
