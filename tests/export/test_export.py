"""Files: PNG, SVG, CSV, and JSON that comes back exactly."""

import csv
import io
import json
import struct
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pandas as pd
import pytest

from attribution.charts import next_word as charts
from attribution.charts.recipes import Recipe
from attribution.charts.translation import SaliencyView
from attribution.export import figure as exported
from attribution.export.figure import to_png, to_svg
from attribution.export.records import RecordError, encoded_array, from_json, to_json
from attribution.export.tables import table_to_csv, to_csv
from tests.charts.sample_results import (
    comparison,
    evil_next_word,
    next_word,
    scored_next_word,
    text_of,
    translation,
)

RESULTS = {
    "next_word": next_word(),
    "no_foil": next_word(foil=False),
    "evil": evil_next_word(),
    "another_method": scored_next_word(parts=("positions",)),
    "translation": translation(),
    "no_sign": translation(signed=False, free=True),
    "comparison": comparison(),
    "comparison_no_foil": comparison(q=0, signed=False),
    "request": next_word().request,
}


def same(a, b):
    """Equal, field for field, NaN equal to NaN, arrays with their dtype."""
    assert type(a) is type(b) or (isinstance(a, str) and isinstance(b, str))  # a Said is text, too
    if is_dataclass(a):
        for f in fields(a):
            same(getattr(a, f.name), getattr(b, f.name))
    elif isinstance(a, np.ndarray):
        assert a.dtype == b.dtype
        assert a.shape == b.shape
        np.testing.assert_array_equal(a, b)
    elif isinstance(a, tuple):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            same(x, y)
    elif isinstance(a, dict):
        assert a.keys() == b.keys()
        for k in a:
            same(a[k], b[k])
    elif isinstance(a, float) and a != a:
        assert b != b
    else:
        assert a == b


# ------------------------------------------------------------------------------------------------ JSON


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_comes_back_exactly(name):
    text = to_json(RESULTS[name])
    back = from_json(text)
    same(RESULTS[name], back)
    assert to_json(back) == text
    assert from_json(text.encode()) is not None


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_every_float_survives(dtype):
    rng = np.random.default_rng(0)
    bits = {"float32": np.uint32, "float64": np.uint64, "float16": np.uint16}[dtype]
    numbers = rng.integers(0, np.iinfo(bits).max, 20_000, dtype=bits, endpoint=True).view(dtype)
    extra = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, np.finfo(dtype).tiny, np.finfo(dtype).max], dtype)
    numbers = np.concatenate([numbers, extra])
    back = np.array(
        [
            np.nan if v is None else float(v)
            for v in json.loads(json.dumps(encoded_array(numbers, "")["values"]))
        ],
        dtype,
    )
    nan = np.isnan(numbers)
    assert (np.isnan(back) == nan).all()
    assert (back[~nan].view(bits) == numbers[~nan].view(bits)).all()


def test_float32_is_written_short():
    assert encoded_array(np.array([0.1], dtype=np.float32), "")["values"] == [0.1]


def changed(path, value):
    """The JSON of a result with one value replaced."""
    record = json.loads(to_json(RESULTS["next_word"]))
    node = record
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return json.dumps(record)


