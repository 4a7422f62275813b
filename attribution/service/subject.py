"""What is explained, as a function of the words that can be taken away: for every kind of result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from attribution.language import N_
from attribution.methods.catalogue import find
from attribution.methods.problem import Problem, Progress
from attribution.methods.removal import WordRemoval
from attribution.methods.saliency import CHUNK_FLOATS
from attribution.models.loading import LoadedModel
from attribution.service.answer import explained, run_answer
from attribution.service.comparison import asked_of, run_comparison
from attribution.service.inputs import removable_words, whole_number
from attribution.service.next_word import question, run_next_word
from attribution.service.translation import run_translation
from attribution.types import (
    AnswerRequest,
    AnswerResult,
    Array,
    ComparisonRequest,
    ComparisonResult,
    Explained,
    NextWordRequest,
    NextWordResult,
    Replace,
    TextError,
    TokenizedText,
    TranslationRequest,
    TranslationResult,
)

Result = NextWordResult | TranslationResult | ComparisonResult | AnswerResult
TRANSLATION_STEPS = (
    N_("A translation is explained word by word: name the tokens of one (step)."),
    N_("The target tokens are numbered {least} to {most} (step), not {value}."),
    N_("The target tokens of a word stand one after the other (step)."),
)
ANSWER_STEPS = (
    N_("An answer is explained word by word: name the tokens of one (step)."),
    N_("The tokens of the answer are numbered {least} to {most} (step), not {value}."),
    N_("The tokens of the answer of a word stand one after the other (step)."),
)
LONGEST_LIST = 200
"""Words of a text that are taken away one after the other."""


@dataclass(frozen=True)
class Subject:
    """The number explained by the words kept, and how a result's values fall on these words.

    f: a `removal.Values`; words: N; source: how many of them are the source's, of an answer the
    prompt's (else all); explained, target, foil: as in a `FaithfulnessResult`.
    """

    f: Callable[[Array, Progress], Array]
    words: tuple[str, ...]
    source: int
    values: Callable[[Any], Array]
    explained: str
    target: str
    foil: str
    steps: tuple[int, ...] = ()
    """Of a translation or an answer: the tokens explained."""


def result_of(loaded: LoadedModel, request: Explained, progress: Progress) -> Result:
    """The request's explanation."""
    if isinstance(request, NextWordRequest):
        return run_next_word(loaded, request, progress, stand_ins=False)
    if isinstance(request, TranslationRequest):
        return run_translation(loaded, request, progress)
    if isinstance(request, AnswerRequest):
        return run_answer(loaded, request, progress)
    return run_comparison(loaded, request, progress)


def subject(
    loaded: LoadedModel, asked: Explained, result: Result, steps: tuple[int, ...], way: Replace
) -> Subject:
    """What is explained by `asked`, of the texts of a result (by any method). The caller holds the lock.

    steps: of a translation or an answer, the tokens of one word; what is explained is the mean over them.

    Raises:
        TextError: no word can be taken away, or too many, or the steps are not those of one word.
    """
    if isinstance(asked, TranslationRequest) and isinstance(result, TranslationResult):
        chosen = _checked(steps, len(result.target), TRANSLATION_STEPS)
        return _of_translation(loaded, asked, result, chosen, way)
    if isinstance(asked, AnswerRequest) and isinstance(result, AnswerResult):
        own = result.steps if len(result.steps) == 1 else ()
        chosen = _checked(steps or own, len(result.answer), ANSWER_STEPS)
        return _of_answer(loaded, asked, result, chosen, way)
    if steps:
        raise TextError("Only translations and answers have steps to choose from (step).")
    if isinstance(asked, NextWordRequest) and isinstance(result, NextWordResult):
        return _of_next_word(loaded, asked, result, way)
    assert isinstance(asked, ComparisonRequest)
    return _of_comparison(loaded, asked, way)


def _of_next_word(
    loaded: LoadedModel, asked: NextWordRequest, result: NextWordResult, way: Replace
) -> Subject:
    found = question(loaded, asked.prefix, asked.target, asked.foil)
    places = list(found.removable)
    columns = [list(found.text.words[place].tokens) for place in places]
    names = {"contrast": "logit difference", "target": "logit of the target", "foil": "logit of the foil"}
    return Subject(
        _removal(found.problem(loaded, asked.of), range(1), columns, way),
        tuple(found.text.words[place].text for place in places),
        len(places),
        lambda r: _by_word(r.text, r.explanation().values[0], find(r.request.method).signed)[places],
        names[asked.of if result.foil else "target"],
        result.target.typed,
        result.foil.typed if result.foil else "",
    )


