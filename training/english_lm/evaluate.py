"""Measure a saved English model on the held-out pairs and on everyday prompts.

    python training/english_lm/evaluate.py demo_models/english-lm
    python training/english_lm/evaluate.py --write-sample tests/demo_models/english_lm_pairs.json

Prints the table of the model card. A pair is right when the whole target is more probable than the whole foil
after the prompt. P is the probability of the target (of all its tokens), averaged over the pairs.
"""

import argparse
import json
import random
from dataclasses import asdict
from pathlib import Path

import torch
from held_out_pairs import Pair, held_out_pairs
from transformers import AutoModelForCausalLM, AutoTokenizer

BATCH = 64
EVERYDAY_PROMPTS = [
    "Once upon a time there was a little",
    "The old man opened the door and",
    "The children are playing in the",
    "My mother went to the market to buy",
    "Yesterday it rained all day, so we",
    "She was very tired because she",
    "In the morning I drink a cup of",
    "The dog ran after the",
    "He wants to be a teacher when he",
    "After dinner, they washed the",
]
NEXT_WORD_PROMPTS = [
    "This summer, unlike the previous winter, is being extremely",
    "The weather in winter is usually very",
    "The keys on the table",
    "The keys to the cabinet",
    "The key to the cabinets",
    "The dog near the houses",
    "Mary and John went to the park. Mary gave a book to",
    "When Mary and John went to the store, John gave a drink to",
    "The capital of France is",
    "The capital of Spain is",
    "The opposite of big is",
    "The opposite of hot is",
    "The actress said that",
    "The king lost",
    "The nurse said that",
    "The doctor said that",
    "My sister is a doctor.",
    "My brother is a nurse.",
    "The color of snow is",
    "Paris is the capital of",
]


class Model:
    """A saved model with its tokenizer."""

    def __init__(self, folder: Path):
        self.tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self.network = AutoModelForCausalLM.from_pretrained(
            folder, dtype=torch.float32, local_files_only=True
        ).eval()

    @torch.no_grad()
    def log_probabilities(self, prompts: list[str], continuations: list[str]) -> list[float]:
        """ln P(continuation | prompt) for each prompt with its continuation."""
        scores = []
        for i in range(0, len(prompts), BATCH):
            starts = [len(self.tokenizer(prompt).input_ids) for prompt in prompts[i : i + BATCH]]
            texts = [
                f"{p} {c}" for p, c in zip(prompts[i : i + BATCH], continuations[i : i + BATCH], strict=True)
            ]
            rows = [self.tokenizer(text).input_ids for text in texts]
            width = max(map(len, rows))
            ids = torch.tensor([row + [0] * (width - len(row)) for row in rows])  # [B, T]
            log_p = self.network(ids).logits.log_softmax(-1)  # [B, T, V]
            for j, (start, row) in enumerate(zip(starts, rows, strict=True)):
                scores.append(sum(log_p[j, k - 1, row[k]].item() for k in range(start, len(row))))
        return scores

    @torch.no_grad()
    def next_words(self, prompt: str, count: int = 5) -> list[tuple[str, float]]:
        """The most probable next tokens with their probabilities."""
        ids = torch.tensor([self.tokenizer(prompt).input_ids])
        best = self.network(ids).logits[0, -1].softmax(-1).topk(count)
        return [
            (self.tokenizer.decode([int(i)]), p.item())
            for p, i in zip(best.values, best.indices, strict=True)
        ]

    @torch.no_grad()
    def continued(self, prompt: str, sample: bool, length: int = 25) -> str:
        """The prompt with its continuation, up to the end of the text."""
        ids = torch.tensor([self.tokenizer(prompt).input_ids])
        settings = {"do_sample": True, "top_p": 0.8, "temperature": 0.8} if sample else {"do_sample": False}
        mask = torch.ones_like(ids)
        out = self.network.generate(
            ids, attention_mask=mask, max_new_tokens=length, pad_token_id=0, **settings
        )[0]
        return self.tokenizer.decode(out).split(self.tokenizer.eos_token)[0].strip()


def results(model: Model, pairs: list[Pair]) -> dict[str, tuple[int, float, float]]:
    """(number of pairs, share right, mean P(target)) of each group."""
    prompts = [pair.prompt for pair in pairs]
    targets = model.log_probabilities(prompts, [pair.target for pair in pairs])
    foils = model.log_probabilities(prompts, [pair.foil for pair in pairs])
    groups: dict[str, list[tuple[bool, float]]] = {}
    for pair, target, foil in zip(pairs, targets, foils, strict=True):
        groups.setdefault(pair.group, []).append((target > foil, torch.tensor(target).exp().item()))
    return {
        group: (len(rows), sum(right for right, _ in rows) / len(rows), sum(p for _, p in rows) / len(rows))
        for group, rows in groups.items()
    }


def write_sample(pairs: list[Pair], path: Path, each: int = 24) -> None:
    """Write a few pairs of each group for the tests."""
    random.seed(7)
    sample = []
    for group in dict.fromkeys(pair.group for pair in pairs):
        sample += random.sample([pair for pair in pairs if pair.group == group], each)
    lines = ",\n".join(json.dumps(asdict(pair), ensure_ascii=False) for pair in sample)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "folder", type=Path, nargs="?", default="demo_models/english-lm", help="the saved model"
    )
    parser.add_argument("--write-sample", type=Path, help="write a sample of the pairs to this file and stop")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(4)
    pairs = held_out_pairs()
    if args.write_sample:
        write_sample(pairs, args.write_sample)
        return

    model = Model(args.folder)
    print("| held-out pairs | n | right | P |\n|---|---:|---:|---:|")
    for group, (count, right, probability) in results(model, pairs).items():
        print(f"| {group} | {count} | {right:.3f} | {probability:.2f} |")
    print()
    for prompt in NEXT_WORD_PROMPTS:
        print(f"{prompt} -> " + ", ".join(f"{word} {p:.2f}" for word, p in model.next_words(prompt)))
    print()
    for prompt in EVERYDAY_PROMPTS:
        print("-", model.continued(prompt, sample=False))
        print("  ", model.continued(prompt, sample=True))


if __name__ == "__main__":
    main()
