"""Address, link and history: a question is one entry, Back and links show exactly what was seen."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from attribution.models.catalogue import bundled

HERE = {"english-lm", "english-spanish", "yes-no-small"} <= {entry.id for entry in bundled()}
pytestmark = pytest.mark.skipif(not HERE, reason="the bundled models are not here")
PAGES = {
    "": ("nw", "Text before the word", "A capital", "She or he"),
    "translation": ("mt", "Text to translate", "The nurse: she or he?", "The tired doctor"),
    "model_sizes": ("ms", "Question", "Madrid in Spain", "A hammer"),
}


def query(page):
    return parse_qs(urlsplit(page.url).query, keep_blank_values=True)


def fields(page):
    """What stands in the fields of the form, with the name of each."""
    boxes = page.locator('[data-testid="stForm"] [data-testid="stTextInput"] input').all()
    return {box.get_attribute("aria-label"): box.input_value() for box in boxes}


def visit(page, url, settle):
    page.goto(url)
    page.get_by_role("button", name="Pin to report").first.wait_for()
    settle(page)


def chosen(page, name, *, which="first"):
    return getattr(page.get_by_role("radio", name=name, exact=True), which)


def press(page, name, settle):
    chosen(page, name).click()
    expect(chosen(page, name)).to_be_checked()
    settle(page)


def link(page):
    page.get_by_role("button", name="Link").click()
    address = page.get_by_test_id("stPopoverBody").locator("code").inner_text().replace("\n", "")
    page.keyboard.press("Escape")
    return address


@pytest.mark.parametrize("path", list(PAGES))
def test_an_example_is_one_entry_and_back_shows_the_one_before(server, page, settle, path):
    prefix, label, *examples = PAGES[path]
    visit(page, f"{server.url}/{path}", settle)
    seen, length = [(page.url, fields(page))], page.evaluate("history.length")
    for number, example in enumerate(examples, 1):
        page.get_by_role("button", name=example).click()
        expect(page.get_by_role("textbox", name=label, exact=True)).not_to_have_value(seen[-1][1][label])
        settle(page)
        page.wait_for_function("entries => history.length === entries", arg=length + number)
        page.wait_for_timeout(500)  # the address is completed after the page has run
        seen.append((page.url, fields(page)))
        assert query(page)
        assert all(name.startswith(prefix) for name in query(page))
    for url, texts in reversed(seen[:-1]):
        page.go_back()
        same_again(page, settle, label, url, texts)
    page.go_forward()
    same_again(page, settle, label, *seen[1])


def same_again(page, settle, label, url, texts):
    """The address and the fields come to be these."""
    expect(page.get_by_role("textbox", name=label, exact=True)).to_have_value(texts[label])
    settle(page)
    expect(page).to_have_url(url)
    for name, text in texts.items():
        expect(page.get_by_role("textbox", name=name, exact=True)).to_have_value(text)


def test_one_back_crosses_a_page_and_both_are_as_they_were(server, page, settle):
    visit(page, server.url, settle)
    page.get_by_role("button", name="A capital").click()
    page.wait_for_selector("text=Paris rather than London")
    settle(page)
    length = page.evaluate("history.length")
    press(page, "share", settle)
    press(page, "tokens", settle)
    assert page.evaluate("history.length") == length, "a change of the view is no entry"
    left = page.url
    assert query(page)["nw_measure"] == ["share"]
    assert query(page)["nw_units"] == ["tokens"]
    page.get_by_role("link", name="Translation").first.click()
    page.wait_for_selector("text=owes most to")
    settle(page)
    press(page, "raw", settle)
    assert urlsplit(page.url).path == "/translation"
    assert page.evaluate("history.length") == length + 1
    page.go_back()
    page.wait_for_selector("text=Paris rather than London")
    settle(page)
    assert page.url == left
    expect(chosen(page, "share")).to_be_checked()
    # By the navigation a page is found as it was left, and its address says so in one entry.
    page.get_by_role("link", name="Translation").first.click()
    page.wait_for_selector("text=owes most to")
    settle(page)
    expect(chosen(page, "raw")).to_be_checked()
    assert query(page) == {"mt_scale": ["raw"]}
    page.go_back()
    page.wait_for_selector("text=Paris rather than London")
    settle(page)
    assert page.url == left


def test_what_is_typed_but_not_submitted_is_not_in_the_address(server, page, settle):
    visit(page, server.url, settle)
    page.get_by_role("textbox", name="Target", exact=True).fill("warm")
    page.get_by_role("textbox", name="Foil", exact=True).fill("icy")
    page.get_by_role("textbox", name="Foil", exact=True).blur()
    press(page, "share", settle)
    assert query(page) == {"nw_measure": ["share"]}
    page.get_by_role("button", name="Explain").click()
    page.wait_for_selector("text=warm rather than icy")
    settle(page)
    assert query(page) == {"nw_target": ["warm"], "nw_foil": ["icy"], "nw_measure": ["share"]}
    page.go_back()
    page.wait_for_selector("text=hot rather than cold")
    expect(page.get_by_role("textbox", name="Target", exact=True)).to_have_value("hot")


def test_a_link_carries_the_whole_view_of_a_next_word(server, page, chromium, settle):
    visit(page, f"{server.url}/?nw_method=logit&nw_look=mixing", settle)
    for name in ("hot", "tokens", "share", "of this layer"):
        press(page, name, settle)
    page.get_by_role("slider", name="Layer").press("ArrowLeft")
    settle(page)
    layer = page.get_by_role("slider", name="Layer").input_value()
    whole, short = link(page), page.url
    said = parse_qs(urlsplit(whole).query)
    assert said["nw_of"] == ["target"], "a label would mean another thing with other words"
    assert said["nw_model"] == ["english-lm"]
    for address in (whole, short):
        other = chromium.new_context(viewport={"width": 1280, "height": 800}).new_page()
        other.set_default_timeout(120_000)
        visit(other, address, settle)
        for name in ("hot", "tokens", "share", "of this layer"):
            expect(chosen(other, name)).to_be_checked()
        expect(other.get_by_role("slider", name="Layer")).to_have_value(layer)
        assert other.url == short
        other.context.close()


def test_a_link_carries_the_word_of_a_translation(server, page, chromium, settle):
    visit(page, f"{server.url}/translation", settle)
    words = page.get_by_role("radiogroup", name="Why this word?").get_by_role("radio")
    name = words.last.inner_text()
    words.last.click()
    settle(page)
    address = page.url
    assert "mt_word" in query(page)
    other = chromium.new_context(viewport={"width": 1280, "height": 800}).new_page()
    other.set_default_timeout(120_000)
    visit(other, address, settle)
    expect(
        other.get_by_role("radio", checked=True).filter(has_text=name.split("\n")[0]).first
    ).to_be_visible()
    assert other.url == address
    # Another text starts at a word of its own.
    other.get_by_role("button", name="A piece of cake").click()
    expect(other).not_to_have_url(re.compile("mt_word"))
    other.context.close()


@pytest.mark.parametrize(
    ("path", "checked", "fields_say"),
    [
        (
            "next_word?nw_text=The+capital+of+France+is&nw_target=Paris&nw_foil=London&nw_method=Logit"
            "&nw_of=Paris+%E2%88%92+London&nw_look=Where+it+happens&nw_measure=share",
            ["Where it happens", "share"],
            {"Target": "Paris"},
        ),
        (
            "translation?mt_whose=yours&mt_target=Llueve.&mt_method=gradient&mt_scale=weighted+by+score",
            ["yours", "weighted by score"],
            {"Your translation": "Llueve."},
        ),
        (
            "model_sizes?ms_models=Yes%2Fno+demo%2C+all+3+sizes&ms_question=Is+Madrid+in+Spain%3F"
            "&ms_target=yes&ms_foil=no&ms_look=Do+they+agree%3F&ms_attributed=probability",
            ["Do they agree?"],
            {"Question": "Is Madrid in Spain?"},
        ),
    ],
    ids=["next word", "translation", "model sizes"],
)
def test_an_address_of_version_0_1_opens_the_same_view(server, page, settle, path, checked, fields_say):
    visit(page, f"{server.url}/{path}", settle)
    for name in checked:
        expect(chosen(page, name)).to_be_checked()
    assert fields_say.items() <= fields(page).items()
    assert not page.get_by_test_id("stAlert").count()
