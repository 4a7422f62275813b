"""Next word: why this word and not another? Inputs -> request -> cached call -> charts."""

from dataclasses import replace

import streamlit as st

from attribution.charts.recipes import Recipe
from attribution.charts.views import MixingView, View
from attribution.export import python
from attribution.language import Said, _
from attribution.methods import catalogue
from attribution.types import FaithfulnessRequest, NextWordRequest, NextWordResult
from attribution.ui import exercise, explain, figure, frame, hold, message, model_picker
from attribution.ui.next_word import answer, form, layers, reading, what_if

LOOKS = {
    "sum": Said("Everything adds up"),
    "layers": Said("Where it happens"),
    "mixing": Said("Who looks at whom"),
    "hold": Said("Does it hold?"),
    "what if": Said("What if?"),
}
UNITS = {"words": Said("words"), "tokens": Said("tokens")}
MEASURES = {"logits": Said("logits"), "share": Said("share")}
ONE_SCREEN = 16
"""Bars that fit on a projector below the form and the finding."""


def view_controls(result: NextWordResult, method: str) -> View:
    """The toggles above the chart; they compute nothing."""
    target, foil = result.target.typed, result.foil.typed if result.foil else ""
    sides = {"contrast": f"{target} − {foil}", "target": target, "foil": foil} if foil else {"target": target}
    of = frame.choice(_("Explain"), sides, key="nw_of" if foil else "nw_of_one")
    units = frame.choice(_("Show"), UNITS, key="nw_units")
    measure = frame.choice(_("Unit"), MEASURES, key="nw_measure")
    return View(method, of, units, measure)


def decision(result: NextWordResult, view: View) -> None:
    """Which words decide, and what the model expects."""
    words, expected = st.columns([1.55, 1], gap="medium")
    with words:
        long = len(view.labels(result)) > ONE_SCREEN
        coloured = st.container()  # all of a long text is seen at once here, and not in its bars
        figure.draw(Recipe("words-that-decide", (result,), view), key="nw_words")
        with coloured if long else st.container():
            answer.sentence(result, view, frame.theme())
    with expected:
        buttons = st.container()  # where the eye is; what is clicked is known once the figure is drawn
        clicked = figure.draw(
            Recipe("what-the-model-expects", (result,)), key="nw_expected", selects="candidate", finding=True
        )
    with buttons:
        form.choose(result, clicked)


def details(result: NextWordResult, view: View, asked: NextWordRequest) -> None:
    """One of the closer looks; only the one chosen is drawn."""
    look = frame.choice(_("A closer look"), LOOKS, key="nw_look")
    with message.in_place():
        if look == "sum":
            answer.check(result)
            figure.draw(Recipe("everything-adds-up", (result,), view), key="nw_sum")
        elif look == "layers":
            layers.look(result, view)
        elif look == "hold":
            hold.look(FaithfulnessRequest(asked), "next word", key="nw")
        elif look == "what if":
            what_if.look(result, asked, view)
        else:
            chosen = MixingView(*answer.layer_controls(result))
            figure.draw(Recipe("who-looks-at-whom", (result,), chosen), key="nw_mixing", finding=True)
    reading.how_to_read(look, result.request.method)


request = form.inputs()
above = st.container(gap="xxsmall")
line = st.container(
    horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"
)
likely = line.container(width="content")
toggles = line.container(horizontal=True, gap="xsmall", vertical_alignment="center", width="content")
with toggles:  # before anything is computed: the method is part of what is asked
    method = form.method()
request = replace(request, method=catalogue.find(method).found_with or method)
with above:
    with message.or_sentence():
        result = explain.next_word(request)
    answer.tokens(result, frame.theme())
with likely:
    answer.headline(result, frame.theme())
with toggles:
    view = view_controls(result, method)
if view.of != "contrast" and result.scores is not None:  # the layered methods give all three at once
    request = replace(request, of=view.of)
    with message.or_sentence():
        result = explain.next_word(request)
with st.container(gap="xxsmall"):
    answer.finding(result, view)
    holds = st.container()
decision(result, view)
figure.result_menu(
    result,
    name="next-word",
    python=python.next_word(request, view),
    key="nw",
    opens=form.values,
)
shown = replace(result.request, method=method, of=view.of if result.foil else "contrast")
model_picker.about(request.model)
details(result, view, shown)
with holds:  # last, so that nothing else waits for it
    hold.in_finding(FaithfulnessRequest(shown))
exercise.show("next_word", form.READY)
