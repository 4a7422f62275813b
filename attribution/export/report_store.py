"""Reports on the server, each under the digest of a secret key that only its owner's browser holds.

Every change is one short transaction on single items, so that tabs, processes and crashes cannot overwrite
each other. An item and a result are rows of their own; a result that many figures show is one row.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import secrets
import sqlite3
import sys
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from attribution.export import report as reports
from attribution.export.records import RecordError, from_json, of_item, parsed
from attribution.export.report import Item, Report, Unread
from attribution.export.report_database import database, folder, opened, sweep
from attribution.language import Said, _
from attribution.types import AttributionError

Known = dict[int, tuple[str, bytes, Any]]
"""By the `id` of a result: its digest, its JSON (empty where it was read before), itself to keep it alive."""
_results: weakref.WeakValueDictionary[str, Any] = weakref.WeakValueDictionary()
"""Results that somebody's report in memory shows, by digest, so that a change does not build them again."""


def owner_of(key: str) -> str:
    """What stands for a key in the database; the key itself is never stored."""
    return hashlib.sha256(key.encode()).hexdigest()


def old_file(key: str) -> Path:
    """Where version 0.1 kept the report of a key."""
    return folder() / f"{owner_of(key)}.json"


# ------------------------------------------------------------------------------------------------- reading


def stamp(key: str) -> str:
    """Changes whenever the report was changed, by whichever session; empty before the first time.

    Raises:
        AttributionError: see `read`.
    """
    if old_file(key).exists():
        _take_over(key)
    if not database().exists():
        return ""
    with opened() as db:
        row = db.execute("SELECT stamp FROM report WHERE owner = ?", (owner_of(key),)).fetchone()
    return str(row[0]) if row else ""


def read(key: str) -> Report:
    """The report of a key; empty where there is none. An item that is damaged says so.

    Raises:
        AttributionError: the server's disk or database cannot be read now.
    """
    if old_file(key).exists():
        _take_over(key)
    if not database().exists():
        return Report()
    with opened() as db:
        db.execute("BEGIN")
        return _report(db, owner_of(key))


def _report(db: sqlite3.Connection, owner: str) -> Report:
    row = db.execute("SELECT title FROM report WHERE owner = ?", (owner,)).fetchone()
    items = db.execute("SELECT id, CAST(json AS BLOB) FROM item WHERE owner = ? ORDER BY place, id", (owner,))
    return Report(tuple(_item(db, *found) for found in items), str(row[0]) if row else "")


def _item(db: sqlite3.Connection, item_id: str, data: bytes) -> Item:
    rows = _Rows(db)
    try:
        return replace(reports.item_of(parsed(data), rows.result, rows), id=item_id)
    except (RecordError, RecursionError):
        text = data.decode(errors="backslashreplace")
        return Item("", created="", id=item_id, unread=Unread(Said("It is not complete JSON."), text))


class _Rows:
    """The results in the database, by digest."""

    def __init__(self, db: sqlite3.Connection):
        self.db = db

    def text(self, digest: Any) -> bytes:
        """What is written in a row."""
        row = self.db.execute(
            "SELECT CAST(json AS BLOB) FROM result WHERE digest = ?", (str(digest),)
        ).fetchone()
        if row is None:
            raise KeyError(digest)
        return bytes(row[0])

    def result(self, digest: Any) -> Any:
        """The result, built once for all who have it in memory."""
        result = _results.get(str(digest))
        if result is None:
            result = from_json(self.text(digest))
            _results[str(digest)] = result
        return result

    def __getitem__(self, digest: Any) -> Any:
        """The JSON of the result, or the text of the row where it is none."""
        data = self.text(digest)
        try:
            return parsed(data)
        except RecordError:
            return data.decode(errors="backslashreplace")


# ------------------------------------------------------------------------------------------------ changing


