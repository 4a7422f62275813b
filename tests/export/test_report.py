"""A report as a file survives everything: round trips, hostile words, damaged items beside whole ones."""

import html
import io
import json
import re
import tomllib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution import explain_next_word, load
from attribution.charts.answer_view import AnswerView
from attribution.charts.recipes import KINDS, Recipe
from attribution.charts.views import MixingView, View
from attribution.export.document import to_html, to_markdown_zip
from attribution.export.records import LARGEST, decoded_dataclass, encoded
from attribution.export.report import (
    LONGEST_TITLE,
    MOST_ANSWERS,
    Answer,
    Item,
    Report,
    check_texts,
    from_json,
    pinned,
    to_json,
)
from attribution.service.faithfulness import run_faithfulness
from attribution.service.lens import run_lens
from attribution.types import AttributionError, FaithfulnessRequest, LensRequest, NextWordRequest
from tests.charts.sample_answers import answered, checked
from tests.charts.sample_results import comparison, expected, measured_answers, measured_word, next_word
from tests.export.sample_reports import report as whole_report
from tests.export.sample_reports import result as small_result
from tests.export.sample_reports import same, words

HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(2)> **b** $x$ [a](javascript:alert(3)) =1+1 \u202e"
)
TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=400)


@pytest.fixture(scope="module")
def result():
    return small_result()


@pytest.fixture
def report():
    return whole_report()


def test_what_is_opened_equals_what_was_saved(report):
    same(from_json(to_json(report)), report)


def test_a_result_is_written_once(report):
    assert len(json.loads(to_json(report))["results"]) == 1


ITEMS = st.builds(
    Item,
    title=TEXTS,
    comment=TEXTS,
    created=TEXTS,
    answers=st.lists(st.builds(Answer, TEXTS, TEXTS), max_size=60).map(tuple),
    recipe=st.none()
    | st.builds(
        lambda view: Recipe("words-that-decide", (small_result(),), view),
        st.builds(
            View,
            st.sampled_from(["alti_logit", "logit"]),
            st.sampled_from(["contrast", "target", "foil"]),
            st.sampled_from(["words", "tokens"]),
            st.sampled_from(["logits", "share"]),
        ),
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ITEMS, max_size=6), TEXTS)
def test_any_report_that_can_be_made_can_be_read(items, title):
    made = Report(tuple(items), title)
    same(from_json(to_json(made), draw=False), made)


def test_more_than_any_limit_is_read():
    long = Report(tuple(Item("t" * 1000, answers=(Answer("q", "a"),) * 80) for _ in range(400)), "x" * 1000)
    same(from_json(to_json(long)), long)


def test_what_is_too_long_is_refused_before_it_is_saved(result):
    assert len(pinned(Recipe("what-the-model-expects", (result,)), "t" * 5000).title) == LONGEST_TITLE
    for texts in (
        {"title": "t" * 301},
        {"comment": "c" * 200_001},
        {"answers": (Answer("q", "a" * 200_001),)},
    ):
        with pytest.raises(AttributionError, match=r"may have [\d,]+ characters"):
            check_texts(**texts)
    with pytest.raises(AttributionError, match="questions"):
        check_texts(answers=(Answer("q", "a"),) * (MOST_ANSWERS + 1))


def test_half_a_character_cannot_be_in_a_report():
    for make in (
        lambda: Item("\ud800"),
        lambda: Item("a", comment="\udfff"),
        lambda: Item("a", answers=(Answer("q", "\ud800"),)),
        lambda: Report((), "\ud800"),
    ):
        with pytest.raises(AttributionError, match="half a character"):
            make()


def test_two_items_never_share_an_id():
    item = Item("a")
    with pytest.raises(ValueError, match="same id"):
        Report((item, Item("b", id=item.id)))


def test_a_view_that_could_not_be_read_is_not_written(result):
    wrong = Recipe("words-that-decide", (result,), View(of="bogus"))
    with pytest.raises(AttributionError, match="cannot be saved"):
        to_json(Report((Item("a", recipe=wrong),)))


def test_an_upload_may_be_as_large_as_what_is_read():
    config = tomllib.loads((Path(__file__).parents[2] / ".streamlit/config.toml").read_text())
    assert config["server"]["maxUploadSize"] * 2**20 == LARGEST


def test_html_is_self_contained_and_harmless(report):
    hostile = Report((*report.items, Item(HOSTILE, HOSTILE, answers=(Answer(HOSTILE, HOSTILE),))), HOSTILE)
    page = to_html(hostile)
    assert page.count("<svg") == 3
    assert "<script" not in page
    assert "<img" not in page
    assert "default-src 'none'" in page
    assert not re.findall(r'(?:src|href)="(?!#)(?!data:)[^"]*"', page)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert "0 items" not in to_html(Report())


