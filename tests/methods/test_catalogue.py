"""The table of methods: every row is complete, and reading it loads no torch."""

import inspect
import re
import subprocess
import sys
from importlib import import_module

import pytest

from attribution.language import reading, shown
from attribution.methods.catalogue import METHODS, ONLY_FOR, find, meanings, method_rows, names
from attribution.types import TextError
from tests.catalogues import lacking, translations

ROWS = list(METHODS.values())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_every_row_is_complete(row):
    assert METHODS[row.id] is row
    assert re.fullmatch(r"[a-z][a-z0-9_]*", row.id)
    assert row.name
    assert row.meaning.endswith(".")
    assert row.passes
    assert row.formula.endswith(".")
    assert row.uses
    assert row.kinds
    assert "translation" not in row.uses or "encoder-decoder" in row.kinds
    assert "next word" not in row.uses or "decoder" in row.kinds
    assert not row.found_with or METHODS[row.found_with].layered
    for paper in row.papers:
        assert paper.authors
        assert paper.title
        assert 2010 < paper.year < 2100
        assert re.fullmatch(r"\d{4}\.\d{4,5}", paper.arxiv)
    assert row.papers
    assert row.title in row.reading
    assert row.title in row.about
    assert all(paper.link in text for paper in row.papers for text in (row.reading, row.about))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_every_row_finds_its_mathematics(row):
    module, _, name = row.function.rpartition(".")
    function = getattr(import_module(module), name)
    assert function.__doc__
    first = next(iter(inspect.signature(function).parameters))
    assert first == ("model" if row.layered else "problem")


def test_names_are_unique_and_in_one_order():
    assert len({row.name for row in ROWS}) == len(ROWS)
    assert list(names("next word"))[1:5] == ["alti_logit", "logit", "frozen", "gim"]
    assert "cross_attention" not in names("next word")
    assert [row.id for row in method_rows("next word")] == list(names("next word"))
    assert method_rows() == tuple(ROWS)
    assert set(names("comparison")) < set(METHODS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_every_row_is_said_in_every_language(row):
    assert not lacking([row.english, row.meaning, row.passes, row.formula, row.start])
    formulas = re.findall(r"\$[^$]+\$", row.formula)
    for code, said in translations().items():
        assert sorted(re.findall(r"\$[^$]+\$", said[row.formula])) == sorted(formulas), "the same mathematics"
        with reading(code):
            assert row.name == said[row.english]
            assert row.title in row.reading
            assert said[row.formula] in row.reading
            assert said[row.meaning] in row.about
            assert said[row.passes] in row.about
            assert all(paper.link in text for paper in row.papers for text in (row.reading, row.about))


@pytest.mark.parametrize("use", ["next word", "translation", "comparison", "answer"])
def test_ids_are_the_same_in_every_language_and_names_are_told_apart(use):
    assert not lacking(ONLY_FOR.values())
    english = names(use)
    for code in translations():
        with reading(code):
            assert names(use) == english, "until they are shown"
            said = {method: shown(name) for method, name in names(use).items()}
            assert said == {method: find(method, use).name for method in english}
            assert len(set(said.values())) == len(said)
            assert all(f"**{find(method).title}**" in meanings(use) for method in said)


def test_a_method_that_is_not_there_is_a_sentence_that_names_the_others():
    with pytest.raises(TextError, match=r"no method “magic”; choose from .*input_x_gradient"):
        find("magic")
    with pytest.raises(TextError, match=r"no method “cross_attention”; choose from .*alti_logit, logit"):
        find("cross_attention", "next word")


def test_the_table_loads_no_torch():
    code = "import sys, attribution.methods.catalogue; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
