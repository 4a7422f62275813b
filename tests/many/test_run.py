"""Results equal single calls, in whatever order and however often the run was stopped."""

import json
import math
from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from attribution import explain_next_word, load, read_results, run_set, summary
from attribution.many import shards
from attribution.many.measures import Options, Sentence, random_found, records
from attribution.many.results import ResultsError
from attribution.many.sets import set_of
from attribution.many.summary import interval, median_interval, table
from attribution.models.settings import settings
from attribution.types import AttributionError, TextError

MODEL = "tests/fixtures/models/gpt2-tiny"
TEXTS = [
    "the day was long so",
    "a day",
    "so long was the day",
    "the hot oil was",
    "it was hot and the oil",
    "the",
]
METHODS = ["alti_logit", "logit", "frozen", "erasure"]


def sentences(count=18, **more):
    rows = [
        {"prefix": f"{TEXTS[k % len(TEXTS)]} {'day ' * (k % 4)}", "target": "hot", "foil": "oil"}
        for k in range(count)
    ]
    frame = pd.DataFrame(rows)
    return set_of(frame.assign(evidence="the", group=["ab"[k % 2] for k in range(count)], **more), "made")


@pytest.fixture(autouse=True)
def _small_shards(monkeypatch):
    monkeypatch.setattr(shards, "BLOCK", 4)
    monkeypatch.setattr("attribution.many.run.rows_a_shard", lambda *_: 4)


@pytest.fixture(scope="module")
def model():
    return load(MODEL)


class Stop(Exception):
    pass


def stop_after(count):
    """A progress callback that ends a run after so many shards."""
    seen = []

    def tell(standing):
        seen.append(standing)
        if standing.shards >= count:
            raise Stop

    return tell


def same(a, b):
    columns = [c for c in a.columns if c != "seconds"]
    pd.testing.assert_frame_equal(a[columns], b[columns], check_exact=True)


def test_numbers_are_those_of_single_calls_bit_for_bit(model):
    found = run_set(sentences(), [MODEL], METHODS, cluster="off", batch=False)
    rows = sentences().rows.set_index("row")
    assert len(found) == 18 * 4
    for record in found.itertuples():
        row = rows.loc[record.row]
        single = explain_next_word(model, row["text"], row["target"], row["foil"], method=record.method)
        explanation = single.explanation(method=record.method)
        assert record.explained == float(explanation.explained[0])
        values = [
            v
            for v, w in zip(single.text.sum_words(explanation.values[0]), single.text.words, strict=True)
            if not w.special
        ]
        words = [w.text for w in single.text.words if not w.special]
        ranks = [1 + sum(v > values[k] for v in values) for k, word in enumerate(words) if word == "the"]
        assert record.found == pytest.approx(1 / min(ranks) if ranks else math.nan, nan_ok=True)
        if record.method != "erasure":
            assert record.carried == float(explanation.values[0].sum()) / record.explained
    assert set(found["group"]) == {"a", "b"}


@pytest.mark.parametrize("batch", [True, False])
def test_a_run_stopped_in_parts_and_shuffled_gives_the_same(tmp_path, batch):
    options = {"cluster": "off", "batch": batch}
    whole = run_set(sentences(), [MODEL], METHODS, **options)
    with pytest.raises(Stop):
        run_set(sentences(), [MODEL], METHODS[:2], out=tmp_path, progress=stop_after(2), **options)
    kept = len(read_results(tmp_path).frame)
    assert 8 * 2 == kept < len(whole)
    for part in ("3/3", "1/3", "2/3"):
        run_set(sentences(), [MODEL], METHODS, out=tmp_path, part=part, **options)
    done = []
    found = run_set(sentences(), [MODEL], METHODS, out=tmp_path, progress=done.append, **options)
    assert done[-1].kept == done[-1].done == done[-1].records == len(whole)
    assert done[-1].shards == 0
    same(found, whole)


def test_sentences_together_as_single_calls_up_to_rounding():
    together, alone = (
        run_set(sentences(), [MODEL], [*METHODS, "gim", "saliency"], cluster="off", batch=b, dtype="float64")
        for b in (True, False)
    )
    for column in ("explained", "found", "carried"):
        assert together[column].to_numpy() == pytest.approx(alone[column].to_numpy(), abs=1e-9, nan_ok=True)


