"""A language model as a differentiable function of its input embeddings.

What gradients need to know of an architecture is in this file: how token ids become the vectors that the
first layer sees, and how the last hidden state becomes logits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor


@contextmanager
def frozen_parameters(model: Any) -> Iterator[None]:
    """Within the block no parameter asks for a gradient; afterwards each is as it was, also after errors."""
    trainable = [p for p in model.parameters() if p.requires_grad]
    for parameter in trainable:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in trainable:
            parameter.requires_grad_(True)


class Network:
    """An encoder-decoder or a decoder-only model, seen as embeddings -> hidden states -> logits.

    "Source" are the encoder's tokens (absent in a decoder-only model), "prefix" the decoder's. Embeddings
    are the vectors that positions are added to, so any scaling by the model is included.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.config = model.config
        self.has_encoder = bool(self.config.is_encoder_decoder)
        if self.has_encoder:
            self.encoder, self.decoder = model.get_encoder(), model.get_decoder()
        else:
            self.encoder, self.decoder = None, model.base_model
        # Marian and Pegasus multiply ids' embeddings outside the embedding module; given embeddings instead
        # of ids, their decoder does so again and their encoder does not.
        self.decoder_scale = float(getattr(self.decoder, "embed_scale", None) or 1.0)
        self.vmap = not getattr(model, "is_quantized", False)

    @property
    def device(self) -> torch.device:
        """Where ids and embeddings have to be."""
        return next(self.model.parameters()).device

    def ids(self, ids: Sequence[int] | Sequence[Sequence[int]] | Tensor) -> Tensor:
        """[N] or [B, N] as a tensor on the model's device."""
        return torch.as_tensor(ids, dtype=torch.long, device=self.device)

    def embed_source(self, ids: Tensor) -> Tensor:
        """Source ids [..., S] -> [..., S, D]."""
        assert self.encoder is not None
        scale = float(getattr(self.encoder, "embed_scale", None) or 1.0)
        return self.encoder.get_input_embeddings()(ids).detach() * scale

    def embed_prefix(self, ids: Tensor) -> Tensor:
        """Prefix ids [..., P] -> [..., P, D]."""
        return self.decoder.get_input_embeddings()(ids).detach() * self.decoder_scale

    def encode(self, source: Tensor) -> Tensor:
        """Source embeddings [n, S, D] -> encoder output [n, S, D]."""
        assert self.encoder is not None
        return self.encoder(inputs_embeds=source).last_hidden_state

    def decode(self, prefix: Tensor, memory: Tensor | None = None) -> Tensor:
        """Prefix embeddings [n, P, D] and encoder output [n, S, D] -> what the head reads, [n, P, D]."""
        given = prefix / self.decoder_scale if self.decoder_scale != 1.0 else prefix
        if memory is None:
            return self.decoder(inputs_embeds=given, use_cache=False).last_hidden_state
        return self.decoder(
            inputs_embeds=given, encoder_hidden_states=memory, use_cache=False
        ).last_hidden_state

    def cross_attention(self, source: Tensor, prefix: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Decoder output [1, P, D] and each layer's cross-attention weights [1, H, P, S], if it has any."""
        weights: list[Tensor] = []

        def keep(module: Any, inputs: Any, output: Any) -> None:
            if isinstance(output, tuple) and output[-1] is not None:
                weights.append(output[-1])

        modules = [m for n, m in self.decoder.named_modules() if n.rpartition(".")[2] in _CROSS_ATTENTION]
        hooks = [module.register_forward_hook(keep) for module in modules]
        try:
            return self.decode(prefix, self.encode(source)), weights
        finally:
            for hook in hooks:
                hook.remove()

    def logits(self, hidden: Tensor) -> Tensor:
        """Decoder output [R, D] -> logits [R, V] with the model's own scaling and bias, at least float32."""
        if getattr(self.config, "scale_decoder_outputs", False):  # T5 v1.0
            hidden = hidden * self.config.d_model**-0.5
        logits = self.model.get_output_embeddings()(hidden)
        if logits.dtype in (torch.bfloat16, torch.float16):
            logits = logits.float()
        bias = getattr(self.model, "final_logits_bias", None)  # Marian, BART, mBART
        if bias is not None:
            logits = logits + bias
        if getattr(self.config, "logit_scale", None):  # Cohere
            logits = logits * self.config.logit_scale
        if getattr(self.config, "logits_scaling", None):  # Granite
            logits = logits / self.config.logits_scaling
        cap = getattr(self.config, "final_logit_softcapping", None)  # Gemma 2
        return torch.tanh(logits / cap) * cap if cap else logits

    def row_floats(self, length: int) -> int:
        """The widest activation of one token among `length`, in numbers; a memory budget is divided by it."""
        width = max(int(getattr(self.config, n, None) or 0) for n in _WIDTHS)
        width = max(width, 4 * int(self.config.hidden_size))
        return max(width, int(self.config.num_attention_heads) * length)


_WIDTHS = ("d_ff", "encoder_ffn_dim", "decoder_ffn_dim", "ffn_dim", "intermediate_size", "n_inner")
_CROSS_ATTENTION = ("encoder_attn", "EncDecAttention")
