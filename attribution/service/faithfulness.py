"""Does it hold? A method's ranking of words measured by taking words away, for one method or for all."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace as changed

import numpy as np

from attribution.language import N_
from attribution.methods import faithfulness as measures
from attribution.methods.catalogue import find
from attribution.models.loading import LoadedModel
from attribution.service.inputs import NOT_TAKEN_AWAY, check_choice, whole_number
from attribution.service.subject import Result, Subject, asked_by, of_word, result_of, subject
from attribution.types import (
    AnswerRequest,
    AnswerResult,
    AttributionError,
    FaithfulnessRequest,
    FaithfulnessResult,
    LeftOutRequest,
    LeftOutResult,
    NextWordResult,
    Replace,
    TextError,
    TranslationRequest,
    TranslationResult,
)

OF_ANOTHER = N_("This result is of {name}, not of {other}.")
ORDERS = N_("An even number of {least} to {most} orders can be drawn (orders), not {value}.")
MOST_ORDERS = 1000
Progress = Callable[[float], None]


def faithfulness(
    loaded: LoadedModel,
    result: Result,
    replace: Replace = "leave out",
    *,
    step: int | Sequence[int] | None = None,
    orders: int = measures.ORDERS,
    seed: int = 0,
    progress: Progress | None = None,
) -> FaithfulnessResult:
    """How well a result's ranking of the words tells what taking them away does to the model's answer.

    Args:
        loaded: the model that the result is of.
        result: from `explain_next_word`, `explain_translation`, `compare_models` or `explain_answer`, by any
            method; without a sign the largest amounts go first.
        replace: "leave out": the text closes up; "neutral": the mean embedding stands in a word's place.
        step: of a translation or an answer, the token that is explained, or all tokens of a word: then what
            is explained is the mean over them. Words of the source or prompt and words written before are
            taken away; a chat template stays as it is.
        orders: of removal drawn by chance, an even number from 4 to 1000.
        seed: of what is drawn.
        progress: called with the fraction done; an exception from it stops the computation.

    Returns:
        Curves, gap and LDS, each with its random reference, and a verdict; see `methods.faithfulness`.

    Raises:
        TextError: no word of the text can be taken away, or too many can, or an option is out of range.

    Source: removal curves: Samek et al. 2017; LDS: Park et al. 2023.
    """
    _check(replace, orders)
    if loaded.info.id != result.model.id:
        raise TextError(OF_ANOTHER, name=result.model.name, other=loaded.info.name)
    steps = () if step is None else tuple(step) if isinstance(step, Sequence) else (step,)
    request = FaithfulnessRequest(result.request, replace, orders=orders, seed=seed, steps=steps)
    with loaded.lock:
        found = subject(loaded, result.request, result, steps, replace)
        return _measured(result, found, request, None, progress or (lambda _: None))


def run_faithfulness(
    loaded: LoadedModel, request: FaithfulnessRequest, progress: Progress | None = None
) -> tuple[FaithfulnessResult, ...]:
    """The request's methods measured on its text, by the same orders and subsets; see `faithfulness`.

    Of several methods, those are left out that this model or text does not allow; those that explain logits
    only are asked for the logit, and measured on the same number as the others.

    Raises:
        AttributionError: none can be measured.
    """
    _check(request.replace, request.orders)
    tell = progress or (lambda _: None)
    asked, count, found, problem = request.explained, len(request.questions), [], None
    measured: Subject | None = None
    random = None
    for done, question in enumerate(request.questions):
        begun = time.perf_counter()
        try:
            told = _part(tell, done / count, (done + 0.4) / count)
            word = of_word(asked, request.steps)
            result = result_of(loaded, asked_by(question.method, word) if request.methods else word, told)
        except AttributionError as error:
            problem = problem or error
            continue
        seconds = time.perf_counter() - begun
        if isinstance(asked, TranslationRequest) and isinstance(result, TranslationResult):
            asked = changed(asked, target_ids=result.target.ids)  # the others need not translate again
        if isinstance(asked, AnswerRequest) and isinstance(result, AnswerResult):
            asked = changed(asked, answer_ids=result.answer.ids)  # nor write
        measuring = _part(tell, (done + 0.4) / count, (done + 1) / count)
        with loaded.lock:
            measured = measured or subject(loaded, asked, result, request.steps, request.replace)
            random = random or measures.random_orders(
                measured.f,
                len(measured.words),
                orders=request.orders,
                seed=request.seed,
                progress=_part(measuring, 0, 0.6),
            )
            found.append(_measured(result, measured, request, random, _part(measuring, 0.6, 1), seconds))
    if not found:
        raise problem or TextError("There is no method to be measured.")
    tell(1.0)
    return tuple(found)


def run_left_out(
    loaded: LoadedModel, request: LeftOutRequest, progress: Progress | None = None
) -> LeftOutResult:
    """What the number explained loses without each word of the text alone.

    Raises:
        AttributionError: see `faithfulness`; what the request asks cannot be explained.
    """
    tell = progress or (lambda _: None)
    asked = changed(of_word(request.explained, request.steps), method="erasure")
    result = result_of(loaded, asked, _part(tell, 0, 0.5))
    with loaded.lock:
        found = subject(loaded, request.explained, result, request.steps, "leave out")
        values = measures.erasure_values(found.f, len(found.words), progress=_part(tell, 0.5, 1))
    return LeftOutResult(found.words, values, found.source)


def _part(progress: Progress, first: float, last: float) -> Progress:
    """Progress from 0 to 1 as a part of a whole."""
    return lambda fraction: progress(first + fraction * (last - first))


def _check(replace: Replace, orders: int) -> None:
    check_choice(replace, ("leave out", "neutral"), NOT_TAKEN_AWAY)
    if whole_number(orders, ORDERS, 4, MOST_ORDERS) % 2:
        raise TextError(ORDERS, least=4, most=MOST_ORDERS, value=orders)


def _carried(result: Result, steps: Sequence[int]) -> float:
    """The part of the number explained that the words carry; NaN of methods that do not add up."""
    if not find(result.request.method).additive:
        return float("nan")
    if isinstance(result, NextWordResult):
        explanation, rows = result.explanation(), [0]
    elif isinstance(result, AnswerResult):
        explanation, rows = result.explanation(), [result.steps.index(step) for step in steps]
    elif isinstance(result, TranslationResult):
        explanation, rows = result.explanation("signed", "raw"), list(steps)
    else:
        explanation, rows = result.explanation("signed", "raw"), [0]
    whole = float(explanation.explained[rows].sum())
    return float(np.nansum(explanation.values[rows])) / whole if abs(whole) > 1e-9 else float("nan")


def _measured(
    result: Result,
    found: Subject,
    request: FaithfulnessRequest,
    random: measures.RandomOrders | None,
    progress: Progress,
    seconds: float = float("nan"),
) -> FaithfulnessResult:
    values = found.values(result)
    held = measures.faithfulness(
        values, found.f, orders=request.orders, seed=request.seed, random=random, progress=progress
    )
    left_out = measures.erasure_values(found.f, len(values))
    band, gaps, score = held.random.band(), held.random.gap_interval(), held.lds
    asked, first = result.request, request.explained  # of a word, of tokens: as it was asked
    if isinstance(asked, TranslationRequest) and isinstance(first, TranslationRequest):
        asked = changed(asked, target_ids=first.target_ids)
    if isinstance(asked, AnswerRequest) and isinstance(first, AnswerRequest):
        asked = changed(asked, answer_ids=first.answer_ids, step=first.step)
    return FaithfulnessResult(
        model=result.model,
        request=asked,
        replace=request.replace,
        orders=request.orders,
        seed=request.seed,
        explained=found.explained,
        words=found.words,
        values=values,
        left_out=left_out,
        most_first=held.curves.most_first,
        least_first=held.curves.least_first,
        erasure_most_first=held.erasure.most_first,
        erasure_least_first=held.erasure.least_first,
        random_mean=held.random.mean,
        random_low=np.array(band[0]),
        random_high=np.array(band[1]),
        gap=held.curves.gap,
        erasure_gap=held.erasure.gap,
        random_gap=gaps,
        lds=score.value,
        random_lds=tuple(float(v) for v in score.random),
        verdict=held.verdict,
        seconds=seconds,
        carried=_carried(result, found.steps),
        agreement=measures.rank_correlation(values, left_out),
        steps=found.steps,
        target=found.target,
        foil=found.foil,
    )
