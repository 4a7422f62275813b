"""Held still adds up and, like GIM, equals the rules written down once more; the model is left as it was."""

import threading
from functools import cache
from typing import get_args

import numpy as np
import pytest
import torch

from attribution.methods.frozen import HEAD_BIAS, held_still
from attribution.methods.gim import gim, gim_held
from attribution.methods.gradients import _vector_jacobian
from attribution.methods.network import frozen_parameters
from attribution.methods.problem import Problem
from attribution.methods.rules import BIASES, Rules, changed_backward
from attribution.models.loading import load
from attribution.types import UnsupportedArchitectureError
from tests.methods.patched_rules import patched
from tests.methods.test_saliency import FOIL, SOURCE, TARGET, TRANSLATORS, make_tiny
from tests.methods.tiny_models import VARIANTS, random_model, tiny_ids, tiny_model

pytestmark = pytest.mark.usefixtures("attention_in_double_precision")

DTYPES = {"float32": torch.float32, "float64": torch.float64}
CONTRAST = "contrast_logits_diff"


@cache
def model_of(name):
    """In float64; shared by the tests that only read it."""
    return make_tiny(name) if name in TRANSLATORS else tiny_model(name, torch.float64)


def problem_for(model, attributed=CONTRAST, *, length=11, chunk_floats=2**21, progress=None):
    """Three positions of a decoder, or all steps of a translation."""
    if model.config.is_encoder_decoder:
        inputs = [model.config.decoder_start_token_id, *TARGET[:-1]]
        where, target, foil, source = range(len(TARGET)), TARGET, FOIL, SOURCE
    else:
        inputs, source = tiny_ids(length).tolist(), None
        where, target, foil = sorted({0, length // 2, length - 1}), [5, 9, 7], [9, 7, 20]
        target, foil = target[: len(where)], foil[: len(where)]
    return Problem(model, source, inputs, where, target, foil, attributed, chunk_floats, progress)


def total(problem, result):
    """[T]: words and remainder."""
    words = np.nansum(problem.prefix[1], 1) + problem.source[1].sum(1)
    return words + sum(result.remainder.values())


# ------------------------------------------------------------------------------------- it adds up


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-4), ("float64", 1e-9)])
@pytest.mark.parametrize("attributed", ["logit", CONTRAST])
@pytest.mark.parametrize("name", [*VARIANTS, *TRANSLATORS])
def test_everything_summed_is_the_models_own_logit_at_every_step(name, attributed, dtype, tolerance):
    model = make_tiny(name) if name in TRANSLATORS else tiny_model(name, DTYPES[dtype])
    model.to(DTYPES[dtype])
    problem = problem_for(model, attributed)
    result = held_still(problem)
    ids = problem.prefix_ids[None]
    with torch.no_grad():
        source = {} if problem.source_ids is None else {"input_ids": problem.source_ids[None]}
        own = model(**source, **{"decoder_input_ids" if source else "input_ids": ids}, use_cache=False).logits
    own = problem.objective(own[0, problem.positions]).double().numpy()
    scale = np.maximum(np.abs(own), 0.1)
    if name == "gpt-neo":  # its attention scores are rounded to single precision: chunks of steps differ
        tolerance = max(tolerance, 1e-7)
    assert np.abs((result.values.double().numpy() - own) / scale).max() < tolerance
    assert np.abs((total(problem, result) - own) / scale).max() < tolerance
    np.testing.assert_allclose(
        result.completeness_gap, total(problem, result) - result.values.numpy(), atol=1e-9
    )
    for step, position in enumerate(problem.positions):
        assert np.isnan(problem.prefix[1, step, position + 1 :]).all()
        assert np.isfinite(problem.prefix[1, step, : position + 1]).all()


WITHOUT_BIASES = [
    "t5",
    "flan-t5",
    "llama",
    "llama, wide heads",
    "mistral, sliding window",
    "qwen3",
    "smollm3",
    "opt, no biases, plain norms",
]


@pytest.mark.parametrize("name", WITHOUT_BIASES)
def test_without_biases_the_words_alone_are_the_logit(name):
    problem = problem_for(model_of(name))
    result = held_still(problem)
    assert result.remainder == {}
    words = np.nansum(problem.prefix[1], 1) + problem.source[1].sum(1)
    np.testing.assert_allclose(words, result.values, rtol=1e-9)


@pytest.mark.parametrize("name", VARIANTS)
def test_one_token(name):
    problem = problem_for(model_of(name), length=1)
    result = held_still(problem)
    np.testing.assert_allclose(total(problem, result), result.values, rtol=1e-9)


