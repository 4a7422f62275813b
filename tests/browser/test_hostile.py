"""Somebody means harm: nothing they type, link or send runs, breaks a page, or shows what is another's."""

import json
import shutil
import struct
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

MODEL = Path(__file__).parents[1] / "fixtures" / "models" / "gpt2-tiny"
MARKUP = (
    "<script>window.ran=1</script><img src=x onerror=window.ran=1><svg onload=window.ran=1> "
    "[a](javascript:window.ran=1) ![](http://127.0.0.1:9/x.png) **b** $\\href{javascript:window.ran=1}{c}$ "
    ":red[d] `e` :material/home: =1+1 {{7*7}} ${8*8} %00 </div></bdi><style>*{display:none}</style>"
)
INVISIBLE = (
    "a\u200bb\u202ec\u2066d\u00ade\ufefff\u0007g\x1b[31mh\u0000i\ud7ff 👨‍👩‍👧 \u0301\u0301\u0301 ‿ · ⏎ </s>"
)


@pytest.fixture
def visitor(page):
    """A page that counts what must not happen: dialogs, scripts, and requests to elsewhere."""
    page.outside = []
    page.add_init_script("window.alert = window.prompt = window.confirm = () => { window.ran = 1 }")
    page.on(
        "request",
        lambda request: (
            request.url.startswith(("http", "ws"))
            and "//localhost" not in request.url
            and page.outside.append(request.url)
        ),
    )
    return page


OWN_SCRIPTS = (
    'const own = "why_this_word_report=',
    "if (location.search !==",
    "window.whySteps = ",
    "/* ",
    "document.documentElement.lang = ",
)
"""How they begin: the report's key, the language, the address, all scripts of the frame, scrolling."""


def harmless(page):
    """Nothing ran, no element was smuggled in, nothing was asked of elsewhere, no traceback is shown."""
    assert page.evaluate("window.ran") is None
    main = page.locator('[data-testid="stMain"]')
    smuggled = 'img[src="x"], img[src*="x.png"], svg[onload], [onerror], a[href^="javascript"]'
    assert main.locator(smuggled).count() == 0
    scripts = main.locator("script").all_text_contents()
    assert all(text.strip().startswith(OWN_SCRIPTS) for text in scripts), (
        "only the app's own scripts may be there"
    )
    assert page.locator('[data-testid="stException"]').count() == 0
    assert "Traceback" not in main.inner_text()
    assert page.outside == []


def visit(page, settle, url):
    page.goto(url)
    page.wait_for_selector(".st-key-page :is(h1, h2, button, input)")
    settle(page)


def answered(page, settle):
    """A figure or a sentence."""
    page.wait_for_selector('[data-testid="stVegaLiteChart"], [data-testid="stAlert"]')
    settle(page)


@pytest.mark.parametrize("text", [MARKUP, INVISIBLE, "word " * 20_000], ids=["markup", "invisible", "long"])
def test_texts_stay_texts(server, visitor, settle, text):
    visit(visitor, settle, server.url)
    visitor.get_by_role("textbox", name="Text before the word").fill(text)
    visitor.get_by_role("textbox", name="Target").fill(text[:150])
    visitor.get_by_role("button", name="Explain", exact=True).click()
    answered(visitor, settle)
    harmless(visitor)
    visitor.get_by_role("textbox", name="Target").fill("")
    visitor.get_by_role("textbox", name="Foil").fill("")
    visitor.get_by_role("button", name="Explain", exact=True).click()
    answered(visitor, settle)
    harmless(visitor)
    visit(visitor, settle, f"{server.url}/translation")
    visitor.get_by_role("textbox", name="Text to translate").fill(text)
    visitor.get_by_role("textbox", name="Contrast").fill(text[:150])
    visitor.get_by_role("button", name="Explain", exact=True).click()
    answered(visitor, settle)
    harmless(visitor)


def test_a_report_keeps_titles_and_comments_as_text(server, visitor, settle):
    visit(visitor, settle, server.url)
    visitor.get_by_role("button", name="Pin to report").first.click()
    visitor.wait_for_selector("text=Pinned.")
    visit(visitor, settle, f"{server.url}/report")
    for label in ("Title of the report", "Title of item 1", "Your comment"):
        visitor.get_by_role("textbox", name=label).fill((MARKUP + INVISIBLE.replace("\0", ""))[:190])
        visitor.keyboard.press("Tab")
        settle(visitor)
        harmless(visitor)
    visitor.get_by_role("button", name="Remove").click()
    visitor.wait_for_selector("text=Removed")
    settle(visitor)
    harmless(visitor)


