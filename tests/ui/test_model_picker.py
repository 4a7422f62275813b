"""The lists of models: groups under headings, with what a download takes before it begins."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from attribution.language import _, reading
from attribution.models.entries import BUNDLED_ENTRIES, HUB_ENTRIES, PACKAGED_ENTRY, CatalogueEntry
from attribution.ui.model_picker import GROUPS, HEADINGS, caption, megabytes, model_id, under_headings
from attribution.ui.models_field import FAMILIES, family_caption, short_caption
from tests.catalogues import lacking, translations

PAGES = Path(__file__).parents[2] / "pages"


def test_each_group_stands_under_its_heading():
    entries = [*BUNDLED_ENTRIES, CatalogueEntry("own", "own", "On this machine", "decoder", ""), *HUB_ENTRIES]
    ids = under_headings(entries)
    assert [i for i in ids if i not in HEADINGS.values()] == [entry.id for entry in entries]
    assert [i for i in ids if i in HEADINGS.values()] == list(HEADINGS.values())
    for entry in entries:
        above = [i for i in ids[: ids.index(entry.id)] if i in HEADINGS.values()]
        assert above[-1] == HEADINGS[entry.group]


@pytest.mark.parametrize("entry", HUB_ENTRIES, ids=lambda entry: entry.id)
def test_size_and_licence_of_a_download_are_in_the_list(entry):
    for line in (caption(entry), short_caption(entry)):
        assert megabytes(entry.bytes) in line
        assert entry.licence in line
    assert f"{entry.bytes / 1e6:.0f} MB" in caption(entry) or entry.bytes >= 1e9
    assert model_id(caption(entry), {e.id: e for e in HUB_ENTRIES}) == entry.id


def test_what_is_said_of_models_is_in_every_language():
    entries = (*BUNDLED_ENTRIES, *HUB_ENTRIES, PACKAGED_ENTRY)
    licences = [e.licence for e in entries if "licence" in e.licence or "not stated" in e.licence]
    assert len(set(licences)) == 3
    assert not lacking([*(e.good_for for e in entries), *licences, *GROUPS.values(), *HEADINGS.values()])
    assert not lacking([FAMILIES])


@pytest.mark.parametrize("code", translations())
def test_a_line_of_the_list_in_another_language_leads_to_the_same_model(code):
    entries = {e.id: e for e in (*BUNDLED_ENTRIES, *HUB_ENTRIES)}
    for entry in entries.values():
        with reading(code):
            line = caption(entry)
            assert _(entry.licence) in line
            assert model_id(line, entries) == entry.id
        assert model_id(line, entries) == entry.id, "where it is read in English"
    with reading(code):
        heading = _(HEADINGS["Bundled"])
    assert model_id(heading, entries) not in entries


def test_a_family_says_what_all_of_it_takes():
    members = [entry for entry in HUB_ENTRIES if entry.family == "GPT-2"]
    assert family_caption("GPT-2", members) == "GPT-2, all 4 sizes · 11.7 GB, MIT"
    assert "GB" not in family_caption("Yes/no demo", BUNDLED_ENTRIES[2:])


@pytest.mark.parametrize("size", [1, 999_999, 10**7, 548 * 10**6, 10**9, 11 * 10**9])
def test_sizes_are_read_at_a_glance(size):
    value, unit = megabytes(size).split()
    assert float(value) * {"MB": 1e6, "GB": 1e9}[unit] == pytest.approx(size, rel=0.06, abs=5e4)


@pytest.mark.parametrize(("page", "key"), [("next_word", "nw_model"), ("translation", "mt_model")])
def test_a_heading_is_no_model(page, key):
    shown = AppTest.from_file(str(PAGES / f"{page}.py"), default_timeout=120)
    shown.session_state[key] = HEADINGS["Hugging Face Hub"]
    shown.run()
    assert not shown.exception
    assert "heading" in shown.error[0].value


def test_a_heading_among_models_is_left_out():
    shown = AppTest.from_file(str(PAGES / "model_sizes.py"), default_timeout=120)
    shown.session_state["ms_models"] = [HEADINGS["Hugging Face Hub"], "yes-no-small"]
    shown.run()
    assert not shown.exception
    assert not shown.error
