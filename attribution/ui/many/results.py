"""What many sentences come to: the finding, accuracy beside a measure of the methods, and closer looks."""

from __future__ import annotations

import streamlit as st

from attribution import cached
from attribution.charts.figure import PAGE_WIDTH
from attribution.charts.recipes import Recipe
from attribution.charts.views import ManyView
from attribution.examples import MANY_SETS
from attribution.export import python
from attribution.language import Said, _, ngettext
from attribution.language import shown as in_language
from attribution.types import ManyResult
from attribution.ui import figure, frame, message
from attribution.ui.many import rows, table
from attribution.ui.many.form import Asked

LOOKS = {
    "groups": Said("By group, down to the sentences"),
    "spread": Said("Distributions"),
    "size": Said("By model size"),
    "numbers": Said("All numbers"),
}
HALF = 545
"""Pixels of one of two figures side by side."""
FIRST = ("found", "aer", "gap", "lds", "carried", "right", "difference")
"""The measure that is shown first is the first of these that there is."""


def shown(asked: Asked) -> ManyResult | None:
    """The results so far; None while there is none."""
    if not asked.kept.begun:
        return None
    job = cached.many().job(asked.kept.key)
    failed = set(job.standing.failures) if job else set()
    models = [model for model in asked.kept.models if model not in failed]
    expected = len(asked.sentences) * len(models) * len(asked.kept.methods)
    found = cached.many_found(asked.kept, expected)
    return found if found.done else None


def answers(result: ManyResult, asked: Asked) -> str:
    """The finding, one or two figures, the menu, and the closer look chosen, which is returned."""
    finding = st.container()
    measures = [m.id for m in result.measures]
    if not measures:
        message.error(_("No result has numbers; the sentences below say why."))
        rows.of(result, asked, ManyView("right"))
        return "groups"
    measure = _measure(result, [m for m in FIRST if m in measures])
    view = ManyView(measure)
    pair = [m for m in ("right", "difference" if measure == "right" else measure) if m in measures]
    width = PAGE_WIDTH if len(pair) == 1 else HALF
    for place, shown_ in zip(st.columns(len(pair), gap="medium"), pair, strict=True):
        with place:
            recipe = Recipe("many-by-method", (result,), ManyView(shown_))
            figure.draw(recipe, key=f"many_{shown_}", width=width)
    with finding:
        _findings(result, pair)
    figure.result_menu(result, name="many-sentences", python=_python(asked), key="many")
    look: str = frame.choice(_("A closer look"), LOOKS, key="many_look")
    with message.in_place():
        _look(look, result, asked, view)
    return look


def _findings(result: ManyResult, measures: list[str]) -> None:
    """What the figures above show, and whether larger models are right more often."""
    said = [("many-by-method", m) for m in measures if m != "difference" or m == measures[0]]
    if "right" in measures and len(result.models) > 1:
        said.insert(1, ("many-by-size", "right"))
    for kind, measure in said:
        recipe = Recipe(kind, (result,), ManyView(measure))
        message.finding(recipe.finding().coloured(frame.theme()))
    if result.errors:
        message.note(
            ngettext(
                "{count:,} result has no numbers; the sentences below say why.",
                "{count:,} results have no numbers; the sentences below say why.",
                result.errors,
            )
        )


def _look(look: str, result: ManyResult, asked: Asked, view: ManyView) -> None:
    if look == "groups":
        rows.of(result, asked, view)
    elif look == "numbers":
        table.of(result, asked)
    elif look == "size":
        several = len(result.models) > 1
        finding = several and view.measure != "right"  # which is said above
        figure.draw(Recipe("many-by-size", (result,), view), key="many_size", finding=finding)
        if len(asked.kept.models) < 2:
            message.note(_("Choose several models above to see how the measure changes with their size."))
    else:
        if view.measure == "right":
            view = ManyView("difference")
        figure.draw(Recipe("many-spread", (result,), view), key="many_spread")


def _python(asked: Asked) -> str:
    if asked.sentences.name in MANY_SETS:
        return python.many(asked.kept, asked.sentences.name)
    return python.many(asked.kept, "FILE.csv", asked.by_hand)


def _measure(result: ManyResult, measures: list[str]) -> str:
    """What stands beside the accuracy, and what the closer looks show."""
    if len(measures) == 1:
        return measures[0]
    names = {m: result.measure(m).name for m in measures}
    meanings = "\n".join(
        f"- **{in_language(m.name)}**: {in_language(m.meaning)}" for m in map(result.measure, measures)
    )
    chosen: str = frame.choice(_("Measure"), names, key="many_measure", help=meanings)
    return chosen