def test_html_has_each_title_once_and_the_finding(result):
    recipe = Recipe("words-that-decide", (result,), View())
    title, finding = recipe.figure().title, recipe.finding()
    page = to_html(Report((pinned(recipe, title),)))
    assert page.count(title) == 1
    assert finding.coloured("light") in page
    assert recipe.figure().caption in html.unescape(page)
    retitled = to_html(Report((replace(pinned(recipe, title), title="Mine"),)))
    assert retitled.count(title) == 1
    assert retitled.count("Mine") == 1


def test_markdown_has_the_finding(result):
    recipe = Recipe("words-that-decide", (result,), View())
    report = Report((pinned(recipe, "Mine"),))
    with zipfile.ZipFile(io.BytesIO(to_markdown_zip(report, dpi=72))) as archive:
        text = archive.read("report.md").decode()
    assert recipe.finding().plain in text.replace("\\", "")


def test_markdown_has_figures_and_numbers(report):
    with zipfile.ZipFile(io.BytesIO(to_markdown_zip(report, dpi=72))) as archive:
        names = archive.namelist()
        text = archive.read("report.md").decode()
        images = [n for n in names if n.endswith(".png")]
        assert len(images) == 3
        for name in images:
            assert archive.read(name).startswith(b"\x89PNG")
            assert f"({name})" in text
        assert sum(n.endswith(".csv") for n in names) == 3
    assert "Because." in text


def test_many_items_and_a_long_comment(result):
    item = Recipe("what-the-model-expects", (result,))
    report = Report(tuple(Item(f"Item {k}", "x" * 50_000 if k == 3 else "", item) for k in range(200)))
    same(from_json(to_json(report)), report)
    assert to_html(Report(report.items[:5])).count("<article>") == 5


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: t[: len(t) // 2], "cut off"),
        (lambda t: "[]", "not a report"),
        (lambda t: '{"format": "something else"}', "not a report"),
        (lambda t: t.replace('"version":1', '"version":99', 1), "newer version"),
        (lambda t: t.replace('"version":1', '"version":true', 1), "version"),
        (lambda t: t.replace('"items":', '"things":', 1), "damaged"),
        (lambda t: "[" * 100_000, "cut off"),
        (lambda t: "9" * 5000, "cut off"),
        (lambda t: t.encode()[:-1] + b"\xff", "cut off"),
        (lambda t: result_of(t), "not a report"),
    ],
)
def test_files_that_are_no_reports_are_one_sentence(report, change, says):
    with pytest.raises(AttributionError, match=says):
        from_json(change(to_json(report)))


def result_of(text):
    return json.dumps(json.loads(text)["results"][0])


def changed(*path, value):
    """A change of the JSON of a report: one value in the item of the first figure, or in its result."""

    def change(text):
        record = json.loads(text)
        node = record
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = value
        return json.dumps(record)

    return change


FIRST = ("items", 0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (changed(*FIRST, "figure", "kind", value="os.system"), "not known"),
        (changed(*FIRST, "figure", "kind", value=["x"]), "damaged"),
        (changed(*FIRST, "figure", "view", "method", value="bogus"), "There is no method"),
        (changed(*FIRST, "figure", "view", "of", value="bogus"), "damaged"),
        (changed(*FIRST, "figure", "view", value=None), "damaged"),
        (changed(*FIRST, "figure", "results", value=[7]), "damaged"),
        (changed(*FIRST, "figure", "results", value=[-1]), "damaged"),
        (changed(*FIRST, "figure", "results", value=[True]), "damaged"),
        (changed(*FIRST, "figure", "results", value=[[0]]), "damaged"),
        (changed(*FIRST, "figure", "results", value=[{}] * 3), "damaged"),
        (changed(*FIRST, "figure", "results", value="00"), "damaged"),
        (changed(*FIRST, "figure", "results", value=[0, 0]), "do not belong together"),
        (changed(*FIRST, "figure", value=5), "damaged"),
        (changed(*FIRST, "comment", value=5), "text"),
        (changed(*FIRST, "comment", value="\ud800"), "text"),
        (changed(*FIRST, "answers", value=[["only one"]]), "answers"),
        (changed(*FIRST, "answers", value=[["q", None]]), "answers"),
        (changed("items", 2, "figure", "view", "layer", value="2"), "damaged"),
        (changed("items", 2, "figure", "view", "layer", value=10**3000), "damaged"),
        (changed(*FIRST, value=5), "form"),
        (changed(*FIRST, value="5"), "form"),
        (changed(*FIRST, value=None), "form"),
        (changed(*FIRST, value={}), None),
    ],
)
def test_a_damaged_item_says_so_and_the_others_go_on(report, change, says):
    text = change(to_json(report))
    opened = from_json(text)
    assert len(opened.items) == 4
    damaged = [item for item in opened.items if item.unread]
    assert len(damaged) == (says is not None)
    assert sum(bool(item.recipe) for item in opened.items) >= 2
    for item in damaged:
        assert re.search(says, item.unread.sentence)
        assert "cannot be read" in to_html(opened)
    with zipfile.ZipFile(io.BytesIO(to_markdown_zip(opened, dpi=72))) as archive:
        assert ("cannot be read" in archive.read("report.md").decode()) == bool(damaged)


