"""The script that the server runs for every visitor: the pages and the frame around them."""

from pathlib import Path

import streamlit as st

from attribution.language import _
from attribution.ui import frame, reader

ICON = str(Path(__file__).parent / "icon.png")
# An icon of our own: a named one would be fetched from elsewhere, and the app works offline.
st.set_page_config(page_title=_("Why This Word"), page_icon=ICON, layout="wide")
reader.begin()
PAGES = Path(__file__).parents[2] / "pages"
frame.run(
    [
        st.Page(PAGES / "next_word.py", title=_("Next word"), url_path="start", default=True),
        st.Page(PAGES / "translation.py", title=_("Translation"), url_path="translation"),
        st.Page(PAGES / "model_sizes.py", title=_("Model sizes"), url_path="model_sizes"),
        st.Page(PAGES / "answer.py", title=_("Answer"), url_path="answer"),
        st.Page(PAGES / "many.py", title=_("Many sentences"), url_path="many"),
        st.Page(PAGES / "report.py", title=_("Report"), url_path="report"),
        st.Page(PAGES / "about.py", title=_("About"), url_path="about"),
    ]
)
