"""Little stories about one person."""

import random
from random import choice

from everyday import subject
from templates import SLOTS, fill, templates_of, words
from words import GENDER, NAMES, SEASONS

NAMED_OPENINGS = templates_of("""
    Once upon a time there was a little {kid} named {N}. | {N} was a {person_adjective} {adult}.
    One {daytime} {N} went to the {inside} with {his} {kin}. | {N} and {friend_name} are good friends.
    {N} lives in a {size_of_home} house near the {landmark}. | {N} is a {job}.
    {N} wanted to buy a {x} for {his} {kin}. | There was a little {kid} named {N} who loved {animal+}.
    It was a {season_day} and {N} was {doing}. | {N} had a {color} {x}.
    {N} lives in a small village with {his} {kin}.
""")
UNNAMED_OPENINGS = templates_of("""
    Once upon a time there was a little {noun} who lived near the {landmark}.
    Once upon a time there was a {noun} who lived in a small house. | There was once a {noun} who had a {x}.
    A {noun} lived in a small house near the {landmark}. | One {daytime} the {noun} went to the {inside}.
    The {noun} woke up early in the morning. | The {noun} opened the {opens} and saw a {animal}.
    The {noun} was looking for {his} {x}.
""")
MIDDLES = templates_of("""
    {He} wanted to {act}. | {He} was very {feeling}. | {He} {past}. | {He} {past}. | {He} {past}.
    {He} {past} and {past}. | Then {he} {past}. | {He} looked for {his} {x}, but {he} could not find it.
    {He} saw a {a=animal} and {saw}. | {He} met {his} {friend} {friend_name} in the {inside}.
    {friend_name} gave {him} a {gift}. | {He} asked {his} {kin} for a {x}. | "{saying}," said {N}.
    "{saying}," {he} said. | It was raining, so {he} took an umbrella.
    It began to rain, so {he} went home. | It was very cold, so {he} put on a coat.
    It was getting dark, so {he} went home. | It was late, so {he} went to bed.
    It was hot, so {he} drank a glass of water. | {He} put the {x} on the {surface}.
    After that, {he} {past}. | {He} did not know what to do. | {He} had an old {x}.
    {He} went to the {inside} to {act}. | {friend_name} came and helped {him}.
    {He} was {doing} when {friend_name} came in.
""")
ENDINGS = templates_of("""
    In the end, {he} found the {x}. | In the evening, {he} went home. | {He} was very {happy}.
    After dinner, {he} went to bed. | After dinner, {he} washed the dishes. | That night, {he} slept well.
    {He} said goodbye to {friend_name}. | From that day on, {he} was never alone.
    Then {he} went back to the {inside}. | {He} thanked {friend_name} and went home.
""")
SLOTS.update(
    daytime=words("day, morning, evening"),
    size_of_home=words("small, big, old, white, quiet"),
    season_day=lambda: f"{choice(SEASONS[season := choice(list(SEASONS))])} {season} day",
    happy=words("happy, happy, tired, proud, sad"),
    saw=words(
        "ran after it, smiled, gave it some bread, followed it home, went back home, took a picture of it"
    ),
    saying=words("""
    I am hungry, I am tired, I am very happy, I am cold, I want to go home, Can you help me,
    Thank you very much, Please come in, Look at the {animal}, Let us go to the {inside},
    This is my {goods}, Good morning, I have lost my {small}, Do not worry, I will help you
"""),
)


def story() -> str:
    """A little story about one person: an opening, one to three middles, an ending."""
    friend = choice(NAMES)
    if random.random() < 0.35:
        noun = choice([n for n in GENDER if n[0].islower()])
        gender, name, opening = GENDER[noun], "the " + noun, choice(UNNAMED_OPENINGS)
    else:
        noun = name = choice(NAMES)
        gender, opening = GENDER[name], choice(NAMED_OPENINGS)
    people = {"f": {"kid": "girl", "adult": "woman"}, "m": {"kid": "boy", "adult": "man"}}[gender]
    slots = (
        subject(name, gender) | people | {"noun": noun, "friend_name": friend, "x": choice(SLOTS["goods"])}
    )
    parts = [opening, *random.sample(MIDDLES, choice([1, 2, 2, 3, 3])), choice(ENDINGS)]
    return " ".join(fill(part, **slots) for part in parts)
