"""The report as files: downloads, and opening one that was saved."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import streamlit as st

from attribution.export import report as reports
from attribution.export import report_store
from attribution.export.document import to_html, to_markdown_zip
from attribution.export.report import Report
from attribution.language import _, kept, ngettext
from attribution.ui import message, visitor_report


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
            _("One page, opens offline, prints on A4"),
        ),
        (
            "Markdown + PNG",
            lambda: to_markdown_zip(shown),
            "zip",
            "application/zip",
            _("With images and CSVs"),
        ),
        (
            "JSON",
            lambda: reports.to_json(shown).encode(),
            "json",
            "application/json",
            _("To open again here"),
        ),
    )
    with st.container(horizontal=True):
        for label, make, ending, mime, help_text in files:
            st.download_button(
                label,
                kept(make),
                file_name=f"{name}.{ending}",
                mime=mime,
                key=f"rp_download_{ending}",
                icon=":material/download:",
                help=help_text,
                on_click="ignore",
            )


def open_file(shown: Report) -> None:
    """Opens a report that was saved as JSON; the one before can be had back."""
    with st.expander(_("Open a report"), icon=":material/folder_open:", expanded=not shown.items):
        file = st.file_uploader(_("A report saved here as JSON"), type="json", key="rp_file")
        if file is None:
            st.session_state.pop("_rp_opened", None)
            return
        with message.or_sentence():
            opened = _opened(file)
        st.markdown(message.plain(_contents(opened)))
        with st.container(horizontal=True):
            label = _("Open it instead of this report")
            st.button(label, on_click=_replace, args=(opened, shown), key="rp_replace")
            if shown.items:
                st.button(_("Add it to this report"), on_click=_append, args=(opened,), key="rp_append")


def _opened(file: Any) -> Report:
    """The report in a file, read once and not on every run."""
    known, opened = st.session_state.get("_rp_opened", ("", Report()))
    if known != file.file_id:
        opened = reports.from_json(file.getvalue())
        st.session_state["_rp_opened"] = (file.file_id, opened)
    return opened


def _contents(opened: Report) -> str:
    damaged = sum(item.unread is not None for item in opened.items)
    lines = [_("Items in this file: {count}.", count=len(opened.items))]
    if damaged:
        lines.append(
            ngettext(
                "{count} of them cannot be read here and will be kept as it is.",
                "{count} of them cannot be read here and will be kept as they are.",
                damaged,
            )
        )
    return " ".join(lines)


def _replace(opened: Report, shown: Report) -> None:
    with visitor_report.saving():
        before = report_store.exchange(visitor_report.key(), shown, opened)
        if before.items:
            st.session_state["_rp_undo"] = ("replaced", opened, before)


def _append(opened: Report) -> None:
    with visitor_report.saving():
        added = report_store.add(visitor_report.key(), opened)
        there = len(opened.items) - added
        lines = [_("Items added: {count}.", count=added)]
        lines += [_("Items in the report already: {count}.", count=there)] if there else []
        visitor_report.tell(" ".join(lines))
