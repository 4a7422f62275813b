"""Frozen requests and results, their units, and the errors a user can act on. Needs numpy only.

Axis letters: S tokens of the source or prefix, T target tokens, L layers, H heads, V vocabulary.
Rows are what is explained, columns are what gets the credit. NaN means "not visible at that step".
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from attribution.language import N_, Said, _, shown

Array = npt.NDArray[Any]

# --------------------------------------------------------------------------------------------- errors


class AttributionError(Exception):
    """Something the user can act on; its message is one clear sentence that a page may show as it is.

    `sentence` is in English with named places, which `places` fill; `str` gives it in the reader's language.
    """

    def __init__(self, sentence: str = "", **places: Any):
        self.said = sentence if isinstance(sentence, Said) else Said(sentence, **places)
        super().__init__(self.said)

    def __str__(self) -> str:
        return str(shown(self.said))


class UnknownModelError(AttributionError):
    """No model is known under that name."""


class ModelUnavailableError(AttributionError):
    """The model exists but cannot be had now (no network, gated, missing or damaged files)."""


class ModelTooLargeError(AttributionError):
    """The model or the explanation would not fit into this machine's memory."""


class UnsupportedArchitectureError(AttributionError):
    """The method does not support this model's architecture."""


class TextError(AttributionError):
    """The text typed cannot be used: empty, too long, or not usable as a target or foil."""


# ----------------------------------------------------------------------------------- models and texts

ModelKind = Literal["decoder", "encoder-decoder"]
ModelGroup = Literal["Bundled", "On this machine", "Hugging Face Hub"]
Precision = Literal["float32", "float64", "bfloat16", "8-bit", "4-bit"]


@dataclass(frozen=True)
class ModelInfo:
    """What a caption has to say about the model behind a result."""

    id: str
    name: str
    kind: ModelKind
    architecture: str
    parameters: int
    revision: str = ""
    dtype: Precision = "float32"
    device: str = "cpu"


@dataclass(frozen=True)
class Word:
    """One word of a text and the positions of the tokens that spell it (none where the model drops it).

    `start` is the character offset in the text, the same for every tokenizer; -1 for special tokens
    such as </s>, which are words of their own.
    """

    text: str
    tokens: tuple[int, ...]
    special: bool = False
    start: int = -1


@dataclass(frozen=True)
class TokenizedText:
    """A text as the model sees it. The words partition the token positions, in order."""

    ids: tuple[int, ...]
    raw: tuple[str, ...]
    """As in the vocabulary, e.g. "Ġwinter"."""
    tokens: tuple[str, ...]
    """Readable, e.g. "·winter" (a middle dot marks a leading space)."""
    words: tuple[Word, ...]

    def __post_init__(self) -> None:
        if not len(self.ids) == len(self.raw) == len(self.tokens):
            raise ValueError("ids, raw and tokens differ in length")
        if sorted(i for w in self.words for i in w.tokens) != list(range(len(self.ids))):
            raise ValueError("words do not partition the tokens")

    def __len__(self) -> int:
        return len(self.ids)

    def sum_words(self, values: Array, axis: int = -1) -> Array:
        """Adds up additive (signed) token values over each word: [..., tokens, ...] -> [..., words, ...]."""
        moved = np.moveaxis(values, axis, -1)
        summed = np.stack([moved[..., list(w.tokens)].sum(-1) for w in self.words], -1)
        return np.moveaxis(summed, -1, axis)

    def combine_words(self, values: Array, axis: int = -1) -> Array:
        """Combines magnitudes over each word by their root of summed squares (the L2 norm of the whole word).

        [..., tokens, ...] -> [..., words, ...]. For L2-norm saliencies this is the norm of the
        concatenated sub-word vectors, so a word counts the same however it was split.
        """
        moved = np.moveaxis(values, axis, -1)
        norms = np.stack([np.sqrt((moved[..., list(w.tokens)] ** 2).sum(-1)) for w in self.words], -1)
        return np.moveaxis(norms, -1, axis)


# -------------------------------------------------------------------------------------- an explanation


@dataclass(frozen=True)
class Explanation:
    """Rows explained x columns credited, the values of one method: what every page shows.

    The row of a next word is the word, those of a translation its tokens, those of a comparison the models.
    values: [R, C], NaN where a row cannot see a column. An additive method says in `parts`, name -> [R], what
    no column is credited with; then `values` and `parts` of a row sum to `explained` [R] (up to rounding).
    """

    method: str
    """Its id in `methods.catalogue`."""
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: Array
    unit: str
    parts: dict[str, Array] = field(default_factory=dict)
    explained: Array = field(default_factory=lambda: np.zeros(0))
    """[R]: the model's own number that is explained; empty where it is not known."""
    texts: dict[str, int] = field(default_factory=dict)
    """Where the columns are those of several texts, one after the other: name -> number of columns."""
    standard_error: Array = field(default_factory=lambda: np.zeros(0))
    """[R, C] of values that are means over samples; summed over the tokens of a word, that of the word."""
    convergence: Array = field(default_factory=lambda: np.zeros(0))
    """[R] of integrated gradients: the sum of the values minus the change of the number explained."""

    def __post_init__(self) -> None:
        rows = len(self.rows)
        if self.values.shape != (rows, len(self.columns)):
            raise ValueError("values must have one row a row explained and one column a column credited")
        if any(part.shape != (rows,) for part in self.parts.values()) or len(self.explained) not in (0, rows):
            raise ValueError("parts and explained must have one value a row")
        if self.standard_error.size not in (0, self.values.size) or len(self.convergence) not in (0, rows):
            raise ValueError("standard_error and convergence must be those of the values and rows")
        if self.texts and sum(self.texts.values()) != len(self.columns):
            raise ValueError("the texts do not partition the columns")
        freeze(self.values, self.explained, self.standard_error, self.convergence, *self.parts.values())

    @property
    def remainder(self) -> Array:
        """[R]: the sum of the parts, in the order in which they are named."""
        return np.asarray(sum(self.parts.values(), np.zeros(len(self.rows))), dtype=np.float64)

    def text(self, name: str) -> Explanation:
        """The columns of one of the texts alone."""
        before = list(self.texts)[: list(self.texts).index(name)]
        start = sum(self.texts[t] for t in before)
        return self.of_columns(range(start, start + self.texts[name]))

    def of_columns(self, columns: Sequence[int]) -> Explanation:
        """These columns alone; what the others are credited with is no longer in it."""
        chosen = list(columns)
        names = tuple(self.columns[c] for c in chosen)
        return Explanation(self.method, self.rows, names, self.values[:, chosen], self.unit)


# ------------------------------------------------------------------------------------------ next word

Of = Literal["contrast", "target", "foil"]
"""What of a next word is explained: target minus foil, or one of them alone."""
THE_ROW = {"contrast": Said("the contrast"), "target": Said("the target"), "foil": Said("the foil")}
NOT_BY = N_("This was explained by {method}, not by {other}.")


