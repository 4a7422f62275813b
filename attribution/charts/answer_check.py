"""The figure of what an answer loses when a part of the prompt is left out, from a SegmentCheckResult."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from attribution.charts import phrases
from attribution.charts.answer_view import segment_label
from attribution.charts.answer_wording import fields, inputs
from attribution.charts.bars import Panel, bars
from attribution.charts.compose import heading, in_row
from attribution.charts.figure import PAGE_WIDTH, Figure, finish, widest
from attribution.charts.libraries import pd
from attribution.charts.palette import Role, Theme, palette
from attribution.charts.wording import model_phrase, number, shortened, text
from attribution.methods import catalogue
from attribution.types import AnswerResult, AttributionError, SegmentCheckResult

SIDES: tuple[Role, Role] = ("target", "against")


@dataclass(frozen=True)
class Measured:
    """A check with the result that it is of, where that is at hand."""

    check: SegmentCheckResult
    result: AnswerResult | None

    @classmethod
    def of(cls, results: Sequence[SegmentCheckResult | AnswerResult]) -> Measured:
        """The two, in any order.

        Raises:
            AttributionError: there is no check among them, or the result is another one.
        """
        checks = [r for r in results if isinstance(r, SegmentCheckResult)]
        own = [r for r in results if isinstance(r, AnswerResult)]
        if len(checks) != 1:
            raise AttributionError(phrases.NO_CHECK)
        check = checks[0]
        if own and (own[0].request != check.request.explained or own[0].model.id != check.model.id):
            raise AttributionError(phrases.OTHER_TEXTS)
        return cls(check, own[0] if own else None)

    @property
    def method(self) -> catalogue.Method:
        """The method whose credit is measured."""
        return catalogue.find(self.check.request.explained.method)

    @property
    def unit(self) -> str:
        """Of the credit: that of the number explained."""
        asked = self.check.request.explained
        contrast = bool(asked.contrast or asked.contrast_ids)
        if self.method.layered or (contrast and asked.attributed != "probability"):
            return phrases.LOGITS
        return phrases.ANSWER_UNITS[asked.attributed]

    @property
    def labels(self) -> list[str]:
        """The segments' names with the beginning of their texts."""
        return [segment_label(segment) for segment in self.check.segments]


def segment_check_bars(
    results: Sequence[SegmentCheckResult | AnswerResult], *, theme: Theme = "light", width: int = PAGE_WIDTH
) -> Figure:
    """Per segment what the answer's log-probability loses without it, beside what it is credited with.

    On one scale where both are in nats.

    Raises:
        AttributionError: there is no check among the results.
    """
    found = Measured.of(results)
    check, labels = found.check, found.labels
    rows = [check.left_out, check.credited]
    ends = (phrases.CHECK_LEFT_OUT, (phrases.FOR_THE_ANSWER, phrases.AGAINST_IT))
    units = (phrases.NATS, found.unit)
    values = np.concatenate(rows) if found.unit == phrases.NATS else None
    left = widest([shortened(label) for label in labels]) + 14
    room, panels = (width - left) / 2 - 12, []
    for k, (numbers, unit, end) in enumerate(zip(rows, units, ends, strict=True)):
        panel = Panel(labels, numbers, SIDES, end, unit, one="segment")
        span = (float(values.min()), float(values.max())) if values is not None else None
        body = bars(panel, theme, room + (0 if k else left), span=span, row_labels=not k)
        name = text(phrases.CHECK_PANELS[k], method=found.method.name)
        panels.append(body | {"title": heading(name, palette(theme).text, frame="group", offset=6)})
    low, high = (number(value, 2) for value in check.random_lds[1:])
    asked = f"{model_phrase(check.model)}. {fields(check.request.explained)}"
    most = np.argsort(-np.abs(check.left_out), kind="stable")[:3]
    leaders = [f"{labels[k]} {number(float(check.left_out[k]), 2, sign=True)}" for k in most]
    return finish(
        in_row(*panels, spacing=18),
        name="answer-without-a-segment",
        title=phrases.CHECK_TITLE,
        caption=text(
            phrases.CHECK_CAPTION,
            inputs=asked if found.result is None else inputs(found.result),
            whole=number(check.log_probability, 2),
            method=found.method.name,
            unit=found.unit,
            agreement=number(check.agreement, 2),
            subsets=str(check.request.subsets),
            seed=str(check.request.seed),
            lds=number(check.lds, 2),
            chance=number(check.random_lds[0], 2),
            low=low,
            high=high,
        ),
        table=pd.DataFrame(
            {
                "segment": [s.label for s in check.segments],
                "text": [s.text for s in check.segments],
                "log-probability lost, nats": check.left_out,
                f"credited, {found.unit}": check.credited,
            }
        ),
        alt_text=text(phrases.CHECK_SPOKEN, count=str(len(labels)), leaders="; ".join(leaders)),
        theme=theme,
        width=width,
    )
