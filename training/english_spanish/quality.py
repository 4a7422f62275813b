"""What the translator gets right on the held-out sets; used while training and by evaluate.py."""

from collections import Counter

import torch
from idioms import idiomatic_core
from sacrebleu import corpus_bleu


@torch.no_grad()
def translations(model, tokenizer, texts, **options):
    """Returns the Spanish of the texts, in batches of similar length. `options` go to `generate`."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    results = [""] * len(texts)
    for i in range(0, len(order), 50):
        part = order[i : i + 50]
        batch = tokenizer([texts[j] for j in part], return_tensors="pt", padding=True)
        output = model.generate(**batch, **options)
        for j, text in zip(part, tokenizer.batch_decode(output, skip_special_tokens=True), strict=True):
            results[j] = text
    return results


def bleu(pairs, outputs):
    """Returns the BLEU score of sacrebleu, 0 to 100."""
    return corpus_bleu(outputs, [[pair.spanish for pair in pairs]]).score


def exact(pairs, outputs):
    """Returns the share of translations equal to the reference."""
    return sum(pair.spanish == output for pair, output in zip(pairs, outputs, strict=True)) / len(pairs)


def spanish_words(text):
    """Returns the words of a text in lower case, counted, with "del" and "al" opened up."""
    text = f" {text.lower()} ".replace(" del ", " de el ").replace(" al ", " a el ")
    return Counter("".join(c if c.isalpha() else " " for c in text).split())


def agrees(pair, output):
    """Whether every article and adjective that shows gender has the form of the reference."""
    return not Counter(pair.agreement) - spanish_words(output)


def idiomatic(pair, output):
    """Whether the idiom is there in its idiomatic form."""
    return idiomatic_core(pair).lower() in output.lower()


def share(test, pairs, outputs):
    """Returns the share of translations that pass a test."""
    return sum(test(pair, output) for pair, output in zip(pairs, outputs, strict=True)) / len(pairs)
