import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM

from attribution.methods.catalogue import METHODS as ROWS
from attribution.methods.gradients import _near_one
from attribution.methods.saliency import METHODS as ALL
from attribution.methods.saliency import causal_saliency, seq2seq_saliency
from attribution.types import UnsupportedArchitectureError

torch.set_num_threads(1)
METHODS = [name for name in ALL if "encoder-decoder" in ROWS[name].kinds]
LOGITS = {"frozen": {"attributed": "logit"}}
"""What some methods explain alone."""
FIXTURES = Path(__file__).parents[1] / "fixtures"
PAD, EOS, UNK = 0, 1, 2
GRADIENT = ("input_x_gradient", "saliency", "integrated_gradients")
FUNCTIONS = (
    "probability",
    "log_probability",
    "logit",
    "contrast_prob_diff",
    "contrast_logits_diff",
    "entropy",
)


@cache
def tiny(name):
    """Shared by the tests that only read it."""
    return make_tiny(name)


def make_tiny(name):
    """A seeded random model in float64 with every scaling and bias its architecture knows."""
    import transformers as tf

    small = {"d_model": 16, "encoder_layers": 2, "decoder_layers": 2, "max_position_embeddings": 40}
    small |= {"encoder_attention_heads": 2, "decoder_attention_heads": 2, "vocab_size": 30}
    small |= {"encoder_ffn_dim": 24, "decoder_ffn_dim": 24, "pad_token_id": PAD, "eos_token_id": EOS}
    small |= {"decoder_start_token_id": EOS, "scale_embedding": True, "init_std": 0.4}
    t5 = {"d_model": 16, "d_kv": 8, "d_ff": 24, "num_layers": 2, "num_heads": 2, "vocab_size": 30}
    t5 |= {"decoder_start_token_id": PAD, "initializer_factor": 1.0}
    gpt = {"vocab_size": 30, "bos_token_id": 3, "eos_token_id": EOS, "pad_token_id": PAD}
    config, model = {
        "marian": lambda: (tf.MarianConfig(**small | {"decoder_start_token_id": PAD}), tf.MarianMTModel),
        "pegasus": lambda: (tf.PegasusConfig(**small), tf.PegasusForConditionalGeneration),
        "bart": lambda: (tf.BartConfig(**small), tf.BartForConditionalGeneration),
        "mbart": lambda: (tf.MBartConfig(**small), tf.MBartForConditionalGeneration),
        "m2m100": lambda: (tf.M2M100Config(**small), tf.M2M100ForConditionalGeneration),
        "t5": lambda: (tf.T5Config(**t5), tf.T5ForConditionalGeneration),
        "flan-t5": lambda: (
            tf.T5Config(**t5, feed_forward_proj="gated-gelu", tie_word_embeddings=False),
            tf.T5ForConditionalGeneration,
        ),
        "gpt2": lambda: (tf.GPT2Config(n_embd=16, n_layer=2, n_head=2, **gpt), tf.GPT2LMHeadModel),
        "llama": lambda: (
            tf.LlamaConfig(
                hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2, **gpt
            ),
            tf.LlamaForCausalLM,
        ),
        "gemma2": lambda: (
            tf.Gemma2Config(
                hidden_size=16,
                intermediate_size=24,
                num_hidden_layers=2,
                num_attention_heads=2,
                num_key_value_heads=1,
                head_dim=8,
                final_logit_softcapping=3.0,
                **gpt,
            ),
            tf.Gemma2ForCausalLM,
        ),
    }[name]()
    torch.manual_seed(0)
    made = model._from_config(config, attn_implementation="eager").double().eval()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.2)
        if hasattr(made, "final_logits_bias"):
            made.final_logits_bias.copy_(torch.randn_like(made.final_logits_bias))
    return made


def one_step(model, source, prefix, function):
    """Plain autograd of one step: f, [(embedding, gradient)] of source (if any) and prefix, unscaled."""
    leaves = []

    def replace(module, inputs, output):
        leaves.append(output.detach().requires_grad_())
        return leaves[-1]

    modules = {id(m): m for m in model.modules() if isinstance(m, torch.nn.Embedding)}
    tables = {id(model.get_input_embeddings())}
    if model.config.is_encoder_decoder:
        tables |= {id(part.get_input_embeddings()) for part in (model.get_encoder(), model.get_decoder())}
    hooks = [modules[table].register_forward_hook(replace) for table in tables]
    try:
        if source is None:
            logits = model(input_ids=torch.tensor([prefix])).logits[0, -1]
        else:
            ids, decoder_ids = torch.tensor([source]), torch.tensor([prefix])
            logits = model(input_ids=ids, decoder_input_ids=decoder_ids, use_cache=False).logits[0, -1]
    finally:
        for hook in hooks:
            hook.remove()
    value = function(logits)
    gradients = torch.autograd.grad(value, leaves)
    return value.item(), [(leaf.detach()[0], g[0]) for leaf, g in zip(leaves, gradients, strict=True)]


