"""From a cell to its sentences, the worst first, and from a sentence to the page that explains it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import streamlit as st

from attribution import cached
from attribution.charts.many_rows import cells, groups
from attribution.charts.many_wording import group_of, method_name, said_value
from attribution.charts.palette import palette
from attribution.charts.recipes import Recipe
from attribution.charts.views import ManyView
from attribution.charts.wording import clean, number
from attribution.language import _, ngettext, shown
from attribution.methods.catalogue import METHODS
from attribution.recalled import recalled
from attribution.types import ManyResult
from attribution.ui import examples, figure, frame, message
from attribution.ui.many.form import Asked

if TYPE_CHECKING:
    import pandas as pd

PAGE = 10
LONGEST = 400
"""Characters of a text that are shown; the page it opens in has all of it."""


def of(result: ManyResult, asked: Asked, view: ManyView) -> None:
    """The heatmap by group, and the sentences of the cell that is chosen."""
    if any(mean.measure == view.measure for mean in result.means):
        message.note(_("Click a cell to see its sentences below, the worst first."))
        clicked = figure.draw(
            Recipe("many-by-group", (result,), view), key="many_groups", selects="cell", finding=True
        )
        _take(clicked, result, view)
    if result.more_groups:
        message.note(
            ngettext(
                "{count:,} smaller group is not shown; downloads have it.",
                "{count:,} smaller groups are not shown one by one; downloads have them.",
                result.more_groups,
            )
        )
    group, model, method = _cell(result, view)
    _sentences(result, asked, view.measure, group, model, method)


def _take(clicked: Mapping[str, Any], result: ManyResult, view: ManyView) -> None:
    """A cell that was clicked since the last run fills the fields."""
    columns, names = cells(result, view), groups(result)
    before = st.session_state.get("_many_clicked")
    st.session_state["_many_clicked"] = clicked
    if not clicked or clicked == before:
        return
    row, column = int(clicked.get("row", 0)), int(clicked.get("column", 0))
    if row < len(names) and column < len(columns):
        model, method = columns[column]
        examples.fill({"many_group": names[row], "many_model": model, "many_method": method})


def _cell(result: ManyResult, view: ManyView) -> tuple[str, str, str]:
    """Group, model and method whose sentences are shown."""
    fields = st.columns([3, 2, 2, 3])
    groups = {group: group_of(result, group) for group in result.groups}
    models = {m.id: clean(m.name) for m in result.models}
    methods = {m: method_name(m) for m in result.methods}
    with fields[0]:
        group = frame.select(_("Sentences of the group"), groups, key="many_group")
    with fields[1]:
        model = frame.select(_("Model"), models, key="many_model")
    with fields[2]:
        method = frame.select(_("Method"), methods, key="many_method")
    return str(group), str(model), str(method)


def _sentences(result: ManyResult, asked: Asked, measure: str, group: str, model: str, method: str) -> None:
    """A table of them, some at a time."""
    found = ordered(cached.many_results(asked.kept).frame, result, measure, group, model, method)
    if not len(found):
        message.note(_("No sentence of this cell has been computed yet."))
        return
    pages, page = -(-len(found) // PAGE), 1
    if pages > 1:
        label = _("{count:,} sentences, the worst first; page", count=len(found))
        page = st.number_input(label, 1, pages, key="many_page", width=330)
        page = min(int(page), pages)
    texts = asked.sentences.rows.set_index("row")
    colours = palette(frame.theme())
    some = found.iloc[(page - 1) * PAGE : page * PAGE].to_dict("records")
    named = next((shown(m.name) for m in result.measures if m.id == measure), measure)
    contrast = _("contrast") if result.kind == "translation" else _("foil")
    foils = any(texts.loc[record["row"], "foil"] for record in some)
    heads = ["", _("text"), _("target"), *([contrast] if foils else []), named, _("open in")]
    line = f"border-bottom:1px solid {colours.grid};padding:3px 12px 3px 0;vertical-align:top"
    top = "".join(
        f'<th style="{line};font-weight:400;text-align:left;opacity:.75">{escape(h)}</th>' for h in heads
    )
    body = ""
    for record in some:
        text = texts.loc[record["row"]].to_dict()
        links = _links(result.kind, text, model, method, [m.id for m in result.models])
        value = shown(recalled(record["error"])) or said_value(measure, float(record[_by(measure)]))
        if measure == "right" and not record["error"]:
            lead = number(float(record["difference"]), 2, sign=True)
            right = record["right"] > 0
            value = _("right ({lead})", lead=lead) if right else _("wrong ({lead})", lead=lead)
        cells = [
            f"{record['row']}",
            _marked(text),
            f'<b style="color:{colours.ink["target"]}">{_bdi(text["target"])}</b>',
            *([f'<b style="color:{colours.ink["foil"]}">{_bdi(text["foil"]) or "–"}</b>'] if foils else []),
            escape(clean(str(value))),
            " · ".join(f'<a href="{escape(url)}" target="_blank">{escape(name)}</a>' for name, url in links),
        ]
        body += "<tr>" + "".join(f'<td style="{line}">{cell}</td>' for cell in cells) + "</tr>"
    st.html(
        '<div style="overflow-x:auto"><table style="border-collapse:collapse;width:100%;font-size:.86rem">'
        f"<tr>{top}</tr>{body}</table></div>"
    )


def ordered(
    frame_: pd.DataFrame, result: ManyResult, measure: str, group: str, model: str, method: str
) -> pd.DataFrame:
    """The results of a cell, the worst first; those without numbers above all."""
    from attribution.many.found import group_name

    chosen = (frame_["model"] == model) & (frame_["method"] == method)
    if group != result.groups[0]:
        chosen &= frame_["group"].map(group_name) == group
    found = frame_[chosen]
    less = next((m.less_is_better for m in result.measures if m.id == measure), False)
    return found.sort_values(
        [_by(measure), "row"], ascending=[not less, True], na_position="first", kind="stable"
    )


def _by(measure: str) -> str:
    """The number that says how bad a sentence is: of right and wrong by how much."""
    return "difference" if measure == "right" else measure


def _marked(text: Mapping[str, Any]) -> str:
    """The text with the words that are known to decide it in bold."""
    from attribution.many.evidence import evidence_spans

    whole, out, at = str(text["text"]), "", 0
    for start, end in evidence_spans(whole, str(text["evidence"])):
        if end > LONGEST:
            break
        out += _bdi(whole[at:start]) + f"<b>{_bdi(whole[start:end])}</b>"
        at = end
    return out + _bdi(whole[at:LONGEST]) + ("…" if len(whole) > LONGEST else "")


def _bdi(text: object) -> str:
    return f"<bdi>{escape(clean(str(text)[:LONGEST]))}</bdi>" if text else ""


def _links(
    kind: str, text: Mapping[str, Any], model: str, method: str, models: Sequence[str]
) -> list[tuple[str, str]]:
    """The pages that explain a sentence, with the addresses that fill their forms."""
    target, foil = str(text["target"]), str(text["foil"])
    if kind == "translation":
        asked = {"mt_model": model, "mt_source": text["text"], "mt_target": target, "mt_contrast": foil}
        asked |= {"mt_whose": "typed", "mt_method": method, "mt_attributed": "logit"}
        return [_link(_("Translation"), "translation", asked)]
    sizes = {"ms_question": text["text"], "ms_target": target, "ms_foil": foil, "ms_models": list(models)}
    sizes |= {"ms_attributed": "log_probability"}
    if kind == "question":
        return [_link(_("Model sizes"), "model_sizes", {**sizes, "ms_method": method})]
    word = {"nw_model": model, "nw_text": text["text"], "nw_target": target, "nw_foil": foil}
    word_link = _link(_("Next word"), "next_word", {**word, "nw_method": method})
    asked = {"an_model": model, "an_prompt": text["text"], "an_answer": target}
    asked |= {"an_method": method} if "answer" in METHODS[method].uses else {}
    return [word_link, _link(_("Answer"), "answer", asked), _link(_("Model sizes"), "model_sizes", sizes)]


def _link(name: str, page: str, asked: Mapping[str, Any]) -> tuple[str, str]:
    return name, f"{page}?{urlencode(asked, doseq=True)}"