@dataclass(frozen=True)
class NextWordRequest:
    """Why does the model prefer `target` (rather than `foil`) after `prefix`?"""

    model: str
    prefix: str
    target: str
    foil: str = ""
    dtype: Precision = "float32"
    method: str = "alti_logit"
    """A row of `methods.catalogue` for next words."""
    of: Of = "contrast"
    """What of it; ALTI-Logit and Logit give all three at once."""


@dataclass(frozen=True)
class Candidate:
    """One possible next token: logit, probability in [0, 1], rank from 1."""

    id: int
    token: str
    """Readable."""
    text: str
    """As it would be typed into the target field; empty where it cannot be typed."""
    logit: float
    probability: float
    rank: int


@dataclass(frozen=True)
class ChosenWord:
    """How a typed target or foil was resolved into the token that is explained."""

    typed: str
    pieces: tuple[str, ...]
    """The readable tokens of the whole word."""
    explained: Candidate
    """The token explained: the first one that differs between target and foil."""
    word_log_probability: float
    """Natural logarithm of the probability of the whole word after the prefix typed."""


@dataclass(frozen=True)
class Contributions:
    """The additive parts of one logit, or of a difference of two. Unit: logits.

    logit, alti_logit: [L, S]. Invariant: `logit.sum() + remainder == explained_logit` up to rounding, and
    the same for `alti_logit`.
    """

    logit: Array
    alti_logit: Array
    initial_embedding: float
    attention_bias: Array
    """[L]: the output-projection biases."""
    mlp: Array
    """[L]"""
    final_norm_bias: float
    head_bias: float
    explained_logit: float

    def __post_init__(self) -> None:
        if self.logit.ndim != 2 or self.logit.shape != self.alti_logit.shape:
            raise ValueError("logit and alti_logit must both be [L, S]")
        layers = self.logit.shape[0]
        if self.attention_bias.shape != (layers,) or self.mlp.shape != (layers,):
            raise ValueError("attention_bias and mlp must have one value a layer")
        freeze(self.logit, self.alti_logit, self.attention_bias, self.mlp)

    @property
    def parts(self) -> dict[str, Any]:
        """What no single word is credited with: floats, and one value a layer as [L]."""
        return {
            "initial_embedding": self.initial_embedding,
            "attention_bias": self.attention_bias,
            "mlp": self.mlp,
            "final_norm_bias": self.final_norm_bias,
            "head_bias": self.head_bias,
        }

    @property
    def remainder(self) -> float:
        """The sum of all parts that no word is credited with, in logits."""
        return float(sum(np.sum(v, dtype=np.float64) for v in self.parts.values()))

    @property
    def completeness_gap(self) -> float:
        """Everything summed minus the logit the model itself gives; 0 up to rounding."""
        return float(self.logit.sum(dtype=np.float64)) + self.remainder - self.explained_logit

    def minus(self, other: Contributions) -> Contributions:
        """The contrast: self - other, part by part."""
        return Contributions(
            logit=self.logit - other.logit,
            alti_logit=self.alti_logit - other.alti_logit,
            initial_embedding=self.initial_embedding - other.initial_embedding,
            attention_bias=self.attention_bias - other.attention_bias,
            mlp=self.mlp - other.mlp,
            final_norm_bias=self.final_norm_bias - other.final_norm_bias,
            head_bias=self.head_bias - other.head_bias,
            explained_logit=self.explained_logit - other.explained_logit,
        )


@dataclass(frozen=True)
class NextWordResult:
    """One next-token prediction and what a method credits to each token of the prefix, in logits.

    ALTI-Logit and Logit come together and give the contributions of every layer, and alti and rollout:
    [L, S, S], rows (the position explained) sum to 1 over what they draw on. Results of other methods have
    `scores` instead.
    """

    model: ModelInfo
    request: NextWordRequest
    text: TokenizedText
    """The prefix, special tokens included, and after it the beginning target and foil share, if any."""
    target: ChosenWord
    foil: ChosenWord | None
    candidates: tuple[Candidate, ...]
    """The likeliest next tokens, then target and foil where they are not among them."""
    target_contributions: Contributions | None
    foil_contributions: Contributions | None
    alti: Array | None
    rollout: Array | None
    entropy: float
    """Of the next-token distribution, in nats."""
    notes: tuple[str, ...] = ()
    """Sentences a user should see, e.g. that a word is several tokens."""
    tolerance: float = 1e-4
    """The relative completeness gap that is accepted at this precision."""
    scores: Explanation | None = None
    """Of methods other than ALTI-Logit and Logit: the row asked for of contrast, target and foil (without a
    foil target), columns the tokens."""
    stand_ins: tuple[Explanation, ...] = ()
    """Of ALTI-Logit and Logit, one each: what an embedding that says nothing is credited with in the place of
    a word. Rows of contrast, target and foil; columns the words, NaN where it was not tried."""

    def __post_init__(self) -> None:
        size = len(self.text)
        if any(len(s.columns) != len(self.text.words) for s in self.stand_ins):
            raise ValueError("stand_ins must have a column a word")
        if not size or not self.candidates:
            raise ValueError("there must be tokens and candidates")
        if self.scores is not None:
            rows = self.scores.rows
            known = {"contrast", "target", "foil"} if self.foil else {"target"}
            if not rows or not set(rows) <= known or self.scores.values.shape[1] != size:
                raise ValueError("scores must have rows of contrast, target and foil and a column a token")
            if len(self.scores.explained) != len(rows):
                raise ValueError("scores must say what is explained")
            if not self.target_contributions is self.foil_contributions is self.alti is self.rollout is None:
                raise ValueError("a result has either scores or the contributions of ALTI-Logit")
            return
        if self.target_contributions is None or self.alti is None or self.rollout is None:
            raise ValueError("a result has either scores or the contributions of ALTI-Logit")
        layers = len(self.target_contributions.logit)
        if not layers:
            raise ValueError("there must be layers")
        if self.alti.shape != (layers, size, size) or self.rollout.shape != self.alti.shape:
            raise ValueError("alti and rollout must be [L, S, S]")
        if (self.foil is None) != (self.foil_contributions is None):
            raise ValueError("foil and foil_contributions must come together")
        for part in (self.target_contributions, self.foil_contributions):
            if part is not None and part.logit.shape != (layers, size):
                raise ValueError("contributions must be [L, S]")
        freeze(self.alti, self.rollout)

    @property
    def tokens(self) -> tuple[str, ...]:
        """The S readable tokens of the prefix as the model sees them, special ones included."""
        return self.text.tokens

    @property
    def contributions(self) -> Contributions:
        """ALTI-Logit and Logit of target minus foil; of the target alone where there is no foil."""
        return self.contributions_of("contrast")

    def contributions_of(self, of: Of) -> Contributions:
        """ALTI-Logit and Logit of the contrast, or of target or foil alone.

        Raises:
            AttributionError: the result is of another method, or there is no foil.
        """
        target, foil = self.target_contributions, self.foil_contributions
        if target is None:
            raise AttributionError(
                "Layers and mixing are parts of ALTI-Logit; this was explained by {method}.",
                method=self.request.method,
            )
        if of == "target" or (of == "contrast" and self.foil is None):
            return target
        if foil is None:
            raise AttributionError("There is no foil here, so there is nothing to show for the foil alone.")
        return target.minus(foil) if of == "contrast" else foil

    def explanation(self, of: Of | None = None, method: str = "") -> Explanation:
        """One row, what was asked for or contrast (without a foil the target), target, foil; columns tokens.

        `method` chooses between "alti_logit" and "logit", which come together; empty: the one asked for.

        Raises:
            AttributionError: the result has no values of that method or row, or there is no foil.
        """
        method, of = method or self.request.method, of or self.request.of
        if of == "foil" and self.foil is None:
            raise AttributionError("There is no foil here, so there is nothing to show for the foil alone.")
        if of == "contrast" and self.foil is None:
            of = "target"
        if self.scores is not None:
            return self._scored(self.scores, of, method)
        c = self.contributions_of(of)
        if method not in ("alti_logit", "logit"):
            raise AttributionError(NOT_BY, method=self.request.method, other=method)
        values = np.asarray(getattr(c, method), dtype=np.float64).sum(0)
        parts = {name: np.array([np.sum(part, dtype=np.float64)]) for name, part in c.parts.items()}
        explained = np.array([c.explained_logit])
        return Explanation(method, (of,), self.tokens, values[None], "logits", parts, explained)

    def _scored(self, scores: Explanation, of: Of, method: str) -> Explanation:
        """One row of the scores."""
        if method != scores.method:
            raise AttributionError(NOT_BY, method=scores.method, other=method)
        if of not in scores.rows:
            raise AttributionError(
                "This explains {one}; ask for {other} to explain that.",
                one=THE_ROW[scores.rows[0]],
                other=THE_ROW[of],
            )
        k = [scores.rows.index(of)]
        return Explanation(
            method,
            (of,),
            self.tokens,
            np.array(scores.values[k], dtype=np.float64),
            scores.unit,
            {name: np.array(part[k], dtype=np.float64) for name, part in scores.parts.items()},
            np.array(scores.explained[k], dtype=np.float64),
            standard_error=scores.standard_error[k] if scores.standard_error.size else np.zeros(0),
            convergence=scores.convergence[k] if scores.convergence.size else np.zeros(0),
        )

    @property
    def values(self) -> Array:
        """[S] in logits: what the method asked for credits to each token, target - foil."""
        return self.explanation().values[0]

    @property
    def remainder(self) -> float:
        """In logits, target - foil: what no token is credited with; 0 for methods that are not additive."""
        return float(self.explanation().remainder[0])

    @property
    def alti_logit(self) -> Array:
        """[L, S] in logits: target - foil."""
        return self.contributions.alti_logit

    @property
    def logit(self) -> Array:
        """[L, S] in logits: target - foil, without the mixing of the layers below."""
        return self.contributions.logit

    @property
    def parts(self) -> dict[str, Any]:
        """What no single word is credited with, target - foil; of ALTI-Logit some have one value a layer."""
        if self.scores is None:
            return self.contributions.parts
        return {name: float(part[0]) for name, part in self.explanation().parts.items()}

    @property
    def explained_logit(self) -> float:
        """The model's own logit difference; in additive methods `values.sum() + remainder` equals it."""
        return float(self.explanation().explained[0])

    @property
    def relative_gap(self) -> float:
        """The largest completeness gap of what is explained, relative to the size of its parts."""
        if self.scores is not None:
            s = self.scores
            sizes = np.maximum(np.maximum(np.abs(s.explained), np.abs(s.values).sum(1)), 1e-12)
            return float((np.abs(s.values.sum(1) + s.remainder - s.explained) / sizes).max())
        gaps = []
        for c in (self.target_contributions, self.foil_contributions):
            if c is not None:
                size = max(abs(c.explained_logit), float(np.abs(c.logit).sum()), 1e-12)
                gaps.append(abs(c.completeness_gap) / size)
        return max(gaps)


