"""What the Translation page says of a translation: whose it is, how sure the model is, what to doubt."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st

from attribution.charts.translation import IMPROBABLE
from attribution.charts.wording import clean, percent, percent0, written
from attribution.language import _, shown
from attribution.types import TranslationResult
from attribution.ui import message


def headline(result: TranslationResult) -> None:
    """The translation, whose it is, how it was made and how sure the model is of it."""
    likely = result.step_scores["probability"]
    mean = float(np.exp(np.log(np.maximum(likely, 1e-12)).mean()))
    whose = _("The model’s own translation") if result.generated else _("The translation typed")
    how = f" ({escape(shown(result.generation))})" if result.generation else ""
    value = f"<b>{percent(mean)}</b>"
    chance = _("geometric mean of its tokens’ probabilities {value}", value=value)
    st.html(
        f'<div style="font-size:1.05rem"><em><bdi>{escape(clean(written(result.target)))}</bdi></em></div>'
        f'<div style="font-size:0.95rem"><b>{whose}</b><span style="opacity:.75">{how} · '
        f"{chance}</span></div>"
    )


def warnings(result: TranslationResult) -> None:
    """What a user should know before trusting the numbers."""
    for text in (*result.notes, *outside(result)):
        message.note(text)


def outside(result: TranslationResult) -> list[str]:
    """Honest sentences where the text lies outside what the model can do."""
    sentences = []
    unknown = sum(raw == "<unk>" for raw in result.source.raw)
    words = [word for word in result.source.words if not word.special]
    pieces = sum(len(word.tokens) for word in words)
    if unknown:
        sentences.append(
            _(
                "Outside this model: {unknown} of {count} source tokens are unknown to it (<unk>), so what "
                "it writes there is a guess.",
                unknown=unknown,
                count=len(result.source),
            )
        )
    elif pieces > 3 * max(len(words), 1):
        sentences.append(
            _(
                "Outside this model: it spells the {words} source words in {pieces} pieces; it has hardly "
                "seen such words.",
                words=len(words),
                pieces=pieces,
            )
        )
    likely = result.step_scores["probability"]
    if result.generated and float(np.median(likely)) < 0.2:
        sentences.append(
            _(
                "The model is unsure of its own translation: half of its tokens have a probability below "
                "{chance}. Read the explanation with that in mind.",
                chance=percent(float(np.median(likely))),
            )
        )
    if not result.generated and (count := int((likely < IMPROBABLE).sum())):
        sentences.append(
            _(
                "{count} of {all} tokens of this translation are improbable to the model (below {chance}); "
                "they are flagged.",
                count=count,
                all=len(likely),
                chance=percent0(IMPROBABLE),
            )
        )
    return sentences
