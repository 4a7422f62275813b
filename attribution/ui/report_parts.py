"""The pieces of the Report page."""

from __future__ import annotations

import re
from datetime import date
from html import escape
from typing import Any

import streamlit as st

from attribution import cached
from attribution.export import report as reports
from attribution.export import report_store
from attribution.export.document import to_html, to_markdown_zip
from attribution.export.report import LONGEST_TITLE, Item, Report, drawing
from attribution.types import AttributionError
from attribution.ui import figure, frame, message, report


def field(item: Item, name: str, label: str, longest: int, *, area: bool = False) -> None:
    """A text of an item that is saved when it is changed; another tab's change shows on the next run."""
    key, saved = f"rp_{name}_{item.id}", getattr(item, name)
    _follow(key, saved)
    draw = st.text_area if area else st.text_input
    most = max(longest, len(saved))
    draw(label, key=key, max_chars=most, on_change=_save, args=(item, name, key))


def _follow(key: str, saved: str) -> None:
    """Sets a widget to the saved text when that is not what this session saw last."""
    seen = st.session_state.setdefault("_rp_seen", {})
    if seen.get(key) != saved or key not in st.session_state:
        st.session_state[key] = seen[key] = saved


def _save(item: Item, name: str, key: str) -> None:
    text, seen = st.session_state[key], st.session_state["_rp_seen"]
    with report.saving():
        told = report_store.edit(report.key(), item, name, text, seen[key])
        if told:
            report.tell(told)
        else:
            seen[key] = text


def title_field(shown: Report) -> None:
    """The title of the whole report."""
    _follow("rp_report_title", shown.title)
    st.text_input(
        "Title of the report",
        key="rp_report_title",
        max_chars=LONGEST_TITLE,
        placeholder="For example: your name and the course",
        on_change=_save_title,
    )


def _save_title() -> None:
    with report.saving():
        report_store.entitle(report.key(), st.session_state["rp_report_title"])


def content(item: Item) -> None:
    """The figure, or the answers to an exercise, or what cannot be read."""
    unread = item.unread
    if unread:
        message.error(f"This item cannot be read. {unread.sentence}")
        st.download_button(
            "Download what was saved",
            lambda: unread.raw.encode(),
            file_name=f"unreadable-item-{item.id[:8]}.json",
            mime="application/json",
            key=f"rp_raw_{item.id}",
            icon=":material/download:",
            on_click="ignore",
        )
    if item.recipe:
        try:
            with drawing():
                drawn = cached.figure(item.recipe, frame.theme())
        except AttributionError as problem:
            message.error(str(problem))
        else:
            figure.chart(drawn, key=f"rp_chart_{item.id}")
    for answer in item.answers:
        st.html(
            f"<b>{escape(answer.question)}</b>"
            f'<div style="white-space:pre-wrap" dir="auto">{escape(answer.answer)}</div>'
        )


def move(item: Item, by: int) -> None:
    """Moves an item up or down; a callback."""
    with report.saving():
        report_store.move(report.key(), item.id, by)


def remove(item: Item) -> None:
    """Removes an item, to be undone; a callback."""
    with report.saving():
        removed = report_store.remove(report.key(), item.id)
        if removed:
            st.session_state["_rp_undo"] = ("removed", *removed)


def undo_bar() -> None:
    """Offers to take back the last removal or opening of a file."""
    undo = st.session_state.get("_rp_undo")
    if not undo:
        return
    what = f"Removed “{undo[1].name}”." if undo[0] == "removed" else "The report was replaced by a file."
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(message.plain(what), width="content")
        st.button("Undo", key="rp_undo", on_click=_undo, args=(undo,), icon=":material/undo:")


def _undo(undo: tuple[str, Any, Any]) -> None:
    kind, what, place = undo
    with report.saving():
        if kind == "removed":
            report_store.put_back(report.key(), what, place)
        else:
            report_store.exchange(report.key(), what, place)
        if st.session_state.get("_rp_undo") is undo:
            st.session_state.pop("_rp_undo")


def downloads(shown: Report) -> None:
    """The report as HTML, as Markdown with images, and as JSON; made when clicked."""
    slug = re.sub(r"[^a-z0-9]+", "-", shown.title.lower()).strip("-")[:40]
    name = f"why-this-word-report{'-' + slug if slug else ''}-{date.today().isoformat()}"
    files = (
        (
            "HTML",
            lambda: to_html(shown).encode(),
            "html",
            "text/html",
            "One page, opens offline, prints on A4",
        ),
        ("Markdown + PNG", lambda: to_markdown_zip(shown), "zip", "application/zip", "With images and CSVs"),
        ("JSON", lambda: reports.to_json(shown).encode(), "json", "application/json", "To open again here"),
    )
    with st.container(horizontal=True):
        for label, make, ending, mime, help_text in files:
            st.download_button(
                label,
                make,
                file_name=f"{name}.{ending}",
                mime=mime,
                key=f"rp_download_{ending}",
                icon=":material/download:",
                help=help_text,
                on_click="ignore",
            )


def open_file(shown: Report) -> None:
    """Opens a report that was saved as JSON; the one before can be had back."""
    with st.expander("Open a report", icon=":material/folder_open:", expanded=not shown.items):
        file = st.file_uploader("A report saved here as JSON", type="json", key="rp_file")
        if file is None:
            st.session_state.pop("_rp_opened", None)
            return
        with message.or_sentence():
            opened = _opened(file)
        st.markdown(message.plain(_contents(opened)))
        with st.container(horizontal=True):
            st.button(
                "Open it instead of this report", on_click=_replace, args=(opened, shown), key="rp_replace"
            )
            if shown.items:
                st.button("Add it to this report", on_click=_append, args=(opened,), key="rp_append")


def _opened(file: Any) -> Report:
    """The report in a file, read once and not on every run."""
    known, opened = st.session_state.get("_rp_opened", ("", Report()))
    if known != file.file_id:
        opened = reports.from_json(file.getvalue())
        st.session_state["_rp_opened"] = (file.file_id, opened)
    return opened


def _contents(opened: Report) -> str:
    damaged = sum(item.unread is not None for item in opened.items)
    kept = f" {damaged} of them cannot be read here and will be kept as they are." if damaged else ""
    return f"Items in this file: {len(opened.items)}.{kept}"


def _replace(opened: Report, shown: Report) -> None:
    with report.saving():
        before = report_store.exchange(report.key(), shown, opened)
        if before.items:
            st.session_state["_rp_undo"] = ("replaced", opened, before)


def _append(opened: Report) -> None:
    with report.saving():
        added = report_store.add(report.key(), opened)
        there = len(opened.items) - added
        report.tell(f"Items added: {added}." + (f" Items in the report already: {there}." if there else ""))
