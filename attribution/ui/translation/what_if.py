"""What if? of a translation: what a changed source does to the word chosen, and to the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape

import numpy as np
import streamlit as st

from attribution import cached
from attribution.charts import phrases, target_word
from attribution.charts.palette import largest
from attribution.charts.recipes import Recipe
from attribution.charts.sentence import coloured_sentence
from attribution.charts.views import SaliencyView
from attribution.charts.wording import clean, number, percent, written
from attribution.language import N_, _
from attribution.types import ExpectedRequest, LeftOutRequest, TranslationRequest, TranslationResult
from attribution.ui import explain, figure, frame, message, what_if


def look(
    result: TranslationResult, request: TranslationRequest, view: SaliencyView, steps: Sequence[int]
) -> None:
    """The strip of what each word does to the word chosen, the change, and both sources side by side."""
    fixed = replace(request, target_ids=result.target.ids)  # the same words are written whatever the source
    asked = LeftOutRequest(replace(fixed, method="erasure"), tuple(steps))
    found = what_if.left_out([asked], key="mt")
    if found:
        what_if.loses(_(LOST_IN[request.attributed]))
        what_if.strip(found[0], view.sides(result), phrases.ATTRIBUTED[request.attributed])
    changed = what_if.changed_text(
        request.source,
        result.source.words,
        lambda word: cached.similar_words(request.model, request.dtype, request.source, word),
        key="mt",
    )
    if changed is None:
        return
    with message.in_place():
        other = explain.shown(cached.translation, replace(fixed, source=changed))
        own = [_own(request, text) for text in (request.source, changed)]
        _side_by_side((result, other), own, (fixed, replace(fixed, source=changed)), view, steps)
        what_if.go_on_button(changed, "mt_source", key="mt")


def _own(request: TranslationRequest, source: str) -> TranslationResult:
    """The model's own translation of a source."""
    return explain.shown(
        cached.translation, replace(request, source=source, target="", alignment=(), target_ids=())
    )


def _side_by_side(
    results: tuple[TranslationResult, TranslationResult],
    own: Sequence[TranslationResult],
    requests: Sequence[TranslationRequest],
    view: SaliencyView,
    steps: Sequence[int],
) -> None:
    """The chosen word's chance, its finding, the words on one scale, the candidates, the translation now."""
    credits = [target_word.credit(result, view, steps)[0] for result in results]
    limit = max(largest(list(values)) for values in credits)
    expected = [explain.shown(cached.expected, ExpectedRequest(r, steps[0])) for r in requests]
    most = what_if.most(*(one.candidates for one in expected))
    sides = view.sides(results[0]) if view.sign == "signed" else None
    theme = frame.theme()
    headings = (what_if.AS_IT_IS, what_if.CHANGED)
    for k, (column, name) in enumerate(zip(st.columns(2), headings, strict=True)):
        with column:
            result = results[k]
            what_if.heading(name, result.request.source)
            finding = target_word.word_finding(result, view, steps).coloured(theme)
            writes = f"<em><bdi>{escape(clean(written(own[k].target)))}</bdi></em>"
            writes = _(WRITES[k], translation=writes)
            st.html(f"<div>{_chances(result, steps)}<br>{finding}<br>{writes}</div>")
            labels = view.labels(result.source)
            st.html(coloured_sentence(labels, credits[k], theme, view.unit, sides, limit=limit))
            figure.draw(Recipe("expected-translation", (expected[k],)), key=f"mt_expected_{k}", most=most)


def _chances(result: TranslationResult, steps: Sequence[int]) -> str:
    """How likely the chosen word is after the same words before it."""
    word = next((w.text for w in result.target.words if steps[0] in w.tokens), "")
    at = list(steps)
    chance = float(np.prod(result.step_scores["probability"][at]))
    logit = float(np.mean(result.step_scores["logit"][at]))
    shown = f"<bdi>{escape(clean(word))}</bdi> <b>{percent(chance)}</b>"
    parts = [shown, _("logit {value}", value=number(logit, 2))]
    if target_word.contrasted(result):
        difference = float(np.mean(result.attributed_values[at]))
        value = f"<b>{number(difference, 2, sign=True)}</b>"
        parts.append(_(DIFFERENCES[result.request.attributed], value=value))
    return " · ".join(parts)


LOST_IN = {
    "probability": N_("probability"),
    "log_probability": N_("log-probability"),
    "logit": N_("logit"),
    "contrast_prob_diff": N_("the difference of probabilities"),
    "contrast_logits_diff": N_("the logit difference"),
}
WRITES = (N_("The model writes: {translation}"), N_("The model now writes: {translation}"))
DIFFERENCES = {
    "contrast_prob_diff": N_("difference {value} (probability)"),
    "contrast_logits_diff": N_("difference {value} (logit)"),
}
