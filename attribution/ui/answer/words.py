"""The prompt and the answer word by word: one word of the answer is chosen, what led to it is lit."""

from __future__ import annotations

import hashlib
import json
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from attribution.charts.answer import bars_of_tokens, starts_folded
from attribution.charts.answer_view import AnswerView, Columns, bare
from attribution.charts.palette import Role, amount_scale, largest, palette, signed_scale
from attribution.charts.sentence import direction
from attribution.charts.translation import IMPROBABLE
from attribution.charts.wording import clean, decimals_for, percent, text
from attribution.methods import catalogue
from attribution.types import AnswerResult, Array, TokenizedText, Word
from attribution.ui import address, frame
from attribution.ui.linked_words import LIGHTING, Link

HERE = Path(__file__).parent
_component = st.components.v2.component(
    "why_this_word.answer",
    css=(HERE / "words.css").read_text("utf-8"),
    js=LIGHTING + (HERE / "words.js").read_text("utf-8"),
)
STEP = "an_step"
MAP_COLUMNS = {True: "an_columns_folded", False: "an_columns"}
"""The choice of the heatmap's columns, which starts with segments where the words are many."""
MOST_NUMBERS = 60_000
"""Values that a browser is sent, so that it can show every word under the pointer; else the chosen one's."""
MOST_WORDS = 90
"""Of a prompt that has its numbers beneath its words."""


def chosen(result: AnswerResult) -> int:
    """The token of the answer that is looked at; part of the link."""
    wanted = st.session_state.pop("_an_choose", None)
    steps = range(len(result.answer))
    first = clearest(result)
    if wanted is not None and wanted in steps:
        st.session_state[STEP] = wanted
    address.part(STEP, first, read=address.number(steps), of_question=True)
    if st.session_state[STEP] not in steps:
        st.session_state[STEP] = first
    return int(st.session_state[STEP])


def clearest(result: AnswerResult) -> int:
    """Where to begin: the word that owes most to one word of the prompt."""
    size = len(result.prompt)
    values = np.abs(result.values[:, :size])
    template = [c for s in result.segments if s.kind == "template" for c in s.columns if c < size]
    values = np.nan_to_num(np.delete(values, template, axis=1))
    best = values.max(1, initial=0.0)
    begins = {w.tokens[0] for w in result.answer.words if w.tokens and not w.special}
    for row, step in enumerate(result.steps):
        if step not in begins or not any(c.isalnum() for c in result.answer.tokens[step]):
            best[row] = -1.0
    return int(result.steps[int(best.argmax())])


def row_of(result: AnswerResult, explained: AnswerResult, step: int) -> Array:
    """[prompt words + T]: what led to a step, by words of the prompt and tokens of the answer."""
    values = np.asarray(explained.values[explained.steps.index(step)], dtype=np.float64)
    size = len(result.prompt)
    prompt = [_seen(values[list(word.tokens)]) for word in result.prompt.words]
    return np.array([*prompt, *values[size:]])


def _seen(values: Array) -> float:
    return float("nan") if np.isnan(values).all() else float(np.nansum(values))


def show(result: AnswerResult, explained: AnswerResult, step: int) -> None:
    """The words to click; `explained` has the chosen step's values, which may be those of a contrast."""
    rows = {k: row_of(result, result, k) for k in result.steps if explained is result}
    rows[step] = row_of(result, explained, step)
    if sum(len(row) for row in rows.values()) > MOST_NUMBERS:
        rows = {step: rows[step]}
    limit = largest(np.concatenate(list(rows.values())))
    scale = (
        signed_scale(limit, frame.theme(), *sides(explained))
        if catalogue.find(explained.request.method).signed
        else amount_scale(limit, frame.theme())
    )
    colours, words = palette(frame.theme()), result.prompt.words
    data: dict[str, Any] = {
        "groups": _groups(result),
        "answer": _answer(result),
        "rows": {k: [None if np.isnan(v) else float(f"{v:.4g}") for v in row] for k, row in rows.items()},
        "stops": scale.stops,
        "colours": scale.colours,
        "signed": scale.signed,
        "decimals": decimals_for(limit),
        "unit": explained.unit,
        "text": colours.text,
        "grid": colours.grid,
        "muted": colours.muted,
        "direction": direction([word.text for word in words]),
        "numbers": len(words) <= MOST_WORDS,
        "names": NAMES,
    }
    data["id"] = hashlib.sha256(json.dumps(data).encode()).hexdigest()
    links = _links(result, explained, step)  # outside of the id: they are those of the chosen word
    _component(key="an_words", data={**data, "chosen": step, "links": links}, on_step_change=_choose)