# ------------------------------------------------------------------------- does it hold, and where from

Replace = Literal["leave out", "neutral"]
"""How a word is taken away: the text closes up, or an embedding that says nothing stands in its place."""
Verdict = Literal["well", "somewhat", "hardly", "too few words", "nothing moves"]
"""How far a ranking of words holds; see `methods.faithfulness.verdict`."""


class _OfAnother:
    """A request about what another one asks: of the same model, in the same precision."""

    explained: Any

    @property
    def model(self) -> str:
        """Its id."""
        return self.explained.model

    @property
    def dtype(self) -> Precision:
        """The precision it computes in."""
        return self.explained.dtype


@dataclass(frozen=True)
class FaithfulnessRequest(_OfAnother):
    """Does the ranking of words by a method hold, or which method's does?

    `methods`: those compared; empty: the one asked for alone. `steps`: of a translation or an answer, the
    tokens of the word explained, one after the other.
    """

    explained: Explained
    replace: Replace = "leave out"
    methods: tuple[str, ...] = ()
    orders: int = 24
    seed: int = 0
    steps: tuple[int, ...] = ()

    @property
    def questions(self) -> tuple[Explained, ...]:
        """One explanation a method."""
        asked = self.explained
        return tuple(dataclasses.replace(asked, method=m) for m in self.methods) if self.methods else (asked,)

    @property
    def method(self) -> str:
        """What tells like computations from others."""
        return f"{self.explained.method}, {len(self.methods)} methods"


@dataclass(frozen=True)
class FaithfulnessResult:
    """A method's ranking of N words, measured on its text; all but LDS in the unit of what is explained.

    values, left_out: [N], what the method credits and what the number explained loses when one word is taken
    away. Curves [N + 1]: the number after 0 .. N words are taken away, by the ranking (most_first,
    least_first), by that of left_out, and the band of 90 % of the random orders with their mean. gap: mean
    over 1 .. N - 1 of least_first - most_first; random_gap: 5 and 95 % quantiles of that of random orders.
    lds: rank correlation of summed values with the number over random subsets; random_lds: its mean, 5 and
    95 % quantiles for values dealt anew. NaN where there are too few words. Of a translation the words are
    those of the source, then those written before the word explained; of an answer those of the prompt, then
    those of the answer so far.
    """

    model: ModelInfo
    request: Explained
    replace: Replace
    orders: int
    seed: int
    explained: str
    """"logit difference", or "logit of the target" or "foil"; else the function of `attributed` explained."""
    words: tuple[str, ...]
    values: Array
    left_out: Array
    most_first: Array
    least_first: Array
    erasure_most_first: Array
    erasure_least_first: Array
    random_mean: Array
    random_low: Array
    random_high: Array
    gap: float
    erasure_gap: float
    random_gap: tuple[float, ...]
    lds: float
    random_lds: tuple[float, ...]
    verdict: Verdict
    seconds: float = float("nan")
    """That the method took."""
    carried: float = float("nan")
    """The part of the number explained that the words carry, of methods that add up."""
    agreement: float = float("nan")
    """Rank correlation of the values with left_out."""
    steps: tuple[int, ...] = ()
    """Of a translation or an answer: the tokens explained; all numbers are means over them."""
    target: str = ""
    """The word explained; empty where it is the one of the request."""
    foil: str = ""
    """What it is compared with."""

    def __post_init__(self) -> None:
        n = len(self.words)
        if self.values.shape != (n,) or self.left_out.shape != (n,):
            raise ValueError("values and left_out must be [N]")
        if any(curve.shape != (n + 1,) for curve in self.curves.values()):
            raise ValueError("curves must be [N + 1]")
        if len(self.random_gap) != 2 or len(self.random_lds) != 3:
            raise ValueError("random_gap has two numbers and random_lds three")
        freeze(self.values, self.left_out, *self.curves.values())

    @property
    def curves(self) -> dict[str, Array]:
        """All of them by name."""
        names = ("most_first", "least_first", "erasure_most_first", "erasure_least_first")
        return {name: getattr(self, name) for name in (*names, "random_mean", "random_low", "random_high")}


