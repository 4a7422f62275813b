"""Next word: why this word and not another? Inputs -> request -> cached call -> charts."""

from dataclasses import replace

import streamlit as st

from attribution.charts.recipes import Recipe
from attribution.charts.views import MixingView, View
from attribution.examples import NEXT_WORD
from attribution.methods import catalogue
from attribution.types import NextWordRequest, NextWordResult
from attribution.ui import examples, exercise, explain, figure, frame, message, model_picker, next_word_parts

DEFAULT = NEXT_WORD[0].request
KEYS = {"model": "nw_model", "prefix": "nw_text", "target": "nw_target", "foil": "nw_foil"}
READY = [(e.label, examples.values(e.request, KEYS)) for e in NEXT_WORD]


def inputs() -> NextWordRequest:
    """The examples and the form."""
    examples.row(READY, key="nw")
    with st.form("nw_form", border=False):
        model, text, target, foil, go = st.columns([2.3, 5, 1.1, 1.1, 0.9], vertical_alignment="bottom")
        with model:
            spec = model_picker.select("Model", key="nw_model", default=DEFAULT.model, kinds=("decoder",))
        prefix = text.text_input(
            "Text before the word", DEFAULT.prefix, key="nw_text", bind="query-params", help=HELP_TEXT
        )
        word = target.text_input(
            "Target", DEFAULT.target, key="nw_target", bind="query-params", help=HELP_TARGET
        )
        other = foil.text_input("Foil", DEFAULT.foil, key="nw_foil", bind="query-params", help=HELP_FOIL)
        go.form_submit_button("Explain", type="primary", width="stretch", on_click=explain.go_on)
    return NextWordRequest(spec, prefix or "", word or "", other or "")


def view_controls(result: NextWordResult, method: str) -> View:
    """The toggles above the chart; they compute nothing."""
    target, foil = result.target.typed, result.foil.typed if result.foil else ""
    sides = {"contrast": f"{target} − {foil}", "target": target, "foil": foil} if foil else {"target": target}
    of = frame.choice("Explain", sides, key="nw_of" if foil else "nw_of_one")
    units = frame.choice("Show", {"words": "words", "tokens": "tokens"}, key="nw_units")
    measure = frame.choice("Unit", {"logits": "logits", "share": "share"}, key="nw_measure")
    return View(method, of, units, measure)


def decision(result: NextWordResult, view: View) -> None:
    """Which words decide, and what the model expects."""
    words, expected = st.columns([1.55, 1], gap="medium")
    with words:
        figure.draw(Recipe("words-that-decide", (result,), view), key="nw_words")
        next_word_parts.sentence(result, view, frame.theme())
    with expected:
        clicked = figure.draw(
            Recipe("what-the-model-expects", (result,)), key="nw_expected", selects="candidate"
        )
        next_word_parts.choose(result, clicked, KEYS)


def details(result: NextWordResult, view: View) -> None:
    """One of the three closer looks; only the one chosen is drawn."""
    looks = {"sum": "Everything adds up", "layers": "Where it happens", "mixing": "Who looks at whom"}
    look = frame.choice("A closer look", looks, key="nw_look")
    with message.in_place():
        if look == "sum":
            next_word_parts.check(result)
            figure.draw(Recipe("everything-adds-up", (result,), view), key="nw_sum")
        elif look == "layers":
            figure.draw(Recipe("where-it-happens", (result,), view), key="nw_layers")
        else:
            chosen = MixingView(*next_word_parts.layer_controls(result))
            figure.draw(Recipe("who-looks-at-whom", (result,), chosen), key="nw_mixing")
    next_word_parts.how_to_read(look, result.request.method)


HELP_TEXT = "The model continues this text. Enter or Explain runs."
HELP_TARGET = (
    "The word to explain. Empty: the likeliest one. ‿ in front joins it to the text without a space."
)
HELP_FOIL = "The word it is contrasted with: why the target and not this one? May be empty."

request = inputs()
above = st.container(gap="xxsmall")
likely, controls = st.columns([1, 1.6], vertical_alignment="center")
with controls:
    toggles = st.container(horizontal=True, gap="small")
with toggles:  # before anything is computed: the method is part of what is asked
    method = frame.choice("Method", catalogue.names("next word"), key="nw_method")
request = replace(request, method=catalogue.find(method).found_with or method)
with above:
    model_picker.about(request.model)
    with message.or_sentence():
        result = explain.next_word(request)
    next_word_parts.tokens(result, frame.theme())
with likely:
    next_word_parts.headline(result, frame.theme())
with toggles:
    view = view_controls(result, method)
next_word_parts.finding(result, view)
decision(result, view)
figure.result_menu(
    result,
    name="next-word",
    python=explain.next_word_snippet(request),
    link=examples.values(request, KEYS),
    key="nw",
)
details(result, view)
exercise.show("next_word", READY)
