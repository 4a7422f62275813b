"""A guided exercise on a page: questions with a field each; the answers land in the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from attribution.exercises import EXERCISES, Exercise
from attribution.export.report import Answer, Item
from attribution.language import _
from attribution.ui import examples, frame, message, visitor_report

LONGEST = 20_000
"""Characters of one answer."""


def show(page: str, ready: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    """The page's exercises, folded; `ready` are its examples: (label, widget values)."""
    offered = [e for e in EXERCISES if e.page == page]
    with st.expander(_("Guided exercise"), icon=":material/school:"):
        titles = [e.title for e in offered]
        title = st.segmented_control(
            _("Exercise"),
            titles,
            format_func=_,
            default=titles[0],
            required=True,
            key=f"ex_{page}",
            label_visibility="collapsed",
            persist_state="session",
        )
        _questions(offered[titles.index(title or titles[0])], dict(ready))


def _questions(exercise: Exercise, ready: Mapping[str, Mapping[str, Any]]) -> None:
    st.markdown(message.plain(_(exercise.about)))
    keys = []
    for number, question in enumerate(exercise.questions, 1):
        text, look = st.columns([5, 1.2], vertical_alignment="bottom")
        keys.append(f"ex_{exercise.page}_{exercise.title}_{number}")
        text.text_area(
            f"{number}. {message.plain(_(question.text))}",
            key=keys[-1],
            max_chars=LONGEST,
            height=80,
            persist_state="session",
        )
        if question.example:
            look.button(
                _("Show it"),
                key=f"{keys[-1]}_show",
                on_click=_show,
                args=(ready[question.example],),
                help=_("Fills in the example {example}.", example=_(question.example)),
                width="stretch",
            )
    st.button(
        _("Put the answers into the report"),
        key=f"ex_{exercise.page}_{exercise.title}_pin",
        icon=":material/keep:",
        on_click=_pin,
        args=(exercise, keys),
    )
    answers = _answers(exercise, keys)
    if answers and visitor_report.holds(answers):  # a toast may have come and gone on a slow machine
        message.note(_("These answers are in the report."))


def _show(values: Mapping[str, Any]) -> None:
    """Fills in an example and goes to where it is seen; a callback."""
    examples.fill(values)
    frame.scroll_up()


def _pin(exercise: Exercise, keys: list[str]) -> None:
    """Adds the exercise with what has been answered so far, in this language; a callback."""
    title, answers = _(exercise.title), _answers(exercise, keys)
    if answers:
        visitor_report.pin(lambda: Item(title, answers=answers))
    else:
        st.toast(_("Answer at least one question first."), icon=":material/school:", duration="long")


def _answers(exercise: Exercise, keys: Sequence[str]) -> tuple[Answer, ...]:
    """Each question with what has been answered; empty where nothing has been."""
    answers = [str(st.session_state.get(key) or "").strip() for key in keys]
    pairs = zip(exercise.questions, answers, strict=True)
    return tuple(Answer(_(question.text), answer) for question, answer in pairs) if any(answers) else ()
