"""Properties that hold for any text, tried with random ones."""

import itertools
import math
from contextlib import suppress
from dataclasses import replace
from urllib.parse import parse_qs, urlencode

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from transformers import AutoTokenizer

from attribution import explain_next_word, explain_translation, load
from attribution.charts.sentence import coloured_sentence
from attribution.export.records import from_json, to_json
from attribution.export.tables import guarded
from attribution.models import tokens
from attribution.service.answer import run_answer
from attribution.service.comparison import run_comparison
from attribution.service.prompts import sentences
from attribution.types import (
    AnswerRequest,
    AttributionError,
    ComparisonRequest,
    Example,
    Generation,
    NextWordRequest,
)
from attribution.ui.message import plain

FIXTURES = "tests/fixtures/models"
TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=60)
NASTY = st.one_of(
    TEXTS,
    st.sampled_from(
        [
            "<b>",
            "$$",
            "\u202e",
            "\u200b",
            "\x00",
            "👨‍👩‍👧",
            "=1+1",
            "</s>",
            "<pad>",
            "`",
            "‿",
            "·",
            "⏎",
            "a\nb",
        ]
    ),
)
FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=150, deadline=None)


@pytest.fixture(scope="module")
def models():
    return {name: load(f"{FIXTURES}/{name}") for name in ("gpt2-tiny", "marian-tiny", "t5-tiny")}


@pytest.fixture(scope="module")
def bundled():
    return AutoTokenizer.from_pretrained("demo_models/english-lm")


@MANY
@given(TEXTS)
def test_words_cover_all_that_is_visible_once(text):
    spans = tokens.word_spans(text)
    assert all(a < b for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in itertools.pairwise(spans))
    covered = {i for a, b in spans for i in range(a, b)}
    assert covered >= {i for i, c in enumerate(text) if not c.isspace()}


@FEW
@given(NASTY)
def test_tokens_are_shared_out_among_words(bundled, text):
    tokenized = tokens.tokenize(bundled, text)
    values = np.arange(len(tokenized), dtype=float) + 1
    if len(tokenized):
        assert tokenized.sum_words(values).sum() == values.sum()
        combined = tokenized.combine_words(values)
        assert math.isclose((combined**2).sum(), (values**2).sum())
    assert all(t for t in tokenized.tokens)
    assert not any(c in t for t in tokenized.tokens for c in "\n\r\x00\u202e")


@FEW
@given(NASTY)
def test_byte_level_tokens_spell_the_text(bundled, text):
    ids = bundled(text, add_special_tokens=False)["input_ids"]
    if not set(ids) & set(bundled.all_special_ids):
        spelled = b"".join(tokens.surface(bundled, i) for i in ids).decode()
        assert spelled.lstrip(" ") == text.lstrip(" ")


@MANY
@given(st.dictionaries(st.sampled_from(["nw_text", "nw_target", "mt_source"]), NASTY))
def test_inputs_survive_a_link(values):
    values = {k: v for k, v in values.items() if v}
    assert {k: v[0] for k, v in parse_qs(urlencode(values)).items()} == values


@MANY
@given(NASTY, NASTY, NASTY)
def test_requests_survive_json(prefix, target, foil):
    request = NextWordRequest("m", prefix, target, foil)
    assert from_json(to_json(request)) == request


@MANY
@given(st.lists(NASTY, min_size=1, max_size=8))
def test_tokens_never_become_markup(words):
    html = coloured_sentence(words, np.linspace(-1, 1, len(words)))
    bare = html
    for tag in ("div", "span", "bdi", "small", "br", "ruby", "rt", "b", "i", "sub"):
        bare = bare.replace(f"</{tag}>", "")
    assert "<script" not in html.lower()
    assert "<img" not in html.lower()
    assert "\x00" not in bare


@MANY
@given(NASTY)
def test_a_cell_never_starts_a_formula(text):
    cell = str(guarded(text))
    assert not cell.lstrip(" ").startswith(("=", "+", "-", "@"))
    assert cell in (text.replace("\0", "\ufffd"), "'" + text.replace("\0", "\ufffd"))


@MANY
@given(
    st.text(st.characters(categories=["Zs", "Zl", "Zp", "Cc", "Cf", "Mn", "Cn"]), max_size=3),
    st.sampled_from("=+-@|%＝＋－＠％｜﹦﹢﹣﹫⁼⁺"),
    NASTY,
)
def test_what_cannot_be_seen_hides_no_formula(unseen, start, text):
    assert str(guarded(unseen + start + text)).startswith("'")


@MANY
@given(st.one_of(st.integers(), st.floats(allow_nan=False)))
def test_numbers_stay_numbers(number):
    assert guarded(number) is number


@MANY
@given(NASTY)
def test_a_sentence_shows_no_formatting(text):
    shown = plain(text)
    for mark in "*_`$[]<:":
        assert shown.count(mark) == shown.count(f"\\{mark}")


@FEW
@given(NASTY, NASTY, NASTY)
def test_next_word_gives_a_result_or_a_sentence(models, prefix, target, foil):
    with suppress(AttributionError):
        result = explain_next_word(models["gpt2-tiny"], prefix, target, foil)
        assert result.relative_gap < result.tolerance
        again = from_json(to_json(result))
        assert to_json(again) == to_json(result)
        assert np.array_equal(again.alti, result.alti)


@FEW
@given(NASTY, NASTY)
def test_translation_gives_a_result_or_a_sentence(models, source, target):
    with suppress(AttributionError):
        result = explain_translation(models["marian-tiny"], source, target)
        sums = np.nansum(np.abs(result.source_attributions), 1) + np.nansum(
            np.abs(result.prefix_attributions), 1
        )
        assert np.allclose(sums, 1, atol=1e-4)
        assert to_json(from_json(to_json(result))) == to_json(result)


@MANY
@given(NASTY, NASTY, NASTY)
def test_answer_requests_survive_json(prompt, system, example):
    request = AnswerRequest("m", prompt, system, example, (Example(example, system),), contrast=prompt)
    assert from_json(to_json(request)) == request
    assert "".join(sentences(prompt)) == prompt


@FEW
@given(NASTY, NASTY, NASTY)
def test_answer_gives_a_result_or_a_sentence(models, prompt, document, answer):
    for name in ("gpt2-tiny", "t5-tiny"):
        with suppress(AttributionError):
            request = AnswerRequest("", prompt, document, document, answer=answer)
            result = run_answer(models[name], replace(request, generation=Generation(length=3)))
            assert result.relative_gap < result.tolerance
            assert to_json(from_json(to_json(result))) == to_json(result)


@FEW
@given(NASTY, NASTY, NASTY)
def test_comparison_gives_a_result_or_a_sentence(models, question, target, foil):
    with suppress(AttributionError):
        result = run_comparison(models["t5-tiny"], ComparisonRequest("t5-tiny", question, target, foil))
        assert to_json(from_json(to_json(result))) == to_json(result)
