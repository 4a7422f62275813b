"""What if?: the text with a word left out, or another in its place, beside the text as it is."""

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
from attribution.types import NextWordRequest, NextWordResult, Word
from attribution.ui import examples, explain, figure, frame, message

QUICK = 2.0
"""Seconds up to which what leaving out each word does is computed without being asked for."""
MOST_WORDS = 60
"""Of a text whose words can be clicked."""


def look(result: NextWordResult, request: NextWordRequest, view: View) -> None:
    """The strip of what each word does, the change chosen, and both texts side by side."""
    words = [w for w in result.text.words if w.tokens and not w.special and w.start >= 0]
    words = [w for w in words if request.prefix[w.start : w.start + len(w.text)] == w.text]
    if not words:
        message.note("There is no word here that could be left out.")
        return
    _strip(result, request)
    changed = _change(request, words[:MOST_WORDS])
    if changed is None:
        message.note("Choose a word: leave it out, or put another in its place.")
        return
    with message.in_place():
        if not changed.strip():
            message.note("Nothing would be left of the text.")
            return
        target, foil = result.target.typed, result.foil.typed if result.foil else ""
        asked = replace(request, prefix=changed, target=request.target or target, foil=foil)
        other = explain.shown(cached.next_word, asked)
        _side_by_side(result, other, view)
        st.button(
            "Go on with the changed text",
            key="nw_take_change",
            on_click=_take,
            args=(changed,),
            icon=":material/arrow_forward:",
        )


def _strip(result: NextWordResult, request: NextWordRequest) -> None:
    """What leaving out each word costs the number explained."""
    asked = replace(request, method="erasure")
    found = cached.next_word.get(asked)
    if found is None and cached.seconds(asked) > QUICK and st.session_state.get("_nw_strip") != asked:
        takes = explain.duration(cached.seconds(asked)) or "a few seconds"
        st.button(f"Leave out each word ({takes})", key="nw_strip", on_click=_ask, args=(asked,))
        return
    with message.in_place():
        found = found or explain.shown(cached.next_word, asked)
        view = View("erasure", request.of)
        st.caption("What the text loses when a word is left out, in logits:")
        st.html(
            coloured_sentence(
                view.labels(found), view.values(found), frame.theme(), "logits lost", view.sides(found)
            )
        )


def _ask(asked: NextWordRequest) -> None:
    st.session_state["_nw_strip"] = asked
    explain.go_on()


def _change(request: NextWordRequest, words: list[Word]) -> str | None:
    """The text as it is to be, by the word chosen and what is to stand in its place."""
    places = list(range(len(words)))
    place = st.pills(
        "Word",
        places,
        format_func=lambda p: message.plain(words[p].text),
        key=f"nw_change_{hash(request.prefix)}",
        label_visibility="collapsed",
    )
    if place is None:
        return None
    word = words[place]
    with message.in_place():
        alike = cached.similar_words(request.model, request.dtype, word.text)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        instead = st.selectbox(
            "In its place",
            ["", *alike],
            format_func=lambda w: w or "nothing: leave it out",
            key=f"nw_instead_{hash((request.prefix, place))}",
            accept_new_options=True,
            width=300,
            help="Type a word, or choose one that the model takes for a like one.",
        )
    return with_word(request.prefix, word, str(instead or "").strip())


def with_word(prefix: str, word: Word, instead: str) -> str:
    """The text with another word in a word's place; with one left out, its space goes too."""
    before, after = prefix[: word.start], prefix[word.start + len(word.text) :]
    if instead:
        return before + instead + after
    if not before or before[-1].isspace():
        return before + after.lstrip() if after[:1].isspace() else before.rstrip() + after
    return before + after


def _side_by_side(before: NextWordResult, after: NextWordResult, view: View) -> None:
    """Difference, finding, words on one scale and likeliest next words of both texts."""
    values = [view.values(result) for result in (before, after)]
    limit = largest([v for some in values for v in some])
    sides = view.sides(before) if view.row(before).signed else None
    for column, result, name in zip(st.columns(2), (before, after), ("As it is", "Changed"), strict=True):
        with column:
            st.markdown(f"**{name}**: {message.plain(result.request.prefix)}")
            st.html(f"<div>{_chances(result)}<br>{findings.next_word(result, view).html}</div>")
            shown = values[0] if result is before else values[1]
            words = view.labels(result)
            st.html(coloured_sentence(words, shown, frame.theme(), view.unit, sides, limit=limit))
            key = "nw_before" if result is before else "nw_after"
            figure.draw(Recipe("what-the-model-expects", (result,)), key=key)


def _chances(result: NextWordResult) -> str:
    chosen = [w for w in (result.target, result.foil) if w]
    shares = " · ".join(f"{escape(w.typed)} {percent(w.explained.probability)}" for w in chosen)
    logits = [w.explained.logit for w in chosen]
    if len(chosen) == 2:
        return f"{shares} · difference <b>{number(logits[0] - logits[1], 2, sign=True)}</b> logits"
    return f"{shares} · logit <b>{number(logits[0], 2)}</b>"


def _take(changed: str) -> None:
    examples.fill({"nw_text": changed})
