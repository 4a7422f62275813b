"""Report: what was pinned, in order, with the student's comments, as a file to hand in."""

import streamlit as st

from attribution.export.report import LONGEST_TEXT, LONGEST_TITLE, Item, Report
from attribution.language import _
from attribution.ui import message, visitor_report
from attribution.ui.report import files
from attribution.ui.report import items as parts

PAGE = 10


def item_card(item: Item, number: int, last: int) -> None:
    """One item: title, figure or answers, comment, and the buttons that move or remove it."""
    with st.container(border=True, key=f"rp_item_{item.id}"):
        title, up, down, remove = st.columns([8, 0.6, 0.6, 1.1], vertical_alignment="bottom")
        with title:
            if item.editable:
                parts.field(item, "title", _("Title of item {number}", number=number), LONGEST_TITLE)
            else:
                st.markdown(f"**{item.name}**")
        up.button("↑", key=f"rp_up_{item.id}", on_click=parts.move, args=(item, -1), disabled=number == 1)
        down.button(
            "↓", key=f"rp_down_{item.id}", on_click=parts.move, args=(item, 1), disabled=number == last
        )
        remove.button(_("Remove"), key=f"rp_remove_{item.id}", on_click=parts.remove, args=(item, number))
        parts.content(item)
        if item.editable:
            parts.field(item, "comment", _("Your comment"), LONGEST_TEXT, area=True)
        st.caption(message.plain(item.created))


def items(shown: Report) -> None:
    """The items, some at a time."""
    pages = -(-len(shown.items) // PAGE)
    page = 1
    if pages > 1:
        page = st.segmented_control(
            _("Items"),
            range(1, pages + 1),
            default=1,
            required=True,
            key="rp_page",
            format_func=lambda p: f"{(p - 1) * PAGE + 1}–{min(p * PAGE, len(shown.items))}",
        )
        page = min(page, pages)
    on_page = list(enumerate(shown.items, 1))[(page - 1) * PAGE : page * PAGE]
    at = parts.removed_at(on_page[0][0], on_page[-1][0])
    for number, item in on_page:
        if number == at:
            parts.undo_bar("removed")
        item_card(item, number, len(shown.items))
    if at == on_page[-1][0] + 1:
        parts.undo_bar("removed")


st.header(_("Report"))
with message.or_sentence():
    shown = visitor_report.current()
visitor_report.told()
if shown.items:
    parts.title_field(shown)
    files.downloads(shown)
    items(shown)
else:
    parts.undo_bar("removed")
    st.info(
        _(
            "Nothing is pinned yet. On the other pages, *Pin to report* below a figure puts it here; then "
            "add your comments and download the report to hand it in."
        ),
        icon=":material/keep:",
    )
parts.undo_bar("replaced")
files.open_file(shown)
