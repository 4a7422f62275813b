"""What the captions of an answer's figures say: model, texts, method, and what everything adds up to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from attribution.charts import phrases
from attribution.charts.answer_view import AnswerView, answer_word
from attribution.charts.next_word import part_names
from attribution.charts.wording import clean, model_phrase, number, quoted, text
from attribution.language import shown
from attribution.methods import catalogue
from attribution.types import AnswerRequest, AnswerResult


def method_of(result: AnswerResult) -> catalogue.Method:
    """The method whose values are shown."""
    return catalogue.find(result.request.method)


def inputs(result: AnswerResult, *, answer: bool = True) -> str:
    """Model, fields and (unless left out) the answer with how it was written, for a caption."""
    said = f"{model_phrase(result.model)}. {fields(result.request)}"
    if not answer:
        return said
    how = text(phrases.ANSWER_OWN, settings=clean(shown(result.settings))) if result.settings else ""
    other = ""
    if result.foils:
        request = result.request
        contrast = request.contrast or " ".join(result.foils)
        other = text(phrases.ANSWER_AGAINST, contrast=quoted(contrast, 80))
    return said + text(phrases.ANSWER_IS, how=how, answer=quoted(result.answer_text, 160)) + other


def fields(request: AnswerRequest) -> str:
    """What was typed, for a caption."""
    said = []
    if request.system.strip():
        said.append(text(phrases.ANSWER_FIELDS["system"], words=quoted(request.system, 80)))
    if request.document.strip():
        said.append(text(phrases.ANSWER_FIELDS["document"], words=quoted(request.document, 80)))
    if request.examples:
        count = len(request.examples)
        one, several = phrases.ANSWER_EXAMPLES
        said.append(one if count == 1 else text(several, count=str(count)))
    said.append(text(phrases.ANSWER_FIELDS["prompt"], words=quoted(request.prompt, 160)))
    return " ".join(said)


def caption(result: AnswerResult, view: AnswerView, *, each: bool = False) -> str:
    """Inputs, method, what it explains (of a map, in `each` of its rows), and the unit."""
    method, explained = method_of(result), view.explained(result)
    if each:
        explained = phrases.ANSWER_EACH[result.unit] + (phrases.ANSWER_EACH_CONTRAST if result.foils else "")
    said = text(phrases.ANSWER_METHOD, method=method.title, explained=explained, unit=result.unit)
    return f"{inputs(result)} {said}" + (phrases.BY_SEGMENT if method.id == "erasure" else "")


def against(result: AnswerResult, view: AnswerView) -> str:
    """What is explained, in plain words: "hot rather than cold", "hot", or the answer."""
    step = view.chosen(result)
    if step is None:
        return phrases.THE_ANSWER
    word, foil = answer_word(result, step), view.foil(result)
    return text(phrases.RATHER_QUOTED, target=word, foil=foil) if foil else f"“{word}”"


def sums(result: AnswerResult, view: AnswerView) -> str:
    """What the bars add up to, for the caption."""
    if result.convergence.size:
        row = slice(None) if view.chosen(result) is None else view.row(result)
        gap = number(abs(float(np.sum(result.convergence[row]))), 3)
        return text(phrases.BARS_CONVERGENCE, explained=view.explained(result), gap=gap)
    found = view.segments(result)
    if not method_of(result).additive:
        return ""
    columns, rest = replace(view, columns="segments", opened=-1).credited(result), float(found.remainder[0])
    said = []
    for place in ("prompt", "template", "answer"):
        some = [k for k, c in enumerate(columns) if c.place == place]
        if some:
            total = float(np.nansum(found.values[0, some]))
            added = place == "template" and all(columns[k].label == phrases.ADDED for k in some)
            gets = phrases.ANSWER_GETS["added" if added else place]
            said.append(text(gets, sum=number(total, 2, sign=True)))
    if found.parts:
        parts = phrases.LAYERED_PARTS if method_of(result).layered else part_names(found.parts)
        said.append(text(phrases.ANSWER_GETS["rest"], parts=parts, sum=number(rest, 2, sign=True)))
    whole = number(float(np.nansum(found.values)) + rest, 2, sign=True)
    shares = ", ".join(said)
    return text(phrases.ANSWER_SUM, shares=shares, all=whole, explained=view.explained(result))
