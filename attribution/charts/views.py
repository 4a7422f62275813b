"""How a result is looked at: which of its numbers, in which unit, by words or tokens, and what they mean.

The fields of a view are part of saved reports: a field may be added with a default, never renamed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from attribution.charts import phrases
from attribution.charts.palette import ColourScale, Role, Theme, amount_scale, largest, signed_scale
from attribution.charts.wording import clean, logit_name, model_and_size, text, word_name
from attribution.methods import catalogue
from attribution.types import (
    SPECIAL,
    Array,
    AttributionError,
    ComparisonResult,
    Explanation,
    NextWordResult,
    Normalisation,
    Of,
    Sign,
    TokenizedText,
    TranslationResult,
)

Units = Literal["words", "tokens"]
Measure = Literal["logits", "share"]


def colour_scale(values: Sequence[Array], sign: Sign, sides: tuple[Role, Role], theme: Theme) -> ColourScale:
    """One colour scale for all the values that are shown together: of one hue where all are amounts."""
    limit = max(largest(v) for v in values)
    if sign == "magnitude" and not any(np.nanmin(v, initial=0.0) < 0 for v in values):
        return amount_scale(limit, theme)
    return signed_scale(limit, theme, *sides)


def _refuse_sign(sign: Sign, method: str) -> None:
    """Raises where signed values are asked of a method that has none."""
    if sign == "signed" and not (row := catalogue.find(method)).signed:
        raise AttributionError(text(phrases.NO_SIGN, method=row.name))


# ---------------------------------------------------------------------------------------------- next word


@dataclass(frozen=True)
class View:
    """One view of a next-word result: which method, of what, by words or tokens, in which measure.

    `method` chooses between ALTI-Logit and Logit, which come together; empty: the method asked for.
    """

    method: str = ""
    of: Of = "contrast"
    units: Units = "words"
    measure: Measure = "logits"

    def row(self, result: NextWordResult) -> catalogue.Method:
        """The method whose values are shown."""
        return catalogue.find(self.method or result.request.method)

    def explanation(self, result: NextWordResult) -> Explanation:
        """One row, what is explained; columns the words or tokens.

        In logits the values of an additive method sum, with the remainder, to the logit (difference). Shares
        are divided by the sum of the absolute token values; those of ALTI-Logit and Logit count the initial
        embedding for the last token (Ferrando et al. 2023, as plotted by the authors). Shares have no
        remainder.

        Raises:
            AttributionError: the view is of the foil and there is none, or of a method that was not asked.
        """
        found = result.explanation(self.of, self.method)
        values = np.array(found.values[0])
        if self.measure == "share":
            if "initial_embedding" in found.parts:
                values[-1] += found.parts["initial_embedding"][0]
            total = np.abs(values).sum()
            values = values / total if total > 0 else values
            found = replace(found, unit=self.unit, parts={}, standard_error=np.zeros(0))
        error = found.standard_error
        if self.units == "words":
            values = self._by_words(result, values)
            error = result.text.sum_words(error) if error.size else error
        rows, columns = (self.explained(result),), tuple(self.labels(result))
        return replace(found, rows=rows, columns=columns, values=values[None], standard_error=error)

    def values(self, result: NextWordResult) -> Array:
        """[words] or [tokens]: the row of the explanation."""
        return self.explanation(result).values[0]

    def layers(self, result: NextWordResult) -> Array:
        """[L, words] or [L, tokens] in logits.

        Raises:
            AttributionError: the method does not tell layers apart.
        """
        contributions = result.contributions_of(self.of)
        values = np.asarray(getattr(contributions, self.row(result).id), dtype=np.float64)
        return self._by_words(result, values) if self.units == "words" else values

    def _by_words(self, result: NextWordResult, values: Array) -> Array:
        merge = TokenizedText.sum_words if self.row(result).signed else TokenizedText.combine_words
        return merge(result.text, values)

    def labels(self, result: NextWordResult) -> list[str]:
        """The words or the readable tokens of the prefix, in order."""
        if self.units == "tokens":
            return [clean(t) for t in result.text.tokens]
        return [clean(w.text) for w in result.text.words]

    def sides(self, result: NextWordResult) -> tuple[Role, Role]:
        """The roles of positive and of negative values: orange is only ever the foil's."""
        if self.of == "foil":
            return "foil", "against"
        return "target", "foil" if self.of == "contrast" and result.foil is not None else "against"

    def ends(self, result: NextWordResult) -> tuple[str, str]:
        """What positive and negative values mean, e.g. ("toward hot", "toward cold")."""
        target = clean(result.target.typed)
        foil = clean(result.foil.typed) if result.foil else ""
        if self.of == "contrast" and foil:
            return text(phrases.TOWARD, word=target), text(phrases.TOWARD, word=foil)
        word = foil if self.of == "foil" else target
        return text(phrases.TOWARD, word=word), text(phrases.AWAY_FROM, word=word)

    def explained(self, result: NextWordResult, *, article: bool = False) -> str:
        """The quantity explained, e.g. "logit difference hot − cold"; with its article in a sentence."""
        target, foil = clean(result.target.typed), clean(result.foil.typed) if result.foil else ""
        if self.of == "foil" and foil:
            target = foil
        return logit_name(target, foil if self.of == "contrast" else "", article=article)

    @property
    def one(self) -> str:
        """What a column is: word or token."""
        return phrases.ONE[self.units]

    @property
    def unit(self) -> str:
        """The unit of the values, for an axis."""
        return phrases.LOGITS if self.measure == "logits" else phrases.SHARE_OF_ALL


