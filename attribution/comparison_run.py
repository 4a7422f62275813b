"""How far the models of one comparison have come: what is asked next, what is done, what failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from attribution.models.catalogue import CatalogueEntry
from attribution.types import (
    AttributionError,
    Comparison,
    ComparisonFailure,
    ComparisonRequest,
    ComparisonResult,
)

QUICK = 20_000_000
"""Parameters: so small a model answers before anybody notices, so nothing is drawn in between."""
Answer = Callable[[ComparisonRequest], ComparisonResult]


@dataclass
class Run:
    """The requests of one comparison, the smallest model first; what is done stays done.

    `done` and `failed` outlive the run: they belong to the visitor, and the run adds to them.
    """

    requests: Sequence[ComparisonRequest]
    entries: dict[str, CatalogueEntry | None]
    """What the catalogue says about each model; None where nobody knows it."""
    done: set[ComparisonRequest]
    failed: dict[ComparisonRequest, str]
    """The sentence of each request that failed."""
    stopped: bool = False
    results: dict[ComparisonRequest, ComparisonResult] = field(default_factory=dict)

    @property
    def waiting(self) -> list[ComparisonRequest]:
        """Those still to be asked."""
        return [r for r in self.requests if r not in self.results and r not in self.failed]

    @property
    def quick(self) -> list[ComparisonRequest]:
        """Those to be asked at once, of models so small that waiting for them is no matter."""
        return [] if self.stopped else [r for r in self.waiting if self._is_quick(r.model)]

    @property
    def comparison(self) -> Comparison:
        """All answers so far, smallest model first."""
        return Comparison(
            tuple(self.results[r] for r in self.requests if r in self.results),
            tuple(ComparisonFailure(r.model, self.failed[r]) for r in self.requests if r in self.failed),
        )

    def recall(self, answer: Answer) -> None:
        """Asks again for what was done before; an error is the caller's."""
        for request in self.requests:
            if request in self.done:
                self.results[request] = answer(request)

    def ask(self, request: ComparisonRequest, answer: Answer) -> None:
        """Asks one model; a failure is kept as its sentence."""
        try:
            self.results[request] = answer(request)
            self.done.add(request)
        except AttributionError as error:
            self.failed[request] = error.said

    def name(self, model: str) -> str:
        """The name people know a model by."""
        entry = self.entries.get(model)
        return entry.name if entry else model

    def _is_quick(self, model: str) -> bool:
        entry = self.entries.get(model)
        return entry is None or (entry.group != "Hugging Face Hub" and 0 < entry.parameters <= QUICK)
