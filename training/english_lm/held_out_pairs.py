"""Minimal pairs that the training text does not contain: a prompt, the right continuation, a wrong one.

The words are those of `phenomena.is_held_out`, or names and nouns that no sentence of ours uses; the "new
frames" are wordings that no training sentence uses. Everything is seeded: the pairs are the same each time.
"""

import random
import re
from dataclasses import dataclass
from random import choice

from phenomena import COUNTRIES, HELD_OUT_SEASONS, is_held_out
from public_texts import UNSEEN_NOUNS
from templates import fill, plural
from words import (
    ANIMALS,
    GENDER,
    LANDMARKS,
    NAMES,
    OPPOSITES,
    PEOPLE,
    PRONOUNS,
    SEASONS,
    THINGS,
    UNSEEN_NAMES,
)


@dataclass(frozen=True)
class Pair:
    """One test: after the prompt, the target should be more probable than the foil."""

    group: str
    prompt: str
    target: str
    foil: str


OBJECT_FRAMES = [
    "When {A} and {B} went to the {inside}, {giver} gave a {gift} to",
    "{A} and {B} went to the {inside}. {giver} gave a {gift} to",
    "{A} met {B} near the {landmark}. {giver} handed the {gift} to",
    "While {A} and {B} were working in the {inside}, {giver} gave the {gift} to",
]
NEW_OBJECT_FRAMES = [
    "Then, {A} and {B} had a lot of fun at the {inside}. {giver} gave a {gift} to",
    "In the afternoon {A} visited {B}, and {giver} gave a {gift} to",
    "{A} and {B} sat down on the bench. After a while, {giver} gave a {gift} to",
]
GENDER_FRAMES = [
    ("{N} said that", "he"),
    ("{N} thinks that", "he"),
    ("{N} went to the {inside} because", "he"),
    ("{N} hurt", "himself"),
]
NEW_GENDER_FRAMES = [
    "When {N} woke up,",
    "Everybody likes {N} because",
    "{N} was late, but",
    "{N} smiled when",
]
SEASON_FRAMES = [
    "This {a}, unlike the previous {b}, is being extremely",
    "This {a}, unlike the last {b}, is very",
    "The {a}, unlike the {b}, was very",
    "Last {b} was strange, but this {a} is being very",
]
NEW_SEASON_FRAMES = [
    "In contrast to the {b}, this {a} is",
    "The people in our village say that this {a}, unlike the {b} before it, is very",
    "Instead of another {b}, we want a {a}, because it is",
]


def indirect_object(group: str, names: list[str], frames: list[str], count: int) -> list[Pair]:
    """The receiver against the giver."""
    pairs = []
    for _ in range(count):
        a, b = random.sample(names, 2)
        giver, receiver = random.sample([a, b], 2)
        pairs.append(Pair(group, fill(choice(frames), A=a, B=b, giver=giver), receiver, giver))
    return pairs


def agreement(group: str, nouns: list[str], attractors: int, count: int) -> list[Pair]:
    """The verb that agrees with the first noun against the one that agrees with the nouns between."""
    pairs = []
    while len(pairs) < count:
        noun, *between = random.sample(nouns, 1) + random.sample(THINGS + LANDMARKS, attractors)
        is_plural = random.random() < 0.5
        if plural(noun) == noun or noun in between:
            continue
        prompt = f"The {plural(noun) if is_plural else noun}"
        for attractor in between:
            preposition = choice(["near", "behind", "next to", "in front of", "beside"])
            prompt += f" {preposition} the {attractor if is_plural else plural(attractor)}"
        singular, several = choice([("is", "are"), ("was", "were")])
        target, foil = (several, singular) if is_plural else (singular, several)
        pairs.append(Pair(group, prompt, target, foil))
    return pairs


