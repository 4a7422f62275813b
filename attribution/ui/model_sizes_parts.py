"""The pieces of the Model sizes page: what is compared, the run model by model, and what is shown of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from html import escape
from typing import Any

import numpy as np
import streamlit as st

from attribution import cached
from attribution.charts import findings
from attribution.charts.palette import Theme, palette
from attribution.charts.views import WordView
from attribution.charts.wording import clean, number, ordinal, percent, size_words
from attribution.examples import ComparisonExample
from attribution.methods import catalogue
from attribution.models.catalogue import CatalogueEntry, families, find
from attribution.models.memory import gigabytes, precisions
from attribution.types import (
    AttributionError,
    Comparison,
    ComparisonFailure,
    ComparisonRequest,
    ComparisonResult,
    ModelKind,
    Precision,
    UnknownModelError,
)
from attribution.ui import explain, message, model_picker

KEYS = {"models": "ms_models", "question": "ms_question", "target": "ms_target", "foil": "ms_foil"}
VIEW_KEYS = ("ms_method", "ms_dtype", "ms_sign", "ms_scale", "ms_look")
KINDS: tuple[ModelKind, ...] = ("encoder-decoder", "decoder")
QUICK = 20_000_000
"""Parameters: so small a model answers before anybody notices, so nothing is drawn in between."""
FAMILY_NAMES = {"yes-no": "Yes/no demo"}

# ------------------------------------------------------------------------------------------------ inputs


def values(example: ComparisonExample) -> dict[str, Any]:
    """The widget values of an example."""
    return {key: getattr(example, name) for name, key in KEYS.items()} | {
        "ms_models": list(example.models),
        "ms_method": "input_x_gradient",
        "ms_stopped": None,
    }


def models_field(default: Sequence[str]) -> list[str]:
    """Models and whole families, or any other names; returns ids, families in full."""
    groups, entries = families(), {e.id: e for e in model_picker.choices(KINDS)}
    named: dict[str, str] = {
        name: f"{FAMILY_NAMES.get(name, name)}, all {len(members)} sizes" for name, members in groups.items()
    }
    options = [*dict.fromkeys([*default, *named, *entries])]

    def caption(option: str) -> str:
        if option in entries:
            return short_caption(entries[option])
        return named.get(option, option)

    picked = st.multiselect(
        "Models",
        options,
        default=list(default),
        format_func=caption,
        key=KEYS["models"],
        accept_new_options=True,
        bind="query-params",
        placeholder="A family, or several models",
        help=HELP_MODELS,
    )
    back = {caption(option): option for option in options}
    ids: list[str] = []
    for choice in picked:
        option = back.get(choice.strip(), choice.strip())
        members = groups.get(option)
        ids += [entry.id for entry in members] if members else [model_picker.model_id(option, entries)]
    return ids


def short_caption(entry: CatalogueEntry) -> str:
    """A model in the list and on its chip: name and size."""
    if entry.group == "Bundled" or not entry.parameters:
        return entry.name
    return f"{entry.name} {size_words(entry.parameters)}"


def precision_field() -> Precision:
    """What this machine can compute in."""
    options = precisions()
    if st.session_state.get("ms_dtype") not in options:
        st.session_state.pop("ms_dtype", None)
    return st.selectbox("Precision", options, key="ms_dtype", bind="query-params", help=HELP_PRECISION)


def method_field(names: Mapping[str, str]) -> str:
    """The methods by their names."""
    if st.session_state.get("ms_method") not in names:
        st.session_state.pop("ms_method", None)
    picked: Any = st.selectbox(
        "Method",
        list(names),
        format_func=lambda name: names.get(name, str(name)),
        key="ms_method",
        bind="query-params",
        help=catalogue.meanings("comparison"),
    )
    return picked


def requests(models: Sequence[str], request: ComparisonRequest) -> list[ComparisonRequest]:
    """One request a model, the smallest model first, each model once.

    Raises:
        UnknownModelError: no model is chosen.
    """
    from attribution.service.comparison import size_order

    if not models:
        raise UnknownModelError("No model is chosen: pick a family, or several models.")
    return [replace(request, model=spec) for spec in size_order(models)]


# --------------------------------------------------------------------------------------------------- run


@dataclass
class Run:
    """How far the models of one comparison have come; what is done stays done."""

    requests: list[ComparisonRequest]
    results: dict[ComparisonRequest, ComparisonResult] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.done: set[ComparisonRequest] = st.session_state.setdefault("ms_done", set())
        self.failed: dict[ComparisonRequest, str] = st.session_state.setdefault("ms_failed", {})
        self.stopped = st.session_state.get("ms_stopped") == self.requests
        for request in self.requests:
            if request in self.done:
                doing = f"Asking {name_of(request.model)} again …"  # it was dropped from memory
                self.results[request] = explain.awaited(cached.comparison, request, doing)

    @property
    def waiting(self) -> list[ComparisonRequest]:
        """Those still to be asked."""
        return [r for r in self.requests if r not in self.results and r not in self.failed]

    @property
    def comparison(self) -> Comparison:
        """All answers so far, smallest model first."""
        return Comparison(
            tuple(self.results[r] for r in self.requests if r in self.results),
            tuple(ComparisonFailure(r.model, self.failed[r]) for r in self.requests if r in self.failed),
        )

    def ask(self, request: ComparisonRequest, stop: Callable[[], None] | None = None) -> None:
        """Loads one model and asks it; a failure is kept as its sentence."""
        try:
            doing = f"Asking {name_of(request.model)} …"
            self.results[request] = explain.awaited(cached.comparison, request, doing, stop=stop)
            self.done.add(request)
        except AttributionError as error:
            self.failed[request] = str(error)

    def ask_quick_ones(self) -> None:
        """Asks the models that are so small that waiting for them is no matter."""
        for request in [] if self.stopped else self.waiting:
            entry = entry_of(request.model)
            if entry is None or (entry.group != "Hugging Face Hub" and 0 < entry.parameters <= QUICK):
                self.ask(request, partial(_draw_stop, self.requests, request.model))

    def go_on(self, place: Any) -> None:
        """Asks the next model, if one waits, and runs the page again with its answer."""
        if self.waiting and not self.stopped:
            with place:
                self.ask(self.waiting[0])
            st.rerun()


def stop_button(run: Run) -> Any:
    """Stop or go on; returns the place where progress is shown."""
    if not run.waiting:
        return None
    with st.container(horizontal=True, vertical_alignment="center"):
        if run.stopped:
            st.button("Go on", key="ms_go_on", on_click=_stop, args=(None,), icon=":material/play_arrow:")
            message.note("Stopped. What is done stays; the other models were not asked.")
            return None
        _draw_stop(run.requests, "all")
        return st.container()


def start_anew() -> None:
    """The form's callback: tries failed models again, and goes on after a stop."""
    st.session_state["ms_failed"] = {}
    st.session_state["ms_stopped"] = None


