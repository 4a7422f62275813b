"""What a run of many sentences takes, and how far it is, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attribution import cached
from attribution.language import N_, _, ngettext, nN_
from attribution.models.settings import settings
from attribution.types import AttributionError
from attribution.ui import explain
from attribution.ui.many.form import Asked

if TYPE_CHECKING:
    from attribution.many.background import Job

ALL = {
    False: N_("It takes {time}; it goes on when the page is left, and can be stopped."),
    True: N_(
        "It takes {time} on the cluster's workers, divided among them; it goes on when the page is left, and "
        "can be stopped."
    ),
}
THE_REST = {
    False: nN_(
        "{count:,} result is kept; the rest takes {time}; it goes on when the page is left, and can be "
        "stopped.",
        "{count:,} results are kept; the rest takes {time}; it goes on when the page is left, and can be "
        "stopped.",
    ),
    True: nN_(
        "{count:,} result is kept; the rest takes {time} on the cluster's workers, divided among them; it "
        "goes on when the page is left, and can be stopped.",
        "{count:,} results are kept; the rest takes {time} on the cluster's workers, divided among them; it "
        "goes on when the page is left, and can be stopped.",
    ),
}
"""How long a run takes, by whether a cluster computes it."""
RESULTS = N_("{done:,} of {records:,} results")
WITH_KEPT = N_("{done:,} of {records:,} results ({kept:,} from before)")


def cost(asked: Asked, share: float, done: int) -> str:
    """What a run computes, and about how long that takes."""
    from attribution.many.kept import seconds

    kept, count = asked.kept, len(asked.sentences)
    factors = (
        ngettext("{count:,} sentence", "{count:,} sentences", count),
        ngettext("{count} model", "{count} models", len(kept.models)),
        ngettext("{count} method", "{count} methods", len(kept.methods)),
    )
    try:
        whole = seconds(asked.sentences, kept.models, kept.methods, kept.options)
    except AttributionError as problem:
        return str(problem)
    takes = explain.duration(whole * share) or _("a few seconds")
    cluster = settings().many == "cluster"
    said = ngettext(*THE_REST[cluster], done, time=takes) if done else _(ALL[cluster], time=takes)
    return f"{' × '.join(factors)}. {said}"


def told(job: Job) -> tuple[float, str]:
    """The part done of a run, and that in words."""
    standing, before = job.standing, cached.many().before(job)
    if job.state == "waiting":
        return 0.0, ngettext(
            "Waiting: one run is before this one.", "Waiting: {count} runs are before this one.", before
        )
    if not standing.records:
        return 0.0, _("Beginning …")
    counts = {"done": standing.done, "records": standing.records, "kept": standing.kept}
    facts = [_(WITH_KEPT if standing.kept else RESULTS, **counts)]
    if standing.workers:
        facts.append(ngettext("{count} worker", "{count} workers", standing.workers))
    if left := explain.duration(standing.remaining):
        facts.append(_("{time} left", time=left))
    said, more = [", ".join(facts) + "."], len(job.askers) - 1
    if more > 0:
        said.append(
            ngettext(
                "{count} other visitor asked for the same.",
                "{count} other visitors asked for the same.",
                more,
            )
        )
    return min(standing.fraction, 1.0), " ".join(said)
