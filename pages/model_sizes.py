"""Model sizes: how do confidence and the words relied on change as a model grows?"""

import streamlit as st

from attribution import cached
from attribution.charts.recipes import Recipe
from attribution.charts.views import SignView, WordView
from attribution.examples import COMPARISON, COMPARISON_CLASSROOM
from attribution.methods import catalogue
from attribution.types import ComparisonRequest, ComparisonResult
from attribution.ui import examples, exercise, figure, frame, message, opening
from attribution.ui import model_sizes_parts as parts

DEFAULT = COMPARISON[0]
READY = [(e.label, parts.values(e)) for e in COMPARISON]
CLASSROOM = [(e.label, parts.values(e)) for e in COMPARISON_CLASSROOM]
DOWNLOADS = (
    "FLAN-T5 comes from the Hugging Face Hub on first use: small 0.3 GB, base 1 GB, large 3.1 GB. "
    "Each answer is shown as soon as it is there."
)


def inputs() -> tuple[list[str], ComparisonRequest]:
    """The examples and the form: the models, and what each is asked."""
    with st.container(horizontal=True, vertical_alignment="center"):
        examples.row(READY, key="ms")
        examples.with_download(DOWNLOADS, CLASSROOM, key="ms")
    with st.form("ms_form", border=False):
        columns = st.columns([5.5, 3.0, 0.9, 0.9, 1.3, 1.2], vertical_alignment="bottom")
        picker, text, target, foil, more, go = columns
        with picker:
            models = parts.models_field(DEFAULT.models)
        question = text.text_input("Question", DEFAULT.question, key="ms_question", bind="query-params")
        word = target.text_input(
            "Target", DEFAULT.target, key="ms_target", bind="query-params", help=HELP_TARGET
        )
        other = foil.text_input("Foil", DEFAULT.foil, key="ms_foil", bind="query-params", help=HELP_FOIL)
        with more, st.popover("Method", width="stretch"):
            method = parts.method_field(catalogue.names("comparison"))
            dtype = parts.precision_field()
        go.form_submit_button("Compare", type="primary", width="stretch", on_click=parts.start_anew)
    return models, ComparisonRequest("", question or "", word or "", other or "", method, dtype)


def view_controls(results: list[ComparisonResult]) -> tuple[list[ComparisonResult], WordView]:
    """The toggles above the words; they compute nothing."""
    has_sign = catalogue.find(results[0].request.method).signed
    signs = {"signed": "signed", "magnitude": "magnitude"} if has_sign else {"magnitude": "magnitude"}
    with st.container(horizontal=True, gap="medium"):
        sign = frame.choice("Sign", signs, key="ms_sign" if has_sign else "ms_no_sign", help=HELP_SIGN)
        scale = frame.choice("Scale", SCALES, key="ms_scale", help=HELP_SCALE)
        shown = parts.token_choice(results)
    return shown, WordView(sign, scale)


def answers(results: list[ComparisonResult]) -> None:
    """The finding, confidence by size beside the words by size, and one of two closer looks."""
    theme = frame.theme()
    finding = st.container()
    by_size, by_word = st.columns([1, 1.35], gap="medium")
    with by_size:
        figure.draw(Recipe("confidence", tuple(results)), key="ms_confidence", width=470, height=200)
    with by_word:
        shown, view = view_controls(results)
        figure.draw(Recipe("words-by-model", tuple(shown), view), key="ms_words", width=640)
    with finding:
        parts.finding(results, view, theme)
        parts.notes(results)
    figure.result_menu(
        run.comparison,
        name="model-sizes",
        python=parts.snippet(run),
        link=parts.link(catalogue.names("comparison"), LOOKS),
        key="ms",
    )
    look = frame.choice("A closer look", LOOKS, key="ms_look")
    if look == "panels":
        figure.draw(Recipe("model-by-model", tuple(shown), view), key="ms_panels")
    elif len(results) < 2:
        message.note("Only one model has answered, so there is nothing to compare it with.")
    else:
        figure.draw(Recipe("agreement", tuple(shown), SignView(view.sign)), key="ms_agreement")
    parts.how_to_read(look, results[0].request.method)


SCALES = {"share": "share", "weighted": "weighted", "raw": "raw"}
LOOKS = {"panels": "Model by model", "agreement": "Do they agree?"}
HELP_TARGET = "The answer to explain, such as no."
HELP_FOIL = "The answer it is contrasted with, such as yes. May be empty."
HELP_SIGN = "Signed: whether a word speaks for the target or for the foil. Magnitude: how much it matters."
HELP_SCALE = (
    "Share: each model's values are divided by the sum of their absolute values. Weighted: shares times "
    "P(target) − P(foil), so that magnitudes of a row sum to it. Raw: as computed."
)

models, request = inputs()
with message.or_sentence():
    opening.ready()
    cached.check_question(request.question, request.target, request.foil)
    run = parts.Run(parts.requests(models, request))
place = st.empty()
with place.container():
    run.ask_quick_ones()
place.empty()
parts.table(run, frame.theme())
progress = parts.stop_button(run)
if run.results:
    answers(list(run.comparison.results))
elif not run.waiting:
    message.error("None of these models could answer; the lines above say why.")
exercise.show("model_sizes", READY)
run.go_on(progress)