def pin(key: str, item: Item) -> bool:
    """Puts an item at the end; False where the same figure, or the same answers, are in the report already.

    Raises:
        AttributionError: as for every change, it cannot be saved, or the report is full; nothing has changed.
    """
    reports.check_texts(title=item.title, comment=item.comment, answers=item.answers)
    with _change(key) as (db, owner):
        known = _known()
        data, _digests = _written(item, known)
        what = _content(_loaded(data))
        rows = db.execute("SELECT CAST(json AS BLOB) FROM item WHERE owner = ?", (owner,))
        if any(_content(_loaded(row[0])) == what for row in rows):
            return False
        _put(db, owner, item, _end(db, owner), known)
        _check_room(db, owner, reports.MOST_ITEMS)
    return True


def put_back(key: str, item: Item, place: int) -> None:
    """Puts an item that was removed back to its place; if it is there, with other words, beside them."""
    with _change(key) as (db, owner):
        _put(db, owner, item, place, _known())


def edit(key: str, item: Item, name: str, text: str, seen: str) -> str:
    """Saves a title or comment (`name`) of an item; `seen` is what this session saw there before.

    Where another session has removed the item, it comes back as `item` with the text; where it has changed
    the same comment, both are kept. Returns a sentence about that, else an empty text.
    """
    texts: dict[str, Any] = {name: text}
    reports.check_texts(**texts)
    with _change(key) as (db, owner):
        row = db.execute(
            "SELECT CAST(json AS BLOB) FROM item WHERE owner = ? AND id = ?", (owner, item.id)
        ).fetchone()
        if row is None:
            _put(db, owner, replace(item, **texts), _end(db, owner), _known())
            return _("This item had been removed in another tab. It is back, at the end, with your text.")
        record, told = _loaded(row[0]), ""
        if not isinstance(record, dict):
            raise AttributionError("This item cannot be read, so its texts cannot be changed.")
        other = record.get(name)
        if name == "comment" and isinstance(other, str) and other not in ("", seen, text):
            text = "\n\n".join(part for part in (text, other) if part)
            told = _("This comment had been changed in another tab too. Both texts are kept.")
            reports.check_texts(comment=text)
        data = reports.plain_json({**record, name: text}).encode()
        db.execute("UPDATE item SET json = ? WHERE owner = ? AND id = ?", (data, owner, item.id))
        if len(data) > len(row[0]):
            _check_room(db, owner)
    return told


def entitle(key: str, title: str) -> None:
    """Gives the report a title."""
    reports.check_texts(title=title)
    with _change(key) as (db, owner):
        db.execute("UPDATE report SET title = ? WHERE owner = ?", (title, owner))


def move(key: str, item_id: str, by: int) -> None:
    """Moves an item up (-1) or down (+1); nothing where there is no such item or no room."""
    with _change(key) as (db, owner):
        found = db.execute("SELECT id FROM item WHERE owner = ? ORDER BY place, id", (owner,))
        order = [row[0] for row in found]
        at = order.index(item_id) if item_id in order else -1
        if at >= 0 and 0 <= at + by < len(order):
            order.insert(at + by, order.pop(at))
            places = [(place, owner, name) for place, name in enumerate(order)]
            db.executemany("UPDATE item SET place = ? WHERE owner = ? AND id = ?", places)


def remove(key: str, item_id: str) -> tuple[Item, int] | None:
    """Removes an item; returns it as it was and its place, to be put back; nothing where it is gone."""
    with _change(key) as (db, owner):
        found = db.execute(
            "SELECT id, CAST(json AS BLOB), place FROM item WHERE owner = ? AND id = ?", (owner, item_id)
        )
        row = found.fetchone()
        if row is None:
            return None
        removed = _item(db, row[0], row[1])
        _delete(db, owner, [item_id])
    return removed, int(row[2])


