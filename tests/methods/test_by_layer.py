"""Gradients layer by layer: the numbers of the whole graph, for every decoder, and nothing left behind."""

import numpy as np
import pytest
import torch

from attribution.methods import by_layer
from attribution.methods.saliency import causal_saliency
from tests.methods.tiny_models import VARIANTS, tiny_model

pytestmark = pytest.mark.usefixtures("attention_in_double_precision")

IDS = [7, 9, 12, 9, 30, 8, 11, 21, 14]
TARGETS = [8, 11, 21, 14]
WHERE = [4, 5, 6, 7]


@pytest.fixture
def layer_by_layer(monkeypatch):
    """Takes every graph apart, two steps at a time."""

    def switch():
        monkeypatch.setattr(by_layer, "LARGE", 0)
        monkeypatch.setattr(by_layer, "FEWEST_STEPS", 1)
        monkeypatch.setattr(by_layer, "GROUP_FLOATS", 2 * len(IDS) * 32)

    return switch


def found(model, method, attributed, **options):
    return causal_saliency(model, IDS[:8], WHERE, TARGETS, method=method, attributed=attributed, **options)


@pytest.mark.parametrize(
    ("method", "attributed"),
    [("frozen", "log_probability"), ("gim", "logit"), ("input_x_gradient", "probability")],
)
@pytest.mark.parametrize("variant", VARIANTS)
def test_layer_by_layer_are_the_numbers_of_the_whole_graph(variant, method, attributed, layer_by_layer):
    model, told = tiny_model(variant, torch.float64), []
    whole = found(model, method, attributed)
    layer_by_layer()
    assert by_layer.layers_of(by_layer.Network(model))
    parts = found(model, method, attributed, progress=told.append)
    rough = {"rtol": 1e-4, "atol": 1e-6} if variant == "gpt-neo" else {"rtol": 1e-9, "atol": 1e-12}
    for name in ("prefix_signed", "prefix_magnitude", "values", "logits"):  # (attends in float32)
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), **rough)
    assert parts.parts.keys() == whole.parts.keys()
    for name, part in whole.parts.items():
        np.testing.assert_allclose(parts.parts[name], part, **rough)
    assert told == sorted(told)
    assert len(set(told)) > len(by_layer.layers_of(by_layer.Network(model))), "progress within the layers"
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())


def test_many_steps_in_one_backward_and_many_inputs(layer_by_layer):
    model = tiny_model("gpt2", torch.float64)
    options = {"replacement_id": 0, "steps": 5}
    whole = found(model, "integrated_gradients", "logit", **options)
    layer_by_layer()
    parts = found(model, "integrated_gradients", "logit", **options)
    np.testing.assert_allclose(parts.prefix_signed, whole.prefix_signed, rtol=1e-9, atol=1e-12)


def test_stopped_in_the_middle_nothing_stays(layer_by_layer):
    model = tiny_model("gpt2", torch.float64)
    layer_by_layer()

    def stop(done):
        if done > 0.3:
            raise KeyError("stopped")

    with pytest.raises(KeyError):
        found(model, "frozen", "logit", progress=stop)
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())
    assert all(p.requires_grad for p in model.parameters())


def test_small_graphs_and_few_steps_stay_whole():
    model = tiny_model("gpt2", torch.float32)
    network = by_layer.Network(model)
    assert by_layer.group_size(network, 1, 60, 40) == 0
    assert by_layer.group_size(network, 1, 10**5, 1) == 0


def test_the_longest_texts_are_taken_apart_too():
    network = by_layer.Network(tiny_model("gpt2", torch.float32))
    assert by_layer.group_size(network, 1, 10**5, 40) == by_layer.FEWEST_STEPS
