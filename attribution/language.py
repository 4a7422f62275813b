"""The language of the reader: every sentence of the app in one of the catalogues in `locale/`.

Sentences are written in English in the code, whole, with named places, and are looked up where they are
shown: `_("{name} is ready.", name="GPT-2")`. A table marks its sentences with `N_` (`nN_` for one and many)
and whoever shows them translates. What is said where no reader is known (errors, notes of results) is a
`Said`: English text that can still be had in another language. `python -m attribution.locale` finds them all.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, NamedTuple, TypeVar

ENGLISH = "en"
"""The language of the code, which needs no catalogue."""
HOME = Path(os.environ.get("WHY_LOCALE") or Path(__file__).parent / "locale")
DOMAIN = "messages"
_reader: ContextVar[str | None] = ContextVar("reader", default=None)
_asked: Callable[[], str] | None = None
T = TypeVar("T")


def N_(sentence: str) -> str:
    """Marks a sentence of a table for the catalogues; it is translated where it is shown."""
    return sentence


class Pair(NamedTuple):
    """A sentence for one and for many, in English; `ngettext` chooses and translates."""

    one: str
    many: str


def nN_(one: str, many: str) -> Pair:
    """Marks a sentence that differs by a number: for one, and for any other."""
    return Pair(one, many)


def _(sentence: str, /, **places: Any) -> str:
    """The sentence in the reader's language, with what belongs in its named places."""
    return _placed(_catalogue(current()).gettext(sentence) if sentence else "", places)


def ngettext(one: str, many: str, count: int, /, **places: Any) -> str:
    """The sentence for this number of things; the number itself goes to the place {count}."""
    return _placed(numbered(Pair(one, many), count), {"count": count} | places)


def numbered(sentence: Pair, count: int) -> str:
    """The sentence for this number of things, its places still open."""
    return _catalogue(current()).ngettext(*sentence, count)


def pgettext(context: str, sentence: str) -> str:
    """A word in the reader's language that means different things in different places."""
    return _catalogue(current()).pgettext(context, sentence)


class _Places(Formatter):
    """Puts things into the named places of a sentence: numbers with the reader's signs.

    {name!c} begins with a capital letter.
    """

    def convert_field(self, value: Any, conversion: Any) -> Any:
        if conversion != "c":
            return super().convert_field(value, conversion)
        said = str(shown(value))
        return said[:1].upper() + said[1:]

    def format_field(self, value: Any, form: str) -> str:
        said = str(format(shown(value), form))
        return in_figures(said) if isinstance(value, int | float) else said


def _placed(sentence: str, places: dict[str, Any]) -> str:
    return _Places().vformat(sentence, (), places) if places else sentence


class Said(str):
    """A sentence in English, for files and logs, that `shown` gives in the reader's language."""

    template: str
    places: dict[str, Any]

    def __new__(cls, template: str, /, **places: Any) -> Said:
        """The sentence, with what belongs in its named places."""
        with reading(ENGLISH):
            said = super().__new__(cls, _placed(template, places))
        said.template, said.places = template, places
        return said

    def __reduce__(self) -> tuple[Any, ...]:
        return _said_again, (self.template, self.places)


def in_turn(sentences: Iterable[str]) -> Said:
    """Several sentences as one text, each in the reader's language."""
    places = {f"s{k}": sentence for k, sentence in enumerate(sentences)}
    return Said(" ".join(f"{{{name}}}" for name in places), **places)


def _said_again(template: str, places: dict[str, Any]) -> Said:
    return Said(template, **places)


def shown(text: T) -> T | str:
    """The text in the reader's language, where it is a sentence of the app; all else as it is."""
    return _(text.template, **text.places) if isinstance(text, Said) else text


# ------------------------------------------------------------------------------------------- the reader


def current() -> str:
    """The code of the reader's language."""
    return _reader.get() or (_asked() if _asked else ENGLISH)


def choose(code: str) -> None:
    """Makes this the language of everything said from here on, in this thread."""
    _reader.set(code if code in languages() else ENGLISH)


def ask(reader: Callable[[], str]) -> None:
    """Whom to ask for the language where none was chosen in this thread."""
    global _asked
    _asked = reader


@contextmanager
def reading(code: str) -> Iterator[None]:
    """The same for a block."""
    before = _reader.set(code)
    try:
        yield
    finally:
        _reader.reset(before)


def in_each(make: Callable[[], T]) -> list[T]:
    """What this gives in each of the languages: for what may have been read in another one."""
    found = []
    for code in languages():
        with reading(code):
            found.append(make())
    return found


def kept(make: Callable[[], T]) -> Callable[[], T]:
    """Calls `make` later, perhaps in another thread, in the language of now."""
    code = current()

    def made() -> T:
        with reading(code):
            return make()

    return made


@cache
def languages() -> dict[str, str]:
    """Code -> the language's own name, English first."""
    codes = sorted(path.parts[-3] for path in HOME.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))
    return {ENGLISH: "English"} | {c: _catalogue(c).pgettext("this language", "English") for c in codes}


def fitting(wanted: str | None) -> str:
    """The language for what a browser or a link asks for, such as "es-MX"."""
    code = (wanted or "").replace("_", "-").split("-")[0].lower()
    return code if code in languages() else ENGLISH


def translated() -> frozenset[str]:
    """All sentences, in English, that are in a catalogue; not those for numbers or with a context."""
    catalogues = [getattr(_catalogue(code), "_catalog", {}) for code in languages()]
    found = {key for of in catalogues for key in of if isinstance(key, str) and "\x04" not in key}
    return frozenset(found - {""})


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    if code == ENGLISH:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, HOME, [code], fallback=True)


# ------------------------------------------------------------------------------------------------ numbers


def decimal_sign() -> str:
    """Between whole and parts: 0.5 or 0,5."""
    return pgettext("decimal sign", ".")


def in_figures(number: str) -> str:
    """A number as Python writes it (1,234.5), with the reader's signs."""
    if current() == ENGLISH:
        return number
    signs = {".": decimal_sign(), ",": pgettext("thousands sign", ",")}
    return "".join(signs.get(c, c) for c in number)
