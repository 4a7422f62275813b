"""Plain English: single sentences and scenes of daily life in which objects fit their verbs."""

import random
from random import choice

from templates import SLOTS, capitalized, fill, templates_of, words
from verbs import ACTIONS, verb_phrase
from words import ANIMALS, GENDER, KIN, MOODS, NAMES, PRONOUNS, REASONS, SEASONS

SLOTS.update(
    hot_drink=words("tea, coffee, coffee, hot milk"),
    cold_drink=words("water, milk, juice, wine, lemonade"),
    room=words("kitchen, bedroom, living room, house, classroom, office, shop"),
    workplace=words("garden, factory, office, hospital, field, shop, kitchen, library"),
    yard=words("garden, yard, barn, field, forest, kitchen"),
    pet=words("dog, cat, rabbit, horse, kitten, puppy, parrot"),
    small_animal=words("mouse, butterfly, rabbit, frog, bird"),
    seat=words("bench, chair, sofa, grass, beach, floor, wall"),
    place=lambda: choice(PLACE_PHRASES),
    mood=MOODS,
    season=list(SEASONS),
    feeling=lambda: feeling("{he}"),
    he_feeling=lambda: feeling("he"),
    she_feeling=lambda: feeling("she"),
)
PLACE_PHRASES = words("""
    in the {inside}, in the {inside}, in the {inside}, in a {inside}, on the {surface}, on the {surface},
    near the {landmark}, near the {landmark}, behind the {landmark}, next to the {landmark},
    in front of the {landmark}, at the door of the {landmark}, in the old {inside}
""")


def feeling(pronoun: str) -> str:
    """A mood with a reason that fits: "tired because {he} had worked all day"."""
    mood = choice(list(REASONS))
    return f"{mood} because {pronoun} {choice(REASONS[mood])}"


def someone() -> dict[str, str]:
    """The slots of a random subject: a named person, some people, or an animal."""
    kind = random.random()
    if kind < 0.4:
        noun = choice(NAMES)
        return subject(noun, GENDER[noun])
    if kind < 0.48:
        return subject(fill("{name} and {name}"), "they")
    if kind < 0.6:
        noun = choice([n for n in GENDER if n[0].islower()])
        return subject(f"{choice(['the', 'my'] if noun in KIN else ['the'])} {noun}", GENDER[noun])
    if kind < 0.72:
        return subject("the " + fill("{people}").lower(), choice("fm"))
    if kind < 0.82:
        return subject(
            "the " + choice(["children"] * 3 + ["boys", "girls", fill("{people+}").lower()]), "they"
        )
    if kind < 0.9:
        return subject(
            f"{choice(['my', 'our'])} {choice(words('friend, teacher, neighbor, cousin, doctor'))}",
            choice("fm"),
        )
    return subject("the " + choice(ANIMALS), "it")


def subject(noun_phrase: str, gender: str) -> dict[str, str]:
    """The slots of a subject: N, He, he, him, his, himself, forms of "be", "have", "do", and its verbs."""
    plural = gender == "they"
    forms = {"is": "are", "was": "were", "has": "have", "does_not": "do not"}
    forms = forms if plural else {"is": "is", "was": "was", "has": "has", "does_not": "does not"}
    forms["now"] = "{base}" if plural else "{does}"
    if gender == "it":
        forms |= {form: f"{{animal_{form}}}" for form in ("base", "past", "done", "doing", "does")}
        forms["act"] = forms["base"]
    pronouns = PRONOUNS[gender]
    return {"N": noun_phrase, **pronouns, "He": capitalized(pronouns["he"]), **forms}


CLAUSES = templates_of("""
    {N} {past} | {N} {past} | {N} {past} {past_time} | {N} {now} | {N} {now} {habit_time} | {N} {is} {doing}
    {N} {was} {doing} | {N} {is} {doing} now | {N} will {base} | {N} will {base} {future_time}
    {N} {has} {done} | {N} {is} going to {act} {future_time} | {N} can {base} | {N} could not {base}
    {N} must {act} | {N} {does_not} {base} | {N} did not {base} | {N} {was} {doing} when it began to rain
    {N} {has} already {done} | {N} should {act}
""")


