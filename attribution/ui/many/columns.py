"""A set of sentences: chosen or uploaded, its columns told by name or by hand, what cannot be used listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from attribution.language import N_, Said, _, ngettext, shown
from attribution.models.settings import settings
from attribution.types import AttributionError
from attribution.ui import address, frame, message
from attribution.ui.figure import download

if TYPE_CHECKING:
    from attribution.many.sets import SentenceSet

OWN = "own"
ENDINGS = ("csv", "tsv", "tab", "txt", "jsonl", "ndjson", "json", "parquet", "pq")
KINDS = {
    "": N_("as its columns say"),
    "next word": N_("next words"),
    "translation": N_("translations"),
    "question": N_("questions"),
}
HEADS = {
    "row": N_("row"),
    "text": N_("text"),
    "target": N_("target"),
    "foil": N_("foil"),
    "evidence": N_("evidence"),
    "group": N_("group"),
    "alignment": N_("alignment"),
    "reason": N_("reason"),
    "used": N_("used"),
}
"""Of the columns of a set, and of its rows that cannot be used."""
SHOWN = 5


@st.cache_resource(max_entries=12, show_spinner=False)
def bundled(name: str, most: int) -> SentenceSet:
    """One of the bundled sets, read once for everybody."""
    from attribution.many.sets import read_set

    return read_set(name, most=most)


def most_rows() -> int:
    """Of one set, on this server."""
    from attribution.many.sets import MOST_ROWS

    return min(settings().many_rows or MOST_ROWS, MOST_ROWS)


def uploaded() -> SentenceSet | None:
    """The visitor's own set: a file, or one that a run here was begun with; None while there is none.

    Raises:
        AttributionError: the set of the address is not kept here any more.
    """
    address.part("many_digest", "", asks=True)
    file = st.file_uploader(
        _(
            "CSV, TSV, JSONL or Parquet with the columns prefix, target, foil (or source, target; or "
            "question, target, foil) and, if you like, evidence and group; up to {most:,} rows",
            most=most_rows(),
        ),
        type=list(ENDINGS),
        key="many_file",
    )
    if file is None:
        return _kept_before()
    kind, columns = st.session_state.get("_many_columns", {}).get(file.file_id, ("", {}))
    try:
        found = _read(file, kind, columns)
    except AttributionError as problem:
        message.error(str(problem))
        found = None
    _by_hand(file, kind, columns, opened=found is None)
    if found is not None:
        st.session_state["many_digest"] = found.digest
    return found


def by_hand() -> dict[str, str]:
    """The columns of the visitor's file that were chosen by hand: ours -> the file's."""
    file = st.session_state.get("many_file")
    chosen = st.session_state.get("_many_columns", {}).get(file.file_id, ("", {})) if file else ("", {})
    return dict(chosen[1])


def _kept_before() -> SentenceSet | None:
    digest = str(st.session_state.get("many_digest") or "")
    if not digest:
        return None
    known = st.session_state.get("_many_set")
    if known is None or known.digest != digest:
        from attribution.many.kept import kept_set

        known = st.session_state["_many_set"] = kept_set(digest)
    if known is None:
        raise AttributionError(
            "The set of this address is not kept on this server: upload its file again, and the results that "
            "were computed for it are found again where they are kept."
        )
    return known


def _read(file: Any, kind: str, columns: Mapping[str, str]) -> SentenceSet:
    """The set in a file, read once for one choice of its columns."""
    wanted = (file.file_id, kind, tuple(sorted(columns.items())), most_rows())
    if st.session_state.get("_many_read") != wanted:
        from attribution.many.sets import read_set

        with st.spinner(_("Reading the file …"), show_time=True):
            found = read_set(file, file.name, kind=kind or None, columns=columns, most=most_rows())  # type: ignore[arg-type]
        st.session_state["_many_set"], st.session_state["_many_read"] = found, wanted
    found = st.session_state["_many_set"]
    return found


def _by_hand(file: Any, kind: str, columns: Mapping[str, str], *, opened: bool) -> None:
    """What the file is, and which of its columns is what, where their names do not say it."""
    from attribution.many.columns import NEEDED, known_names
    from attribution.many.files import rows_of

    try:
        names = list(rows_of(file, file.name).names)[:200]
    except AttributionError:
        return  # said above
    with (
        st.expander(_("Choose the columns by hand"), expanded=opened),
        st.form(f"many_columns_{file.file_id}", border=False),
    ):
        fields = st.columns(4)
        of = fields[0].selectbox(
            _("The sentences are"),
            list(KINDS),
            list(KINDS).index(kind),
            format_func=lambda of: _(KINDS[of]),
        )
        parts = known_names(of or "next word")  # type: ignore[arg-type]
        picked = {}
        for number, (part, known) in enumerate(parts.items(), 1):
            there = columns.get(known[0])
            needed = part in NEEDED[of or "next word"]  # type: ignore[index]
            picked[known[0]] = fields[number % 4].selectbox(
                known[0] if needed else _("{column} (optional)", column=known[0]),
                names,
                index=names.index(there) if there in names else None,
                format_func=lambda name: name[:60] or _("(no name)"),
                placeholder=_("by its name"),
                key=f"many_column_{file.file_id}_{of}_{part}",
            )
        if st.form_submit_button(_("Read it so")):
            chosen = {ours: theirs for ours, theirs in picked.items() if theirs is not None}
            kept = st.session_state.setdefault("_many_columns", {})
            kept[file.file_id] = (of, chosen)
            st.rerun()


def about(sentences: SentenceSet) -> None:
    """How many rows can be used, what was noted, the first of them, and every one that cannot, with why."""
    problems = sentences.problems
    lost = int((~problems["used"]).sum())
    part = len(problems) - lost
    counts = [ngettext("{count:,} sentence", "{count:,} sentences", len(sentences))]
    if lost:
        counts.append(ngettext("{count:,} row left out", "{count:,} rows left out", lost))
    if part:
        counts.append(ngettext("{count:,} used in part", "{count:,} used in part", part))
    for note in sentences.notes:
        message.note(note)
    with st.expander(_("The set: {counts}", counts=", ".join(counts)), expanded=False):
        columns = [c for c in sentences.rows.columns if (sentences.rows[c] != "").any()]
        heads = {name: _(head) for name, head in HEADS.items()}
        st.markdown(_("Its first rows:"))
        st.dataframe(sentences.rows[columns].head(SHOWN), hide_index=True, column_config=heads)
        if len(problems):
            problems = problems.assign(reason=problems["reason"].map(shown))
            st.markdown(_("Rows that cannot be used, or not with all of it:"))
            height = min(38 * (len(problems) + 1), 300)
            st.dataframe(problems, hide_index=True, height=height, column_config=heads)
            from attribution.export.tables import table_to_csv

            def lost_rows() -> bytes:
                return table_to_csv(problems).encode()

            download("CSV", lost_rows, "rows-left-out", "csv", "text/csv", "many_lost")


def choose(names: Mapping[str, str]) -> str:
    """Which set: a bundled one, or a file."""
    options = {**names, OWN: Said("A file of your own …")}
    return str(frame.select(_("Set of sentences"), options, key="many_set", asks=True))
