"""Any file is read as a set, or refused in a sentence; what cannot be used of it is listed with a reason."""

import csv
import io
import json
import tracemalloc

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from attribution.many import files
from attribution.many.evidence import evidence_spans, gold_links
from attribution.many.files import SetError
from attribution.many.sets import bundled_sets, read_set, set_of
from attribution.types import TextError

HEADER = "prefix,target,foil,evidence,group\n"
GOOD = "The keys on the table,are,is,keys,agreement\n"


def read(data, name="set.csv", **options):
    return read_set(io.BytesIO(data.encode() if isinstance(data, str) else data), name, **options)


def reasons(found):
    return dict(zip(found.problems["row"], found.problems["reason"], strict=True))


# ------------------------------------------------------------------------------------------ one set, any file


def test_the_same_set_from_every_kind_of_file(tmp_path):
    row = {
        "prefix": "The keys, on “the” table",
        "target": "are",
        "foil": "is",
        "evidence": "keys",
        "group": "a",
    }
    frame = pd.DataFrame([row, row | {"prefix": 'He said "yes" to', "evidence": ""}])
    frame.to_csv(tmp_path / "set.csv", index=False)
    frame.to_csv(tmp_path / "set.tsv", index=False, sep="\t")
    frame.to_csv(tmp_path / "semicolons.csv", index=False, sep=";")
    frame.to_csv(tmp_path / "excel.csv", index=False, encoding="utf-8-sig", lineterminator="\r\n")
    frame.to_csv(tmp_path / "sixteen.csv", index=False, encoding="utf-16")
    frame.to_json(tmp_path / "set.jsonl", orient="records", lines=True)
    frame.to_json(tmp_path / "list.json", orient="records")
    frame.to_parquet(tmp_path / "set.parquet")
    found = [read_set(path) for path in sorted(tmp_path.iterdir())] + [set_of(frame, "frame")]
    assert len({s.digest for s in found}) == 1
    assert {s.kind for s in found} == {"next word"}
    assert all(list(s.rows["text"]) == list(frame["prefix"]) and s.problems.empty for s in found)


@pytest.mark.parametrize("name", ["set.csv", "set.tsv"])
def test_an_uploaded_file_stays_open(name):
    """A page reads it again at every run."""
    file = io.BytesIO((HEADER + GOOD).replace(",", "\t" if name.endswith("tsv") else ",").encode())
    assert read_set(file, name).digest == read_set(file, name).digest
    assert not file.closed


def test_bundled_sets_are_whole():
    found = {name: read_set(name) for name in bundled_sets()}
    assert {name: s.kind for name, s in found.items()} == {
        "english-phenomena": "next word",
        "english-spanish": "translation",
        "yes-no": "question",
    }
    assert all(len(s) >= 300 and s.problems.empty and s.rows["group"].nunique() > 5 for s in found.values())
    assert (found["english-phenomena"].rows["evidence"] != "").all()
    assert (found["english-spanish"].rows["alignment"] != "").all()


def test_columns_by_hand_and_by_their_other_names():
    text = "Satz,richtig,falsch\nThe keys,are,is\n"
    with pytest.raises(SetError, match=r"is called prefix, source or question; .* Satz, richtig"):
        read(text)
    found = read(text, columns={"prefix": "Satz", "target": "richtig", "foil": "falsch"})
    assert found.columns == {"text": "Satz", "target": "richtig", "foil": "falsch"}
    with pytest.raises(SetError, match="There is no column “Text”"):
        read(text, columns={"prefix": "Text"})
    with pytest.raises(SetError, match="No column is called foil"):
        read("prefix,target\na b,c\n")
    assert read(" Question ,Answer,FOIL\nIs it?,yes,no\n").kind == "question"


def test_blimp_as_it_is():
    pair = {"UID": "aga", "one_prefix_method": True, "pairID": "0", "field": "morphology"}
    good, bad = "Katherine can't help herself.", "Katherine can't help himself."
    one = {"one_prefix_prefix": "Katherine can't help", "one_prefix_word_good": "herself"}
    rows = [
        pair | {"sentence_good": good, "sentence_bad": bad} | one | {"one_prefix_word_bad": "himself"},
        pair | {"sentence_good": good, "sentence_bad": bad},
    ]
    for row in rows:
        found = read(json.dumps(row), "blimp.jsonl")
        first = found.rows.iloc[0]
        assert (first["text"], first["target"], first["foil"]) == (
            "Katherine can't help",
            "herself",
            "himself",
        )
        assert first["group"] == "aga"
    other = {"sentence_good": "Who left?", "sentence_bad": "What left?"}
    assert (
        "differ by their first word"
        in reasons(read(json.dumps(rows[1]) + "\n" + json.dumps(other), "b.jsonl"))[2]
    )


