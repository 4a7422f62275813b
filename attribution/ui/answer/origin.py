"""Who wrote an answer, as far as it is known: the model, the visitor, or somebody whom no link names."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from attribution import cached
from attribution.language import N_, _
from attribution.types import AnswerRequest, AnswerResult
from attribution.ui.answer.writing import STOPPED, Written


def sentence(asked: AnswerRequest, written: Written, result: AnswerResult) -> str:
    """Whose words they are, and why they end where they do."""
    if asked.answer:
        return _(TYPED)
    if result.settings and not asked.answer_ids:
        return _joined(_(OWN, settings=result.settings), _(ENDINGS[result.ending]))
    begun = written.begun
    if written.new:
        how = cached.settings_in_words(asked.generation)
        whose = ONE_WORD if written.word else WENT_ON
        said = _(whose, token=begun, settings=how)
        ended = "" if written.word and written.ending == "length" else _(ENDINGS[written.ending])
    else:
        request, ids = st.session_state.get(STOPPED, (None, ()))
        stopped = request == replace(asked.writing, answer_ids=asked.answer_ids[: -len(ids) or None])
        begun = len(asked.answer_ids) - len(ids) if stopped else len(asked.answer_ids)
        if stopped and not begun:
            return _(UNTIL_STOPPED)
        said, ended = _(WENT_ON_UNTIL_STOPPED, token=begun) if stopped else _(GIVEN), ""
    own = _own(asked, begun)
    return _joined(said, ended, _(OWN_UP_TO, token=own) if own else "")


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def _own(asked: AnswerRequest, begun: int) -> int:
    """How many of the tokens that were given are what the model writes by itself, where that is in memory."""
    tokens = cached.written.get(replace(asked.writing, answer_ids=())) or ()
    same = 0
    for given, token in zip(asked.answer_ids[:begun], tokens, strict=False):
        if given != token.id:
            break
        same += 1
    return same


TYPED = N_("The answer typed.")
OWN = N_("Written by the model, {settings}.")
UNTIL_STOPPED = N_("Written by the model until it was stopped.")
WENT_ON = N_("Given up to token {token}, from there on written by the model, {settings}.")
WENT_ON_UNTIL_STOPPED = N_(
    "Given up to token {token}, from there on written by the model until it was stopped."
)
ONE_WORD = N_("Given up to token {token}; the word after it was written by the model.")
GIVEN = N_("An answer that was given, token by token.")
OWN_UP_TO = N_("Up to token {token} it is what the model writes by itself.")
ENDINGS = {
    "given": "",
    "end": N_("It ended the answer itself."),
    "stop": N_("It stopped at the stop text."),
    "length": N_("It stopped at the most tokens allowed."),
    "stopped": "",
}
