"""The form of the Answer page: its examples and fields, and the request of what they hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from attribution import cached
from attribution.examples import ANSWER, ANSWER_CHAT, ANSWER_CLASSROOM, CHAT, AnswerExample
from attribution.language import N_, Said, _
from attribution.models.catalogue import on_this_machine
from attribution.models.entries import PACKAGED
from attribution.types import AnswerRequest, AnswerResult, AttributionError
from attribution.ui import address, examples, explain, frame, languages, message, methods_field, model_picker
from attribution.ui.answer import continuing, explaining, fields, generation

KEYS = {
    "model": "an_model",
    "prompt": "an_prompt",
    "system": "an_system",
    "document": "an_document",
    "plain": "an_plain",
    "answer": "an_answer",
    "method": "an_method",
    "attributed": "an_attributed",
    "splitting": "an_splitting",
    "source_language": "an_from",
    "target_language": "an_to",
}
"""Which widget holds which field of a request; its examples, tokens and settings come beside them."""
DEFAULT = ANSWER[0].request
HEIGHT = 112
"""Pixels of the two texts, as high as the two rows beside them."""


def filled(request: AnswerRequest) -> dict[str, Any]:
    """All widgets of the form for a request."""
    return (
        examples.values(request, KEYS)
        | {fields.EXAMPLES: fields.typed(request.examples)}
        | {fields.AGAINST: request.contrast if request.step < 0 else ""}
        | generation.filled(request.generation)
        | continuing.filled(request.answer_ids)
    )


def opens(result: AnswerResult) -> dict[str, Any]:
    """The widgets of the form as they were when this result was asked for, and the word that it explains."""
    request = result.request
    if request.step < 0:
        return filled(request)
    same = replace(request, answer="", answer_ids=result.answer.ids)
    return filled(same) | explaining.chosen(result)


def _ready(example: AnswerExample, model: str) -> tuple[str, dict[str, Any]]:
    return example.label, filled(example.request) | {"an_model": model}


READY = [_ready(e, e.request.model) for e in ANSWER]
CLASSROOM = [_ready(e, e.request.model) for e in ANSWER_CLASSROOM]
DOWNLOADS = N_("These models come from the Hugging Face Hub on first use: 270 MB, or 1 GB for FLAN-T5.")


def chat_examples() -> tuple[list[tuple[str, dict[str, Any]]], bool]:
    """Those for a model that follows instructions, and whether that model is on this machine."""
    here = {entry.id for entry in _machine() if not entry.problem}
    model = next((name for name in (PACKAGED, CHAT) if name in here), "")
    return [_ready(e, model or CHAT) for e in ANSWER_CHAT], bool(model)


def exercise_examples() -> list[tuple[str, dict[str, Any]]]:
    """All that an exercise may show."""
    return [*READY, *chat_examples()[0]]


@st.cache_data(ttl=20, show_spinner=False)
def _machine() -> list[Any]:
    return list(on_this_machine())


def inputs() -> AnswerRequest:
    """The examples and the form; its request has the answer, or the tokens that begin it, where one is given.

    Who comes without a question gets the first example.
    """
    chat, here = chat_examples()
    with st.container(horizontal=True, vertical_alignment="center"):
        examples.row([*READY, *(chat if here else [])], key="an")
        examples.with_download(_(DOWNLOADS), [*([] if here else chat), *CLASSROOM], key="an")
    with st.form("an_form", border=False):
        how, texts, go = st.columns([3.2, 6.1, 1.3])
        with how:
            spec = model_picker.select(
                _("Model"), key="an_model", default=DEFAULT.model, kinds=("decoder", "encoder-decoder")
            )
            method, attributed = _explained()
        with texts:
            told, prompt, given = _texts(spec)
        with go, st.container(gap="xsmall"):
            st.form_submit_button(_("Explain"), type="primary", width="stretch", on_click=submitted)
            more = fields.inputs(told)
            settings = generation.inputs()
        source_language, target_language = languages.fields(spec, key="an")
    ids = continuing.ids()
    address.asked()
    st.session_state["_an_texts"] = _belongs_to()
    with message.or_sentence():
        shown = fields.examples_of(more.examples)
    return AnswerRequest(
        spec,
        prompt,
        more.system,
        more.document,
        shown,
        more.plain,
        "" if ids else given,
        ids,
        method,
        attributed,
        contrast=more.against,
        generation=settings,
        splitting=more.splitting,
        source_language=source_language,
        target_language=target_language,
    )


def _explained() -> tuple[str, Any]:
    """How each word is explained."""
    method, quantity = st.columns([1.15, 1])
    with method:
        how = methods_field.field("answer", key="an_method", first=DEFAULT.method)
    with quantity:
        attributed = frame.select(
            _("Explain its"), ATTRIBUTED, key="an_attributed", help=_(HELP_ATTRIBUTED), asks=True
        )
    return how, attributed


def _texts(model: str) -> tuple[str | None, str, str]:
    """The system text, where the model has a chat template, the prompt, and the answer."""
    try:
        chat = cached.entry(model).chat
    except AttributionError:
        chat = False  # the page says why where the model is asked for
    *before, question, answer = st.columns([1.7, 2.4, 2] if chat else [3.4, 2.7])
    told = None
    if chat:
        with before[0]:
            told = fields.system(HEIGHT)
    with question:
        prompt = frame.area(_("Prompt"), DEFAULT.prompt, key="an_prompt", height=HEIGHT, help=_(HELP_PROMPT))
    with answer:
        given = frame.area(_("Answer"), key="an_answer", height=HEIGHT, help=_(HELP_ANSWER), blank=_(BLANK))
    return told, prompt, given


def _belongs_to() -> tuple[Any, ...]:
    """What an answer that was written belongs to."""
    names = (
        "an_model",
        "an_prompt",
        "an_answer",
        "an_from",
        "an_to",
        *fields.TEXTS,
        *generation.KEYS.values(),
    )
    return tuple(st.session_state.get(name) for name in names)


def submitted() -> None:
    """Forgets an answer that was written for other texts or with other settings; the form's callback."""
    explain.go_on()
    if st.session_state.get("_an_texts", _belongs_to()) != _belongs_to():
        examples.fill(continuing.filled(()))


ATTRIBUTED = {
    "logit": Said("logit"),
    "log_probability": Said("log-probability"),
    "probability": Said("probability"),
}
BLANK = N_("The model writes it. What you type here is put into its mouth.")
HELP_PROMPT = N_(
    "A question or a text to continue. A model with a chat template is asked through it, and has a field for "
    "its system text; document and examples are under Fields."
)
HELP_ANSWER = N_(
    "Empty: the model writes the answer, word by word. Any other answer can be explained too: words that the "
    "model finds improbable are flagged."
)
HELP_ATTRIBUTED = N_(
    "The number of each word that is explained. Logits tell most about a word that is certain anyway; "
    "log-probabilities add up to that of the whole answer."
)