@pytest.mark.parametrize("name", ["english-lm", "english-spanish", "yes-no-small"])
def test_bundled_models_in_single_precision(name):
    loaded = load(name, device="cpu")
    if loaded.info.kind == "decoder":
        ids = loaded.tokenizer("The keys to the old house near the river " * 30).input_ids[:250]
        problem = Problem(loaded.model, None, ids, [249], [100], [200], CONTRAST, 2**21, None)
    else:
        source = loaded.tokenizer("Cats and dogs live in the house of my mother.").input_ids
        target = [loaded.model.config.decoder_start_token_id, *range(20, 40)]
        problem = Problem(
            loaded.model, source, target[:-1], range(20), target[1:], None, "logit", 2**21, None
        )
    result = held_still(problem)
    values = result.values.double().numpy()
    assert np.abs(total(problem, result) - values).max() < 1e-4 * max(np.abs(values).max(), 0.1)


def test_a_missing_rule_does_not_add_up(monkeypatch):
    """The biases are computed, not what is missing, so the sum catches a rule that does not fit a model."""
    monkeypatch.setattr("attribution.methods.rules._is_activation", lambda module: False)
    problem = problem_for(model_of("gpt2"))
    result = held_still(problem)
    assert np.abs(total(problem, result) - result.values.numpy()).max() > 1e-3


# ------------------------------------------------------------- the rules, written down once more


def reference(model, problem, step, kind):
    """Plain autograd of one step under the patched rules, from token ids.

    Gives embedding . gradient of the source and prefix tokens, the same for the vectors of positions, and for
    every kind of bias b the sum of b . gradient at b.
    """
    tables = {id(part.get_input_embeddings()) for part in (model, model.base_model)}
    if problem.source_ids is not None:
        tables |= {id(part.get_input_embeddings()) for part in (model.get_encoder(), model.get_decoder())}
    tokens, positions, hooks = [], [], []

    def keep(leaves):
        def hook(module, inputs, output):
            leaves.append(output.detach().requires_grad_())
            return leaves[-1]

        return hook

    names = dict(model.named_modules())
    for module in {id(m): m for m in names.values()}.values():
        if id(module) in tables:
            hooks.append(module.register_forward_hook(keep(tokens)))
    for name, module in names.items():
        if name.endswith(("wpe", "embed_positions")):
            hooks.append(module.register_forward_hook(keep(positions)))
    norms = {n for n, m in names.items() if isinstance(m, torch.nn.LayerNorm)}
    biases = {n: p for n, p in model.named_parameters() if n.endswith("bias") and "relative" not in n}
    ids = problem.prefix_ids[None, : problem.positions[step] + 1]
    try:
        with patched(model, kind):
            if problem.source_ids is None:
                logits = model(input_ids=ids, use_cache=False).logits[0, -1]
            else:
                logits = model(
                    input_ids=problem.source_ids[None], decoder_input_ids=ids, use_cache=False
                ).logits[0, -1]
            value = logits[problem.objective.target_ids[step]] - logits[problem.objective.foil_ids[step]]
            wanted = [*tokens, *positions, *biases.values()]
            gradients = torch.autograd.grad(value, wanted, allow_unused=True)
    finally:
        for hook in hooks:
            hook.remove()
    shares = [0 * x.detach() if g is None else x.detach() * g for x, g in zip(wanted, gradients, strict=True)]
    shares = [share.sum(-1) for share in shares]
    n = len(tokens)
    places = [share.reshape(-1) for share in shares[n : n + len(positions)]]
    parts = dict.fromkeys((*BIASES, HEAD_BIAS), 0.0)
    for name, share in zip(biases, shares[n + len(positions) :], strict=True):
        if name == "lm_head.bias":
            kind = HEAD_BIAS
        elif name.removesuffix(".bias") in norms:
            kind = "norm biases"
        else:
            kind = "attention biases" if "att" in name else "MLP biases"
        parts[kind] += float(share)
    logits_bias = getattr(model, "final_logits_bias", None)
    if logits_bias is not None:
        target, foil = problem.objective.target_ids[step], problem.objective.foil_ids[step]
        parts[HEAD_BIAS] += float(logits_bias[0, target] - logits_bias[0, foil])
    return [share[0] for share in shares[:n]], places, parts


def sides(problem, step):
    prefix = problem.prefix[1, step, : problem.positions[step] + 1]
    return [prefix] if problem.source_ids is None else [problem.source[1, step], prefix]


