"""What a result shows, in one or two sentences that are true for every result.

Words of the texts are never mixed into markup unescaped: a finding is a row of pieces, written as plain text
or as HTML.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from attribution.charts.contributions import View
from attribution.charts.figure import clean, number, size_words
from attribution.charts.model_sizes import WordView, in_order, labels_of
from attribution.charts.next_word import ordinal, percent
from attribution.charts.palette import Theme, palette
from attribution.charts.translation import SaliencyView, improbable
from attribution.types import AttributionError, ComparisonResult, NextWordResult, TranslationResult

Kind = Literal["", "word", "target", "foil"]
TINY = 0.005
"""Logits or shares; smaller values show as 0.00 and are called too small to tell."""


@dataclass(frozen=True)
class Piece:
    """A piece of a sentence: running text, a word of the input, the target or the foil."""

    text: str
    kind: Kind = ""


@dataclass(frozen=True)
class Finding:
    """One or more sentences, as plain text and as HTML with every word escaped."""

    pieces: tuple[Piece, ...]

    @property
    def plain(self) -> str:
        """Without markup; words of the input in quotes."""
        return "".join(f"“{p.text}”" if p.kind == "word" else p.text for p in self.pieces)

    @property
    def html(self) -> str:
        """Words in italics, target and foil in bold; safe for `st.html`."""
        return "".join(marked_up(p) for p in self.pieces)

    def coloured(self, theme: Theme) -> str:
        """The same with the target in blue and the foil in orange."""
        return "".join(marked_up(p, theme) for p in self.pieces)


def marked_up(piece: Piece, theme: Theme | None = None) -> str:
    """One piece as HTML."""
    text = html.escape(piece.text, quote=True)
    if piece.kind == "word":
        return f"<em><bdi>{text}</bdi></em>"
    if piece.kind in ("target", "foil"):
        colour = palette(theme).solid[piece.kind] if theme else ""
        style = f' style="color:{colour}"' if colour else ""
        return f"<strong{style}><bdi>{text}</bdi></strong>"
    return text


def said(*parts: str | Piece) -> Finding:
    """A finding of running text and pieces."""
    return Finding(tuple(Piece(p) if isinstance(p, str) else p for p in parts))


def listed(pieces: Sequence[str | Piece]) -> list[str | Piece]:
    """a, b and c."""
    out: list[str | Piece] = []
    for k, piece in enumerate(pieces):
        if k:
            out.append(" and " if k == len(pieces) - 1 else ", ")
        out.append(piece)
    return out


# ---------------------------------------------------------------------------------------------- next word


def next_word(result: NextWordResult, view: View | None = None) -> Finding:
    """Which words push most to either side, and what the words leave to the rest of the model."""
    view = view or View()
    labels, values = told_apart(view.labels(result)), view.values(result)
    target = Piece(clean(result.target.typed), "target")
    if result.foil is not None and view.of == "foil":
        target = Piece(clean(result.foil.typed), "foil")
    contrast = result.foil is not None and view.of == "contrast"
    unit = " logits" if view.measure == "logits" else ""
    up, down = leaders(values, 1), leaders(values, -1)
    parts: list[str | Piece] = []
    word = view.units[:-1]
    if not up and not down:
        parts += [f"No {word} makes a difference that shows (all below {TINY} {view.unit})."]
    elif contrast:
        foil = Piece(clean(result.foil.typed) if result.foil else "", "foil")
        parts += push(up, labels, values, "toward ", target, unit) if up else nobody(word, "toward ", target)
        parts += ["; "]
        parts += push(down, labels, values, "toward ", foil, "") if down else nobody(word, "toward ", foil)
        parts += ["."]
    else:
        parts += push(up, labels, values, "toward ", target, unit) if up else nobody(word, "toward ", target)
        parts += ["; "]
        parts += (
            push(down, labels, values, "away from ", target, "")
            if down
            else nobody(word, "away from ", target)
        )
        parts += ["."]
    if parts and isinstance(parts[0], str):
        parts[0] = parts[0][:1].upper() + parts[0][1:]
    if view.measure == "logits":
        rest = view.contributions(result).remainder
        total = float(values.sum())
        parts += [
            f" All {view.units} together: {number(total, 2, sign=True)}; what no {word} is credited with "
            f"(MLPs, biases, embedding): {number(rest, 2, sign=True)}."
        ]
    return said(*parts)


def push(
    who: list[int], labels: list[str], values: np.ndarray, way: str, whom: Piece, unit: str
) -> list[str | Piece]:
    """One word (or several that tie) and its push: "summer" pushes most toward hot (+1.2 logits)."""
    size = number(float(values[who[0]]), 2, sign=True)
    if len(who) > 3:
        return [f"{len(who)} words push equally {way}", whom, f" ({size}{unit} each)"]
    names = listed([Piece(labels[i], "word") for i in who])
    if len(who) > 1:
        return [*names, f" push equally {way}", whom, f" ({size}{unit} each)"]
    return [*names, f" pushes most {way}", whom, f" ({size}{unit})"]


def nobody(word: str, way: str, whom: Piece) -> list[str | Piece]:
    """The sentence for a side that has no push."""
    return [f"no {word} visibly pushes {way}", whom]


def leaders(values: np.ndarray, side: int) -> list[int]:
    """The positions of the largest values of one sign; several only where they show as the same number."""
    signed = np.asarray(values, dtype=np.float64) * side
    if not signed.size or not np.isfinite(signed).any() or np.nanmax(signed) < TINY:
        return []
    top = number(float(np.nanmax(signed)), 2)
    return [i for i, v in enumerate(signed) if v >= TINY and number(float(v), 2) == top]


def told_apart(labels: list[str]) -> list[str]:
    """Labels that occur several times get their position: "the (word 5)"."""
    return [f"{t} (no. {p + 1})" if labels.count(t) > 1 else t for p, t in enumerate(labels)]


def preference(result: NextWordResult) -> Finding:
    """How likely target and foil are, and which the model prefers."""
    target = result.target.explained
    first: list[str | Piece] = [
        Piece(clean(result.target.typed), "target"),
        f" {percent(target.probability)} ({ordinal(target.rank)})",
    ]
    if result.foil is None:
        return said(*first, f"; logit {number(target.logit, 2)}.")
    foil = result.foil.explained
    difference = number(result.explained_logit, 2, sign=True)
    return said(
        *first,
        ", ",
        Piece(clean(result.foil.typed), "foil"),
        f" {percent(foil.probability)} ({ordinal(foil.rank)}); difference {difference} logits.",
    )


# -------------------------------------------------------------------------------------------- translation


def translation(result: TranslationResult, view: SaliencyView | None = None) -> list[Finding]:
    """Where the model is unsure, and how much the words already written count."""
    return [unsure(result), prefix_share(result, view)]


def unsure(result: TranslationResult) -> Finding:
    """The steps with the lowest probability, or that there are none below one half."""
    probability = np.asarray(result.step_scores["probability"], dtype=np.float64)
    tokens = told_apart([clean(t) for t in result.target_tokens])
    order = np.argsort(probability, kind="stable")
    low = [int(k) for k in order if probability[k] < 0.5]
    if not low:
        k = int(order[0])
        return said(
            "The model is fairly sure throughout: no token below 50 %; the lowest is ",
            Piece(tokens[k], "word"),
            f" ({percent(float(probability[k]))}).",
        )
    shown: list[str | Piece] = []
    for n, k in enumerate(low[:3]):
        shown += [", "] if n else []
        shown += [Piece(tokens[k], "word"), f" ({percent(float(probability[k]))})"]
    count = len(improbable(result))
    tail = "." if not count else f"; {count} of {len(tokens)} tokens below 5 %."
    return said("The model is least sure of ", *shown, tail)


def prefix_share(result: TranslationResult, view: SaliencyView | None = None) -> Finding:
    """The share of importance that falls on the target words already written, by magnitude."""
    start = view.include_start if view else False
    prefix = result.attributions("magnitude", "share", include_start=start)[1]
    visible = ~np.isnan(prefix).all(1)
    if not visible.any():
        return said("This method says nothing about the words already written: all shares are the source's.")
    shares = np.nansum(prefix, 1)[visible]
    steps = np.flatnonzero(visible)
    tokens = told_apart([clean(t) for t in result.target_tokens])
    most = int(np.argmax(shares))
    return said(
        f"Words already written carry {percent0(float(shares.mean()))} of the importance on average, "
        "most for ",
        Piece(tokens[int(steps[most])], "word"),
        f" ({percent0(float(shares[most]))}); the source carries the rest.",
    )


def step(result: TranslationResult, position: int, view: SaliencyView | None = None) -> Finding:
    """Which source words led to the token at one step (from 0), and the share of the words before it."""
    view = view or SaliencyView()
    source = SaliencyView("magnitude", "share", view.words, view.include_start).values(result)
    labels = told_apart(view.labels(result.source))
    values, before = np.asarray(source[0][position]), float(np.nansum(source[1][position]))
    probability = float(result.step_scores["probability"][position])
    token = Piece(clean(result.target_tokens[position]), "target")
    order = [int(i) for i in np.argsort(-values, kind="stable") if values[i] >= TINY][:3]
    head: list[str | Piece] = [token, f" has probability {percent(probability)}. "]
    if not order:
        return said(*head, "No source word counts visibly here.")
    shown: list[str | Piece] = []
    for k, i in enumerate(order):
        shown += [", "] if k else []
        shown += [Piece(labels[i], "word"), f" ({percent0(float(values[i]))})"]
    if np.isnan(source[1][position]).all():
        tail = "."
    else:
        tail = f"; words already written carry {percent0(before)} together."
    return said(*head, "Most important in the source: ", *shown, tail)


def percent0(share: float) -> str:
    """A share in whole percent; "below 1 %" rather than "0 %"."""
    return "below 1 %" if 0 < share < 0.005 else f"{share * 100:.0f} %"


# -------------------------------------------------------------------------------------------- model sizes


def model_sizes(results: Sequence[ComparisonResult], view: WordView | None = None) -> Finding:
    """How the confidence in the target goes with size, whom the models prefer, and what they lean on."""
    if not results:
        raise AttributionError("There is no model's answer yet.")
    view, results = view or WordView(), in_order(results)
    target = Piece(clean(results[0].request.target), "target")
    chances = [math.exp(r.target_log_probability) for r in results]
    if len(results) == 1:
        parts: list[str | Piece] = [
            f"Only one model, so there is nothing to compare: {named(results[0])} gives ",
            target,
            f" {percent(chances[0])}.",
        ]
        return said(*parts, *lean(results, view))
    rounded = [round(c, 3) for c in chances]
    ends = f"from {percent(chances[0])} to {percent(chances[-1])}"
    head = f"From {named(results[0])} to {named(results[-1])}, P("
    rising = all(b >= a for a, b in pairwise(rounded))
    falling = all(b <= a for a, b in pairwise(rounded))
    if max(rounded) == min(rounded):
        tail = f") stays at {percent(chances[0])}."
    elif rising:
        tail = f") rises {ends}."
    elif falling:
        tail = f") falls {ends}."
    else:
        low, high = int(np.argmin(chances)), int(np.argmax(chances))
        tail = (
            f") goes {ends}, but not steadily: lowest for {named(results[low])} ({percent(chances[low])}), "
            f"highest for {named(results[high])} ({percent(chances[high])})."
        )
    return said(head, target, tail, *preferred(results), *lean(results, view))


def preferred(results: Sequence[ComparisonResult]) -> list[str | Piece]:
    """Which models find the target likelier than the foil; nothing without a foil."""
    if any(math.isnan(r.foil_log_probability) or not r.request.foil for r in results):
        return []
    target = Piece(clean(results[0].request.target), "target")
    foil = Piece(clean(results[0].request.foil), "foil")
    wins = [r for r in results if r.target_log_probability > r.foil_log_probability]
    if len(wins) == len(results):
        return [f" {every(len(results)).capitalize()} prefer ", target, " to ", foil, "."]
    if not wins:
        equal = any(r.target_log_probability == r.foil_log_probability for r in results)
        if equal:
            return [" None prefers ", target, " to ", foil, "."]
        return [f" {every(len(results)).capitalize()} prefer ", foil, " to ", target, "."]
    verb = "prefers" if len(wins) == 1 else "prefer"
    return [" Only ", *listed([named(r) for r in wins]), f" {verb} ", target, " to ", foil, "."]


def lean(results: Sequence[ComparisonResult], view: WordView) -> list[str | Piece]:
    """The words that are among the most important ones for every model."""
    words = labels_of(results[0])
    values = [np.abs(WordView(view.sign, "raw").values(r)[: len(words)]) for r in results]
    top = min(3, len(words) // 2)
    if top < 1 or any(v.max(initial=0) <= 0 for v in values):
        return []
    best = [{int(i) for i in np.argsort(-v, kind="stable")[:top] if v[i] > 0} for v in values]
    shared = sorted(set.intersection(*best))
    names = told_apart(words)
    if len(results) == 1:
        return [" It leans most on ", *listed([Piece(names[i], "word") for i in sorted(best[0])]), "."]
    if not shared:
        most = "the most important word" if top == 1 else f"among the {top} most important words"
        return [f" No word is {most} of every model."]
    most = "as their most important word" if top == 1 else f"among their {top} most important words"
    pieces = listed([Piece(names[i], "word") for i in shared])
    return [f" {every(len(results)).capitalize()} have ", *pieces, f" {most}."]


def every(count: int) -> str:
    """Both, all three, all four, all 7."""
    return {2: "both", 3: "all three", 4: "all four", 5: "all five"}.get(count, f"all {count}")


def named(result: ComparisonResult) -> str:
    """A model with its size."""
    return f"{clean(result.model.name)} ({size_words(result.model.parameters)})"
