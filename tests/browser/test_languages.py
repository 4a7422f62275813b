"""The language of a page: the browser's, the visitor's choice, a link's; and nothing that has none."""

import re
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from playwright.sync_api import expect

from attribution.locale import __main__ as catalogues

PAGES = {
    "": "nw",
    "translation": "mt",
    "model_sizes": "ms",
    "answer": "an",
    "many": "",
    "report": "",
    "about": "",
}
"""With the beginning of its widgets' keys where it explains something."""
OPEN, CLOSE = "⟦", "⟧"
NAMES = "Why This Word English pseudo JSON CSV PNG SVG Python Apache MLP ALTI Logit float32 GPT"
"""What is called the same in every language."""


@pytest.fixture
def pseudo(tmp_path):
    """A folder of catalogues with one more language, whose sentences are the English ones in brackets."""
    catalogue = catalogues.found()
    catalogue.locale = "nl"  # of which it has the plural forms
    for message in catalogue:
        if isinstance(message.id, tuple):
            message.string = tuple(f"{OPEN}{form}{CLOSE}" for form in message.id)
        elif message.id:
            message.string = message.id if message.context else f"{OPEN}{message.id}{CLOSE}"
    path = tmp_path / "locale" / "xx" / "LC_MESSAGES" / "messages.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalogue)
    return path.parents[2]


SAID = """() => {
    const shown = part => {
        const copy = part.cloneNode(true);
        const others = 'script, style, code, .katex, [data-testid="stIconMaterial"]';
        copy.querySelectorAll(others).forEach(other => other.remove());
        return copy.textContent;
    };
    const parts = [...document.querySelectorAll('header a, .st-key-name, .st-key-page'),
        document.querySelector('[data-testid="stMain"] [data-testid="stCaptionContainer"]:last-of-type')];
    const told = ["aria-label", "placeholder", "title", "alt"];
    const named = [...document.querySelectorAll(
        '.st-key-page :is([aria-label], [placeholder], [title], [alt]):not(svg *)')];
    return [parts.map(shown).join(" "),
        ...named.flatMap(part => told.map(name => part.getAttribute(name)).filter(Boolean))];
}"""


def without_catalogue(text):
    """What is left when everything in brackets, which may hold others, is taken out."""
    text, before = text.replace("\n", " "), None
    while text != before:
        text, before = re.sub(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", " ", text), text
    return text


def words(text):
    return set(re.findall(r"[^\W\d_]{3,}", text))


def explained(page, key):
    """The words of the texts and models that a page explains, out of its result."""
    with page.expect_download() as download:
        page.locator(f".st-key-{key}_json button, .st-key-{key}_result_json button").first.click()
    return words(Path(download.value.path()).read_text("utf-8"))


def test_every_word_passes_through_the_catalogue(page, new_server, settle, pseudo):
    running, left = new_server(WHY_LOCALE=str(pseudo)), {}
    for name, key in PAGES.items():
        page.goto(f"{running.url}/{name}?lang=xx")
        expect(page.locator("html")).to_have_attribute("lang", "xx")
        page.wait_for_selector(".st-key-page :is(h1, h2, h3, button, input, p)")
        settle(page)
        known = words(NAMES) | (explained(page, key) if key else set())
        said = {w for text in page.evaluate(SAID) for w in words(without_catalogue(text))}
        left[name] = sorted(said - known)
    assert not any(left.values()), left
