"""What exercises and examples lead one to expect is what their findings say."""

from dataclasses import replace

import pytest

from attribution import load
from attribution.charts.findings import next_word
from attribution.charts.views import View
from attribution.examples import NEXT_WORD
from attribution.service.next_word import run_next_word

REQUESTS = {e.label: e.request for e in NEXT_WORD}


@pytest.fixture(scope="module")
def model():
    return load("english-lm")


@pytest.mark.parametrize(
    ("label", "method", "says"),
    [
        ("Summer or winter", "alti_logit", "“This” pushes most toward hot"),
        ("Summer or winter", "logit", "“summer” pushes most toward hot"),
        ("Summer or winter", "logit", "“winter” pushes most toward cold"),
        ("Summer or winter", "erasure", "“summer” pushes most toward hot"),
        ("Keys on the table", "alti_logit", "“keys” pushes most toward are"),
        ("Keys on the table", "alti_logit", "“table” pushes most toward is"),
        ("Who gave it to whom", "alti_logit", "“John” pushes most toward John"),
        ("Who gave it to whom", "alti_logit", "“Mary (no. 3)” pushes most toward Mary"),
        ("A capital", "alti_logit", "“The” gets is for being first"),
        ("A capital", "logit", "“France” pushes most toward Paris"),
        ("She or he", "alti_logit", "“The” gets is for being first"),
        ("She or he", "logit", "“man” pushes most toward he"),
        ("She or he", "logit", "“nurse” pushes most toward she"),
        ("An opposite", "alti_logit", "“hot” pushes most toward cold"),
    ],
)
def test_the_finding_of_an_example_is_what_one_is_led_to_expect(model, label, method, says):
    asked = replace(REQUESTS[label], method="alti_logit" if method == "logit" else method)
    assert says in next_word(run_next_word(model, asked), View(method)).plain
