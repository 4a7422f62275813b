"""What the tests of answers share: small models, a prompt with its answer, a chat template."""

from pathlib import Path

import pytest

from attribution import load

MODELS = Path(__file__).parents[1] / "fixtures/models"
PROMPT, ANSWER = "this word was hot and the", "water on the day is cold"
TEMPLATE = (
    "{% for m in messages %}{{ '<s>' + m['role'] + ' ' + m['content'] + '</s>' }}{% endfor %}"
    "{% if add_generation_prompt %}<s>the {% endif %}"
)


@pytest.fixture(scope="module")
def gpt2():
    return load(str(MODELS / "gpt2-tiny"), device="cpu", dtype="float64")


@pytest.fixture(scope="module")
def t5():
    return load(str(MODELS / "t5-tiny"), device="cpu", dtype="float64")