def test_a_figure_that_cannot_be_drawn_is_an_item_that_says_so(report):
    record = json.loads(to_json(report))
    record["results"][0]["data"].update(foil=None, foil_contributions=None)
    record["items"][0]["figure"]["view"]["of"] = "foil"
    opened = from_json(json.dumps(record))
    assert [item.unread is not None for item in opened.items] == [True, False, False, False]
    assert "no foil" in opened.items[0].unread.sentence
    assert from_json(json.dumps(record), draw=False).items[0].unread is None
    assert "no foil" in to_html(from_json(json.dumps(record), draw=False))


@pytest.mark.parametrize("part", ["alti", "candidates", "text"])
def test_a_damaged_result_takes_down_only_its_figures(report, part):
    beside = Report((*report.items, Item("Mine", "still here")))
    text = changed("results", 0, "data", part, value=None)(to_json(beside))
    opened = from_json(text)
    assert [item.unread is not None for item in opened.items] == [True] * 3 + [False] * 2
    assert [words(item) for item in opened.items] == [words(item) for item in beside.items]


def test_what_cannot_be_read_is_kept_letter_by_letter_and_read_where_it_can_be(report):
    """As an older version keeps what a newer one pinned, and hands it on."""
    text = to_json(report)
    newer = changed("items", 0, "figure", "kind", value="newer-figure")(text)
    newer = changed("results", 0, "data", "request", "extra", value=[1e-7, "\ud83d\ude00"])(newer)
    there = from_json(newer)
    handed_on = to_json(there)
    assert json.loads(handed_on)["items"][0] == json.loads(newer)["items"][0]
    assert json.loads(newer)["results"][0] in json.loads(handed_on)["results"]
    back = changed("items", 0, "figure", "kind", value="words-that-decide")(handed_on)
    same(from_json(back), report)
    alone = from_json(there.items[0].unread.raw.replace("newer-figure", "words-that-decide"))
    same(alone, Report(report.items[:1]))


def test_an_item_that_is_there_twice_is_one_and_two_with_one_id_are_told_apart(report):
    record = json.loads(to_json(report))
    first, second, *rest = record["items"]
    record["items"] = [first, first, {**second, "id": first["id"]}, {**second, "id": "../x"}, *rest]
    opened = from_json(json.dumps(record))
    assert [item.title for item in opened.items] == [
        "Figure 0",
        "Figure 1",
        "Figure 1",
        "Figure 2",
        "Exercise",
    ]
    assert opened.items[0].id == first["id"]
    assert len({item.id for item in opened.items}) == 5


def test_a_field_that_is_added_later_neither_hides_old_items_nor_new_ones(report):
    record = json.loads(to_json(report))
    record["new"] = record["items"][0]["new"] = record["results"][0]["new"] = {"a": 1}
    record["items"][0]["figure"]["view"]["new"] = record["results"][0]["data"]["new"] = [1]
    del record["items"][1]["figure"]["view"], record["items"][2]["comment"]
    record["items"][1]["figure"]["view"] = {}
    del record["results"][0]["data"]["tolerance"], record["results"][0]["data"]["notes"]
    opened = from_json(json.dumps(record))
    assert not any(item.unread for item in opened.items)
    assert opened.items[0].recipe.results[0].tolerance == 1e-4


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | TEXTS
    | st.sampled_from(["\ud800", 10**400, -1]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=50, deadline=None)
@given(JUNK, st.data())
def test_anything_in_the_place_of_anything_is_at_most_one_item_that_says_so(junk, data):
    """One value anywhere in a file is replaced; the file is read, handed on, and read again the same."""
    record = json.loads(to_json(whole_report()))
    node, path = record["items"], "items"
    while True:
        key = data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
        path = f"{path}.{key}"
        if not isinstance(node[key], dict | list) or not node[key] or data.draw(st.booleans()):
            break
        node = node[key]
    node[key] = junk
    opened = from_json(json.dumps(record).replace("NaN", "1e999").replace("Infinity", "1e999"))
    assert sum(item.unread is not None for item in opened.items) <= 1
    again = from_json(to_json(opened))
    if all(item.editable for item in opened.items):
        same(again, opened)
    to_html(Report(tuple(item for item in opened.items if item.unread)))


