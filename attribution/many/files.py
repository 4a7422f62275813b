"""The rows of a CSV, TSV, JSONL or Parquet file, one after the other, whatever is wrong with some of them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from attribution.language import N_, Said
from attribution.types import AttributionError

MOST_BYTES = 500_000_000
"""Of a file, and of what a Parquet file says that it holds when unpacked."""
LONGEST_CELL = 100_000
"""Characters; a CSV whose quotes are not closed makes one cell of all the rest."""
LONG_CELL = N_("A cell has more than {most:,} characters.")
PEEKED = 20
"""Rows of a JSONL file that are looked at to learn its columns."""
PEEKED_BYTES = 8192
"""Of a file, looked at to tell whether it is text at all."""
DELIMITERS = ",;\t"
Cells = dict[str, str]


class _Text(io.TextIOWrapper):
    """Text of a file that stays open when nobody reads the text any more: the file is the caller's."""

    def close(self) -> None:
        """Nothing."""


class SetError(AttributionError):
    """A file of sentences that cannot be used as a whole."""


@dataclass
class Rows:
    """The columns of a file, and its rows as they are read.

    rows: the place of each from 1 on (the header is not counted), with its cells by column, or the sentence
    that says why it cannot be read.
    """

    names: list[str]
    rows: Iterator[tuple[int, Cells | str]]
    notes: list[str]