@pytest.mark.parametrize("name", [*VARIANTS, *TRANSLATORS])
def test_held_still_equals_the_rules_written_once_more(name):
    model = model_of(name)
    problem = problem_for(model)
    result = held_still(problem)
    for step in range(len(problem.positions)):
        tokens, places, parts = reference(model, problem, step, "held still")
        if places:
            tokens = [token + place for token, place in zip(tokens, places, strict=True)]
        for found, wanted in zip(sides(problem, step), tokens, strict=True):
            np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-9)
        for kind, wanted in parts.items():
            found = result.remainder[kind][step] if kind in result.remainder else 0.0
            assert found == pytest.approx(wanted, abs=1e-9), kind


@pytest.mark.parametrize(("method", "rules"), [(gim, "gim"), (gim_held, "gim, gates held still")])
@pytest.mark.parametrize("name", [*VARIANTS, *TRANSLATORS])
def test_gim_equals_the_rules_written_once_more(name, method, rules):
    model = model_of(name)
    problem = problem_for(model)
    values, logits = method(problem)
    assert values.shape == (len(problem.positions),)
    assert logits.shape == (len(problem.positions), model.config.vocab_size)
    # GPT-Neo computes attention scores in single precision, and so the gradient through them.
    tolerance = 1e-6 if name == "gpt-neo" else 1e-9
    for step in range(len(problem.positions)):
        tokens, _, _ = reference(model, problem, step, rules)
        for found, wanted in zip(sides(problem, step), tokens, strict=True):
            np.testing.assert_allclose(found, wanted, rtol=0, atol=tolerance)


@pytest.mark.parametrize("rules", get_args(Rules))
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["gpt2", "bloom", "llama, tied, biases", "phi", "opt", "gpt-neo"])
def test_values_of_the_forward_are_the_models_own_bit_for_bit(name, dtype, rules):
    model, ids = tiny_model(name, DTYPES[dtype]), tiny_ids()[None]
    own = model(ids).logits
    with changed_backward(model, rules):
        assert torch.equal(model(ids).logits, own)


# --------------------------------------------------------------------- chunks, vmap, progress, threads


@pytest.mark.parametrize("method", [held_still, gim, gim_held])
@pytest.mark.parametrize("name", ["marian", "flan-t5", "gpt2", "bloom", "llama"])
def test_chunks_and_one_step_at_a_time_do_not_change_the_result(name, method, monkeypatch):
    model = model_of(name)
    whole = problem_for(model, chunk_floats=2**30)
    first = method(whole)
    runs = [problem_for(model, chunk_floats=floats) for floats in (1, 2000, 20000)]
    results = [method(run) for run in runs]
    runs.append(problem_for(model, chunk_floats=2**30))
    runs[-1].network.vmap = False
    results.append(method(runs[-1]))
    for run, result in zip(runs, results, strict=True):
        np.testing.assert_allclose(run.prefix, whole.prefix, atol=1e-12)
        np.testing.assert_allclose(run.source, whole.source, atol=1e-12)
        if method is held_still:
            for kind, part in first.remainder.items():
                np.testing.assert_allclose(result.remainder[kind], part, atol=1e-12)


def test_several_steps_are_batched(monkeypatch):
    calls = []

    def seen(*arguments, **options):
        calls.append(len(arguments[3]))
        return _vector_jacobian(*arguments, **options)

    monkeypatch.setattr("attribution.methods.gradients._vector_jacobian", seen)
    held_still(problem_for(model_of("gpt2")))
    assert sum(calls) == 3
    assert max(calls) > 1


def state(model):
    return (
        {n: (p.requires_grad, p.grad, p.detach().clone()) for n, p in model.named_parameters()},
        [(len(m._forward_hooks), len(m._forward_pre_hooks), m.training) for m in model.modules()],
        [type(m).forward for m in model.modules()],
        model.config.to_json_string(),
        len(torch.overrides._get_current_function_mode_stack()),
    )


class Stopped(Exception):
    pass


@pytest.mark.parametrize("method", [held_still, gim, gim_held])
@pytest.mark.parametrize("name", ["marian", "gpt2", "llama, tied, biases"])
def test_nothing_is_left_behind_after_success_and_after_errors(name, method, monkeypatch):
    model = make_tiny(name) if name in TRANSLATORS else tiny_model(name)
    for parameter in list(model.parameters())[:3]:
        parameter.requires_grad_(False)
    before = state(model)

    def stop(fraction):
        raise Stopped

    method(problem_for(model))
    with pytest.raises(Stopped):
        method(problem_for(model, progress=stop))
    monkeypatch.setattr(type(model.base_model), "forward", stop)
    monkeypatch.setattr(type(model.get_decoder()), "forward", stop)
    with pytest.raises(TypeError):
        method(problem_for(model))
    monkeypatch.undo()
    after = state(model)
    assert before[1:] == after[1:]
    for name, (asks, gradient, values) in after[0].items():
        assert asks == before[0][name][0]
        assert gradient is None
        assert torch.equal(values, before[0][name][2])


