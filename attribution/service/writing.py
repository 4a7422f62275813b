"""A model writes an answer, token by token."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from attribution.language import N_, Said
from attribution.methods.network import Network
from attribution.models import tokens
from attribution.models.loading import MOST_BEAMS, LoadedModel
from attribution.service.inputs import SEED, check_choice, check_text, whole_number
from attribution.service.languages import decoder_start, set_languages
from attribution.service.limits import check_memory
from attribution.service.prompts import THE_ANSWER, Prompt, joins, prompt
from attribution.types import AnswerRequest, Ending, Generation, TextError, WrittenToken

LONGEST_ASKED = 100_000
"""Tokens of an answer that one may ask for; a model's own limit is lower."""
SEARCHES = ("greedy", "beams", "sampling")
AT_MOST = N_("{search}, at most {count} tokens")
AT_MOST_UNTIL = N_("{search}, at most {count} tokens, until “{stop}”")
NOT_SEARCHED = N_("An answer cannot be searched by “{value}”; choose from {choices}.")
BEAMS = N_("The search takes {least} to {most} beams, not {value}.")
LENGTH = N_("An answer takes 1 token or more (length), not {value}.")
TEMPERATURE = N_("The temperature is a number from {least:g} to {most:g}, not {value}.")
TOP_P = N_("The top-p is a number from {least:g} to {most:g}, not {value}.")
_EMPTY = {
    "answer": N_("The answer is empty: type one, or let the model write."),
    "contrast": N_("The contrast is empty: type one, or let the model write."),
}
_NO_TOKENS = {
    "answer": N_("This model's vocabulary cannot spell the answer “{text}”; change its words."),
    "contrast": N_("This model's vocabulary cannot spell the contrast “{text}”; change its words."),
}
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Asked:
    """A request's prompt and the answer given so far, as one model's tokens."""

    prompt: Prompt
    start: tuple[int, ...]
    """Encoder-decoders: the decoder inputs before the answer."""
    given: tuple[int, ...]

    def inputs(self, answer: Sequence[int]) -> tuple[int, ...]:
        """What the decoder reads to write every token of an answer."""
        before = self.start or self.prompt.tokens.ids
        return (*before, *answer[:-1])


def asked(loaded: LoadedModel, request: AnswerRequest) -> Asked:
    """The request's texts as token ids, checked; the caller holds the model's lock.

    Raises:
        TextError: a text is empty, too long, or cannot be spelled by the model.
    """
    start: tuple[int, ...] = ()
    if loaded.info.kind == "encoder-decoder":
        language = set_languages(loaded, request.source_language, request.target_language)
        start = decoder_start(loaded, language)
    found = prompt(loaded, request)
    given = request.answer_ids or (answer_ids(loaded, found, request.answer) if request.answer else ())
    check_ids(loaded, given, THE_ANSWER)
    room = room_for(loaded, found, start)
    if len(given) > room:
        if start:
            raise TextError(
                "The answer has {count:,} tokens; {name} takes at most {most:,}.",
                count=len(given),
                name=loaded.info.name,
                most=room,
            )
        raise TextError(
            "Prompt and answer have {count:,} tokens together; {name} takes at most {most:,}.",
            count=len(found.tokens) + len(given),
            name=loaded.info.name,
            most=loaded.max_tokens,
        )
    if room < 1:
        raise TextError(
            "The prompt has {count:,} tokens, which leaves no room for an answer: "
            "{name} takes at most {most:,}.",
            count=len(found.tokens),
            name=loaded.info.name,
            most=loaded.max_tokens,
        )
    return Asked(found, start, given)


def room_for(loaded: LoadedModel, found: Prompt, start: Sequence[int]) -> int:
    """How many tokens an answer may have; the last one need not be read."""
    return loaded.max_tokens + 1 - (len(start) or len(found.tokens))


