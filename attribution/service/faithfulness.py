"""Does it hold? A method's ranking of words measured by taking words away, for one method or for all."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from attribution.methods import faithfulness as measures
from attribution.methods.catalogue import find
from attribution.methods.removal import WordRemoval
from attribution.models.loading import LoadedModel
from attribution.service.inputs import check_choice, whole_number
from attribution.service.next_word import Question, question, run_next_word
from attribution.types import (
    AttributionError,
    FaithfulnessRequest,
    FaithfulnessResult,
    NextWordResult,
    Replace,
    TextError,
    TokenizedText,
)

MOST_ORDERS = 1000
LONGEST_LIST = 200
"""Words of a text that are taken away one after the other."""
Progress = Callable[[float], None]


def faithfulness(
    loaded: LoadedModel,
    result: NextWordResult,
    replace: Replace = "leave out",
    *,
    orders: int = measures.ORDERS,
    seed: int = 0,
    progress: Progress | None = None,
) -> FaithfulnessResult:
    """How well a result's ranking of the words tells what taking them away does to the model's answer.

    Args:
        loaded: the model that the result is of.
        result: from `explain_next_word`, by any method; without a sign the largest amounts go first.
        replace: "leave out": the text closes up; "neutral": the mean embedding stands in a word's place.
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
    _check_model(loaded, result)
    tell = progress or (lambda _: None)
    asked = result.request
    with loaded.lock:
        words = question(loaded, asked.prefix, asked.target, asked.foil)
        removal = _removal(loaded, words, result, replace)
        request = FaithfulnessRequest(asked, replace, orders=orders, seed=seed)
        return _measured(result, words, removal, request, None, tell)


def run_faithfulness(
    loaded: LoadedModel, request: FaithfulnessRequest, progress: Progress | None = None
) -> tuple[FaithfulnessResult, ...]:
    """The request's methods measured on its text, by the same orders and subsets; see `faithfulness`.

    Of several methods, those are left out that this model or text does not allow.

    Raises:
        AttributionError: none can be measured.
    """
    _check(request.replace, request.orders)
    tell = progress or (lambda _: None)
    count, found, problem = len(request.questions), [], None
    removal = random = None
    for done, asked in enumerate(request.questions):
        begun = time.perf_counter()
        try:
            result = run_next_word(loaded, asked, _part(tell, done / count, (done + 0.4) / count))
        except AttributionError as error:
            problem = problem or error
            continue
        seconds = time.perf_counter() - begun
        measuring = _part(tell, (done + 0.4) / count, (done + 1) / count)
        with loaded.lock:
            words = question(loaded, asked.prefix, asked.target, asked.foil)
            removal = removal or _removal(loaded, words, result, request.replace)
            random = random or measures.random_orders(
                removal,
                len(removal.words),
                orders=request.orders,
                seed=request.seed,
                progress=_part(measuring, 0, 0.6),
            )
            found.append(
                _measured(result, words, removal, request, random, _part(measuring, 0.6, 1), seconds)
            )
    if not found:
        raise problem or TextError("There is no method to be measured.")
    tell(1.0)
    return tuple(found)


def _part(progress: Progress, first: float, last: float) -> Progress:
    """Progress from 0 to 1 as a part of a whole."""
    return lambda fraction: progress(first + fraction * (last - first))


def _check(replace: Replace, orders: int) -> None:
    check_choice(replace, ("leave out", "neutral"), "Words cannot be taken away by “{}”")
    sentence = f"An even number of 4 to {MOST_ORDERS} orders can be drawn (orders)"
    if whole_number(orders, sentence, 4, MOST_ORDERS) % 2:
        raise TextError(f"{sentence}, not {orders}.")


def _check_model(loaded: LoadedModel, result: NextWordResult) -> None:
    if loaded.info.id != result.model.id:
        raise TextError(f"This result is of {result.model.name}, not of {loaded.info.name}.")


def _removal(loaded: LoadedModel, words: Question, result: NextWordResult, replace: Replace) -> WordRemoval:
    columns = [list(words.text.words[place].tokens) for place in words.removable]
    if not columns:
        raise TextError("There is no word here that could be left out, so nothing can be measured.")
    if len(columns) > LONGEST_LIST:
        raise TextError(
            f"This text has {len(columns)} words; how well a ranking holds is measured up to {LONGEST_LIST}."
        )
    return WordRemoval(words.problem(loaded, result.request.of), 0, columns, replace)


def _measured(
    result: NextWordResult,
    words: Question,
    removal: WordRemoval,
    request: FaithfulnessRequest,
    random: measures.RandomOrders | None,
    progress: Progress,
    seconds: float = float("nan"),
) -> FaithfulnessResult:
    how, explanation = find(result.request.method), result.explanation()
    merge = TokenizedText.sum_words if how.signed else TokenizedText.combine_words
    values = np.asarray(merge(result.text, explanation.values[0])[list(words.removable)], dtype=np.float64)
    found = measures.faithfulness(
        values, removal, orders=request.orders, seed=request.seed, random=random, progress=progress
    )
    left_out = measures.erasure_values(removal, len(values))
    band, gaps, score = found.random.band(), found.random.gap_interval(), found.lds
    whole = float(explanation.explained[0])
    carried = (
        float(explanation.values[0].sum() / whole) if how.additive and abs(whole) > 1e-9 else float("nan")
    )
    names = {"contrast": "logit difference", "target": "logit of the target", "foil": "logit of the foil"}
    return FaithfulnessResult(
        model=result.model,
        request=result.request,
        replace=request.replace,
        orders=request.orders,
        seed=request.seed,
        explained=names[result.request.of if result.foil else "target"],
        words=tuple(words.text.words[place].text for place in words.removable),
        values=values,
        left_out=left_out,
        most_first=found.curves.most_first,
        least_first=found.curves.least_first,
        erasure_most_first=found.erasure.most_first,
        erasure_least_first=found.erasure.least_first,
        random_mean=found.random.mean,
        random_low=np.array(band[0]),
        random_high=np.array(band[1]),
        gap=found.curves.gap,
        erasure_gap=found.erasure.gap,
        random_gap=gaps,
        lds=score.value,
        random_lds=tuple(float(v) for v in score.random),
        verdict=found.verdict,
        seconds=seconds,
        carried=carried,
        agreement=measures.rank_correlation(values, left_out),
    )
