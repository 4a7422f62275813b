"""Results as JSON and back, exactly: what is read equals what was written, number for number.

Only the types named here are ever built, from plain JSON; everything is checked on the way in, so that a file
from anywhere is either a result or one sentence.
"""

from __future__ import annotations

import json
import math
import types
import typing
from dataclasses import fields, is_dataclass
from typing import Any, Literal, Union

import numpy as np

from attribution.types import (
    AttributionError,
    Comparison,
    ComparisonRequest,
    ComparisonResult,
    NextWordRequest,
    NextWordResult,
    TranslationRequest,
    TranslationResult,
)

FORMAT = "why-this-word"
VERSION = 1
LONGEST = 128 * 2**20
"""Characters of JSON that are read at all."""
MOST_NUMBERS = 20_000_000
"""Numbers in one array."""
TOP = (
    NextWordResult,
    TranslationResult,
    ComparisonResult,
    Comparison,
    NextWordRequest,
    TranslationRequest,
    ComparisonRequest,
)
DTYPES = ("float16", "float32", "float64", "int32", "int64", "bool")

Record = dict[str, Any]


class RecordError(AttributionError):
    """The text is not a result that this version can open."""


# ------------------------------------------------------------------------------------------------ writing


def to_json(obj: Any) -> str:
    """A result or request as JSON text.

    Arrays keep dtype and shape, NaN is null, infinities are "inf" and "-inf"; floats are written in the
    shortest form that reads back to the same number.
    """
    return json.dumps(to_record(obj), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def to_record(obj: Any) -> Record:
    """The same as plain dicts, lists, strings and numbers.

    Raises:
        TypeError: the object is none of the types that can be written.
    """
    if type(obj) not in TOP:
        raise TypeError(f"{type(obj).__name__} cannot be written as a record")
    return {"format": FORMAT, "version": VERSION, "type": type(obj).__name__, "data": encoded(obj)}


def encoded(value: Any) -> Any:
    """One value as JSON knows it."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: encoded(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, np.ndarray):
        return {"dtype": str(value.dtype), "shape": list(value.shape), "values": encoded_numbers(value)}
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return encoded_float(float(value))
    if isinstance(value, tuple | list):
        return [encoded(v) for v in value]
    if isinstance(value, dict):
        return {str(k): encoded(v) for k, v in value.items()}
    if value is None or isinstance(value, str):
        return value
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def encoded_numbers(array: np.ndarray) -> list[Any]:
    """The numbers of an array, row by row; a float32 is written with its own digits, not a double's."""
    if str(array.dtype) not in DTYPES:
        raise TypeError(f"an array of {array.dtype} cannot be written as JSON")
    flat = array.ravel()
    if array.dtype.kind != "f":
        return list(flat.tolist())
    if array.dtype == np.float64:
        return [encoded_float(v) for v in flat.tolist()]
    return [encoded_float(float(str(v))) for v in flat]


def encoded_float(value: float) -> float | str | None:
    """A float, or what stands for it where JSON has none."""
    if math.isnan(value):
        return None
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return value


# ------------------------------------------------------------------------------------------------ reading


def from_json(text: str | bytes) -> Any:
    """The result or request that `to_json` wrote.

    Raises:
        RecordError: the text is cut off, no record, of a newer version, or does not fit together.
    """
    return from_record(parsed(text, LONGEST))


def parsed(text: str | bytes, longest: int) -> Any:
    """The JSON of a file from anywhere, of at most `longest` characters.

    Raises:
        RecordError: it is longer, or no complete JSON.
    """
    if len(text) > longest:
        raise RecordError(f"This file is too large to open (more than {longest // 2**20} MB).")
    try:
        return json.loads(text, parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        raise RecordError(
            "This file cannot be read: it is not complete JSON; it may have been cut off or changed."
        ) from error


def from_record(record: Any) -> Any:
    """The result or request that `to_record` made.

    Raises:
        RecordError: it is no record, of a newer version, or does not fit together.
    """
    record = known_format(record, FORMAT, VERSION, "an analysis")
    kinds = {kind.__name__: kind for kind in TOP}
    kind = kinds.get(record["type"]) if isinstance(record.get("type"), str) else None
    if kind is None:
        raise RecordError("This file holds an analysis of a kind that is not known here.")
    try:
        result = decoded(record.get("data"), kind, kind.__name__)
        check(result)
    except RecordError:
        raise
    except (ValueError, TypeError, IndexError, KeyError, OverflowError, RecursionError, MemoryError) as error:
        raise RecordError("This file is damaged: its parts do not fit together.") from error
    return result


def known_format(record: Any, name: str, newest: int, kind: str) -> dict[str, Any]:
    """The record, if it is of the format `name` up to version `newest`; `kind` is "a report" or the like.

    Raises:
        RecordError: it is not.
    """
    if not isinstance(record, dict) or record.get("format") != name:
        raise RecordError(f"This file is not {kind} saved by Why This Word.")
    version = record.get("version")
    if type(version) is not int or version < 1:
        raise RecordError("This file does not say which version it was saved with.")
    if version > newest:
        raise RecordError(
            f"This file was saved by a newer version (format {version}); this one reads up to {newest}."
        )
    return record


def refuse_constant(name: str) -> float:
    """JSON has no NaN or Infinity, even where Python reads them."""
    raise ValueError(name)


def damaged(where: str) -> RecordError:
    """The error for a value that is missing or of the wrong kind."""
    return RecordError(f"This file is damaged: {where} is missing or not what it should be.")


def decoded(value: Any, hint: Any, where: str) -> Any:
    """One value of the type that the data contract asks for."""
    origin = typing.get_origin(hint)
    if origin in (Union, types.UnionType):
        options = [h for h in typing.get_args(hint) if h is not type(None)]
        return None if value is None else decoded(value, options[0], where)
    if origin is np.ndarray:
        return decoded_array(value, where)
    if origin is Literal:
        if value not in typing.get_args(hint) or not isinstance(value, str):
            raise damaged(where)
        return value
    if origin is tuple:
        if not isinstance(value, list):
            raise damaged(where)
        inner = typing.get_args(hint)[0]
        return tuple(decoded(v, inner, where) for v in value)
    if origin is dict:
        if not isinstance(value, dict):
            raise damaged(where)
        inner = typing.get_args(hint)[1]
        return {k: decoded(v, inner, where) for k, v in value.items()}
    if isinstance(hint, type) and is_dataclass(hint):
        return decoded_dataclass(value, hint, where)
    return decoded_scalar(value, hint, where)


def decoded_dataclass(value: Any, kind: Any, where: str) -> Any:
    """A dataclass of the data contract, all its fields given and no others."""
    hints = typing.get_type_hints(kind)
    names = {f.name for f in fields(kind)}
    if not isinstance(value, dict) or set(value) != names:
        raise damaged(where)
    return kind(**{name: decoded(value[name], hints[name], f"{where}.{name}") for name in names})


def decoded_scalar(value: Any, kind: Any, where: str) -> Any:
    """A string, a number or a truth value."""
    if kind is float:
        return decoded_float(value, where)
    if type(value) is not kind or kind not in (str, int, bool):
        raise damaged(where)
    if kind is int and abs(value) > 2**63:
        raise damaged(where)
    if kind is str and any(0xD800 <= ord(c) <= 0xDFFF for c in value):
        raise damaged(where)
    return value


def decoded_float(value: Any, where: str) -> float:
    """A float; null is NaN."""
    if value is None:
        return math.nan
    if isinstance(value, str) and value in ("inf", "-inf"):
        return float(value)
    if type(value) not in (int, float) or not math.isfinite(value):
        raise damaged(where)
    return float(value)


def decoded_array(value: Any, where: str) -> np.ndarray:
    """An array with the dtype and shape written; its length is checked before anything is allocated."""
    if not isinstance(value, dict) or set(value) != {"dtype", "shape", "values"}:
        raise damaged(where)
    dtype, shape, values = value["dtype"], value["shape"], value["values"]
    if dtype not in DTYPES or not isinstance(shape, list) or not isinstance(values, list) or len(shape) > 4:
        raise damaged(where)
    if not all(type(n) is int and 0 <= n <= MOST_NUMBERS for n in shape):
        raise damaged(where)
    if math.prod(shape) != len(values) or len(values) > MOST_NUMBERS:
        raise damaged(where)
    if dtype.startswith("float"):
        values = [decoded_float(v, where) for v in values]
    elif not all(type(v) is (bool if dtype == "bool" else int) for v in values):
        raise damaged(where)
    return np.array(values, dtype=dtype).reshape(shape)


# ------------------------------------------------------------------- what the types themselves do not check


def check(result: Any) -> None:
    """Raises where arrays and tokens of a result do not belong together, so that no chart fails later."""
    if isinstance(result, NextWordResult):
        size = len(result.text)
        shape = (*result.alti.shape[:1], size)
        expect(size > 0 and result.alti.ndim == 3 and result.alti.shape[0] > 0 and bool(result.candidates))
        expect((result.foil is None) == (result.foil_contributions is None))
        for part in (result.target_contributions, result.foil_contributions):
            expect(part is None or part.logit.shape == shape)
    elif isinstance(result, TranslationResult):
        steps = len(result.target)
        expect(steps > 0 and len(result.source) > 0 and len(result.prefix) == steps)
        expect("probability" in result.step_scores and result.attributed_values.shape == (steps,))
        expect(all(score.shape == (steps,) for score in result.step_scores.values()))
        expect(result.convergence.shape in ((0,), (steps,)) and len(result.alignment) in (0, steps))
        if result.contrast is not None:
            expect(all(0 <= step < len(result.contrast) for step in result.alignment))
    elif isinstance(result, ComparisonResult):
        expect(len(result.text) > 0)
        for tokens in (result.token_magnitude, result.token_signed):
            expect(tokens.ndim == 2 and tokens.shape[1] == len(result.text))


def expect(condition: bool) -> None:
    """Raises unless the condition holds."""
    if not condition:
        raise RecordError("This file is damaged: its numbers do not belong to its words.")
