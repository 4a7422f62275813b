"""Picking a model: bundled first, then what this machine has, then the Hub, or any other name."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

import streamlit as st

from attribution import cached
from attribution.charts.wording import shortened, size_words
from attribution.language import N_, _, in_each, in_figures, shown
from attribution.models import catalogue
from attribution.models.catalogue import CatalogueEntry, bundled, hub_entries, on_this_machine
from attribution.types import AttributionError, ModelGroup, ModelKind
from attribution.ui import address, frame
from attribution.ui.message import plain

GROUPS: dict[ModelGroup, str] = {
    "Bundled": N_("Bundled"),
    "On this machine": N_("On this machine"),
    "Hugging Face Hub": N_("Hugging Face Hub"),
}
HEADINGS: dict[ModelGroup, str] = {
    "Bundled": N_("── Bundled ──"),
    "On this machine": N_("── On this machine ──"),
    "Hugging Face Hub": N_("── Hub, downloaded on first use ──"),
}
"""Lines of a list above the models of each group; picking one names no model, and the page says so."""
LONGEST = 28
"""Letters of a name in a list, so that the size and the licence after it are seen."""
HELP = N_("Pick a model, or type a Hugging Face Hub id such as openai-community/gpt2, or a local folder.")


def select(label: str, *, key: str, default: str, kinds: tuple[ModelKind, ...]) -> str:
    """A drop-down list of the models of these kinds; any other name can be typed. Returns the model's id."""
    entries = {entry.id: entry for entry in choices(kinds)}
    ids = under_headings(entries.values())
    address.part(key, default, read=lambda given: model_id(given[-1], entries) or None, asks=True)
    frame.say_anew(key)
    picked = st.selectbox(
        label,
        ids,
        index=ids.index(default) if default in ids else 1,
        format_func=lambda spec: caption(entries[spec]) if spec in entries else heading(str(spec)),
        key=key,
        accept_new_options=True,
        help=_(HELP),
    )
    return model_id(str(picked or default), entries)


def under_headings(entries: Iterable[CatalogueEntry]) -> list[str]:
    """The ids of models that come group by group, with the heading of each group above them."""
    ids: list[str] = []
    for group, members in groupby(entries, key=lambda entry: entry.group):
        ids += [HEADINGS[group], *(entry.id for entry in members)]
    return ids


@st.cache_data(ttl=20, show_spinner=False)
def choices(kinds: tuple[ModelKind, ...]) -> list[CatalogueEntry]:
    """The models to choose from: bundled, on this machine, on the Hub; each once."""
    found: dict[str, CatalogueEntry] = {}
    for entry in [*bundled(), *on_this_machine(), *hub_entries()]:
        if entry.kind in kinds or not entry.architecture:  # so damaged that nothing tells what it is
            found.setdefault(entry.id, entry)
    return list(found.values())


@st.cache_data(ttl=20, show_spinner=False)
def families() -> dict[str, tuple[CatalogueEntry, ...]]:
    """The families with several sizes, smallest first."""
    return catalogue.families()


def heading(option: str) -> str:
    """A heading as the visitor reads it; all else as it is."""
    return _(option) if option in HEADINGS.values() else option


def caption(entry: CatalogueEntry) -> str:
    """One line in the list: name, size and licence, or what is wrong with it."""
    if entry.problem:
        return f"{entry.name} · {shown(entry.problem)}"
    name = shortened(entry.name, LONGEST)
    return " · ".join(part for part in (name, megabytes(entry.bytes), _(entry.licence)) if part)


def megabytes(size: int) -> str:
    """A size in bytes for a list; empty where it is not known."""
    if not size:
        return ""
    if size < 1e9:
        return in_figures(f"{size / 1e6:.0f} MB" if size >= 1e7 else f"{size / 1e6:.1f} MB")
    return in_figures(f"{size / 1e9:.1f} GB")


def model_id(picked: str, entries: dict[str, CatalogueEntry]) -> str:
    """The id for what a link or the list says; a line of the list is recognized by its name."""
    picked = picked.strip()
    name = picked.split(" · ")[0] if " · " in picked else ""
    names = {said: e.id for e in reversed(entries.values()) for said in (shortened(e.name, LONGEST), e.name)}
    if any(picked in headings for headings in in_each(lambda: [_(each) for each in HEADINGS.values()])):
        return _("a heading of the list")  # no model can have this name, and that is what the page says
    return picked if picked in entries else names.get(name, picked)


def about(spec: str) -> None:
    """One line on the model chosen: architecture, size, licence, what it is good for or why it is missing."""
    try:
        entry = cached.entry(spec)
    except AttributionError:
        return  # the page says so where the model is asked for
    parts = [entry.architecture]
    if entry.parameters:
        parts.append(_("{count} parameters", count=size_words(entry.parameters)))
    if entry.bytes:
        size = megabytes(entry.bytes)
        parts.append(_("{size} to download", size=size) if entry.group == "Hugging Face Hub" else size)
    if entry.licence:
        parts.append(_("licence {licence}", licence=_(entry.licence)))
    line = ", ".join(part for part in parts if part)
    says = shown(entry.problem) or _(entry.good_for)
    st.caption(plain(" · ".join(part for part in (f"{entry.name}: {line}", says) if part)))
