"""The same question to several models: checks it, asks one model at a time, attributes each answer."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import torch
from torch import Tensor

from attribution.methods.alignment import align
from attribution.methods.catalogue import Method, find, names
from attribution.methods.network import Network
from attribution.methods.saliency import Saliency, causal_saliency, seq2seq_saliency
from attribution.models import tokens
from attribution.models.catalogue import find as find_model
from attribution.models.loading import LoadedModel
from attribution.models.store import ModelStore
from attribution.service.inputs import (
    check_choice,
    check_text,
    check_word,
    plain_ids,
    prompt,
    replacement_id,
    word_ids,
)
from attribution.service.languages import decoder_start, language_codes
from attribution.service.limits import check_characters, check_memory, check_tokens
from attribution.service.next_word import explain_next_word
from attribution.types import (
    Array,
    AttributionError,
    ComparisonFailure,
    ComparisonRequest,
    ComparisonResult,
    ModelTooLargeError,
    Precision,
    TextError,
    TokenizedText,
    UnsupportedArchitectureError,
)

METHODS: tuple[str, ...] = tuple(names("comparison"))
NODES = 50
"""Of the integral; integrated gradients only."""


def compare_models(
    models: Sequence[str],
    question: str,
    target: str,
    foil: str = "",
    *,
    method: str = "input_x_gradient",
    dtype: Precision = "float32",
    store: ModelStore | None = None,
) -> Iterator[ComparisonResult | ComparisonFailure]:
    """Asks each model the same question, the smallest first, and yields each answer when it is there.

    A model that cannot be had, does not fit into memory or cannot take the question yields a
    `ComparisonFailure`, and the others go on. A model is dropped from memory when the next needs its room.

    Args:
        models: catalogue ids, Hub ids or local folders; one that is named twice counts once.
        question: the source of an encoder-decoder; a decoder continues it.
        target: the answer explained.
        foil: the answer it is contrasted with; empty for none.
        method: a row of `methods.catalogue` for comparisons; "alti_logit" is for decoders only.
        dtype: the precision to load the models in.
        store: keeps the models; a new one by default.

    Raises:
        TextError: the question or target is empty, or target and foil are the same.
    """
    check(question, target, foil)
    check_choice(method, METHODS, "There is no method “{}”")
    if isinstance(models, str):
        raise TextError("The models must be a list of names, not one text.")
    store = store or ModelStore(allow_any_path=True)
    for spec in size_order(models, allow_any_path=True):
        request = ComparisonRequest(spec, question, target, foil, method, dtype)
        try:
            with store.using(spec, dtype) as loaded:
                answer: ComparisonResult | ComparisonFailure = compare_one(loaded, request)
        except AttributionError as error:
            answer = ComparisonFailure(spec, str(error))
        yield answer


def size_order(models: Sequence[str], *, allow_any_path: bool = False) -> list[str]:
    """The models, each once, by number of parameters; those of unknown size come last."""
    sizes: dict[str, float] = {}
    for spec in models:
        try:
            entry = find_model(spec, allow_any_path=allow_any_path)
            sizes.setdefault(entry.id, entry.parameters or float("inf"))
        except AttributionError:
            sizes.setdefault(str(spec).strip(), float("inf"))
    return sorted(sizes, key=lambda spec: sizes[spec])


def check(question: str, target: str, foil: str) -> None:
    """Refuses what no model could answer.

    Raises:
        TextError: something is empty or too long, or target and foil are the same.
    """
    check_text(question, "The question")
    for word, role in ((target, "target"), (foil, "foil")):
        check_word(word, role)
    if not question.strip():
        raise TextError("The question is empty: type what the models are to be asked.")
    if not target.strip():
        raise TextError("The target is empty: type the answer to explain, such as no.")
    if target.strip() == foil.strip():
        raise TextError(f"Target and foil are both “{target.strip()}”: type another foil, or leave it empty.")


def compare_one(
    loaded: LoadedModel, request: ComparisonRequest, progress: Callable[[float], None] | None = None
) -> ComparisonResult:
    """One model's answer: how likely target and foil are, and because of which words of the question.

    The attributed function is P(target) - P(foil) (P(target) without a foil), for answers of several tokens
    summed over the target's tokens, each paired with one of the foil after the target's own beginning. With
    ALTI-Logit it is the logit difference of the first tokens that differ. Attributions to the beginning of
    the answer (and to the decoder's start token) are left out. `progress` is told the fraction done; an
    exception from it stops the computation.

    Raises:
        TextError: empty, too long, or the model cannot tell target and foil apart.
        UnsupportedArchitectureError: the model or method does not fit the comparison.
        ModelTooLargeError: computing it took more memory than there is.
    """
    check(request.question, request.target, request.foil)
    check_choice(request.method, METHODS, "There is no method “{}”")
    with loaded.lock:
        meter = _Meter(loaded, progress)
        try:
            return _compare(loaded, request, meter)
        except (torch.OutOfMemoryError, MemoryError) as error:
            raise ModelTooLargeError(
                f"{loaded.info.name} ran out of memory with this question; "
                "shorten it, or pick a smaller model or a lower precision."
            ) from error


def _compare(loaded: LoadedModel, request: ComparisonRequest, meter: _Meter) -> ComparisonResult:
    notes: list[str] = []
    how = find(request.method)
    asked = (_Decoder if loaded.info.kind == "decoder" else _Seq2Seq)(loaded, request, notes, meter.progress)
    if how.layered:
        signed, values, logits = _next_token(loaded, request, how, asked, notes)
        magnitude = np.abs(signed)
    else:
        saliency = asked.saliency()
        magnitude, signed = asked.scores(saliency)
        values, logits = saliency.values, saliency.logits
    log_p = logits.double().log_softmax(-1)
    first = log_p[0]
    target = float(log_p[range(len(asked.target)), list(asked.target)].sum())
    foil = float("nan")
    if len(asked.foil) == 1:
        foil = float(first[asked.foil[0]])
    elif asked.foil:
        own = asked.logits(asked.foil).double().log_softmax(-1)
        foil = float(own[range(len(asked.foil)), list(asked.foil)].sum())
    return ComparisonResult(
        model=loaded.info,
        request=request,
        text=asked.text,
        magnitude=magnitude.sum(0),
        signed=signed.sum(0),
        target_tokens=tuple(tokens.readable(loaded.tokenizer, i) for i in asked.target),
        foil_tokens=tuple(tokens.readable(loaded.tokenizer, i) for i in asked.foil),
        token_magnitude=magnitude,
        token_signed=signed,
        target_log_probability=target,
        foil_log_probability=foil,
        score=float(np.exp(target)) - (float(np.exp(foil)) if asked.foil else 0.0),
        attributed=float(values.sum()),
        target_rank=int((first > first[asked.target[0]]).sum()) + 1,
        answer=tokens.readable(loaded.tokenizer, int(first.argmax())),
        seconds=meter.seconds(),
        memory_bytes=meter.bytes(),
        notes=tuple(notes),
        token_values=np.array(values, dtype=np.float64),
    )


def _next_token(
    loaded: LoadedModel, request: ComparisonRequest, how: Method, asked: _Asked, notes: list[str]
) -> tuple[Array, Array, Tensor]:
    """Contributions [1, S] in logits, the logit difference [1], and the logits [T, V] of the target."""
    if loaded.info.kind not in how.kinds:
        raise UnsupportedArchitectureError(
            f"{loaded.info.name} is an encoder-decoder and {how.name} is for decoders: "
            "choose input x gradient, which all models can be compared by."
        )
    typed, target, foil = asked.typed, request.target, request.foil
    result = explain_next_word(loaded, typed, target, foil, method=how.id, top=1, progress=asked.progress)
    notes.extend(note for note in result.notes if note not in notes)
    signed = np.array(getattr(result, how.id).sum(0), dtype=np.float64)[None, : len(asked.text)]
    return signed, np.array([result.explained_logit]), asked.logits(asked.target)


# --------------------------------------------------------------------- the question as a model is asked it


@dataclass
class _Asked:
    """The question as token ids, the answers as ids, and what is the same for both kinds of models."""

    loaded: LoadedModel
    request: ComparisonRequest
    notes: list[str]
    progress: Callable[[float], None]

    def __post_init__(self) -> None:
        self.typed = self.request.question.strip(" \t")
        self.text = self.question()
        self.target = self.answer(self.request.target, "target")
        self.foil = self.answer(self.request.foil, "foil") if self.request.foil.strip() else ()
        for ids, role in ((self.target, "target"), (self.foil, "foil")):
            if len(ids) > 1 and not find(self.request.method).layered:
                pieces = " + ".join(tokens.readable(self.loaded.tokenizer, i) for i in ids)
                self.notes.append(
                    f"The {role} is {len(ids)} tokens for {self.loaded.info.name} ({pieces}): its "
                    "probability is that of all of them, and attributions are sums over the target's tokens."
                )

    def question(self) -> TokenizedText:
        """The question's tokens, special ones included."""
        raise NotImplementedError

    def answer(self, typed: str, role: str) -> tuple[int, ...]:
        """The ids by which the model would write the answer."""
        raise NotImplementedError

    def foils(self) -> list[int] | None:
        """For each token of the target the foil's token it is compared with; None without a foil."""
        if not self.foil:
            return None
        end = -1  # pairs the two ends, as if both answers were followed by an end-of-sentence token
        paired = [self.foil[c] for c in align([*self.target, end], [*self.foil, end])[:-1]]
        if paired == list(self.target):
            target, foil = self.request.target.strip(), self.request.foil.strip()
            raise TextError(
                f"“{target}” and “{foil}” begin with the same tokens for {self.loaded.info.name}, "
                "so nothing tells them apart: choose another foil."
            )
        return paired

    def options(self) -> dict[str, object]:
        """The arguments that both kinds of saliency take."""
        foils = self.foils()
        tokenizer = self.loaded.tokenizer
        return {
            "foil_ids": foils,
            "method": self.request.method,
            "attributed": "probability" if foils is None else "contrast_prob_diff",
            "replacement_id": replacement_id(tokenizer),
            "kept_ids": tokenizer.all_special_ids,
            "steps": NODES,
            "progress": self.progress,
        }

    def saliency(self) -> Saliency:
        """The attributions of each token of the target."""
        raise NotImplementedError

    def scores(self, saliency: Saliency) -> tuple[Array, Array]:
        """Magnitudes and signed values [T, S] of the question's tokens."""
        raise NotImplementedError

    def logits(self, answer: Sequence[int]) -> Tensor:
        """[T, V] before each token of an answer, teacher-forced."""
        raise NotImplementedError

    def check_length(self, length: int) -> None:
        """Refuses a question (with its answer) that is over the model's limit or takes too much memory."""
        check_tokens(self.loaded, length, "The question")
        check_memory(self.loaded, length)


class _Seq2Seq(_Asked):
    """The question is the encoder's source, the answer what the decoder writes."""

    def question(self) -> TokenizedText:
        if language_codes(self.loaded):
            raise UnsupportedArchitectureError(
                f"{self.loaded.info.name} translates between many languages and does not answer questions: "
                "compare T5 models or decoders here."
            )
        check_characters(self.loaded, self.typed, "The question")
        self.start = decoder_start(self.loaded, None)
        text = tokens.tokenize(self.loaded.tokenizer, self.typed)
        self.check_length(len(text))
        return text

    def answer(self, typed: str, role: str) -> tuple[int, ...]:
        tokenizer = self.loaded.tokenizer
        ids = plain_ids(tokenizer, typed.strip(), target=True)
        if not ids or (tokenizer.unk_token_id is not None and tokenizer.unk_token_id in ids):
            raise TextError(
                f"The vocabulary of {self.loaded.info.name} cannot spell the {role} “{typed.strip()}”; "
                "choose another word."
            )
        self.check_length(len(self.start) + len(ids) - 1)
        return ids

    def saliency(self) -> Saliency:
        inputs = [*self.start, *self.target[:-1]]
        first = len(self.start) - 1
        return seq2seq_saliency(
            self.loaded.model,
            self.text.ids,
            inputs,
            self.target,
            first_step=first,
            **self.options(),  # type: ignore[arg-type]
        )

    def scores(self, saliency: Saliency) -> tuple[Array, Array]:
        return saliency.source_magnitude, saliency.source_signed

    @torch.no_grad()
    def logits(self, answer: Sequence[int]) -> Tensor:
        network = Network(self.loaded.model)
        inputs = network.ids([*self.start, *answer[:-1]])
        memory = network.encode(network.embed_source(network.ids(self.text.ids))[None])
        hidden = network.decode(network.embed_prefix(inputs)[None], memory)
        return network.logits(hidden[0, len(self.start) - 1 :])


class _Decoder(_Asked):
    """The question is the prompt, the answer what follows it."""

    def question(self) -> TokenizedText:
        return prompt(self.loaded, self.typed, self.notes)

    def answer(self, typed: str, role: str) -> tuple[int, ...]:
        ids = word_ids(self.loaded, self.typed, typed, role, joined=self.typed.endswith("\n"))
        self.check_length(len(self.text) + len(ids) - 1)
        return ids

    def saliency(self) -> Saliency:
        before = len(self.text) - 1
        return causal_saliency(
            self.loaded.model,
            [*self.text.ids, *self.target[:-1]],
            range(before, before + len(self.target)),
            self.target,
            **self.options(),  # type: ignore[arg-type]
        )

    def scores(self, saliency: Saliency) -> tuple[Array, Array]:
        question = slice(0, len(self.text))
        return saliency.prefix_magnitude[:, question].copy(), saliency.prefix_signed[:, question].copy()

    @torch.no_grad()
    def logits(self, answer: Sequence[int]) -> Tensor:
        network = Network(self.loaded.model)
        ids = network.ids([*self.text.ids, *answer[:-1]])
        hidden = network.decode(network.embed_prefix(ids)[None])
        return network.logits(hidden[0, len(self.text) - 1 :])


# ----------------------------------------------------------------------------------------- time and memory


class _Meter:
    """Time and memory of one computation, as far as this machine tells."""

    def __init__(self, loaded: LoadedModel, progress: Callable[[float], None] | None) -> None:
        model = loaded.model
        self.tell = progress or (lambda _: None)
        self.weights = sum(p.numel() * p.element_size() for p in (*model.parameters(), *model.buffers()))
        self.device = model.device
        if self.device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(self.device)
            self.before = torch.cuda.memory_allocated(self.device)
        else:
            with contextlib.suppress(OSError):
                Path("/proc/self/clear_refs").write_text("5", "ascii")  # Linux: the peak starts anew
            self.before = int(psutil.Process().memory_info().rss)
        self.start = time.perf_counter()

    def progress(self, fraction: float) -> None:
        """Says how far it is; time in which others compute meanwhile does not count."""
        asked = time.perf_counter()
        self.tell(fraction)
        self.start += time.perf_counter() - asked

    def seconds(self) -> float:
        """Since the start."""
        return time.perf_counter() - self.start

    def bytes(self) -> int:
        """The weights, and how far memory rose above its level at the start."""
        if self.device.type == "cuda":
            peak = torch.cuda.max_memory_allocated(self.device)
        else:
            peak = _peak_of_process()
        return self.weights + max(0, peak - self.before)


def _peak_of_process() -> int:
    """The most memory this process had since the peak was reset; 0 where only Linux would tell."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path("/proc/self/status").read_text("ascii", "replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0
