"""ALTI-Logit adds up, equals the reference values, equals the definition, and leaves the model as it was."""

import json
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM

from attribution.methods.alti_logit import alti_logit
from attribution.methods.forward import LayerActivations, run_decoder
from attribution.models.anatomy import decoder_anatomy
from tests.methods.tiny_models import VARIANTS, tiny_ids, tiny_model

FIXTURES = Path(__file__).parents[1] / "fixtures"
DTYPES = {"float32": torch.float32, "float64": torch.float64}


def explain(model, ids, token_ids=(5, 9)):
    return alti_logit(model, decoder_anatomy(model), ids, token_ids)


def largest_gap(result):
    return max(abs(c.completeness_gap) / max(abs(c.explained_logit), 0.1) for c in result.contributions)


# ------------------------------------------------------------------------------------------ completeness


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-4), ("float64", 1e-10)])
@pytest.mark.parametrize("variant", VARIANTS)
def test_everything_summed_is_the_models_own_logit(variant, dtype, tolerance):
    model, ids = tiny_model(variant, DTYPES[dtype]), tiny_ids()
    result = explain(model, ids)
    with torch.no_grad():
        own = model(ids[None]).logits[0, -1].numpy()
    np.testing.assert_allclose(result.logits, own, rtol=tolerance, atol=tolerance / 10)
    for token, part in zip((5, 9), result.contributions, strict=True):
        assert part.explained_logit == pytest.approx(own[token], rel=tolerance, abs=tolerance / 10)
        assert part.alti_logit.sum() == pytest.approx(part.logit.sum(), rel=tolerance, abs=tolerance / 10)
        assert part.logit.dtype == dtype
    assert largest_gap(result) < tolerance


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_prefix_of_one_token(variant):
    result = explain(tiny_model(variant, torch.float64), tiny_ids(1))
    assert largest_gap(result) < 1e-9
    assert (result.alti == 1).all()
    assert (result.rollout == 1).all()


def test_a_head_bias_is_a_part_of_its_own():
    model = tiny_model("phi", torch.float64)
    result = explain(model, tiny_ids())
    assert [c.head_bias for c in result.contributions] == model.lm_head.bias[[5, 9]].tolist()


@pytest.mark.parametrize("variant", ["gpt2", "bloom", "llama, tied, biases"])
def test_half_precision_models_are_explained_in_float32(variant):
    result = explain(tiny_model(variant, torch.bfloat16), tiny_ids())
    assert result.alti.dtype == result.contributions[0].logit.dtype == np.float32
    sizes = [np.abs(c.logit).sum() + np.abs(c.mlp).sum() for c in result.contributions]
    gaps = [abs(c.completeness_gap) for c in result.contributions]
    assert max(np.array(gaps) / sizes) < 0.02  # the model rounds its residual stream to 8 bits


def test_a_wrong_anatomy_does_not_add_up():
    """The completeness gap is what catches an architecture that does something we do not know of."""
    model = tiny_model("gpt2", torch.float64)
    with torch.no_grad():
        extra = model.transformer.h[1].register_forward_hook(lambda module, inputs, output: output * 1.01)
        result = explain(model, tiny_ids())
        extra.remove()
    assert largest_gap(result) > 1e-3


# ------------------------------------------------------------------------------------------ the matrices


@pytest.mark.parametrize("variant", VARIANTS)
def test_matrices_are_causal_shares(variant):
    result = explain(tiny_model(variant), tiny_ids())
    for matrix in (result.alti, result.rollout):
        assert (matrix >= 0).all()
        np.testing.assert_allclose(matrix.sum(-1), 1, atol=1e-6)
        assert (np.triu(matrix, 1) == 0).all()


def layer_matrix(a: LayerActivations, epsilon: float = 0.0) -> torch.Tensor:
    """The definition, with everything in memory at once; the reference code has an `epsilon` of 1e-6."""
    moved = torch.einsum("hij,hje,hed->ijd", a.weights, a.values, a.layer.output_weight)
    moved.diagonal(dim1=0, dim2=1).add_(a.residual.t())
    distance = (moved - a.attended[:, None] + epsilon).abs().sum(-1)
    shares = (a.attended.abs().sum(-1, keepdim=True) - distance).clamp(min=0)
    return shares / shares.sum(-1, keepdim=True)


def layer_matrices(model, ids, epsilon=0.0) -> np.ndarray:
    found = []
    run_decoder(model, decoder_anatomy(model), ids, lambda a: found.append(layer_matrix(a, epsilon)))
    return torch.stack(found).numpy()


@pytest.mark.parametrize("variant", VARIANTS)
def test_matrices_equal_the_definition(variant):
    model, ids = tiny_model(variant, torch.float64), tiny_ids()
    np.testing.assert_allclose(explain(model, ids).alti, layer_matrices(model, ids), atol=1e-12)


