"""The backend as the pages call it: one shared model store, and results computed once for everybody.

The one backend file that imports Streamlit; PyTorch is loaded only when something is asked for. `next_word`,
`translation` and `comparison` take a request each: called, they give its result; `get` only looks into
memory; `asked` lets a page wait for it and leave.
"""

from __future__ import annotations

import hashlib
import logging
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import streamlit as st

from attribution import language
from attribution.charts.figure import Figure
from attribution.charts.palette import Theme
from attribution.charts.recipes import Recipe
from attribution.models.catalogue import CatalogueEntry, find
from attribution.models.settings import settings
from attribution.models.turns import Turn
from attribution.results import Job, Results, Stopped
from attribution.service.cost import Request, Speeds
from attribution.types import (
    AnswerRequest,
    AnswerResult,
    AttributionError,
    ComparisonRequest,
    ComparisonResult,
    ExpectedRequest,
    ExpectedResult,
    FaithfulnessRequest,
    FaithfulnessResult,
    Generation,
    LeftOutRequest,
    LeftOutResult,
    LensRequest,
    LensResult,
    ManyResult,
    NextWordRequest,
    NextWordResult,
    Precision,
    SegmentCheckRequest,
    SegmentCheckResult,
    TranslationRequest,
    TranslationResult,
    Word,
    WrittenToken,
)

if TYPE_CHECKING:
    from attribution.many.background import Background
    from attribution.many.kept import Kept
    from attribution.many.results import Results as ManyResults
    from attribution.models.loading import LoadedModel
    from attribution.models.store import ModelStore

MB = 10**6
RESULT_MEMORY = (settings().result_memory or 600 * MB) // 4
"""Bytes for each kind of result and for drawn figures (WHY_RESULT_MEMORY for all four); the least recently
used go first."""
log = logging.getLogger("why_this_word")
if not log.handlers:
    _handler = logging.StreamHandler()
    _handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
    log.addHandler(_handler)
    log.setLevel(logging.INFO)


@contextmanager
def logged(kind: str, model: str, turn: Turn) -> Iterator[None]:
    """One line in the log for an explanation that is computed: which model, how long, how it ended.

    The texts themselves are never logged.
    """
    outcome = "failed"
    try:
        yield
        outcome = "done"
    except Stopped:
        outcome = "stopped, nobody waited for it"
        raise
    except AttributionError as error:
        outcome = type(error).__name__
        raise
    finally:
        log.info("%s model=%.80r seconds=%.2f %s", kind, model, turn.ran, outcome)


@st.cache_resource(show_spinner=False)
def store() -> ModelStore:
    """The models in memory, shared by all sessions of this process."""
    from attribution.models.store import ModelStore

    return ModelStore()


def entry(spec: str) -> CatalogueEntry:
    """The catalogue's entry of a model, looked up once for all that one click asks of it.

    Raises:
        AttributionError: see `models.catalogue.find`.
    """
    found: CatalogueEntry = _entry(spec, str(settings()))
    return found


@st.cache_data(ttl=2, max_entries=200, show_spinner=False)
def _entry(spec: str, settings_now: str) -> CatalogueEntry:
    return find(spec)


def forget_entries() -> None:
    """Looks models up anew from now on, because one was downloaded."""
    _entry.clear()


_speeds = Speeds(entry)


def _explained(
    kind: str, run: Callable[[LoadedModel, Any, Callable[[float], None]], Any]
) -> Results[Any, Any]:
    """The results of one kind of explanation."""

    def compute(request: Any, job: Job) -> Any:
        turn = job.turn
        with store().using(request.model, request.dtype, turn=turn) as loaded:
            try:
                with logged(kind, request.model, turn):
                    result = run(loaded, request, job.progress)
                job.fraction = 1.0
                return result
            finally:
                _speeds.learn(request, job.fraction, turn.ran)

    return Results(compute, RESULT_MEMORY, _speeds.seconds)


def _run_next_word(*asked: Any) -> NextWordResult:
    from attribution.service.next_word import run_next_word

    return run_next_word(*asked)


def _run_translation(*asked: Any) -> TranslationResult:
    from attribution.service.translation import run_translation

    return run_translation(*asked)


def _run_comparison(*asked: Any) -> ComparisonResult:
    from attribution.service.comparison import run_comparison

    return run_comparison(*asked)


def _run_faithfulness(*asked: Any) -> tuple[FaithfulnessResult, ...]:
    from attribution.service.faithfulness import run_faithfulness

    return run_faithfulness(*asked)


def _run_left_out(*asked: Any) -> LeftOutResult:
    from attribution.service.faithfulness import run_left_out

    return run_left_out(*asked)


def _run_expected(*asked: Any) -> ExpectedResult:
    from attribution.service.translation import run_expected

    return run_expected(*asked)


def _run_lens(*asked: Any) -> LensResult:
    from attribution.service.lens import run_lens

    return run_lens(*asked)


def _run_answer(*asked: Any) -> AnswerResult:
    from attribution.service.answer import run_answer

    return run_answer(*asked)


def _run_segment_check(*asked: Any) -> SegmentCheckResult:
    from attribution.service.segment_check import run_segment_check

    return run_segment_check(*asked)


