"""A model by name, folder or file -> a `LoadedModel` that the methods can use.

Nothing here runs code from a model's repository, weights are safetensors or PyTorch files read without
unpickling objects, and everything that can be wrong with a model's files is said in one sentence.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from transformers import (
    CONFIG_MAPPING,
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from attribution.language import N_, Said
from attribution.models import hub, memory, tokens
from attribution.models.anatomy import refuse_encoder_decoder, refuse_unsupported
from attribution.models.architectures import ARCHITECTURES
from attribution.models.blueprint import Blueprint, blueprint, parameter_count
from attribution.models.catalogue import CatalogueEntry, describe, read_config
from attribution.models.files import check_texts
from attribution.models.specs import Location, resolve
from attribution.models.weights import read_weights
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
MOST_BEAMS = 32
"""Of a search for a translation."""
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
    path = location.path or fetched(location, progress)
    entry = describe(location)
    plan = _plan(path, entry.name)
    need = needed(location, dtype) + plan.size.computed_bytes
    memory.check_fits(entry.name, need, memory.available(device), memory.FREE)
    try:
        tokenizer = _tokenizer(path, entry.name)
        limit = _position_limit(plan.config, tokenizer, entry.name)
        model = _model(path, plan.config, entry.name, dtype, device)
        _check_vocabulary(tokenizer, model, entry.name)
        _check_numbers(model, entry.name)
        _try_out(model, tokenizer, limit, entry.name)
    except torch.OutOfMemoryError as error:
        torch.cuda.empty_cache()
        raise ModelTooLargeError(
            "{name} did not fit into the memory of the GPU; pick a smaller model or a lower precision.",
            name=entry.name,
        ) from error
    return LoadedModel(
        info=_info(entry, model, dtype, device),
        model=model,
        tokenizer=tokenizer,
        lock=threading.RLock(),
        max_tokens=limit,
    )


def fetched(location: Location, progress: hub.Progress | None = None, *, alti_logit: bool = False) -> Path:
    """The folder of a Hub model, downloaded where it is not here unless its config is of no use.

    Raises:
        AttributionError: see `hub.fetch`, `load`; with `alti_logit` also where that does not fit the model.
    """
    name = location.repo.split("/")[-1]
    return hub.fetch(
        location.repo,
        location.revision,
        progress,
        accept=lambda path: _check_kind(_config(path, name), name, alti_logit),
    )


def needed(location: Location, dtype: Precision, *, alti_logit: bool = False) -> int:
    """The memory in bytes that a model takes, said after its config and headers are checked.

    Raises:
        ModelUnavailableError: files are missing, damaged, or do not belong together.
        UnsupportedArchitectureError: see `load`; with `alti_logit` also where that does not fit the model.
    """
    entry = describe(location)
    path = location.path or fetched(location)
    _check_kind(_plan(path, entry.name).config, entry.name, alti_logit)
    parameters = max(entry.parameters, _plan(path, entry.name).size.parameters)
    return memory.needed(parameters, dtype, gguf=path.suffix == ".gguf")


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
    try:
        torch.device(device)
    except (RuntimeError, TypeError) as error:
        raise ModelUnavailableError(
            "There is no device “{device}”; choose cpu, cuda or mps.", device=str(device)[:40]
        ) from error
    if not isinstance(dtype, str):
        raise ModelUnavailableError("The precision is text such as float32, bfloat16 or float64.")
    if dtype in DTYPES or (dtype in ("8-bit", "4-bit") and memory.quantizes(device)):
        return
    if dtype in ("8-bit", "4-bit"):
        raise ModelUnavailableError(
            "{precision} precision needs an NVIDIA GPU and the package bitsandbytes; choose float32 or "
            "bfloat16.",
            precision=dtype,
        )
    raise ModelUnavailableError(
        "There is no precision “{precision}”; choose float32, bfloat16 or float64.", precision=dtype[:40]
    )


def _check_kind(config: PretrainedConfig, name: str, alti_logit: bool) -> None:
    if alti_logit:
        refuse_encoder_decoder("encoder-decoder" if config.is_encoder_decoder else "decoder", name)
        refuse_unsupported(config)


@dataclass(frozen=True)
class _Plan:
    config: PretrainedConfig
    size: Blueprint


def _plan(path: Path, name: str) -> _Plan:
    """The config of a model, checked against its weights' headers; kept while the files stay the same."""
    weights = read_weights(path)
    files = weights.files if path.suffix == ".gguf" else (path / "config.json", *weights.files)
    try:
        states = tuple((file, file.stat().st_size, file.stat().st_mtime_ns) for file in files)
    except OSError as error:
        raise ModelUnavailableError(
            "The files of {name} have changed just now; try again.", name=name
        ) from error
    return _planned(path, name, states)


