"""Model sizes: how do confidence and the words relied on change as a model grows?"""

import streamlit as st

from attribution.charts.model_sizes import (
    METHOD_NAMES,
    WordView,
    agreement,
    confidence,
    small_multiples,
    words_by_model,
)
from attribution.examples import COMPARISON
from attribution.service.comparison import check
from attribution.types import ComparisonRequest, ComparisonResult
from attribution.ui import examples, figure, frame, message
from attribution.ui import model_sizes_parts as parts

frame.ensure("pages/model_sizes.py")
DEFAULT = COMPARISON[0]


def inputs() -> tuple[list[str], ComparisonRequest]:
    """The examples, the form, and how it is computed: the models and what each is asked."""
    with st.container(horizontal=True, vertical_alignment="center"):
        examples.row([(e.label, parts.values(e)) for e in COMPARISON], key="ms")
        parts.classroom_row()
    with st.form("ms_form", border=False):
        picker, text, target, foil, go = st.columns([4.6, 3.6, 0.9, 0.9, 1.1], vertical_alignment="bottom")
        with picker:
            models = parts.models_field(DEFAULT.models)
        question = text.text_input("Question", DEFAULT.question, key="ms_question", bind="query-params")
        word = target.text_input(
            "Target", DEFAULT.target, key="ms_target", bind="query-params", help=HELP_TARGET
        )
        other = foil.text_input("Foil", DEFAULT.foil, key="ms_foil", bind="query-params", help=HELP_FOIL)
        go.form_submit_button("Compare", type="primary", width="stretch", on_click=parts.start_anew)
    with st.container(horizontal=True, gap="medium"):
        method = parts.method_field(METHOD_NAMES)
        dtype = parts.precision_field()
        signless = method == "saliency"
        signs = {"magnitude": "magnitude"} if signless else {"signed": "signed", "magnitude": "magnitude"}
        frame.choice("Sign", signs, key="ms_no_sign" if signless else "ms_sign", help=HELP_SIGN)
        frame.choice("Scale", SCALES, key="ms_scale", help=HELP_SCALE)
    return models, ComparisonRequest("", question or "", word or "", other or "", method, dtype)


def view() -> WordView:
    """How the word scores are shown; the toggles compute nothing."""
    sign = "magnitude" if st.session_state["ms_method"] == "saliency" else st.session_state["ms_sign"]
    return WordView(sign, st.session_state["ms_scale"])


def answers(results: list[ComparisonResult]) -> None:
    """Confidence by size beside the words by size."""
    theme = frame.theme()
    by_size, by_word = st.columns([1, 1.35], gap="medium")
    with by_size:
        figure.show(confidence(results, theme=theme, width=470), key="ms_confidence")
    with by_word:
        chosen = parts.token_choice(results)
        figure.show(words_by_model(chosen, view(), theme=theme, width=640), key="ms_words")


def details(results: list[ComparisonResult]) -> None:
    """One of two closer looks."""
    look, theme = frame.choice("A closer look", LOOKS, key="ms_look"), frame.theme()
    if look == "panels":
        figure.show(small_multiples(results, view(), theme=theme), key="ms_panels")
    elif len(results) < 2:
        message.note("Only one model has answered, so there is nothing to compare it with.")
    else:
        figure.show(agreement(results, view().sign, theme=theme), key="ms_agreement")
    parts.how_to_read(look, results[0].request.method)


SCALES = {"share": "share", "weighted": "weighted by score", "raw": "raw"}
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
    check(request.question, request.target, request.foil)
    run = parts.Run(parts.requests(models, request))
place = st.empty()
with place.container():
    run.ask_quick_ones()
place.empty()
parts.table(run, frame.theme())
progress = parts.stop_button(run)
comparison = run.comparison
if comparison.results:
    results = list(comparison.results)
    parts.finding(results, view(), frame.theme())
    parts.notes(comparison)
    answers(results)
    figure.result_menu(comparison, name="model-sizes", python=parts.snippet(run), link=parts.link(), key="ms")
    details(results)
elif not run.waiting:
    message.error("None of these models could answer; the lines above say why.")
run.go_on(progress)
