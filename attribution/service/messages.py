"""A conversation as other programs write it, as the fields of a request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attribution.language import N_
from attribution.types import Example, TextError

SHAPE = N_(
    "Messages are a list of {“role”, “content”}: a system text or none, then user and assistant in turn, the "
    "user last."
)


def fields_of_messages(messages: Any) -> dict[str, Any]:
    """System text, prompt and, from the turns before it, examples.

    Raises:
        TextError: the messages are no such conversation.
    """
    if not isinstance(messages, Iterable) or isinstance(messages, Mapping):
        raise TextError(SHAPE)
    turns = []
    for message in messages:
        if not isinstance(message, Mapping) or not {"role", "content"} <= set(message):
            raise TextError(SHAPE)
        turns.append((message["role"], message["content"]))
    system = ""
    if turns and turns[0][0] == "system":
        system = turns.pop(0)[1]
    roles = [role for role, _ in turns]
    if not turns or roles != ["user", "assistant"] * (len(turns) // 2) + ["user"]:
        raise TextError(SHAPE)
    texts = [text for _, text in turns]
    examples = tuple(Example(q, a) for q, a in zip(texts[:-1:2], texts[1::2], strict=True))
    return {"system": system, "examples": examples, "prompt": texts[-1]}
