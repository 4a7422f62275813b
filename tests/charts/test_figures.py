"""Every figure, light and dark, on ordinary, tiny, long and hostile results."""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import fields, replace

import altair as alt
import numpy as np
import pytest
import vl_convert

from attribution.charts import faithfulness as holds
from attribution.charts import lens as lenses
from attribution.charts import many as sets
from attribution.charts import model_sizes
from attribution.charts import next_word as charts
from attribution.charts import translation as mt
from attribution.charts.answer import answer_map
from attribution.charts.answer_view import AnswerView
from attribution.charts.figure import VEGA_NAMES, Figure, label_expression, wrap
from attribution.charts.palette import palette
from attribution.charts.views import ManyView, SaliencyView, View, WordView
from attribution.charts.wording import clean, number, quoted
from attribution.export.figure import to_svg
from attribution.methods import catalogue
from attribution.types import SPECIAL, AttributionError, TokenizedText
from tests.charts.sample_answers import answered
from tests.charts.sample_results import (
    EVIL,
    comparison,
    evil_next_word,
    expected,
    family,
    lens,
    long_next_word,
    many,
    measured,
    measured_answers,
    measured_word,
    next_word,
    scored_next_word,
    text_of,
    translation,
)

ONE = next_word(["·Hello"], layers=2)
BUILDERS = {
    "bars": lambda theme: charts.contribution_bars(next_word(), theme=theme),
    "bars_tokens_share": lambda theme: charts.contribution_bars(
        next_word(), View("logit", "contrast", "tokens", "share"), theme=theme
    ),
    "bars_one_token": lambda theme: charts.contribution_bars(ONE, theme=theme),
    "bars_no_foil": lambda theme: charts.contribution_bars(next_word(foil=False), theme=theme),
    "adds_up": lambda theme: charts.adds_up(next_word(), theme=theme),
    "adds_up_long": lambda theme: charts.adds_up(long_next_word(40, 3), View(of="foil"), theme=theme),
    "layers": lambda theme: charts.layer_heatmap(next_word(), theme=theme),
    "mixing": lambda theme: charts.mixing_matrix(next_word(), 3, rolled_out=False, theme=theme),
    "mixing_one_token": lambda theme: charts.mixing_matrix(ONE, theme=theme),
    "candidates": lambda theme: charts.candidate_bars(next_word(), theme=theme),
    "saliency": lambda theme: mt.saliency(translation(), theme=theme),
    "saliency_signed": lambda theme: mt.saliency(
        translation(), SaliencyView("signed", "raw", False, score="entropy"), theme=theme
    ),
    "side_by_side": lambda theme: mt.side_by_side(translation(free=True), translation(seed=2), theme=theme),
    "words_by_model": lambda theme: model_sizes.words_by_model(family(), theme=theme),
    "small_multiples": lambda theme: model_sizes.small_multiples(family(), theme=theme),
    "does_it_hold": lambda theme: holds.removal_curves(measured(), theme=theme),
    "does_it_hold_one_word": lambda theme: holds.removal_curves(
        measured(words=("Hello",), gap=float("nan"), verdict="too few words"), theme=theme
    ),
    "which_method": lambda theme: holds.which_method(
        [measured(), measured("gim", carried=float("nan"), lds=float("nan")), measured("erasure", gap=-1.0)],
        theme=theme,
    ),
    "method_by_method": lambda theme: holds.method_by_method([measured(), measured("gim", 1.0)], theme=theme),
    "does_it_hold_word": lambda theme: holds.removal_curves(measured_word(), theme=theme),
    "does_it_hold_models": lambda theme: holds.model_by_model(measured_answers(), theme=theme),
    "expected": lambda theme: charts.expected_bars(expected(), theme=theme),
    "expected_foil": lambda theme: charts.expected_bars(expected(foil=True), theme=theme),
    "layer_by_layer": lambda theme: lenses.layer_by_layer(lens(), theme=theme),
    "layer_by_layer_no_foil": lambda theme: lenses.layer_by_layer(lens(foil=False), theme=theme),
    "heads": lambda theme: lenses.heads(lens(), theme=theme),
    "confidence": lambda theme: model_sizes.confidence(family(), theme=theme),
    "confidence_one": lambda theme: model_sizes.confidence([comparison(q=0)], theme=theme),
    "agreement": lambda theme: model_sizes.agreement(family(), theme=theme),
    "many": lambda theme: sets.by_method(many(), ManyView("found"), theme=theme),
    "many_models": lambda theme: sets.by_method(many(), ManyView("right", "b"), theme=theme),
    "many_groups": lambda theme: sets.by_group(many(), ManyView("carried"), theme=theme),
    "many_size": lambda theme: sets.by_size(many(models=4), ManyView("aer"), theme=theme),
    "many_one_size": lambda theme: sets.by_size(many(models=1), ManyView("found"), theme=theme),
    "many_spread": lambda theme: sets.distribution(many(), ManyView("found"), theme=theme),
}


