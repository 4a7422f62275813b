"""The form of the page Many sentences: a set, models, methods and what is measured, with what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

from attribution.examples import MANY, MANY_SETS, ManyExample
from attribution.language import Said, _
from attribution.methods import catalogue
from attribution.types import ModelKind, TextError
from attribution.ui import address, examples, frame, message, models_field, opening
from attribution.ui.many import columns

if TYPE_CHECKING:
    from attribution.many.kept import Kept
    from attribution.many.sets import SentenceSet

USUAL = {"next word": MANY[0], "question": MANY[1], "translation": MANY[2]}
"""Models and methods that a set of each kind begins with."""
MODELS: dict[str, tuple[ModelKind, ...]] = {
    "next word": ("decoder",),
    "question": ("encoder-decoder", "decoder"),
    "translation": ("encoder-decoder",),
}
TAKEN = {"leave out": Said("left out"), "neutral": Said("a neutral embedding in their place")}


def values(example: ManyExample) -> dict[str, Any]:
    """The widgets of the page for an example, whose run begins at once."""
    return {
        "many_set": example.set,
        "many_models": list(example.models),
        "many_methods": list(example.methods),
        "_many_begin": True,
    }


READY = [(example.label, values(example)) for example in MANY]


@dataclass(frozen=True)
class Asked:
    """What the form asks: a set, and the run that puts it to models by methods."""

    sentences: SentenceSet
    kept: Kept
    by_hand: Mapping[str, str] = field(default_factory=dict)
    """Columns that were chosen by hand: ours -> the file's."""


def inputs() -> tuple[Asked | None, Any]:
    """The examples and the form; None where something of it is missing. And the place of the button."""
    examples.row(READY, key="many")
    of, models, methods, more, go = st.columns([2.6, 2.9, 2.9, 1.0, 1.3], vertical_alignment="bottom")
    below = st.container()
    with of:
        name = columns.choose({key: _(label) for key, label in MANY_SETS.items()})
    with below, message.or_sentence():
        opening.ready()
        with message.in_place():
            sentences = (
                columns.uploaded() if name == columns.OWN else columns.bundled(name, columns.most_rows())
            )
    if sentences is None:
        return None, go
    kind = sentences.kind
    with models:
        specs = _models(kind)
    with methods:
        chosen = _methods(kind)
    with more, st.popover(_("More"), width="stretch"):
        holds, way = _measures(kind)
    address.asked()
    with below:
        columns.about(sentences)
        with message.or_sentence():
            kept = _kept(sentences, specs, chosen, ("gap", "lds") if holds else (), way)
    by_hand = columns.by_hand() if name == columns.OWN else {}
    return Asked(sentences, kept, by_hand), go


def _models(kind: str) -> list[str]:
    default = USUAL[kind].models
    if _other_kind("many_models", kind):
        st.session_state["many_models"] = list(default)
    return models_field.field(_("Models"), key="many_models", default=default, kinds=MODELS[kind])


def _methods(kind: str) -> list[str]:
    from attribution.many.measures import USES

    use = USES[kind]  # type: ignore[index]
    names, default = catalogue.names(use), list(USUAL[kind].methods)

    def read(given: Sequence[str]) -> list[str] | None:
        return [method for method in given if method in names] or None

    address.part("many_methods", default, read=read, asks=True)
    if any(method not in names for method in st.session_state["many_methods"]):
        st.session_state["many_methods"] = read(st.session_state["many_methods"]) or default
    frame.say_anew("many_methods")
    return list(
        st.multiselect(
            _("Methods"),
            list(names),
            default=default,
            format_func=lambda method: catalogue.find(method).title,
            key="many_methods",
            select_all=False,
            placeholder=_("At least one method"),
            help=catalogue.meanings(use),
        )
    )


def _other_kind(key: str, kind: str) -> bool:
    """Whether what was chosen was for a set of another kind, and no address says otherwise."""
    before, st.session_state["_many_kind"] = st.session_state.get("_many_kind"), kind
    begins = bool(st.session_state.get("_many_begin"))
    return before not in (None, kind) and not begins and key in st.session_state


def _measures(kind: str) -> tuple[bool, Any]:
    """Whether gap and LDS are measured, and how words are taken away for them."""
    address.part("many_holds", False, read=lambda given: given[-1] == "true", asks=True)
    holds = st.toggle(
        _("Measure also how far each method holds (gap and LDS)"),
        key="many_holds",
        disabled=kind == "translation",
        help=_("Words are taken away in many ways, which takes much longer than the explanations."),
    )
    way = frame.choice(_("Words are taken away as"), TAKEN, key="many_replace", labelled=True, asks=True)
    return bool(holds) and kind != "translation", way


def _kept(
    sentences: SentenceSet, models: Sequence[str], methods: Sequence[str], measures: tuple[str, ...], way: Any
) -> Kept:
    """The run that is asked for.

    Raises:
        AttributionError: there is no model, no method, or too many of both.
    """
    from attribution.many.kept import Kept, check_size
    from attribution.many.measures import Options, check_methods

    models = tuple(dict.fromkeys(models))
    if not models:
        raise TextError("Choose at least one model.")
    methods = check_methods(sentences.kind, methods)
    check_size(len(sentences), models, methods)
    return Kept(sentences.digest, models, methods, Options(measures, way if measures else "leave out"))
