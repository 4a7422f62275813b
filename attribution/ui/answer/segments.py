"""The whole answer: which parts of the prompt it leans on, checked by leaving them out, and word by word."""

from __future__ import annotations

import streamlit as st

from attribution import cached
from attribution.charts.answer import clicked, starts_folded
from attribution.charts.answer_view import AnswerView
from attribution.charts.recipes import Recipe
from attribution.export import python
from attribution.language import N_, Said, _
from attribution.types import AnswerResult, SegmentCheckRequest
from attribution.ui import address, explain, figure, frame, message
from attribution.ui.answer import words

UNITS = {"segments": Said("segments"), "words": Said("words")}
NO_CHECK = N_(
    "What leaving a part out does is measured on the answer alone: "
    "take the answer that it is compared with out of Fields to see it."
)
CHECK = N_("Check it: leave each part out ({time})")


def bars(result: AnswerResult) -> None:
    """What each segment got, summed over the answer; then, on demand, what leaving it out does."""
    figure.draw(Recipe("answer-segments", (result,), AnswerView()), key="an_segments", finding=True)
    if result.foils:
        message.note(_(NO_CHECK))
        return
    asked = SegmentCheckRequest(result.request)
    seconds = cached.seconds(asked) if cached.segment_check.get(asked) is None else 0.0
    if not explain.wanted(asked, seconds, CHECK, key="an_check_it", icon=":material/science:"):
        return
    with message.in_place():
        found = explain.shown(cached.segment_check, asked)
        figure.draw(Recipe("answer-segments-check", (found, result)), key="an_check", finding=True)
        figure.result_menu(found, name="answer-parts", python=python.segment_check(asked), key="an_check")


def word_by_word(result: AnswerResult, step: int) -> None:
    """The heatmap; long prompts start as segments, and one of them opens where it is clicked."""
    folded = starts_folded(result)
    frame.choice(
        _("Columns"),
        UNITS if folded else dict(reversed(UNITS.items())),
        key=words.MAP_COLUMNS[folded],
    )
    address.part("an_segment", -1, read=address.number(range(len(result.segments))), of_question=True)
    view = words.map_view(result)
    cell = figure.draw(Recipe("answer-map", (result,), view), key=words.map_key(view), selects="cell")
    if cell:
        _open(result, view, cell, step)


def _open(result: AnswerResult, view: AnswerView, cell: dict[str, int], step: int) -> None:
    """Chooses the word of the row that was clicked, and opens the segment of the column, once a click."""
    number = (result.request, view.columns, view.opened, cell.get("row"), cell.get("column"))
    if st.session_state.get("_an_cell") == number:
        return
    st.session_state["_an_cell"] = number
    chosen = clicked(result, view, int(cell.get("row", -1)), int(cell.get("column", -1)))
    if chosen.step is not None:
        st.session_state["an_segment"] = chosen.opened if view.columns == "segments" else view.opened
        st.session_state[words.STEP] = chosen.step
        st.rerun()
