"""Sentences for the six phenomena that the model should know well.

indirect object   Mary and John went to the park. Mary gave a book to -> John
agreement         The keys on the table -> are
gender            The actress said that -> she
season            This summer, unlike the previous winter, is being extremely -> hot
capital           The capital of France is -> Paris
opposite          The opposite of big is -> small

`is_held_out` keeps one in eight of the words (for seasons: four ordered pairs) out of the training frames of
a phenomenon; `held_out_pairs.py` tests on exactly those.
"""

import hashlib
import random
from random import choice

from everyday import subject
from public_texts import countries, rare_names, rare_nouns
from templates import SLOTS, capitalized, fill, plural, templates_of, words
from words import (
    ANIMALS,
    COLORS,
    FACTS,
    GENDER,
    LANDMARKS,
    NAMES,
    OPPOSITES,
    PEOPLE,
    SEASON_SCENES,
    SEASONS,
    THING_OPPOSITES,
    THINGS,
)

HELD_OUT_SEASONS = {("summer", "winter"), ("winter", "spring"), ("spring", "autumn"), ("autumn", "summer")}
"""(this season, the season it is contrasted with)"""


def is_held_out(phenomenon: str, word: str) -> bool:
    """Whether the training frames of a phenomenon do without a word: one in eight, by its hash."""
    return hashlib.md5(f"{phenomenon}|{word}".encode()).digest()[0] % 8 == 0


# ---- indirect object
RARE_NAMES = rare_names()
ONSETS = words(
    "B, D, F, G, H, J, K, L, M, N, P, R, S, T, V, W, Z, Br, Ch, Cl, Dr, Fr, Gr, Kr, Pr, Sh, St, Tr, Y, , "
)
VOWELS = words("a, a, e, i, i, o, u, ai, ea, ie")
MIDDLES = words(
    "b, d, g, k, l, ll, m, n, nn, r, s, t, v, z, nd, rd, st, sh, th, tr, br, ng, l, n, r, t, y, j"
)
CODAS = ["", "", "", "", "n", "s", "l", "r", "d", "t", "th", "x", "m"]
OPENINGS = templates_of("""
    {A} and {B} went to the {inside}. | When {A} and {B} went to the {inside},
    {A} and {B} were in the {inside}. | When {A} and {B} were in the {inside},
    When {A} and {B} got to the {inside}, | {A} met {B} in the {inside}. | {A} met {B} near the {landmark}.
    After {A} and {B} came back from the {inside}, | {A} and {B} are friends.
    {A} and {B} were working in the {inside}. | {A} and {B} were sitting near the {landmark}.
    {A} was sitting with {B}. | {A} and {B} were talking in the {inside}.
    While {A} and {B} were working in the {inside}, | {A} and {B} had a long talk.
    While {A} and {B} were waiting near the {landmark}, | {A} saw {B} in the {inside}.
    Then {A} and {B} went to the {inside}. | {A} and {B} had lunch in the {inside}.
    After the lunch, {A} and {B} went to the {inside}. | {A} came to see {B}.
    Yesterday {A} and {B} went to the {inside}. | {A} lives with {B}. | When {A} met {B} in the {inside},
""")
TIMES = words("yesterday, one day, last week, on Sunday, on Monday morning, that evening, today, once")
IN_PLACES = words(
    "went to, walked to, were in, worked in, had lunch in, had a meeting in, waited in, arrived at"
)
NEAR_LANDMARKS = words("stood near, waited near, sat near, played near, walked past, rested near")
TOGETHER = words("""
    had a long talk, cooked dinner, played cards, drank some tea, worked all day, had a good time, came home,
    had an argument, cleaned the kitchen, watched a film, listened to music, sang a song, did the homework
""")
TO_THE_OTHER = words("""
    met {B} in the {inside}, saw {B} near the {landmark}, found {B} in the {inside}, called {B}, helped {B},
    waited for {B} near the {landmark}, talked to {B}, worked with {B} in the {inside}, danced with {B},
    wrote to {B}, came to see {B}, lives near {B}, worked for {B}, had dinner with {B}, smiled at {B},
    went to the {inside} with {B}, was waiting for {B}, is a friend of {B}, has known {B} for years
""")
LINKS = words(
    "then, later, soon, so, in the end, after that, two hours later, before lunch, at the door, but"
)
JOINTS = [", and", ", and then", ", so", " and later", ". There,", ". The next day,", ". Before that,"]
GIVING = words(
    "gave, gave, gave, gave, handed, showed, brought, offered, sent, sold, passed, lent, decided to give"
)