def values_in(node):
    """Every string anywhere in a specification."""
    if isinstance(node, dict):
        for value in node.values():
            yield from values_in(value)
    elif isinstance(node, list):
        for value in node:
            yield from values_in(value)
    elif isinstance(node, str):
        yield node


DARK = [(name, "dark") for name in ("bars", "adds_up", "saliency", "confidence", "does_it_hold")]


@pytest.mark.parametrize(("name", "theme"), [(name, "light") for name in BUILDERS] + DARK)
def test_every_figure_explains_itself(name, theme):
    figure = BUILDERS[name](theme)
    assert isinstance(figure, Figure)
    assert figure.title
    assert figure.caption
    assert figure.alt
    assert len(figure.table)
    assert figure.width > 0
    assert figure.name == figure.name.lower()
    assert " " not in figure.name
    made = figure.spec
    assert " ".join(made["title"]["text"]) == " ".join(figure.title.split())
    assert " ".join(made["title"]["subtitle"]) == " ".join(figure.caption.split())
    assert made["background"] == palette(theme).background
    assert "hconcat" in made
    assert "usermeta" not in made
    json.dumps(made, allow_nan=False)
    alt.Chart.from_dict(made)  # raises where it is not as Vega-Lite's schema asks


@pytest.mark.parametrize("name", ["bars", "adds_up", "layers", "candidates", "saliency", "confidence"])
def test_figures_become_well_formed_svg_with_their_words(name):
    svg = to_svg(BUILDERS[name]("light"))
    text = "".join(ET.fromstring(svg).itertext())
    assert "NaN" not in svg
    assert "undefined" not in text
    assert "Infinity" not in text
    if name in ("bars", "adds_up", "layers"):
        assert all(word in text for word in ("summer", "winter", "extremely"))


@pytest.mark.parametrize("name", BUILDERS)
def test_all_of_an_exported_figure_is_in_one_font(name):
    """In both fonts: Liberation Sans, which the renderer brings along, and Source Sans, the pages' own."""
    pdf = vl_convert.svg_to_pdf(to_svg(BUILDERS[name]("light")))
    used = {font.split(b"+")[-1] for font in re.findall(rb"/BaseFont ?/([\w+-]+)", pdf)}
    assert used
    assert all(font.startswith(b"LiberationSans") for font in used), used
    shown = set("".join(values_in(BUILDERS[name]("light").spec)))
    assert not shown & set("◂▸◃▹⏎∅⚠")


def test_hostile_words_are_only_ever_text():
    for figure in (charts.contribution_bars(evil_next_word()), charts.layer_heatmap(evil_next_word())):
        tree = ET.fromstring(to_svg(figure))
        assert not [e for e in tree.iter() if e.tag.endswith(("script", "img", "foreignObject", "image"))]
        text = "".join(tree.itertext())
        assert "<img src=x onerror=alert(1)>" in text.replace(" ", " ")
        assert "\u202e" not in text
        assert "\x00" not in text


def test_every_token_of_a_long_text_has_its_label():
    result = long_next_word(60, 3)
    labels = [clean(w.text) for w in result.text.words]
    texts = [e.text for e in ET.fromstring(to_svg(charts.layer_heatmap(result))).iter() if e.text]
    assert [t for t in texts if t in set(labels)] == labels


def test_repeated_words_stay_apart():
    result = next_word(["·the", "·the", "·the"], layers=2)
    figure = charts.contribution_bars(result)
    assert len(figure.table) == 4, "three words, and what no word is credited with"
    positions = {r["position"] for d in datasets(figure) for r in d if "position" in r}
    assert positions == {0, 1, 2, 3}


def called(result, names):
    """A result whose words are these."""
    texts = {f.name: getattr(result, f.name) for f in fields(result)}
    texts = {name: text for name, text in texts.items() if isinstance(text, TokenizedText)}
    for name, text in texts.items():
        words = [w if w.special else replace(w, text=names[k % len(names)]) for k, w in enumerate(text.words)]
        result = replace(result, **{name: replace(text, words=tuple(words))})
    return result


