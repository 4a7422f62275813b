"""Translation: which source words, and which words already written, led to each target word?"""

from dataclasses import replace

import streamlit as st

from attribution.charts.recipes import Recipe
from attribution.charts.views import SCORE_NAMES, SaliencyView
from attribution.examples import TRANSLATION, TRANSLATION_CLASSROOM
from attribution.methods import catalogue
from attribution.types import TranslationRequest, TranslationResult
from attribution.ui import (
    examples,
    exercise,
    explain,
    figure,
    frame,
    message,
    model_picker,
    translation_reading,
)
from attribution.ui import translation_parts as parts
from attribution.ui import translation_words as words

DEFAULT = TRANSLATION[0].request
READY = [(e.label, parts.values(e)) for e in TRANSLATION]
CLASSROOM = [(e.label, parts.values(e)) for e in TRANSLATION_CLASSROOM]
DOWNLOADS = "These translators come from the Hugging Face Hub on first use, about 300 MB each."


def inputs() -> list[TranslationRequest]:
    """The examples and the form: one request, or two that are shown side by side."""
    with st.container(horizontal=True, vertical_alignment="center"):
        examples.row(READY, key="mt")
        examples.with_download(DOWNLOADS, CLASSROOM, key="mt")
    with st.form("mt_form", border=False):
        model, text, choice, go = st.columns([2.3, 4.4, 2.4, 0.9], vertical_alignment="bottom")
        with model:
            spec = model_picker.select(
                "Model", key="mt_model", default=DEFAULT.model, kinds=("encoder-decoder",)
            )
        source = text.text_input("Text to translate", DEFAULT.source, key="mt_source", bind="query-params")
        with choice:
            whose = frame.choice(
                "Explain the translation", WHOSE, key="mt_whose", help=HELP_WHOSE, labelled=True
            )
        go.form_submit_button("Explain", type="primary", width="stretch", on_click=parts.forget_alignment)
        typed, other, method, quantity, more = st.columns([3, 2.4, 1.7, 2, 0.9], vertical_alignment="bottom")
        target = typed.text_input("Your translation", key="mt_target", bind="query-params", help=HELP_TARGET)
        contrast = other.text_input("Contrast", key="mt_contrast", bind="query-params", help=HELP_CONTRAST)
        with method:
            how = parts.select(
                "Method",
                catalogue.names("translation"),
                key="mt_method",
                help=catalogue.meanings("translation"),
            )
        with quantity:
            attributed = parts.select("Explain its", ATTRIBUTED, key="mt_attributed", help=HELP_ATTRIBUTED)
        with more, st.popover("More", width="stretch"):
            search = frame.choice(
                "Search for the model's own translation", SEARCH, key="mt_search", labelled=True
            )
            align = st.text_input("Alignment", key="mt_align", bind="query-params", help=HELP_ALIGN)
        languages = parts.language_fields(spec)
    request = TranslationRequest(
        spec,
        source or "",
        method=how,
        attributed=attributed,
        contrast=contrast or "",
        beams=1 if search == "greedy" else 0,
        source_language=languages[0],
        target_language=languages[1],
    )
    given = replace(request, target=target or " ", beams=0)  # a blank is an error that says so
    with message.or_sentence():
        alignment = parts.alignment_of(align or "")
    chosen = {"own": [request], "typed": [given], "both": [request, given]}[whose]
    return [replace(r, alignment=alignment) for r in chosen] if len(chosen) == 1 else chosen


def view_controls(results: list[TranslationResult]) -> SaliencyView:
    """The toggles above the chart; none of them computes anything."""
    has_sign = catalogue.find(results[0].request.method).signed
    signs = {"magnitude": "magnitude"} | ({"signed": "signed"} if has_sign else {})
    with st.container(horizontal=True, gap="medium"):
        units = frame.choice("Show", {"words": "words", "tokens": "tokens"}, key="mt_units")
        sign = frame.choice("Sign", signs, key="mt_sign" if has_sign else "mt_no_sign")
        measure = frame.choice("Scale", NORMALISATIONS, key="mt_scale")
        scores = {k: f"step score: {name}" for k, name in SCORE_NAMES.items() if k in results[0].step_scores}
        score = parts.select("Step score", scores, key="mt_score", labelled=False, width=290)
    return SaliencyView(sign, measure, units == "words", score=score)


def by_word(result: TranslationResult, view: SaliencyView, limit: float, key: str) -> None:
    """One translation, word by word: what led to the word that is chosen."""
    theme = frame.theme()
    parts.headline(result)
    steps = words.pick(result, view, key=key)
    words.finding(result, view, steps, theme)
    words.sentences(result, view, steps, limit, theme)
    words.instead(result, view, steps, "own" if result.generated else "typed")
    parts.warnings(result)


def one(result: TranslationResult, view: SaliencyView) -> int:
    """The words and, beside or below them, the figure."""
    beside = words.fits_beside(result, view)
    left, right = st.columns([1, 1.62], gap="medium") if beside else (st.container(), st.container())
    with left:
        by_word(result, view, words.limit([result], view), "mt")
        words.overall(result, view, frame.theme())
    with right:
        width = {"width": 670} if beside else {}
        figure.draw(Recipe("saliency", (result,), view), key="mt_saliency", **width)
    return 0


def both(results: list[TranslationResult], view: SaliencyView) -> int:
    """Two translations on one scale; returns which of them is looked at more closely."""
    words.compared(*results, frame.theme())
    for number, column in enumerate(st.columns(2, gap="medium")):
        with column:
            by_word(results[number], view, words.limit(results, view), f"mt{number}")
    figure.draw(Recipe("side-by-side", tuple(results), view), key="mt_both")
    chosen = frame.choice("With the words written before", FULL, key="mt_full", labelled=True)
    number = list(FULL).index(chosen)
    figure.draw(Recipe("saliency", (results[number],), view), key="mt_saliency")
    return number


WHOSE = {"own": "the model's own", "typed": "yours", "both": "both"}
FULL = {"own": "the model's own", "typed": "yours"}
SEARCH = {"own": "as the model is set", "greedy": "greedy"}
NORMALISATIONS = {"share": "share", "raw": "raw", "weighted": "weighted by score"}
ATTRIBUTED = {
    "probability": "probability",
    "log_probability": "log-probability",
    "logit": "logit",
    "contrast_prob_diff": "probability − contrast's",
    "contrast_logits_diff": "logit − contrast's",
}
HELP_WHOSE = "The model's own translation, the one typed below, or both side by side on one scale."
HELP_TARGET = "The translation that the model is made to write, word for word."
HELP_CONTRAST = "Another translation, of any length: why this one and not that one? May be empty."
HELP_ATTRIBUTED = "The number of each target word that is explained. Differences need a contrast."
HELP_ALIGN = (
    "For each target token the number of the contrast token it is compared with, counted from 1, such as "
    "1 2 2 3. Empty: found automatically."
)

requests = inputs()
model_picker.about(requests[0].model)
with message.or_sentence():
    results = [explain.translation(request) for request in requests]
view = view_controls(results)
shown = both(results, view) if len(results) == 2 else one(results[0], view)
figure.result_menu(
    results[shown],
    name="translation",
    python=explain.translation_snippet(requests[shown]),
    link={"mt_model": requests[shown].model},
    key="mt",
)
parts.alignment_table(results[shown])
translation_reading.how_to_read(requests[0].method)
exercise.show("translation", READY)
