"""A report: pinned figures with the student's words, and answers to exercises; as JSON and back.

What is damaged is one item that says so, with what was there kept letter by letter; the others go on. Limits
hold for what is pinned, typed or opened, before it is saved; reading has none but the size of the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from attribution.charts.recipes import KINDS, Recipe
from attribution.export.records import (
    LARGEST,
    NO_LISTS,
    NO_REPORT,
    SURROGATE,
    TOO_DEEP,
    Misfit,
    Record,
    RecordError,
    compact,
    decoded_dataclass,
    encoded,
    from_record,
    known_format,
    of_item,
    parsed,
    to_record,
    whole,
)
from attribution.language import Said, _
from attribution.types import (
    AnswerResult,
    AttributionError,
    ComparisonResult,
    ExpectedResult,
    FaithfulnessResult,
    LensResult,
    ManyResult,
    NextWordResult,
    SegmentCheckResult,
    TranslationResult,
)

FORMAT, VERSION = "why-this-word-report", 1
MOST_ITEMS, MOST_OPENED = 300, 1000
"""Items of a report that more can be pinned to; items that opening a file may lead to."""
LONGEST_TITLE, LONGEST_TEXT, MOST_ANSWERS = 300, 200_000, 50
"""Characters of a title; of a comment, a question or an answer; questions of one exercise."""
ROOM = LARGEST * 4 // 5
"""Bytes of a report as it is kept; the rest of `LARGEST` is for its file."""
RESULTS = (
    NextWordResult,
    TranslationResult,
    ComparisonResult,
    FaithfulnessResult,
    LensResult,
    ExpectedResult,
    AnswerResult,
    SegmentCheckResult,
    ManyResult,
)
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Answer:
    """One question of an exercise and what the student wrote."""

    question: str
    answer: str


@dataclass(frozen=True, eq=False)
class Unread:
    """What could not be read, as plain JSON, and the sentence that says why."""

    sentence: str
    value: Any
    """The item as it was found; a text where it was no JSON."""
    results: tuple[Any, ...] = ()
    """What its figure is of, in the order of its references, which are 0, 1, 2 ..."""

    @property
    def raw(self) -> str:
        """The text that was found, or a report of this one item, for another version to open."""
        if isinstance(self.value, str):
            return self.value
        head = {"format": FORMAT, "version": VERSION, "title": "", "items": [self.value]}
        return plain_json({**head, "results": list(self.results)})


@dataclass(frozen=True, eq=False)
class Item:
    """One thing in a report: a figure with title and comment, or the answers to an exercise.

    Raises:
        AttributionError: a text that no file could hold.
    """

    title: str
    comment: str = ""
    recipe: Recipe | None = None
    answers: tuple[Answer, ...] = ()
    created: str = field(default_factory=lambda: datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"))
    id: str = field(default_factory=lambda: uuid4().hex)
    unread: Unread | None = None
    """Set where the figure, or the whole item, could not be read."""

    def __post_init__(self) -> None:
        whole_characters(self.title, self.comment, self.created)
        whole_characters(*(text for a in self.answers for text in (a.question, a.answer)))
        if not _ID.fullmatch(self.id):
            raise ValueError("the id of an item must be 32 hexadecimal digits")

    @property
    def name(self) -> str:
        """The title, or what stands for it."""
        return self.title or (_("An item that cannot be read") if self.unread else _("Without a title"))

    @property
    def editable(self) -> bool:
        """Whether it has a title and a comment that can be changed."""
        return self.unread is None or isinstance(self.unread.value, dict)


@dataclass(frozen=True, eq=False)
class Report:
    """The items in order, each with an id of its own."""

    items: tuple[Item, ...] = ()
    title: str = ""

    def __post_init__(self) -> None:
        if len({item.id for item in self.items}) != len(self.items):
            raise ValueError("two items have the same id")
        whole_characters(self.title)


# ------------------------------------------------------------------------------- before anything is saved


def pinned(recipe: Recipe, title: str) -> Item:
    """A figure as an item of a report; a title that is too long is cut."""
    return Item(title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…", recipe=recipe)


def whole_characters(*texts: str) -> None:
    """Refuses texts that no file could hold.

    Raises:
        AttributionError: one of them is.
    """
    if any(SURROGATE.search(text) for text in texts):
        raise AttributionError("A report cannot hold this text: half a character is missing in it.")


def check_texts(*, title: str = "", comment: str = "", answers: tuple[Answer, ...] = ()) -> None:
    """Refuses texts that are too long, or that no file could hold.

    Raises:
        AttributionError: one of them is.
    """
    whole_characters(title, comment)
    if len(title) > LONGEST_TITLE:
        raise AttributionError(
            "A title may have {most} characters; this one has {count:,}.",
            most=LONGEST_TITLE,
            count=len(title),
        )
    longest = max([len(comment), *(len(text) for a in answers for text in (a.question, a.answer))])
    if longest > LONGEST_TEXT:
        raise AttributionError(
            "A comment or answer may have {most:,} characters, not {count:,}.",
            most=LONGEST_TEXT,
            count=longest,
        )
    if len(answers) > MOST_ANSWERS:
        raise AttributionError(
            "An exercise may have {most} questions; this one has {count}.",
            most=MOST_ANSWERS,
            count=len(answers),
        )


def check_room(size: int, count: int, most: int) -> None:
    """Refuses a report that would be too large: `size` in bytes, `count` items of at most `most`.

    Raises:
        AttributionError: it would.
    """
    if count > most:
        raise AttributionError("A report holds at most {most} items; remove one first.", most=most)
    if size > ROOM:
        raise AttributionError(
            "The report would be larger than {most} MB; remove an item first.", most=ROOM // 2**20
        )


@contextmanager
def drawing() -> Iterator[None]:
    """Makes one sentence of what a figure raises that cannot be drawn from its results."""
    try:
        yield
    except (ValueError, TypeError, IndexError, KeyError, OverflowError) as error:
        raise AttributionError("This figure cannot be drawn from its numbers.") from error


# ------------------------------------------------------------------------------------------------ writing


def to_json(report: Report) -> str:
    """The report as JSON text; a result that several figures show is written once.

    Raises:
        AttributionError: a figure could not be opened again.
    """
    results: dict[str, int] = {}
    known: dict[int, int] = {}

    def index(result: Any) -> int:
        if id(result) not in known:
            known[id(result)] = results.setdefault(result_json(result), len(results))
        return known[id(result)]

    items = [item_record(item, index) for item in report.items]
    head = plain_json({"format": FORMAT, "version": VERSION, "title": report.title, "items": items})
    return f'{head[:-1]},"results":[{",".join(results)}]}}'


def item_record(item: Item, reference: Callable[[Any], Any]) -> Any:
    """An item as plain JSON; `reference` says for each result of its figure how it is found again.

    What could not be read is written as it was found, with the title and comment it has now.

    Raises:
        AttributionError: its figure could not be opened again.
    """
    texts = {"id": item.id, "title": item.title, "comment": item.comment}
    if item.unread:
        value, references = item.unread.value, [reference(r) for r in item.unread.results]
        if not isinstance(value, dict):
            return value
        value = {**value, **{name: text for name, text in texts.items() if text}}
        if references:
            figure = value["figure"]
            value["figure"] = {**figure, "results": [references[k] for k in figure["results"]]}
        return value
    answers = [[a.question, a.answer] for a in item.answers]
    record: Record = {**texts, "created": item.created, "answers": answers, "figure": None}
    if item.recipe:
        kind = item.recipe.kind
        try:
            view = encoded(item.recipe.view, KINDS[kind].view, "view")
        except Misfit as error:
            raise RecordError("This figure cannot be saved: its view is not what it should be.") from error
        results = [reference(r) for r in item.recipe.results]
        record["figure"] = {"kind": kind, "view": view, "results": results}
    return record


def result_json(result: Any) -> str:
    """A result, or what was found in the place of one, as JSON text."""
    return compact(to_record(result)) if type(result) in RESULTS else plain_json(result)


def plain_json(value: Any) -> str:
    """Plain values from a file from anywhere as JSON text; halves of characters are escaped."""
    text = compact(value)
    return json.dumps(value) if SURROGATE.search(text) else text


# ------------------------------------------------------------------------------------------------ reading


def from_json(text: str | bytes, *, draw: bool = True) -> Report:
    """The report that `to_json` wrote; equal in everything, number for number.

    Each figure is drawn once, unless `draw` is off, to know that it can be. The same item twice is one; two
    items that share an id are told apart.

    Raises:
        AttributionError: the file is no report, of a newer version, or cut off.
    """
    record = known_format(parsed(text), FORMAT, VERSION, NO_REPORT)
    values, records = record.get("items"), record.get("results")
    if not isinstance(values, list) or not isinstance(records, list):
        raise RecordError(NO_LISTS)
    find, check, found = (
        _found_by_index(records),
        _tried_once() if draw else None,
        dict[str, tuple[Any, Item]](),
    )
    try:
        for value in values:
            item = item_of(value, find, records, check)
            if item.id in found:
                if found[item.id][0] == value:
                    continue
                item = replace(item, id=uuid4().hex)
            found[item.id] = (value, item)
    except RecursionError as error:
        raise RecordError(TOO_DEEP) from error
    return Report(tuple(item for _, item in found.values()), _text(record.get("title"), ""))


def item_of(
    value: Any, find: Callable[[Any], Any], records: Any, draw: Callable[[Recipe], None] | None = None
) -> Item:
    """The item that `item_record` wrote, or one that says what is wrong with it.

    `find` gives the result of a reference, `records` by the same reference the JSON of it; `draw` raises
    where a figure cannot be drawn.
    """
    known = value if isinstance(value, dict) else {}
    item_id = known.get("id")
    item = Item(
        _text(known.get("title"), ""),
        _text(known.get("comment"), ""),
        answers=_answers(known.get("answers")) or (),
        created=_text(known.get("created"), ""),
        id=item_id if isinstance(item_id, str) and _ID.fullmatch(item_id) else uuid4().hex,
    )
    try:
        item = replace(item, recipe=_figure(value, find))
        if draw and item.recipe:
            draw(item.recipe)
        return item
    except AttributionError as error:
        return replace(item, recipe=None, unread=_unread(of_item(error.said), value, records))


def _figure(value: Any, find: Callable[[Any], Any]) -> Recipe | None:
    """The figure of an item, all of whose parts are in order.

    Raises:
        AttributionError: one is not.
    """
    if not isinstance(value, dict):
        raise RecordError("Nothing of it is in a form that is known here.")
    if any(_text(value.get(name, ""), None) is None for name in ("title", "comment", "created")):
        raise RecordError("A text of it is not what it should be.")
    if _answers(value.get("answers", [])) is None:
        raise RecordError("Its answers are not what they should be.")
    return whole(lambda: _recipe(value["figure"], find)) if value.get("figure") is not None else None


def _recipe(value: Any, find: Callable[[Any], Any]) -> Recipe:
    if not isinstance(value, dict) or not isinstance(value.get("kind"), str):
        raise Misfit(Said("a figure"))
    kind = KINDS.get(value["kind"])
    if kind is None:
        raise RecordError("It is a figure of a kind that is not known here; a newer version may show it.")
    if not isinstance(value.get("results"), list):
        raise Misfit(Said("the results of a figure"))
    view = decoded_dataclass(value.get("view"), kind.view, kind.view.__name__)
    return Recipe(value["kind"], tuple(find(reference) for reference in value["results"]), view)


def _found_by_index(records: list[Any]) -> Callable[[Any], Any]:
    """Gives the result with a number; each is built once."""
    built: dict[int, Any] = {}

    def find(index: Any) -> Any:
        if type(index) is not int or not 0 <= index < len(records):
            raise Misfit(Said("the result of a figure"))
        if index not in built:
            built[index] = from_record(records[index])
        return built[index]

    return find


def _tried_once() -> Callable[[Recipe], None]:
    """Draws each figure once and raises the sentence of one that cannot be drawn."""
    tried: dict[Any, Said | None] = {}

    def draw(recipe: Recipe) -> None:
        same = (recipe.kind, recipe.view, *map(id, recipe.results))
        if same not in tried:
            tried[same] = None
            try:
                with drawing():
                    recipe.figure()
            except AttributionError as error:
                tried[same] = error.said
        if (sentence := tried[same]) is not None:
            raise AttributionError(sentence)

    return draw


def _unread(sentence: str, value: Any, records: Any) -> Unread:
    """What was found in the place of an item, with what its figure refers to."""
    figure = value.get("figure") if isinstance(value, dict) else None
    references = figure.get("results") if isinstance(figure, dict) else None
    if not isinstance(figure, dict) or not isinstance(references, list):
        return Unread(sentence, value)
    numbers: dict[str, int] = {}  # of the same content once, as a report is written
    results: list[Any] = []
    local = []
    for reference in references:
        try:
            found = None if isinstance(reference, bool) else records[reference]
        except (LookupError, TypeError):
            found = None
        name = plain_json(found)
        if name not in numbers:
            numbers[name] = len(results)
            results.append(found)
        local.append(numbers[name])
    return Unread(sentence, {**value, "figure": {**figure, "results": local}}, tuple(results))


def _answers(value: Any) -> tuple[Answer, ...] | None:
    """The answers, or nothing where they are not what they should be."""
    if not isinstance(value, list) or not all(isinstance(a, list) and len(a) == 2 for a in value):
        return None
    if any(_text(text, None) is None for answer in value for text in answer):
        return None
    return tuple(Answer(question, answer) for question, answer in value)


def _text(value: Any, otherwise: Any) -> Any:
    """The value where it is a text that UTF-8 can hold."""
    return value if isinstance(value, str) and not SURROGATE.search(value) else otherwise
