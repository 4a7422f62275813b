"""A long translation: who closes the tab or presses Stop ends it, and others need not wait for it."""

from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from attribution.models.catalogue import bundled

pytestmark = pytest.mark.skipif(
    not {"english-lm", "english-spanish"} <= {entry.id for entry in bundled()},
    reason="the bundled models are not here",
)
SENTENCE = (
    "The quiet woman is in the kitchen and the young teacher is in the city near the cold river today. "
)
TEXT = " ".join((6 * SENTENCE).split()[:105])
ENDED = "stopped, nobody waited for it"


def translation(server, first_word):
    """The address of a translation that takes a minute: every reader of it its own."""
    inputs = {"mt_source": f"{first_word} {TEXT}", "mt_target": TEXT, "mt_whose": "yours"}
    return f"{server.url}/translation?{urlencode(inputs | {'mt_method': 'integrated gradients'})}"


def log(server):
    """The lines of explanations that have ended."""
    lines = server.log.read_text(errors="replace").splitlines()
    return [line for line in lines if "why_this_word" in line]


def translated(server):
    """How many translations have ended; a fresh server also answers its first page's question by itself."""
    return sum("translation model=" in line for line in log(server))


def until_logged(page, server, words, number=1):
    for _ in range(600):
        if sum(words in line for line in log(server)) >= number:
            return
        page.wait_for_timeout(200)
    pytest.fail(f"the log never said {words!r}:\n" + "\n".join(log(server)))


def under_way(page):
    expect(page.get_by_test_id("stMain").get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_test_id("stMain")).to_contain_text("% done")


def test_others_are_served_and_a_closed_tab_ends_it(new_server, chromium, page, main):
    server = new_server(WHY_HUB="off")
    page.goto(f"{server.url}/translation")
    page.wait_for_selector("text=owes most to")
    leaving = chromium.new_context()
    long = leaving.new_page()
    long.set_default_timeout(120_000)
    long.goto(translation(server, "Now"))
    under_way(long)
    # Meanwhile another visitor, on another model and on the same one.
    page.goto(f"{server.url}/next_word?nw_text=The+water+in+the+river+was")
    page.wait_for_selector("text=What the model expects")
    page.goto(f"{server.url}/translation?mt_source=The+small+dog+is+old.")
    page.wait_for_selector("text=owes most to")
    assert translated(server) == 2, "the long one ended before it was left"
    under_way(long)
    leaving.close()
    until_logged(page, server, ENDED)


def test_stop_says_so_and_goes_on_and_a_page_left_ends_it_too(new_server, page, main):
    server = new_server(WHY_HUB="off")
    page.goto(translation(server, "Here"))
    under_way(page)
    page.get_by_test_id("stMain").get_by_role("button", name="Stop").click()
    main.to_contain_text("Stopped")
    until_logged(page, server, ENDED)
    expect(page.get_by_role("textbox", name="Your translation")).to_have_value(TEXT)
    page.get_by_role("button", name="Go on").click()
    under_way(page)
    page.get_by_role("link", name="About").click()
    main.to_contain_text("Apache")
    until_logged(page, server, ENDED, 2)


def test_streamlits_own_stop_ends_it_and_it_goes_on_for_another_visitor(new_server, chromium, page):
    server = new_server(WHY_HUB="off")
    page.goto(translation(server, "There"))
    under_way(page)
    other = chromium.new_context()
    second = other.new_page()
    second.set_default_timeout(120_000)
    second.goto(translation(server, "There"))
    under_way(second)
    page.get_by_test_id("stHeader").get_by_role("button", name="Stop").click()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    page.wait_for_timeout(2000)
    under_way(second)
    assert translated(server) == 0
    other.close()
    until_logged(page, server, ENDED)
