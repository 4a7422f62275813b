"""Sentences of the app that a file holds in English, known again, so that any language can say them."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, lru_cache
from string import Formatter

from attribution.language import Said, in_figures, in_turn, translated

FIELDS = ("notes", "generation", "settings", "reason", "caption")
"""Of results: those that hold sentences."""
WITHIN = ("search", "problem")
"""Places that hold a sentence themselves; all others hold words of a text, names or numbers."""
NUMBERS = ("count", "number", "seed")
"""Places that hold a number, as those do that say how it is written."""
NUMBER = r"-?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?"
LEAST = 10
"""Letters that a sentence must have beside its places, so that it is not taken for another one."""


class Figures(str):
    """A number as English writes it; in a sentence it has the reader's signs."""

    def __format__(self, form: str) -> str:
        return in_figures(str(self)) if form else str(self)


LONGEST, MOST = 1_500, 6
"""Characters and ends of sentences beyond which a text of a file is left as it is: looking for what it says
would take long, and the app says nothing that long.
"""


@lru_cache(maxsize=4096)
def recalled(text: str) -> str:
    """The same text; where it is a sentence of the app, or several, `shown` gives it in other languages."""
    ends = [match.end() for match in re.finditer(r"[.?!](?= )", text)]
    if len(text) > LONGEST or len(ends) > MOST:
        return text
    found = _sentence(text)
    if found is not None:
        return found
    for end in reversed(ends):
        first = _sentence(text[:end])
        if first is not None:
            return in_turn([first, recalled(text[end + 1 :])])
    return text


def _sentence(text: str) -> Said | None:
    plain, forms = _known()
    if text in plain:
        return Said(text)
    for form, template in forms:
        match = form.fullmatch(text)
        if match:
            found = match.groupdict()
            places = {k: recalled(v) if k in WITHIN else Figures(v) for k, v in found.items()}
            said = Said(template, **places)
            if said == text:
                return said
    return None


@cache
def _known() -> tuple[frozenset[str], list[tuple[re.Pattern[str], str]]]:
    """Sentences without places, and forms of those with places, those that say most first."""
    plain, forms = set(), []
    for template in translated():
        try:
            parts = list(Formatter().parse(template))
        except ValueError:  # braces that are no places
            continue
        letters = sum(c.isalpha() for literal, *_rest in parts for c in literal)
        if letters < LEAST:
            continue
        names = [name for _literal, name, *_rest in parts if name is not None]
        if not all(name.isidentifier() for name in names):
            continue  # a formula
        if not names:
            plain.add(template)
        else:
            forms.append((letters, _form(parts), template))
    forms.sort(key=lambda form: -form[0])
    return frozenset(plain), [(re.compile(form, re.DOTALL), template) for _letters, form, template in forms]


def _form(parts: list[tuple[str, str | None, str | None, str | None]]) -> str:
    """A regular expression for what a sentence becomes with something in its places."""
    seen: Counter[str] = Counter()
    form = ""
    for literal, name, spelled, _conversion in parts:
        form += re.escape(literal)
        if name:
            inner = NUMBER if spelled or name in NUMBERS else ".+?"
            form += f"(?P={name})" if seen[name] else f"(?P<{name}>{inner})"
            seen[name] += 1
    return form