def test_only_what_is_missing_is_computed(tmp_path):
    run_set(sentences(), [MODEL], ["alti_logit"], out=tmp_path, cluster="off")
    one = sorted((tmp_path / "shards").rglob("*.parquet"))[1]
    one.write_bytes(one.read_bytes()[:-20])  # the power failed
    told = []
    found = run_set(
        sentences(), [MODEL], ["alti_logit", "gim"], out=tmp_path, cluster="off", progress=told.append
    )
    assert told[0].kept == 14
    assert told[-1].shards == 5
    assert len(found) == 36
    assert not list(tmp_path.rglob(".*"))


def test_another_set_or_other_options_need_another_folder(tmp_path):
    run_set(sentences(6), [MODEL], out=tmp_path, cluster="off")
    with pytest.raises(ResultsError, match="other sentences"):
        run_set(sentences(7), [MODEL], out=tmp_path, cluster="off")
    with pytest.raises(ResultsError, match="seed 0"):
        run_set(sentences(6), [MODEL], out=tmp_path, cluster="off", seed=1)
    info = next((tmp_path / "models").glob("*.info.json"))
    info.write_text(json.dumps(json.loads(info.read_text()) | {"fingerprint": "other"}))
    told = []
    run_set(sentences(6), [MODEL], ["alti_logit", "gim"], out=tmp_path, cluster="off", progress=told.append)
    assert "have changed" in told[-1].failures[MODEL]


def test_a_row_or_model_that_fails_says_so_and_the_others_go_on(tmp_path):
    frame = pd.DataFrame({"prefix": ["the day was", "the day", "so"], "target": ["hot", "day", "long"]})
    rows = set_of(frame.assign(foil=["oil", "day-", "\u4f60"]), "made")
    told = []
    models = ["no/such-model", MODEL, "tests/fixtures/models/t5-tiny"]
    found = run_set(rows, models, ["alti_logit", "gim"], out=tmp_path, cluster="off", progress=told.append)
    mine = found[found["model"] == MODEL]
    assert (mine[mine["row"] == 1]["error"] == "").all()
    assert mine[mine["row"] == 1]["right"].notna().all()
    assert (mine[mine["row"] == 3]["error"] != "").all()
    assert "no/such-model" in told[-1].failures
    assert (found[found["model"] != MODEL]["error"] != "").all()
    assert told[-1].done == told[-1].records
    with pytest.raises(AttributionError):
        run_set(rows, ["no/such-model"], cluster="off")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"methods": []}, "Choose a method"),
        ({"methods": ["nothing"]}, "no method"),
        ({"methods": ["cross_attention"]}, "cross_attention"),
        ({"measures": ["depth"]}, "cannot be measured"),
        ({"part": "4/3"}, "A part"),
        ({"part": "x"}, "A part"),
        ({"models": []}, "at least one model"),
    ],
)
def test_wrong_options(options, said):
    with pytest.raises(TextError, match=said):
        run_set(sentences(2), **{"models": [MODEL], "cluster": "off"} | options)


def test_what_the_operator_may_set(monkeypatch):
    assert (settings().many, settings().many_rows, settings().cluster) == ("local", None, "")
    for name, value in {"WHY_MANY": "Off", "WHY_MANY_ROWS": "500", "WHY_CLUSTER": "tcp://host:8786"}.items():
        monkeypatch.setenv(name, value)
    assert (settings().many, settings().many_rows, settings().cluster) == ("off", 500, "tcp://host:8786")
    for name, value in {"WHY_MANY": "perhaps", "WHY_MANY_ROWS": "-5"}.items():
        monkeypatch.setenv(name, value)
        with pytest.raises(AttributionError, match=name):
            settings()
        monkeypatch.delenv(name)


def test_a_full_disk_says_what_is_kept(tmp_path, monkeypatch):
    run_set(sentences(), [MODEL], out=tmp_path, part="1/5", cluster="off")

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    with pytest.raises(ResultsError, match=r"No space left.*kept in .*run again"):
        run_set(sentences(), [MODEL], out=tmp_path, cluster="off")
    assert len(read_results(tmp_path).frame) == 4


