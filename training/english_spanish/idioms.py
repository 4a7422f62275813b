"""Idioms with their idiomatic Spanish, put into varied contexts, and everyday phrases that are fixed.

Each idiom also has its literal neighbours in the corpus ("I see cats and dogs", "it is raining in the park",
"he ate a piece of cake"), so that a model must read the whole expression.
"""

import zlib
from dataclasses import replace

import words
from grammar import BE, Grammar, Phrase, joined
from inflection import agreeing, spanish_verb

# Whole clauses: "name: english|spanish"; one is chosen at random.
CLAUSES = {
    "cats and dogs": """it is raining cats and dogs|está lloviendo a cántaros;
        it was raining cats and dogs|estaba lloviendo a cántaros; it rained cats and dogs|llovió a cántaros;
        it is going to rain cats and dogs|va a llover a cántaros; it rains cats and dogs|llueve a cántaros""",
    "piece of cake": """it is a piece of cake|es pan comido; it was a piece of cake|fue pan comido;
        it will be a piece of cake|será pan comido; this is a piece of cake|esto es pan comido;
        the exam was a piece of cake|el examen fue pan comido;
        the exam is a piece of cake|el examen es pan comido;
        this exercise is a piece of cake|este ejercicio es pan comido;
        this game is a piece of cake|este juego es pan comido;
        my job is a piece of cake|mi trabajo es pan comido;
        the lesson was a piece of cake|la lección fue pan comido""",
    "better late than never": "better late than never|más vale tarde que nunca",
    "when pigs fly": """it will happen when pigs fly|pasará cuando las ranas críen pelo;
        he will pay when pigs fly|él pagará cuando las ranas críen pelo;
        she will work when pigs fly|ella trabajará cuando las ranas críen pelo;
        they will return when pigs fly|ellos volverán cuando las ranas críen pelo""",
    "early bird": "the early bird catches the worm|a quien madruga, Dios le ayuda",
    "last straw": """it is the last straw|es la gota que colma el vaso;
        this was the last straw|esto fue la gota que colmó el vaso""",
    "walls have ears": "the walls have ears|las paredes oyen",
    "bird in the hand": """a bird in the hand is worth two in the bush|
        más vale pájaro en mano que ciento volando""",
    "not all that glitters": "all that glitters is not gold|no es oro todo lo que reluce",
}

# Verb phrases: "english verb|spanish verb|rest in English|rest in Spanish".
VERB_PHRASES = {
    "hit the nail": "hit|dar|the nail on the head|en el clavo",
    "two birds": "kill|matar|two birds with one stone|dos pájaros de un tiro",
    "throw in the towel": "throw in|tirar|the towel|la toalla",
    "kick the bucket": "kick|estirar|the bucket|la pata",
    "sleep like a log": "sleep|dormir|like a log|como un tronco",
    "beat around the bush": "beat|andar|around the bush|con rodeos",
    "spill the beans": "spill|descubrir|the beans|el pastel",
    "arm and a leg (pay)": "pay|pagar|an arm and a leg|un ojo de la cara",
    "once in a blue moon": "travel|viajar|once in a blue moon|de Pascuas a Ramos",
    "blink of an eye": "finish|terminar|in the blink of an eye|en un abrir y cerrar de ojos",
    "dawn to dusk": "work|trabajar|from dawn to dusk|de sol a sol",
    "by heart": "learn|aprender|the lesson by heart|la lección de memoria",
}
VERB_TENSES = [
    "present",
    "past",
    "past",
    "future",
    "perfect",
    "going to",
    "can",
    "want to",
    "progressive",
    "must",
]

# "to be ..." with a form that agrees where it ends in "@".
STATES = {
    "head in the clouds": ("estar", "{have} {poss} head in the clouds", "en las nubes"),
    "two peas": ("ser", "{be} like two peas in a pod", "como dos gotas de agua"),
    "fresh as a daisy": ("estar", "{be} as fresh as a daisy", "fresco@ como una rosa"),
    "skin and bones": ("estar", "{be} nothing but skin and bones", "en los huesos"),
    "over the moon": ("estar", "{be} over the moon", "loco@ de alegría"),
    "up to my ears": ("estar", "{be} up to {poss} ears in work", "hasta el cuello de trabajo"),
}
POSSESSIVES = {"I": "my", "you": "your", "we": "our"}