def test_evidence_files_of_the_alti_logit_paper():
    names = [
        "",
        "one_prefix_prefix",
        "one_prefix_word_good",
        "one_prefix_word_bad",
        "UID",
        "target",
        "target_phrase",
    ]
    rows = [
        ["0", "Some essay doesn't disagree with", "itself", "himself", "anaphor", "essay", "Some essay"],
        ["1", "Rose couldn't reference", "herself", "himself", "anaphor", "NA", "NA"],
        [
            "2",
            "The sketch of those trucks",
            "hasn't",
            "haven't",
            "distractor_agreement",
            "sketch",
            "The sketch",
        ],
        ["3", "The toys on the table ***mask***", "are", "is", "", "toys", ""],
    ]
    file = io.StringIO()
    csv.writer(file).writerows([names, *rows])
    found = read(file.getvalue())
    assert list(found.rows["evidence"]) == ["Some essay", "", "sketch", "toys"]
    assert found.rows["text"].iloc[3] == "The toys on the table"
    assert found.problems.empty


# --------------------------------------------------------------------------------------------- what is wrong


def test_every_bad_row_is_listed_and_none_stops_the_others():
    rows = [
        GOOD,
        ",are,is,,\n",
        "The key,is,,key,\n",
        "The key,is,is,key,\n",
        "The key,#REF!,is,key,\n",
        "=cmd|' /C calc'!A0,=1+1,+2,,\n",
        "The dog,runs,run,cat,\n",
        "a,b,c,d,e,f,g\n",
        "The dog,runs\n",
        f"The dog,{'x' * 300},run,,\n",
        f"{'word ' * 5000},runs,run,,\n",
        "\n",
        GOOD,
    ]
    found = read(HEADER + "".join(rows))
    assert list(found.rows["row"]) == [1, 6, 7, 12]
    assert (
        found.rows["text"].iloc[1].startswith("=cmd")
    )  # a text like any other; files are guarded when written
    said = reasons(found)
    assert "prefix is empty" in said[2]
    assert "foil is empty" in said[3]
    assert "both “is”" in said[4]
    assert "spreadsheet" in said[5]
    assert "“cat” does not stand" in said[7]
    assert bool(found.problems.set_index("row").loc[7, "used"])
    assert "7 cells" in said[8]
    assert "foil is empty" in said[9]
    assert "300 characters" in said[10]
    assert "25,000 characters" in said[11] or "24,999 characters" in said[11]


def test_mixed_encodings():
    found = read(
        (HEADER + GOOD + "Das Mädchen,läuft,laufen,,\n").encode() + "Die Tür,ist,sind,,\n".encode("cp1252")
    )
    assert list(found.rows["row"]) == [1, 2]
    assert "UTF-8" in reasons(found)[3]
    assert "not UTF-8" in found.notes[0]
    whole = read((HEADER + "Die Tür,ist,sind,,\n").encode("cp1252"))
    assert whole.rows["text"].iloc[0] == "Die Tür"
    assert "Windows-1252" in whole.notes[0]


def test_a_column_twice_and_open_quotes():
    found = read("prefix,target,target,foil\nThe keys,are,xx,is\n")
    assert found.rows["target"].iloc[0] == "are"
    assert "twice (target)" in found.notes[0]
    open_quote = HEADER + GOOD + '"The dog,runs,run,,\n' + GOOD * 5000
    found = read(open_quote)
    assert found.rows["row"].iloc[0] == 1
    assert len(found) >= 2
    assert "quotes" in reasons(found)[2]