def rows_of(file: BinaryIO, name: str) -> Rows:
    """The rows of an open file; its kind is told by its name.

    Raises:
        SetError: it is too large, empty, of another kind, or damaged as a whole.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if not size:
        raise SetError("The file {name} is empty.", name=name)
    if size > MOST_BYTES:
        raise SetError(
            "The file {name} has {size:,.0f} MB; sets of up to {most:,.0f} MB are read.",
            name=name,
            size=size / 1e6,
            most=MOST_BYTES / 1e6,
        )
    kind = Path(name).suffix.lower()
    if kind in (".parquet", ".pq"):
        return _parquet(file, name)
    _check_text(file, name)
    if kind in (".jsonl", ".ndjson", ".json"):
        return _json_lines(file, name)
    if kind in (".csv", ".tsv", ".tab", ".txt"):
        return _csv(file, name, "\t" if kind in (".tsv", ".tab") else "")
    raise SetError(
        "{name} is no CSV, TSV, JSONL or Parquet file by its name; save it as one of these.", name=name
    )


# --------------------------------------------------------------------------------------------------- text


def _check_text(file: BinaryIO, name: str) -> None:
    """Refuses pictures, spreadsheets and the like whose name says that they are text.

    Raises:
        SetError: it is none.
    """
    start = file.read(PEEKED_BYTES)
    file.seek(0)
    if b"\0" in start and start[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise SetError("{name} holds no text, whatever its name says; export it as CSV in UTF-8.", name=name)


def _text(file: BinaryIO, notes: list[str]) -> _Text:
    """The file as text; a character that cannot be read becomes U+FFFD, by which its row is told later."""
    start = file.read(4)
    file.seek(0)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _Text(file, "utf-16", errors="replace", newline="")
    reader = io.TextIOWrapper(file, "utf-8", errors="surrogateescape", newline="")
    good = bad = 0
    while part := reader.read(1 << 20):
        if not part.isascii():
            bad += sum("\udc80" <= c <= "\udcff" for c in part)
            good += sum(c > "\x7f" and not "\udc80" <= c <= "\udcff" for c in part)
    reader.detach()
    file.seek(0)
    if bad and not good:
        notes.append(Said("The file is not UTF-8; it was read as Windows-1252."))
        return _Text(file, "cp1252", errors="replace", newline="")
    if bad:
        notes.append(Said("Parts of the file are not UTF-8: the rows with such characters are left out."))
    return _Text(file, "utf-8-sig", errors="replace", newline="")


def _csv(file: BinaryIO, name: str, delimiter: str) -> Rows:
    notes: list[str] = []
    text = _text(file, notes)
    header = _first_line(text, name)
    delimiter = delimiter or max(DELIMITERS, key=lambda d: len(next(csv.reader([header], delimiter=d), [])))
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(text, delimiter=delimiter, skipinitialspace=delimiter != "\t")
    try:
        names = next(reader)
    except csv.Error as error:
        raise SetError(
            "The first line of {name} cannot be read as the names of columns.", name=name
        ) from error
    return Rows(_distinct(names, notes), _csv_rows(reader, _distinct(names, []), names), notes)


def _first_line(text: io.TextIOWrapper, name: str) -> str:
    """The line with the names of the columns; reading begins anew after it was looked at."""
    line = text.readline(LONGEST_CELL)
    if not line.strip():
        raise SetError("{name} begins with an empty line; its first line has to name the columns.", name=name)
    text.seek(0)
    return line


def _csv_rows(reader: Any, kept: list[str], names: list[str]) -> Iterator[tuple[int, Cells | str]]:
    """Rows with as many cells as there are names; empty lines are none."""
    place = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            place += 1
            yield (
                place,
                Said(
                    "A cell has more than {most:,} characters, or its quotes are not closed.",
                    most=LONGEST_CELL,
                ),
            )
            continue
        if not any(cell.strip() for cell in cells):
            continue
        place += 1
        if len(cells) > len(names):
            yield (
                place,
                Said(
                    "The row has {count} cells, the header {columns}; put texts with commas in quotes.",
                    count=len(cells),
                    columns=len(names),
                ),
            )
            continue
        by_name: Cells = {}
        for column, cell in zip(names, cells, strict=False):
            by_name.setdefault(column, cell)
        yield place, {column: by_name.get(column, "") for column in kept}


def _json_lines(file: BinaryIO, name: str) -> Rows:
    notes: list[str] = []
    text = _text(file, notes)
    rows = _json_list(text, name) if _begins_list(text) else _json_rows(text)
    first = [row for row, _ in zip(rows, range(PEEKED), strict=False)]
    objects = [row for _, row in first if isinstance(row, dict)]
    if not objects:
        raise SetError(
            "{name} has no line with a JSON object such as {example}.",
            name=name,
            example='{"prefix": …, "target": …}',
        )
    names = list(dict.fromkeys(key for row in objects for key in row))
    return Rows(names, chain(first, rows), notes)


def _begins_list(text: io.TextIOWrapper) -> bool:
    begins = text.read(100).lstrip().startswith("[")
    text.seek(0)
    return begins


def _json_list(text: io.TextIOWrapper, name: str) -> Iterator[tuple[int, Cells | str]]:
    """A whole file that is one list of objects."""
    try:
        found = json.load(text)
    except (ValueError, RecursionError) as error:
        raise SetError(
            "{name} begins as a JSON list and is none; write one object a line.", name=name
        ) from error
    for place, row in enumerate(found, 1):
        yield place, _object(row) if isinstance(row, dict) else Said("The entry is no JSON object.")


def _object(row: dict[str, Any]) -> Cells | str:
    cells = {str(key): _cell(value) for key, value in row.items()}
    if any(len(cell) > LONGEST_CELL for cell in cells.values()):
        return Said(LONG_CELL, most=LONGEST_CELL)
    return cells


def _json_rows(text: io.TextIOWrapper) -> Iterator[tuple[int, Cells | str]]:
    for place, line in enumerate((line for line in _lines(text) if line.strip()), 1):
        if len(line) > LONGEST_CELL:
            yield place, Said("The line has more than {most:,} characters.", most=LONGEST_CELL)
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict):
            yield place, _object(found)
        else:
            yield place, Said("The line is no JSON object.")


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """The lines, one that is far too long cut off and its rest passed over."""
    while line := text.readline(LONGEST_CELL + 2):
        rest = line
        while rest and not rest.endswith("\n"):
            rest = text.readline(LONGEST_CELL)
        yield line


def _cell(value: Any) -> str:
    """A value of JSON or Parquet as the text of a cell; lists of words are joined by bars."""
    if value is None or value != value:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        return "|".join(_cell(part) for part in value[:LONGEST_CELL])
    return str(value)


def _distinct(names: Iterable[str], notes: list[str]) -> list[str]:
    """The names, each once."""
    names = list(names)
    twice = sorted({name for name in names if name.strip() and names.count(name) > 1})
    if twice:
        notes.append(
            Said("A column is there twice ({columns}); the first one is read.", columns=", ".join(twice))
        )
    return list(dict.fromkeys(names))


# ------------------------------------------------------------------------------------------------ Parquet


def _parquet(file: BinaryIO, name: str) -> Rows:
    import pyarrow as pa
    import pyarrow.parquet as pq

    notes: list[str] = []
    try:
        found = pq.ParquetFile(file, memory_map=False)
        meta = found.metadata
        size = sum(
            meta.row_group(g).column(c).total_uncompressed_size
            for g in range(meta.num_row_groups)
            for c in range(meta.num_columns)
        )
        names = list(found.schema_arrow.names)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise SetError("{name} is no Parquet file, or is damaged.", name=name) from error
    if (
        size > MOST_BYTES
        or max((meta.row_group(g).num_rows for g in range(meta.num_row_groups)), default=0) < 0
    ):
        raise SetError(
            "{name} would unpack to {size:,.0f} MB; sets of up to {most:,.0f} MB are read.",
            name=name,
            size=size / 1e6,
            most=MOST_BYTES / 1e6,
        )
    if len(set(names)) < len(names):
        raise SetError(
            "{name} has a column twice, which Parquet readers cannot tell apart; rename one.", name=name
        )
    return Rows(names, _parquet_rows(file, names, name), notes)


def _parquet_rows(file: BinaryIO, names: list[str], name: str) -> Iterator[tuple[int, Cells | str]]:
    """Texts stay a dictionary while a batch is read: a small file may repeat a long text a million times."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    place = 0
    try:
        file.seek(0)
        found = pq.ParquetFile(file, memory_map=False, read_dictionary=names)
        for batch in found.iter_batches(batch_size=256, use_threads=False):
            columns = {column: batch.column(column) for column in names}
            for row in range(len(batch)):
                place += 1
                yield place, _parquet_row({column: values[row] for column, values in columns.items()})
    except (pa.ArrowException, OSError, ValueError) as error:
        raise SetError("{name} is damaged after row {place:,}.", name=name, place=place) from error


def _parquet_row(values: dict[str, Any]) -> Cells | str:
    cells: Cells = {}
    for column, value in values.items():
        try:
            cell = _cell(value.as_py())
        except UnicodeDecodeError:
            return Said("The column {column} holds bytes that are no text.", column=column)
        if len(cell) > LONGEST_CELL:
            return Said(LONG_CELL, most=LONGEST_CELL)
        cells[column] = cell
    return cells
