"""The explanations that the Answer page shows: of the whole answer, and of the word that is chosen."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from attribution import cached
from attribution.methods import catalogue
from attribution.types import AnswerRequest, AnswerResult, FaithfulnessRequest
from attribution.ui import address, explain, opened
from attribution.ui.answer.writing import Written

OTHER = "an_other"
"""The token that the chosen word is contrasted with; -1 for none."""


def whole(written: Written) -> AnswerResult:
    """All words of the answer by the method asked for; by held still where that explains one at a time."""
    request = written.request
    if catalogue.find(request.method, "answer").layered and opened.result(request) is None:
        request = replace(request, method="frozen")
    result = explain.shown(cached.answer, request)
    if result.ending != "given" or not written.new:
        return result
    settings = "" if written.begun else cached.settings_in_words(request.generation)
    return replace(result, ending=written.ending, settings=settings)


def other(result: AnswerResult, step: int) -> int:
    """The token that the chosen one is contrasted with, part of the link; -1 where there is none."""
    known = [c.id for c in result.candidates[step] if c.id != result.answer.ids[step]]
    address.part(OTHER, -1, read=address.number(known), of_question=True)
    if st.session_state[OTHER] not in known:
        st.session_state[OTHER] = -1
    return int(st.session_state[OTHER])


def of_word(asked: AnswerRequest, result: AnswerResult, step: int, other: int) -> AnswerResult:
    """The chosen word: a row of the whole, or explained alone (against another word, or by layers)."""
    layered = catalogue.find(asked.method).layered
    if other < 0 and not layered:
        return result
    contrast = (other,) if other >= 0 else ()
    return explain.shown(cached.answer, replace(_given(asked, result), step=step, contrast_ids=contrast))


def holding(asked: AnswerRequest, explained: AnswerResult, step: int) -> FaithfulnessRequest:
    """Does the ranking of the words that led to the chosen one hold?"""
    given = replace(_given(asked, explained), contrast_ids=explained.request.contrast_ids)
    alone = len(explained.steps) == 1
    return FaithfulnessRequest(replace(given, step=step) if alone else given, steps=(step,))


def _given(asked: AnswerRequest, result: AnswerResult) -> AnswerRequest:
    """The request with the answer's tokens."""
    return replace(asked, answer="", answer_ids=result.answer.ids, contrast="")
