"""Why This Word: `streamlit run app.py` serves it.

The script of the pages is attribution/ui/router.py. It does not lie beside `pages/`, where Streamlit would
list that folder's files in a sidebar, and open them without the frame, until the script has run.
"""

import streamlit as st

from attribution.ui import opening

app = st.App("attribution/ui/router.py", lifespan=opening.lifespan)
