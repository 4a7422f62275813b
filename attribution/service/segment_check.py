"""Does the whole answer lean on these segments? Each is left out, the answer's log-probability measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from attribution.language import N_
from attribution.methods import faithfulness as measures
from attribution.methods.removal import WordRemoval
from attribution.models.loading import LoadedModel
from attribution.service.answer import explained, run_answer
from attribution.service.faithfulness import OF_ANOTHER
from attribution.service.inputs import SEED, whole_number
from attribution.types import AnswerResult, SegmentCheckRequest, SegmentCheckResult, TextError

MOST_SEGMENTS = 200
MOST_SUBSETS = 1000
SUBSETS = N_("The check takes {least} to {most} subsets of the segments, not {value}.")
Progress = Callable[[float], None]


def segment_check(
    loaded: LoadedModel,
    result: AnswerResult,
    *,
    subsets: int = 64,
    seed: int = 0,
    progress: Progress | None = None,
) -> SegmentCheckResult:
    """What the answer's log-probability loses when a segment of the prompt is left out, beside its credit.

    Args:
        loaded: the model that the result is of.
        result: from `explain_answer`, of all steps.
        subsets: of the segments, drawn by chance, that the LDS is measured with, 4 to 1000; all subsets where
            there are no more.
        seed: of what is drawn.
        progress: called with the fraction done; an exception from it stops the computation.

    Raises:
        TextError: nothing can be left out, there are too many segments, the result has a contrast, or an
            option is out of range.

    Source: Cohen-Wang et al. 2024, "ContextCite: Attributing Model Generation to Context"; LDS: Park et al.
    2023.
    """
    request = SegmentCheckRequest(result.request, subsets, seed)
    return _measured(loaded, request, result, progress or (lambda _: None))


def run_segment_check(
    loaded: LoadedModel, request: SegmentCheckRequest, progress: Progress | None = None
) -> SegmentCheckResult:
    """The request's check, its explanation computed before; see `segment_check`."""
    tell = progress or (lambda _: None)
    _check(request)
    result = run_answer(loaded, request.explained, lambda done: tell(0.3 * done))
    return _measured(loaded, request, result, lambda done: tell(0.3 + 0.7 * done))


def _check(request: SegmentCheckRequest) -> None:
    whole_number(request.subsets, SUBSETS, 4, MOST_SUBSETS)
    whole_number(request.seed, SEED, 0, 2**32 - 1)


def _measured(
    loaded: LoadedModel, request: SegmentCheckRequest, result: AnswerResult, tell: Progress
) -> SegmentCheckResult:
    _check(request)
    if loaded.info.id != result.model.id:
        raise TextError(OF_ANOTHER, name=result.model.name, other=loaded.info.name)
    asked = result.request
    if asked.contrast or asked.contrast_ids:
        raise TextError("The check measures the answer's own log-probability: explain it without a contrast.")
    with loaded.lock:
        plain = replace(
            asked, answer_ids=result.answer.ids, step=-1, contrast="", contrast_ids=(), method="frozen"
        )
        question = explained(loaded, plain)
        segments = question.asked.prompt.removable
        n = len(segments)
        if not n:
            raise TextError("There is nothing in this prompt that could be left out.")
        if n > MOST_SEGMENTS:
            raise TextError(
                "The prompt has {count} segments; up to {most} can be left out: split it by fields.",
                count=n,
                most=MOST_SEGMENTS,
            )
        steps = range(len(question.ids))
        problem = question.problem(loaded, "log_probability", steps, None, None)
        removal = WordRemoval(problem, steps, [s.columns for s in segments])
        masks = np.concatenate([np.ones((1, n), dtype=bool), ~np.eye(n, dtype=bool)])
        texts = n + 1
        whole = texts + min(request.subsets, 2 ** min(n, 40))
        values = removal.by_step(masks, lambda done: tell(done * texts / whole))
        named = {segment.columns: k for k, segment in enumerate(result.segments)}
        rows = result.whole().values[0]
        credited = np.nan_to_num(np.array([rows[named[s.columns]] for s in segments], dtype=np.float64))
        lds = measures.lds(
            credited,
            removal,
            subsets=request.subsets,
            seed=request.seed + 1,
            progress=lambda done: tell((texts + done * (whole - texts)) / whole),
        )
    lost = values[0] - values[1:]  # [N, T]
    left_out = lost.sum(1)
    tell(1.0)
    return SegmentCheckResult(
        model=result.model,
        request=request,
        segments=segments,
        credited=credited,
        left_out=left_out,
        steps=lost,
        log_probability=float(values[0].sum()),
        lds=lds.value,
        random_lds=tuple(float(v) for v in lds.random),
        agreement=measures.rank_correlation(credited, left_out),
    )
