"""What the tests of reports share: how two are the same, and a result that takes a moment to make."""

from functools import cache

from attribution import explain_next_word, load
from attribution.charts.recipes import Recipe
from attribution.charts.views import MixingView, NoView, View
from attribution.export.records import to_json
from attribution.export.report import Answer, Item, Report

KEY = "k" * 32


@cache
def result():
    return explain_next_word(load("tests/fixtures/models/gpt2-tiny"), "the day was long so", "hot", "oil")


def report():
    recipes = [
        Recipe("words-that-decide", (result(),), View("logit", "target", "tokens", "share")),
        Recipe("what-the-model-expects", (result(),), NoView()),
        Recipe("who-looks-at-whom", (result(),), MixingView(2, False)),
    ]
    items = tuple(Item(title=f"Figure {k}", comment="Mine", recipe=r) for k, r in enumerate(recipes))
    return Report((*items, Item("Exercise", answers=(Answer("Why?", "Because."),))), "Course")


def words(item):
    return (item.title, item.comment, item.created, item.answers)


def same_items(one, other):
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        assert (a.id, *words(a)) == (b.id, *words(b))
        assert (a.recipe is None, a.unread is None) == (b.recipe is None, b.unread is None)
        if a.recipe:
            assert (a.recipe.kind, a.recipe.view) == (b.recipe.kind, b.recipe.view)
            written = [[to_json(r) for r in x.recipe.results] for x in (a, b)]
            assert written[0] == written[1]
        if a.unread:
            assert a.unread.raw == b.unread.raw


def same(one, other):
    assert one.title == other.title
    same_items(one.items, other.items)