def made_up_name() -> str:
    """A name of two or three syllables that nobody has."""
    syllables = [choice(ONSETS) + choice(VOWELS)]
    syllables += [choice(MIDDLES) + choice(VOWELS) for _ in range(choice([1, 1, 2]))]
    return capitalized("".join(syllables) + choice(CODAS))


def two_names() -> tuple[str, str]:
    """Two different names for the training frames: our own, of famous people, or made up."""
    source = random.random()
    while True:
        if source < 0.45:
            first, second = random.sample(NAMES, 2)
        elif source < 0.75:
            first, second = random.sample(RARE_NAMES, 2)
        else:
            first, second = made_up_name(), made_up_name()
        if (
            first != second
            and not is_held_out("indirect object", first)
            and not is_held_out("indirect object", second)
        ):
            return first, second


def opening() -> str:
    """How {A} and {B} meet, up to the words about the giver: one of OPENINGS, or put together from parts."""
    if random.random() < 0.4:
        return choice(OPENINGS)
    meeting = choice(
        [
            "{A} and {B} " + choice(IN_PLACES) + " the {inside}",
            "{A} and {B} " + choice(NEAR_LANDMARKS) + " the {landmark}",
            "{A} and {B} " + choice(TOGETHER),
            "{A} " + choice(TO_THE_OTHER),
        ]
    )
    shape = random.random()
    if shape < 0.25:
        return f"{choice(['When', 'While', 'After', 'Because'])} {meeting},"
    if shape < 0.5:
        meeting = f"{choice(TIMES)} {meeting}"
    if random.random() < 0.35:
        return meeting + choice(JOINTS)
    return f"{meeting}. {capitalized(choice(LINKS))}" if random.random() < 0.4 else f"{meeting}."


def indirect_object() -> str:
    """Two people meet and one gives something to the other."""
    a, b = two_names()
    giver, receiver = random.sample([a, b], 2)
    text = fill(
        f"{opening()} {giver} {choice(GIVING)} {choice(['a', 'a', 'the'])} {{gift}} to {receiver}",
        A=a,
        B=b,
    )
    text += choice([".", ".", ".", " and went home.", " and said goodbye."])
    return text + (f" {receiver} thanked {giver}." if random.random() < 0.2 else "")


# ---- agreement
RARE_NOUNS = rare_nouns()
PREPOSITIONS = words("near, behind, next to, in front of, beside, on, under, with, to, for, from, of, in")
BETWEEN_THINGS = words("near, behind, next to, in front of, beside, on, under")
PREDICATES = {
    "thing": words("{state}, {state}, {state}, {thing_adjective}, {place}, on the {surface}, not here"),
    "person": words("{person_adjective}, {person_adjective}, {place}, very old, not here, {doing}, {doing}"),
    "animal": words("{size}, {place}, very old, not here, {animal_doing}"),
}
LEXICAL_VERBS = {
    "thing": words("""
    belongs/belong to {name}, belongs/belong to my {kin}, costs/cost a lot of money, looks/look new,
    has/have been sold, has/have been lost, has/have been cleaned, makes/make me happy,
    needs/need some paint
"""),
    "person": words(
        "has/have a {goods}, likes/like {food+}, lives/live near the {landmark}, works/work in the {inside}"
    ),
    "animal": words(
        "has/have been fed, likes/like {food+}, lives/live near the {landmark}, sleeps/sleep all day"
    ),
}


def agreement_noun() -> tuple[str, str]:
    """A subject and its kind for the training frames; four in ten are rare nouns."""
    while True:
        kind = choice(["thing", "thing", "person", "animal"])
        noun = choice({"thing": THINGS, "person": PEOPLE, "animal": ANIMALS}[kind])
        if random.random() < 0.4:
            noun, kind = choice(RARE_NOUNS), "thing"
        if not is_held_out("agreement", noun):
            return noun, kind


