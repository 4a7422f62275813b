"""Verbs with complements that fit them, as slots: {past} -> "washed the dishes".

The forms are base, past, done (the participle), doing and does. {act} is the base form of something that one
can decide to do; {animal_past} and so on are what animals do.
"""

from random import choice

from templates import SLOTS, words

# base, past, participle, -ing | what may follow, separated by "/"
VERBS = """
buy bought bought buying | a {goods} / the {goods} / two {goods+} / some {food_mass} / some {food+} \
/ a new {clothes}
see saw seen seeing | a {animal} / the {animal+} / the {people} / a {goods} / {name}
eat ate eaten eating | a {food} / the {food} / some {food_mass} / two {food+} / {his} {meal}
drink drank drunk drinking | some {drink} / a cup of {hot_drink} / a glass of {cold_drink} / the {drink}
want wanted wanted wanting | a {goods} / some {food_mass} / a new {clothes} / a cup of {hot_drink}
need needed needed needing | a {goods} / a new {clothes} / some {food_mass} / {his} {small}
find found found finding | the {small} / {his} {clothes} / a {small} / two {small+} / the {animal}
lose lost lost losing | the {small} / {his} {small} / {his} {clothes} / a {small}
clean cleaned cleaned cleaning | the {room} / the {furniture} / {his} {clothes+} / the {vehicle} / the window
wash washed washed washing | the dishes / the {dish+} / {his} {clothes} / {his} hands / the {vehicle} \
/ the dog
open opened opened opening | the {opens} / the door / a window / {his} {bag}
close closed closed closing | the door / the window / the {opens} / the gate
break broke broken breaking | the {dish} / a {dish} / the window / the {toy} / the {furniture}
bring brought brought bringing | the {gift} / a {gift} / some {food_mass} / {his} {small} / a glass of water
paint painted painted painting | the wall / the door / the fence / a picture / the {room} / the boat
draw drew drawn drawing | a picture / a {animal} / a map / the house / a flower / a tree
read read read reading | a {text} / the {text} / the newspaper / {his} book / an old story
write wrote written writing | a letter / a story / a poem / a message / the {text}
cook cooked cooked cooking | the meat / some fish / some rice / the soup / some {food+} / {meal}
cut cut cut cutting | the bread / the cheese / the cake / an apple / the rope / the grass
wear wore worn wearing | a {clothes} / {his} {clothes} / a {color} {clothes} / a warm coat
drive drove driven driving | the car / a bus / {his} car / an old car
ride rode ridden riding | a bicycle / the horse / {his} bicycle / a donkey
love loved loved loving | {his} {kin} / the {animal+} / {his} {pet} / the sea / {food_mass}
help helped helped helping | {his} {kin} / the {people} / {name} / the old woman
visit visited visited visiting | {his} {kin} / the {inside} / {name} / the museum / an old friend
know knew known knowing | the {people} / {name} / {his} {kin} / the way / the answer
feed fed fed feeding | the {animal+} / the {pet} / {his} {pet} / the birds / the baby
repair repaired repaired repairing | the {vehicle} / the clock / the roof / the radio / {his} bicycle \
/ the {furniture}
carry carried carried carrying | the {bag} / a {bag} / the {tool} / {his} {bag} / a heavy {bag}
hide hid hidden hiding | the {small} / the letter / the gift / {his} {small}
make made made making | a cake / some soup / a {toy} / some {hot_drink} / a sandwich / {meal}
build built built building | a house / a boat / a wall / the bridge / a small {furniture}
sell sold sold selling | the {vehicle} / {his} {vehicle} / {food+} / the house / old {home+} / the {animal}
take took taken taking | the {goods} / {his} {bag} / a {small} / the bus / the train
hold held held holding | the {small} / a {tool} / {his} {toy} / a {small} / the baby
watch watched watched watching | the {animal+} / a film / the game / the children / the birds
meet met met meeting | {his} {kin} / {name} / the {people} / an old friend
call called called calling | {his} {kin} / the {job} / {name} / the police / {his} {pet}
thank thanked thanked thanking | the {people} / {name} / {his} {kin}
follow followed followed following | the {people} / the {animal} / {his} {kin} / the road
like liked liked liking | {food+} / {food_mass} / the {animal+} / the {toy} / {hot_drink} / the new {job}
play played played playing | {game} / {game} / with the {toy} / with a {toy} / a game
leave left left leaving | the {inside} / the house / the {room} / the village
catch caught caught catching | a fish / two fish / a {small_animal} / the ball / the thief
climb climbed climbed climbing | the tree / a mountain / the hill / the ladder / the wall
plant planted planted planting | a tree / some flowers / some {food+} / an apple tree
pick picked picked picking | some flowers / some apples / an orange / the cherries
forget forgot forgotten forgetting | {his} {small} / the {bag} / {his} {clothes} / the name of the {inside}
sleep slept slept sleeping | / in {his} bed / on the sofa / under a tree / near the fire
run ran run running | / to the {inside} / across the street / in the park / home
walk walked walked walking | / to the {inside} / slowly / along the river / with {his} {pet} / home
work worked worked working | / in the {workplace} / all day / in the garden / with {his} {kin}
sing sang sung singing | / a song / in the church / with {his} {kin} / an old song
dance danced danced dancing | / with {his} {kin} / all night / in the street
swim swam swum swimming | / in the lake / in the sea / across the river
wait waited waited waiting | / for the bus / for {his} {kin} / for {name} / near the {landmark} / for an hour
sit sat sat sitting | on the {seat} / near the {landmark} / at the table / on the floor / under the tree
stand stood stood standing | near the {landmark} / in front of the {landmark} / behind the {landmark}
study studied studied studying | / in the library / all day / for the exam / with {name}
talk talked talked talking | / to the {people} / to {his} {kin} / with {name} / about the {animal}
smile smiled smiled smiling | / at {name} / at the baby
laugh laughed laughed laughing | / at the {animal} / with {name}
cry cried cried crying | / all night / in the {room}
rest rested rested resting | / near the fire / under a tree / on the sofa
go went gone going | to the {inside} / to school / home / to bed / to the {landmark} with {his} {kin}
"""
ANIMAL_VERBS = """
sleep slept slept sleeping | / on the {surface} / under a tree / near the fire / in the {yard}
run ran run running | / after the {animal} / across the street / in the {yard} / away
eat ate eaten eating | / the {food} / some bread / the grass / some meat
drink drank drunk drinking | / some water / the milk / from the river
sit sat sat sitting | on the {surface} / near the {landmark} / under the tree
wait waited waited waiting | near the door / for the children / in the {yard}
follow followed followed following | the children / the {animal} / the old man
hide hid hidden hiding | under the {furniture} / behind the {landmark} / in the {yard}
look looked looked looking | at the {animal} / at the moon / for food
"""
FORMS = ("base", "past", "done", "doing")


