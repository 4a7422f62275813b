"""Speed of held still and GIM in forwards of the same model, printed as a markdown table.

    python benchmarks/held_still.py [--rounds 7] [--tokens 10 64 256]

A GPT-2 with random weights of the published size (124 million), one thread; "forward" is that of the whole
model with the logits of the last position alone, "full" that with the logits of every position. All run by
turns in one process; the figures are medians of CPU time.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

import torch
from transformers import GPT2Config, GPT2LMHeadModel

sys.path.insert(0, str(Path(__file__).parents[1]))

from attribution.methods.frozen import held_still
from attribution.methods.gim import gim
from attribution.methods.problem import Problem
from attribution.methods.saliency import CHUNK_FLOATS


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--tokens", type=int, nargs="+", default=[10, 64, 256])
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model = GPT2LMHeadModel._from_config(GPT2Config(), attn_implementation="eager").eval()
    print("| tokens | forward, s | full, s | held still, s | / forward | / full | GIM / forward |")
    print("|---|---|---|---|---|---|---|")
    for tokens in options.tokens:
        ids = torch.randint(0, 50000, (tokens,)).tolist()

        def forward(keep: int, ids: list[int] = ids) -> None:
            with torch.no_grad():
                model(torch.tensor([ids]), use_cache=False, logits_to_keep=keep)

        def problem(ids: list[int] = ids) -> Problem:
            where = [len(ids) - 1]
            return Problem(model, None, ids, where, [5], [9], "contrast_logits_diff", CHUNK_FLOATS, None)

        programs = {
            "forward": lambda: forward(1),
            "full": lambda: forward(0),
            "held still": lambda: held_still(problem()),
            "gim": lambda: gim(problem()),
        }
        spent: dict[str, list[float]] = {name: [] for name in programs}
        for round_ in range(options.rounds + 1):
            for name, program in programs.items():
                begin = time.process_time()
                program()
                if round_:  # the first is for warming up
                    spent[name].append(time.process_time() - begin)
        t = {name: statistics.median(s) for name, s in spent.items()}
        print(
            f"| {tokens} | {t['forward']:.3f} | {t['full']:.3f} | {t['held still']:.3f} "
            f"| **{t['held still'] / t['forward']:.2f}** | {t['held still'] / t['full']:.2f} "
            f"| {t['gim'] / t['forward']:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
