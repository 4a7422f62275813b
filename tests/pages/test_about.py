"""The About page's script, without a browser: its lists are the tables the app works by."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from attribution.methods import catalogue
from attribution.models.architectures import ARCHITECTURES
from attribution.models.entries import BUNDLED_ENTRIES

ROOT = Path(__file__).parents[2]


def test_it_lists_every_model_architecture_and_method():
    app = AppTest.from_file(str(ROOT / "pages/about.py"), default_timeout=120).run()
    assert not app.exception
    assert not app.error
    models = app.dataframe[0].value
    assert {entry.id for entry in BUNDLED_ENTRIES} <= set(models["Id"])
    assert (models[models["Where"] == "Bundled"]["Parameters (millions)"] > 0).all()
    text = " ".join(m.value for m in app.markdown)
    for row in catalogue.METHODS.values():
        assert row.about in text
    for row in ARCHITECTURES.values():
        if row.layout is not None or row.kind == "encoder-decoder":
            assert (row.models or row.name) in text
