"""What is said of layers, mixing, candidates, heads and agreement is what the numbers are."""

import re
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution.charts import findings
from attribution.charts.model_sizes import rank_agreement
from attribution.charts.views import MixingView, View
from attribution.charts.wording import number, percent, percent0, told_apart
from attribution.types import Contributions
from tests.charts.sample_results import comparison, lens, next_word

MANY = settings(max_examples=150, deadline=None)
NUMBERS = st.sampled_from([0.0, 1e-12, 0.004, 0.005, 0.3, 0.301, 2.0, 40.0, 1e9, float("nan")])
SIGNED = st.builds(lambda v, s: v * s, NUMBERS, st.sampled_from([1, -1]))
WORDS = st.lists(st.sampled_from(["·a", "·b", "·,", "·a", "·the", "</s>"]), min_size=1, max_size=5)


def layered(tokens, values, mlp, foil):
    """A result with exactly these numbers in its layers [L, S] and [L]."""
    base = next_word(list(tokens), layers=len(values), foil=foil)
    zero = np.zeros(len(values))
    part = Contributions(values, values.copy(), 0.0, zero, mlp, 0.0, 0.0, float(values.sum() + mlp.sum()))
    nothing = Contributions(values * 0, values * 0, 0.0, zero.copy(), mlp * 0, 0.0, 0.0, 0.0)
    return replace(base, target_contributions=part, foil_contributions=nothing if foil else None)


@MANY
@given(WORDS, st.integers(1, 3), st.data(), st.booleans(), st.sampled_from(["contrast", "target"]))
def test_where_it_happens(tokens, count, data, foil, of):
    values = np.array(data.draw(st.lists(SIGNED, min_size=count * len(tokens), max_size=count * len(tokens))))
    values = values.reshape(count, len(tokens))
    mlp = np.array(data.draw(st.lists(SIGNED, min_size=count, max_size=count)))
    view = View(of=of)
    result = layered(tokens, values, mlp, foil)
    said = findings.where_it_happens(result, view).plain
    shown = view.layers(result)
    assert "nan" not in said
    cell = re.search(r"that of “(.+?)” in layer (\d+) \((\S+) logits, ((?:toward|away from) \w+)\)", said)
    largest = np.nanmax(np.abs(shown), initial=0.0)
    assert (cell is None) == (largest < findings.TINY)
    if cell:
        names = told_apart(view.labels(result))
        value = shown[int(cell[2]) - 1, names.index(cell[1])]
        assert abs(value) == largest
        assert cell[3] == number(float(value), 2, sign=True)
        against = "toward cold" if foil and of == "contrast" else "away from hot"
        assert cell[4] == ("toward hot" if value > 0 else against)
        ties = sum(number(abs(float(v)), 2) == number(largest, 2) for v in shown.ravel() if np.isfinite(v))
        assert said.startswith("Among" if ties > 1 else "The largest")
    added = re.search(r"that of layer (\d+) (?:adds most|is among those that add most) \((\S+),", said)
    assert (added is None) == (np.nanmax(np.abs(mlp), initial=0.0) < findings.TINY)
    if added:
        assert abs(mlp[int(added[1]) - 1]) == np.nanmax(np.abs(mlp))
        assert added[2] == number(float(mlp[int(added[1]) - 1]), 2, sign=True)


@MANY
@given(WORDS, st.data(), st.booleans(), st.integers(-1, 5))
def test_who_looks_at_whom(tokens, data, rolled_out, layer):
    result, n = next_word(list(tokens), layers=2), len(tokens)
    weights = data.draw(st.lists(st.sampled_from([0.0, 1e-9, 0.2, 1.0]), min_size=n, max_size=n))
    row = np.array(weights) / sum(weights) if sum(weights) else np.eye(n)[-1]
    matrices = np.array(result.rollout)
    matrices[:, -1] = row
    result = replace(result, alti=matrices, rollout=matrices.copy())
    said = findings.who_looks(result, MixingView(layer, rolled_out)).plain
    names = told_apart([*result.tokens])
    share = percent0(float(matrices[0, -1].max()))
    assert said.startswith("Layers 1 to" if rolled_out else "Layer ")
    assert f"({share})" in said or f"({share} each)" in said
    head, _, others = said.partition("draws most")
    assert f"“{names[-1]}”" in head
    for name in re.findall(r"“(.+?)”", others):
        assert percent0(float(matrices[0, -1, names.index(name)])) == share
        assert name != names[-1], "of itself it is said so"
    ties = sum(percent0(float(v)) == share for v in matrices[0, -1])
    assert ("each" in said) == (ties > 1)


