"""Picking a model: bundled first, then what this machine has, then the Hub, or any other name."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

import streamlit as st

from attribution import cached
from attribution.charts.wording import shortened, size_words
from attribution.models import catalogue
from attribution.models.catalogue import CatalogueEntry, bundled, hub_entries, on_this_machine
from attribution.types import AttributionError, ModelKind
from attribution.ui import address, frame
from attribution.ui.message import plain

HEADINGS = {
    "Bundled": "── Bundled ──",
    "On this machine": "── On this machine ──",
    "Hugging Face Hub": "── Hub, downloaded on first use ──",
}
"""Lines of a list above the models of each group; picking one names no model, and the page says so."""
LONGEST = 28
"""Letters of a name in a list, so that the size and the licence after it are seen."""
HELP = "Pick a model, or type a Hugging Face Hub id such as openai-community/gpt2, or a local folder."


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
        format_func=lambda spec: caption(entries[spec]) if spec in entries else str(spec),
        key=key,
        accept_new_options=True,
        help=HELP,
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


def caption(entry: CatalogueEntry) -> str:
    """One line in the list: name, size and licence, or what is wrong with it."""
    if entry.problem:
        return f"{entry.name} · {entry.problem}"
    name = shortened(entry.name, LONGEST)
    return " · ".join(part for part in (name, megabytes(entry.bytes), entry.licence) if part)


def megabytes(size: int) -> str:
    """A size in bytes for a list; empty where it is not known."""
    if not size:
        return ""
    if size < 1e9:
        return f"{size / 1e6:.0f} MB" if size >= 1e7 else f"{size / 1e6:.1f} MB"
    return f"{size / 1e9:.1f} GB"


def model_id(picked: str, entries: dict[str, CatalogueEntry]) -> str:
    """The id for what a link or the list says; a line of the list is recognized by its name."""
    picked = picked.strip()
    name = picked.split(" · ")[0] if " · " in picked else ""
    names = {
        shown: e.id for e in reversed(entries.values()) for shown in (shortened(e.name, LONGEST), e.name)
    }
    if picked in HEADINGS.values():
        return "a heading of the list"  # no model can have this name, and that is what the page says
    return picked if picked in entries else names.get(name, picked)


def about(spec: str) -> None:
    """One line on the model chosen: architecture, size, licence, what it is good for or why it is missing."""
    try:
        entry = cached.entry(spec)
    except AttributionError:
        return  # the page says so where the model is asked for
    parts = [entry.architecture, f"{size_words(entry.parameters)} parameters" if entry.parameters else ""]
    if entry.bytes:
        size = megabytes(entry.bytes)
        parts.append(f"{size} to download" if entry.group == "Hugging Face Hub" else size)
    parts.append(f"licence {entry.licence}" if entry.licence else "")
    line = ", ".join(part for part in parts if part)
    good = f" · {entry.good_for}" if entry.good_for else ""
    if entry.problem:
        good = f" · {entry.problem}"
    st.caption(plain(f"{entry.name}: {line}{good}"))
