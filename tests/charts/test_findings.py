"""Findings are true in every case, and safe to show."""

from dataclasses import replace

import numpy as np
import pytest

from attribution.charts import findings
from attribution.charts.sentence import coloured_sentence, direction
from attribution.charts.views import View
from attribution.charts.wording import told_apart
from attribution.types import AttributionError, Contributions
from tests.charts.sample_results import (
    comparison,
    evil_next_word,
    family,
    next_word,
    scored_next_word,
    translation,
)


def pushed(values, foil=True):
    """A result whose words have exactly these contributions."""
    base = next_word([f"·w{k}" for k in range(len(values))], layers=1, foil=foil)
    row = np.array([values], dtype=np.float64)
    part = Contributions(row, row.copy(), 0.0, np.zeros(1), np.zeros(1), 0.0, 0.0, float(row.sum()))
    zero = Contributions(row * 0, row * 0, 0.0, np.zeros(1), np.zeros(1), 0.0, 0.0, 0.0)
    return replace(base, target_contributions=part, foil_contributions=zero if foil else None)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (
            [1.2, -0.9, 0.1],
            "“w0” pushes most toward hot (+1.20 logits); “w1” pushes most toward cold (−0.90).",
        ),
        ([1.2, 0.3], "“w0” pushes most toward hot (+1.20 logits); no word visibly pushes toward cold."),
        ([-1.2, -0.3], "No word visibly pushes toward hot; “w0” pushes most toward cold (−1.20)."),
        ([0.5, 0.5, -1], "“w0” and “w1” push equally toward hot (+0.50 logits each); “w2” pushes most"),
        ([0.5] * 5, "5 words push equally toward hot (+0.50 logits each); no word"),
        ([0.0, 0.001], "No word makes a difference that shows"),
        ([0.7], "“w0” pushes most toward hot"),
    ],
)
def test_next_word(values, says):
    assert findings.next_word(pushed(values)).plain.startswith(says)


def test_next_word_without_foil():
    text = findings.next_word(pushed([0.4, -0.2], foil=False)).plain
    assert text.startswith(
        "“w0” pushes most toward hot (+0.40 logits); “w1” pushes most away from hot (−0.20)."
    )


def test_next_word_of_the_foil_alone():
    result = next_word()
    assert "toward cold" in findings.next_word(result, View(of="foil")).plain


def test_next_word_of_another_method():
    text = findings.next_word(scored_next_word()).plain
    assert "toward hot" in text
    assert "together" not in text, "what does not add up is not added up"
    assert "most for hot" in findings.next_word(scored_next_word("saliency")).plain


def test_repeated_words_are_told_apart():
    result = next_word(["·the", "·cat", "·the"], layers=2)
    assert told_apart(View().labels(result)) == ["the (no. 1)", "cat", "the (no. 3)"]


def test_words_are_escaped_in_html():
    finding = findings.next_word(evil_next_word())
    for text in (finding.html, finding.coloured("dark")):
        assert "<img" not in text
        assert "<b>" not in text
        assert "<script" not in text
    assert "<b>hot</b>" in finding.plain


def test_translation():
    result = translation()
    unsure, prefix = findings.translation(result)
    assert unsure.plain.startswith("The model is least sure of “worden” (0.40 %)")
    assert "1 of 9 words below 5 %" in unsure.plain
    assert "Words already written carry" in prefix.plain
    sure = replace(result, step_scores={"probability": np.full(len(result.target), 0.9)})
    assert "no word below 50 %" in findings.unsure(sure).plain
    blind = replace(result, prefix_magnitude=np.full_like(result.prefix_magnitude, np.nan))
    assert "says nothing about" in findings.prefix_share(blind).plain


@pytest.mark.parametrize(
    ("chances", "says"),
    [
        ((0.61, 0.78, 0.91), "rises from 61.0 % to 91.0 %."),
        ((0.91, 0.78, 0.61), "falls from 91.0 % to 61.0 %."),
        ((0.61, 0.95, 0.91), "not steadily: lowest for m0 (1K) (61.0 %), highest for m1 (2K) (95.0 %)"),
        ((0.6, 0.6, 0.6), "stays at 60.0 %."),
    ],
)
def test_model_sizes(chances, says):
    results = [comparison(f"m{k}", 1000 * (k + 1), p, 1 - p - 0.01) for k, p in enumerate(chances)]
    text = findings.model_sizes(results[::-1]).plain
    assert text.startswith("From m0 (1K) to m2 (3K), P(no) ")
    assert says in text
    assert "All three prefer no to yes." in text


def test_model_sizes_says_who_prefers_what():
    mixed = [comparison("a", 1000, 0.2, 0.7), comparison("b", 2000, 0.8, 0.1)]
    assert "Only b (2K) prefers no to yes." in findings.model_sizes(mixed).plain
    none = [comparison("a", 1000, 0.2, 0.7), comparison("b", 2000, 0.3, 0.6)]
    assert "Both prefer yes to no." in findings.model_sizes(none).plain
    assert "Only one model" in findings.model_sizes(family()[:1]).plain
    assert "prefer" not in findings.model_sizes([comparison("a", 10, q=0), comparison("b", 20, q=0)]).plain
    with pytest.raises(AttributionError):
        findings.model_sizes([])


def test_model_sizes_names_shared_words_only():
    said = (
        "“London” and “capital” are among the 3 most important words of all three models, always toward no."
    )
    assert said in findings.model_sizes(family()).plain
    assert "“France” is among the 3 most important words of all three models, always toward yes." in (
        findings.model_sizes(family()).plain
    )
    other = comparison("z", 9_000_000_000)
    turned = np.array([5, 0, 5, 0, 0, 5, 0, 0.0, 0])
    other = replace(other, magnitude=turned, signed=turned)
    assert "No word is among the 3 most important words" in findings.model_sizes([*family(), other]).plain


def test_coloured_sentence_is_safe_and_complete():
    result = evil_next_word()
    words, values = View().labels(result), View().values(result)
    for theme in ("light", "dark"):
        made = coloured_sentence(words, values, theme, '"><script>')
        assert "<script" not in made
        assert "<img" not in made
        assert "\u202e" not in made
        assert made.count("<bdi>") == len(words)


def test_coloured_sentence_reads_in_the_direction_of_its_words():
    assert direction(["مرحبا", "ok"]) == "rtl"
    assert direction(["hello", "م"]) == "ltr"
    assert direction([]) == "ltr"
    assert 'dir="rtl"' in coloured_sentence(["مرحبا"], [1.0])


def test_words_without_a_number_have_no_colour():
    made = coloured_sentence(["a", "b"], [np.nan, 0.5], sides=None)
    assert made.count("background:") == 1
    assert "nan" not in made
