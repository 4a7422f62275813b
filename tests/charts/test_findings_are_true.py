"""Nothing is said that is not so: every sentence of Next word and the overall ones, over hostile numbers."""

import re
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution.charts import findings
from attribution.charts.target_word import chances, compared, units
from attribution.charts.views import SaliencyView, View
from attribution.charts.wording import number, percent, percent0, told_apart
from attribution.types import Contributions, Explanation
from tests.charts.sample_results import comparison, lens, measured, next_word, translation

MANY = settings(max_examples=200, deadline=None)
SIZES = st.sampled_from([0.0, 1e-12, 0.0049, 0.005, 0.01, 0.3, 0.301, 2.0, 40.0, 1e7])
NUMBERS = st.builds(lambda v, s: v * s, SIZES, st.sampled_from([1, -1]))
WORDS = st.lists(st.sampled_from(["·a", "·b", "·,", "·a", "·the", "</s>", "·(x)"]), min_size=1, max_size=6)
PARTS = ("mlp", "initial_embedding", "head_bias", "final_norm_bias", "attention_bias")


def exactly(tokens, values, parts, foil=True):
    """A result of one layer whose tokens and parts have exactly these numbers."""
    base = next_word(list(tokens), layers=1, foil=foil)
    row = np.array([values], dtype=np.float64)
    named = dict(zip(PARTS, parts, strict=True))
    layered = {name: np.array([named[name]]) for name in ("mlp", "attention_bias")}
    total = float(row.sum() + sum(parts))
    part = Contributions(row, row.copy(), explained_logit=total, **{**named, **layered})
    zeros = {name: np.zeros(1) for name in layered}
    nothing = Contributions(row * 0, row * 0, explained_logit=0.0, **{**dict.fromkeys(PARTS, 0.0), **zeros})
    return replace(base, target_contributions=part, foil_contributions=nothing if foil else None)


def clauses(said):
    """word -> (side, number said): whom each word named is said to push toward or away from."""
    found = {}
    for clause in re.split(r"; |\. ", said):
        match = re.search(
            r"(?:push|pushes) (?:most|equally) (toward|away from) (\w+) \((\S+?)( logits)?( each)?\)", clause
        )
        if match:
            for name in re.findall(r"“(.+?)”", clause[: match.start()]):
                found[name] = (match[1], match[2], match[3])
    return found


@MANY
@given(
    WORDS,
    st.data(),
    st.booleans(),
    st.sampled_from(["contrast", "target", "foil"]),
    st.sampled_from(["logits", "share"]),
    st.sampled_from(["words", "tokens"]),
)
def test_next_word_names_only_what_is_largest_on_the_side_it_is_said_of(
    tokens, data, foil, of, measure, shown
):
    size = len(tokens)
    values = data.draw(st.lists(NUMBERS, min_size=size, max_size=size))
    parts = data.draw(st.lists(NUMBERS, min_size=5, max_size=5))
    of = of if foil else "contrast"
    result, view = exactly(tokens, values, parts, foil), View(of=of, units=shown, measure=measure)
    said = findings.next_word(result, view).plain
    assert "nan" not in said
    assert "−0.00" not in said
    found, names = view.values(result), told_apart(view.labels(result))
    for name, (how, whom, amount) in clauses(said).items():
        value = float(found[names.index(name)])
        positive = how == "toward" and whom == ("cold" if of == "foil" else "hot")
        assert (value > 0) == positive
        assert amount == number(value, 2, sign=True)
        shows = [number(abs(float(v)), 2) for v in found if v * value > 0]
        assert number(abs(value), 2) == number(max(abs(float(v)) for v in found if v * value > 0), 2)
        several = shows.count(number(abs(value), 2)) > 1
        assert ("equally" in said) >= several
    for whom, side in (("hot", 1), ("cold", -1)):
        if f"o {view.one} visibly pushes toward {whom}" in said and of == "contrast":
            assert (found * side).max() < findings.TINY
    if "No " + view.one + " makes a difference" in said:
        assert np.abs(found).max() < findings.TINY


