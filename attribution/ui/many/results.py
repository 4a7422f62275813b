"""What many sentences come to: the finding, accuracy beside a measure of the methods, and closer looks."""

from __future__ import annotations

import streamlit as st

from attribution import cached
from attribution.charts.recipes import Recipe
from attribution.charts.views import ManyView
from attribution.examples import MANY_SETS
from attribution.export import python
from attribution.types import ManyResult
from attribution.ui import figure, frame, message
from attribution.ui.many import rows, table
from attribution.ui.many.form import Asked

LOOKS = {
    "groups": "By group, down to the sentences",
    "spread": "Distributions",
    "size": "By model size",
    "numbers": "All numbers",
}
OF_MODEL = ("right", "difference")
FIRST = ("found", "aer", "gap", "lds", "carried", "difference", "right")
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
    """The finding, the two figures above, the menu, and the closer look chosen, which is returned."""
    finding = st.container()
    measures = [m.id for m in result.measures]
    if not measures:
        message.error("No result has numbers; the sentences below say why.")
        rows.of(result, asked, ManyView("right"))
        return "groups"
    of_methods = [m for m in FIRST if m in measures and not _of_model(result, m)]
    left, right = st.columns(2, gap="medium")
    with right:
        measure = _measure(result, of_methods or [m for m in FIRST if m in measures and m != "right"])
        view = ManyView(measure)
        figure.draw(Recipe("many-by-method", (result,), view), key="many_method", width=545)
    with left:
        other = next((m for m in OF_MODEL if m in measures and m != measure), "")
        if other:
            st.container(height=40, border=False)  # as high as the choice beside it
            figure.draw(Recipe("many-by-method", (result,), ManyView(other)), key="many_right", width=545)
    with finding:
        for recipe in [Recipe("many-by-method", (result,), ManyView(m)) for m in (other, measure) if m]:
            message.finding(recipe.finding().coloured(frame.theme()))
        if result.errors:
            message.note(f"{result.errors:,} results have no numbers; the sentences below say why.")
    figure.result_menu(result, name="many-sentences", python=_python(asked), key="many")
    look: str = frame.choice("A closer look", LOOKS, key="many_look")
    with message.in_place():
        _look(look, result, asked, view)
    return look


def _look(look: str, result: ManyResult, asked: Asked, view: ManyView) -> None:
    if look == "groups":
        rows.of(result, asked, view)
    elif look == "numbers":
        table.of(result, asked)
    elif look == "size":
        figure.draw(Recipe("many-by-size", (result,), view), key="many_size", finding=True)
        if len(result.models) < 2:
            message.note("Choose several models above to see how the measure changes with their size.")
    else:
        if view.measure == "right":
            view = ManyView("difference")
        figure.draw(Recipe("many-spread", (result,), view), key="many_spread")


def _python(asked: Asked) -> str:
    if asked.sentences.name in MANY_SETS:
        return python.many(asked.kept, asked.sentences.name)
    return python.many(asked.kept, "FILE.csv", asked.by_hand)


def _of_model(result: ManyResult, measure: str) -> bool:
    return result.measure(measure).of_model


def _measure(result: ManyResult, measures: list[str]) -> str:
    """What the figure beside accuracy and the closer looks show."""
    names = {m: result.measure(m).name for m in measures}
    meanings = "\n".join(f"- **{result.measure(m).name}**: {result.measure(m).meaning}" for m in measures)
    chosen: str = frame.choice("Measure", names, key="many_measure", help=meanings)
    return chosen
