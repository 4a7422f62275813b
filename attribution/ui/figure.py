"""Showing a figure with its menu: take it away as PNG, SVG or CSV, as Python, as a link."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import streamlit as st

from attribution import cached, language
from attribution.charts.figure import Figure
from attribution.charts.recipes import Recipe
from attribution.export.figure import to_png, to_svg
from attribution.export.records import to_json
from attribution.export.tables import to_csv
from attribution.language import _
from attribution.ui import address, frame, number_table, opened, visitor_report


def draw(
    recipe: Recipe, *, key: str, selects: str = "", finding: bool = False, **layout: int
) -> dict[str, Any]:
    """Draws a figure and, below it, its downloads and the pin that puts it into the report.

    `finding`: what is found in it stands above it (below it where it can be clicked, which has to be seen at
    once), for figures whose page does not say it elsewhere.
    Files are light, for paper and slides; on a dark page there is the picture as it is shown, too.
    Returns what was clicked in the selection named `selects` ({} for nothing): its first row.
    """
    theme = frame.theme()
    figure = cached.figure(recipe, theme, **layout)
    found = f"<div>{recipe.finding().coloured(theme)}</div>" if finding else ""
    if found and not selects:
        st.html(found)

    def light() -> Figure:
        return cached.figure(recipe, "light", **layout)

    options: dict[str, Any] = {"on_select": "rerun", "selection_mode": selects} if selects else {}
    with st.container(key=f"{key}_figure", gap=None):
        state = chart(figure, key=f"{key}_chart", **options)
    with st.container(horizontal=True, gap="small", key=f"{key}_menu"):
        download("PNG", lambda: to_png(light()), figure.name, "png", "image/png", key)
        download("SVG", lambda: to_svg(light()).encode(), figure.name, "svg", "image/svg+xml", key)
        if theme == "dark":
            name = f"{figure.name}-dark"
            download(_("dark PNG"), lambda: to_png(figure), name, "png", "image/png", f"{key}_dark")
        download("CSV", lambda: to_csv(figure).encode(), figure.name, "csv", "text/csv", key)
        numbers = st.popover(
            _("Numbers"),
            type="tertiary",
            icon=":material/table_rows:",
            key=f"{key}_numbers",
            on_change="rerun",  # so that the table is made, and sent, where it is looked at only
        )
        if numbers.open:
            numbers.html(number_table.table(figure))
        visitor_report.pin_button(recipe, figure.title, key=key)
    if found and selects:
        st.html(found)
    rows = state.selection.get(selects, []) if selects else []
    return dict(rows[0]) if rows else {}


def chart(figure: Figure, *, key: str, **options: Any) -> Any:
    """The figure alone; what was selected in it, if `options` ask for that."""
    return st.vega_lite_chart(figure.spec, theme=None, width="content", key=key, alt=figure.alt, **options)


def result_menu(
    result: Any, *, name: str, python: str, key: str, opens: Callable[[Any], Mapping[str, Any]] | None = None
) -> None:
    """The menu of a whole result: its numbers as JSON, the Python lines that give them, and a link.

    With `opens`, what fills the page's form for such a result, a JSON that was saved is opened again.
    """
    with st.container(horizontal=True, gap="small", key=f"{key}_result_menu"):
        download("JSON", lambda: to_json(result).encode(), name, "json", "application/json", key)
        if opens:
            opened.field(type(result), opens, key=key)
        with st.popover("Python", type="tertiary", icon=":material/code:"):
            st.markdown(_("These lines print the numbers shown:"))
            st.code(python, language="python")
        with st.popover(_("Link"), type="tertiary", icon=":material/link:"):
            st.markdown(_("This address opens the same page with the same inputs and the same view:"))
            st.code(address.link(), language=None, wrap_lines=True)


def download(label: str, make: Callable[[], bytes], name: str, ending: str, mime: str, key: str) -> None:
    """A small button; the file is made only when it is clicked."""
    st.download_button(
        label,
        language.kept(make),
        file_name=f"{name}-{date.today().isoformat()}.{ending}",
        mime=mime,
        key=f"{key}_{ending}",
        type="tertiary",
        icon=":material/download:",
        on_click="ignore",
    )
