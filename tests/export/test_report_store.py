"""Reports on the server: tabs, processes and crashes beside each other, full disks, damaged databases."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attribution.charts.recipes import Recipe
from attribution.charts.views import NoView, View
from attribution.export import report_database, report_store
from attribution.export.report import Answer, Item, Report, from_json, to_json
from attribution.types import AttributionError
from tests.export.sample_reports import KEY, result, same, same_items, words
from tests.export.sample_reports import report as whole_report


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("WHY_REPORTS_DIR", str(tmp_path / "reports"))
    return tmp_path / "reports"


@pytest.fixture
def report(folder):
    """A report that is saved."""
    whole = whole_report()
    for item in whole.items:
        assert report_store.pin(KEY, item)
    report_store.entitle(KEY, whole.title)
    return whole


def exercise(title):
    return Item(title, answers=(Answer("Why?", f"Because of {title}."),))


def titles(key=KEY):
    return [item.title for item in report_store.read(key).items]


def count(table):
    with sqlite3.connect(report_database.database()) as db:
        return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def spoil(statement, *values):
    with sqlite3.connect(report_database.database()) as db:
        db.execute(statement, values)


# ------------------------------------------------------------------------------------------ one after another


def test_what_was_pinned_is_read(report):
    same(report_store.read(KEY), report)
    assert report_store.read("b" * 32).items == ()
    assert report_store.stamp("b" * 32) == ""


def test_every_change_shows_in_the_stamp(report):
    item = report.items[0]
    changes = (
        lambda: report_store.pin(KEY, exercise("one")),
        lambda: report_store.edit(KEY, item, "title", "new", item.title),
        lambda: report_store.entitle(KEY, "new"),
        lambda: report_store.move(KEY, item.id, 1),
        lambda: report_store.remove(KEY, item.id),
        lambda: report_store.put_back(KEY, item, 0),
        lambda: report_store.add(KEY, Report((exercise("two"),))),
        lambda: report_store.exchange(KEY, Report(), Report((exercise("three"),))),
    )
    stamps = [report_store.stamp(KEY)]
    for change in changes:
        change()
        stamps.append(report_store.stamp(KEY))
        assert report_store.stamp(KEY) == stamps[-1]
    assert len(set(stamps)) == len(changes) + 1


def test_the_key_is_not_stored_and_nobody_else_may_read(report, folder):
    assert all(KEY.encode() not in path.read_bytes() for path in folder.iterdir())
    assert folder.stat().st_mode & 0o077 == 0
    assert report_database.database().stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("key", ["../../etc/passwd", "/etc/passwd", "a\x00b", "", "'; DROP TABLE item; --"])
def test_a_key_names_nothing_else(report, folder, key):
    assert report_store.old_file(key).parent == folder
    assert report_store.pin(key, exercise("a"))
    assert titles(key) == ["a"]
    same(report_store.read(KEY), report)


def test_items_move_and_go_and_come_back(report):
    first, second, *_ = (item.id for item in report.items)
    order = lambda: [item.id for item in report_store.read(KEY).items]  # noqa: E731
    before = order()
    report_store.move(KEY, first, 1)
    assert order()[:2] == [second, first]
    for item_id, by in ((first, -1), (first, -1), ("unknown", 1), (before[-1], 1)):
        report_store.move(KEY, item_id, by)
    assert order() == before
    item, place = report_store.remove(KEY, second)
    assert second not in order()
    assert report_store.remove(KEY, second) is None
    report_store.put_back(KEY, item, place)
    report_store.put_back(KEY, item, place)
    same(report_store.read(KEY), report)


def test_a_figure_pinned_twice_is_one_and_another_view_of_it_is_another(report):
    figure = report.items[0].recipe
    assert not report_store.pin(KEY, report.items[0])
    assert not report_store.pin(KEY, Item("The same figure", recipe=figure))
    report_store.edit(KEY, report.items[0], "title", "My title", report.items[0].title)
    assert not report_store.pin(KEY, Item("The same figure", recipe=figure))
    assert report_store.pin(KEY, Item("Another view", recipe=replace(figure, view=View("logit", "foil"))))
    assert not report_store.pin(KEY, replace(report.items[3], id="0" * 32))
    assert report_store.pin(KEY, Item("Exercise", answers=(Answer("Why?", "I thought again."),)))
    report_store.remove(KEY, report.items[0].id)
    assert report_store.pin(KEY, Item("Once more", recipe=figure))


def test_a_result_is_one_row_for_everybody_and_goes_with_the_last_who_shows_it(report):
    report_store.pin("b" * 32, report.items[0])
    assert count("result") == 1
    for item in report.items:
        report_store.remove(KEY, item.id)
    assert (count("result"), count("shown")) == (1, 1)
    report_store.remove("b" * 32, report.items[0].id)
    assert (count("result"), count("shown"), count("item")) == (0, 0, 0)


def test_a_file_that_is_added_brings_what_is_not_there_and_undo_makes_no_second(report):
    """Pin, download, remove the first, open the file with Add, Undo; and the file once more."""
    file = from_json(to_json(report_store.read(KEY)))
    removed = report_store.remove(KEY, report.items[0].id)
    assert report_store.add(KEY, file) == 1
    report_store.put_back(KEY, *removed)
    assert sorted(titles()) == sorted(item.title for item in report.items)
    assert report_store.add(KEY, file) == 0
    report_store.edit(KEY, report.items[1], "comment", "new", "Mine")
    assert report_store.add(KEY, file) == 1
    assert report_store.add(KEY, file) == 0
    both = [item for item in report_store.read(KEY).items if item.title == "Figure 1"]
    assert sorted(item.comment for item in both) == ["Mine", "new"]


def test_opening_a_file_instead_is_undone_and_what_was_written_meanwhile_is_kept(report):
    file = Report(
        (exercise("one"), exercise("two"), replace(exercise("three"), id=report.items[0].id)), "Other"
    )
    before = report_store.exchange(KEY, report_store.read(KEY), file)
    same(report_store.read(KEY), file)
    same(before, report)
    report_store.edit(KEY, file.items[1], "comment", "kept", "")
    report_store.exchange(KEY, file, before)
    report_store.exchange(KEY, file, before)
    after = report_store.read(KEY)
    same_items(after.items[:-1], report.items)
    assert words(after.items[-1])[:2] == ("two", "kept")
    assert after.title == "Course"


# ------------------------------------------------------------------------------------- tabs beside each other


def test_two_tabs_change_different_things_of_one_item(report):
    item = report.items[0]
    report_store.edit(KEY, item, "title", "from one tab", item.title)
    report_store.edit(KEY, item, "comment", "from the other", item.comment)
    assert words(report_store.read(KEY).items[0])[:2] == ("from one tab", "from the other")


def test_two_tabs_comment_on_one_item_and_both_texts_are_kept(report):
    item = report.items[0]
    assert report_store.edit(KEY, item, "comment", "first", "Mine") == ""
    assert "Both texts are kept" in report_store.edit(KEY, item, "comment", "second", "Mine")
    assert report_store.read(KEY).items[0].comment == "second\n\nfirst"
    assert report_store.edit(KEY, item, "comment", "", "second\n\nfirst") == ""
    assert report_store.read(KEY).items[0].comment == ""


def test_a_comment_on_an_item_that_another_tab_removed_brings_it_back(report):
    item = report_store.read(KEY).items[0]
    removed = report_store.remove(KEY, item.id)
    assert "is back" in report_store.edit(KEY, item, "comment", "not lost", item.comment)
    after = report_store.read(KEY).items
    assert words(after[-1])[:2] == (item.title, "not lost")
    assert after[-1].recipe.figure().spec == item.recipe.figure().spec
    report_store.put_back(KEY, *removed)
    assert sorted(i.comment for i in report_store.read(KEY).items if i.title == item.title) == [
        "Mine",
        "not lost",
    ]


PINNER = """
import sys
from attribution.export import report_store
from attribution.export.report import Answer, Item
for k in range(int(sys.argv[2])):
    item = Item(f"{sys.argv[1]}{k}", answers=(Answer("Why?", f"{sys.argv[1]} {k}"),))
    report_store.pin("k" * 32, item)
    report_store.edit("k" * 32, item, "comment", f"by {sys.argv[1]}", "")
    report_store.move("k" * 32, item.id, -1)
    print(k, flush=True)
