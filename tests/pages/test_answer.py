"""The Answer page's script, without a browser, on a tiny model with a vocabulary of 100 words."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from hypothesis import given, settings
from hypothesis import strategies as s
from streamlit.testing.v1 import AppTest

from attribution import cached
from attribution.charts.wording import percent
from attribution.examples import ANSWER, ANSWER_CHAT, ANSWER_CLASSROOM
from attribution.export import records
from attribution.models.catalogue import bundled
from attribution.types import AnswerRequest, Example, Generation, TextError, WrittenToken
from attribution.ui.answer import continuing, fields, form, writing
from tests.pages.shown import numbers

HERE = any(entry.id == "english-lm" for entry in bundled())

MODELS = Path(__file__).parents[1] / "fixtures/models"
PROMPT, ANSWER_TYPED = "this word was hot and the", "water on the day is cold"
TEMPLATE = (
    "{% for m in messages %}{{ '<s>' + m['role'] + ' ' + m['content'] + '</s>' }}{% endfor %}"
    "{% if add_generation_prompt %}<s>the {% endif %}"
)


@pytest.fixture(autouse=True)
def models(monkeypatch):
    monkeypatch.setenv("WHY_MODELS_DIR", str(MODELS))
    yield
    st.cache_data.clear()  # the lists of models, which other tests have others of


@pytest.fixture
def page():
    def start(**state):
        test = AppTest.from_file("../../pages/answer.py", default_timeout=120)
        values = {"model": "gpt2-tiny", "prompt": PROMPT, "length": 5, **state}
        for key, value in values.items():
            test.session_state[f"an_{key}"] = value
        return test.run()

    return start


@pytest.fixture
def talking(monkeypatch, tmp_path):
    """Makes a model with this chat template."""

    def make(template=TEMPLATE):
        name = f"talking-{abs(hash(template))}"  # no model in memory has it
        shutil.copytree(MODELS / "gpt2-tiny", tmp_path / name)
        (tmp_path / name / "chat_template.jinja").write_text(template)
        monkeypatch.setenv("WHY_MODELS_DIR", str(tmp_path))
        st.cache_data.clear()
        return name

    return make


def html(page):
    return " ".join(h.proto.body for h in page.get("html"))


def said(page):
    """What findings and figures say."""
    return html(page) + json.dumps([c.proto.spec for c in page.get("vega_lite_chart")])


def shown_words(page):
    """What the row of words was given."""
    (component,) = page.get("bidi_component")
    return json.loads(component.proto.json)


def tokens(words):
    """The tokens of the answer, one a button."""
    return [token for word in words["answer"] for token in word["tokens"]]


def clickable(page, label):
    return next(button for button in page.button if button.label == label)


def fine(page):
    assert not page.exception
    assert not page.error, page.error[0].value
    return page


def test_the_model_writes_and_every_word_is_explained(page):
    shown = fine(page())
    assert "Written by the model, greedy search, at most 5 tokens" in html(shown)
    assert "no chat template: plain text" in html(shown)
    words = shown_words(shown)
    assert len(tokens(words)) == 5
    assert len(words["rows"]) == 5
    assert [w["t"] for group in words["groups"] for w in group["words"]] == PROMPT.split()
    step = words["chosen"]
    assert len(words["rows"][str(step)]) == len(PROMPT.split()) + 5
    assert words["rows"][str(step)][len(PROMPT.split()) + step] is None, "a word cannot see itself"
    assert len(numbers(shown)) >= 3


@pytest.mark.skipif(not HERE, reason="the bundled English model is not here")
def test_tokens_of_a_word_stand_as_one_word_with_its_probability(page):
    shown = fine(page(model="english-lm", answer="Czechia."))
    asked = AnswerRequest("english-lm", PROMPT, answer="Czechia.", generation=Generation(length=5))
    result = cached.answer.get(asked)
    czechia, stop = shown_words(shown)["answer"]
    assert "".join(token["t"] for token in czechia["tokens"]) == "Czechia"
    assert len(czechia["tokens"]) > 1
    likely = result.step_scores["probability"]
    assert percent(float(likely[: len(czechia["tokens"])].prod())) in czechia["p"]
    assert percent(float(likely[1])) in czechia["tokens"][1]["says"]
    assert "“Czechia”" in czechia["tokens"][1]["says"]
    assert (czechia["close"], stop["close"]) == (False, True)
    flags = [token["flag"] for token in czechia["tokens"]]
    assert flags == [bool(p < 0.05) for p in likely[:-1]]
    assert czechia["p"].startswith("⚠") == any(flags)
    assert [t["c"] for w in (czechia, stop) for t in w["tokens"]] == list(range(6, 6 + len(likely)))


def test_the_words_appear_while_they_are_written():
    written = [WrittenToken(1, "·a<b>", " a<b>", 0.5), WrittenToken(2, "·c", " a<b> c", 0.001)]
    row = writing.row(written)
    assert "a&lt;b&gt;" in row
    assert "<b>" not in row
    assert "50.0 %" in row
    part = writing.row([WrittenToken(1, "·Pra", " Pra", 0.5), WrittenToken(2, "gue", " Prague", 0.5)])
    assert ">Prague<" in part
    assert "25.0 %" in part
    assert "…" in writing.row([])
    assert ">day·<" in writing.row([WrittenToken(1, "·day", " day", 0.5), WrittenToken(2, "·", " day", 0.5)])


def test_one_more_word_ends_where_the_next_begins():
    def tokens(*texts, ending=None):
        made = [WrittenToken(k, "", text, 0.5) for k, text in enumerate(texts[:-1])]
        return (*made, WrittenToken(len(made), "", texts[-1], 0.5, ending))

    assert len(writing.one_word(tokens(" Pra", " Pragu", " Prague", " Prague is"))) == 3
    assert len(writing.one_word(tokens(" a", " a b"))) == 1
    assert len(writing.one_word(tokens(" a", " a", ending="end"))) == 1
    assert len(writing.one_word(tokens("", ending="end"))) == 1
    assert len(writing.one_word(tokens(" a"))) == 1


def test_a_typed_answer_flags_what_is_improbable(page):
    shown = fine(page(answer=ANSWER_TYPED))
    assert "The answer typed." in html(shown)
    assert any("improbable to the model" in c.value for c in shown.caption)
    assert any(token["flag"] for token in tokens(shown_words(shown)))
    assert [token["t"] for token in tokens(shown_words(shown))] == ANSWER_TYPED.split()


def test_the_answer_is_edited_and_goes_on_word_by_word(page):
    shown = page()
    before = [token["t"] for token in tokens(shown_words(shown))]
    shown = fine(clickable(shown, "Write one more word").click().run())
    words = shown_words(shown)
    assert [t["t"] for t in tokens(words)][:5] == before
    assert len(tokens(words)) == 6
    assert words["chosen"] == 5, "the word written is looked at"
    assert shown.session_state["an_on"] == "word"
    again = fine(clickable(shown, "Write one more word").click().run())
    assert len(tokens(shown_words(again))) == 7
    edited = fine(clickable(again, "Edit the answer").click().run())
    assert edited.text_area(key="an_answer").value.split() == [t["t"] for t in tokens(shown_words(again))]
    assert edited.session_state["an_ids"] == ""
    assert "The answer typed." in html(edited)


def test_another_candidate_is_a_contrast_or_the_way_on(page):
    shown = page(step=2)
    result = cached.answer.get(form_request(shown))
    other = next(c for c in result.candidates[2] if c.id != result.answer.ids[2])
    contrast = fine(page(step=2, other=other.id))
    assert "rather than" in said(contrast)
    assert list(shown_words(contrast)["rows"]) == ["2"]
    without = fine(clickable(contrast, "No contrast").click().run())
    assert len(shown_words(without)["rows"]) == 5
    taken = fine(page(ids=" ".join(map(str, (*result.answer.ids[:2], other.id))), on="rest", step=2))
    words = shown_words(taken)
    assert len(tokens(words)) == 3 + 5
    assert words["chosen"] == 2


OTHER_ANSWER = "water on the day is hot"


def test_another_answer_is_what_each_word_is_explained_rather_than(page):
    shown = fine(page(answer=ANSWER_TYPED, against=OTHER_ANSWER, step=5))
    assert len(shown_words(shown)["rows"]) == 6
    specs = [c.proto.spec for c in shown.get("vega_lite_chart")]
    assert "rather than" in said(shown)
    assert OTHER_ANSWER in specs[0]
    assert any("measured on the answer alone" in c.value for c in shown.caption)
    assert "rather than" not in said(fine(page(answer=ANSWER_TYPED, step=5)))


def test_where_both_answers_have_the_same_token_there_is_nothing_to_compare(page):
    shown = fine(page(answer=ANSWER_TYPED, against=OTHER_ANSWER, step=0, look="hold"))
    assert "there is nothing to compare" in html(shown)
    assert "the order of the words" not in html(shown)


def test_one_word_by_layers_is_compared_with_the_other_answers(page):
    shown = fine(page(answer=ANSWER_TYPED, against=OTHER_ANSWER, step=5, method="alti_logit"))
    assert list(shown_words(shown)["rows"]) == ["5"]
    assert "rather than" in said(shown)
    same = fine(page(answer=ANSWER_TYPED, against=OTHER_ANSWER, step=0, method="alti_logit"))
    assert "there is nothing to compare" in html(same)


@pytest.mark.parametrize("options", [{"method": "alti_logit"}, {"contrasted": True}])
def test_a_saved_step_opens_with_its_word_and_its_contrast(page, options):
    contrasted = options.pop("contrasted", False)
    whole = fine(page(answer=ANSWER_TYPED, step=4))
    assert whole
    asked = AnswerRequest("gpt2-tiny", PROMPT, answer=ANSWER_TYPED, generation=Generation(length=5))
    result = cached.answer.get(asked)
    other = next(c.id for c in result.candidates[4] if c.id != result.answer.ids[4])
    fine(page(answer=ANSWER_TYPED, step=4, **({"other": other} if contrasted else {}), **options))
    step = replace(
        asked,
        answer="",
        answer_ids=result.answer.ids,
        step=4,
        contrast_ids=(other,) if contrasted else (),
        **options,
    )
    saved = records.from_json(records.to_json(cached.answer.get(step)))
    app = AppTest.from_file("../../pages/answer.py", default_timeout=120)
    for key, value in {**form.opens(saved), "_opened": {saved.request: saved}}.items():
        app.session_state[key] = value
    shown = fine(app.run())
    assert list(shown_words(shown)["rows"]) == ["4"]
    assert shown_words(shown)["chosen"] == 4
    assert shown.session_state["an_other"] == (other if contrasted else -1)
    assert ("rather than" in said(shown)) == contrasted


def form_request(page):
    """What the page has asked: its model's tokens after the prompt."""
    asked = AnswerRequest("gpt2-tiny", PROMPT, generation=Generation(length=5))
    written = cached.written.get(asked.writing)
    return replace(asked, answer_ids=tuple(token.id for token in written))


