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
    wanted = st.session_state.pop("_an_choose_other", None)
    known = [c.id for c in result.candidates[step] if c.id != result.answer.ids[step]]
    address.part(OTHER, -1, read=address.number(known), of_question=True)
    if wanted is not None:
        st.session_state[OTHER] = wanted
    if st.session_state[OTHER] not in known:
        st.session_state[OTHER] = -1
    return int(st.session_state[OTHER])


def chosen(result: AnswerResult) -> dict[str, int]:
    """Chooses the word of a result of one word, and its contrast, once the page has asked its question."""
    (step,), foil = result.steps, foil_of(result, result.steps[0])
    if foil is None and result.foils:  # saved before the ids were kept
        foil = next((c.id for c in result.candidates[step] if c.token == result.foils[0]), None)
    return {"_an_choose": step, "_an_choose_other": -1 if foil is None else foil}


def of_word(asked: AnswerRequest, result: AnswerResult, step: int, other: int) -> AnswerResult:
    """The chosen word: a row of the whole, or explained alone (against another word, or by layers)."""
    layered = catalogue.find(asked.method).layered
    if other < 0 and (not layered or not compares(result, step)):
        return result
    foil = other if other >= 0 else foil_of(result, step)
    contrast = () if foil is None else (foil,)
    return explain.shown(cached.answer, replace(_given(asked, result), step=step, contrast_ids=contrast))


def foil_of(result: AnswerResult, step: int) -> int | None:
    """The token that the one of a step is compared with; None without a contrast."""
    return result.foil_ids[result.steps.index(step)] if result.foil_ids else None


def compares(result: AnswerResult, step: int) -> bool:
    """Whether there is something to explain at a step: not where both answers have the same token."""
    return foil_of(result, step) != result.answer.ids[step]


def holding(asked: AnswerRequest, explained: AnswerResult, step: int) -> FaithfulnessRequest:
    """Does the ranking of the words that led to the chosen one hold?"""
    contrast, ids = explained.request.contrast, explained.request.contrast_ids
    given = replace(_given(asked, explained), contrast=contrast, contrast_ids=ids)
    alone = len(explained.steps) == 1
    return FaithfulnessRequest(replace(given, step=step) if alone else given, steps=(step,))


def _given(asked: AnswerRequest, result: AnswerResult) -> AnswerRequest:
    """The request with the answer's tokens, without another answer."""
    return replace(asked, answer="", answer_ids=result.answer.ids, contrast="")
