"""How long a visitor waits: a fresh server and a real Chromium, from the navigation's start.

Run: python benchmarks/first_second.py [--rounds 5]    (needs Chromium, and requirements-dev.txt)

Three visitors: of a server that is being started (`start`: counted from the start of its process), of a
server that has just begun to answer (`fresh`: the same visit, without the server's own start), and a new
visitor of a server that has shown its first page before (`warm`). For each: the first byte; the frame
(navigation, examples and form); the finished first figure (its finding and a bar are drawn); whether a
sidebar was there at any moment.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), None)
QUIET = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update"]
SEEN = ("first byte", "frame", "figure")

LOOK = """() => {
    const seen = window.seen = {sidebar: 0};
    const has = (selector, text) => [...document.querySelectorAll(selector)].some(e =>
        e.getClientRects().length && (!text || e.textContent.includes(text)));
    const once = (name, is) => { if (is && !(name in seen)) seen[name] = performance.now(); };
    setInterval(() => {
        if (has('[data-testid="stSidebar"], [data-testid="stSidebarNav"]')) seen.sidebar += 1;
        once("frame", has("a", "Translation") && has("button", "A capital") && has("button", "Explain"));
        once("figure", has("[data-testid=stVegaLiteChart] path[aria-roledescription='bar']")
            && has('[data-testid="stHtml"]', "push"));
    }, 50);
}"""
"""Put into the page before anything of it runs; times in ms since the navigation began."""


class Server:
    """One server process of the app, on a free port."""

    def __init__(self, app: Path, home: Path):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = home / f"{self.port}.log"
        options = ["--server.headless=true", f"--server.port={self.port}", "--server.address=localhost"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", *options],
            cwd=app,
            env=os.environ | {"HF_HUB_OFFLINE": "1", "HOME": str(home)},
            stdout=self.log.open("wb"),
            stderr=subprocess.STDOUT,
        )
        self.started = time.monotonic()

    def wait(self) -> float:
        """Seconds from the start of the process until it answers."""
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return time.monotonic() - self.started
            if self.process.poll() is not None:
                raise SystemExit(self.log.read_text(errors="replace"))
            time.sleep(0.02)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


def visit(browser: Browser, port: int) -> dict[str, float]:
    """Seconds until each thing is seen by a visitor who was never here; and how often a sidebar was."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.add_init_script(f"({LOOK})()")
    page.goto(f"http://localhost:{port}/", wait_until="commit")
    page.wait_for_function("window.seen?.figure > 0", polling=100)
    seen = page.evaluate("window.seen")
    seen["first byte"] = page.evaluate("performance.getEntriesByType('navigation')[0].responseStart")
    context.close()
    return {name: seen[name] / (1 if name == "sidebar" else 1000) for name in (*SEEN, "sidebar")}


def one_round(browser: Browser, app: Path, home: Path) -> dict[str, dict[str, float]]:
    """One start of a server and its visitors."""
    server = Server(app, home)
    try:
        begun = server.wait()
        fresh = visit(browser, server.port)
        start = {name: fresh[name] + begun for name in SEEN} | {"sidebar": fresh["sidebar"]}
        warm = [visit(browser, server.port) for _ in range(3)]
        middle = {name: statistics.median(each[name] for each in warm) for name in (*SEEN, "sidebar")}
        return {"start": start, "fresh": fresh, "warm": middle}
    finally:
        server.stop()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--app", type=Path, default=ROOT, help="the folder of app.py")
    asked = options.parse_args()
    rounds = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as home:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        visit_once(browser, asked.app, Path(home))
        for _ in range(asked.rounds):
            rounds.append(one_round(browser, asked.app, Path(home)))
            print(json.dumps(rounds[-1]), file=sys.stderr, flush=True)
        browser.close()
    print("| visitor | first byte | frame | first figure | sidebar seen |\n|---|---:|---:|---:|---:|")
    for who in ("start", "fresh", "warm"):
        times = [f"{statistics.median(r[who][name] for r in rounds):.1f} s" for name in SEEN]
        print(
            f"| {who} | {' | '.join(times)} | {sum(r[who]['sidebar'] > 0 for r in rounds)} of {len(rounds)} |"
        )


def visit_once(browser: Browser, app: Path, home: Path) -> None:
    """Not counted: files come into the disk's cache and Chromium starts its processes."""
    one_round(browser, app, home)


if __name__ == "__main__":
    main()
