"""Which column of a file is what: found by its name, chosen by hand, or known from published sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from attribution.many.files import Cells, SetError
from attribution.types import TextError

Kind = Literal["next word", "translation", "question"]
Reader = Callable[[Cells], Cells]
"""The cells of a file's row -> text, target, foil, evidence, group, alignment (those that there are)."""
PARTS = ("text", "target", "foil", "evidence", "group", "alignment")
NAMES: dict[Kind, dict[str, tuple[str, ...]]] = {
    "translation": {
        "text": ("source",),
        "target": ("target", "translation"),
        "foil": ("contrast", "foil"),
        "alignment": ("alignment",),
    },
    "question": {"text": ("question",), "target": ("target", "answer"), "foil": ("foil", "contrast")},
    "next word": {"text": ("prefix", "prompt", "text"), "target": ("target",), "foil": ("foil", "contrast")},
}
"""For each kind of set the names by which its columns are known, the usual one first."""
BOTH = {"evidence": ("evidence",), "group": ("group",)}
NEEDED: dict[Kind, tuple[str, ...]] = {
    "next word": ("text", "target", "foil"),
    "question": ("text", "target", "foil"),
    "translation": ("text", "target"),
}
ONE_PREFIX = ("one_prefix_prefix", "one_prefix_word_good", "one_prefix_word_bad")
SENTENCES = ("sentence_good", "sentence_bad")


def known_names(kind: Kind) -> dict[str, tuple[str, ...]]:
    """What each part of a row may be called, the usual name first."""
    return {**NAMES[kind], **BOTH}


def reader(
    names: Sequence[str], kind: Kind | None, chosen: Mapping[str, str]
) -> tuple[Kind, dict[str, str], Reader]:
    """The kind of a set, which of its columns is which, and what reads a row of it.

    `chosen`: columns named by hand, ours (prefix, source, question, target, foil, …) -> the file's.

    Raises:
        SetError: a column is missing or is none of the file's.
    """
    if not chosen and kind in (None, "next word"):
        if all(name in names for name in ONE_PREFIX):
            return "next word", dict(zip(PARTS, ONE_PREFIX, strict=False)), _one_prefix
        if all(name in names for name in SENTENCES):
            return "next word", dict(zip(PARTS[1:], SENTENCES, strict=False)), _minimal_pair
    kind = kind or _kind(names, chosen)
    columns = _columns(names, kind, chosen)
    return kind, columns, lambda cells: {part: cells.get(name, "") for part, name in columns.items()}


def _kind(names: Sequence[str], chosen: Mapping[str, str]) -> Kind:
    """By the column that only one kind has."""
    there = {_plain(name) for name in names} | {_plain(ours) for ours in chosen}
    for kind, parts in NAMES.items():
        if there & set(parts["text"]):
            return kind
    raise SetError(
        "No column is called prefix, source or question; choose the column of the texts by hand. "
        "The columns are {columns}.",
        columns=_listed(names),
    )


def _columns(names: Sequence[str], kind: Kind, chosen: Mapping[str, str]) -> dict[str, str]:
    columns = {}
    wanted = {_plain(ours): theirs for ours, theirs in chosen.items() if theirs}
    by_name: dict[str, str] = {}
    for name in names:
        by_name.setdefault(_plain(name), name)
    for part, known in known_names(kind).items():
        by_hand = next((wanted[ours] for ours in (part, *known) if ours in wanted), None)
        if by_hand is not None and by_hand not in names:
            raise SetError(
                "There is no column “{column}”; the columns are {columns}.",
                column=by_hand[:40],
                columns=_listed(names),
            )
        found = by_hand or next((by_name[ours] for ours in known if ours in by_name), None)
        if found is not None:
            columns[part] = found
        elif part in NEEDED[kind]:
            raise SetError(
                "No column is called {column}; choose it by hand. The columns are {columns}.",
                column=known[0],
                columns=_listed(names),
            )
    return columns


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(name[:30] or "(no name)" for name in names[:12])
    return shown + (", …" if len(names) > 12 else "")


# ---------------------------------------------------------------------------------------- published sets


def _one_prefix(cells: Cells) -> Cells:
    """A row of BLiMP (Warstadt et al. 2020), or of the sets with evidence of Ferrando et al. 2023.

    In these the column target names the evidence, target_phrase with what belongs to it; subject-verb
    agreement counts the word alone, as their evaluation does.
    """
    if not cells["one_prefix_prefix"].strip() and cells.get("sentence_good"):
        return _minimal_pair(cells)
    prefix = cells["one_prefix_prefix"].partition("***mask***")[0].rstrip()
    group = cells.get("UID", "") or _attractors(cells)
    word, phrase = (cells.get(name, "").strip() for name in ("target", "target_phrase"))
    evidence = word if "verb_agreement" in group or "distractor" in group else phrase or word
    good = cells["one_prefix_word_good"]
    if evidence in ("NA", "NaN", "nan") or evidence == f"{prefix} {good}":
        evidence = ""
    return {
        "text": prefix,
        "target": good,
        "foil": cells["one_prefix_word_bad"],
        "evidence": evidence,
        "group": group,
    }


def _attractors(cells: Cells) -> str:
    count = cells.get("num_attractors", "").strip()
    return f"{count} attractors" if count else ""


def _minimal_pair(cells: Cells) -> Cells:
    """Two sentences as their common beginning and the first words that differ."""
    good, bad = cells["sentence_good"].split(), cells["sentence_bad"].split()
    shared = 0
    while shared < min(len(good), len(bad)) and good[shared] == bad[shared]:
        shared += 1
    if not shared or shared >= min(len(good), len(bad)):
        raise TextError(
            "The two sentences differ by their first word, or one begins with all of the other: "
            "there is no next word to compare."
        )
    return {
        "text": " ".join(good[:shared]),
        "target": good[shared].rstrip(".,;:!?"),
        "foil": bad[shared].rstrip(".,;:!?"),
        "group": cells.get("UID", ""),
    }
