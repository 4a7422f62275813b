"""About how long an explanation takes: its passes through the model times the speed measured before."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from attribution.models.catalogue import CatalogueEntry, find
from attribution.types import (
    AnswerRequest,
    AttributionError,
    ExpectedRequest,
    Explained,
    FaithfulnessRequest,
    LeftOutRequest,
    LensRequest,
    NextWordRequest,
    SegmentCheckRequest,
    TranslationRequest,
)

NODES = 50
"""Of the integral in a comparison by integrated gradients."""
MEASURED = 0.5
"""Seconds that a computation must have taken to tell the speed of others."""
SUBSETS = 64
"""Texts of random words that a ranking is measured with."""
Request = (
    Explained
    | FaithfulnessRequest
    | LeftOutRequest
    | ExpectedRequest
    | LensRequest
    | AnswerRequest
    | SegmentCheckRequest
)


def passes(request: Request) -> float:
    """How many tokens pass through the model forward or backward, about: texts are not tokenized for it."""
    if isinstance(request, FaithfulnessRequest):
        words, length = _read(request.explained)
        questions = [_of_word(question, request.steps) for question in request.questions]
        return (request.orders * words + SUBSETS) * length / 2 + sum(map(passes, questions))
    if isinstance(request, LeftOutRequest):
        words, length = _read(request.explained)
        return 2 * words * length
    if isinstance(request, LensRequest | ExpectedRequest):
        return _read(request.explained)[1]
    if isinstance(request, NextWordRequest):
        return tokens(request.prefix) * _readings(request)
    if isinstance(request, AnswerRequest):
        return _answer_passes(request)
    if isinstance(request, SegmentCheckRequest):
        asked = request.explained
        texts = request.subsets + _segments(asked)
        return texts * sum(_answer_lengths(asked)) + passes(asked)
    if isinstance(request, TranslationRequest):
        source, target = tokens(request.source), tokens(request.target or request.source)
        nodes, method = request.steps, str(request.method)
    else:
        source, target = tokens(request.question), tokens(request.target)
        nodes, method = NODES, str(request.method)
    length = source + target
    if method == "integrated_gradients":
        return nodes * target * length
    if method == "erasure":
        return length * length
    return length if method in ("cross_attention", "alti_logit") else target * length


def _read(request: Explained) -> tuple[float, float]:
    """The words of a text that can be taken away, and the tokens that are read for one answer, about."""
    if isinstance(request, NextWordRequest):
        return _words(request.prefix), tokens(request.prefix)
    if isinstance(request, TranslationRequest):
        target = request.target or request.source
        return _words(request.source) + _words(target) / 2, tokens(request.source) + tokens(target)
    if isinstance(request, AnswerRequest):
        prompt, answer = _answer_lengths(request)
        fields = (request.system, request.document, request.prompt)
        return sum(map(_words, fields)) + answer / 2, prompt + answer / 2
    return _words(request.question), tokens(request.question) + tokens(request.target)


def _of_word(request: Explained, steps: tuple[int, ...]) -> Explained:
    """Of an answer one token is explained, where one is measured."""
    if isinstance(request, AnswerRequest) and len(steps) == 1:
        return replace(request, step=steps[0])
    return request


def _readings(request: NextWordRequest) -> float:
    """How often a method reads the text, a backward counted twice."""
    words = _words(request.prefix)
    if request.method == "shapley":
        from attribution.methods.shapley import evaluations

        return evaluations(words) / 2
    return {"alti_logit": 1, "logit": 1, "erasure": words, "integrated_gradients": 3 * NODES}.get(
        request.method, 3
    )


def _answer_passes(request: AnswerRequest) -> float:
    """Writing reads each token once, explaining the whole text for each token of the answer."""
    prompt, answer = _answer_lengths(request)
    length = prompt + answer
    writing = 0.0 if request.answer or request.answer_ids else length * 2
    rows = 1 if request.step >= 0 else answer
    readings = {
        "alti_logit": 1.0,
        "erasure": _segments(request),
        "integrated_gradients": 2.0 * request.steps * rows,
    }
    return writing + length * readings.get(request.method, 2.0 + 2.0 * rows)


def _answer_lengths(request: AnswerRequest) -> tuple[float, float]:
    """About how many tokens prompt and answer have."""
    examples = [text for example in request.examples for text in (example.question, example.answer)]
    prompt = sum(map(tokens, (request.system, request.document, request.prompt, *examples)))
    given = len(request.answer_ids) or (tokens(request.answer) if request.answer else 0)
    return prompt, float(given or request.generation.length)


def _segments(request: AnswerRequest) -> int:
    """About how many segments a prompt has."""
    text = f"{request.document} {request.prompt}"
    return 2 + len(request.examples) + sum(text.count(mark) for mark in ".!?")


def _words(text: str) -> int:
    return max(1, len(text.split()))


def tokens(text: str) -> float:
    """About how many tokens a text has."""
    return 2 + len(text) / 4


class Speeds:
    """The seconds that explanations take, learned from those computed on this machine."""

    def __init__(self, entry_of: Callable[[str], CatalogueEntry] = find) -> None:
        """`entry_of` tells the size of a model."""
        self._entry_of = entry_of
        self._seen: dict[Any, tuple[float, float]] = {}  # passes and seconds of the longest computation
        self._guard = threading.Lock()

    def learn(self, request: Request, fraction: float, seconds: float) -> None:
        """That this fraction of a request took so long."""
        with self._guard:
            done, before = fraction * passes(request), self._seen.get(_like(request), (0.0, 0.0))
            if seconds >= MEASURED and done > 0.3 * before[0]:  # a much shorter one would tell less
                self._seen[_like(request)] = done, seconds

    def measured(self, request: Request) -> float | None:
        """Seconds, from a computation of the same method by the same model; None where there was none."""
        with self._guard:
            seen = self._seen.get(_like(request))
        return None if seen is None else seen[1] * passes(request) / seen[0]

    def seconds(self, request: Request) -> float:
        """Seconds, guessed from the model's size where nothing is measured: good for who goes first only."""
        known = self.measured(request)
        return passes(request) * self._guess(request.model) if known is None else known

    def _guess(self, model: str) -> float:
        """Seconds a token's pass takes on two cores."""
        try:
            parameters = self._entry_of(model).parameters
        except AttributionError:
            parameters = 0
        return token_seconds(parameters)


def _like(request: Request) -> tuple[Any, ...]:
    return type(request), request.model, request.dtype, getattr(request, "method", "")


def token_seconds(parameters: int) -> float:
    """Seconds a token's pass through a model of that size takes on two cores, about."""
    return 2e-5 + 4e-11 * parameters
