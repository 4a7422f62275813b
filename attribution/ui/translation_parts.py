"""The pieces of the Translation page that are more than one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import streamlit as st

from attribution import cached
from attribution.charts.libraries import pd
from attribution.charts.translation import IMPROBABLE
from attribution.charts.views import SCORE_NAMES
from attribution.charts.wording import clean, percent, percent0
from attribution.examples import TranslationExample
from attribution.models.catalogue import find
from attribution.types import AttributionError, TextError, TranslationResult
from attribution.ui import examples, explain, message

KEYS = {
    "model": "mt_model",
    "source": "mt_source",
    "target": "mt_target",
    "contrast": "mt_contrast",
    "method": "mt_method",
    "attributed": "mt_attributed",
    "source_language": "mt_from",
    "target_language": "mt_to",
}
"""Which widget holds which field of a request; whose translation, search and alignment come beside them."""

MULTILINGUAL = {"mBART", "M2M100", "NLLB"}


# ------------------------------------------------------------------------------------- form and requests


def values(example: TranslationExample) -> dict[str, Any]:
    """All widgets of the form as the example wants them."""
    request = example.request
    return examples.values(request, KEYS) | {
        "mt_whose": example.whose,
        "mt_sign": "signed" if request.contrast else "magnitude",
        "mt_search": "greedy" if request.beams == 1 else "own",
        "mt_align": " ".join(str(step + 1) for step in request.alignment),
    }


def languages(model: str) -> tuple[str, ...]:
    """The language codes to choose from; empty for models without, and while a model cannot be had."""
    try:
        if find(model).architecture not in MULTILINGUAL:
            return ()
        explain.prepare(model)
        return cached.languages(model)
    except AttributionError:
        return ()


def language_fields(model: str) -> tuple[str, str]:
    """Source and target language, for multilingual models only; empty until chosen."""
    codes = languages(model)
    if not codes:
        return "", ""
    chosen = []
    for column, label, key in zip(st.columns(4), ("From", "Into"), ("mt_from", "mt_to"), strict=False):
        if st.session_state.get(key) not in codes:
            st.session_state.pop(key, None)  # a code of another model
        picked = column.selectbox(
            label, codes, index=None, placeholder="Choose a language code", key=key, bind="query-params"
        )
        chosen.append(picked or "")
    return chosen[0], chosen[1]


def select(
    label: str,
    options: Mapping[str, str],
    *,
    key: str,
    help: str | None = None,
    labelled: bool = True,
    width: Any = "stretch",
) -> Any:
    """A drop-down list (value -> label) that is part of the link."""
    if st.session_state.get(key) not in options:
        st.session_state.pop(key, None)
    return st.selectbox(
        label,
        list(options),
        format_func=lambda value: options.get(value, str(value)),
        key=key,
        help=help,
        label_visibility="visible" if labelled else "collapsed",
        width=width,
        bind="query-params",
    )


def forget_alignment() -> None:
    """Clears an alignment that was made for other texts; the form's callback."""
    explain.go_on()
    state = st.session_state
    texts = tuple(state.get(key) for key in (*KEYS.values(), "mt_whose", "mt_search"))
    if state.get("mt_aligned_texts", texts) != texts:
        state["mt_align"] = ""
    state["mt_aligned_texts"] = texts


def alignment_of(typed: str) -> tuple[int, ...]:
    """The contrast steps of "1 2 2 3", counted from 1 on the page and from 0 in a request.

    Raises:
        TextError: something else than numbers.
    """
    numbers = typed.replace(",", " ").split()
    if not all(n.isdecimal() and int(n) > 0 for n in numbers):
        raise TextError("The alignment must be numbers of contrast tokens, counted from 1, such as 1 2 2 3.")
    return tuple(int(n) - 1 for n in numbers)


# --------------------------------------------------------------------------------------- what was written


def headline(result: TranslationResult) -> None:
    """Whose translation this is, how it was made and how sure the model is of it."""
    likely = result.step_scores["probability"]
    mean = float(np.exp(np.log(np.maximum(likely, 1e-12)).mean()))
    whose = "The model’s own translation" if result.generated else "The translation typed"
    how = f" ({escape(result.generation)})" if result.generation else ""
    st.html(
        f'<div style="font-size:0.95rem"><b>{whose}</b><span style="opacity:.75">{how} · '
        f"mean probability of a token <b>{percent(mean)}</b></span></div>"
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


def alignment_table(result: TranslationResult) -> None:
    """Which contrast token each target token is compared with; another one can be chosen."""
    if result.contrast is None:
        return
    names = [f"{k + 1} {clean(token)}" for k, token in enumerate(result.contrast.tokens)]
    scores = {
        SCORE_NAMES[name]: result.step_scores[name]
        for name in ("contrast_prob_diff", "contrast_logits_diff", "pcxmi")
        if name in result.step_scores
    }
    table = pd.DataFrame(
        {
            "Step": [str(k + 1) for k in range(len(result.target))],
            "Target token": [clean(token) for token in result.target_tokens],
            "Compared with": [names[k] for k in result.alignment],
            **scores,
        }
    )
    key = f"mt_alignment_{hash((result.request, result.alignment))}"
    with st.expander("Which tokens of the two translations are compared"):
        message.note("Choose another contrast token in a row; the explanation follows.")
        st.data_editor(
            table,
            hide_index=True,
            disabled=["Step", "Target token", *scores],
            column_config={"Compared with": st.column_config.SelectboxColumn(options=names, required=True)},
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
