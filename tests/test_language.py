"""Sentences in the reader's language: kept, passed on, and with anything in their places."""

import copy
import json
import pickle
import threading
from dataclasses import dataclass

import pandas as pd
import pytest

from attribution import language
from attribution.language import Said, in_turn, kept, ngettext, reading, shown
from attribution.models.memory import FREE, check_fits
from attribution.models.specs import resolve
from attribution.recalled import recalled
from attribution.service.writing import settings_in_words
from attribution.types import (
    AttributionError,
    Generation,
    ModelTooLargeError,
    Segment,
    TextError,
    UnknownModelError,
)

ATTACKS = ("{0.__class__}", "{value}", "{", "}", "{{x}}", "%s", "%(name)s", "{most!r}", "\x00", "$x$")


@dataclass(frozen=True)
class Note:
    text: str


def refusal(value="x", most=1234567):
    return TextError("An even number of {least} to {most} orders can be drawn (orders), not {value}.",
                     least=4, most=most, value=value)  # fmt: skip


# -------------------------------------------------------------------------------------------- what is said


def test_a_sentence_survives_pickle_copy_json_and_parquet(tmp_path):
    said = Said("{what} has {count:,} tokens; {name} takes at most {most:,}.",
                what=Said("The question"), count=1234, name="GPT-2", most=512)  # fmt: skip
    english = "The question has 1,234 tokens; GPT-2 takes at most 512."
    assert said == english
    for again in (pickle.loads(pickle.dumps(said)), copy.deepcopy(said), copy.copy(said)):
        assert isinstance(again, Said)
        assert again == said
        with reading("es"):
            assert shown(again) == "La pregunta tiene 1.234 tokens; GPT-2 admite como mucho 512."
    assert json.loads(json.dumps([said, {"a": said}])) == [english, {"a": english}]
    assert type(str(said)) is str
    frame = pd.DataFrame([[said]], columns=["reason"], dtype=object)
    frame.to_parquet(tmp_path / "a.parquet")
    assert list(pd.read_parquet(tmp_path / "a.parquet")["reason"]) == [english]
    assert english in frame.to_csv()


def test_a_sentence_equals_its_english_text():
    said, text = Said("There is no foil here: type one, or explain the target."), "There is no foil here: "
    text += "type one, or explain the target."
    assert Note(said) == Note(text)
    assert hash(Note(said)) == hash(Note(text))
    assert {text: 1}[said] == 1


def test_an_error_is_raised_in_one_language_and_read_in_another():
    with reading("nl"), pytest.raises(TextError) as caught:
        raise refusal("5")
    error = caught.value
    assert str(error) == "An even number of 4 to 1234567 orders can be drawn (orders), not 5."
    assert error.said == str(error)
    with reading("es"):
        assert str(error) == "Se puede sortear un número par de 4 a 1234567 órdenes (orders), no 5."
    with reading("nl"):
        assert str(error).startswith("Er kan een even aantal van 4 tot 1234567 volgordes")
    assert error.said == str(error)


def test_an_error_survives_being_sent_to_another_process():
    for error in (refusal(), UnknownModelError("No model is called {name}; {instead}.", name="x",
                                               instead=Said("see the log"))):  # fmt: skip
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error)
        assert str(again) == str(error)
        with reading("es"):
            assert str(again) == str(error) != again.said


def test_an_error_may_pass_on_what_another_said():
    again = AttributionError(refusal("7").said)
    assert str(again) == str(refusal("7"))
    with reading("es"):
        assert str(again) == str(refusal("7"))


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("code", ["en", "es", "nl"])
def test_what_a_visitor_typed_stays_text(attack, code):
    with reading(code):
        assert attack in str(refusal(attack))
        assert str(AttributionError(attack)) == attack
        assert shown(attack) == attack
        assert attack in shown(Said("No model is called {name}; {instead}.", name=attack, instead=attack))
        assert attack in language._("“{value}” cannot be explained; choose from {choices}.",
                                    value=attack, choices="")  # fmt: skip


