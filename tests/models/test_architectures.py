import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from transformers import CONFIG_MAPPING, AutoModelForCausalLM, AutoModelForSeq2SeqLM

from attribution.models.architectures import ARCHITECTURES, known_models
from attribution.models.catalogue import hub_entries, on_this_machine
from tests.models.test_damaged import FIXTURES, change

ROOT = Path(__file__).parents[2]


def test_the_table_loads_no_torch():
    code = "import sys, attribution.models.architectures; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_a_row_is_true(kind):
    row = ARCHITECTURES[kind]
    mapping = AutoModelForCausalLM if row.kind == "decoder" else AutoModelForSeq2SeqLM
    assert CONFIG_MAPPING[kind] in mapping._model_mapping
    assert row.layout is None or row.kind == "decoder"
    assert not row.multilingual or row.kind == "encoder-decoder"
    assert row.models == "" or row.name[:3] in row.models


def test_the_catalogue_names_architectures_as_the_table_does():
    for entry in hub_entries():
        name = entry.architecture.removesuffix(" v1.1")
        rows = [row for row in ARCHITECTURES.values() if name in (row.name, *row.models.split())]
        assert [row.kind for row in rows] == [entry.kind], entry.id


def test_the_readme_and_about_name_what_is_in_the_table():
    readme = (ROOT / "README.md").read_text("utf-8")
    alti_logit = re.search(r"- \*\*Next word\*\*.*?(?=\n- )", readme, re.DOTALL)[0]
    translation = re.search(r"- \*\*Translation\*\*.*?(?=\n- )", readme, re.DOTALL)[0]
    for row in ARCHITECTURES.values():
        if row.layout is not None:
            assert re.search(rf"\b{row.name}\b", alti_logit), row.name
        elif row.kind == "encoder-decoder":
            assert row.name in translation, row.name
    assert "known_models(alti_logit=True)" in (ROOT / "pages" / "about.py").read_text("utf-8")
    assert "SmolLM3" in known_models(alti_logit=True)


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_every_row_is_listed_on_a_disk(kind, tmp_path, monkeypatch):
    monkeypatch.setenv("WHY_MODELS_DIR", str(tmp_path))
    shutil.copytree(FIXTURES / "gpt2-tiny", tmp_path / "own")
    change(tmp_path / "own", model_type=kind)
    (entry,) = [e for e in on_this_machine() if e.id == "own"]
    assert (entry.kind, entry.architecture) == (ARCHITECTURES[kind].kind, ARCHITECTURES[kind].name)
