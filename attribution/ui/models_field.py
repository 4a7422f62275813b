"""Picking several models: families, those of the list, or any other names."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from attribution.charts.wording import size_words
from attribution.language import N_, _, in_each
from attribution.models.catalogue import CatalogueEntry
from attribution.types import ModelKind
from attribution.ui import address, frame, model_picker

FAMILIES = N_("── Families ──")
FAMILY_NAMES = {"yes-no": "Yes/no demo"}
HELP = N_(
    "A family, several models, or any Hugging Face Hub id such as google/flan-t5-small. "
    "They run one after the other, the smallest first."
)


def field(label: str, *, key: str, default: Sequence[str], kinds: tuple[ModelKind, ...]) -> list[str]:
    """Models and whole families, or any other names; returns ids, families in full."""
    groups, entries = model_picker.families(), {e.id: e for e in model_picker.choices(kinds)}
    missing = [model for model in default if model not in entries]
    options = [FAMILIES, *groups, *missing, *model_picker.under_headings(entries.values())]

    def caption(option: str) -> str:
        if option in entries:
            return short_caption(entries[option])
        if option in groups:
            return family_caption(FAMILY_NAMES.get(option, option), groups[option])
        return _(option) if option == FAMILIES else model_picker.heading(option)

    captions = in_each(lambda: {_name(caption(option)): option for option in options})
    back = {name: option for each in captions for name, option in each.items()}
    address.part(
        key,
        list(default),
        read=lambda given: [back.get(_name(name), name.strip()) for name in given if name.strip()],
        asks=True,
    )
    frame.say_anew(key)
    picked = st.multiselect(
        label,
        options,
        default=list(default),
        format_func=caption,
        key=key,
        accept_new_options=True,
        select_all=False,  # all of the list are tens of gigabytes to download
        placeholder=_("A family, or several models"),
        help=_(HELP),
    )
    headings = (FAMILIES, *model_picker.HEADINGS.values())
    ids: list[str] = []
    for choice in picked:
        option = back.get(_name(choice), choice.strip())
        if option in headings:
            continue
        members = groups.get(option)
        ids += [entry.id for entry in members] if members else [model_picker.model_id(option, entries)]
    return ids


def short_caption(entry: CatalogueEntry) -> str:
    """A model in the list and on its chip: name and, where it has to be downloaded, size and licence."""
    if entry.group == "Bundled" or not entry.parameters:
        return entry.name
    name = f"{entry.name} {size_words(entry.parameters)}"
    if entry.group != "Hugging Face Hub":
        return name
    parts = (name, model_picker.megabytes(entry.bytes), _(entry.licence))
    return " · ".join(part for part in parts if part)


def family_caption(name: str, members: Sequence[CatalogueEntry]) -> str:
    """A family in the list: its name, how many sizes, and what they take to download."""
    size = sum(entry.bytes for entry in members if entry.group == "Hugging Face Hub")
    about = _("{family}, all {count} sizes", family=name, count=len(members))
    return f"{about} · {model_picker.megabytes(size)}, {_(members[0].licence)}" if size else about


def _name(caption: str) -> str:
    """What tells a line of the list from the others, whatever else it says."""
    return caption.split(" · ")[0].strip()
