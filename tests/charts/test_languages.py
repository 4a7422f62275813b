"""Figures and findings in Spanish and Dutch: everything is said, in good grammar, with the same numbers."""

import re
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from string import Formatter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution import language
from attribution.charts import (
    faithfulness,
    findings,
    findings_answer,
    findings_check,
    phrases,
    sentences,
    target_word,
)
from attribution.charts import next_word as next_word_charts
from attribution.charts import translation as translation_charts
from attribution.charts.answer_view import AnswerView
from attribution.charts.recipes import Recipe
from attribution.charts.views import ManyView, MixingView, SaliencyView, View, WordView
from attribution.charts.wording import (
    Piece,
    listed,
    number,
    ordinal,
    percent,
    percent0,
    said,
    text,
    told_apart,
)
from attribution.types import Explanation
from tests.charts.sample_answers import answered, checked
from tests.charts.sample_results import (
    family,
    lens,
    many,
    measured,
    measured_answers,
    measured_word,
    next_word,
    scored_next_word,
    translation,
)
from tests.charts.test_figures import BUILDERS, values_in
from tests.charts.test_findings import pushed
from tests.charts.test_findings_are_true import NUMBERS, WORDS, exactly

LANGUAGES = ("es", "nl")
OF_ONE = next_word(foil=False)
BY_PARTS = scored_next_word("frozen", parts=("attention biases", "MLP biases", "norm biases", "head bias"))
VERDICTS = tuple(sentences.VERDICTS)


def stand_in(*instead):
    """A result whose words get that much wherever they stand."""
    result = pushed([2.4, 2.4, -0.2])
    values = np.tile(np.array(instead), (3, 1))
    rows = ("contrast", "target", "foil")
    return replace(result, stand_ins=(Explanation("alti_logit", rows, ("w0", "w1", "w2"), values, "logits"),))


NEXT_WORDS = {
    "both": next_word(),
    "of one": OF_ONE,
    "none": pushed([0.0, 0.001]),
    "one word": pushed([0.7]),
    "two": pushed([0.5, 0.5, -1]),
    "several": pushed([0.5] * 5),
    "all the same": pushed([-0.3, 0.0]),
    "stand in": stand_in(2.0, 2.0, 0.0),
    "amounts": scored_next_word("saliency"),
    "parts": BY_PARTS,
    "not additive": scored_next_word(),
}
TRANSLATIONS = {
    "given": translation(),
    "own": translation(free=True),
    "amounts": translation(signed=False),
    "sure": replace(translation(), step_scores={"probability": np.full(13, 0.9)}),
    "blind": replace(translation(), prefix_magnitude=np.full((13, 13), np.nan)),
    "left out": replace(translation(), left_out=np.full((13, 8), 0.2)),
    "saturated": replace(translation(), left_out=np.full((13, 8), 1e4)),
    "unmoved": replace(translation(), left_out=np.full((13, 8), 1e-9)),
}


def findings_of_next_words():
    """Every finding of Next word, in every view."""
    for result in NEXT_WORDS.values():
        for of in ("contrast", "target", "foil") if result.foil else ("target",):
            for units in ("words", "tokens"):
                for measure in ("logits", "share"):
                    view = View(of=of, units=units, measure=measure)
                    yield findings.next_word(result, view)
                    if result.alti is not None:
                        yield findings.where_it_happens(result, view)
        yield findings.expects(result)
    for result in (next_word(), next_word(["·Hello"], layers=2)):
        for rolled_out in (True, False):
            yield findings.who_looks(result, MixingView(2, rolled_out))
    tops = (["·a", "·b", "·hot", "·hot"], ["·hot"] * 4, ["·a", "·a", "·a", "·hot"])
    for result in (lens(), lens(foil=False), *(replace(lens(), top=tuple(top)) for top in tops)):
        yield findings.lens(result)
        yield findings.heads(result)
        yield findings.heads(replace(result, heads=np.zeros_like(result.heads)))


