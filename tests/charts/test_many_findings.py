"""What is said of many sentences is true: nothing is read out of intervals that overlap, or of chance."""

from dataclasses import replace

import pytest

from attribution.charts.recipes import KINDS, Recipe
from attribution.charts.views import ManyView
from attribution.export.report import Item, Report, from_json, to_json
from attribution.types import AttributionError, ManyResult
from tests.charts.sample_results import many

MANY = [kind for kind, row in KINDS.items() if row.result is ManyResult]


def said(result, measure="found", kind="many-by-method", **view):
    return Recipe(kind, (result,), ManyView(measure, **view)).finding().plain


def with_values(result, **by_method):
    """The result with other means of found, interval 0.05 to both sides."""
    means = [
        replace(m, value=v, low=v - 0.05, high=v + 0.05)
        if m.measure == "found" and (v := by_method.get(m.method)) is not None
        else m
        for m in result.means
    ]
    return replace(result, means=tuple(means))


def test_the_best_is_named_and_what_is_no_better_than_chance():
    found = said(many(done=240))
    assert "model 0 <b> held still scores highest" in found
    assert "Not visibly better than random orders: GIM (0.50, random 0.50)." in found
    assert "So far" not in found
    assert "So far 60 of 240" in said(many())


def test_an_order_is_open_where_intervals_overlap():
    assert "overlaps that of GIM" in said(with_values(many(), frozen=0.8, gim=0.75))
    assert "overlaps" not in said(with_values(many(), frozen=0.8, gim=0.65))


def test_nobody_is_best_where_all_are_like_chance():
    found = said(with_values(many(), frozen=0.52, gim=0.5))
    assert "no method is visibly better than random orders" in found
    assert "scores highest" not in found


def test_less_is_better_for_alignment_errors():
    assert "GIM makes the fewest" not in said(many(), "aer")
    assert "no method is visibly better" in said(many(), "aer")


def test_groups_stand_out_only_beyond_chance():
    assert "no group stands out" in said(many(), kind="many-by-group")
    apart = [replace(m, value=0.2, low=0.18, high=0.22) if m.group == "b" else m for m in many().means]
    assert "lowest for “b” (0.20)" in said(replace(many(), means=tuple(apart)), kind="many-by-group")
    few = [replace(m, sentences=5) for m in apart]
    assert "no group stands out" in said(replace(many(), means=tuple(few)), kind="many-by-group")


def test_larger_models_are_right_more_often_only_where_intervals_part():
    def found(*values):
        result = many(models=len(values), done=240)
        of = {model.id: value for model, value in zip(result.models, values, strict=True)}
        means = [replace(m, value=(v := of[m.model]), low=v - 0.05, high=v + 0.05) for m in result.means]
        return said(replace(result, means=tuple(means)), "right", kind="many-by-size")

    more = found(0.5, 0.8, 0.82)
    assert "Model 2 <b>, the largest, is right more often than model 0 <b>, the smallest: 82 %" in more
    assert "Between model 1 <b> and model 2 <b> the intervals overlap" in more
    assert "Between model 0" not in more
    assert "right less often" in found(0.8, 0.5)
    assert "their order is open" in found(0.5, 0.55)
    assert "the largest" not in found(0.5)


def test_the_unit_of_a_difference_is_said_for_each_kind_of_set():
    from attribution.charts.many_wording import axis_of

    words, questions = many(), replace(many(), kind="question")
    assert axis_of(words, ManyView("difference")).endswith("in logits")
    assert axis_of(questions, ManyView("difference")).endswith("in log-probability")


@pytest.mark.parametrize("kind", MANY)
def test_a_pinned_figure_is_read_back_number_for_number(kind):
    item = Item("Mine", recipe=Recipe(kind, (many(),), ManyView("found", "b")))
    text = to_json(Report((item,)))
    [back] = from_json(text).items
    assert back.unread is None
    assert back.recipe.view == item.recipe.view
    assert back.recipe.figure().table.equals(item.recipe.figure().table)
    assert to_json(Report((back,))) == text


@pytest.mark.parametrize("kind", MANY)
@pytest.mark.parametrize(
    "view", [ManyView("no such"), ManyView("found", "no such"), ManyView("found", model="x")]
)
def test_a_view_of_what_is_not_there_is_a_sentence(kind, view):
    recipe = Recipe(kind, (many(),), view)
    if (kind, view.group) == ("many-by-group", "no such"):
        return  # a heatmap has all groups
    with pytest.raises(AttributionError):
        recipe.figure()


def test_a_result_that_does_not_fit_together_is_refused():
    result = many()
    for wrong in ({"groups": ()}, {"methods": ("frozen",)}, {"groups": ("all", "a", "a")}):
        with pytest.raises(ValueError, match=r"mean|group"):
            replace(result, **wrong)
