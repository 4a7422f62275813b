"""What the Model sizes page says of the answers, and for which token of the target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from attribution.charts import findings
from attribution.charts.palette import Theme
from attribution.charts.trust import model_trust
from attribution.charts.views import WordView
from attribution.charts.wording import clean
from attribution.language import N_, _
from attribution.methods import catalogue
from attribution.types import ComparisonResult
from attribution.ui import address, examples, message, opened


def notes(results: Sequence[ComparisonResult]) -> None:
    """What the models' answers need to be said about them, each sentence once."""
    opened.say(result.request for result in results)
    for text in dict.fromkeys(note for result in results for note in result.notes):
        message.note(text)


def finding(results: Sequence[ComparisonResult], view: WordView, theme: Theme) -> None:
    """What the numbers say, in two or three sentences."""
    message.finding(findings.model_sizes(results, view).coloured(theme))


def better_methods(results: Sequence[ComparisonResult]) -> None:
    """Where a model's signs or shares mean nothing, the method that holds, one click away."""
    method = catalogue.find(results[0].request.method)
    saturated = any(model_trust(r).state == "saturated" for r in results)
    if method.signed and method.id != "erasure" and saturated:
        values = {"ms_method": "erasure", "ms_attributed": "log_probability"}
        label = _("Leave words out instead (erasure of the log-probability)")
        st.button(label, key="ms_better", on_click=examples.fill, args=(values,), type="tertiary")


def of_one_token(results: Sequence[ComparisonResult], token: int) -> list[ComparisonResult]:
    """The same results, attributed for one token of the target only (from 0).

    Models that write the target with fewer tokens show their last one.
    """
    chosen = []
    for result in results:
        k = min(token, len(result.token_magnitude) - 1)
        one = slice(k, k + 1)
        of_token = {
            "magnitude": result.token_magnitude[k].copy(),
            "signed": result.token_signed[k].copy(),
            "left_out": result.token_left_out[k].copy() if len(result.token_left_out) else result.left_out,
            "token_magnitude": result.token_magnitude[one].copy(),
            "token_signed": result.token_signed[one].copy(),
            "token_left_out": result.token_left_out[one].copy(),
            "token_values": result.token_values[one].copy(),
            "parts": {name: part[one].copy() for name, part in result.parts.items()},
        }
        if len(result.token_values):
            of_token["attributed"] = float(result.token_values[k])
        chosen.append(replace(result, **of_token))
    return chosen


def token_choice(results: Sequence[ComparisonResult]) -> list[ComparisonResult]:
    """Where the target is several tokens: all of them summed, or one of them."""
    longest = max(results, key=lambda r: len(r.token_magnitude))
    count = len(longest.token_magnitude)
    if count < 2:
        return list(results)
    labels = {0: _("all tokens")} | {
        k + 1: f"{k + 1}. {clean(longest.target_tokens[k])}" for k in range(min(count, 12))
    }
    key = f"ms_token_{len(labels)}"
    address.part(key, 0, read=address.number(range(len(labels))), of_question=True)
    token = st.segmented_control(
        _("Token of the target"),
        list(labels),
        default=0,
        required=True,
        format_func=lambda k: message.plain(labels[k]),
        key=key,
        help=_(HELP_TOKEN),
    )
    return of_one_token(results, token - 1) if token else list(results)


HELP_TOKEN = N_(
    "The target is several tokens for at least one model. All: the sum over its tokens. One: what led to "
    "that token; models with fewer tokens show their last one."
)
