"""The language of a page: the browser's, the visitor's choice, a link's; and nothing that has none."""

import re
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from playwright.sync_api import expect

from attribution.locale import __main__ as catalogues
from attribution.models.catalogue import bundled, hub_entries, on_this_machine

VISITS = (
    ("", "", "nw"),
    ("", "nw_text=", ""),
    ("", "nw_look=layers", "nw"),
    ("", "nw_look=mixing", "nw"),
    ("", "nw_look=hold&nw_units=tokens&nw_measure=share&nw_foil=", "nw"),
    ("", "nw_look=what+if&nw_method=erasure", "nw"),
    ("translation", "", "mt"),
    ("translation", "mt_look=what+if&mt_units=tokens&mt_sign=signed&mt_method=frozen", "mt"),
    ("model_sizes", "", ""),
    ("answer", "", "an"),
    ("answer", "an_look=map", "an"),
    ("many", "", ""),
    ("report", "", ""),
    ("about", "", ""),
)
"""Page, question and view, and how the keys of its widgets begin where it explains something."""
OPEN, CLOSE = "⟦", "⟧"
NAMES = "Why This Word English pseudo JSON CSV PNG SVG Python Apache MLP ALTI Logit float32 GPT"
"""What is called the same in every language."""
STREAMLITS = re.compile(
    r"Choose( or add)? an option|Help for .*|Open|Clear (all|value)|Remove( .*)?|Selected values"
    r"|Link to heading|file upload|Select value|Number input|(In|De)crement value|Show/hide columns|Search"
    r"|Loading.*"
)
"""What Streamlit's own widgets are called, which it says in English only."""


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
    const others = 'script, style, code, .katex, [data-testid="stIconMaterial"], .vega-embed details,'
        + '[data-testid="stElementToolbar"], [data-testid*="Icon"], [data-testid="stFileUploaderDropzone"]';
    const shown = part => {
        const walk = document.createTreeWalker(part, NodeFilter.SHOW_TEXT), found = [];
        while (walk.nextNode()) found.push(walk.currentNode);
        return found.filter(node => !node.parentElement.closest(others)).map(node => node.data).join(" ");
    };
    const parts = document.querySelectorAll(
        'header a, .st-key-name, .st-key-page, [data-testid="stMain"] > * > * > :last-child');
    const told = ["aria-label", "placeholder", "title", "alt"];
    const having = '.st-key-page :is([aria-label], [placeholder], [title], [alt])';
    const named = [...document.querySelectorAll(having)].filter(part => !part.closest("svg, " + others));
    return [[...parts].map(shown).join(" "),
        ...named.flatMap(part => told.map(name => part.getAttribute(name)).filter(Boolean))];
}"""
"""All that a page says, in the order in which it stands there, and the names of what has one."""


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


def names_of_models():
    """What the list of models says of them that is in no language."""
    entries = [*bundled(), *hub_entries(), *on_this_machine()]
    return words(" ".join(f"{e.id} {e.name} {e.architecture} {e.licence}" for e in entries))


def test_every_word_passes_through_the_catalogue(page, new_server, settle, pseudo):
    running, left = new_server(WHY_LOCALE=str(pseudo)), {}
    everywhere = words(NAMES) | names_of_models()
    for name, asks, key in VISITS:
        page.goto(f"{running.url}/{name}?{asks}&lang=xx")
        expect(page.locator("html")).to_have_attribute("lang", "xx")
        page.wait_for_selector(".st-key-page :is(h1, h2, h3, button, input, p)")
        settle(page)
        if name == "model_sizes":
            page.get_by_role("button", name=f"{OPEN}Compare{CLOSE}").click()
            settle(page)
            key = "ms"
        known = everywhere | (explained(page, key) if key else set())
        said = [without_catalogue(text) for text in page.evaluate(SAID)]
        unknown = {w for text in said if not STREAMLITS.fullmatch(text.strip()) for w in words(text)} - known
        left |= {(name, asks): unknown} if unknown else {}
    assert not left


def test_the_language_is_the_browsers_the_visitors_or_the_links(chromium, server, settle):
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="es-MX")
    context.add_init_script("localStorage.setItem('why_this_word_steps', '3')")
    page = context.new_page()

    def reads(code, button):
        expect(page.locator("html")).to_have_attribute("lang", code)
        expect(page.get_by_role("button", name=button, exact=True)).to_be_visible()
        settle(page)

    page.goto(server.url)
    reads("es", "Explicar")
    assert "lang" not in page.url, "the browser has chosen it, so a link leaves it open"
    page.get_by_role("textbox", name="Alternativa").fill("warm")
    page.get_by_role("button", name="Explicar", exact=True).click()
    expect(page.locator(".why-finding").first).to_contain_text("warm")
    page.locator(".st-key-_language").get_by_role("combobox").click()
    page.get_by_role("option", name="Nederlands").click()
    reads("nl", "Uitleggen")
    assert "lang=nl" in page.url
    assert "nw_foil=warm" in page.url
    expect(page.locator(".why-finding").first).to_contain_text("het meest richting warm")
    page.get_by_role("link", name="Vertaling").click()
    reads("nl", "Uitleggen")
    page.wait_for_url("**/translation?lang=nl")
    other = context.new_page()
    other.goto(f"{server.url}/about")
    expect(other.locator("html")).to_have_attribute("lang", "nl")  # what was chosen once is kept
    other.goto(f"{server.url}/about?lang=en")
    expect(other.locator("html")).to_have_attribute("lang", "en")
    other.goto(f"{server.url}/about?lang=%3Cscript%3E")
    expect(other.locator("html")).to_have_attribute("lang", re.compile("en|nl"))
    context.close()
