"""The Next word page as a visitor uses it."""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

SEED = "This summer, unlike the previous winter, is being extremely"


CHART = '[data-testid="stVegaLiteChart"]'


def test_first_visit_shows_a_finished_explanation_without_scrolling(server, page, main, settle):
    page.goto(server.url)
    page.wait_for_selector("text=Influence of each word")
    for said in ("hot", "cold", "push"):
        main.to_contain_text(said, use_inner_text=True)
    settle(page)
    for number in (0, 1):
        box = page.locator(CHART).nth(number).bounding_box()
        assert box["y"] + box["height"] <= 800, "a figure of the first example ends below the first screen"


def test_an_example_fills_the_form_and_the_link(server, page, settle):
    page.goto(server.url)
    page.get_by_role("button", name="A capital").click()
    page.wait_for_selector("text=Paris rather than London")
    expect(page.get_by_role("textbox", name="Target")).to_have_value("Paris")
    expect(page).to_have_url(re.compile("nw_target=Paris"))


def test_clicking_a_likely_word_marks_it_and_makes_it_the_foil(server, page, settle):
    page.goto(server.url)
    page.wait_for_selector("text=What the model expects next")
    settle(page)
    chart = page.locator(CHART).nth(1)
    rows, bars = (chart.locator(f"path[aria-roledescription='{mark}']") for mark in ("rect mark", "bar"))
    marked = "els => els.map(e => +e.getAttribute('fill-opacity') > 0)"
    assert bars.nth(9).bounding_box()["width"] < 1, "the last word is no longer one that is hard to hit"

    def click(place, x):
        """At x from the left of a row, on the first screen, as a visitor without patience would."""
        box = rows.nth(place).bounding_box()
        page.mouse.click(box["x"] + x, box["y"] + box["height"] / 2)
        button = page.get_by_role("button", name="Make it the foil")
        expect(button).to_be_visible()
        settle(page)
        assert rows.evaluate_all(marked) == [k == place for k in range(10)]
        assert button.bounding_box()["y"] < 800
        return button

    click(8, 60)  # on its label
    before = chart.bounding_box()["y"]
    button = click(9, 250)  # to the right of a bar that is narrower than a pixel
    assert abs(chart.bounding_box()["y"] - before) < 2
    chart.get_by_text("dark").hover(force=True)
    tooltip = page.locator("#vg-tooltip-element")
    expect(tooltip).to_contain_text("10th")
    expect(tooltip).not_to_contain_text("10.0")
    button.click()
    expect(page.get_by_role("textbox", name="Foil")).to_have_value("dark")
    expect(page).to_have_url(re.compile("nw_foil=dark"))
    settle(page)
    expect(page.get_by_role("button", name="Make it the foil")).to_be_disabled()


def test_the_row_of_tokens_wraps_and_shows_raw_ones_when_asked(server, page, main, settle):
    long = "Language+models+learn+which+words+usually+follow+other+words;+" * 2 + SEED.replace(" ", "+")
    page.goto(f"{server.url}/?nw_text={long}")
    row = page.locator("div:has(> bdi)").first
    row.wait_for()
    settle(page)
    for width in (1280, 700):
        page.set_viewport_size({"width": width, "height": 800})
        settle(page)
        boxes = [token.bounding_box() for token in row.locator("bdi").all()]
        assert len({round(box["y"]) for box in boxes}) > 1
        assert all(box["x"] + box["width"] <= width for box in boxes)
    main.not_to_contain_text("Ġ", use_inner_text=True)
    page.get_by_text("raw tokens").click()
    main.to_contain_text("Ġsummer", use_inner_text=True)
    expect(page).to_have_url(re.compile("nw_raw=true"))


def test_files_of_a_dark_page_are_light_unless_asked(server, chromium, settle):
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, color_scheme="dark")
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(server.url)
    page.wait_for_selector("text=Influence of each word")
    settle(page)
    for name, corner in (("PNG", (255, 255, 255)), ("dark PNG", (14, 17, 23))):
        with page.expect_download() as download:
            page.locator(".st-key-nw_words_menu").get_by_role(
                "button", name=re.compile(f"\\b{name}$")
            ).first.click()
        with Image.open(download.value.path()) as image:
            assert image.convert("RGB").getpixel((2, 2)) == corner, name
            assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    context.close()


def test_a_long_text_is_seen_whole_on_the_first_screen(server, page, settle):
    long = "Language+models+learn+which+words+usually+follow+other+words;+" + SEED.replace(" ", "+")
    page.goto(f"{server.url}/?nw_text={long}")
    page.wait_for_selector("text=Influence of each word")
    settle(page)
    last = page.locator(".st-key-nw_sentence button[title^='extremely']").bounding_box()
    assert last["y"] + last["height"] < page.locator(CHART).first.bounding_box()["y"] < 600


def test_a_figure_pinned_twice_says_so(server, page, settle):
    page.goto(server.url)
    page.wait_for_selector("text=Influence of each word")
    for says in ("Pinned. It is on the page Report", "This is in the report already."):
        settle(page)
        page.get_by_role("button", name="Pin to report").first.click()
        expect(page.get_by_text(says)).to_be_visible()


def test_views_and_closer_looks_draw(server, page, main, measured):
    page.goto(server.url)
    page.wait_for_selector("text=Influence of each word")
    page.get_by_role("radio", name="tokens", exact=True).click()
    page.wait_for_selector("text=Influence of each token")
    page.get_by_role("radio", name="share").click()
    for name, shows in (
        ("Where it happens", "MLP"),
        ("Who looks at whom", "Layer"),
        ("Does it hold?", "random orders"),
        ("What if?", "What the text loses when a word is left out"),
        ("Everything adds up", "Checked: all parts sum"),
    ):
        page.get_by_role("radio", name=name).click()
        measured(shows)
    expect(page).to_have_url(re.compile("nw_measure=share"))


def test_another_method_is_one_choice_and_part_of_the_link(server, page, main, settle):
    page.goto(f"{server.url}/?nw_method=Logit")
    page.wait_for_selector("text=hot rather than cold (Logit)")
    page.get_by_role("combobox", name="Method").click()
    page.get_by_role("option", name="held still", exact=True).click()
    page.wait_for_selector("text=hot rather than cold (held still)")
    main.to_contain_text("The words add +7.70 logits", use_inner_text=True)
    expect(page).to_have_url(re.compile("nw_method=frozen"))


def test_which_method_holds_leads_to_that_method(server, page, measured, settle):
    page.goto(f"{server.url}/?nw_look=Does+it+hold%3F")
    measured("Which method holds here?")
    settle(page)
    measure = page.get_by_role("button", name=re.compile("Measure all methods"))
    if measure.count():
        measure.click()
    page.get_by_role("button", name="GIM", exact=True).click()
    page.wait_for_selector("text=hot rather than cold (GIM)")


def test_files_can_be_taken_away(server, page, settle):
    page.goto(server.url)
    page.wait_for_selector("text=Influence of each word")
    settle(page)
    begins = {
        "nw_words_menu": {"PNG": b"\x89PNG", "SVG": b"<svg", "CSV": b"position"},
        "nw_result_menu": {"JSON": b"{"},
    }
    for menu, files in begins.items():
        for label, first in files.items():
            with page.expect_download() as download:
                page.locator(f".st-key-{menu}").get_by_role("button", name=label).click()
            data = Path(download.value.path()).read_bytes()
            assert data.startswith(first), label
            assert len(data) > 100
