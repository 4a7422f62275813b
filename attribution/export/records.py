"""Results as JSON and back, exactly: what is read equals what was written, number for number.

Only the types named here are ever built, from plain JSON, and they check themselves. What cannot be read back
is not written either: both directions follow the same type hints.
"""

from __future__ import annotations

import json
import math
import re
import sys
import types
import typing
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union

import numpy as np

from attribution.language import N_, Said
from attribution.recalled import FIELDS, recalled
from attribution.types import (
    NUMBERS,
    AnswerRequest,
    AnswerResult,
    AttributionError,
    Comparison,
    ComparisonRequest,
    ComparisonResult,
    ExpectedResult,
    FaithfulnessRequest,
    FaithfulnessResult,
    LensRequest,
    LensResult,
    ManyResult,
    NextWordRequest,
    NextWordResult,
    SegmentCheckRequest,
    SegmentCheckResult,
    TranslationRequest,
    TranslationResult,
)

FORMAT = "why-this-word"
VERSION = 1
"""Counts what an older reader would misread. A field that is added does not: where it is missing its default
holds, and a reader that does not know it passes over it, so that two versions can exchange files."""
LARGEST = 100 * 2**20
"""Bytes of JSON that are read at all, and written."""
KINDS = {
    kind.__name__: kind
    for kind in (
        NextWordResult,
        TranslationResult,
        ComparisonResult,
        Comparison,
        NextWordRequest,
        TranslationRequest,
        ComparisonRequest,
        FaithfulnessRequest,
        FaithfulnessResult,
        LensRequest,
        LensResult,
        ExpectedResult,
        AnswerRequest,
        AnswerResult,
        SegmentCheckRequest,
        SegmentCheckResult,
        ManyResult,
    )
}

KIND = "kind"
"""Names the type of a value that may be of several; where it is missing, it is the first of them."""
Record = dict[str, Any]
BEYOND_FLOATS = re.compile(r"[eE]\+?0*[1-9]\d\d|\d{300}")
SURROGATE = re.compile("[\ud800-\udfff]")


NO_ANALYSIS = N_("This file is not an analysis saved by Why This Word.")
NO_REPORT = N_("This file is not a report saved by Why This Word.")
NO_VERSION = N_("This file does not say which version it was saved with.")
NEWER = N_("This file was saved by a newer version (format {version}); this one reads up to {newest}.")
TOO_LARGE = N_("This file is too large to open (more than {most} MB).")
CUT_OFF = N_("This file cannot be read: it is not complete JSON; it may have been cut off or changed.")
UNKNOWN_KIND = N_("This file holds an analysis of a kind that is not known here.")
MISFIT = N_("This file is damaged: {part} is missing or not what it should be.")
APART = N_("This file is damaged: its parts do not fit together.")
NO_LISTS = N_("This file is damaged: its list of items or of results is missing.")
TOO_DEEP = N_("This file is damaged: its parts are nested too deeply.")
OF_ITEM = {
    NO_ANALYSIS: N_("It is not an analysis saved by Why This Word."),
    NO_REPORT: N_("It is not a report saved by Why This Word."),
    NO_VERSION: N_("It does not say which version it was saved with."),
    NEWER: N_("It was saved by a newer version (format {version}); this one reads up to {newest}."),
    TOO_LARGE: N_("It is too large to open (more than {most} MB)."),
    CUT_OFF: N_("It cannot be read: it is not complete JSON; it may have been cut off or changed."),
    UNKNOWN_KIND: N_("It holds an analysis of a kind that is not known here."),
    MISFIT: N_("It is damaged: {part} is missing or not what it should be."),
    APART: N_("It is damaged: its parts do not fit together."),
    NO_LISTS: N_("It is damaged: its list of items or of results is missing."),
    TOO_DEEP: N_("It is damaged: its parts are nested too deeply."),
}
"""The same said of one item in a file."""


class RecordError(AttributionError):
    """The text is not a result that this version can open, or the result is none that can be opened again."""


class Misfit(ValueError):
    """A value that is not what its type says; the message is where it stands."""


# ------------------------------------------------------------------------------------------------ writing


