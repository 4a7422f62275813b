"""How to read the Answer page: folded."""

from __future__ import annotations

import streamlit as st

from attribution.language import N_, _
from attribution.methods import catalogue
from attribution.ui.reading import LOOKS


def how_to_read(look: str, method: str) -> None:
    """What a word's colours, the segments and the map say, with the method's formula and papers."""
    with st.expander(_("How to read this")):
        st.markdown(_(_READ))
        st.markdown(_((LOOKS | _HOW)[look]))
        st.markdown(catalogue.find(method).reading)


_READ = N_(r"""
The model writes one token after the other; each is explained by what stands before it: the prompt and **the
answer so far**. The percentage under a word is its probability $p(y_t\mid x, y_{<t})$ after exactly these
words; ⚠ marks those below 5 %. Blue speaks **for** the word chosen, grey **against** it; with a contrast,
orange speaks for the other word. All words are on one scale. A model with a **chat template** also reads the
template's own tokens: they are folded, and a part of their own.
""")
_HOW = {
    "segments": N_(r"""
A bar is the exact sum of what all words of a part of the prompt got, over all tokens of the answer. With
**log-probability** and a method that adds up, all bars together are the log-probability of the answer,
$\sum_t\ln p(y_t)$. The **check** leaves a part out and measures what the answer's log-probability really
loses; **LDS** compares sums of credits with the log-probability over random choices of parts (the question
of ContextCite, Cohen-Wang et al. 2024, [arXiv 2409.00729](https://arxiv.org/abs/2409.00729))."""),
    "map": N_("""
A **row** is a token of the answer, a **column** what could have led to it: a part or a word of the
prompt, then the answer so far. What comes later is not there. Click a cell to choose its word, and to open a
part."""),
}
