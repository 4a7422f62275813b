"""A model's own chat template, filled in where nobody but the template can speak for it.

The template is a program from the model's files. It runs in transformers' sandbox, in a process of its own
with little time and memory, and never sees what was typed: places are left for the texts, so that no text
can become a part of the template or close a turn.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from attribution.language import N_
from attribution.types import AttributionError, TextError

SECONDS = 3
"""Of computing that a template may take; an ordinary one takes some milliseconds."""
PATIENCE = 30.0
"""Seconds until its process is given up; it takes about one to begin."""
MEMORY = 2**30
"""Bytes that its process may have."""
LONGEST = 100_000
"""Characters of a template, and of what it may write."""
DATE = "26 Jul 2024"
"""Given to templates that write today's date, so that the same question stays the same tomorrow."""

LEFT_OUT = {
    "system": N_("The chat template of {name} leaves the system text out; choose plain text instead."),
    "user": N_("The chat template of {name} leaves the user text out; choose plain text instead."),
    "assistant": N_("The chat template of {name} leaves the assistant text out; choose plain text instead."),
}

Turn = tuple[str, str]
"""Who speaks ("system", "user", "assistant"), and the name of the place for what they say."""
Piece = tuple[str, str]
"""Either ("", a text of the template) or (the name of a place, "")."""


class TemplateError(AttributionError):
    """A chat template that cannot be used, or not like this."""


class TemplateStopped(TemplateError):
    """A chat template that would go on for ever, or fill the memory."""


def chat_template(tokenizer: Any) -> str:
    """The template, the default one of several; empty where the tokenizer has none."""
    found = getattr(tokenizer, "chat_template", None)
    if isinstance(found, dict):
        found = found.get("default")
    return found if isinstance(found, str) else ""


def chat_pieces(tokenizer: Any, turns: Sequence[Turn], name: str) -> tuple[Piece, ...]:
    """What a model reads before it answers, as texts of its template and named places; `name` is the model's.

    Raises:
        TextError: the template takes no system text, or leaves out a text that was given.
        TemplateError: it fails for other reasons, or takes too much time or memory.
    """
    template, tokens = chat_template(tokenizer), _special_tokens(tokenizer)
    try:
        return _pieces(template, tuple(turns), tokens, name)
    except TemplateStopped:
        raise
    except TemplateError:
        rest = tuple(turn for turn in turns if turn[0] != "system")
        if len(rest) == len(turns):
            raise
        _pieces(template, rest, tokens, name)  # whether it works without
        raise TextError(
            "The chat template of {name} takes no system text: leave that field empty, or write it in front "
            "of the question.",
            name=name,
        ) from None


def _special_tokens(tokenizer: Any) -> tuple[tuple[str, str], ...]:
    return tuple((key, str(value)) for key, value in tokenizer.special_tokens_map.items())


@lru_cache(maxsize=256)
def _pieces(
    template: str, turns: tuple[Turn, ...], special_tokens: tuple[tuple[str, str], ...], name: str
) -> tuple[Piece, ...]:
    marks = {place: f"Text{k}place" for k, (_, place) in enumerate(turns)}
    while any(mark in template for mark in marks.values()):
        marks = {place: f"{mark}z" for place, mark in marks.items()}
    messages = [{"role": role, "content": marks[place]} for role, place in turns]
    written = _written(template, messages, dict(special_tokens), name)
    pieces, rest = [], written
    while rest:
        found = {place: rest.find(mark) for place, mark in marks.items() if mark in rest}
        place = min(found, key=lambda p: (found[p], -len(marks[p])), default="")
        before = rest[: found[place]] if place else rest
        if before:
            pieces.append(("", before))
        if place:
            pieces.append((place, ""))
        rest = rest[len(before) + len(marks[place]) :] if place else ""
    for role, place in turns:
        if (place, "") not in pieces:
            raise TemplateError(LEFT_OUT.get(role, LEFT_OUT["user"]), name=name)
    return tuple(pieces)


def _written(template: str, messages: list[dict[str, str]], special: dict[str, str], name: str) -> str:
    """What the template writes, rendered in a process of its own."""
    if len(template) > LONGEST:
        raise TemplateError(
            "The chat template of {name} is far too long; choose plain text instead.", name=name
        )
    task = json.dumps({"template": template, "messages": messages, "special": special, "date": DATE})
    try:
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM, str(MEMORY), str(SECONDS), str(LONGEST)],
            input=task.encode(),
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        answer = json.loads(done.stdout or b"{}")
    except (subprocess.TimeoutExpired, ValueError, OSError):
        answer = {}
    if isinstance(answer.get("written"), str):
        return str(answer["written"])
    if isinstance(answer.get("refused"), str):
        raise TemplateError(
            "The chat template of {name} refuses this ({reason}); choose plain text instead.",
            name=name,
            reason=answer["refused"][:150],
        )
    raise TemplateStopped(
        "The chat template of {name} was stopped: it takes too much time or memory, or is damaged; choose "
        "plain text instead.",
        name=name,
    )


_PROGRAM = """
import json, os, sys
memory, seconds, longest = map(int, sys.argv[1:])
task = json.loads(sys.stdin.buffer.read())
answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)
from transformers.utils.chat_template_utils import render_jinja_template
try:
    import resource
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    resource.setrlimit(resource.RLIMIT_CPU, (int(used) + seconds, int(used) + seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
except (ImportError, ValueError, OSError):
    pass
try:
    written, _ = render_jinja_template(
        [task["messages"]], chat_template=task["template"], add_generation_prompt=True,
        **task["special"], date_string=task["date"],
    )
    if len(written[0]) > longest:
        raise MemoryError
    answer = {"written": written[0]}
except MemoryError:
    answer = {}
except Exception as error:
    answer = {"refused": str(error)}
json.dump(answer, answers)
answers.close()
os._exit(0)
"""
"""Renders the template that comes as JSON; started by this module alone. A process that may no longer use
memory or time ends without an answer."""
