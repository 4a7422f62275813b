"""The Model sizes page as a visitor uses it."""

import re

import pytest
from playwright.sync_api import expect

from attribution.models.catalogue import bundled

TINY = "ms_models=t5-tiny&ms_models=gpt2-tiny"
EVIL = "ms_question=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E+%24x%24+%3Ared%5Bhi%5D&ms_target=hot&ms_foil=oil"


def test_cold_links_failures_and_markup(tiny, page, main, settle):
    question = "ms_question=the+water+was+cold+and&ms_target=hot&ms_foil=oil"
    page.goto(f"{tiny.url}/model_sizes?{TINY}&ms_models=owner%2Fnot-here&{question}&ms_look=agreement")
    page.wait_for_selector("text=Which words each model leans on")
    for said in ("t5-tiny", "gpt2-tiny", "not-here", "P(hot)", "Downloads are switched off"):
        main.to_contain_text(said, use_inner_text=True)
    expect(page.get_by_role("link", name="Translation").first).to_be_visible()
    expect(page.get_by_role("textbox", name="Question")).to_have_value("the water was cold and")

    hits = []
    page.on("dialog", lambda dialog: (hits.append(1), dialog.dismiss()))
    page.goto(f"{tiny.url}/model_sizes?{TINY}&{EVIL}")
    page.wait_for_selector("text=Which words each model leans on")
    settle(page)
    assert not hits
    assert page.locator('[data-testid="stMain"] img[src="x"]').count() == 0


@pytest.mark.skipif(sum(e.family == "yes-no" for e in bundled()) < 3, reason="the bundled family is not here")
def test_one_click_compares_the_bundled_family(server, page, settle):
    page.goto(f"{server.url}/model_sizes")
    page.wait_for_selector("text=Which words each model leans on")
    settle(page)
    charts = page.locator('[data-testid="stVegaLiteChart"]')
    box = charts.first.bounding_box()
    assert box["y"] + box["height"] < 800, "the first figure is not on the first screen"
    page.get_by_role("button", name="Madrid in Spain").click()
    page.wait_for_selector("text=yes rather than no")
    expect(page).to_have_url(re.compile("ms_target=yes"))
    expect(page.get_by_role("textbox", name="Question")).to_have_value("Is Madrid in Spain?")


def test_no_click_picks_every_model_and_downloads_say_what_they_take(server, page, settle):
    page.goto(f"{server.url}/model_sizes")
    page.get_by_role("combobox", name="Models").click()
    listed = page.get_by_role("option")
    listed.first.wait_for()
    expect(page.get_by_text("Select all")).to_have_count(0)
    expect(listed.first).to_contain_text("Families")
    expect(page.get_by_role("option", name="GPT-2, all 4 sizes")).to_contain_text("11.7 GB, MIT")