def add(key: str, file: Report) -> int:
    """Puts the items of an opened file at the end, but for those that are there unchanged; how many."""
    with _change(key) as (db, owner):
        end, known = _end(db, owner), _known()
        rows = db.execute("SELECT CAST(json AS BLOB) FROM item WHERE owner = ?", (owner,))
        there = {_without_id(data) for (data,) in rows}
        new = [item for item in file.items if _without_id(_written(item, known)[0]) not in there]
        added = sum(_put(db, owner, item, end + k, known) for k, item in enumerate(new))
        _check_room(db, owner, reports.MOST_ITEMS)
        db.execute("UPDATE report SET title = ? WHERE owner = ? AND title = ''", (file.title, owner))
    return added


def exchange(key: str, away: Report, back: Report) -> Report:
    """Takes the items and title of `away` away, those that are unchanged, and puts those of `back` first.

    Returns what it took away, so that exchanging back undoes it, and what was written in between is kept.
    """
    with _change(key) as (db, owner):
        before, known = _report(db, owner), _known()
        unchanged = {item.id: _loaded(_written(item, known)[0]) for item in away.items}
        rows = db.execute("SELECT id, CAST(json AS BLOB) FROM item WHERE owner = ?", (owner,)).fetchall()
        gone = [name for name, data in rows if name in unchanged and _loaded(data) == unchanged[name]]
        _delete(db, owner, gone)
        lowest = db.execute("SELECT coalesce(min(place), 0) FROM item WHERE owner = ?", (owner,)).fetchone()[
            0
        ]
        for place, item in enumerate(back.items, lowest - len(back.items)):
            _put(db, owner, item, place, known)
        _check_room(db, owner, reports.MOST_OPENED)
        if before.title in ("", away.title):
            db.execute("UPDATE report SET title = ? WHERE owner = ?", (back.title, owner))
    return Report(tuple(item for item in before.items if item.id in gone), before.title)


# -------------------------------------------------------------------------------- steps of one transaction


def _known() -> Known:
    """The results that were read before, by `id`, so that they need not be written to be recognised."""
    return {id(result): (digest, b"", result) for digest, result in list(_results.items())}


def _written(item: Item, known: Known) -> tuple[bytes, dict[str, Any]]:
    """An item as its row, and its results by digest; `known` grows by those that are written."""
    results = {}

    def reference(result: Any) -> str:
        if id(result) not in known:
            data = reports.result_json(result).encode()
            known[id(result)] = (hashlib.sha256(data).hexdigest(), data, result)
        digest = known[id(result)][0]
        results[digest] = result
        return digest

    return reports.plain_json(reports.item_record(item, reference)).encode(), results


def _put(db: sqlite3.Connection, owner: str, item: Item, place: int, known: Known) -> bool:
    """Inserts an item, with an id of its own where another item has it; False where the same is there."""
    data, results = _written(item, known)
    row = db.execute("SELECT CAST(json AS BLOB) FROM item WHERE owner = ? AND id = ?", (owner, item.id))
    there = row.fetchone()
    if there is not None:
        if _loaded(there[0]) == _loaded(data):
            return False
        item = replace(item, id=uuid4().hex)
        data, results = _written(item, known)
    taken = db.execute("SELECT 1 FROM item WHERE owner = ? AND place = ?", (owner, place)).fetchone()
    if taken:
        db.execute("UPDATE item SET place = place + 1 WHERE owner = ? AND place >= ?", (owner, place))
    db.execute("INSERT INTO item VALUES (?, ?, ?, ?)", (owner, item.id, place, data))
    for digest, result in results.items():
        if db.execute("SELECT 1 FROM result WHERE digest = ?", (digest,)).fetchone() is None:
            text = known[id(result)][1] or reports.result_json(result).encode()
            if item.recipe:
                from_json(text)  # what could not be read back is refused here, before it is saved
            db.execute("INSERT INTO result VALUES (?, ?)", (digest, text))
        db.execute("INSERT INTO shown VALUES (?, ?, ?)", (owner, item.id, digest))
    return True


