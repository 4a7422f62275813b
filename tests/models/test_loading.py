import json
import pickle
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import GPT2Config, GPT2LMHeadModel

from attribution.models import memory
from attribution.models.catalogue import find
from attribution.models.entries import BUNDLED_ENTRIES
from attribution.models.loading import load
from attribution.models.memory import precisions
from attribution.types import ModelTooLargeError, ModelUnavailableError, UnsupportedArchitectureError

FIXTURES = Path(__file__).parents[1] / "fixtures" / "models"


@pytest.fixture
def gpt2(tmp_path):
    return shutil.copytree(FIXTURES / "gpt2-tiny", tmp_path / "gpt2")


def change_config(folder, **changes):
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


@pytest.mark.parametrize(
    ("name", "kind", "architecture", "limit"),
    [
        ("gpt2-tiny", "decoder", "GPT-2", 64),
        ("opt-tiny", "decoder", "OPT", 64),
        ("bloom-tiny", "decoder", "BLOOM", 64),
        ("marian-tiny", "encoder-decoder", "Marian", 64),
        ("t5-tiny", "encoder-decoder", "T5 v1.1", 64),
    ],
)
def test_a_folder_loads(name, kind, architecture, limit):
    loaded = load(str(FIXTURES / name), device="cpu")
    assert (loaded.info.kind, loaded.info.architecture, loaded.info.name) == (kind, architecture, name)
    assert loaded.info.parameters == loaded.model.num_parameters() - (
        2 * 64 * 32 if name == "marian-tiny" else 0
    )
    assert loaded.max_tokens == limit
    assert loaded.model.config._attn_implementation == "eager"
    assert not loaded.model.training
    assert {p.dtype for p in loaded.model.parameters()} == {torch.float32}
    assert isinstance(loaded.lock, type(threading.RLock()))
    with loaded.lock:
        assert len(loaded.tokenizer("the").input_ids) >= 1


@pytest.mark.parametrize("entry", BUNDLED_ENTRIES, ids=lambda entry: entry.id)
def test_a_bundled_model_has_as_many_parameters_as_the_catalogue_says(entry):
    assert find(entry.id).parameters == entry.parameters == load(entry.id).info.parameters


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
def test_half_precision_weights_load_in_the_precision_asked_for(gpt2, dtype):
    weights = load_file(gpt2 / "model.safetensors")
    save_file({k: v.half() for k, v in weights.items()}, gpt2 / "model.safetensors", {"format": "pt"})
    change_config(gpt2, dtype="float16")
    loaded = load(str(gpt2), dtype=dtype, device="cpu")
    assert {str(p.dtype) for p in loaded.model.parameters()} == {f"torch.{dtype}"}
    assert loaded.info.dtype == dtype


def test_an_untied_t5_stays_untied():
    model = load(str(FIXTURES / "t5-tiny"), device="cpu").model
    assert not torch.equal(model.lm_head.weight, model.shared.weight)


def test_shards_and_pytorch_files_load_and_give_the_same_logits(gpt2, tmp_path):
    expected = load(str(gpt2), device="cpu")
    ids = torch.tensor([[3, 7, 9]])
    weights = load_file(gpt2 / "model.safetensors")
    (gpt2 / "model.safetensors").unlink()
    torch.save(weights, gpt2 / "pytorch_model.bin")
    pickled = load(str(gpt2), device="cpu")
    (gpt2 / "pytorch_model.bin").unlink()
    expected.model.save_pretrained(tmp_path / "shards", max_shard_size="60KB")
    for file in (tmp_path / "shards").glob("model*"):
        shutil.copy(file, gpt2)
    shards = sorted(gpt2.glob("model-*.safetensors"))
    assert len(shards) > 1
    sharded = load(str(gpt2), device="cpu")
    for other in (pickled, sharded):
        torch.testing.assert_close(other.model(ids).logits, expected.model(ids).logits)
    shards[0].unlink()
    with pytest.raises(ModelUnavailableError, match=f"{shards[0].name} is missing from gpt2"):
        load(str(gpt2))


class Exploit:
    def __reduce__(self):
        return (open, ("/tmp/why-this-word-pickle-ran", "w"))


@pytest.mark.parametrize("form", ["torch", "plain"])
def test_a_pickle_with_code_is_refused_and_does_not_run(gpt2, form):
    proof = Path("/tmp/why-this-word-pickle-ran")
    (gpt2 / "model.safetensors").unlink()
    content = {"transformer.wte.weight": Exploit(), "padding": "x" * 2000}
    if form == "torch":
        torch.save(content, gpt2 / "pytorch_model.bin")
    else:
        (gpt2 / "pytorch_model.bin").write_bytes(pickle.dumps(content))
    with pytest.raises(ModelUnavailableError, match=r"refused: they hold more than numbers.*safetensors"):
        load(str(gpt2))
    assert not proof.exists()


