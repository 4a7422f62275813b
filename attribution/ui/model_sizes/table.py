"""One line a model: its answer with rank, time and memory, or why there is none."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st

from attribution.charts.palette import Theme, palette
from attribution.charts.wording import clean, number, ordinal, percent, size_words
from attribution.comparison_run import Run
from attribution.language import _, in_figures, shown
from attribution.models.memory import gigabytes
from attribution.types import ComparisonRequest


def table(run: Run, theme: Theme) -> None:
    """One line a model: its answer with rank, time and memory, or why there is none."""
    request = run.requests[0]
    target, foil = (
        escape(clean(request.target.strip())),
        escape(clean(request.foil.strip())) if request.foil.strip() else "",
    )
    colours = palette(theme)
    heads = [_("model"), _("parameters"), f'<span style="color:{colours.ink["target"]}">P({target})</span>']
    heads += [f'<span style="color:{colours.ink["foil"]}">P({foil})</span>', _("difference")] if foil else []
    heads += [_("rank of {word}", word=target), _("own answer"), _("time"), _("memory")]
    line = f"border-bottom:1px solid {colours.grid};padding:1px 12px 1px 0;white-space:nowrap"
    rows = "".join(
        f'<tr><td style="{line};font-weight:600"><bdi>{escape(clean(run.name(r.model)))}</bdi></td>'
        + "".join(f'<td style="{line}">{cell}</td>' for cell in cells(run, r, bool(foil)))
        + rest(run, r, len(heads), line)
        + "</tr>"
        for r in run.requests
    )
    top = "".join(f'<th style="{line};font-weight:400;text-align:left">{h}</th>' for h in heads)
    st.html(
        '<div style="overflow-x:auto;max-height:21rem"><table style="border-collapse:collapse;width:100%;'
        f'font-size:.86rem;font-variant-numeric:tabular-nums"><tr>{top}</tr>{rows}</table></div>'
    )


def cells(run: Run, request: ComparisonRequest, foil: bool) -> list[str]:
    """The cells after the name, as HTML; only the size where there is no answer."""
    result = run.results.get(request)
    if result is None:
        entry = run.entries.get(request.model)
        return [size_words(entry.parameters) if entry and entry.parameters else "–"]
    other = [
        percent(float(np.exp(result.foil_log_probability))),
        number(result.score, 3, sign=True),
    ]
    return [
        size_words(result.model.parameters),
        f"<b>{percent(float(np.exp(result.target_log_probability)))}</b>",
        *(other if foil else []),
        ordinal(result.target_rank),
        f"<bdi>{escape(clean(result.answer))}</bdi>",
        in_figures(f"{result.seconds:.2g} s" if result.seconds < 100 else f"{result.seconds:.0f} s"),
        gigabytes(result.memory_bytes),
    ]


def rest(run: Run, request: ComparisonRequest, columns: int, line: str) -> str:
    """The wide cell of a model without an answer: why, or what it waits for."""
    if request in run.results:
        return ""
    if request in run.failed:
        text = f"⚠ {escape(clean(shown(run.failed[request])))}"
    elif run.stopped:
        text = _("not asked")
    else:
        text = _("being asked …") if request == run.waiting[0] else _("waiting")
        entry = run.entries.get(request.model)
        if entry and entry.group == "Hugging Face Hub" and entry.bytes:
            size = _("download of {size}", size=gigabytes(entry.bytes))
            text = f"{text} ({size})"
    return f'<td colspan="{columns - 2}" style="{line};white-space:normal;opacity:.85">{text}</td>'
