"""Every ready example of the Next word page lies within what the bundled model can do."""

import pytest

from attribution import explain_next_word, load
from attribution.examples import DEMO_LM, NEXT_WORD


@pytest.fixture(scope="module")
def model():
    return load(DEMO_LM)


@pytest.mark.parametrize("example", NEXT_WORD, ids=lambda e: e.label)
def test_the_model_prefers_the_target_and_finds_it_likely(model, example):
    request = example.request
    result = explain_next_word(model, request.prefix, request.target, request.foil)
    assert result.explained_logit > 0
    assert result.target.explained.probability > 0.1
    assert result.relative_gap < result.tolerance
