"""The ready examples of each page: what one click fills in. Pure data."""

from __future__ import annotations

from dataclasses import dataclass

from attribution.types import NextWordRequest

DEMO_LM = "english-lm"


@dataclass(frozen=True)
class NextWordExample:
    """A label for the button and the request it fills in."""

    label: str
    request: NextWordRequest


NEXT_WORD = (
    NextWordExample(
        "Summer or winter",
        NextWordRequest(
            DEMO_LM, "This summer, unlike the previous winter, is being extremely", "hot", "cold"
        ),
    ),
    NextWordExample(
        "Who gave it to whom",
        NextWordRequest(DEMO_LM, "Mary and John went to the park. Mary gave a book to", "John", "Mary"),
    ),
    NextWordExample("Keys on the table", NextWordRequest(DEMO_LM, "The keys on the table", "are", "is")),
    NextWordExample("A capital", NextWordRequest(DEMO_LM, "The capital of France is", "Paris", "London")),
)
