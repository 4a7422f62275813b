"""One word of a translation: choosing it, and what led to it, in a sentence and as coloured texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from attribution.charts import findings, phrases
from attribution.charts.palette import Theme, largest
from attribution.charts.sentence import coloured_sentence
from attribution.charts.translation import IMPROBABLE
from attribution.charts.views import SaliencyView
from attribution.charts.wording import (
    Finding,
    Piece,
    clean,
    decimals_for,
    filled,
    listed,
    number,
    percent,
    percent0,
    said,
    told_apart,
)
from attribution.types import Array, TokenizedText, TranslationResult
from attribution.ui import examples, message

BESIDE = 24
"""Columns of a heatmap that has room beside the words."""


def pick(result: TranslationResult, view: SaliencyView, *, key: str) -> tuple[int, ...]:
    """A row of the target's words (or tokens) to click; returns the target steps of the one chosen."""
    choices = units(result.target, view)
    likely = result.step_scores["probability"]
    key = f"{key}_{'word' if view.words else 'token'}"
    if st.session_state.get(key, 0) not in range(len(choices)):
        st.session_state[key] = clearest(result, view)  # another text: the choice was for the one before

    def label(position: int) -> str:
        name, steps = choices[position]
        chance = float(np.prod(likely[list(steps)]))
        mark = ":material/warning: " if float(likely[list(steps)].min()) < IMPROBABLE else ""
        return f"{mark}{message.plain(name)} :small[:gray[{message.plain(percent(chance))}]]"

    chosen = st.pills(
        "Why this word?",
        range(len(choices)),
        default=None if key in st.session_state else clearest(result, view),
        required=True,
        format_func=label,
        key=key,
        help=HELP_PICK,
        wrap=True,
    )
    return choices[chosen or 0][1]


def units(text: TokenizedText, view: SaliencyView) -> list[tuple[str, tuple[int, ...]]]:
    """The words or the tokens of a text, each with its token positions."""
    if view.words:
        return [(clean(word.text), word.tokens) for word in text.words if word.tokens]
    return [(clean(token), (position,)) for position, token in enumerate(text.tokens)]


def clearest(result: TranslationResult, view: SaliencyView) -> int:
    """Where to begin: the first word that differs from a contrast, else the one with one clear origin."""
    other = result.contrast.ids if result.contrast else ()
    differ = [k for k, c in enumerate(result.alignment) if other[c] != result.target.ids[k]]
    if differ and result.request.attributed.startswith("contrast"):
        return next(k for k, (_, steps) in enumerate(units(result.target, view)) if differ[0] in steps)
    source = np.abs(SaliencyView(words=view.words).values(result)[0])
    best = [float(source[list(steps)].mean(0).max()) for _, steps in units(result.target, view)]
    plain = [w.special for w in result.target.words if w.tokens] if view.words else [False] * len(best)
    return int(np.argmax(np.where(plain, -1.0, best)))


def credit(result: TranslationResult, view: SaliencyView, steps: Sequence[int]) -> tuple[Array, Array]:
    """What source [columns] and prefix [columns] have in a word of several tokens: the mean of its steps.

    A prefix column counts in the steps that see it, and the word's own earlier tokens do not count.
    """
    source, prefix = (np.asarray(values)[list(steps)] for values in view.values(result))
    return source.mean(0), np.where(np.isnan(prefix[0]), np.nan, np.nan_to_num(prefix).mean(0))


def sentences(
    result: TranslationResult, view: SaliencyView, steps: Sequence[int], limit: float, theme: Theme
) -> None:
    """The source, and the target up to the chosen word, coloured by what they contributed to it."""
    sides = view.sides(result) if view.sign == "signed" else None
    source, prefix = credit(result, view, steps)
    texts = [("Source", view.labels(result.source), source)]
    if np.isfinite(prefix).any():
        seen = np.isfinite(prefix)
        labels = [label for label, s in zip(view.labels(result.prefix), seen, strict=True) if s]
        texts.append(("Written before", labels, prefix[seen]))
    rows = [
        f'<div style="opacity:.7;font-size:.86rem">{name}</div>'
        + coloured_sentence(labels, numbers, theme, view.unit, sides=sides, limit=limit)
        for name, labels, numbers in texts
    ]
    st.html("".join(rows))


def limit(results: Sequence[TranslationResult], view: SaliencyView) -> float:
    """The value of the full colour: the largest of all cells, so that sentences and heatmaps compare."""
    return max(largest(values) for result in results for values in view.values(result))


def overall(result: TranslationResult, view: SaliencyView, theme: Theme) -> None:
    """Where the model is unsure, and how much the words already written count."""
    html = " ".join(finding.coloured(theme) for finding in findings.translation(result, view))
    st.html(f'<div style="font-size:1.05rem">{html}</div>')


def compared(own: TranslationResult, given: TranslationResult, theme: Theme) -> None:
    """How much likelier one translation is to the model than the other, and where they part."""
    logs = [float(np.log(np.maximum(r.step_scores["probability"], 1e-300)).sum()) for r in (own, given)]
    difference = abs(logs[0] - logs[1])
    if own.target.ids == given.target.ids:
        sentence = said(phrases.SAME_TRANSLATION)
    else:
        least = int(np.argmin(given.step_scores["probability"]))
        word = next(word.text for word in given.target.words if least in word.tokens)
        sentence = said(
            filled(
                phrases.OWN_LIKELIER if logs[0] >= logs[1] else phrases.YOURS_LIKELIER,
                times=times_words(difference),
                own=number(logs[0], 1),
                yours=number(logs[1], 1),
                word=Piece(clean(word), "word"),
                chance=percent(float(given.step_scores["probability"][least])),
            )
        )
    st.html(f'<div style="font-size:1.05rem">{sentence.coloured(theme)}</div>')


