"""Which method to start a page with? Methods of Translation and Model sizes, measured by leaving words out.

    python benchmarks/page_methods.py --results results.jsonl [--pairs N] [--threads 1]

Translation: N held-out sentences, the bundled translator's own translation, of each the two steps that are
the first pieces of words and lie at a third and two thirds of it. What is measured is the log-probability of
the step's token while words of the source and of the target before are left out. Model sizes: N held-out
questions to each bundled yes/no model; measured is the logit of the right answer minus that of the other.
"gap" and "LDS": see attribution/methods/faithfulness.py. "sign": of the words that move the measured number
by a tenth of what the strongest word does (and by 0.1 at least), the share to which the method gives the sign
that leaving the word out has. Intervals: 95 %, bootstrap.

Texts are added to the results file one by one and never computed twice: stop and start at will, raise --pairs
later. Without --pairs only the tables are printed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import torch

from attribution.methods.faithfulness import erasure_values, lds, removal_curves
from attribution.methods.frozen import held_still
from attribution.methods.gim import gim
from attribution.methods.problem import Problem
from attribution.methods.removal import WordRemoval
from attribution.methods.saliency import CHUNK_FLOATS, seq2seq_saliency
from attribution.models import tokens
from attribution.models.loading import LoadedModel, load
from attribution.service.inputs import plain_ids, replacement_id
from attribution.service.languages import decoder_start
from attribution.service.translation import explain_translation
from attribution.types import TokenizedText

HELD_OUT = Path(__file__).parents[1] / "tests" / "demo_models"
TRANSLATOR, SIZES = "english-spanish", ("yes-no-small", "yes-no-base", "yes-no-large")
DRAWS = 2000
METHODS = {
    "left out, of what is measured": ("n", "left out", ""),
    "erasure of the logit": ("n", "erasure", "logit"),
    "erasure of the log-probability": ("n", "erasure", "log_probability"),
    "erasure of the probability": ("n", "erasure", "probability"),
    "integrated gradients of the logit": ("50 + 50", "integrated_gradients", "logit"),
    "integrated gradients of the log-probability": ("50 + 50", "integrated_gradients", "log_probability"),
    "integrated gradients of the probability": ("50 + 50", "integrated_gradients", "probability"),
    "held still (logit)": ("1 + 1", "held still", "logit"),
    "GIM of the logit": ("1 + 1", "gim", "logit"),
    "input x gradient of the logit": ("1 + 1", "input_x_gradient", "logit"),
    "input x gradient of the log-probability": ("1 + 1", "input_x_gradient", "log_probability"),
    "input x gradient of the probability": ("1 + 1", "input_x_gradient", "probability"),
    "gradient norm of the probability": ("1 + 1", "saliency", "probability"),
    "cross-attention": ("1", "cross_attention", "probability"),
    "random": ("-", "random", ""),
}
"""By name: passes through the model (forward + backward), the method, and of what; with a foil of
the difference."""
CONTRASTS = {
    "logit": "contrast_logits_diff",
    "log_probability": "",
    "probability": "contrast_prob_diff",
}


@dataclass
class Text:
    """One text as a model sees it: what it reads and writes, and the steps looked at."""

    loaded: LoadedModel
    source: TokenizedText
    prefix: TokenizedText
    ids: tuple[int, ...]
    foils: tuple[int, ...] | None
    first: int
    steps: list[int]

    def problem(self, attributed: str) -> Problem:
        """Of all steps."""
        where = range(self.first, len(self.prefix))
        return Problem(
            self.loaded.model, self.source.ids, self.prefix.ids, where, self.ids, self.foils, attributed,
            CHUNK_FLOATS, None,
        )  # fmt: skip

    def words(self, step: int) -> list[list[int]]:
        """The columns of the words that a step sees, those of the source first; without special tokens."""
        s, end = len(self.source), self.first + step + 1
        before = [[s + c for c in w.tokens if c < end] for w in self.prefix.words if not w.special]
        source = [list(w.tokens) for w in self.source.words if w.tokens and not w.special]
        return source + [w for w in before if w]

    def of(self, what: str) -> str:
        return CONTRASTS[what] if self.foils else what

    def scores(self, method: str, what: str) -> np.ndarray | None:
        """[T, S + P] of the tokens; None where the method is not for this text."""
        attributed = self.of(what)
        if not attributed or (method == "cross_attention" and self.foils):
            return None
        if method in ("held still", "gim"):
            problem = self.problem(attributed)
            (held_still if method == "held still" else gim)(problem)
            return np.concatenate([problem.source[1], problem.prefix[1]], 1)
        tokenizer = self.loaded.tokenizer
        found = seq2seq_saliency(
            self.loaded.model, self.source.ids, self.prefix.ids, self.ids, first_step=self.first,
            foil_ids=self.foils, method=method, attributed=attributed,
            replacement_id=replacement_id(tokenizer), kept_ids=tokenizer.all_special_ids,
        )  # fmt: skip
        kind = "magnitude" if method in ("saliency", "cross_attention") else "signed"
        return np.concatenate([getattr(found, f"source_{kind}"), getattr(found, f"prefix_{kind}")], 1)


def translated(loaded: LoadedModel, row: dict[str, Any]) -> Text:
    """The model's own translation of a held-out sentence."""
    own = explain_translation(loaded, row["english"], method="cross_attention")
    starts = [w.tokens[0] for w in own.target.words if w.tokens and not w.special]
    steps = sorted({starts[len(starts) // 3], starts[2 * len(starts) // 3]})
    first = len(own.prefix) - len(own.target)
    return Text(loaded, own.source, own.prefix, own.target.ids, None, first, steps)


def answered(loaded: LoadedModel, row: dict[str, Any]) -> Text:
    """The right answer against the wrong one."""
    source, start = tokens.tokenize(loaded.tokenizer, row["text"]), decoder_start(loaded, None)
    right, wrong = (
        plain_ids(loaded.tokenizer, word, target=True)[:1]
        for word in (("yes", "no") if row["answer"] == "yes" else ("no", "yes"))
    )
    return Text(loaded, source, tokens.from_ids(loaded.tokenizer, start), right, wrong, len(start) - 1, [0])


def measure(text: Text) -> dict[str, list[dict[str, float]]]:
    """Every method's figures at each step."""
    figures: dict[str, list[dict[str, float]]] = {}
    measured = "contrast_logits_diff" if text.foils else "log_probability"
    f = {step: WordRemoval(text.problem(measured), step, text.words(step)) for step in text.steps}
    effects = {step: erasure_values(f[step], len(text.words(step))) for step in text.steps}
    for name, (_, method, what) in METHODS.items():
        begin = time.process_time()
        scores = None if method in ("left out", "random") else text.scores(method, what)
        spent = time.process_time() - begin
        for step in text.steps:
            words, effect = text.words(step), effects[step]
            if method == "left out":
                values = effect
            elif method == "random":
                values = np.random.default_rng([step, *text.source.ids]).normal(size=len(words))
            elif scores is None:
                continue
            else:
                values = np.array([np.nan_to_num(scores[step, columns]).sum() for columns in words])
            moving = np.abs(effect) >= max(0.1, 0.1 * float(np.abs(effect).max()))
            signs = (np.sign(values) == np.sign(effect))[moving]
            figures.setdefault(name, []).append(
                {
                    "gap": removal_curves(values, f[step]).gap,
                    "LDS": lds(values, f[step], rankings=1).value,
                    "sign": float(signs.mean()) if signs.size else float("nan"),
                    "time": spent,
                }
            )
    return figures


def rows(model: str) -> list[dict[str, Any]]:
    """The held-out texts, so ordered that their kinds take turns."""
    if model == TRANSLATOR:
        kinds = list(json.loads((HELD_OUT / "english_spanish_held_out.json").read_text("utf-8")).values())
    else:
        by_task: dict[str, list[Any]] = {}
        for row in json.loads((HELD_OUT / "yes_no_held_out.json").read_text("utf-8")):
            by_task.setdefault(row["task"], []).append(row)
        kinds = list(by_task.values())
    longest = max(map(len, kinds))
    return [kind[i] for i in range(longest) for kind in kinds if i < len(kind)]


def run(model: str, count: int, results: Path) -> None:
    """Adds what is missing of the first texts to the results file."""
    known = {(row["model"], row["text"]) for row in read(results)}
    loaded = load(model, device="cpu")
    with results.open("a", encoding="utf-8") as file:
        for done, row in enumerate(rows(model)[:count], 1):
            name = row.get("english") or row["text"]
            if (model, name) in known:
                continue
            text = (translated if model == TRANSLATOR else answered)(loaded, row)
            with loaded.lock:
                figures = measure(text)
            file.write(json.dumps({"model": model, "text": name, "methods": figures}) + "\n")
            file.flush()
            print(f"\r{model}: {done}/{count}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def read(results: Path) -> Iterator[dict[str, Any]]:
    if results.exists():
        yield from map(json.loads, results.read_text("utf-8").splitlines())


def interval(values: list[float]) -> str:
    """Mean and 95 % bootstrap interval."""
    numbers = np.array([v for v in values if np.isfinite(v)])
    if not len(numbers):
        return "-"
    means = np.random.default_rng(0).choice(numbers, (DRAWS, len(numbers))).mean(1)
    low, high = np.quantile(means, [0.025, 0.975])
    return f"{numbers.mean():.2f} [{low:.2f}, {high:.2f}]"


def table(found: list[dict[str, Any]], models: tuple[str, ...]) -> str:
    mine = [row for row in found if row["model"] in models]
    lines = [
        f"{', '.join(models)}: {len({row['text'] for row in mine})} texts",
        "",
        "| method | passes | gap | LDS | sign | time, s |",
        "|---|---|---|---|---|---|",
    ]
    for name, (passes, method, _) in METHODS.items():
        figures = [f for row in mine for f in row["methods"].get(name, [])]
        if figures:
            cells = [interval([f[column] for f in figures]) for column in ("gap", "LDS", "sign")]
            cells[2] = "-" if method in ("saliency", "cross_attention") else cells[2]
            cells.append(f"{np.median([f['time'] for f in figures]):.3f}")
            lines.append(f"| {name} | {passes} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--pairs", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    for model in (TRANSLATOR, *SIZES) if options.pairs else ():
        run(model, options.pairs, options.results)
    found = list(read(options.results))
    for models in ((TRANSLATOR,), *((size,) for size in SIZES), SIZES):
        print(table(found, models) + "\n", flush=True)


if __name__ == "__main__":
    main()
