"""Altair and pandas, imported when something of them is first used, so that a page is drawn before them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any


class _Later:
    """Stands for a module until it is used."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        module = import_module(self._name)
        if self._name == "altair":
            # Every part is checked against the schema as it is made, else: as long again. The tests check
            # whole figures.
            module.utils.schemapi.disable_debug_mode()
        value = getattr(module, attribute)
        setattr(self, attribute, value)
        return value


if TYPE_CHECKING:
    import altair as alt
    import pandas as pd
else:
    alt, pd = _Later("altair"), _Later("pandas")
