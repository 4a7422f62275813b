"""A new method is one file and one row: pages, comparison, figures, Python lines and About then have it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILE = '''
"""All credit to the last token that a step sees."""

import numpy as np


def last_token(problem):
    """1 for the last token, 0 for the others; the rest of the number is no token's."""
    values, logits = problem.forward(*problem.embeddings())
    for array in (problem.source, problem.prefix):
        array[:] = 0.0
    for step, position in enumerate(problem.positions):
        problem.prefix[:, step, position + 1 :] = np.nan
        problem.prefix[:, step, position] = 1.0
    if problem.source.size:
        problem.source[:, :, -1] = 1.0
    credited = problem.source[1].sum(1) + np.nansum(problem.prefix[1], 1)
    problem.parts["habit"] = values.double().cpu().numpy() - credited
    return values, logits
'''
ROW = """
        Method(
            id="toy",
            english="toy method",
            meaning="Whether a token is the last one.",
            signed=True,
            additive=True,
            kinds=EVERY_KIND,
            uses=("next word", "translation", "comparison"),
            passes="one forward",
            formula="all credit to the last token.",
            papers=(Paper("Nobody", 2026, "A Toy", "2601.00001"),),
            function="attribution.methods.toy.last_token",
        ),"""
VISIT = """
import json
from streamlit.testing.v1 import AppTest

def visit(page, **state):
    test = AppTest.from_file(f"pages/{page}.py", default_timeout=300)
    test.session_state["_frame"] = True
    for key, value in state.items():
        test.session_state[key] = value
    test.run()
    return {
        "problems": [str(e.value) for e in (*test.exception, *test.error)],
        "text": " ".join(
            [h.proto.body for h in test.get("html")]
            + [e.value for e in (*test.markdown, *test.caption, *test.code)]
        ),
        "figures": [json.loads(f.proto.spec)["title"]["text"] for f in test.get("vega_lite_chart")],
        "data": [f.proto.spec for f in test.get("vega_lite_chart")],
        "options": [list(s.options) for s in (*test.selectbox, *test.get("button_group"))],
    }

def reported():
    from attribution import explain_next_word, load
    from attribution.charts.recipes import Recipe
    from attribution.charts.views import View
    from attribution.export.document import to_html
    from attribution.export.report import Item, Report, from_json, to_json

    model = load("tests/gpt2-tiny")
    result = explain_next_word(model, "the water on the day was", "hot", "cold", method="toy")
    assert abs(result.values.sum() + result.remainder - result.explained_logit) < 1e-4
    report = Report((Item("One", recipe=Recipe("everything-adds-up", (result,), View())),))
    return to_html(from_json(to_json(report)))

print(json.dumps({
    "report": reported(),
    "next word": visit(
        "next_word", nw_model="gpt2-tiny", nw_text="the water on the day was", nw_target="hot",
        nw_foil="cold", nw_method="toy",
    ),
    "translation": visit(
        "translation", mt_model="marian-tiny", mt_source="the water", mt_whose="typed",
        mt_target="so cold", mt_method="toy", mt_sign="signed",
    ),
    "comparison": visit(
        "model_sizes", ms_models=["gpt2-tiny", "t5-tiny"], ms_question="the water on the day was",
        ms_target="hot", ms_foil="oil", ms_method="toy",
    ),
    "about": visit("about"),
}))
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """What each page of a copy of the app with the toy method shows."""
    copy = tmp_path_factory.mktemp("app")
    for name in ("attribution", "pages", ".streamlit"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", copy)
    (copy / "demo_models").symlink_to(ROOT / "demo_models")
    (copy / "tests").symlink_to(ROOT / "tests/fixtures/models")
    (copy / "attribution" / "methods" / "toy.py").write_text(FILE, "utf-8")
    table = copy / "attribution" / "methods" / "catalogue.py"
    rows, start = table.read_text("utf-8"), "    for row in ("
    assert rows.count(start) == 1
    table.write_text(rows.replace(start, start + ROW), "utf-8")
    (copy / "visit.py").write_text(VISIT, "utf-8")
    environment = {"HF_HUB_OFFLINE": "1", "WHY_MODELS_DIR": str(ROOT / "tests/fixtures/models")}
    done = subprocess.run(
        [sys.executable, "visit.py"],
        cwd=copy,
        env=environment | {"PATH": "", "HOME": str(copy), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_every_page_a_report_and_about_have_it(pages):
    for page in ("next word", "translation", "comparison"):
        shown = pages[page]
        assert not shown["problems"], page
        assert shown["figures"], page
        assert any("toy method" in option for options in shown["options"] for option in options), page
        assert "**Toy method**: all credit to the last token. Nobody 2026" in shown["text"], (
            "How to read this"
        )
        assert any("oy method" in spec for spec in shown["data"]), "a caption names it"
        assert "method='toy'" in shown["text"], "the Python lines"
    shown = pages["next word"]
    titles = [" ".join(lines) for lines in shown["figures"]]
    assert "Influence of each word on hot rather than cold (toy method)" in titles
    assert any("Everything adds up" in title for title in titles)
    assert any('"Habit"' in spec for spec in shown["data"]), "the part that no word is credited with"
    assert "what no word is credited with (habit)" in shown["text"]
    assert "Toy method" in pages["report"]
    assert "Habit" in pages["report"]
    assert "**Toy method**: Whether a token is the last one." in pages["about"]["text"]
