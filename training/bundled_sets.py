"""Makes the sets of sentences that come with Many sentences, from the grammars that the models learned from.

    python training/bundled_sets.py

english-phenomena: the held-out pairs that the tests use, 24 of each of 13 kinds, with the words that decide.
yes-no: the held-out questions that the tests use. english-spanish: sentences that the translator never saw,
with the links between their words, which the rules that wrote both sides know. Everything is seeded.
"""

import csv
import importlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
HELD_OUT = HERE.parent / "tests" / "demo_models"
SETS = HERE.parent / "attribution" / "many" / "bundled"
TRANSLATIONS = 300
TENSES = ("past", "present", "future", "perfect", "progressive", "going to")
CONTRACTED = {"de el": "del", "a el": "al"}
VERB_LINKS = {
    "past": "0-0",
    "present": "0-0",
    "future": "0p0 1-0",
    "perfect": "0-0 1-1",
    "progressive": "0-0 1-1",
    "going to": "0p0 1-0 2-1 3-2",
}
"""Between the words of a verb in English and in Spanish; p: possible, not sure."""


@contextmanager
def modules_of(folder: str) -> Iterator[None]:
    """The modules of one folder, which may have the names of another's."""
    before = set(sys.modules)
    sys.path.insert(0, str(HERE / folder))
    try:
        yield
    finally:
        sys.path.remove(str(HERE / folder))
        for name in set(sys.modules) - before:
            if Path(getattr(sys.modules[name], "__file__", None) or "/").parent == HERE / folder:
                del sys.modules[name]


# ------------------------------------------------------------------------------------------- next words


def phenomena() -> list[dict[str, str]]:
    with modules_of("english_lm"):
        words = importlib.import_module("words")
        gender, seasons = words.GENDER, words.SEASONS
    rows = []
    for pair in json.loads((HELD_OUT / "english_lm_pairs.json").read_text("utf-8")):
        names = [word.strip(".,") for word in pair["prompt"].split()]
        decisive = [named(names, k) for k in deciding(pair, names, gender, seasons)]
        texts = {"prefix": pair["prompt"], "target": pair["target"], "foil": pair["foil"]}
        rows.append({**texts, "evidence": "|".join(decisive), "group": pair["group"]})
    return rows


def deciding(pair: dict[str, str], names: list[str], gender: dict, seasons: dict) -> list[int]:
    """Which words of a prompt decide its pair."""
    kind = pair["group"].split(",")[0]
    if kind == "indirect object":  # the receiver, and that the giver is named again
        giver = [i for i, name in enumerate(names) if name == pair["foil"]][1:]
        return [*(i for i, name in enumerate(names) if name == pair["target"]), *giver]
    if kind == "agreement":
        return [1]
    if kind in ("gender", "season"):
        return [i for i, name in enumerate(names) if name in (gender if kind == "gender" else seasons)]
    return [i for i, name in enumerate(names) if 2 < i < len(names) - 1 and name not in ("of", "is")]


def named(names: list[str], place: int) -> str:
    """A word, with its number where it is there several times."""
    word = names[place]
    return f"{word}#{names[: place + 1].count(word)}" if names.count(word) > 1 else word


# ------------------------------------------------------------------------------------------ translations


class Aligned:
    """Words of both languages, and links between them as (English, Spanish, sure)."""

    def __init__(self) -> None:
        self.english: list[str] = []
        self.spanish: list[str] = []
        self.links: list[tuple[int, int, bool]] = []

    def add(self, english: list[str], spanish: list[str], links: list[tuple[int, int, bool]]) -> None:
        a, b = len(self.english), len(self.spanish)
        self.english += english
        self.spanish += spanish
        self.links += [(i + a, j + b, sure) for i, j, sure in links]

    def contract(self) -> None:
        """Writes "del" for "de el" and "al" for "a el", with the links of both."""
        for k in reversed(range(len(self.spanish) - 1)):
            one = CONTRACTED.get(" ".join(self.spanish[k : k + 2]))
            if one:
                self.spanish[k : k + 2] = [one]
                self.links = [(i, j - (j > k), sure) for i, j, sure in self.links]

    @property
    def pharaoh(self) -> str:
        links = sorted({(i, j): sure for i, j, sure in sorted(self.links, key=lambda link: link[2])}.items())
        return " ".join(f"{i}{'-' if sure else 'p'}{j}" for (i, j), sure in links)


