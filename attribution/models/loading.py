"""A model by name, folder or file -> a `LoadedModel` that the methods can use.

Nothing here runs code from a model's repository, weights are safetensors or PyTorch files read without
unpickling objects, and everything that can be wrong with a model's files is said in one sentence.
"""

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
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from attribution.models import hub, memory
from attribution.models.catalogue import CatalogueEntry, describe, read_config
from attribution.models.specs import resolve
from attribution.types import (
    AttributionError,
    ModelInfo,
    ModelTooLargeError,
    ModelUnavailableError,
    Precision,
    UnsupportedArchitectureError,
)

DTYPES = {"float32": torch.float32, "float64": torch.float64, "bfloat16": torch.bfloat16}
LONGEST = 1024
"""The limit in tokens for models that would allow more: attention matrices grow with the square."""
RELATIVE = 512
"""The limit in tokens for models with relative positions, which have no limit of their own."""
RELATIVE_POSITIONS = {"t5", "mt5", "bloom"}
OTHER_TASKS = ("ForMaskedLM", "ForSequenceClassification", "ForTokenClassification", "ForQuestionAnswering")


@dataclass(frozen=True, eq=False)
class LoadedModel:
    """A model in memory. Hold `lock` around tokenizing, hooks, forward and backward."""

    info: ModelInfo
    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    lock: threading.RLock
    max_tokens: int
    """What fits the model's positions, special tokens included; at most 1024."""


def load(
    spec: str,
    *,
    dtype: Precision = "float32",
    device: str | None = None,
    allow_any_path: bool = True,
    progress: hub.Progress | None = None,
) -> LoadedModel:
    """Loads a model by catalogue id, Hub id (downloaded on first use), local folder or .gguf file.

    Args:
        spec: e.g. "english-lm", "openai-community/gpt2", "owner/name@revision", "./folder", "model.gguf".
        dtype: weights are converted to it, whatever they are stored in.
        device: "cpu", "cuda" or "mps"; the fastest one of this machine by default.
        allow_any_path: False refuses folders and files outside WHY_MODELS_DIR.
        progress: told about a download.

    Raises:
        UnknownModelError: no model can have that name, or it is not allowed here.
        ModelUnavailableError: its files are missing, damaged, unsafe, or cannot be downloaded.
        ModelTooLargeError: it would not fit into this machine's memory; said before it is loaded.
        UnsupportedArchitectureError: it is no decoder or encoder-decoder that transformers knows.
    """
    device = device or best_device(dtype)
    check_precision(dtype, device)
    location = resolve(spec, allow_any_path=allow_any_path)
    path = location.path or hub.fetch(location.repo, location.revision, progress)
    entry = describe(location)
    need = memory.needed(entry.parameters, dtype, gguf=path.suffix == ".gguf")
    memory.check_fits(entry.name, need, memory.available(device), "free on this machine")
    try:
        config = _config(path, entry.name)
        tokenizer = _tokenizer(path, entry.name)
        model = _model(path, config, entry.name, dtype, device)
    except torch.OutOfMemoryError as error:
        torch.cuda.empty_cache()
        raise ModelTooLargeError(
            f"{entry.name} did not fit into the memory of the GPU; pick a smaller model or a lower precision."
        ) from error
    embeddings: Any = model.get_input_embeddings()
    if len(tokenizer) > embeddings.num_embeddings:
        raise ModelUnavailableError(
            f"The tokenizer of {entry.name} does not belong to its weights: it has {len(tokenizer)} tokens, "
            f"the weights have {embeddings.num_embeddings}; choose another model."
        )
    return LoadedModel(
        info=_info(entry, model, dtype, device),
        model=model,
        tokenizer=tokenizer,
        lock=threading.RLock(),
        max_tokens=_position_limit(config, tokenizer),
    )


