"""The words that the sentences are made of, registered as the slots of `templates.fill`."""

from templates import SLOTS, words

WOMEN = words("""
    Mary, Anna, Lucy, Helen, Laura, Sarah, Emma, Alice, Julia, Susan, Linda, Karen, Nancy, Betty, Ruth,
    Sharon, Carol, Amy, Angela, Brenda, Kate, Diana, Rose, Janet, Jane, Grace, Judy, Rachel, Maria,
    Heather, Ann, Martha, Sophia, Olivia, Nora, Clara, Ella, Eva, Molly, Lily, Sally, Megan, Irene, Claire,
    Ellen, Joan, Victoria, Emily, Charlotte, Hannah, Jessica, Lisa, Sandra, Donna, Margaret, Elizabeth,
    Barbara, Dorothy, Amanda, Melissa, Rebecca, Catherine, Christine, Teresa, Gloria, Marie, Julie, Louise,
    Beth, Daisy, Edith, Florence, Holly, Ivy, Jenny, Lena, Mia, Nina, Paula, Vera, Wendy, Zoe
""")
MEN = words("""
    John, Peter, Charles, Paul, Michael, Tom, David, James, Daniel, Robert, William, Richard, Joseph,
    Thomas, Mark, Donald, George, Kenneth, Steven, Edward, Brian, Kevin, Jason, Jeff, Frank, Scott, Eric,
    Andrew, Ray, Joe, Jack, Henry, Walter, Arthur, Simon, Oliver, Harry, Ben, Sam, Max, Leo, Oscar, Martin,
    Philip, Patrick, Victor, Albert, Carl, Ralph, Roger, Louis, Fred, Howard, Bruce, Alan, Adam, Nathan,
    Samuel, Stephen, Matthew, Anthony, Luke, Jacob, Noah, Ethan, Lucas, Hugo, Felix, Isaac, Owen, Bob,
    Bill, Jim, Tim, Nick, Ted, Will, Greg, Dan, Neil, Keith, Ian
""")
NAMES = WOMEN + MEN
UNSEEN_NAMES = words("""
    Priya, Chloe, Ingrid, Natasha, Sienna, Bianca, Yasmin, Freya, Tyler, Dmitri, Connor, Justin, Gareth,
    Logan, Kwame, Javier
""")
"""For the tests only: no training sentence of ours contains them."""

FEMALE = words("""
    girl, woman, queen, princess, sister, mother, daughter, grandmother, aunt, wife, waitress, old woman,
    little girl, niece, granddaughter, actress, nun, lady, young woman, bride, schoolgirl
""")
MALE = words("""
    boy, man, king, prince, brother, father, son, grandfather, uncle, husband, waiter, old man, little boy,
    nephew, grandson, actor, monk, gentleman, young man, groom, schoolboy
""")
GENDER = dict.fromkeys(WOMEN + FEMALE, "f") | dict.fromkeys(MEN + MALE, "m")
PRONOUNS = {
    "f": {"he": "she", "him": "her", "his": "her", "himself": "herself"},
    "m": {"he": "he", "him": "him", "his": "his", "himself": "himself"},
    "they": {"he": "they", "him": "them", "his": "their", "himself": "themselves"},
    "it": {"he": "it", "him": "it", "his": "its", "himself": "itself"},
}

KIN = words("brother, sister, father, mother, grandmother, grandfather, uncle, aunt, son, daughter, cousin")
JOBS = words("""
    doctor, nurse, teacher, student, farmer, soldier, cook, driver, artist, singer, writer, lawyer,
    engineer, baker, gardener, pilot, sailor, painter, judge, guard, dentist, tailor, hunter, fisherman,
    postman, policeman, librarian, merchant, worker, player, captain, dancer, musician, secretary,
    carpenter, butcher, shepherd, priest, scientist, reporter, manager
""")
PEOPLE = [*JOBS, *words("neighbor, friend, customer, visitor, stranger, thief, guest, child, tourist")]
ANIMALS = words("""
    dog, cat, horse, bird, cow, rabbit, mouse, bear, lion, duck, chicken, pig, wolf, fox, goat, elephant,
    monkey, frog, turtle, snake, donkey, owl, squirrel, tiger, deer, sheep, kitten, puppy, goose, bee,
    butterfly, parrot, camel, crow, hen
""")

