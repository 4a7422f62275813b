"""The likeliest next tokens of a model, as people read and type them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from attribution.models import tokens
from attribution.models.loading import LoadedModel
from attribution.types import Array, Candidate

TOP = 10


def listed(
    loaded: LoadedModel, logits: Array, chosen: Sequence[int], top: int = TOP
) -> tuple[Candidate, ...]:
    """The likeliest tokens by their logits [V], then those chosen that are not among them."""
    log_p = log_softmax(logits)
    ids = [int(i) for i in np.argsort(-logits, kind="stable")[:top]]
    ids += [i for i in dict.fromkeys(chosen) if i not in ids]
    return tuple(candidate(loaded, logits, log_p, i) for i in ids)


def candidate(loaded: LoadedModel, logits: Array, log_p: Array, token: int) -> Candidate:
    """One token with its logit of all logits [V], its probability and its rank."""
    return Candidate(
        id=int(token),
        token=tokens.readable(loaded.tokenizer, token),
        text=tokens.typed_form(loaded.tokenizer, token),
        logit=float(logits[token]),
        probability=float(np.exp(log_p[token])),
        rank=int((logits > logits[token]).sum()) + 1,
    )


def log_softmax(logits: Array) -> Array:
    """Natural logarithms of the probabilities of all tokens, [V]."""
    logits = logits.astype(np.float64)
    return logits - np.logaddexp.reduce(logits)


def entropy(logits: Array) -> float:
    """Of the distribution of logits [V], in nats."""
    log_p = log_softmax(logits)
    return float(-(np.exp(log_p) * log_p).sum())
