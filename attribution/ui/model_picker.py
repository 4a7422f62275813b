"""Picking a model: bundled first, then what this machine has, then the Hub, or any other name."""

from __future__ import annotations

import streamlit as st

from attribution import cached
from attribution.charts.wording import size_words
from attribution.models import catalogue
from attribution.models.catalogue import CatalogueEntry, bundled, hub_entries, on_this_machine
from attribution.types import AttributionError, ModelKind
from attribution.ui.message import plain

MARKS = {"Bundled": "bundled", "On this machine": "on this machine", "Hugging Face Hub": "Hub"}
HELP = "Pick a model, or type a Hugging Face Hub id such as openai-community/gpt2, or a local folder."


def select(label: str, *, key: str, default: str, kinds: tuple[ModelKind, ...]) -> str:
    """A drop-down list of the models of these kinds; any other name can be typed. Returns the model's id."""
    entries = {entry.id: entry for entry in choices(kinds)}
    ids = list(entries)
    picked = st.selectbox(
        label,
        ids,
        index=ids.index(default) if default in ids else 0,
        format_func=lambda spec: caption(entries[spec]) if spec in entries else str(spec),
        key=key,
        accept_new_options=True,
        bind="query-params",
        help=HELP,
    )
    return model_id(str(picked or default), entries)


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
    """One line in the list: name, parameters, where it is, or what is wrong with it."""
    if entry.problem:
        return f"{entry.name} · {entry.problem}"
    size = f" · {size_words(entry.parameters)}" if entry.parameters else ""
    return f"{entry.name}{size} · {MARKS[entry.group]}"


def model_id(picked: str, entries: dict[str, CatalogueEntry]) -> str:
    """The id for what a link or the list says; a line of the list is recognized by its name."""
    picked = picked.strip()
    name = picked.split(" · ")[0]
    return next(
        (e.id for e in entries.values() if picked == e.id or (" · " in picked and e.name == name)), picked
    )


def about(spec: str) -> None:
    """One line on the model chosen: architecture, size, licence, what it is good for or why it is missing."""
    try:
        entry = cached.entry(spec)
    except AttributionError:
        return  # the page says so where the model is asked for
    parts = [entry.architecture, f"{size_words(entry.parameters)} parameters" if entry.parameters else ""]
    if entry.bytes:
        size = f"{entry.bytes / 1e6:,.1f} MB" if entry.bytes < 1e9 else f"{entry.bytes / 1e9:,.1f} GB"
        parts.append(f"{size} to download" if entry.group == "Hugging Face Hub" else size)
    parts.append(f"licence {entry.licence}" if entry.licence else "")
    line = ", ".join(part for part in parts if part)
    good = f" · {entry.good_for}" if entry.good_for else ""
    if entry.problem:
        good = f" · {entry.problem}"
    st.caption(plain(f"{entry.name}: {line}{good}"))
