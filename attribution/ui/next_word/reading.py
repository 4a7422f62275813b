"""How to read the Next word page: what a closer look shows, and the method's formula and papers."""

from __future__ import annotations

import streamlit as st

from attribution.language import N_, _
from attribution.methods import catalogue
from attribution.ui.reading import LOOKS


def how_to_read(look: str, method: str) -> None:
    """A short explanation with the formulas and the papers, folded."""
    row = catalogue.find(method)
    together = [m for m in catalogue.METHODS.values() if method in (m.id, m.found_with)]
    with st.expander(_("How to read this")):
        if row.layered or look in ("hold", "what if", "layers"):
            st.markdown(_(_HOW[look]))
        for m in together:
            st.markdown(m.reading)
        st.markdown(_(_UNITS))


_HOW = LOOKS | {
    "sum": N_(r"""
The model's logit for a word is a sum, and nothing is lost: the initial embedding of the last token, what each
attention layer writes when it reads from each position, the MLPs, and biases:
$\;\mathrm{logit}_w=\langle u_w,x^0_t\rangle+\sum_l\sum_j a^l_j+\sum_l\langle u_w,\mathrm{MLP}^l\rangle+b$,
with $u_w$ the word's output vector after the final norm and $b$ the biases. A bar to the **right** speaks
for the target, to the **left** for the foil. MLPs and biases belong to no single word, so they are shown as
parts of their own."""),
    "layers": N_("""
Each row is a layer, each column a word: how many logits that layer wrote for target minus foil when it read
from there (with ALTI-Logit: traced back to the words whose information is mixed there). The bars are the
layer's MLP, which is not attributed to words. The **logit lens** reads the last position after each layer as
if it were the last: its early answers are rough, since no layer was trained to be read like this."""),
    "mixing": N_(r"""
Row *i* shows what the representation at position *i* draws on. The ALTI matrix of a layer is
$\;c_{ij}=\max(0,\lVert y_i\rVert_1-\lVert y_i-T_i(x_j)\rVert_1)$, rows divided by their sum;
*up to this layer* multiplies the matrices of all layers below (rollout). Rows sum to 1."""),
}
_UNITS = N_(
    "*Share* divides by the sum of absolute contributions; logits add up where the method is one that adds "
    "up. Many models lean on the first token whatever it says."
)
