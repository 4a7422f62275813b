"""Several texts at once give what each gives alone, whatever stands beside it."""

import numpy as np
import pytest
import torch

from attribution.methods.alti_logit import alti_logit
from attribution.methods.batched import BATCHED, GRADIENTS, Ask, batched_scores
from attribution.methods.saliency import causal_saliency
from attribution.models.anatomy import decoder_anatomy
from tests.methods.tiny_models import VARIANTS, tiny_model

IDS = [(5, 9, 12, 3), (7, 7, 41), (5, 9, 12, 3, 20, 33, 8), (11,)]
ASKS = [Ask(ids, 14, 15 + k) for k, ids in enumerate(IDS)]


def alone(model, method, ask):
    """[S] and the logit difference, by the functions that a page calls."""
    if method in GRADIENTS:
        found = causal_saliency(
            model,
            ask.ids,
            [len(ask.ids) - 1],
            [ask.target],
            foil_ids=[ask.foil],
            method=method,
            attributed="contrast_logits_diff",
        )
        values = found.prefix_magnitude if method == "saliency" else found.prefix_signed
        return values[0], found.values[0]
    both = alti_logit(
        model, decoder_anatomy(model), torch.tensor(ask.ids), [ask.target, ask.foil]
    ).contributions
    contrast = both[0].minus(both[1])
    return getattr(contrast, method).sum(0), contrast.explained_logit


@pytest.mark.parametrize("variant", VARIANTS)
def test_together_as_alone(variant):
    model = tiny_model(variant, torch.float64)
    for method in BATCHED:
        for ask, found in zip(ASKS, batched_scores(model, method, ASKS), strict=True):
            values, explained = alone(model, method, ask)
            assert found.explained == pytest.approx(explained, abs=1e-9)
            assert found.values == pytest.approx(np.asarray(values), abs=1e-9)


@pytest.mark.parametrize("method", BATCHED)
def test_small_batches_and_a_clean_model(method, monkeypatch):
    model = tiny_model("gpt2", torch.float64)
    whole = batched_scores(model, method, ASKS)
    monkeypatch.setattr("attribution.methods.batched.MOST_FLOATS", 1)
    told = []
    one_by_one = batched_scores(model, method, ASKS, lambda: told.append(1))
    assert len(told) == len(ASKS)
    for a, b in zip(whole, one_by_one, strict=True):
        assert a.values == pytest.approx(b.values, abs=1e-9)
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())


def test_what_stops_it_leaves_no_hooks():
    def stop():
        raise KeyboardInterrupt

    model = tiny_model("gpt2")
    with pytest.raises(KeyboardInterrupt):
        batched_scores(model, "alti_logit", ASKS, stop)
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())