@pytest.mark.parametrize("method", [held_still, gim, gim_held])
@pytest.mark.parametrize("name", ["t5", "gpt2"])
def test_progress_rises_to_one(name, method):
    seen = []
    method(problem_for(model_of(name), chunk_floats=3000, progress=seen.append))
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1)
    assert len(seen) > 1


def test_another_thread_has_its_own_gradients():
    """Softmax is no module: it is changed for the calling thread alone."""
    scores = torch.randn(4, 4, requires_grad=True)
    weights, seen = torch.randn(4, 4), {}

    def gradient(name):
        seen[name] = torch.autograd.grad((scores.softmax(-1) * weights).sum(), scores)[0]

    gradient("before")
    with changed_backward(tiny_model("gpt2"), "gim"):
        thread = threading.Thread(target=gradient, args=("meanwhile",))
        thread.start()
        thread.join()
        gradient("within")
    assert torch.equal(seen["before"], seen["meanwhile"])
    assert not torch.equal(seen["before"], seen["within"])


def test_two_threads_under_a_lock_get_equal_numbers():
    model, lock, results = model_of("gpt2"), threading.Lock(), {}

    def work(name, method):
        for _ in range(3):
            problem = problem_for(model)
            with lock:
                method(problem)
            results[name] = problem.prefix

    threads = [threading.Thread(target=work, args=(m.__name__, m)) for m in (held_still, gim, gim_held)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for method in (held_still, gim, gim_held):
        problem = problem_for(model)
        method(problem)
        np.testing.assert_array_equal(results[method.__name__], problem.prefix)


def test_works_where_gradients_are_switched_off_and_in_half_precision():
    with torch.no_grad():
        problem = problem_for(model_of("gpt2"))
        held_still(problem)
    half = problem_for(tiny_model("gpt2", torch.bfloat16))
    result = held_still(half)
    np.testing.assert_allclose(total(half, result), result.values.numpy(), atol=0.3)
    np.testing.assert_allclose(half.prefix[1], problem.prefix[1], atol=0.3)


# ------------------------------------------------------------------------------------------ bad input


def test_only_logits_are_a_sum():
    with pytest.raises(ValueError, match="logit"):
        held_still(problem_for(model_of("gpt2"), "probability"))


def test_a_model_that_projects_its_embeddings_is_refused():
    kind, settings = VARIANTS["opt"]
    model = random_model(kind, settings | {"word_embed_proj_dim": 16, "do_layer_norm_before": False})
    with pytest.raises(UnsupportedArchitectureError, match="projects"):
        held_still(problem_for(model))


OTHERS = {
    "phi3": {"num_hidden_layers": 2, "num_key_value_heads": 2, "pad_token_id": 0},
    "falcon": {"num_hidden_layers": 2, "bias": True, "alibi": False},
    "gptj": {"n_embd": 32, "n_layer": 2, "n_head": 4, "rotary_dim": 4, "n_positions": 64},
    "olmo2": {"num_hidden_layers": 2, "num_key_value_heads": 2, "pad_token_id": 0},
}
"""Decoders that ALTI-Logit does not know."""


@pytest.mark.parametrize("kind", OTHERS)
def test_it_adds_up_on_other_decoders_too(kind):
    common = {"num_attention_heads": 4, "hidden_size": 32, "intermediate_size": 48, "vocab_size": 50}
    settings = OTHERS[kind] if kind == "gptj" else common | OTHERS[kind]
    model = random_model(kind, settings | {"vocab_size": 50}, torch.float64)
    result = held_still(problem_for(model))
    assert np.abs(result.completeness_gap).max() < 1e-6


def test_a_model_that_bends_its_logits_is_refused():
    with pytest.raises(UnsupportedArchitectureError, match="bends"):
        held_still(Problem(make_tiny("gemma2"), None, [3, 4, 5], [2], [5], [9], "logit", 2**21, None))


def test_target_equal_to_foil_gives_nothing():
    problem = Problem(model_of("gpt2"), None, [3, 4, 5], [2], [5], [5], CONTRAST, 2**21, None)
    result = held_still(problem)
    assert float(result.values) == 0
    np.testing.assert_allclose(problem.prefix[1], 0, atol=1e-15)


def test_parameters_ask_for_gradients_again():
    model = tiny_model("gpt2")
    with frozen_parameters(model):
        held_still(problem_for(model))
        assert not any(p.requires_grad for p in model.parameters())
    assert all(p.requires_grad for p in model.parameters())