CLOTHES = words("hat, shirt, shoe, coat, jacket, dress, scarf, glove, sock, sweater, skirt")
DISHES = words("cup, bottle, glass, plate, knife, spoon, fork, bowl")
FURNITURE = words("table, chair, lamp, mirror, clock, carpet, bed, sofa, shelf, desk")
TEXTS = words("book, letter, newspaper, story, poem, message, note, magazine, card")
TOYS = words("ball, toy, doll, kite, drum, balloon, puzzle")
TOOLS = words("hammer, rope, ladder, bucket, brush, broom, basket, chain, stick, nail")
SMALL_THINGS = words("""
    key, ring, coin, watch, phone, camera, pencil, pen, wallet, ticket, stamp, necklace, button, bell,
    shell, stone, notebook, map
""")
VEHICLES = words("car, bicycle, boat, bus, train, ship")
BAGS = words("box, bag, suitcase, package, basket")
HOME = words("""
    blanket, pillow, towel, candle, vase, picture, painting, flag, umbrella, radio, computer, tent, flower,
    gift, guitar, piano, helmet
""")
THINGS = list(
    dict.fromkeys(CLOTHES + DISHES + FURNITURE + TEXTS + TOYS + TOOLS + SMALL_THINGS + VEHICLES + BAGS + HOME)
)
GIFTS = words("""
    book, letter, phone, key, hat, shirt, picture, box, bag, newspaper, map, guitar, ball, flower, ticket,
    umbrella, cup, bottle, glass, plate, watch, coat, ring, gift, camera, pencil, basket, blanket, candle,
    toy, doll, kite, pillow, jacket, scarf, pen, notebook, card, coin, radio, towel, painting, drum,
    magazine, necklace, package, apple, cake, sandwich, orange, cookie, drink, rose, present, message,
    pear, lamp, puppy, kitten
""")
FOOD = words("""
    apple, orange, sandwich, cake, egg, banana, potato, tomato, cookie, salad, pizza, pear, lemon, carrot,
    pie, pancake, onion, peach, melon, cherry, sausage, mushroom
""")
FOOD_MASS = words("bread, rice, cheese, meat, soup, butter, fruit, honey, chocolate, fish, jam, ice cream")
DRINKS = words("water, milk, coffee, tea, juice, wine, lemonade, beer")

PLACES = words("""
    park, school, kitchen, garden, city, village, hospital, library, street, forest, restaurant, church,
    market, office, hotel, museum, bank, shop, room, castle, farm, theater, house, yard, classroom, barn,
    factory, cave, valley, field, cafe, bakery, town, zoo, gym, cinema, store, living room, bedroom
""")
SURFACES = words("table, chair, floor, bed, roof, shelf, sofa, desk, wall, grass, bench, beach, bridge")
LANDMARKS = words("""
    river, lake, sea, mountain, tree, window, door, fire, station, airport, fence, well, gate, wall, park,
    school, garden, hospital, library, forest, church, market, office, hotel, museum, bank, shop, castle,
    farm, house, barn, factory, bridge, bus stop
""")
OPENABLE = words("door, window, box, bottle, bag, letter, gate, book, package, suitcase, drawer")
GAMES = words("football, chess, cards, tennis, basketball, the piano, the guitar")

