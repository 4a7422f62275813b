"""The report as a student uses it: pin on three pages, comment, reload, restart, take away, open again."""

import json
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from attribution.export.report import from_json

PINS = {
    "next_word": "Influence of each word",
    "translation": "Which words led to each word",
    "model_sizes": "Confidence by model size",
}


def pin_first(page, settle):
    page.get_by_role("button", name="Pin to report").first.click()
    page.wait_for_selector("text=Pinned.")
    settle(page)


def report(page, url, settle):
    page.goto(f"{url}/report")
    page.get_by_role("heading", name="Report").wait_for()
    settle(page)


def test_pin_comment_reload_restart_and_take_away(new_server, chromium, settle, tmp_path):
    server = new_server()
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(120_000)
    for path in PINS:
        page.goto(f"{server.url}/{path}")
        page.get_by_role("button", name="Pin to report").first.wait_for()
        settle(page)
        pin_first(page, settle)
    report(page, server.url, settle)
    comments = page.get_by_label("Your comment")
    expect(comments).to_have_count(3)
    comments.first.fill("Mostly <b>summer</b>.")
    comments.nth(1).click()
    settle(page)
    page.reload()
    expect(page.get_by_label("Your comment").first).to_have_value("Mostly <b>summer</b>.")

    second = context.new_page()
    report(second, server.url, settle)
    expect(second.get_by_label("Your comment")).to_have_count(3)
    second.close()
    stranger = chromium.new_context().new_page()
    report(stranger, page.url.split("/report")[0], settle)
    assert stranger.get_by_label("Your comment").count() == 0
    stranger.context.close()

    server.stop()
    restarted = new_server()
    report(page, restarted.url, settle)
    expect(page.get_by_label("Your comment").first).to_have_value("Mostly <b>summer</b>.")

    files = {}
    for label, ending in (("HTML", "html"), ("Markdown + PNG", "zip"), ("JSON", "json")):
        with page.expect_download() as download:
            page.get_by_role("button", name=label).click()
        files[ending] = tmp_path / download.value.suggested_filename
        download.value.save_as(files[ending])
        assert files[ending].name.startswith("why-this-word-report-")
    opened = from_json(files["json"].read_bytes())
    assert [item.recipe.page for item in opened.items] == ["Next word", "Translation", "Model sizes"]
    assert opened.items[0].comment == "Mostly <b>summer</b>."
    with zipfile.ZipFile(files["zip"]) as archive:
        assert sum(name.endswith(".png") for name in archive.namelist()) == 3
    offline(chromium, files["html"])
    reopened(chromium, restarted.url, files["json"], settle)
    context.close()


def offline(chromium, path):
    context = chromium.new_context(offline=True)
    page = context.new_page()
    failed = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.goto(path.as_uri())
    assert page.locator("figure svg").count() == 3
    assert page.get_by_text("Mostly <b>summer</b>.").count() == 1
    assert not failed
    context.close()


def reopened(chromium, url, path, settle):
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(120_000)
    report(page, url, settle)
    page.set_input_files('input[type="file"]', path)
    page.get_by_role("button", name="Open it instead of this report").click()
    expect(page.get_by_label("Your comment")).to_have_count(3)
    page.get_by_role("button", name="Remove").first.click()
    expect(page.get_by_label("Your comment")).to_have_count(2)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Your comment").first).to_have_value("Mostly <b>summer</b>.")
    context.close()


@pytest.mark.parametrize(
    "text",
    ["{", "[]", json.dumps({"format": "why-this-word-report", "version": 99})],
    ids=["cut", "other", "newer"],
)
def test_a_file_that_is_no_report_is_a_sentence(server, page, settle, tmp_path, text):
    path = Path(tmp_path / "report.json")
    path.write_text(text)
    report(page, server.url, settle)
    page.set_input_files('input[type="file"]', path)
    page.wait_for_selector('[data-testid="stAlert"] >> text=/cannot be read|not a report|newer version/')
    assert "Traceback" not in page.inner_text('[data-testid="stMain"]')


def test_answers_of_an_exercise_land_in_the_report(server, page, settle):
    page.goto(server.url)
    page.wait_for_selector("text=Influence of each word")
    settle(page)
    page.get_by_text("Guided exercise").click()
    page.get_by_label("1. Which word pushes most").fill("The word summer.")
    page.get_by_role("button", name="Put the answers into the report").click()
    page.wait_for_selector("text=Pinned.")
    settle(page)
    report(page, server.url, settle)
    expect(page.get_by_test_id("stMain")).to_contain_text("The word summer.")