def _draw_stop(requests: list[ComparisonRequest], model: str) -> None:
    st.button("Stop", key=f"ms_stop_{model}", on_click=_stop, args=(requests,), icon=":material/stop:")


def _stop(requests: list[ComparisonRequest] | None) -> None:
    st.session_state["ms_stopped"] = requests


def entry_of(spec: str) -> CatalogueEntry | None:
    """What the catalogue says about a model; None where nobody knows it."""
    try:
        return find(spec)
    except AttributionError:
        return None


def name_of(spec: str) -> str:
    """The name people know a model by."""
    entry = entry_of(spec)
    return entry.name if entry else spec


# ------------------------------------------------------------------------------------------------- shown


def table(run: Run, theme: Theme) -> None:
    """One line a model: its answer with rank, time and memory, or why there is none."""
    request = run.requests[0]
    target, foil = escape(clean(request.target.strip())), escape(clean(request.foil.strip()))
    colours = palette(theme)
    heads = ["model", "parameters", f'<span style="color:{colours.solid["target"]}">P({target})</span>']
    heads += [f'<span style="color:{colours.solid["foil"]}">P({foil})</span>', "difference"] if foil else []
    heads += [f"rank of {target}", "own answer", "time", "memory"]
    line = f"border-bottom:1px solid {colours.grid};padding:1px 12px 1px 0;white-space:nowrap"
    rows = "".join(
        f'<tr><td style="{line};font-weight:600"><bdi>{escape(clean(name_of(r.model)))}</bdi></td>'
        + "".join(f'<td style="{line}">{cell}</td>' for cell in cells(run, r, bool(foil)))
        + rest(run, r, len(heads), line)
        + "</tr>"
        for r in run.requests
    )
    top = "".join(f'<th style="{line};font-weight:400;text-align:left;opacity:.75">{h}</th>' for h in heads)
    st.html(
        '<div style="overflow-x:auto;max-height:21rem"><table style="border-collapse:collapse;width:100%;'
        f'font-size:.86rem;font-variant-numeric:tabular-nums"><tr>{top}</tr>{rows}</table></div>'
    )