LITERAL = words.table("""I see cats and dogs|Veo gatos y perros;
    cats and dogs are animals|los gatos y los perros son animales;
    she has cats and dogs|ella tiene gatos y perros;
    there are cats and dogs in the street|hay gatos y perros en la calle; it is raining|está lloviendo;
    it was raining|estaba lloviendo; it rained|llovió; it rains a lot|llueve mucho;
    it is snowing|está nevando; it is hot|hace calor; it is cold|hace frío; it is sunny|hace sol;
    it is windy|hace viento; it was cold|hacía frío; it was hot|hacía calor;
    it is very cold|hace mucho frío; it is very hot|hace mucho calor;
    I would like a piece of cake|quisiera un trozo de pastel;
    he ate a piece of cake|él comió un trozo de pastel;
    I am eating a piece of cake|estoy comiendo un trozo de pastel;
    it is a piece of bread|es un trozo de pan; she wants a piece of cake|ella quiere un trozo de pastel;
    it is a piece of wood|es un trozo de madera; it is a book|es un libro; it is a house|es una casa;
    it is a secret|es un secreto; it is true|es verdad; it is late|es tarde; it is early|es temprano;
    it is easy|es fácil; it is difficult|es difícil; it is my car|es mi coche;
    it is impossible|es imposible; it was a mistake|fue un error; this is my house|esta es mi casa;
    this is my friend|este es mi amigo; he has an arm and a leg|él tiene un brazo y una pierna;
    the moon is blue|la luna es azul;
    the frogs and the birds are in the garden|las ranas y los pájaros están en el jardín""")

FIXED = words.table("""Good morning|Buenos días; Good night|Buenas noches; Good afternoon|Buenas tardes;
    Hello|Hola; Goodbye|Adiós; Thank you|Gracias; Thank you very much|Muchas gracias; Please|Por favor;
    You are welcome|De nada; See you tomorrow|Hasta mañana; See you later|Hasta luego;
    How are you?|¿Cómo estás?; I am fine|Estoy bien; What is your name?|¿Cómo te llamas?;
    My name is Mary|Me llamo María; My name is John|Me llamo Juan; My name is Peter|Me llamo Pedro;
    What time is it?|¿Qué hora es?; Nice to meet you|Mucho gusto; I am sorry|Lo siento; Excuse me|Perdón;
    Congratulations|Felicidades; Happy birthday|Feliz cumpleaños; Merry Christmas|Feliz Navidad;
    Of course|Por supuesto; I do not know|No sé; I do not understand|No entiendo; Good luck|Buena suerte;
    Have a good trip|Buen viaje; Speak of the devil|Hablando del rey de Roma;
    Long time no see|Cuánto tiempo sin verte; How old are you?|¿Cuántos años tienes?;
    How old is she?|¿Cuántos años tiene ella?; How old is he?|¿Cuántos años tiene él?;
    Where are you from?|¿De dónde eres?; I am from Spain|Soy de España;
    She is from France|Ella es de Francia; I love you|Te quiero; I miss you|Te echo de menos;
    I need help|Necesito ayuda; I speak Spanish|Hablo español; Do you speak English?|¿Hablas inglés?;
    How much does it cost?|¿Cuánto cuesta?; Break a leg|Mucha suerte""")