def findings_of_faithfulness():
    """How far rankings hold, with every verdict."""
    for verdict in VERDICTS:
        few = measured(words=("Hello",), verdict=verdict)
        for result in (measured(verdict=verdict), few, measured_word(verdict=verdict)):
            yield findings.holds(result)
            yield findings.holds_in_short(result)
        yield findings.holds_by_model(measured_answers(verdict=verdict))
        yield findings.holds_by_model(measured_answers(verdict=verdict)[:1])
        yield findings.which_holds([measured(verdict=verdict), measured("gim", gap=1.0)])
    yield findings.holds(measured_word(explained="probability"))


def findings_of_translations():
    """The whole translation, each word, two side by side."""
    for result in TRANSLATIONS.values():
        for words in (True, False):
            view = SaliencyView(words=words)
            yield from findings.translation(result, view)
            for sign in (
                ("magnitude", "signed") if np.isfinite(result.source_signed).any() else ("magnitude",)
            ):
                for _name, steps in target_word.units(result.target, view):
                    yield target_word.word_finding(result, SaliencyView(sign, words=words), steps)
    own, given = translation(free=True), TRANSLATIONS["sure"]
    other = translation(target=[f"·x{k}" for k in range(9)])
    for one, two in ((own, other), (given, other), (other, given), (own, own)):
        yield target_word.compared(one, two, SaliencyView())


def findings_of_others():
    """Of models, answers and sets."""
    for view in (WordView("signed"), WordView("magnitude")):
        yield findings.model_sizes(family(), view)
        yield findings.model_sizes(family()[:1], view)
        yield findings.agreement(family(), view.sign)
    for result in (answered(), answered(foils=("The", "·Tues", "day", ".", "!"))):
        for find in (findings_answer.word, findings_answer.whole, findings_answer.segments):
            yield find(result, AnswerView(2))
    yield findings_check.check([checked()])
    for measure in ("right", "found", "carried", "aer"):
        yield Recipe("many-by-method", (many(),), ManyView(measure)).finding()


FINDINGS = (
    findings_of_next_words,
    findings_of_faithfulness,
    findings_of_translations,
    findings_of_others,
)

# ------------------------------------------------------------------------------------------------ checks


def templates(table):
    """Every sentence of a table of sentences."""
    if isinstance(table, dict):
        table = tuple(table.values())
    return [t for part in table for t in templates(part)] if isinstance(table, tuple) else [table]


def all_sentences():
    """Every sentence of figures and findings, one and many apart."""
    tables = [table for name, table in vars(sentences).items() if name.isupper()]
    return {t for table in tables for t in templates(table) if isinstance(t, str)}


def runs(template):
    """The longer pieces of a sentence between its places."""
    pieces = [plain for plain, *_rest in Formatter().parse(template)]
    return {p.strip() for p in pieces if len(p.strip()) >= 9 and " " in p.strip()}


@cache
def english(code):
    """Pieces of English sentences that no translation has."""
    with language.reading(code):
        translated = {language._(t) for t in all_sentences()}
        tables = [t for t in vars(sentences).values() if isinstance(t, language.Pair | tuple | dict)]
        pairs = [pair for table in tables for pair in every_pair(table)]
        translated |= {language.numbered(pair, count) for pair in pairs for count in (1, 2)}
    there = "\n".join(translated)
    return {run for t in all_sentences() for run in runs(t) if run not in there}


def every_pair(table):
    """Every sentence of a table that differs by a number."""
    if isinstance(table, language.Pair):
        return [table]
    parts = table.values() if isinstance(table, dict) else table if isinstance(table, tuple) else ()
    return [pair for part in parts for pair in every_pair(part)]


NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def numbers(text, point="."):
    """The numbers in a text, as often as they are in it, with a decimal point."""
    found = (re.sub(r"[.,]", lambda sign: "." if sign[0] == point else "", n) for n in NUMBER.findall(text))
    return Counter(found)


def check(ours, theirs, unwanted):
    """The same is said in another language."""
    assert bool(ours) == bool(theirs)
    assert not set("{}") & set(theirs), theirs
    assert "  " not in theirs, theirs
    left = [run for run in unwanted if run in theirs]
    assert not left, (left, theirs)
    assert numbers(ours) == numbers(theirs, ","), (ours, theirs)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("of", FINDINGS)
def test_every_finding_is_said_in_every_language(of, code):
    ours = [found.plain for found in of()]
    with language.reading(code):
        theirs = [found.plain for found in of()]
    for one, other in zip(ours, theirs, strict=True):
        check(one, other, english(code))


