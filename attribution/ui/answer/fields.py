"""What a prompt has beside the question: system text, document, examples; folded until they are wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from attribution.types import Example, TextError
from attribution.ui import address, frame

EXAMPLES = "an_pairs"
TEXTS = ("an_system", "an_document", EXAMPLES, "an_plain")
AGAINST = "an_against"
ARROW = "=>"


@dataclass(frozen=True)
class Fields:
    """As typed."""

    system: str
    document: str
    examples: str
    plain: bool
    splitting: Any
    against: str
    """Another answer, which that of the model is compared with."""


def system(height: int = 68) -> str:
    """What the model is told before the conversation."""
    return frame.area("System text", key=TEXTS[0], height=height, help=HELP_SYSTEM)


def inputs(system_shown: str | None) -> Fields:
    """The fields; how many are filled in stands on the button that opens them.

    `system_shown` is the system text where it has a place beside the prompt already.
    """
    state = st.session_state
    here = TEXTS[1:3] if system_shown is not None else TEXTS[:3]
    for key in here:
        address.part(key, "", asks=True)
    address.part(AGAINST, "", asks=True, how=True)
    count = sum(bool(str(state[key] or "").strip()) for key in (*here, AGAINST))
    with st.popover(f"Fields ({count})" if count else "Fields", width="stretch", help=HELP_FIELDS):
        told = system() if system_shown is None else system_shown
        document = frame.area("Document", key="an_document", height=100, help=HELP_DOCUMENT)
        examples = frame.area("Examples", key=EXAMPLES, height=68, help=HELP_EXAMPLES, blank=SHAPE)
        against = st.text_area(
            "Compared with the answer", key=AGAINST, height=68, help=HELP_AGAINST, placeholder=BLANK_AGAINST
        )
        splitting = frame.choice(
            "Segments", SPLITTING, key="an_splitting", labelled=True, asks=True, help=HELP_SPLITTING
        )
        address.part("an_plain", False, read=lambda given: given[-1].lower() == "true", asks=True)
        plain = st.toggle("Plain text, without the chat template", key="an_plain", help=HELP_PLAIN)
    return Fields(told, document, examples, bool(plain), splitting, str(against or "").strip())


def examples_of(typed: str) -> tuple[Example, ...]:
    """The examples of a field, one a line.

    Raises:
        TextError: a line has no question and answer.
    """
    found = []
    for number, line in enumerate(filter(str.strip, typed.split("\n")), 1):
        question, arrow, answer = line.partition(ARROW)
        if not arrow or not question.strip() or not answer.strip():
            raise TextError(f"Example {number} needs a question and its answer, as in “{SHAPE}”.")
        found.append(Example(_plain(question.strip()), _plain(answer.strip())))
    return tuple(found)


def typed(examples: tuple[Example, ...]) -> str:
    """The field that has these examples, line breaks and arrows within them marked by a backslash."""
    return "\n".join(f"{_marked(e.question)} {ARROW} {_marked(e.answer)}" for e in examples)


def _marked(text: str) -> str:
    return text.strip().replace("\\", "\\\\").replace("\n", "\\n").replace(ARROW, "=\\>")


def _plain(text: str) -> str:
    out, rest = "", text
    while rest:
        two = rest[:2]
        out += {"\\\\": "\\", "\\n": "\n", "\\>": ">"}.get(two, rest[0])
        rest = rest[2:] if two in ("\\\\", "\\n", "\\>") else rest[1:]
    return out


SPLITTING = {"sentences": "each sentence", "fields": "each field"}
SHAPE = "What a film! => positive"
HELP_FIELDS = "System text, document and examples, and another answer to compare with."
HELP_SYSTEM = "What the model is told before the conversation. Not every chat template takes one."
HELP_AGAINST = (
    "Another answer to the same question: each word is explained rather than the one that stands in its "
    "place there, both after the same words. For a single word, choose another one among what the model "
    "expected."
)
BLANK_AGAINST = "No other answer: each word is explained by itself."
HELP_DOCUMENT = "A text that the question is about; it stands before the question."
HELP_EXAMPLES = f"Questions with their answers, shown before the real one; one a line: {SHAPE}"
HELP_PLAIN = "The texts are read one after the other and continued, also by a model that has a chat template."
HELP_SPLITTING = "What the whole answer is credited to: each sentence of document and prompt, or each field."