def best_device(dtype: Precision = "float32") -> str:
    """The fastest device of this machine that computes with `dtype`: cuda, mps or cpu."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() and dtype != "float64" else "cpu"


def check_precision(dtype: Precision, device: str) -> None:
    """Refuses a precision that this machine does not have, with a sentence.

    Raises:
        ModelUnavailableError: see `memory.precisions`.
    """
    if dtype in DTYPES or (dtype in ("8-bit", "4-bit") and memory.quantizes(device)):
        return
    if dtype in ("8-bit", "4-bit"):
        raise ModelUnavailableError(
            f"{dtype} precision needs an NVIDIA GPU and the package bitsandbytes; choose float32 or bfloat16."
        )
    raise ModelUnavailableError(f"There is no precision “{dtype}”; choose float32, bfloat16 or float64.")


def _config(path: Path, name: str) -> PretrainedConfig:
    written = read_config(path)
    try:
        config = AutoConfig.from_pretrained(*_source(path)[0], **_source(path)[1])
    except Exception as error:  # whatever a damaged or foreign file makes transformers raise
        if "auto_map" in written:
            raise UnsupportedArchitectureError(
                f"{name} needs program code from its repository, which is never run here; "
                "choose another model."
            ) from error
        raise UnsupportedArchitectureError(
            f"{name} is of the kind “{written['model_type'][:40]}”, which is not known here; "
            "choose a decoder such as GPT-2 or an encoder-decoder such as T5."
        ) from error
    made_for = "".join(config.architectures or ())
    mapping = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
    if made_for.endswith(OTHER_TASKS) or type(config) not in mapping._model_mapping:
        raise UnsupportedArchitectureError(
            f"{name} ({made_for or config.model_type}) does not predict words one after the other; "
            "choose a decoder such as GPT-2 or an encoder-decoder such as T5."
        )
    return config


def _tokenizer(path: Path, name: str) -> PreTrainedTokenizerBase:
    try:
        tokenizer = AutoTokenizer.from_pretrained(*_source(path)[0], **_source(path)[1])
        usable = len(tokenizer) > 1 and len(tokenizer("a word").input_ids) > 0
    except ImportError as error:
        raise ModelUnavailableError(
            f"The tokenizer of {name} needs a Python package that is not installed ({_missing(error)}); "
            "install it or choose another model."
        ) from error
    except Exception as error:  # the tokenizers library raises plain Exceptions
        raise ModelUnavailableError(
            f"The tokenizer of {name} cannot be read: its files are missing or damaged; choose another model."
        ) from error
    if not usable:
        raise ModelUnavailableError(f"{name} has no tokenizer beside its weights; choose another model.")
    return tokenizer


def _model(path: Path, config: PretrainedConfig, name: str, dtype: Precision, device: str) -> PreTrainedModel:
    auto: Any = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
    source, options = _source(path)
    if dtype in DTYPES:
        options["dtype"] = DTYPES[dtype]
    else:
        from transformers import BitsAndBytesConfig

        options["quantization_config"] = BitsAndBytesConfig(
            load_in_8bit=dtype == "8-bit", load_in_4bit=dtype == "4-bit"
        )
        options |= {"dtype": torch.bfloat16, "device_map": device}
    try:
        model, report = auto.from_pretrained(
            *source, config=config, attn_implementation="eager", output_loading_info=True, **options
        )
    except (AttributionError, torch.OutOfMemoryError):
        raise
    except Exception as error:  # damaged files make torch, safetensors and pickle raise all kinds
        raise ModelUnavailableError(_weights_sentence(path, name, error)) from error
    if missing := sorted(report["missing_keys"]):
        raise ModelUnavailableError(
            f"The weights of {name} are incomplete: {len(missing)} of them are missing "
            f"(the first is {missing[0]}); choose another model."
        )
    if dtype in DTYPES:
        model = model.to(device)
    return model.eval().requires_grad_(False)  # for good: visitors share it


def _source(path: Path) -> tuple[tuple[str], dict[str, Any]]:
    """The arguments that make transformers read this folder or file and nothing else."""
    options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    if path.suffix == ".gguf":
        return (str(path.parent),), {**options, "gguf_file": path.name}
    return (str(path),), options


def _weights_sentence(path: Path, name: str, error: Exception) -> str:
    if isinstance(error, ImportError):
        return (
            f"{name} needs a Python package that is not installed ({_missing(error)}); choose another model."
        )
    if "weights_only" in str(error).lower() or "unpickl" in type(error).__name__.lower():
        return (
            f"The weights of {name} are refused: they hold more than numbers, or are damaged, and could run "
            "program code when opened; choose a model with safetensors weights."
        )
    return f"The weights of {name} in {path.name} are damaged or do not fit its config; choose another model."


def _missing(error: ImportError) -> str:
    known = ("sentencepiece", "tiktoken", "protobuf", "accelerate", "gguf", "sacremoses")
    return error.name or next((package for package in known if package in str(error).lower()), "see the log")


def _parameter_count(model: PreTrainedModel) -> int:
    """The learned numbers, shared ones once; not what is computed, like Marian's sines."""
    computed = model._keys_to_ignore_on_save or ()
    return sum(p.numel() for name, p in model.named_parameters() if name not in computed)


def _info(entry: CatalogueEntry, model: PreTrainedModel, dtype: Precision, device: str) -> ModelInfo:
    return ModelInfo(
        id=entry.id,
        name=entry.name,
        kind="encoder-decoder" if model.config.is_encoder_decoder else "decoder",
        architecture=entry.architecture,
        parameters=entry.parameters if dtype in ("8-bit", "4-bit") else _parameter_count(model),
        revision=entry.revision,
        dtype=dtype,
        device=device,
    )


def _position_limit(config: PretrainedConfig, tokenizer: PreTrainedTokenizerBase) -> int:
    limit: Any = RELATIVE
    if config.model_type not in RELATIVE_POSITIONS:
        limit = getattr(config, "n_positions", None) or getattr(config, "max_position_embeddings", RELATIVE)
    return int(min(limit, tokenizer.model_max_length, LONGEST))
