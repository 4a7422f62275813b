"""Picking several models: families, those of the list, or any other names."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from attribution.charts.wording import size_words
from attribution.models.catalogue import CatalogueEntry
from attribution.types import ModelKind
from attribution.ui import address, frame, model_picker

FAMILIES = "── Families ──"
FAMILY_NAMES = {"yes-no": "Yes/no demo"}
HELP = (
    "A family, several models, or any Hugging Face Hub id such as google/flan-t5-small. "
    "They run one after the other, the smallest first."
)


def field(label: str, *, key: str, default: Sequence[str], kinds: tuple[ModelKind, ...]) -> list[str]:
    """Models and whole families, or any other names; returns ids, families in full."""
    groups, entries = model_picker.families(), {e.id: e for e in model_picker.choices(kinds)}
    named: dict[str, str] = {
        name: family_caption(FAMILY_NAMES.get(name, name), members) for name, members in groups.items()
    }
    missing = [model for model in default if model not in entries]
    options = [FAMILIES, *named, *missing, *model_picker.under_headings(entries.values())]

    def caption(option: str) -> str:
        if option in entries:
            return short_caption(entries[option])
        return named.get(option, option)

    back = {_name(caption(option)): option for option in options}
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
        placeholder="A family, or several models",
        help=HELP,
    )
    headings = (FAMILIES, *model_picker.HEADINGS.values())
    ids: list[str] = []
    for choice in picked:
        if choice in headings:
            continue
        option = back.get(_name(choice), choice.strip())
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
    return " · ".join(part for part in (name, model_picker.megabytes(entry.bytes), entry.licence) if part)


def family_caption(name: str, members: Sequence[CatalogueEntry]) -> str:
    """A family in the list: its name, how many sizes, and what they take to download."""
    size = sum(entry.bytes for entry in members if entry.group == "Hugging Face Hub")
    about = f"{name}, all {len(members)} sizes"
    return f"{about} · {model_picker.megabytes(size)}, {members[0].licence}" if size else about


def _name(caption: str) -> str:
    """What tells a line of the list from the others, whatever else it says."""
    return caption.split(" · ")[0].strip()