@dataclass(frozen=True)
class LeftOutRequest(_OfAnother):
    """What does each word do alone: what is lost when it is left out? `steps` as in `FaithfulnessRequest`."""

    explained: Explained
    steps: tuple[int, ...] = ()


@dataclass(frozen=True)
class LeftOutResult:
    """[N] each: the words of a text and what the number explained loses without one of them.

    Of a translation or an answer the first `source` words are those of the source or prompt, the others were
    written before.
    """

    words: tuple[str, ...]
    values: Array
    source: int

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.words),) or not 0 <= self.source <= len(self.words):
            raise ValueError("there must be a value a word")
        freeze(self.values)


@dataclass(frozen=True)
class ExpectedRequest(_OfAnother):
    """What does the model expect at a step of a translation, after the same words as written before it?"""

    explained: TranslationRequest
    step: int = 0


@dataclass(frozen=True)
class ExpectedResult:
    """The likeliest tokens at a step of a translation, then its own and its contrast's, if not among them."""

    model: ModelInfo
    request: TranslationRequest
    before: TokenizedText
    """What is written before the step."""
    target: Candidate
    foil: Candidate | None
    candidates: tuple[Candidate, ...]
    entropy: float
    """Of the step's distribution, in nats."""


@dataclass(frozen=True)
class LensRequest(_OfAnother):
    """What would the model say after each of its layers?"""

    explained: NextWordRequest


@dataclass(frozen=True)
class LensResult:
    """The last position after the embedding and each of L layers, read by the final norm and the unembedding.

    target, foil, target_probability, foil_probability, top_probability: [L + 1], the last as the model's own
    (foil: NaN where there is none); top: L + 1 readable tokens. attention, mlp: [L], what each layer adds to
    the model's own logit (difference) in the scale of its final norm, and heads [L, H] what attention adds by
    head.
    """

    model: ModelInfo
    request: NextWordRequest
    words: tuple[str, ...]
    """Target and foil as typed."""
    target: Array
    foil: Array
    target_probability: Array
    foil_probability: Array
    top: tuple[str, ...]
    top_probability: Array
    attention: Array
    mlp: Array
    heads: Array = field(default_factory=lambda: np.zeros((0, 0)))

    def __post_init__(self) -> None:
        rows = len(self.top)
        readings = (
            self.target,
            self.foil,
            self.target_probability,
            self.foil_probability,
            self.top_probability,
        )
        if not rows or any(reading.shape != (rows,) for reading in readings):
            raise ValueError("there must be a reading of each layer")
        if (
            self.attention.shape != (rows - 1,)
            or self.mlp.shape != (rows - 1,)
            or not 1 <= len(self.words) <= 2
        ):
            raise ValueError("attention and mlp must be [L]")
        freeze(*readings, self.attention, self.mlp, self.heads)

    @property
    def difference(self) -> Array:
        """[L + 1] in logits: target - foil, or the target's where there is no foil."""
        return self.target - self.foil if len(self.words) == 2 else self.target


# ---------------------------------------------------------------------------------------- translation

Attributed = Literal["probability", "log_probability", "logit", "contrast_prob_diff", "contrast_logits_diff"]
Sign = Literal["magnitude", "signed"]
Normalisation = Literal["share", "raw", "weighted"]


@dataclass(frozen=True)
class TranslationRequest:
    """Which source words and which words already written led to each target word?

    An empty `target` is free generation (`beams` 0: the model's own setting, 1: greedy). `contrast` is
    another translation, or empty; `alignment` gives for each target step the contrast step it is compared
    with (empty: found automatically).
    """

    model: str
    source: str
    target: str = ""
    method: str = "input_x_gradient"
    """A row of `methods.catalogue` for translations."""
    attributed: Attributed = "probability"
    contrast: str = ""
    alignment: tuple[int, ...] = ()
    beams: int = 0
    max_length: int = 0
    source_language: str = ""
    target_language: str = ""
    steps: int = 50
    """Nodes of the integral; integrated gradients only."""
    dtype: Precision = "float32"
    target_ids: tuple[int, ...] = ()
    """The tokens of the target, its end included, where they are given instead of its text."""