def times_words(log_ratio: float) -> str:
    """exp(log_ratio) for people: 3.2, 480, 12,000, and powers of ten beyond."""
    if log_ratio < np.log(10):
        return f"{np.exp(log_ratio):.1f}"
    if log_ratio < np.log(1e5):
        rounded = float(f"{np.exp(log_ratio):.1e}")
        return f"{rounded:,.0f}"
    power = str(round(log_ratio / np.log(10)))
    return "10" + power.translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def fits_beside(result: TranslationResult, view: SaliencyView) -> bool:
    """Whether the heatmap is small enough to stand beside the words."""
    return len(units(result.source, view)) + len(units(result.prefix, view)) <= BESIDE


def finding(result: TranslationResult, view: SaliencyView, steps: Sequence[int], theme: Theme) -> None:
    """What led to the chosen word, in a sentence."""
    html = word_finding(result, view, steps).coloured(theme)
    st.html(f'<div style="font-size:1.05rem">{html}</div>')


def word_finding(result: TranslationResult, view: SaliencyView, steps: Sequence[int]) -> Finding:
    """Which source words led to the target word of these steps, and the share of the words before it."""
    name = next(name for name, at in units(result.target, view) if steps[0] in at)
    word = [Piece(name, "target")]
    if result.contrast is not None and result.request.attributed.startswith("contrast"):
        foils = [result.alignment[step] for step in steps]
        if all(result.contrast.ids[f] == result.target.ids[s] for f, s in zip(foils, steps, strict=True)):
            return said(filled(phrases.SAME_WORD, word=word))
        other = next(n for n, at in units(result.contrast, view) if foils[0] in at)
        word = filled(phrases.WORD_RATHER, word=word, other=Piece(other, "foil"))
    if view.sign == "signed":
        return _signed_finding(result, view, steps, word)
    source, prefix = credit(result, replace(view, normalisation="share"), steps)
    labels = told_apart(view.labels(result.source))
    largest_first = [int(k) for k in np.argsort(-source)[:3] if source[k] >= 0.05] or [int(source.argmax())]
    sources = listed([_amount(labels[k], percent0(float(source[k]))) for k in largest_first])
    before = float(np.nansum(prefix)) if np.isfinite(prefix).any() else 0.0
    how = phrases.OWES_ALSO if before else phrases.OWES
    return said(filled(how, word=word, sources=sources, before=percent0(before)))


def _signed_finding(
    result: TranslationResult, view: SaliencyView, steps: Sequence[int], word: Sequence[Piece]
) -> Finding:
    source = credit(result, view, steps)[0]
    labels, largest_size = told_apart(view.labels(result.source)), float(np.abs(source).max())
    clauses: list[list[Piece]] = []
    for sign, how in ((1, phrases.SPEAKS_FOR), (-1, phrases.SPEAKS_AGAINST)):
        order = [int(k) for k in np.argsort(-sign * source)[:2] if sign * source[k] > 0.05 * largest_size]
        values = [number(float(source[k]), decimals_for(largest_size), sign=True) for k in order]
        words = listed([_amount(labels[k], value) for k, value in zip(order, values, strict=True)])
        if order:
            whom = [Piece("it")] if clauses else word
            clauses.append(filled(how[len(order) > 1], words=words, word=whom))
    if not clauses:
        return said(filled(phrases.NEITHER, word=word))
    return said(listed(clauses, last="; "), ".")


def _amount(word: str, text: str) -> list[Piece]:
    return [Piece(word, "word"), Piece(f" ({text})")]


def instead(result: TranslationResult, view: SaliencyView, steps: Sequence[int], whose: str) -> None:
    """A field for another word in place of the chosen one; the translation with it becomes the contrast."""
    words = result.target.words
    position = next((k for k, word in enumerate(words) if steps[0] in word.tokens), 0)
    if words[position].special:
        return
    label = f"Contrast “{message.plain(words[position].text)}” with another word"
    with st.popover(label, type="tertiary", icon=":material/compare_arrows:"):
        message.note("The translation with your word in its place becomes the contrast.")
        key = f"mt_instead_{hash((result.request, position))}"
        st.text_input("Another word", key=key, on_change=contrast_with, args=(result, position, key, whose))


def contrast_with(result: TranslationResult, position: int, key: str, whose: str) -> None:
    """Fills the form with the contrast that has another word at `position`; a callback."""
    word = st.session_state[key].strip()
    if word:
        contrast = with_word(result.target, position, word)
        attributed = result.request.attributed
        if not attributed.startswith("contrast"):
            attributed = "contrast_prob_diff"
        examples.fill(
            {"mt_contrast": contrast, "mt_attributed": attributed, "mt_align": "", "mt_whose": whose}
        )


def written(text: TokenizedText) -> str:
    """The text of its words, as they stood; special tokens left out."""
    out = ""
    for word in text.words:
        if not word.special:
            out = out.ljust(word.start) + word.text
    return out


def with_word(text: TokenizedText, position: int, replacement: str) -> str:
    """The text with another word in place of the one at `position`."""
    whole, word = written(text), text.words[position]
    return (whole[: word.start] + replacement + whole[word.start + len(word.text) :]).strip()


HELP_PICK = (
    "Click a word of the translation: the words that led to it light up. The percentage is the word's "
    "probability given what stands before it; a warning sign marks words that the model finds improbable."
)
