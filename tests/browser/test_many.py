"""The Many sentences page as a visitor uses it: begun, stopped, gone on with, down to one sentence."""

import re

from playwright.sync_api import expect

CELLS = "path[aria-roledescription='rect mark']"


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def test_a_set_with_three_methods_is_stopped_gone_on_with_and_leads_to_a_sentence(
    server, chromium, page, settle
):
    page.goto(f"{server.url}/many")
    expect(page.get_by_text("312 sentences × 1 model × 3 methods")).to_be_visible()
    button(page, "Start").click()
    button(page, "Stop").click()
    expect(page.get_by_text("Stopped. What was finished is kept")).to_be_visible()
    page.get_by_role("button", name=re.compile("Start|Go on")).click()
    expect(button(page, "Done")).to_be_visible()
    expect(page.get_by_text("Does a method find the words that decide?").first).to_be_visible()
    settle(page)
    cell = page.locator(CELLS).nth(10)
    cell.scroll_into_view_if_needed()
    box = cell.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    settle(page)
    expect(page).to_have_url(re.compile("many_group="))
    link = page.locator("table a", has_text="Next word").first
    link.scroll_into_view_if_needed()
    with page.context.expect_page() as opened:
        link.click()
    word = opened.value
    word.set_default_timeout(120_000)
    word.wait_for_selector("text=Influence of each word")
    expect(word).to_have_url(re.compile("nw_text="))
    expect(word.get_by_role("textbox", name="Target")).not_to_have_value("hot")

    other = chromium.new_context().new_page()  # what one visitor has computed is there for the next
    other.set_default_timeout(120_000)
    other.goto(f"{server.url}/many")
    button(other, "Which method finds the word?").click()
    expect(button(other, "Done")).to_be_visible()
    expect(other.get_by_test_id("stMain")).to_contain_text("scores highest at finding the words that decide")
    other.context.close()