def pairs_of(text: str) -> list[tuple[int, int, bool]]:
    return [
        (int(a), int(b), sure)
        for pair in text.split()
        for sure in ["-" in pair]
        for a, b in [pair.split("-" if sure else "p")]
    ]


def noun_phrase(sentence: Aligned, noun: tuple, phrase: object) -> None:
    """Determiner, adjective, noun against determiner, noun, adjective."""
    english, spanish = phrase.english.split(), phrase.spanish.split()
    size = len(noun[0].split()), len(noun[1].split())
    adjectives = len(english) - 1 - size[0], len(spanish) - 1 - size[1]
    links = [(0, 0, True)]
    links += [(1 + i, 1 + size[1] + j, True) for i in range(adjectives[0]) for j in range(adjectives[1])]
    links += [(1 + adjectives[0] + i, 1 + j, True) for i in range(size[0]) for j in range(size[1])]
    sentence.add(english, spanish, links)


def translation(grammar: object, module: object) -> tuple[Aligned, object, str]:
    """Somebody does something somewhere."""
    words, pick = module.words, grammar.pick
    sentence = Aligned()
    noun = pick([w for w in words.PEOPLE if len(w) == 3])
    subject = grammar.noun_phrase(noun, words.PERSON_ADJECTIVES, ("the", "my", "this", "our"), None, 0.4)
    noun_phrase(sentence, noun, subject)
    while True:
        verb, kind = grammar.transitive()
        if kind in module.OBJECT_NOUNS and " " not in verb[0] + verb[1]:
            break
    tense = pick(TENSES)
    english, spanish = grammar.verb(subject, tense, verb)
    if verb[0] in words.STATIVE and tense == "progressive":
        tense = "present"
    sentence.add(english.split(), spanish.split(), pairs_of(VERB_LINKS[tense]))
    nouns, adjectives = module.OBJECT_NOUNS[kind]
    noun = pick(nouns)
    noun_phrase(sentence, noun, grammar.noun_phrase(noun, adjectives, ("the", "a", "this", "two"), None, 0.4))
    if grammar.chance(0.5):
        preposition = pick([p for p in module.PREPOSITIONS if len(p[0].split()) == 1])
        spanish = preposition[1].split()
        sentence.add([preposition[0]], spanish, pairs_of("0-0 0p1")[: len(spanish)])
        noun = pick(words.PLACES)
        place = grammar.noun_phrase(noun, words.ADJECTIVES[:14], ("the", "this"), False, 0.2)
        noun_phrase(sentence, noun, place)
    sentence.contract()
    texts = (module.capitalized(" ".join(side)) + "." for side in (sentence.english, sentence.spanish))
    return sentence, module.Pair(*texts, combinations=subject.combinations), tense


def translations() -> list[dict[str, str]]:
    with modules_of("english_spanish"):
        module, corpus = importlib.import_module("grammar"), importlib.import_module("corpus")
        grammar, rows = module.Grammar(77), {}
        while len(rows) < TRANSLATIONS:
            sentence, pair, tense = translation(grammar, module)
            if corpus.unseen_sentence(pair):
                rows[pair.english] = {
                    "source": pair.english,
                    "target": pair.spanish,
                    "alignment": sentence.pharaoh,
                    "group": tense,
                }
    return list(rows.values())


# --------------------------------------------------------------------------------------------- questions


def questions() -> list[dict[str, str]]:
    rows = json.loads((HELD_OUT / "yes_no_held_out.json").read_text("utf-8"))
    other, named = {"yes": "no", "no": "yes"}, {"isa": "kind of thing"}
    return [
        {
            "question": row["text"],
            "target": row["answer"],
            "foil": other[row["answer"]],
            "group": named.get(row["task"], row["task"]),
        }
        for row in rows
    ]


def main() -> None:
    SETS.mkdir(exist_ok=True)
    made = {"english-phenomena": phenomena(), "english-spanish": translations(), "yes-no": questions()}
    for name, rows in made.items():
        with (SETS / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        print(f"{name}: {len(rows)} rows")


if __name__ == "__main__":
    main()
