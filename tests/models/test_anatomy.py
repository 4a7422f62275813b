import subprocess
import sys

import pytest
from transformers import AutoConfig

from attribution.models.anatomy import decoder_anatomy, refuse_unsupported
from attribution.models.architectures import ARCHITECTURES, known_models
from attribution.types import UnsupportedArchitectureError
from tests.methods.tiny_models import VARIANTS, random_model, tiny_model


def test_importing_it_does_not_load_torch():
    code = "import sys, attribution.models.anatomy; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_supported_architecture_is_tested():
    assert {kind for kind, _ in VARIANTS.values()} == {k for k, row in ARCHITECTURES.items() if row.layout}


@pytest.mark.parametrize("kind", ["gemma2", "gemma", "granite", "cohere", "t5", "bert", "olmo2"])
def test_other_architectures_are_refused_and_the_supported_ones_named(kind):
    with pytest.raises(UnsupportedArchitectureError) as refusal:
        refuse_unsupported(AutoConfig.for_model(kind))
    assert kind in str(refusal.value)
    assert all(name in str(refusal.value) for name in known_models(alti_logit=True))


def test_opt_350m_is_refused_and_told_why():
    config = AutoConfig.for_model(
        "opt", do_layer_norm_before=False, hidden_size=1024, word_embed_proj_dim=512, num_attention_heads=16
    )
    with pytest.raises(UnsupportedArchitectureError, match="post-LN, as only OPT-350m does"):
        refuse_unsupported(config)


@pytest.mark.parametrize(
    ("kind", "settings", "reason"),
    [
        ("opt", {"word_embed_proj_dim": 16}, "another width"),
        ("opt", {"_remove_final_layer_norm": True}, "no final layer norm"),
        ("bloom", {"apply_residual_connection_post_layernorm": True}, "after the layer norm"),
        ("bloom", {"pretraining_tp": 2, "slow_but_exact": True}, "slices"),
    ],
)
def test_odd_variants_are_refused_and_told_why(kind, settings, reason):
    with pytest.raises(UnsupportedArchitectureError, match=reason):
        refuse_unsupported(AutoConfig.for_model(kind, **settings))


def test_the_model_is_refused_like_its_config():
    small = {"num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 2, "hidden_size": 8}
    model = random_model("gemma", small | {"head_dim": 4, "intermediate_size": 8, "vocab_size": 20})
    with pytest.raises(UnsupportedArchitectureError, match="gemma"):
        decoder_anatomy(model)


def test_quantised_weights_are_refused():
    model = tiny_model("llama")
    projection = model.model.layers[0].self_attn.o_proj
    projection.weight.requires_grad_(False)
    projection.weight.data = projection.weight.data.char()
    with pytest.raises(UnsupportedArchitectureError, match="quantisation"):
        decoder_anatomy(model)


def test_a_model_without_a_head_is_refused():
    with pytest.raises(UnsupportedArchitectureError, match="predicts no words"):
        decoder_anatomy(tiny_model("gpt2").transformer)


def test_the_anatomy_shares_its_weights_with_the_model():
    model = tiny_model("llama")
    layer = decoder_anatomy(model).layers[1]
    assert layer.output_weight.data_ptr() == model.model.layers[1].self_attn.o_proj.weight.data_ptr()