@dataclass(frozen=True)
class MixingView:
    """The ALTI matrix of one layer (from 1), or of all layers up to it."""

    layer: int = 1
    rolled_out: bool = True


@dataclass(frozen=True)
class NoView:
    """There is only one way to look at it."""


# -------------------------------------------------------------------------------------------- translation


@dataclass(frozen=True)
class SaliencyView:
    """One view of a translation: no gradient is computed again for another one."""

    sign: Sign = "magnitude"
    normalisation: Normalisation = "share"
    words: bool = True
    include_start: bool = False
    score: str = "probability"

    def explanation(self, result: TranslationResult) -> Explanation:
        """Rows the target tokens; columns those of the source, then those of the target before.

        Raises:
            AttributionError: signed values are asked of a method that has none, or the score is unknown.
        """
        _refuse_sign(self.sign, result.request.method)
        if self.score not in result.step_scores:
            raise AttributionError(text(phrases.NO_SCORE, score=repr(self.score)))
        found = result.explanation(
            self.sign,
            self.normalisation,
            words=self.words,
            include_start=self.include_start,
            score=self.score,
        )
        columns = (*self.labels(result.source), *self.labels(result.prefix))
        names = {t: phrases.SPECIALS[t] for t in found.rows if self.words and t in phrases.SPECIALS}
        rows = tuple(names.get(t, clean(t)) for t in found.rows)
        return replace(found, rows=rows, columns=columns, unit=self.unit)

    def values(self, result: TranslationResult) -> tuple[Array, Array]:
        """([T, source columns], [T, prefix columns]); NaN where a column is not visible."""
        found = self.explanation(result)
        source, prefix = (found.text(name).values for name in found.texts)
        return source, prefix

    def labels(self, of: TokenizedText) -> list[str]:
        """The column labels of source or prefix."""
        return [word_name(w) for w in of.words] if self.words else [clean(t) for t in of.tokens]

    @property
    def unit(self) -> str:
        """The unit of the values."""
        if self.normalisation == "share":
            return phrases.SHARE_OF_STEP
        if self.normalisation == "weighted":
            return text(phrases.SHARE_TIMES, score=phrases.SCORES.get(self.score, self.score))
        return phrases.RAW

    def sides(self, result: TranslationResult) -> tuple[Role, Role]:
        """The roles of positive and negative values: orange only where there is a contrast."""
        return "target", "foil" if result.request.attributed.startswith("contrast") else "against"

    def ends(self, result: TranslationResult) -> tuple[str, str]:
        """What positive and negative values mean."""
        contrast = result.request.attributed.startswith("contrast")
        return phrases.FOR_THE_WORD, phrases.FOR_THE_CONTRAST if contrast else phrases.AGAINST_IT


