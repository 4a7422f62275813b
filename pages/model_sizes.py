"""Model sizes: how do confidence and the words relied on change as a model grows?"""

import streamlit as st

from attribution import cached
from attribution.charts.recipes import Recipe
from attribution.charts.views import SignView, WordView
from attribution.export import python
from attribution.language import N_, Said, _
from attribution.methods import catalogue
from attribution.types import ComparisonRequest, ComparisonResult
from attribution.ui import exercise, figure, frame, hold, message, opening
from attribution.ui.model_sizes import answer, form, reading, run, table, what_if


def view_controls(results: list[ComparisonResult]) -> tuple[list[ComparisonResult], WordView]:
    """The toggles above the words; they compute nothing."""
    has_sign = catalogue.find(results[0].request.method).signed
    signs = SIGNS if has_sign else {"magnitude": SIGNS["magnitude"]}
    with st.container(horizontal=True, gap="medium"):
        sign = frame.choice(_("Sign"), signs, key="ms_sign" if has_sign else "ms_no_sign", help=_(HELP_SIGN))
        scale = frame.choice(_("Scale"), SCALES, key="ms_scale", help=_(HELP_SCALE))
        shown = answer.token_choice(results)
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
        answer.finding(results, view, theme)
        answer.better_methods(results)
        answer.notes(results)
    answered = [r for r in asked.requests if r in asked.results]
    figure.result_menu(
        asked.comparison,
        name="model-sizes",
        python=python.comparison(answered or asked.requests, view),
        key="ms",
        opens=form.opens,
    )
    look = frame.choice(_("A closer look"), LOOKS, key="ms_look")
    if look == "panels":
        figure.draw(Recipe("model-by-model", tuple(shown), view), key="ms_panels")
    elif look in ("hold", "what if"):
        changed(look, results, answered, view)
    elif len(results) < 2:
        message.note(_("Only one model has answered, so there is nothing to compare it with."))
    else:
        recipe = Recipe("agreement", tuple(shown), SignView(view.sign))
        figure.draw(recipe, key="ms_agreement", finding=True)
    reading.how_to_read(look, results[0].request.method)


def changed(
    look: str, results: list[ComparisonResult], answered: list[ComparisonRequest], view: WordView
) -> None:
    """What the models say of the question with words taken away or others in their places."""
    if asked.waiting and not asked.stopped:
        message.note(_("This begins when all models have answered."))
        return
    with message.in_place():
        if look == "hold":
            hold.by_model(answered, [asked.name(r.model) for r in answered], key="ms")
        else:
            what_if.look([asked.results[r] for r in answered], answered, view)


SIGNS = {"signed": Said("signed"), "magnitude": Said("magnitude")}
SCALES = {"share": Said("share"), "weighted": Said("weighted"), "raw": Said("raw")}
LOOKS = {
    "panels": Said("Model by model"),
    "agreement": Said("Do they agree?"),
    "hold": Said("Does it hold?"),
    "what if": Said("What if?"),
}
HELP_SIGN = N_(
    "Signed: whether a word speaks for the target or for the foil. Magnitude: how much it matters."
)
HELP_SCALE = N_(
    "Share: each model's values are divided by the sum of their absolute values. Weighted: shares times "
    "P(target) − P(foil), so that magnitudes of a row sum to it. Raw: as computed."
)

models, request = form.inputs()
with message.or_sentence():
    opening.ready()
    cached.check_question(request.question, request.target, request.foil)
    asked = run.begun(models, request)
place = st.empty()
with place.container():
    run.ask_quick_ones(asked)
place.empty()
table.table(asked, frame.theme())
progress = run.stop_button(asked)
if asked.results:
    answers(list(asked.comparison.results))
elif not asked.waiting:
    message.error(_("None of these models could answer; the lines above say why."))
exercise.show("model_sizes", form.READY)
run.go_on(asked, progress)