next_word: Results[NextWordRequest, NextWordResult] = _explained("next word", _run_next_word)
translation: Results[TranslationRequest, TranslationResult] = _explained("translation", _run_translation)
comparison: Results[ComparisonRequest, ComparisonResult] = _explained("comparison", _run_comparison)
faithfulness: Results[FaithfulnessRequest, tuple[FaithfulnessResult, ...]] = _explained(
    "faithfulness", _run_faithfulness
)
left_out: Results[LeftOutRequest, LeftOutResult] = _explained("left out", _run_left_out)
expected: Results[ExpectedRequest, ExpectedResult] = _explained("expected", _run_expected)
lens: Results[LensRequest, LensResult] = _explained("lens", _run_lens)


def _written(request: AnswerRequest, job: Job) -> tuple[WrittenToken, ...]:
    from attribution.service.writing import written

    done: list[WrittenToken] = []
    with (
        store().using(request.model, request.dtype, turn=job.turn) as loaded,
        logged("writing", request.model, job.turn),
    ):
        for token in written(loaded, request, job.progress):
            done.append(token)
            job.partial = tuple(done)
    return tuple(done)


written: Results[AnswerRequest, tuple[WrittenToken, ...]] = Results(_written, RESULT_MEMORY)
"""The tokens that a model writes for `AnswerRequest.writing`; while it writes, a job's `partial` has them."""
answer: Results[AnswerRequest, AnswerResult] = _explained("answer", _run_answer)
segment_check: Results[SegmentCheckRequest, SegmentCheckResult] = _explained(
    "segment check", _run_segment_check
)


def settings_in_words(generation: Generation) -> language.Said:
    """How a model writes with these settings."""
    from attribution.service.writing import settings_in_words as in_words

    return in_words(generation)


@st.cache_data(max_entries=500, show_spinner=False)
def reads_as(model: str, text: str, ids: tuple[int, ...]) -> bool:
    """Whether a model reads a text as just these tokens."""
    from attribution.models.tokens import tokenize

    with store().using(model) as loaded:
        return tokenize(loaded.tokenizer, text).ids == ids


@st.cache_resource(show_spinner=False)
def many() -> Background:
    """The runs of many sentences, which let everything else that pages ask come first."""
    from attribution.many.background import Background

    def cluster() -> str:
        """Where: beside the pages, or where the operator has a cluster."""
        return (settings().cluster or "local") if settings().many == "cluster" else "off"

    return Background(lambda model, dtype, turn: store().using(model, dtype, turn=turn), cluster)


def many_results(kept: Kept) -> ManyResults:
    """What is kept of a run, read again only where there is more of it.

    Raises:
        AttributionError: its folder is damaged.
    """
    files = [p.stat().st_mtime_ns for p in (kept.path / "shards").glob("*/*.parquet")]
    found: ManyResults = _many_results(kept.key, len(files), max(files, default=0), kept)
    return found


@st.cache_resource(max_entries=6, show_spinner=False)
def _many_results(key: str, files: int, newest: int, _kept: Kept) -> ManyResults:
    return _kept.results()


def many_found(kept: Kept, expected: int) -> ManyResult:
    """What a page shows of a run: means by group with their intervals.

    Raises:
        AttributionError: see `many_results`.
    """
    results = many_results(kept)
    found: ManyResult = _many_found(kept.key, len(results.frame), expected, results)
    return found


@st.cache_data(max_entries=20, show_spinner=False)
def _many_found(key: str, done: int, expected: int, _results: ManyResults) -> ManyResult:
    from attribution.many.found import found

    return found(_results, expected)


def measured_seconds(request: Request) -> float | None:
    """About how long a request takes, by an earlier one of the same method and model; None where none was."""
    return _speeds.measured(request)


def seconds(request: Request) -> float:
    """About how long a request takes: measured, or guessed from the model's size."""
    return _speeds.seconds(request)


@st.cache_data(max_entries=500, show_spinner=False)
def similar_words(
    model: str, dtype: Precision, text: str, word: Word, more: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Words that the model takes for like ones, and some of `more`, to be put in the word's place."""
    from attribution.service.similar import similar_words as similar

    with store().using(model, dtype) as loaded:
        return similar(loaded, text, word, more=more)


@st.cache_data(max_entries=50, show_spinner=False)
def languages(model: str) -> tuple[str, ...]:
    """The language codes of a multilingual translator; empty for other models."""
    from attribution.service.translation import language_codes

    with store().using(model) as loaded:
        return language_codes(loaded)


def figure(recipe: Recipe, theme: Theme, **layout: int) -> Figure:
    """The figure, from memory where the same was drawn before.

    Raises:
        AttributionError: see `Recipe`.
    """
    drawn_from = pickle.dumps((recipe.kind, recipe.results, recipe.view))
    digest = hashlib.sha256(drawn_from).hexdigest()
    return _figure(digest, theme, language.current(), tuple(layout.items()), recipe)


@st.cache_data(max_size=RESULT_MEMORY, show_spinner=False)
def _figure(
    digest: str, theme: Theme, reads: str, layout: tuple[tuple[str, int], ...], _recipe: Recipe
) -> Figure:
    return _recipe.figure(theme, **dict(layout))


def check_question(question: str, target: str, foil: str) -> None:
    """Refuses at once, before any model is loaded, what no model could be asked.

    Raises:
        TextError: an empty question or target, or a foil that is the target.
    """
    from attribution.service.comparison import check

    check(question, target, foil)
