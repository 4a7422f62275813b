"""What the parts of a prompt and the units of an answer are called; results have these names in English."""

from __future__ import annotations

import re

from attribution.charts import phrases
from attribution.charts.wording import clean, shortened, text
from attribution.types import AnswerResult, Segment

SEGMENT_WORDS = 30
"""Characters of a segment's text that stand beside its name."""
NAME = re.compile(r"(?:System|Document|User|Example (\d+))(?:, sentence (\d+))?")


def unit_of(result: AnswerResult) -> str:
    """The unit of its values."""
    return str(phrases.ANSWER_UNIT[result.unit])


def segment_name(segment: Segment) -> str:
    """The name of a part of the prompt, or of the answer so far."""
    if segment.kind == "answer":
        return str(phrases.ANSWER_SEGMENT)
    found = NAME.fullmatch(segment.name)
    names = phrases.SEGMENT_SENTENCES if found and found[2] else phrases.SEGMENT_NAMES
    if not found or segment.kind not in names:
        return clean(segment.name)
    return text(names[segment.kind], number=found[1] or "", position=found[2] or "")


def segment_label(segment: Segment) -> str:
    """A segment with the beginning of its text; the template, or what else was added, in brackets."""
    if segment.kind == "template":
        return str(phrases.TEMPLATE if segment.text else phrases.ADDED)
    if segment.kind == "answer":
        return str(phrases.ANSWER_SO_FAR)
    words = " ".join(segment.text.split())
    return text(phrases.SEGMENT, name=segment_name(segment), words=shortened(words, SEGMENT_WORDS))
