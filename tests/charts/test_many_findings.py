"""What is said of many sentences is true: nothing is read out of intervals that overlap, or of chance."""

import re
from dataclasses import replace

import pytest

from attribution import language
from attribution.charts.recipes import KINDS, Recipe
from attribution.charts.views import ManyView
from attribution.export.report import Item, Report, from_json, to_json
from attribution.many.found import measure_of
from attribution.many.summary import MEASURES
from attribution.types import AttributionError, ManyResult
from tests.charts.sample_results import many
from tests.charts.test_languages import LANGUAGES, check, english

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


# ----------------------------------------------------------------------------------- Spanish and Dutch


def of_every_measure(**by_method):
    """Sixty of 240 results of three models by three methods, with the same means for every measure."""
    base = with_values(many(models=3), **by_method)
    means = [m for m in base.means if m.measure == "found"]
    means += [replace(m, method="erasure") for m in means if m.method == "gim"]
    random = {"right": float("nan"), "difference": float("nan"), "carried": float("nan"), "gap": 0.0}
    every = [replace(m, measure=name, random=random.get(name, m.random)) for name in MEASURES for m in means]
    methods, measures = ("frozen", "gim", "erasure"), tuple(map(measure_of, MEASURES))
    return replace(base, methods=methods, measures=measures, means=tuple(every))


def by_model(result, *values):
    """The same with a mean for each model, whatever the method."""
    of = {model.id: value for model, value in zip(result.models, values, strict=True)}
    means = [replace(m, value=(v := of[m.model]), low=v - 0.05, high=v + 0.05) for m in result.means]
    return replace(result, means=tuple(means))


def every_result():
    """With a best method, one tie, several, none better than chance; sizes and groups that differ or not."""
    yield of_every_measure()
    for one, other in ((0.8, 0.75), (0.75, 0.8), (0.5, 0.5), (0.2, 0.9)):
        yield of_every_measure(frozen=one, gim=other)
    for sizes in ((0.5, 0.8, 0.82), (0.8, 0.5, 0.52), (0.6, 0.6, 0.6)):
        yield by_model(of_every_measure(), *sizes)
    apart = [
        replace(m, value=0.2, low=0.18, high=0.22) if m.group == "b" else m for m in of_every_measure().means
    ]
    yield replace(of_every_measure(), means=tuple(apart), groups=("all", "a", "b"))
    first = of_every_measure()
    yield replace(first, models=first.models[:1], means=tuple(m for m in first.means if m.model == "m0"))


def texts():
    """Everything that findings say, and figures of one result, in the language of now."""
    for number, result in enumerate(every_result()):
        for kind in MANY:
            for measure in result.measures:
                recipe = Recipe(kind, (result,), ManyView(measure.id))
                yield recipe.finding().plain
                if number == 0 and (kind, measure.id) != ("many-spread", "right"):
                    figure = recipe.figure()
                    yield from (figure.title, figure.caption, figure.alt, *map(str, figure.table.columns))


@pytest.mark.parametrize("code", LANGUAGES)
def test_everything_is_said_in_other_languages(code):
    ours, unwanted = list(texts()), english(code)
    with language.reading(code):
        theirs = list(texts())
    for one, other in zip(ours, theirs, strict=True):
        check(one, other, unwanted)
        assert not re.search(r"\d\.\d", other), other


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (
            "es",
            "En model 0 <b>, {frozen} obtiene la puntuación más alta al buscar las palabras que deciden: "
            "0,80 [0,75; 0,85]. El intervalo se solapa con los de GIM y {erasure}: no se sabe cuál de ellos "
            "es el mejor. Los órdenes al azar obtienen 0,50.",
        ),
        (
            "nl",
            "In model 0 <b> scoort {frozen} het hoogst bij het vinden van de woorden die de doorslag geven: "
            "0,80 [0,75; 0,85]. Het interval overlapt met die van GIM en {erasure}: welke daarvan de beste "
            "is, blijft open. Willekeurige volgordes halen 0,50.",
        ),
    ],
)
def test_one_best_method_and_those_it_is_not_told_apart_from(code, says):
    from attribution.methods.catalogue import METHODS

    with language.reading(code):
        found = said(of_every_measure(frozen=0.8, gim=0.75), model="m0")
        assert found.startswith(says.format(frozen=METHODS["frozen"].name, erasure=METHODS["erasure"].name))


@pytest.mark.parametrize(
    ("code", "says"),
    [("es", "en 80 % de 1.200 frases [75; 85]"), ("nl", "in 80% van 1.200 zinnen [75; 85]")],
)
def test_numbers_have_the_signs_of_the_language(code, says):
    result = many()
    result = replace(result, means=tuple(replace(m, sentences=1200) for m in result.means))
    with language.reading(code):
        assert says in said(result, "right")
