"""The form of the Translation page: its examples and fields, and the requests of what they hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from attribution.examples import TRANSLATION, TRANSLATION_CLASSROOM, TranslationExample, Whose
from attribution.language import N_, Said, _
from attribution.types import TextError, TranslationRequest, TranslationResult
from attribution.ui import address, examples, explain, frame, languages, message, methods_field, model_picker

KEYS = {
    "model": "mt_model",
    "source": "mt_source",
    "target": "mt_target",
    "contrast": "mt_contrast",
    "method": "mt_method",
    "attributed": "mt_attributed",
    "source_language": "mt_from",
    "target_language": "mt_to",
}
"""Which widget holds which field of a request; whose translation, search and alignment come beside them."""


def values(example: TranslationExample) -> dict[str, Any]:
    """All widgets of the form as the example wants them."""
    sign = {"mt_sign": "signed" if example.request.contrast else "magnitude"}
    return filled(example.request, example.whose) | sign


def opens(result: TranslationResult) -> dict[str, Any]:
    """The widgets of the form as they were when this result was asked for."""
    return filled(result.request, "typed" if result.request.target else "own")


def filled(request: TranslationRequest, whose: Whose) -> dict[str, Any]:
    """All widgets of the form for a request."""
    return examples.values(request, KEYS) | {
        "mt_whose": whose,
        "mt_search": "greedy" if request.beams == 1 else "own",
        "mt_align": " ".join(str(step + 1) for step in request.alignment),
    }


DEFAULT = TRANSLATION[0].request
READY = [(e.label, values(e)) for e in TRANSLATION]
CLASSROOM = [(e.label, values(e)) for e in TRANSLATION_CLASSROOM]
DOWNLOADS = N_("These translators come from the Hugging Face Hub on first use, about 300 MB each.")


def inputs() -> list[TranslationRequest]:
    """The examples and the form: one request, or two that are shown side by side.

    Who comes without a question gets the first example; its method and number are what an address that
    leaves them out means.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        examples.row(READY, key="mt")
        examples.with_download(_(DOWNLOADS), CLASSROOM, key="mt")
    with st.form("mt_form", border=False):
        model, text, choice, go = st.columns([3.3, 3.25, 2.55, 0.9], vertical_alignment="bottom")
        with model:
            spec = model_picker.select(
                _("Model"), key="mt_model", default=DEFAULT.model, kinds=("encoder-decoder",)
            )
        source = frame.text(_("Text to translate"), DEFAULT.source, key="mt_source", place=text)
        with choice:
            whose = frame.choice(
                _("Explain the translation"),
                WHOSE,
                key="mt_whose",
                help=_(HELP_WHOSE),
                labelled=True,
                asks=True,
            )
        go.form_submit_button(_("Explain"), type="primary", width="stretch", on_click=forget_alignment)
        typed, other, method, quantity, more = st.columns([3, 2.4, 1.7, 2, 0.9], vertical_alignment="bottom")
        target = frame.text(_("Your translation"), key="mt_target", help=_(HELP_TARGET), place=typed)
        contrast = frame.text(_("Contrast"), key="mt_contrast", help=_(HELP_CONTRAST), place=other)
        with method:
            how = methods_field.field("translation", key="mt_method", first=DEFAULT.method)
        with quantity:
            attributed = frame.select(
                _("Explain its"),
                ATTRIBUTED,
                key="mt_attributed",
                first=DEFAULT.attributed,
                help=_(HELP_ATTRIBUTED),
                asks=True,
            )
        with more, st.popover(_("More"), width="stretch"):
            search = frame.choice(
                _("Search for the model's own translation"), SEARCH, key="mt_search", labelled=True, asks=True
            )
            align = frame.text(_("Alignment"), key="mt_align", help=_(HELP_ALIGN))
        source_language, target_language = languages.fields(spec, key="mt")
    address.asked()
    request = TranslationRequest(
        spec,
        source,
        method=how,
        attributed=attributed,
        contrast=contrast,
        beams=1 if search == "greedy" else 0,
        source_language=source_language,
        target_language=target_language,
    )
    given = replace(request, target=target or " ", beams=0)  # a blank is an error that says so
    with message.or_sentence():
        alignment = alignment_of(align)
    chosen = {"own": [request], "typed": [given], "both": [request, given]}[whose]
    return [replace(r, alignment=alignment) for r in chosen] if len(chosen) == 1 else chosen


def forget_alignment() -> None:
    """Clears an alignment that was made for other texts; the form's callback."""
    explain.go_on()
    state = st.session_state
    texts = tuple(state.get(key) for key in (*KEYS.values(), "mt_whose", "mt_search"))
    if state.get("mt_aligned_texts", texts) != texts:
        state["mt_align"] = ""
    state["mt_aligned_texts"] = texts


def alignment_of(typed: str) -> tuple[int, ...]:
    """The contrast steps of "1 2 2 3", counted from 1 on the page and from 0 in a request.

    Raises:
        TextError: something else than numbers.
    """
    numbers = typed.replace(",", " ").split()
    if not all(n.isdecimal() and int(n) > 0 for n in numbers):
        raise TextError("The alignment must be numbers of contrast tokens, counted from 1, such as 1 2 2 3.")
    return tuple(int(n) - 1 for n in numbers)


WHOSE = {"own": Said("the model's own"), "typed": Said("yours"), "both": Said("both")}
SEARCH = {"own": Said("as the model is set"), "greedy": Said("greedy")}
ATTRIBUTED = {
    "probability": Said("probability"),
    "log_probability": Said("log-probability"),
    "logit": Said("logit"),
    "contrast_prob_diff": Said("probability − contrast's"),
    "contrast_logits_diff": Said("logit − contrast's"),
}
HELP_WHOSE = N_("The model's own translation, the one typed below, or both side by side on one scale.")
HELP_TARGET = N_("The translation that the model is made to write, word for word.")
HELP_CONTRAST = N_("Another translation, of any length: why this one and not that one? May be empty.")
HELP_ATTRIBUTED = N_("The number of each target word that is explained. Differences need a contrast.")
HELP_ALIGN = N_(
    "For each target token the number of the contrast token it is compared with, counted from 1, such as "
    "1 2 2 3. Empty: found automatically."
)
