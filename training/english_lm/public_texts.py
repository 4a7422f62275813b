"""Public texts and word lists, read from `data/` and from the Debian package `wordnet-base`."""

import json
import re
from pathlib import Path

from templates import fill, plural
from words import LANDMARKS, NAMES, PEOPLE, THINGS, UNSEEN_NAMES, words

DATA = Path(__file__).parent / "data"
WORDNET = Path("/usr/share/wordnet")
CONTINENTS = {
    "AF": "Africa",
    "AS": "Asia",
    "EU": "Europe",
    "NA": "North America",
    "SA": "South America",
    "OC": "Oceania",
}
COUNTABLE = ("05", "06", "13", "18", "20")
"""WordNet's files of animals, artefacts, food, people and plants."""
UNSEEN_NOUNS = words("""
    tractor, cabinet, statue, violin, pumpkin, curtain, trumpet, wagon, medal, rocket, jar, bracelet, pot,
    pan, cushion, sculpture, kettle, tray, barrel, sword, shield, crown, plane, truck, crate, ribbon,
    parcel
""")
"""For the tests only: none of our own sentences contains them."""


def plain(text: str) -> str:
    """The text on one line, with typewriter quotation marks."""
    for fancy, simple in ("’'", "‘'", '“"', '”"'):
        text = text.replace(fancy, simple)
    return re.sub(r"\s+", " ", text).strip()


def bible() -> list[str]:
    """The World English Bible in pieces of four verses."""
    chapters: dict[str, list[str]] = {}
    entries = re.split(r"^\$\$\$(.*)$", (DATA / "bible.imp").read_text(encoding="utf-8"), flags=re.M)
    for reference, markup in zip(entries[1::2], entries[2::2], strict=True):
        verse = plain(re.sub(r"<note.*?</note>|<title.*?</title>|<[^>]+>", " ", markup, flags=re.S))
        verse = re.sub(r" (?=[,.;:!?])", "", verse)
        chapter, _, number = reference.rpartition(":")
        if chapter and number != "0" and verse:
            chapters.setdefault(chapter, []).append(verse)
    return [" ".join(verses[i : i + 4]) for verses in chapters.values() for i in range(0, len(verses), 4)]


def austen() -> list[str]:
    """The paragraphs of Jane Austen's novels."""
    text = (DATA / "austen.txt").read_text(encoding="utf-8")
    paragraphs = (plain(p.replace("_", "").replace("--", " - ")) for p in text.split("\n\n"))
    return [p for p in paragraphs if len(p) > 40 and p[-1] in '.!?"']


def wordnet_entries(part_of_speech: str) -> list[tuple[str, list[str], str]]:
    """(lexicographer file, lemmas, gloss) of each WordNet synset."""
    entries = []
    for line in (WORDNET / f"data.{part_of_speech}").read_text(encoding="utf-8").splitlines():
        if not line.startswith("  "):
            fields, _, gloss = line.partition(" | ")
            _, file, _, count, *rest = fields.split()
            entries.append((file, rest[: 2 * int(count, 16) : 2], gloss.strip()))
    return entries


def wordnet_examples() -> list[str]:
    """WordNet's example sentences."""
    examples = []
    for part_of_speech in ("noun", "verb", "adj", "adv"):
        for _, _, gloss in wordnet_entries(part_of_speech):
            for example in re.findall(r'"([^"]+)"', gloss):
                if len(example.split()) > 5 and example[0].isalpha():
                    examples.append(fill(re.sub(r"[{}]", "", example).strip(" ;")))
    return [e if e[-1] in ".?!" else e + "." for e in examples]


def wordnet_definitions() -> list[str]:
    """WordNet's definitions of single nouns, as sentences: "A puppy is a young dog."."""
    definitions = []
    for _, lemmas, gloss in wordnet_entries("noun"):
        definition = re.sub(r"\s*\([^)]*\)", "", gloss.partition('"')[0]).split(";")[0].strip()
        is_common_noun = lemmas[0].isalpha() and lemmas[0].islower()
        starts_well = re.match(r"(an?|the|any|someone|something) ", definition)
        if is_common_noun and starts_well and 3 < len(definition.split()) < 14:
            definitions.append(fill(f"a {lemmas[0]} is {definition}."))
    return definitions


def rare_nouns() -> list[str]:
    """Thousands of countable nouns of WordNet with a regular plural."""
    ours = {*UNSEEN_NOUNS, *THINGS, *PEOPLE, *LANDMARKS}
    nouns = set()
    for file, lemmas, _ in wordnet_entries("noun"):
        noun = lemmas[0]
        is_short_word = noun.isalpha() and noun.islower() and 4 <= len(noun) <= 9
        is_irregular = re.search(r"([sxyo]|ch|sh|m[ae]n|ing|fe?|ae|ware|wear|ese|food|meat)$", noun)
        if file in COUNTABLE and is_short_word and not is_irregular:
            nouns.add(noun)
    return sorted(noun for noun in nouns - ours if not any(u in (noun, plural(noun)) for u in UNSEEN_NOUNS))


def rare_names() -> list[str]:
    """First names of the famous people in WordNet that are not in our own lists."""
    names = {
        lemma.split("_")[0] for file, lemmas, _ in wordnet_entries("noun") if file == "18" for lemma in lemmas
    }
    shaped = (name for name in names if re.fullmatch(r"[A-Z][a-z]{2,8}", name))
    return sorted(
        {*shaped} - {*NAMES, *UNSEEN_NAMES, "The", "Saint", "Lord", "Lady", "King", "Queen", "Great", "Black"}
    )


def countries() -> list[dict[str, str]]:
    """Name, capital, continent and first language of each country that is not part of another."""
    languages = json.loads((DATA / "countries-list/languages.min.json").read_text(encoding="utf-8"))
    table = json.loads((DATA / "countries-list/countries.min.json").read_text(encoding="utf-8"))
    return [
        {
            "country": entry["name"],
            "capital": entry["capital"],
            "continent": CONTINENTS[entry["continent"]],
            "language": languages[entry["languages"][0]]["name"],
        }
        for entry in table.values()
        if entry.get("capital") and entry.get("languages") and not entry.get("partOf")
        if entry["continent"] in CONTINENTS and entry["capital"] != entry["name"]
    ]