def test_translation_links_are_counted(model):
    translator = load("english-spanish")
    links = "0-0 1-1 2-2 3-3 4p3 5-4"
    row = Sentence(1, "The nurse went to the hospital.", "La enfermera fue al hospital.", alignment=links)
    found, attention = records(
        translator, "translation", row and [row], ["frozen", "cross_attention"], Options()
    )
    assert found.error == attention.error == ""
    assert attention.aer == 0  # each word is linked as the gold says
    assert 0 <= found.aer <= 1
    assert attention.aer_links == 5 + 5
    assert attention.aer_random == pytest.approx(1 - (5 / 6 + 6 / 6) / 10)
    assert math.isnan(attention.difference)
    contrast = records(
        translator,
        "translation",
        [Sentence(1, row.text, row.target, "El enfermero fue al hospital.")],
        ["frozen"],
        Options(),
    )
    assert contrast[0].right == float(contrast[0].difference > 0)


def test_questions_and_measures_that_cost_more(model):
    answers = load("yes-no-small")
    row = Sentence(1, "Is London the capital of France?", "no", "yes", "France")
    for record in records(answers, "question", [row], ["gim", "saliency"], Options(("gap", "lds"))):
        assert record.error == ""
        assert record.words == 7
        assert all(
            map(math.isfinite, (record.found, record.gap, record.lds, record.lds_random, record.difference))
        )
    text = Sentence(1, "the day was long so", "hot", "oil", "day")
    (record,) = records(model, "next word", [text], ["frozen"], Options(("gap", "lds"), replace="neutral"))
    assert math.isfinite(record.gap + record.lds)


@pytest.mark.parametrize(("words", "decisive"), [(4, 1), (5, 2), (5, 5)])
def test_the_random_reference_is_the_mean_over_all_orders(words, decisive):
    best = [1 / min(order.index(k) + 1 for k in range(decisive)) for order in permutations(range(words))]
    assert random_found(words, decisive) == pytest.approx(np.mean(best))


# --------------------------------------------------------------------------------------------------- summary


def test_a_summary_by_model_method_and_group(tmp_path):
    run_set(sentences(), [MODEL], ["alti_logit", "gim"], out=tmp_path, cluster="off")
    results = read_results(tmp_path)
    found = summary(results.frame)
    assert set(found["group"]) == {"all", "a", "b"}
    row = found.set_index(["method", "group", "measure"]).loc[("gim", "a", "found")]
    mine = results.frame.query("method == 'gim' and group == 'a'")
    assert row["value"] == pytest.approx(mine["found"].mean())
    assert row["random"] == pytest.approx(mine["found_random"].mean())
    assert row["low"] <= row["value"] <= row["high"]
    assert row["sentences"] == 9
    assert "| gim | 18 |" in table(found).replace(MODEL, "")
    for word in (results.manifest["set"]["digest"][:12], "gpt2-tiny", "Seed 0", "torch", "alti_logit, gim"):
        assert word in results.caption
    assert summary(results.frame.iloc[:0]).empty


def test_intervals():
    generator = np.random.default_rng(0)
    few, many = generator.normal(3, 2, 400), generator.normal(3, 2, 6000)
    for values in (few, many):
        low, high = interval(values, np.ones(len(values)))
        assert high - low == pytest.approx(2 * 1.96 * 2 / len(values) ** 0.5, rel=0.15)
        low, high = median_interval(values)
        assert low < np.median(values) < high
    weights = np.array([1.0, 0.0])
    assert interval(np.array([2.0, 9.0]), weights) == (2.0, 2.0)


def test_time_left_does_not_count_what_the_first_worker_was_waited_for():
    from attribution.many.run import Standing

    standing = Standing(100, done=10, seconds=70.0, waited=60.0)
    assert standing.remaining == pytest.approx(90.0)
    assert Standing(100, done=10, seconds=60.5, waited=60.0).remaining is None


def test_the_interval_of_a_share_is_never_surer_than_so_few_sentences_allow():
    from attribution.many.summary import share_interval

    low, high = share_interval(np.ones(2))
    assert high == 1
    assert low == pytest.approx(0.342, abs=1e-3)  # Wilson's with z = 1.96
    assert share_interval(np.zeros(2)) == pytest.approx((0, 1 - low))
    low, high = share_interval(np.repeat([1.0, 0.0], [60, 40]))
    assert (low, high) == pytest.approx((0.502, 0.691), abs=1e-3)
