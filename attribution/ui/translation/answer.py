"""What the Translation page says of a translation: whose it is, how sure the model is, what to doubt."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st

from attribution.charts.translation import IMPROBABLE
from attribution.charts.wording import clean, percent, percent0, written
from attribution.types import TranslationResult
from attribution.ui import message


def headline(result: TranslationResult) -> None:
    """The translation, whose it is, how it was made and how sure the model is of it."""
    likely = result.step_scores["probability"]
    mean = float(np.exp(np.log(np.maximum(likely, 1e-12)).mean()))
    whose = "The model’s own translation" if result.generated else "The translation typed"
    how = f" ({escape(result.generation)})" if result.generation else ""
    st.html(
        f'<div style="font-size:1.05rem"><em><bdi>{escape(clean(written(result.target)))}</bdi></em></div>'
        f'<div style="font-size:0.95rem"><b>{whose}</b><span style="opacity:.75">{how} · '
        f"geometric mean of its tokens’ probabilities <b>{percent(mean)}</b></span></div>"
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
            f"Outside this model: {unknown} of {len(result.source)} source tokens are unknown to it "
            "(<unk>), so what it writes there is a guess."
        )
    elif pieces > 3 * max(len(words), 1):
        sentences.append(
            f"Outside this model: it spells the {len(words)} source words in {pieces} pieces; "
            "it has hardly seen such words."
        )
    likely = result.step_scores["probability"]
    if result.generated and float(np.median(likely)) < 0.2:
        sentences.append(
            "The model is unsure of its own translation: half of its tokens have a probability "
            f"below {percent(float(np.median(likely)))}. Read the explanation with that in mind."
        )
    if not result.generated and (count := int((likely < IMPROBABLE).sum())):
        sentences.append(
            f"{count} of {len(likely)} tokens of this translation are improbable to the model "
            f"(below {percent0(IMPROBABLE)}); they are flagged."
        )
    return sentences
