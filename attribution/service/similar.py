"""Words that a model takes for like ones: the nearest in its embedding matrix that are whole words."""

from __future__ import annotations

import torch

from attribution.methods.network import Network
from attribution.models import tokens
from attribution.models.loading import LoadedModel
from attribution.service.inputs import plain_ids

MOST = 8
LOOKED_AT = 400
"""Of the nearest tokens, how many are read: most are whole words, but many are other cases of the same."""
LIKE_ENOUGH = 0.7
"""Of the likeness of the likest word."""


@torch.inference_mode()
def similar_words(loaded: LoadedModel, word: str, most: int = MOST) -> tuple[str, ...]:
    """Whole words with an embedding like that of `word` (the mean of its pieces), the likest first.

    For a word with a capital names come first, and all have one; none where the model has no such words.
    """
    typed = word.strip()
    with loaded.lock:
        ids = plain_ids(loaded.tokenizer, f" {typed}") or plain_ids(loaded.tokenizer, typed)
        if not ids:
            return ()
        network = Network(loaded.model)
        matrix = network.decoder.get_input_embeddings().weight.detach().float()
        matrix = matrix - matrix.mean(0)  # what all embeddings have in common says nothing
        query = matrix[list(ids)].mean(0)
        likeness = (matrix @ query) / (matrix.norm(dim=1).clamp_min(1e-9) * query.norm().clamp_min(1e-9))
        found: dict[str, tuple[str, float]] = {}
        for token in likeness.topk(min(LOOKED_AT, len(likeness))).indices.tolist():
            shown = tokens.readable(loaded.tokenizer, token)
            text = shown.removeprefix(tokens.SPACE)
            whole = shown.startswith(tokens.SPACE) and text.isalpha() and len(text) > 1
            if whole and text.casefold() != typed.casefold():
                found.setdefault(text.casefold(), (text, float(likeness[token])))
    least = LIKE_ENOUGH * max((like for _, like in found.values()), default=0.0)
    capital = typed[:1].isupper()
    alike = [text for text, like in found.values() if like >= least]
    alike.sort(key=lambda text: text[:1].isupper() != capital)  # names for names; the likest first among them
    return tuple(text[:1].upper() + text[1:] if capital else text for text in alike[:most])