def test_one_word_by_layers_the_whole_held_still(page):
    shown = fine(page(method="alti_logit"))
    assert list(shown_words(shown)["rows"]) == [str(shown_words(shown)["chosen"])]
    specs = [c.proto.spec for c in shown.get("vega_lite_chart")]
    assert "ALTI-Logit" in specs[0]
    assert "held still" in specs[2].lower()


@pytest.mark.parametrize("method", ["gim", "input_x_gradient", "erasure"])
def test_every_method_has_its_figures(page, method):
    shown = fine(page(answer="water on the", method=method))
    assert len(numbers(shown)) >= 3


def test_encoder_decoders_answer(page):
    shown = fine(page(model="t5-tiny", prompt="the people could see the water", answer="the water"))
    assert "read by the encoder" in html(shown)
    assert clickable(shown, "Open in Next word").disabled


def test_word_by_word(page):
    shown = fine(page(answer=ANSWER_TYPED, look="map"))
    assert len(numbers(shown)) == 3
    shown.session_state["an_columns"] = "segments"
    assert fine(shown.run())


def test_what_is_left_out_is_measured_beside(page):
    shown = fine(page(answer="water on", document="the day was hot. the word is cold."))
    assert len(numbers(shown)) == 4
    assert "Document, sentence 2" in json.dumps(numbers(shown)[-1])


