"""Tokens are shown readable, and words come from the text."""

import numpy as np
import pytest
from transformers import AutoTokenizer

from attribution.models import tokens

FIXTURES = "tests/fixtures/models"


@pytest.fixture(scope="module")
def gpt2():
    return AutoTokenizer.from_pretrained(f"{FIXTURES}/gpt2-tiny")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't stop, please!", ["Don't", "stop", ",", "please", "!"]),
        ("x=3.5", ["x", "=", "3", ".", "5"]),
        ("well-known fact", ["well-known", "fact"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
        ("你好", ["你", "好"]),
        ("hi 👨‍👩‍👧!", ["hi", "👨‍👩‍👧", "!"]),
        ("שלום עולם", ["שלום", "עולם"]),
        ("", []),
        ("  \n ", []),
        ("<b>$x$</b>", ["<", "b", ">", "$", "x", "$", "<", "/", "b", ">"]),
    ],
)
def test_words_of_a_text(text, words):
    assert [text[a:b] for a, b in tokens.word_spans(text)] == words


def test_spans_are_ordered_and_cover_everything_visible():
    text = "He said: “it’s 3 o'clock…” — naïve café 🏳️‍🌈\n\tend."
    spans = tokens.word_spans(text)
    covered = {i for a, b in spans for i in range(a, b)}
    assert spans == sorted(spans)
    assert covered >= {i for i, c in enumerate(text) if not c.isspace()}


def test_each_token_belongs_to_one_word_and_sums_are_kept(gpt2):
    text = tokens.tokenize(gpt2, "the day was long so long")
    values = np.arange(len(text), dtype=float)
    assert text.sum_words(values).sum() == values.sum()
    assert [w.text for w in text.words if not w.special] == ["the", "day", "was", "long", "so", "long"]
    assert len({w.start for w in text.words}) == len(text.words)


def test_special_tokens_are_words_of_their_own():
    tokenizer = AutoTokenizer.from_pretrained(f"{FIXTURES}/opt-tiny")
    text = tokens.tokenize(tokenizer, "all will")
    assert text.words[0].special
    assert text.words[0].tokens == (0,)


@pytest.mark.parametrize("shown", [("a b", "a·b"), ("\n", "⏎"), ("\x07", "⟨0007⟩"), ("\u202e", "⟨202E⟩")])
def test_white_space_and_control_characters_are_shown(shown):
    assert tokens.visible(shown[0]) == shown[1]
