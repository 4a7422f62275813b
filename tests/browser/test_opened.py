"""What a visitor made is opened again: an analysis from its file, answers and comments after a reload."""

import json

import pytest
from playwright.sync_api import expect

from attribution.models.catalogue import bundled

HERE = {"english-lm", "english-spanish", "yes-no-small"} <= {entry.id for entry in bundled()}
pytestmark = pytest.mark.skipif(not HERE, reason="the bundled models are not here")
PAGES = {
    "next_word": ("nw", "A capital", "Paris rather than London"),
    "translation": ("mt", "The nurse: she or he?", "rather than"),
    "model_sizes": ("ms", "Madrid in Spain", "yes rather than no"),
}


def visit(page, url, settle):
    page.goto(url)
    page.get_by_role("button", name="Pin to report").first.wait_for()
    settle(page)


def saved(page, prefix, path):
    with page.expect_download() as download:
        page.locator(f".st-key-{prefix}_result_menu").get_by_role("button", name="JSON").click()
    download.value.save_as(path)
    return path


def open_file(page, path):
    page.get_by_test_id("stPopoverButton").filter(has_text="Open").click()
    page.set_input_files('[data-testid="stPopoverBody"] input[type="file"]', path)


@pytest.mark.parametrize("path", list(PAGES))
def test_the_json_of_an_analysis_opens_on_its_own_page(server, page, chromium, settle, tmp_path, path):
    prefix, example, says = PAGES[path]
    visit(page, f"{server.url}/{path}", settle)
    page.get_by_role("button", name=example).click()
    page.wait_for_selector(f"text={says}")
    settle(page)
    file, url = saved(page, prefix, tmp_path / "analysis.json"), page.url
    other = chromium.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True).new_page()
    other.set_default_timeout(120_000)
    visit(other, f"{server.url}/{path}", settle)
    open_file(other, file)
    other.wait_for_selector("text=This is shown from the file that was opened")
    other.wait_for_selector(f"text={says}")
    settle(other)
    asked = [part for part in url.split("?")[1].split("&") if "_sign" not in part]
    assert all(part in other.url for part in asked)
    other.keyboard.press("Escape")
    again = saved(other, prefix, tmp_path / "again.json")
    assert json.loads(again.read_text()) == json.loads(file.read_text())
    other.context.close()
    # It is this visitor's alone.
    visit(page, url, settle)
    expect(page.get_by_test_id("stMain")).not_to_contain_text("the file that was opened")


def test_a_file_of_another_page_is_one_sentence(server, page, settle, tmp_path):
    visit(page, server.url, settle)
    file = saved(page, "nw", tmp_path / "analysis.json")
    visit(page, f"{server.url}/translation", settle)
    open_file(page, file)
    page.wait_for_selector("text=it opens on the page Next word")
    broken = tmp_path / "broken.json"
    broken.write_text(file.read_text()[:300])
    page.set_input_files('[data-testid="stPopoverBody"] input[type="file"]', broken)
    page.wait_for_selector("text=/cannot be read/")
    assert not page.get_by_test_id("stException").count()


def test_a_reload_loses_no_answer_and_mixes_no_visitors(server, page, chromium, settle):
    visit(page, server.url, settle)
    page.get_by_text("Guided exercise").click()
    first, second = page.get_by_label("1. Which word pushes most"), page.get_by_label("2. Put another word")
    first.fill("The word <b>summer</b>.")
    second.press_sequentially("Still being ty")
    page.reload()
    page.get_by_role("button", name="Pin to report").first.wait_for()
    settle(page)
    page.get_by_text("Guided exercise").click()
    expect(first).to_have_value("The word <b>summer</b>.")
    expect(second).to_have_value("Still being ty")
    settle(page)
    page.get_by_role("button", name="Put the answers into the report").click()
    page.wait_for_selector("text=These answers are in the report.")
    second.fill("")
    first.click()
    settle(page)
    page.reload()
    page.get_by_role("button", name="Pin to report").first.wait_for()
    settle(page)
    page.get_by_text("Guided exercise").click()
    expect(first).to_have_value("The word <b>summer</b>.")
    expect(second).to_have_value("")
    # Another visitor of the same browser, whose cookie is another one, finds nothing.
    page.context.clear_cookies()
    visit(page, server.url, settle)
    page.get_by_text("Guided exercise").click()
    settle(page)
    expect(first).to_have_value("")


def test_a_reload_loses_no_comment_being_typed_nor_one_of_another_tab(server, page, settle):
    visit(page, server.url, settle)
    page.get_by_role("button", name="Pin to report").first.click()
    page.wait_for_selector("text=Pinned.")
    settle(page)
    page.get_by_role("link", name="Report").first.click()
    comment = page.get_by_label("Your comment")
    comment.click()
    comment.press_sequentially("Half a sen")
    page.reload()
    expect(comment).to_have_value("Half a sen")
    settle(page)
    page.wait_for_function("!Object.keys(localStorage).some(key => key.startsWith('why_draft'))")
    page.reload()
    expect(comment).to_have_value("Half a sen")
    # Typed, then changed in another tab before the reload: both stay.
    comment.click()
    comment.press("End")
    comment.press_sequentially("tence")
    other = page.context.new_page()
    other.set_default_timeout(120_000)
    other.add_init_script("Object.defineProperty(window, 'localStorage', {value: undefined})")
    other.goto(f"{server.url}/report")
    other.get_by_label("Your comment").fill("From the other tab.")
    other.get_by_label("Your comment").blur()
    settle(other)
    other.close()
    page.reload()
    expect(comment).to_have_value("Half a sentence\n\nFrom the other tab.")


def test_show_it_scrolls_up_and_undo_stands_where_the_item_was(server, page, settle):
    visit(page, server.url, settle)
    for number in range(3):
        page.get_by_role("button", name="Pin to report").nth(number).click()
        settle(page)
    page.get_by_text("Guided exercise").click()
    for _ in range(2):
        button = page.get_by_role("button", name="Show it").first
        button.scroll_into_view_if_needed()
        button.click()
        expect(page.get_by_role("textbox", name="Text before the word")).to_be_in_viewport()
        settle(page)
    page.get_by_role("link", name="Report").first.click()
    expect(page.get_by_label("Your comment")).to_have_count(3)
    settle(page)
    remove = page.get_by_role("button", name="Remove")
    for place in (2, 1):
        remove.nth(place).scroll_into_view_if_needed()
        remove.nth(place).click()
        expect(page.get_by_label("Your comment")).to_have_count(2)
        settle(page)
        expect(page.get_by_role("button", name="Undo")).to_be_in_viewport()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_label("Your comment")).to_have_count(3)
        settle(page)