def answer_ids(loaded: LoadedModel, found: Prompt, answer: str, what: str = "answer") -> tuple[int, ...]:
    """The tokens of an answer that was typed, as they follow the prompt.

    Raises:
        TextError: it is empty, or the model cannot spell it.
    """
    if not answer.strip():
        raise TextError(_EMPTY[what])
    tokenizer = loaded.tokenizer
    if found.templated or loaded.info.kind == "encoder-decoder":
        target = loaded.info.kind == "encoder-decoder"
        ids = tokens.as_text(tokenizer, answer.strip(), target=target).ids
    else:
        text = joins(found.text, answer.rstrip(" \t"))
        before, whole = (
            tokens.as_text(tokenizer, found.text).ids,
            tokens.as_text(tokenizer, found.text + text).ids,
        )
        fits = whole[: len(before)] == before and len(whole) > len(before)
        ids = whole[len(before) :] if fits else tokens.as_text(tokenizer, text).ids
    unknown = tokenizer.unk_token_id
    if not ids or (unknown is not None and unknown in ids):
        raise TextError(_NO_TOKENS[what], text=answer.strip()[:60])
    return ids


def check_ids(loaded: LoadedModel, ids: Sequence[int], what: str) -> None:
    """Refuses token numbers that the model has no token for.

    Raises:
        TextError: with the first of them.
    """
    size = min(int(loaded.model.get_output_embeddings().weight.shape[0]), _named(loaded))
    for i in ids:
        if type(i) is not int or not 0 <= i < size:
            raise TextError(
                "{what} names the token {token}; {name} has 0 to {most:,}.",
                what=what,
                token=str(i)[:20],
                name=loaded.info.name,
                most=size - 1,
            )


def _named(loaded: LoadedModel) -> int:
    """One more than the highest token that the tokenizer has a name for."""
    return max(len(loaded.tokenizer), 1 + max(loaded.tokenizer.get_vocab().values()))


def check_generation(generation: Generation) -> None:
    """Refuses settings out of their range.

    Raises:
        TextError: with the range.
    """
    check_choice(generation.search, SEARCHES, NOT_SEARCHED)
    whole_number(generation.beams, BEAMS, 2, MOST_BEAMS)
    whole_number(generation.length, LENGTH, 1, LONGEST_ASKED)
    whole_number(generation.seed, SEED, 0, 2**32 - 1)
    check_text(generation.stop, Said("The stop text"))
    for value, sentence, low, high in (
        (generation.temperature, TEMPERATURE, 0.01, 100.0),
        (generation.top_p, TOP_P, 0.0, 1.0),
    ):
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not math.isfinite(value) or not low <= value <= high or value == 0:
            raise TextError(sentence, least=max(low, 0.01), most=high, value=str(value)[:20])


def settings_in_words(generation: Generation) -> Said:
    """E.g. "greedy search, at most 40 tokens"."""
    search = search_in_words(
        generation.search, generation.beams, generation.temperature, generation.top_p, generation.seed
    )
    stop = tokens.visible(generation.stop)[:40]
    return Said(AT_MOST_UNTIL if stop else AT_MOST, search=search, count=generation.length, stop=stop)


def search_in_words(
    search: str, beams: int = 1, temperature: float = 1.0, top_p: float = 1.0, seed: int = 0
) -> Said:
    """How a model searches for what it writes, as the beginning of a list of settings."""
    if search == "greedy":
        return Said("greedy search")
    if search == "beams":
        return Said("beam search with {count} beams", count=beams)
    return Said(
        "sampling at temperature {temperature:g}, top-p {top_p:g}, seed {seed}",
        temperature=temperature,
        top_p=top_p,
        seed=seed,
    )


def written(
    loaded: LoadedModel, request: AnswerRequest, progress: Progress | None = None
) -> Iterator[WrittenToken]:
    """The tokens that the model writes after the prompt and, where one is given, after the answer so far.

    The model's lock is held while a token is computed and not between two, so that whoever reads them may
    stop at any time; the same settings write the same tokens. `progress` is told the fraction of the most
    tokens; what it raises ends the writing.

    Raises:
        AttributionError: see `asked`, `check_generation`; before anything is computed.
    """
    check_generation(request.generation)
    with loaded.lock:
        question = asked(loaded, request)
        check_memory(loaded, len(question.prompt.tokens) + len(question.given) + 1)
    tell = progress or (lambda _: None)
    room = room_for(loaded, question.prompt, question.start) - len(question.given)
    if room < 1:
        raise TextError(
            "Prompt and answer have as many tokens as {name} takes ({most:,}): "
            "there is no room for another one.",
            name=loaded.info.name,
            most=loaded.max_tokens,
        )
    most = min(request.generation.length, room)
    if request.generation.search == "beams":
        found = _searched(loaded, question, request.generation, most, tell)
    else:
        found = _one_by_one(loaded, question, request.generation, most, tell)
    return _told(loaded, question, request.generation.stop, most, found)