@MANY
@given(WORDS, st.data(), st.sampled_from(["logits", "share"]))
def test_what_the_words_carry_is_a_share_of_the_whole(tokens, data, measure):
    size = len(tokens)
    values = data.draw(st.lists(NUMBERS, min_size=size, max_size=size))
    parts = data.draw(st.lists(NUMBERS, min_size=5, max_size=5))
    result = exactly(tokens, values, parts)
    said = findings.next_word(result, View(measure=measure)).plain
    total, rest = float(View().values(result).sum()), float(result.explanation().remainder[0])
    share = re.search(r"carry ((?:above|below )?.+?) of the difference \((\S+)", said)
    if " carry all of " in said:
        assert abs(rest) < findings.TINY
    elif share:
        assert 0 <= total / (total + rest) <= 1
        assert share[1] == percent0(total / (total + rest))
        assert share[2] == number(total, 2, sign=True)
        preferred = "hot" if total + rest > 0 else "cold"
        assert f"own preference for {preferred}" in said
    elif " add " in said:
        assert number(total, 2, sign=True) in said
        assert number(rest, 2, sign=True) in said


@MANY
@given(WORDS, st.data())
def test_what_carries_the_winner_all_the_same_pushes_its_way(tokens, data):
    size = len(tokens)
    values = data.draw(st.lists(NUMBERS, min_size=size, max_size=size))
    parts = data.draw(st.lists(NUMBERS, min_size=5, max_size=5))
    result = exactly(tokens, values, parts)
    said, found = findings.next_word(result).plain, View().values(result)
    whole = result.explained_logit
    claim = re.search(r"The model prefers (\w+) all the same \((\S+) logits\)(?:, because of (.+))?\.", said)
    side = 1 if whole > 0 else -1
    wins_without_words = abs(whole) >= findings.TINY and (found * side).max() < findings.TINY
    assert (claim is not None) == wins_without_words
    if claim:
        assert claim[1] == ("hot" if whole > 0 else "cold")
        assert claim[2] == number(whole, 2, sign=True)
        by_size = {number(p, 2, sign=True) for p in parts if p * side >= findings.TINY}
        for amount in re.findall(r"\((\S+)\)", claim[3] or ""):
            assert amount in by_size
        assert (claim[3] is None) == (not by_size)


def test_a_part_too_small_to_show_is_not_named():
    said = findings.next_word(exactly(["·a"], [0.0], [0.0, 0.0, 0.0, 0.0049, 0.005])).plain
    assert "(+0.01)" in said
    assert "(0.00)" not in said


@MANY
@given(st.data(), st.sampled_from(["alti_logit", "logit"]), st.integers(1, 5))
def test_for_its_place_is_said_only_of_what_keeps_half_its_credit(data, method, size):
    values = data.draw(st.lists(NUMBERS, min_size=size, max_size=size))
    instead = data.draw(st.lists(st.one_of(NUMBERS, st.just(float("nan"))), min_size=size, max_size=size))
    result = exactly([f"·w{k}" for k in range(size)], values, [0.0] * 5)
    rows = np.full((3, size), np.nan)
    rows[0] = instead
    stand_in = Explanation("alti_logit", ("contrast", "target", "foil"), ("w",) * size, rows, "logits")
    said = findings.next_word(replace(result, stand_ins=(stand_in,)), View(method)).plain
    found = re.findall(
        r"half of what “w(\d)” gets is for (being first|where it stands).*?gets (\S+) logits", said
    )
    assert not found or method == "alti_logit"
    named = clauses(said)
    for k, why, amount in found:
        assert f"w{k}" in named
        assert instead[int(k)] / values[int(k)] >= 0.5
        assert amount == number(instead[int(k)], 2, sign=True)
        assert (why == "being first") == (k == "0")


@MANY
@given(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3), st.lists(NUMBERS, min_size=3, max_size=3), st.data())
def test_holding_says_its_numbers_and_the_best_method(gap, erasure, other, data):
    first = measured("frozen", gap=gap, erasure_gap=erasure)
    said = findings.holds(first).plain
    for value in (gap, erasure):
        assert number(value, 2, sign=True) in said
    results = [first, *(measured(m, gap=g) for m, g in zip(("gim", "logit", "erasure"), other, strict=True))]
    best = findings.which_holds(results).plain
    assert f"gap {number(max(gap, *other[:2]), 2, sign=True)} logits" in best
    assert "Of all" in best