def gender(group: str, frames: list[tuple[str, str]], count: int) -> list[Pair]:
    """The pronoun of a held-out person against the pronoun of the other gender."""
    people = [noun for noun in GENDER if is_held_out("gender", noun)]
    pairs = []
    for _ in range(count):
        noun = choice(people)
        own, other = ("f", "m") if GENDER[noun] == "f" else ("m", "f")
        frame, pronoun = choice(frames)
        prompt = fill(frame, N=noun if noun in NAMES else "the " + noun)
        pairs.append(Pair(group, prompt, PRONOUNS[own][pronoun], PRONOUNS[other][pronoun]))
    return pairs


def season(group: str, frames: list[str]) -> list[Pair]:
    """The weather of the season in question against the weather of the one it is contrasted with."""
    return [
        Pair(group, fill(frame, a=a, b=b), target, foil)
        for a, b in sorted(HELD_OUT_SEASONS)
        for frame in frames
        for target in SEASONS[a][:3]
        for foil in SEASONS[b][:3]
    ]


def capital() -> list[Pair]:
    """The capital of a held-out country against four others of the same continent."""
    pairs = []
    for country in COUNTRIES:
        if is_held_out("capital", country["country"]):
            others = [c for c in COUNTRIES if c["continent"] == country["continent"] and c != country]
            for other in random.sample(others, 4):
                prompt = f"The capital of {country['country']} is"
                pairs.append(Pair("capital", prompt, country["capital"], other["capital"]))
    return pairs


def opposite() -> list[Pair]:
    """The opposite of a held-out word against four other words of the list."""
    pairs = []
    for a, b in [*OPPOSITES, *((b, a) for a, b in OPPOSITES)]:
        if is_held_out("opposite", a):
            others = sorted({word for pair in OPPOSITES for word in pair} - {a, b})
            pairs += [
                Pair("opposite", f"The opposite of {a} is", b, foil) for foil in random.sample(others, 4)
            ]
    return pairs


def held_out_pairs(count: int = 200, seed: int = 5) -> list[Pair]:
    """All test pairs, `count` of each group that is drawn at random."""
    random.seed(seed)
    names = [name for name in NAMES if is_held_out("indirect object", name)]
    known_names = [name for name in NAMES if name not in names]
    nouns = [noun for noun in dict.fromkeys(THINGS + PEOPLE + ANIMALS) if is_held_out("agreement", noun)]
    new_gender = [(frame, "he") for frame in NEW_GENDER_FRAMES]
    return [
        *indirect_object("indirect object, held-out names", names, OBJECT_FRAMES, count),
        *indirect_object("indirect object, unseen names", UNSEEN_NAMES, OBJECT_FRAMES, count),
        *indirect_object("indirect object, held-out names, new frames", names, NEW_OBJECT_FRAMES, count),
        *agreement("agreement, held-out nouns", nouns, 1, count),
        *agreement("agreement, unseen nouns", UNSEEN_NOUNS, 1, count),
        *agreement("agreement, held-out nouns, two attractors", nouns, 2, count),
        *gender("gender, held-out people", GENDER_FRAMES, count),
        *gender("gender, held-out people, new frames", new_gender, count),
        *season("season, held-out pairs", SEASON_FRAMES),
        *season("season, held-out pairs, new frames", NEW_SEASON_FRAMES),
        *capital(),
        *opposite(),
        *indirect_object("indirect object, known names, new frames", known_names, NEW_OBJECT_FRAMES, count),
    ]


def leaked(pairs: list[Pair], texts: list[str]) -> set[Pair]:
    """The pairs whose prompt and target stand in a row at the start of a sentence of the texts."""
    answers = {f"{pair.prompt} {pair.target}": pair for pair in pairs}
    longest = max(len(answer.split()) for answer in answers)
    found = set()
    for text in texts:
        sentence_starts = [0, *(match.end() for match in re.finditer(r"[.?!] ", text))]
        for start in sentence_starts:
            tokens = text[start:].split(" ", longest)[:longest]
            for count in range(2, len(tokens) + 1):
                answer = " ".join(tokens[:count]).rstrip(".,?!")
                if answer in answers:
                    found.add(answers[answer])
    return found
