"""What the pages take from memory is what they would have computed."""

from dataclasses import replace

import pytest

from attribution import cached
from attribution.charts import recipes
from attribution.charts.recipes import Recipe
from attribution.charts.views import View
from attribution.types import AnswerRequest, Generation
from tests.charts.sample_results import next_word

RESULT = next_word(["·The", "·keys", "·on"], layers=2)


@pytest.fixture
def drawn(monkeypatch):
    """The views that were drawn, not taken from memory."""
    views = []
    kind = recipes.KINDS["words-that-decide"]

    def draw(results, view, **options):
        views.append(view)
        return kind.draw(results, view, **options)

    monkeypatch.setitem(recipes.KINDS, "words-that-decide", replace(kind, draw=draw))
    cached._figure.clear()
    yield views
    cached._figure.clear()


def test_a_figure_is_drawn_once_and_is_the_same(drawn):
    recipe = Recipe("words-that-decide", (RESULT,), View())
    figures = [cached.figure(recipe, "light", width=500) for _ in range(2)]
    assert len(drawn) == 1
    afresh = recipe.figure("light", width=500)
    for figure in figures:
        assert figure.spec == afresh.spec
        assert figure.table.equals(afresh.table)
        assert (figure.title, figure.caption, figure.alt) == (afresh.title, afresh.caption, afresh.alt)


def test_another_view_theme_width_or_result_is_another_figure(drawn):
    other = next_word(["·The", "·key", "·on"], layers=2)
    for result, view, theme, width in (
        (RESULT, View(), "light", 500),
        (RESULT, View(), "dark", 500),
        (RESULT, View(), "light", 600),
        (RESULT, View(measure="share"), "light", 500),
        (other, View(), "light", 500),
    ):
        recipe = Recipe("words-that-decide", (result,), view)
        shown = cached.figure(recipe, theme, width=width)
        assert shown.spec == recipe.figure(theme, width=width).spec
    assert len(drawn) == 10


def test_an_answer_is_seen_while_it_is_written():
    request = AnswerRequest("english-lm", "The boy went", generation=Generation(length=6), method="gim")
    with cached.written.asked(request.writing) as job:
        job.wait()
        tokens = job.outcome()
        assert job.partial == tokens
    assert cached.written.get(request.writing) == tokens
    assert replace(request, method="erasure", step=2).writing == request.writing
    result = cached.answer(replace(request, answer_ids=tuple(token.id for token in tokens)))
    assert result.answer_text == tokens[-1].text
