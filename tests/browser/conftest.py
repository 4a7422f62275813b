"""A server of its own and a real Chromium; without Chromium these tests skip and say so."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect

expect.set_options(timeout=120_000)

ROOT = Path(__file__).parents[2]
TINY_MODELS = ROOT / "tests/fixtures/models"
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), None)
QUIET = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update"]

IDLE = """asked => {
    if (window.asked !== asked) [window.asked, window.busyAt] = [asked, performance.now()];
    const app = document.querySelector('[data-testid="stApp"]');
    if (app?.dataset.testScriptState !== "notRunning" || document.querySelector('[data-stale="true"]'))
        window.busyAt = performance.now();
    return performance.now() - window.busyAt > 700;
}"""
"""Whether the script has not run for a while since the question `asked` was put first."""


def pytest_collection_modifyitems(items):
    skip = pytest.mark.skip(reason="no Chromium on this machine (install the package chromium)")
    for item in items:
        if "tests/browser" in str(item.path).replace(os.sep, "/"):
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(skip)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """With a failure comes what the page said then."""
    report = yield
    page = item.funcargs.get("page") or item.funcargs.get("visitor")
    if report.when == "call" and report.failed and page is not None and not page.is_closed():
        report.sections.append((f"page {page.url}", page.evaluate("document.body.innerText")[:5000]))
    return report


class Server:
    """One Streamlit server process of the app, on a free port."""

    def __init__(self, home: Path, **environment: str):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.log = home / f"server-{self.port}.log"
        env = os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "HOME": str(home)} | environment
        options = ["--server.headless=true", f"--server.port={self.port}", "--server.address=localhost"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", *options],
            cwd=ROOT,
            env=env,
            stdout=self.log.open("wb"),
            stderr=subprocess.STDOUT,
        )
        self.wait()

    def wait(self, seconds: float = 90) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2):
                    return
            except OSError:
                time.sleep(0.3)
        raise RuntimeError("the server did not start:\n" + self.log.read_text(errors="replace")[-3000:])

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()


@pytest.fixture
def new_server(tmp_path):
    """Starts fresh servers: `new_server(WHY_HUB="off")`; all are stopped at the end of the test."""
    started = []

    def start(**environment: str) -> Server:
        started.append(Server(tmp_path, **environment))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """One server for all tests that need no fresh one."""
    running = Server(tmp_path_factory.mktemp("server"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """One server that has tiny models for all that needs no trained one, and no model hub."""
    running = Server(tmp_path_factory.mktemp("tiny"), WHY_MODELS_DIR=str(TINY_MODELS), WHY_HUB="off")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def context(chromium):
    """What all visitors of `page` share: the app's own files, compiled once."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True)
    context.add_init_script("localStorage.setItem('why_this_word_steps', '3')")
    yield context
    context.close()


@pytest.fixture
def page(context):
    """A new visitor at 1280x800 who has seen the first steps, with English."""
    page = context.new_page()
    page.set_default_timeout(120_000)
    yield page
    forget = {"origin": "*", "storageTypes": "cookies,local_storage"}
    context.new_cdp_session(page).send("Storage.clearDataForOrigin", forget)
    for tab in context.pages:
        tab.close()


@pytest.fixture
def main(page):
    """What the page comes to show, without the sidebar: `main.to_contain_text("…", use_inner_text=True)`."""
    return expect(page.get_by_test_id("stMain"))


@pytest.fixture
def settle():
    """Waits until the page has run to its end and shows what it computed."""

    def wait(page) -> None:
        page.wait_for_function(IDLE, arg=time.monotonic())

    return wait


UNASKED = "Measure it|Measure all models|Leave out each word|Check it: leave each part out"
"""Buttons of what is computed unasked where that is quick."""
SAYS_OR_ASKS = """([says, asks]) => {
    const text = document.querySelector('[data-testid="stMain"]').innerText.replace(/\\s+/g, " ");
    return text.includes(says) || new RegExp(`(${asks}) [(]`).test(text);
}"""


@pytest.fixture
def measured(page, main):
    """Waits for what is said at once where that is quick, and behind a button on a slower machine."""

    def wait(says: str) -> None:
        page.wait_for_function(SAYS_OR_ASKS, arg=[says, UNASKED])
        button = page.get_by_role("button", name=re.compile(UNASKED))
        if button.count():
            button.first.click()
        main.to_contain_text(says, use_inner_text=True)

    return wait