@dataclass(frozen=True)
class TranslationResult:
    """Saliency of source and target prefix for every target token, raw; other views are derived from it.

    source_magnitude, source_signed: [T, S]; prefix_magnitude, prefix_signed: [T, P], NaN where the column
    is not visible at that step. Column c of the prefix is decoder input c: the decoder start (in multilingual
    models the language code too: then P = T + 1, else P = T), then the tokens already written. `signed` is
    NaN throughout for methods without a sign (saliency, cross_attention); the prefix is NaN throughout for
    cross_attention.
    """

    model: ModelInfo
    request: TranslationRequest
    source: TokenizedText
    target: TokenizedText
    """The T tokens explained, the end-of-sentence token included."""
    prefix: TokenizedText
    """The P decoder inputs: start token (and language code), then the target without its last token."""
    source_magnitude: Array
    source_signed: Array
    prefix_magnitude: Array
    prefix_signed: Array
    step_scores: dict[str, Array]
    """name -> [T]"""
    attributed_values: Array
    """[T]: the attributed function at each step."""
    generated: bool = False
    generation: str = ""
    """The generation settings used, in words; empty where the target was given."""
    contrast: TokenizedText | None = None
    alignment: tuple[int, ...] = ()
    """For each target step the contrast step it was compared with."""
    convergence: Array = field(default_factory=lambda: np.zeros(0))
    """[T]: integrated gradients only: sum of attributions minus the change of the function."""
    notes: tuple[str, ...] = ()
    parts: dict[str, Array] = field(default_factory=dict)
    """Additive methods only: what no token is credited with, name -> [T]; with the signed values of source
    and prefix (start included) they sum to `attributed_values`."""
    left_out: Array = field(default_factory=lambda: np.zeros((0, 0)))
    """[T, source words]: what the attributed function loses when a word of the source is left out, whatever
    the method; NaN for special tokens. Empty where it was not computed."""

    def __post_init__(self) -> None:
        s, t, p = len(self.source), len(self.target), len(self.prefix)
        if not s or not t or p not in (t, t + 1):
            raise ValueError("there must be source and target tokens, and a prefix of T or T + 1")
        for name, shape in (("source", (t, s)), ("prefix", (t, p))):
            for kind in ("magnitude", "signed"):
                if getattr(self, f"{name}_{kind}").shape != shape:
                    raise ValueError(f"{name}_{kind} must be {shape}")
        if "probability" not in self.step_scores:
            raise ValueError("the step scores must include the probability")
        if any(score.shape != (t,) for score in (*self.step_scores.values(), self.attributed_values)):
            raise ValueError("step scores and attributed values must have one value a step")
        if self.convergence.shape not in ((0,), (t,)) or len(self.alignment) not in (0, t):
            raise ValueError("convergence and alignment must be empty or have one value a step")
        if self.contrast is not None and any(not 0 <= k < len(self.contrast) for k in self.alignment):
            raise ValueError("the alignment must name steps of the contrast")
        freeze(self.source_magnitude, self.source_signed, self.prefix_magnitude, self.prefix_signed)
        if any(part.shape != (t,) for part in self.parts.values()):
            raise ValueError("parts must have one value a step")
        if self.left_out.shape not in ((0, 0), (t, len(self.source.words))):
            raise ValueError("left_out must be empty or [T, source words]")
        freeze(self.left_out)
        freeze(self.attributed_values, self.convergence, *self.step_scores.values(), *self.parts.values())

    @property
    def source_tokens(self) -> tuple[str, ...]:
        """The S readable source tokens."""
        return self.source.tokens

    @property
    def target_tokens(self) -> tuple[str, ...]:
        """The T readable target tokens."""
        return self.target.tokens

    @property
    def source_attributions(self) -> Array:
        """[T, S]: magnitudes as shares of their step (source and prefix together sum to 1)."""
        return self.attributions()[0]

    @property
    def prefix_attributions(self) -> Array:
        """[T, P]: magnitudes as shares of their step; NaN where not visible."""
        return self.attributions()[1]

    def attributions(
        self,
        sign: Sign = "magnitude",
        normalisation: Normalisation = "share",
        *,
        words: bool = False,
        include_start: bool = False,
        source_only: bool = False,
        score: str = "probability",
    ) -> tuple[Array, Array]:
        """Source and prefix attributions in the view asked for; no gradient is computed again.

        Args:
            sign: "magnitude" (L2 norm over the embedding) or "signed" (sum over it).
            normalisation: "raw"; "share": each step divided by the sum of absolute values over source and
                prefix together; "weighted": shares times the step's `score`, so that with a method without
                sign a step sums to its score.
            words: add tokens up to source and prefix words (columns); rows stay target tokens.
            include_start: whether the decoder start token counts in the sum (Inseq 0.7 does count it).
            source_only: shares among the source tokens alone; the prefix is NaN.
            score: the step score that "weighted" multiplies with.

        Returns:
            ([T, S], [T, P]), or with `words` ([T, source words], [T, prefix words]).
        """
        source = np.array(getattr(self, f"source_{sign}"))
        prefix = np.array(getattr(self, f"prefix_{sign}"))
        if not include_start and prefix.size:
            prefix[:, 0] = np.nan
        if source_only:
            prefix[:] = np.nan
        if words:
            merge = TokenizedText.combine_words if sign == "magnitude" else TokenizedText.sum_words
            source = merge(self.source, source)
            visible = ~np.isnan(prefix)
            prefix = merge(self.prefix, np.where(visible, prefix, 0.0))
            prefix[~(self.prefix.sum_words(visible.astype(float)) > 0)] = np.nan
        if normalisation != "raw":
            total = np.abs(source).sum(1) + np.nansum(np.abs(prefix), 1)
            scale = 1 / np.maximum(total, 1e-30)
            if normalisation == "weighted":
                scale = scale * self.step_scores[score]
            source, prefix = source * scale[:, None], prefix * scale[:, None]
        return source, prefix

    def explanation(
        self,
        sign: Sign = "magnitude",
        normalisation: Normalisation = "share",
        *,
        words: bool = False,
        include_start: bool = False,
        score: str = "probability",
    ) -> Explanation:
        """Rows the target tokens; columns "source", then "target before"; see `attributions`.

        Raw signed values of additive methods have their parts, the start token's share among them where it
        has no column.
        """
        source, prefix = self.attributions(
            sign, normalisation, words=words, include_start=include_start, score=score
        )
        names = [[w.text for w in t.words] if words else list(t.tokens) for t in (self.source, self.prefix)]
        units = {"raw": "raw attribution", "share": "share of the step", "weighted": f"share × {score}"}
        parts = self.parts if (sign, normalisation) == ("signed", "raw") else {}
        if parts and not include_start:
            parts = {**parts, "start": np.array(self.prefix_signed[:, 0], dtype=np.float64)}
        return Explanation(
            self.request.method,
            self.target_tokens,
            (*names[0], *names[1]),
            np.concatenate([np.asarray(v, dtype=np.float64) for v in (source, prefix)], 1),
            units[normalisation],
            parts,
            np.array(self.attributed_values, dtype=np.float64),
            texts={"source": len(names[0]), "target before": len(names[1])},
        )


# --------------------------------------------------------------------------------------------- answers

Search = Literal["greedy", "beams", "sampling"]
SegmentKind = Literal["system", "document", "example", "user", "template", "answer"]
Ending = Literal["given", "end", "stop", "length", "stopped"]
"""Why an answer ends where it does: it was typed, the model ended it, the stop text or the most tokens were
reached, or somebody stopped it."""
OfAnswer = Literal["log_probability", "logit", "probability"]
"""What of a word is explained; with a contrast the difference of the two (of log-probabilities and logits the
same: the logit difference)."""
Splitting = Literal["sentences", "fields"]


@dataclass(frozen=True)
class Example:
    """A question with its answer, shown to the model before the real one."""

    question: str
    answer: str


@dataclass(frozen=True)
class Generation:
    """How a model writes its answer; the same settings write the same answer."""

    search: Search = "greedy"
    """The likeliest token each time, the likeliest text of `beams` kept side by side, or drawn by chance."""
    beams: int = 4
    temperature: float = 1.0
    """Sampling: logits are divided by it."""
    top_p: float = 1.0
    """Sampling: the likeliest tokens that together have this probability are drawn from."""
    seed: int = 0
    """Sampling: of what is drawn."""
    length: int = 40
    """The most tokens written."""
    stop: str = ""
    """A text after which writing ends; empty: only where the model ends."""


