"""The hand-written facts of the yes/no family: what things are, and their usual colours.

Written by hand because the first sense of a dictionary entry often surprises (it makes a tiger a person).
"""

# Each kind with its members. A name ending in "*" takes no article ("copper", "football").
MEMBERS = {
    "a mammal": """dog, cat, horse, cow, pig, sheep, goat, tiger, lion, bear, wolf, fox, rabbit,
        elephant, giraffe, monkey, gorilla, kangaroo, whale, dolphin, seal, deer, camel, zebra, hippo,
        rhino, squirrel, hedgehog, donkey, leopard, cheetah, panda, koala, otter, beaver, hamster, rat,
        moose, buffalo, chimpanzee""",
    "a bird": """eagle, parrot, penguin, swan, owl, crow, pigeon, robin, sparrow, ostrich, flamingo,
        peacock, seagull, hawk, falcon, raven, stork, pelican, canary, woodpecker, swallow, vulture,
        hummingbird, toucan""",
    "a fish": """salmon, tuna, trout, shark, herring, sardine, cod, goldfish, carp, piranha, eel,
        swordfish, pike, mackerel""",
    "an insect": """ant, bee, wasp, fly, mosquito, butterfly, moth, beetle, grasshopper, cricket,
        cockroach, dragonfly, ladybug, termite, flea, locust""",
    "a reptile": """snake, crocodile, lizard, turtle, alligator, tortoise, iguana, chameleon, cobra,
        python, viper, gecko""",
    "a tree": """oak, pine, maple, birch, willow, palm, cedar, elm, poplar, fir, beech, eucalyptus,
        sequoia, cypress""",
    "a flower": """tulip, daisy, lily, orchid, sunflower, daffodil, carnation, violet, poppy, petunia,
        geranium, buttercup""",
    "a fruit": """apple, banana, pear, grape, lemon, cherry, strawberry, mango, pineapple, peach, plum,
        apricot, kiwi, melon, watermelon, raspberry, blueberry, papaya, fig, blackberry""",
    "a vegetable": """carrot, onion, cabbage, potato, turnip, leek, radish, broccoli*, spinach*,
        cauliflower*, lettuce*, celery*, asparagus*, artichoke, beet, parsnip""",
    "a drink": """milk*, water*, coffee*, tea*, wine*, beer*, juice*, lemonade*, cider*, vodka*,
        whiskey*, rum*""",
    "a tool": """hammer, saw, screwdriver, wrench, drill, shovel, rake, chisel, pair of pliers, crowbar,
        spade, file, trowel, screw clamp""",
    "a weapon": """gun, rifle, sword, pistol, cannon, spear, grenade, revolver, machine gun, crossbow,
        dagger, musket""",
    "a vehicle": """car, bus, truck, train, bicycle, motorcycle, van, taxi, tractor, ambulance, tram,
        scooter, wagon, helicopter, airplane, limousine, jeep""",
    "a boat": "canoe, ferry, yacht, sailboat, kayak, submarine, gondola, rowboat, raft, trawler",
    "a building": """house, church, school, hospital, castle, palace, hotel, museum, library, theater,
        cathedral, mosque, skyscraper, barn, cottage, prison, temple, factory""",
    "a piece of furniture": """table, chair, sofa, bed, desk, bookcase, wardrobe, armchair, stool,
        cupboard, bench, couch, dresser, cabinet""",
    "a piece of clothing": """shirt, jacket, coat, dress, skirt, hat, scarf, sweater, sock, glove,
        blouse, cap, suit, belt, vest, raincoat""",
    "a musical instrument": """piano, guitar, violin, trumpet, flute, drum, cello, clarinet, harp,
        saxophone, trombone, accordion, banjo, tuba, oboe, bassoon, ukulele, harmonica""",
    "a person": """doctor, teacher, nurse, farmer, lawyer, king, queen, soldier, baker, singer, writer,
        engineer, sailor, waiter, student, child, pilot, judge, dentist, carpenter, painter, priest,
        poet, butcher, plumber, chemist""",
    "a sport": """football*, tennis*, basketball*, baseball*, golf*, hockey*, volleyball*, rugby*,
        badminton*, boxing*, wrestling*, swimming*, judo*, skiing*, rowing*, fencing*, karate*, cycling*""",
    "a color": """red*, blue*, green*, yellow*, purple*, pink*, brown*, black*, white*, gray*,
        turquoise*, beige*, magenta*""",
    "a metal": """iron*, copper*, gold*, silver*, tin*, lead*, zinc*, aluminum*, nickel*, steel*, brass*,
        platinum*, bronze*""",
    "a body part": """arm, leg, hand, foot, nose, ear, eye, knee, elbow, finger, thumb, shoulder, ankle,
        wrist, chin, toe, neck, tongue""",
    "a language": """Spanish*, French*, German*, Italian*, Portuguese*, Russian*, Japanese*, Arabic*,
        Hindi*, Greek*, Turkish*, Swedish*, Dutch*, Polish*, Korean*, Latin*""",
    "a disease": """measles*, cholera*, malaria*, tuberculosis*, influenza*, pneumonia*, diabetes*,
        smallpox*, asthma*, polio*""",
    "a season": "spring*, summer*, autumn*, winter*",
    "a planet": "Mars*, Venus*, Jupiter*, Saturn*, Neptune*, Uranus*, Mercury*, Earth*",
    "a shape": "triangle, circle, rectangle, pentagon, hexagon, trapezoid, octagon",
    "a game": """chess*, poker*, bridge*, checkers*, dominoes*, hide-and-seek*, solitaire*, backgammon*,
        bingo*""",
    "a dance": "tango*, waltz, polka, samba*, ballet*, flamenco*, salsa*, foxtrot, rumba*, minuet",
    "a room": """kitchen, bedroom, bathroom, attic, living room, dining room, cellar, nursery, classroom,
        pantry""",
}

