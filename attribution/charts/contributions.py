"""What each word or token of a next-word prefix contributed, in the view asked for: plain numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from attribution.charts.figure import clean
from attribution.charts.palette import Role
from attribution.types import Array, AttributionError, Contributions, NextWordResult

Method = Literal["alti_logit", "logit"]
Of = Literal["contrast", "target", "foil"]
Units = Literal["words", "tokens"]
Measure = Literal["logits", "share"]

METHOD_NAMES: dict[Method, str] = {"alti_logit": "ALTI-Logit", "logit": "Logit"}
NOT_WORDS = {
    "initial_embedding": "Embedding of the last token",
    "attention_bias": "Attention biases",
    "mlp": "MLPs",
    "final_norm_bias": "Final-norm bias",
    "head_bias": "Output bias",
}
"""The parts that no word is credited with, in words."""


@dataclass(frozen=True)
class View:
    """One view of a next-word result: which method, of what, by words or tokens, in which measure."""

    method: Method = "alti_logit"
    of: Of = "contrast"
    units: Units = "words"
    measure: Measure = "logits"

    def contributions(self, result: NextWordResult) -> Contributions:
        """The additive parts of what the view is of.

        Raises:
            AttributionError: the view is of the foil and there is none.
        """
        if self.of == "target" or (self.of == "contrast" and result.foil is None):
            return result.target_contributions
        if self.of == "contrast":
            return result.contributions
        if result.foil_contributions is None:
            raise AttributionError("There is no foil here, so there is nothing to show for the foil alone.")
        return result.foil_contributions

    def labels(self, result: NextWordResult) -> list[str]:
        """The words or the readable tokens of the prefix, in order."""
        if self.units == "tokens":
            return [clean(t) for t in result.text.tokens]
        return [clean(w.text) for w in result.text.words]

    def layers(self, result: NextWordResult) -> Array:
        """[L, words] or [L, tokens] in logits."""
        values = np.asarray(getattr(self.contributions(result), self.method), dtype=np.float64)
        return result.text.sum_words(values) if self.units == "words" else values

    def values(self, result: NextWordResult) -> Array:
        """[words] or [tokens], summed over the layers.

        In logits they sum, with the remainder, to the logit (difference). As shares the part of the initial
        embedding is added to the last token and all is divided by the sum of the absolute token values,
        so that absolute token shares sum to 1 (Ferrando et al. 2023, as plotted by the authors).
        """
        parts = self.contributions(result)
        tokens = np.asarray(getattr(parts, self.method), dtype=np.float64).sum(0)
        if self.measure == "share":
            tokens[-1] += parts.initial_embedding
            total = np.abs(tokens).sum()
            tokens = tokens / total if total > 0 else tokens
        return result.text.sum_words(tokens) if self.units == "words" else tokens

    def sides(self, result: NextWordResult) -> tuple[Role, Role]:
        """The roles of positive and of negative values: orange is only ever the foil's."""
        if self.of == "foil":
            return "foil", "against"
        return "target", "foil" if self.of == "contrast" and result.foil is not None else "against"

    def toward(self, result: NextWordResult) -> tuple[str, str]:
        """What positive and negative values mean, e.g. ("toward hot", "toward cold")."""
        target = clean(result.target.typed)
        foil = clean(result.foil.typed) if result.foil else ""
        if self.of == "contrast" and foil:
            return f"toward {target}", f"toward {foil}"
        word = foil if self.of == "foil" else target
        return f"toward {word}", f"away from {word}"

    def explained(self, result: NextWordResult) -> str:
        """The quantity explained, e.g. "logit difference hot − cold"."""
        target = clean(result.target.typed)
        if self.of == "contrast" and result.foil is not None:
            return f"logit difference {target} − {clean(result.foil.typed)}"
        if self.of == "foil" and result.foil is not None:
            return f"logit of {clean(result.foil.typed)}"
        return f"logit of {target}"

    @property
    def unit(self) -> str:
        """The unit of the values, for an axis."""
        return "logits" if self.measure == "logits" else "share of all contributions"
