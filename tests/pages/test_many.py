"""The Many sentences page's script, without a browser: begun, watched, stopped, gone on with, bad files."""

import io
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from attribution import cached
from attribution.examples import MANY, MANY_SETS
from attribution.export.records import from_json, to_json
from attribution.many import kept
from attribution.many.sets import bundled_sets, read_set, set_of
from attribution.ui.many import columns, rows

ROOT = Path(__file__).parents[2]
TEXTS = ["the day was long so", "a day", "so long was the day", "it was hot and the oil"]


@pytest.fixture
def app(monkeypatch, tmp_path):
    monkeypatch.setenv("WHY_MODELS_DIR", str(ROOT / "tests/fixtures/models"))
    monkeypatch.setenv("WHY_MANY_DIR", str(tmp_path))
    st.cache_data.clear()
    monkeypatch.setattr(columns, "bundled", lambda name, most: small(most))
    test = AppTest.from_file(str(ROOT / "pages/many.py"), default_timeout=120)
    test.session_state["many_models"] = ["gpt2-tiny"]
    test.session_state["many_methods"] = ["alti_logit", "frozen", "logit"]
    return test


def small(most=1000, count=12):
    names = [
        {"prefix": TEXTS[k % 4] + " day" * (k % 3), "target": "hot", "foil": "oil"} for k in range(count)
    ]
    groups = [("a", "", "<b>c</b>")[k % 3] for k in range(count)]
    return set_of(pd.DataFrame(names).assign(evidence="day|oil", group=groups).head(most), "made")


def labels(app):
    return [b.label for b in app.button]


def press(app, label):
    app.button[labels(app).index(label)].click().run()


def html(app):
    return " ".join(element.proto.body for element in app.get("html"))


def finished(app):
    for _ in range(120):
        if "Stop" not in labels(app):
            return app
        time.sleep(0.25)
        app.run()
    raise AssertionError("the run did not end")


def test_nothing_is_computed_before_start_and_then_all_is(app, tmp_path):
    app.run()
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert list(tmp_path.iterdir()) == []
    assert any("12 sentences × 1 model × 3 methods" in c.value for c in app.caption)
    press(app, "Start")
    finished(app)
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert "Done" in labels(app)
    assert len(app.get("vega_lite_chart")) == 3
    for look in ("spread", "size", "numbers", "groups"):
        app.segmented_control(key="many_look").set_value(look).run()
        assert not app.exception
    assert "&lt;b&gt;c" in html(app) or "<b>c</b>" not in html(app)


def test_results_are_found_again_and_shared_without_computing(app):
    app.session_state["_many_begin"] = True
    finished(app.run())
    again = AppTest.from_file(str(ROOT / "pages/many.py"), default_timeout=120)
    again.session_state["many_models"] = ["gpt2-tiny"]
    again.session_state["many_methods"] = ["logit", "frozen", "alti_logit"]
    again.run()
    assert "Done" in labels(again)
    assert len(again.get("vega_lite_chart")) == 3


def test_a_stopped_run_goes_on_where_it_was(app, monkeypatch):
    monkeypatch.setattr("attribution.many.run.rows_a_shard", lambda *_: 3)
    from attribution.many.results import Folder

    write = Folder.write

    def slowly(*asked):
        write(*asked)
        time.sleep(0.4)

    monkeypatch.setattr(Folder, "write", slowly)
    app.run()
    press(app, "Start")
    time.sleep(0.6)
    press(app, "Stop")
    finished(app)
    assert any("Stopped" in c.value for c in app.caption)
    job = next(iter(cached.many()._jobs.values()))
    done = len(cached.many_results(job.kept).frame) if job.kept.begun else 0
    assert done < 36
    monkeypatch.setattr(Folder, "write", write)
    press(app, "Go on" if done else "Start")
    finished(app)
    assert "Done" in labels(app)
    job = cached.many().job(job.kept.key)
    assert job.standing.kept == done
    assert job.standing.done == 36


