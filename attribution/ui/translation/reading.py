"""How to read the Translation page: the formulas, where they come from, where they differ from Inseq."""

from __future__ import annotations

import streamlit as st

from attribution.language import N_, _
from attribution.methods import catalogue
from attribution.ui.reading import LOOKS


def how_to_read(look: str, method: str) -> None:
    """The formulas, where they come from, and where they differ from Inseq; folded."""
    with st.expander(_("How to read this")):
        st.markdown(_(_READ))
        st.markdown(catalogue.find(method).reading)
        st.markdown(_(LOOKS[look]))
        st.markdown(_(_INSEQ))


_READ = N_(r"""
A **row** is one token the model writes, step by step; a **column** is a word that could have led to it: a
word of the source (left) or a word already written (right). A step cannot see what comes after it, so those
cells are missing. **Share**: each row is divided by the sum of its absolute values over source *and* words
before, so that a row sums to 1. **Weighted by score**: shares times the step score. **Words**: the
sub-words of a word are joined (magnitudes by the root of their summed squares, signed values by their sum);
for a *target* word of several tokens the coloured sentence shows the mean of its steps.

The **step score** is one number for each token: probability $p_t=p(y_t\mid y_{<t},x)$, cross-entropy
$-\ln p_t$, entropy of the whole prediction, perplexity $1/p_t$. With a contrast $c$: the differences of
probability or logit; P-CXMI $=\log_2 p^c_t-\log_2 p_t$, negative where the target is the likelier of the
two; KL divergence between the two predictions. A contrast's *score* is taken after the contrast's own
prefix; the contrast that is *explained* stands after the target's prefix, so the two differ after the first
word that differs.
""")
_INSEQ = N_("""
The numbers are those of [Inseq](https://github.com/inseq-team/inseq) 0.7.1 (Sarti et al. 2023, [arXiv
2302.13942](https://arxiv.org/abs/2302.13942)), with four differences on purpose: the decoder's start token
is left out of the shares (Inseq counts it: 6 to 12 % of the first step); perplexity is the exponential of
the cross-entropy in nats (Inseq raises 2 to it); Marian's decoder embeddings are scaled once (with recent
versions of transformers Inseq scales them twice); the tokens that the model generated are explained as they
are, without splitting the text anew.
""")
