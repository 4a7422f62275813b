"""One word of a translation: its chance, what led to it, and a sentence that is true of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from attribution.charts import phrases
from attribution.charts.trust import Trust, trust
from attribution.charts.views import SaliencyView
from attribution.charts.wording import (
    Finding,
    Piece,
    clean,
    counted,
    decimals_for,
    filled,
    listed,
    number,
    percent,
    percent0,
    said,
    text,
    told_apart,
)
from attribution.language import in_figures
from attribution.methods import catalogue
from attribution.types import Array, TokenizedText, TranslationResult


def units(of: TokenizedText, view: SaliencyView) -> list[tuple[str, tuple[int, ...]]]:
    """The words or the tokens of a text, each with its token positions."""
    if view.words:
        return [(label, w.tokens) for label, w in zip(view.labels(of), of.words, strict=True) if w.tokens]
    return [(clean(token), (position,)) for position, token in enumerate(of.tokens)]


def chances(result: TranslationResult, view: SaliencyView) -> list[tuple[str, float]]:
    """Each word (or token) of the target with the probability of all of it, given what stands before."""
    likely = np.asarray(result.step_scores["probability"], dtype=np.float64)
    return [(name, float(np.prod(likely[list(steps)]))) for name, steps in units(result.target, view)]


def contrasted(result: TranslationResult) -> bool:
    """Whether a difference to a contrast is what is explained."""
    return result.contrast is not None and result.request.attributed.startswith("contrast")


def explained_steps(result: TranslationResult) -> list[int]:
    """The steps at which there is something to explain: with a contrast, those where its token is another."""
    steps = range(len(result.target))
    if result.contrast is None or not contrasted(result) or not result.alignment:
        return list(steps)
    return [k for k in steps if result.contrast.ids[result.alignment[k]] != result.target.ids[k]]


def credit(result: TranslationResult, view: SaliencyView, steps: Sequence[int]) -> tuple[Array, Array]:
    """What source [columns] and prefix [columns] have in a word of several tokens: the mean of its steps.

    A prefix column counts in the steps that see it, and the word's own earlier tokens do not count.
    """
    source, prefix = (np.asarray(values)[list(steps)] for values in view.values(result))
    return source.mean(0), np.where(np.isnan(prefix[0]), np.nan, np.nan_to_num(prefix).mean(0))


def checked(result: TranslationResult, view: SaliencyView, steps: Sequence[int]) -> Trust:
    """What may be said of the source's values at these steps; a token has the effect of its word."""
    method = catalogue.find(result.request.method)
    size = len(result.source.words) if view.words else len(result.source)
    effects = np.full(size, np.nan)
    if not method.signed:
        return trust(effects, effects, result.request.attributed)
    raw = replace(view, sign="signed", normalisation="raw")
    if result.left_out.size:
        of_words = result.left_out[list(steps)].mean(0)
        if view.words:
            effects = of_words
        else:
            for word, effect in zip(result.source.words, of_words, strict=True):
                effects[list(word.tokens)] = effect
    return trust(credit(result, raw, steps)[0], effects, result.request.attributed)


def word_finding(result: TranslationResult, view: SaliencyView, steps: Sequence[int]) -> Finding:
    """Which source words led to the target word of these steps, as far as leaving them out confirms it."""
    name = next(name for name, at in units(result.target, view) if steps[0] in at)
    word = _named(name, "target")
    if result.contrast is not None and contrasted(result):
        foils = [result.alignment[step] for step in steps]
        if all(result.contrast.ids[f] == result.target.ids[s] for f, s in zip(foils, steps, strict=True)):
            return said(filled(phrases.SAME_WORD, word=word))
        other = next(n for n, at in units(result.contrast, view) if foils[0] in at)
        word = filled(phrases.WORD_RATHER, word=word, other=_named(other, "foil"))
    found, labels = checked(result, view, steps), told_apart(view.labels(result.source))
    quantity = phrases.QUANTITIES[result.request.attributed]
    if found.state == "unmoved":
        return said(filled(phrases.UNMOVED, word=word, quantity=quantity, size=_size(found.noise, result)))
    if found.state == "saturated":
        strongest = found.strongest
        return said(
            filled(
                phrases.SATURATED,
                word=word,
                quantity=quantity,
                credited=_size(found.credited, result),
                strongest=Piece(labels[strongest], "word"),
                effect=_size(float(abs(found.effects[strongest])), result),
            )
        )
    if view.sign == "signed":
        return _signed(result, view, steps, word, found)
    source, prefix = credit(result, replace(view, normalisation="share"), steps)
    if not source.any():
        return said(filled(phrases.NEITHER, word=word))
    largest_first = [int(k) for k in np.argsort(-source, kind="stable")[:3] if source[k] >= 0.05]
    largest_first = largest_first or [int(source.argmax())]
    sources = listed([_amount(labels[k], percent0(float(source[k]))) for k in largest_first])
    before = float(np.nansum(prefix)) if np.isfinite(prefix).any() else 0.0
    how = phrases.OWES_ALSO if before else phrases.OWES
    return said(filled(how, word=word, sources=sources, before=percent0(before)))


