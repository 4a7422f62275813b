"""The bundled English model loads from local files and knows what its card says it knows."""

import json
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / "demo_models" / "english-lm"
PAIRS = json.loads((HERE / "english_lm_pairs.json").read_text(encoding="utf-8"))
BAR = {
    "indirect object, held-out names": 0.90,  # 0.950 of all 200 pairs
    "indirect object, unseen names": 0.80,
    "agreement, held-out nouns": 0.95,
    "agreement, unseen nouns": 0.90,
    "gender, held-out people": 0.95,
    "season, held-out pairs": 0.95,
    "capital": 0.95,
    "opposite": 0.95,
}
"""The least share of right pairs in each group of the sample."""


@pytest.fixture(scope="module")
def model():
    return AutoModelForCausalLM.from_pretrained(FOLDER, local_files_only=True, dtype=torch.float32).eval()


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(FOLDER, local_files_only=True)


@torch.no_grad()
def log_probability(model, tokenizer, prompt, continuation):
    """ln P(all tokens of the continuation | prompt)."""
    start = len(tokenizer(prompt).input_ids)
    ids = torch.tensor([tokenizer(f"{prompt} {continuation}").input_ids])
    log_p = model(ids).logits[0].log_softmax(-1)
    return sum(log_p[i - 1, ids[0, i]].item() for i in range(start, ids.shape[1]))


@torch.no_grad()
def next_word(model, tokenizer, prompt):
    logits = model(torch.tensor([tokenizer(prompt).input_ids])).logits[0, -1]
    return tokenizer.decode([int(logits.argmax())]).strip()


def is_right(model, tokenizer, pair):
    target = log_probability(model, tokenizer, pair["prompt"], pair["target"])
    return target > log_probability(model, tokenizer, pair["prompt"], pair["foil"])


@pytest.mark.parametrize("group", BAR)
def test_held_out_pairs_meet_the_bar(model, tokenizer, group):
    rows = [pair for pair in PAIRS if pair["group"] == group]
    wrong = [pair["prompt"] for pair in rows if not is_right(model, tokenizer, pair)]
    assert len(rows) >= 20
    assert 1 - len(wrong) / len(rows) >= BAR[group], wrong


def test_exchanged_pairs_fail(model, tokenizer):
    """The measure is no formality: with target and foil exchanged, hardly a pair is right."""
    exchanged = [pair | {"target": pair["foil"], "foil": pair["target"]} for pair in PAIRS[::8]]
    assert sum(is_right(model, tokenizer, pair) for pair in exchanged) / len(exchanged) < 0.2


@pytest.mark.parametrize(
    ("prompt", "word", "foil"),
    [
        ("This summer, unlike the previous winter, is being extremely", "hot", "cold"),
        ("Mary and John went to the park. Mary gave a book to", "John", "Mary"),
        ("The keys on the table", "are", "is"),
        ("The capital of France is", "Paris", "Madrid"),
        ("The opposite of hot is", "cold", "dark"),
        ("The actress said that", "she", "he"),
    ],
)
def test_the_word_is_more_probable_than_its_foil(model, tokenizer, prompt, word, foil):
    assert is_right(model, tokenizer, {"prompt": prompt, "target": word, "foil": foil})
    assert len(tokenizer(" " + word).input_ids) == 1


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("After dinner, they washed the", {"dishes", "plates"}),
        ("In the morning I drink a cup of", {"coffee", "tea"}),
        ("She was very tired because she", {"had", "was"}),
        ("He wants to be a teacher when he", {"grows", "is"}),
    ],
)
def test_everyday_sentences_go_on_sensibly(model, tokenizer, prompt, words):
    assert next_word(model, tokenizer, prompt) in words


def test_half_precision_weights_are_loaded_as_float32(model):
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    assert sum(parameter.numel() for parameter in model.parameters()) == 6_890_240


def test_a_word_has_the_same_tokens_at_the_start_and_inside(tokenizer):
    assert tokenizer("Mary").input_ids == tokenizer("John and Mary").input_ids[-1:]
    assert tokenizer.decode(tokenizer("The keys are here.").input_ids).strip() == "The keys are here."


def test_files_are_small_and_named_plainly():
    sizes = {path.name: path.stat().st_size for path in FOLDER.iterdir()}
    assert max(sizes.values()) < 20_000_000
    settings = json.loads((FOLDER / "tokenizer_config.json").read_text(encoding="utf-8"))
    assert settings["tokenizer_class"] == "PreTrainedTokenizerFast"