@pytest.mark.parametrize("name", BUILDERS)
def test_every_figure_is_drawn_in_every_language(name):
    ours = BUILDERS[name]("light")
    for code in LANGUAGES:
        with language.reading(code):
            theirs = BUILDERS[name]("light")
        assert theirs.name == ours.name
        assert theirs.table.shape == ours.table.shape
        signs = theirs.spec["config"]["locale"]["number"]
        assert (signs["decimal"], signs["percent"]) == (",", " %" if code == "es" else "%")
        for part in ("title", "caption", "alt"):
            check(getattr(ours, part), getattr(theirs, part), english(code))
        shown = "\n".join({*map(str, theirs.table.columns), *values_in(theirs.spec)})
        assert not [run for run in english(code) if run in shown], shown


@settings(max_examples=60, deadline=None)
@given(
    WORDS,
    st.data(),
    st.booleans(),
    st.sampled_from(["contrast", "target", "foil"]),
    st.sampled_from(["logits", "share"]),
    st.sampled_from(["words", "tokens"]),
)
def test_numbers_are_the_same_whatever_they_are(tokens, data, foil, of, measure, units):
    some = st.lists(NUMBERS, min_size=len(tokens), max_size=len(tokens))
    result = exactly(tokens, data.draw(some), data.draw(st.lists(NUMBERS, min_size=5, max_size=5)), foil)
    view = View(of=of if foil else "target", units=units, measure=measure)
    ours = findings.next_word(result, view).plain
    for code in LANGUAGES:
        with language.reading(code):
            check(ours, findings.next_word(result, view).plain, ())


# -------------------------------------------------------------------------------------- gender and number


@pytest.mark.parametrize(
    ("values", "units", "spanish", "dutch"),
    [
        (
            [1.2, -0.9],
            "words",
            "Las palabras aportan toda la diferencia (+0,30 logits). Lo que más empuja hacia hot es “w0” "
            "(+1,20 logits); lo que más empuja hacia cold es “w1” (−0,90).",
            "De woorden zijn goed voor het hele verschil (+0,30 logits). “w0” duwt het meest richting hot "
            "(+1,20 logits); “w1” duwt het meest richting cold (−0,90).",
        ),
        (
            [-0.5, -0.5],
            "tokens",
            "Los tokens aportan toda la diferencia (−1,00 logits). Ningún token empuja visiblemente hacia "
            "hot; “·w0” y “·w1” empujan con la misma fuerza hacia cold (−0,50 en cada caso).",
            "De tokens zijn goed voor het hele verschil (−1,00 logits). Geen enkel token duwt zichtbaar "
            "richting hot; “·w0” en “·w1” duwen even sterk richting cold (elk −0,50).",
        ),
        (
            [0.5] * 5,
            "words",
            "Las palabras aportan toda la diferencia (+2,50 logits). 5 palabras empujan con la misma fuerza "
            "hacia hot (+0,50 logits en cada caso); ninguna palabra empuja visiblemente hacia cold.",
            "De woorden zijn goed voor het hele verschil (+2,50 logits). 5 woorden duwen even sterk richting "
            "hot (elk +0,50 logits); geen enkel woord duwt zichtbaar richting cold.",
        ),
        (
            [0.0, 0.001],
            "words",
            "Ninguna palabra tiene un efecto que se note (todas por debajo de 0,005; unidad: logits).",
            "Geen enkel woord maakt een zichtbaar verschil (alle onder 0,005; eenheid: logits).",
        ),
        (
            [0.0, 0.001],
            "tokens",
            "Ningún token tiene un efecto que se note (todos por debajo de 0,005; unidad: logits).",
            "Geen enkel token maakt een zichtbaar verschil (alle onder 0,005; eenheid: logits).",
        ),
    ],
)
def test_words_and_tokens_agree_in_gender_and_number(values, units, spanish, dutch):
    for code, says in (("es", spanish), ("nl", dutch)):
        with language.reading(code):
            assert findings.next_word(pushed(values), View(units=units)).plain == says