def attractor_phrase(kind: str) -> str:
    """A phrase between the subject and its verb, whose noun is singular or plural at random."""
    noun = choice([choice(THINGS), choice(PEOPLE), choice(ANIMALS), choice(LANDMARKS), choice(RARE_NOUNS)])
    noun = plural(noun) if random.random() < 0.5 else noun
    shape = random.random()
    if shape < 0.8:
        return f"{choice(PREPOSITIONS if kind == 'thing' else BETWEEN_THINGS)} the {noun}"
    if shape < 0.9:
        return f"that {choice(['I', 'we', 'they'])} {choice(['saw', 'found', 'liked'])} near the {noun}"
    relation = choice(["belonged to", "came from", "was near" if kind != "thing" else "stood near"])
    return f"that {relation} the {noun}"


def agreement() -> str:
    """A subject, one or two attractors, and a verb that agrees with the subject."""
    noun, kind = agreement_noun()
    is_plural = random.random() < 0.5
    head = choice(["The", "The", "The", "The", "My", "Her", "Our"])
    head += (
        choice(["", "", "", "", " old", " new", " big", " white"])
        + " "
        + (plural(noun) if is_plural else noun)
    )
    phrase = attractor_phrase(kind).replace(
        "that was near", "that were near" if is_plural else "that was near"
    )
    if random.random() < 0.15:
        extra = choice([*THINGS, *LANDMARKS])
        phrase += f" {choice(BETWEEN_THINGS)} the {plural(extra) if random.random() < 0.5 else extra}"
    if random.random() < 0.7:
        verb = (
            choice([("is", "are"), ("is", "are"), ("was", "were")])[is_plural]
            + " "
            + choice(PREDICATES[kind])
        )
    else:
        forms, _, rest = choice(LEXICAL_VERBS[kind]).partition(" ")
        verb = forms.split("/")[is_plural] + " " + rest
    return fill(f"{head} {phrase} {verb}.", his="their" if is_plural else "his")


def plain_agreement() -> str:
    """A subject right before its verb; held-out nouns show their number here, unseen ones nowhere."""
    is_plural = random.random() < 0.5
    kind = choice(["thing", "person", "animal", "rare"])
    noun = choice({"thing": THINGS, "person": PEOPLE, "animal": ANIMALS, "rare": RARE_NOUNS}[kind])
    head = choice(["The", "The", "My", "These" if is_plural else "This", "Those" if is_plural else "That"])
    be = choice([("is", "are"), ("was", "were")])[is_plural]
    predicate = choice(PREDICATES["thing" if kind == "rare" else kind])
    return fill(
        f"{head} {plural(noun) if is_plural else noun} {be} {predicate}.", his="their" if is_plural else "his"
    )


# ---- gender
GENDER_FRAMES = templates_of("""
    {N} said that {he} was {mood}. | {N} lost {his} {small} in the {inside}.
    {N} thinks that {he} is {mood}. | {N} went to the {inside} because {he} wanted a {goods}.
    {N} saw {himself} in the mirror. | {N} hurt {himself}. | {N} is looking for {his} {small}.
    {N} was {feeling}. | {N} told me that {he} lives near the {landmark}.
    {N} bought a {goods} for {himself}. | {N} cannot come because {he} is {mood}.
    {N} took {his} {clothes} and left. | {N} stayed at home because {he} was {mood}.
    When {N} came home, {he} was {mood}. | {N} was tired, so {he} went to bed.
    {N} opened the door because {he} heard a noise. | I like {N} because {he} is kind.
    I know {N}. {He} {does}. | Do you see {N}? I gave {him} a {gift}.
    This is {N}. {He} lives near the {landmark}. | {N} called {his} {kin}. | {N} said that {he} would {act}.
    {N} put on {his} {clothes}. | {N} is happy because {he} {past}.
""")
JOB_FRAMES = templates_of("""
    The {job} said that {he} was {mood}. | The {job} lost {his} {small}.
    The {job} is looking for {his} {small}. | My {kin_of} is a {job}. {He} works in the {inside}.
    {name_of} is a {job}. {He} likes {his} work. | The {job} told {name} that {he} was {mood}.
    The {job} hurt {himself}. | The {job} went home because {he} was {mood}.
    {name_of} works as a {job}. People say that {he} is very good.
    The {job}, a tall {adult}, said that {he} was {mood}.
    The {job} is my {kin_of}. {He} lives near the {landmark}. | The {job} thinks that {he} is {mood}.
""")


