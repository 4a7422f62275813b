"""What ALTI-Logit costs, against a plain forward pass of the same model: time and memory.

    python benchmarks/alti_logit.py                      # GPT-2 small's shape, random weights, no download
    python benchmarks/alti_logit.py --model FOLDER       # a local model folder, or a .gguf file

Time: CPU seconds of this process, the three kinds interleaved; ratios are medians of the repeats' ratios, and
only they mean anything on a shared machine. "last" is a forward pass that unembeds the last position only
(`logits_to_keep=1`), the least that an explanation of the next word needs. Memory: the peak resident size of
a process that loads the model and runs one kind, the model included; and what the run added to the model.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
sys.path.insert(0, str(Path(__file__).parents[1]))

import torch
from transformers import AutoModelForCausalLM, GPT2Config

from attribution.methods.alti_logit import alti_logit
from attribution.models.anatomy import decoder_anatomy

KINDS = ("forward", "last", "alti")


def build(model: str):
    torch.manual_seed(0)
    if not model:
        return AutoModelForCausalLM.from_config(GPT2Config(), attn_implementation="eager").eval()
    path = Path(model)
    where = {"gguf_file": path.name} if path.suffix == ".gguf" else {}
    folder = path.parent if where else path
    return AutoModelForCausalLM.from_pretrained(
        folder, attn_implementation="eager", dtype=torch.float32, **where
    ).eval()


def runs(model, tokens: int) -> dict[str, Callable[[], object]]:
    ids = torch.randint(5, model.config.vocab_size, (tokens,), generator=torch.Generator().manual_seed(1))
    anatomy = decoder_anatomy(model)

    def forward(**settings):
        with torch.inference_mode():
            return model(ids[None], use_cache=False, **settings)

    return {
        "forward": forward,
        "last": lambda: forward(logits_to_keep=1),
        "alti": lambda: alti_logit(model, anatomy, ids, [10, 20]),
    }


def measure_time(model, tokens: int, repeats: int) -> dict[str, list[float]]:
    """Kind -> CPU seconds of every repeat."""
    kinds = runs(model, tokens)
    for run in kinds.values():
        run()
    seconds: dict[str, list[float]] = {kind: [] for kind in kinds}
    for repeat in range(repeats):
        for place in range(len(KINDS)):
            kind = KINDS[(repeat + place) % len(KINDS)]
            start = time.process_time()
            kinds[kind]()
            seconds[kind].append(time.process_time() - start)
    return seconds


def median_ratio(seconds: list[float], others: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(seconds, others, strict=True))


def resident() -> float:
    """Megabytes of this process that are in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def peak_of_child(args: argparse.Namespace, tokens: int, kind: str) -> tuple[float, float]:
    """Peak megabytes of a fresh process that runs one kind, and how much of it the run added."""
    command = [sys.executable, __file__, "--model", args.model, "--threads", str(args.threads)]
    command += ["--tokens", str(tokens), "--memory-of", kind]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(output[-2]), float(output[-1])


def print_memory(args: argparse.Namespace) -> None:
    """The child's side: samples the resident size while one kind runs after a warm-up on one token."""
    model = build(args.model)
    for run in runs(model, 1).values():
        run()
    before, peak, done = resident(), resident(), threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.is_set():
            peak = max(peak, resident())
            time.sleep(0.0005)

    watcher = threading.Thread(target=watch)
    watcher.start()
    run = runs(model, args.tokens[0])[args.memory_of]
    for _ in range(3):
        run()
    done.set()
    watcher.join()
    print(peak, peak - before)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="", help="a local folder or .gguf file; else GPT-2 small's shape")
    parser.add_argument("--tokens", type=int, nargs="+", default=[10, 64, 256])
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--no-memory", action="store_true")
    parser.add_argument("--memory-of", choices=KINDS, help=argparse.SUPPRESS)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    if args.memory_of:
        print_memory(args)
        return
    model = build(args.model)
    name = args.model or "GPT-2 small, random weights"
    print(f"{name}, {args.threads} thread(s), {args.repeats} repeats\n")
    print(
        "| tokens | ms | time / forward | time / last | MB | MB / forward | MB / last | MB added (of them) |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for tokens in args.tokens:
        seconds = measure_time(model, tokens, args.repeats)
        row = [f"{tokens}", f"{statistics.median(seconds['alti']) * 1000:.0f}"]
        row += [f"{median_ratio(seconds['alti'], seconds[kind]):.2f}" for kind in ("forward", "last")]
        if not args.no_memory:
            peaks = {kind: peak_of_child(args, tokens, kind) for kind in KINDS}
            row.append(f"{peaks['alti'][0]:.0f}")
            row += [f"{peaks['alti'][0] / peaks[kind][0]:.2f}" for kind in ("forward", "last")]
            row.append(", ".join(f"{kind} {peaks[kind][1]:.0f}" for kind in KINDS))
        print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
