"""A server that has just started: the right frame at once, then the figure, and never a list of files."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

WATCH = """() => {
    window.wrong = [];
    const look = () => {
        const never = '[data-testid^="stSidebar"], [data-testid="stException"]';
        for (const found of document.querySelectorAll(never))
            window.wrong.push(found.dataset.testid + ": " + found.innerText);
        if (/next_word|model_sizes|Page not found/.test(document.body?.innerText))
            window.wrong.push(document.body.innerText.slice(0, 300));
    };
    new MutationObserver(look).observe(document, {childList: true, subtree: true, characterData: true});
}"""
"""Notes at every change of the page what no visitor may ever see."""
HELD = """
import os, sys, time
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder

class Held(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name != "torch":
            return None
        spec = PathFinder.find_spec(name, path)
        run = spec.loader.exec_module

        def later(module):
            while not os.path.exists(os.environ["RELEASED"]):
                time.sleep(0.05)
            if os.environ.get("BROKEN"):
                raise ImportError("libtorch_cpu.so: cannot open shared object file")
            run(module)

        spec.loader.exec_module = later
        return spec

sys.meta_path.insert(0, Held())
"""
"""Keeps PyTorch from being imported until a file is there."""


@pytest.fixture
def held(new_server, tmp_path):
    """A fresh server that waits with PyTorch for `release()`."""

    def start(**environment):
        (tmp_path / "held").mkdir()
        (tmp_path / "held" / "sitecustomize.py").write_text(HELD)
        released = tmp_path / "released"
        fresh = new_server(PYTHONPATH=str(tmp_path / "held"), RELEASED=str(released), **environment)
        return fresh, released.touch

    return start


@pytest.fixture
def visitor(page):
    """A page that notes what nobody may see."""
    page.add_init_script(f"({WATCH})()")
    yield page
    assert page.evaluate("window.wrong") == []


def test_the_frame_is_there_before_pytorch_and_the_form_can_be_used(held, visitor, main):
    fresh, release = held()
    visitor.goto(fresh.url)
    for name in ("Next word", "Translation", "Model sizes", "Report", "About"):
        expect(visitor.get_by_role("link", name=name)).to_be_visible()
    expect(visitor.get_by_role("button", name="A capital")).to_be_visible()
    main.to_contain_text("Loading PyTorch", use_inner_text=True)
    visitor.get_by_role("textbox", name="Target").fill("warm")
    visitor.get_by_role("button", name="Explain", exact=True).click()
    expect(visitor).to_have_url(re.compile("nw_target=warm"))
    main.to_contain_text("Loading PyTorch", use_inner_text=True)
    visitor.get_by_role("link", name="About").click()
    visitor.wait_for_selector("text=Why did the model choose this word?")
    visitor.get_by_role("link", name="Next word").click()
    main.to_contain_text("Loading PyTorch", use_inner_text=True)
    maps = Path(f"/proc/{fresh.process.pid}/maps")
    assert not maps.exists() or "libtorch" not in maps.read_text()  # Linux can tell
    dot = visitor.locator(".st-key-dot")
    dot.wait_for(state="attached")
    expect(dot).to_be_hidden()
    release()
    visitor.wait_for_selector("text=Influence of each word")
    expect(dot).to_have_count(0)


def test_what_cannot_be_loaded_is_a_sentence_and_the_form_stays(held, visitor, settle):
    fresh, release = held(BROKEN="1")
    release()
    visitor.goto(fresh.url)
    expect(visitor.get_by_test_id("stAlert")).to_contain_text("cannot load PyTorch")
    expect(visitor.get_by_test_id("stAlert")).to_contain_text("libtorch_cpu.so")
    expect(visitor.get_by_role("button", name="A capital")).to_be_visible()
    visitor.get_by_role("link", name="Model sizes").click()
    expect(visitor.get_by_test_id("stAlert")).to_contain_text("cannot load PyTorch")
    expect(visitor.get_by_role("textbox", name="Question")).to_be_visible()


LINKS = (
    ("?nw_text=The+capital+of+France+is&nw_target=Paris&nw_foil=London", "Foil", "London"),
    ("translation?mt_source=It+is+cold+today.", "Text to translate", "It is cold today."),
    ("model_sizes?ms_question=Is+Madrid+in+Spain%3F", "Question", "Is Madrid in Spain?"),
    ("report?why=not", None, "Nothing is pinned yet"),
    ("about?why=not", None, "Why did the model choose this word?"),
    ("next_word?nw_text=The+capital+of+France+is&nw_target=Paris&nw_foil=London", "Foil", "London"),
)


def test_cold_links_open_their_pages_with_their_parameters(held, visitor, main):
    fresh, release = held()
    for link, field, value in LINKS:
        visitor.goto(f"{fresh.url}/{link}")
        expect(visitor.get_by_role("link", name="Translation")).to_be_visible()
        if field:
            expect(visitor.get_by_role("textbox", name=field)).to_have_value(value)
        else:
            main.to_contain_text(value, use_inner_text=True)
        assert visitor.evaluate("window.wrong") == [], link
    release()
    visitor.wait_for_selector("text=Paris rather than London")
    expect(visitor.get_by_role("textbox", name="Text before the word")).to_have_value(
        "The capital of France is"
    )
    expect(visitor).to_have_url(re.compile(r"/\?.*nw_foil=London"))


def test_a_click_lands_where_the_old_address_opens_the_page_of_a_warm_server(server, visitor):
    visitor.goto(f"{server.url}/next_word?nw_text=The+capital+of+France+is&nw_target=Paris&nw_foil=London")
    visitor.get_by_role("button", name="Who gave it to whom").click()
    expect(visitor.get_by_role("textbox", name="Target")).to_have_value("John")
    visitor.get_by_role("link", name="About").click()
    visitor.wait_for_selector("text=Why did the model choose this word?")
