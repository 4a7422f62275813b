"""What the parts of a prompt and the units of an answer are called."""

from __future__ import annotations

from attribution.charts import phrases
from attribution.charts.wording import clean, shortened, text
from attribution.types import AnswerResult, Segment

SEGMENT_WORDS = 30
"""Characters of a segment's text that stand beside its name."""


def unit_of(result: AnswerResult) -> str:
    """The unit of its values."""
    return str(phrases.ANSWER_UNIT[result.unit])


def segment_label(segment: Segment) -> str:
    """A segment with the beginning of its text; the template, or what else was added, in brackets."""
    if segment.kind == "template":
        return str(phrases.TEMPLATE if segment.text else phrases.ADDED)
    if segment.kind == "answer":
        return str(phrases.ANSWER_SO_FAR)
    words = " ".join(segment.text.split())
    return text(phrases.SEGMENT, name=clean(segment.label), words=shortened(words, SEGMENT_WORDS))
