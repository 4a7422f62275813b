"""Batched removal equals one text at a time; Shapley, removal curves and LDS equal their definitions."""

import itertools
import math
from functools import cache

import numpy as np
import pytest
import torch

from attribution.methods.faithfulness import (
    Lds,
    RandomOrders,
    RemovalCurves,
    _ranks,
    erasure_values,
    faithfulness,
    lds,
    random_orders,
    removal_curves,
    verdict,
)
from attribution.methods.problem import Problem
from attribution.methods.removal import WordRemoval
from attribution.methods.shapley import evaluations, shapley_values
from tests.methods.test_saliency import FOIL, SOURCE, TARGET, TRANSLATORS, make_tiny
from tests.methods.tiny_models import VARIANTS, tiny_ids, tiny_model

TOLERANCE = {torch.float32: 1e-4, torch.float64: 1e-10}  # the rounding of single precision adds up
WORDS = [[1], [2, 3], [4], [5, 6, 7], [8], [9, 10]]
"""Of a decoder; token 0 is in none."""


@cache
def model_of(name, dtype=torch.float64):
    return make_tiny(name).to(dtype) if name in TRANSLATORS else tiny_model(name, dtype)


def removal(name, replace, dtype=torch.float64, *, words=None, step=None, chunk_floats=2**21):
    model = model_of(name, dtype)
    if model.config.is_encoder_decoder:
        inputs = [model.config.decoder_start_token_id, *TARGET[:-1]]
        problem = Problem(
            model, SOURCE, inputs, range(6), TARGET, FOIL, "contrast_logits_diff", chunk_floats, None
        )
        words = words or [[0], [1, 2], [3], [4], [5], [8], [9, 10]]  # the last two are in the prefix
        return WordRemoval(problem, 3 if step is None else step, words, replace)
    problem = Problem(
        model, None, tiny_ids().tolist(), [10], [5], [9], "contrast_logits_diff", chunk_floats, None
    )
    return WordRemoval(problem, 0, words or WORDS, replace)


def all_masks(n):
    return np.array(list(itertools.product([False, True], repeat=n)))


@torch.no_grad()
def one_by_one(name, replace, mask, dtype):
    """One text through the model's own front door: ids where words are left out, else embeddings."""
    model, r = model_of(name, dtype), removal(name, replace, dtype)
    gone = {c for word, kept in zip(r.words, mask, strict=True) if not kept for c in word}
    target, foil = (5, 9) if not model.config.is_encoder_decoder else (TARGET[3], FOIL[3])
    source = list(enumerate(SOURCE)) if model.config.is_encoder_decoder else []
    prefix = tiny_ids().tolist()
    if source:
        prefix = [model.config.decoder_start_token_id, *TARGET[:3]]
    prefix = list(enumerate(prefix, len(source)))
    inputs = {}
    for name_, part, columns in (("", model, prefix), ("decoder_", model.get_decoder(), prefix)):
        if bool(name_) == bool(source):
            inputs |= one_side(model, part, name_, columns, gone, replace)
    if source:
        inputs |= one_side(model, model.get_encoder(), "", source, gone, replace)
    logits = model(**inputs, use_cache=False).logits[0, -1]
    return float(logits[target] - logits[foil])


def one_side(model, part, name, columns, gone, replace):
    if replace == "leave out":
        return {f"{name}input_ids": torch.tensor([[i for c, i in columns if c not in gone]])}
    table = part.get_input_embeddings().weight
    rows = [table.mean(0) if c in gone else table[i] for c, i in columns]
    scale = getattr(part.get_input_embeddings(), "embed_scale", 1)
    if model.config.model_type in ("marian", "pegasus") and not name:
        scale = part.embed_scale  # the encoder takes embeddings as they are, the decoder multiplies them
    return {f"{name}inputs_embeds": torch.stack(rows)[None] * scale}


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("replace", ["leave out", "neutral"])
@pytest.mark.parametrize("name", [*VARIANTS, *TRANSLATORS])
def test_batched_removal_equals_one_text_at_a_time(name, replace, dtype):
    r = removal(name, replace, dtype)
    masks = all_masks(len(r.words))
    values = r(masks)
    tolerance = TOLERANCE[dtype]
    if name == "gpt-neo":  # attention scores in single precision
        tolerance = max(tolerance, 1e-5)
    for i in range(0, len(masks), 7):
        wanted = one_by_one(name, replace, masks[i], dtype)
        assert values[i] == pytest.approx(wanted, rel=tolerance, abs=tolerance)