def to_json(obj: Any) -> str:
    """A result or request as JSON text.

    Arrays keep dtype and shape, NaN is null, infinities are "inf" and "-inf"; floats are written in the
    shortest form that reads back to the same number.

    Raises:
        RecordError: it holds something that could not be opened again.
        TypeError: the object is none of the types that can be written.
    """
    text = compact(to_record(obj))
    if len(text.encode()) > LARGEST:
        raise RecordError("This analysis is too large to save (more than {most} MB).", most=LARGEST // 2**20)
    return text


def compact(value: Any) -> str:
    """Plain dicts, lists, strings and numbers as JSON text without blanks."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def to_record(obj: Any) -> Record:
    """The same as plain dicts, lists, strings and numbers.

    Raises:
        RecordError: it holds something that could not be opened again.
        TypeError: the object is none of the types that can be written.
    """
    name = type(obj).__name__
    if KINDS.get(name) is not type(obj):
        raise TypeError(f"{name} cannot be written as a record")
    try:
        return {"format": FORMAT, "version": VERSION, "type": name, "data": encoded(obj, type(obj), name)}
    except Misfit as error:
        raise RecordError(
            "This analysis cannot be saved: {part} is not what it should be.", part=error.args[0]
        ) from error


def encoded(value: Any, hint: Any, where: str) -> Any:
    """One value of the type that the data contract asks for, as JSON knows it."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        if types.NoneType in inner:
            return None if value is None else encoded(value, inner[0], where)
        own = type(value) if type(value) in inner else inner[0]
        written: Record = encoded(value, own, where)
        return written if own is inner[0] else {KIND: own.__name__} | written
    if origin is np.ndarray:
        return encoded_array(value, where)
    if origin is tuple:
        return [encoded(v, inner[0], where) for v in fitting(value, tuple | list, where)]
    if origin is dict:
        items = fitting(value, dict, where).items()
        return {scalar(k, str, where): encoded(v, inner[1], where) for k, v in items}
    if is_dataclass(hint):
        kind: Any = hint
        fitting(value, kind, where)
        return {n: encoded(getattr(value, n), h, f"{where}.{n}") for n, (h, _) in fields_of(kind).items()}
    if hint is float:
        return encoded_float(fitting(value, float | int | np.floating | np.integer, where))
    return scalar(value.item() if isinstance(value, np.generic) else value, hint, where)


def encoded_array(array: Any, where: str) -> Record:
    """The numbers of an array, row by row; a float32 is written with its own digits, not a double's."""
    dtype = str(fitting(array, np.ndarray, where).dtype)
    if dtype not in NUMBERS:
        raise Misfit(where)
    flat = array.ravel()
    values = flat.tolist() if dtype == "float64" or array.dtype.kind != "f" else [float(str(v)) for v in flat]
    if array.dtype.kind == "f" and not np.isfinite(flat).all():
        values = [encoded_float(v) for v in values]
    return {"dtype": dtype, "shape": list(array.shape), "values": values}


def encoded_float(value: float) -> float | str | None:
    """A float, or what stands for it where JSON has none."""
    value = float(value)
    if math.isnan(value):
        return None
    return value if math.isfinite(value) else str(value)


# ------------------------------------------------------------------------------------------------ reading


def from_json(text: str | bytes) -> Any:
    """The result or request that `to_json` wrote.

    Raises:
        RecordError: the text is cut off, no record, of a newer version, or does not fit together.
    """
    return from_record(parsed(text))


def parsed(text: str | bytes) -> Any:
    """The JSON of a file from anywhere.

    Raises:
        RecordError: it is too long, or no complete JSON.
    """
    if len(text) > LARGEST:
        raise RecordError(TOO_LARGE, most=LARGEST // 2**20)
    try:
        text = text if isinstance(text, str) else text.decode()
        parse_float = finite_or_text if BEYOND_FLOATS.search(text) else None
        return json.loads(text, parse_constant=refuse_constant, parse_float=parse_float)
    except (ValueError, RecursionError) as error:
        raise RecordError(CUT_OFF) from error


def from_record(record: Any) -> Any:
    """The result or request that `to_record` made.

    Raises:
        RecordError: it is no record, of a newer version, or does not fit together.
    """
    record = known_format(record, FORMAT, VERSION, NO_ANALYSIS)
    kind = KINDS.get(record["type"]) if isinstance(record.get("type"), str) else None
    if kind is None:
        raise RecordError(UNKNOWN_KIND)
    return whole(lambda: decoded(record.get("data"), kind, kind.__name__))


def whole(make: Callable[[], Any]) -> Any:
    """What `make` builds of plain JSON.

    Raises:
        RecordError: a value is missing, or what is built finds that its parts do not fit together.
    """
    try:
        return make()
    except Misfit as error:
        raise RecordError(MISFIT, part=error.args[0]) from error
    except (ValueError, TypeError, IndexError, KeyError, OverflowError, MemoryError) as error:
        raise RecordError(APART) from error


def known_format(record: Any, name: str, newest: int, other: str) -> Record:
    """The record, if it is of the format `name` up to version `newest`; `other` is the sentence for another.

    Raises:
        RecordError: it is not.
    """
    if not isinstance(record, dict) or record.get("format") != name:
        raise RecordError(other)
    version = record.get("version")
    if type(version) is not int or version < 1:
        raise RecordError(NO_VERSION)
    if version > newest:
        raise RecordError(NEWER, version=version, newest=newest)
    return record


def of_item(said: Said) -> Said:
    """What is said of a file, said of an item in one: "It is damaged" for "This file is damaged"."""
    return Said(OF_ITEM.get(said.template, said.template), **said.places)


def finite_or_text(digits: str) -> float | str:
    """A float; the digits of one that is beyond all floats, so that infinity is never read by accident."""
    return number if math.isfinite(number := float(digits)) else digits


def refuse_constant(name: str) -> float:
    """JSON has no NaN or Infinity, even where Python reads them."""
    raise ValueError(name)


def decoded(value: Any, hint: Any, where: str) -> Any:
    """One value of the type that the data contract asks for."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        if types.NoneType in inner:
            return None if value is None else decoded(value, inner[0], where)
        named = fitting(value, dict, where).get(KIND, inner[0].__name__)
        kinds = [kind for kind in inner if kind.__name__ == named]
        if not kinds:
            raise Misfit(where)
        return decoded(value, kinds[0], where)
    if origin is np.ndarray:
        return decoded_array(value, where)
    if origin is tuple:
        return tuple(decoded(v, inner[0], where) for v in fitting(value, list, where))
    if origin is dict:
        items = fitting(value, dict, where).items()
        return {scalar(k, str, where): decoded(v, inner[1], where) for k, v in items}
    if is_dataclass(hint):
        return decoded_dataclass(value, hint, where)
    return decoded_float(value, where) if hint is float else scalar(value, hint, where)


def decoded_dataclass(value: Any, kind: Any, where: str) -> Any:
    """A dataclass; a field that is missing has its default, one that is not known is passed over."""
    given = {}
    for name, (hint, field) in fields_of(kind).items():
        if name in fitting(value, dict, where):
            found = decoded(value[name], hint, f"{where}.{name}")
            given[name] = _recalled(found) if name in FIELDS else found
        elif field.default is MISSING and field.default_factory is MISSING:
            raise Misfit(f"{where}.{name}")
    return kind(**given)


def _recalled(found: Any) -> Any:
    """Sentences of the app, which a file has in English, so that they can be said in other languages."""
    if isinstance(found, tuple):
        return tuple(_recalled(each) for each in found)
    return recalled(found) if isinstance(found, str) else found


def decoded_float(value: Any, where: str) -> float:
    """A float; null is NaN."""
    if value is None:
        return math.nan
    if isinstance(value, str) and value in ("inf", "-inf"):
        return float(value)
    if type(value) not in (int, float) or not abs(value) <= sys.float_info.max:
        raise Misfit(where)
    return float(value)


def decoded_array(value: Any, where: str) -> np.ndarray:
    """An array with the dtype and shape written; its length is checked before anything is allocated."""
    if not isinstance(value, dict) or not {"dtype", "shape", "values"} <= set(value):
        raise Misfit(where)
    dtype, shape, values = value["dtype"], value["shape"], value["values"]
    if dtype not in NUMBERS or not isinstance(shape, list) or not isinstance(values, list) or len(shape) > 4:
        raise Misfit(where)
    if not all(type(n) is int and 0 <= n < 2**31 for n in shape) or math.prod(shape) != len(values):
        raise Misfit(where)
    if dtype.startswith("float"):
        if not set(map(type, values)) <= {float}:
            values = [decoded_float(v, where) for v in values]
    elif not all(type(v) is (bool if dtype == "bool" else int) for v in values):
        raise Misfit(where)
    return np.array(values, dtype=dtype).reshape(shape)


# --------------------------------------------------------------------------------------------------- both


@cache
def fields_of(kind: Any) -> dict[str, tuple[Any, Field[Any]]]:
    """The fields of a dataclass by name, each with its type."""
    hints = typing.get_type_hints(kind)
    return {f.name: (hints[f.name], f) for f in fields(kind)}


def fitting(value: Any, kind: Any, where: str) -> Any:
    """The value, where it is of the kind."""
    if not isinstance(value, kind):
        raise Misfit(where)
    return value


def scalar(value: Any, hint: Any, where: str) -> Any:
    """A string that UTF-8 can hold, an integer of 64 bits or a truth value; or one of the values listed."""
    if typing.get_origin(hint) is Literal:
        good = isinstance(value, str) and value in typing.get_args(hint)
    elif hint is str:
        good = isinstance(value, str) and not SURROGATE.search(value)
    else:
        good = type(value) is hint and hint in (int, bool) and abs(value) <= 2**63
    if not good:
        raise Misfit(where)
    return value
