"""The figures of an answer, light and dark, on ordinary, tiny, long and hostile results."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import altair as alt
import numpy as np
import pytest

from attribution.charts import answer as charts
from attribution.charts.answer_check import segment_check_bars
from attribution.charts.answer_view import AnswerView
from attribution.charts.palette import palette
from attribution.charts.recipes import Recipe
from attribution.charts.views import NoView
from attribution.export.figure import to_png, to_svg
from attribution.export.tables import to_csv
from attribution.types import AttributionError, Segment
from tests.charts.sample_answers import answered, checked, evil_answer, long_answer
from tests.charts.sample_results import info
from tests.charts.test_figures import datasets, values_in

KINDS = ("answer-word", "answer-map", "answer-segments", "answer-candidates")
ONE = answered(["·Hello"], ["·you"], ending="given")
ALTI = answered(method="alti_logit", steps=(2,), ending="given")
CONTRAST = answered(foils=("The", "·Tues", "day", ".", "!"))
ERASED = answered(method="erasure", parts=(), attributed="log_probability")
RESULTS = {
    "chat": answered(),
    "one": ONE,
    "alti": ALTI,
    "contrast": CONTRAST,
    "erasure": ERASED,
    "probability": answered(method="input_x_gradient", attributed="probability", parts=()),
    "integrated": replace(
        answered(method="integrated_gradients", parts=(), attributed="log_probability"),
        convergence=np.full(5, 0.01),
    ),
    "evil": evil_answer(),
    "zero": answered(values=np.zeros((5, 21)), parts=()),
}


def step_of(result):
    return AnswerView(step=result.steps[-1])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("name", "theme"), [*((name, "light") for name in RESULTS), ("chat", "dark")])
def test_every_figure_of_an_answer_explains_itself(name, kind, theme):
    result = RESULTS[name]
    figure = Recipe(kind, (result,), step_of(result)).figure(theme)
    made = figure.spec
    assert figure.title
    assert figure.alt
    assert len(figure.table)
    assert "English demo (gpt2, 7.12M parameters, revision 3f1c2d9e8a77, float32)" in figure.caption
    assert " ".join(made["title"]["text"]) == " ".join(figure.title.split())
    assert made["background"] == palette(theme).background
    json.dumps(made, allow_nan=False)
    alt.Chart.from_dict(made)  # raises where it is not as Vega-Lite's schema asks
    svg = to_svg(figure)
    text = "".join(ET.fromstring(svg).itertext())
    assert "NaN" not in svg
    assert "undefined" not in text
    assert not set("".join(values_in(made))) & set("◂▸◃▹⏎⚠")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_measurement_is_drawn_alone_and_with_its_result(theme):
    result = answered(attributed="log_probability")
    for results in ((checked(result),), (checked(result), result), (result, checked(result))):
        figure = Recipe("answer-segments-check", results, NoView()).figure(theme)
        alt.Chart.from_dict(figure.spec)
        assert list(figure.table["log-probability lost, nats"]) == list(checked(result).left_out)
        assert "seed 0" in figure.caption
        assert "0.70" in figure.caption
    scales = {tuple(x) for x in domains(segment_check_bars((checked(result),)).spec)}
    assert len(scales) == 1, "both are in nats: one scale"
    assert len({tuple(x) for x in domains(segment_check_bars((checked(),)).spec)}) == 2


def domains(node):
    """The scales of all x channels of values."""
    if isinstance(node, dict):
        x = node.get("x")
        if isinstance(x, dict) and x.get("field") == "value" and "scale" in x:
            yield x["scale"]["domain"]
        for value in node.values():
            yield from domains(value)
    elif isinstance(node, list):
        for value in node:
            yield from domains(value)


def test_a_measurement_is_not_drawn_beside_another_answer():
    result = answered()
    other = replace(result, request=replace(result.request, prompt="Why?"))
    with pytest.raises(AttributionError, match="different texts"):
        segment_check_bars((checked(result), other))
    with pytest.raises(AttributionError, match="no measurement"):
        segment_check_bars((result,))
    with pytest.raises(AttributionError, match="no measurement"):
        segment_check_bars((checked(result), checked(result)))


# ------------------------------------------------------------------------------------------ the numbers


@pytest.mark.parametrize("name", ["chat", "one", "alti", "contrast"])
@pytest.mark.parametrize("columns", ["words", "segments"])
def test_columns_and_parts_sum_to_what_is_explained(name, columns):
    result = RESULTS[name]
    for opened in (-1, 0):
        found = AnswerView(columns=columns, opened=opened).explanation(result)
        assert np.nansum(found.values, 1) + found.remainder == pytest.approx(found.explained)
    for step in result.steps:
        view = AnswerView(step, columns)
        row = view.explanation(result)
        assert row.values.sum() + row.remainder[0] == pytest.approx(row.explained[0])
        table = charts.word_bars(result, view).table
        assert table[result.unit].sum() == pytest.approx(row.explained[0])
    whole = AnswerView().segments(result)
    assert np.nansum(whole.values) + whole.remainder[0] == pytest.approx(result.explained.sum())


def test_sub_words_are_one_word_and_the_template_is_one_bar():
    result = answered(joined=(7,))
    table = charts.word_bars(result, AnswerView(step=4)).table
    words = list(table["word"])
    assert "museum" in words
    assert words.count("(template)") == 1
    template = next(s for s in result.segments if s.kind == "template")
    value = table.loc[table["word"] == "(template)", "logits"].item()
    assert value == pytest.approx(result.values[4, list(template.columns)].sum())
    assert "<|im_start|>" not in words
    assert words[words.index("On") + 1] == "Monday"


def test_of_a_word_half_written_only_that_half_is_shown():
    words = list(charts.word_bars(answered(), AnswerView(step=2)).table["word"])
    assert "Mon…" in words
    assert "Monday" not in words[words.index("On") :]


def test_a_method_that_leaves_out_segments_is_shown_by_segments():
    result = RESULTS["erasure"]
    found = AnswerView(step=3).explanation(result)
    assert [c.split(":")[0] for c in found.columns] == ["System", "Document", "User"]
    assert np.isfinite(found.values).all()
    assert charts.answer_map(result).table.notna().all().all()
    assert "whole segments" in charts.answer_map(result).caption


def test_long_answers_are_folded_and_nothing_is_lost():
    result = long_answer()
    assert charts.starts_folded(result)
    assert not charts.starts_folded(answered())
    folded = charts.answer_map(result, AnswerView(columns="segments"))
    cells = [r for d in datasets(folded) for r in d if "column_label" in r]
    assert len({r["column"] for r in cells}) == 11
    opened = AnswerView(columns="segments", opened=3)
    assert len(opened.credited(result)) == 10 + 50
    assert len(json.dumps(charts.answer_map(result, AnswerView()).spec)) < 4e6
    bars = charts.word_bars(result, AnswerView(step=127))
    shown = [r for d in datasets(bars) for r in d if "label" in r]
    assert len(shown) == charts.MOST_BARS + 1, "with what no word is credited with"
    rest = next(r for r in shown if r["label"].startswith("(the other "))
    assert rest["label"] == f"(the other {500 + 127 - charts.MOST_BARS + 1} words)"
    assert sum(r["value"] for r in shown) == pytest.approx(result.explained[127])
    assert len(bars.table) == 500 + 127 + 1, "the table has every word"


def test_later_words_are_blank():
    result = answered()
    figure, last = charts.answer_map(result), len(AnswerView().credited(result)) - 1
    cells = {(r["row"], r["column"]) for d in datasets(figure) for r in d if "column_label" in r}
    assert AnswerView().explanation(result).columns[last - 2 :] == ("On", "Monday", ".")
    assert {r for r in range(5) if (r, last - 2) in cells} == {1, 2, 3, 4}
    assert {r for r in range(5) if (r, last - 1) in cells} == {2, 3, 4}
    assert {r for r in range(5) if (r, last) in cells} == {4}


def test_a_click_names_the_word_and_its_segment():
    result = long_answer()
    view = AnswerView(columns="segments")
    found = charts.clicked(result, view, 7, 3)
    assert (found.step, found.opened) == (7, 3)
    figure = charts.answer_map(result, view)
    assert figure.spec["params"][0]["name"] == "cell"
    assert figure.spec["params"][0]["select"]["fields"] == ["row", "column"]
    assert '"name": "cells"' in json.dumps(figure.spec)
    for row, column in ((-1, 0), (0, 999), (999, 0)):
        assert charts.clicked(result, view, row, column) == view


def test_a_word_that_is_not_explained_is_refused_in_a_sentence():
    for kind in ("answer-word", "answer-segments"):
        with pytest.raises(AttributionError, match="not explained"):
            Recipe(kind, (ALTI,), AnswerView(step=0)).figure()


def test_the_answers_own_token_is_blue_and_the_contrast_orange():
    colours = palette("light").solid
    figure = charts.expected_instead(answered(), AnswerView(step=0))
    rows = {r["id"]: r["colour"] for d in datasets(figure) for r in d if "id" in r}
    assert rows.pop(10) == colours["target"]
    assert set(rows.values()) == {colours["other"]}
    contrast = answered(foils=("·other2",) * 5)
    figure = charts.expected_instead(contrast, AnswerView(step=1))
    rows = {r["id"]: r["colour"] for d in datasets(figure) for r in d if "id" in r}
    assert (rows[11], rows[502]) == (colours["target"], colours["foil"])


def test_captions_say_how_the_answer_was_written():
    for kind in ("answer-word", "answer-map", "answer-segments"):
        caption = Recipe(kind, (answered(),), AnswerView(step=1)).figure().caption
        assert "sampling, temperature 0.7, seed 3" in caption
        assert "Held still" in caption
        assert "System: “You help.”" in caption
        assert "unit: logits" in caption


# ------------------------------------------------------------------------------------- hostile words


def test_hostile_words_are_only_ever_text():
    result = evil_answer()
    for kind in KINDS:
        figure = Recipe(kind, (result,), AnswerView(step=2)).figure()
        tree = ET.fromstring(to_svg(figure))
        assert not [e for e in tree.iter() if e.tag.endswith(("script", "img", "foreignObject", "image"))]
        text = "".join(tree.itertext())
        assert "\u202e" not in text
        assert "\x00" not in text
        html = Recipe(kind, (result,), AnswerView(step=2)).finding().coloured("dark")
        assert "<img" not in html
        assert "</script>" not in html
    csv = to_csv(charts.word_bars(result, AnswerView(step=2)))
    assert ",=cmd" not in csv
    assert ",@SUM" not in csv


def test_a_figure_of_an_answer_becomes_a_picture():
    assert to_png(charts.answer_map(answered()), 72).startswith(b"\x89PNG")


def test_what_was_added_to_a_plain_text_is_not_called_a_template():
    segments = [Segment("user", "User", "Hi", (1,)), Segment("template", "Template", "", (0,))]
    result = answered(["<|start|>", "·Hi"], ["·you"], segments=segments, ending="given")
    assert "(added to the text)" in AnswerView().explanation(result).columns
    assert replace(result, model=info("Other")).model.name == "Other"
