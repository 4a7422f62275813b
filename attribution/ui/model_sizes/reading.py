"""How to read the Model sizes page: what is compared and how, the method's formula and papers."""

from __future__ import annotations

import streamlit as st

from attribution.language import N_, _
from attribution.methods import catalogue
from attribution.ui.reading import LOOKS


def how_to_read(look: str, method: str) -> None:
    """A short explanation with the formula and the paper, folded."""
    with st.expander(_("How to read this")):
        st.markdown(_(_HOW))
        st.markdown(catalogue.find(method).reading)
        st.markdown(_(_LOOKS[look]))


_HOW = N_(r"""
Every model is asked the same question: an encoder-decoder (T5) reads it and writes the answer, a decoder
(GPT-2) goes on writing after it. **P** is the probability of the whole answer, and what is explained is
$f=P(\text{target})-P(\text{foil})$ (contrasts: Yin and Neubig 2022, [arXiv
2202.10419](https://arxiv.org/abs/2202.10419)). Sub-words are joined to the words of the question (signed
values add up, magnitudes by the root of their summed squares), so models with different vocabularies share
an axis; tokens that are no words, such as `</s>`, have a column of their own. Blue speaks for the target,
orange for the foil.

**Share**: divided by the sum of absolute values, so that models can be compared. **Weighted**: shares times
$P(\text{target})-P(\text{foil})$, so that magnitudes of a row sum to it. **Raw**: as computed; the surer a
model is, the smaller its gradients, so raw values say little across sizes.""")
_LOOKS = LOOKS | {
    "panels": N_(
        "**Model by model**: the numbers of the coloured table, one panel a model, all on one scale."
    ),
    "agreement": N_("""
**Do they agree?** Spearman's rank correlation of the word scores of every two models: 1 means the same
order of words, 0 no relation, −1 the reverse order. With few words it is a rough measure."""),
}