@pytest.mark.parametrize(
    ("draw", "results"),
    [
        (lambda r: charts.layer_heatmap(r[0]), [next_word()]),
        (lambda r: charts.mixing_matrix(r[0]), [next_word()]),
        (lambda r: mt.saliency(r[0]), [translation()]),
        (model_sizes.words_by_model, family()),
        (model_sizes.small_multiples, family()),
        (lambda r: answer_map(r[0], AnswerView(columns="words")), [answered()]),
    ],
    ids=["layers", "mixing", "translation", "models", "one by one", "answer"],
)
def test_a_word_that_is_called_like_a_column_has_its_place(draw, results):
    heads = list(draw(results).table.columns)
    ordinary, table = (draw(r).table for r in (results, [called(result, heads) for result in results]))
    assert len(table.columns) == len(set(table.columns)) == len(heads)
    numbers = [t.iloc[:, 2:4].astype(float).to_numpy() for t in (ordinary, table)]
    np.testing.assert_array_equal(*numbers)


def datasets(figure):
    """The inline data of a figure."""

    def walk(node):
        if isinstance(node, dict):
            if (
                isinstance(node.get("values"), list)
                and node["values"]
                and isinstance(node["values"][0], dict)
            ):
                yield node["values"]
            for value in node.values():
                yield from walk(value)
        elif isinstance(node, list):
            for value in node:
                yield from walk(value)

    made = figure.spec
    yield from made.pop("datasets", {}).values()
    yield from walk(made)


# ------------------------------------------------------------------------------------------ the numbers


@pytest.mark.parametrize("of", ["contrast", "target", "foil"])
@pytest.mark.parametrize("units", ["words", "tokens"])
@pytest.mark.parametrize("method", ["logit", "alti_logit"])
def test_everything_adds_up(method, units, of):
    result = next_word()
    view = View(method, of, units)
    shown = view.explanation(result)
    measured = result.contributions_of(of).explained_logit
    assert view.values(result).sum() + shown.remainder[0] == pytest.approx(measured, abs=1e-5)
    assert shown.explained[0] == measured
    steps = charts.waterfall_steps(shown, view)
    assert sum(s.value for s in steps) == pytest.approx(measured, abs=1e-5)
    table = charts.adds_up(result, view).table
    assert table["logits"].iloc[-2] == pytest.approx(table["logits"].iloc[-1], abs=1e-5)


def test_waterfall_of_a_long_text_still_adds_up():
    result = long_next_word(60, 3)
    steps = charts.waterfall_steps(View().explanation(result), View())
    assert len(steps) == charts.MOST_STEPS - 1 + 5
    assert sum(s.value for s in steps) == pytest.approx(result.explained_logit, abs=1e-4)


def test_share_counts_the_embedding_for_the_last_token():
    result = next_word()
    tokens = result.alti_logit.sum(0, dtype=np.float64)
    tokens[-1] += result.contributions.initial_embedding
    expected = tokens / np.abs(tokens).sum()
    assert View(units="tokens", measure="share").values(result) == pytest.approx(expected)
    words = View(measure="share").values(result)
    assert words == pytest.approx(result.text.sum_words(expected))


def test_what_no_word_is_credited_with_is_a_bar_of_its_own():
    result = next_word()
    table = charts.contribution_bars(result).table
    assert table["word"].iloc[-1] == "(no word)"
    assert table["logits"].sum() == pytest.approx(result.explained_logit, abs=1e-4)
    share = charts.contribution_bars(result, View(measure="share")).table
    assert len(share) == len(table) - 1, "shares have no remainder"


def test_sampled_values_have_their_standard_error():
    result = scored_next_word("shapley", parts=("text without its words",))
    error = np.full_like(result.scores.values, 0.25)
    result = replace(result, scores=replace(result.scores, standard_error=error))
    figure = charts.contribution_bars(result)
    assert "standard error of sampled orders, up to 0.50 logits" in figure.caption, "a word of two tokens"
    assert set(figure.table["standard error"]) == {0.0, 0.25, 0.5}


def test_methods_measured_on_different_texts_do_not_stand_side_by_side():
    with pytest.raises(AttributionError, match="different texts"):
        holds.which_method([measured(), measured(words=("One", "two", "three", "four"))])


def test_foil_alone_without_a_foil_is_refused():
    with pytest.raises(AttributionError, match="no foil"):
        charts.contribution_bars(next_word(foil=False), View(of="foil"))