def test_a_chat_template_is_folded_and_what_is_typed_closes_no_turn(page, talking):
    shown = fine(page(model=talking(), prompt="the day </s> is", system="word was", answer="hot"))
    assert "asked through its chat template" in html(shown)
    groups = shown_words(shown)["groups"]
    assert any(group["folded"] for group in groups)
    typed = [w["t"] for g in groups if not g["folded"] for w in g["words"]]
    assert {"<", "/"} <= set(typed), "typed like a special token, it stays text"
    assert clickable(shown, "Open in Next word").disabled
    assert "read differently" in clickable(shown, "Open in Next word").help


def test_the_system_text_stands_beside_the_prompt_of_a_model_with_a_chat_template(page, talking):
    def fields_of(shown):
        return [area.key for area in shown.text_area][:3]

    assert fields_of(page(answer="hot")) == ["an_prompt", "an_answer", "an_system"]
    shown = fine(page(model=talking(), answer="hot"))
    assert fields_of(shown) == ["an_system", "an_prompt", "an_answer"]
    shown.text_area(key="an_system").set_value("word was")
    shown = fine(clickable(shown, "Explain").click().run())
    assert "word" in [w["t"] for group in shown_words(shown)["groups"] for w in group["words"]]


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ({"prompt": " "}, "The prompt is empty"),
        ({"prompt": "the water " * 2000}, "tokens"),
        ({"answer": "the water " * 200}, "Prompt and answer have"),
        ({"answer": "unheard"}, "cannot spell the answer"),
        ({"answer": "the day", "against": "unheard"}, "cannot spell the contrast"),
        ({"pairs": "the day"}, "Example 1 needs a question and its answer"),
        ({"pairs": "the day => hot\nthe => "}, "Example 2 needs"),
        ({"ids": "4 99999999"}, "names the token 99999999"),
        ({"model": "there/is-no-such-model"}, "there/is-no-such-model"),
    ],
)
def test_bad_input_is_one_sentence_and_the_form_is_kept(page, state, says, monkeypatch):
    monkeypatch.setattr("attribution.service.answer._explained", None)  # said before anything is explained
    shown = page(**state)
    assert not shown.exception
    assert says in shown.error[0].value.replace("\\", "")
    for key in ("prompt", "answer"):
        assert shown.text_area(key=f"an_{key}").value == state.get(key, {"prompt": PROMPT}.get(key, ""))


