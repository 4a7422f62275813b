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


@torch.inference_mode()
def similar_words(loaded: LoadedModel, word: str, most: int = MOST) -> tuple[str, ...]:
    """Whole words with an embedding like that of `word` (the mean of its pieces), the likest first.

    Written with a capital where the word is; none where the model has no such words.
    """
    typed = word.strip()
    with loaded.lock:
        ids = plain_ids(loaded.tokenizer, f" {typed}") or plain_ids(loaded.tokenizer, typed)
        if not ids:
            return ()
        network = Network(loaded.model)
        matrix = network.decoder.get_input_embeddings().weight.detach().float()
        query = matrix[list(ids)].mean(0)
        likeness = (matrix @ query) / (matrix.norm(dim=1).clamp_min(1e-9) * query.norm().clamp_min(1e-9))
        found: dict[str, str] = {}
        for token in likeness.topk(min(LOOKED_AT, len(likeness))).indices.tolist():
            shown = tokens.readable(loaded.tokenizer, token)
            text = shown.removeprefix(tokens.SPACE)
            whole = shown.startswith(tokens.SPACE) and text.isalpha() and len(text) > 1
            if whole and text.casefold() != typed.casefold():
                found.setdefault(text.casefold(), text)
            if len(found) == most:
                break
    capital = typed[:1].isupper()
    return tuple(text[:1].upper() + text[1:] if capital else text for text in found.values())
