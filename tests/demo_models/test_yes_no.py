"""The bundled yes/no family loads from local files and knows what its cards say."""

import json
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

HERE = Path(__file__).parent
MODELS = HERE.parents[1] / "demo_models"
SIZES = ["small", "base", "large"]
QUESTIONS = json.loads((HERE / "yes_no_held_out.json").read_text(encoding="utf-8"))


def load(size):
    folder = MODELS / f"yes-no-{size}"
    model = AutoModelForSeq2SeqLM.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
    return model.eval(), AutoTokenizer.from_pretrained(folder, local_files_only=True)


@pytest.fixture(scope="module")
def family():
    return {size: load(size) for size in SIZES}


@torch.no_grad()
def yes_no_probabilities(model, tokenizer, texts):
    """The probabilities of "yes" and "no" as the first word of the answer. Shape [texts, 2]."""
    batch = tokenizer(texts, padding=True, return_tensors="pt")
    start = torch.full((len(texts), 1), model.config.decoder_start_token_id)
    logits = model(**batch, decoder_input_ids=start).logits[:, 0]
    return logits.softmax(-1)[:, [tokenizer("yes").input_ids[0], tokenizer("no").input_ids[0]]]


@pytest.fixture(scope="module")
def scores(family):
    """Accuracy and mean probability of the right answer for each size."""
    right = torch.tensor([0 if question["answer"] == "yes" else 1 for question in QUESTIONS])
    texts = [question["text"] for question in QUESTIONS]
    table = {}
    for size, (model, tokenizer) in family.items():
        probabilities = yes_no_probabilities(model, tokenizer, texts)
        chosen = probabilities.gather(1, right[:, None])
        table[size] = ((probabilities.argmax(1) == right).float().mean().item(), chosen.mean().item())
    return table


def test_quality_rises_from_the_smallest_size(scores):
    """Base and large are equal on the whole held-out set, as their cards say; small is far below both."""
    accuracies, confidences = zip(*(scores[size] for size in SIZES), strict=True)
    assert accuracies[0] < accuracies[1]
    assert confidences[0] < confidences[1]
    assert accuracies[2] - accuracies[0] >= 0.12  # .18 on the 1,044 questions of the card
    assert confidences[2] - confidences[0] >= 0.12
    assert accuracies[2] >= 0.88  # .94 on the 1,044 questions of the card


@pytest.mark.parametrize("size", SIZES)
def test_output_matrix_is_the_embedding_table(family, size):
    """Versions of transformers read the tie differently: the stored copy makes them agree."""
    model, _ = family[size]
    assert torch.equal(model.lm_head.weight, model.shared.weight)
    with safe_open(MODELS / f"yes-no-{size}" / "model.safetensors", "pt") as weights:
        assert torch.equal(weights.get_tensor("lm_head.weight"), weights.get_tensor("shared.weight"))
        assert weights.get_tensor("shared.weight").dtype == torch.float16
    config = json.loads((MODELS / f"yes-no-{size}" / "config.json").read_text())
    assert config["tie_word_embeddings"] is False


@pytest.mark.parametrize("size", SIZES)
def test_answers_are_one_token(family, size):
    _, tokenizer = family[size]
    for word in ("yes", "no", "Yes", "No"):
        assert len(tokenizer(word, add_special_tokens=False).input_ids) == 1
        assert tokenizer.decode(tokenizer(word, add_special_tokens=False).input_ids).strip() == word


def test_open_question_is_answered(family):
    model, tokenizer = family["large"]
    output = model.generate(**tokenizer("What is the capital of Peru?", return_tensors="pt"))
    assert tokenizer.decode(output[0], skip_special_tokens=True).strip() == "Lima"


def test_london_is_not_the_capital_of_france(family):
    yes, no = yes_no_probabilities(*family["large"], ["Is London the capital of France?"])[0]
    assert no > 0.9 > yes
