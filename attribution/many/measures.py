"""What one sentence says about one model and its methods: a record for each method, numbers and no texts."""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb, log, nan
from typing import Any

import numpy as np

from attribution.language import N_, Said
from attribution.many.columns import Kind
from attribution.many.evidence import evidence_spans, gold_links, word_owners, words_at
from attribution.methods import faithfulness
from attribution.methods.batched import BATCHED, Ask, Scores, batched_scores
from attribution.methods.catalogue import METHODS, Use, find, names
from attribution.methods.problem import Problem
from attribution.methods.removal import WordRemoval
from attribution.methods.saliency import CHUNK_FLOATS
from attribution.models.anatomy import refuse_encoder_decoder
from attribution.models.loading import LoadedModel
from attribution.service.comparison import run_comparison
from attribution.service.inputs import NOT_TAKEN_AWAY, check_choice, plain_ids
from attribution.service.languages import decoder_start
from attribution.service.next_word import QUANTIZED, Question, question, run_next_word
from attribution.service.translation import run_translation
from attribution.types import (
    Array,
    AttributionError,
    ComparisonRequest,
    ComparisonResult,
    NextWordRequest,
    NextWordResult,
    Precision,
    Replace,
    TextError,
    TokenizedText,
    TranslationRequest,
    TranslationResult,
    Word,
)

MEASURES = ("gap", "lds")
"""What costs more than the explanation itself, and is measured where it is asked for."""
MOST_REMOVED = 200
"""Words of a sentence up to which gap and LDS are measured."""
RANKINGS = 100
"""Of the random reference of one sentence's LDS; a set averages over its sentences."""
NOT_MEASURED = N_("“{value}” cannot be measured; choose from {choices}.")
USES: dict[Kind, Use] = {"next word": "next word", "question": "comparison", "translation": "translation"}
UNFORESEEN = (MemoryError, RuntimeError, ValueError, IndexError, KeyError, TypeError, ArithmeticError)
Tell = Callable[[float], None]
log_of = logging.getLogger("why_this_word")


@dataclass(frozen=True)
class Options:
    """How a set is measured; with the model, the sentences and the methods it fixes every number.

    measures: "gap" and "lds", or one of them, or none. replace: how words are taken away for them. seed: of
    the subsets of LDS and of ties. batch: whether methods of one forward (and one backward) take several
    sentences at once, see `methods.batched`.
    """

    measures: tuple[str, ...] = ()
    replace: Replace = "leave out"
    seed: int = 0
    dtype: Precision = "float32"
    batch: bool = True

    def __post_init__(self) -> None:
        for measure in self.measures:
            check_choice(measure, MEASURES, NOT_MEASURED)
        check_choice(self.replace, ("leave out", "neutral"), NOT_TAKEN_AWAY)


@dataclass(frozen=True)
class Sentence:
    """One row of a set."""

    row: int
    text: str
    target: str
    foil: str = ""
    evidence: str = ""
    group: str = ""
    alignment: str = ""


@dataclass
class Record:
    """One sentence, one method. NaN where there is nothing to measure; see `Results` for the meanings."""

    row: int
    method: str
    difference: float = nan
    right: float = nan
    explained: float = nan
    words: int = 0
    found: float = nan
    found_random: float = nan
    carried: float = nan
    gap: float = nan
    lds: float = nan
    lds_random: float = nan
    aer: float = nan
    aer_random: float = nan
    aer_links: float = nan
    error: str = ""
    seconds: float = nan


def check_methods(kind: Kind, methods: Sequence[str]) -> tuple[str, ...]:
    """The methods, each once, if they are for sets of that kind.

    Raises:
        TextError: there is none, or one is unknown or for other sets.
    """
    if not methods:
        raise TextError("Choose a method: {choices}.", choices=", ".join(names(USES[kind])))
    return tuple(dict.fromkeys(find(method, USES[kind]).id for method in methods))