class Idioms(Grammar):
    """Sentences with an idiom, in contexts made by the grammar."""

    def idiom(self):
        """Returns a sentence with an idiom; `Pair.idiom` names it."""
        draw = self.rng.random()
        if draw < 0.45:
            name = self.pick(list(CLAUSES))
            core = Phrase(*self.pick(words.table(CLAUSES[name])))
        elif draw < 0.72:
            name = self.pick(list(VERB_PHRASES))
            core = self.verb_idiom(*VERB_PHRASES[name].split("|"))
        elif draw < 0.84:
            name, core = "arm and a leg", self.price_idiom()
        elif draw < 0.9:
            name, core = "pull a leg", self.leg_pulling()
        else:
            name = self.pick(list(STATES))
            core = self.state_idiom(*STATES[name])
        return replace(self.finished(self.in_context(core)), idiom=name)

    def in_context(self, core):
        """Returns the idiom alone, after an opening, or joined with a clause of the grammar."""
        draw = self.rng.random()
        if draw < 0.3:
            return core
        if draw < 0.6:
            openings = words.table("""I think that|creo que; they say that|dicen que; I know that|sé que;
                today|hoy; Mary says that|María dice que; my father says that|mi padre dice que;
                everybody knows that|todos saben que; the teacher says that|el profesor dice que;
                it is true that|es verdad que; now|ahora; maybe|quizás; John thinks that|Juan cree que;
                remember that|recuerda que; I believe that|creo que; she says that|ella dice que""")
            english, spanish = self.pick(openings)
            if english in ("maybe", "now", "today"):
                return joined(f"{english} {core.english}", f"{spanish} {core.spanish}", core)
            return joined(f"{english} {core.english}", f"{spanish} {core.spanish}", core)
        english, spanish = self.pick([("and", "y"), ("but", "pero"), ("because", "porque")])
        other = self.pick([self.clause, self.copula])()
        if draw < 0.85:
            return joined(
                f"{core.english} {english} {other.english}",
                f"{core.spanish} {spanish} {other.spanish}",
                core,
                other,
            )
        return joined(
            f"{other.english} {english} {core.english}",
            f"{other.spanish} {spanish} {core.spanish}",
            other,
            core,
        )

    def verb_idiom(self, verb, spanish_infinitive, english_rest, spanish_rest):
        subject = self.subject()
        english, spanish = self.verb(
            subject, self.pick(VERB_TENSES), (verb, spanish_infinitive), self.chance(0.1)
        )
        return joined(
            f"{subject.english} {english} {english_rest}",
            f"{subject.spanish} {spanish} {spanish_rest}",
            subject,
        )

    def price_idiom(self):
        thing = self.any_thing(("the", "this", "that", "possessive"), None, 0.2)
        past = ["past", "past"] if thing.third else []  # "the shoes cost" hides its tense
        tense = self.pick(["present", *past, "future", "going to"])
        english, spanish = self.verb(thing, tense, ("cost", "costar"))
        return joined(
            f"{thing.english} {english} an arm and a leg",
            f"{thing.spanish} {spanish} un ojo de la cara",
            thing,
        )

    def leg_pulling(self):
        subject = self.subject()
        while subject.english in ("I", "you", "we"):
            subject = self.subject()
        owner, pronoun = self.pick(
            [("my", "me"), ("your", "te"), ("our", "nos"), ("his", "le"), ("her", "le"), ("their", "les")]
        )
        tense = self.pick(["progressive", "progressive", "past progressive", "present", "going to"])
        english, spanish = self.verb(subject, tense, ("pull", "tomar"), before=pronoun)
        return joined(
            f"{subject.english} {english} {owner} leg", f"{subject.spanish} {spanish} el pelo", subject
        )

    def state_idiom(self, verb, english, spanish):
        subject = self.subject()
        past = self.chance(0.3)
        if "peas" in english:
            while subject.person < 3:
                subject = self.subject()
        be = BE["past" if past else "present"][2 if subject.third else subject.person]
        have = "had" if past else "has" if subject.third else "have"
        default = "their" if subject.person == 4 else "her" if subject.gender == "f" else "his"
        english = english.format(be=be, have=have, poss=POSSESSIVES.get(subject.english, default))
        word, at, rest = spanish.partition("@")
        if at:
            spanish = agreeing(word, subject.gender, subject.person > 2) + rest
        form = spanish_verb(verb)["imperfect" if past else "present"][subject.person]
        return self.settled(
            joined(f"{subject.english} {english}", f"{subject.spanish} {form} {spanish}", subject), subject
        )

    def fixed(self):
        """Returns an everyday phrase or a literal neighbour of an idiom."""
        if self.chance(0.35):
            return self.finished(Phrase(*self.pick(FIXED)))
        core = Phrase(*self.pick(LITERAL))
        core = replace(core, spanish=core.spanish[0].lower() + core.spanish[1:])
        return self.finished(self.in_context(core) if self.chance(0.5) else core)


def idiomatic_core(pair):
    """Returns the part of the Spanish that must appear in an idiomatic translation."""
    name = pair.idiom
    if name in CORES:
        return CORES[name]
    if name in VERB_PHRASES:
        return VERB_PHRASES[name].split("|")[3]
    if name in STATES:
        return STATES[name][2].rpartition("@")[2].strip()
    raise KeyError(name)


CORES = {
    "cats and dogs": "a cántaros",
    "piece of cake": "pan comido",
    "better late than never": "más vale tarde que nunca",
    "when pigs fly": "cuando las ranas críen pelo",
    "early bird": "madruga, Dios le ayuda",
    "last straw": "la gota que colm",
    "walls have ears": "las paredes oyen",
    "bird in the hand": "pájaro en mano que ciento volando",
    "not all that glitters": "oro todo lo que reluce",
    "arm and a leg": "un ojo de la cara",
    "pull a leg": "el pelo",
}


def in_held_out_context(pair):
    """Whether an idiom and the words around it are kept from training: one in eight combinations."""
    return zlib.crc32(pair.english.encode()) % 8 == 0