@dataclass(frozen=True)
class AnswerRequest:
    """Which words of the prompt and of the answer so far led to each word of the answer?

    Without `answer` and `answer_ids` the model writes the answer.
    """

    model: str
    prompt: str = ""
    """The text to continue, or what the user says where the model has a chat template."""
    system: str = ""
    document: str = ""
    examples: tuple[Example, ...] = ()
    plain: bool = False
    """Whether the texts are continued as they are, also by a model with a chat template."""
    answer: str = ""
    """An answer put in the model's mouth."""
    answer_ids: tuple[int, ...] = ()
    """The same as its tokens, as a model wrote them (a text can be spelled in several ways); they count."""
    method: str = "frozen"
    """A row of `methods.catalogue` for answers."""
    attributed: OfAnswer = "logit"
    """Logits tell most about a word that is certain anyway; log-probabilities add up to the answer's. Methods
    in logits (ALTI-Logit) explain the logit whatever this says."""
    step: int = -1
    """The token of the answer that is explained, from 0; -1: each of them."""
    contrast: str = ""
    """Another word than that of the step; of all steps another answer, each step after the same words."""
    contrast_ids: tuple[int, ...] = ()
    """The same as tokens; they count."""
    generation: Generation = field(default_factory=Generation)
    splitting: Splitting = "sentences"
    """Whether a document, and what the user says, are segments sentence by sentence or whole."""
    source_language: str = ""
    target_language: str = ""
    steps: int = 50
    """Nodes of the integral; integrated gradients only."""
    dtype: Precision = "float32"

    @property
    def writing(self) -> AnswerRequest:
        """What matters for what the model writes alone; the same for every way of explaining it."""
        plain = AnswerRequest(self.model)
        explaining = ("method", "attributed", "step", "contrast", "contrast_ids", "splitting", "steps")
        return dataclasses.replace(self, **{name: getattr(plain, name) for name in explaining})


@dataclass(frozen=True)
class Segment:
    """A part of the prompt, or the answer so far, by the columns of its tokens."""

    kind: SegmentKind
    name: str
    """In English, e.g. "Document, sentence 2"."""
    text: str
    columns: tuple[int, ...]

    @property
    def label(self) -> str:
        """Its name in the reader's language, as a bar is labelled."""
        place, _comma, sentence = self.name.rpartition(", sentence ")
        if place and sentence.isdecimal():
            return _("{place}, sentence {number}", place=_(place), number=sentence)
        example = self.name.removeprefix("Example ")
        return _("Example {number}", number=example) if example.isdecimal() else _(self.name)


@dataclass(frozen=True)
class AnswerResult:
    """What a method credits to each token of the prompt and of the answer so far, for the tokens explained.

    R rows, the answer's tokens at `steps`; S + T columns, the tokens of the prompt, then those of the answer.
    values, magnitudes: [R, S + T], NaN where a token is not visible or not covered by the method; values have
    a sign where the method has one, and of additive methods they sum with the row's `parts` to `explained`.
    """

    model: ModelInfo
    request: AnswerRequest
    """As asked."""
    prompt: TokenizedText
    """The S tokens that the model reads, its template's included."""
    answer: TokenizedText
    """The T tokens of the answer, its end included where the model wrote one."""
    segments: tuple[Segment, ...]
    """They share out the columns; the last one is the answer."""
    steps: tuple[int, ...]
    values: Array
    magnitudes: Array
    explained: Array
    """[R]: the model's own number that is explained."""
    unit: str
    """Of `explained`: "nats", "logits" or "probability"."""
    step_scores: dict[str, Array]
    """name -> [T], of all tokens: probability, rank, logit, entropy and others."""
    candidates: tuple[tuple[Candidate, ...], ...]
    """At each of the T steps the likeliest tokens, then that of the answer where it is not among them."""
    prompt_text: str
    """What the model reads, with the template's special tokens written out."""
    answer_text: str
    starts: tuple[int, ...]
    """[T]: the character of `answer_text` with which each token begins."""
    parts: dict[str, Array] = field(default_factory=dict)
    """Additive methods: what no token is credited with, name -> [R]."""
    foils: tuple[str, ...] = ()
    """With a contrast: the readable token that each row's is compared with."""
    foil_ids: tuple[int, ...] = ()
    """The same as ids; empty in what was saved before they were kept."""
    ending: Ending = "given"
    settings: str = ""
    """How the model wrote the answer, in words; empty where it was given."""
    convergence: Array = field(default_factory=lambda: np.zeros(0))
    """[R]: integrated gradients only: sum of the values minus the change of the number explained."""
    notes: tuple[str, ...] = ()
    tolerance: float = 1e-4
    """The relative completeness gap that is accepted at this precision."""

    def __post_init__(self) -> None:
        s, t, r = len(self.prompt), len(self.answer), len(self.steps)
        if not s or not t or not r or any(not 0 <= step < t for step in self.steps):
            raise ValueError("there must be a prompt, an answer, and steps within it")
        if self.values.shape != (r, s + t) or self.magnitudes.shape != (r, s + t):
            raise ValueError("values and magnitudes must be [R, S + T]")
        if any(part.shape != (r,) for part in (self.explained, *self.parts.values())):
            raise ValueError("parts and explained must have one value a row")
        if not {"probability", "rank"} <= set(self.step_scores):
            raise ValueError("the step scores must include probability and rank")
        if any(score.shape != (t,) for score in self.step_scores.values()) or len(self.candidates) != t:
            raise ValueError("step scores and candidates must be those of all T tokens")
        if sorted(c for segment in self.segments for c in segment.columns) != list(range(s + t)):
            raise ValueError("the segments do not share out the columns")
        if len(self.starts) != t or any(not 0 <= c <= len(self.answer_text) for c in self.starts):
            raise ValueError("starts must name a character of the answer for each token")
        if len(self.foil_ids) not in (0, len(self.foils)):
            raise ValueError("foil_ids must be those of the foils")
        if len(self.foils) not in (0, r) or self.convergence.shape not in ((0,), (r,)):
            raise ValueError("foils and convergence must be empty or those of the rows")
        freeze(self.values, self.magnitudes, self.explained, self.convergence)
        freeze(*self.step_scores.values(), *self.parts.values())

    @property
    def columns(self) -> tuple[str, ...]:
        """The S + T readable tokens that can be credited."""
        return (*self.prompt.tokens, *self.answer.tokens)

    @property
    def rows(self) -> tuple[str, ...]:
        """The R readable tokens explained."""
        return tuple(self.answer.tokens[step] for step in self.steps)

    @property
    def remainder(self) -> Array:
        """[R]: what no token is credited with; 0 for methods that are not additive."""
        return np.asarray(sum(self.parts.values(), np.zeros(len(self.steps))), dtype=np.float64)

    @property
    def relative_gap(self) -> float:
        """Of additive methods: the largest completeness gap of a row, relative to the size of its parts.

        A logit is a part of every log-probability, and what is near 0 is exact to the logit's digits only.
        """
        values = np.nan_to_num(self.values.astype(np.float64))
        logits = self.step_scores.get("logit", np.zeros(len(self.answer)))[list(self.steps)]
        sizes = np.maximum(np.maximum(np.abs(self.explained), np.abs(values).sum(1)), 1e-12)
        sizes = np.maximum(sizes, np.abs(logits))
        return float((np.abs(values.sum(1) + self.remainder - self.explained) / sizes).max())

    def text_before(self, step: int) -> str:
        """Prompt and answer so far as one text, after which a model writes the token of this step."""
        return self.prompt_text + self.answer_text[: self.starts[step]]

    def explanation(self, *, words: bool = False) -> Explanation:
        """Rows the tokens explained; columns "prompt", then "answer", as tokens or (added up) as words."""
        values = np.array(self.values, dtype=np.float64)
        names: list[list[str]] = [list(self.prompt.tokens), list(self.answer.tokens)]
        if words:
            size = len(self.prompt)
            parts = [values[:, :size], values[:, size:]]
            texts = (self.prompt, self.answer)
            values = np.concatenate(
                [self._added(part, text) for part, text in zip(parts, texts, strict=True)], 1
            )
            names = [[word.text for word in text.words] for text in texts]
        return self._explanation(
            names[0] + names[1], values, {"prompt": len(names[0]), "answer": len(names[1])}
        )

    def by_segment(self) -> Explanation:
        """Rows the tokens explained; columns the segments, each with the exact sum of what its tokens got.

        NaN where a segment has no token that the row's can see.
        """
        values = np.array(self.values, dtype=np.float64)
        summed = np.stack([visible_sum(values[:, list(s.columns)]) for s in self.segments], 1)
        return self._explanation([s.name for s in self.segments], summed, {})

    def whole(self) -> Explanation:
        """One row, all that is explained of the answer; columns the segments, summed over the rows.

        Of additive methods values and parts sum to the answer's log-probability, or what else is attributed.
        """
        rows = self.by_segment()
        parts = {name: np.array([part.sum()]) for name, part in rows.parts.items()}
        return Explanation(
            rows.method,
            ("answer",),
            rows.columns,
            visible_sum(rows.values.T)[None],
            rows.unit,
            parts,
            np.array([rows.explained.sum()]),
        )

    @staticmethod
    def _added(values: Array, text: TokenizedText) -> Array:
        if not text.words:
            return np.zeros((len(values), 0))
        return np.stack([visible_sum(values[:, list(word.tokens)]) for word in text.words], 1)

    def _explanation(self, columns: Sequence[str], values: Array, texts: dict[str, int]) -> Explanation:
        return Explanation(
            self.request.method,
            self.rows,
            tuple(columns),
            values,
            self.unit,
            {name: np.array(part, dtype=np.float64) for name, part in self.parts.items()},
            np.array(self.explained, dtype=np.float64),
            texts=texts,
        )