def plain(name, target, foil):
    """The attributed functions written down once more, for one step's logits."""
    return {
        "probability": lambda z: z.softmax(-1)[target],
        "log_probability": lambda z: z.log_softmax(-1)[target],
        "logit": lambda z: z[target],
        "contrast_prob_diff": lambda z: z.softmax(-1)[target] - z.softmax(-1)[foil],
        "contrast_logits_diff": lambda z: z[target] - z[foil],
        "entropy": lambda z: torch.distributions.Categorical(logits=z).entropy(),
    }[name]


SOURCE = [5, 9, 12, 7, 9, 21, EOS]
TARGET = [8, 14, 6, 25, 11, EOS]
FOIL = [8, 3, 6, 20, 29, 4]
TRANSLATORS = ["marian", "pegasus", "bart", "mbart", "m2m100", "t5", "flan-t5"]
DECODERS = ["gpt2", "llama", "gemma2"]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("name", TRANSLATORS)
def test_translators_equal_plain_autograd_step_by_step(name, function):
    model = tiny(name)
    inputs = [model.config.decoder_start_token_id, *TARGET[:-1]]
    call = {"attributed": function, "foil_ids": FOIL}
    product = seq2seq_saliency(model, SOURCE, inputs, TARGET, **call)
    gradient = seq2seq_saliency(model, SOURCE, inputs, TARGET, method="saliency", **call)
    scale = 4.0 if name in ("marian", "pegasus") else 1.0  # sqrt(16), outside their embedding modules
    for t in range(len(TARGET)):
        value, parts = one_step(model, SOURCE, inputs[: t + 1], plain(function, TARGET[t], FOIL[t]))
        assert product.values[t] == pytest.approx(value, abs=1e-10)
        for side, (x, g) in zip(("source", "prefix"), parts, strict=True):
            magnitude, signed = (
                getattr(product, f"{side}_magnitude")[t],
                getattr(product, f"{side}_signed")[t],
            )
            seen = len(x)
            np.testing.assert_allclose(magnitude[:seen], (x * g).norm(dim=-1), atol=1e-9)
            np.testing.assert_allclose(signed[:seen], (x * g).sum(-1), atol=1e-9)
            np.testing.assert_allclose(
                getattr(gradient, f"{side}_magnitude")[t, :seen], g.norm(dim=-1) / scale, atol=1e-9
            )
            assert np.isnan(magnitude[seen:]).all()
            assert np.isnan(getattr(gradient, f"{side}_signed")).all()


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("name", DECODERS)
def test_decoders_equal_plain_autograd_at_the_positions_asked_for(name, function):
    model = tiny(name)
    positions, target, foil = [2, 3, 6], [8, 14, 6], [9, 14, 2]
    r = causal_saliency(model, SOURCE, positions, target, foil_ids=foil, attributed=function)
    assert r.source_magnitude.shape == (3, 0)
    for t, position in enumerate(positions):
        value, [(x, g)] = one_step(model, None, SOURCE[: position + 1], plain(function, target[t], foil[t]))
        assert r.values[t] == pytest.approx(value, abs=1e-10)
        np.testing.assert_allclose(r.prefix_magnitude[t, : position + 1], (x * g).norm(dim=-1), atol=1e-9)
        np.testing.assert_allclose(r.prefix_signed[t, : position + 1], (x * g).sum(-1), atol=1e-9)
        assert np.isnan(r.prefix_magnitude[t, position + 1 :]).all()


@pytest.mark.parametrize("name", [*TRANSLATORS, *DECODERS])
def test_logits_are_the_models_own(name):
    model = tiny(name)
    with torch.no_grad():
        if name in DECODERS:
            own = model(input_ids=torch.tensor([SOURCE])).logits[0]
            r = causal_saliency(model, SOURCE, range(len(SOURCE)), SOURCE)
        else:
            inputs = [model.config.decoder_start_token_id, *TARGET[:-1]]
            own = model(
                input_ids=torch.tensor([SOURCE]), decoder_input_ids=torch.tensor([inputs]), use_cache=False
            ).logits[0]
            r = seq2seq_saliency(model, SOURCE, inputs, TARGET)
    torch.testing.assert_close(r.logits, own, atol=1e-10, rtol=0)


