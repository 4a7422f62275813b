"""What is written in figures of many sentences: values, names, titles, axes and captions."""

from __future__ import annotations

import math
from collections.abc import Sequence

from attribution.charts import phrases, sentences
from attribution.charts.views import ManyView
from attribution.charts.wording import clean, number, percent0, shortened, size_words, text
from attribution.language import in_figures, numbered, shown
from attribution.methods.catalogue import METHODS
from attribution.types import ManyMean, ManyModel, ManyResult

PERCENT = ("right", "carried")
"""Measures that are told in percent."""
ONE = ("right", "found", "aer")
"""Measures that lie in [0, 1], whose axis always shows all of it."""


def said_value(measure: str, value: float) -> str:
    """A value as people read it."""
    if measure == "right":
        return percent0(value)
    if measure == "carried" and is_known(value):
        return text(phrases.PERCENT, number=_whole(value))
    return number(value)


def said_interval(measure: str, mean: ManyMean) -> str:
    """Its interval in brackets."""
    said = _whole if measure in PERCENT else number
    return text(phrases.MANY_BRACKETS, low=said(mean.low), high=said(mean.high))


def said_count(count: int) -> str:
    """A number of things that can be many."""
    return in_figures(f"{count:,}")


def _whole(share: float) -> str:
    return f"{share * 100:.0f}".replace("-", "−")


def is_known(value: float) -> bool:
    """Whether it is a number."""
    return math.isfinite(value)


def value_of(mean: ManyMean | None) -> float:
    """Its value, or NaN where there is none."""
    return mean.value if mean is not None else math.nan


def method_name(method: str) -> str:
    """A method's name; its id where another version has one that is not known here."""
    return METHODS[method].title if method in METHODS else clean(method)


def model_of(result: ManyResult, model: str) -> ManyModel:
    """A model of the result by its id."""
    return next(m for m in result.models if m.id == model)


def group_of(result: ManyResult, group: str) -> str:
    """A group as it is shown: all sentences together, and those without one, in the reader's language."""
    if group == result.groups[0]:
        return str(phrases.MANY_ALL)
    return str(phrases.MANY_NO_GROUP) if group == sentences.MANY_NO_GROUP else clean(group)


def labelled(result: ManyResult, model: str) -> str:
    """A model's name with its size."""
    found = model_of(result, model)
    return f"{shortened(found.name, 28)} ({size_words(found.parameters)})"


def column_of(result: ManyResult, view: ManyView, model: str, method: str) -> str:
    """A column of the heatmap: what its columns differ in."""
    if result.measure(view.measure).of_model:
        return labelled(result, model)
    several = not view.model and len(result.models) > 1
    return (
        f"{shortened(model_of(result, model).name, 16)}: {method_name(method)}"
        if several
        else method_name(method)
    )


def has_random(result: ManyResult, view: ManyView) -> bool:
    """Whether random orders have a value of the measure."""
    return any(m.measure == view.measure and is_known(m.random) for m in result.means)


def statistic_of(result: ManyResult, view: ManyView) -> str:
    """What the points are, by its key in the tables of sentences."""
    return "median" if result.measure(view.measure).median else "mean"


def title_of(result: ManyResult, view: ManyView, by: str) -> str:
    """The question that the measure answers, and by what the figure parts the sentences."""
    name = result.measure(view.measure).name
    question = phrases.MANY_NAMES.get(view.measure, f"{clean(name)}.")
    return text(phrases.MANY_TITLES[by], question=question)


def axis_of(result: ManyResult, view: ManyView) -> str:
    """The measure as the title of an axis, with its unit."""
    if view.measure == "difference":
        return phrases.MANY_DIFFERENCE_AXES[result.kind == "next word"]
    return phrases.MANY_AXES.get(view.measure, view.measure)


def caption_of(result: ManyResult, view: ManyView, *how: str) -> str:
    """How it is to be read, what it is of, and what makes it reproducible."""
    said = list(how)
    if view.group:
        said.append(text(phrases.MANY_OF_GROUP, group=group_of(result, view.group)))
    return f"{' '.join([*said, *so_far(result)])}\n{clean(shown(result.caption))}"


def so_far(result: ManyResult) -> list[str]:
    """How many of the results are there, where not all are."""
    if result.done >= result.expected:
        return []
    counts = {"done": said_count(result.done), "expected": said_count(result.expected)}
    return [text(phrases.MANY_SO_FAR, **counts)]


def points_of(result: ManyResult, view: ManyView) -> list[str]:
    """What points, their intervals and the dashed lines are."""
    said = [phrases.MANY_POINTS[statistic_of(result, view)]]
    return [*said, phrases.MANY_RANDOM] if has_random(result, view) else said


def spoken_of(result: ManyResult, view: ManyView, values: Sequence[tuple[str, float]]) -> str:
    """The figure's numbers for a screen reader."""
    known = [(name, v) for name, v in values if is_known(v)]
    told = "; ".join(f"{name} {said_value(view.measure, v)}" for name, v in known[:40])
    sentence = numbered(phrases.MANY_SPOKEN, len(known))
    return text(sentence, measure=axis_of(result, view), count=said_count(len(known)), values=told)
