"""About: what the app does, which models it has, and where the mathematics comes from."""

import pandas as pd
import streamlit as st

from attribution.methods import catalogue
from attribution.models.architectures import known_models
from attribution.ui import model_picker

st.header("Why did the model choose this word?")
st.markdown(
    """
**Next word** asks why a language model continues a text with one word rather than another (ALTI-Logit).
**Translation** asks which source words, and which words already written, led to each word of a translation.
**Model sizes** asks the same question to small and large models side by side.
**Answer** asks which words of the prompt, and which words already written, led to each word of an answer.
**Many sentences** puts a whole set to models and methods: how often is a model right, which method finds what
decides?
**Report** collects what you found, with your comments, as a file to hand in.

Everything runs on this machine. The bundled models are small and were trained for this app; models of the
Hugging Face Hub are downloaded only when you pick one.
"""
)
st.subheader("Models")
entries = model_picker.choices(("decoder", "encoder-decoder"))
st.dataframe(
    pd.DataFrame(
        {
            "Model": [e.name for e in entries],
            "Where": [e.group for e in entries],
            "Architecture": [e.architecture for e in entries],
            "Parameters (millions)": [e.parameters / 1e6 if e.parameters else None for e in entries],
            "Size on disk (MB)": [e.bytes / 1e6 if e.bytes else None for e in entries],
            "Licence": [e.licence for e in entries],
            "Good for": [e.problem or e.good_for for e in entries],
            "Id": [e.id for e in entries],
        }
    ),
    hide_index=True,
    column_config={
        "Parameters (millions)": st.column_config.NumberColumn(format="%.2f"),
        "Size on disk (MB)": st.column_config.NumberColumn(format="%.1f"),
    },
)
st.markdown(
    f"**Next word** (ALTI-Logit) is for {', '.join(known_models(alti_logit=True))}; **Translation** for "
    f"{', '.join(known_models(kind='encoder-decoder'))}."
)
st.subheader("Methods")
st.markdown("\n".join(f"- {row.about}" for row in catalogue.METHODS.values()))
st.markdown(
    """
**Contrasts**: Yin, Neubig, *Interpreting Language Models with Contrastive Explanations*, 2022,
[arXiv 2202.10419](https://arxiv.org/abs/2202.10419). **Step scores** follow the definitions of Inseq (Sarti,
Feldhus, Sickert, van der Wal, *Inseq: An Interpretability Toolkit for Sequence Generation Models*, 2023,
[arXiv 2302.13942](https://arxiv.org/abs/2302.13942)); where this app differs, the page says so.
**Logit lens**: nostalgebraist, *interpreting GPT: the logit lens*, 2020. **LDS**: Park et al., *TRAK*, 2023,
[arXiv 2303.14186](https://arxiv.org/abs/2303.14186). AttnLRP is left out: its rules are under a patent that
its owners license for personal and scientific use.
"""
)