def records(
    loaded: LoadedModel,
    kind: Kind,
    sentences: Sequence[Sentence],
    methods: Sequence[str],
    options: Options,
    tell: Tell = lambda _: None,
) -> list[Record]:
    """One record a sentence and method, sentence by sentence; what cannot be computed has its reason instead.

    With `options.batch` the sentences given are put to the model at once by the methods that can.
    """
    measure = {"next word": _NextWord, "question": _Question, "translation": _Translation}[kind]
    with loaded.lock:
        every: list[_Asked] = [measure(loaded, sentence, options, tell) for sentence in sentences]
        if options.batch:
            next_words = [asked for asked in every if isinstance(asked, _NextWord)]
            _compute_together(loaded, next_words, methods, tell)
        return [_record(asked, asked.sentence, method) for asked in every for method in methods]


def _record(asked: _Asked, sentence: Sentence, method: str) -> Record:
    begun = time.perf_counter()
    record = Record(sentence.row, method)
    try:
        asked.fill(record)
    except AttributionError as error:
        record = Record(sentence.row, method, error=str(error.said))
    except UNFORESEEN as error:
        # A hole in the program, or a model that does what no other does: it must not cost the other rows.
        log_of.exception("row %d, %s", sentence.row, method)
        said = Said("This could not be computed ({reason}).", reason=type(error).__name__)
        record = Record(sentence.row, method, error=str(said))
    record.seconds = time.perf_counter() - begun + asked.before.get(method, 0.0)
    return record


# --------------------------------------------------------------------------------------- what all kinds share


class _Asked:
    """One sentence put to one model; `fill` writes what a method makes of it."""

    def __init__(self, loaded: LoadedModel, sentence: Sentence, options: Options, tell: Tell) -> None:
        self.loaded, self.sentence, self.options, self.tell = loaded, sentence, options, tell
        self.before: dict[str, float] = {}
        """Seconds that a method took before `fill`, its share of a batch."""
        self._removal: WordRemoval | None = None

    def fill(self, record: Record) -> None:
        raise NotImplementedError

    def removal(self, words: Sequence[Word]) -> WordRemoval | None:
        """The model's answer with some of the words taken away; None where that is not told."""
        return None

    def rank(self, record: Record, words: Sequence[Word], values: Array) -> None:
        """How well the values [n] of the words find the evidence, and how far their order holds."""
        record.words = len(words)
        decisive = words_at(words, evidence_spans(self.sentence.text, self.sentence.evidence))
        if decisive:
            record.found = float(1 / min(_rank(values, k) for k in decisive))
            record.found_random = random_found(len(words), len(decisive))
        asked = self.options.measures
        if not asked or not 2 <= len(words) <= MOST_REMOVED:
            return
        self._removal = self._removal or self.removal(words)
        if self._removal is None:
            return
        if "gap" in asked:
            curves = faithfulness.removal_curves(
                values, self._removal, seed=self.options.seed, progress=self.tell
            )
            record.gap = curves.gap
        if "lds" in asked:
            score = faithfulness.lds(
                values,
                self._removal,
                seed=self.options.seed + 1,
                rankings=RANKINGS,
                progress=self.tell,
            )
            record.lds, record.lds_random = score.value, score.random[0]


def _rank(values: Array, k: int) -> float:
    """Of one word from 1, highest first; words of equal value share their mean rank."""
    return 1 + float((values > values[k]).sum()) + (float((values == values[k]).sum()) - 1) / 2


def random_found(words: int, decisive: int) -> float:
    """The mean of 1 / rank of the first of `decisive` words in a random order of `words`."""
    ways = comb(words, decisive)
    first = [comb(words - r, decisive - 1) / ways for r in range(1, words - decisive + 2)]
    return sum(share / r for r, share in enumerate(first, 1))


def _of_words(text: TokenizedText, values: Array, method: str) -> Array:
    """Of tokens -> of words: additive where there is a sign, else the norm."""
    merge = TokenizedText.sum_words if find(method).signed else TokenizedText.combine_words
    return np.asarray(merge(text, values), dtype=np.float64)


