"""The form of the Model sizes page: its examples and fields, the models and what each is asked."""

from __future__ import annotations

from typing import Any

import streamlit as st

from attribution.examples import COMPARISON, COMPARISON_CLASSROOM, ComparisonExample
from attribution.language import N_, Said, _
from attribution.models.memory import precisions
from attribution.types import AttributionError, Comparison, ComparisonRequest, ModelKind, Precision
from attribution.ui import address, examples, frame, methods_field, models_field
from attribution.ui.model_sizes import run

KEYS = {"models": "ms_models", "question": "ms_question", "target": "ms_target", "foil": "ms_foil"}
KINDS: tuple[ModelKind, ...] = ("encoder-decoder", "decoder")


def values(example: ComparisonExample) -> dict[str, Any]:
    """The widget values of an example."""
    return {key: getattr(example, name) for name, key in KEYS.items()} | {
        "ms_models": list(example.models),
        "ms_method": example.method,
        "ms_attributed": example.attributed,
        "ms_stopped": None,
    }


def opens(comparison: Comparison) -> dict[str, Any]:
    """The widget values of a comparison that was saved.

    Raises:
        AttributionError: no model has answered in it.
    """
    if not comparison.results:
        raise AttributionError("No model has answered in this file, so there is nothing to show.")
    request = comparison.results[0].request
    names = ("question", "target", "foil", "method", "attributed", "dtype")
    asked = {f"ms_{name}": getattr(request, name) for name in names}
    return asked | {"ms_models": [r.request.model for r in comparison.results], "ms_stopped": None}


DEFAULT = COMPARISON[0]
READY = [(e.label, values(e)) for e in COMPARISON]
CLASSROOM = [(e.label, values(e)) for e in COMPARISON_CLASSROOM]
DOWNLOADS = N_(
    "FLAN-T5 comes from the Hugging Face Hub on first use: small 0.3 GB, base 1 GB, large 3.1 GB. "
    "Each answer is shown as soon as it is there."
)


def inputs() -> tuple[list[str], ComparisonRequest]:
    """The examples and the form: the models, and what each is asked.

    Who comes without a question gets the first example; its method and number are what an address that
    leaves them out means.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        examples.row(READY, key="ms")
        examples.with_download(_(DOWNLOADS), CLASSROOM, key="ms")
    with st.form("ms_form", border=False):
        columns = st.columns([5.5, 2.7, 1.08, 1.12, 1.2, 1.2], vertical_alignment="bottom")
        picker, text, target, foil, more, go = columns
        with picker:
            models = models_field.field(_("Models"), key=KEYS["models"], default=DEFAULT.models, kinds=KINDS)
        question = frame.text(_("Question"), DEFAULT.question, key="ms_question", place=text)
        word = frame.text(_("Target"), DEFAULT.target, key="ms_target", help=_(HELP_TARGET), place=target)
        other = frame.text(_("Foil"), DEFAULT.foil, key="ms_foil", help=_(HELP_FOIL), place=foil)
        with more, st.popover(_("Method"), width="stretch"):
            method = methods_field.field("comparison", key="ms_method", first=DEFAULT.method)
            attributed = frame.select(
                _("Explain its"),
                ATTRIBUTED,
                key="ms_attributed",
                first=DEFAULT.attributed,
                help=_(HELP_ATTRIBUTED),
                asks=True,
            )
            dtype = precision_field()
        go.form_submit_button(_("Compare"), type="primary", width="stretch", on_click=run.start_anew)
    address.asked()
    request = ComparisonRequest("", question, word, other, method, dtype, attributed)
    return models, request


def precision_field() -> Precision:
    """What this machine can compute in."""
    options: dict[str, str] = {name: name for name in precisions()}
    chosen: Precision = frame.select(
        _("Precision"), options, key="ms_dtype", help=_(HELP_PRECISION), asks=True
    )
    return chosen


ATTRIBUTED = {"probability": Said("probability"), "log_probability": Said("log-probability")}
HELP_ATTRIBUTED = N_(
    "Log-probability: with a foil the logit difference, which still tells words apart where a model is all "
    "but certain. Probability: with a foil P(target) − P(foil)."
)
HELP_TARGET = N_("The answer to explain, such as no.")
HELP_FOIL = N_("The answer it is contrasted with, such as yes. May be empty.")
HELP_PRECISION = N_(
    "The numbers a model computes with. bfloat16 takes half the memory of float32 and changes results a "
    "little; 8-bit and 4-bit need an NVIDIA GPU and the package bitsandbytes."
)
