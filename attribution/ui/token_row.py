"""A text as the model sees it: its tokens in boxes, readable or as they are in the vocabulary."""

from __future__ import annotations

from html import escape

import streamlit as st

from attribution.charts.palette import Theme, palette
from attribution.charts.wording import clean
from attribution.language import N_, Pair, _, ngettext, nN_
from attribution.types import TokenizedText
from attribution.ui import address

TOKENS = nN_("{count} token", "{count} tokens")
SOURCE_TOKENS = nN_("{count} source token", "{count} source tokens")
TARGET_TOKENS = nN_("{count} target token", "{count} target tokens")


def show(text: TokenizedText, theme: Theme, *, raw: bool, count: Pair = TOKENS) -> None:
    """How many tokens it is and which; a row that wraps, and scrolls where it is long."""
    box = (
        f"display:inline-block;border:1px solid {palette(theme).grid};border-radius:3px;padding:0 3px;"
        "margin:0 2px 1px 0;line-height:1.4;white-space:pre-wrap;overflow-wrap:anywhere;max-width:100%"
    )
    chips = " ".join(
        f'<bdi style="{box}" title="{escape(f"{other}, id {id}", quote=True)}">{escape(shown)}</bdi>'
        for id, shown, other in _tokens(text, raw)
    )
    st.html(
        f'<div style="font-size:.86rem;line-height:1.7;max-height:5.2em;overflow-y:auto">'
        f'<span style="opacity:.7">{escape(ngettext(*count, len(text)))}</span> {chips}</div>'
    )


def _tokens(text: TokenizedText, raw: bool) -> list[tuple[int, str, str]]:
    """The id of each token, how it is shown, and how else it is written."""
    both = [(clean(token), clean(own)) for token, own in zip(text.tokens, text.raw, strict=True)]
    return [(id, *(pair[::-1] if raw else pair)) for id, pair in zip(text.ids, both, strict=True)]


def toggle(key: str) -> bool:
    """Whether tokens are shown as they are in the model's vocabulary; part of the link."""
    address.part(key, False, read=lambda given: given[-1].lower() == "true")
    return st.toggle(_("raw tokens"), key=key, help=_(HELP), width="content")


HELP = N_(
    "Tokens as the vocabulary of the model has them, such as Ġwinter or ▁winter, where Ġ and ▁ are the "
    "blank before the word."
)
