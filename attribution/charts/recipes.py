"""Which figure of which results in which view: all it takes to draw a figure again, here or in a report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from types import UnionType
from typing import Any

from attribution.charts import (
    answer,
    answer_check,
    faithfulness,
    findings,
    findings_answer,
    findings_check,
    lens,
    many,
    many_findings,
    model_sizes,
    next_word,
    target_word,
    translation,
)
from attribution.charts.answer_view import AnswerView
from attribution.charts.figure import Figure
from attribution.charts.palette import Theme
from attribution.charts.views import ManyView, MixingView, NoView, SaliencyView, SignView, View, WordView
from attribution.charts.wording import Finding, Piece, said
from attribution.types import (
    AnswerResult,
    AttributionError,
    ComparisonResult,
    ExpectedResult,
    FaithfulnessResult,
    LensResult,
    ManyResult,
    NextWordResult,
    SegmentCheckResult,
    TranslationResult,
)

_NO_VIEW = NoView()


@dataclass(frozen=True)
class Kind:
    """How one kind of figure is drawn, from what, and what is found in it."""

    draw: Callable[..., Figure]
    result: type | UnionType
    view: type
    fewest: int = 1
    most: int = 1
    finds: Callable[[tuple[Any, ...], Any], Finding] = lambda results, view: said()


def _of_one(
    draw: Callable[..., Figure], result: type, view: type, finds: Callable[[Any, Any], Finding]
) -> Kind:
    """A figure of one result in a view, and what is found in it in that view."""
    return Kind(lambda r, v, **o: draw(r[0], v, **o), result, view, finds=lambda r, v: finds(r[0], v))


def _of_translation(results: tuple[Any, ...], view: Any) -> Finding:
    first, *rest = findings.translation(results[0], view)
    return said(first.pieces, *([Piece(" "), *more.pieces] for more in rest if more.pieces))


def _of_models(results: tuple[Any, ...], view: Any) -> Finding:
    return findings.model_sizes(results, view if isinstance(view, WordView) else None)


KINDS: dict[str, Kind] = {
    "words-that-decide": _of_one(next_word.contribution_bars, NextWordResult, View, findings.next_word),
    "what-the-model-expects": Kind(
        lambda r, v, **o: next_word.candidate_bars(r[0], **o),
        NextWordResult,
        NoView,
        finds=lambda r, v: findings.expects(r[0]),
    ),
    "everything-adds-up": _of_one(next_word.adds_up, NextWordResult, View, findings.next_word),
    "where-it-happens": _of_one(next_word.layer_heatmap, NextWordResult, View, findings.where_it_happens),
    "who-looks-at-whom": Kind(
        lambda r, v, **o: next_word.mixing_matrix(r[0], v.layer, rolled_out=v.rolled_out, **o),
        NextWordResult,
        MixingView,
        finds=lambda r, v: findings.who_looks(r[0], v),
    ),
    "does-it-hold": Kind(
        lambda r, v, **o: faithfulness.removal_curves(r[0], **o),
        FaithfulnessResult,
        NoView,
        finds=lambda r, v: findings.holds(r[0]),
    ),
    "which-method-holds": Kind(
        lambda r, v, **o: faithfulness.which_method(r, **o),
        FaithfulnessResult,
        NoView,
        most=50,
        finds=lambda r, v: findings.which_holds(r),
    ),
    "method-by-method": Kind(
        lambda r, v, **o: faithfulness.method_by_method(r, **o),
        FaithfulnessResult,
        NoView,
        most=50,
        finds=lambda r, v: findings.which_holds(r),
    ),
    "does-it-hold-by-model": Kind(
        lambda r, v, **o: faithfulness.model_by_model(r, **o),
        FaithfulnessResult,
        NoView,
        most=50,
        finds=lambda r, v: findings.holds_by_model(r),
    ),
    "expected-translation": Kind(
        lambda r, v, **o: next_word.expected_bars(r[0], **o), ExpectedResult, NoView
    ),
    "expected-answer": Kind(lambda r, v, **o: next_word.answer_bars(r[0], **o), ComparisonResult, NoView),
    "layer-by-layer": Kind(
        lambda r, v, **o: lens.layer_by_layer(r[0], **o),
        LensResult,
        NoView,
        finds=lambda r, v: findings.lens(r[0]),
    ),
    "heads": Kind(
        lambda r, v, **o: lens.heads(r[0], **o), LensResult, NoView, finds=lambda r, v: findings.heads(r[0])
    ),
    "answer-word": _of_one(answer.word_bars, AnswerResult, AnswerView, findings_answer.word),
    "answer-map": _of_one(answer.answer_map, AnswerResult, AnswerView, findings_answer.whole),
    "answer-segments": _of_one(answer.segment_bars, AnswerResult, AnswerView, findings_answer.segments),
    "answer-segments-check": Kind(
        lambda r, v, **o: answer_check.segment_check_bars(r, **o),
        SegmentCheckResult | AnswerResult,
        NoView,
        most=2,
        finds=lambda r, v: findings_check.check(r),
    ),
    "answer-candidates": _of_one(answer.expected_instead, AnswerResult, AnswerView, findings_answer.instead),
    "saliency": Kind(
        lambda r, v, **o: translation.saliency(r[0], v, **o),
        TranslationResult,
        SaliencyView,
        finds=_of_translation,
    ),
    "side-by-side": Kind(
        lambda r, v, **o: translation.side_by_side(r[0], r[1], v, **o),
        TranslationResult,
        SaliencyView,
        fewest=2,
        most=2,
        finds=lambda r, v: target_word.compared(r[0], r[1], v),
    ),
    "confidence": Kind(
        lambda r, v, **o: model_sizes.confidence(list(r), **o), ComparisonResult, NoView, 1, 50, _of_models
    ),
    "words-by-model": Kind(
        lambda r, v, **o: model_sizes.words_by_model(list(r), v, **o),
        ComparisonResult,
        WordView,
        most=50,
        finds=_of_models,
    ),
    "model-by-model": Kind(
        lambda r, v, **o: model_sizes.small_multiples(list(r), v, **o),
        ComparisonResult,
        WordView,
        most=50,
        finds=_of_models,
    ),
    "agreement": Kind(
        lambda r, v, **o: model_sizes.agreement(list(r), v.sign, **o),
        ComparisonResult,
        SignView,
        fewest=2,
        most=50,
        finds=lambda r, v: findings.agreement(r, v.sign),
    ),
    "many-by-method": _of_one(many.by_method, ManyResult, ManyView, many_findings.of_measure),
    "many-by-group": _of_one(many.by_group, ManyResult, ManyView, many_findings.by_group),
    "many-by-size": _of_one(many.by_size, ManyResult, ManyView, many_findings.by_size),
    "many-spread": _of_one(many.distribution, ManyResult, ManyView, many_findings.of_measure),
}
"""Every figure that the pages show."""


@dataclass(frozen=True, eq=False)
class Recipe:
    """One figure to be drawn: its kind, the results it is of, and the view of them.

    Raises:
        AttributionError: the kind is unknown, or the results or the view are not what it is drawn from.
    """

    kind: str
    results: tuple[Any, ...]
    view: Any = _NO_VIEW

    def __post_init__(self) -> None:
        kind = KINDS.get(self.kind)
        if kind is None:
            raise AttributionError("A figure of a kind that is not known here cannot be drawn.")
        fitting = kind.fewest <= len(self.results) <= kind.most and isinstance(self.view, kind.view)
        if not fitting or not all(isinstance(r, kind.result) for r in self.results):
            raise AttributionError("A figure and the results it is drawn from do not belong together.")

    def finding(self) -> Finding:
        """What its page says beside the figure; of no pieces where it says nothing."""
        return KINDS[self.kind].finds(self.results, self.view)

    def figure(self, theme: Theme = "light", **layout: int) -> Figure:
        """Draws it, its finding in words for who cannot see it. `layout`: width (and height) in pixels."""
        drawn, finding = KINDS[self.kind].draw(self.results, self.view, theme=theme, **layout), self.finding()
        return replace(drawn, alt=f"{finding.plain} {drawn.alt}") if finding.pieces else drawn
