"""Translation: which source words, and which words already written, led to each target word?"""

from typing import Any

import streamlit as st

from attribution.charts import sentences
from attribution.charts.recipes import Recipe
from attribution.charts.views import SaliencyView
from attribution.export import python
from attribution.language import Said, _
from attribution.methods import catalogue
from attribution.types import FaithfulnessRequest, TranslationResult
from attribution.ui import exercise, explain, figure, frame, hold, message, model_picker, token_row
from attribution.ui.translation import alignment, answer, form, reading, what_if, words

Chosen = tuple[tuple[int, ...], Any]
"""The target steps of the word chosen, and the place where it is said how its explanation holds."""


def view_controls(results: list[TranslationResult]) -> SaliencyView:
    """The toggles above the chart; none of them computes anything."""
    has_sign = catalogue.find(results[0].request.method).signed
    signs = SIGNS if has_sign else {"magnitude": SIGNS["magnitude"]}
    with st.container(horizontal=True, gap="medium"):
        units = frame.choice(_("Show"), UNITS, key="mt_units")
        sign = frame.choice(_("Sign"), signs, key="mt_sign" if has_sign else "mt_no_sign")
        measure = frame.choice(_("Scale"), NORMALISATIONS, key="mt_scale")
        scores = {k: name for k, name in SCORES.items() if k in results[0].step_scores}
        score = frame.select(_("Step score"), scores, key="mt_score", labelled=False, width=290)
    return SaliencyView(sign, measure, units == "words", score=score)


def tokens(results: list[TranslationResult]) -> None:
    """The texts as the model sees them."""
    raw = token_row.toggle("mt_raw")
    token_row.show(results[0].source, frame.theme(), raw=raw, count=token_row.SOURCE_TOKENS)
    for result in results:
        token_row.show(result.target, frame.theme(), raw=raw, count=token_row.TARGET_TOKENS)


def by_word(
    result: TranslationResult,
    view: SaliencyView,
    limit: float,
    key: str,
    beside: TranslationResult | None = None,
) -> Chosen:
    """One translation, word by word: what led to the word that is chosen."""
    theme = frame.theme()
    steps = words.pick(result, view, key=key, beside=beside)
    words.finding(result, view, steps, theme)
    holds = st.container()
    words.better_methods(result, view, steps, key)
    words.sentences(result, view, steps, limit, theme, key)
    words.instead(result, view, steps, "own" if result.generated else "typed")
    answer.warnings(result)
    return steps, holds


def one(result: TranslationResult, view: SaliencyView) -> tuple[int, list[Chosen]]:
    """The words beside the figure, or below it where it is wide: finding and figure come first."""
    recipe, limit = Recipe("saliency", (result,), view), words.limit([result], view)
    if not words.fits_beside(result, view):
        answer.headline(result)
        words.overall(result, view, frame.theme())
        figure.draw(recipe, key="mt_saliency")
        return 0, [by_word(result, view, limit, "mt")]
    left, right = st.columns([1, 1.62], gap="medium")
    with left:
        answer.headline(result)
        chosen = by_word(result, view, limit, "mt")
        words.overall(result, view, frame.theme())
    with right:
        figure.draw(recipe, key="mt_saliency", width=670)
    return 0, [chosen]


def both(results: list[TranslationResult], view: SaliencyView) -> tuple[int, list[Chosen]]:
    """Two translations on one scale; returns which of them is looked at more closely."""
    words.compared(*results, view, frame.theme())
    figure.draw(Recipe("side-by-side", tuple(results), view), key="mt_both")
    picked = []
    for number, column in enumerate(st.columns(2, gap="medium")):
        with column:
            answer.headline(results[number])
            other = results[1 - number]
            limit = words.limit(results, view)
            picked.append(by_word(results[number], view, limit, f"mt{number}", beside=other))
    chosen = frame.choice(_("With the words written before"), FULL, key="mt_full", labelled=True)
    number = list(FULL).index(chosen)
    figure.draw(Recipe("saliency", (results[number],), view), key="mt_saliency")
    return number, picked


def details(number: int, steps: tuple[int, ...], view: SaliencyView) -> str:
    """A closer look at the word chosen; only the one chosen is drawn."""
    look = frame.choice(_("A closer look"), LOOKS, key="mt_look")
    with message.in_place():
        if look == "hold":
            hold.look(FaithfulnessRequest(requests[number], steps=steps), "translation", key="mt")
        else:
            what_if.look(results[number], requests[number], view, steps)
    return str(look)


UNITS = {"words": Said("words"), "tokens": Said("tokens")}
SIGNS = {"magnitude": Said("magnitude"), "signed": Said("signed")}
LOOKS = {"hold": Said("Does it hold?"), "what if": Said("What if?")}
FULL = {"own": Said("the model's own"), "typed": Said("yours")}
NORMALISATIONS = {"share": Said("share"), "raw": Said("raw"), "weighted": Said("weighted by score")}
SCORES = {k: Said("step score: {name}", name=Said(name)) for k, name in sentences.SCORES.items()}

requests = form.inputs()
with message.or_sentence():
    results = [explain.translation(request) for request in requests]
view = view_controls(results)
if not view.words:
    tokens(results)
shown, picked = both(results, view) if len(results) == 2 else one(results[0], view)
figure.result_menu(
    results[shown],
    name="translation",
    python=python.translation(requests[shown], view),
    key="mt",
    opens=form.opens,
)
model_picker.about(requests[0].model)
alignment.alignment_table(results[shown])
looked_at = details(shown, picked[shown][0], view)
reading.how_to_read(looked_at, requests[0].method)
for number, (steps, place) in enumerate(picked):  # last, so that nothing else waits for it
    with place:
        hold.in_finding(FaithfulnessRequest(requests[number], steps=steps))
exercise.show("translation", form.READY)
