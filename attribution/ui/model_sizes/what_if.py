"""What if? of the same question to several models: what a changed question does to each answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape

import numpy as np
import streamlit as st

from attribution import cached
from attribution.charts import findings
from attribution.charts.palette import largest
from attribution.charts.recipes import Recipe
from attribution.charts.sentence import coloured_sentence
from attribution.charts.views import WordView
from attribution.charts.wording import clean, model_and_size, number, percent
from attribution.examples import COMPARISON
from attribution.language import _
from attribution.types import ComparisonRequest, ComparisonResult, LeftOutRequest, Word
from attribution.ui import explain, figure, frame, message, what_if

READY_WORDS = tuple(
    dict.fromkeys(
        word.strip("?")
        for example in COMPARISON
        for word in example.question.split()[1:]
        if len(word.strip("?")) > 3
    )
)
"""Those of the ready questions: the vocabularies of small models have few whole words."""


def look(results: Sequence[ComparisonResult], requests: Sequence[ComparisonRequest], view: WordView) -> None:
    """The strips of what each word does in each model, the change, and both questions side by side."""
    found = what_if.left_out([LeftOutRequest(request) for request in requests], key="ms")
    if found:
        what_if.loses(_unit(results[0]))
        limit = max(largest(list(one.values)) for one in found)
        for result, one in zip(results, found, strict=True):
            name, words = st.columns([1, 5], vertical_alignment="center")
            name.markdown(message.plain(model_and_size(result.model, 30)))
            with words:
                what_if.strip(one, view.sides(results), _unit(result), limit)
    question, model = requests[0].question.strip(" \t"), requests[-1]

    def alike(word: Word) -> tuple[str, ...]:
        of_content = word.start > 0 and (len(word.text) > 3 or word.text[:1].isupper())
        more = READY_WORDS if of_content else ()
        return cached.similar_words(model.model, model.dtype, question, word, more)

    changed = what_if.changed_text(question, results[0].text.words, alike, key="ms")
    if changed is None:
        return
    with message.in_place():
        others = [explain.shown(cached.comparison, replace(r, question=changed)) for r in requests]
        _side_by_side(results, others, view)
        what_if.go_on_button(changed, "ms_question", key="ms")


def _side_by_side(
    before: Sequence[ComparisonResult], after: Sequence[ComparisonResult], view: WordView
) -> None:
    """Findings, each model's answer, its words on one scale, and the answers that one model expects."""
    limit = max(largest(list(view.values(result))) for result in (*before, *after))
    sides = view.sides(before) if view.sign == "signed" else None
    names = {result.request.model: model_and_size(result.model, 30) for result in before}
    headings = (what_if.AS_IT_IS, what_if.CHANGED)
    for column, results, name in zip(st.columns(2), (before, after), headings, strict=True):
        with column:
            what_if.heading(name, results[0].request.question)
            st.html(f"<div>{findings.model_sizes(results, view).coloured(frame.theme())}</div>")
            for result in results:
                shown = view.explanation([result])
                st.html(f"<div>{_answer(result)}</div>")
                st.html(
                    coloured_sentence(
                        shown.columns, shown.values[0], frame.theme(), shown.unit, sides, limit=limit
                    )
                )
    chosen = frame.choice(_("Likeliest answers of"), names, key="ms_if_model") if len(names) > 1 else None
    ones = [next((r for r in rs if r.request.model == chosen), rs[0]) for rs in (before, after)]
    most = what_if.most(*(one.candidates for one in ones))
    for column, one, key in zip(st.columns(2), ones, ("ms_before", "ms_after"), strict=True):
        with column:
            figure.draw(Recipe("expected-answer", (one,)), key=key, most=most)


def _answer(result: ComparisonResult) -> str:
    """A model's name, how likely target and foil are to it, and what it would say itself."""
    words = [(result.request.target, result.target_log_probability)]
    if result.request.foil.strip():
        words.append((result.request.foil, result.foil_log_probability))
    chances = " · ".join(
        f"<bdi>{escape(clean(word.strip()))}</bdi> {percent(float(np.exp(log)))}" for word, log in words
    )
    parts = [chances]
    if len(words) > 1:
        difference = f"<b>{number(result.score, 3, sign=True)}</b>"
        parts.append(_("difference {value}", value=difference))
    answer = f"<bdi>{escape(clean(result.answer.lstrip('·')))}</bdi>"
    parts.append(_("it would say {answer}", answer=answer))
    return f"<b>{escape(model_and_size(result.model, 30))}</b>: {' · '.join(parts)}"


def _unit(result: ComparisonResult) -> str:
    """Of what is explained."""
    if result.request.method in ("alti_logit", "frozen") or result.request.attributed == "log_probability":
        return _("logits") if result.request.foil.strip() else _("log-probability")
    return _("probability")