def test_code_of_a_repository_does_not_run(gpt2):
    proof = gpt2 / "ran"
    (gpt2 / "evil.py").write_text(f"open({str(proof)!r}, 'w')")
    change_config(gpt2, model_type="evil", auto_map={"AutoConfig": "evil.Config", "AutoModel": "evil.Model"})
    with pytest.raises(UnsupportedArchitectureError, match="code from its repository, which is never run"):
        load(str(gpt2))
    change_config(gpt2, model_type="gpt2")
    assert load(str(gpt2), device="cpu").info.architecture == "GPT-2"
    assert not proof.exists()


def test_damaged_weights_name_the_file(gpt2):
    weights = gpt2 / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[: weights.stat().st_size // 2])
    with pytest.raises(ModelUnavailableError, match=r"model\.safetensors in gpt2 is damaged or incomplete"):
        load(str(gpt2))
    weights.unlink()
    with pytest.raises(ModelUnavailableError, match=r"model\.safetensors is missing from gpt2"):
        load(str(gpt2))


@pytest.mark.parametrize("change", ["missing", "shape"])
def test_weights_that_do_not_fit_the_config_are_refused(gpt2, change):
    weights = load_file(gpt2 / "model.safetensors")
    if change == "missing":
        del weights["transformer.h.1.mlp.c_fc.weight"]
        sentence = r"incomplete: 1 of them are missing \(the first is transformer\.h\.1\.mlp\.c_fc\.weight\)"
    else:
        weights["transformer.ln_f.weight"] = torch.ones(7)
        sentence = r"do not fit its config: transformer\.ln_f\.weight is 7, the config says 32"
    save_file(weights, gpt2 / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelUnavailableError, match=sentence):
        load(str(gpt2))


@pytest.mark.parametrize("change", ["missing", "damaged", "too large"])
def test_a_tokenizer_that_cannot_be_used_is_a_sentence(gpt2, change):
    if change == "missing":
        for name in ("tokenizer.json", "tokenizer_config.json"):
            (gpt2 / name).unlink()
    elif change == "damaged":
        (gpt2 / "tokenizer.json").write_text("{")
    else:
        tokenizer = json.loads((gpt2 / "tokenizer.json").read_text())
        tokenizer["model"]["vocab"]["extra"] = len(tokenizer["model"]["vocab"])
        (gpt2 / "tokenizer.json").write_text(json.dumps(tokenizer))
    with pytest.raises(ModelUnavailableError, match="tokenizer"):
        load(str(gpt2))


def test_a_package_that_is_not_installed_is_named():
    without = """
import sys
sys.modules["sentencepiece"] = None
from attribution import load
try:
    load("english-spanish")
except Exception as error:
    print(type(error).__name__, error)
"""
    root = Path(__file__).parents[2]
    said = subprocess.run([sys.executable, "-c", without], cwd=root, capture_output=True, text=True).stdout
    assert said.startswith("ModelUnavailableError")
    assert "not installed (sentencepiece)" in said


@pytest.mark.parametrize(
    "changes",
    [
        {"model_type": "bert", "architectures": ["BertForMaskedLM"]},
        {"model_type": "vit", "architectures": ["ViTForImageClassification"]},
        {"architectures": ["GPT2ForSequenceClassification"]},
        {"model_type": "tomorrow"},
        {"model_type": ""},
    ],
)
def test_other_kinds_of_models_are_refused(gpt2, changes):
    change_config(gpt2, **changes)
    with pytest.raises(UnsupportedArchitectureError, match="choose a decoder such as GPT-2"):
        load(str(gpt2))


def test_a_model_too_large_is_refused_before_it_is_loaded(gpt2, monkeypatch):
    monkeypatch.setattr("attribution.models.loading._model", lambda *_: pytest.fail("it was loaded"))
    monkeypatch.setattr(memory, "available", lambda device="cpu": 9_000_000)
    with pytest.raises(
        ModelTooLargeError, match="needs about 20 MB of memory and 9 MB are free on this machine"
    ):
        load(str(gpt2))


def test_memory_is_counted():
    assert memory.needed(10**9, "float32") == pytest.approx(4.2e9, rel=0.01)
    assert memory.needed(10**9, "bfloat16") == pytest.approx(2.1e9, rel=0.02)
    assert memory.needed(10**9, "bfloat16", gguf=True) > memory.needed(10**9, "float32")
    assert 0 < memory.available() < 2**50


def test_the_memory_limit_of_a_container_counts(tmp_path, monkeypatch):
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("700\n")
    (tmp_path / "memory.stat").write_text("anon 400\ninactive_file 200\n")
    files = (str(tmp_path / "memory.max"), str(tmp_path / "memory.current"), "inactive_file")
    monkeypatch.setattr(memory, "CGROUPS", (files,))
    assert memory.available() == 500
    (tmp_path / "memory.max").write_text("max\n")
    assert memory.available() > 500


def test_precisions_that_need_a_gpu_are_refused_without_one(gpt2, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert precisions() == ("float32", "bfloat16", "float64")
    with pytest.raises(ModelUnavailableError, match=r"4-bit precision needs an NVIDIA GPU.*bitsandbytes"):
        load(str(gpt2), dtype="4-bit")
    with pytest.raises(ModelUnavailableError, match="no precision “float8”"):
        load(str(gpt2), dtype="float8")


def test_a_full_gpu_is_a_sentence(gpt2, monkeypatch):
    def full(*_):
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr("attribution.models.loading._model", full)
    with pytest.raises(ModelTooLargeError, match="did not fit into the memory of the GPU"):
        load(str(gpt2), device="cpu")


def tiny_gguf(path, *, start_token):
    """A random one-layer GPT-2 with a vocabulary of bytes, written as llama.cpp writes it."""
    gguf = pytest.importorskip("gguf")
    torch.manual_seed(0)
    config = GPT2Config(vocab_size=258, n_embd=32, n_layer=1, n_head=2, n_positions=1024)
    model = GPT2LMHeadModel(config).eval()
    writer = gguf.GGUFWriter(path, "gpt2")
    for write, value in (
        (writer.add_block_count, 1),
        (writer.add_context_length, 1024),
        (writer.add_embedding_length, 32),
        (writer.add_feed_forward_length, 128),
        (writer.add_head_count, 2),
        (writer.add_layer_norm_eps, 1e-5),
    ):
        write(value)
    from transformers.convert_slow_tokenizer import bytes_to_unicode

    writer.add_tokenizer_model("gpt2")
    writer.add_token_list([*bytes_to_unicode().values(), "Hi", "<|endoftext|>"])
    writer.add_token_merges(["H i"])
    writer.add_bos_token_id(257)
    writer.add_eos_token_id(257)
    writer.add_add_bos_token(start_token)
    names = {
        "transformer.wte.weight": "token_embd.weight",
        "transformer.wpe.weight": "position_embd.weight",
        "transformer.ln_f.weight": "output_norm.weight",
        "transformer.ln_f.bias": "output_norm.bias",
    }
    parts = {"ln_1": "attn_norm", "attn.c_attn": "attn_qkv", "attn.c_proj": "attn_output", "ln_2": "ffn_norm"}
    parts |= {"mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down"}
    for theirs, ours in parts.items():
        for kind in ("weight", "bias"):
            names[f"transformer.h.0.{theirs}.{kind}"] = f"blk.0.{ours}.{kind}"
    state = model.state_dict()
    for theirs, ours in names.items():
        tensor = state[theirs].T if ".c_" in theirs and theirs.endswith("weight") else state[theirs]
        writer.add_tensor(ours, tensor.contiguous().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return model


@pytest.mark.parametrize("start_token", [False, True])
def test_a_gguf_file_gives_the_logits_it_was_made_from(tmp_path, start_token):
    model = tiny_gguf(tmp_path / "tiny.gguf", start_token=start_token)
    loaded = load(str(tmp_path / "tiny.gguf"), dtype="float64", device="cpu")
    assert loaded.max_tokens == 1024
    ids = torch.tensor([[72, 105, 33]])
    torch.testing.assert_close(loaded.model(ids).logits, model.double()(ids).logits, rtol=1e-6, atol=1e-6)
    assert len(loaded.tokenizer("Hi!").input_ids) == 2 + start_token


def test_half_a_gguf_file_is_damaged(tmp_path):
    tiny_gguf(tmp_path / "tiny.gguf", start_token=False)
    content = (tmp_path / "tiny.gguf").read_bytes()
    (tmp_path / "half.gguf").write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelUnavailableError, match=r"half\.gguf in .* is damaged or incomplete"):
        load(str(tmp_path / "half.gguf"))