def cells(run: Run, request: ComparisonRequest, foil: bool) -> list[str]:
    """The cells after the name, as HTML; only the size where there is no answer."""
    result = run.results.get(request)
    if result is None:
        entry = entry_of(request.model)
        return [size_words(entry.parameters) if entry and entry.parameters else "–"]
    other = [
        percent(float(np.exp(result.foil_log_probability))),
        number(result.score, 3, sign=True),
    ]
    return [
        size_words(result.model.parameters),
        f"<b>{percent(float(np.exp(result.target_log_probability)))}</b>",
        *(other if foil else []),
        ordinal(result.target_rank),
        f"<bdi>{escape(clean(result.answer))}</bdi>",
        f"{result.seconds:.2g} s" if result.seconds < 100 else f"{result.seconds:.0f} s",
        gigabytes(result.memory_bytes),
    ]


def rest(run: Run, request: ComparisonRequest, columns: int, line: str) -> str:
    """The wide cell of a model without an answer: why, or what it waits for."""
    if request in run.results:
        return ""
    if request in run.failed:
        text = f"⚠ {escape(clean(run.failed[request]))}"
    elif run.stopped:
        text = "not asked"
    else:
        text = "being asked …" if request == run.waiting[0] else "waiting"
        entry = entry_of(request.model)
        if entry and entry.group == "Hugging Face Hub" and entry.bytes:
            text += f" (download of {gigabytes(entry.bytes)})"
    return f'<td colspan="{columns - 2}" style="{line};white-space:normal;opacity:.85">{text}</td>'


def notes(results: Sequence[ComparisonResult]) -> None:
    """What the models' answers need to be said about them, each sentence once."""
    for text in dict.fromkeys(note for result in results for note in result.notes):
        message.note(text)


def finding(results: Sequence[ComparisonResult], view: WordView, theme: Theme) -> None:
    """What the numbers say, in two or three sentences."""
    text = findings.model_sizes(results, view).coloured(theme)
    st.html(f'<div style="font-size:1.05rem">{text}</div>')


def of_one_token(results: Sequence[ComparisonResult], token: int) -> list[ComparisonResult]:
    """The same results, attributed for one token of the target only (from 0).

    Models that write the target with fewer tokens show their last one.
    """
    chosen = []
    for result in results:
        k = min(token, len(result.token_magnitude) - 1)
        chosen.append(
            replace(result, magnitude=result.token_magnitude[k].copy(), signed=result.token_signed[k].copy())
        )
    return chosen


