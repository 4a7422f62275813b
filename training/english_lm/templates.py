"""Sentence templates: "{N} bought a {x=toy} for {his} {kin}." -> "Mary bought a kite for her uncle."

A slot in braces is one of
    {toy}     a random toy
    {toy+}    a random toy in the plural
    {x=toy}   a random toy, remembered: a later {x} repeats it and {x+} gives its plural
    {his}     a value given by the caller
A drawn value may hold slots itself; they are filled in turn. At the end "a" becomes "an" where it must and
the first letter is capitalized.
"""

import random
import re
from collections.abc import Callable

SLOTS: dict[str, list[str] | Callable[[], str]] = {}
"""What a slot can be filled with: a list of values, or a function that returns one."""

SLOT = re.compile(r"\{(?:(\w+)=)?(\w+)(\+?)\}")
NEEDS_AN = re.compile(r"\b([Aa]) (?=(?:[aeio]|umb|ugl|unc|unh|hour|honest)(?!ne\b|nce\b))", re.IGNORECASE)

IRREGULAR_PLURALS = {
    "man": "men",
    "woman": "women",
    "child": "children",
    "mouse": "mice",
    "sheep": "sheep",
    "fish": "fish",
    "deer": "deer",
    "wolf": "wolves",
    "knife": "knives",
    "goose": "geese",
    "thief": "thieves",
    "wife": "wives",
    "shelf": "shelves",
    "leaf": "leaves",
    "loaf": "loaves",
    "tooth": "teeth",
    "foot": "feet",
    "potato": "potatoes",
    "tomato": "tomatoes",
    "stairs": "stairs",
}


def plural(noun: str) -> str:
    """The plural of a noun; of its last word when there are several."""
    *before, last = noun.split(" ")
    for singular, irregular in IRREGULAR_PLURALS.items():
        if last == singular or (singular == "man" and last.endswith("man")):
            return " ".join([*before, last[: len(last) - len(singular)] + irregular])
    if last.endswith(("s", "x", "ch", "sh")):
        last += "es"
    elif last.endswith("y") and last[-2] not in "aeiou":
        last = last[:-1] + "ies"
    else:
        last += "s"
    return " ".join([*before, last])


def capitalized(text: str) -> str:
    """The text with its first letter in upper case and the rest left alone."""
    return text[:1].upper() + text[1:]


def draw(slot: str) -> str:
    """One random value of a slot."""
    values = SLOTS[slot]
    return values() if callable(values) else random.choice(values)


def fill(template: str, **given: str) -> str:
    """The template with every slot filled; `given` values win over random ones."""
    known = dict(given)

    def value(match: re.Match) -> str:
        name, slot, number = match.groups()
        text = known[slot] if slot in known else draw(slot)
        text = SLOT.sub(value, text)
        if name:
            known[name] = text
        return plural(text) if number else text

    return capitalized(NEEDS_AN.sub(r"\1n ", SLOT.sub(value, template)))


def words(text: str) -> list[str]:
    """The entries of a text that are separated by commas or line ends."""
    return [entry.strip() for entry in re.split(r"[,\n]", text) if entry.strip()]


def templates_of(text: str) -> list[str]:
    """The entries of a text that are separated by bars or line ends."""
    return [entry.strip() for entry in re.split(r"[|\n]", text) if entry.strip()]
