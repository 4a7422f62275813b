"""Whether the signs of a method mean anything where it was used, by what leaving words out really does.

A gradient tells what a small change of a word would do. Where a model is all but certain, no small change
does anything, and what is left of the gradient is rounding and curvature: its shares look like any others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from attribution.methods import catalogue
from attribution.types import Array, ComparisonResult

FLAT = 0.05
"""All credit of a row together, as a part of what the strongest word does when it is left out."""
NOISE = 0.02
"""An effect smaller than this part of the strongest one counts as none."""
SMALLEST = {"probability": 0.005, "contrast_prob_diff": 0.005}
"""What leaving a word out must do at least, to be called an effect: in probabilities half a percent, ..."""
SMALLEST_LOGIT = 0.05
"""... in logits and log-probabilities a change of odds by 5 %."""

State = Literal["holds", "saturated", "unmoved", "unchecked"]


@dataclass(frozen=True)
class Trust:
    """What may be said of one row of values. effects: [C], NaN where a column cannot be left out."""

    state: State
    effects: Array
    noise: float
    """Effects up to this size are none."""
    credited: float
    """The sum of absolute values, in the unit of the effects."""

    def confirms(self, column: int, sign: int) -> bool:
        """Whether leaving the column's word out shows that it speaks for (1) or against (-1) the target."""
        return self.state == "unchecked" or bool(self.effects[column] * sign > self.noise)

    @property
    def strongest(self) -> int:
        """The column whose word does most when it is left out."""
        return int(np.nanargmax(np.abs(self.effects)))


def trust(values: Array, effects: Array, attributed: str) -> Trust:
    """Compares signed values [C] with effects [C] (the change when each is left out), both in the unit of f.

    "unchecked": no effect is known. "unmoved": no effect reaches `SMALLEST`, so no single word decides and
    shares are of nothing. "saturated": the values together are below FLAT of the strongest effect. "holds":
    the row as a whole is no noise; for a single word ask `confirms`.

    The thresholds, measured on 16 sentences of the bundled translator (177 steps that some word moves): of
    the probability, input x gradient credits less than FLAT at 127 of them, with the right sign for 58 % of
    the words that matter (chance: 50 %); integrated gradients and erasure credit less at 0 and 1, with 93 and
    95 % of the signs right. Of the logit none is below. A row that is not flat still tells nothing of each
    word: signs of input x gradient of the logit are right for 58 %. So only confirmed ones are ever said.
    """
    values, effects = np.asarray(values, dtype=np.float64), np.asarray(effects, dtype=np.float64)
    credited = float(np.nansum(np.abs(values)))
    known = np.abs(effects[np.isfinite(effects)])
    if not known.size:
        return Trust("unchecked", np.full(len(values), np.nan), 0.0, credited)
    largest, smallest = float(known.max()), SMALLEST.get(attributed, SMALLEST_LOGIT)
    noise = max(NOISE * largest, smallest)
    if largest < smallest:
        return Trust("unmoved", effects, noise, credited)
    return Trust("saturated" if credited < FLAT * largest else "holds", effects, noise, credited)


def model_trust(result: ComparisonResult) -> Trust:
    """What may be said of the words of one model's answer."""
    words = [k for k, word in enumerate(result.text.words) if not word.special]
    nothing = np.full(len(words), np.nan)
    method = catalogue.find(result.request.method)
    if not method.signed:
        return trust(nothing, nothing, "")
    of = "logit" if method.unit == "logits" else result.request.attributed
    effects = result.left_out[words] if result.left_out.size else nothing
    return trust(result.attributions("signed", "raw"), effects, of)