def test_another_method_has_bars_and_no_layers():
    for result in (scored_next_word(), scored_next_word("saliency"), scored_next_word(foil=False)):
        figure = charts.contribution_bars(result)
        assert list(figure.table["logits"]) == pytest.approx(list(View().values(result)))
        for draw in (charts.layer_heatmap, charts.mixing_matrix):
            with pytest.raises(AttributionError, match="choose ALTI-Logit"):
                draw(result)
        with pytest.raises(AttributionError, match="do not add up"):
            charts.adds_up(result)
        with pytest.raises(AttributionError, match="explained by"):
            charts.contribution_bars(result, View("logit"))


def test_the_parts_of_another_method_are_named(monkeypatch):
    row = replace(catalogue.METHODS["erasure"], additive=True)
    monkeypatch.setitem(catalogue.METHODS, "erasure", row)
    result = scored_next_word(parts=("positions", "MLP biases"))
    figure = charts.adds_up(result)
    assert {"Positions", "MLP biases"} <= set(figure.table["part"])
    assert "; positions and MLP biases, which no word is" in charts.contribution_bars(result).caption
    assert figure.table["logits"].iloc[-2] == pytest.approx(figure.table["logits"].iloc[-1])
    assert result.values.sum() + result.remainder == pytest.approx(result.explained_logit)
    assert set(result.parts) == {"positions", "MLP biases"}


@pytest.mark.parametrize("include_start", [False, True])
@pytest.mark.parametrize("words", [False, True])
def test_a_translation_by_an_additive_method_adds_up(words, include_start):
    result = translation()
    size = len(result.target)
    total = result.source_signed.sum(1, dtype=float) + np.nansum(result.prefix_signed.astype(float), 1) + 0.25
    result = replace(result, parts={"biases": np.full(size, 0.25)}, attributed_values=total)
    shown = result.explanation("signed", "raw", words=words, include_start=include_start)
    assert np.nansum(shown.values, 1) + shown.remainder == pytest.approx(shown.explained, abs=1e-5)
    assert ("start" in shown.parts) != include_start
    assert not result.explanation("signed", "share").parts


def test_orange_is_only_ever_the_foil():
    assert View().sides(next_word()) == ("target", "foil")
    assert View().sides(next_word(foil=False)) == ("target", "against")
    assert View(of="target").sides(next_word()) == ("target", "against")
    assert View(of="foil").sides(next_word()) == ("foil", "against")


def test_mixing_leaves_out_what_cannot_be_seen():
    result = next_word()
    size = len(result.text)
    cells = max((d for d in datasets(charts.mixing_matrix(result)) if "row" in d[0]), key=len)
    assert len(cells) == size * (size + 1) // 2
    assert all(c["column"] <= c["row"] for c in cells)


def test_saliency_leaves_out_what_cannot_be_seen_and_is_on_one_scale():
    result = translation()
    figure = mt.saliency(result, SaliencyView(words=False))
    scales = {
        json.dumps(s) for s in find(figure.spec, "scale") if isinstance(s, dict) and "clamp" in s
    }  # fmt: skip
    assert len(scales) == 1
    shown = figure.table.filter(like="target before")
    assert shown.isna().to_numpy().sum() > 0
    total = figure.table.filter(regex="^(source|target before):").sum(axis=1)
    assert total.to_numpy() == pytest.approx(np.ones(len(result.target)), abs=1e-6)


def find(node, key):
    """Every value under a key."""
    if isinstance(node, dict):
        for k, v in node.items():
            if k == key:
                yield v
            yield from find(v, key)
    elif isinstance(node, list):
        for v in node:
            yield from find(v, key)


def test_weighted_rows_sum_to_their_score():
    result = translation()
    source, prefix = SaliencyView("magnitude", "weighted").values(result)
    assert source.sum(1) + np.nansum(prefix, 1) == pytest.approx(result.step_scores["probability"], abs=1e-6)
    for one in family():
        values = WordView("magnitude", "weighted").values(one)
        assert values.sum() == pytest.approx(one.score)


def test_a_method_without_sign_says_so():
    with pytest.raises(AttributionError, match="no sign"):
        mt.saliency(translation(signed=False), SaliencyView("signed"))
    with pytest.raises(AttributionError, match="no sign"):
        model_sizes.words_by_model([comparison(signed=False)])


