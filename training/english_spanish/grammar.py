"""A small grammar that writes an English sentence and its Spanish translation at the same time.

Every rule draws words at random and builds both sides together, so gender, number, person, "ser" or "estar"
and the personal "a" are right by construction. Rules return `Phrase`s; `sentence` returns a `Pair`.
"""

from dataclasses import dataclass, replace
from random import Random

import words
from inflection import (
    EL_FEMININE,
    agreeing,
    article,
    english_plural,
    english_verb,
    spanish_plural,
    spanish_verb,
)


@dataclass(frozen=True)
class Phrase:
    """A piece of a sentence in both languages.

    `person` is the index into Spanish verb forms, `third` asks for the English -s. `agreement` are the
    Spanish words whose form shows gender; `combinations` the (noun, adjective) pairs used, in their
    dictionary forms; `noun` the Spanish noun itself; `unsure` the people whose gender the English does not
    tell (a nurse, a doctor).
    """

    english: str
    spanish: str
    gender: str = "m"
    person: int = 2
    third: bool = True
    agreement: tuple = ()
    combinations: tuple = ()
    noun: str = ""
    unsure: tuple = ()


@dataclass(frozen=True)
class Pair:
    """A sentence with its translation and what it can test."""

    english: str
    spanish: str
    agreement: tuple = ()
    combinations: tuple = ()
    unsure: tuple = ()
    idiom: str = ""


def joined(english, spanish, *parts, **changes):
    """Returns a phrase of these texts that inherits what its parts can test."""
    return Phrase(
        " ".join(english.split()),
        " ".join(spanish.split()),
        agreement=sum((part.agreement for part in parts), ()),
        combinations=sum((part.combinations for part in parts), ()),
        unsure=sum((part.unsure for part in parts), ()),
        **changes,
    )


DETERMINERS = {  # English singular, English plural, Spanish m, f, plural m, plural f
    "the": ("the", "the", "el", "la", "los", "las"),
    "this": ("this", "these", "este", "esta", "estos", "estas"),
    "that": ("that", "those", "ese", "esa", "esos", "esas"),
    "my": ("my", "my", "mi", "mi", "mis", "mis"),
    "your": ("your", "your", "tu", "tu", "tus", "tus"),
    "his": ("his", "his", "su", "su", "sus", "sus"),
    "her": ("her", "her", "su", "su", "sus", "sus"),
    "our": ("our", "our", "nuestro", "nuestra", "nuestros", "nuestras"),
    "their": ("their", "their", "su", "su", "sus", "sus"),
    "a": ("a", "some", "un", "una", "unos", "unas"),
    "many": ("", "many", "", "", "muchos", "muchas"),
    "two": ("", "two", "", "", "dos", "dos"),
    "three": ("", "three", "", "", "tres", "tres"),
    "five": ("", "five", "", "", "cinco", "cinco"),
    "ten": ("", "ten", "", "", "diez", "diez"),
}
POSSESSIVES = ["my", "your", "his", "her", "our", "their"]
PLURAL_ONLY = ["many", "two", "three", "five", "ten"]

BE = {"present": ["am", "are", "is", "are", "are"], "past": ["was", "were", "was", "were", "were"]}
PRONOUNS = [
    Phrase("I", "", person=0, third=False),
    Phrase("you", "", person=1, third=False),
    Phrase("he", "él"),
    Phrase("she", "ella", gender="f"),
    Phrase("we", "", person=3, third=False),
    Phrase("they", "ellos", person=4, third=False),
]
OBJECT_PRONOUNS = [("me", "me"), ("you", "te"), ("him", "lo"), ("her", "la"), ("us", "nos"), ("them", "los")]
MODALS = {  # English, English negated, Spanish verb, words before its infinitive
    "can": ("can", "cannot", "poder", ""),
    "must": ("must", "must not", "deber", ""),
    "should": ("should", "should not", "deber", "conditional"),
}
TENSES = (
    ["present"] * 4
    + ["past"] * 6
    + ["future"] * 3
    + ["progressive"] * 4
    + [
        "past progressive",
        "perfect",
        "perfect",
        "going to",
        "going to",
        "can",
        "can",
        "must",
        "should",
        "have to",
        "have to",
    ]
    + ["want to", "want to", "used to", "had"]
)
CONJUNCTIONS = [
    ("and", "y"),
    ("but", "pero"),
    ("because", "porque"),
    ("when", "cuando"),
    ("while", "mientras"),
]
OPINIONS = [
    ("I think that", "creo que"),
    ("they say that", "dicen que"),
    ("I know that", "sé que"),
    ("it is true that", "es verdad que"),
]
PREPOSITIONS = words.table(
    "in|en; in|en; in|en; in|en; near|cerca de; behind|detrás de; in front of|delante de; far from|lejos de"
)
OBJECT_NOUNS = {
    "thing": (words.THINGS, words.ADJECTIVES),
    "clothes": (words.CLOTHES, words.ADJECTIVES[:12]),
    "food": (words.FOOD, words.FOOD_ADJECTIVES),
    "animal": (words.ANIMALS, words.ADJECTIVES[:12]),
    "writing": (words.WRITINGS, words.IDEA_ADJECTIVES),
    "song": (words.SONGS, words.IDEA_ADJECTIVES),
    "building": (words.BUILDINGS, words.ADJECTIVES[:12]),
    "openable": (words.OPENABLE, words.ADJECTIVES[:10]),
    "idea": (words.IDEAS, words.IDEA_ADJECTIVES),
    "problem": (words.IDEAS[:1], words.IDEA_ADJECTIVES),
    "movie": (words.table("movie|película|f; match|partido|m"), words.IDEA_ADJECTIVES),
    "work": (
        words.table("job|trabajo|m; lesson|lección|f; exercise|ejercicio|m; dinner|cena|f"),
        words.IDEA_ADJECTIVES,
    ),
    "path": (
        words.table("street|calle|f; bridge|puente|m; river|río|m; square|plaza|f"),
        words.ADJECTIVES[:2],
    ),
    "container": (
        words.table("cup|taza|f; bottle|botella|f; glass|vaso|m; box|caja|f; bucket|cubo|m"),
        words.ADJECTIVES[:10],
    ),
}


