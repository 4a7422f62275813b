"""From a request to its result, with everything that takes long shown as it happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from attribution import cached
from attribution.models.catalogue import find
from attribution.types import (
    NextWordRequest,
    NextWordResult,
    Precision,
    TranslationRequest,
    TranslationResult,
)
from attribution.ui.message import plain

Result = TypeVar("Result")


def next_word(request: NextWordRequest) -> NextWordResult:
    """The explanation of a next word; loads the model first where that is needed."""
    return shown(cached.next_word, request)


def translation(request: TranslationRequest) -> TranslationResult:
    """The explanation of a translation; loads the model first where that is needed."""
    return shown(cached.translation, request)


def shown(compute: Callable[[Any], Result], request: Any) -> Result:
    """Runs a cached call for a request, which has a `model` and a `dtype`, and shows loading and waiting.

    A view that is only toggled asks for the same request again and shows nothing.
    """
    done = f"_done_{type(request).__name__}"
    if st.session_state.get(done) == request:
        return compute(request)
    result = in_turn(compute, request, "Working out why …")
    st.session_state[done] = request
    return result


def in_turn(compute: Callable[[Any], Result], request: Any, doing: str) -> Result:
    """Runs a cached call under a spinner: at once where the result is in memory, else when it is its turn.

    Who waits sees how many are before; who leaves the page leaves the line.
    """
    with st.spinner(plain(doing), show_time=True):
        found = cached.peek(compute, request)
        if found is not None:
            return found
        prepare(request.model, request.dtype)
        place = st.empty()
        with cached.store().turn(request.model, request.dtype, lambda n: _show_place(place, n)):
            place.empty()
            return compute(request)


def _show_place(place: Any, before: int) -> None:
    others = "one is before you" if before == 1 else f"{before} are before you"
    place.caption(f"Waiting for the model: {others}.")


def prepare(spec: str, dtype: Precision = "float32") -> None:
    """Downloads and loads a model unless it is in memory, with progress; stopping the page stops it.

    Raises:
        AttributionError: the model cannot be had, in one sentence.
    """
    store, entry = cached.store(), find(spec)
    if any(info.id == entry.id and info.dtype == dtype for info in store.loaded()):
        return
    place = st.empty()

    def progress(fraction: float, done: int) -> None:
        text = (
            f"Downloading {entry.name}: {done / 1e6:,.0f} MB, {fraction:.0%}. Stop ends it, to go on later."
        )
        place.progress(min(max(fraction, 0.0), 1.0), text=plain(text))

    with (
        st.spinner(f"Loading {plain(entry.name)} …", show_time=True),
        store.using(spec, dtype, progress=progress),
    ):
        place.empty()


def next_word_snippet(request: NextWordRequest) -> str:
    """Python lines that give the same numbers."""
    words = f"target={request.target!r}" + (f", foil={request.foil!r}" if request.foil else "")
    return f"""from attribution import load, explain_next_word

model = load({request.model!r})
result = explain_next_word(model, {request.prefix!r}, {words})

for word, value in zip(result.text.words, result.text.sum_words(result.alti_logit.sum(0))):
    print(f"{{word.text:>15}} {{value:+.3f}}")
print("not any word's:", result.contributions.remainder, "all together:", result.explained_logit)
"""


def translation_snippet(request: TranslationRequest) -> str:
    """Python lines that give the same numbers."""
    options = {"source": request.source, "method": request.method, "attributed": request.attributed}
    names = ("target", "contrast", "alignment", "beams", "source_language", "target_language")
    options |= {name: getattr(request, name) for name in names if getattr(request, name)}
    written = "".join(f"    {name}={value!r},\n" for name, value in options.items())
    return f"""from attribution import load, explain_translation

model = load({request.model!r})
result = explain_translation(
    model,
{written})

source, prefix = result.attributions("magnitude", "share", words=True)
for token, row, p in zip(result.target_tokens, source, result.step_scores["probability"]):
    strongest = result.source.words[row.argmax()].text
    print(f"{{token:>15}}  p = {{p:.3f}}  most from {{strongest}} ({{row.max():.2f}})")
"""
