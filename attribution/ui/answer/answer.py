"""What the Answer page says of an answer and of the word chosen, and what can be done with them."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np
import streamlit as st

from attribution import cached
from attribution.charts.answer_view import AnswerView
from attribution.charts.recipes import Recipe
from attribution.charts.translation import IMPROBABLE
from attribution.charts.wording import clean, percent, percent0
from attribution.language import _, ngettext
from attribution.types import AnswerResult, Candidate
from attribution.ui import examples, explain, frame, message
from attribution.ui.answer import continuing, explaining


def headline(result: AnswerResult, whose: str) -> None:
    """Whose answer it is, how it was written, how sure the model is of it, and how it reads the prompt."""
    likely = result.step_scores["probability"]
    mean = float(np.exp(np.log(np.maximum(likely, 1e-12)).mean()))
    chance = f"<b>{escape(percent(mean))}</b>"
    sure = ngettext(
        "1 token · its probability {chance}",
        "{count} tokens · geometric mean of their probabilities {chance}",
        len(result.answer),
        chance=chance,
    )
    st.html(
        f'<div style="font-size:.95rem"><b>{escape(clean(whose))}</b><span style="opacity:.75"> '
        f"{sure} · {escape(_reads(result))}</span></div>"
    )


def _reads(result: AnswerResult) -> str:
    """How the prompt reaches the model."""
    if result.model.kind == "encoder-decoder":
        return _("the prompt is read by the encoder")
    template = sum(len(s.columns) for s in result.segments if s.kind == "template" and s.text)
    if result.request.plain:
        return _("read as plain text")
    if not template:
        return _("no chat template: plain text")
    return ngettext(
        "asked through its chat template (1 token)",
        "asked through its chat template ({count} tokens)",
        template,
    )


def warnings(result: AnswerResult) -> None:
    """What a user should know before trusting the numbers."""
    for text in result.notes:
        message.note(text)
    likely = result.step_scores["probability"]
    count = int((likely < IMPROBABLE).sum())
    if count and not result.settings:
        message.note(
            ngettext(
                "1 of {all} tokens of this answer is improbable to the model (below {chance}); "
                "it is flagged.",
                "{count} of {all} tokens of this answer are improbable to the model (below {chance}); "
                "they are flagged.",
                count,
                all=len(likely),
                chance=percent0(IMPROBABLE),
            )
        )


def finding(explained: AnswerResult, step: int) -> None:
    """What led to the word chosen, in a sentence."""
    found = Recipe("answer-word", (explained,), AnswerView(step)).finding()
    message.finding(found.coloured(frame.theme()))


def actions(result: AnswerResult, explained: AnswerResult, step: int) -> None:
    """Edit the answer, let the model write on, take the word to the page Next word."""
    ended = ends_itself(result)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            _("Edit the answer"),
            key="an_edit",
            on_click=continuing.edit,
            args=(result.answer_text.strip(),),
            icon=":material/edit:",
            type="tertiary",
        )
        st.button(
            _("Write one more word"),
            key="an_one_more",
            on_click=continuing.go_on,
            args=(result.answer.ids, "word", len(result.answer)),
            disabled=ended,
            help=_("The model has ended its answer.") if ended else None,
            icon=":material/add:",
            type="tertiary",
        )
        _next_word(result, explained, step)


def ends_itself(result: AnswerResult) -> bool:
    """Whether the last token is the model's end of the answer."""
    return any(word.special and len(result.answer) - 1 in word.tokens for word in result.answer.words)


def _next_word(result: AnswerResult, explained: AnswerResult, step: int) -> None:
    """The chosen word on the page Next word, with all before it; off where that is read differently."""
    target = _candidate(result, step, result.answer.ids[step])
    other = explaining.foil_of(explained, step)
    foil = None if other in (None, result.answer.ids[step]) else _candidate(result, step, other)
    why_not = ""
    if result.model.kind != "decoder":
        why_not = _("Next word is for models without an encoder.")
    elif target is None or not target.text or (foil is not None and not foil.text):
        why_not = _("This token cannot be typed as a word.")
    else:
        read = (*result.prompt.ids, *result.answer.ids[:step])
        with message.in_place():
            if not cached.reads_as(result.model.id, result.text_before(step), read):
                why_not = _("As one text, what was typed here would be read differently.")
    asks = {"nw_model": result.request.model, "nw_text": result.text_before(step)}
    asks |= {"nw_target": target.text if target else "", "nw_foil": foil.text if foil else ""}
    page = frame.page("start")
    shown: dict[str, Any] = {"label": _("Open in Next word"), "icon": ":material/arrow_forward:"}
    if page is None or why_not:  # a page drawn without the frame has nowhere to go
        st.button(**shown, key="an_next_word", disabled=True, help=why_not or None, type="tertiary")
    else:  # as a link it is one entry of the history, which Back leaves again
        st.page_link(page, **shown, query_params=asks)


def _candidate(result: AnswerResult, step: int, token: int | None) -> Candidate | None:
    return next((c for c in result.candidates[step] if c.id == token), None)


def instead(result: AnswerResult, step: int, other: int, clicked: Mapping[str, Any]) -> None:
    """Buttons for the candidate clicked: contrast the word with it, or let the answer go on with it."""
    found = _candidate(result, step, clicked.get("id", other))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="an_instead"):
        if other >= 0:
            st.button(_("No contrast"), key="an_no_contrast", on_click=_contrast, args=(-1,))
        if found is None or found.id == result.answer.ids[step]:
            if other < 0:
                message.note(_("Click another word below: why not that one, or go on with it."))
            return
        st.markdown(f"**{message.plain(found.token)}**", width="content")
        if found.id != other:
            st.button(_("Why not this one?"), key="an_contrast", on_click=_contrast, args=(found.id,))
        st.button(
            _("Go on with it"),
            key="an_take",
            on_click=continuing.go_on,
            args=((*result.answer.ids[:step], found.id), "rest", step),
        )


def _contrast(token: int) -> None:
    """Contrasts the chosen word with a token, or (-1) no longer; a callback."""
    explain.go_on()
    examples.fill({explaining.OTHER: token})