def contracted(spanish):
    """Returns Spanish with "de el" and "a el" contracted."""
    return f" {spanish} ".replace(" de el ", " del ").replace(" a el ", " al ").strip()


def capitalized(text):
    """Returns a sentence with a capital letter, after the opening question or exclamation mark if there is
    one.
    """
    start = 1 if text[0] in "¿¡" else 0
    return text[:start] + text[start].upper() + text[start + 1 :]


class Grammar:
    """The rules, over one source of random numbers."""

    def __init__(self, seed):
        self.rng = Random(seed)

    def chance(self, probability):
        return self.rng.random() < probability

    def pick(self, options):
        return self.rng.choice(options)

    # Noun phrases

    def noun_phrase(
        self, noun, adjectives=(), determiners=("the",), plural=None, adjective_share=0.3, owner=None
    ):
        """Returns determiner + adjective + noun. `owner` ("m", "f") keeps a wrong "his" or "her" out."""
        english, spanish, gender = noun[:3]
        plural = self.chance(0.22) if plural is None else plural
        determiner = self.pick(determiners)
        if determiner == "possessive":
            wrong = {"m": "her", "f": "his"}.get(owner)
            determiner = self.pick([word for word in POSSESSIVES if word != wrong])
        if determiner in PLURAL_ONLY and not plural:
            determiner = "the"
        singular, several, *forms = DETERMINERS[determiner]
        form = forms[2 * plural + (gender == "f")]
        if plural:
            english, spanish = english_plural(english), spanish_plural(spanish)
        agreement = [form]
        combinations = ()
        candidates = [a for a in adjectives if a[0] not in words.NOT_BEFORE_NOUN]
        if candidates and self.chance(adjective_share):
            adjective = self.pick(candidates)
            combinations = ((noun[1], adjective[1]),)
            english = f"{adjective[0]} {english}"
            spanish = f"{spanish} {agreeing(adjective[1], gender, plural)}"
            agreement.append(agreeing(adjective[1], gender, plural))
        if noun[1] in EL_FEMININE:
            form = {"la": "el", "una": "un"}.get(form, form)
        if determiner == "a" and not plural:
            english = article(english)
        else:
            english = f"{several if plural else singular} {english}"
        return Phrase(
            english,
            f"{form} {spanish}",
            gender=gender,
            person=4 if plural else 2,
            third=not plural,
            agreement=tuple(agreement) if len(set(forms)) > 2 else tuple(agreement[1:]),
            combinations=combinations,
            noun=noun[1],
        )

    def person(
        self,
        determiners=("the", "the", "the", "possessive", "this", "a"),
        adjective_share=0.2,
        plural=None,
        owner=None,
    ):
        """Returns a person; where the English hides the gender, it is drawn in the share of the word list."""
        if self.chance(0.5):
            noun, unsure = self.pick(words.PEOPLE), False
        else:
            english, masculine, feminine, share = self.pick(words.EITHER)
            gender = "m" if self.chance(float(share)) else "f"
            noun, unsure = (english, masculine if gender == "m" else feminine, gender), True
        phrase = self.noun_phrase(noun, words.PERSON_ADJECTIVES, determiners, plural, adjective_share, owner)
        return replace(phrase, unsure=(phrase.english,)) if unsure else phrase

    def name(self):
        return Phrase(*self.pick(words.NAMES))

    def subject(self):
        """Returns a pronoun, a name, a person or an animal."""
        draw = self.rng.random()
        if draw < 0.33:
            return self.pick(PRONOUNS)
        if draw < 0.47:
            return self.name()
        if draw < 0.52:
            one, other = self.name(), self.name()
            gender = "f" if one.gender == other.gender == "f" else "m"
            return Phrase(
                f"{one.english} and {other.english}",
                f"{one.spanish} y {other.spanish}",
                gender=gender,
                person=4,
                third=False,
            )
        if draw < 0.84:
            return self.person()
        return self.noun_phrase(
            self.pick(words.ANIMALS), words.ADJECTIVES[:10], ("the", "the", "possessive", "this", "a")
        )

    def place(self, prepositions=PREPOSITIONS):
        """Returns "in the park" and the like."""
        noun = self.noun_phrase(
            self.pick(words.PLACES), words.ADJECTIVES[:14], ["the"] * 5 + ["a", "this"], False, 0.15
        )
        english, spanish = self.pick(prepositions)
        return joined(f"{english} {noun.english}", contracted(f"{spanish} {noun.spanish}"), noun)

    def thing(
        self,
        kind,
        owner=None,
        determiners=("the", "the", "a", "a", "this", "that", "possessive", "many", "two", "three"),
    ):
        """Returns an object of a kind named in `words.TRANSITIVE`; people take the personal "a"."""
        if kind == "person":
            if self.chance(0.25):
                name = self.name()
                return joined(name.english, f"a {name.spanish}")
            person = self.person(("the", "the", "possessive", "that"), 0.15, owner=owner)
            return joined(person.english, contracted(f"a {person.spanish}"), person)
        if kind in ("staple", "drink"):
            noun = self.pick(words.STAPLES if kind == "staple" else words.DRINKS)
            if self.chance(0.6):
                return Phrase(noun[0], noun[1])
            return self.noun_phrase(noun, (), ("the", "the", "this", "possessive"), False, owner=owner)
        if kind == "place":
            return self.noun_phrase(
                self.pick(words.PLACES), words.ADJECTIVES[:10], ("the", "the", "this", "that"), False, 0.2
            )
        nouns, adjectives = OBJECT_NOUNS[kind]
        return self.noun_phrase(self.pick(nouns), adjectives, determiners, adjective_share=0.3, owner=owner)

    def any_thing(self, determiners, plural=None, adjective_share=0.3):
        """Returns a thing, a piece of clothing or some food."""
        nouns, adjectives = OBJECT_NOUNS[self.pick(["thing", "thing", "thing", "clothes", "food"])]
        return self.noun_phrase(self.pick(nouns), adjectives, determiners, plural, adjective_share)

    # Verbs

    def verb(self, subject, tense, verb, negated=False, before=""):
        """Returns the verb for a subject. `before` is an object pronoun, before the verb in Spanish."""
        english, spanish, person = english_verb(verb[0]), spanish_verb(verb[1]), subject.person
        if verb[0] in words.STATIVE:
            tense = {"progressive": "present", "past progressive": "past"}.get(tense, tense)
        third = subject.third
        no = "no " if negated else ""
        pronoun = f"{before} " if before else ""
        negation = " not" if negated else ""
        be = BE["present"][person if not third else 2]
        if tense == "present":
            plain = english["s"] if third else english["base"]
            text = f"{'does' if third else 'do'} not {english['base']}" if negated else plain
            return text, f"{no}{pronoun}{spanish['present'][person]}"
        if tense == "past":
            return f"did not {english['base']}" if negated else english[
                "past"
            ], f"{no}{pronoun}{spanish['past'][person]}"
        if tense == "future":
            return f"will{negation} {english['base']}", f"{no}{pronoun}{spanish['future'][person]}"
        if tense == "progressive" and verb[1] in ("ir", "venir"):
            return f"{be}{negation} {english['ing']}", f"{no}{pronoun}{spanish['present'][person]}"
        if tense == "progressive":
            estar = spanish_verb("estar")["present"][person]
            return f"{be}{negation} {english['ing']}", f"{no}{pronoun}{estar} {spanish['gerund']}"
        if tense == "past progressive":
            was = "was" if third or person == 0 else "were"
            if verb[1] in ("ir", "venir"):
                return f"{was}{negation} {english['ing']}", f"{no}{pronoun}{spanish['imperfect'][person]}"
            estar = spanish_verb("estar")["imperfect"][person]
            return f"{was}{negation} {english['ing']}", f"{no}{pronoun}{estar} {spanish['gerund']}"
        if tense == "perfect":
            have = "has" if third else "have"
            haber = spanish_verb("haber")["present"][person]
            return (
                f"{have}{negation} {english['participle']}",
                f"{no}{pronoun}{haber} {spanish['participle']}",
            )
        if tense == "had":
            haber = ["había", "habías", "había", "habíamos", "habían"][person]
            return f"had{negation} {english['participle']}", f"{no}{pronoun}{haber} {spanish['participle']}"
        if tense == "used to":
            text = f"did not use to {english['base']}" if negated else f"used to {english['base']}"
            return text, f"{no}{pronoun}{spanish['imperfect'][person]}"
        infinitive = spanish["infinitive"] + before
        if tense == "going to":
            ir = spanish_verb("ir")["present"][person]
            return f"{be}{negation} going to {english['base']}", f"{no}{ir} a {infinitive}"
        if tense in ("have to", "want to"):
            head, auxiliary = tense.split()[0], {"have to": "tener", "want to": "querer"}[tense]
            que = "que " if tense == "have to" else ""
            first = english_verb(head)["s"] if third else head
            text = f"{'does' if third else 'do'} not {head}" if negated else first
            return (
                f"{text} to {english['base']}",
                f"{no}{spanish_verb(auxiliary)['present'][person]} {que}{infinitive}",
            )
        modal, modal_not, auxiliary, form = MODALS[tense]
        text = modal_not if negated else modal
        return (
            f"{text} {english['base']}",
            f"{no}{spanish_verb(auxiliary)[form or 'present'][person]} {infinitive}",
        )

    def time(self, tense, share=0.3):
        """Returns a time expression that goes with a tense, or an empty phrase."""
        kind = {
            "past": "past",
            "past progressive": "past",
            "future": "future",
            "going to": "future",
            "present": "present",
        }.get(tense)
        return Phrase(*self.pick(words.TIMES[kind])) if kind and self.chance(share) else Phrase("", "")

    def transitive(self):
        while True:
            english, spanish, kinds = self.pick(words.TRANSITIVE)
            if kinds:
                return (english, spanish), self.pick(kinds.split())

    # Clauses

    def owner(self, subject):
        """Whose a "his" or "her" in the clause may be; None leaves both open."""
        return subject.gender if subject.third and subject.english not in ("he", "she") else None

    def settled(self, clause, subject):
        """Returns the clause with `unsure` off where a "his" or "her" tells the gender of its subject."""
        tells = {"m": " his ", "f": " her "}[subject.gender]
        if subject.unsure and subject.third and tells in f"{clause.english} ":
            return replace(
                clause, unsure=tuple(person for person in clause.unsure if person not in subject.unsure)
            )
        return clause

    def clause(self, subject=None):
        """Returns a sentence about somebody doing something."""
        subject = subject or self.subject()
        tense, negated = self.pick(TENSES), self.chance(0.14)
        place, companion = Phrase("", ""), Phrase("", "")
        draw = self.rng.random()
        if draw < 0.52:
            verb, kind = self.transitive()
            thing = self.thing(kind, self.owner(subject))
            if self.chance(0.15):
                place = self.place()
            main = self.verb(subject, tense, verb, negated)
        elif draw < 0.60:
            verb, kind = self.transitive()
            while kind != "person":
                verb, kind = self.transitive()
            (english, spanish), thing = self.pick(OBJECT_PRONOUNS), Phrase("", "")
            if (english, subject.person) in {("me", 0), ("you", 1), ("us", 3), ("us", 0), ("me", 3)}:
                english, spanish = "them", "los"
            main = self.verb(subject, tense, verb, negated, spanish)
            main = (f"{main[0]} {english}", main[1])
        elif draw < 0.78:
            verb, thing = self.pick(words.INTRANSITIVE), Phrase("", "")
            main = self.verb(subject, tense, verb, negated)
            if self.chance(0.6):
                place = self.place()
            if self.chance(0.15):
                name = self.name()
                companion = Phrase(f"with {name.english}", f"con {name.spanish}")
        elif draw < 0.93:
            verb, thing = self.pick(words.MOTION), Phrase("", "")
            main = self.verb(subject, tense, verb, negated)
            arrives = verb[0] == "arrive"
            place = self.place([("at" if arrives else "to", "a")])
            if self.chance(0.15):
                name = self.name()
                companion = Phrase(f"with {name.english}", f"con {name.spanish}")
        else:
            return self.giving(subject, tense, negated)
        time = self.time(tense)
        parts = [subject, Phrase(*main), thing, place, companion, time]
        english, spanish = (
            " ".join(getattr(part, side) for part in parts) for side in ("english", "spanish")
        )
        return self.settled(joined(english, spanish, *parts), subject)

    def giving(self, subject, tense, negated):
        """Returns "Mary gave a book to John"."""
        verb = self.pick(words.GIVING)
        writing = verb[0] in ("write", "read")
        kind = (
            "writing"
            if writing
            else "idea"
            if verb[0] == "explain"
            else self.pick(["thing", "thing", "clothes", "food"])
        )
        thing = self.thing(kind, self.owner(subject))
        receiver = self.thing("person", self.owner(subject))
        several = receiver.english.split()[-1] in PLURAL_PEOPLE
        main = self.verb(subject, tense, verb, negated, "les" if several else "le")
        time = self.time(tense, 0.2)
        english = f"{subject.english} {main[0]} {thing.english} to {receiver.english} {time.english}"
        spanish = f"{subject.spanish} {main[1]} {thing.spanish} {receiver.spanish} {time.spanish}"
        return self.settled(joined(english, spanish, subject, thing, receiver), subject)

    def copula(self, subject=None):
        """Returns "the girl is tired": ser or estar, with an adjective that agrees."""
        past, draw = self.chance(0.3), self.rng.random()
        if subject is None and draw < 0.5:
            subject = self.person(adjective_share=0) if self.chance(0.5) else self.subject()
        if subject is not None:
            adjectives = words.PERSON_ADJECTIVES
        elif draw < 0.62:
            subject = self.noun_phrase(
                self.pick(words.EVENTS + words.IDEAS), (), ("the", "this", "possessive", "that")
            )
            adjectives = [
                adjective for adjective in words.IDEA_ADJECTIVES if adjective[0] not in words.TEMPORARY
            ]
        else:
            nouns = self.pick([words.THINGS, words.THINGS, words.CLOTHES, words.PLACES, words.ANIMALS])
            subject = self.noun_phrase(self.pick(nouns), (), ("the", "this", "possessive", "that"))
            adjectives = words.ADJECTIVES
        adjective = self.pick(adjectives)
        verb = spanish_verb("estar" if adjective[0] in words.TEMPORARY else "ser")[
            "imperfect" if past else "present"
        ]
        form = agreeing(adjective[1], subject.gender, subject.person > 2)
        be = BE["past" if past else "present"][2 if subject.third else subject.person]
        tested = () if subject.unsure or subject.english in ("I", "you", "we", "they") else (form,)
        degree = self.pick(
            [("", ""), ("", ""), ("very ", "muy "), ("not ", "no "), ("too ", "demasiado "), ("so ", "tan ")]
        )
        no, degree = (degree, ("", "")) if degree[0] == "not " else (("", ""), degree)
        phrase = joined(
            f"{subject.english} {be} {no[0]}{degree[0]}{adjective[0]}",
            f"{subject.spanish} {no[1]} {verb[subject.person]} {degree[1]}{form}",
            subject,
        )
        combination = ((subject.noun, adjective[1]),) if subject.noun else ()
        return replace(
            phrase, agreement=phrase.agreement + tested, combinations=phrase.combinations + combination
        )

    def comparison(self):
        """Returns "the house is bigger than the car"."""
        if self.chance(0.5):
            one, other = (
                self.person(("the", "possessive"), 0, False),
                self.person(("the", "possessive"), 0, False),
            )
            (english, spanish) = self.pick(words.PERSON_COMPARABLE)
        else:
            one, other = (
                self.any_thing(("the", "this", "possessive"), None, 0),
                self.any_thing(("the", "that", "possessive"), None, 0),
            )
            (english, spanish) = self.pick(words.COMPARABLE)
        form = agreeing(spanish, one.gender, one.person > 2)
        verb = spanish_verb(
            "estar" if english.split()[-1] in words.TEMPORARY or "tired" in english else "ser"
        )
        if english in ("happier", "cleaner", "more nervous"):
            verb = spanish_verb("estar")
        be = "is" if one.third else "are"
        phrase = joined(
            f"{one.english} {be} {english} than {other.english}",
            f"{one.spanish} {verb['present'][one.person]} más {form} que {other.spanish}",
            one,
            other,
        )
        return replace(phrase, agreement=(*phrase.agreement, form))

    def location(self):
        """Returns "the keys are on the table"."""
        choice = self.rng.random()
        if choice < 0.5:
            subject, place = self.any_thing(("the", "possessive"), None, 0.15), self.place()
            if self.chance(0.5):
                table = self.noun_phrase(self.pick(words.THINGS), (), ("the", "the", "this"), False)
                english, spanish = self.pick(
                    words.table("on|en; under|debajo de; next to|al lado de; behind|detrás de")
                )
                place = joined(f"{english} {table.english}", contracted(f"{spanish} {table.spanish}"), table)
        else:
            subject, place = self.subject(), self.place()
        past = self.chance(0.25)
        be = BE["past" if past else "present"][2 if subject.third else subject.person]
        estar = spanish_verb("estar")["imperfect" if past else "present"][subject.person]
        return joined(
            f"{subject.english} {be} {place.english}",
            f"{subject.spanish} {estar} {place.spanish}",
            subject,
            place,
        )

    def existence(self):
        """Returns "there are two dogs in the garden"."""
        nouns, adjectives = self.pick(
            [
                (words.THINGS, words.ADJECTIVES),
                (words.ANIMALS, words.ADJECTIVES[:12]),
                (words.FOOD, words.FOOD_ADJECTIVES),
                (words.EVENTS, words.IDEA_ADJECTIVES),
                (words.PEOPLE, words.PERSON_ADJECTIVES),
            ]
        )
        thing = self.noun_phrase(
            self.pick(nouns), adjectives, ("a", "a", "many", "two", "three", "ten"), None, 0.25
        )
        thing = (
            thing
            if not thing.english.startswith("the ")
            else self.noun_phrase(self.pick(nouns), adjectives, ("a",), False)
        )
        place, past = self.place(), self.chance(0.25)
        be = BE["past" if past else "present"][2 if thing.third else 4]
        return joined(
            f"there {be} {thing.english} {place.english}",
            f"{'había' if past else 'hay'} {thing.spanish} {place.spanish}",
            thing,
            place,
        )

    def liking(self):
        """Returns "I like the red shoes" / "me gustan los zapatos rojos"."""
        subject = self.pick(
            [*PRONOUNS, self.name(), self.name(), self.person(("the", "possessive"), 0, False)]
        )
        pronoun = ["me", "te", "le", "nos", "les"][subject.person]
        owner = contracted(f"a {subject.spanish}") if subject.spanish else ""
        negated = self.chance(0.2)
        if self.chance(0.35):
            verb = self.pick(words.INTRANSITIVE)
            thing = Phrase(f"to {verb[0]}", verb[1])
            several = False
        elif self.chance(0.4):
            noun = self.pick(words.STAPLES + words.DRINKS)
            form = "la" if noun[2] == "f" and noun[1] not in EL_FEMININE else "el"
            thing, several = Phrase(noun[0], f"{form} {noun[1]}"), False
        else:
            thing = self.any_thing(("the", "this", "that", "possessive"))
            several = thing.person > 2
        like = (
            ("does not like" if subject.third else "do not like")
            if negated
            else ("likes" if subject.third else "like")
        )
        gusta = "gustan" if several else "gusta"
        spanish = f"{owner} {'no ' if negated else ''}{pronoun} {gusta} {thing.spanish}"
        return joined(f"{subject.english} {like} {thing.english}", spanish, subject, thing)

    def wish(self):
        """Returns "I would like to buy a book", "I would like a coffee"."""
        subject = self.pick(
            [
                PRONOUNS[0],
                PRONOUNS[0],
                PRONOUNS[0],
                *PRONOUNS,
                self.name(),
                self.person(("the", "possessive"), 0, False),
            ]
        )
        pronoun = ["me", "te", "le", "nos", "les"][subject.person]
        owner = contracted(f"a {subject.spanish}") if subject.spanish else ""
        if self.chance(0.35):
            kind = self.pick(["drink", "drink", "food", "thing", "staple"])
            thing = self.thing(kind, determiners=("a", "a", "this", "two"))
            quisiera = ["quisiera", "quisieras", "quisiera", "quisiéramos", "quisieran"][subject.person]
            return joined(
                f"{subject.english} would like {thing.english}",
                f"{subject.spanish} {quisiera} {thing.spanish}",
                subject,
                thing,
            )
        if self.chance(0.5):
            verb, kind = self.transitive()
            thing = self.thing(kind)
        elif self.chance(0.5):
            verb, thing = self.pick(words.MOTION), self.place([("to", "a")])
            verb = ("go", "ir") if verb[0] == "arrive" else verb
        else:
            verb, thing = self.pick(words.INTRANSITIVE), self.pick([Phrase("", ""), self.place()])
        english = f"{subject.english} would like to {verb[0]} {thing.english}"
        return joined(english, f"{owner} {pronoun} gustaría {verb[1]} {thing.spanish}", subject, thing)

    def duration(self):
        """Returns "she has lived here for ten years", "he worked in the hospital for two months"."""
        subject, place = self.subject(), self.place([("in", "en")])
        verb = self.pick(words.LASTING)
        count, unit = self.pick(words.NUMBERS[:14]), self.pick(words.UNITS)
        number = Phrase(f"for {count[0]} {unit[0]}", f"{count[1]} {unit[1]}")
        here = self.pick([Phrase("here", "aquí"), place, place, Phrase("", "")])
        english, spanish = english_verb(verb[0]), spanish_verb(verb[1])
        if self.chance(0.5):
            have = "has" if subject.third else "have"
            first = self.pick([f"{have} {english['participle']}", f"{have} been {english['ing']}"])
            second = f"{spanish['present'][subject.person]} {here.spanish} desde hace"
        else:
            tense = self.pick(["past", "past", "future"])
            first, second = self.verb(subject, tense, verb)
            second = f"{second} {here.spanish} durante"
        text = f"{subject.english} {first} {here.english} {number.english}"
        return joined(text, f"{subject.spanish} {second} {number.spanish}", subject, here)

    def state(self):
        """Returns "I am hungry", "she is ten years old", "Mary has two brothers"."""
        subject, past = self.subject(), self.chance(0.25)
        be = BE["past" if past else "present"][2 if subject.third else subject.person]
        tener = spanish_verb("tener")["imperfect" if past else "present"][subject.person]
        if self.chance(0.5):
            english, spanish, gender = self.pick(words.STATES)
            very, much = self.pick([("", ""), ("", ""), ("very ", "mucha " if gender == "f" else "mucho ")])
            if english in ("in a hurry", "right"):
                very = much = ""
            return joined(
                f"{subject.english} {be} {very}{english}",
                f"{subject.spanish} {tener} {much}{spanish}",
                subject,
            )
        count = self.pick(words.NUMBERS)
        return joined(
            f"{subject.english} {be} {count[0]} years old",
            f"{subject.spanish} {tener} {count[1]} años",
            subject,
        )

    def price(self):
        """Returns "the sofa costs ten euros"."""
        thing = self.any_thing(("the", "this", "that", "possessive"), None, 0.25)
        count, unit = self.pick(words.NUMBERS), self.pick(words.MONEY)
        past = ["past"] if thing.third else []  # "the shoes cost" hides its tense
        tense = self.pick(["present", "present", *past, "future"])
        english, spanish = self.verb(thing, tense, ("cost", "costar"), self.chance(0.1))
        amount = (
            (f"{count[0]} {unit[0]}", f"{count[1]} {unit[1]}")
            if self.chance(0.75)
            else ("a lot of money", "mucho dinero")
        )
        return joined(
            f"{thing.english} {english} {amount[0]}", f"{thing.spanish} {spanish} {amount[1]}", thing
        )

    def relative(self):
        """Returns "the woman who lives in the house is tired": agreement over a distance."""
        head = self.person(("the", "the", "this"), 0)
        tense = self.pick(["present", "past", "progressive"])
        if self.chance(0.5):
            verb, place = self.pick(words.INTRANSITIVE), self.place()
        else:
            verb, kind = self.transitive()
            place = self.thing(kind, self.owner(head))
        english, spanish = self.verb(head, tense, verb)
        whole = joined(
            f"{head.english} {self.pick(['who', 'that'])} {english} {place.english}",
            f"{head.spanish} que {spanish} {place.spanish}",
            head,
            place,
            gender=head.gender,
            person=head.person,
            third=head.third,
        )
        rest = self.copula(replace(whole, combinations=()))
        return self.settled(replace(rest, combinations=()), head)

    def belonging(self):
        """Returns "Mary's car is red", "I lost the doctor's key"."""
        owner = self.name() if self.chance(0.6) else self.person(("the", "my", "our"), 0, False)
        noun = self.pick(words.THINGS + words.CLOTHES)
        thing = self.noun_phrase(noun, (), ("the",), self.chance(0.2))
        whole = joined(
            f"{owner.english}'s {thing.english.removeprefix('the ')}",
            contracted(f"{thing.spanish} de {owner.spanish}"),
            thing,
            owner,
            gender=thing.gender,
            person=thing.person,
            third=thing.third,
        )
        if self.chance(0.5):
            adjective = self.pick(words.ADJECTIVES)
            verb = spanish_verb("estar" if adjective[0] in words.TEMPORARY else "ser")["present"][
                whole.person
            ]
            form = agreeing(adjective[1], whole.gender, whole.person > 2)
            text = f"{whole.english} {'is' if whole.third else 'are'} {adjective[0]}"
            phrase = joined(text, f"{whole.spanish} {verb} {form}", whole)
            return replace(
                phrase, agreement=(*phrase.agreement, form), combinations=((noun[1], adjective[1]),)
            )
        subject, tense = self.subject(), self.pick(TENSES)
        verb = self.pick(
            [verb for verb in words.TRANSITIVE if "thing" in verb[2].split() and verb[0] != "have"]
        )
        english, spanish = self.verb(subject, tense, verb)
        return joined(
            f"{subject.english} {english} {whole.english}",
            f"{subject.spanish} {spanish} {whole.spanish}",
            subject,
            whole,
        )

    def question(self):
        """Returns a question, with its marks."""
        draw, subject = self.rng.random(), self.subject()
        aux = "does" if subject.third else "do"
        after = f" {subject.spanish}" if subject.spanish else ""
        if draw < 0.3:
            verb, kind = self.transitive()
            thing = self.thing(kind, self.owner(subject))
            tense = self.pick(["present", "past", "future"])
            helper = {"present": aux, "past": "did", "future": "will"}[tense]
            form = spanish_verb(verb[1])[tense][subject.person]
            phrase = joined(
                f"{helper} {subject.english} {verb[0]} {thing.english}?",
                f"¿{subject.spanish}{' ' if subject.spanish else ''}{form} {thing.spanish}?",
                subject,
                thing,
            )
            return self.settled(phrase, subject)
        if draw < 0.5:
            word = self.pick(words.table("where|dónde; why|por qué; when|cuándo; how|cómo"))
            verb = self.pick(words.INTRANSITIVE)
            tense = self.pick(["present", "past", "progressive"])
            if tense == "progressive":
                be = BE["present"][2 if subject.third else subject.person]
                english = f"{word[0]} {be} {subject.english} {english_verb(verb[0])['ing']}?"
                form = f"{spanish_verb('estar')['present'][subject.person]} {spanish_verb(verb[1])['gerund']}"
            else:
                helper = aux if tense == "present" else "did"
                english = f"{word[0]} {helper} {subject.english} {verb[0]}?"
                form = spanish_verb(verb[1])[tense][subject.person]
            return joined(english, f"¿{word[1]} {form}{after}?", subject)
        if draw < 0.58:
            thing = self.any_thing(("the", "this", "that", "possessive"), None, 0.2)
            cost = "cuestan" if thing.person > 2 else "cuesta"
            return joined(
                f"how much {'does' if thing.third else 'do'} {thing.english} cost?",
                f"¿cuánto {cost} {thing.spanish}?",
                thing,
            )
        if draw < 0.66:
            verb = self.pick(words.MOTION)
            helper = {"present": aux, "past": "did"}
            tense = self.pick(list(helper))
            form = spanish_verb(verb[1])[tense][subject.person]
            return joined(
                f"where {helper[tense]} {subject.english} {verb[0]}?", f"¿adónde {form}{after}?", subject
            )
        nouns = self.pick([words.THINGS, words.PLACES, words.PEOPLE, words.CLOTHES])
        thing = self.noun_phrase(self.pick(nouns), (), ("the", "the", "possessive"))
        be, several = ("is", False) if thing.third else ("are", True)
        if draw < 0.84:
            return joined(
                f"where {be} {thing.english}?",
                f"¿dónde {'están' if several else 'está'} {thing.spanish}?",
                thing,
            )
        adjective = self.pick(words.PERSON_ADJECTIVES if nouns is words.PEOPLE else words.ADJECTIVES)
        estar = adjective[0] in words.TEMPORARY
        verb = spanish_verb("estar" if estar else "ser")["present"][4 if several else 2]
        form = agreeing(adjective[1], thing.gender, several)
        phrase = joined(f"{be} {thing.english} {adjective[0]}?", f"¿{verb} {form} {thing.spanish}?", thing)
        return replace(
            phrase, agreement=(*phrase.agreement, form), combinations=((thing.noun, adjective[1]),)
        )

    def compound(self):
        """Returns two clauses in one sentence; a pronoun in the second may tell the gender of a person in the
        first.
        """
        first = self.pick([self.clause, self.copula])
        if self.chance(0.4):
            person = self.person(("the", "the", "possessive"), 0.1, False)
            one = first(person)
            pronoun = PRONOUNS[3] if person.gender == "f" else PRONOUNS[2]
            english, spanish = self.pick(
                [("because", "porque"), ("but", "pero"), ("and", "y"), ("when", "cuando")]
            )
            other = self.copula(pronoun) if self.chance(0.6) else self.clause(pronoun)
            other = replace(
                other, spanish=" ".join(other.spanish.split()[1:])
            )  # the second pronoun is dropped
            whole = joined(
                f"{one.english} {english} {other.english}",
                f"{one.spanish} {spanish} {other.spanish}",
                one,
                other,
            )
            unsure = tuple(someone for someone in whole.unsure if someone not in person.unsure)
            return replace(whole, unsure=unsure, combinations=one.combinations)
        if self.chance(0.3):
            one = first()
            english, spanish = self.pick(OPINIONS)
            return joined(f"{english} {one.english}", f"{spanish} {one.spanish}", one)
        one, other = first(), self.pick([self.clause, self.copula])()
        english, spanish = self.pick(CONJUNCTIONS)
        return joined(
            f"{one.english} {english} {other.english}", f"{one.spanish} {spanish} {other.spanish}", one, other
        )

    def sentence(self):
        """Returns one sentence with its translation."""
        rules = {
            self.clause: 40,
            self.copula: 11,
            self.question: 10,
            self.compound: 11,
            self.location: 5,
            self.existence: 4,
            self.liking: 3,
            self.wish: 4,
            self.duration: 3,
            self.state: 2.5,
            self.price: 2,
            self.comparison: 3,
            self.relative: 3,
            self.belonging: 3.5,
        }
        rule = self.rng.choices(list(rules), list(rules.values()))[0]
        return self.finished(rule())

    def finished(self, phrase):
        """Returns the phrase as a sentence: capital letter, full stop, sometimes English contractions."""
        english, spanish = phrase.english, contracted(phrase.spanish)
        if self.chance(0.2):
            english = shortened(english)
        stop = "" if english.endswith("?") or self.chance(0.1) else "."
        return Pair(
            capitalized(english) + stop,
            capitalized(spanish) + stop,
            phrase.agreement,
            phrase.combinations,
            phrase.unsure,
        )


SHORT_FORMS = words.table("""do not|don't; does not|doesn't; did not|didn't; will not|won't; is not|isn't;
    are not|aren't; was not|wasn't; were not|weren't; cannot|can't; have not|haven't; has not|hasn't;
    it is|it's; I am|I'm; you are|you're; he is|he's; she is|she's; we are|we're; they are|they're;
    I would|I'd; I will|I'll; I have|I've; should not|shouldn't""")
PLURAL_PEOPLE = {english_plural(row[0].split()[-1]) for row in words.PEOPLE + words.EITHER}


def shortened(english):
    """Returns English with its usual contractions."""
    text = f" {english} "
    for long, short in SHORT_FORMS:
        if not (long == "I have" and " I have to " in text):
            text = text.replace(f" {long} ", f" {short} ")
    return text.strip()