def test_a_prompt_over_the_limit_is_said_before_anything_is_written(page, monkeypatch):
    monkeypatch.setattr("attribution.service.writing._one_by_one", None)
    shown = page(prompt="the water " * 500)
    assert "tokens" in shown.error[0].value


def test_no_chat_template_is_said_where_fields_are_given(page):
    shown = fine(page(system="word was", answer="hot"))
    assert any("no chat template" in c.value for c in shown.caption)


@pytest.mark.parametrize(
    ("template", "says"),
    [
        (
            "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no') }}{% endif %}" + TEMPLATE,
            "no system",
        ),
        ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "was stopped"),
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "chat template"),
    ],
    ids=["no system text", "without end", "hostile"],
)
def test_a_template_of_no_use_is_a_sentence(page, talking, template, says):
    shown = page(model=talking(template), system="word was")
    assert not shown.exception
    assert says in shown.error[0].value.replace("\\", "")


def test_stopped_in_the_middle_what_is_there_is_explained(page, monkeypatch):
    request = AnswerRequest("gpt2-tiny", PROMPT, generation=Generation(length=5)).writing
    cached.written.clear()
    stopped = page(ids="5 6", on="")  # what Stop leaves behind, see below
    assert len(tokens(shown_words(stopped))) == 2
    assert "An answer that was given" in html(stopped)
    assert "the model" not in html(stopped).split("geometric")[0], "a link does not say who wrote it"
    state = {"_an_writing": (request, (5, 6))}
    monkeypatch.setattr(st, "session_state", state)
    writing._stop(request)
    assert (state["an_ids"], state["an_on"]) == ("5 6", "")
    assert state["_stopped"] is None
    assert state["_an_stopped"] == (request, (5, 6))
    state["_an_writing"] = request, ()
    writing._stop(request)
    assert state["_stopped"] == request, "nothing was there"


def test_it_is_said_who_wrote_what_as_far_as_it_is_known(page):
    own = fine(page())
    assert "Written by the model, greedy search" in html(own)
    more = fine(clickable(own, "Write one more word").click().run())
    assert "Given up to token 5; the word after it was written by the model." in html(more)
    assert "Up to token 5 it is what the model writes by itself." in html(more)
    result = cached.answer.get(form_request(own))
    other = next(c.id for c in result.candidates[2] if c.id != result.answer.ids[2])
    taken = html(page(ids=" ".join(map(str, (*result.answer.ids[:2], other))), on="rest"))
    assert "Given up to token 3, from there on written by the model, greedy search" in taken
    assert "Up to token 2 it is what the model writes by itself." in taken

    app = AppTest.from_file("../../pages/answer.py", default_timeout=120)
    state = {"an_model": "gpt2-tiny", "an_prompt": PROMPT, "an_length": 5, "an_ids": "5 6"}
    asked = AnswerRequest("gpt2-tiny", PROMPT, generation=Generation(length=5)).writing
    for key, value in {**state, "_an_stopped": (asked, (5, 6))}.items():
        app.session_state[key] = value
    assert "Written by the model until it was stopped." in html(fine(app.run()))
    app.session_state["_an_stopped"] = replace(asked, answer_ids=(5,)), (6,)
    assert "Given up to token 1, from there on written by the model until it was stopped." in html(app.run())


