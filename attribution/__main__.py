"""The command line: many sentences explained and measured, and their results as a table.

python -m attribution run SET.csv --model gpt2 --method alti_logit --method frozen --out RESULTS
python -m attribution table RESULTS
python -m attribution check SET.csv
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attribution.many.run import Standing
    from attribution.many.sets import SentenceSet

STOPPED = 130
LISTED = 20
"""Rows that could not be used, of which the reason is printed."""


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; the exit status is 0, 1 where a model failed, 2 where nothing could be done."""
    from attribution.types import AttributionError

    options = _parser().parse_args(arguments)
    try:
        status: int = options.command(options)
        return status
    except AttributionError as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped. What was finished is kept; the same command goes on.", file=sys.stderr)
        return STOPPED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m attribution", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="explain every sentence of a set; goes on where it was stopped")
    _add_set(run)
    run.add_argument("--model", action="append", required=True, help="catalogue id, Hub id or folder; repeat")
    run.add_argument("--method", action="append", help="e.g. alti_logit; repeat (default: alti_logit or gim)")
    run.add_argument("--out", required=True, type=Path, help="folder of the results")
    run.add_argument(
        "--measure", action="append", default=[], choices=["gap", "lds"], help="costs more; repeat"
    )
    run.add_argument("--replace", default="leave out", choices=["leave out", "neutral"])
    run.add_argument("--seed", type=int, default=0)
    run.add_argument("--dtype", default="float32", help="float32, float64 or bfloat16")
    run.add_argument(
        "--one-by-one", action="store_true", help="no sentences together: single calls bit for bit"
    )
    run.add_argument("--cluster", help="off, local, tcp://host:8786, or a TOML file (default: WHY_CLUSTER)")
    run.add_argument(
        "--workers", type=int, default=0, help="processes of --cluster local (default: the cores)"
    )
    run.add_argument("--shard", default="", help="this part only, e.g. 3/40, for job arrays")
    run.set_defaults(command=_run)
    table = commands.add_parser("table", help="print the summary of results")
    table.add_argument("results", type=Path)
    table.add_argument("--groups", action="store_true", help="a table for each group too")
    table.add_argument("--csv", type=Path, help="write the summary there")
    table.set_defaults(command=_table)
    check = commands.add_parser("check", help="say what of a set can be used; no model is needed")
    _add_set(check)
    check.set_defaults(command=_check)
    return parser


def _add_set(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("set", help="CSV, TSV, JSONL or Parquet file, or the name of a bundled set")
    parser.add_argument("--column", action="append", default=[], help="e.g. prefix=Satz; repeat")


def _read(options: argparse.Namespace) -> SentenceSet:
    from attribution.many.sets import read_set
    from attribution.types import TextError

    columns = {}
    for pair in options.column:
        ours, is_there, theirs = pair.partition("=")
        if not is_there:
            raise TextError("A column is chosen like prefix=Satz, not {pair}.", pair=pair[:40])
        columns[ours] = theirs
    return read_set(options.set, columns=columns)


def _check(options: argparse.Namespace) -> int:
    sentences = _read(options)
    print(sentences.rows.head().to_string(index=False))
    _say(sentences, LISTED)
    return 0


def _say(sentences: SentenceSet, listed: int) -> None:
    """How many rows can be used, and why the others cannot."""
    lost = int((~sentences.problems["used"]).sum())
    noted = len(sentences.problems) - lost
    print(
        f"{sentences.name}: {len(sentences):,} sentences ({sentences.kind}), {lost:,} rows left out", end=""
    )
    print(f", {noted:,} used in part" if noted else "", file=sys.stdout)
    for note in sentences.notes:
        print(note)
    for problem in sentences.problems.head(listed).itertuples():
        print(f"  row {problem.row}: {problem.reason}")
    if len(sentences.problems) > listed:
        print(f"  … and {len(sentences.problems) - listed:,} more")


def _run(options: argparse.Namespace) -> int:
    sentences = _read(options)
    _say(sentences, 5)
    from attribution.many.run import run_set

    line = _Line()
    if options.cluster in (None, "off"):
        import torch

        torch.set_num_threads(1)  # as in every worker: the last bits of a sum may depend on it
    methods = options.method or ["alti_logit" if sentences.kind == "next word" else "gim"]
    run_set(
        sentences,
        options.model,
        methods,
        out=options.out,
        measures=options.measure,
        replace=options.replace,
        seed=options.seed,
        dtype=options.dtype,
        batch=not options.one_by_one,
        cluster="off" if options.shard and options.cluster is None else options.cluster,
        workers=options.workers,
        part=options.shard,
        progress=line.show,
    )
    line.end()
    return 1 if line.last and (line.last.failures or line.last.left_out) else 0


class _Line:
    """The line that says how far a run is."""

    EVERY = 0.5

    def __init__(self) -> None:
        self.last: Standing | None = None
        self._shown = 0.0
        self._live = sys.stderr.isatty()

    def show(self, standing: Standing) -> None:
        """Draws it anew, twice a second; where nobody watches, a line every half minute."""
        self.last = standing
        if time.monotonic() - self._shown > (self.EVERY if self._live else 60 * self.EVERY):
            self._shown = time.monotonic()
            print(self._text(), end="" if self._live else "\n", file=sys.stderr, flush=True)

    def end(self) -> None:
        """The last state, and what failed."""
        if self.last is None:
            return
        print(self._text(), file=sys.stderr)
        if self.last.errors:
            print(f"{self.last.errors:,} records have an error's sentence (column error).", file=sys.stderr)
        for model, sentence in self.last.failures.items():
            print(f"{model}: {sentence}", file=sys.stderr)
        for shard, sentence in self.last.left_out.items():
            print(f"{shard.records} records of {shard.model} were left out: {sentence}", file=sys.stderr)

    def _text(self) -> str:
        s = self.last
        assert s is not None
        where = f"{s.workers} workers" if s.workers else "this process"
        kept = f" ({s.kept:,} from before)" if s.kept else ""
        left = "" if s.remaining is None or s.done >= s.records else f", {_span(s.remaining)} left"
        begin = "\r\x1b[K" if self._live else ""
        bar = "█" * round(20 * s.fraction)
        return f"{begin}{bar:░<20} {s.done:,} of {s.records:,} records{kept}, {where}{left}"


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return (
        f"{minutes // 60} h {minutes % 60} min"
        if minutes >= 60
        else f"{minutes} min {rest} s"
        if minutes
        else f"{rest} s"
    )


def _table(options: argparse.Namespace) -> int:
    from attribution.many.results import read_results
    from attribution.many.summary import ALL, summary, table

    results = read_results(options.results)
    found = summary(results.frame)
    for group in dict.fromkeys(found["group"]) if options.groups else [ALL]:
        print(f"{group}\n" if options.groups else "", end="\n" if options.groups else "")
        print(table(found, group=group) + "\n")
    print(results.caption)
    if len(results.frame) < results.expected:
        print(f"{len(results.frame):,} of {results.expected:,} records are there; the same run goes on.")
    if options.csv:
        from attribution.export.tables import table_to_csv

        options.csv.write_text(table_to_csv(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    sys.exit(main())