def test_blocks_give_the_same_matrices(monkeypatch):
    """Sizes that force many blocks and chunks, whole and partial ones."""
    model, ids = tiny_model("llama", torch.float64), tiny_ids(23)
    expected = explain(model, ids)
    monkeypatch.setattr("attribution.methods.alti_logit._BLOCK", 3 * 23 * 32)
    monkeypatch.setattr("attribution.methods.alti_logit._PROJECTED", 5 * 4 * 32)
    found = explain(model, ids)
    np.testing.assert_allclose(found.alti, expected.alti, atol=1e-13)
    np.testing.assert_allclose(found.contributions[0].logit, expected.contributions[0].logit, atol=1e-13)


def test_a_window_of_attention_leaves_distant_tokens_without_credit():
    result = explain(tiny_model("mistral, sliding window", torch.float64), tiny_ids())
    distant = np.tril(np.ones(result.alti.shape[1:]), -4) > 0
    assert (result.alti[:, distant] < 1e-12).all()
    assert (result.contributions[0].logit[:, :-4] == 0).all()


def test_repeated_tokens_are_kept_apart():
    ids = torch.tensor([7, 8, 7, 8, 7])
    logit = explain(tiny_model("gpt2", torch.float64), ids).contributions[0].logit
    assert len(np.unique(logit[0])) == len(ids)


# ---------------------------------------------------------------------------------- the reference values


def reference(name: str, dtype: str):
    model = AutoModelForCausalLM.from_pretrained(
        FIXTURES / "models" / name, attn_implementation="eager", dtype=DTYPES[dtype]
    ).eval()
    expected = json.loads((FIXTURES / "expected" / f"alti_{name}_{dtype}.json").read_text())
    return model, torch.tensor(expected["input_ids"]), expected


def bound(name: str, length: int) -> float:
    """How far float64 values may lie from the reference's, relative to the largest of their kind.

    OPT and BLOOM compute their attention's softmax in float32 whatever their dtype, and processors differ in
    its last bits. Rounding (half a unit, 2^-24) happens twice in an exponential that is right to one unit,
    once in each term of the sum and once in the division: on either machine a weight of a row of S is within
    S + 3 roundings of exact. What is compared here changes by at most 3 times as much as the weights, which
    `test_weights_are_not_amplified` holds.
    """
    return 1e-10 if name == "gpt2-tiny" else 2 * AMPLIFIED * (length + 3) * 2**-24


AMPLIFIED = 3


@pytest.mark.parametrize("name", ["opt-tiny", "bloom-tiny"])
def test_weights_are_not_amplified(name, monkeypatch):
    """All weights of attention changed by a millionth, up or down at random."""
    model, ids, expected = reference(name, "float64")
    softmax, change = torch.nn.functional.softmax, 1e-6
    signs = torch.Generator().manual_seed(3)

    def values():
        both = explain(model, ids, [expected["target_id"], expected["foil_id"]])
        parts = [*both.contributions, both.contributions[0].minus(both.contributions[1])]
        kinds = ("logit", "mlp", "attention_bias", "explained_logit")
        matrices = layer_matrices(model, ids, epsilon=1e-6)
        return [both.logits, matrices, *(np.array([getattr(p, kind) for p in parts]) for kind in kinds)]

    def changed(scores, *args, **kwargs):
        weights = softmax(scores, *args, **kwargs).double()
        return weights * (1 + change * (torch.randint(0, 2, weights.shape, generator=signs) * 2 - 1))

    before = values()
    monkeypatch.setattr(torch.nn.functional, "softmax", changed)
    for one, other in zip(before, values(), strict=True):
        assert 0 < np.abs(other - one).max() < AMPLIFIED * change * np.abs(one).max()


@pytest.mark.parametrize("name", ["gpt2-tiny", "opt-tiny", "bloom-tiny"])
def test_the_models_own_logits_on_this_machine(name):
    """Whatever a processor makes of the softmax, it is this model that is explained."""
    model, ids, _ = reference(name, "float64")
    with torch.no_grad():
        own = model(ids[None]).logits[0, -1].numpy()
    found = explain(model, ids, range(len(own)))
    np.testing.assert_allclose(found.logits, own, rtol=0, atol=1e-10 * np.abs(own).max())
    explained = [part.explained_logit for part in found.contributions]
    np.testing.assert_allclose(explained, own, rtol=0, atol=1e-10 * np.abs(own).max())


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ["gpt2-tiny", "opt-tiny", "bloom-tiny"])
def test_reference_values(name, dtype):
    """Where the reference needs its layer matrix it is off by its epsilon: compared with 1e-5."""
    model, ids, expected = reference(name, dtype)
    exact = 1e-5 if dtype == "float32" else bound(name, len(ids))
    result = explain(model, ids, [expected["target_id"], expected["foil_id"]])

    def compare(found, key, tolerance):
        wanted = np.array(expected[key])
        np.testing.assert_allclose(np.array(found), wanted, rtol=0, atol=tolerance * np.abs(wanted).max())

    both = result.contributions
    compare(result.logits, "logits_last", exact)
    compare([c.explained_logit for c in both], "logit_target_foil", exact)
    compare([c.logit for c in both], "logit_aff_x_j", exact)
    compare([c.initial_embedding for c in both], "init_logit", exact)
    compare([c.final_norm_bias for c in both], "lnf_bias_logit", exact)
    compare([c.mlp for c in both], "mlp_logit_layers", exact)
    compare([c.attention_bias for c in both], "b_o_logits_layers", exact)
    compare(result.alti, "alti_layer_normalized", 1e-5)
    compare(result.rollout, "alti_rollout", 1e-5)
    compare([c.alti_logit for c in both], "logit_aff_x_j_alti", 1e-5)
    contrast = both[0].minus(both[1])
    compare(contrast.logit, "per_layer_diff_logit_aff_x_j", exact)
    compare(contrast.alti_logit.sum(0), "contrastive_logit_aff_x_j_alti_noinit", 1e-5)
    shares = contrast.alti_logit.sum(0)
    shares[-1] += contrast.initial_embedding
    compare(shares / np.abs(shares).sum(), "contrastive_logit_aff_x_j_alti", 1e-5)


