"""One comparison, model by model, without Streamlit: what is done stays done, and failures are kept."""

import pytest

from attribution.comparison_run import Run
from attribution.models.entries import CatalogueEntry
from attribution.types import AttributionError, ComparisonRequest, TextError

SMALL, LARGE, UNKNOWN = requests = [ComparisonRequest(name, "q", "yes") for name in ("small", "large", "new")]
ENTRIES = {
    "small": CatalogueEntry("small", "Small", "Bundled", "decoder", "GPT-2", parameters=10**6),
    "large": CatalogueEntry("large", "Large", "On this machine", "decoder", "GPT-2", parameters=10**9),
    "new": None,
}


@pytest.fixture
def begun():
    done, failed = set(), {}

    def begin(**options):
        return Run(requests, ENTRIES, done, failed, **options)

    return begin


def answer(request):
    if request is UNKNOWN:
        raise TextError("Nobody knows it.")
    return f"answer of {request.model}"


def test_the_quick_ones_are_those_that_answer_or_fail_at_once(begun):
    run = begun()
    assert run.quick == [SMALL, UNKNOWN]
    assert begun(stopped=True).quick == []
    assert [run.name(r.model) for r in requests] == ["Small", "Large", "new"]


def test_a_failure_is_kept_and_the_others_go_on(begun):
    run = begun()
    for request in run.quick:
        run.ask(request, answer)
    assert run.waiting == [LARGE]
    assert run.comparison.results == ("answer of small",)
    assert [(f.model, f.sentence) for f in run.comparison.failures] == [("new", "Nobody knows it.")]


def test_the_next_run_recalls_what_is_done_and_asks_no_more_for_what_failed(begun):
    first, asked = begun(), []
    for request in first.waiting:
        first.ask(request, answer)
    second = begun()
    second.recall(lambda request: asked.append(request) or answer(request))
    assert asked == [SMALL, LARGE]
    assert second.waiting == []
    assert second.comparison == first.comparison


def test_other_errors_are_not_swallowed(begun):
    def broken(request):
        raise ZeroDivisionError

    run = begun()
    with pytest.raises(ZeroDivisionError):
        run.ask(SMALL, broken)
    assert run.waiting == requests
    run.done.add(LARGE)
    with pytest.raises(AttributionError):
        run.recall(lambda request: answer(UNKNOWN))
