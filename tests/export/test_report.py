"""A report survives everything: round trips, hostile words, damaged files, sessions beside each other."""

import errno
import io
import json
import re
import signal
import subprocess
import sys
import threading
import zipfile

import pytest

from attribution import explain_next_word, load
from attribution.charts.contributions import View
from attribution.charts.recipes import KINDS, MixingView, NoView, Recipe
from attribution.export import report_store
from attribution.export.document import to_html, to_markdown_zip
from attribution.export.records import to_json as result_json
from attribution.export.report import Answer, Item, Report, from_json, to_json
from attribution.types import AttributionError

HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(2)> **b** $x$ [a](javascript:alert(3)) =1+1 \u202e"
)


@pytest.fixture(scope="module")
def result():
    return explain_next_word(load("tests/fixtures/models/gpt2-tiny"), "the day was long so", "hot", "oil")


@pytest.fixture
def report(result):
    recipes = [
        Recipe("words-that-decide", (result,), View("logit", "target", "tokens", "share")),
        Recipe("what-the-model-expects", (result,), NoView()),
        Recipe("who-looks-at-whom", (result,), MixingView(2, False)),
    ]
    items = tuple(Item(title=f"Figure {k}", comment="Mine", recipe=r) for k, r in enumerate(recipes))
    return Report((*items, Item("Exercise", answers=(Answer("Why?", "Because."),))), "Course")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("WHY_REPORTS_DIR", str(tmp_path / "reports"))
    return tmp_path / "reports"


def same(one, other):
    assert one.title == other.title
    assert len(one.items) == len(other.items)
    for a, b in zip(one.items, other.items, strict=True):
        assert (a.id, a.title, a.comment, a.created, a.answers) == (
            b.id,
            b.title,
            b.comment,
            b.created,
            b.answers,
        )
        assert (a.recipe is None) == (b.recipe is None)
        if a.recipe:
            assert (a.recipe.kind, a.recipe.view) == (b.recipe.kind, b.recipe.view)
            written = [[result_json(r) for r in x.recipe.results] for x in (a, b)]
            assert written[0] == written[1]


def test_what_is_opened_equals_what_was_saved(report):
    same(from_json(to_json(report)), report)


def test_a_result_is_written_once(report):
    assert len(json.loads(to_json(report))["results"]) == 1


def test_items_move_and_go_and_come_back(report):
    first, second = report.items[:2]
    assert report.moved(first.id, 1).items[:2] == (second, first)
    assert report.moved(first.id, -1).items == report.items
    assert report.moved("unknown", 1).items == report.items
    gone = report.without(second.id)
    assert second not in gone.items
    assert gone.with_item_at(second, 1).items == report.items
    assert report.edited(first.id, comment="new").items[0].comment == "new"


def test_a_full_report_says_so(report):
    full = Report(tuple(Item(str(k)) for k in range(300)))
    with pytest.raises(AttributionError, match="300"):
        full.with_item(Item("one more"))


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
        (lambda t: t.replace('"version": 1', '"version": 99', 1), "newer version"),
        (lambda t: t.replace('"version": 1', '"version": true', 1), "version"),
        (lambda t: t.replace("words-that-decide", "os.system"), "not known"),
        (lambda t: t.replace('"layer": 2', '"layer": "2"'), "damaged"),
        (lambda t: t.replace('"results": [0]', '"results": [7]', 1), "damaged"),
        (lambda t: t.replace('"results": [0]', '"results": [-1]', 1), "damaged"),
        (lambda t: "[" * 100_000, "cut off"),
        (lambda t: t.replace('"comment": "Mine"', '"comment": 5', 1), "damaged"),
        (lambda t: result_of(t), "not a report"),
    ],
)
def test_files_that_are_no_reports_are_one_sentence(report, change, says):
    with pytest.raises(AttributionError, match=says):
        from_json(change(to_json(report)))


def result_of(text):
    return json.dumps(json.loads(text)["results"][0])


def test_every_kind_of_figure_belongs_to_a_page():
    assert {kind.page for kind in KINDS.values()} == {"Next word", "Translation", "Model sizes"}


def test_a_recipe_refuses_what_does_not_belong_together(result):
    with pytest.raises(AttributionError):
        Recipe("saliency", (result,), View())
    with pytest.raises(AttributionError):
        Recipe("words-that-decide", (result,), MixingView())
    with pytest.raises(AttributionError):
        Recipe("words-that-decide", (), View())


def test_reports_are_kept_apart_and_whole(folder, report):
    same(report_store.change("a" * 32, lambda r: report), report)
    assert report_store.read("b" * 32).items == ()
    assert report_store.stamp("b" * 32) == (0, 0)
    same(report_store.read("a" * 32), report)
    assert not list(folder.glob("*.part"))
    assert all("aaaa" not in p.name for p in folder.iterdir())


@pytest.mark.parametrize("key", ["../../etc/passwd", "/etc/passwd", "a\x00b", ""])
def test_a_key_names_no_other_file(folder, key):
    assert report_store.path_of(key).parent == folder


def test_changes_at_the_same_time_are_all_kept(folder):
    def add(name):
        for k in range(5):
            report_store.change("k" * 32, lambda r, k=k: r.with_item(Item(f"{name}{k}")))

    threads = [threading.Thread(target=add, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(report_store.read("k" * 32).items) == 20


def test_a_damaged_file_is_a_sentence_and_stays(folder, report):
    report_store.change("k" * 32, lambda r: report)
    path = report_store.path_of("k" * 32)
    path.write_bytes(path.read_bytes()[:-50])
    before = path.read_bytes()
    with pytest.raises(AttributionError, match="cut off"):
        report_store.change("k" * 32, lambda r: r.with_item(Item("x")))
    assert path.read_bytes() == before


def test_a_full_disk_is_a_sentence_and_the_report_before_is_kept(folder, report, monkeypatch):
    report_store.change("k" * 32, lambda r: report)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(report_store.os, "fsync", full)
    with pytest.raises(AttributionError, match=r"could not be saved.*No space left.*the one before is kept"):
        report_store.change("k" * 32, lambda r: r.with_item(Item("x")))
    same(report_store.read("k" * 32), report)
    assert not list(folder.glob("*.part"))


def test_a_process_killed_while_it_saves_leaves_the_report_before(folder, report):
    report_store.change("k" * 32, lambda r: report)
    killed = """
import os, signal
from attribution.export import report_store
from attribution.export.report import Item
report_store.os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
report_store.change("k" * 32, lambda r: r.with_item(Item("x")))
"""
    done = subprocess.run([sys.executable, "-c", killed], check=False)
    assert done.returncode == -signal.SIGKILL
    assert list(folder.glob("*.part"))
    same(report_store.read("k" * 32), report)
    report_store.change("k" * 32, lambda r: r.with_item(Item("x")))
    assert report_store.read("k" * 32).items[-1].title == "x"
