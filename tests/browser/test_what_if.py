"""Does it hold? and What if? on all three pages, as a visitor clicks and types, and as links say."""

import re

from playwright.sync_api import expect


def choose(page, word):
    page.get_by_test_id("stButtonGroup").get_by_text(word, exact=True).last.click()


def put(page, label, text):
    field = page.get_by_role("textbox", name=label).or_(page.get_by_role("combobox", name=label)).first
    field.fill(text)
    field.press("Enter")


def read_in(page, language):
    page.locator(".st-key-_language").get_by_role("combobox").click()
    page.get_by_role("option", name=language, exact=True).click()


def test_a_translation_of_a_changed_text(server, page, main, measured, settle):
    page.goto(f"{server.url}/translation?mt_look=What+if%3F")
    measured("What the text loses when a word is left out")
    settle(page)
    choose(page, "cats")
    main.to_contain_text("Changed: It is raining and dogs.", use_inner_text=True)
    main.to_contain_text("The model now writes:", use_inner_text=True)
    main.to_contain_text("What the model expects at this step", use_inner_text=True)
    settle(page)
    read_in(page, "Español")
    main.to_contain_text("Cambiado: It is raining and dogs.", use_inner_text=True)
    settle(page)
    page.locator(".st-key-mt_sign").get_by_text("con signo").click()  # a browser sends the labels it holds
    expect(page).to_have_url(re.compile("mt_sign=signed.*mt_if=It[+]is[+]raining[+]and[+]dogs"))
    settle(page)
    read_in(page, "English")
    main.to_contain_text("Changed: It is raining and dogs.", use_inner_text=True)
    settle(page)
    put(page, "In its place", "frogs")
    main.to_contain_text("Changed: It is raining frogs and dogs.", use_inner_text=True)
    settle(page)
    put(page, "The text changed", "It is snowing.")
    main.to_contain_text("Changed: It is snowing.", use_inner_text=True)
    expect(page).to_have_url(re.compile(r"mt_if=It\+is\+snowing\."))
    page.reload()
    main.to_contain_text("Changed: It is snowing.", use_inner_text=True)
    settle(page)
    page.get_by_role("button", name="Go on with the changed text").click()
    expect(page.get_by_role("textbox", name="Text to translate")).to_have_value("It is snowing.")
    expect(page.get_by_role("textbox", name="The text changed")).to_have_value("")
    main.to_contain_text("Choose a word, or type the text anew.", use_inner_text=True)


def test_whether_the_words_of_a_translation_hold(server, page, main, measured, settle):
    page.goto(f"{server.url}/translation?mt_replace=a+neutral+embedding+in+their+place")
    measured("replaced by a neutral embedding (erasure)")
    settle(page)
    page.get_by_role("button", name=re.compile("Measure all methods")).click()
    main.to_contain_text("Of all rankings that of", use_inner_text=True)
    main.to_contain_text("Held still, of the logit", use_inner_text=True)
    settle(page)
    page.get_by_role("button", name="Held still", exact=True).click()
    measured("replaced by a neutral embedding (held still)")
    main.to_contain_text("logit of Está", use_inner_text=True)


def test_models_of_different_sizes_asked_another_question(server, page, main, measured, settle):
    page.goto(f"{server.url}/model_sizes?ms_look=What+if%3F")
    measured("What the text loses when a word is left out")
    settle(page)
    choose(page, "London")
    main.to_contain_text("Changed: Is the capital of France?", use_inner_text=True)
    settle(page)
    put(page, "The text changed", "Is Paris the capital of France?")
    main.to_contain_text("it would say yes", use_inner_text=True)
    main.to_contain_text("Paris and France are among the 3 most important words", use_inner_text=True)
    expect(page).to_have_url(re.compile(r"ms_if=Is\+Paris"))
    settle(page)
    page.get_by_test_id("stButtonGroup").get_by_text("Does it hold?").click()
    measured("Holds hardly better than chance in Yes/no demo small")
    settle(page)
    page.get_by_test_id("stButtonGroup").get_by_text("Yes/no demo large").last.click()
    settle(page)
    page.get_by_role("button", name=re.compile("Measure all methods")).click()
    main.to_contain_text("Of all rankings that of", use_inner_text=True)
    settle(page)
    page.get_by_test_id("stButtonGroup").get_by_text("What if?").click()
    main.to_contain_text("Changed: Is Paris the capital of France?", use_inner_text=True)


def test_a_next_word_after_a_text_typed_freely(server, page, main, measured, settle):
    page.goto(
        f"{server.url}/?nw_look=What+if%3F&nw_text=The+capital+of+France+is&nw_target=Paris&nw_foil=Berlin"
    )
    measured("What the text loses when a word is left out")
    settle(page)
    choose(page, "France")
    settle(page)
    put(page, "In its place", "Germany")
    main.to_contain_text("Changed: The capital of Germany is", use_inner_text=True)
    settle(page)
    page.get_by_role("button", name="Link").click()
    expect(page.get_by_test_id("stPopoverBody").get_by_test_id("stCode")).to_contain_text("nw_if=The+capital")
    page.keyboard.press("Escape")
    put(page, "Text before the word", "The opposite of hot is")
    main.to_contain_text("Choose a word, or type the text anew.", use_inner_text=True)
    main.not_to_contain_text("Changed:", use_inner_text=True)


MARKUP = "%3Cimg+src%3Dx+onerror%3Dalert(1)%3E+%24x%24+%3Ared%5Bhi%5D"


LINKS = (
    (f"/?nw_look=What+if%3F&nw_if={MARKUP}", "Changed"),
    (f"/translation?mt_look=What+if%3F&mt_if={MARKUP}", "Changed"),
    (f"/model_sizes?ms_look=What+if%3F&ms_if={MARKUP}", "Changed"),
    ("/?nw_look=What+if%3F&nw_if=" + "word+" * 1500, "tokens"),
    ("/translation?mt_look=What+if%3F&mt_if=" + "word+" * 1500, "tokens"),
    ("/model_sizes?ms_look=What+if%3F&ms_if=" + "word+" * 1500, "tokens"),
    ("/translation?mt_look=What+if%3F&mt_if=+++", "Choose a word"),
    ("/translation?mt_look=no&mt_replace=burn&mt_methods_as=no", "Holds"),
    ("/model_sizes?ms_look=Does+it+hold%3F&ms_hold_model=..%2Fetc&ms_replace=burn", "Holds"),
)


def test_whatever_a_link_says_is_text(server, page, measured, settle):
    hits = []
    page.on("dialog", lambda dialog: (hits.append(1), dialog.dismiss()))
    for path, says in LINKS:
        page.goto(server.url + path)
        measured(says)
        settle(page)
        assert not hits, path
        assert page.locator('[data-testid="stMain"] img[src="x"]').count() == 0, path
        assert page.get_by_test_id("stException").count() == 0, path