def _delete(db: sqlite3.Connection, owner: str, ids: Sequence[str]) -> None:
    """Removes items, and the results that nobody shows any more."""
    digests = set()
    for item_id in ids:
        shown = db.execute("SELECT digest FROM shown WHERE owner = ? AND item = ?", (owner, item_id))
        digests.update(shown.fetchall())
        db.execute("DELETE FROM item WHERE owner = ? AND id = ?", (owner, item_id))
    unused = (
        "DELETE FROM result WHERE digest = ? AND digest NOT IN (SELECT digest FROM shown WHERE digest = ?)"
    )
    db.executemany(unused, [(digest, digest) for (digest,) in digests])


def _content(record: Any) -> Any:
    """What makes two items the same when they are pinned: the figure, or an exercise and its answers."""
    if not isinstance(record, dict):
        return None
    return record.get("figure") or (record.get("title"), record.get("answers"))


def _without_id(data: bytes) -> str:
    """A row in a form that is the same for the same item under another id."""
    record = _loaded(data)
    if isinstance(record, dict):
        record = {**record, "id": ""}
    return json.dumps(record, sort_keys=True)


def _loaded(data: bytes) -> Any:
    """The JSON of a row; its text where it is none."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return data.decode(errors="backslashreplace")


def _end(db: sqlite3.Connection, owner: str) -> int:
    """The place after the last item."""
    row = db.execute("SELECT coalesce(max(place) + 1, 0) FROM item WHERE owner = ?", (owner,)).fetchone()
    return int(row[0])


def _check_room(db: sqlite3.Connection, owner: str, most: int = sys.maxsize) -> None:
    """Refuses the transaction where it makes the report too large."""
    items = db.execute("SELECT count(*), coalesce(sum(length(json)), 0) FROM item WHERE owner = ?", (owner,))
    count, size = items.fetchone()
    digests = "SELECT digest FROM shown WHERE owner = ?"
    results = db.execute(
        f"SELECT coalesce(sum(length(json)), 0) FROM result WHERE digest IN ({digests})", (owner,)
    )
    reports.check_room(size + results.fetchone()[0], count, most)


# ---------------------------------------------------------------------------------------------- the database


@contextmanager
def _change(key: str) -> Iterator[tuple[sqlite3.Connection, str]]:
    """One transaction that changes the report of a key, with nobody in between: all of it or nothing."""
    if old_file(key).exists():
        _take_over(key)
    with opened(saving=True) as db, _transaction(db, owner_of(key)):
        yield db, owner_of(key)


@contextmanager
def _transaction(db: sqlite3.Connection, owner: str) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    db.execute("INSERT OR IGNORE INTO report VALUES (?, '', '')", (owner,))
    yield
    db.execute("UPDATE report SET stamp = ? WHERE owner = ?", (secrets.token_hex(8), owner))
    db.execute("COMMIT")


# ------------------------------------------------------------------------------------------- what was before


def _take_over(key: str) -> None:
    """Puts a report that version 0.1 saved into the database, all of it or nothing, and its file aside."""
    path, owner = old_file(key), owner_of(key)
    with opened(saving=True) as db:
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return  # another process was first
        digest = hashlib.sha256(data).hexdigest()
        with _transaction(db, owner):
            added = db.execute("INSERT OR IGNORE INTO taken_over VALUES (?, ?)", (owner, digest))
            if added.rowcount:
                old, end, known = _old_report(data), _end(db, owner), _known()
                for k, item in enumerate(old.items):
                    _put(db, owner, item, end + k, known)
                db.execute("UPDATE report SET title = ? WHERE owner = ? AND title = ''", (old.title, owner))
    aside = path.with_name(f"{path.name}.taken-over")
    with contextlib.suppress(OSError):
        path.rename(aside.with_name(f"{aside.name}-{digest[:8]}") if aside.exists() else aside)
    sweep()


def _old_report(data: bytes) -> Report:
    """The report of a file of version 0.1; one item that says so where it is damaged."""
    try:
        return reports.from_json(data, draw=False)
    except AttributionError as error:
        text = data.decode(errors="backslashreplace")
        return Report((Item("", created="", unread=Unread(of_item(error.said), text)),))