def map_view(result: AnswerResult) -> AnswerView:
    """How the heatmap of the whole answer is looked at, by what the visitor has chosen there."""
    folded = starts_folded(result)
    first: Columns = "segments" if folded else "words"
    columns = st.session_state.get(MAP_COLUMNS[folded], first)
    opened = st.session_state.get("an_segment", -1)
    return AnswerView(None, columns, opened if opened in range(len(result.segments)) else -1)


def map_key(view: AnswerView) -> str:
    """The key of the heatmap in this view: what was clicked in one says nothing in another."""
    return "an_map" if view.columns == "words" else f"an_map_{view.opened + 1}"


def _links(result: AnswerResult, explained: AnswerResult, step: int) -> list[list[dict[str, Any]]]:
    """What lights up for each word of the prompt and each token of the answer: bar, column, row."""
    bars = bars_of_tokens(explained, AnswerView(step))
    view = map_view(result)
    columns = {t: k for k, column in enumerate(view.credited(result)) for t in column.tokens}
    size, out = len(result.prompt), list[list[Link]]()
    tokens = [word.tokens for word in result.prompt.words] + [(size + k,) for k in range(len(result.answer))]
    for own in tokens:
        first, found = own[0] if own else -1, list[Link]()
        if first in bars:
            panel, position = bars[first]
            found.append(Link("an_word", "position", position, panel))
        if first in columns:
            found.append(Link(map_key(view), "column", columns[first], 0))
        if first - size in result.steps:
            found.append(Link(map_key(view), "row", result.steps.index(first - size), 0))
        out.append(found)
    return [[link.said() for link in found] for found in out]


def _choose() -> None:
    """Keeps the word that was clicked; a callback."""
    step = st.session_state["an_words"].get("step")
    if isinstance(step, int):
        st.session_state[STEP] = step


def sides(result: AnswerResult) -> tuple[Role, Role]:
    """What positive and negative values stand for."""
    return "target", "foil" if result.foils else "against"


def _groups(result: AnswerResult) -> list[dict[str, Any]]:
    """The words of the prompt in reading order, one group a segment; those of the template folded."""
    owner = {c: segment for segment in result.segments for c in segment.columns}
    numbered = [(k, word) for k, word in enumerate(result.prompt.words) if word.tokens]
    groups = []
    for segment, members in groupby(numbered, key=lambda pair: owner[pair[1].tokens[0]]):
        words = [{"t": label(result.prompt, word), "c": k} for k, word in members]
        folded = segment.kind == "template"
        name = (FOLDED if segment.text else ADDED).format(count=len(words)) if folded else segment.label
        groups.append({"name": name, "folded": folded, "words": words, "breaks": False})
    return groups


def label(of: TokenizedText, word: Word) -> str:
    """A word as it is read; white space and special tokens by their readable tokens."""
    if word.special or not word.text.strip():
        return "".join(clean(of.tokens[t]) for t in word.tokens)
    return clean(word.text)


def _answer(result: AnswerResult) -> list[dict[str, Any]]:
    """The words of the answer with their probabilities, and their tokens, which are what can be chosen."""
    size, likely = len(result.prompt.words), result.step_scores["probability"]
    words = []
    for word in filter(lambda word: word.tokens, result.answer.words):
        steps, name = list(word.tokens), label(result.answer, word)
        whole = percent(float(likely[steps].prod()))
        tokens = []
        for k in steps:
            shown = END if word.special else bare(result.answer.tokens[k])
            flag = bool(likely[k] < IMPROBABLE)
            says = (SAYS if len(steps) == 1 else SAYS_PART)[flag]
            says = text(says, token=shown, chance=percent(float(likely[k])), word=name, whole=whole)
            tokens.append({"t": shown, "flag": flag, "says": says, "c": size + k})
        flagged = any(token["flag"] for token in tokens)
        words.append(
            {"p": f"⚠ {whole}" if flagged else whole, "close": _close(result, steps[0]), "tokens": tokens}
        )
    return words


def _close(result: AnswerResult, step: int) -> bool:
    """Whether a token stands directly after what comes before it, as punctuation does."""
    if not step:
        return False
    before, start = result.starts[step - 1], result.starts[step]
    around = (result.answer_text[before:start][-1:], result.answer_text[start : start + 1])
    return all(around) and not any(map(str.isspace, around))


FOLDED, ADDED = "template: {count}", "added: {count}"
END = "(end)"
NAMES = {
    "prompt": "Prompt",
    "answer": "Answer: click a word, or move with the arrow keys; hovering shows",
}
SAYS = ("{token}, {chance}", "{token}, {chance}, improbable")
SAYS_PART = (
    "{token}, {chance}, a part of “{word}”, {whole}",
    "{token}, {chance}, improbable, a part of “{word}”, {whole}",
)
"""What is read aloud of a token: not flagged and flagged; of a word that is several tokens the second."""
