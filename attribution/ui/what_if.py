"""What if?: a text with a word left out or another in its place, and what each word does alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import streamlit as st

from attribution import cached
from attribution.charts.palette import Role, largest
from attribution.charts.sentence import coloured_sentence
from attribution.language import N_, _
from attribution.types import Candidate, LeftOutRequest, LeftOutResult, Word
from attribution.ui import address, examples, explain, frame, message

MOST_WORDS = 60
"""Of a text whose words can be clicked."""
AS_IT_IS, CHANGED = N_("As it is"), N_("Changed")
"""Above the two columns of a text and of the same text changed."""


def left_out(asked: Sequence[LeftOutRequest], *, key: str) -> list[LeftOutResult] | None:
    """What each word does alone, for each request; a button that says the time where that takes long."""
    seconds = sum(cached.seconds(request) for request in asked if cached.left_out.get(request) is None)
    if not explain.wanted(tuple(asked), seconds, N_("Leave out each word ({time})"), key=f"{key}_strip"):
        return None
    with message.in_place():
        return [explain.shown(cached.left_out, request) for request in asked]
    return None


def loses(unit: str) -> None:
    """The line above the strips."""
    st.caption(_("What the text loses when a word is left out, in {unit}:", unit=unit))


def heading(name: str, text: str) -> None:
    """Above one of the two columns: which text it is."""
    st.markdown(f"**{_(name)}**: {message.plain(text)}")


def strip(found: LeftOutResult, sides: tuple[Role, Role], unit: str, limit: float | None = None) -> None:
    """The words coloured by what the text loses without them; those written before in a row of their own."""
    limit = largest(list(found.values)) if limit is None else limit
    lost = _("{unit} lost", unit=unit)
    for part in (slice(0, found.source), slice(found.source, len(found.words))):
        if found.words[part]:
            words = coloured_sentence(
                found.words[part], found.values[part], frame.theme(), lost, sides, limit=limit
            )
            st.html(words)


def changed_text(
    text: str, words: Sequence[Word], alike: Callable[[Word], Sequence[str]], *, key: str
) -> str | None:
    """The text as it is to be: by a word that is clicked, or typed freely; None as long as it is the same.

    alike: words of like kind, offered in a word's place. The changed text is part of the page's link.
    """
    field = f"{key}_if"
    address.part(field, "", of_question=True)
    words = [w for w in words if w.tokens and not w.special and w.start >= 0]
    words = [w for w in words if text[w.start : w.start + len(w.text)] == w.text][:MOST_WORDS]
    place = _place(text, words, field) if words else None
    if place is not None:
        _instead(text, words[place], alike, field)
    changed = st.text_input(_("The text changed"), key=field, placeholder=text, help=_(HELP_CHANGED))
    if not (changed or "").strip():
        nothing = place is not None and len(words) == 1
        message.note(
            _("Nothing would be left of the text.") if nothing else _("Choose a word, or type the text anew.")
        )
        return None
    return None if changed == text else changed


def _place(text: str, words: Sequence[Word], field: str) -> int | None:
    """The word that is clicked; it is left out at once."""
    key = f"{field}_word_{hash(text)}"

    def leave_out() -> None:
        place = st.session_state.get(key)
        st.session_state[field] = "" if place is None else with_word(text, words[place], "")

    return st.pills(
        _("Word"),
        list(range(len(words))),
        format_func=lambda p: message.plain(words[p].text),
        key=key,
        on_change=leave_out,
        label_visibility="collapsed",
    )


def _instead(text: str, word: Word, alike: Callable[[Word], Sequence[str]], field: str) -> None:
    """What stands in the word's place."""
    key = f"{field}_instead_{hash((text, word.start))}"
    offered: Sequence[str] = ()
    with message.in_place():
        offered = alike(word)

    def put() -> None:
        st.session_state[field] = with_word(text, word, str(st.session_state.get(key) or "").strip())

    frame.say_anew(key)
    st.selectbox(
        _("In its place"),
        ["", *offered],
        format_func=lambda w: w or _("nothing: leave it out"),
        key=key,
        on_change=put,
        accept_new_options=True,
        width=300,
        help=_("Type a word, or choose one that the model takes for a like one."),
    )


def with_word(text: str, word: Word, instead: str) -> str:
    """The text with another word in a word's place; with one left out, its space goes too."""
    before, after = text[: word.start], text[word.start + len(word.text) :]
    if instead:
        return before + instead + after
    if not before or before[-1].isspace():
        return before + after.lstrip() if after[:1].isspace() else before.rstrip() + after
    return before + after


def most(*candidates: Sequence[Candidate]) -> int:
    """Percent that the figures of several lists of candidates reach, so that they are on one scale."""
    return math.ceil(100 * max((c.probability for some in candidates for c in some), default=0.0))


def go_on_button(changed: str, field: str, *, key: str) -> None:
    """Makes the changed text the page's text; `field` is the widget that holds it."""
    st.button(
        _("Go on with the changed text"),
        key=f"{key}_take_change",
        on_click=examples.fill,
        args=({field: changed},),
        icon=":material/arrow_forward:",
    )


HELP_CHANGED = N_("Click a word to leave it out or to put another in its place, or type here what you like.")