def parsed(table: str) -> list[tuple[dict[str, str], list[str]]]:
    """(verb forms, possible complements) of each line of a verb table."""
    verbs = []
    for line in table.strip().splitlines():
        forms, _, complements = line.partition("|")
        verbs.append(
            (dict(zip(FORMS, forms.split(), strict=True)), [c.strip() for c in complements.split("/")])
        )
    return verbs


PERSON_VERBS, BEAST_VERBS = parsed(VERBS), parsed(ANIMAL_VERBS)
STATES = words("see, want, need, love, know, like, lose, forget, find, break")
ACTIONS = [verb for verb in PERSON_VERBS if verb[0]["base"] not in STATES]


def third_person(base: str) -> str:
    """The -s form of a verb: go -> goes, carry -> carries."""
    if base.endswith(("s", "sh", "ch", "x", "o")):
        return base + "es"
    if base[-1] == "y" and base[-2] not in "aeiou":
        return base[:-1] + "ies"
    return base + "s"


def verb_phrase(form: str, verbs: list = PERSON_VERBS) -> str:
    """A verb in one of base, past, done, doing, does, with a complement that fits; it holds slots."""
    forms, complements = choice(verbs)
    verb = third_person(forms["base"]) if form == "does" else forms[form]
    return f"{verb} {choice(complements)}".strip()


for _form in (*FORMS, "does"):
    SLOTS[_form] = lambda form=_form: verb_phrase(form, ACTIONS if form == "doing" else PERSON_VERBS)
    SLOTS["animal_" + _form] = lambda form=_form: verb_phrase(form, BEAST_VERBS)
SLOTS["act"] = lambda: verb_phrase("base", ACTIONS)