def test_a_run_that_ends_while_the_page_is_drawn_is_shown_to_its_end(app, monkeypatch):
    app.session_state["_many_begin"] = True
    finished(app.run())
    read, seen = cached.many_results, []

    def before_the_end(kept):
        found = read(kept)
        seen.append(kept)
        return replace(found, frame=found.frame.head(24)) if len(seen) < 2 else found

    monkeypatch.setattr(cached, "many_results", before_the_end)
    st.cache_data.clear()
    app.run()
    assert not app.exception
    assert "Done" in labels(app)


def test_where_it_is_off_the_page_says_so_and_begins_nothing(app, monkeypatch, tmp_path):
    monkeypatch.setenv("WHY_MANY", "off")
    app.session_state["_many_begin"] = True
    app.run()
    assert not app.exception
    assert "Start" not in labels(app)
    assert any("WHY" in c.value and "off" in c.value for c in app.caption)
    assert list(tmp_path.iterdir()) == []


def test_no_more_rows_are_read_than_the_operator_allows(monkeypatch):
    monkeypatch.setenv("WHY_MANY_ROWS", "7")
    assert columns.most_rows() == 7
    found = read_set("yes-no", most=columns.most_rows())
    assert len(found) == 7
    assert any("more than 7 rows" in note for note in found.notes)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("many_models", [], "at least one model"),
        ("many_models", ["no-such-model"], "no-such-model"),
        ("many_methods", [], "Choose a method"),
    ],
)
def test_what_is_missing_is_said(app, key, value, says):
    app.run()
    app.multiselect(key=key).set_value(value).run()
    assert not app.exception
    said = " ".join([e.value for e in app.error] + [c.value for c in app.caption])
    assert says in said.replace("\\", "")


FILES = {
    "empty.csv": (b"", "is empty"),
    "other.csv": (b"a,b\n1,2\n", "No column is called prefix, source or question"),
    "none.csv": (b"prefix,target,foil\nhot,a,a\n", "No row of none can be used"),
    "cut.parquet": (b"PAR1 nothing", "no Parquet file, or is damaged"),
    "picture.csv": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "picture.csv holds no text, whatever its name says"),
    "sheet.jsonl": (b"PK\x03\x04\x14\0", "sheet.jsonl holds no text"),
    "list.json": (b"[1, 2", "JSON"),
    "twice.csv": (b"prefix,target,foil,target\nthe day was,hot,oil,x\n", ""),
    "bom.csv": ("\ufeffprefix;target;foil\nthe day was;hot;oil\n".encode(), ""),
    "formula.csv": (b"prefix,target,foil\n=1+1 and so on,hot,oil\n#REF!,hot,oil\n", ""),
    "html.tsv": (b"prefix\ttarget\tfoil\n<img src=x onerror=alert(1)> so\thot\toil\n", ""),
}


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_a_set_or_a_sentence(app, name):
    data, says = FILES[name]
    app.session_state["many_set"] = "own"
    app.run()
    app.file_uploader(key="many_file").set_value((name, data, "text/plain")).run()
    assert not app.exception
    said = " ".join([e.value for e in app.error] + [c.value for c in app.caption]).replace("\\", "")
    if says:
        assert says in said
        assert "Start" not in labels(app)
    else:
        assert not app.error
        assert "Start" in labels(app)


def test_columns_can_be_chosen_by_hand(app):
    app.session_state["many_set"] = "own"
    app.run()
    data = b"Satz,richtig,falsch\nthe day was,hot,oil\n"
    app.file_uploader(key="many_file").set_value(("mine.csv", data, "text/csv")).run()
    assert app.error
    fields = {s.label: s for s in app.selectbox}
    for ours, theirs in (("prefix", "Satz"), ("target", "richtig"), ("foil", "falsch")):
        fields[ours].set_value(theirs)
    press(app, "Read it so")
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert "Start" in labels(app)