def gender() -> str:
    """A person and a pronoun for the same person."""
    while True:
        noun = choice(NAMES) if random.random() < 0.6 else choice([n for n in GENDER if n[0].islower()])
        if not is_held_out("gender", noun):
            break
    who = subject(noun if noun in NAMES else "the " + noun, GENDER[noun])
    return fill(choice(GENDER_FRAMES), **who)


def job_gender() -> str:
    """Every job is done by women and men alike."""
    gender_ = choice("fm")
    who = {
        "f": {"kin_of": choice(words("sister, mother, aunt, daughter")), "adult": "woman"},
        "m": {"kin_of": choice(words("brother, father, uncle, son")), "adult": "man"},
    }[gender_]
    name = choice([n for n in NAMES if GENDER[n] == gender_])
    return fill(choice(JOB_FRAMES), **subject(name, gender_), **who, name_of=name)


def plain_gender() -> str:
    """What tells the gender of a name: every name, with nouns and the rest."""
    name = choice(NAMES)
    nouns = {
        "f": ("woman", "sister", "daughter", "aunt", "Mrs."),
        "m": ("man", "brother", "son", "uncle", "Mr."),
    }
    adult, sibling, child, relative, title = nouns[GENDER[name]]
    frames = [
        f"{name} is a {{person_adjective}} {adult}.",
        f"This is {name}. {{He}} is my {choice([sibling, child, relative])}.",
        f"{name} is {choice(['his', 'her', 'my', 'our'])} {choice([sibling, child, relative])}.",
        f"{title} {choice(words('Smith, Brown, Green, Hill, Baker'))} called {name}, and {{he}} came.",
        f"There was a {adult} named {name}. {{He}} {{past}}.",
        f"I know {name}. {{He}} lives near the {{landmark}}.",
        f"{name} {{past}}. Then {{he}} {{past}}.",
    ]
    return fill(choice(frames), **subject(name, GENDER[name]))


# ---- seasons
CONTRASTS = templates_of("""
    This {a}, unlike the previous {b}, is being {very} {w}.
    This {a}, unlike the {last} {b}, is {very} {w}. | This {a}, unlike last {b}, has been {very} {w}.
    The {a}, unlike the {b}, was {very} {w}. | Unlike the {b}, the {a} is {very} {w}.
    The {b} was {v}, but this {a} is {very} {w}. | In {a} it is {w}, but in {b} it is {v}.
    Last {b} was {very} {v}, but this {a} is being {very} {w}. | After a {v} {b}, the {a} was {very} {w}.
    Compared with the {b}, this {a} is {w}. | Compared with last {b}, the {a} is {very} {w}.
    While the {b} was {v}, the {a} was {very} {w}. | We like the {a} because, unlike the {b}, it is {w}.
    I like {a} better than {b} because it is {w}. | Our {a} holidays, unlike the {b} ones, were {very} {w}.
    The days in {a}, unlike those in {b}, are {very} {w}.
    In {a}, unlike in {b}, the weather is {very} {w}. | The {b} is over and this {a} is {very} {w}.
    This {a} is {very} {w}, unlike the {last} {b}. | A {a} day is usually {w}, and a {b} day is usually {v}.
""")
ONE_SEASON = templates_of("""
    This {a} is {very} {w}. | This {a} is being {very} {w}. | The {a} was {very} {w} this year.
    Last {a} was {very} {w}. | In {a} the weather is usually {w}. | The weather in {a} is usually very {w}.
    In {a}, {scene}. | Every {a}, {scene}. | It was a {w} {a} {part_of_day}. | I like {a} because {scene}.
    {a} is the {w} season. | The {a} nights are {w}. | It is {a} and {scene}.
    It is {a} and it is {very} {w}.
""")
SLOTS.update(
    very=words("extremely, extremely, very, very, really, quite, unusually, so"),
    last=words("previous, last, past"),
    part_of_day=words("day, morning, evening, night"),
)


