"""Words of like kind, to be put in a word's place: alike to the model, and fitting where the word stands."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from attribution.methods.network import Network
from attribution.models import tokens
from attribution.models.loading import LoadedModel
from attribution.service.inputs import plain_ids
from attribution.service.limits import QUICK
from attribution.types import Array, Word

MOST = 8
POOL, EXPECTED, NEAR = 40, 20, 400
"""Words whose use is looked at: those with the likest embeddings, and those that a decoder expects there
whose embeddings are among the nearest."""
WEIGHT = 1.5
"""Of the order by use beside that by embeddings."""
LOOKED_AT = 1500
"""Of the nearest tokens, how many are read: most are whole words, but many are pieces or of another case."""
BEFORE, AFTER = 120, 80
"""Characters of the text around the word that tell its use."""


@torch.inference_mode()
def similar_words(
    loaded: LoadedModel, text: str, word: Word, most: int = MOST, *, more: Sequence[str] = ()
) -> tuple[str, ...]:
    """Whole words of the same case with a like embedding and a like use in the text, the likest first.

    Embeddings: the cosine of what is not common to all, the mean of its pieces for the word itself. Use: a
    decoder's log-probability of the text with the other word in its place; an encoder's representation of the
    place, by its cosine. `more` words are ordered by their use alone; where the vocabulary is one of pieces,
    in which many words of the text are no token, there are no others.
    """
    typed = word.text.strip()
    with loaded.lock:
        names = [] if _of_pieces(loaded, [text, *more]) else _pool(loaded, text, word)
        likeness = [*range(len(names))]
        known = {name.casefold() for name in (typed, *names)}
        capital = typed[:1].isupper()
        more = [m for m in dict.fromkeys(more) if m.casefold() not in known and m[:1].isupper() == capital]
        names, likeness = [*names, *more], [*likeness, *(len(names) // 2 for _ in more)]
        use = _use(loaded, text, word, names) if len(names) > 1 else None
    order = np.array(likeness, dtype=float)
    if use is not None:
        order += WEIGHT * np.argsort(np.argsort(-use, kind="stable"), kind="stable")
    return tuple(names[k] for k in np.argsort(order, kind="stable")[:most])


def _of_pieces(loaded: LoadedModel, texts: Sequence[str]) -> bool:
    """Whether many words of some texts are several tokens each."""
    found = [tokens.tokenize(loaded.tokenizer, text[:BEFORE]) for text in texts]
    words = [word for text in found for word in text.words if word.text.isalpha()]
    return 3 * sum(len(w.tokens) > 1 for w in words) > len(words)


def _pool(loaded: LoadedModel, text: str, word: Word) -> list[str]:
    """The whole words of the vocabulary with the likest embeddings or expected there, likest first."""
    typed = word.text.strip()
    ids = plain_ids(loaded.tokenizer, f" {typed}") or plain_ids(loaded.tokenizer, typed)
    if not ids:
        return []
    common = len(plain_ids(loaded.tokenizer, f" {typed.lower()}")) == 1  # no name, which is never lower-case
    beginning = common and text[: word.start].rstrip()[-1:] in ("", ".", "!", "?", ":")
    network = Network(loaded.model)
    expected: set[int] = set()
    if network.encoder is None and text[: word.start].strip():
        before = network.ids(tokens.tokenize(loaded.tokenizer, text[: word.start].rstrip()).ids[-BEFORE:])
        last = network.decode(network.embed_prefix(before)[None])[0, -1:]
        expected = set(network.logits(last)[0].topk(EXPECTED).indices.tolist())
    matrix = (network.encoder or network.decoder).get_input_embeddings().weight.detach().float()
    matrix = matrix - matrix.mean(0)  # what all embeddings have in common says nothing
    query = matrix[list(ids)].mean(0)
    likeness = torch.nn.functional.cosine_similarity(matrix, query[None])
    of_kind = str.isdigit if typed.isdigit() else str.isalpha
    capital, found = typed[:1].isupper(), dict[str, str]()
    for rank, token in enumerate(likeness.argsort(descending=True).tolist()):
        if rank >= LOOKED_AT:
            break
        if len(found) >= POOL and not (token in expected and rank < NEAR):
            continue
        shown = tokens.readable(loaded.tokenizer, token)
        text = shown.removeprefix(tokens.SPACE)
        if not shown.startswith(tokens.SPACE) or not of_kind(text) or len(text) < 2 - typed.isdigit():
            continue
        if beginning and capital:
            text = text[:1].upper() + text[1:]
        if text[:1].isupper() == capital and text.casefold() != typed.casefold():
            found.setdefault(text.casefold(), text)
    return list(found.values())


def _use(loaded: LoadedModel, text: str, word: Word, others: Sequence[str]) -> Array | None:
    """[others]: how well each fits where the word stands; None where finding out would take long."""
    first = max(0, word.start - BEFORE)
    before = text[first : word.start]
    if first and " " in before:
        before = before[before.index(" ") + 1 :]
    after = text[word.start + len(word.text) :]
    if len(after) > AFTER:
        after = after[:AFTER].rpartition(" ")[0] or after[:AFTER]
    texts = [before + other + after for other in (word.text, *others)]
    rows = [tokens.tokenize(loaded.tokenizer, one) for one in texts]
    passed = sum(len(row) for row in rows)
    if passed * loaded.info.parameters > QUICK or max(map(len, rows)) > loaded.max_tokens:
        return None
    network = Network(loaded.model)
    places = [next((w.tokens for w in row.words if w.start == len(before)), ()) for row in rows]
    values = np.full(len(rows), -np.inf)
    vectors: dict[int, Tensor] = {}
    for length in sorted({len(row) for row in rows}):
        group = [k for k, row in enumerate(rows) if len(row) == length and places[k]]
        if not group:
            continue
        ids = torch.tensor([rows[k].ids for k in group], device=network.device)
        if network.encoder is None:
            values[group] = _log_likelihoods(network, ids, min(min(places[k]) for k in group))
        else:
            hidden = network.encode(network.embed_source(ids))
            vectors |= {k: hidden[row, list(places[k])].mean(0) for row, k in enumerate(group)}
    if vectors and 0 in vectors:
        values[list(vectors)] = [float(torch.cosine_similarity(v, vectors[0], 0)) for v in vectors.values()]
    return values[1:]


def _log_likelihoods(network: Network, ids: Tensor, first: int) -> Array:
    """[n, L] -> [n]: of each text's tokens from the place `first` on, which differ."""
    start = max(first - 1, 0)
    hidden = network.decode(network.embed_prefix(ids))[:, start:-1]
    totals = [
        network.logits(row).log_softmax(-1).gather(-1, of[start + 1 :, None]).sum()
        for row, of in zip(hidden, ids, strict=True)
    ]
    return torch.stack(totals).double().cpu().numpy()
