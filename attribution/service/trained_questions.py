"""Whether a question is of the kinds that the bundled yes/no models were trained on."""

from __future__ import annotations

import re

from attribution.language import Said

ANSWER_ONLY = ("yes-no-small", "yes-no-base", "yes-no-large")
"""The bundled models that know nothing but such questions; see their cards."""
WORDINGS = (
    "is {s} a city in {o}",
    "is the city of {s} in {o}",
    "is the country of {s} in {o}",
    "is {s} a country in {o}",
    "does {s} lie in {o}",
    "is {s} in {o}",
    "is {o} the capital of {s}",
    "is {o} the capital city of {s}",
    "is the capital of {s} {o}",
    "does {s} have {o} as its capital",
    "is the {o} the currency of {s}",
    "is the currency of {s} the {o}",
    "does {s} use the {o}",
    "do people in {s} pay with the {o}",
    "is {o} spoken in {s}",
    "do people speak {o} in {s}",
    "is {o} a language of {s}",
    "do people in {s} speak {o}",
    "would you call {a} {an}",
    "would you call {a} {a}",
    "is {a} a type of {o}",
    "can we say that {a} is {an}",
    "can we say that {a} is {a}",
    "is the color of {a} {c}",
    "is {a} usually {c}",
    "is {a} typically {c}",
    "is {a} {an}",
    "is {a} {c}",
)
"""As in training/yes_no/facts.py; a thing has an article, but for stuff such as coal."""
OTHER_WORDS = (
    "not|never|no|or|if|will|would|can|could|should|must|it|he|she|they|we|you|i|there|this|that|these|"
    "those|my|your|his|her|our|their|who|what|when|where|why|how|because|than|more|less|most|very|too|"
    "tomorrow|today|yesterday|now|always|ever|still|already|going|have|has|had|been|be|do|does|did"
)
COLOURS = (
    "black|blue|brown|gold|golden|gray|green|grey|orange|pink|purple|red|silver|white|yellow|beige|violet"
)
OUTSIDE = Said(
    "The bundled yes/no models were trained on a few kinds of questions only, such as “Is Madrid in Spain?” "
    "or “Is a tiger a mammal?”; this one is unlike them, so the answer says nothing, however sure it looks."
)

_NAME = rf"(?!(?:{OTHER_WORDS})\b)[^\s?\d]+(?: (?!(?:{OTHER_WORDS})\b)[^\s?\d]+){{0,5}}"
_SLOTS = {
    "s": _NAME,
    "o": _NAME,
    "a": rf"(?:(?:an?|the) )?(?!(?:an?|the|{OTHER_WORDS})\b)[^\s?\d]+(?: (?!(?:{OTHER_WORDS})\b)[^\s?\d]+)?",
    "an": rf"an? (?!(?:{OTHER_WORDS})\b)[^\s?\d]+(?: (?!(?:{OTHER_WORDS})\b)[^\s?\d]+){{0,2}}",
    "c": f"(?:{COLOURS})",
}
_KNOWN = re.compile("|".join(rf"(?:{w.format(**_SLOTS)})" for w in WORDINGS), re.IGNORECASE)


def like_training(question: str) -> bool:
    """Whether the question has one of the wordings, without a word (a pronoun, *not* ...) that none has.

    Measured: true of all held-out questions (tests/demo_models), and false of each of 23 of other kinds
    (tests/service/test_trained_questions.py). A fitting one about an unknown place passes.
    """
    asked = " ".join(question.split())
    return asked.endswith("?") and _KNOWN.fullmatch(asked[:-1].rstrip()) is not None
