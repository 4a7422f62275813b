"""The pieces of the Report page."""

from __future__ import annotations

import re
from datetime import date
from html import escape

import streamlit as st

from attribution import cached
from attribution.export import report as reports
from attribution.export.document import to_html, to_markdown_zip
from attribution.export.report import LONGEST_TITLE, Item, Report
from attribution.types import AttributionError
from attribution.ui import figure, frame, message, report


def field(item: Item, name: str, label: str, longest: int, *, area: bool = False) -> None:
    """A text of an item that is saved when it is changed; another tab's change shows on the next run."""
    key, saved = f"rp_{name}_{item.id}", getattr(item, name)
    _follow(key, saved)
    draw = st.text_area if area else st.text_input
    draw(label, key=key, max_chars=longest, on_change=_save, args=(item.id, name, key))


def _follow(key: str, saved: str) -> None:
    """Sets a widget to the saved text when that is not what this session saw last."""
    seen = st.session_state.setdefault("_rp_seen", {})
    if seen.get(key) != saved or key not in st.session_state:
        st.session_state[key] = seen[key] = saved


def _save(item_id: str, name: str, key: str) -> None:
    text = st.session_state[key]
    if report.change(lambda r: r.edited(item_id, **{name: text})):
        st.session_state["_rp_seen"][key] = text


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
    title = st.session_state["rp_report_title"]
    report.change(lambda r: Report(r.items, title))


def content(item: Item) -> None:
    """The figure, or the answers to an exercise."""
    if item.recipe:
        try:
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
    report.change(lambda r: r.moved(item.id, by))


def remove(item: Item) -> None:
    """Removes an item, to be undone; a callback."""
    before = report.current()
    place = next((k for k, i in enumerate(before.items) if i.id == item.id), len(before.items))
    kept = before.items[place] if place < len(before.items) else item
    if report.change(lambda r: r.without(item.id)):
        st.session_state["_rp_undo"] = ("removed", kept, place)


def undo_bar() -> None:
    """Offers to take back the last removal or opening of a file."""
    undo = st.session_state.get("_rp_undo")
    if not undo:
        return
    what = f"Removed “{undo[1].title}”." if undo[0] == "removed" else "The report was replaced by a file."
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(message.plain(what), width="content")
        st.button("Undo", key="rp_undo", on_click=_undo, icon=":material/undo:")


def _undo() -> None:
    kind, what, place = st.session_state["_rp_undo"]
    done = report.change(lambda r: r.with_item_at(what, place) if kind == "removed" else what)
    if done:
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
            return
        with message.or_sentence():
            opened = reports.from_json(file.getvalue())
        st.markdown(f"It holds {len(opened.items)} items.")
        with st.container(horizontal=True):
            st.button("Open it instead of this report", on_click=_replace, args=(opened,), key="rp_replace")
            if shown.items:
                st.button("Add it to this report", on_click=_append, args=(opened,), key="rp_append")


def _replace(opened: Report) -> None:
    before = report.current()
    if report.change(lambda r: opened) and before.items:
        st.session_state["_rp_undo"] = ("replaced", before, 0)


def _append(opened: Report) -> None:
    def both(r: Report) -> Report:
        known = {item.id for item in r.items}
        for item in opened.items:
            if item.id not in known:
                r = r.with_item(item)
        return r

    report.change(both)