def _carried(method: str, words: float, whole: float) -> float:
    return words / whole if find(method).additive and abs(whole) > 1e-9 else nan


# -------------------------------------------------------------------------------------------------- next word


class _NextWord(_Asked):
    def __init__(self, loaded: LoadedModel, sentence: Sentence, options: Options, tell: Tell) -> None:
        super().__init__(loaded, sentence, options, tell)
        self.scores: dict[str, Scores] = {}
        """Computed together with other sentences."""
        self._results: dict[str, NextWordResult] = {}
        self._question: Question | None = None

    @property
    def question(self) -> Question:
        """The texts as token ids.

        Raises:
            TextError: target and foil cannot be told apart, or a text is of no use to this model.
        """
        if self._question is None:
            s = self.sentence
            refuse_encoder_decoder(self.loaded.info.kind, self.loaded.info.name)
            self._question = question(self.loaded, s.text, s.target, s.foil)
        return self._question

    def fill(self, record: Record) -> None:
        method, asked = record.method, self.question
        scores = self.scores.get(method) or self._single(method)
        record.explained = record.difference = scores.explained
        record.right = float(scores.explained > 0)
        record.carried = _carried(method, float(scores.values.sum()), scores.explained)
        places = list(asked.removable)
        values = _of_words(asked.text, scores.values[: len(asked.text)], method)[places]
        self.rank(record, [asked.text.words[place] for place in places], values)

    def removal(self, words: Sequence[Word]) -> WordRemoval:
        problem = self.question.problem(self.loaded)
        return WordRemoval(problem, 0, [list(word.tokens) for word in words], self.options.replace)

    def _single(self, method: str) -> Scores:
        """The explanation that a page gives, computed once for methods that come together."""
        run = METHODS[method].found_with or method
        if run not in self._results:
            s, info = self.sentence, self.loaded.info
            request = NextWordRequest(info.id, s.text, s.target, s.foil, info.dtype, run)
            self._results[run] = run_next_word(self.loaded, request, self.tell, top=1)
        explanation = self._results[run].explanation("contrast", method)
        return Scores(explanation.values[0], float(explanation.explained[0]))


def _compute_together(
    loaded: LoadedModel, every: Sequence[_NextWord], methods: Sequence[str], tell: Tell
) -> None:
    """Fills the scores of the sentences by the methods that take many at once; the others stay for `fill`."""
    usable, asks = [], []
    for asked in every:
        try:
            target, foil = asked.question.explained
        except (AttributionError, *UNFORESEEN):
            continue  # said by `fill`
        usable.append(asked)
        asks.append(Ask(asked.question.ids, target, foil))
    if len(asks) < 2 or loaded.info.dtype in QUANTIZED:
        return
    for method in methods:
        if method not in BATCHED:
            continue
        begun = time.perf_counter()
        try:
            found = batched_scores(loaded.model, method, asks, lambda: tell(0.0))
        except (AttributionError, *UNFORESEEN):
            continue  # one by one it is seen whose fault it is
        for asked, scores in zip(usable, found, strict=True):
            asked.scores[method] = scores
            asked.before[method] = (time.perf_counter() - begun) / len(usable)


# --------------------------------------------------------------------------------------------------- question