@MANY
@given(st.lists(st.integers(0, 12), min_size=3, max_size=12, unique=True), st.booleans(), st.integers(0, 999))
def test_what_the_model_expects(places, foil, seed):
    rng = np.random.default_rng(seed)
    base = next_word(foil=foil)
    chances = rng.choice([1e-9, 0.01, 0.05, 0.05, 0.3], len(places))
    chances = chances / max(1.0, chances.sum())
    tokens = [
        replace(base.candidates[0], id=100 + k, token=f"·t{k}", probability=float(p))
        for k, p in enumerate(chances)
    ]
    tokens = [replace(t, rank=1 + sum(o.probability > t.probability for o in tokens)) for t in tokens]
    result = replace(
        base,
        candidates=tuple(tokens),
        target=replace(base.target, explained=tokens[1]),
        foil=replace(base.foil, explained=tokens[2]) if foil else None,
    )
    said = findings.expects(result).plain
    first = said.split(". ")[0]
    best = [t for t in tokens if t.probability == max(chances)]
    assert all(f"“{t.token}”" in first for t in best)
    assert first.count("“") == len(best)
    ending = {1: "st", 2: "nd", 3: "rd"}.get(tokens[1].rank, "th")
    assert f" hot comes {tokens[1].rank}{ending} ({percent(tokens[1].probability)})" in said
    assert ("cold" in said) == foil
    assert f"The {len(tokens)} tokens shown have {percent(float(chances.sum()))} together." in said


@MANY
@given(st.integers(1, 3), st.integers(1, 3), st.data())
def test_heads(layers, width, data):
    values = np.array(data.draw(st.lists(SIGNED, min_size=layers * width, max_size=layers * width)))
    values = values.reshape(layers, width)
    said = findings.heads(replace(lens(layers), heads=values)).plain
    found = re.search(r"head (\d+) of layer (\d+) \((\S+) logits\)", said)
    best = np.nanmax(values, initial=0.0)
    assert (found is None) == (best < findings.TINY)
    if found:
        value = values[int(found[2]) - 1, int(found[1]) - 1]
        assert value == best
        assert found[3] == number(float(value), 2, sign=True)


@MANY
@given(st.integers(2, 4), st.data(), st.sampled_from(["signed", "magnitude"]))
def test_do_they_agree(count, data, sign):
    results = []
    for k in range(count):
        base = comparison(f"m{k}", 1000 * (k + 1))
        values = np.array(data.draw(st.lists(SIGNED, min_size=9, max_size=9)))
        results.append(replace(base, signed=values, magnitude=np.abs(values)))
    said = findings.agreement(results, sign).plain
    correlation = rank_agreement(results, sign)[0]
    pairs = correlation[np.triu_indices(count, 1)]
    known = pairs[np.isfinite(pairs)]
    assert said.startswith("No two models") == (not known.size)
    assert "nan" not in said
    named = re.search(
        r"^m(\d) \(\w+\) and m(\d) \(\w+\) order the words (?:most alike \(rank|with a rank) "
        r"correlation (?:of )?(−?[\d.]+)",
        said,
    )
    if named:
        value = correlation[int(named[1]), int(named[2])]
        assert value == known.max()
        assert named[3].rstrip(".") == number(float(value), 2)
    least = re.search(r"m(\d) \(\w+\) and m(\d) \(\w+\) least \((−?[\d.]+)\)", said)
    if least:
        assert correlation[int(least[1]), int(least[2])] == known.min()
        assert least[3] == number(float(known.min()), 2)