def test_bad_lines_of_jsonl():
    lines = [
        json.dumps({"prefix": "The keys", "target": "are", "foil": "is"}),
        "{",
        "[1, 2]",
        "[" * 100_000,
        "null",
    ]
    lines.append('{"prefix": "The \\ud800 keys", "target": "are", "foil": "is"}')
    lines.append('{"prefix": ["a"], "target": {"b": 1}, "foil": NaN}')
    found = read("\n".join(lines), "set.jsonl")
    assert len(found) == 1
    assert sorted(reasons(found)) == [2, 3, 4, 5, 6, 7]
    assert read(
        '{"prefix": "The keys", "target": "are", "foil": "is", "evidence": ["keys"]}', "a.jsonl"
    ).problems.empty


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "set.csv", "is empty"),
        (b"\n\n", "set.csv", "empty line"),
        (HEADER.encode(), "set.csv", "No row of set can be used"),
        (HEADER.encode() + b",,,,\na,b\n", "set.csv", "No row of set can be used. The first one"),
        (b"nonsense", "set.parquet", "no Parquet file"),
        (b"PAR1" + bytes(100) + b"PAR1", "set.parquet", "no Parquet file"),
        (b"{}", "set.jsonl", "No column"),
        (b"[1, 2", "set.json", "begins as a JSON list"),
        (b"x", "set.docx", "no CSV, TSV, JSONL or Parquet"),
        (b"\x00" * 1000, "set.csv", "holds no text"),
    ],
)
def test_what_is_no_set_is_refused(data, name, said):
    with pytest.raises(SetError, match=said):
        read(data, name)


def test_a_file_that_is_not_there():
    with pytest.raises(SetError, match="cannot be read; name a file, or one of english-phenomena"):
        read_set("/nowhere/set.csv")


def parquet(columns, **options):
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file, **options)
    return file.getvalue()


def test_a_parquet_bomb_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", 1_000_000)
    texts = [f"{k} " + "a" * 5000 for k in range(1000)]
    data = parquet({"prefix": texts, "target": ["b"] * 1000, "foil": ["c"] * 1000}, compression="zstd")
    assert len(data) < 200_000
    with pytest.raises(SetError, match="would unpack to 5 MB"):
        read(data, "bomb.parquet")


def test_a_text_repeated_in_a_parquet_file_takes_memory_once():
    rows = 60_000
    long = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), ["a " * 9000])
    data = parquet({"prefix": long, "target": ["b"] * rows, "foil": ["c"] * rows})
    assert len(data) < 300_000
    tracemalloc.start()
    found = read(data, "repeated.parquet", most=2000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found) == 2000
    assert "first 2,000" in found.notes[0]
    assert peak < 200e6  # unpacked it would be a gigabyte


def test_a_parquet_file_of_other_types():
    found = read(
        parquet({"prefix": ["The year", None], "target": [1999, 5], "foil": [2000.5, 6.0]}), "n.parquet"
    )
    assert list(found.rows["target"]) == ["1999"]
    assert "prefix is empty" in reasons(found)[2]


def test_rows_beyond_the_most_are_left_out_with_a_note():
    found = read(HEADER + GOOD * 50, most=20)
    assert len(found) == 20
    assert "more than 20 rows" in found.notes[0]


# -------------------------------------------------------------------------------------- evidence, alignments


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        ("Mary", ["Mary", "Mary"]),
        ("Mary#2", ["Mary"]),
        ("the park", ["the", "park"]),
        ("park; John", ["John", "park"]),
        ("John park", ["John", "park"]),
        ("John|Mary#1", ["Mary", "John"]),
        ("", []),
    ],
)
def test_places_of_evidence(evidence, words):
    text = "Mary and John went to the park. Mary gave a book to"
    assert [text[a:b] for a, b in evidence_spans(text, evidence)] == words


@pytest.mark.parametrize("evidence", ["mary", "Mary#3", "Mary#0", "par", "Mary Jane"])
def test_evidence_that_is_not_there(evidence):
    with pytest.raises(TextError, match="does not stand in the text"):
        evidence_spans("Mary and John went to the park", evidence)


def test_pharaoh_pairs():
    gold = gold_links("0-0 1p1 2?1", "a b c", "d e")
    assert gold.sure == {(0, 0)}
    assert gold.possible == {(0, 0), (1, 1), (2, 1)}
    for wrong in ("0-2", "3-0", "0:0", "a-b", "-1-0", "0-0-0"):
        with pytest.raises(TextError):
            gold_links(wrong, "a b c", "d e")
    assert "without its alignment" in reasons(read("source,target,alignment\na b,c,5-0\n"))[1]