def run(model, **options):
    if model.config.is_encoder_decoder:
        inputs = [model.config.decoder_start_token_id, *TARGET[:-1]]
        return seq2seq_saliency(model, SOURCE, inputs, TARGET, replacement_id=UNK, kept_ids=(EOS,), **options)
    return causal_saliency(model, SOURCE, range(1, 7), TARGET, replacement_id=UNK, **options)


@pytest.mark.parametrize("method", ["input_x_gradient", "integrated_gradients", "erasure"])
@pytest.mark.parametrize("name", ["marian", "flan-t5", "gpt2"])
def test_chunks_do_not_change_the_result(name, method):
    model = tiny(name)
    whole = run(model, method=method, steps=7, chunk_floats=2**30)
    for floats in (1, 2000, 20000):
        parts = run(model, method=method, steps=7, chunk_floats=floats)
        for field in ("source_magnitude", "source_signed", "prefix_magnitude", "prefix_signed"):
            np.testing.assert_allclose(getattr(parts, field), getattr(whole, field), atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_gradients_of_any_size_pass_through_the_network_near_one(dtype):
    sizes = torch.tensor([1.0, 1e-30, 3e-42, 3e37, 0.0, -1e-12]).to(dtype)
    directions = sizes[:, None, None] * torch.tensor([1.0, -0.25, 0.75], dtype=dtype)
    near, size = _near_one(directions)
    assert near.dtype == dtype
    assert torch.equal(near * size[..., 0], directions.to(size.dtype))
    peaks = near.abs().amax(-1).flatten().double()
    assert (peaks[[0, 1, 3, 5]] >= 0.5).all()
    assert (peaks <= 4).all()
    assert peaks[4] == 0


@pytest.mark.parametrize("name", ["bart", "t5", "gpt2"])
def test_integrated_gradients_add_up_to_the_change_of_the_function(name):
    r = run(tiny(name), method="integrated_gradients", attributed="logit", steps=200)
    assert np.abs(r.convergence).max() < 1e-2 * np.abs(np.nansum(r.prefix_signed, 1)).max()


@pytest.mark.parametrize("name", ["m2m100", "t5", "gpt2"])
def test_erasure_is_the_change_of_the_function(name):
    model = tiny(name)
    r = run(model, method="erasure")
    before = run(model).values
    erased = list(SOURCE)
    erased[2] = UNK
    if name == "gpt2":
        after = causal_saliency(model, erased, range(1, 7), TARGET).values
        np.testing.assert_allclose(r.prefix_signed[1:, 2], (before - after)[1:], atol=1e-12)
        assert np.isnan(r.prefix_signed[0, 2])
    else:
        inputs = [model.config.decoder_start_token_id, *TARGET[:-1]]
        after = seq2seq_saliency(model, erased, inputs, TARGET).values
        np.testing.assert_allclose(r.source_signed[:, 2], before - after, atol=1e-12)
        inputs[3] = UNK
        after = seq2seq_saliency(model, SOURCE, inputs, TARGET).values
        np.testing.assert_allclose(r.prefix_signed[3:, 3], (before - after)[3:], atol=1e-12)
    np.testing.assert_allclose(r.prefix_magnitude, np.abs(r.prefix_signed))


@pytest.mark.parametrize("name", TRANSLATORS)
def test_cross_attention_rows_sum_to_one_and_have_no_sign(name):
    r = run(tiny(name), method="cross_attention")
    np.testing.assert_allclose(r.source_magnitude.sum(1), 1)
    assert np.isnan(r.source_signed).all()
    assert np.isnan(r.prefix_magnitude).all()


def test_cross_attention_needs_an_encoder_and_weights():
    with pytest.raises(UnsupportedArchitectureError, match="encoder-decoder"):
        run(tiny("gpt2"), method="cross_attention")
    model = make_tiny("marian")
    model.set_attn_implementation("sdpa")
    with pytest.raises(UnsupportedArchitectureError, match="weights"):
        run(model, method="cross_attention")


class Stopped(Exception):
    pass


def stop(fraction):
    raise Stopped


@pytest.mark.parametrize("method", METHODS)
def test_the_model_is_left_as_it_was_also_after_an_exception(method):
    model = make_tiny("marian")
    model.get_decoder().layers[0].fc1.weight.requires_grad_(False)
    before = {n: (p.requires_grad, p.grad, p.clone()) for n, p in model.named_parameters()}
    run(model, method=method, steps=3, **LOGITS.get(method, {}))
    with pytest.raises(Stopped):
        run(model, method=method, steps=3, progress=stop, **LOGITS.get(method, {}))
    for n, p in model.named_parameters():
        assert p.requires_grad == before[n][0]
        assert p.grad is None
        assert torch.equal(p, before[n][2])
    assert not model.training
    assert model.config._attn_implementation == "eager"
    assert not any(m._forward_hooks or m._forward_pre_hooks or m._backward_hooks for m in model.modules())


@pytest.mark.parametrize("method", METHODS)
def test_progress_rises_to_one(method):
    seen = []
    run(tiny("t5"), method=method, steps=5, progress=seen.append, chunk_floats=5000, **LOGITS.get(method, {}))
    assert seen == sorted(seen)
    assert seen[-1] == 1


def test_works_where_gradients_are_switched_off_and_in_half_precision():
    with torch.no_grad():
        a = run(tiny("marian"))
    b = run(make_tiny("marian").bfloat16())
    assert np.isfinite(b.source_magnitude).all()
    np.testing.assert_allclose(b.values, a.values, atol=0.02)


# ------------------------------------------------------------------- equality with Inseq 0.7.1 (float32)


@cache
def expected(model, dtype):
    end = "_fixedscale" if model == "marian" else ""
    return json.loads((FIXTURES / f"expected/inseq_{model}-tiny_{dtype}{end}.json").read_text())


@cache
def fixture_model(name, dtype):
    auto = AutoModelForCausalLM if name == "gpt2" else AutoModelForSeq2SeqLM
    return auto.from_pretrained(FIXTURES / f"models/{name}-tiny", dtype=dtype, attn_implementation="eager")


def values(nested):
    return np.array(nested, dtype=float)  # null -> NaN


INSEQ = {
    "ixg_prob": ("input_x_gradient", "probability"),
    "ixg_logit": ("input_x_gradient", "logit"),
    "ixg_contrast_prob_diff": ("input_x_gradient", "contrast_prob_diff"),
    "ixg_contrast_logits_diff": ("input_x_gradient", "contrast_logits_diff"),
    "ixg_entropy": ("input_x_gradient", "entropy"),
    "saliency_prob": ("saliency", "probability"),
    "saliency_logit": ("saliency", "logit"),
    "ig_prob_20": ("integrated_gradients", "probability"),
    "ig_prob_20_internal5": ("integrated_gradients", "probability"),
}


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-5), ("float64", 2e-7)])
@pytest.mark.parametrize("key", INSEQ)
@pytest.mark.parametrize("name", ["marian", "t5", "gpt2"])
def test_equal_to_inseq(name, key, dtype, tolerance):
    method, attributed = INSEQ[key]
    e = expected(name, dtype)
    run = e["runs"][key]
    model = fixture_model(name, dtype)
    options = {
        "method": method,
        "attributed": attributed,
        "replacement_id": UNK,
        "kept_ids": (EOS,),
        "steps": 20,
    }
    options["foil_ids"] = e["contrast_target_ids"]
    if name == "gpt2":
        ids, start = e["input_ids"], e["prompt_len"]
        r = causal_saliency(model, ids[:-1], range(start - 1, len(ids) - 1), ids[start:], **options)
        sides = {"target": "prefix"}
    else:
        ids = e["decoder_ids_with_bos"]
        r = seq2seq_saliency(model, e["source_input_ids"], ids[:-1], ids[1:], **options)
        sides = {"source": "source", "target": "prefix"}
    for theirs, ours in sides.items():
        count = getattr(r, f"{ours}_magnitude").shape[1]
        norm = values(run[f"agg_nonorm_{theirs}"])[:count].T
        magnitude = getattr(r, f"{ours}_magnitude")
        np.testing.assert_allclose(magnitude, norm, atol=tolerance * max(1, np.nanmax(norm)), equal_nan=True)
        if method != "saliency":
            total = values(run[f"agg_sum_nonorm_{theirs}"])[:count].T
            signed = getattr(r, f"{ours}_signed")
            np.testing.assert_allclose(
                signed, total, atol=tolerance * max(1, np.nanmax(norm)), equal_nan=True
            )
        raw = run.get(f"raw_{theirs}")
        if raw is not None and method == "input_x_gradient":
            raw = values(raw)[:count]
            np.testing.assert_allclose(
                magnitude, np.linalg.norm(raw, axis=-1).T, atol=tolerance * max(1, np.nanmax(norm))
            )
    if key == "ig_prob_20":
        np.testing.assert_allclose(r.convergence, run["step_scores"]["deltas"], atol=1e-5)
