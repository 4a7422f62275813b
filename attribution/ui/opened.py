"""An analysis that was saved as JSON, opened again on its own page: from the file, nothing is computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import streamlit as st

from attribution.export.records import from_json
from attribution.language import Said, _
from attribution.types import AnswerResult, AttributionError, Comparison, NextWordResult, TranslationResult
from attribution.ui import examples, message

PAGES = {
    NextWordResult: Said("Next word"),
    TranslationResult: Said("Translation"),
    Comparison: Said("Model sizes"),
    AnswerResult: Said("Answer"),
}
MOST = 50
"""Results of opened files that a session keeps."""


def field(kind: type, values: Callable[[Any], Mapping[str, Any]], *, key: str) -> None:
    """A button with a field for a file; `values` says what fills the page's form for the analysis in it."""
    name = f"{key}_open"
    with st.popover(_("Open"), type="tertiary", icon=":material/folder_open:"):
        st.file_uploader(
            _("An analysis saved here as JSON"),
            type="json",
            key=name,
            on_change=_open,
            args=(name, kind, values),
        )
        problem = st.session_state.get("_open_problem", {}).get(name)
        if problem:
            message.error(problem)


def result(request: Any) -> Any | None:
    """The result of a file that this visitor has opened, if it answers this request; nobody else's."""
    return st.session_state.get("_opened", {}).get(request)


def say(requests: Iterable[Any]) -> None:
    """Says so where any of these is answered from a file."""
    if any(result(request) is not None for request in requests):
        message.note(_("This is shown from the file that was opened; nothing was computed."))


def _open(name: str, kind: type, values: Callable[[Any], Mapping[str, Any]]) -> None:
    """Keeps what is in the file and fills the form with it; a callback."""
    file = st.session_state[name]
    problems = st.session_state.setdefault("_open_problem", {})
    problems[name] = ""
    if file is None:
        return
    try:
        found = from_json(file.getvalue())
        if not isinstance(found, kind):
            page = next((page for k, page in PAGES.items() if isinstance(found, k)), None)
            if page is None:
                raise AttributionError(
                    "This file holds another kind of analysis; no page opens it by itself."
                )
            raise AttributionError(
                "This file holds another kind of analysis; it opens on the page {page}.", page=page
            )
        filled = values(found)
    except AttributionError as problem:
        problems[name] = problem.said
        return
    kept = st.session_state.setdefault("_opened", {})
    results: tuple[Any, ...] = found.results if isinstance(found, Comparison) else (found,)
    for each in results:
        kept.pop(each.request, None)
        kept[each.request] = each
    while len(kept) > MOST:
        kept.pop(next(iter(kept)))
    examples.fill(filled)
