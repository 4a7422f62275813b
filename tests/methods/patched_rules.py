"""The rules of "held still" and both kinds of GIM once more, literally, by rewriting the library's layers.

For tests only: classes are patched for everybody in the process. Values are the layers' own; only what the
gradient sees is written anew, each factor and each layer for itself.
"""

import contextlib
import importlib
from unittest import mock

from torch import nn
from torch.autograd import Function


class Scale(Function):
    """Same value, gradient times a factor."""

    @staticmethod
    def forward(ctx, x, factor):
        ctx.factor = factor
        return x.view_as(x)

    @staticmethod
    def backward(ctx, gradient):
        return gradient * ctx.factor, None


class SofterSoftmax(Function):
    """The value p; the backward is that of softmax with the distribution softmax(s / 2)."""

    @staticmethod
    def forward(ctx, s, p):
        ctx.save_for_backward((s / 2).softmax(-1))
        return p.detach().clone()

    @staticmethod
    def backward(ctx, gradient):
        (p,) = ctx.saved_tensors
        return p * (gradient - (gradient * p).sum(-1, keepdim=True)), None


def divided_by_constant(x, y):
    """y = x * c with the constants c."""
    return x * (y / x).detach()


def layer_norm(self, x):
    deviation = (x.var(-1, unbiased=False, keepdim=True) + self.eps).sqrt().detach()
    y = (x - x.mean(-1, keepdim=True)) / deviation
    y = y if self.weight is None else y * self.weight
    return y if self.bias is None else y + self.bias


def attention(kind, own):
    """A layer's attention, from what the library's function `own` gives as its weights."""

    def attend(module, q, k, v, mask, **options):
        weights = own(module, q, k, v, mask, **options)[1].detach()
        if kind != "held still":
            q, k, v = Scale.apply(q, 0.25), Scale.apply(k, 0.25), Scale.apply(v, 0.5)
        groups = q.shape[1] // k.shape[1]
        k, v = k.repeat_interleave(groups, 1), v.repeat_interleave(groups, 1)
        if kind != "held still":
            scaling = options.get("scaling")
            s = q @ k.transpose(2, 3) * (q.shape[-1] ** -0.5 if scaling is None else scaling)
            for extra in (mask, options.get("position_bias")):
                s = s if extra is None else s + extra
            weights = SofterSoftmax.apply(s, weights)
        return (weights @ v).transpose(1, 2).contiguous(), weights

    return attend


def neo_attention(kind, own):
    def attend(self, q, k, v, mask=None):
        weights = own(self, q, k, v, mask)[1].detach()
        if kind != "held still":
            q, k, v = Scale.apply(q, 0.25), Scale.apply(k, 0.25), Scale.apply(v, 0.5)
            s = q.float() @ k.float().transpose(-1, -2)
            seen = self.bias[:, :, : s.shape[-2], : s.shape[-1]]
            weights = SofterSoftmax.apply(s.masked_fill(~seen, -1e30), weights.float()).to(v.dtype)
        return weights @ v, weights

    return attend


def bloom_split(kind, own):
    def split(self, fused):
        q, k, v = own(self, fused)
        return (
            (Scale.apply(q, 0.25), Scale.apply(k, 0.25), Scale.apply(v, 0.5))
            if kind != "held still"
            else (q, k, v)
        )

    return split


class BloomFunctions:
    """What the BLOOM file calls F."""

    def __init__(self, kind):
        self.kind = kind

    def softmax(self, s, dim, dtype):
        p = nn.functional.softmax(s, dim=dim, dtype=dtype).double()
        return SofterSoftmax.apply(s, p) if self.kind != "held still" else p.detach()

    def __getattr__(self, name):
        return getattr(nn.functional, name)


def gated(gate, content, down):
    def forward(self, x):
        g, u = getattr(self, gate)(x), getattr(self, content)(x)
        g = (self.act if hasattr(self, "act") else self.act_fn)(g)
        return getattr(self, down)(Scale.apply(g, 0.5) * Scale.apply(u, 0.5))

    return forward


@contextlib.contextmanager
def patched(model, kind):
    """kind: as `rules.Rules`."""
    with contextlib.ExitStack() as stack:

        def patch(owner, name, new):
            stack.enter_context(mock.patch.object(owner, name, new))

        def ratio(own):
            return lambda self, x: divided_by_constant(x, own(self, x))

        patch(nn.LayerNorm, "forward", layer_norm)
        whole = importlib.import_module(type(model).__module__)
        if hasattr(whole, "eager_attention_forward"):
            patch(whole, "eager_attention_forward", attention(kind, whole.eager_attention_forward))
        for layer in {type(module) for module in model.modules()}:
            name, file = layer.__name__, importlib.import_module(layer.__module__)
            is_activation = file.__name__ in ("transformers.activations", "torch.nn.modules.activation")
            if (
                name.endswith("RMSNorm")
                or name == "T5LayerNorm"
                or (kind != "gim" and (is_activation or name == "BloomGelu"))
            ):
                patch(layer, "forward", ratio(layer.forward))
            elif name == "T5DenseGatedActDense":
                patch(layer, "forward", gated("wi_0", "wi_1", "wo"))
            elif name in ("LlamaMLP", "MistralMLP", "Qwen2MLP", "Qwen3MLP", "SmolLM3MLP"):
                patch(layer, "forward", gated("gate_proj", "up_proj", "down_proj"))
            elif name == "GPTNeoSelfAttention":
                patch(layer, "_attn", neo_attention(kind, layer._attn))
            elif name == "BloomAttention":
                patch(layer, "_reshape", bloom_split(kind, layer._reshape))
                patch(file, "F", BloomFunctions(kind))
        yield
