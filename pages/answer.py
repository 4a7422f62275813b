"""Answer: why each word of what a model wrote? Inputs -> request -> writing -> cached call -> charts."""

import streamlit as st

from attribution.charts.answer_view import AnswerView
from attribution.charts.recipes import Recipe
from attribution.export import python
from attribution.language import Said, _
from attribution.types import AnswerResult
from attribution.ui import exercise, figure, frame, hold, message, model_picker
from attribution.ui.answer import (
    answer,
    continuing,
    explaining,
    form,
    origin,
    reading,
    segments,
    words,
    writing,
)

LOOKS = {
    "segments": Said("Which parts of the prompt"),
    "map": Said("Word by word"),
    "hold": Said("Does it hold?"),
}


def word(result: AnswerResult, explained: AnswerResult, step: int, other: int) -> None:
    """What led to the word chosen, and what the model expected there."""
    view = AnswerView(step)
    led, expected = st.columns([1.55, 1], gap="medium")
    with led:
        figure.draw(Recipe("answer-word", (explained,), view), key="an_word")
    with expected:
        buttons = st.container()  # what is clicked is known once the figure is drawn
        clicked = figure.draw(
            Recipe("answer-candidates", (explained,), view), key="an_candidates", selects="candidate"
        )
    with buttons:
        answer.instead(result, step, other, clicked)


def details(result: AnswerResult, explained: AnswerResult, step: int) -> str:
    """One of the closer looks at the whole answer; only the one chosen is drawn."""
    look = frame.choice(_("A closer look"), LOOKS, key="an_look")
    with message.in_place():
        if look == "segments":
            segments.bars(result)
        elif look == "map":
            segments.word_by_word(result, step)
        elif not explaining.compares(explained, step):
            message.note(Recipe("answer-word", (explained,), AnswerView(step)).finding().plain)
        else:
            hold.look(explaining.holding(asked, explained, step), "answer", key="an")
    return str(look)


asked = form.inputs()
with message.or_sentence():
    written = writing.answer(asked, continuing.on())
    result = explaining.whole(written)
answer.headline(result, origin.sentence(asked, written, result))
answer.warnings(result)
step = words.chosen(result)
other = explaining.other(result, step)
with message.or_sentence():
    explained = explaining.of_word(asked, result, step, other)
words.show(result, explained, step)
with st.container(gap="xxsmall"):
    answer.finding(explained, step)
    holds = st.container()
answer.actions(result, explained, step)
word(result, explained, step, other)
figure.result_menu(
    result,
    name="answer",
    python=python.answer(result.request, AnswerView(step)),
    key="an",
    opens=form.opens,
)
model_picker.about(asked.model)
look = details(result, explained, step)
reading.how_to_read(look, asked.method)
with holds:  # last, so that nothing else waits for it
    if explaining.compares(explained, step):
        hold.in_finding(explaining.holding(asked, explained, step))
exercise.show("answer", form.exercise_examples())
