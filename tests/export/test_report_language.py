"""A report is made in the language of who makes it; what is saved is the same in every language."""

import io
import re
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from attribution.charts.recipes import Recipe
from attribution.charts.views import View
from attribution.export.document import to_html, to_markdown_zip
from attribution.export.records import RecordError
from attribution.export.records import from_json as result_of
from attribution.export.records import to_json as json_of
from attribution.export.report import Answer, Item, Report, from_json, to_json
from attribution.language import Said, kept, reading, shown
from attribution.service.writing import settings_in_words
from attribution.types import Generation
from tests.charts.sample_answers import answered
from tests.export.sample_reports import report as whole_report
from tests.export.sample_reports import same

OLD = Path("tests/fixtures/reports/version_1.json")


@pytest.fixture(scope="module")
def report():
    return whole_report()


def words_in(page):
    """What a reader sees of a page: no styles, no drawings."""
    page = re.sub(r"<(style|svg).*?</\1>", "", page, flags=re.DOTALL)
    return re.sub(r"<[^>]+>", "\n", page)


@pytest.mark.parametrize(
    ("code", "made", "numbers"), [("es", "Hecho con", "Números"), ("nl", "Gemaakt met", "Getallen")]
)
def test_a_page_is_in_the_language_of_who_makes_it(report, code, made, numbers):
    english = to_html(report)
    with reading(code):
        page = to_html(report)
    assert '<html lang="en">' in english
    assert f'<html lang="{code}">' in page
    assert f"{made} Why This Word, 2" in page
    assert f"<summary>{numbers}</summary>" in page
    for typed in ("Figure 1", "Mine", "Course", "Why?", "Because."):
        assert typed in words_in(page)
    for sentence in ("Made with", "Numbers", "What the model expects"):
        assert sentence in english
        assert sentence not in words_in(page)
    assert re.search(r"<td>\d+,\d+</td>", page)
    assert not re.search(r"<td>\d+\.\d+</td>", page)


def test_markdown_is_too_and_its_tables_have_numbers_for_programs(report):
    with reading("es"), zipfile.ZipFile(io.BytesIO(to_markdown_zip(report, dpi=30))) as archive:
        text = archive.read("report.md").decode()
        tables = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".csv")]
        assert all(re.fullmatch(r"(figures|data)/0[123]-figure-[012]\.(png|csv)|report\.md", name)
                   for name in archive.namelist())  # fmt: skip
    assert "Números: [data/" in text
    assert "Numbers" not in text
    assert len(tables) == 3
    assert all(re.search(r"\d\.\d", table) for table in tables)


def test_an_empty_report_and_an_exercise_without_an_answer():
    with reading("es"):
        page = to_html(Report((Item("", answers=(Answer("¿Por qué?", ""),)),)))
        assert "(sin respuesta)" in page
        assert "Sin título" in page
        assert "¿Por qué esta palabra?" in page
        assert "Este informe está vacío." in to_html(Report())


def test_what_is_saved_is_the_same_in_every_language(report):
    with reading("es"):
        saved = to_json(report)
    assert saved == to_json(report)
    with reading("nl"):
        same(from_json(saved), report)


def test_a_report_of_the_first_version_opens_in_every_language():
    english = [(item.title, item.unread) for item in from_json(OLD.read_text("utf-8")).items]
    for code in ("es", "nl"):
        with reading(code):
            opened = from_json(OLD.read_text("utf-8"))
            assert [(item.title, item.unread) for item in opened.items] == english
            assert f'<html lang="{code}">' in to_html(opened)


def test_what_is_wrong_with_an_item_is_said_in_the_readers_language(report):
    broken = to_json(report).replace('"kind":"who-looks-at-whom"', '"kind":"new"')
    broken = broken.replace('"view":{', '"view":7,"x":{', 1)
    with reading("nl"):
        items = from_json(broken).items
    sentences = [item.unread.sentence for item in items if item.unread]
    assert sentences == [
        "It is damaged: View is missing or not what it should be.",
        "It is a figure of a kind that is not known here; a newer version may show it.",
    ]
    with reading("es"):
        assert shown(sentences[0]) == "Está dañado: View falta o no es lo que debería ser."
        assert "Este elemento no se puede leer. Está dañado" in to_html(Report(items))


def test_what_is_wrong_with_a_file_is_said_in_the_readers_language():
    with pytest.raises(RecordError) as caught:
        from_json("{")
    assert str(caught.value).startswith("This file cannot be read: it is not complete JSON;")
    with reading("es"):
        assert str(caught.value).startswith("Este archivo no se puede leer: no es JSON completo;")


def test_notes_are_saved_in_english_and_read_in_any_language():
    name = "GPT-2"
    said = Said(
        "{name} has no chat template, so the fields are read one after the other, as one text.", name=name
    )
    result = replace(
        answered(), notes=(said, "Of another version."), settings=settings_in_words(Generation())
    )
    with reading("es"):
        saved = json_of(result)
        again = result_of(saved)
        assert shown(again.notes[0]).startswith("GPT-2 no tiene plantilla de chat,")
        assert shown(again.notes[1]) == "Of another version."
        assert shown(again.settings) == "búsqueda voraz, 40 tokens como mucho"
    assert "GPT-2 has no chat template, so" in saved
    assert again.notes == result.notes
    assert json_of(again) == saved


def test_a_download_is_made_in_the_language_of_its_page(report):
    """Streamlit makes it later, in a thread where nobody is known."""
    small = Report(report.items[1:2], "")
    with reading("nl"):
        make = kept(lambda: to_html(small))
    made = []
    thread = threading.Thread(target=lambda: made.append(make()))
    thread.start()
    thread.join()
    assert '<html lang="nl">' in made[0]
    assert "Waarom dit woord?" in made[0]


def test_a_figure_is_drawn_in_the_language_of_now(report):
    recipe = Recipe(
        "words-that-decide", report.items[0].recipe.results, View("logit", "target", "words", "share")
    )
    english = recipe.figure("light")
    with reading("es"):
        spanish = recipe.figure("light")
    assert english.title != spanish.title
    assert english.caption != spanish.caption
    assert english.name == spanish.name
