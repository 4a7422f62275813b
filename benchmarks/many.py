"""How fast many sentences go: together and alone, by one and two workers, beside a plain loop; memory.

    python benchmarks/many.py [--rows 192] [--seconds 20] [--only together workers overhead memory]

"together": sentences a second of one thread's processor time, one at a time and 16 at once, for the bundled
English model and one of GPT-2 small's size (random weights), on sentences of about ten tokens of the bundled
set. "workers": records a second of the clock from the first finished shard to the last. "overhead": the
same work by a plain loop and by a run here with the same model. "memory": what reading, cutting up,
writing and reading again of 1,000 to 100,000 sentences takes where computing them takes nothing.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ["PYTHONPATH"] = sys.path[0]

import numpy as np
import pandas as pd
import psutil
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from attribution.many import run, shards
from attribution.many.measures import Options, Record, Sentence, records
from attribution.many.run import Standing, run_set
from attribution.many.sets import COLUMNS, read_set, set_of
from attribution.many.shards import BLOCK
from attribution.methods.batched import BATCHED
from attribution.models.loading import LoadedModel, load
from attribution.types import ModelInfo

MODEL = "english-lm"
METHODS = ("alti_logit", "frozen")


def gpt2_small(like: LoadedModel) -> LoadedModel:
    """Random weights in GPT-2 small's shape; the tokens are the bundled model's."""
    torch.manual_seed(0)
    model = (
        GPT2LMHeadModel._from_config(GPT2Config(), attn_implementation="eager").eval().requires_grad_(False)
    )
    size = sum(p.numel() for p in model.parameters())
    info = ModelInfo("gpt2-small's size", "GPT-2 small's size", "decoder", "GPT-2", size)
    return LoadedModel(info, model, like.tokenizer, threading.RLock(), 1024)


def sentences(count: int) -> list[Sentence]:
    """Rows of the bundled set with about ten tokens, the shortest first."""
    rows = [
        Sentence(*row) for row in read_set("english-phenomena").rows[list(COLUMNS)].itertuples(index=False)
    ]
    rows = sorted((r for r in rows if 6 <= len(r.text.split()) <= 13), key=lambda r: len(r.text.split()))
    return (rows * (count // len(rows) + 1))[:count]


def blocks(rows: list[Sentence]) -> list[list[Sentence]]:
    return [rows[k : k + BLOCK] for k in range(0, len(rows), BLOCK)]


# ----------------------------------------------------------------------------------------------- measurements


def together(count: int) -> None:
    small = load(MODEL, device="cpu")
    print("| model | method | alone, sentences/s | together | ratio |\n|---|---|--:|--:|--:|")
    for loaded, rows in ((small, sentences(count)), (gpt2_small(small), sentences(max(BLOCK, count // 6)))):
        for method in BATCHED:
            spent: dict[bool, list[float]] = {False: [], True: []}
            for _ in range(3):
                for batch in (False, True):
                    begun = time.process_time()
                    for block in blocks(rows):
                        records(loaded, "next word", block, [method], Options(batch=batch))
                    spent[batch].append(time.process_time() - begun)
            alone, at_once = (len(rows) / float(np.median(spent[batch])) for batch in (False, True))
            name = loaded.info.name
            numbers = f"{alone:.1f} | {at_once:.1f} | {at_once / alone:.1f}"
            print(f"| {name} | {method} | {numbers} |", flush=True)


def many(count: int) -> pd.DataFrame:
    rows = sentences(count)
    frame = pd.DataFrame({"prefix": [r.text for r in rows], "target": [r.target for r in rows]})
    return frame.assign(foil=[r.foil for r in rows], evidence=[r.evidence for r in rows])


def pace(frame: pd.DataFrame, **options: object) -> float:
    """Records a second from the first finished shard on."""
    seen: list[tuple[float, int]] = []

    def tell(standing: Standing) -> None:
        if not seen or standing.done > seen[-1][1]:
            seen.append((time.monotonic(), standing.done))

    run_set(set_of(frame, "many"), [MODEL], METHODS, progress=tell, **options)  # type: ignore[arg-type]
    finished = [point for point in seen if point[1]]
    (begun, before), (ended, after) = finished[0], finished[-1]
    return (after - before) / max(1e-9, ended - begun)


def rows_for(seconds: float) -> int:
    """How many sentences take about so long."""
    loaded, rows = load(MODEL, device="cpu"), sentences(4 * BLOCK)
    records(loaded, "next word", rows[:BLOCK], METHODS, Options())
    begun = time.monotonic()
    for block in blocks(rows):
        records(loaded, "next word", block, METHODS, Options())
    return max(400, round(seconds / (time.monotonic() - begun) * len(rows)))


def workers(seconds: float) -> None:
    frame = many(rows_for(2 * seconds))
    one, two = (pace(frame, cluster="local", workers=n) for n in (1, 2))
    print(f"{len(frame):,} sentences, {len(METHODS)} methods: {one:.0f} records/s by one worker,", end=" ")
    print(f"{two:.0f} by two", end="")
    print(f" ({two / one:.2f} times); {psutil.cpu_count(logical=False)} real cores")


def overhead(seconds: float) -> None:
    frame = many(rows_for(seconds))
    loaded = load(MODEL, device="cpu")
    rows = [Sentence(*r) for r in set_of(frame, "many").rows[list(COLUMNS)].itertuples(index=False)]
    rows.sort(key=lambda r: (r.text.count(" "), len(r.text)))

    def loop() -> float:
        begun = time.process_time()
        for block in blocks(rows):
            records(loaded, "next word", block, METHODS, Options())
        return time.process_time() - begun

    def engine() -> float:
        begun = time.process_time()
        run_set(set_of(frame, "many"), [MODEL], METHODS, cluster="off", lend=lambda *_: nullcontext(loaded))
        return time.process_time() - begun

    found = [(loop(), engine()) for _ in range(3)]
    plain, whole = (float(np.median(column)) for column in zip(*found, strict=True))
    print(
        f"{len(rows):,} sentences, {len(METHODS)} methods: {plain:.1f} s of processor time by a plain loop,",
        end=" ",
    )
    print(
        f"{whole:.1f} s by a run here with planning, writing and reading ({100 * (whole / plain - 1):+.0f} %)"
    )


def memory() -> None:
    print("| sentences | read, s | MB after reading | all else, s | peak, MB |\n|--:|--:|--:|--:|--:|")
    for count in (1_000, 10_000, 100_000):
        subprocess.run([sys.executable, __file__, "--memory-of", str(count)], check=True)


def memory_of(count: int) -> None:
    """In a process of its own."""
    process = psutil.Process()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "set.csv"
        with path.open("w") as file:
            file.write("prefix,target,foil,evidence\n")
            file.writelines(
                f"The keys on the table number {k} in the room,are,is,keys\n" for k in range(count)
            )
        begun = time.monotonic()
        found = read_set(path)
        read, after = time.monotonic() - begun, process.memory_info().rss / 1e6
        shards_nothing()
        begun = time.monotonic()
        run_set(found, [MODEL], ["alti_logit"], out=Path(folder) / "out", cluster="off", lend=_nobody)  # type: ignore
        rest = time.monotonic() - begun
    peak = _peak() / 1e6
    print(f"| {count:,} | {read:.1f} | {after:.0f} | {rest:.1f} | {peak:.0f} |", flush=True)


def _peak() -> float:
    """Of this process alone: on Linux `ru_maxrss` is at least what the process that started it had."""
    import resource

    status = Path("/proc/self/status")
    if status.exists():
        return 1024.0 * int(status.read_text().partition("VmHWM:")[2].split()[0])
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


class _nobody:
    def __init__(self, *_: object) -> None: ...
    def __enter__(self) -> None: ...
    def __exit__(self, *_: object) -> None: ...


def shards_nothing() -> None:
    """Computing takes nothing from now on."""

    def computed(
        _: object, __: object, shard: shards.Shard, rows: list[Sentence], *___: object
    ) -> shards.Done:
        info = dict.fromkeys(("id", "name", "revision", "fingerprint", "dtype"), "x") | {"parameters": 1}
        return shards.Done(shard, tuple(Record(r.row, m) for r in rows for m in shard.methods), info)

    run.computed = computed  # type: ignore[assignment]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=192)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--only", nargs="+", default=["together", "workers", "overhead", "memory"])
    parser.add_argument("--memory-of", type=int)
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.memory_of:
        memory_of(options.memory_of)
        return
    parts: dict[str, Callable[[], None]] = {
        "together": lambda: together(options.rows),
        "workers": lambda: workers(options.seconds),
        "overhead": lambda: overhead(options.seconds),
        "memory": memory,
    }
    for name in options.only:
        print(f"\n{name}\n")
        parts[name]()


if __name__ == "__main__":
    main()
