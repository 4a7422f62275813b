"""Pages for everybody: contrast and names (axe-core), a screen reader's words, a telephone's width."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError, expect

from attribution.language import _, reading
from attribution.ui.frame import QUESTIONS

PAGES = {
    "next_word": "Explain",
    "translation": "Explain",
    "model_sizes": "Compare",
    "answer": "Explain",
    "many": "",
    "report": "",
    "about": "",
}
LANGUAGES = {"en": "English", "es": "Español", "nl": "Nederlands"}
FIGURES = ["next_word", "translation", "model_sizes"]
STREAMLITS_OWN: set[str] = set()
"""Rules that Streamlit's own parts break; none of ours may be among them."""


LOOKS_DIFFERENT = """async () => {
    const at = document.activeElement;
    const around = [at, at.parentElement, at.parentElement.parentElement];
    const looks = () => around.map(part => {
        const style = getComputedStyle(part);
        return [style.outline, style.boxShadow, style.borderColor, style.backgroundColor].join();
    }).join();
    const soon = () => new Promise(later => setTimeout(later, 500));
    await soon();
    const focused = looks();
    at.blur();
    await soon();
    const blurred = looks();
    at.focus({focusVisible: true});
    return focused !== blurred;
}"""
"""Whether what has the focus looks different with it."""


def opened(page, server, settle, name):
    page.goto(f"{server.url}/{name}")
    page.wait_for_selector(".st-key-page :is(h1, h2, h3, button, input, p)")
    settle(page)
    if PAGES[name]:
        page.get_by_role("button", name=PAGES[name], exact=True).click()
        expect(page.locator(".why-finding").first).to_be_visible()
        settle(page)


def reads(page, settle, code):
    """Chooses a language in the top bar."""
    page.locator(".st-key-_language").get_by_role("combobox").click()
    page.get_by_role("option", name=LANGUAGES[code]).click()
    expect(page.locator("html")).to_have_attribute("lang", code)
    settle(page)
    page.mouse.move(0, 0)


def violations(page, settle, theme):
    page.emulate_media(color_scheme=theme)
    settle(page)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("r")  # Streamlit's own: the page is drawn anew, in the colours of the theme
    settle(page)
    response = Axe().run(page, options={"resultTypes": ["violations"]}).response
    found = [v for v in response["violations"] if v["impact"] in ("serious", "critical")]
    return {
        v["id"]: [node["html"][:200] for node in v["nodes"]] for v in found if v["id"] not in STREAMLITS_OWN
    }


FITS = """() => document.querySelector('[data-testid="stMain"]').scrollWidth <= window.innerWidth"""


def fits(page, width, height):
    """Whether nothing of the page comes to lie beside the screen."""
    page.set_viewport_size({"width": width, "height": height})
    try:
        page.wait_for_function(FITS, timeout=5_000)
    except TimeoutError:
        return False
    page.wait_for_timeout(200)  # it stays so
    return page.evaluate(FITS)


IN_ONE_LINE = """() => {
    const box = document.querySelector('.st-key-name [data-testid=stHtml]')?.getBoundingClientRect();
    const links = [...document.querySelectorAll('[data-testid=stTopNavLink]')];
    return box && box.height < 30 && box.left >= 0 && box.right <= window.innerWidth
        && links.every(link => link.getBoundingClientRect().right < box.left);
}"""
"""What the page answers stands in one line, beside the names of the pages."""


@pytest.mark.parametrize("name", PAGES)
def test_for_everybody(page, server, settle, name):
    """In each language: a line on what it answers, contrast and names, small, twice as large, on paper."""
    opened(page, server, settle, name)
    for code in LANGUAGES:
        if code != "en":
            reads(page, settle, code)
        with reading(code):
            says = _(QUESTIONS["" if name == "next_word" else name])
        expect(page.locator(".st-key-name [data-testid=stHtml]").first).to_contain_text(
            f"Why This Word {says}"
        )
        page.wait_for_function(IN_ONE_LINE)
        if code == "en":  # colours are the same in every language
            assert not violations(page, settle, "dark"), code
        assert not violations(page, settle, "light"), code
        assert fits(page, 640, 400), f"{code}: 1280x800 at 200 %"
        assert fits(page, 390, 844), f"{code}: a telephone"
        if PAGES[name]:
            top = page.locator(".why-finding").first.bounding_box()["y"]
            scrolled = page.evaluate("""() => document.querySelector('[data-testid="stMain"]').scrollTop""")
            assert top + scrolled <= 1.5 * 844, (
                f"{code}: the first finding stands within one and a half screens"
            )
        page.set_viewport_size(
            {"width": 718, "height": 1046}
        )  # A4 at 96 pixels an inch, less a margin of 1 cm
        page.emulate_media(media="print")
        page.wait_for_timeout(300)
        if PAGES[name]:
            expect(page.get_by_test_id("stForm").get_by_role("button").last).to_be_hidden()
            expect(page.locator(".why-finding").first).to_be_visible()
        out = page.evaluate(
            """() => [...document.querySelectorAll(".stVegaLiteChart svg")]
                .map(svg => svg.getBoundingClientRect()).filter(box => box.right > 719 || box.left < -1)"""
        )
        assert not out, f"{code}: cut on paper"
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": 1280, "height": 800})


