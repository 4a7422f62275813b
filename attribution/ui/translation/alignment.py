"""Which tokens of a translation and its contrast are compared, to be changed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from attribution.charts import phrases
from attribution.charts.libraries import pd
from attribution.charts.wording import clean
from attribution.language import _
from attribution.types import TranslationResult
from attribution.ui import message


def alignment_table(result: TranslationResult) -> None:
    """Which contrast token each target token is compared with; another one can be chosen."""
    if result.contrast is None:
        return
    names = [f"{k + 1} {clean(token)}" for k, token in enumerate(result.contrast.tokens)]
    scores: dict[str, Any] = {
        name: result.step_scores[name]
        for name in ("contrast_prob_diff", "contrast_logits_diff", "pcxmi")
        if name in result.step_scores
    }
    columns: dict[str, Any] = {
        "Step": [str(k + 1) for k in range(len(result.target))],
        "Target token": [clean(token) for token in result.target_tokens],
        "Compared with": [names[k] for k in result.alignment],
        **scores,
    }
    key = f"mt_alignment_{hash((result.request, result.alignment))}"
    heads: dict[str, Any] = {
        "Step": _("Step"),
        "Target token": _("Target token"),
        "Compared with": st.column_config.SelectboxColumn(_("Compared with"), options=names, required=True),
        **{name: phrases.SCORES[name] for name in scores},
    }
    with st.expander(_("Which tokens of the two translations are compared")):
        message.note(_("Choose another contrast token in a row; the explanation follows."))
        st.data_editor(
            pd.DataFrame(columns),
            hide_index=True,
            disabled=["Step", "Target token", *scores],
            column_config=heads,
            on_change=realign,
            args=(key, result.alignment),
            key=key,
        )


def realign(key: str, before: Sequence[int]) -> None:
    """Writes an edited alignment into the form; a callback."""
    steps = list(before)
    for row, changes in st.session_state[key]["edited_rows"].items():
        if "Compared with" in changes:
            steps[int(row)] = int(changes["Compared with"].split(" ", 1)[0]) - 1
    st.session_state["mt_align"] = " ".join(str(step + 1) for step in steps)
