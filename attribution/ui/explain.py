"""From a request to its result, with everything that takes long shown as it happens."""

from __future__ import annotations

import streamlit as st

from attribution import cached
from attribution.types import NextWordRequest, NextWordResult


def next_word(request: NextWordRequest) -> NextWordResult:
    """The explanation of a next word; loads the model first where that is needed."""
    with st.spinner("Working out why …", show_time=True):
        return cached.next_word(request)


def next_word_snippet(request: NextWordRequest) -> str:
    """Python lines that give the same numbers."""
    words = f"target={request.target!r}" + (f", foil={request.foil!r}" if request.foil else "")
    return f"""from attribution import load, explain_next_word

model = load({request.model!r})
result = explain_next_word(model, {request.prefix!r}, {words})

for word, value in zip(result.text.words, result.text.sum_words(result.alti_logit.sum(0))):
    print(f"{{word.text:>15}} {{value:+.3f}}")
print("no word's:", result.contributions.remainder, "all:", result.explained_logit)
"""
