"""Sentences for people, safe to show whatever they contain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from attribution.language import shown
from attribution.types import AttributionError

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~:$&@^=])")


def plain(text: str) -> str:
    """The text with everything escaped that Streamlit's Markdown would turn into formatting.

    A sentence of the app is in the reader's language.
    """
    return _MARKDOWN.sub(r"\\\1", " ".join(shown(text).split()))


def error(text: str) -> None:
    """An error as one plain sentence."""
    st.error(plain(text), icon=":material/error:")


def note(text: str) -> None:
    """Something the user should know, small."""
    st.caption(plain(text))


def finding(html: str) -> None:
    """What a page has found, as HTML that is safe; read aloud where a screen reader is used."""
    st.html(f'<div class="why-finding" style="font-size:1.05rem">{html}</div>')


@contextmanager
def or_sentence() -> Iterator[None]:
    """Shows an `AttributionError` of the block as its sentence and ends the page there; catches no other."""
    try:
        yield
    except AttributionError as problem:
        error(str(problem))
        st.stop()


@contextmanager
def in_place() -> Iterator[None]:
    """Shows an `AttributionError` of the block as its sentence in the block's place; the page goes on."""
    try:
        yield
    except AttributionError as problem:
        note(str(problem))
