"""The bundled yes/no models say so where a question is unlike those that they were trained on."""

import json
from pathlib import Path

import pytest

from attribution import load
from attribution.examples import COMPARISON
from attribution.service.comparison import run_comparison
from attribution.service.trained_questions import OUTSIDE, like_training
from attribution.types import ComparisonRequest

HELD_OUT = Path(__file__).parents[1] / "demo_models" / "yes_no_held_out.json"
OTHERS = (
    "Will it rain tomorrow?",
    "Is it going to rain tomorrow?",
    "Does 3 + 3 equal 6?",
    "Is London not the capital of France?",
    "Do you like me?",
    "Is the earth flat?",
    "Can a fish swim?",
    "Are cats animals?",
    "Is God real?",
    "Did Napoleon win at Waterloo?",
    "Should I study?",
    "Is 7 a prime number?",
    "Is this sentence true?",
    "Is the moon bigger than the earth?",
    "hello",
    "Is Madrid in Spain",
    "What is the capital of France?",
    "Is she a doctor?",
    "Do people in Spain like football?",
    "Is the president tall?",
    "Does a dog bark?",
    "Is my cat a mammal?",
    "Who are you?",
)


def test_every_held_out_question_and_every_example_is_like_training():
    questions = [q["text"] for q in json.loads(HELD_OUT.read_text(encoding="utf-8"))]
    assert [q for q in questions if not like_training(q)] == []
    assert all(like_training(e.question) for e in COMPARISON)


@pytest.mark.parametrize("question", OTHERS)
def test_questions_of_other_kinds_are_not(question):
    assert not like_training(question)


def test_the_answer_comes_with_a_note():
    model = load("yes-no-small")
    for question, said in (("Will it rain tomorrow?", True), ("Is Madrid in Spain?", False)):
        asked = ComparisonRequest("yes-no-small", question, "yes", "no")
        assert (OUTSIDE in run_comparison(model, asked).notes) == said


def test_long_hostile_questions_are_told_quickly():
    assert not like_training("is " + "a in " * 2000 + "?!")
    assert not like_training("Is the capital of " + "x " * 3000 + "!?")
