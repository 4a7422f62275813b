"""No finding names a word whose sign, rank or share is otherwise, whatever the numbers are."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution.charts import findings
from attribution.charts.model_sizes import confidence, small_multiples, words_by_model
from attribution.charts.target_word import (
    chances,
    checked,
    compared,
    credit,
    times_words,
    units,
    word_finding,
)
from attribution.charts.translation import saliency, side_by_side
from attribution.charts.trust import FLAT, model_trust, trust
from attribution.charts.views import SaliencyView, WordView
from attribution.charts.wording import percent, percent0, written
from attribution.types import TranslationRequest, TranslationResult
from tests.charts.sample_results import comparison, info, text_of

SOURCE = ["·red", "·green", "·blue", "·grey", "</s>"]
TARGET = ["·uno", "·dos", "·tres", "</s>"]
MANY = settings(max_examples=200, deadline=None)
SIZES = st.sampled_from([0.0, 1e-9, 1e-5, 0.003, 0.02, 0.4, 1.0, 17.0])
NUMBERS = st.builds(lambda size, sign: size * sign, SIZES, st.sampled_from([-1.0, 1.0]))


def result(rng, scale, effects, attributed="log_probability", contrast=None, method="erasure"):
    """Random values of one size, and what leaving each word out does (None: not known)."""
    t, s = len(TARGET), len(SOURCE)
    signed = rng.normal(0, 1, (t, s)) * scale
    prefix = rng.normal(0, 1, (t, t)) * scale
    prefix[np.triu_indices(t, 1)] = np.nan
    target = text_of(TARGET, special=(t - 1,))
    left_out = np.zeros((0, 0)) if effects is None else np.array(effects, dtype=float).reshape(t, s)
    if effects is not None:
        left_out[:, -1] = np.nan
    probability = rng.uniform(0.001, 1, t)
    return TranslationResult(
        model=info("m", 7_000_000, "encoder-decoder", "marian"),
        request=TranslationRequest(
            "m", "red", method=method, attributed=attributed, contrast="x" if contrast else ""
        ),
        source=text_of(SOURCE, special=(s - 1,)),
        target=target,
        prefix=text_of(["<pad>", *TARGET[:-1]], special=(0,)),
        source_magnitude=np.abs(signed),
        source_signed=signed,
        prefix_magnitude=np.abs(prefix),
        prefix_signed=prefix,
        step_scores={"probability": probability},
        attributed_values=probability,
        contrast=contrast,
        alignment=(0, 1, 2, 3) if contrast else (),
        left_out=left_out,
    )


EVERY_WORD = st.lists(NUMBERS, min_size=27, max_size=27)
EFFECTS = st.one_of(st.none(), st.lists(NUMBERS, min_size=20, max_size=20))
ATTRIBUTED = st.sampled_from(["probability", "log_probability", "logit"])


@MANY
@given(st.integers(0, 999), SIZES, EFFECTS, ATTRIBUTED, st.sampled_from(["share", "raw", "weighted"]))
def test_signed_findings_name_only_what_values_and_leaving_out_agree_on(seed, scale, effects, of, scaled):
    found = result(np.random.default_rng(seed), scale, effects, of)
    view = SaliencyView("signed", scaled)
    for name, steps in units(found.target, view):
        said = word_finding(found, view, steps).plain
        values, labels = credit(found, view, steps)[0], view.labels(found.source)
        clauses = said.split(". ")[0].split("Leaving out")[0]
        if clauses.startswith(("Saturated", "No ")):
            assert "speak for" not in clauses or "No source word" in clauses
            continue
        for_it, _, against = clauses.partition("; ") if " against " in clauses else (clauses, "", "")
        if " against " in for_it:
            for_it, against = "", for_it
        largest = np.abs(values).max()
        for part, sign in ((for_it, 1), (against, -1)):
            for word in re.findall(r"“(\w+|\(end\))” \(", part):
                k = labels.index(word)
                assert values[k] * sign > 0.05 * largest
                if effects is not None:
                    assert found.left_out[list(steps)].mean(0)[k] * sign > 0
        assert name in said


@MANY
@given(st.integers(0, 999), SIZES, EFFECTS, ATTRIBUTED)
def test_shares_are_said_in_their_order_and_never_of_what_is_flat(seed, scale, effects, of):
    found = result(np.random.default_rng(seed), scale, effects, of)
    view = SaliencyView()
    for _, steps in units(found.target, view):
        said = word_finding(found, view, steps).plain
        state = checked(found, view, steps).state
        assert said.startswith("Saturated") == (state == "saturated")
        assert said.startswith("No single word") == (state == "unmoved")
        if "owes most to" in said:
            values, labels = credit(found, view, steps)[0], view.labels(found.source)
            named = [labels.index(w) for w in re.findall(r"“([^”]+)” \(", said)]
            assert named == list(np.argsort(-values, kind="stable")[: len(named)])


@MANY
@given(st.integers(0, 999), st.sets(st.integers(0, 3)))
def test_the_share_of_words_before_is_of_steps_with_a_contrast_only(seed, same):
    other = text_of([t if k in same else t + "x" for k, t in enumerate(TARGET)], special=(3,))
    ids = tuple(10 + k if k in same else 90 + k for k in range(4))
    other = replace(other, ids=ids)
    found = result(np.random.default_rng(seed), 1.0, None, "contrast_logits_diff", other)
    said = findings.prefix_share(found).plain
    prefix = found.attributions("magnitude", "share")[1]
    steps = [k for k in range(1, 4) if k not in same]
    if len(same) == 4:
        assert "nothing to explain" in said
    elif steps:
        mean = percent0(float(np.mean([np.nansum(prefix[k]) for k in steps])))
        assert mean in said
        assert ("on average" in said) == (len(steps) > 1)


def test_least_sure_is_said_of_the_words_with_the_chance_beside_them():
    found = result(np.random.default_rng(1), 1.0, None)
    view = SaliencyView()
    word, chance = min(chances(found, view), key=lambda c: c[1])
    assert f"least sure of “{word}” ({percent(chance)})" in findings.unsure(found, view).plain


@pytest.mark.parametrize(
    ("values", "effects", "state"),
    [
        ([1e-4, -1e-4, 0], [0.5, 0.0, 0.0], "saturated"),
        ([FLAT, 0, 0], [0.5, 0.0, 0.0], "holds"),
        ([0.3, 0.1, 0], [0.001, 0.0, 0.0], "unmoved"),
        ([0.3, 0.1, 0], [np.nan] * 3, "unchecked"),
    ],
)
def test_states(values, effects, state):
    assert trust(values, effects, "probability").state == state


@MANY
@given(
    st.integers(0, 999), st.lists(NUMBERS, min_size=27, max_size=27), st.sampled_from(["signed", "magnitude"])
)
def test_model_sizes_names_no_word_whose_side_or_rank_is_otherwise(seed, effects, sign):
    rng = np.random.default_rng(seed)
    results = []
    for k in range(3):
        base = comparison(f"m{k}", 1000 * (k + 1), 0.7, 0.2)
        signed = rng.normal(0, 1, len(base.text))
        left_out = np.array([*effects[9 * k : 9 * k + len(base.text.words) - 1], np.nan])
        results.append(replace(base, signed=signed, magnitude=np.abs(signed), left_out=left_out))
    view = WordView(sign)
    said = findings.model_sizes(results, view).plain
    labels = [w.text for w in results[0].words]
    assert "“?”" not in said
    sound = [r for r in results if model_trust(r).state in ("holds", "unchecked")]
    for sentence in re.findall(r"(?:“\w+”(?:, | and )?)+ (?:is|are) among [^.]*\.", said):
        assert len(sound) >= 2
        for word in re.findall(r"“(\w+)”", sentence):
            k = labels.index(word)
            values = np.array([WordView(sign, "raw").values(r) for r in sound])
            real = [i for i, label in enumerate(labels) if label != "?"]
            for row in values:
                assert sum(abs(row[i]) > abs(row[k]) for i in real) < 3
            if "always toward no" in sentence:
                assert (values[:, k] > 0).all()
                assert all(r.left_out[k] > 0 for r in sound)
            if "always toward yes" in sentence:
                assert (values[:, k] < 0).all()
                assert all(r.left_out[k] < 0 for r in sound)


def test_probabilities_that_show_as_different_numbers_do_not_stay():
    chances = (0.00011, 0.0004, 0.0009)
    results = [comparison(f"m{k}", 1000 * (k + 1), p, 0.9) for k, p in enumerate(chances)]
    said = findings.model_sizes(results).plain
    assert "rises from 0.01 % to 0.09 %" in said
    same = [comparison(f"m{k}", 1000 * (k + 1), 0.5, 0.4) for k in range(3)]
    assert "stays at 50.0 %" in findings.model_sizes(same).plain


def test_the_confidence_figure_has_no_line_that_covers_another():
    results = [comparison("a", 1000, 0.9, 0.00001), comparison("b", 2000, 0.99, 0.00001)]
    spec = str(confidence(results).spec)
    assert "'line': 'difference'" not in spec
    assert list(confidence(results).table["difference"]) == pytest.approx([0.9, 0.99], abs=1e-3)
    assert confidence([comparison("a", 1000, 0.9, 0)]).table["difference"].isna().all()


@pytest.mark.parametrize(
    ("log_ratio", "says"),
    [(1.0, "2.7"), (7.0, "1,100"), (np.log(5.3e6), "5.3 million"), (157.0, "more than a billion")],
)
def test_how_many_times_likelier(log_ratio, says):
    assert times_words(log_ratio) == says


def test_two_translations_are_compared_by_their_words():
    own, given = result(np.random.default_rng(0), 1, None), result(np.random.default_rng(1), 1, None)
    given = replace(given, target=replace(given.target, ids=(1, 2, 3, 4)))
    word, chance = min(chances(given, SaliencyView()), key=lambda c: c[1])
    assert f"“{word}” ({percent(chance)})" in compared(own, given, SaliencyView()).plain


def test_captions_say_what_was_done():
    contrast = text_of(["·x", "·dos", "·y", "</s>"], special=(3,))
    found = result(np.random.default_rng(0), 1, None, "log_probability", contrast)
    assert "against" not in saliency(found).caption, "the contrast had no part in it"
    assert "log-probability" in saliency(found).caption
    explained = result(np.random.default_rng(0), 1, None, "contrast_prob_diff", contrast)
    assert "contrast_prob_diff" not in saliency(explained).caption
    assert "against “x”" in saliency(explained).caption
    looked = result(np.random.default_rng(0), 1, None, "contrast_prob_diff", contrast, "cross_attention")
    for word in ("against", "L2", "probability −"):
        assert word not in saliency(looked).caption
    assert "mean over heads and layers" in saliency(looked).caption
    assert written(found.target) == "uno dos tres"


def test_two_strips_have_one_scale():
    own, given = result(np.random.default_rng(0), 1, None), result(np.random.default_rng(1), 1, None)
    own = replace(own, step_scores={"probability": np.array([1e-5, 0.5, 0.9, 0.3])})
    strips = re.findall(r"'domain': \[(0\.0, [\d.]+)\]", str(side_by_side(own, given).spec))
    assert strips
    assert len(set(strips)) == 1


def test_a_model_of_tiny_values_shows_them_and_is_called_saturated():
    small, base = comparison("small", 1000, 0.9, 0.1), comparison("base", 2000, 0.9999, 0.0001)
    effects = np.where([w.special for w in base.text.words], np.nan, 0.5)
    small, base = replace(small, left_out=effects), replace(base, left_out=effects.copy())
    base = replace(base, signed=base.signed * 1e-6, magnitude=base.magnitude * 1e-6)
    for scaled in ("raw", "share"):
        spec = words_by_model([small, base], WordView("signed", scaled)).spec
        assert "base, saturated" in str(spec)
        assert "small (1K)" in str(spec)
    raw = str(words_by_model([small, base], WordView("signed", "raw")).spec)
    assert re.search(r"'text': '[+−]\de−\d'", raw)
    assert "base, saturated" in str(small_multiples([small, base]).spec)


def test_chances_too_small_to_show_stay_below_what_shows():
    results = [comparison(f"m{k}", 1000 * (k + 1), p, 0.9) for k, p in enumerate((1e-9, 3e-6, 1e-7))]
    assert "P(no) stays below 0.01 %." in findings.model_sizes(results).plain


def test_of_every_model_is_said_only_where_every_model_counts():
    results = [comparison(f"m{k}", 1000 * (k + 1), 0.7, 0.2, k) for k in range(3)]
    effects = np.where([w.special for w in results[0].text.words], np.nan, 0.5)
    results = [replace(r, left_out=effects.copy()) for r in results]
    results[2] = replace(results[2], signed=results[2].signed * 1e-6, magnitude=results[2].magnitude * 1e-6)
    for sign in ("signed", "magnitude"):
        said = findings.model_sizes(results, WordView(sign)).plain
        assert "m2 (3K) is saturated" in said
        assert "of the other models" in said
        assert "All three have" not in said
        assert "Both have" not in said