def visible_sum(values: Array) -> Array:
    """[R, n] -> [R]: the sum of what is no NaN; NaN where all are."""
    return np.where(np.isnan(values).all(1), np.nan, np.nansum(values, 1))


@dataclass(frozen=True)
class WrittenToken:
    """One token of an answer while it is written."""

    id: int
    token: str
    """Readable."""
    text: str
    """All of the answer up to and with this token; of a character in parts only the whole ones."""
    probability: float
    """By the model's own distribution, whatever the temperature."""
    ending: Ending | None = None
    """Of the last token: why there is no more."""


@dataclass(frozen=True)
class SegmentCheckRequest(_OfAnother):
    """What does the answer's log-probability lose when a segment is left out?"""

    explained: AnswerRequest
    subsets: int = 64
    seed: int = 0


@dataclass(frozen=True)
class SegmentCheckResult:
    """N segments of a prompt that can be left out, credited and measured for the whole answer.

    credited: [N], the sum of what a method credits them with. left_out: [N] in nats, what the answer's
    log-probability loses without the segment; steps: [N, T], the same for each token. lds: rank correlation
    of summed credits with the log-probability over random subsets of the segments; random_lds: its mean, 5
    and 95 % quantiles for credits dealt anew. agreement: rank correlation of credited with left_out.
    """

    model: ModelInfo
    request: SegmentCheckRequest
    segments: tuple[Segment, ...]
    credited: Array
    left_out: Array
    steps: Array
    log_probability: float
    """Of the answer, with all segments."""
    lds: float
    random_lds: tuple[float, ...]
    agreement: float
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        n = len(self.segments)
        if not n or self.credited.shape != (n,) or self.left_out.shape != (n,):
            raise ValueError("credited and left_out must have one value a segment, of at least one")
        if self.steps.ndim != 2 or len(self.steps) != n or len(self.random_lds) != 3:
            raise ValueError("steps must be [N, T] and random_lds three numbers")
        freeze(self.credited, self.left_out, self.steps)


# ---------------------------------------------------------------------------------------- model sizes

Compared = Literal["probability", "log_probability"]
"""Of an answer; with a foil the difference of the two. That of log-probabilities is the logit difference."""
SPECIAL = "(special tokens)"
"""The column in which a comparison adds up tokens such as </s>, which not every model has."""


@dataclass(frozen=True)
class ComparisonRequest:
    """The same question to one model: how sure of `target` against `foil`, and because of which words?"""

    model: str
    question: str
    target: str
    foil: str = ""
    method: str = "input_x_gradient"
    """A row of `methods.catalogue` for comparisons."""
    dtype: Precision = "float32"
    attributed: Compared = "probability"
    """Methods in logits (ALTI-Logit, held still) explain the logit difference whatever this says."""


