"""What a model reads before it answers: fields and template as tokens, shared out into segments."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from attribution.language import N_, Said
from attribution.models import tokens
from attribution.models.architectures import ARCHITECTURES
from attribution.models.chat import Turn, chat_pieces, chat_template
from attribution.models.loading import LoadedModel
from attribution.service.inputs import THE, check_text
from attribution.service.limits import check_characters, check_tokens
from attribution.types import AnswerRequest, Segment, SegmentKind, TextError, TokenizedText

PLACES: dict[SegmentKind, str] = {"system": N_("System"), "document": N_("Document"), "user": N_("User")}
SENTENCE_END = re.compile(r"(?<=[.!?…。！？])[\"'»”’)\]]*\s+|\n+|(?<=[。！？])")
MOST_EXAMPLES = 50
THE_PROMPT, THE_ANSWER = Said("The prompt"), Said("The answer")
PLAIN = N_("{name} was asked for plain text, so the fields are read one after the other, as one text.")
NO_TEMPLATE = N_("{name} has no chat template, so the fields are read one after the other, as one text.")
TASK_IN_FRONT = Said("T5 models want their task in front of the text, e.g. “translate English to German: ”.")
_Owner = tuple[SegmentKind, str]
"""Kind and name of a part."""


@dataclass(frozen=True)
class Prompt:
    """A request's prompt as one model's tokens; `text` as it would be typed, special tokens written out."""

    tokens: TokenizedText
    text: str
    segments: tuple[Segment, ...]
    templated: bool
    notes: tuple[str, ...]

    @property
    def removable(self) -> tuple[Segment, ...]:
        """The segments that can be left out: what was typed."""
        return tuple(segment for segment in self.segments if segment.kind not in ("template", "answer"))


@dataclass(frozen=True)
class _Part:
    """A stretch of what is read: text of the template, a space between fields, or (a part of) a field."""

    kind: SegmentKind
    name: str
    text: str
    typed: bool = True


def check_fields(request: AnswerRequest) -> None:
    """Refuses fields that are no texts, an empty question and examples without question or answer.

    Raises:
        TextError: with what is wrong.
    """
    fields: list[tuple[Any, str]] = [(request.prompt, THE_PROMPT), (request.system, Said("The system text"))]
    fields += [(request.document, Said("The document")), (request.answer, THE_ANSWER)]
    fields += [(request.contrast, THE["contrast"]), (request.generation.stop, Said("The stop text"))]
    for number, example in enumerate(request.examples, 1):
        fields += [
            (example.question, Said("Example {number}", number=number)),
            (example.answer, Said("The answer of example {number}", number=number)),
        ]
    for text, what in fields:
        check_text(text, what)
    if not request.prompt.strip():
        raise TextError("The prompt is empty: type a question, or a text to continue.")
    for number, example in enumerate(request.examples, 1):
        if not example.question.strip() or not example.answer.strip():
            raise TextError(
                "Example {number} needs a question and its answer: fill in both, or remove it.", number=number
            )
    if len(request.examples) > MOST_EXAMPLES:
        raise TextError(
            "There are {count} examples; at most {most} can be shown.",
            count=len(request.examples),
            most=MOST_EXAMPLES,
        )


def prompt(loaded: LoadedModel, request: AnswerRequest) -> Prompt:
    """The request's prompt as tokens and segments.

    With a chat template (and not `plain`) its own tokens are the segment "template", and what is typed can
    never become one of them; else the fields follow one another, as text. Segments: system, each sentence of
    the document, each example, and what the user says, by its sentences too.

    Raises:
        TextError: too long, or the template takes no system text.
        TemplateError: see `models.chat.chat_pieces`.
    """
    check_fields(request)
    name, notes = loaded.info.name, []
    fields = (request.system, request.document, *(e.question for e in request.examples), request.prompt)
    check_characters(loaded, "".join(fields), THE_PROMPT)
    templated = loaded.info.kind == "decoder" and not request.plain and bool(chat_template(loaded.tokenizer))
    if templated:
        parts = _chat_parts(loaded, request)
    else:
        parts = _plain_parts(request)
        if loaded.info.kind == "decoder" and (request.system or request.examples or request.document):
            notes.append(Said(PLAIN if request.plain else NO_TEMPLATE, name=name))
    found = _tokenized(loaded, parts, framed=not templated)
    check_tokens(loaded, len(found[0]), THE_PROMPT)
    row = ARCHITECTURES.get(loaded.model.config.model_type)
    if row and row.task_in_front and ":" not in request.prompt and "?" not in request.prompt:
        notes.append(TASK_IN_FRONT)
    return Prompt(*found, templated, tuple(notes))


def joins(prompt: str, answer: str) -> str:
    """A plain answer as it continues the prompt: with a space before it, unless one of them has its own."""
    if prompt[-1:].isspace() or answer[:1].isspace() or answer[:1] == tokens.JOINED:
        return answer.removeprefix(tokens.JOINED)
    return answer if tokens.needs_no_space(answer) else f" {answer}"


# ----------------------------------------------------------------------------------------- their parts


def _plain_parts(request: AnswerRequest) -> list[_Part]:
    """Fields with a line break between them; an example is its question and, after a space, its answer."""
    split = _splitter(request)
    blocks: list[list[_Part]] = []
    if request.system.strip():
        blocks.append([_Part("system", PLACES["system"], request.system.strip())])
    if request.document.strip():
        blocks.append(split("document", request.document))
    for number, example in enumerate(request.examples, 1):
        question = example.question.strip()
        text = question + joins(question, example.answer.strip())
        blocks.append([_Part("example", f"Example {number}", text)])
    text = request.prompt if not blocks else request.prompt.lstrip()
    blocks.append(split("user", text.rstrip(" \t")))
    parts = blocks[0]
    for block in blocks[1:]:
        parts = [*parts, _Part("template", "", "\n"), *block]
    return parts


def _chat_parts(loaded: LoadedModel, request: AnswerRequest) -> list[_Part]:
    """The template's texts and, in their places, the fields; the document stands in front of the question."""
    split = _splitter(request)
    places: dict[str, list[_Part]] = {}
    turns: list[Turn] = []
    if request.system.strip():
        turns.append(("system", "system"))
        places["system"] = [_Part("system", PLACES["system"], request.system.strip())]
    for number, example in enumerate(request.examples, 1):
        for role, text in (("user", example.question), ("assistant", example.answer)):
            place = f"example {number} {role}"
            turns.append((role, place))
            places[place] = [_Part("example", f"Example {number}", text.strip())]
    turns.append(("user", "user"))
    places["user"] = split("user", request.prompt.strip())
    if request.document.strip():
        document = split("document", request.document.strip())
        places["user"] = [*document, _Part("template", "", "\n\n"), *places["user"]]
    parts: list[_Part] = []
    for place, text in chat_pieces(loaded.tokenizer, turns, loaded.info.name):
        parts += places[place] if place else [_Part("template", "", text, typed=False)]
    return parts


