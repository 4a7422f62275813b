"""A class of thirty on one small server: waiting, errors and memory, printed as markdown tables.

    python benchmarks/load.py [--visitors 30] [--explanations 500] [--reading 0] [--cores 2] [--quick]

Starts a server of its own on this machine and opens sessions with it over Streamlit's websocket, as browsers
do. First the class opens every page at once, all with the same example; then everybody types texts of their
own, the next one when the last answer was read, which takes `--reading` seconds on average. Afterwards the
numbers that the pages drew are compared with those of `attribution` called directly.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, product
from pathlib import Path
from typing import Any

import psutil
import torch
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from attribution import compare_models, explain_next_word, explain_translation  # noqa: E402
from attribution.charts.recipes import Recipe  # noqa: E402
from attribution.charts.views import SaliencyView, View, WordView  # noqa: E402
from attribution.examples import COMPARISON, NEXT_WORD, TRANSLATION  # noqa: E402
from attribution.models.catalogue import bundled  # noqa: E402
from attribution.models.store import ModelStore  # noqa: E402

ADJECTIVES = (
    "big",
    "small",
    "old",
    "new",
    "red",
    "cold",
    "hot",
    "young",
    "happy",
    "quiet",
    "strong",
    "white",
)
NOUNS = ("dog", "cat", "house", "book", "car", "boy", "girl", "man", "woman", "teacher", "river", "school")
PLACES = ("the park", "the city", "the kitchen", "the street", "the village")
FIRST, SIZES = NEXT_WORD[0].request, COMPARISON[0]
MT_MODEL = TRANSLATION[0].request.model
LONGEST = 300
"""Seconds after which a request counts as an error."""


# ------------------------------------------------------------------------------------------- the pages


@dataclass(frozen=True)
class Page:
    """How one page is asked, which of its figures is checked, and what it must show."""

    path: str
    field: str
    button: str
    example: str
    figure: int

    def texts(self) -> Iterator[str]:
        """Texts that nobody asked before."""
        for place, noun, adjective in product(PLACES, NOUNS, ADJECTIVES):
            if self.path == "next_word":
                yield f"The {adjective} {noun} in {place} was very"
            elif self.path == "translation":
                yield f"The {adjective} {noun} is in {place}."
            else:
                yield f"Is a {adjective} {noun} in {place}?"

    def expected(self, store: ModelStore, text: str) -> list[float]:
        """The numbers of the figure, computed without the server."""
        if self.path == "next_word":
            with store.using(FIRST.model) as model:
                result = explain_next_word(model, text, FIRST.target, FIRST.foil)
            recipe = Recipe("words-that-decide", (result,), View())
        elif self.path == "translation":
            with store.using(MT_MODEL) as model:
                result = explain_translation(model, text)
            recipe = Recipe("saliency", (result,), SaliencyView())
        else:
            results = compare_models(SIZES.models, text, SIZES.target, SIZES.foil, store=store)
            recipe = Recipe("model-by-model", tuple(results), WordView())
        return values(recipe.figure("light").spec)


NEXT = Page("next_word", "Text before the word", "Explain", FIRST.prefix, 0)
MT = Page("translation", "Text to translate", "Explain", TRANSLATION[0].request.source, 0)
MS = Page("model_sizes", "Question", "Compare", SIZES.question, 2)


def values(spec: Any) -> list[float]:
    """All numbers that a figure draws, in order: the field `value` of its data."""
    found: list[float] = []
    if isinstance(spec, dict):
        if isinstance(spec.get("value"), (int, float)) and len(spec) > 2:
            found.append(float(spec["value"]))
        spec = list(spec.values())
    if isinstance(spec, list):
        for part in spec:
            found += values(part)
    return found


# ------------------------------------------------------------------------------------------- a visitor


@dataclass
class Answer:
    """One request: how long it took, what was shown meanwhile, and the numbers it drew."""

    phase: str
    page: Page
    text: str
    seconds: float = 0.0
    problem: str = ""
    waited: bool = False
    """Whether a place in the queue was shown."""
    values: list[float] = field(default_factory=list)


class Visitor:
    """One browser tab: a websocket session that opens a page and then types texts into its form."""

    def __init__(self, port: int, page: Page) -> None:
        self.address = f"ws://127.0.0.1:{port}/_stcore/stream"
        self.page = page
        self.widgets: dict[tuple[str, str], str] = {}
        self.socket: Any = None

    async def open(self, phase: str) -> Answer:
        """Opens the page, which explains its example."""
        self.socket = await websockets.connect(self.address, subprotocols=["streamlit"], max_size=None)
        message = BackMsg()
        message.rerun_script.page_name = self.page.path
        return await self._asked(message, Answer(phase, self.page, self.page.example))

    async def explain(self, phase: str, text: str) -> Answer:
        """Types a text and presses the button."""
        message = BackMsg()
        message.rerun_script.page_name = self.page.path
        states = message.rerun_script.widget_states.widgets
        states.add(id=self.widgets["text_input", self.page.field], string_value=text)
        states.add(id=self.widgets["button", self.page.button], trigger_value=True)
        return await self._asked(message, Answer(phase, self.page, text))

    async def close(self) -> None:
        if self.socket:
            await self.socket.close()

    async def _asked(self, message: BackMsg, answer: Answer) -> Answer:
        start = time.perf_counter()
        try:
            async with asyncio.timeout(LONGEST):
                await self.socket.send(message.SerializeToString())
                await self._read(answer)
        except (TimeoutError, OSError, websockets.WebSocketException) as error:
            answer.problem = type(error).__name__
        answer.seconds = time.perf_counter() - start
        return answer

    async def _read(self, answer: Answer) -> None:
        figures: list[str] = []
        while True:
            message = ForwardMsg.FromString(await self.socket.recv())
            kind = message.WhichOneof("type")
            if kind == "new_session":
                figures.clear()
            elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                element = message.delta.new_element
                name = element.WhichOneof("type")
                content = getattr(element, name)
                if name in ("text_input", "button"):
                    self.widgets[name, content.label] = content.id
                elif name == "vega_lite_chart":
                    figures.append(content.spec)
                elif name == "markdown":
                    answer.waited |= "before you" in content.body
                elif name == "exception":
                    answer.problem = content.type
                elif name == "alert":
                    answer.problem = content.body
            elif kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                break
        if not answer.problem and len(figures) <= self.page.figure:
            answer.problem = "no figure"
        if not answer.problem:
            answer.values = values(json.loads(figures[self.page.figure]))


# ------------------------------------------------------------------------------------------ the server


class Server:
    """A fresh server process of the app on some of the cores."""

    def __init__(self, home: Path, cores: int) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        options = ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={self.port}"]
        self.log = home / "server.log"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.fileWatcherType=none", *options],
            cwd=ROOT,
            env=os.environ | {"HF_HUB_OFFLINE": "1", "WHY_REPORTS_DIR": str(home / "reports")},
            stdout=self.log.open("wb"),
            stderr=subprocess.STDOUT,
        )
        self.watched = psutil.Process(self.process.pid)
        if hasattr(self.watched, "cpu_affinity"):
            self.watched.cpu_affinity(self.watched.cpu_affinity()[:cores])
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.2)
        raise SystemExit("the server did not start:\n" + self.log.read_text(errors="replace"))

    def megabytes(self) -> float:
        """Resident memory now."""
        return float(self.watched.memory_info().rss) / 1e6

    def explanations(self) -> int:
        """How many were computed, by the log; those answered from memory are not among them."""
        return self.log.read_text(errors="replace").count("seconds=")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()


# -------------------------------------------------------------------------------------------- the class


async def sample(server: Server, peak: list[float]) -> None:
    """Keeps the highest memory seen; runs until cancelled."""
    while True:
        peak[0] = max(peak[0], server.megabytes())
        await asyncio.sleep(0.5)


async def lesson(server: Server, args: argparse.Namespace, pages: list[Page]) -> dict[str, Any]:
    """The whole measurement; ends early, and says so, when the time is used up."""
    end = time.monotonic() + args.seconds
    peak, answers, curve = [server.megabytes()], list[Answer](), list[tuple[int, float]]()
    sampling = asyncio.create_task(sample(server, peak))
    first = [Visitor(server.port, page) for page in pages]
    answers += [await visitor.open("first visit") for visitor in first]
    visitors: list[Visitor] = []
    for page in pages:
        group = [Visitor(server.port, page) for _ in range(args.visitors)]
        answers += await asyncio.gather(*(visitor.open("same example, at once") for visitor in group))
        visitors += group
    once = server.explanations()
    curve.append((0, server.megabytes()))
    chance = random.Random(0)
    texts = {page: islice(page.texts(), 10**6) for page in pages}
    asked = done = 0

    async def work(group: list[Visitor]) -> None:
        nonlocal asked, done
        turn = 0
        while asked < args.explanations and time.monotonic() < end:
            asked += 1
            visitor = group[turn % len(group)]
            turn += 1
            answers.append(await visitor.explain("own texts", next(texts[visitor.page])))
            done += 1
            if done % args.every == 0:
                curve.append((done, server.megabytes()))
            await asyncio.sleep(chance.uniform(0, 2 * args.reading))

    groups = [visitors[k :: args.visitors] for k in range(args.visitors)]
    start = time.monotonic()
    await asyncio.gather(
        *(work(group[k % len(group) :] + group[: k % len(group)]) for k, group in enumerate(groups))
    )
    took = time.monotonic() - start
    sampling.cancel()
    for visitor in (*first, *visitors):
        await visitor.close()
    return {"answers": answers, "peak": peak[0], "curve": curve, "once": once, "done": done, "took": took}


def check(answers: list[Answer]) -> float:
    """Marks wrong answers; returns the largest difference to a direct call, relative to its largest value."""
    torch.set_num_threads(1)
    store = ModelStore()
    right: dict[tuple[Page, str], list[float]] = {}
    worst = 0.0
    for answer in answers:
        if answer.problem:
            continue
        key = (answer.page, answer.text)
        expected = right.get(key) or right.setdefault(key, answer.page.expected(store, answer.text))
        if len(expected) != len(answer.values) or not expected:
            answer.problem = "other numbers"
            continue
        scale = max(abs(value) for value in expected) or 1.0
        gap = max(abs(a - b) for a, b in zip(answer.values, expected, strict=True)) / scale
        worst = max(worst, gap)
        if gap > 1e-4:
            answer.problem = "other numbers"
    return worst


def tables(measured: dict[str, Any], worst: float) -> None:
    """What is to be said, as markdown."""
    answers: list[Answer] = measured["answers"]
    print("| | page | requests | errors | median wait | 95th percentile | place in the queue shown |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for phase in dict.fromkeys(answer.phase for answer in answers):
        for page in dict.fromkeys(answer.page for answer in answers):
            group = [a for a in answers if a.phase == phase and a.page == page]
            if not group:
                continue
            times = sorted(a.seconds for a in group)
            late = times[min(len(times) - 1, int(0.95 * len(times)))]
            print(
                f"| {phase} | {page.path} | {len(group)} | {sum(bool(a.problem) for a in group)} "
                f"| {statistics.median(times):.2f} s | {late:.2f} s | {sum(a.waited for a in group)} |"
            )
    rate = measured["done"] / measured["took"]
    print(f"\n{measured['done']} explanations of different texts in {measured['took']:.0f} s ({rate:.1f}/s).")
    print(f"Computed for the examples that all asked for: {measured['once']}.")
    print(f"Largest relative difference to a direct call: {worst:.1e}.")
    print(f"Peak memory of the server: {measured['peak']:.0f} MB.\n")
    print("| explanations | " + " | ".join(str(n) for n, _ in measured["curve"]) + " |")
    print("|---|" + "---:|" * len(measured["curve"]))
    print("| memory, MB | " + " | ".join(f"{mb:.0f}" for _, mb in measured["curve"]) + " |")
    for answer in [a for a in answers if a.problem][:10]:
        print(f"\nproblem: {answer.phase}, {answer.page.path}: {answer.problem[:200]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--visitors", type=int, default=30)
    parser.add_argument("--explanations", type=int, default=500)
    parser.add_argument("--every", type=int, default=100, help="explanations between two points of the curve")
    parser.add_argument("--reading", type=float, default=0, help="seconds spent on an answer")
    parser.add_argument("--seconds", type=float, default=480, help="no new request after this long")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="4 visitors, 20 explanations")
    args = parser.parse_args()
    if args.quick:
        args.visitors, args.explanations, args.every = 4, 20, 5
    here = {entry.id for entry in bundled()}
    pages = [NEXT] + [MT] * (MT_MODEL in here) + [MS] * (set(SIZES.models) <= here)
    with tempfile.TemporaryDirectory() as home:
        server = Server(Path(home), args.cores)
        try:
            measured = asyncio.run(lesson(server, args, pages))
        finally:
            server.stop()
    print(f"{args.visitors} visitors, {args.cores} cores, Python {sys.version.split()[0]}\n")
    tables(measured, check(measured["answers"]))
    sys.exit(any(answer.problem for answer in measured["answers"]))


if __name__ == "__main__":
    main()