def test_numbers_have_the_readers_signs():
    said = Said("The temperature is a number from {least:g} to {most:g}, not {value}.",
                least=0.01, most=100.0, value="0.5")  # fmt: skip
    with reading("es"):
        assert shown(said) == "La temperatura es un número de 0,01 a 100, no 0.5."
    with reading("nl"):
        assert language.in_figures("1,234.5") == "1.234,5"
    assert language.in_figures("1,234.5") == "1,234.5"
    with reading("es"), pytest.raises(ModelTooLargeError) as caught:
        check_fits("GPT-2", 2_600_000_000, 50_000_000, FREE)
    assert "2.6 GB of memory and 50 MB are free" in str(caught.value)
    with reading("es"):
        assert "2,6 GB" in str(caught.value)


def test_sentences_one_after_the_other_are_each_translated():
    said = in_turn([Said("No model is named; {instead}.", instead="a"), "Not ours.", Said("see the log")])
    assert said == "No model is named; a. Not ours. see the log"
    with reading("nl"):
        assert shown(said) == "Er is geen model genoemd; a. Not ours. zie het logboek"


def test_a_place_may_begin_with_a_capital_letter():
    said = Said("{method!c} exists in decoders only; choose a gradient method or erasure.",
                method=Said("held still"))  # fmt: skip
    assert said.startswith("Held still exists")
    with reading("es"):
        assert shown(said)[0].isupper()


def test_a_list_of_the_app_is_a_place():
    with pytest.raises(UnknownModelError) as caught:
        resolve("gtp2")
    with reading("es"):
        assert str(caught.value).startswith("Ningún modelo se llama “gtp2”; ¿querías decir ")


# --------------------------------------------------------------------------------------------- the reader


def test_two_threads_with_two_languages_do_not_mix():
    met, found = threading.Barrier(2), {}

    def read(code):
        with reading(code):
            met.wait()
            found[code] = {str(refusal("1")) for _ in range(200)} | {language.current()}

    threads = [threading.Thread(target=read, args=(code,)) for code in ("es", "nl")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for code in ("es", "nl"):
        with reading(code):
            assert found[code] == {str(refusal("1")), code}
    assert language.current() == "en"


def test_what_is_made_later_is_made_in_the_language_of_now():
    with reading("es"):
        make = kept(lambda: str(refusal("1")))
    made = []
    thread = threading.Thread(target=lambda: made.append(make()))
    thread.start()
    thread.join()
    assert made == [make()]
    assert made[0].startswith("Se puede")
    assert language.current() == "en"


def test_languages_are_chosen_by_what_browsers_say():
    assert list(language.languages()) == ["en", "es", "nl"]
    assert [language.fitting(w) for w in ("es-MX", "NL_be", "de", "", None, "../es")] == [
        *("es", "nl"),
        *("en",) * 4,
    ]


def test_one_and_many():
    with reading("es"):
        assert ngettext("one", "{count} of {name}", 1234, name="x") == "1234 of x"


# -------------------------------------------------------------------------- what a file holds in English


@pytest.mark.parametrize(
    "generation",
    [
        Generation(),
        Generation(search="beams", beams=4, stop="{x}, until “y”"),
        Generation(search="sampling", temperature=0.7, top_p=0.9, seed=5, stop="."),
    ],
)
@pytest.mark.parametrize("code", ["en", "es", "nl"])
def test_settings_that_a_file_holds_are_said_in_any_language(generation, code):
    said = settings_in_words(generation)
    again = recalled(str(said))
    assert again == said
    with reading(code):
        assert shown(again) == shown(said)


def test_words_of_a_visitor_in_a_note_are_not_taken_for_sentences():
    note = "“found” is 2 tokens (fo + und); the token “see the log” is explained."
    with reading("es"):
        assert shown(recalled(note)).count("found") == 1
        assert "see the log" in shown(recalled(note))
        assert shown(recalled("What I think of it.")) == "What I think of it."


def test_parts_of_a_prompt_are_named_in_the_readers_language():
    def named(name):
        return Segment("document", name, "", ()).label

    names = ("System", "Document", "Document, sentence 12", "Example 3", "Answer so far", "Mine, sentence x")
    assert tuple(map(named, names)) == names
    with reading("nl"):
        assert named("Document, sentence 12") == "Document, zin 12"
        assert named("Example 3") == "Voorbeeld 3"
        assert named("Mine, sentence x") == "Mine, sentence x"


def test_a_file_that_says_much_is_not_searched_for_long():
    """Of a hostile file: as many sentence ends, or as long, as would keep everybody waiting."""
    for text in ("A. " * 40_000, "The words carry " * 50_000, "; ".join(["the rest is"] * 9_000)):
        assert recalled(text) is text
