"""Every method explains one prediction of every supported decoder, for a logit difference as for the rest."""

import numpy as np
import pytest
import torch

from attribution.methods.saliency import causal_saliency
from tests.methods.test_saliency import one_step, plain
from tests.methods.tiny_models import VARIANTS, tiny_ids, tiny_model

IDS = tiny_ids(8).tolist()
REPLACEMENT, TARGET, FOIL = 2, 5, 9
FUNCTIONS = ["contrast_logits_diff", "logit", "log_probability"]


def explain(model, ids=IDS, **options):
    return causal_saliency(
        model, ids, [len(ids) - 1], [TARGET], foil_ids=[FOIL], replacement_id=REPLACEMENT, **options
    )


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_gradients_equal_plain_autograd_at_the_last_position(variant, function):
    """Norms and attention scores that round to single precision inside leave 1e-6."""
    model = tiny_model(variant, torch.float64)
    value, [(x, g)] = one_step(model, None, IDS, plain(function, TARGET, FOIL))
    product = explain(model, attributed=function)
    norm = explain(model, attributed=function, method="saliency")
    scale = float(g.norm())
    assert product.values[0] == pytest.approx(value, abs=1e-10)
    np.testing.assert_allclose(product.prefix_signed[0], (x * g).sum(-1), rtol=0, atol=1e-6 * scale)
    np.testing.assert_allclose(norm.prefix_magnitude[0], g.norm(dim=-1), rtol=0, atol=1e-6 * scale)


@pytest.mark.parametrize("function", FUNCTIONS[:2])
@pytest.mark.parametrize("variant", VARIANTS)
def test_erasure_is_the_change_of_the_function(variant, function):
    model = tiny_model(variant, torch.float64)
    found = explain(model, attributed=function, method="erasure").prefix_signed[0]
    whole = explain(model, attributed=function).values[0]
    for column in (0, 3, 7):
        erased = [REPLACEMENT if i == column else token for i, token in enumerate(IDS)]
        without = explain(model, erased, attributed=function).values[0]
        assert found[column] == pytest.approx(whole - without, abs=1e-6)


@pytest.mark.parametrize("variant", VARIANTS)
def test_integrated_gradients_state_what_they_miss(variant):
    model = tiny_model(variant, torch.float64)
    result = explain(model, attributed=FUNCTIONS[0], method="integrated_gradients", steps=64)
    change = result.values[0] - explain(model, [REPLACEMENT] * len(IDS), attributed=FUNCTIONS[0]).values[0]
    missed = result.prefix_signed.sum() - change
    assert result.convergence[0] == pytest.approx(missed, abs=1e-6)
    assert abs(missed) < 0.1 * np.abs(result.prefix_signed).sum()  # tiny random networks bend sharply