def test_a_sentence_opens_with_everything_filled_in():
    text = {"text": "a & b <c>", "target": "x=1", "foil": "ü", "evidence": ""}
    links = dict(rows._links("next word", text, "english-lm", "frozen", ["english-lm", "gpt2"]))
    asked = parse_qs(urlsplit(links["Next word"]).query)
    assert asked == {
        "nw_model": ["english-lm"],
        "nw_text": ["a & b <c>"],
        "nw_target": ["x=1"],
        "nw_foil": ["ü"],
        "nw_method": ["frozen"],
    }
    assert parse_qs(urlsplit(links["Model sizes"]).query)["ms_models"] == ["english-lm", "gpt2"]
    [(page, url)] = rows._links("translation", text, "m", "gim", ["m"])
    assert page == "Translation"
    assert parse_qs(urlsplit(url).query)["mt_whose"] == ["typed"]


def test_the_worst_come_first_and_a_result_can_be_kept(app):
    app.session_state["_many_begin"] = True
    finished(app.run())
    job = cached.many()._jobs[next(reversed(cached.many()._jobs))]
    result = cached.many_found(job.kept, 36)
    assert to_json(from_json(to_json(result))) == to_json(result)
    frame = cached.many_results(job.kept).frame
    for measure in ("found", "right", "carried"):
        found = rows.ordered(frame, result, measure, result.groups[0], "gpt2-tiny", "frozen")
        values = found["difference" if measure == "right" else measure].tolist()
        assert values == sorted(values)
        assert len(found) == 12
    assert {
        len(rows.ordered(frame, result, "found", g, "gpt2-tiny", "frozen")) for g in result.groups[1:]
    } == {4}


def test_bundled_sets_and_examples_are_those_that_there_are():
    assert set(MANY_SETS) == set(bundled_sets())
    for example in MANY:
        found = read_set(example.set)
        assert f"{len(found)}" in MANY_SETS[example.set]


def test_runs_are_deleted_for_who_asks_and_bounded(monkeypatch, tmp_path):
    from attribution.many.measures import Options

    monkeypatch.setenv("WHY_MANY_DIR", str(tmp_path))
    runs = [kept.Kept(f"{k}" * 64, ("m",), ("frozen",), Options()) for k in range(3)]
    for run in runs:
        run.own("me")
        (run.path / "manifest.json").write_bytes(b" " * 1000)
    runs[0].own("you")
    runs[0].disown("me")
    assert runs[0].begun
    runs[0].disown("you")
    assert not runs[0].path.exists()
    monkeypatch.setattr(kept, "MOST_BYTES", 1500)
    kept.make_room([runs[1].key])
    assert runs[1].begun
    assert not runs[2].begun
    monkeypatch.setattr(kept, "SPARE", 10**18)
    with pytest.raises(kept.ResultsError, match="nearly full"):
        kept.make_room([runs[1].key])
    assert runs[1].begun


def test_downloads_do_not_run_in_a_spreadsheet():
    from attribution.export.tables import table_to_csv

    sheet = set_of(pd.DataFrame([{"prefix": "=1+1", "target": "@x", "foil": "oil"}]), "s").rows
    back = pd.read_csv(io.StringIO(table_to_csv(sheet)))
    assert back["text"][0] == "'=1+1"
    assert back["target"][0] == "'@x"


def test_a_full_disk_is_a_sentence_and_what_was_finished_is_kept(app, monkeypatch):
    monkeypatch.setattr("attribution.many.run.rows_a_shard", lambda *_: 3)
    from attribution.many import results

    write, shards = results._write_frame, []

    def fills(path, frame):
        if "shards" in str(path):
            shards.append(path)
            if len(shards) > 2:
                raise OSError(28, "No space left on device")
        write(path, frame)

    monkeypatch.setattr(results, "_write_frame", fills)
    app.session_state["_many_begin"] = True
    finished(app.run())
    assert not app.exception
    said = " ".join(e.value for e in app.error).replace("\\", "")
    assert "No space left on device" in said
    assert "What was computed before is kept" in said
    assert "Go on" in labels(app)
    assert len(app.get("vega_lite_chart")) == 3