@pytest.mark.parametrize("name", ["gpt2-tiny", "opt-tiny", "bloom-tiny"])
def test_the_references_epsilon_is_the_whole_difference(name):
    """With that epsilon put into the definition, the layer matrix and all that needs it agree, too."""
    model, ids, expected = reference(name, "float64")

    def compare(found, wanted):
        exact = bound(name, len(ids)) * np.abs(wanted).max()
        np.testing.assert_allclose(found, wanted, rtol=0, atol=exact)

    matrices = layer_matrices(model, ids, epsilon=1e-6)
    compare(matrices, expected["alti_layer_normalized"])
    rollout = matrices[0]
    both = explain(model, ids, [expected["target_id"], expected["foil_id"]]).contributions
    for layer in range(1, len(matrices)):
        compare(rollout, expected["alti_rollout"][layer - 1])
        for n, part in enumerate(both):
            compare(part.logit[layer] @ rollout, np.array(expected["logit_aff_x_j_alti"])[n, layer])
        rollout = matrices[layer] @ rollout


# ----------------------------------------------------------------------------- the model is left as it was


def state(model):
    hooks = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks")
    return (
        {name: (p.detach().clone(), p.requires_grad, p.grad) for name, p in model.named_parameters()},
        {name: b.clone() for name, b in model.named_buffers()},
        [(m.training, *(len(getattr(m, kind)) for kind in hooks)) for m in model.modules()],
        model.config.to_json_string(),
        model.config._attn_implementation,
    )


def assert_same_state(before, after):
    for old, new in zip(before[:2], after[:2], strict=True):
        torch.testing.assert_close(old, new, rtol=0, atol=0)
    assert before[2:] == after[2:]


@pytest.mark.parametrize("variant", ["gpt2", "qwen3"])
def test_the_model_is_left_as_it_was(variant):
    model = tiny_model(variant)
    model.get_input_embeddings().train()  # even a single module's mode
    explain(model, tiny_ids())  # a first call may fill caches of the library
    before = state(model)
    explain(model, tiny_ids())
    assert_same_state(before, state(model))


def test_the_model_is_left_as_it_was_after_an_exception():
    model = tiny_model("gpt2").train()
    before = state(model)

    def fail(activations):
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        run_decoder(model, decoder_anatomy(model), tiny_ids(), fail)
    assert_same_state(before, state(model))
    with pytest.raises(IndexError):
        explain(model, torch.tensor([1, 2, 5000]))
    assert_same_state(before, state(model))


def test_dropout_is_off_even_in_training_mode():
    expected = explain(tiny_model("gpt2"), tiny_ids())
    found = explain(tiny_model("gpt2").train(), tiny_ids())
    np.testing.assert_array_equal(found.logits, expected.logits)


def test_a_result_needs_no_gradient_and_can_follow_a_gradient():
    model = tiny_model("llama")
    explain(model, tiny_ids())
    model(tiny_ids()[None]).logits.sum().backward()
    assert largest_gap(explain(model, tiny_ids())) < 1e-4


def test_two_threads_under_a_lock_get_equal_numbers():
    model, lock, results = tiny_model("gpt2"), threading.Lock(), {}
    prefixes = {"a": tiny_ids(9), "b": tiny_ids(13)}

    def work(name):
        for _ in range(3):
            with lock:
                results[name] = explain(model, prefixes[name])

    threads = [threading.Thread(target=work, args=(name,)) for name in prefixes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name, ids in prefixes.items():
        alone = explain(model, ids)
        np.testing.assert_array_equal(results[name].alti, alone.alti)
        np.testing.assert_array_equal(
            results[name].contributions[0].alti_logit, alone.contributions[0].alti_logit
        )


# ---------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize("ids", [torch.tensor([], dtype=torch.long), torch.tensor([[3, 4]])])
def test_not_a_sequence_of_tokens(ids):
    with pytest.raises(ValueError, match="at least one token"):
        explain(tiny_model("gpt2"), ids)


def test_no_token_asked_about():
    with pytest.raises(ValueError, match="at least one token"):
        explain(tiny_model("gpt2"), tiny_ids(), [])


def test_attention_without_weights_is_said():
    model = tiny_model("gpt2")
    model.set_attn_implementation("sdpa")
    with pytest.raises(ValueError, match="eager"):
        explain(model, tiny_ids())
