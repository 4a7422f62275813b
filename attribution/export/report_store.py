"""Reports as files on the server, one for each secret key that only its owner's browser holds."""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from attribution.export import report as reports
from attribution.export.report import Report
from attribution.types import AttributionError

_lock = threading.RLock()


def folder() -> Path:
    """Where reports are kept: WHY_REPORTS_DIR, or a folder of the user who runs the server."""
    chosen = os.environ.get("WHY_REPORTS_DIR", "").strip()
    return (
        Path(chosen).expanduser()
        if chosen
        else Path.home() / ".local" / "share" / "why-this-word" / "reports"
    )


def path_of(key: str) -> Path:
    """The file of a key. Its name is a digest, so that a key can name no other file and no list shows it."""
    return folder() / f"{hashlib.sha256(key.encode()).hexdigest()}.json"


def stamp(key: str) -> tuple[int, int]:
    """Changes whenever the report was saved, by whichever session; (0, 0) before the first time."""
    try:
        found = path_of(key).stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


def read(key: str) -> Report:
    """The report of a key; empty where there is none.

    Raises:
        AttributionError: the file is damaged; it stays where it is.
    """
    try:
        return reports.from_json(path_of(key).read_bytes(), trusted=True)
    except FileNotFoundError:
        return Report()
    except OSError as error:
        raise AttributionError(f"The report cannot be read on this server ({error.strerror}).") from error


def change(key: str, how: Callable[[Report], Report]) -> Report:
    """Reads, changes and saves the report, with nobody in between; what is on disk is always whole.

    Raises:
        AttributionError: the report cannot be saved; the old one stays.
    """
    with _lock:
        changed = how(read(key))
        data = reports.to_json(changed).encode()
        if len(data) > reports.LARGEST:
            raise AttributionError(
                f"The report would be larger than {reports.LARGEST // 2**20} MB; remove an item first."
            )
        path = path_of(key)
        try:
            _write_whole(path, data)
        except OSError as error:
            raise AttributionError(
                f"The report could not be saved on this server ({error.strerror}); the one before is kept."
            ) from error
    return changed


def _write_whole(path: Path, data: bytes) -> None:
    """Writes beside the file and then puts it in its place, so that no half-written report is ever read."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
