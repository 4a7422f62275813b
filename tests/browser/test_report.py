"""The report as a student uses it: pin on three pages, comment, reload, restart, take away, open again."""

import json
import zipfile
from pathlib import Path

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
    kinds = ["words-that-decide", "saliency", "confidence"]
    assert [item.recipe.kind for item in opened.items] == kinds
    assert opened.items[0].comment == "Mostly <b>summer</b>."
    with zipfile.ZipFile(files["zip"]) as archive:
        assert sum(name.endswith(".png") for name in archive.namelist()) == 3
    offline(chromium, files["html"])
    reopened(chromium, restarted.url, files["json"], settle)
    context.close()


CUT_OFF = """() => [...document.querySelectorAll('figure text, figcaption')].filter(text => {
    const box = text.getBoundingClientRect(), svg = text.closest('svg'), frame = svg?.getBoundingClientRect();
    const outside = svg && (box.left < frame.left - 1 || box.right > frame.right + 1);
    const hidden = outside && getComputedStyle(svg).overflow !== 'visible';
    return hidden || box.left < 0 || box.right > document.documentElement.clientWidth;
}).map(text => text.textContent)"""


def offline(chromium, path):
    context = chromium.new_context(offline=True)
    page = context.new_page()
    failed = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.goto(path.as_uri())
    assert page.locator("figure svg").count() == 3
    assert page.get_by_text("Mostly <b>summer</b>.").count() == 1
    assert not failed
    assert page.get_by_text("Influence of each word on hot rather than cold").count() == 1
    page.get_by_text("pushes most toward").first.wait_for()
    for font in ("DejaVu Sans", "monospace", "serif"):  # whoever opens it lacks the app's font
        page.add_style_tag(content=f"* {{ font-family: {font} !important }}")
        assert page.evaluate(CUT_OFF) == [], font
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


def test_a_file_that_is_no_report_is_a_sentence(server, page, settle, tmp_path):
    report(page, server.url, settle)
    newer = json.dumps({"format": "why-this-word-report", "version": 99})
    for name, text, says in (
        ("cut", "{", "cannot be read"),
        ("other", "[]", "not a report"),
        ("newer", newer, "newer version"),
    ):
        path = tmp_path / f"{name}.json"
        path.write_text(text)
        page.set_input_files('input[type="file"]', path)
        expect(page.get_by_test_id("stAlert").filter(has_text=says)).to_be_visible()
        assert "Traceback" not in page.inner_text('[data-testid="stMain"]')


def test_answers_of_an_exercise_land_in_the_report(server, page, settle):
    page.goto(server.url)
    page.wait_for_selector("text=Influence of each word")
    settle(page)
    page.get_by_text("Guided exercise").click()
    page.get_by_label("1. Which word pushes most").fill("The word summer.")
    page.get_by_role("button", name="Put the answers into the report").click()
    page.wait_for_selector("text=These answers are in the report.")  # a toast goes away, this stays
    page.get_by_label("1. Which word pushes most").fill("The word winter.")
    page.get_by_label("1. Which word pushes most").blur()
    page.wait_for_selector("text=These answers are in the report.", state="detached")
    settle(page)
    report(page, server.url, settle)
    expect(page.get_by_test_id("stMain")).to_contain_text("The word summer.")


# ------------------------------------------------------------------------- what once ended in a lost report


def visit(page, url, settle, pins=()):
    """A visitor of the Next word page with some of its figures pinned."""
    page.goto(url)
    page.wait_for_selector("text=Influence of each word")
    settle(page)
    for k in pins:
        page.get_by_role("button", name="Pin to report").nth(k).click()
        settle(page)


def saved_json(page, path):
    with page.expect_download() as download:
        page.get_by_role("button", name="JSON").click()
    download.value.save_as(path)
    return path


def test_a_double_press_pins_once(server, page, settle):
    visit(page, server.url, settle)
    page.get_by_role("button", name="Pin to report").first.dblclick(delay=10)
    page.wait_for_selector("text=/Pinned|in the report already/")
    settle(page)
    page.get_by_role("button", name="Pin to report").first.evaluate(
        "button => [0, 20, 40].forEach(wait => setTimeout(() => button.click(), wait))"
    )
    page.wait_for_selector("text=in the report already")
    settle(page)
    report(page, server.url, settle)
    expect(page.get_by_label("Your comment")).to_have_count(1)
    assert not page.get_by_test_id("stException").count()