PERSON_ADJECTIVES = words("""
    tall, young, old, happy, sad, strong, poor, rich, clever, kind, famous, tired, sick, thin, brave,
    nervous, angry, friendly, honest, lonely, quiet, busy, proud, lazy, hungry, polite, rude, careful,
    calm, cheerful
""")
MOODS = words(
    "happy, sad, tired, hungry, angry, late, cold, proud, afraid, nervous, busy, ill, ready, lost, thirsty"
)
REASONS = {
    "tired": words("had worked all day, had not slept, had walked a long way, had run home"),
    "happy": words("had a new {toy}, had won the game, saw an old friend, found the lost {small}"),
    "sad": words("had lost the {small}, could not find the {small}, was alone, had to go home"),
    "hungry": words("had not eaten all day, had missed lunch, had forgotten the bread"),
    "angry": words("had lost the game, could not open the door, was late again, had waited for an hour"),
    "late": words("had missed the bus, had slept too long, could not find the {small}"),
    "cold": words("had no coat, had left the jacket at home, was wet"),
    "proud": words("had made the {toy} alone, had won a prize, could read the whole book"),
    "afraid": words("heard a strange noise, saw a big dog, was alone in the dark"),
    "nervous": words("had an exam, had to sing in front of the class, did not know the answer"),
}
THING_ADJECTIVES = words("""
    big, small, new, old, red, blue, green, white, black, yellow, beautiful, ugly, clean, dirty, expensive,
    cheap, long, short, heavy, light, strange, broken, empty, round, strong, wet, dry, soft, hard, brown,
    golden, wooden, lost, simple, lovely, little
""")
SIZES = words("big, small, little, old, young, beautiful, white, black, brown, strange, hungry, lost")
THING_STATES = words("""
    big, small, new, old, beautiful, clean, dirty, expensive, cheap, heavy, light, broken, wet, dry, ready,
    lost, safe, gone, warm, cold, strong, missing, useful, here, there, very old, very small, quite big,
    too heavy, not new, made of wood
""")

SEASONS = {
    # the first words of a season are drawn more often than the last
    "summer": words("hot, warm, dry, sunny, bright"),
    "winter": words("cold, snowy, icy, freezing, dark"),
    "spring": words("mild, fresh, green, rainy, pleasant"),
    "autumn": words("windy, cool, foggy, gray, wet"),
}
SEASON_SCENES = {
    "summer": words("""
    we swim in the lake, people go to the beach, the days are long, children eat ice cream,
    the sun shines all day, we wear light clothes
"""),
    "winter": words("""
    snow covers the fields, the lake is frozen, people wear heavy coats, the days are short,
    children make a snowman, we sit near the fire
"""),
    "spring": words("""
    the flowers open, the birds build nests, the trees turn green, farmers plant seeds, the snow melts,
    young lambs are born
"""),
    "autumn": words("""
    the leaves fall from the trees, farmers bring in the harvest, the birds fly south,
    the leaves turn red and yellow, school begins again, we pick apples
"""),
}

OPPOSITES = [
    tuple(pair.split("/"))
    for pair in words("""
    big/small, hot/cold, old/new, happy/sad, clean/dirty, rich/poor, tall/short, heavy/light, fast/slow,
    open/closed, strong/weak, full/empty, early/late, hard/soft, wet/dry, high/low, long/short, good/bad,
    young/old, black/white, day/night, up/down, left/right, inside/outside, love/hate, war/peace,
    true/false, easy/difficult, cheap/expensive, beautiful/ugly, thick/thin, wide/narrow, deep/shallow,
    loud/quiet, safe/dangerous, first/last, push/pull, buy/sell, give/take, win/lose, begin/end, laugh/cry,
    come/go, right/wrong, same/different, near/far, sweet/sour, brave/afraid, wise/foolish, north/south,
    east/west, summer/winter, friend/enemy, question/answer, morning/evening, always/never, before/after,
    in/out, dark/bright, smooth/rough, sick/healthy, asleep/awake, dead/alive, kind/cruel, polite/rude,
    lazy/busy
""")
]
THING_OPPOSITES = [pair for pair in OPPOSITES if pair[0] in words("""
    big, old, clean, heavy, strong, full, hard, wet, high, long, good, cheap, beautiful, thick, wide, deep,
    safe, dark
""")]  # fmt: skip