@pytest.mark.parametrize(
    ("words", "spanish", "dutch"),
    [
        (
            ("Hello",),
            "con una sola palabra, el mejor orden sale",
            "met één woord komt de beste volgorde",
        ),
        (
            ("Hello", "there"),
            "con 2 palabras, el mejor orden sale",
            "met 2 woorden komt de beste volgorde",
        ),
    ],
)
def test_one_word_and_several(words, spanish, dutch):
    result = measured(words=words, verdict="too few words")
    for code, says in (("es", spanish), ("nl", dutch)):
        with language.reading(code):
            assert says in findings.holds(result).plain


@pytest.mark.parametrize(
    ("code", "one", "several"),
    [
        ("en", "; the only word left out.", "; words left out one after the other, from all 6 to none."),
        ("es", "; se omite la única palabra.", "; palabras omitidas una tras otra, de todas (6) a ninguna."),
        ("nl", "; het enige woord weggelaten.", "; woorden een voor een weggelaten, van alle 6 tot geen."),
    ],
)
def test_captions_of_one_word_and_of_several(code, one, several):
    with language.reading(code):
        assert one in faithfulness.removal_curves(measured(words=("Hello",))).caption
        assert several in faithfulness.removal_curves(measured()).caption


def test_the_logit_has_its_article():
    for code, says in (
        ("es", "Todo suma el logit de hot (−0,07)"),
        ("nl", "Alles samen is de logit van hot (−0,07)"),
    ):
        with language.reading(code):
            assert next_word_charts.adds_up(OF_ONE).title == says
    for code, says in (
        ("es", "cambia la log-probabilidad de verano (promedio de 2 tokens) en +2,50 nats"),
        ("nl", "verandert de log-kans van verano (gemiddelde van 2 tokens) met +2,50 nats"),
    ):
        with language.reading(code):
            assert says in findings.holds_in_short(measured_word()).plain


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("es", "0,50; −1,25; 12,5 %; < 0,01 %; menos del 1 %; 3.º; a, b y c; a e “invierno”; la (n.º 2)"),
        ("nl", "0,50; −1,25; 12,5%; < 0,01%; minder dan 1%; 3e; a, b en c; a en “invierno”; la (nr. 2)"),
    ],
)
def test_numbers_and_lists(code, says):
    with language.reading(code):
        assert [
            number(0.5),
            number(-1.25),
            percent(0.125),
            percent(0.00001),
            percent0(0.001),
            ordinal(3),
            said(listed(["a", "b", "c"])).plain,
            said(listed(["a", Piece("invierno", "word")])).plain,
            told_apart(["la", "la"])[1],
        ] == says.split("; ")


@pytest.mark.parametrize(
    ("log_ratio", "spanish", "dutch"),
    [
        (np.log(3.2), "3,2 veces", "3,2 keer"),
        (np.log(12_000), "12.000 veces", "12.000 keer"),
        (np.log(5.3e6), "5,3 millones de veces", "5,3 miljoen keer"),
        (30.0, "más de mil millones de veces", "meer dan een miljard keer"),
    ],
)
def test_how_many_times(log_ratio, spanish, dutch):
    for code, says in (("es", spanish), ("nl", dutch)):
        with language.reading(code):
            sentence = text(phrases.OWN_LIKELIER, times=target_word.times_words(log_ratio), **PLACES)
            assert f" {says} " in sentence


PLACES = {"own": "−1,0", "yours": "−2,0", "word": "x", "chance": "1 %"}


@pytest.mark.parametrize("code", ["en", *LANGUAGES])
def test_a_text_may_have_words_that_tables_have_as_heads(code):
    with language.reading(code):
        heads = list(phrases.HEADS.values())
        result = next_word([f"·{head}" for head in heads], layers=2)
        assert len(next_word_charts.layer_heatmap(result).table.columns) == len(heads) + 3
        assert len(next_word_charts.mixing_matrix(result).table.columns) == len(heads) + 1
        two = translation([f"·{head}" for head in heads])
        table = translation_charts.side_by_side(two, two).table
        assert len(table.columns) == len(set(table.columns)) == len(heads) + 5


def test_every_sentence_that_is_asked_for_is_there():
    home = Path(sentences.__file__).parents[1]
    asked = {
        n for f in home.rglob("*.py") for n in re.findall(r"\bphrases\.([A-Z]\w+)", f.read_text("utf-8"))
    }
    assert not [name for name in asked if not hasattr(sentences, name)]