# -------------------------------------------------------------------------------------------- model sizes


@dataclass(frozen=True)
class WordView:
    """One view of the word scores of several models."""

    sign: Sign = "signed"
    normalisation: Normalisation = "share"

    def explanation(self, results: Sequence[ComparisonResult]) -> Explanation:
        """Rows the models, smallest first; columns the words, then the special tokens together, if any.

        "share": the absolute values sum to 1. "weighted": shares times the score, so that magnitudes sum to
        the score P(target) - P(foil). NaN where a model has no special tokens. Raw signed values of additive
        methods have their parts.

        Raises:
            AttributionError: there is no result, the questions differ, or the method has no sign.
        """
        if not results:
            raise AttributionError(phrases.NO_ANSWER)
        results = in_order(results)
        for result in results:
            _refuse_sign(self.sign, result.request.method)
        found = [r.explanation(self.sign, self.normalisation) for r in results]
        unit = self.unit
        if self.normalisation == "raw" and catalogue.find(found[0].method).unit == "logits":
            unit = phrases.LOGITS
        names = dict.fromkeys(name for f in found for name in f.parts)
        parts = {n: np.array([float(f.parts[n][0]) if n in f.parts else 0.0 for f in found]) for n in names}
        explained = np.concatenate([f.explained for f in found])
        words = [tuple(clean(w.text) for w in r.words) for r in results]
        if any(w != words[0] for w in words):
            raise AttributionError(phrases.OTHER_QUESTIONS)
        width = max(f.values.shape[1] for f in found)
        values = np.full((len(found), width), np.nan)
        for row, f in zip(values, found, strict=True):
            row[: f.values.shape[1]] = f.values[0]
        columns = (*words[0], SPECIAL) if width > len(words[0]) else words[0]
        rows = tuple(model_and_size(r.model, 30) for r in results)
        return Explanation(found[0].method, rows, columns, values, unit, parts, explained)

    def values(self, result: ComparisonResult) -> Array:
        """One value a word of the text, then the special tokens together where there are any."""
        return self.explanation([result]).values[0]

    @property
    def unit(self) -> str:
        """The unit of the values."""
        if self.normalisation == "share":
            return phrases.SHARE_OF_MODEL
        return phrases.SHARE_TIMES_SCORE if self.normalisation == "weighted" else phrases.RAW

    def sides(self, results: Sequence[ComparisonResult]) -> tuple[Role, Role]:
        """Orange only where there is a foil."""
        return "target", "foil" if results[0].request.foil else "against"

    def ends(self, results: Sequence[ComparisonResult]) -> tuple[str, str]:
        """What positive and negative values mean."""
        request = results[0].request
        target, foil = clean(request.target), clean(request.foil) if request.foil else ""
        away = text(phrases.TOWARD, word=foil) if foil else text(phrases.AWAY_FROM, word=target)
        return text(phrases.TOWARD, word=target), away


@dataclass(frozen=True)
class SignView:
    """Signed values or magnitudes."""

    sign: Sign = "signed"


def in_order(results: Sequence[ComparisonResult]) -> list[ComparisonResult]:
    """Smallest model first."""
    return sorted(results, key=lambda r: r.model.parameters)


# ------------------------------------------------------------------------------------------ many sentences


@dataclass(frozen=True)
class ManyView:
    """One measure of many sentences, of one group (empty: all), of one model (empty: every one)."""

    measure: str = "found"
    group: str = ""
    model: str = ""