def test_improbable_steps_are_flagged():
    result = translation()
    assert mt.improbable(result) == [len(result.target) // 3]


def test_models_with_and_without_special_tokens_line_up():
    both = [comparison("a", 10, special=True), comparison("b", 5, special=False)]
    shown = WordView().explanation(both)
    values = shown.values
    assert shown.columns[-1] == SPECIAL
    assert shown.rows[0].startswith("b")
    assert np.isnan(values[0, -1])
    assert not np.isnan(values[1]).any()
    model_sizes.words_by_model(both)
    model_sizes.small_multiples(both)


def test_different_questions_do_not_line_up():
    other = comparison()
    object.__setattr__(other, "text", text_of(["·x"] * len(other.text)))
    with pytest.raises(AttributionError, match="different questions"):
        model_sizes.words_by_model([comparison(), other])


def test_rank_agreement_is_spearmans():
    a, b = comparison(seed=1), comparison(seed=9, parameters=99_000_000)
    got, _ = model_sizes.rank_agreement([a, b])
    words = [r.text.sum_words(np.asarray(r.signed, float))[:-1] for r in (a, b)]
    ranks = [np.argsort(np.argsort(w)) for w in words]  # no ties here
    n = len(words[0])
    expected = 1 - 6 * ((ranks[0] - ranks[1]) ** 2).sum() / (n * (n**2 - 1))
    assert got[0, 1] == pytest.approx(expected)
    assert np.diag(got) == pytest.approx([1, 1])
    flat = replace(b, signed=np.zeros_like(b.signed))
    assert np.isnan(model_sizes.rank_agreement([a, flat])[0][0, 1])


# --------------------------------------------------------------------------------------- small things


def test_numbers_are_written_for_people():
    assert number(-0.001) == "0.00"
    assert number(-1.234, sign=True) == "−1.23"
    assert number(float("nan")) == "–"
    assert quoted("a\n b") == "“a b”"
    assert "…" in quoted("word " * 200)
    assert clean("a\x00\u202eb") == "a\ufffd\ufffdb"
    assert clean("") == "∅"
    assert clean("👩‍🔬") == "👩‍🔬"


def test_wrapping_keeps_every_character():
    for text in (EVIL, "x" * 500, "a b c", ""):
        assert "".join(wrap(text, 90, 12)).replace(" ", "") == text.replace(" ", "")


def test_charts_need_neither_torch_nor_streamlit():
    code = (
        "import sys, attribution.charts.findings, attribution.charts.sentence, attribution.export.records;"
        "print([m for m in ('torch', 'transformers', 'streamlit') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_is_measured_of_a_translation_is_said_with_its_unit():
    figure = holds.removal_curves(measured_word())
    assert figure.title.startswith(
        "Does it hold? log-probability of verano (mean of 2 tokens) while words are"
    )
    assert "Gap, the mean distance of the two lines: +2.50 nats" in figure.caption
    probability = holds.removal_curves(measured_word(explained="probability", gap=0.1234))
    assert "two lines: +0.123 (random" in probability.caption
    contrast = measured_word(explained="contrast_logits_diff", foil="invierno")
    assert "logit difference verano − invierno" in holds.removal_curves(contrast).title


def test_models_are_ordered_by_size_and_only_like_ones_stand_side_by_side():
    figure = holds.model_by_model(measured_answers())
    assert list(dict.fromkeys(figure.table["model"])) == ["Model 5", "Model 6", "Model 7"]
    one, two, three = measured_answers()
    with pytest.raises(AttributionError, match="side by side"):
        holds.model_by_model([one, replace(two, replace="neutral"), three])


def test_what_a_model_expects_names_the_words_before():
    assert "after “Este cálido”" in charts.expected_bars(expected()).caption
    assert set(charts.expected_bars(expected(foil=True)).table["role"]) == {"target", "foil", ""}
    first = replace(expected(), before=text_of([]))
    assert "tokens at the beginning; entropy" in charts.expected_bars(first).caption


def test_an_answer_saved_without_its_candidates_says_so():
    with pytest.raises(AttributionError, match="saved without"):
        charts.answer_bars(comparison())
    candidates = next_word().candidates
    answer = replace(comparison(), candidates=candidates, target_tokens=(candidates[1].token,))
    assert list(charts.answer_bars(answer).table["role"]).count("target") == 1


@pytest.mark.parametrize("word", [*VEGA_NAMES, "in", "for", "datum", "null"])
def test_a_word_of_programs_is_a_label_like_others(word):
    labels = ["a", word, word]
    axis = {"labelExpr": label_expression(labels), "labelOverlap": False}
    encoding = {"x": {"field": "x", "type": "ordinal", "axis": axis}}
    spec = {"data": {"values": [{"x": k} for k in range(3)]}, "mark": "point", "encoding": encoding}
    assert to_svg(Figure("name", "", "", spec, None, "", 100)).count(f">{word}<") == 2
