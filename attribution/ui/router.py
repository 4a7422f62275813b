"""The script that the server runs for every visitor: the pages and the frame around them."""

from pathlib import Path

import streamlit as st

from attribution.ui import frame

ICON = str(Path(__file__).parent / "icon.png")
# An icon of our own: a named one would be fetched from elsewhere, and the app works offline.
st.set_page_config(page_title="Why This Word", page_icon=ICON, layout="wide")
PAGES = Path(__file__).parents[2] / "pages"
frame.run(
    [
        st.Page(PAGES / "next_word.py", title="Next word", url_path="start", default=True),
        st.Page(PAGES / "translation.py", title="Translation", url_path="translation"),
        st.Page(PAGES / "model_sizes.py", title="Model sizes", url_path="model_sizes"),
        st.Page(PAGES / "answer.py", title="Answer", url_path="answer"),
        st.Page(PAGES / "many.py", title="Many sentences", url_path="many"),
        st.Page(PAGES / "report.py", title="Report", url_path="report"),
        st.Page(PAGES / "about.py", title="About", url_path="about"),
    ]
)
