"""The Translation page as a visitor uses it, on a tiny model that every machine has."""

import re

import pytest
from playwright.sync_api import expect

from attribution.models.catalogue import bundled

TEXTS = "mt_model=marian-tiny&mt_source=the+people+could+see+the+water&mt_target=they+find+it+so+cold"
HERE = any(entry.id == "english-spanish" for entry in bundled())


def test_a_cold_link_both_translations_a_word_and_its_contrast(tiny, page, settle):
    page.goto(f"{tiny.url}/translation?{TEXTS}&mt_whose=both")
    page.wait_for_selector("text=times likelier")
    expect(page.get_by_role("textbox", name="Your translation")).to_have_value("they find it so cold")
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(3)
    page.get_by_role("radio", name="yours", exact=True).first.click()
    page.get_by_role("button", name="Explain", exact=True).click()
    page.wait_for_selector("text=times likelier", state="detached")
    settle(page)

    page.get_by_role("radio").filter(has_text="cold").click()
    page.wait_for_selector("text=/cold owes most to|decides cold/")
    settle(page)
    page.get_by_role("button", name="Contrast “cold”").click()
    page.get_by_role("textbox", name="Another word").fill("hot")
    page.get_by_role("textbox", name="Another word").press("Enter")
    page.wait_for_selector("text=rather than hot")
    expect(page.get_by_role("textbox", name="Contrast")).to_have_value(re.compile("they find it so hot"))
    expect(page).to_have_url(re.compile(r"mt_contrast=they\+find\+it\+so\+hot"))
    page.get_by_text("Which tokens of the two translations are compared").click()
    expect(page.get_by_test_id("stDataFrame")).to_have_count(1)


@pytest.mark.skipif(not HERE, reason="the bundled translator is not here")
def test_first_visit_shows_a_finished_explanation(server, page, settle):
    page.goto(f"{server.url}/translation")
    page.wait_for_selector("text=owes most to")
    settle(page)
    box = page.locator('[data-testid="stVegaLiteChart"]').first.bounding_box()
    assert box["y"] + box["height"] < 800, "the first figure is not on the first screen"
    page.get_by_role("button", name="The nurse: she or he?").click()
    page.wait_for_selector("text=rather than")
    expect(page).to_have_url(re.compile(r"mt_contrast=El\+enfermero"))


def chosen(page):
    """The word chosen in each row of words."""
    rows = (
        page.get_by_test_id("stMain").get_by_test_id("stButtonGroup").filter(has_text="Why this word?").all()
    )
    return [row.locator('[aria-checked="true"]').inner_text().split() for row in rows]


@pytest.mark.skipif(not HERE, reason="the bundled translator is not here")
def test_both_show_finding_and_figure_at_once_and_start_where_they_differ(server, page, settle):
    page.goto(f"{server.url}/translation")
    page.wait_for_selector("text=owes most to")
    settle(page)
    page.get_by_role("radio").filter(has_text="cántaros").click()  # a choice that the next text is not for
    settle(page)
    page.get_by_role("button", name="… word for word").click()
    finding = page.get_by_test_id("stMain").get_by_text("times likelier")
    finding.wait_for()
    settle(page)
    figure = page.locator('[data-testid="stVegaLiteChart"]').first.bounding_box()
    assert finding.bounding_box()["y"] < figure["y"]
    assert figure["y"] + figure["height"] <= 800
    one, other = chosen(page)
    assert "a" in one
    assert "gatos" in other


@pytest.mark.skipif(not HERE, reason="the bundled translator is not here")
def test_a_long_text_shows_finding_and_figure_on_the_first_screen(server, page, settle):
    text = "The old man and his two small children walked slowly to the river, because the weather was warm."
    page.goto(f"{server.url}/translation?mt_source={text.replace(' ', '+')}")
    finding = page.get_by_test_id("stMain").get_by_text("The model is least sure of")
    finding.wait_for()
    settle(page)
    figure = page.locator('[data-testid="stVegaLiteChart"]').first.bounding_box()
    assert finding.bounding_box()["y"] < figure["y"] < 480
    assert not {".", ",", "(end)"} & set(chosen(page)[0])


@pytest.mark.skipif(not HERE, reason="the bundled translator is not here")
def test_raw_tokens_are_behind_a_toggle(server, page, main, settle):
    page.goto(f"{server.url}/translation?mt_units=tokens")
    page.wait_for_selector("text=8 source tokens")
    settle(page)
    main.not_to_contain_text("▁", use_inner_text=True)
    page.get_by_text("raw tokens").click()
    main.to_contain_text("▁raining", use_inner_text=True)
    expect(page).to_have_url(re.compile("mt_raw=true"))