def test_undo_after_adding_a_file_that_holds_the_same_item(server, page, settle, tmp_path):
    visit(page, server.url, settle, pins=(0, 1))
    report(page, server.url, settle)
    path = saved_json(page, tmp_path / "report.json")
    page.get_by_role("button", name="Remove").first.click()
    expect(page.get_by_label("Your comment")).to_have_count(1)
    page.get_by_text("Open a report").click()
    page.set_input_files('input[type="file"]', path)
    page.get_by_role("button", name="Add it to this report").click()
    page.wait_for_selector("text=Items added: 1. Items in the report already: 1.")
    expect(page.get_by_label("Your comment")).to_have_count(2)
    page.get_by_role("button", name="Undo").dblclick()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    settle(page)
    expect(page.get_by_label("Your comment")).to_have_count(2)
    assert not page.get_by_test_id("stException").count()
    opened = from_json(saved_json(page, tmp_path / "again.json").read_bytes())
    assert len({item.id for item in opened.items}) == 2


def test_a_comment_on_an_item_that_another_tab_removed_is_kept(server, page, settle):
    visit(page, server.url, settle, pins=(0, 1))
    report(page, server.url, settle)
    other = page.context.new_page()
    report(other, server.url, settle)
    comment = page.get_by_label("Your comment").first
    comment.fill("Typed while another tab removed it.")
    other.get_by_role("button", name="Remove").first.click()
    expect(other.get_by_label("Your comment")).to_have_count(1)
    comment.blur()
    page.wait_for_selector("text=/It is back, at the end, with your text/")
    expect(page.get_by_label("Your comment").last).to_have_value("Typed while another tab removed it.")
    other.get_by_role("button", name="Undo").click()
    settle(other)
    values = [box.input_value() for box in other.get_by_label("Your comment").all()]
    assert values.count("Typed while another tab removed it.") == 1
    assert not other.get_by_test_id("stException").count()


def test_two_tabs_that_comment_on_one_item_keep_both_texts(server, page, settle):
    visit(page, server.url, settle, pins=(0,))
    report(page, server.url, settle)
    other = page.context.new_page()
    report(other, server.url, settle)
    for tab, text in ((page, "From one tab."), (other, "From the other tab.")):
        tab.get_by_label("Your comment").fill(text)
        tab.get_by_label("Your comment").blur()
        settle(tab)
    other.wait_for_selector("text=Both texts are kept")
    both = "From the other tab.\n\nFrom one tab."
    expect(other.get_by_label("Your comment")).to_have_value(both)
    page.reload()
    expect(page.get_by_label("Your comment")).to_have_value(both)


def test_an_item_that_cannot_be_read_says_so_in_its_place(server, page, settle, tmp_path):
    visit(page, server.url, settle, pins=(0, 1))
    report(page, server.url, settle)
    path = saved_json(page, tmp_path / "report.json")
    record = json.loads(path.read_text())
    record["items"][0]["figure"]["kind"] = "a-figure-of-next-year"
    record["items"].insert(1, "torn to pieces")
    path.write_text(json.dumps(record))
    page.get_by_text("Open a report").click()
    page.set_input_files('input[type="file"]', path)
    page.wait_for_selector("text=Items in this file: 3. 2 of them cannot be read here")
    page.get_by_role("button", name="Open it instead of this report").click()
    expect(page.get_by_text("This item cannot be read.")).to_have_count(2)
    expect(page.get_by_label("Your comment")).to_have_count(2)
    settle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download what was saved").first.click()
    kept = json.loads(Path(download.value.path()).read_text())
    assert kept["items"][0]["figure"]["kind"] == "a-figure-of-next-year"
    assert kept["results"][0] == record["results"][0]
    page.get_by_label("Your comment").first.fill("I comment on it all the same.")
    page.get_by_role("button", name="↓").nth(1).click()
    settle(page)
    again = json.loads(saved_json(page, tmp_path / "again.json").read_text())
    assert again["items"][2] == "torn to pieces"
    assert again["items"][0] == record["items"][0] | {"comment": "I comment on it all the same."}
    page.get_by_role("button", name="Remove").last.click()
    expect(page.get_by_text("This item cannot be read.")).to_have_count(1)


def test_a_report_of_version_1_and_a_database_that_is_none(new_server, chromium, settle, tmp_path):
    folder, key = tmp_path / "reports", "key-of-the-report-of-version-1-x"
    folder.mkdir()
    (folder / "reports.sqlite3").write_bytes(b"no database at all " * 1000)
    for path in (Path(__file__).parents[1] / "fixtures/reports").glob("?" * 64 + ".json"):
        (folder / path.name).write_bytes(path.read_bytes())
    server = new_server(WHY_REPORTS_DIR=str(folder))
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.add_cookies([{"name": "why_this_word_report", "value": key, "url": server.url}])
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(f"{server.url}/report")
    page.wait_for_selector("text=The reports on this server were damaged.")
    report(page, server.url, settle)
    expect(page.get_by_label("Title of the report")).to_have_value("Ada, course 1")
    expect(page.get_by_label("Your comment")).to_have_count(10)
    assert not page.get_by_text("cannot be read").count()
    assert len(list(folder.glob("*.damaged-*"))) == 1
    context.close()
