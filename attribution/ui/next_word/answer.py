"""What the Next word page says of an explanation in words."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from attribution.charts import findings
from attribution.charts.palette import Theme, palette
from attribution.charts.views import View
from attribution.charts.wording import number, ordinal, percent
from attribution.language import Said, _
from attribution.methods import catalogue
from attribution.types import ChosenWord, NextWordResult
from attribution.ui import address, frame, linked_words, message, token_row
from attribution.ui.linked_words import Link, Row

MANY_PIECES, UNLIKELY = 2.5, 0.002
"""Tokens a word, and the probability, beyond which a text lies outside of the model's reach."""


def tokens(result: NextWordResult, theme: Theme) -> None:
    """The prefix as the model sees it, and what a user should know about the inputs."""
    with st.container(horizontal=True, gap="small"):
        row = st.container(width="stretch")
        raw = token_row.toggle("nw_raw")
    with row:
        token_row.show(result.text, theme, raw=raw)
    for text in (*result.notes, *outside(result)):
        message.note(text)


def headline(result: NextWordResult, theme: Theme) -> None:
    """How likely target and foil are."""
    words = [_likely(result.target, "target", theme)]
    if result.foil:
        words.append(_likely(result.foil, "foil", theme))
        difference = result.target.explained.logit - result.foil.explained.logit
        value = f"<b>{number(difference, 2, sign=True)}</b>"
        words.append(_("difference {value} logits", value=value))
    else:
        value = f"<b>{number(result.explained_logit, 2)}</b>"
        words.append(_("logit {value}", value=value))
    st.html(f"<div>{'&emsp;'.join(words)}</div>")


def outside(result: NextWordResult) -> list[str]:
    """Honest lines where the text lies outside of what the model knows."""
    lines = []
    words = [w for w in result.text.words if not w.special]
    pieces = sum(len(w.tokens) for w in words)
    if len(words) >= 3 and pieces > MANY_PIECES * len(words):
        lines.append(
            _(
                "This model's vocabulary hardly knows these words: it splits {words} words into {pieces} "
                "pieces.",
                words=len(words),
                pieces=pieces,
            )
        )
    chosen = [w.explained.probability for w in (result.target, result.foil) if w]
    if max(chosen) < UNLIKELY:
        lines.append(
            _(
                "The model expects none of these words here; the numbers are exact but explain a choice "
                "that it would hardly make."
            )
        )
    return lines


def _likely(word: ChosenWord, role: Any, theme: Theme) -> str:
    colour = palette(theme).ink[role]
    token = word.explained
    whole = ""
    if len(word.pieces) > 1:
        total = number(word.word_log_probability, 2)
        about = _("token {token}; whole word ln p = {total}", token=escape(token.token), total=total)
        whole = f" <small>({about})</small>"
    return (
        f'<bdi style="color:{colour};font-weight:650">{escape(word.typed)}</bdi> '
        f"<b>{percent(token.probability)}</b> ({ordinal(token.rank)}){whole}"
    )


def finding(result: NextWordResult, view: View) -> None:
    """What the numbers say, in one or two sentences."""
    message.finding(findings.next_word(result, view).html)


def sentence(result: NextWordResult, view: View, theme: Theme) -> None:
    """The text coloured by what each word contributes; a word lights its bar and its column."""
    sides = view.sides(result) if view.row(result).signed else None

    def links(word: int) -> list[Link]:
        return [Link("nw_words", "position", word), Link("nw_layers", "column", word, panel=0)]

    row = Row(view.labels(result), view.values(result), links)
    linked_words.show([row], theme, view.unit, sides, key="nw_sentence")


def check(result: NextWordResult) -> None:
    """Whether the parts of an additive method sum to what the model computed, with the measured gap."""
    if not catalogue.find(result.request.method).additive:
        return
    gap = result.relative_gap
    if gap <= result.tolerance:
        message.note(
            _(
                "Checked: all parts sum to the model's own logits with a relative gap of {gap:.0e} "
                "(accepted: {accepted:.0e}).",
                gap=float(gap),
                accepted=float(result.tolerance),
            )
        )
    else:
        message.error(
            _(
                "The parts miss the model's own logits by a relative gap of {gap:.1e}, more than the "
                "{accepted:.0e} accepted: do not trust this explanation.",
                gap=float(gap),
                accepted=float(result.tolerance),
            )
        )


def layer_controls(result: NextWordResult) -> tuple[int, bool]:
    """The layer (from 1) and whether the matrices up to it are multiplied."""
    layers = 1 if result.alti is None else result.alti.shape[0]
    with st.container(horizontal=True, gap="medium"):
        rolled = frame.choice(_("Mixing"), ROLLED, key="nw_rolled")
        layer = layers
        if layers > 1:
            key = f"nw_layer_{layers}"  # models with more layers than this one start at their last
            address.part(key, layers, read=address.number(range(1, layers + 1)))
            layer = st.slider(_("Layer"), 1, layers, layers, key=key, width=360)
    return layer, rolled == "up"


ROLLED = {"up": Said("up to this layer"), "of": Said("of this layer")}