ALTI = ("data", "alti")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "cannot be read"),
        ("null", "not an analysis"),
        ("[1, 2]", "not an analysis"),
        ('{"format": "other"}', "not an analysis"),
        ('{"a": NaN}', "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        ("9" * 5000, "cannot be read"),
        (b"\xff\xfe\x00", "cannot be read"),
        (to_json(RESULTS["next_word"])[:-50], "cannot be read"),
        (changed(("version",), 2), "newer version"),
        (changed(("version",), True), "which version"),
        (changed(("version",), "1"), "which version"),
        (changed(("type",), "os.system"), "kind that is not known"),
        (changed(("type",), ["x"]), "kind that is not known"),
        (changed(("type",), "ComparisonResult"), "damaged"),
        (changed(("data",), None), "damaged"),
        (changed(("data", "entropy"), "high"), "entropy"),
        (changed(("data", "entropy"), True), "entropy"),
        (changed(("data", "notes"), "abc"), "notes"),
        (changed(("data", "candidates"), []), "do not fit together"),
        (changed(("data", "foil"), None), "do not fit together"),
        (changed(("data", "model", "parameters"), 1.5), "parameters"),
        (changed(("data", "model", "parameters"), 10**40), "parameters"),
        (changed(("data", "model", "kind"), "evil"), "kind"),
        (changed(("data", "model", "kind"), ["decoder"]), "kind"),
        (changed(("data", "model", "name"), "\ud800"), "name"),
        (changed(("data", "text", "words"), []), "damaged"),
        (changed((*ALTI, "dtype"), "object"), "alti"),
        (changed((*ALTI, "dtype"), ["float32"]), "alti"),
        (changed((*ALTI, "shape"), [10**9, 10**9, 10**9]), "alti"),
        (changed((*ALTI, "shape"), [10**20, 0]), "alti"),
        (changed((*ALTI, "shape"), [-1, 12, 12]), "alti"),
        (changed((*ALTI, "shape"), [1] * 40), "alti"),
        (changed((*ALTI, "values"), [1.0]), "alti"),
        (changed((*ALTI, "values"), {"__class__": "x"}), "alti"),
        (changed((*ALTI, "values", 0), "1e5"), "alti"),
        (changed((*ALTI, "values", 0), 10**400), "alti"),
        (changed(("data", "entropy"), 3).replace('"entropy": 3', '"entropy": 1e999'), "entropy"),
        (changed(("data", "entropy"), 3).replace('"entropy": 3', f'"entropy": {"9" * 400}.5'), "entropy"),
        (changed((*ALTI, "values", 0), [1.0]), "alti"),
    ],
)
def test_a_bad_file_is_one_sentence(text, says):
    with pytest.raises(RecordError, match=says) as caught:
        from_json(text)
    sentence = str(caught.value)
    assert len(sentence) < 200
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_a_file_saved_before_methods_could_be_chosen_opens():
    record = json.loads(to_json(RESULTS["next_word"]))
    del record["data"]["request"]["method"], record["data"]["scores"]
    same(from_json(json.dumps(record)), RESULTS["next_word"])


def test_arrays_that_do_not_belong_to_the_words_are_refused():
    record = json.loads(to_json(RESULTS["translation"]))
    score = record["data"]["step_scores"]["probability"]
    score["shape"], score["values"] = [2], [0.5, 0.5]
    with pytest.raises(RecordError, match="do not fit together"):
        from_json(json.dumps(record))


def test_a_prefix_may_have_a_language_code():
    """NLLB, mBART-50 and M2M100 begin with two tokens, so their prefix is one longer than the target."""
    usual = RESULTS["translation"]
    tokens = ["</s>", *usual.prefix.raw]
    wider = replace(
        usual,
        prefix=text_of(tokens, special=(0, 1)),
        prefix_magnitude=np.pad(usual.prefix_magnitude, ((0, 0), (1, 0))),
        prefix_signed=np.pad(usual.prefix_signed, ((0, 0), (1, 0))),
    )
    same(wider, from_json(to_json(wider)))
    assert Recipe("saliency", (from_json(to_json(wider)),), SaliencyView()).figure().spec
    with pytest.raises(ValueError, match=r"T or T \+ 1"):
        replace(usual, prefix=usual.source)


WRONG = [
    ("next_word", {"candidates": ()}),
    ("next_word", {"foil": None}),
    ("next_word", {"rollout": np.zeros((1, 1, 1))}),
    ("next_word", {"alti": np.zeros(())}),
    ("translation", {"attributed_values": np.zeros(2)}),
    ("translation", {"step_scores": {}}),
    ("translation", {"step_scores": {"probability": np.zeros(2)}}),
    ("translation", {"convergence": np.zeros(2)}),
    ("translation", {"alignment": (0,)}),
    ("comparison", {"token_magnitude": np.zeros((0, 9))}),
    ("comparison", {"token_signed": np.zeros((1, 2))}),
    ("comparison", {"magnitude": np.zeros(2)}),
    ("comparison", {"token_values": np.zeros((1, 1))}),
    ("comparison", {"token_values": np.array(["a"])}),
    ("comparison", {"token_values": np.array([object()])}),
]