def _of_comparison(loaded: LoadedModel, asked: ComparisonRequest, way: Replace) -> Subject:
    text, problem = asked_of(loaded, asked)
    places = [place for place in removable_words(loaded, text) if text.words[place].tokens]

    def values(result: ComparisonResult) -> Array:
        signed = find(result.request.method).signed
        return _by_word(text, result.signed if signed else result.magnitude, signed)[places]

    return Subject(
        _removal(
            problem, range(len(problem.positions)), [list(text.words[place].tokens) for place in places], way
        ),
        tuple(text.words[place].text for place in places),
        len(places),
        values,
        problem.objective.name,
        asked.target.strip(),
        asked.foil.strip(),
    )


def _of_translation(
    loaded: LoadedModel, asked: TranslationRequest, result: TranslationResult, steps: range, way: Replace
) -> Subject:
    size, first = len(result.source), len(result.prefix) - len(result.target)
    contrast, foils = result.contrast, None
    if contrast is not None and asked.attributed.startswith("contrast"):
        foils = [contrast.ids[c] for c in result.alignment]
    problem = Problem(
        loaded.model,
        result.source.ids,
        result.prefix.ids,
        range(first, len(result.prefix)),
        result.target.ids,
        foils,
        asked.attributed,
        CHUNK_FLOATS,
        None,
    )
    source = [place for place in removable_words(loaded, result.source) if result.source.words[place].tokens]
    before = [
        place
        for place in removable_words(loaded, result.prefix)
        if max(result.prefix.words[place].tokens, default=size) <= first + steps[0]
    ]
    columns = [list(result.source.words[place].tokens) for place in source]
    columns += [[size + token for token in result.prefix.words[place].tokens] for place in before]
    removal = _removal(problem, steps, columns, way)

    def values(of: TranslationResult) -> Array:
        signed = find(of.request.method).signed
        texts = [(of.source, of.source_signed if signed else of.source_magnitude, source)]
        texts.append((of.prefix, of.prefix_signed if signed else of.prefix_magnitude, before))
        rows = [_by_word(text, some[list(steps)].mean(0), signed)[chosen] for text, some, chosen in texts]
        return np.nan_to_num(np.concatenate(rows))  # cross-attention says nothing of words before

    def mean(keep: Array, progress: Progress = lambda _: None) -> Array:
        return removal(keep, progress) / len(steps)

    words = [result.source.words[place].text for place in source]
    words += [result.prefix.words[place].text for place in before]
    foil = "" if foils is None or contrast is None else _word_at(contrast, result.alignment[steps[0]])

    return Subject(
        mean,
        tuple(words),
        len(source),
        values,
        asked.attributed,
        _word_at(result.target, steps[0]) if len(steps) > 1 else _token_or_word(result.target, steps[0]),
        foil,
        tuple(steps),
    )