def clause(who: dict[str, str] | None = None, template: str | None = None) -> str:
    """A clause without its full stop; names keep their capital, other words have none."""
    who = who or someone()
    template = template or choice(CLAUSES)
    return who["N"][0] + fill(template, **who)[1:]


def pronoun() -> dict[str, str]:
    """A subject that is a pronoun."""
    gender = choice(["f", "m", "they", "we", "I"])
    if gender == "we":
        return subject("we", "they") | {"he": "we", "him": "us", "his": "our", "himself": "ourselves"}
    if gender == "I":
        mine = {"he": "I", "him": "me", "his": "my", "himself": "myself", "is": "am", "was": "was"}
        return subject("I", "they") | mine
    return subject(PRONOUNS[gender]["he"], gender)


PAST_CLAUSES = ["{N} {past}", "{N} {past}", "{N} {was} {doing}", "{N} could not {act}", "{N} had {done}"]
JOINED = templates_of("""
    {first} and {second}. | {first}, but {second}. | {first} because {second}. | {first} before {second}.
    When {first}, {second}. | After {first}, {second}. | {first}, so {second}. | While {first}, {second}.
    Because {first}, {second}. | {past_time}, {first}. | {past_time}, {second}.
    {first}, and then {second}.
""")
DESCRIPTIONS = templates_of("""
    {N} {is} very {person_adjective}. | {N} {was} {person_adjective}. | {N} {was} very {feeling}.
    {N} {was} {feeling}. | {N} {is} not {person_adjective}. | {N} {was} so {mood} that {he} went home.
    The {thing} {be} {state}. | The {thing+} {they_be} {state}. | The {thing} {be} {place}.
    The {thing+} {they_be} {place}. | My {thing} {be} {thing_adjective}. | The {animal+} {they_be} {place}.
    The {animal} {be} {size}. | There {be} a {thing} {place}. | There {they_be} two {thing+} {place}.
    There {they_be} many {people+} {place}. | There {be} a {thing_adjective} {thing} {place}.
    There {they_be} some {animal+} {place}. | The {food+} {they_be} {place}.
""")


def sentence() -> str:
    """One everyday sentence."""
    kind = random.random()
    if kind < 0.4:
        return capitalized(clause()) + "."
    if kind < 0.65:
        first = clause(template=choice(PAST_CLAUSES))
        second = clause(pronoun(), choice(PAST_CLAUSES))
        return fill(choice(JOINED), first=first, second=second)
    be, they_be = choice([("is", "are"), ("was", "were")])
    return fill(choice(DESCRIPTIONS), **someone(), be=be, they_be=they_be)


def sentences() -> str:
    """One to three unconnected sentences."""
    return " ".join(sentence() for _ in range(choice([1, 2, 3])))