def _splitter(request: AnswerRequest) -> Callable[[SegmentKind, str], list[_Part]]:
    """What makes parts of a field, one a sentence where that is asked for; they make up the whole field."""

    def split(kind: SegmentKind, text: str) -> list[_Part]:
        name = PLACES[kind]
        pieces = sentences(text) if request.splitting == "sentences" else [text]
        if len(pieces) == 1:
            return [_Part(kind, name, text)]
        return [_Part(kind, f"{name}, sentence {k}", piece) for k, piece in enumerate(pieces, 1)]

    return split


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with the white space before it; together they are the text."""
    cuts = [m.start() + len(m.group().rstrip()) for m in SENTENCE_END.finditer(text)]
    bounds = [0, *sorted({cut for cut in cuts if 0 < cut < len(text)}), len(text)]
    pieces: list[str] = []
    for start, stop in pairwise(bounds):
        if pieces and (not text[start:stop].strip() or not pieces[-1].strip()):
            pieces[-1] += text[start:stop]
        else:
            pieces.append(text[start:stop])
    return pieces


# ----------------------------------------------------------------------------------------- as tokens


def _tokenized(
    loaded: LoadedModel, parts: list[_Part], *, framed: bool
) -> tuple[TokenizedText, str, tuple[Segment, ...]]:
    """The parts as tokens, their text, and their segments; `framed`: with what a tokenizer puts around it.

    What is typed is tokenized in one piece between texts of the template, so that a model reads it as ever;
    its tokens then belong to the part in which their word begins.
    """
    tokenizer = loaded.tokenizer
    runs: list[list[_Part]] = []
    for part in parts:
        if part.typed and runs and runs[-1][0].typed:
            runs[-1].append(part)
        else:
            runs.append([part])
    texts: list[TokenizedText] = []
    owners: list[_Owner] = []
    for run in runs:
        text = "".join(part.text for part in run)
        if run[0].typed:
            found = tokens.as_text(tokenizer, text)
            owners += _owners(found, run)
        else:
            options = {"add_special_tokens": False}
            found = tokens.from_ids(tokenizer, tokens.encoded(tokenizer, text, **options)["input_ids"])
            owners += _template(found)
        texts.append(found)
    lengths = [sum(len(part.text) for part in run) for run in runs]
    if framed:
        before, after = _frame(loaded)
        texts = [before, *texts, after]
        lengths = [0, *lengths, 0]
        owners = [*_template(before), *owners, *_template(after)]
    whole = tokens.joined(texts, lengths)
    return whole, "".join(part.text for part in parts), _segments(parts, owners)


def _frame(loaded: LoadedModel) -> tuple[TokenizedText, TokenizedText]:
    """The special tokens that a tokenizer puts before a text and, of encoder-decoders, after it."""
    tokenizer = loaded.tokenizer
    whole = tokens.tokenize(tokenizer, "word")
    inner = len(tokens.tokenize(tokenizer, "word", add_special=False))
    kept = len(whole) - inner
    special = {int(i) for i in tokenizer.all_special_ids}
    before = 0
    while before < kept and whole.ids[before] in special:
        before += 1
    after = whole.ids[before + inner :] if loaded.info.kind == "encoder-decoder" else ()
    return tokens.from_ids(tokenizer, whole.ids[:before]), tokens.from_ids(tokenizer, after)


def _template(text: TokenizedText) -> list[_Owner]:
    return [("template", "")] * len(text)


def _owners(text: TokenizedText, run: list[_Part]) -> list[_Owner]:
    """For each token of a run the kind and name of the part in which its word begins."""
    ends, total = [], 0
    for part in run:
        total += len(part.text)
        ends.append(total)
    owners: list[_Owner] = _template(text)
    last = 0
    for word in text.words:
        if word.start >= 0:
            last = next(k for k, end in enumerate(ends) if word.start < end)
        for token in word.tokens:
            owners[token] = (run[last].kind, run[last].name)
    return owners


def _segments(parts: list[_Part], owners: list[_Owner]) -> tuple[Segment, ...]:
    """The parts of one name together, in the order in which they are read, those of the template last."""
    columns: dict[_Owner, list[int]] = {}
    for column, owner in enumerate(owners):
        columns.setdefault(owner, []).append(column)
    found = []
    for (kind, name), own in columns.items():
        text = " ".join(part.text.strip() for part in parts if (part.kind, part.name) == (kind, name))
        found.append(Segment(kind, name or N_("Template"), text.strip(), tuple(own)))
    return tuple(sorted(found, key=lambda segment: segment.kind == "template"))