@MANY
@given(st.integers(1, 5), st.data())
def test_the_lens_names_the_layer_from_which_the_answer_stays(layers, data):
    top = data.draw(st.lists(st.sampled_from(["·a", "·b", "·hot"]), min_size=layers + 1, max_size=layers + 1))
    base = lens(3)
    n = layers + 1
    result = replace(
        base,
        top=tuple(top),
        **{
            f: np.zeros(n)
            for f in ("target", "foil", "target_probability", "foil_probability", "top_probability")
        },
        attention=np.array(data.draw(st.lists(NUMBERS, min_size=layers, max_size=layers))),
        mlp=np.array(data.draw(st.lists(NUMBERS, min_size=layers, max_size=layers))),
        heads=np.zeros((0, 0)),
    )
    said = findings.lens(result).plain
    since = max([k + 1 for k in range(n) if top[k] != top[-1]], default=0)
    assert said.startswith("After every layer") == (since == 0)
    assert said.startswith("Only its last layer") == (since == layers and since > 0)
    if 0 < since < layers:
        assert f"from layer {since} on; before, “{top[since - 1]}”" in said
    step = re.search(r"toward “?hot”? is the (\w+) of layer (\d+) \((\S+) logits\)", said)
    largest = max(result.attention.max(), result.mlp.max())
    assert (step is None) == (largest < findings.TINY)
    if step:
        value = {"attention": result.attention, "MLP": result.mlp}[step[1]][int(step[2]) - 1]
        assert value == largest
        assert step[3] == number(float(value), 2, sign=True)


CHANCES = st.sampled_from([1e-300, 1e-9, 0.0001, 0.0499, 0.05, 0.4999, 0.5, 0.5, 0.9, 1.0])


@MANY
@given(st.data(), st.booleans())
def test_unsure_words_are_the_least_likely_in_order(data, words):
    base, view = translation(), SaliencyView(words=words)
    size = len(base.target)
    likely = np.array(data.draw(st.lists(CHANCES, min_size=size, max_size=size)))
    result = replace(base, step_scores={"probability": likely})
    said = findings.unsure(result, view).plain
    found = sorted(chance for _, chance in chances(result, view))
    named = re.findall(r"“([^”]+)” \(([^)]*)\)", said)
    if found[0] >= 0.5:
        assert "fairly sure" in said
        assert percent(found[0]) in said
        return
    low = [c for c in found if c < 0.5][:3]
    assert [amount for _, amount in named] == [percent(c) for c in low]
    flagged = re.search(r"(\d+) of (\d+) (?:words|tokens) below 5 %", said)
    count = sum(c < 0.05 for c in found)
    assert (flagged is None) == (count == 0)
    if flagged:
        assert (int(flagged[1]), int(flagged[2])) == (count, len(units(result.target, view)))


@MANY
@given(st.data())
def test_two_translations_are_compared_by_their_sums(data):
    own = translation()
    size = len(own.target)
    likely = [np.array(data.draw(st.lists(CHANCES, min_size=size, max_size=size))) for _ in range(2)]
    own = replace(own, step_scores={"probability": likely[0]})
    given_ids = tuple(k + 1 for k in own.target.ids)
    yours = replace(own, step_scores={"probability": likely[1]}, target=replace(own.target, ids=given_ids))
    said = compared(own, yours, SaliencyView()).plain
    logs = [float(np.log(np.maximum(p, 1e-300)).sum()) for p in likely]
    if number(logs[0], 1) == number(logs[1], 1):
        return
    assert said.startswith("The model finds its own" if logs[0] > logs[1] else "The model finds yours")
    assert f"ln P {number(logs[0], 1)} for its own, {number(logs[1], 1)} for yours" in said


@MANY
@given(st.lists(st.tuples(CHANCES, CHANCES), min_size=2, max_size=4))
def test_confidence_by_size_is_what_the_chances_do(pairs):
    results = [
        comparison(f"m{k}", 1000 * (k + 1), max(p, 1e-12), max(q, 1e-12)) for k, (p, q) in enumerate(pairs)
    ]
    said = findings.model_sizes(results).plain
    found = [float(np.exp(r.target_log_probability)) for r in results]
    shown = [percent(p) for p in found]
    first = said.split(". All")[0].split(". Only")[0].split(". None")[0]
    if "stays" in first:
        assert len(set(shown)) == 1
    elif "rises" in first or "falls" in first:
        assert found == sorted(found, reverse="falls" in first)
        assert f"from {shown[0]} to {shown[-1]}" in first
    else:
        assert f"lowest for m{int(np.argmin(found))} " in first
        assert f"highest for m{int(np.argmax(found))} " in first
    wins = [r.target_log_probability > r.foil_log_probability for r in results]
    assert ("prefer no to yes" in said and "Only" not in said and "None" not in said) == all(wins)
    loses = [r.target_log_probability < r.foil_log_probability for r in results]
    assert bool(re.search(r"(All \w+|Both) prefer yes to no", said)) == all(loses)