def _signed(
    result: TranslationResult,
    view: SaliencyView,
    steps: Sequence[int],
    word: Sequence[Piece],
    found: Trust,
) -> Finding:
    """Who speaks for and who against the word; never a word of which leaving it out says otherwise."""
    source = credit(result, view, steps)[0]
    labels, largest = told_apart(view.labels(result.source)), float(np.abs(source).max())
    clauses: list[list[Piece]] = []
    disputed: list[int] = []
    for sign, how in ((1, phrases.SPEAKS_FOR), (-1, phrases.SPEAKS_AGAINST)):
        order = np.argsort(-sign * source, kind="stable")
        first = [int(k) for k in order if sign * source[k] > 0.05 * largest]
        named = [k for k in first if found.confirms(k, sign)][:2]
        disputed += [k for k in first[:2] if k not in named and np.isfinite(found.effects[k])]
        values = [number(float(source[k]), decimals_for(largest), sign=True) for k in named]
        words = listed([_amount(labels[k], value) for k, value in zip(named, values, strict=True)])
        if named:
            clause = phrases.SPEAKS_AGAINST_IT if clauses else how
            clauses.append(counted(clause, len(named), words=words, word=word))
    rest: list[Piece] = []
    if found.state == "unchecked":
        rest = filled(phrases.UNCHECKED)
    elif disputed:
        names = listed([Piece(labels[k], "word") for k in sorted(disputed)])
        rest = filled(phrases.DISPUTED, words=names, method=catalogue.find(result.request.method).name)
    if not clauses:
        return said(filled(phrases.NEITHER, word=word), rest)
    return said(listed(clauses, last="; "), ".", rest)


def _named(word: str, role: Literal["target", "foil"]) -> list[Piece]:
    """The word explained or its contrast; one without a letter in quotes, or it would look like our own."""
    plain = Piece(word, role)
    return [plain] if any(c.isalnum() for c in word) else [Piece("“"), plain, Piece("”")]


def _size(value: float, result: TranslationResult) -> str:
    """An amount of what is explained: a probability in percent points, anything else as a number."""
    if "prob" in result.request.attributed and "log" not in result.request.attributed:
        return percent(value)
    return number(value, 2)


def _amount(word: str, size: str) -> list[Piece]:
    return [Piece(word, "word"), Piece(f" ({size})")]


def times_words(log_ratio: float) -> str:
    """exp(log_ratio) for people: 3.2, 480, 12,000, 5.3 million; beyond a billion only that."""
    if log_ratio < np.log(10):
        return in_figures(f"{np.exp(log_ratio):.1f}")
    if log_ratio < np.log(1e6):
        return in_figures(f"{float(f'{np.exp(log_ratio):.1e}'):,.0f}")
    if log_ratio < np.log(1e9):
        return text(phrases.MILLION, number=in_figures(f"{np.exp(log_ratio) / 1e6:.3g}"))
    return phrases.BILLION


def compared(own: TranslationResult, given: TranslationResult, view: SaliencyView) -> Finding:
    """How much likelier one translation is to the model than the other, and where yours is least likely."""
    logs = [float(np.log(np.maximum(r.step_scores["probability"], 1e-300)).sum()) for r in (own, given)]
    if own.target.ids == given.target.ids:
        return said(phrases.SAME_TRANSLATION)
    word, chance = min(chances(given, view), key=lambda c: c[1])
    return said(
        filled(
            phrases.OWN_LIKELIER if logs[0] >= logs[1] else phrases.YOURS_LIKELIER,
            times=times_words(abs(logs[0] - logs[1])),
            own=number(logs[0], 1),
            yours=number(logs[1], 1),
            word=Piece(word, "word"),
            chance=percent(chance),
        )
    )
