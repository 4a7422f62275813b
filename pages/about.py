"""About: what the app does, which models it has, and where the mathematics comes from."""

import pandas as pd
import streamlit as st

from attribution.language import N_, _, shown
from attribution.methods import catalogue
from attribution.models.architectures import known_models
from attribution.ui import model_picker

PAGES = (
    N_(
        "**Next word** asks why a language model continues a text with one word rather than another "
        "(ALTI-Logit)."
    ),
    N_(
        "**Translation** asks which source words, and which words already written, led to each word of a "
        "translation."
    ),
    N_("**Model sizes** asks the same question to small and large models side by side."),
    N_(
        "**Answer** asks which words of the prompt, and which words already written, led to each word of an "
        "answer."
    ),
    N_(
        "**Many sentences** puts a whole set to models and methods: how often is a model right, which method "
        "finds what decides?"
    ),
    N_("**Report** collects what you found, with your comments, as a file to hand in."),
)
HERE = N_(
    "Everything runs on this machine. The bundled models are small and were trained for this app; models of "
    "the Hugging Face Hub are downloaded only when you pick one."
)
SOURCES = (
    N_(
        "**Contrasts**: Yin, Neubig, *Interpreting Language Models with Contrastive Explanations*, 2022, "
        "[arXiv 2202.10419](https://arxiv.org/abs/2202.10419)."
    ),
    N_(
        "**Step scores** follow the definitions of Inseq (Sarti, Feldhus, Sickert, van der Wal, *Inseq: An "
        "Interpretability Toolkit for Sequence Generation Models*, 2023, "
        "[arXiv 2302.13942](https://arxiv.org/abs/2302.13942)); where this app differs, the page says so."
    ),
    N_("**Logit lens**: nostalgebraist, *interpreting GPT: the logit lens*, 2020."),
    N_(
        "**LDS**: Park et al., *TRAK*, 2023, [arXiv 2303.14186](https://arxiv.org/abs/2303.14186). AttnLRP "
        "is left out: its rules are under a patent that its owners license for personal and scientific use."
    ),
)

st.header(_("Why did the model choose this word?"))
st.markdown("\n".join(_(page) for page in PAGES))
st.markdown(_(HERE))
st.subheader(_("Models"))
entries = model_picker.choices(("decoder", "encoder-decoder"))
st.dataframe(
    pd.DataFrame(
        {
            _("Model"): [e.name for e in entries],
            _("Where"): [_(model_picker.GROUPS[e.group]) for e in entries],
            _("Architecture"): [e.architecture for e in entries],
            _("Parameters (millions)"): [e.parameters / 1e6 if e.parameters else None for e in entries],
            _("Size on disk (MB)"): [e.bytes / 1e6 if e.bytes else None for e in entries],
            _("Licence"): [_(e.licence) for e in entries],
            _("Good for"): [shown(e.problem) or _(e.good_for) for e in entries],
            _("Id"): [e.id for e in entries],
        }
    ),
    hide_index=True,
    column_config={
        _("Parameters (millions)"): st.column_config.NumberColumn(format="%.2f"),
        _("Size on disk (MB)"): st.column_config.NumberColumn(format="%.1f"),
    },
)
st.markdown(
    _(
        "**Next word** (ALTI-Logit) is for {decoders}; **Translation** for {translators}.",
        decoders=", ".join(known_models(alti_logit=True)),
        translators=", ".join(known_models(kind="encoder-decoder")),
    )
)
st.subheader(_("Methods"))
st.markdown("\n".join(f"- {row.about}" for row in catalogue.METHODS.values()))
st.markdown(" ".join(_(source) for source in SOURCES))
