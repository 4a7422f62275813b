"""The SQLite file in which a server keeps reports: its tables, its errors as sentences, its repair."""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attribution.language import N_, Said
from attribution.types import AttributionError

VERSION = 1
"""Of the tables. Counts what an older reader would misread."""
PATIENCE = 15.0
"""Seconds to wait while another process changes something."""
TABLES = """
CREATE TABLE report (owner TEXT PRIMARY KEY, title TEXT NOT NULL, stamp TEXT NOT NULL);
CREATE TABLE item (
    owner TEXT NOT NULL, id TEXT NOT NULL, place INTEGER NOT NULL, json BLOB NOT NULL,
    PRIMARY KEY (owner, id));
CREATE TABLE result (digest TEXT PRIMARY KEY, json BLOB NOT NULL);
CREATE TABLE shown (
    owner TEXT NOT NULL, item TEXT NOT NULL, digest TEXT NOT NULL REFERENCES result (digest),
    PRIMARY KEY (owner, item, digest),
    FOREIGN KEY (owner, item) REFERENCES item (owner, id) ON DELETE CASCADE);
CREATE INDEX shown_digest ON shown (digest);
CREATE TABLE taken_over (owner TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (owner, digest));
"""
REASONS = {
    sqlite3.SQLITE_FULL: Said("the disk is full"),
    sqlite3.SQLITE_BUSY: Said("another process is using it"),
    sqlite3.SQLITE_READONLY: Said("its folder cannot be written"),
    sqlite3.SQLITE_CANTOPEN: Said("its folder cannot be opened or written"),
    sqlite3.SQLITE_IOERR: Said("the disk does not answer"),
}
NOT_SAVED = N_("The report could not be saved on this server ({reason}); the one before is kept.")
NOT_READ = N_("The report cannot be read now on this server ({reason}); try again in a moment.")
DAMAGE = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
_mending = threading.Lock()


def folder() -> Path:
    """Where reports are kept: WHY_REPORTS_DIR, or a folder of the user who runs the server."""
    chosen = os.environ.get("WHY_REPORTS_DIR", "").strip()
    return (
        Path(chosen).expanduser()
        if chosen
        else Path.home() / ".local" / "share" / "why-this-word" / "reports"
    )


def database() -> Path:
    """The file of all reports."""
    return folder() / "reports.sqlite3"


@contextmanager
def opened(*, saving: bool = False) -> Iterator[sqlite3.Connection]:
    """A connection; what is not committed when it closes never happened.

    Raises:
        AttributionError: one sentence for what the disk or the database says.
    """
    try:
        with contextlib.closing(_connected()) as db:
            yield db
    except (sqlite3.Error, OSError) as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in DAMAGE:
            raise AttributionError(_mended()) from error
        reason = REASONS.get(code) or getattr(error, "strerror", None) or str(error)
        raise AttributionError(NOT_SAVED if saving else NOT_READ, reason=reason) from error


def _connected() -> sqlite3.Connection:
    path = database()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    name = path.absolute().as_uri()
    if not os.access(path.parent, os.W_OK) and not Path(f"{path}-wal").exists():
        name += "?immutable=1"  # a folder that nobody may write can still be read
    db = sqlite3.connect(name, uri=True, timeout=PATIENCE, isolation_level=None)
    try:
        db.execute("PRAGMA foreign_keys = ON")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise AttributionError(
                "The reports on this server were saved by a newer version of Why This Word."
            )
        if version < 1:
            _begin(db)
    except BaseException:
        db.close()
        raise
    return db


def _begin(db: sqlite3.Connection) -> None:
    """Makes the tables, unless another process has made them meanwhile."""
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("BEGIN IMMEDIATE")
    if db.execute("PRAGMA user_version").fetchone()[0] < 1:
        for statement in TABLES.split(";"):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {VERSION}")
    db.execute("COMMIT")
    sweep()


def sweep() -> None:
    """Removes what version 0.1 left behind when it was killed while it saved a report."""
    for part in folder().glob("tmp*.part"):
        with contextlib.suppress(OSError):
            if time.time() - part.stat().st_mtime > 600:
                part.unlink()


def _mended() -> Said:
    """Puts a damaged database aside, saves into a new one what can be read of it, and says so."""
    path = database()
    aside = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}")
    try:
        with _mending:
            if _sound(path):
                return Said("The reports on this server have just been repaired; please do that again.")
            for ending in ("", "-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    Path(f"{path}{ending}").rename(f"{aside}{ending}")
            _rescue(aside)
    except (sqlite3.Error, OSError) as error:
        return Said(
            "The reports on this server are damaged and could not be repaired ({reason}); they are kept.",
            reason=str(error),
        )
    return Said(
        "The reports on this server were damaged. What could be read of them is here again, and the damaged "
        "file is kept as {file}. Please do that again.",
        file=aside.name,
    )


def _rescue(damaged: Path) -> None:
    """Copies the rows that can be read into a new database."""
    with contextlib.closing(sqlite3.connect(damaged)) as old, contextlib.closing(_connected()) as new:
        new.execute("PRAGMA foreign_keys = OFF")
        new.execute("BEGIN IMMEDIATE")
        for table in ("report", "item", "result", "shown", "taken_over"):
            for row in _readable(old, table):
                new.execute(f"INSERT OR IGNORE INTO {table} VALUES ({','.join('?' * len(row))})", row)
        new.execute("DELETE FROM shown WHERE digest NOT IN (SELECT digest FROM result)")
        new.execute("DELETE FROM shown WHERE (owner, item) NOT IN (SELECT owner, id FROM item)")
        new.execute("COMMIT")


def _sound(path: Path) -> bool:
    """Whether nothing in the database is damaged, e.g. because another thread has just repaired it."""
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=PATIENCE)) as db:
            return bool(db.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok")
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGE:
            return False
        raise


def _readable(db: sqlite3.Connection, table: str) -> Iterator[tuple[Any, ...]]:
    """The rows before the damage and, from the end, those after it."""
    for order in ("ASC", "DESC"):
        with contextlib.suppress(sqlite3.DatabaseError):
            yield from db.execute(f"SELECT * FROM {table} ORDER BY rowid {order}")
