"""The pages in other languages: what is said in them, and what a change of language keeps."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from attribution import cached
from attribution.charts import findings
from attribution.charts.views import View
from attribution.examples import NEXT_WORD
from attribution.language import Said, _, reading
from attribution.methods import catalogue
from attribution.ui import address, message
from tests.pages.shown import numbers

ROOT = Path(__file__).parents[2]
LANGUAGES = ["es", "nl"]
FORMS = {
    "next_word": {},
    "translation": {"mt_model": "marian-tiny", "mt_source": "the people could see the water"},
    "model_sizes": {
        "ms_models": ["t5-tiny", "gpt2-tiny"],
        "ms_question": "the water on the day was cold and",
        "ms_target": "hot",
        "ms_foil": "oil",
    },
    "report": {},
}
"""A page and what its form holds at first."""
COMMON = """Explain|Compare|Target|Foil|Model|Models|Question|Text before the word|Text to translate
Your translation|Contrast|Explain its|Show|Unit|Scale|Sign|Step score|A closer look|words|tokens|share|raw
signed|magnitude|both|yours|Everything adds up|Where it happens|Who looks at whom|Does it hold?|What if?
Do they agree?|Model by model|raw tokens|Pin to report|How to read this|Open a report|Why this word?|Words are
taken away as|words left out|Another word|Title of the report"""
"""Labels that are English; what is the same word in both languages does not count."""


def started(page, code, **state):
    app = AppTest.from_file(str(ROOT / "pages" / f"{page}.py"), default_timeout=120)
    for key, value in {"_frame": True, "_language": code, **FORMS[page], **state}.items():
        app.session_state[key] = value
    return app.run()


def labels(app):
    """All labels of widgets and of their options."""
    widgets = [e.proto for kind in KINDS for e in app.get(kind)]
    options = [o if isinstance(o, str) else o.content for w in widgets for o in getattr(w, "options", ())]
    return {w.label for w in widgets} | set(options)


KINDS = (
    *("button", "button_group", "selectbox", "multiselect", "text_input", "text_area", "toggle"),
    *("checkbox", "slider", "file_uploader", "expander", "expandable"),
)


def html(app):
    return " ".join(element.proto.body for element in app.get("html"))


def computed(app):
    """The numbers in the data of each figure."""
    return [
        [{k: v for k, v in row.items() if isinstance(v, float)} for row in table]
        for tables in numbers(app)
        for table in tables
    ]


@pytest.fixture(autouse=True)
def models(monkeypatch, tmp_path):
    monkeypatch.setenv("WHY_MODELS_DIR", str(ROOT / "tests/fixtures/models"))
    monkeypatch.setenv("WHY_REPORTS_DIR", str(tmp_path))


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("page", FORMS)
def test_no_common_label_is_left_in_english(page, code):
    app = started(page, code)
    assert not app.exception
    assert not app.error
    with reading(code):
        english = {label for label in COMMON.replace("\n", "|").split("|") if _(label) != label}
    assert len(english) > 30
    assert not labels(app) & english


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_finding_is_said_in_the_readers_language(code):
    app = started("next_word", code)
    result = cached.next_word(NEXT_WORD[0].request)
    with reading(code):
        finding = findings.next_word(result, View("alti_logit")).html
        assert app.text_input(key="nw_target").label == _("Target")
    assert finding in html(app)
    assert findings.next_word(result, View("alti_logit")).html in html(started("next_word", "en"))


def test_another_language_keeps_what_was_chosen_and_computes_nothing(monkeypatch):
    app = started("next_word", "en", nw_look="mixing", nw_units="tokens", nw_measure="share", nw_raw=True)
    app.text_input(key="nw_foil").set_value("warm")
    app.button[[b.label for b in app.button].index("Explain")].click().run()
    before, held = computed(app), inputs(app)
    monkeypatch.setattr("attribution.service.next_word.run_next_word", None)
    for code in ("es", "nl", "en"):
        app.session_state["_language"] = code
        app.run()
        assert not app.exception
        assert not app.error
        assert inputs(app) == held
        assert computed(app) == before


def inputs(app):
    """What the form and the toggles hold."""
    widgets = (*app.text_input, *app.selectbox, *app.segmented_control, *app.toggle, *app.slider)
    return {w.key: w.value for w in widgets if w.key.startswith("nw_")}


@pytest.mark.parametrize("code", LANGUAGES)
def test_old_links_say_english_labels(code):
    options = {"sum": Said("Everything adds up"), "hold": Said("Does it hold?")}
    with reading(code):
        read = address.option(options)
        assert [read([said]) for said in ("sum", "Does it hold?", "?")] == ["sum", "hold", None]
        read = address.option(catalogue.names("next word"))
        assert [read([said]) for said in ("erasure", "input × gradient")] == ["erasure", "input_x_gradient"]
        assert message.plain(options["hold"]) == message.plain(_("Does it hold?"))