def token_choice(results: Sequence[ComparisonResult]) -> list[ComparisonResult]:
    """Where the target is several tokens: all of them summed, or one of them."""
    longest = max(results, key=lambda r: len(r.token_magnitude))
    count = len(longest.token_magnitude)
    if count < 2:
        return list(results)
    labels = {0: "all tokens"} | {
        k + 1: f"{k + 1}. {clean(longest.target_tokens[k])}" for k in range(min(count, 12))
    }
    token = st.segmented_control(
        "Token of the target",
        list(labels),
        default=0,
        required=True,
        format_func=lambda k: message.plain(labels[k]),
        key=f"ms_token_{len(labels)}",
        help=HELP_TOKEN,
    )
    return of_one_token(results, token - 1) if token else list(results)


def link(methods: Mapping[str, str], looks: Mapping[str, str]) -> dict[str, Any]:
    """All inputs of the page, for an address that opens it again; a choice is named as it is shown."""
    state = {key: st.session_state.get(key) for key in (*KEYS.values(), *VIEW_KEYS)}
    for key, labels in (("ms_method", methods), ("ms_look", looks)):
        state[key] = labels.get(str(state[key]), "")
    return state


def snippet(run: Run) -> str:
    """Python lines that give the same numbers."""
    request = run.requests[0]
    options = f"target={request.target!r}" + (f", foil={request.foil!r}" if request.foil else "")
    if request.method != "input_x_gradient":
        options += f", method={request.method!r}"
    if request.dtype != "float32":
        options += f", dtype={request.dtype!r}"
    models = [r.model for r in run.requests if r in run.results] or [r.model for r in run.requests]
    return f"""from attribution import compare_models

models = {models!r}
for result in compare_models(models, {request.question!r}, {options}):
    print(f"{{result.model.name}}: score {{result.score:+.3f}}, rank {{result.target_rank}}")
    for word, share in zip(result.words, result.attributions("magnitude", "share")):
        print(f"{{word.text:>15}} {{share:.3f}}")
"""


def how_to_read(look: str, method: str) -> None:
    """A short explanation with the formula and the paper, folded."""
    with st.expander("How to read this"):
        st.markdown(_HOW)
        st.markdown(catalogue.find(method).reading)
        st.markdown(_LOOKS[look])


HELP_MODELS = (
    "A family, several models, or any Hugging Face Hub id such as google/flan-t5-small. "
    "They run one after the other, the smallest first."
)
HELP_PRECISION = (
    "The numbers a model computes with. bfloat16 takes half the memory of float32 and changes results a "
    "little; 8-bit and 4-bit need an NVIDIA GPU and the package bitsandbytes."
)
HELP_TOKEN = (
    "The target is several tokens for at least one model. All: the sum over its tokens. One: what led to "
    "that token; models with fewer tokens show their last one."
)
_HOW = r"""
Every model is asked the same question: an encoder-decoder (T5) reads it and writes the answer, a decoder
(GPT-2) goes on writing after it. **P** is the probability of the whole answer, and what is explained is
$f=P(\text{target})-P(\text{foil})$ (contrasts: Yin and Neubig 2022, [arXiv
2202.10419](https://arxiv.org/abs/2202.10419)). Sub-words are joined to the words of the question (signed
values add up, magnitudes by the root of their summed squares), so models with different vocabularies share
an axis; tokens that are no words, such as `</s>`, have a column of their own. Blue speaks for the target,
orange for the foil.

**Share**: divided by the sum of absolute values, so that models can be compared. **Weighted**: shares times
$P(\text{target})-P(\text{foil})$, so that magnitudes of a row sum to it. **Raw**: as computed; the surer a
model is, the smaller its gradients, so raw values say little across sizes."""
_LOOKS = {
    "panels": "**Model by model**: the numbers of the coloured table, one panel a model, all on one scale.",
    "agreement": """
**Do they agree?** Spearman's rank correlation of the word scores of every two models: 1 means the same
order of words, 0 no relation, −1 the reverse order. With few words it is a rough measure.""",
}
