"""The field of a page's methods, as the table of methods offers them."""

from __future__ import annotations

from attribution.language import _
from attribution.methods import catalogue
from attribution.methods.catalogue import Use
from attribution.ui import frame


def field(use: Use, *, key: str, first: str) -> str:
    """The method chosen, part of the question and its link; `first` at first."""
    options, meanings = catalogue.names(use), catalogue.meanings(use)
    return str(frame.select(_("Method"), options, key=key, first=first, help=meanings, asks=True))