@pytest.mark.parametrize("replace", ["leave out", "neutral"])
@pytest.mark.parametrize("name", ["gpt2", "marian"])
def test_chunks_do_not_change_the_values(name, replace):
    whole = removal(name, replace)
    masks = all_masks(len(whole.words))
    for floats in (1, 3000, 20000):
        np.testing.assert_allclose(
            removal(name, replace, chunk_floats=floats)(masks), whole(masks), atol=1e-12
        )


def test_a_text_without_anything_is_the_models_beginning():
    words = [[i] for i in range(11)]
    r = removal("gpt2", "leave out", words=words)
    with torch.no_grad():
        logits = model_of("gpt2")(torch.tensor([[1]])).logits[0, -1]
    assert r(np.zeros((1, 11))) == pytest.approx(float(logits[5] - logits[9]), abs=1e-12)
    assert np.isfinite(removal("t5", "leave out", words=[[i] for i in range(7)])(np.zeros((1, 7)))).all()


def test_a_beginning_that_the_model_does_not_know_is_not_read(monkeypatch):
    r = removal("gpt2", "leave out", words=[[i] for i in range(11)])
    monkeypatch.setattr(r.network.config, "bos_token_id", 50256)
    assert np.isfinite(r(np.zeros((1, 11)))).all()


def test_values_are_remembered(monkeypatch):
    r = removal("gpt2", "leave out")
    masks = all_masks(6)[::5]
    first = r(masks)
    monkeypatch.setattr(r.network, "decode", None)
    np.testing.assert_array_equal(r(masks[::-1]), first[::-1])


