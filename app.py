"""Why This Word: the router and the frame around every page."""

from pathlib import Path

import streamlit as st

from attribution.ui import frame

ICON = str(Path(__file__).parent / "attribution" / "ui" / "icon.png")
# An icon of our own: a named one would be fetched from elsewhere, and the app works offline.
st.set_page_config(page_title="Why This Word", page_icon=ICON, layout="wide")
frame.run(
    [
        st.Page("pages/next_word.py", title="Next word", url_path="next_word", default=True),
        st.Page("pages/translation.py", title="Translation", url_path="translation"),
        st.Page("pages/model_sizes.py", title="Model sizes", url_path="model_sizes"),
        st.Page("pages/report.py", title="Report", url_path="report"),
        st.Page("pages/about.py", title="About", url_path="about"),
    ]
)