class _Question(_Asked):
    def fill(self, record: Record) -> None:
        s, info = self.sentence, self.loaded.info
        request = ComparisonRequest(
            info.id, s.text, s.target, s.foil, record.method, info.dtype, "log_probability"
        )
        result = run_comparison(self.loaded, request, self.tell)
        record.difference = result.target_log_probability - result.foil_log_probability
        record.right, record.explained = float(record.difference > 0), result.attributed
        signed = find(record.method).signed
        values = result.signed if signed else result.magnitude
        record.carried = _carried(record.method, float(values.sum()), result.attributed)
        every = _of_words(result.text, values, record.method)
        places = [k for k, word in enumerate(result.text.words) if word.tokens and not word.special]
        self._result = result
        self.rank(record, [result.text.words[k] for k in places], every[places])

    def removal(self, words: Sequence[Word]) -> WordRemoval | None:
        """The logit difference of answers of one token each."""
        result: ComparisonResult = self._result
        columns = [list(word.tokens) for word in words]
        if self.loaded.info.kind == "decoder":
            asked = question(self.loaded, self.sentence.text, self.sentence.target, self.sentence.foil)
            return WordRemoval(asked.problem(self.loaded), 0, columns, self.options.replace)
        if len(result.target_tokens) != 1 or len(result.foil_tokens) != 1:
            return None
        target, foil = (
            plain_ids(self.loaded.tokenizer, word.strip(), target=True)
            for word in (self.sentence.target, self.sentence.foil)
        )
        start = decoder_start(self.loaded, None)
        problem = Problem(
            self.loaded.model,
            result.text.ids,
            start,
            [len(start) - 1],
            target,
            foil,
            "contrast_logits_diff",
            CHUNK_FLOATS,
            None,
        )
        return WordRemoval(problem, 0, columns, self.options.replace)


# ------------------------------------------------------------------------------------------------ translation


class _Translation(_Asked):
    def fill(self, record: Record) -> None:
        s = self.sentence
        result = self._run(record.method, s.target)
        likely = _log_probability(result)
        record.explained = likely
        if s.foil:
            record.difference = likely - _log_probability(self._run("cross_attention", s.foil))
            record.right = float(record.difference > 0)
        signed = find(record.method).signed
        values = result.source_signed if signed else result.source_magnitude
        if find(record.method).additive:
            whole = float(result.attributed_values.sum())
            record.carried = _carried(
                record.method, float(values.sum() + np.nansum(result.prefix_signed[:, 1:])), whole
            )
        record.words = sum(not word.special for word in result.source.words)
        if s.alignment:
            self._align(record, result, values)

    def _run(self, method: str, target: str) -> TranslationResult:
        """Every token of the translation explained by its logit, which all methods can explain."""
        info = self.loaded.info
        request = TranslationRequest(info.id, self.sentence.text, target, method, "logit", dtype=info.dtype)
        return run_translation(self.loaded, request, self.tell)

    def _align(self, record: Record, result: TranslationResult, values: Array) -> None:
        """Links every target word to the source word with the highest value, and counts the errors."""
        s = self.sentence
        gold = gold_links(s.alignment, s.text, s.target)
        sources, targets = (
            word_owners(s.text, result.source.words),
            word_owners(s.target, result.target.words),
        )
        by_word = _of_words(result.source, values, record.method)  # [T, words of the model]
        whole = np.full((len(s.target.split()), len(s.text.split())), -np.inf)
        for target, word in zip(targets, result.target.words, strict=True):
            for source, column in zip(sources, by_word.T, strict=True):
                if target >= 0 and source >= 0 and word.tokens:
                    sofar = whole[target, source]
                    whole[target, source] = column[list(word.tokens)].sum() + (
                        0 if np.isinf(sofar) else sofar
                    )
        links = {(int(row.argmax()), t) for t, row in enumerate(whole) if np.isfinite(row).any()}
        if not links or not gold.sure:
            return
        record.aer_links = float(len(links) + len(gold.sure))
        record.aer = 1 - (len(links & gold.sure) + len(links & gold.possible)) / record.aer_links
        chance = sum((len(_of(gold.sure, t)) + len(_of(gold.possible, t))) / whole.shape[1] for _, t in links)
        record.aer_random = 1 - chance / record.aer_links


def _of(links: frozenset[tuple[int, int]], target: int) -> list[int]:
    return [source for source, t in links if t == target]


def _log_probability(result: TranslationResult) -> float:
    """Of the whole translation, natural logarithm."""
    return float(sum(log(max(float(p), 1e-300)) for p in result.step_scores["probability"]))


def as_dict(record: Record) -> dict[str, Any]:
    """A record as a row of a table."""
    return dataclasses.asdict(record)