@pytest.fixture
def reach(page):
    """Tabs until the focus is on what has this label, and sees to it that the focus can be seen."""

    def tab(label, kind="BUTTON"):
        for _tab in range(80):
            page.keyboard.press("Tab")
            at, named = page.evaluate(
                "[document.activeElement.tagName,"
                " document.activeElement.ariaLabel || document.activeElement.innerText || '']"
            )
            if at == kind and named.strip().endswith(label):
                assert page.evaluate(LOOKS_DIFFERENT), f"the focus on {label} cannot be seen"
                return
        raise AssertionError(f"{label} is not reached")

    return tab


def test_from_example_to_pin_and_file_by_keyboard_alone(page, server, settle, reach):
    opened(page, server, settle, "next_word")
    reach("Keys on the table")
    page.keyboard.press("Enter")
    told = page.locator("#why-announcement")
    expect(told).to_contain_text("are")
    settle(page)
    reach("Foil", "INPUT")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("was")
    page.keyboard.press("Enter")
    expect(told).to_contain_text("was")
    settle(page)
    reach("PNG")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")
    reach("Pin to report")
    page.keyboard.press("Enter")
    settle(page)
    page.goto(f"{server.url}/report")
    expect(page.get_by_test_id("stMain")).to_contain_text("rather than was")
    settle(page)
    reach("HTML")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert "rather than was" in Path(download.value.path()).read_text("utf-8")


def test_a_word_of_a_translation_is_chosen_by_keyboard(page, server, settle, reach):
    opened(page, server, settle, "translation")
    reach("%")  # the words with their probabilities, of which one is chosen
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="lloviendo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name="lloviendo")).to_be_checked()
    expect(page.locator("#why-announcement")).to_contain_text("lloviendo owes most to")


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_says_what_it_shows_and_has_its_numbers_as_a_table(page, server, settle, name):
    opened(page, server, settle, name)
    figures = page.locator(".stVegaLiteChart").filter(visible=True)
    for number in range(figures.count()):
        described = figures.nth(number).evaluate(
            "e => (e.closest('[aria-label]') ?? e.querySelector('[aria-label]'))?.getAttribute('aria-label')"
        )
        assert described
    page.get_by_role("button", name="Numbers").first.click()
    table = page.locator(".why-numbers table").filter(visible=True)
    expect(table).to_be_visible()
    assert table.locator("th").count() >= 2
    assert table.locator("tbody tr").count() >= 2


def test_what_is_found_is_read_to_who_cannot_see_it(page, server, settle):
    opened(page, server, settle, "next_word")
    told = page.locator("#why-announcement")
    expect(told).to_have_attribute("role", "status")
    expect(told).to_contain_text("pushes most toward hot")
    page.get_by_role("textbox", name="Foil").fill("warm")
    page.get_by_role("button", name="Explain", exact=True).click()
    expect(told).to_contain_text("warm")
    settle(page)
    shown = [text.strip() for text in page.locator(".why-finding").all_inner_texts()]
    expect(told.locator("div")).to_have_text(shown)
    if not page.get_by_text("How far to believe it: see Does it hold?").count():  # where that is quick
        assert any("here: the order of the words" in text for text in shown), "how far it holds is read, too"


def test_first_steps_are_shown_once(chromium, server, settle):
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    opened(page, server, settle, "next_word")
    step = page.locator(".why-step")
    expect(step).to_contain_text("1/3")
    box, example = step.bounding_box(), page.get_by_role("button", name="Summer or winter").bounding_box()
    assert 0 <= box["y"] - example["y"] - example["height"] < 20, "beside what it is about"
    page.get_by_role("button", name="Keys on the table").click()
    expect(step).to_contain_text("2/3")
    settle(page)
    assert not violations(page, settle, "light")
    step.get_by_role("button", name="Next").click()
    expect(step).to_contain_text("3/3")
    step.get_by_role("button", name="Do not show this again").click()
    expect(step).to_be_hidden()
    page.reload()
    settle(page)
    expect(step).to_be_hidden()
    context.close()


LIT = "[...document.querySelectorAll('.why-lit')].map(mark => mark.__data__.datum)"
"""What is lit in the figures."""


def test_a_word_lights_its_bar_its_row_and_its_column(page, server, settle):
    opened(page, server, settle, "next_word")
    page.get_by_role("radio", name="Where it happens").click()
    settle(page)
    sentence = page.locator(".st-key-nw_sentence").get_by_role("button")
    sentence.nth(1).hover()
    lit = page.evaluate(LIT)
    assert {mark.get("position", mark.get("column")) for mark in lit} == {1}
    assert sum("position" in mark for mark in lit) == 1, "its bar"
    assert sum("column" in mark for mark in lit) > 1, "its column"
    sentence.nth(1).focus()
    page.keyboard.press("ArrowRight")
    assert {mark.get("position", mark.get("column")) for mark in page.evaluate(LIT)} == {2}
    page.keyboard.press("Enter")  # keeps it
    page.mouse.move(0, 0)
    page.get_by_role("textbox", name="Foil").focus()
    assert {mark.get("position", mark.get("column")) for mark in page.evaluate(LIT)} == {2}
    opened(page, server, settle, "translation")
    page.locator(".st-key-mt_words").get_by_role("button").nth(2).hover()
    lit = page.evaluate(LIT)
    assert {mark["column_label"] for mark in lit} == {"raining"}, (
        "of the source, not of what was written before"
    )
    page.get_by_role("radio", name="lloviendo").hover()
    assert {mark["row"] for mark in page.evaluate(LIT)} == {1}
