"""Sets of sentences: read from any file, checked row by row, what cannot be used listed with its reason."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pandas as pd

from attribution.language import N_, Said
from attribution.many.columns import NEEDED, Kind, known_names, reader
from attribution.many.evidence import evidence_spans, gold_links
from attribution.many.files import Cells, SetError, rows_of
from attribution.service.inputs import LONGEST_WORD
from attribution.types import TextError

BUNDLED = Path(__file__).parent / "bundled"
MOST_ROWS = 200_000
LONGEST_TEXT = 20_000
LONGEST_GOLD = 2_000
"""Characters of evidence; of an alignment ten times as many."""
COLUMNS = ("row", "text", "target", "foil", "evidence", "group", "alignment")
LONG_GOLD = N_("it has more than {most:,} characters.")
SHEET_ERRORS = ("#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#N/A", "#NULL!", "#NUM!")
Problem = tuple[int, str, bool]


@dataclass(frozen=True)
class SentenceSet:
    """The usable rows of a file, and what is wrong with the others.

    rows: one a sentence with the columns `COLUMNS`, all text but `row`, its place in the file from 1 on (the
    header not counted). problems: columns row, reason, used (True where the row is used all the same, without
    its evidence or alignment). columns: ours -> the file's. digest: of the usable rows, whatever file they
    came in.
    """

    name: str
    kind: Kind
    rows: pd.DataFrame
    problems: pd.DataFrame
    columns: dict[str, str]
    notes: tuple[str, ...]
    digest: str

    def __len__(self) -> int:
        return len(self.rows)


def bundled_sets() -> dict[str, Path]:
    """The sets that come with the project: name -> file."""
    return {path.stem: path for path in sorted(BUNDLED.glob("*.csv"))}


def read_set(
    source: str | Path | BinaryIO,
    name: str = "",
    *,
    kind: Kind | None = None,
    columns: Mapping[str, str] | None = None,
    most: int = MOST_ROWS,
) -> SentenceSet:
    """A set of sentences from a file, or a bundled set by its name.

    Args:
        source: a path, the name of a bundled set, or an open binary file (then `name` tells its kind).
        name: of the set; by default the file's.
        kind: what the sentences are for; by default told by the columns.
        columns: chosen by hand, e.g. {"prefix": "Satz", "target": "richtig"}; the others are found by name.
        most: rows that are read; the rest is left out with a note.

    Raises:
        SetError: the file is no set: too large, damaged, without the columns, or without a usable row.
    """
    if not isinstance(source, (str, Path)):
        found = rows_of(source, name)
        return _checked(found.names, found.rows, found.notes, Path(name).stem, kind, columns, most)
    path = bundled_sets().get(str(source)) or Path(source).expanduser()
    try:
        with path.open("rb") as file:
            found = rows_of(file, path.name)
            return _checked(found.names, found.rows, found.notes, name or path.stem, kind, columns, most)
    except OSError as error:
        raise SetError(
            "The file {path} cannot be read; name a file, or one of {known}.",
            path=path,
            known=", ".join(bundled_sets()),
        ) from error


def set_of(rows: pd.DataFrame, name: str, kind: Kind | None = None) -> SentenceSet:
    """A set made of a frame with the columns that a file would have.

    Raises:
        SetError: see `read_set`.
    """
    names = [str(column) for column in rows.columns]
    records = (
        (place, {n: "" if pd.isna(v) else str(v) for n, v in zip(names, row, strict=True)})
        for place, row in enumerate(rows.itertuples(index=False), 1)
    )
    return _checked(names, records, [], name, kind, None, MOST_ROWS)


def _checked(
    names: Sequence[str],
    rows: Iterable[tuple[int, Cells | str]],
    notes: Sequence[str],
    name: str,
    kind: Kind | None,
    columns: Mapping[str, str] | None,
    most: int,
) -> SentenceSet:
    kind, chosen, read = reader(names, kind, columns or {})
    kept: list[tuple[int | str, ...]] = []
    problems: list[Problem] = []
    notes = list(notes)
    for place, cells in rows:
        if place > most:
            notes.append(Said("The set has more than {most:,} rows; the first {most:,} are read.", most=most))
            break
        try:
            if isinstance(cells, str):
                raise TextError(cells)
            parts = _row(kind, read(cells), _noting(problems, place))
        except TextError as error:
            problems.append((place, error.said, False))
        else:
            kept.append((place, *(parts.get(column, "") for column in COLUMNS[1:])))
    if not kept:
        if problems:
            raise SetError(
                "No row of {name} can be used. The first one: {problem}", name=name, problem=problems[0][1]
            )
        raise SetError("No row of {name} can be used.", name=name)
    frame = pd.DataFrame(kept, columns=list(COLUMNS)).astype({"row": "int64"})
    listed = pd.DataFrame(problems, columns=["row", "reason", "used"], dtype=object)  # which keeps a `Said`
    listed = listed.astype({"row": "int64", "used": bool})
    return SentenceSet(name, kind, frame, listed, chosen, tuple(notes), _digest(kind, frame))


def _noting(problems: list[Problem], place: int) -> Callable[[str], None]:
    return lambda reason: problems.append((place, reason, True))


def _row(kind: Kind, cells: Cells, note: Callable[[str], None]) -> Cells:
    """A row's parts, stripped and checked as far as no model is needed; `note` takes what is left out of it.

    Raises:
        TextError: why the row cannot be used.
    """
    parts = {part: cell.strip() for part, cell in cells.items()}
    usual = {part: names[0] for part, names in known_names(kind).items()}
    for part, cell in parts.items():
        if "\N{REPLACEMENT CHARACTER}" in cell or any("\ud800" <= c <= "\udfff" for c in cell):
            raise TextError(
                "The {column} holds characters that cannot be read; save the file as UTF-8.",
                column=usual[part],
            )
        if cell in SHEET_ERRORS:
            raise TextError(
                "The {column} is {cell}, the error of a spreadsheet's formula.",
                column=usual[part],
                cell=cell,
            )
        if not cell and part in NEEDED[kind]:
            raise TextError("The {column} is empty.", column=usual[part])
    long = {"text": LONGEST_TEXT}
    if kind == "translation":
        long |= {"target": LONGEST_TEXT, "foil": LONGEST_TEXT}
    for part in ("text", "target", "foil"):
        most = long.get(part, LONGEST_WORD)
        if len(parts.get(part, "")) > most:
            raise TextError(
                "The {column} has {count:,} characters; at most {most:,} are read.",
                column=usual[part],
                count=len(parts[part]),
                most=most,
            )
    if parts.get("foil") and parts["foil"] == parts["target"]:
        raise TextError(
            "The {column} and the {other} are both “{text}”.",
            column=usual["target"],
            other=usual["foil"],
            text=parts["foil"][:40],
        )
    parts["group"] = parts.get("group", "")[:200]
    _check_gold(parts, note)
    return parts


def _check_gold(parts: Cells, note: Callable[[str], None]) -> None:
    """Takes evidence or an alignment that does not fit the texts out of the row, and says so."""
    try:
        if len(parts.get("evidence", "")) > LONGEST_GOLD:
            raise TextError(LONG_GOLD, most=LONGEST_GOLD)
        evidence_spans(parts["text"], parts.get("evidence", ""))
    except TextError as error:
        parts["evidence"] = ""
        note(Said("Used without its evidence: {problem}", problem=error.said))
    try:
        if len(parts.get("alignment", "")) > 10 * LONGEST_GOLD:
            raise TextError(LONG_GOLD, most=10 * LONGEST_GOLD)
        gold_links(parts.get("alignment", ""), parts["text"], parts["target"])
    except TextError as error:
        parts["alignment"] = ""
        note(Said("Used without its alignment: {problem}", problem=error.said))


def _digest(kind: Kind, frame: pd.DataFrame) -> str:
    """Of what is computed from: the texts and their gold, not their places in a file."""
    found = hashlib.sha256(kind.encode())
    for row in frame[list(COLUMNS[1:])].itertuples(index=False):
        found.update(json.dumps(list(row), ensure_ascii=False).encode())
    return found.hexdigest()
