"""What if? of a next word: the text changed, beside the text as it is."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import streamlit as st

from attribution import cached
from attribution.charts import findings
from attribution.charts.palette import largest
from attribution.charts.recipes import Recipe
from attribution.charts.sentence import coloured_sentence
from attribution.charts.views import View
from attribution.charts.wording import number, percent
from attribution.language import _
from attribution.types import LeftOutRequest, NextWordRequest, NextWordResult
from attribution.ui import explain, figure, frame, message, what_if


def look(result: NextWordResult, request: NextWordRequest, view: View) -> None:
    """The strip of what each word does, the change chosen, and both texts side by side."""
    asked = replace(request, method="erasure")  # what a word does is the same whatever is shown
    found = what_if.left_out([LeftOutRequest(asked)], key="nw")
    if found:
        what_if.loses(_("logits"))
        what_if.strip(found[0], view.sides(result), _("logits"))
    changed = what_if.changed_text(
        request.prefix,
        result.text.words,
        lambda word: cached.similar_words(request.model, request.dtype, request.prefix, word),
        key="nw",
    )
    if changed is None:
        return
    with message.in_place():
        target, foil = result.target.typed, result.foil.typed if result.foil else ""
        asked = replace(request, prefix=changed, target=request.target or target, foil=foil)
        other = explain.shown(cached.next_word, asked)
        _side_by_side(result, other, view)
        what_if.go_on_button(changed, "nw_text", key="nw")


def _side_by_side(before: NextWordResult, after: NextWordResult, view: View) -> None:
    """Difference, finding, words on one scale and likeliest next words of both texts."""
    values = [view.values(result) for result in (before, after)]
    most = what_if.most(before.candidates, after.candidates)
    limit = largest([v for some in values for v in some])
    sides = view.sides(before) if view.row(before).signed else None
    names = (what_if.AS_IT_IS, what_if.CHANGED)
    for column, result, name in zip(st.columns(2), (before, after), names, strict=True):
        with column:
            what_if.heading(name, result.request.prefix)
            st.html(f"<div>{_chances(result)}<br>{findings.next_word(result, view).html}</div>")
            shown = values[0] if result is before else values[1]
            words = view.labels(result)
            st.html(coloured_sentence(words, shown, frame.theme(), view.unit, sides, limit=limit))
            key = "nw_before" if result is before else "nw_after"
            figure.draw(Recipe("what-the-model-expects", (result,)), key=key, most=most)


def _chances(result: NextWordResult) -> str:
    chosen = [w for w in (result.target, result.foil) if w]
    shares = " · ".join(f"{escape(w.typed)} {percent(w.explained.probability)}" for w in chosen)
    logits = [w.explained.logit for w in chosen]
    if len(chosen) == 2:
        value = f"<b>{number(logits[0] - logits[1], 2, sign=True)}</b>"
        return " · ".join([shares, _("difference {value} logits", value=value)])
    value = f"<b>{number(logits[0], 2)}</b>"
    return " · ".join([shares, _("logit {value}", value=value)])