@lru_cache(maxsize=64)
def _planned(path: Path, name: str, states: tuple[tuple[Path, int, int], ...]) -> _Plan:
    if path.suffix != ".gguf":
        check_texts(path)
    config = _config(path, name)
    return _Plan(config, blueprint(config, read_weights(path), name))


def _config(path: Path, name: str) -> PretrainedConfig:
    written = read_config(path)
    try:
        config = AutoConfig.from_pretrained(*_source(path)[0], **_source(path)[1])
    except Exception as error:  # whatever a damaged or foreign file makes transformers raise
        if "auto_map" in written:
            raise UnsupportedArchitectureError(
                "{name} needs program code from its repository, which is never run here; "
                "choose another model.",
                name=name,
            ) from error
        if written["model_type"] in CONFIG_MAPPING:
            raise ModelUnavailableError(
                "The file config.json of {name} is damaged: it has values that no {kind} "
                "model has; choose another model.",
                name=name,
                kind=written["model_type"],
            ) from error
        raise UnsupportedArchitectureError(
            "{name} is of the kind “{kind}”, which is not known here; "
            "choose a decoder such as GPT-2 or an encoder-decoder such as T5.",
            name=name,
            kind=written["model_type"][:40],
        ) from error
    made_for = "".join(config.architectures or ())
    mapping = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
    if made_for.endswith(OTHER_TASKS) or type(config) not in mapping._model_mapping:
        raise UnsupportedArchitectureError(
            "{name} ({kind}) does not predict words one after the other; "
            "choose a decoder such as GPT-2 or an encoder-decoder such as T5.",
            name=name,
            kind=made_for or config.model_type,
        )
    return config


