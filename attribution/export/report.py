"""A report: pinned figures with the student's words, and answers to exercises; as JSON and back."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from attribution.charts.recipes import KINDS, Recipe
from attribution.export.records import (
    RecordError,
    damaged,
    decoded_dataclass,
    encoded,
    from_record,
    known_format,
    parsed,
    to_record,
)
from attribution.types import AttributionError

FORMAT, VERSION = "why-this-word-report", 1
MOST_ITEMS = 300
LONGEST_TITLE, LONGEST_TEXT = 300, 200_000
LARGEST = 100 * 2**20
"""Characters of JSON that are read at all."""


@dataclass(frozen=True)
class Answer:
    """One question of an exercise and what the student wrote."""

    question: str
    answer: str


@dataclass(frozen=True, eq=False)
class Item:
    """One thing in a report: a figure with title and comment, or the answers to an exercise."""

    title: str
    comment: str = ""
    recipe: Recipe | None = None
    answers: tuple[Answer, ...] = ()
    created: str = field(default_factory=lambda: datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"))
    id: str = field(default_factory=lambda: uuid4().hex)


@dataclass(frozen=True, eq=False)
class Report:
    """The items in order. Every change makes a new report."""

    items: tuple[Item, ...] = ()
    title: str = ""

    def with_item(self, item: Item) -> Report:
        """The report with one more item at its end.

        Raises:
            AttributionError: the report is full.
        """
        if len(self.items) >= MOST_ITEMS:
            raise AttributionError(f"A report holds at most {MOST_ITEMS} items; remove one first.")
        return replace(self, items=(*self.items, item))

    def edited(self, item_id: str, **changes: Any) -> Report:
        """The report with another title or comment of one item."""
        return replace(self, items=tuple(replace(i, **changes) if i.id == item_id else i for i in self.items))

    def moved(self, item_id: str, by: int) -> Report:
        """The report with one item moved up (-1) or down (+1)."""
        order = list(self.items)
        at = next((k for k, item in enumerate(order) if item.id == item_id), None)
        if at is not None and 0 <= at + by < len(order):
            order.insert(at + by, order.pop(at))
        return replace(self, items=tuple(order))

    def without(self, item_id: str) -> Report:
        """The report without one item."""
        return replace(self, items=tuple(i for i in self.items if i.id != item_id))

    def with_item_at(self, item: Item, place: int) -> Report:
        """The report with an item put (back) at a place."""
        return replace(self, items=(*self.items[:place], item, *self.items[place:]))


def to_json(report: Report) -> str:
    """The report as JSON text; a result that several figures show is written once."""
    results: dict[str, int] = {}
    known: dict[int, int] = {}

    def index(result: Any) -> int:
        if id(result) not in known:
            text = json.dumps(to_record(result), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
            known[id(result)] = results.setdefault(text, len(results))
        return known[id(result)]

    items = [
        {
            "id": item.id,
            "title": item.title,
            "comment": item.comment,
            "created": item.created,
            "answers": [[a.question, a.answer] for a in item.answers],
            "figure": item.recipe
            and {
                "kind": item.recipe.kind,
                "view": encoded(item.recipe.view),
                "results": [index(r) for r in item.recipe.results],
            },
        }
        for item in report.items
    ]
    head = {"format": FORMAT, "version": VERSION, "title": report.title, "items": items}
    text = json.dumps(head, ensure_ascii=False, allow_nan=False)
    return f'{text[:-1]}, "results": [{",".join(results)}]}}'


def from_json(text: str | bytes, *, trusted: bool = False) -> Report:
    """The report that `to_json` wrote; equal in everything, number for number.

    Each figure of a file from elsewhere is drawn once, to know that it can be; not so a `trusted` one.

    Raises:
        AttributionError: the file is no report, of a newer version, cut off, or does not fit together.
    """
    record = known_format(parsed(text, LARGEST), FORMAT, VERSION, "a report")
    if not isinstance(record.get("items"), list) or not isinstance(record.get("results"), list):
        raise damaged("its list of items")
    if len(record["items"]) > MOST_ITEMS:
        raise RecordError(f"This report has more than {MOST_ITEMS} items.")
    results = [from_record(r) for r in record["results"]]
    items = tuple(_item(value, results) for value in record["items"])
    if not trusted:
        _try_to_draw(items)
    if len({item.id for item in items}) != len(items):
        raise damaged("an item's own name")
    return Report(items, _text(record.get("title"), LONGEST_TITLE))


def _item(value: Any, results: list[Any]) -> Item:
    if not isinstance(value, dict):
        raise damaged("an item")
    item_id = value.get("id")
    if not isinstance(item_id, str) or not re.fullmatch(r"[0-9a-f]{32}", item_id):
        raise damaged("an item's own name")
    answers = value.get("answers")
    if not isinstance(answers, list) or len(answers) > 50 or any(not _pair(a) for a in answers):
        raise damaged("the answers of an item")
    return Item(
        title=_text(value.get("title"), LONGEST_TITLE),
        comment=_text(value.get("comment"), LONGEST_TEXT),
        recipe=_recipe(value["figure"], results) if value.get("figure") is not None else None,
        answers=tuple(Answer(_text(q, LONGEST_TEXT), _text(a, LONGEST_TEXT)) for q, a in answers),
        created=_text(value.get("created"), 40),
        id=item_id,
    )


def _recipe(value: Any, results: list[Any]) -> Recipe:
    if not isinstance(value, dict) or not isinstance(value.get("kind"), str):
        raise damaged("a figure")
    kind, indices = KINDS.get(value["kind"]), value.get("results")
    if kind is None:
        raise RecordError("This report holds a figure of a kind that is not known here.")
    if not isinstance(indices, list) or not all(type(i) is int and 0 <= i < len(results) for i in indices):
        raise damaged("the results of a figure")
    try:
        view = decoded_dataclass(value.get("view"), kind.view, "the view of a figure")
        return Recipe(value["kind"], tuple(results[i] for i in indices), view)
    except (ValueError, TypeError, KeyError) as error:
        raise damaged("a figure") from error


def _try_to_draw(items: tuple[Item, ...]) -> None:
    drawn = set()
    for item in items:
        recipe = item.recipe
        if recipe is None or (same := (recipe.kind, recipe.view, *map(id, recipe.results))) in drawn:
            continue
        drawn.add(same)
        try:
            recipe.figure()
        except AttributionError:
            raise
        except (ValueError, TypeError, IndexError, KeyError) as error:
            raise damaged("a figure") from error


def _pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, str) or len(value) > longest or any(0xD800 <= ord(c) <= 0xDFFF for c in value):
        raise damaged("a text")
    return value