def test_a_recipe_refuses_what_does_not_belong_together(result):
    with pytest.raises(AttributionError):
        Recipe("saliency", (result,), View())
    with pytest.raises(AttributionError):
        Recipe("words-that-decide", (result,), MixingView())
    with pytest.raises(AttributionError):
        Recipe("words-that-decide", (), View())


SAVED_VIEWS = {
    "words-that-decide": {"method": "logit", "of": "target", "units": "tokens", "measure": "share"},
    "what-the-model-expects": {},
    "everything-adds-up": {"method": "alti_logit", "of": "contrast", "units": "words", "measure": "logits"},
    "where-it-happens": {"method": "alti_logit", "of": "foil", "units": "words", "measure": "logits"},
    "who-looks-at-whom": {"layer": 2, "rolled_out": False},
    "saliency": {
        "sign": "magnitude",
        "normalisation": "share",
        "words": True,
        "include_start": False,
        "score": "probability",
    },
    "side-by-side": {
        "sign": "signed",
        "normalisation": "weighted",
        "words": False,
        "include_start": True,
        "score": "entropy",
    },
    "confidence": {},
    "words-by-model": {"sign": "signed", "normalisation": "share"},
    "model-by-model": {"sign": "magnitude", "normalisation": "raw"},
    "agreement": {"sign": "signed"},
}
"""Views as the first version of the app saved them in reports."""


@pytest.mark.parametrize("kind", SAVED_VIEWS)
def test_a_view_saved_by_the_first_version_is_read_as_it_was(kind):
    saved = SAVED_VIEWS[kind]
    view = decoded_dataclass(saved, KINDS[kind].view, "the view")
    assert {name: getattr(view, name) for name in saved} == saved
    assert encoded(view, KINDS[kind].view, "the view") == saved


def test_what_holds_and_where_it_happens_are_kept():
    loaded = load("tests/fixtures/models/gpt2-tiny")
    asked = NextWordRequest(loaded.info.id, "the day was long so", "hot", "oil")
    held = run_faithfulness(loaded, FaithfulnessRequest(asked, methods=("frozen", "gim", "shapley")))
    lens = run_lens(loaded, LensRequest(asked))
    recipes = [
        Recipe("does-it-hold", held[:1]),
        Recipe("which-method-holds", held),
        Recipe("method-by-method", held),
        Recipe("layer-by-layer", (lens,)),
        Recipe("heads", (lens,)),
        Recipe("words-that-decide", (explain_next_word(loaded, "the day", "hot", method="shapley"),), View()),
    ]
    written = Report(tuple(Item(r.kind, recipe=r) for r in recipes), "What holds")
    same(from_json(to_json(written)), written)
    page = to_html(written)
    assert "random orders" in page
    assert all(item.recipe.figure("dark").alt for item in from_json(to_json(written)).items)


def test_what_holds_elsewhere_and_what_is_expected_is_kept():
    answer = replace(comparison(), candidates=next_word().candidates)
    recipes = [
        Recipe("does-it-hold", (measured_word(),)),
        Recipe("does-it-hold-by-model", tuple(measured_answers())),
        Recipe("which-method-holds", (measured_word(), measured_word(gap=1.0))),
        Recipe("expected-translation", (expected(foil=True),)),
        Recipe("expected-answer", (answer,)),
    ]
    report = Report(tuple(pinned(recipe, recipe.figure().title) for recipe in recipes))
    again = from_json(to_json(report))
    same(again, report)
    for item, recipe in zip(again.items, recipes, strict=True):
        assert item.recipe.figure().table.equals(recipe.figure().table)
    assert "Holds well" in to_html(again)


def test_answers_and_what_leaving_out_their_prompts_parts_does_are_kept():
    result, erased = answered(), answered(method="erasure", parts=())
    recipes = [
        Recipe("answer-word", (result,), AnswerView(2)),
        Recipe("answer-word", (erased,), AnswerView(2)),
        Recipe("answer-map", (result,), AnswerView(columns="segments", opened=1)),
        Recipe("answer-map", (erased,), AnswerView()),
        Recipe("answer-segments", (result,), AnswerView()),
        Recipe("answer-candidates", (result,), AnswerView(0)),
        Recipe("answer-segments-check", (checked(result), result)),
        Recipe("answer-segments-check", (checked(result),)),
    ]
    report = Report(tuple(pinned(recipe, recipe.figure().title) for recipe in recipes))
    again = from_json(to_json(report))
    same(again, report)
    for item, recipe in zip(again.items, recipes, strict=True):
        assert item.recipe.figure().table.equals(recipe.figure().table)
        assert item.recipe.finding() == recipe.finding()
    page = to_html(again)
    assert "Which words led to" in page
    assert "times less likely" in page
    with zipfile.ZipFile(io.BytesIO(to_markdown_zip(again, 72))) as archive:
        assert sum(name.endswith(".png") for name in archive.namelist()) == len(recipes)
