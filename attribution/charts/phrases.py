"""The sentences of `sentences`, each in the reader's language at the moment it is asked for."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from attribution import language
from attribution.charts import sentences

if TYPE_CHECKING:
    from attribution.charts.sentences import *  # noqa: F403


def __getattr__(name: str) -> Any:
    return _translated(name, language.current())


@cache
def _translated(name: str, code: str) -> Any:
    with language.reading(code):
        return _each(getattr(sentences, name))


def _each(phrases: Any) -> Any:
    """The same table with its sentences translated."""
    if isinstance(phrases, dict):
        return {key: _each(phrase) for key, phrase in phrases.items()}
    if isinstance(phrases, tuple) and not isinstance(phrases, language.Pair):
        return tuple(map(_each, phrases))
    return language._(phrases) if isinstance(phrases, str) else phrases
