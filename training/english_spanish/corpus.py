"""The training corpus, without end, and the held-out sentences that it never contains."""

import json
import zlib
from pathlib import Path
from random import Random

from grammar import Grammar, Pair
from idioms import Idioms

DATA = Path(__file__).parent / "data"
MIX = {  # shares of the sentences
    "grammar": 0.70,
    "idiom": 0.06,
    "fixed": 0.02,
    "libreoffice": 0.20,
    "bible": 0.02,
}


def _one_in(count, text):
    return zlib.crc32(text.encode()) % count == 0


def unseen_sentence(pair):
    """Whether a sentence of the grammar is kept for tests: one in fifty."""
    return _one_in(50, pair.english)


def unseen_combination(pair):
    """Whether it joins a noun and an adjective that training never joins: one combination in twenty-five."""
    return any(_one_in(25, f"{noun} {adjective}") for noun, adjective in pair.combinations)


def unseen_context(pair):
    """Whether it puts an idiom into words kept for tests: one sentence with an idiom in eight, and none
    alone.
    """
    return len(pair.english.split()) > 8 and _one_in(8, pair.english)


def held_out(pair):
    """Whether training must never see this pair."""
    if pair.idiom:
        return unseen_context(pair) or unseen_combination(pair)
    return unseen_sentence(pair) or unseen_combination(pair)


class Corpus:
    """An endless stream of training pairs: grammar, idioms, fixed phrases and real text, in the shares of
    `MIX`.
    """

    def __init__(self, seed):
        self.rng = Random(seed)
        self.grammar, self.idioms = Grammar(seed + 1), Idioms(seed + 2)
        self.libreoffice = json.loads((DATA / "libreoffice.json").read_text())["train"]
        self.bible = json.loads((DATA / "bible.json").read_text())

    def pair(self):
        """Returns one training pair; never a held-out one."""
        kind = self.rng.choices(list(MIX), list(MIX.values()))[0]
        if kind in ("libreoffice", "bible"):
            return Pair(*self.rng.choice(getattr(self, kind)))
        make = {"grammar": self.grammar.sentence, "idiom": self.idioms.idiom, "fixed": self.idioms.fixed}[
            kind
        ]
        pair = make()
        while held_out(pair):
            pair = make()
        return pair


def held_out_sets(validation=False):
    """Returns the tests: name -> pairs that training never sees.

    "grammar": unseen sentences. "agreement": sentences with an adjective that agrees, in a noun-adjective
    combination never seen. "clue": a nurse, a doctor ... whose gender only "his", "her", "he" or "she" tells.
    "idioms": idioms in unseen contexts. "libreoffice": sentences of unseen pages of the help. The validation
    sets are smaller and others.
    """
    seed, count = (2000, 100) if validation else (1000, 600)
    grammar, idioms = Grammar(seed), Idioms(seed + 1)
    sets = {"grammar": [], "agreement": [], "clue": [], "idioms": []}
    people = _either_names()
    seen = set()
    while len(sets["grammar"]) < count or len(sets["agreement"]) < count or len(sets["clue"]) < count // 3:
        pair = grammar.sentence()
        if pair.english in seen:
            continue
        seen.add(pair.english)
        if unseen_combination(pair):
            if not pair.unsure and len(sets["agreement"]) < count:
                sets["agreement"].append(pair)
        elif unseen_sentence(pair):
            words = set(pair.english.replace(".", "").split())
            if len(sets["grammar"]) < count:
                sets["grammar"].append(pair)
            elif (
                people & words
                and words & {"his", "her", "he", "she"}
                and not pair.unsure
                and len(sets["clue"]) < count // 3
            ):
                sets["clue"].append(pair)
    while len(sets["idioms"]) < count // 2:
        pair = idioms.idiom()
        if unseen_context(pair) and not unseen_combination(pair) and pair.english not in seen:
            seen.add(pair.english)
            sets["idioms"].append(pair)
    help_pages = json.loads((DATA / "libreoffice.json").read_text())["held_out"][validation::2]
    sets["libreoffice"] = [Pair(*pair) for pair in Random(seed).sample(help_pages, count)]
    return sets


def _either_names():
    import words

    return {row[0] for row in words.EITHER}
