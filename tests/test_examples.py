"""Examples and exercises point to what exists."""

import pytest

from attribution import examples, exercises
from attribution.language import _, reading
from attribution.models.catalogue import find
from tests.catalogues import lacking, translations

LABELS = {
    "next_word": [e.label for e in examples.NEXT_WORD],
    "translation": [e.label for e in examples.TRANSLATION],
    "model_sizes": [e.label for e in examples.COMPARISON],
    "answer": [e.label for e in (*examples.ANSWER, *examples.ANSWER_CHAT)],
    "many": [e.label for e in examples.MANY],
}


@pytest.mark.parametrize("page", sorted({e.page for e in exercises.EXERCISES}))
def test_every_page_has_exercises_that_name_its_examples(page):
    offered = [e for e in exercises.EXERCISES if e.page == page]
    assert offered
    assert len({e.title for e in offered}) == len(offered)
    for exercise in offered:
        for question in exercise.questions:
            assert not question.example or question.example in LABELS[page]


def test_labels_are_told_apart():
    for labels in LABELS.values():
        assert len(set(labels)) == len(labels)


def test_labels_and_questions_are_said_in_every_language():
    classroom = (
        *examples.TRANSLATION_CLASSROOM,
        *examples.COMPARISON_CLASSROOM,
        *examples.ANSWER_CLASSROOM,
    )
    texts = [label for labels in LABELS.values() for label in labels]
    texts += [e.label for e in classroom] + list(examples.MANY_SETS.values())
    for exercise in exercises.EXERCISES:
        texts += [exercise.title, exercise.about, *(q.text for q in exercise.questions)]
    assert not lacking(texts)
    for code in translations():
        with reading(code):
            for page, labels in LABELS.items():
                assert len({_(label) for label in labels}) == len(labels), page
            titles = [_(e.title) for e in exercises.EXERCISES]
            assert len(set(titles)) == len(titles)


def test_ready_examples_use_bundled_models():
    models = {e.request.model for e in (*examples.NEXT_WORD, *examples.TRANSLATION)}
    models |= {m for e in (*examples.COMPARISON, *examples.MANY) for m in e.models}
    models |= {e.request.model for e in examples.ANSWER}
    for model in models:
        assert find(model).group == "Bundled"
