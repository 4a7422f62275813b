"""The language a visitor reads in: chosen in the top bar, by a link's `?lang=`, or else the browser's."""

from __future__ import annotations

import json

import streamlit as st

from attribution import language
from attribution.language import _

CHOSEN, CHOICE = "_language_chosen", "_language"
"""What the visitor or a link has chosen, and the field that shows the language, whoever has chosen it."""
FOLLOWED = "_language_in_link"
"""What an address has said that has been followed."""
COOKIE = "why_this_word_language"
IN_LINKS = "lang"


def begin() -> None:
    """Finds out who reads, before anything is drawn; a language chosen once stays in the address."""
    given = st.query_params.get(IN_LINKS)
    if given is not None and given != st.session_state.get(FOLLOWED):
        st.session_state[FOLLOWED] = given
        if given in language.languages():
            st.session_state[CHOSEN] = given
    language.choose(current())


def current() -> str:
    """The code of the visitor's language."""
    chosen = st.session_state.get(CHOSEN)
    if chosen in language.languages():
        return str(chosen)
    return language.fitting(st.context.cookies.get(COOKIE) or st.context.locale)


def chosen() -> dict[str, list[str]]:
    """What a link says of the language: nothing where the visitor's browser has chosen it."""
    code = st.session_state.get(CHOSEN)
    return {IN_LINKS: [code]} if code in language.languages() else {}


def choice() -> None:
    """The choice in the top bar."""
    names = language.languages()
    if len(names) > 1:
        st.session_state[CHOICE] = current()
        st.selectbox(
            _("Language"),
            list(names),
            format_func=names.__getitem__,
            key=CHOICE,
            on_change=_choose,
            label_visibility="collapsed",
            width=134,
        )


def _choose() -> None:
    """Keeps what was chosen in the top bar, whatever the address still says; a callback."""
    st.session_state[CHOSEN] = st.session_state[CHOICE]
    st.session_state[FOLLOWED] = st.query_params.get(IN_LINKS)


def remember() -> None:
    """Tells browser and screen reader the language of the page; one chosen is kept for the next visit."""
    code = json.dumps(current())
    keep = f'document.cookie = "{COOKIE}=" + {code} + "; path=/; max-age=31536000; SameSite=Strict";'
    st.html(
        f"<script>document.documentElement.lang = {code}; {keep if chosen() else ''}</script>",
        unsafe_allow_javascript=True,
    )


language.ask(current)