def _tokenizer(path: Path, name: str) -> PreTrainedTokenizerBase:
    try:
        tokenizer = AutoTokenizer.from_pretrained(*_source(path)[0], **_source(path)[1])
        usable = len(tokenizer) > 1 and len(tokens.encoded(tokenizer, "a word").input_ids) > 0
    except ImportError as error:
        raise ModelUnavailableError(
            "The tokenizer of {name} needs a Python package that is not installed ({package}); "
            "install it or choose another model.",
            name=name,
            package=_missing(error),
        ) from error
    except BaseException as error:  # the tokenizers library raises plain Exceptions, and its panics
        if not tokens.gave_up(error):
            raise
        raise ModelUnavailableError(
            "The tokenizer of {name} cannot be read: its files are missing or damaged; choose another model.",
            name=name,
        ) from error
    if not usable:
        raise ModelUnavailableError(
            "{name} has no tokenizer beside its weights; choose another model.", name=name
        )
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
            "The weights of {name} are incomplete: {count} of them are missing "
            "(the first is {first}); choose another model.",
            name=name,
            count=len(missing),
            first=missing[0],
        )
    if more := _more_layers(report["unexpected_keys"], model):
        raise ModelUnavailableError(
            "The weights of {name} hold more layers than its config describes ({count} too many "
            "tensors); they are damaged or of another model.",
            name=name,
            count=len(more),
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


def _weights_sentence(path: Path, name: str, error: Exception) -> Said:
    if isinstance(error, ImportError):
        return Said(
            "{name} needs a Python package that is not installed ({package}); choose another model.",
            name=name,
            package=_missing(error),
        )
    if "weights_only" in str(error).lower() or "unpickl" in type(error).__name__.lower():
        return Said(
            "The weights of {name} are refused: they hold more than numbers, or are damaged, and could run "
            "program code when opened; choose a model with safetensors weights.",
            name=name,
        )
    return Said(
        "The weights of {name} in {file} are damaged or do not fit its config; choose another model.",
        name=name,
        file=path.name,
    )


def _missing(error: ImportError) -> str:
    known = ("sentencepiece", "tiktoken", "protobuf", "accelerate", "gguf", "sacremoses")
    told = str(error).lower()
    return error.name or next((package for package in known if package in told), Said("see the log"))


def _more_layers(unexpected: Sequence[str], model: PreTrainedModel) -> list[str]:
    """What a checkpoint has beyond the model named like a part of its first layer, but for the number."""
    expected = set(model.state_dict())
    prefix = f"{model.base_model_prefix}."
    firsts = ((key, re.sub(r"\.\d+\.", ".0.", f".{key}", count=1)[1:]) for key in unexpected)
    return [key for key, first in firsts if first != key and {first, prefix + first} & expected]


def _check_vocabulary(tokenizer: PreTrainedTokenizerBase, model: PreTrainedModel, name: str) -> None:
    """Refuses a tokenizer that writes ids which the model has no embedding for."""
    embeddings: Any = model.get_input_embeddings()
    there = max(len(tokenizer), 1 + max(tokenizer.get_vocab().values()))
    if there > embeddings.num_embeddings:
        raise ModelUnavailableError(
            "The tokenizer of {name} does not belong to its weights: it has {count} tokens, "
            "the weights have {held}; choose another model.",
            name=name,
            count=there,
            held=embeddings.num_embeddings,
        )


def _check_numbers(model: PreTrainedModel, name: str) -> None:
    """Refuses weights with a NaN or an infinity among them; a sum finds these at the speed of memory."""
    for key, parameter in model.named_parameters():
        numbers = parameter.detach()
        if numbers.is_floating_point() and not numbers.sum().isfinite() and not numbers.isfinite().all():
            raise ModelUnavailableError(
                "The weights of {name} are damaged: {part} holds values that are no numbers; "
                "choose another model.",
                name=name,
                part=key,
            )


def _try_out(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, limit: int, name: str) -> None:
    """Two tokens through the model, so that what its config gets wrong is said now and not to a visitor."""
    start: Any = None
    network: Any = model
    own: Any = model.generation_config
    try:
        if own is not None and max(own.num_beams or 1, own.num_return_sequences or 1) > MOST_BEAMS:
            raise ValueError("a search that no memory would hold")
        ids = torch.tensor([tokens.tokenize(tokenizer, "a word").ids[: min(2, limit)]], device=model.device)
        options: dict[str, Any] = {}
        if model.config.is_encoder_decoder:
            start = own.decoder_start_token_id
            start = model.config.decoder_start_token_id if start is None else start
            options["decoder_input_ids"] = ids[:, :1] if start is None else torch.full_like(ids[:, :1], start)
        with torch.inference_mode():
            logits = network(ids, use_cache=False, **options).logits
            if model.config.is_encoder_decoder:
                one = {"max_new_tokens": 1} if own.max_new_tokens else {"max_length": 2}
                network.generate(ids, do_sample=False, decoder_start_token_id=start, **one)
        sound = logits.dim() == 3 and bool(torch.isfinite(logits.float()).any(-1).all())
        sound = sound and not bool(torch.isnan(logits).any())
    except (torch.OutOfMemoryError, MemoryError):
        raise
    except Exception as error:  # whatever a config that does not fit makes a model raise
        raise ModelUnavailableError(_UNFIT, name=name) from error
    if not sound:
        raise ModelUnavailableError(_UNFIT, name=name)


_UNFIT = N_(
    "{name} cannot be used: trying it out failed, so its config is damaged or of other weights; "
    "choose another model."
)


def _info(entry: CatalogueEntry, model: PreTrainedModel, dtype: Precision, device: str) -> ModelInfo:
    return ModelInfo(
        id=entry.id,
        name=entry.name,
        kind="encoder-decoder" if model.config.is_encoder_decoder else "decoder",
        architecture=entry.architecture,
        parameters=entry.parameters if dtype in ("8-bit", "4-bit") else parameter_count(model),
        revision=entry.revision,
        dtype=dtype,
        device=device,
    )


def _position_limit(config: PretrainedConfig, tokenizer: PreTrainedTokenizerBase, name: str) -> int:
    limit: Any = RELATIVE
    row = ARCHITECTURES.get(config.model_type)
    if row is None or not row.relative:
        limit = getattr(config, "n_positions", None) or getattr(config, "max_position_embeddings", RELATIVE)
    for value in (limit, tokenizer.model_max_length):
        if not isinstance(value, (int, float)) or math.isnan(value) or value < 1:
            raise ModelUnavailableError(
                "The files of {name} are damaged: they say that it takes {value} tokens; "
                "choose another model.",
                name=name,
                value=str(value)[:20],
            )
    return int(min(limit, tokenizer.model_max_length, LONGEST))
