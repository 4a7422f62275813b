"""One word of a translation: choosing it, and what led to it, in a sentence and as coloured texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from attribution.charts import findings, target_word
from attribution.charts.palette import Theme, largest
from attribution.charts.target_word import chances, credit, units, word_finding
from attribution.charts.translation import IMPROBABLE
from attribution.charts.views import SaliencyView
from attribution.charts.wording import percent, written
from attribution.language import N_, _
from attribution.methods import catalogue
from attribution.types import TokenizedText, TranslationResult
from attribution.ui import address, examples, linked_words, message
from attribution.ui.linked_words import Link, Row

BESIDE = 24
"""Columns of a heatmap that has room beside the words."""


def pick(
    result: TranslationResult, view: SaliencyView, *, key: str, beside: TranslationResult | None = None
) -> tuple[int, ...]:
    """A row of the target's words (or tokens) to click; returns the target steps of the one chosen.

    The first one is where it differs from the translation `beside` it.
    """
    choices = units(result.target, view)
    likely = chances(result, view)
    first = clearest(result, view, beside)
    key = f"{key}_{'word' if view.words else 'token'}"
    known = range(len(choices))
    address.part(key, first, read=address.number(known), of_question=True)
    if st.session_state[key] not in known:
        st.session_state[key] = first

    def label(position: int) -> str:
        name, chance = likely[position]
        mark = ":material/warning: " if chance < IMPROBABLE else ""
        return f"{mark}{message.plain(name)} :small[:gray[{message.plain(percent(chance))}]]"

    chosen = st.pills(
        _("Why this word?"),
        range(len(choices)),
        default=first,
        required=True,
        format_func=label,
        key=key,
        help=_(HELP_PICK),
        wrap=True,
    )
    return choices[chosen or 0][1]


def clearest(result: TranslationResult, view: SaliencyView, beside: TranslationResult | None = None) -> int:
    """Where to begin: the first word that differs from a contrast or a translation beside it.

    Else the word with one clear origin.
    """
    other = result.contrast.ids if result.contrast else ()
    differ = [k for k, c in enumerate(result.alignment) if other[c] != result.target.ids[k]]
    if beside is not None:
        ours, theirs = result.target.ids, beside.target.ids
        differ = [k for k, (one, two) in enumerate(zip(ours, theirs, strict=False)) if one != two]
    if differ and (beside is not None or result.request.attributed.startswith("contrast")):
        return next(k for k, (_name, steps) in enumerate(units(result.target, view)) if differ[0] in steps)
    source = np.abs(SaliencyView(words=view.words).values(result)[0])
    best = [float(source[list(steps)].mean(0).max()) for _name, steps in units(result.target, view)]
    special = {step for word in result.target.words if word.special for step in word.tokens}
    names = units(result.target, view)
    dull = [steps[0] in special or not any(c.isalnum() for c in name) for name, steps in names]
    return int(np.argmax(np.where(dull, -1.0, best)))


def sentences(
    result: TranslationResult, view: SaliencyView, steps: Sequence[int], limit: float, theme: Theme, key: str
) -> None:
    """The source, and the target up to the chosen word, coloured by what they contributed to it.

    `key` ends in the number of the translation where two stand side by side, in one figure of two panels.
    """
    alone = not key[-1].isdigit()
    figure, panel = ("mt_saliency", 0) if alone else ("mt_both", int(key[-1]))

    def before(at: int) -> list[Link]:
        return [Link(figure, "column", at, 1)] if alone else []

    sides = view.sides(result) if view.sign == "signed" else None
    source, prefix = credit(result, view, steps)
    rows = [
        Row(view.labels(result.source), source, lambda k: [Link(figure, "column", k, panel)], _("Source"))
    ]
    if np.isfinite(prefix).any():
        seen = np.flatnonzero(np.isfinite(prefix))
        labels = [view.labels(result.prefix)[k] for k in seen]
        rows.append(Row(labels, prefix[seen], lambda k: before(int(seen[k])), _("Written before")))
    whole = None if alone else panel
    choices = [Link(figure, "row", position, whole) for position in range(len(units(result.target, view)))]
    chosen_by = f"{key}_{'word' if view.words else 'token'}"
    linked_words.show(
        rows, theme, view.unit, sides, key=f"{key}_words", limit=limit, choices=(chosen_by, choices)
    )


def limit(results: Sequence[TranslationResult], view: SaliencyView) -> float:
    """The value of the full colour: the largest of all cells, so that sentences and heatmaps compare."""
    return max(largest(values) for result in results for values in view.values(result))


def overall(result: TranslationResult, view: SaliencyView, theme: Theme) -> None:
    """Where the model is unsure, and how much the words already written count."""
    html = " ".join(finding.coloured(theme) for finding in findings.translation(result, view))
    message.finding(html)


def compared(own: TranslationResult, given: TranslationResult, view: SaliencyView, theme: Theme) -> None:
    """How much likelier one translation is to the model than the other, and where they part."""
    message.finding(target_word.compared(own, given, view).coloured(theme))


def fits_beside(result: TranslationResult, view: SaliencyView) -> bool:
    """Whether the heatmap is small enough to stand beside the words."""
    return len(units(result.source, view)) + len(units(result.prefix, view)) <= BESIDE


def finding(result: TranslationResult, view: SaliencyView, steps: Sequence[int], theme: Theme) -> None:
    """What led to the chosen word, in a sentence."""
    message.finding(word_finding(result, view, steps).coloured(theme))


def better_methods(result: TranslationResult, view: SaliencyView, steps: Sequence[int], key: str) -> None:
    """Where the method's signs or shares mean nothing, those that hold, one click away."""
    method = catalogue.find(result.request.method)
    if not method.signed or method.id in HOLDING:
        return
    saturated = target_word.checked(result, view, steps).state == "saturated"
    if not saturated and view.sign == "magnitude":
        return
    attributed = "contrast_logits_diff" if target_word.contrasted(result) else "log_probability"
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"{key}_better"):
        message.note(_("These hold better here:"))
        for other in HOLDING:
            values = {"mt_method": other, "mt_attributed": attributed}
            name = catalogue.find(other).title
            st.button(name, key=f"{key}_{other}", on_click=examples.fill, args=(values,), type="tertiary")


