"""The items of the Report page: what each shows, its fields, moving and removing it."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from attribution import cached
from attribution.export import report_store
from attribution.export.report import LONGEST_TITLE, Item, Report, drawing
from attribution.language import _, shown
from attribution.types import AttributionError
from attribution.ui import figure, frame, message, visitor_report


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
    with visitor_report.saving():
        told = report_store.edit(visitor_report.key(), item, name, text, seen[key])
        if told:
            visitor_report.tell(told)
        else:
            seen[key] = text


def title_field(shown: Report) -> None:
    """The title of the whole report."""
    _follow("rp_report_title", shown.title)
    st.text_input(
        _("Title of the report"),
        key="rp_report_title",
        max_chars=LONGEST_TITLE,
        placeholder=_("For example: your name and the course"),
        on_change=_save_title,
    )


def _save_title() -> None:
    with visitor_report.saving():
        report_store.entitle(visitor_report.key(), st.session_state["rp_report_title"])


def content(item: Item) -> None:
    """The figure, or the answers to an exercise, or what cannot be read."""
    unread = item.unread
    if unread:
        message.error(" ".join([_("This item cannot be read."), shown(unread.sentence)]))
        st.download_button(
            _("Download what was saved"),
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
    with visitor_report.saving():
        report_store.move(visitor_report.key(), item.id, by)


def remove(item: Item, number: int) -> None:
    """Removes an item, the `number`th, to be undone where it was; a callback."""
    with visitor_report.saving():
        removed = report_store.remove(visitor_report.key(), item.id)
        if removed:
            st.session_state["_rp_undo"] = ("removed", *removed)
            st.session_state["_rp_undo_at"] = number


def removed_at(first: int, last: int) -> int | None:
    """Before which item, of those from `first` to `last` that are shown, the one removed last stood."""
    if st.session_state.get("_rp_undo", [""])[0] != "removed":
        return None
    return min(max(int(st.session_state["_rp_undo_at"]), first), last + 1)


def undo_bar(kind: str) -> None:
    """Offers to take back the last removal ("removed") or opening of a file ("replaced")."""
    undo = st.session_state.get("_rp_undo")
    if not undo or undo[0] != kind:
        return
    if kind == "removed":
        what = _("Removed “{name}”.", name=undo[1].name)
    else:
        what = _("The report was replaced by a file.")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(message.plain(what), width="content")
        st.button(_("Undo"), key="rp_undo", on_click=_undo, args=(undo,), icon=":material/undo:")


def _undo(undo: tuple[str, Any, Any]) -> None:
    kind, what, place = undo
    with visitor_report.saving():
        if kind == "removed":
            report_store.put_back(visitor_report.key(), what, place)
        else:
            report_store.exchange(visitor_report.key(), what, place)
        if st.session_state.get("_rp_undo") is undo:
            st.session_state.pop("_rp_undo")