@pytest.mark.parametrize(("name", "fields"), WRONG)
def test_what_could_not_be_opened_cannot_be_made(name, fields):
    with pytest.raises(ValueError, match=r"must|not one of numbers"):
        replace(RESULTS[name], **fields)


@pytest.mark.parametrize(
    "fields", [{"model": "\ud800"}, {"model": 5}, {"dtype": "float8"}, {"prefix": None}, {"foil": b"x"}]
)
def test_what_could_not_be_opened_is_not_written(fields):
    with pytest.raises(RecordError, match="cannot be saved"):
        to_json(replace(RESULTS["request"], **fields))


def test_a_field_that_is_missing_has_its_default_and_one_that_is_new_is_passed_over():
    record = json.loads(to_json(RESULTS["comparison"]))
    for name in ("notes", "token_values"):
        del record["data"][name]
    del record["data"]["model"]["dtype"]
    record["data"]["new"] = record["data"]["model"]["new"] = {"later": [1]}
    back = from_json(json.dumps(record))
    assert back.notes == ()
    assert back.model.dtype == "float32"
    del record["data"]["score"]
    with pytest.raises(RecordError, match="score"):
        from_json(json.dumps(record))


def test_a_wide_number_in_a_text_is_only_a_text():
    request = replace(RESULTS["request"], prefix="1e999 and " + "9" * 400)
    assert from_json(to_json(request)) == request


def test_a_file_that_is_far_too_large_is_not_read(monkeypatch):
    monkeypatch.setattr("attribution.export.records.LARGEST", 10)
    with pytest.raises(RecordError, match="too large"):
        from_json("x" * 11)
    with pytest.raises(RecordError, match="too large"):
        to_json(RESULTS["request"])


def test_only_results_and_requests_are_written():
    with pytest.raises(TypeError):
        to_json({"a": 1})


# ------------------------------------------------------------------------------------------- the others


def test_csv_has_the_numbers_and_no_formulas():
    text = to_csv(charts.contribution_bars(evil_next_word()))
    assert not text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 9, "eight words, and what no word is credited with"
    assert rows[1]["word"].startswith("'=cmd|")
    assert float(rows[0]["logits"]) == pytest.approx(evil_next_word().alti_logit.sum(0)[0], rel=1e-6)


def test_csv_guards_headers_and_keeps_negative_numbers():
    table = pd.DataFrame({"=1+1": [-1.5, np.nan], "word": ["-2+3", " @x"]})
    assert table_to_csv(table) == "'=1+1,word\n-1.5,'-2+3\n,' @x\n"


@pytest.mark.parametrize(
    "text", ["\n=1", "\xa0=1", "\ufeff=1", "\u200b@x", "\u202e-1", "\u0301+1", "＝1", "\tx", "%0|x"]
)
def test_csv_guards_what_hides_behind_the_unseen(text):
    assert table_to_csv(pd.DataFrame({"word": [text]})).removeprefix("word\n").strip('"').startswith("'")


def dots_per_inch(png):
    """What the file says of itself: its chunk pHYs has dots a metre."""
    across, down, unit = struct.unpack(">IIB", png.split(b"pHYs")[1][:9])
    assert (across, unit) == (down, 1)
    return across * 0.0254


def test_a_figure_too_large_for_its_dots_says_how_many_it_has(monkeypatch):
    monkeypatch.setattr(exported, "LARGEST_PNG", 100_000)
    png = to_png(charts.candidate_bars(next_word()), 300)
    width, height = struct.unpack(">II", png[16:24])
    assert width * height == pytest.approx(100_000, rel=0.02)
    assert dots_per_inch(png) < 200


def test_png_has_the_dots_asked_for_and_svg_its_text():
    figure = charts.candidate_bars(next_word())
    svg = to_svg(figure)
    width = float(svg.split(' width="')[1].split('"')[0])
    for dpi in (72, 300):
        png = to_png(figure, dpi)
        assert png[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">I", png[16:20])[0] == pytest.approx(width * dpi / 72, abs=2)
        assert dots_per_inch(png) == pytest.approx(dpi, abs=0.1)
    assert "difficult" in svg


def test_words_in_other_scripts_leave_marks_in_the_png():
    blank = to_png(charts.candidate_bars(next_word(target=" ")), 72)
    assert to_png(charts.candidate_bars(next_word(target="日本語")), 72) != blank
