"""The Report page's script, without a browser, with a report that is damaged in places."""

import sqlite3
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from attribution.export import report_database, report_store
from attribution.export.report import from_json

ROOT = Path(__file__).parents[2]
KEY = "k" * 32


@pytest.fixture
def app(tmp_path, monkeypatch):
    monkeypatch.setenv("WHY_REPORTS_DIR", str(tmp_path))
    saved = from_json((ROOT / "tests/fixtures/reports/version_1.json").read_bytes(), draw=False)
    report_store.add(KEY, saved)
    test = AppTest.from_file(str(ROOT / "pages/report.py"), default_timeout=120)
    test.session_state["_frame"] = True
    test.session_state["_report_key"] = KEY
    return test


def spoil(statement):
    with sqlite3.connect(report_database.database()) as db:
        db.execute(statement)


def charts(app):
    return len(app.get("vega_lite_chart"))


def press(app, label):
    app.button[[b.label for b in app.button].index(label)].click().run()


def test_every_kind_of_figure_is_drawn(app):
    app.run()
    assert not app.exception
    assert not app.error
    assert charts(app) == 10
    app.segmented_control(key="rp_page").set_value(2).run()
    assert charts(app) == 1
    assert "Why hot and not cold?" in [field.value for field in app.text_input]


def test_a_damaged_result_is_a_sentence_at_each_of_its_figures(app):
    report_store._results.clear()
    spoil("UPDATE result SET json = '{' WHERE CAST(json AS TEXT) LIKE '%NextWordResult%'")
    app.run()
    assert not app.exception
    assert [error.value.startswith("This item cannot be read") for error in app.error] == [True] * 5
    assert charts(app) == 5
    press(app, "Remove")
    assert len(app.error) == 4
    press(app, "Undo")
    assert len(app.error) == 5
    app.text_area[0].set_value("Still mine").run()
    assert not app.exception
    assert report_store.read(KEY).items[0].comment == "Still mine"


def test_what_cannot_be_saved_is_a_sentence_and_the_text_stays(app, monkeypatch):
    app.run()
    with sqlite3.connect(report_database.database(), isolation_level=None) as holder:
        monkeypatch.setattr(report_database, "PATIENCE", 0.1)
        holder.execute("BEGIN IMMEDIATE")
        app.text_area[0].set_value("Not lost").run()
        assert "could not be saved" in app.error[0].value
        assert app.text_area[0].value == "Not lost"
        holder.execute("ROLLBACK")
    app.text_area[0].set_value("Not lost at all").run()
    assert not app.error
    assert report_store.read(KEY).items[0].comment == "Not lost at all"


def test_titles_and_the_order_are_saved(app):
    app.run()
    first = app.text_input[1].value
    app.text_input[0].set_value("My report").run()
    app.text_input[1].set_value("My figure").run()
    press(app, "↓")
    saved = report_store.read(KEY)
    assert saved.title == "My report"
    assert saved.items[1].title == "My figure"
    assert first not in [item.title for item in saved.items]
