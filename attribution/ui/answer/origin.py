"""Who wrote an answer, as far as it is known: the model, the visitor, or somebody whom no link names."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from attribution import cached
from attribution.types import AnswerRequest, AnswerResult
from attribution.ui.answer.writing import STOPPED, Written


def sentence(asked: AnswerRequest, written: Written, result: AnswerResult) -> str:
    """Whose words they are, and why they end where they do."""
    if asked.answer:
        return TYPED
    if result.settings and not asked.answer_ids:
        return f"{OWN.format(settings=result.settings)}{ENDINGS[result.ending]}"
    begun = written.begun
    if written.new:
        how = cached.settings_in_words(asked.generation)
        whose = ONE_WORD if written.word else WENT_ON
        said = whose.format(token=begun, settings=how)
        said += "" if written.word and written.ending == "length" else ENDINGS[written.ending]
    else:
        request, ids = st.session_state.get(STOPPED, (None, ()))
        stopped = request == replace(asked.writing, answer_ids=asked.answer_ids[: -len(ids) or None])
        begun = len(asked.answer_ids) - len(ids) if stopped else len(asked.answer_ids)
        if stopped and not begun:
            return UNTIL_STOPPED
        said = WENT_ON_UNTIL_STOPPED.format(token=begun) if stopped else GIVEN
    own = _own(asked, begun)
    return said + (OWN_UP_TO.format(token=own) if own else "")


def _own(asked: AnswerRequest, begun: int) -> int:
    """How many of the tokens that were given are what the model writes by itself, where that is in memory."""
    tokens = cached.written.get(replace(asked.writing, answer_ids=())) or ()
    same = 0
    for given, token in zip(asked.answer_ids[:begun], tokens, strict=False):
        if given != token.id:
            break
        same += 1
    return same


TYPED = "The answer typed."
OWN = "Written by the model, {settings}."
UNTIL_STOPPED = "Written by the model until it was stopped."
WENT_ON = "Given up to token {token}, from there on written by the model, {settings}."
WENT_ON_UNTIL_STOPPED = "Given up to token {token}, from there on written by the model until it was stopped."
ONE_WORD = "Given up to token {token}; the word after it was written by the model."
GIVEN = "An answer that was given, token by token."
OWN_UP_TO = " Up to token {token} it is what the model writes by itself."
ENDINGS = {
    "given": "",
    "end": " It ended the answer itself.",
    "stop": " It stopped at the stop text.",
    "length": " It stopped at the most tokens allowed.",
    "stopped": "",
}
