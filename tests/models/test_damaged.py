"""Models of which something is damaged: one sentence each, the list goes on, and nothing large is built."""

import json
import os
import shutil
import struct
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from attribution import explain_next_word, explain_translation
from attribution.models import store as store_module
from attribution.models.catalogue import find, on_this_machine
from attribution.models.loading import load
from attribution.models.store import ModelStore
from attribution.types import AttributionError, ModelUnavailableError, TextError
from attribution.ui.model_picker import caption

FIXTURES = Path(__file__).parents[1] / "fixtures" / "models"
DEEP = "[" * 100_000


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of a small model below WHY_MODELS_DIR, beside one that is whole."""
    monkeypatch.setenv("WHY_MODELS_DIR", str(tmp_path))
    monkeypatch.delenv("WHY_ALLOWED_MODELS", raising=False)
    shutil.copytree(FIXTURES / "opt-tiny", tmp_path / "whole")
    return Path(shutil.copytree(FIXTURES / "gpt2-tiny", tmp_path / "broken"))


@pytest.fixture
def translator(folder):
    shutil.rmtree(folder)
    return Path(shutil.copytree(FIXTURES / "marian-tiny", folder))


def change(folder, file="config.json", **values):
    path = folder / file
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def change_tokenizer(folder, **values):
    change(folder, "tokenizer.json", **values)


def change_weights(folder, changed):
    file = folder / "model.safetensors"
    save_file(changed(load_file(file)), file, {"format": "pt"})


def write_header(folder, header):
    data = header if isinstance(header, bytes) else json.dumps(header).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(data)) + data + bytes(100))


def tensor(shape, **values):
    return {"a": {"dtype": "F32", "shape": shape, "data_offsets": [0, 100], **values}}


def listed(name="broken"):
    entries = {entry.id: entry for entry in on_this_machine()}
    assert entries["whole"].problem == "", "the others go on"
    return entries[name]


def refused(folder, says):
    """The sentence of loading, in scripts and in the store; nobody waits for the turn meanwhile."""
    for attempt in (lambda: load(str(folder), device="cpu"), lambda: lend(folder.name)):
        with pytest.raises(ModelUnavailableError, match=says) as caught:
            attempt()
        sentence = str(caught.value)
        assert sentence.endswith(".")
        assert len(sentence) < 300


def lend(name):
    with ModelStore(10**9).using(name):
        pass


IN_THE_LIST = {
    "config of brackets": lambda d: (d / "config.json").write_text(DEEP),
    "config of gigabytes": lambda d: os.truncate(d / "config.json", 3 * 10**9),
    "config that is a folder": lambda d: ((d / "config.json").unlink(), (d / "config.json").mkdir()),
    "config that is a pipe": lambda d: ((d / "config.json").unlink(), os.mkfifo(d / "config.json")),
    "config that is a circle": lambda d: (
        (d / "config.json").unlink(),
        (d / "config.json").symlink_to("config.json"),
    ),
    "config of another encoding": lambda d: (d / "config.json").write_bytes(b'{"model_type": "gpt2\xff"}'),
    "config of half a character": lambda d: (d / "config.json").write_text(
        '{"model_type": "gpt2", "x": "\\ud800"}'
    ),
    "kind in a list": lambda d: change(d, model_type=["gpt2"]),
    "kind of a million letters": lambda d: change(d, model_type="gpt2" * 250_000),
    "architectures of numbers": lambda d: change(d, architectures=[1, 2]),
    "layers: none": lambda d: change(d, n_layer=0),
    "layers: minus one": lambda d: change(d, n_layer=-1),
    "layers: a thousand": lambda d: change(d, n_layer=1000),
    "layers: 2.5": lambda d: change(d, n_layer=2.5),
    "width of 1e200": lambda d: change(d, n_embd=1e200),
    "NaN positions": lambda d: change(d, n_positions=float("nan")),
    "infinite epsilon": lambda d: change(d, layer_norm_epsilon=float("inf")),
    "an epsilon of 1e999": lambda d: (d / "config.json").write_text(
        '{"model_type": "gpt2", "epsilon": 1e999}'
    ),
    "labels without end": lambda d: change(d, num_labels=10**9),
    "header of brackets": lambda d: write_header(d, DEEP.encode()),
    "header with shapes of 1e200": lambda d: write_header(d, tensor([1e200])),
    "header with shapes of NaN": lambda d: write_header(d, tensor([float("nan")])),
    "header with shapes of infinity": lambda d: write_header(d, tensor([float("inf")])),
    "header with negative shapes": lambda d: write_header(d, tensor([-5, -5])),
    "header with shapes that are no list": lambda d: write_header(d, tensor("25")),
    "header with shapes beyond the file": lambda d: write_header(d, tensor([10**12, 10**12])),
    "header with odd offsets": lambda d: write_header(d, tensor([25], data_offsets=[90, "100"])),
    "header of a list": lambda d: write_header(d, [1, 2]),
    "weights that are a pipe": lambda d: (
        (d / "model.safetensors").unlink(),
        os.mkfifo(d / "model.safetensors"),
    ),
    "weights that are a folder": lambda d: (
        (d / "model.safetensors").unlink(),
        (d / "model.safetensors").mkdir(),
    ),
    "an index of brackets": lambda d: (
        (d / "model.safetensors").unlink(),
        (d / "model.safetensors.index.json").write_text(DEEP),
    ),
    "an index of numbers": lambda d: (
        (d / "model.safetensors").unlink(),
        (d / "model.safetensors.index.json").write_text('{"weight_map": {"a": 1, "b": ["x"]}}'),
    ),
}


@pytest.mark.parametrize("damage", IN_THE_LIST)
def test_what_headers_tell_is_said_in_the_list(folder, damage):
    IN_THE_LIST[damage](folder)
    entry = listed()
    assert entry.problem.endswith(".")
    assert "broken" in entry.problem
    assert entry.problem in caption(entry)
    refused(folder, "damaged|incomplete")


def without_a_word(tokenizer):
    return {**tokenizer["model"], "vocab": {**tokenizer["model"]["vocab"], "far": 10**9}}


WHEN_LOADED = {
    "heads that do not divide": (lambda d: change(d, n_head=7), "no gpt2 model can be made"),
    "no heads": (lambda d: change(d, n_head=0), "no gpt2 model can be made"),
    "layers in words": (lambda d: change(d, n_layer="2"), "values that no gpt2 model has"),
    "another width": (lambda d: change(d, n_embd=64), "is 96, the config says 192"),
    "a vocabulary without end": (
        lambda d: change(d, vocab_size=10**12),
        "100 x 32, the config says 1000000000000",
    ),
    "an unknown activation": (lambda d: change(d, activation_function="evil"), "no gpt2 model can be made"),
    "an unknown precision": (lambda d: change(d, dtype="evil"), "values that no gpt2 model has"),
    "fewer layers": (lambda d: change(d, n_layer=2), "more layers than its config describes"),
    "NaN": (lambda d: change_weights(d, lambda w: {k: v * float("nan") for k, v in w.items()}), "no numbers"),
    "one infinity": (
        lambda d: change_weights(
            d, lambda w: {k: v.index_fill(0, torch.tensor([3]), float("-inf")) for k, v in w.items()}
        ),
        "no numbers",
    ),
    "numbers that overflow": (
        lambda d: change_weights(d, lambda w: {k: v * 1e35 for k, v in w.items()}),
        "trying it out",
    ),
    "no tokens": (lambda d: change(d, "tokenizer_config.json", model_max_length=-3), "takes -3 tokens"),
    "tokens in words": (lambda d: change(d, "tokenizer_config.json", model_max_length="x"), "tokenizer"),
    "settings of brackets": (
        lambda d: (d / "tokenizer_config.json").write_text(DEEP),
        "tokenizer_config.json",
    ),
    "a vocabulary of brackets": (lambda d: (d / "tokenizer.json").write_text(DEEP), "tokenizer"),
    "a vocabulary of gigabytes": (lambda d: os.truncate(d / "tokenizer.json", 3 * 10**9), "tokenizer.json"),
    "a vocabulary that is a pipe": (lambda d: os.mkfifo(d / "merges.txt"), "merges.txt"),
    "generation of brackets": (
        lambda d: (d / "generation_config.json").write_text(DEEP),
        "generation_config.json",
    ),
    "a token far away": (
        lambda d: change_tokenizer(d, model=without_a_word(json.loads((d / "tokenizer.json").read_text()))),
        "does not belong to its weights",
    ),
}


@pytest.mark.parametrize("damage", WHEN_LOADED)
def test_what_only_loading_tells_is_a_sentence(folder, damage):
    make, says = WHEN_LOADED[damage]
    make(folder)
    refused(folder, says)


@pytest.mark.parametrize(
    "settings",
    [{"num_beams": "x"}, {"num_beams": 10**9}, {"decoder_start_token_id": 10**9}, {"eos_token_id": "a"}],
)
def test_settings_by_which_nothing_can_be_translated_are_a_sentence(translator, settings):
    change(translator, "generation_config.json", **settings)
    refused(translator, "trying it out failed")


def test_what_is_damaged_is_refused_while_another_model_loads(folder):
    change(folder, vocab_size=10**6)
    lender = ModelStore(10**9)
    with lender._load_turn, pytest.raises(ModelUnavailableError), lender.using("broken"):
        pass


def test_what_is_damaged_is_never_built(folder, monkeypatch):
    monkeypatch.setattr("attribution.models.loading._model", lambda *_: pytest.fail("it was built"))
    monkeypatch.setattr(store_module, "load", lambda *_, **__: pytest.fail("it was loaded"))
    change(folder, n_layer=1000)
    with pytest.raises(ModelUnavailableError, match="describes 1000 layers and its weights hold 3"):
        lend("broken")


def test_links_in_a_circle_and_odd_names_leave_the_list_whole(folder, tmp_path):
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "up").symlink_to(tmp_path)
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe")).mkdir()
    shutil.copy(folder / "config.json", os.fsencode(tmp_path) + b"/\xff\xfe/config.json")
    assert listed().problem == ""
    for spec in ("circle", str(tmp_path / "circle"), None, 3):
        with pytest.raises(AttributionError):
            find(spec, allow_any_path=True)


# --------------------------------------------------------------------------------------- tokenizers that fail


def backtracking(folder):
    pattern = {"type": "Split", "pattern": {"Regex": "(a+)+b"}, "behavior": "Isolated", "invert": False}
    change_tokenizer(folder, pre_tokenizer=pattern)


def test_a_panic_of_the_tokenizer_on_a_text_is_a_sentence_and_other_texts_go_on(folder):
    backtracking(folder)
    loaded = load(str(folder), device="cpu")
    for texts in (("a" * 40,), ("the", "a" * 40), ("the", "", "a" * 40)):
        with pytest.raises(TextError, match="gives up on this text"):
            explain_next_word(loaded, *texts)
    with pytest.raises(TextError, match="cannot spell"):
        explain_next_word(loaded, "the winter", "nothing known")


def test_a_panic_of_the_tokenizer_while_it_is_loaded_is_a_sentence(folder, monkeypatch):
    class PanicException(BaseException):
        pass

    def panic(*_, **__):
        raise PanicException("called `Option::unwrap()` on a `None` value")

    monkeypatch.setattr("attribution.models.loading.AutoTokenizer.from_pretrained", panic)
    refused(folder, "tokenizer of broken cannot be read")


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, MemoryError])
def test_an_interruption_is_no_failure_of_the_tokenizer(folder, monkeypatch, stop):
    loaded = load(str(folder), device="cpu")

    def stopped(*_, **__):
        raise stop

    monkeypatch.setattr(type(loaded.tokenizer), "__call__", stopped)
    with pytest.raises(stop):
        explain_next_word(loaded, "the winter")


def test_a_translator_whose_texts_never_end_is_a_sentence(translator):
    loaded = load(str(translator), device="cpu")
    loaded.tokenizer.eos_token = None
    with pytest.raises(AttributionError, match=r"no token that ends a translation|gives up"):
        explain_translation(loaded, "the winter", "the winter")


# ------------------------------------------------------------------------------------------- at random

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 200),
    st.integers(),
    st.floats(),
    st.sampled_from([10**30, 1e200, -1, 0, "gpt2", "t5", "", "\ud800", "x" * 3000, "float16"]),
    st.text(max_size=10),
)
VALUES = st.recursive(
    ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
CONFIG = json.loads((FIXTURES / "gpt2-tiny" / "config.json").read_text())
NAMES = [
    *CONFIG,
    "num_labels",
    "is_encoder_decoder",
    "torch_dtype",
    "quantization_config",
    "rope_scaling",
    "auto_map",
]
RANDOM = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)


def whole_or_a_sentence(folder):
    """The list has every model, and loading gives one that works, or a sentence."""
    assert "whole" in {entry.id for entry in on_this_machine()}
    sentence = ""
    try:
        loaded = load(str(folder), device="cpu")
        if loaded.info.kind == "decoder":
            result = explain_next_word(loaded, "the winter")
            assert result.relative_gap < result.tolerance
    except AttributionError as error:
        sentence = str(error)
    assert len(sentence.encode()) < 400


@RANDOM
@given(st.dictionaries(st.sampled_from(NAMES), VALUES, min_size=1, max_size=3))
def test_any_config_gives_a_model_or_a_sentence(folder, values):
    (folder / "config.json").write_text(json.dumps({**CONFIG, **values}))
    whole_or_a_sentence(folder)


@RANDOM
@given(st.one_of(st.binary(max_size=200), st.text(max_size=100).map(lambda t: t.encode("utf-8", "replace"))))
def test_any_bytes_as_config_are_a_sentence(folder, data):
    (folder / "config.json").write_bytes(data)
    whole_or_a_sentence(folder)


@RANDOM
@given(
    st.dictionaries(
        st.text(max_size=8),
        VALUES
        | st.fixed_dictionaries({"dtype": ODD | st.just("F32"), "shape": VALUES, "data_offsets": VALUES}),
        max_size=3,
    )
)
def test_any_header_is_a_sentence(folder, header):
    try:
        write_header(folder, header)
    except ValueError:
        return
    whole_or_a_sentence(folder)


@RANDOM
@given(
    st.dictionaries(
        st.sampled_from(
            ["model_max_length", "tokenizer_class", "eos_token", "unk_token", "auto_map", "pad_token"]
        ),
        VALUES,
        max_size=2,
    )
)
def test_any_settings_of_a_tokenizer_give_a_model_or_a_sentence(folder, values):
    (folder / "tokenizer_config.json").write_text(
        json.dumps({**json.loads((FIXTURES / "gpt2-tiny" / "tokenizer_config.json").read_text()), **values})
    )
    whole_or_a_sentence(folder)


def gguf_text(text):
    return struct.pack("<Q", len(text)) + text


PAIR = st.tuples(
    st.sampled_from([b"general.architecture", b"gpt2.block_count", b"x"]),
    st.integers(0, 15),
    st.binary(max_size=40),
).map(lambda p: gguf_text(p[0]) + struct.pack("<I", p[1]) + p[2])
TENSOR = st.tuples(
    st.sampled_from([b"token_embd.weight", b"blk.0.attn_q.weight", b"\xff"]),
    st.lists(st.integers(0, 2**64 - 1), max_size=5),
    st.integers(0, 2**64 - 1),
).map(lambda t: gguf_text(t[0]) + struct.pack(f"<I{len(t[1])}QIQ", len(t[1]), *t[1], 0, t[2]))


@RANDOM
@given(
    st.lists(PAIR, max_size=3),
    st.lists(TENSOR, max_size=3),
    st.integers(0, 2**64 - 1),
    st.integers(0, 2**64 - 1),
    st.booleans(),
)
def test_any_gguf_header_is_a_sentence(folder, pairs, tensors, many, more, honest):
    counts = (len(tensors), len(pairs)) if honest else (many, more)
    data = b"GGUF" + struct.pack("<IQQ", 3, *counts) + b"".join(pairs) + b"".join(tensors) + bytes(64)
    file = folder.parent / "random.gguf"
    file.write_bytes(data)
    whole_or_a_sentence(file)