def instead(result: TranslationResult, view: SaliencyView, steps: Sequence[int], whose: str) -> None:
    """A field for another word in place of the chosen one; the translation with it becomes the contrast."""
    words = result.target.words
    position = next((k for k, word in enumerate(words) if steps[0] in word.tokens), 0)
    if words[position].special:
        return
    label = _("Contrast “{word}” with another word", word=message.plain(words[position].text))
    with st.popover(label, type="tertiary", icon=":material/compare_arrows:"):
        message.note(_("The translation with your word in its place becomes the contrast."))
        key = f"mt_instead_{hash((result.request, position))}"
        args = (result, position, key, whose)
        st.text_input(_("Another word"), key=key, on_change=contrast_with, args=args)


def contrast_with(result: TranslationResult, position: int, key: str, whose: str) -> None:
    """Fills the form with the contrast that has another word at `position`; a callback."""
    word = st.session_state[key].strip()
    if word:
        contrast = with_word(result.target, position, word)
        attributed = result.request.attributed
        if not attributed.startswith("contrast"):
            attributed = "contrast_logits_diff"
        examples.fill(
            {"mt_contrast": contrast, "mt_attributed": attributed, "mt_align": "", "mt_whose": whose}
        )


def with_word(text: TokenizedText, position: int, replacement: str) -> str:
    """The text with another word in place of the one at `position`."""
    whole, word = written(text), text.words[position]
    return (whole[: word.start] + replacement + whole[word.start + len(word.text) :]).strip()


HOLDING = ("erasure", "integrated_gradients")
"""Their signs are those of leaving words out for 9 words of 10 that matter (benchmarks/page_methods.py)."""
HELP_PICK = N_(
    "Click a word of the translation: the words that led to it light up. The percentage is the word's "
    "probability given what stands before it; a warning sign marks words that the model finds improbable."
)