def test_progress_and_stopping():
    seen = []
    removal("gpt2", "leave out")(all_masks(6), seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1
    assert len(seen) > 5

    def stop(fraction):
        raise KeyError

    for replace in ("leave out", "neutral"):
        with pytest.raises(KeyError):
            removal("marian", replace)(all_masks(7), stop)


@pytest.mark.parametrize("words", [[[1], []], [[1], [1, 2]], [[11]], [[-1]]])
def test_words_that_are_none(words):
    with pytest.raises(ValueError, match="token"):
        removal("gpt2", "leave out", words=words)


def test_a_step_of_a_translation_sees_its_own_prefix_only():
    removal("marian", "neutral", words=[[8]], step=1)
    with pytest.raises(ValueError, match="does not see"):
        removal("marian", "neutral", words=[[9]], step=1)


# ------------------------------------------------------------------------------------------ Shapley


def interacting(keep, progress=lambda fraction: None):
    """A made-up function of any number of words with pairs that need each other."""
    keep = np.asarray(keep, float)
    weights = np.arange(1, keep.shape[1] + 1) % 5 - 1.7
    value = keep @ weights + 2 * (keep[:, :-1] * keep[:, 1:]).sum(1) - np.sin(keep.sum(1))
    progress(1.0)
    return value


def brute_force(f, n):
    total = np.zeros(n)
    values = dict(zip(map(bytes, all_masks(n)), f(all_masks(n)), strict=True))
    for order in itertools.permutations(range(n)):
        mask = np.zeros(n, bool)
        before = values[bytes(mask)]
        for word in order:
            mask[word] = True
            after = values[bytes(mask)]
            total[word] += after - before
            before = after
    return total / math.factorial(n)


def test_exact_values_of_eight_words_equal_brute_force():
    f = removal("gpt2", "leave out", words=[[i] for i in range(1, 9)])
    for function in (f, interacting):
        found = shapley_values(function, 8)
        np.testing.assert_allclose(found.values, brute_force(function, 8), atol=1e-12)
        assert found.exact
        assert not found.standard_error.any()
        assert found.values.sum() == pytest.approx(found.everything - found.nothing, abs=1e-12)
        ends = function(np.array([[False] * 8, [True] * 8]))
        np.testing.assert_allclose([found.nothing, found.everything], ends)


def test_sampled_values_add_up_and_their_error_is_honest():
    exact = shapley_values(interacting, 12, exact_up_to=12)
    for seed in range(5):
        found = shapley_values(interacting, 12, orders=64, seed=seed)
        assert not found.exact
        assert found.values.sum() == pytest.approx(found.everything - found.nothing, abs=1e-12)
        assert found.nothing == exact.nothing
        distance = np.abs(found.values - exact.values) / np.maximum(found.standard_error, 1e-12)
        assert (distance < 4).all()
        assert (found.standard_error < 0.5).all()
    again = shapley_values(interacting, 12, orders=64, seed=4)
    np.testing.assert_array_equal(again.values, found.values)


def test_shapley_values_of_a_sum_are_its_parts():
    def linear(keep, progress):
        return np.asarray(keep, float) @ np.arange(12.0)

    for words in (12, 5):
        f = linear if words == 12 else lambda keep, progress: np.asarray(keep, float) @ np.arange(5.0)
        found = shapley_values(f, words)
        np.testing.assert_allclose(found.values, np.arange(words), atol=1e-12)
        np.testing.assert_allclose(found.standard_error, 0, atol=1e-12)


def test_shapley_one_word_no_word_and_too_few_orders():
    assert shapley_values(lambda keep, p: np.asarray(keep, float)[:, 0] * 3, 1).values == pytest.approx([3])
    with pytest.raises(ValueError, match="no words"):
        shapley_values(interacting, 0)
    for orders in (2, 7):
        with pytest.raises(ValueError, match="orders"):
            shapley_values(interacting, 12, orders=orders)


@pytest.mark.parametrize("n", [6, 14])
def test_the_number_of_texts_is_known_before(n):
    seen = set()

    def counting(keep, progress):
        seen.update(map(bytes, np.asarray(keep)))
        return interacting(keep)

    shapley_values(counting, n)
    assert len(seen) <= evaluations(n)
    assert n > 10 or len(seen) == evaluations(n)


@pytest.mark.parametrize("n", [7, 13])
def test_shapley_progress(n):
    seen = []
    shapley_values(interacting, n, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1


# ------------------------------------------------------------------------------------- faithfulness


def by_hand(values, f):
    """Curves and gap, a word at a time."""
    n, curves = len(values), []
    for order in (sorted(range(n), key=lambda i: -values[i]), sorted(range(n), key=lambda i: values[i])):
        kept = [True] * n
        curve = [f(np.array([kept]), lambda _: None)[0]]
        for word in order:
            kept[word] = False
            curve.append(f(np.array([kept]), lambda _: None)[0])
        curves.append(curve)
    gap = np.mean([curves[1][k] - curves[0][k] for k in range(1, n)])
    return *curves, gap


@pytest.mark.parametrize("f", [interacting, removal("gpt2", "leave out"), removal("t5", "neutral")])
def test_removal_curves_equal_the_definition(f):
    n = 7 if f is interacting else len(f.words)
    values = np.random.default_rng(3).normal(size=n)
    found = removal_curves(values, f)
    most, least, gap = by_hand(values, f)
    np.testing.assert_allclose(found.most_first, most, atol=1e-10)
    np.testing.assert_allclose(found.least_first, least, atol=1e-10)
    assert found.gap == pytest.approx(gap, abs=1e-10)


def test_random_orders_are_symmetric_and_complete_where_there_are_few():
    found = random_orders(interacting, 4, orders=24)
    gaps = [by_hand(np.array(order), interacting)[2] for order in itertools.permutations(range(4))]
    np.testing.assert_allclose(sorted(found.gaps), sorted(gaps), atol=1e-12)
    many = random_orders(interacting, 9, orders=10)
    assert many.curves.shape == (10, 10)
    assert many.gaps.sum() == pytest.approx(0, abs=1e-12)
    low, high = many.band()
    assert (low <= many.mean + 1e-12).all()
    assert (many.mean <= high + 1e-12).all()
    np.testing.assert_array_equal(low[[0, -1]], high[[0, -1]])
    assert many.gap_interval()[0] == pytest.approx(-many.gap_interval()[1], abs=1e-12)
    assert random_orders(interacting, 2).gap_interval()[1] > 0 == random_orders(interacting, 1).spread
    np.testing.assert_array_equal(random_orders(interacting, 9, orders=10).curves, many.curves)


def test_ranks_share_ties():
    np.testing.assert_array_equal(_ranks(np.array([3.0, 1.0, 3.0, 0.1 + 0.2, 0.3])), [4.5, 3, 4.5, 1.5, 1.5])


def linear(weights):
    return lambda keep, progress=None: np.asarray(keep, float) @ weights


def test_lds_is_a_rank_correlation():
    weights = np.arange(1.0, 9) ** 2
    assert lds(weights, linear(weights)).value == pytest.approx(1)
    assert lds(-weights, linear(weights)).value == pytest.approx(-1)
    low, high = lds(weights, linear(weights)).random[1:]
    assert low < lds(weights, linear(weights)).random[0] < high < 1
    assert math.isnan(lds(np.zeros(8), linear(weights)).value)
    assert math.isnan(lds(weights, linear(np.zeros(8))).value)


def test_lds_against_spearmans_formula():
    """Without ties: 1 - 6 sum d^2 / (m (m^2 - 1)); all 32 subsets of five words."""
    weights, other = np.array([1.0, 2.1, 4.3, 8.7, 16.9]), np.array([3.0, 1.3, 9.1, 2.7, 20.0])
    masks = all_masks(5)
    d = (masks @ weights).argsort().argsort() - (masks @ other).argsort().argsort()
    expected = 1 - 6 * (d**2).sum() / (32 * (32**2 - 1))
    assert lds(other, linear(weights)).value == pytest.approx(expected)


def test_erasure_is_what_one_word_takes_along():
    weights = np.array([3.0, -1.0, 2.0])
    np.testing.assert_allclose(erasure_values(linear(weights), 3), weights)


@pytest.mark.parametrize("n", [8, 15, 30])
def test_the_right_ranking_holds_well_and_its_reverse_hardly(n):
    weights = np.random.default_rng(n).normal(size=n)
    right = faithfulness(weights, linear(weights))
    assert right.verdict == "well"
    assert right.curves.gap == pytest.approx(right.erasure.gap)
    assert faithfulness(-weights, linear(weights)).verdict == "hardly"


def test_rankings_by_chance_are_seldom_believed():
    """Many words that matter, or a single one: one ranking in fifteen holds well, one in eight at all."""
    random = np.random.default_rng(0)
    for weights in (random.normal(size=20), np.eye(20)[0] * 5):
        f, seen = linear(weights), []
        reference = random_orders(f, 20, orders=200)
        for _ in range(100):
            result = faithfulness(random.normal(size=20), f, random=reference, subsets=16)
            seen.append(result.verdict)
        assert seen.count("well") / 100 < 0.12
        assert (seen.count("well") + seen.count("somewhat")) / 100 < 0.2


def test_too_few_words_and_words_that_change_nothing_are_said():
    assert faithfulness(np.ones(3), linear(np.ones(3))).verdict == "too few words"
    assert faithfulness(np.ones(1), linear(np.ones(1))).verdict == "too few words"
    assert faithfulness(np.arange(6.0), lambda keep, p: np.full(len(keep), 7.0)).verdict == "nothing moves"


def test_the_verdict_asks_for_all_three():
    n = 9
    random = RandomOrders(np.zeros((4, n)) + 5, np.array([1.0, -1.0, 1.0, -1.0]))
    good, bad = Lds(0.8, (0.1, -0.2, 0.4)), Lds(0.05, (0.1, -0.2, 0.4))

    def curves(gap):
        return RemovalCurves(np.zeros(n), np.zeros(n), gap)

    assert verdict(curves(1.6), good, curves(2.0), random) == "well"
    assert verdict(curves(1.6), bad, curves(2.0), random) == "somewhat"
    assert verdict(curves(1.6), Lds(math.nan, (0, 0, 0)), curves(2.0), random) == "somewhat"
    assert verdict(curves(1.6), good, curves(2.4), random) == "somewhat"
    assert verdict(curves(1.4), good, curves(1.0), random) == "somewhat"
    assert verdict(curves(1.2), good, curves(0.7), random) == "hardly"
    assert verdict(curves(-2.0), good, curves(0.7), random) == "hardly"


def test_values_that_are_no_numbers_are_refused():
    for function in (removal_curves, lds):
        with pytest.raises(ValueError, match="number"):
            function(np.array([1.0, np.nan, 2.0, 3.0]), interacting)


def test_equal_values_are_not_read_in_the_order_of_the_text():
    """A method without an opinion gets no credit for words that matter more toward one end."""
    weights = np.arange(12.0)
    gaps = [removal_curves(np.zeros(12), linear(weights), seed=seed).gap for seed in range(200)]
    assert abs(np.mean(gaps)) < 4 * np.std(gaps) / math.sqrt(200)


def test_faithfulness_reports_progress_and_stops():
    seen = []
    faithfulness(np.arange(6.0), removal("gpt2", "leave out"), progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1

    def stop(fraction):
        raise KeyError

    with pytest.raises(KeyError):
        faithfulness(np.arange(6.0), removal("gpt2", "leave out"), progress=stop)


@pytest.mark.parametrize("replace", ["leave out", "neutral"])
@pytest.mark.parametrize("name", [*TRANSLATORS])
def test_several_steps_are_what_each_is_alone(name, replace):
    words = [[0], [1, 2], [5], [8], [9, 10]]  # the last two stand before step 3
    several = removal(name, replace, words=words, step=range(3, 6))
    masks = all_masks(len(words))
    by_step = several.by_step(masks)
    assert several(masks) == pytest.approx(by_step.sum(1))
    alone = [removal(name, replace, words=words, step=step)(masks) for step in (3, 4, 5)]
    np.testing.assert_allclose(by_step, np.stack(alone, 1), atol=1e-9)


def test_no_word_of_several_steps_is_one_that_the_first_does_not_see():
    name = next(iter(TRANSLATORS))
    removal(name, "leave out", words=[[0], [10]], step=range(3, 6))
    with pytest.raises(ValueError, match="does not see"):
        removal(name, "leave out", words=[[0], [11]], step=range(3, 6))