"""


def process(name, items):
    return subprocess.Popen([sys.executable, "-c", PINNER, name, str(items)], stdout=subprocess.PIPE)


def test_several_processes_on_one_new_folder_lose_nothing(folder):
    running = [process(name, 8) for name in "abcd"]
    assert [p.wait() for p in running] == [0] * 4
    items = report_store.read(KEY).items
    assert sorted(item.title for item in items) == sorted(f"{name}{k}" for name in "abcd" for k in range(8))
    assert all(item.comment == f"by {item.title[0]}" for item in items)


def test_threads_of_one_process_lose_nothing(folder):
    def add(name):
        for k in range(5):
            report_store.pin(KEY, exercise(f"{name}{k}"))

    threads = [threading.Thread(target=add, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(titles())) == 20


def test_a_process_killed_while_it_saves_loses_nothing_that_was_saved(folder, report):
    """Killed at random moments of a row of changes; what it said was saved is there, and all is in order."""
    for attempt in range(4):
        running = process(f"p{attempt}-", 1000)
        for _ in range(3):
            saved = running.stdout.readline()
        time.sleep(random.uniform(0, 0.05))
        running.send_signal(signal.SIGKILL)
        saved = (saved + running.stdout.read()).split()
        assert running.wait() == -signal.SIGKILL
        assert {f"p{attempt}-{k.decode()}" for k in saved} <= set(titles())
        assert report_store.pin(KEY, exercise(f"after {attempt}"))
    with sqlite3.connect(report_database.database()) as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert {item.title for item in report.items} <= set(titles())
    assert {path.name.removeprefix("reports.sqlite3") for path in folder.iterdir()} <= {"", "-wal", "-shm"}


# ------------------------------------------------------------------------------------------------- limits


def test_what_is_refused_is_refused_before_it_is_saved(report, monkeypatch):
    before, item = report_store.read(KEY), report.items[0]
    long = {
        "title": lambda: report_store.pin(KEY, Item("t" * 301)),
        "answer": lambda: report_store.pin(KEY, Item("t", answers=(Answer("q", "a" * 200_001),))),
        "questions": lambda: report_store.pin(KEY, Item("t", answers=(Answer("q", "a"),) * 51)),
        "A title": lambda: report_store.edit(KEY, item, "title", "t" * 301, item.title),
        "A comment": lambda: report_store.edit(KEY, item, "comment", "c" * 200_001, item.comment),
        "A title may": lambda: report_store.entitle(KEY, "t" * 301),
    }
    for says, change in long.items():
        with pytest.raises(AttributionError, match=says):
            change()
    monkeypatch.setattr("attribution.export.report.MOST_ITEMS", 5)
    assert report_store.pin(KEY, exercise("the fifth"))
    for change in (
        lambda: report_store.pin(KEY, exercise("the sixth")),
        lambda: report_store.add(KEY, Report((exercise("the sixth"),))),
    ):
        with pytest.raises(AttributionError, match="at most 5 items"):
            change()
    removed = report_store.remove(KEY, report_store.read(KEY).items[-1].id)
    assert removed
    same(report_store.read(KEY), before)
    monkeypatch.setattr("attribution.export.report.ROOM", 1000)
    for change in (
        lambda: report_store.pin(KEY, exercise("too much")),
        lambda: report_store.edit(KEY, item, "comment", "c" * 2000, item.comment),
        lambda: report_store.exchange(KEY, before, Report(before.items[:1])),
    ):
        with pytest.raises(AttributionError, match="larger than"):
            change()
    same(report_store.read(KEY), before)
    report_store.put_back(KEY, *removed)
    report_store.edit(KEY, item, "comment", "", item.comment)
    report_store.remove(KEY, item.id)


def test_a_result_that_could_not_be_read_back_is_not_saved(folder, monkeypatch):
    item = Item("a", recipe=Recipe("what-the-model-expects", (result(),), NoView()))
    monkeypatch.setattr("attribution.export.report.result_json", lambda _: '{"format": "why-this-word"}')
    with pytest.raises(AttributionError):
        report_store.pin(KEY, item)
    assert titles() == []


WORDS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=30) | st.sampled_from(
    ["t" * 301, "c" * 200_001, "\x00", "\ud800", "'; --"]
)
STEP = st.tuples(
    st.sampled_from(
        ["pin", "figure", "title", "comment", "entitle", "up", "down", "remove", "undo", "add", "open"]
    ),
    st.integers(0, 5),
    WORDS,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEP, max_size=25))
def test_after_any_row_of_changes_everything_can_be_read(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("reports")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WHY_REPORTS_DIR", str(folder))
        undo, file = [], Report()
        for what, k, text in steps:
            shown = report_store.read(KEY)
            item = shown.items[k % len(shown.items)] if shown.items else None
            with suppress(AttributionError):
                step(what, item, shown, text, undo, file)
            shown = report_store.read(KEY)
            assert not any(item.unread for item in shown.items)
            file = from_json(to_json(shown), draw=False)
            same(file, shown)


def step(what, item, shown, text, undo, file):
    view = View("logit", "target", "tokens") if len(text) % 2 else View()
    if what == "pin":
        report_store.pin(KEY, Item(text, answers=(Answer("q", text),)))
    elif what == "figure":
        report_store.pin(KEY, Item(text, recipe=Recipe("words-that-decide", (result(),), view)))
    elif what == "entitle":
        report_store.entitle(KEY, text)
    elif what == "undo" and undo:
        report_store.put_back(KEY, *undo[-1])
    elif what == "add":
        report_store.add(KEY, file)
    elif what == "open":
        report_store.exchange(KEY, shown, file)
    elif item is not None and what in ("title", "comment"):
        report_store.edit(KEY, item, what, text, getattr(item, what))
    elif item is not None and what in ("up", "down"):
        report_store.move(KEY, item.id, 1 if what == "down" else -1)
    elif item is not None and what == "remove":
        undo.append(report_store.remove(KEY, item.id))


# ------------------------------------------------------------------------------------------------ damage


def test_a_damaged_row_is_one_item_that_says_so(report):
    first, second, third, _ = (item.id for item in report.items)
    spoil("UPDATE item SET json = ? WHERE id = ?", b"{\xff not json", first)
    spoil(
        "UPDATE item SET json = ? WHERE id = ?",
        json.dumps({"id": second, "title": "t", "comment": "c", "figure": 5}),
        second,
    )
    spoil("UPDATE item SET json = replace(CAST(json AS TEXT), 'who-looks', 'newer') WHERE id = ?", third)
    items = report_store.read(KEY).items
    assert [item.id for item in items] == [item.id for item in report.items]
    assert [item.unread is not None for item in items] == [True, True, True, False]
    assert items[0].unread.raw == "{\\xff not json"
    assert words(items[2]) == words(report.items[2])
    report_store.edit(KEY, items[2], "comment", "I comment on it all the same.", "Mine")
    report_store.move(KEY, third, -1)
    removed = report_store.remove(KEY, first)
    report_store.put_back(KEY, *removed)
    items = report_store.read(KEY).items
    assert items[0].unread.raw == "{\\xff not json"
    assert items[1].comment == "I comment on it all the same."
    file = from_json(to_json(report_store.read(KEY)))
    same_items([i for i in file.items if i.editable], [i for i in items if i.editable])
    spoil("UPDATE item SET json = replace(CAST(json AS TEXT), 'newer', 'who-looks') WHERE id = ?", third)
    assert report_store.read(KEY).items[1].recipe


@pytest.mark.parametrize("damage", ["UPDATE result SET json = CAST('{' AS BLOB)", "DELETE FROM result"])
def test_a_damaged_or_missing_result_takes_down_only_its_figures(report, damage):
    report_store._results.clear()
    spoil(damage)
    items = report_store.read(KEY).items
    assert [item.unread is not None for item in items] == [True] * 3 + [False]
    assert [words(item) for item in items] == [words(item) for item in report.items]
    assert report_store.edit(KEY, items[0], "comment", "still", "Mine") == ""


@pytest.mark.parametrize("data", [b"not a database " * 500, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_file_that_is_no_database_is_put_aside_and_everybody_goes_on(folder, data):
    folder.mkdir()
    report_database.database().write_bytes(data)
    with pytest.raises(AttributionError, match=r"were damaged.*is kept as reports\.sqlite3\.damaged"):
        report_store.read(KEY)
    assert titles() == []
    assert report_store.pin(KEY, exercise("new"))
    assert titles() == ["new"]
    (aside,) = folder.glob("reports.sqlite3.damaged-*")
    assert aside.read_bytes() == data


def test_what_can_be_read_of_a_damaged_database_is_saved(report, folder):
    for k in range(60):
        report_store.pin("b" * 32, Item(f"b{k}", comment="x" * 3000, answers=(Answer("q", str(k)),)))
    path = report_database.database()
    data = bytearray(path.read_bytes())
    where = data.index(b"x" * 1000, len(data) // 2) // 4096 * 4096
    data[where : where + 4096] = b"\xff" * 4096
    path.write_bytes(data)
    read = []
    for _ in range(2):
        with suppress(AttributionError):
            read.append(report_store.read("b" * 32))
    same(report_store.read(KEY), report)
    assert len(read[-1].items) >= 50
    assert report_store.pin("b" * 32, exercise("one more"))


def test_an_older_program_leaves_a_newer_database_alone(report):
    spoil("PRAGMA user_version = 99")
    data = report_database.database().read_bytes()
    for use in (lambda: report_store.read(KEY), lambda: report_store.pin(KEY, exercise("a"))):
        with pytest.raises(AttributionError, match="newer version"):
            use()
    assert report_database.database().read_bytes() == data


# --------------------------------------------------------------------------------------------- the disk


def test_a_full_disk_is_a_sentence_and_the_report_before_is_kept(report, monkeypatch):
    connected = report_database._connected

    def nearly_full():
        db = connected()
        db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0]}")
        return db

    monkeypatch.setattr(report_database, "_connected", nearly_full)
    with pytest.raises(
        AttributionError, match=r"could not be saved.*the disk is full.*the one before is kept"
    ):
        report_store.pin(KEY, Item("x", comment="c" * 100_000))
    same(report_store.read(KEY), report)


def test_a_database_that_somebody_holds_is_a_sentence(report, monkeypatch):
    monkeypatch.setattr(report_database, "PATIENCE", 0.1)
    holder = sqlite3.connect(report_database.database(), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(AttributionError, match=r"could not be saved.*another process is using it"):
        report_store.pin(KEY, exercise("x"))
    same(report_store.read(KEY), report)
    holder.execute("ROLLBACK")
    holder.close()
    assert report_store.pin(KEY, exercise("x"))


@pytest.mark.parametrize("where", ["file/reports", "/proc/reports"])
def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path, monkeypatch, where):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("WHY_REPORTS_DIR", str(tmp_path / where))
    with pytest.raises(AttributionError, match=r"could not be saved on this server \(.+\)"):
        report_store.pin(KEY, exercise("x"))
    assert report_store.read(KEY).items == ()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_a_sentence(report, folder):
    folder.chmod(0o500)
    report_database.database().chmod(0o400)
    try:
        with pytest.raises(AttributionError, match=r"could not be saved.*its folder cannot be written"):
            report_store.pin(KEY, exercise("x"))
        same(report_store.read(KEY), report)
    finally:
        folder.chmod(0o700)
        report_database.database().chmod(0o600)
    same(report_store.read(KEY), report)
