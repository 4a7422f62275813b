"""A run of many sentences on the page: begun, watched, stopped, gone on with, deleted."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import streamlit as st

from attribution import cached
from attribution.charts.wording import clean
from attribution.models.settings import settings
from attribution.types import AttributionError
from attribution.ui import explain, message, visitor_report
from attribution.ui.many.form import Asked

if TYPE_CHECKING:
    from attribution.many.background import Job

LOOK = 1.0
"""Seconds between two looks at a run."""
GROWN = 1.25
"""Times as many results as are shown are shown anew, ..."""
AT_MOST = 15.0
"""... or after so many seconds, where there are more at all."""
NOT_HERE = (
    "On this server no sets can be run from the page (WHY_MANY is off). They can from a terminal: "
    "python -m attribution run SET.csv --model … --method … --out RESULTS"
)


def controls(asked: Asked, place: Any, done: int) -> Job | None:
    """The button that begins, stops or goes on, and what is to be said; `done` results are shown."""
    runs, kept = cached.many(), asked.kept
    job = runs.job(kept.key)
    wanted = len(asked.sentences) * len(kept.models) * len(kept.methods)
    allowed = settings().many != "off"
    if st.session_state.pop("_many_begin", False) and allowed and done < wanted and not _running(job):
        job = _begin(asked)
    if _running(job):
        place.button(
            "Stop", key="many_stop", on_click=_stop, args=(kept.key,), icon=":material/stop:", width="stretch"
        )
        _watch(kept.key, done, time.monotonic())
        return job
    _look_again(job, done)
    failed = _ended(job) if job else 0
    left = wanted - done - failed * len(asked.sentences) * len(kept.methods)
    if left <= 0 and done:
        place.button("Done", key="many_done", disabled=True, icon=":material/check:", width="stretch")
    elif not allowed:
        message.note(NOT_HERE)
    else:
        label = "Go on" if done else "Start"
        place.button(
            label,
            key="many_begin",
            type="primary",
            on_click=_ask,
            width="stretch",
            icon=":material/play_arrow:",
        )
        message.note(_cost(asked, left / wanted, done))
    return job


def delete_button(asked: Asked) -> None:
    """Deletes what is kept of a run for this visitor."""
    kept, owner = asked.kept, visitor_report.key()
    if not kept.owned(owner) or _running(cached.many().job(kept.key)):
        return
    st.button(
        "Delete these results",
        key="many_delete",
        type="tertiary",
        icon=":material/delete:",
        on_click=lambda: kept.disown(owner),
        help="Takes them off this server's disk, unless somebody else has asked for the same. What is pinned "
        "to a report stays there.",
    )


def _running(job: Job | None) -> bool:
    return job is not None and not job.ended


def _look_again(job: Job | None, done: int) -> None:
    """Draws the page anew, once, where a run has ended after its results were read for this drawing."""
    if job is None or job.standing.done <= done:
        return
    seen = (job.kept.key, job.standing.done, done)
    if st.session_state.get("_many_seen") != seen:
        st.session_state["_many_seen"] = seen
        st.rerun()


def _ask() -> None:
    """Begins the run as the page is drawn; a callback."""
    st.session_state["_many_begin"] = True


def _stop(key: str) -> None:
    cached.many().stop(key, visitor_report.key())
    for _ in range(40):  # until it has noticed, so that the page says so
        job = cached.many().job(key)
        if job is None or job.ended or job.askers:
            break
        time.sleep(0.1)


def _begin(asked: Asked) -> Job | None:
    try:
        job: Job = cached.many().begin(asked.kept, asked.sentences, visitor_report.key())
    except AttributionError as problem:
        message.error(str(problem))
        return None
    return job


def _cost(asked: Asked, share: float, done: int) -> str:
    """What a run computes, and about how long that takes."""
    from attribution.many.kept import seconds

    kept, count = asked.kept, len(asked.sentences)
    models, methods = len(kept.models), len(kept.methods)
    asks = f"{count:,} sentences × {models} model{'s' * (models > 1)} × {methods} method{'s' * (methods > 1)}"
    try:
        whole = seconds(asked.sentences, kept.models, kept.methods, kept.options)
    except AttributionError as problem:
        return str(problem)
    takes = explain.duration(whole * share) or "a few seconds"
    stands = f"{done:,} results are kept; the rest takes {takes}." if done else f"It takes {takes}."
    where = " on the cluster's workers, divided among them" if settings().many == "cluster" else ""
    return f"{asks}. {stands[:-1]}{where}; it goes on when the page is left, and can be stopped."


@st.fragment(run_every=LOOK)
def _watch(key: str, shown: int, since: float) -> None:
    """How far a run is; draws the page anew where there is enough more to be seen."""
    job = cached.many().job(key)
    if job is None or job.ended:
        st.rerun()
    done = job.standing.done
    grown = done > shown * GROWN or (done > shown and time.monotonic() - since > AT_MOST)
    if grown:
        st.rerun()
    fraction, text = _stands(job)
    st.progress(fraction, text=message.plain(text))


def _stands(job: Job) -> tuple[float, str]:
    """The part done of a run, and that in words."""
    standing, before = job.standing, cached.many().before(job)
    if job.state == "waiting":
        others = "one run is" if before == 1 else f"{before} runs are"
        return 0.0, f"Waiting: {others} before this one."
    if not standing.records:
        return 0.0, "Beginning …"
    left = explain.duration(standing.remaining)
    workers = f", {standing.workers} worker{'s' * (standing.workers > 1)}" if standing.workers else ""
    kept = f" ({standing.kept:,} from before)" if standing.kept else ""
    text = f"{standing.done:,} of {standing.records:,} results{kept}{workers}" + (
        f", {left} left" if left else ""
    )
    more = len(job.askers) - 1
    shared = f" {more} other visitor{'s' * (more > 1)} asked for the same." if more > 0 else ""
    return min(standing.fraction, 1.0), f"{text}.{shared}"


def _ended(job: Job) -> int:
    """Says how a run ended, where that has to be said; how many models could not be used."""
    if job.state == "failed":
        message.error(job.sentence)
    elif job.state == "stopped":
        message.note("Stopped. What was finished is kept; Go on computes the rest.")
    for model, sentence in job.standing.failures.items():
        message.error(f"{clean(model)}: {sentence}")
    if job.standing.left_out:
        sentences = " ".join(dict.fromkeys(job.standing.left_out.values()))
        message.error(f"{len(job.standing.left_out)} parts of the set were left out. {sentences}")
    return len(job.standing.failures)
