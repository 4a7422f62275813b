"""All numbers of a run as a table that can be sorted, and as files."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import streamlit as st

from attribution import cached
from attribution.charts import phrases
from attribution.export.tables import table_to_csv
from attribution.language import _, shown
from attribution.types import ManyResult
from attribution.ui import message
from attribution.ui.figure import download
from attribution.ui.many.form import Asked
from attribution.ui.many.run import delete_button

if TYPE_CHECKING:
    import pandas as pd


def of(result: ManyResult, asked: Asked) -> None:
    """The means of every group, model and method, and downloads of these and of every sentence's numbers."""
    table = means(result)
    names = {str(m.name): shown(m.name) for m in result.measures}
    told = table.assign(measure=table["measure"].map(names))
    height = min(36 * (len(table) + 1) + 2, 420)
    st.dataframe(told, hide_index=True, height=height, column_config=phrases.MANY_HEADS)
    message.note(result.caption)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(_("These means:"), width="content")
        _files(lambda: table, "means", "many_means")
        st.markdown(_("Every sentence:"), width="content")
        _files(lambda: every_sentence(asked), "sentences", "many_rows")
    delete_button(asked)


def means(result: ManyResult) -> pd.DataFrame:
    """A row a mean."""
    import pandas as pd

    names = {m.id: m for m in result.models}
    quantiles = ("5 %", "25 %", "50 %", "75 %", "95 %")
    return pd.DataFrame(
        {
            "model": names[m.model].name,
            "parameters": names[m.model].parameters,
            "method": m.method,
            "group": m.group,
            "measure": str(result.measure(m.measure).name),
            "value": m.value,
            "low": m.low,
            "high": m.high,
            "random": m.random,
            "sentences": m.sentences,
            **dict(zip(quantiles, m.quantiles or [float("nan")] * 5, strict=True)),
        }
        for m in result.means
    )


def every_sentence(asked: Asked) -> pd.DataFrame:
    """A row a sentence, model and method, with the texts."""
    found = cached.many_results(asked.kept).frame.drop(columns="group")
    return found.merge(asked.sentences.rows, on="row", how="left")


def _files(make, what: str, key: str) -> None:  # type: ignore[no-untyped-def]
    """The same table as CSV and as Parquet, made when it is asked for."""

    def parquet() -> bytes:
        buffer = io.BytesIO()
        make().to_parquet(buffer, index=False)
        return buffer.getvalue()

    name = f"many-sentences-{what}"
    download("CSV", lambda: table_to_csv(make()).encode(), name, "csv", "text/csv", key)
    download("Parquet", parquet, name, "parquet", "application/vnd.apache.parquet", key)
