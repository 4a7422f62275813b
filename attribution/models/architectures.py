"""The architectures, each in one row; a new one is a row here, for ALTI-Logit with a layout. Loads no torch.

A wrong layout shows in the completeness test, which every row with a layout has to pass.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from attribution.language import N_, _
from attribution.types import ModelKind


@dataclass(frozen=True)
class Layout:
    """Dotted paths: the first two from the model, the others from one block."""

    blocks: str
    final_norm: str
    input_norm: str
    attention: str
    values: str
    projection: str
    mlp: str
    packing: Literal["separate", "thirds", "interleaved"] = "separate"
    """Values alone | [queries, keys, values] | per head [query, key, value]."""
    rms_norm: bool = False
    attention_adds_residual: bool = False


_GPT2 = Layout(
    blocks="transformer.h",
    final_norm="transformer.ln_f",
    input_norm="ln_1",
    attention="attn",
    values="attn.c_attn",
    projection="attn.c_proj",
    mlp="mlp",
    packing="thirds",
)
_GPT_NEO = replace(
    _GPT2, values="attn.attention.v_proj", projection="attn.attention.out_proj", packing="separate"
)
_OPT = Layout(
    blocks="model.decoder.layers",
    final_norm="model.decoder.final_layer_norm",
    input_norm="self_attn_layer_norm",
    attention="self_attn",
    values="self_attn.v_proj",
    projection="self_attn.out_proj",
    mlp="fc2",
)
_BLOOM = Layout(
    blocks="transformer.h",
    final_norm="transformer.ln_f",
    input_norm="input_layernorm",
    attention="self_attention",
    values="self_attention.query_key_value",
    projection="self_attention.dense",
    mlp="mlp.dense_4h_to_h",  # `mlp` itself returns its output plus the residual
    packing="interleaved",
    attention_adds_residual=True,
)
_GPT_NEOX = Layout(
    blocks="gpt_neox.layers",
    final_norm="gpt_neox.final_layer_norm",
    input_norm="input_layernorm",
    attention="attention",
    values="attention.query_key_value",
    projection="attention.dense",
    mlp="mlp",
    packing="interleaved",
)
_LLAMA = Layout(
    blocks="model.layers",
    final_norm="model.norm",
    input_norm="input_layernorm",
    attention="self_attn",
    values="self_attn.v_proj",
    projection="self_attn.o_proj",
    mlp="mlp",
    rms_norm=True,
)
_PHI = replace(_LLAMA, final_norm="model.final_layernorm", projection="self_attn.dense", rms_norm=False)


@dataclass(frozen=True)
class Architecture:
    """What the app has to know about an architecture of transformers."""

    name: str
    """The name people know."""
    kind: ModelKind = "decoder"
    models: str = ""
    """Where models of it are better known by other names: "GPT-NeoX and Pythia"; else as `name`."""
    relative: bool = False
    """Positions are relative, so that the model has no longest text of its own."""
    multilingual: bool = False
    """Translates between languages that are chosen by their codes."""
    task_in_front: bool = False
    """The task is written in front of the text, as T5 wants it."""
    layout: Layout | None = None
    """Where ALTI-Logit finds its parts; None where ALTI-Logit does not fit."""


ARCHITECTURES: dict[str, Architecture] = {
    "gpt2": Architecture("GPT-2", layout=_GPT2),
    "gpt_neo": Architecture("GPT-Neo", layout=_GPT_NEO),
    "gpt_neox": Architecture("GPT-NeoX", models=N_("GPT-NeoX and Pythia"), layout=_GPT_NEOX),
    "opt": Architecture("OPT", layout=_OPT),
    "bloom": Architecture("BLOOM", relative=True, layout=_BLOOM),
    "llama": Architecture("Llama", models=N_("Llama and SmolLM2"), layout=_LLAMA),
    "mistral": Architecture("Mistral", layout=_LLAMA),
    "qwen2": Architecture("Qwen2", layout=_LLAMA),
    "qwen3": Architecture("Qwen3", layout=_LLAMA),
    "smollm3": Architecture("SmolLM3", layout=_LLAMA),
    "phi": Architecture("Phi", models=N_("Phi-1 and Phi-2"), layout=_PHI),
    "gptj": Architecture("GPT-J"),
    "bart": Architecture("BART", "encoder-decoder"),
    "m2m_100": Architecture("M2M100", "encoder-decoder", models=N_("M2M100 and NLLB"), multilingual=True),
    "marian": Architecture("Marian", "encoder-decoder", models="Marian (opus-mt)"),
    "mbart": Architecture("mBART", "encoder-decoder", multilingual=True),
    "mt5": Architecture("mT5", "encoder-decoder", relative=True, task_in_front=True),
    "t5": Architecture("T5", "encoder-decoder", relative=True, task_in_front=True),
    "umt5": Architecture("umT5", "encoder-decoder", relative=True, task_in_front=True),
}
"""transformers' `model_type` -> what there is to know. Others may load; they are not listed from a disk."""


def is_encoder_decoder(model_type: str) -> bool:
    """Whether the architecture, if it is in the table, has an encoder."""
    row = ARCHITECTURES.get(model_type)
    return row is not None and row.kind == "encoder-decoder"


def known_models(*, alti_logit: bool = False, kind: ModelKind | None = None) -> list[str]:
    """The architectures as people know them: all, those of one kind, or those that ALTI-Logit is for.

    In the reader's language.
    """
    return [
        _(row.models) or row.name
        for row in ARCHITECTURES.values()
        if (row.layout is not None or not alti_logit) and kind in (None, row.kind)
    ]
