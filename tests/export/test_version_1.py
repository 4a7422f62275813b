"""Files that version 0.1 saved open for ever, number for number; nobody may make these files again."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from attribution.charts.recipes import KINDS
from attribution.export import report_store
from attribution.export.records import from_json, to_json
from attribution.export.report import Report
from attribution.export.report import from_json as report_from_json
from attribution.export.report import to_json as report_to_json
from tests.export.sample_reports import same

SAVED = Path(__file__).parents[1] / "fixtures" / "reports"
KEY = "key-of-the-report-of-version-1-x"


def holds(new, old):
    """Whether everything that was written then is there now, with the same values; more may be there."""
    if isinstance(old, dict):
        return isinstance(new, dict) and all(k in new and holds(new[k], v) for k, v in old.items())
    if isinstance(old, list):
        return isinstance(new, list) and len(new) == len(old) and all(map(holds, new, old))
    return bool(new == old)


@pytest.mark.parametrize("path", sorted(SAVED.glob("version_1_*.json")), ids=lambda path: path.stem)
def test_an_analysis_opens(path):
    text = path.read_text("utf-8")
    assert holds(json.loads(to_json(from_json(text))), json.loads(text))


def test_a_report_opens_with_every_kind_of_figure():
    text = (SAVED / "version_1.json").read_text("utf-8")
    report = report_from_json(text)
    assert not [item.unread for item in report.items if item.unread]
    assert {item.recipe.kind for item in report.items if item.recipe} <= set(KINDS)
    assert len({item.recipe.kind for item in report.items if item.recipe}) == 11
    assert holds(json.loads(report_to_json(report)), json.loads(text))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("WHY_REPORTS_DIR", str(tmp_path))
    return tmp_path


def put(folder, data=None):
    saved = next(p for p in SAVED.glob("*.json") if len(p.stem) == 64)
    path = folder / saved.name
    path.write_bytes(saved.read_bytes() if data is None else data)
    return path


def test_a_report_on_the_server_is_taken_over_on_first_use(folder):
    path = put(folder)
    data = path.read_bytes()
    assert report_store.old_file(KEY) == path
    assert report_store.stamp(KEY)
    report = report_store.read(KEY)
    same(report, report_from_json(data))
    assert not path.exists()
    assert (folder / f"{path.name}.taken-over").read_bytes() == data


def test_it_is_taken_over_by_a_change_too_and_once(folder):
    path = put(folder)
    report = report_from_json(path.read_bytes())
    report_store.edit(KEY, report.items[0], "comment", "new", report.items[0].comment)
    report_store.remove(KEY, report.items[1].id)
    put(folder)  # as after a crash before the file was put aside
    items = report_store.read(KEY).items
    assert [item.id for item in items] == [report.items[0].id, *(item.id for item in report.items[2:])]
    assert items[0].comment == "new"
    assert not path.exists()


def test_what_an_older_server_saved_meanwhile_is_added(folder):
    path = put(folder)
    before = report_store.read(KEY)
    more = json.loads((folder / f"{path.name}.taken-over").read_text())
    more["items"] = [{**more["items"][0], "id": "0" * 32, "title": "Later"}]
    put(folder, json.dumps(more).encode())
    assert [i.title for i in report_store.read(KEY).items] == [*(i.title for i in before.items), "Later"]
    assert len(list(folder.glob("*.taken-over*"))) == 2


def test_what_version_1_could_not_read_any_more_is_back(folder):
    """The same item twice, 301 items, a title over 300 characters, over 50 answers."""
    record = json.loads((SAVED / "version_1.json").read_text())
    first = record["items"][0]
    record["items"][-1]["answers"] *= 30
    record["items"] += [{**first, "id": f"{k:032x}", "title": "t" * 1000} for k in range(300)] + [first]
    put(folder, json.dumps(record).encode())
    report = report_store.read(KEY)
    assert len(report.items) == 312
    assert not any(item.unread for item in report.items)
    assert len(report.items[11].answers) == 60
    assert report.items[12].title == "t" * 1000
    report_store.remove(KEY, report.items[5].id)
    kept = report_store.read(KEY)
    same(report_from_json(report_to_json(kept), draw=False), kept)


@pytest.mark.parametrize("cut", [0, 1, 1000, -50])
def test_a_damaged_file_is_one_item_that_says_so(folder, cut):
    path = put(folder)
    data = path.read_bytes()[:cut] + (b"\xff" if cut else b"")
    put(folder, data)
    (item,) = report_store.read(KEY).items
    assert item.unread.sentence
    assert item.unread.raw == data.decode(errors="backslashreplace")
    assert (folder / f"{path.name}.taken-over").read_bytes() == data
    assert report_store.pin(KEY, replace(item, title="Another", unread=None, id="0" * 32))
    kept = report_store.read(KEY)
    assert [i.unread is None for i in kept.items] == [False, True]
    handed_on = report_from_json(report_to_json(kept))
    assert handed_on.items[0].unread.raw == item.unread.raw
    report_store.move(KEY, item.id, 1)
    report_store.remove(KEY, item.id)
    assert [i.title for i in report_store.read(KEY).items] == ["Another"]


def test_half_written_files_of_a_killed_process_are_swept_away(folder):
    old, new, other = folder / "tmpabcd1234.part", folder / "tmpxyz.part", folder / "mine.part"
    for path in (old, new, other):
        path.write_text("{")
    os.utime(old, (0, 0))
    put(folder)
    report_store.read(KEY)
    assert not old.exists()
    assert new.exists()
    assert other.exists()


def test_nothing_is_written_for_a_visitor_without_a_report(folder):
    assert report_store.stamp("nobody") == ""
    same(report_store.read("nobody"), Report())
    assert not list(folder.iterdir())