SCENES = templates_of("""
    In the morning I drink a cup of {hot_drink} and eat {breakfast}.
    In the morning I drink a glass of {cold_drink}.
    I get up at {clock} o'clock and have {meal} with my {kin}.
    My {kin} goes to the {market} to buy {food_mass} and {food+}.
    My {kin} went to the {market} to buy some {food_mass}.
    {name} went to the {market} to buy {food+} and {drink}.
    Yesterday it {rained} all day, so we {stayed}.
    It {rained} last night, so the children {stayed}.
    The children are {child_doing} in the {playground}.
    The children were {child_doing} near the {landmark}.
    The girls are {child_doing} in the {playground}, and the boys are {child_doing} in the {playground}.
    My {sibling} wants to be a {job}.
    She wants to be a {job} when she grows up.
    He wants to be a {job} when he grows up.
    He wants to be a {job} when he is older.
    I want to be a {job} one day.
    We had {meal} in the {eating_place} with our {friend+}.
    After {meal}, we {after_meal}.
    After {meal}, they {after_meal}.
    After {meal}, {name} and {name} {after_meal}.
    After school, the children {after_school}.
    The {bus} leaves at {clock} o'clock.
    The {shop} opens at {clock} o'clock and closes in the evening.
    {habit_time}, we go to the {inside}.
    Please {please}.
    I have lost my {small}. Have you seen it?
    This {goods} is very cheap, but that one is expensive.
    I think that {clause}.
    I hope that {clause}.
    I know that {clause}.
    This is my {friend} {name}.
    This is my brother {man}. He {he_does}.
    This is my sister {woman}. She {she_does}.
    It is {hard} to {base_your}.
    The {pet} ran after the {small_animal}.
    The dog ran after the cat, and the cat ran up the tree.
    The {goods} that {name} bought is {state}.
    The {people} who lives near the {landmark} is very {person_adjective}.
    The old man opened the door and {opened_door}.
    The old woman opened the window and {opened_door}.
    The {people} opened the {opens} and {opened_door}.
    She was very tired because she had worked all day.
    He was very {he_feeling}.
    She was very {she_feeling}.
    It was {weather}, so {pronoun} {because_weather}.
    It is {weather} today. We should take {coats}.
    {name} gave a {gift} to {a_kin}.
    My {kin} gave me a {gift} for my birthday.
    She looked at the {home} and smiled.
    There are many {people+} in the {inside}.
    A good friend is someone who {good_friend}.
    Nobody knew why the {people} {past_alone}.
    Last week my friend {past_my}.
""")
SLOTS.update(
    breakfast=words("an egg, some bread and butter, bread with honey, an apple, two eggs, some fruit"),
    market=words("market, shop, store, bakery"),
    rained=words("rained, rained, snowed"),
    stayed=words("""stayed at home, stayed at home, played in the living room, read books, watched a film,
        could not go out"""),
    child_doing=words(
        "playing, playing, playing, running, singing, sitting, eating, waiting, playing with a {toy}"
    ),
    playground=words("park, garden, street, yard, classroom, living room, kitchen, field"),
    sibling=words("brother, sister, son, daughter, cousin"),
    friend=words("friend, neighbor, cousin, teacher"),
    eating_place=words("kitchen, garden, restaurant, cafe, hotel"),
    after_meal=words("""
    washed the dishes, washed the dishes, washed the plates, cleaned the kitchen, went for a walk,
    played cards, drank tea, watched television, went to bed, talked for an hour, sat near the fire
"""),
    after_school=words("played football, went home, did their homework, went to the park, ran to the lake"),
    bus=words("bus, train, ship"),
    shop=words("shop, bank, museum, library, bakery, market, school"),
    please=words("""
    close the door, open the window, sit down, come in, be quiet, wait here, give me the {gift},
    help me with the {bag}, put the {goods} on the table
"""),
    hard=words("nice, good, hard, easy, time, important, dangerous"),
    base_your=lambda: verb_phrase("base", ACTIONS).replace("{his}", "your"),
    past_my=lambda: verb_phrase("past", ACTIONS).replace("{his}", "the"),
    he_does=lambda: verb_phrase("does", ACTIONS).replace("{his}", "his"),
    she_does=lambda: verb_phrase("does", ACTIONS).replace("{his}", "her"),
    past_alone=words(
        "had left the {inside}, was so {mood}, came home so late, did not answer, wanted to leave"
    ),
    opened_door=words("""
    went in, looked inside, came in, went out, looked out, saw a {animal}, called the children,
    said good morning, found a {small}
"""),
    weather=words("raining, cold, very cold, snowing, hot, very hot, windy, getting dark, late"),
    because_weather=words("went home, stayed at home, closed the window, put on a coat, took an umbrella"),
    pronoun=words("we, they, he, she, I"),
    coats=words("an umbrella, our coats, a warm coat"),
    a_kin=words("the {people}, the {people}, the {kin}, a friend, the children"),
    good_friend=words("helps you, listens to you, is kind and honest, never forgets you, tells the truth"),
    clause=clause,
)


def scene() -> str:
    """One to three sentences of daily life."""
    return " ".join(fill(choice(SCENES)) for _ in range(choice([1, 2, 3])))