def _told(
    loaded: LoadedModel, question: Asked, stop: str, most: int, found: Iterator[tuple[int, float]]
) -> Iterator[WrittenToken]:
    """Tokens with the text so far, until one of them is the last."""
    ends, ids = end_ids(loaded), list(question.given)
    before = len(answer_text(loaded, ids)[0])
    for count, (token, probability) in enumerate(found, 1):
        ids.append(token)
        text = answer_text(loaded, ids)[0]
        ending: Ending | None = None
        if token in ends:
            ending = "end"
        elif stop and stop in text[before:]:
            ending = "stop"
        elif count >= most:
            ending = "length"
        yield WrittenToken(token, tokens.readable(loaded.tokenizer, token), text, probability, ending)
        if ending:
            return


def answer_text(loaded: LoadedModel, ids: Sequence[int]) -> tuple[str, tuple[int, ...]]:
    """What ids spell, special ones as nothing, and the character at which each token begins."""
    special = {int(i) for i in loaded.tokenizer.all_special_ids}
    pieces = [b"" if i in special else tokens.surface(loaded.tokenizer, i) for i in ids]
    starts, done = [], b""
    for piece in pieces:
        starts.append(len(done.decode("utf-8", "ignore")))
        done += piece
    return done.decode("utf-8", "ignore"), tuple(starts)


def end_ids(loaded: LoadedModel) -> set[int]:
    """The tokens with which the model ends an answer."""
    own: Any = loaded.model.generation_config
    found = [loaded.tokenizer.eos_token_id]
    for named in (getattr(own, "eos_token_id", None), getattr(loaded.model.config, "eos_token_id", None)):
        found += named if isinstance(named, (list, tuple)) else [named]
    return {int(i) for i in found if isinstance(i, int)}


# ------------------------------------------------------------------------------------------ the searches


def _one_by_one(
    loaded: LoadedModel, question: Asked, generation: Generation, most: int, tell: Progress
) -> Iterator[tuple[int, float]]:
    """Greedy or drawn by chance, each token as soon as it is there."""
    draw = np.random.default_rng(generation.seed)
    reader = _Reader(loaded, question)
    ids = [*(question.start or question.prompt.tokens.ids), *question.given]
    for count in range(most):
        with loaded.lock:
            logits = reader.next_logits(ids)
        log_p = logits - np.logaddexp.reduce(logits)
        allowed = log_p.copy()
        allowed[list(reader.forbidden)] = -np.inf
        token = int(allowed.argmax()) if generation.search == "greedy" else _drawn(allowed, generation, draw)
        yield token, float(np.exp(log_p[token]))
        tell((count + 1) / most)
        ids = [token]


def _drawn(log_p: np.ndarray, generation: Generation, draw: np.random.Generator) -> int:
    """One of the likeliest tokens that together have the probability top_p, by chance."""
    scaled = log_p / generation.temperature
    order = np.argsort(-scaled, kind="stable")
    p = np.exp(scaled[order] - np.logaddexp.reduce(scaled))
    total = np.cumsum(p)
    kept = int(np.searchsorted(total, generation.top_p * total[-1])) + 1
    place = int(np.searchsorted(total[:kept], draw.random() * total[kept - 1], side="right"))
    return int(order[min(place, kept - 1, len(order) - 1)])


class _Reader:
    """A model that reads on, what it has read kept in mind."""

    def __init__(self, loaded: LoadedModel, question: Asked) -> None:
        self._model: Any = loaded.model
        self._network = Network(loaded.model)
        self._past: Any = None
        self._memory: Any = None
        self._source = question.prompt.tokens.ids if question.start else None
        own = getattr(loaded.model.generation_config, "bad_words_ids", None) or ()
        self.forbidden = {int(ids[0]) for ids in own if len(ids) == 1}
        """Tokens that are never written, as Marian's padding."""

    @torch.inference_mode()
    def next_logits(self, ids: Sequence[int]) -> np.ndarray:
        """Logits [V] in float64 after these further ids."""
        options: dict[str, Any] = {"past_key_values": self._past, "use_cache": True}
        batch = self._network.ids(list(ids))[None]
        if self._source is not None:
            if self._memory is None:
                self._memory = self._model.get_encoder()(self._network.ids(self._source)[None])
            out = self._model(encoder_outputs=self._memory, decoder_input_ids=batch, **options)
        else:
            out = self._model(batch, logits_to_keep=1, **options)
        self._past = out.past_key_values
        found: np.ndarray = out.logits[0, -1].double().cpu().numpy()
        return found


