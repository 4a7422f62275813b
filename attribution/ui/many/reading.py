"""How to read the page Many sentences: what each measure says, and how sure it is."""

from __future__ import annotations

import streamlit as st

from attribution.language import N_, _, shown
from attribution.methods import catalogue
from attribution.types import ManyResult


def how_to_read(result: ManyResult) -> None:
    """A short explanation with what was measured, folded."""
    with st.expander(_("How to read this")):
        st.markdown(_(_HOW))
        st.markdown("\n".join(f"- **{shown(m.name)}**: {shown(m.meaning)}." for m in result.measures))
        st.markdown(_(_SURE))
        for method in result.methods:
            if method in catalogue.METHODS:
                st.markdown(catalogue.find(method).reading)


_HOW = N_("""
One explained sentence is an anecdote; here every sentence of a set is explained by every method, and what the
explanations say is compared with what is known of the sentence. **Evidence** are the words that decide by the
way the sentence was made, such as the subject of a verb: a method that ranks one of them first has 1, second
1/2, and so on, and the mean is the MRR (as in Ferrando et al. 2023, [arXiv
2305.12535](https://arxiv.org/abs/2305.12535)). Evidence says where the answer lies in the *sentence*; a model
may well have used something else, and a method that says so is then right although it is counted as wrong. So
look at single sentences, and at gap and LDS, which ask the model instead.
""")
_SURE = N_("""
Intervals are 95 % intervals over the sentences, by bootstrap (1,000 draws; of the accuracy Wilson's): other
sentences of the same kind would give means about there. Where the intervals of two methods overlap, their
order is open. They do not say whether another set would give the same. **Random orders** are what a method
would have that knows nothing.
""")