def _of_answer(
    loaded: LoadedModel, asked: AnswerRequest, result: AnswerResult, steps: range, way: Replace
) -> Subject:
    """Words that were typed into the prompt, then those of the answer before the steps."""
    _row(result, steps)
    question = explained(loaded, replace(asked, answer_ids=result.answer.ids))
    size, texts = len(result.prompt), (result.prompt, result.answer)
    typed = {column for segment in question.asked.prompt.removable for column in segment.columns}
    places = [[k for k in removable_words(loaded, text) if text.words[k].tokens] for text in texts]
    prompt = [k for k in places[0] if typed.issuperset(result.prompt.words[k].tokens)]
    before = [k for k in places[1] if max(result.answer.words[k].tokens) < steps[0]]
    columns = [list(texts[0].words[place].tokens) for place in prompt]
    columns += [[size + token for token in texts[1].words[place].tokens] for place in before]
    objective, foils = question.objective(asked, find(asked.method)), None
    if question.foils:  # tokens that are not explained are compared with themselves
        foils = list(question.ids)
        for step, foil in zip(question.steps, question.foils, strict=True):
            foils[step] = foil
    problem = question.problem(loaded, objective, range(len(question.ids)), foils, None)
    shift = len(question.asked.start)  # of an encoder-decoder, before the answer
    read = [[c + shift * (c >= size) for c in word] for word in columns]
    removal = _removal(problem, steps, read, way)

    def values(of: AnswerResult) -> Array:
        how = find(of.request.method)
        row = np.nan_to_num((of.values if how.signed else of.magnitudes)[_row(of, steps)]).mean(0)
        found = [row[c].sum() if how.signed else np.sqrt((row[c] ** 2).sum()) for c in columns]
        return np.array(found, dtype=np.float64)

    def mean(keep: Array, progress: Progress = lambda _: None) -> Array:
        return removal(keep, progress) / len(steps)

    return Subject(
        mean,
        (*(texts[0].words[k].text for k in prompt), *(texts[1].words[k].text for k in before)),
        len(prompt),
        values,
        objective,
        _word_at(result.answer, steps[0]) if len(steps) > 1 else _token_or_word(result.answer, steps[0]),
        _word(result.foils[_row(result, steps)[0]]) if result.foils else "",
        tuple(steps),
    )


def _row(result: AnswerResult, steps: range) -> list[int]:
    """The rows of an answer's result that explain these steps."""
    missing = [step for step in steps if step not in result.steps]
    if missing:
        raise TextError(
            "Token {number} of the answer is not explained by this result: choose another.",
            number=missing[0],
        )
    return [result.steps.index(step) for step in steps]


def _removal(problem: Problem, steps: range, columns: Sequence[Sequence[int]], way: Replace) -> WordRemoval:
    if not columns:
        raise TextError("There is no word here that could be left out, so nothing can be measured.")
    if len(columns) > LONGEST_LIST:
        raise TextError(
            "This text has {count} words; how well a ranking holds is measured up to {most}.",
            count=len(columns),
            most=LONGEST_LIST,
        )
    return WordRemoval(problem, steps, columns, way)


def _checked(steps: tuple[int, ...], length: int, sentences: tuple[str, str, str]) -> range:
    """The steps as a range, of one word; the sentences refuse none, no such number, and a gap."""
    none, numbered, apart = sentences
    if not steps:
        raise TextError(none)
    numbers = [whole_number(step, numbered, 0, length - 1) for step in steps]
    if numbers != list(range(numbers[0], numbers[-1] + 1)):
        raise TextError(apart)
    return range(numbers[0], numbers[-1] + 1)


def _by_word(text: TokenizedText, values: Array, signed: bool) -> Array:
    merge = TokenizedText.sum_words if signed else TokenizedText.combine_words
    return np.asarray(merge(text, values), dtype=np.float64)


def _word_at(text: TokenizedText, token: int) -> str:
    return next((word.text for word in text.words if token in word.tokens), text.tokens[token])


def _word(token: str) -> str:
    """A readable token without the mark of a space before it."""
    return token.removeprefix("·") or token


def _token_or_word(text: TokenizedText, token: int) -> str:
    """The word where the token is all of it, else the token."""
    alone = any(word.tokens == (token,) for word in text.words)
    return _word_at(text, token) if alone else text.tokens[token]


def of_word(asked: Explained, steps: Sequence[int]) -> Explained:
    """Of an answer the one token alone that is measured; all else as it is.

    With a contrast, which is another answer where all tokens are explained, all of them are.
    """
    if isinstance(asked, AnswerRequest) and len(steps) == 1 and not (asked.contrast or asked.contrast_ids):
        return replace(asked, step=steps[0])
    return asked


def asked_by(method: str, asked: Explained) -> Explained:
    """The same asked of another method, of what that can explain: a logit where it explains logits only."""
    other = replace(asked, method=method)
    if isinstance(other, TranslationRequest) and find(method).unit == "logits":
        contrast = other.attributed.startswith("contrast")
        return replace(other, attributed="contrast_logits_diff" if contrast else "logit")
    if isinstance(other, AnswerRequest):
        in_logits = find(method).layered or (method == "frozen" and other.attributed == "probability")
        return replace(other, attributed="logit") if in_logits else other
    if isinstance(other, ComparisonRequest) and find(asked.method).unit == "logits":
        return replace(other, attributed="log_probability")
    return other