def _searched(
    loaded: LoadedModel, question: Asked, generation: Generation, most: int, tell: Progress
) -> Iterator[tuple[int, float]]:
    """The likeliest text of several kept side by side: known when the search has ended."""
    model: Any = loaded.model
    own, ends = model.generation_config, sorted(end_ids(loaded))
    settings: dict[str, Any] = {
        "num_beams": generation.beams,
        "do_sample": False,
        "eos_token_id": ends or None,
    }
    settings |= {"repetition_penalty": 1.0, "pad_token_id": own.pad_token_id or (ends or [0])[0]}
    read = [*(question.start or question.prompt.tokens.ids), *question.given]
    settings["max_length"] = len(read) + most
    done = len(read)

    def stopping(ids: Tensor, _: Any, **__: Any) -> Tensor:
        tell(min(1.0, (ids.shape[1] - done) / most))
        return torch.zeros(len(ids), dtype=torch.bool, device=ids.device)

    network = Network(loaded.model)
    with loaded.lock, torch.no_grad():
        batch = network.ids(list(question.prompt.tokens.ids) if question.start else read)[None]
        if question.start:
            settings["decoder_input_ids"] = network.ids(read)[None]
        out = model.generate(
            batch, attention_mask=torch.ones_like(batch), stopping_criteria=[stopping], **settings
        )
        ids = [int(i) for i in out[0]][done:]
        last = next((k for k, i in enumerate(ids) if i in ends), len(ids) - 1)
        ids = ids[: last + 1]
        reader = _Reader(loaded, question)
        found = []
        for k, token in enumerate(ids):
            logits = reader.next_logits(read if k == 0 else [ids[k - 1]])
            found.append((token, float(np.exp(logits[token] - np.logaddexp.reduce(logits)))))
    yield from found


def generate(
    loaded: LoadedModel,
    question: Any,
    answer: str = "",
    *,
    progress: Progress | None = None,
    **options: Any,
) -> Iterator[WrittenToken]:
    """Streams the tokens of an answer; closing the iterator stops the model.

    Args:
        loaded: a model that writes, from `load`.
        question: as in `explain_answer`: a text, or messages with their roles.
        answer: the beginning of an answer, which the model continues.
        progress: called after each token with the fraction of the most tokens; an exception from it stops.
        options: fields of `AnswerRequest` (system, document, examples, plain) and of `Generation` (search,
            beams, temperature, top_p, seed, length, stop).

    Returns:
        Tokens with their probability and the text so far; the last one says why there is no more.

    Raises:
        TextError: see `explain_answer`; at once, before anything is computed.
    """
    return written(loaded, answer_request(loaded, question, answer, **options), progress)


def answer_request(loaded: LoadedModel, question: Any, answer: str = "", **options: Any) -> AnswerRequest:
    """A request of keyword arguments, those of `Generation` among them.

    Raises:
        TextError: there is no option of that name, or messages are no conversation.
    """
    from attribution.service.messages import fields_of_messages

    generation, rest = {}, {}
    for name, value in options.items():
        if name in Generation.__dataclass_fields__:
            generation[name] = value
        elif name in AnswerRequest.__dataclass_fields__ and name not in ("model", "dtype", "generation"):
            rest[name] = tuple(value) if isinstance(value, list) else value
        else:
            raise TextError("There is no option “{name}” of an answer.", name=name[:40])
    fields = {"prompt": question} if isinstance(question, str) else fields_of_messages(question)
    request = AnswerRequest(model=loaded.info.id, answer=answer, dtype=loaded.info.dtype)
    return replace(request, **{**fields, **rest}, generation=replace(Generation(), **generation))