def test_a_stopped_page_goes_on(page):
    request = AnswerRequest("gpt2-tiny", "the day was", generation=Generation(length=5)).writing
    app = AppTest.from_file("../../pages/answer.py", default_timeout=120)
    for key, value in {"model": "gpt2-tiny", "prompt": "the day was", "length": 5}.items():
        app.session_state[f"an_{key}"] = value
    app.session_state["_stopped"] = request
    app.run()
    assert any("Stopped" in caption.value for caption in app.caption)
    assert fine(clickable(app, "Go on").click().run()).get("bidi_component")


def test_other_texts_forget_what_was_written(page):
    shown = page(ids="5 6", on="rest")
    shown.text_area(key="an_prompt").set_value("the day was")
    shown = fine(clickable(shown, "Explain").click().run())
    assert shown.session_state["an_ids"] == ""
    assert "Written by the model" in html(shown)


def test_how_it_is_explained_keeps_what_was_written(page):
    shown = page(ids="5 6", on="")
    shown.selectbox(key="an_method").set_value("gim")
    shown = fine(clickable(shown, "Explain").click().run())
    assert shown.session_state["an_ids"] == "5 6"


text = s.text(s.sampled_from("ab=>\\n \n"), min_size=1, max_size=12).filter(str.strip).map(str.strip)


@settings(max_examples=200, deadline=None)
@given(s.lists(s.builds(Example, text, text), max_size=4))
def test_a_field_holds_any_examples(examples):
    assert fields.examples_of(fields.typed(tuple(examples))) == tuple(examples)


def test_a_line_without_an_answer_is_refused():
    with pytest.raises(TextError, match="Example 1"):
        fields.examples_of("a question")


@pytest.mark.parametrize("example", [*ANSWER, *ANSWER_CHAT, *ANSWER_CLASSROOM], ids=lambda e: e.label)
def test_examples_fill_the_form_with_their_request(example, page):
    state = {key.removeprefix("an_"): value for key, value in form.filled(example.request).items()}
    shown = page(**state | {"model": "gpt2-tiny"})
    assert shown.text_area(key="an_prompt").value == example.request.prompt
    assert shown.text_area(key="an_document").value == example.request.document
    assert fields.examples_of(shown.text_area(key="an_pairs").value) == example.request.examples


def test_a_saved_answer_opens_as_it_was(page):
    shown = page(answer="water on", document="the day was hot.", pairs="the day => hot")
    asked = AnswerRequest(
        "gpt2-tiny",
        PROMPT,
        document="the day was hot.",
        examples=(Example("the day", "hot"),),
        answer="water on",
        generation=Generation(length=5),
    )
    result = cached.answer.get(asked)
    assert result is not None
    filled = form.opens(result)
    again = page(**{key.removeprefix("an_"): value for key, value in filled.items()})
    assert shown_words(again)["rows"] == shown_words(shown)["rows"]


def test_links_name_tokens_or_nothing():
    assert continuing._known(["1 2 30"]) == "1 2 30"
    for wrong in ("a", "1,2", "-1", "9" * 12, "1 " * 20_000, "²"):
        assert continuing._known([wrong]) is None


def test_a_words_ranking_is_measured_and_the_lines_say_so(page):
    shown = fine(page(answer=ANSWER_TYPED, look="hold", method="erasure", step=4))
    assert "the order of the words" in html(shown)
    assert any("held = faithfulness(model, result, step=4" in code.value for code in shown.code)
    contrast = cached.answer.get(
        AnswerRequest(
            "gpt2-tiny", PROMPT, answer=ANSWER_TYPED, method="erasure", generation=Generation(length=5)
        )
    ).candidates[4]
    against = fine(page(answer=ANSWER_TYPED, look="hold", step=4, other=contrast[1].id))
    assert "the order of the words" in html(against)