LINKS = (
    "next_word?nw_method=none&nw_of=7&nw_units=tokens&nw_units=words&nw_look=%00&nw_rolled=&unknown=1&nw_text",
    "next_word?nw_layer_4=x&nw_words=1&nw_form=1&nw_example_0=true&_frame=1&_deep_link=x&nw_target[]=a",
    "translation?mt_method=%3Cscript%3E&mt_whose=zzz&mt_align=x&mt_score=..%2F&mt_attributed=&mt_search=1",
    "translation?mt_source=a&mt_source=b&mt_from=xx&mt_to=yy&mt_whose=typed&mt_target=%ff%fe",
    "model_sizes?ms_models=&ms_models=..%2F&ms_dtype=int3&ms_method=none&ms_scale=9&ms_sign=&ms_look=x",
    "answer?an_ids=x&an_on=zzz&an_search=%00&an_temperature=nan&an_length=1e9&an_step=-1&an_other=x&an_method=none",
    "answer?an_ids=1+2+3&an_on=rest&an_pairs=%3Cb%3E&an_plain=2&an_from=xx&an_segment=99&an_columns=7&an_seed=",
    "report?rp_page=99&rp_report_title=x&_report_key=x&why_this_word_report=x",
    "about?page=..%2F..%2Fetc%2Fpasswd",
)


def test_links_of_any_kind_open_a_page_or_say_why_not(server, visitor, settle):
    for link in LINKS:
        visit(visitor, settle, f"{server.url}/{link}")
        harmless(visitor)
        expect(visitor.get_by_role("link", name="Translation").first).to_be_visible()
        assert visitor.get_by_test_id("stMain").inner_text().strip(), link


def test_a_link_of_fifty_kilobytes(server, visitor, settle):
    visit(visitor, settle, f"{server.url}/?nw_text={quote('é<b> ' * 3500)}")
    answered(visitor, settle)
    harmless(visitor)


def test_names_that_are_no_models_are_a_sentence(server, visitor, settle):
    names = (
        "/etc/passwd",
        "../../../../etc/passwd",
        "file:///etc/passwd",
        "https://evil.example/model",
        "name with spaces/and more",
        "C:\\Windows\\system32",
        "\u202eowner/model\u200b",
        "~root/.ssh",
        MARKUP[:200],
        "x" * 5000,
    )
    for name in names:
        visit(visitor, settle, f"{server.url}/?nw_model={quote(name)}")
        expect(visitor.get_by_test_id("stAlert").first, name[:50]).to_contain_text("model")
        assert "root:" not in visitor.get_by_test_id("stAlert").first.inner_text()
        harmless(visitor)


def test_nobody_sees_the_report_of_another(server, chromium, settle):
    contexts = [chromium.new_context() for _ in range(2)]
    alice, bob = (context.new_page() for context in contexts)
    for page in (alice, bob):
        page.set_default_timeout(120_000)
        visit(page, settle, f"{server.url}/?nw_text={'Alice' if page is alice else 'Bob'}+was+very")
        answered(page, settle)
    alice.get_by_role("button", name="Pin to report").first.click()
    alice.wait_for_selector("text=Pinned.")
    keys = [next(c["value"] for c in context.cookies() if "report" in c["name"]) for context in contexts]
    assert len(set(keys)) == 2
    assert keys[0] not in alice.url
    for link in ("report", f"report?why_this_word_report={keys[0]}&_report_key={keys[0]}&key={keys[0]}"):
        visit(bob, settle, f"{server.url}/{link}")
        bob.wait_for_selector("text=Nothing is pinned yet")
        assert "Alice" not in bob.content()
    for forged in ("../../etc/passwd", "", "a" * 3000, "'; DROP TABLE--", "%00" * 11):
        contexts[1].clear_cookies()
        contexts[1].add_cookies([{"name": "why_this_word_report", "value": quote(forged), "url": server.url}])
        visit(bob, settle, f"{server.url}/report")
        bob.wait_for_function("/why_this_word_report=[A-Za-z0-9_-]{32}(;|$)/.test(document.cookie)")
        assert bob.locator('[data-testid="stException"]').count() == 0
        assert "Alice" not in bob.content()
    visit(alice, settle, f"{server.url}/report")
    expect(alice.get_by_role("textbox", name="Your comment")).to_have_count(1)
    for context in contexts:
        context.close()


def test_damaged_models_are_lines_in_the_list_and_the_page_shows_its_figure(
    new_server, visitor, settle, tmp_path
):
    folder = tmp_path / "models"
    for name, config in (
        ("brackets", "[" * 100_000),
        ("kinds", '{"model_type": ["gpt2"]}'),
        ("header", '{"model_type": "gpt2"}'),
        ("deep", json.dumps({"model_type": "gpt2", "n_layer": 1000})),
    ):
        shutil.copytree(MODEL, folder / name)
        (folder / name / "config.json").write_text(config)
    (folder / "header" / "model.safetensors").write_bytes(struct.pack("<Q", 99_000) + b"[" * 99_000)
    damaged = new_server(WHY_MODELS_DIR=str(folder))
    visit(visitor, settle, damaged.url)
    expect(visitor.get_by_test_id("stVegaLiteChart").first).to_be_visible()
    harmless(visitor)
    visitor.get_by_role("combobox", name="Model", exact=True).click()
    options = visitor.get_by_role("option")
    for text in (
        "config.json in brackets is damaged",
        "config.json in kinds is damaged",
        "model.safetensors in header is damaged",
        "describes 1000 layers and its weights hold 3",
    ):
        expect(options.filter(has_text=text)).to_have_count(1)
    visit(visitor, settle, f"{damaged.url}/?nw_model=deep")
    expect(visitor.get_by_test_id("stAlert").first).to_contain_text("describes 1000 layers")
    visit(visitor, settle, f"{damaged.url}/about")
    harmless(visitor)