# A wider kind and the kinds that belong to it.
WIDER = {
    "an animal": ["a mammal", "a bird", "a fish", "an insect", "a reptile"],
    "a plant": ["a tree", "a flower"],
    "a food": ["a fruit", "a vegetable"],
}

# Kinds that overlap in common speech: their questions are asked neither with yes nor with no.
UNCLEAR = {
    "a fish": ["a food"],
    "a bird": ["a food"],
    "a mammal": ["a food"],
    "a fruit": ["a plant", "a tree", "a color", "a flower", "a vegetable"],
    "a vegetable": ["a plant", "a fruit"],
    "a tree": ["a food", "a fruit"],
    "a flower": ["a food", "a color", "a tree"],
    "a boat": ["a vehicle"],
    "a vehicle": ["a boat", "a machine"],
    "a tool": ["a weapon"],
    "a weapon": ["a tool"],
    "a sport": ["a game", "a dance"],
    "a game": ["a sport"],
    "a dance": ["a sport"],
    "a drink": ["a food"],
    "a metal": ["a color"],
    "a color": ["a metal", "a flower", "a fruit"],
    "a season": [],
    "a room": ["a building"],
    "a building": ["a room"],
    "a planet": ["a metal"],
    "a reptile": ["a food"],
    "a person": ["an animal", "a mammal"],
    "a language": ["a person"],
}

# What has which usual colour; {s} takes the name as written here.
COLOURS = {
    "green": """grass, a leaf, a frog, a cucumber, broccoli, spinach, lettuce, a pea, an emerald,
        an avocado, a lime, a cactus, a crocodile""",
    "white": """snow, milk, a swan, salt, sugar, rice, cotton, paper, a polar bear, cream, flour, an egg,
        a cloud, a ghost, a tooth, bone""",
    "blue": "the sky, the sea, the ocean, a sapphire",
    "red": "blood, a tomato, a strawberry, a cherry, a fire engine, a rose, a ruby, a brick, ketchup",
    "yellow": "a banana, a lemon, the sun, butter, a canary, corn, mustard, a sunflower, honey",
    "black": "coal, a crow, a raven, tar, night",
    "orange": "a carrot, an orange, a pumpkin",
    "brown": "chocolate, coffee, mud, wood, a potato, a walnut, toast",
    "pink": "a flamingo, a pig",
    "gray": "silver, an elephant, a mouse, steel, a rhino, a dolphin, a koala, smoke",
    "purple": "a plum, lavender, an eggplant",
}


def with_article(name):
    """Returns "a dog", "an apple", or "copper" for a name marked with "*"."""
    if name.endswith("*"):
        return name[:-1]
    return ("an " if name[0] in "aeiou" and not name.startswith(("uk", "eu")) else "a ") + name


def split(words):
    """Returns the names of a comma-separated list."""
    return [" ".join(word.split()) for word in words.split(",")]


def kinds():
    """Returns (true pairs, unclear pairs) of a thing and a kind, such as ("a dog", "an animal")."""
    true, unclear = [], []
    for kind, members in MEMBERS.items():
        wider = [name for name, parts in WIDER.items() if kind in parts]
        for member in map(with_article, split(members)):
            true += [(member, name) for name in [kind, *wider] if name != member]
            unclear += [(member, name) for name in UNCLEAR.get(kind, [])]
    return true, unclear


def colours():
    """Returns the pairs of a thing and its usual colour."""
    return [(thing, colour) for colour, things in COLOURS.items() for thing in split(things)]
