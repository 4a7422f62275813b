"""What is too long for a model, or too much for this machine, is refused in a sentence with the numbers."""

from __future__ import annotations

from attribution.models import memory, tokens
from attribution.models.loading import LoadedModel
from attribution.types import TextError


def check_characters(loaded: LoadedModel, text: str, what: str) -> None:
    """Refuses what is far too long before time is spent on tokenizing it; `what` is `Said("The source")`.

    Raises:
        TextError: with both numbers.
    """
    if len(text) > tokens.LONGEST_TOKEN * loaded.max_tokens:
        raise TextError(
            "{what} has {count:,} characters; {name} takes at most {most:,} tokens.",
            what=what,
            count=len(text),
            name=loaded.info.name,
            most=loaded.max_tokens,
        )


def check_tokens(loaded: LoadedModel, length: int, what: str) -> None:
    """Refuses a text of more tokens than the model takes.

    Raises:
        TextError: with both numbers.
    """
    if length > loaded.max_tokens:
        raise TextError(
            "{what} has {count:,} tokens; {name} takes at most {most:,}.",
            what=what,
            count=length,
            name=loaded.info.name,
            most=loaded.max_tokens,
        )


def check_memory(loaded: LoadedModel, length: int) -> None:
    """Refuses an explanation of `length` tokens (source and target together) that would not fit.

    Raises:
        ModelTooLargeError: with both numbers.
    """
    model, info = loaded.model, loaded.info
    memory.check_explanation(info.name, model.config, length, model.dtype.itemsize, info.device)


QUICK = 2e10
"""Tokens passed forward times parameters, about a second on two cores."""


def quick_to_check(loaded: LoadedModel, tokens_passed: int) -> bool:
    """Whether leaving out every word once takes no longer than about a second."""
    return tokens_passed * loaded.info.parameters <= QUICK
