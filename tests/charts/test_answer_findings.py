"""Nothing is said of an answer that is not so: every sentence, over hostile numbers."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attribution import language
from attribution.charts import answer, answer_check, findings_answer, findings_check
from attribution.charts.answer_view import AnswerView
from attribution.charts.findings import TINY
from attribution.charts.target_word import times_words
from attribution.charts.wording import number, ordinal, percent
from attribution.service.writing import settings_in_words
from attribution.types import Generation, Segment
from tests.charts.sample_answers import answered, checked, evil_answer
from tests.charts.test_findings_are_true import MANY, NUMBERS
from tests.charts.test_languages import LANGUAGES, check, english

CHANCES = st.sampled_from([1e-300, 1e-9, 0.0001, 0.0499, 0.2, 0.2, 0.25, 0.9, 0.995, 1.0])


def row_of(values, **options):
    """An answer of one token after words w0, w1, ... with exactly these numbers."""
    words = [f"·w{k}" for k in range(len(values))]
    parts = options.pop("parts", ())
    return answered(words, ["·it"], values=[[*values, 0.0]], parts=parts, ending="given", **options)


def named(said):
    """word -> (side, amount said, or None for one of several that tie)."""
    found = {}
    for clause in re.split(r"; |\. ", said):
        side = re.search(r"push(?:es)? most (toward|away from)|(lowers|raises)", clause)
        if side:
            for name, amount in re.findall(
                r"“(w\d|part \d)[^”]*” \((?:no\. \d+, )?(\S+?)(?: \w+)?\)", clause
            ):
                found[name] = (side[1] or side[2], amount)
    return found


@MANY
@given(st.lists(NUMBERS, min_size=1, max_size=7))
def test_words_are_named_on_their_side_with_their_amounts(values):
    said = findings_answer.word(row_of(values), AnswerView(0)).plain
    for name, (side, amount) in named(said).items():
        value = values[int(name[1:])]
        assert abs(value) >= TINY
        assert side == ("toward" if value > 0 else "away from")
        assert amount == number(value, 2, sign=True)
    for sign, side in ((1, "toward"), (-1, "away from")):
        largest = max(v * sign for v in values)
        on_it = [name for name, (where, _) in named(said).items() if where == side]
        if largest < TINY:
            assert not on_it
            assert "No word makes a difference" in said or f"o word visibly pushes {side}" in said
        elif on_it:
            last = min(values[int(n[1:])] * sign for n in on_it)
            others = [v * sign for k, v in enumerate(values) if f"w{k}" not in on_it]
            assert all(v <= last for v in others), "nobody larger is left out"
            assert all(number(v, 2) != number(last, 2) or v < TINY for v in others), "ties go together"
        else:
            assert re.search(r"\d+ words \(", said)


@MANY
@given(st.lists(NUMBERS, min_size=1, max_size=5), st.lists(NUMBERS, min_size=1, max_size=5))
def test_the_sums_said_are_those_of_prompt_answer_and_the_rest(values, rest):
    result = row_of(values, parts=("mlp",))
    result = replace(result, parts={"mlp": np.array([rest[0]])}, explained=np.array([sum(values) + rest[0]]))
    said = findings_answer.word(result, AnswerView(0)).plain
    assert f"The prompt gets {number(float(np.sum(values)), 2, sign=True)}," in said
    assert f"(MLPs) {number(rest[0], 2, sign=True)}: together " in said
    whole = number(float(np.sum(values)) + rest[0], 2, sign=True)
    assert said.endswith(f"together {whole}, the logit of “it”.")


@MANY
@given(st.lists(NUMBERS, min_size=1, max_size=5), st.sampled_from([0.0, 1e-9, 0.02, 0.5, 3.0]))
def test_what_is_smaller_than_what_the_sum_misses_is_not_said(values, gap):
    result = row_of(values)
    result = replace(result, explained=result.explained + gap)
    missed = abs(float(np.sum(values)) - float(result.explained[0]))
    said = findings_answer.word(result, AnswerView(0)).plain
    for name in named(said):
        assert abs(values[int(name[1:])]) >= missed
    if gap > max(map(abs, values)) > TINY and missed > max(map(abs, values)):
        assert "No word stands out" in said


def test_what_integrated_gradients_miss_counts_as_noise():
    result = row_of([0.4, -0.1], method="integrated_gradients", attributed="log_probability")
    result = replace(result, convergence=np.array([-0.2]))
    said = findings_answer.word(result, AnswerView(0)).plain
    assert said.startswith("By integrated gradients, “w0” (+0.40 nats) pushes most toward “it”; no word")
    nothing = findings_answer.word(replace(result, convergence=np.array([0.9])), AnswerView(0)).plain
    assert "No word stands out" in nothing
    assert not named(nothing)


@MANY
@given(st.lists(NUMBERS, min_size=1, max_size=4))
def test_leaving_out_is_said_of_segments_by_what_it_changes(values):
    n = len(values)
    segments = [Segment("document", f"part {k}", f"text {k}", (k,)) for k in range(n)]
    words = [f"·w{k}" for k in range(n)]
    result = answered(
        words, ["·it"], values=[[*values, 0.0]], segments=segments, parts=(), method="erasure", ending="given"
    )
    for said in (
        findings_answer.word(result, AnswerView(0)).plain,
        findings_answer.segments(result, AnswerView()).plain,
    ):
        for name, (side, amount) in named(said).items():
            value = values[int(name[-1])]
            assert side == ("lowers" if value > 0 else "raises")
            assert amount == number(abs(value), 2)
        if max(map(abs, values)) < TINY:
            assert "No part of the prompt makes a difference" in said


def test_a_certain_word_is_not_explained_by_noise():
    result = row_of([1e-4, -2e-4], attributed="log_probability", chances=[0.9999])
    said = findings_answer.word(result, AnswerView(0)).plain
    assert "No word makes a difference to the log-probability of “it” that shows" in said
    assert "all but certain of “it” (100.0 %)" in said
    assert "certain" not in findings_answer.word(row_of([1e-4]), AnswerView(0)).plain


def test_a_contrast_has_two_sides_and_none_where_both_have_the_same_token():
    result = row_of([1.0, -0.5], foils=("·other",))
    said = findings_answer.word(result, AnswerView(0)).plain
    assert "“w0” (+1.00 logits) pushes most toward “it”; “w1” (−0.50) pushes most toward “other”." in said
    same = findings_answer.word(row_of([0.0, 0.0], foils=("·it",)), AnswerView(0)).plain
    assert same == "“it” is the token of both answers at this step: there is nothing to compare."


def test_words_that_are_the_same_are_told_apart_by_where_they_stand():
    values = np.zeros((5, 21))
    values[4, [11, 17, 18]] = 3.0, 1.0, 1.0  # Monday of the document, Mon and day of the answer
    said = findings_answer.word(answered(values=values, parts=()), AnswerView(4)).plain
    assert said.startswith(
        "“Monday” (Document, +3.00 logits) and “Monday” (answer so far, +2.00) push most toward “(end)”"
    )


@MANY
@given(st.data())
def test_the_largest_cell_is_the_largest(data):
    values = np.array(data.draw(st.lists(NUMBERS, min_size=6, max_size=6))).reshape(2, 3)
    rows = np.concatenate([values, np.zeros((2, 2))], 1)
    result = answered(["·w0", "·w1", "·w2"], ["·a", "·b"], values=rows, parts=(), ending="given")
    said = findings_answer.whole(result, AnswerView()).plain
    found = re.search(r"is that of “w(\d)” for “(\w)” \((\S+) logits\)", said)
    largest = np.abs(values).max()
    assert (found is None) == (largest < TINY)
    if found:
        value = values["ab".index(found[2]), int(found[1])]
        assert number(abs(value), 2) == number(largest, 2)
        assert found[3] == number(value, 2, sign=True)


@MANY
@given(st.data())
def test_what_was_expected_is_said_with_ranks_and_chances(data):
    chances = data.draw(st.lists(CHANCES, min_size=5, max_size=5))
    result = answered(chances=chances)
    for step, chance in enumerate(chances):
        said = findings_answer.instead(result, AnswerView(step)).plain
        rank = int(result.step_scores["rank"][step])
        assert percent(chance) in said
        assert ("is what the model expected most" in said) == (rank == 1)
        assert (f"comes {ordinal(rank)}" in said) == (rank > 1)
        assert "other0" in said


# ------------------------------------------------------------------------------- segments left out


def parts_of(n):
    segments = [Segment("document", f"part {k}", f"text {k}", (k,)) for k in range(n)]
    return answered([f"·w{k}" for k in range(n)], ["·it"], segments=segments, ending="given")


@MANY
@given(st.data(), st.integers(1, 6))
def test_what_is_lost_and_credited_is_said_of_the_right_parts(data, n):
    lost = data.draw(st.lists(NUMBERS, min_size=n, max_size=n))
    credited = data.draw(st.lists(NUMBERS, min_size=n, max_size=n))
    lds = data.draw(st.sampled_from([-0.5, 0.4999, 0.5, 0.503, 0.9, float("nan")]))
    found = checked(parts_of(n), lost, credited, lds=lds)
    said = findings_check.check((found,)).plain
    least = findings_check.smallest(found)
    most = max(lost)
    first = re.search(
        r"^Without “part (\d)[^”]*” the answer is (.+?) times less likely .*?loses (\S+) nats", said
    )
    if most < least:
        assert said.startswith("No part of the prompt decides alone")
        assert not first
    elif first:
        assert lost[int(first[1])] == most
        assert (first[2], first[3]) == (times_words(most), number(most, 2))
        assert sum(number(v, 2) == number(most, 2) for v in lost) == 1
    else:
        assert said.startswith("Without any one of ")
    more = re.search(r"Without “part (\d)[^”]*” it is", said)
    if more:
        assert lost[int(more[1])] == min(lost) <= -least
    if "credits the same part with most" in said:
        assert int(np.argmax(credited)) == int(first[1])
    instead = re.search(r"credits “part (\d)[^”]*” with most instead .*?; without that, (.*?)\.(?: |$)", said)
    if instead:
        k = int(instead[1])
        assert credited[k] == max(credited)
        assert lost[k] < most
        if abs(lost[k]) < least:
            assert instead[2] == "nothing visible changes"
        else:
            assert ("loses" in instead[2]) == (lost[k] > 0)
    if n < 4:
        assert "an order of them says little" in said
        assert "It holds" not in said
    else:
        assert ("It holds here" in said) == (lds > 0.5 and number(lds, 2) != "0.50")
        assert ("It holds no better than chance" in said) == (lds == lds and "It holds here" not in said)


def test_low_precision_is_no_effect():
    found = checked(parts_of(4), [0.3, 0.1, 0.0, -0.3])
    assert "loses 0.30 nats" in findings_check.check((found,)).plain
    rough = replace(found, model=replace(found.model, dtype="bfloat16"))
    assert findings_check.check((rough,)).plain.startswith("No part of the prompt decides alone")


@pytest.mark.parametrize("result", [answered(), evil_answer(), answered(method="erasure", parts=())])
def test_findings_are_sentences_and_safe(result):
    for find in (findings_answer.word, findings_answer.segments, findings_answer.instead):
        for step in result.steps:
            finding = find(result, AnswerView(step))
            assert finding.plain.endswith(".")
            assert "nan" not in finding.plain
            assert "<img" not in finding.html
    assert findings_answer.whole(result, AnswerView()).plain.endswith(".")


# ------------------------------------------------------------------------------------ other languages

SAID = {
    "plain": answered(),
    "contrast": answered(foils=["·then"] * 5),
    "erasure": answered(method="erasure", parts=()),
    "probability": answered(method="integrated_gradients", attributed="probability"),
    "nothing": row_of([1e-4], attributed="log_probability", chances=[0.9999]),
    "noise": replace(row_of([0.4]), explained=np.array([2.0])),
    "same": row_of([0.0, 0.0], foils=("·it",)),
    "alike": row_of([0.3] * 6),
    "evil": evil_answer(),
}
CHECKED = [
    checked(),
    checked(lost=[0.001, 0.0, 0.0]),
    checked(parts_of(1), [1.0]),
    checked(parts_of(6), [2.0] * 5 + [-1.0], [0.0] * 6),
    checked(parts_of(5), [2.0, 1.0, 0.0, 0.0, -1.0], [0.0, 1.0, 0.3, 0.0, 0.0], lds=0.2),
    checked(parts_of(4), [2.0, 1.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0], lds=float("nan")),
]


def sentences_of(result):
    """All that is said of an answer and beside its figures."""
    views = [AnswerView(step) for step in result.steps]
    finds = (findings_answer.word, findings_answer.segments, findings_answer.instead)
    said = [find(result, view).plain for find in finds for view in views]
    said += [find(result, AnswerView()).plain for find in (findings_answer.segments, findings_answer.whole)]
    figures = [draw(result, views[0]) for draw in (answer.word_bars, answer.expected_instead)]
    figures += [draw(result) for draw in (answer.answer_map, answer.segment_bars)]
    return [*said, *(text for figure in figures for text in (figure.title, figure.caption))]


def all_said():
    settings = settings_in_words(Generation("sampling", temperature=0.7, seed=3))
    results = [replace(result, settings=settings if result.settings else "") for result in SAID.values()]
    said = [text for result in results for text in sentences_of(result)]
    said += [findings_check.check((found,)).plain for found in CHECKED]
    return [*said, *(answer_check.segment_check_bars((found,)).caption for found in CHECKED)]


@pytest.mark.parametrize("code", LANGUAGES)
def test_all_of_an_answer_is_said_in_the_other_language(code):
    unwanted, ours = english(code), all_said()
    assert any(run in text for run in unwanted for text in ours)
    with language.reading(code):
        theirs = all_said()
    for one, other in zip(ours, theirs, strict=True):
        check(one, other, unwanted)


def test_what_led_to_a_word_in_spanish_and_dutch():
    values = np.zeros((5, 21))
    values[4, [11, 17, 18, 3]] = 3.0, 1.0, 1.0, -0.5
    result = answered(values=values, parts=())
    with language.reading("es"):
        assert findings_answer.word(result, AnswerView(4)).plain == (
            "Lo que más empuja hacia “(fin)” son “Monday” (Documento, +3,00 logits) y “Monday” (respuesta "
            "hasta aquí, +2,00); lo que más empuja en contra es “.” (Sistema, −0,50). El prompt recibe "
            "+2,50, la plantilla 0,00, la respuesta hasta aquí +2,00: en total +4,50, el logit de “(fin)”."
        )
        assert findings_check.check((checked(),)).plain.startswith(
            "Sin “Sistema: You ·help .”, la respuesta es 20 veces menos probable"
        )
    with language.reading("nl"):
        assert findings_answer.word(result, AnswerView(4)).plain == (
            "“Monday” (Document, +3,00 logits) en “Monday” (antwoord tot nu toe, +2,00) duwen het meest "
            "richting “(einde)”; “.” (Systeem, −0,50) duwt er het meest van weg. De prompt krijgt +2,50, het "
            "sjabloon 0,00, het antwoord tot nu toe +2,00: samen +4,50, de logit van “(einde)”."
        )
        assert findings_check.check((checked(),)).plain.startswith(
            "Zonder “Systeem: You ·help .” is het antwoord 20 keer minder waarschijnlijk"
        )