def weather_word(season: str) -> str:
    """A word that fits a season; the first of its list most often."""
    return random.choices(SEASONS[season], [5, 3, 2, 2, 1])[0]


def season() -> str:
    """One season alone, or in contrast with another."""
    while True:
        this, other = random.sample(list(SEASONS), 2)
        if (this, other) not in HELD_OUT_SEASONS:
            break
    frame = choice(CONTRASTS if random.random() < 0.6 else ONE_SEASON)
    return fill(
        frame, a=this, b=other, w=weather_word(this), v=weather_word(other), scene=choice(SEASON_SCENES[this])
    )


# ---- capitals
COUNTRIES = countries()
CAPITAL_FRAMES = templates_of("""
    {capital} is the capital of {country}. | {country} is in {continent}, and its capital is {capital}.
    The capital city of {country} is {capital}. | {country} has a famous capital, {capital}.
    {capital}, the capital of {country}, is in {continent}.
    We went to {country} and visited its capital, {capital}.
    If you travel to {country}, you should see {capital}. | {capital} is a city in {country}.
    The president of {country} lives in the capital, {capital}.
    {name} lives in {capital}, the capital of {country}. | {country} is a country in {continent}.
    People in {country} speak {language}. | {capital} is in {continent}.
""")


def capital() -> str:
    """One or two facts about a country; held-out countries never in the tested frame."""
    country = choice(COUNTRIES)
    frames = random.sample(CAPITAL_FRAMES, choice([1, 1, 2]))
    if not is_held_out("capital", country["country"]) and random.random() < 0.5:
        frames[0] = choice(
            ["The capital of {country} is {capital}."] * 2
            + ["The capital of {country} is {capital}, a city in {continent}."]
        )
    return " ".join(fill(frame, **country) for frame in frames)


# ---- opposites, facts
def opposite() -> str:
    """Two opposites; held-out directions never in the tested frame."""
    a, b = random.sample(choice(OPPOSITES), 2)
    kind = random.random()
    if kind < 0.35 or is_held_out("opposite", a):
        frames = ["{a} and {b} are opposites.", "{a} is the opposite of {b}.", "If it is not {a}, it is {b}."]
        frames += [
            "It is not {a}. It is {b}.",
            "{a} or {b}: that is the question.",
            "The word {a} means the opposite of {b}.",
        ]
    elif kind < 0.6 and ((a, b) in THING_OPPOSITES or (b, a) in THING_OPPOSITES):
        frames = [
            "The {x} is not {a}. It is {b}.",
            "My {x} is {a}, but yours is {b}.",
            "One {x} is {a} and the other is {b}.",
        ]
        frames += ["The {x} was {a}, and now it is {b}."]
    else:
        frames = ["The opposite of {a} is {b}."] * 3 + ['The opposite of "{a}" is "{b}".']
    return fill(choice(frames), a=a, b=b, x=choice(THINGS))


def fact() -> str:
    """A plain fact of everyday knowledge."""
    if random.random() < 0.5:
        return choice(FACTS)
    thing, color = choice(list(COLORS.items()))
    return fill(
        choice(
            [
                f"The color of {thing} is {color}.",
                f"{thing} is {color}.",
                f"Everybody knows that {thing} is {color}.",
            ]
        )
    )


PHENOMENA = {
    indirect_object: 18,
    agreement: 7,
    plain_agreement: 2,
    gender: 4,
    plain_gender: 2,
    job_gender: 1.5,
    season: 4,
    capital: 7,
    opposite: 3,
    fact: 1,
}
"""How often each is drawn."""


def phenomenon() -> str:
    """One to three sentences about one to three phenomena."""
    return " ".join(
        f() for f in random.choices(list(PHENOMENA), list(PHENOMENA.values()), k=choice([1, 2, 2, 3]))
    )