FACTS = words("""
    Monday comes before Tuesday., Wednesday comes after Tuesday., Friday comes after Thursday.,
    Saturday comes before Sunday., January is the first month of the year.,
    December is the last month of the year., A week has seven days., A year has twelve months.,
    An hour has sixty minutes., A day has twenty-four hours., Summer comes after spring.,
    Winter comes after autumn., Autumn comes after summer., Spring comes after winter.,
    Fire is hot and ice is cold., The sun rises in the east., The sun sets in the west.,
    Two and two is four., Birds can fly and fish can swim., A puppy is a young dog.,
    A kitten is a young cat., A lamb is a young sheep., A calf is a young cow., A child is a young person.,
    Cows eat grass and give milk., Bees make honey., Hens lay eggs., Dogs bark and cats meow.,
    A baker makes bread., A teacher works in a school., A doctor works in a hospital.,
    A nurse works in a hospital., A farmer works on a farm., A cook works in a kitchen.,
    A judge works in a court., You can read books in a library.,
    We see with our eyes and hear with our ears., Water turns into ice when it is very cold.,
    The moon shines at night., The sun shines during the day., We sleep at night and work during the day.,
    A bird has two wings., A dog has four legs., A spider has eight legs., A car has four wheels.,
    A bicycle has two wheels.
""")
COLORS = dict(
    pair.split("/")
    for pair in words("""
    snow/white, milk/white, salt/white, grass/green, a leaf/green, a frog/green, the sky/blue,
    the sea/blue, blood/red, a tomato/red, a strawberry/red, a cherry/red, a lemon/yellow, a banana/yellow,
    the sun/yellow, coal/black, the night/black, a crow/black, chocolate/brown, coffee/brown, a bear/brown,
    an elephant/gray, a mouse/gray, a carrot/orange, an orange/orange, a pig/pink
""")
)

PAST_TIMES = words("""
    yesterday, last night, last week, two days ago, last year, this morning, on Monday, on Sunday,
    last summer, an hour ago, in the afternoon
""")
HABIT_TIMES = words("""
    every day, on Sundays, in the morning, at night, every week, in the evening, after school,
    before dinner, on Saturdays, after lunch
""")
FUTURE_TIMES = words("tomorrow, next week, tonight, next year, soon, next Monday, in an hour, on Friday")
DAYS = words("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday")

SLOTS.update(
    name=NAMES,
    woman=WOMEN,
    man=MEN,
    kin=KIN,
    job=JOBS,
    people=PEOPLE,
    animal=ANIMALS,
    clothes=CLOTHES,
    dish=DISHES,
    furniture=FURNITURE,
    text=TEXTS,
    toy=TOYS,
    tool=TOOLS,
    small=SMALL_THINGS,
    vehicle=VEHICLES,
    bag=BAGS,
    home=HOME,
    thing=THINGS,
    goods=CLOTHES + DISHES + TOYS + SMALL_THINGS + HOME + TEXTS[:3],
    gift=GIFTS,
    food=FOOD,
    food_mass=FOOD_MASS,
    drink=DRINKS,
    inside=PLACES,
    surface=SURFACES,
    landmark=LANDMARKS,
    opens=OPENABLE,
    game=GAMES,
    person_adjective=PERSON_ADJECTIVES,
    thing_adjective=THING_ADJECTIVES,
    size=SIZES,
    state=THING_STATES,
    past_time=PAST_TIMES,
    habit_time=HABIT_TIMES,
    future_time=FUTURE_TIMES,
    day=DAYS,
    color=words("red, blue, green, white, black, yellow, brown"),
    meal=words("breakfast, lunch, dinner"),
    clock=words("six, seven, eight, nine, ten, five"),
)
