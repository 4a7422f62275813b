"""A run of many sentences on the page: begun, watched, stopped, gone on with, deleted."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import streamlit as st

from attribution import cached
from attribution.charts.wording import clean
from attribution.language import N_, _, ngettext, shown
from attribution.models.settings import settings
from attribution.types import AttributionError
from attribution.ui import message, visitor_report
from attribution.ui.many import standing
from attribution.ui.many.form import Asked

if TYPE_CHECKING:
    from attribution.many.background import Job

LOOK = 1.0
"""Seconds between two looks at a run."""
GROWN = 1.25
"""Times as many results as are shown are shown anew, ..."""
AT_MOST = 15.0
"""... or after so many seconds, where there are more at all."""
NOT_HERE = N_(
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
            _("Stop"),
            key="many_stop",
            on_click=_stop,
            args=(kept.key,),
            icon=":material/stop:",
            width="stretch",
        )
        _watch(kept.key, done, time.monotonic())
        return job
    _look_again(job, done)
    failed = _ended(job) if job else 0
    left = wanted - done - failed * len(asked.sentences) * len(kept.methods)
    if left <= 0 and done:
        place.button(_("Done"), key="many_done", disabled=True, icon=":material/check:", width="stretch")
    elif not allowed:
        message.note(_(NOT_HERE))
    else:
        place.button(
            _("Go on") if done else _("Start"),
            key="many_begin",
            type="primary",
            on_click=_ask,
            width="stretch",
            icon=":material/play_arrow:",
        )
        message.note(standing.cost(asked, left / wanted, done))
    return job


def delete_button(asked: Asked) -> None:
    """Deletes what is kept of a run for this visitor."""
    kept, owner = asked.kept, visitor_report.key()
    if not kept.owned(owner) or _running(cached.many().job(kept.key)):
        return
    st.button(
        _("Delete these results"),
        key="many_delete",
        type="tertiary",
        icon=":material/delete:",
        on_click=lambda: kept.disown(owner),
        help=_(
            "Takes them off this server's disk, unless somebody else has asked for the same. What is pinned "
            "to a report stays there."
        ),
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
    for _look in range(40):  # until it has noticed, so that the page says so
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
    fraction, text = standing.told(job)
    st.progress(fraction, text=message.plain(text))


def _ended(job: Job) -> int:
    """Says how a run ended, where that has to be said; how many models could not be used."""
    if job.state == "failed":
        message.error(job.sentence)
    elif job.state == "stopped":
        message.note(_("Stopped. What was finished is kept; Go on computes the rest."))
    for model, sentence in job.standing.failures.items():
        message.error(f"{clean(model)}: {shown(sentence)}")
    if job.standing.left_out:
        left = len(job.standing.left_out)
        said = ngettext(
            "{count} part of the set was left out.", "{count} parts of the set were left out.", left
        )
        reasons = dict.fromkeys(map(shown, job.standing.left_out.values()))
        message.error(" ".join([said, *reasons]))
    return len(job.standing.failures)
