"""Tiny decoders of every supported architecture, seeded, every weight and bias random (norms too)."""

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from transformers import AutoConfig, AutoModelForCausalLM

_GPT2 = {"n_layer": 3, "n_head": 4, "n_embd": 32, "vocab_size": 50, "n_positions": 64}
_LLAMA = {
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "hidden_size": 32,
    "intermediate_size": 48,
    "vocab_size": 50,
    "max_position_embeddings": 64,
}
_NEOX = {k: v for k, v in _LLAMA.items() if k != "num_key_value_heads"} | {"rotary_pct": 0.25}
_OPT = {
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "hidden_size": 32,
    "word_embed_proj_dim": 32,
    "ffn_dim": 48,
    "vocab_size": 50,
    "max_position_embeddings": 64,
}
_SPECIAL = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}

VARIANTS: dict[str, tuple[str, dict]] = {
    "gpt2": ("gpt2", _GPT2),
    "gpt2, untied, scaled by layer": (
        "gpt2",
        _GPT2 | {"tie_word_embeddings": False, "scale_attn_by_inverse_layer_idx": True},
    ),
    "gpt-neo": (
        "gpt_neo",
        {
            "num_layers": 3,
            "num_heads": 4,
            "hidden_size": 32,
            "vocab_size": 50,
            "max_position_embeddings": 64,
            "attention_types": [[["global", "local", "global"], 1]],
            "window_size": 4,
        },
    ),
    "gpt-neox, parallel": ("gpt_neox", _NEOX | {"use_parallel_residual": True}),
    "gpt-neox, sequential, tied": (
        "gpt_neox",
        _NEOX | {"use_parallel_residual": False, "tie_word_embeddings": True},
    ),
    "gpt-neox, no attention bias": ("gpt_neox", _NEOX | {"attention_bias": False}),
    "opt": ("opt", _OPT),
    "opt, no biases, plain norms": (
        "opt",
        _OPT | {"enable_bias": False, "layer_norm_elementwise_affine": False, "tie_word_embeddings": False},
    ),
    "bloom": ("bloom", {"n_layer": 3, "n_head": 4, "hidden_size": 32, "vocab_size": 50}),
    "llama": ("llama", _LLAMA),
    "llama, tied, biases": (
        "llama",
        _LLAMA | {"tie_word_embeddings": True, "attention_bias": True, "mlp_bias": True},
    ),
    "llama, wide heads": ("llama", _LLAMA | {"head_dim": 12, "num_key_value_heads": 1}),
    "mistral, sliding window": ("mistral", _LLAMA | {"sliding_window": 4}),
    "qwen2": ("qwen2", _LLAMA | {"tie_word_embeddings": True}),
    "qwen2, sliding window": (
        "qwen2",
        _LLAMA | {"use_sliding_window": True, "sliding_window": 3, "max_window_layers": 1},
    ),
    "qwen3": ("qwen3", _LLAMA | {"head_dim": 16}),
    "smollm3": ("smollm3", _LLAMA | {"no_rope_layers": [1, 0, 1]}),
    "phi": ("phi", _LLAMA | {"qk_layernorm": True}),
}


def tiny_model(variant: str, dtype: torch.dtype = torch.float32):
    """A model of a few thousand weights, in evaluation mode."""
    kind, settings = VARIANTS[variant]
    return random_model(kind, settings, dtype)


def random_model(kind: str, settings: dict, dtype: torch.dtype = torch.float32):
    config = AutoConfig.for_model(kind, **(_SPECIAL | settings))
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager")
    generator = torch.Generator().manual_seed(20)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            is_norm_weight = parameter.dim() == 1 and name.endswith("weight")
            parameter.copy_(1 + 0.3 * noise if is_norm_weight else 0.3 * noise)
    return model.to(dtype).eval()


def tiny_ids(length: int = 11) -> torch.Tensor:
    """Token ids [length] with repetitions."""
    return torch.randint(3, 50, (length,), generator=torch.Generator().manual_seed(7))
