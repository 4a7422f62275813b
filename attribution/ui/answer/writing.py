"""A model writes its answer while the visitor looks on; what is there can be explained at any time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise
from math import prod
from typing import Any

import streamlit as st

from attribution import cached
from attribution.charts.answer_view import bare
from attribution.charts.palette import palette
from attribution.charts.wording import percent
from attribution.types import AnswerRequest, Ending, WrittenToken
from attribution.ui import explain, frame, opened, opening
from attribution.ui.answer import continuing
from attribution.ui.message import plain

LOOK_UP = 0.1
"""Seconds between two looks at what is written."""
STOPPED = "_an_stopped"
"""The request whose writing this visitor stopped, and the tokens that were there then."""
LONGEST_WORD = 8
"""The most tokens of one more word."""


@dataclass(frozen=True)
class Written:
    """A request with its answer: the tokens that were there, those the model wrote, and why it ended."""

    request: AnswerRequest
    begun: int = 0
    new: int = 0
    ending: Ending = "given"
    word: bool = False
    """Whether the model was asked for one more word alone."""


def answer(asked: AnswerRequest, on: continuing.On) -> Written:
    """The request to be explained: as asked where the answer is given, else once the model has written it."""
    opening.ready()
    if asked.answer or (asked.answer_ids and not on) or opened.result(asked) is not None:
        return Written(asked)
    wanted = asked.writing
    if on == "word":
        wanted = replace(wanted, generation=replace(wanted.generation, length=LONGEST_WORD))
    tokens = _awaited(wanted)
    if on == "word":
        tokens = one_word(tokens)
    ids = (*asked.answer_ids, *(token.id for token in tokens))
    ending = tokens[-1].ending or "length"
    return Written(replace(asked, answer_ids=ids), len(asked.answer_ids), len(tokens), ending, on == "word")


def one_word(tokens: Sequence[WrittenToken]) -> tuple[WrittenToken, ...]:
    """The tokens up to where the next word begins."""
    return next(in_words(tokens))


def in_words(tokens: Sequence[WrittenToken]) -> Iterator[tuple[WrittenToken, ...]]:
    """The tokens of each word: up to white space, or to the end of the answer, which is none."""
    first = 0
    for k, (before, token) in enumerate(pairwise(tokens), 1):
        added = token.text[len(before.text) :]
        if added[:1].isspace() or token.ending == "end":
            yield tuple(tokens[first:k])
            first = k
    yield tuple(tokens[first:])


def _awaited(request: AnswerRequest) -> tuple[WrittenToken, ...]:
    """What the model writes; the words appear as they come, with a button that stops it."""
    found = cached.written.get(request)
    if found is not None:
        return found
    explain.refuse_stopped(request)
    explain.prepare(request.model, request.dtype)
    with st.spinner("Writing …", show_time=True), cached.written.asked(request) as job:
        if not job.wait(LOOK_UP):
            _show(job, request)
    result: tuple[WrittenToken, ...] = job.outcome()
    return result


def _show(job: Any, request: AnswerRequest) -> None:
    """The words so far until the last one is there; its Streamlit calls are where a page can be left."""
    place = st.empty()
    with place.container():
        st.button(
            "Stop", key=f"_stop_{hash(request)}", on_click=_stop, args=(request,), icon=":material/stop:"
        )
        line = st.empty()
    while not job.wait(LOOK_UP):
        tokens: tuple[WrittenToken, ...] = job.partial or ()
        st.session_state["_an_writing"] = request, tuple(token.id for token in tokens)
        if job.turn.before:
            line.caption(plain(explain.waiting(job.turn.before, None)))
        else:
            line.html(row(tokens))
    place.empty()


def _stop(request: AnswerRequest) -> None:
    """Ends the writing: what is there is the answer; where nothing is, the page says that it was stopped."""
    asked, ids = st.session_state.get("_an_writing", (None, ()))
    if asked == request and ids:
        st.session_state[STOPPED] = request, ids
        continuing.go_on((*request.answer_ids, *ids))
    else:
        explain.stop(request)


def row(tokens: Sequence[WrittenToken]) -> str:
    """The words so far with their probabilities, as HTML that is safe to show."""
    colours = palette(frame.theme())
    boxes = "".join(
        '<span style="display:inline-flex;flex-direction:column;align-items:center;padding:4px 5px">'
        f"<bdi>{escape(''.join(bare(token.token) for token in word))}</bdi>"
        '<span style="font-size:11px;opacity:.75">'
        f"{escape(percent(prod(token.probability for token in word)))}</span></span>"
        for word in in_words(tokens)
    )
    words = boxes if tokens else "…"
    return f'<div style="line-height:1.45;font-size:1.05rem;color:{colours.text}">{words}</div>'