@dataclass(frozen=True)
class ComparisonResult:
    """One model's answer to the question, attributed to the words of the question.

    magnitude, signed: [tokens] raw (signed is NaN for methods without a sign). For targets of several tokens
    these are sums over their tokens and `token_magnitude`, `token_signed` [T, tokens] hold them one by one.
    """

    model: ModelInfo
    request: ComparisonRequest
    text: TokenizedText
    """The question as this model sees it; its words are the words of the text, the same for every model."""
    magnitude: Array
    signed: Array
    target_tokens: tuple[str, ...]
    foil_tokens: tuple[str, ...]
    token_magnitude: Array
    token_signed: Array
    target_log_probability: float
    """Of the whole target, natural logarithm."""
    foil_log_probability: float
    """NaN without a foil."""
    score: float
    """contrast_prob_diff: P(target) - P(foil) (P(target) alone without a foil)."""
    attributed: float
    """The attributed function: per-token differences summed (of probabilities: `score` for single tokens);
    for ALTI-Logit the logit difference of the first token that differs, for held still of all tokens."""
    target_rank: int
    """Rank of the target's first token among all next tokens, from 1."""
    answer: str
    """What the model itself would say: its likeliest first token."""
    seconds: float
    """Of computing, without loading."""
    memory_bytes: int
    """The weights and what computing took beyond them, as far as it could be measured."""
    notes: tuple[str, ...] = ()
    token_values: Array = field(default_factory=lambda: np.zeros(0))
    """[T]: the attributed function of each target token; they sum to `attributed`."""
    left_out: Array = field(default_factory=lambda: np.zeros(0))
    """[words of text]: what the attributed function loses when a word of the question is left out, whatever
    the method; NaN for special tokens. Empty where it was not computed."""
    token_left_out: Array = field(default_factory=lambda: np.zeros((0, 0)))
    """[T, words of text]: the same for each target token."""
    parts: dict[str, Array] = field(default_factory=dict)
    """Additive methods only: what no token of the question is credited with, name -> [T]; with `token_signed`
    they sum to `token_values`."""
    candidates: tuple[Candidate, ...] = ()
    """The likeliest first tokens of an answer, then those of target and foil where not among them."""

    def __post_init__(self) -> None:
        size = len(self.text)
        if not size or self.magnitude.shape != (size,) or self.signed.shape != (size,):
            raise ValueError("magnitude and signed must have one value a token, of at least one")
        steps = self.token_magnitude.shape
        if len(steps) != 2 or not steps[0] or steps[1] != size or self.token_signed.shape != steps:
            raise ValueError("token_magnitude and token_signed must be [T, tokens]")
        if self.token_values.ndim != 1:
            raise ValueError("token_values must be [T]")
        words = len(self.text.words)
        if self.left_out.shape not in ((0,), (words,)) or self.token_left_out.shape not in (
            (0, 0),
            (steps[0], words),
        ):
            raise ValueError("left_out must be empty or have one value a word")
        if any(part.shape != (steps[0],) for part in self.parts.values()):
            raise ValueError("parts must have one value a token of the target")
        freeze(self.left_out, self.token_left_out, *self.parts.values())
        freeze(self.magnitude, self.signed, self.token_magnitude, self.token_signed, self.token_values)

    @property
    def words(self) -> tuple[Word, ...]:
        """The words of the question, without special tokens: the axis that all models share."""
        return tuple(word for word in self.text.words if not word.special)

    @property
    def special_share(self) -> float:
        """The share of the magnitude that special tokens such as </s> have, in [0, 1]."""
        words = self.text.combine_words(self.magnitude)
        special = float(words[[word.special for word in self.text.words]].sum())
        return special / (float(words.sum()) or 1.0)

    def attributions(self, sign: Sign = "magnitude", normalisation: Normalisation = "share") -> Array:
        """[words] in the view asked for.

        Args:
            sign: "magnitude" (sub-words combine by the root of their summed squares) or "signed" (they add).
            normalisation: "raw"; "share": divided by the sum of absolute values of all words, special tokens
                included, so that magnitudes sum to 1 - `special_share`; "weighted": shares times `score`.
        """
        return np.array(self.explanation(sign, normalisation).values[0, : len(self.words)])

    def explanation(self, sign: Sign = "magnitude", normalisation: Normalisation = "share") -> Explanation:
        """One row, the model; columns the words, then the special tokens together; see `attributions`.

        Raw signed values of additive methods have their parts, with which they sum to `attributed`.
        """
        merge = TokenizedText.combine_words if sign == "magnitude" else TokenizedText.sum_words
        tokens = np.asarray(self.magnitude if sign == "magnitude" else self.signed, dtype=np.float64)
        values = merge(self.text, tokens)
        if normalisation != "raw":
            values = values / (float(np.abs(values).sum()) or 1.0)
        if normalisation == "weighted":
            values = values * self.score
        special = np.array([word.special for word in self.text.words], dtype=bool)
        rest, name = ([values[special].sum()], (SPECIAL,)) if special.any() else ([], ())
        units = {"raw": "raw", "share": "share of the model's", "weighted": "share × score"}
        parts = self.parts if (sign, normalisation) == ("signed", "raw") else {}
        return Explanation(
            self.request.method,
            (self.model.name,),
            (*(word.text for word in self.words), *name),
            np.concatenate([values[~special], rest])[None],
            units[normalisation],
            {part: np.array([float(np.sum(of, dtype=np.float64))]) for part, of in parts.items()},
            np.array([self.attributed]),
        )


Explained = NextWordRequest | TranslationRequest | ComparisonRequest | AnswerRequest
"""What can be explained: one request a page."""


@dataclass(frozen=True)
class ComparisonFailure:
    """A model that could not take part."""

    model: str
    sentence: str
    """Why, for the user."""


@dataclass(frozen=True)
class Comparison:
    """The answers of several models to the same question, the smallest model first."""

    results: tuple[ComparisonResult, ...]
    failures: tuple[ComparisonFailure, ...] = ()


# ------------------------------------------------------------------------------------- many sentences

MOST_MEANS = 60_000
"""Of a `ManyResult`: what a report can still hold and a page still draw."""


@dataclass(frozen=True)
class ManyMeasure:
    """What a set was measured by. of_model: the same for every method."""

    id: str
    name: str
    meaning: str
    of_model: bool = False
    median: bool = False
    less_is_better: bool = False


@dataclass(frozen=True)
class ManyModel:
    """A model that a set was put to."""

    id: str
    name: str
    parameters: int
    revision: str = ""


@dataclass(frozen=True)
class ManyMean:
    """What the sentences of a group say of a model and a method: a mean, of some measures the median.

    low, high: its 95 % interval. random: what random orders of the words have, NaN where there is no such.
    quantiles: of the sentences, at 5, 25, 50, 75 and 95 %; none where they tell nothing.
    """

    model: str
    method: str
    group: str
    measure: str
    value: float
    low: float
    high: float
    random: float
    sentences: int
    quantiles: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if len(self.quantiles) not in (0, 5):
            raise ValueError("quantiles are five numbers or none")


@dataclass(frozen=True, eq=False)
class ManyResult:
    """A set of sentences put to models and methods: what it comes to, by group, without the sentences.

    The first of `groups` is all sentences together; `more_groups` counts those that are too many to be told.
    done, expected: records, one a sentence, model and method; errors: of those done, without numbers.
    """

    name: str
    kind: str
    digest: str
    sentences: int
    models: tuple[ManyModel, ...]
    methods: tuple[str, ...]
    measures: tuple[ManyMeasure, ...]
    groups: tuple[str, ...]
    means: tuple[ManyMean, ...]
    done: int
    expected: int
    caption: str
    """Sentences that make it reproducible: set, models with revisions, methods, seed, versions."""
    errors: int = 0
    more_groups: int = 0

    def __post_init__(self) -> None:
        if len(self.means) > MOST_MEANS or not self.groups:
            raise ValueError("more means than can be shown, or no group of all sentences")
        for names in ([m.id for m in self.models], self.methods, [m.id for m in self.measures], self.groups):
            if len(set(names)) != len(names):
                raise ValueError("a model, method, measure or group is there twice")
        known = (
            {m.id for m in self.models},
            set(self.methods),
            set(self.groups),
            {m.id for m in self.measures},
        )
        for mean in self.means:
            named = (mean.model, mean.method, mean.group, mean.measure)
            if not all(name in names for name, names in zip(named, known, strict=True)):
                raise ValueError("a mean is of what is not listed")

    def by_name(self) -> dict[tuple[str, str, str, str], ManyMean]:
        """The means by measure, model, method and group."""
        return {(m.measure, m.model, m.method, m.group): m for m in self.means}

    def measure(self, measure: str) -> ManyMeasure:
        """One of the measures.

        Raises:
            TextError: it is none of them.
        """
        for known in self.measures:
            if known.id == measure:
                return known
        raise TextError("This set was not measured by “{measure}”.", measure=measure)


NUMBERS = ("float16", "float32", "float64", "int32", "int64", "bool")
"""What the arrays of a result may hold."""


def freeze(*arrays: Array) -> None:
    """Makes arrays read-only, so that sessions can share a cached result.

    Raises:
        ValueError: an array of something else than `NUMBERS`.
    """
    for array in arrays:
        if str(array.dtype) not in NUMBERS:
            raise ValueError(f"an array of {array.dtype} is not one of numbers")
        array.flags.writeable = False
