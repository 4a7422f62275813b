"""Findings are true in every case, and safe to show."""

from dataclasses import replace

import numpy as np
import pytest

from attribution.charts import findings
from attribution.charts.sentence import coloured_sentence, direction
from attribution.charts.views import View, WordView
from attribution.charts.wording import number, told_apart
from attribution.types import AttributionError, Contributions, Explanation
from tests.charts.sample_results import (
    comparison,
    evil_next_word,
    family,
    lens,
    measured,
    measured_answers,
    measured_word,
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
    text, total = findings.next_word(pushed(values)).plain, number(sum(values), 2, sign=True)
    if abs(sum(values)) > 0.01:
        says = f"The words carry all of the difference ({total} logits). {says}"
    assert text.startswith(says)


def test_next_word_without_foil():
    text = findings.next_word(pushed([0.4, -0.2], foil=False)).plain
    assert text == (
        "The words carry all of the logit of hot (+0.20 logits). "
        "“w0” pushes most toward hot (+0.40 logits); “w1” pushes most away from hot (−0.20)."
    )


@pytest.mark.parametrize(
    ("words", "rest", "says"),
    [
        (
            0.33,
            4.0,
            "The words carry 8 % of the difference (+0.33 of +4.33 logits); the rest is the model's own "
            "preference for hot, what no word is credited with (MLPs, biases, embedding).",
        ),
        (
            -0.5,
            -1.5,
            "The words carry 25 % of the difference (−0.50 of −2.00 logits); the rest is the model's own "
            "preference for cold,",
        ),
        (
            7.7,
            -3.4,
            "The words add +7.70 logits and what no word is credited with (MLPs, biases, embedding) −3.40: "
            "together +4.30, the difference.",
        ),
        (-1.0, 3.0, "The words add −1.00 logits and what no word is credited with"),
        (2.0, -2.0, "The words add +2.00 logits and what no word is credited with"),
    ],
)
def test_how_much_the_words_carry(words, rest, says):
    """A share only where words and rest pull the same way; else both in logits."""
    result = pushed([words])
    part = replace(result.target_contributions, mlp=np.array([rest]), explained_logit=words + rest)
    result = replace(result, target_contributions=part)
    for measure in ("logits", "share"):
        assert findings.next_word(result, View(measure=measure)).plain.startswith(says)


@pytest.mark.parametrize(
    ("words", "mlp", "head", "says"),
    [
        (
            -0.3,
            4.0,
            1.0,
            "toward cold (−0.30). The model prefers hot all the same (+4.70 logits), because of its MLPs "
            "(+4.00).",
        ),
        (
            0.0,
            -3.0,
            -2.0,
            "The model prefers cold all the same (−5.00 logits), because of its MLPs (−3.00) and its output "
            "bias (−2.00).",
        ),
        (0.3, 4.0, 0.0, "no word visibly pushes toward cold."),
        (0.3, -0.1, 0.0, "no word visibly pushes toward cold."),
    ],
)
def test_what_carries_a_word_that_no_word_pushes_toward(words, mlp, head, says):
    result, whole = pushed([words]), words + mlp + head
    part = replace(result.target_contributions, mlp=np.array([mlp]), head_bias=head, explained_logit=whole)
    assert findings.next_word(replace(result, target_contributions=part)).plain.endswith(says)


def test_where_no_sum_is_known_only_the_preference_is_said():
    result = scored_next_word()
    values = -np.abs(result.scores.values)
    scores = replace(result.scores, values=values, explained=np.array([2.0, 1.0, -1.0]))
    text = findings.next_word(replace(result, scores=scores)).plain
    assert text.endswith("The model prefers hot all the same (+2.00 logits).")


@pytest.mark.parametrize(
    ("instead", "says"),
    [
        (2.0, "At least half of what “w0” gets is for being first, whatever it says: in its place, an "
         "embedding that says nothing gets +2.00 logits."),
        (1.1, ""),
        (-2.0, ""),
        (np.nan, ""),
    ],
)  # fmt: skip
def test_credit_for_being_first_is_told_from_credit_for_what_a_word_says(instead, says):
    result = pushed([2.4, 0.3, -0.2])
    values = np.full((3, 3), np.nan)
    values[0] = instead, 0.3, -0.2  # the small ones too, but that is not worth a sentence
    stand_in = Explanation("alti_logit", ("contrast", "target", "foil"), ("w0", "w1", "w2"), values, "logits")
    text = findings.next_word(replace(result, stand_ins=(stand_in,))).plain
    assert text.endswith(says or "toward cold (−0.20).")
    assert "half" not in findings.next_word(replace(result, stand_ins=(stand_in,)), View("logit")).plain


@pytest.mark.parametrize(
    ("verdict", "says"),
    [
        ("well", "Holds well here: whether the words that are most important by held still go first or last"),
        ("hardly", "Holds hardly better than chance here: "),
        ("too few words", "Too few words to tell whether it holds: with 6 words the best order comes up"),
        ("nothing moves", "Nothing moves here: taking words away hardly changes the difference,"),
    ],
)
def test_does_it_hold(verdict, says):
    result = replace(measured(), verdict=verdict)
    assert findings.holds(result).plain.startswith(says)
    assert findings.holds_in_short(result).plain.startswith(says.split(":")[0])
    assert findings.which_holds([result, measured("gim", gap=1.0)]).plain


def test_the_method_that_holds_best_is_named():
    results = [measured("frozen", gap=2.0), measured("gim", gap=3.0), measured("erasure", gap=9.0)]
    assert findings.which_holds(results).plain.startswith(
        "Of all rankings that of GIM holds best here (gap +3.00 logits;"
    )


@pytest.mark.parametrize(
    ("top", "says"),
    [
        (
            ["·a", "·b", "·hot", "·hot"],
            "The model's own likeliest word, “·hot”, is what it would say from layer 2 on",
        ),
        (["·hot"] * 4, "After every layer the model would say “·hot”."),
        (["·a", "·a", "·a", "·hot"], "Only its last layer brings the model to “·hot”; before it,"),
    ],
)
def test_the_logit_lens(top, says):
    text = findings.lens(replace(lens(), top=tuple(top))).plain
    assert text.startswith(says)
    assert "the MLP of layer 2 (+2.00 logits)" in text


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


def test_how_a_word_of_a_translation_holds():
    text = findings.holds(measured_word()).plain
    assert "moves the log-probability of verano (mean of 2 tokens) by +2.50 nats on average" in text
    short = findings.holds_in_short(measured_word(target="<b>x</b>"))
    assert "the log-probability of <b>x</b>" in short.plain
    assert "<b>" not in short.html


def test_how_the_answers_of_models_hold():
    text = findings.holds_by_model(measured_answers()).plain
    assert text.startswith("Holds well in Model 5 (100K) (+5.00 logits; random orders: up to +2.00).")
    assert text.index("Model 5") < text.index("Model 6") < text.index("Model 7")
    few = findings.holds_by_model(measured_answers(verdict="too few words")).plain
    assert "Too few words to tell whether it holds in Model 6" in few


def test_how_much_the_words_carry_in_each_model():
    base = comparison()
    base = replace(base, request=replace(base.request, method="frozen"))
    size = len(base.text)
    signed = np.arange(size, dtype=np.float64)
    special = [t for w in base.text.words if w.special for t in w.tokens]
    words = float(signed.sum() - signed[special].sum())
    explained = float(signed.sum()) + 2.0
    result = replace(
        base,
        signed=signed,
        token_signed=signed[None],
        token_magnitude=np.abs(signed)[None],
        token_values=np.array([explained]),
        attributed=explained,
        parts={"norm biases": np.array([2.0])},
        left_out=np.zeros(0),
        token_left_out=np.zeros((0, 0)),
    )
    text = findings.model_sizes([result], WordView("signed", "raw")).plain
    assert f"The words carry {number(words, 2, sign=True)} of {number(explained, 2, sign=True)} in" in text
    assert "The words carry" not in findings.model_sizes([result], WordView("magnitude", "raw")).plain
    assert "The words carry" not in findings.model_sizes([replace(result, parts={})]).plain
