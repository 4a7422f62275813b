import json
import threading
from pathlib import Path

import numpy as np
import pytest
import sentencepiece
import torch
import transformers as tf

from attribution.models.loading import LoadedModel, load
from attribution.service.translation import explain_translation, language_codes, run_translation
from attribution.types import ModelInfo, TextError, TranslationRequest, UnsupportedArchitectureError

FIXTURES = Path(__file__).parents[1] / "fixtures"
SOURCE = "this word was hot and the water on the day"
TARGET = "the time was cold and people like winter more"
CONTRAST = "the time was hot and people like summer more"
WORDS = ["▁" + w for w in ["the", "nurse", "went", "to", "hospital", "la", "enfermera", "fue", "al"]]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@pytest.fixture(scope="module")
def marian():
    return load(str(FIXTURES / "models/marian-tiny"), device="cpu")


@pytest.fixture(scope="module")
def t5():
    return load(str(FIXTURES / "models/t5-tiny"), device="cpu")


def made(model, tokenizer, max_tokens=32):
    info = ModelInfo("test/tiny", "tiny", "encoder-decoder", type(model).__name__, model.num_parameters())
    return LoadedModel(info, model.eval(), tokenizer, threading.RLock(), max_tokens)


def small(size):
    return {
        "vocab_size": size,
        "d_model": 16,
        "encoder_layers": 1,
        "decoder_layers": 1,
        "encoder_attention_heads": 2,
        "decoder_attention_heads": 2,
        "encoder_ffn_dim": 24,
        "decoder_ffn_dim": 24,
        "max_position_embeddings": 64,
        "scale_embedding": True,
        "init_std": 0.5,
        "attn_implementation": "eager",
    }


def spm(folder, name, sentences):
    prefix = str(folder / name)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(sentences * 20),
        model_prefix=prefix,
        vocab_size=34,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    return f"{prefix}.model"


@pytest.fixture(scope="module", params=["nllb", "mbart50", "mbart", "m2m100"])
def multilingual(request, tmp_path_factory):
    """(model, English code, Spanish code, decoder start) for each way of saying the language."""
    torch.manual_seed(1)
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    scored = [(s, 0.0) for s in special] + [(w, -1.0) for w in WORDS] + [("▁", -2.0)]
    scored += [(c, -3.0) for c in LETTERS]
    if request.param == "nllb":
        tokenizer = tf.NllbTokenizer(vocab={w: i for i, (w, _) in enumerate(scored)}, merges=[])
        model = tf.M2M100ForConditionalGeneration._from_config
        config, english, spanish = tf.M2M100Config, "eng_Latn", "spa_Latn"
    elif request.param == "mbart50":
        tokenizer = tf.MBart50Tokenizer(vocab=scored)
        model, config = tf.MBartForConditionalGeneration._from_config, tf.MBartConfig
        english, spanish = "en_XX", "es_XX"
    elif request.param == "mbart":
        tokenizer = tf.MBartTokenizer(vocab=scored)
        model, config = tf.MBartForConditionalGeneration._from_config, tf.MBartConfig
        english, spanish = "en_XX", "es_XX"
    else:
        folder = tmp_path_factory.mktemp("m2m")
        pieces = spm(folder, "m2m", ["the nurse went to the hospital", "la enfermera fue al hospital"])
        processor = sentencepiece.SentencePieceProcessor(pieces)
        pieces_vocab = [processor.id_to_piece(i) for i in range(processor.get_piece_size())]
        vocab = special + [p for p in pieces_vocab if p not in special]
        (folder / "vocab.json").write_text(json.dumps({w: i for i, w in enumerate(vocab)}))
        tokenizer = tf.M2M100Tokenizer(str(folder / "vocab.json"), pieces)
        model, config = tf.M2M100ForConditionalGeneration._from_config, tf.M2M100Config
        english, spanish = "en", "es"
    end, pad = tokenizer.eos_token_id, tokenizer.pad_token_id
    size = max(len(tokenizer), max(tokenizer.get_added_vocab().values()) + 1, 200)
    options = small(size) | {"eos_token_id": end, "pad_token_id": pad, "decoder_start_token_id": end}
    attention = options.pop("attn_implementation")
    return (
        made(model(config(**options), attn_implementation=attention), tokenizer),
        english,
        spanish,
        tokenizer.convert_tokens_to_ids(spanish)
        if request.param != "m2m100"
        else tokenizer.get_lang_id("es"),
        end,
        request.param,
    )


def own_logits(loaded, source, decoder_ids):
    with torch.no_grad():
        return loaded.model(
            input_ids=torch.tensor([source]), decoder_input_ids=torch.tensor([decoder_ids]), use_cache=False
        ).logits[0]


def test_language_codes_begin_the_decoder_and_are_not_explained(multilingual):
    loaded, english, spanish, spanish_id, end, kind = multilingual
    r = explain_translation(
        loaded, "the nurse", "la enfermera", source_language=english, target_language=spanish
    )
    frame = (spanish_id,) if kind == "mbart" else (end, spanish_id)
    assert r.prefix.ids[: len(frame)] == frame
    assert r.prefix.ids[len(frame) :] == r.target.ids[:-1]
    assert r.target.ids[-1] == end
    assert spanish_id not in r.target.ids
    assert r.prefix_magnitude.shape == (len(r.target), len(r.target) + len(frame) - 1)
    tokenizer = loaded.tokenizer
    tokenizer.src_lang = english
    assert list(r.source.ids) == tokenizer("the nurse")["input_ids"]
    p = own_logits(loaded, r.source.ids, r.prefix.ids)[len(frame) - 1 :].softmax(-1)
    expected = p[torch.arange(len(r.target)), torch.tensor(r.target.ids)]
    np.testing.assert_allclose(r.attributed_values, expected, atol=1e-6)
    np.testing.assert_allclose(r.step_scores["probability"], expected, atol=1e-6)
    first_seen = np.isnan(r.prefix_magnitude).sum(1)
    assert list(first_seen) == list(reversed(range(len(r.target))))


def test_generation_forces_the_language(multilingual):
    loaded, english, spanish, spanish_id, *_ = multilingual
    r = explain_translation(
        loaded,
        "the nurse",
        source_language=english,
        target_language=spanish,
        beams=1,
        max_length=6,
        method="cross_attention",
    )
    assert r.generated
    assert spanish_id in r.prefix.ids[:2]
    logits = own_logits(loaded, r.source.ids, r.prefix.ids)[-len(r.target) :]
    assert tuple(logits.argmax(-1).tolist())[:-1] == r.target.ids[:-1]  # the last may be a forced </s>


def test_languages_missing_or_unknown(multilingual):
    loaded, english, spanish, *_ = multilingual
    assert english in language_codes(loaded)
    assert list(language_codes(loaded)) == sorted(language_codes(loaded))
    with pytest.raises(TextError, match=f"target language.*{english}"):
        explain_translation(loaded, "the nurse", source_language=english)
    with pytest.raises(TextError, match=f"“Klingon”.*{spanish}"):
        explain_translation(loaded, "the nurse", source_language="Klingon", target_language=spanish)


def test_marian_target_is_written_with_the_target_tokenizer(tmp_path):
    english = spm(tmp_path, "source", ["the nurse went to the hospital"])
    spanish = spm(tmp_path, "target", ["la enfermera fue al hospital"])
    pieces = {}
    for file in (english, spanish):
        processor = sentencepiece.SentencePieceProcessor(file)
        for i in range(processor.get_piece_size()):
            pieces.setdefault(processor.id_to_piece(i), len(pieces))
    pieces["<pad>"] = len(pieces)
    (tmp_path / "vocab.json").write_text(json.dumps(pieces))
    tokenizer = tf.MarianTokenizer(english, spanish, str(tmp_path / "vocab.json"))
    options = small(len(pieces)) | {"pad_token_id": tokenizer.pad_token_id}
    options |= {"eos_token_id": tokenizer.eos_token_id, "decoder_start_token_id": tokenizer.pad_token_id}
    attention = options.pop("attn_implementation")
    loaded = made(
        tf.MarianMTModel._from_config(tf.MarianConfig(**options), attn_implementation=attention), tokenizer
    )
    r = explain_translation(loaded, "the nurse", "la enfermera")
    assert list(r.target.ids) == tokenizer(text_target="la enfermera")["input_ids"]
    assert list(r.source.ids) == tokenizer("the nurse")["input_ids"]
    assert [w.text for w in r.target.words if not w.special] == ["la", "enfermera"]
    assert [w.text for w in r.source.words if not w.special] == ["the", "nurse"]
    assert language_codes(loaded) == ()


# --------------------------------------------------------------------------- equality with Inseq 0.7.1


def expected(name):
    end = "_fixedscale" if name == "marian" else ""
    return json.loads((FIXTURES / f"expected/inseq_{name}-tiny_float32{end}.json").read_text())


def values(nested):
    return np.array(nested, dtype=float)


@pytest.mark.parametrize("name", ["marian", "t5"])
@pytest.mark.parametrize(
    ("key", "method", "attributed"),
    [
        ("ixg_prob", "input_x_gradient", "probability"),
        ("ixg_contrast_prob_diff", "input_x_gradient", "contrast_prob_diff"),
        ("ixg_contrast_logits_diff", "input_x_gradient", "contrast_logits_diff"),
        ("saliency_logit", "saliency", "logit"),
        ("ig_prob_20", "integrated_gradients", "probability"),
    ],
)
def test_shares_equal_inseq_with_the_start_token_counted(request, name, key, method, attributed):
    loaded = request.getfixturevalue(name)
    run = expected(name)["runs"][key]
    r = explain_translation(
        loaded, SOURCE, TARGET, method=method, attributed=attributed, contrast=CONTRAST, steps=20
    )
    assert list(r.source.ids) == run["source_ids"]
    t = len(r.target)
    differs = np.array(r.target.ids) != [r.contrast.ids[c] for c in r.alignment]
    steps = differs if attributed.startswith("contrast") else np.ones(t, bool)
    source, prefix = r.attributions(include_start=True)
    np.testing.assert_allclose(source[steps], values(run["agg_source"]).T[steps], atol=1e-5)
    np.testing.assert_allclose(prefix[steps], values(run["agg_target"])[:t].T[steps], atol=1e-5)
    source, prefix = r.attributions(normalisation="raw", include_start=True)
    largest = max(1.0, np.nanmax(source), np.nanmax(prefix))
    np.testing.assert_allclose(source, values(run["agg_nonorm_source"]).T, atol=1e-5 * largest)
    np.testing.assert_allclose(prefix, values(run["agg_nonorm_target"])[:t].T, atol=1e-5 * largest)
    # By default the start token, a constant that says nothing, has no share: here we differ on purpose.
    source, prefix = r.attributions()
    np.testing.assert_allclose((source.sum(1) + np.nansum(prefix, 1))[steps], 1, atol=1e-6)
    assert np.isnan(prefix[:, 0]).all()


@pytest.mark.parametrize("name", ["marian", "t5"])
def test_cross_attention_and_weighted_contrast_equal_inseq(request, name):
    loaded, runs = request.getfixturevalue(name), expected(name)["runs"]
    r = explain_translation(loaded, SOURCE, TARGET, method="cross_attention")
    raw = values(runs["attention"]["raw_source"]).mean((2, 3)).T  # [S, T, L, H] -> [T, S]
    np.testing.assert_allclose(r.source_magnitude, raw, atol=1e-5)
    r = explain_translation(loaded, SOURCE, TARGET, attributed="contrast_prob_diff", contrast=CONTRAST)
    source, prefix = r.attributions(normalisation="weighted", score="contrast_prob_diff", source_only=True)
    np.testing.assert_allclose(source, values(runs["ixg_contrast_weighted"]["source"]).T, atol=1e-6)
    differs = np.abs(source).sum(1) > 0
    np.testing.assert_allclose(
        source.sum(1)[differs], r.step_scores["contrast_prob_diff"][differs], rtol=1e-5
    )
    assert np.isnan(prefix).all()


# -------------------------------------------------------------------------------------- free and given


def test_generated_ids_are_attributed_as_they_are(marian):
    r = explain_translation(marian, SOURCE, beams=1, max_length=5)
    assert r.generated
    assert r.generation == "greedy search, at most 5 tokens"
    logits = own_logits(marian, r.source.ids, r.prefix.ids)
    assert tuple(logits.argmax(-1).tolist())[:-1] == r.target.ids[:-1]
    assert any("cut off" in note for note in r.notes) == (len(r.target) == 5)


def test_own_generation_settings_are_said(marian):
    before = marian.model.generation_config.to_dict()
    marian.model.generation_config.num_beams = 3
    try:
        r = explain_translation(marian, SOURCE, max_length=4)
        assert r.generation == "beam search with 3 beams, at most 4 tokens"
        assert r.request.beams == 0
    finally:
        marian.model.generation_config.num_beams = before["num_beams"]
    again = marian.model.generation_config.to_dict()
    assert again == before


def test_contrast_of_another_length_and_an_alignment_given(marian):
    r = explain_translation(
        marian, SOURCE, TARGET, contrast="the old time was hot", attributed="contrast_logits_diff"
    )
    assert len(r.alignment) == len(r.target)
    assert r.alignment[0] == 0
    assert r.target.tokens[1] == r.contrast.tokens[r.alignment[1]]
    given = tuple(0 for _ in r.target.ids)
    s = explain_translation(
        marian, SOURCE, TARGET, contrast="hot", attributed="contrast_logits_diff", alignment=given
    )
    assert s.alignment == given
    own = own_logits(marian, s.source.ids, s.prefix.ids)
    hot = s.contrast.ids[0]
    difference = own[torch.arange(len(s.target)), torch.tensor(s.target.ids)] - own[:, hot]
    np.testing.assert_allclose(s.attributed_values, difference, atol=1e-5)  # the original prefix for both
    first = own_logits(marian, s.source.ids, s.prefix.ids[:1])[0, hot].item()  # the contrast's own prefix
    np.testing.assert_allclose(
        s.step_scores["contrast_logits_diff"], s.step_scores["logit"] - first, atol=1e-5
    )
    for wrong in ((0,), (9,) * len(given), (-1,) * len(given)):
        with pytest.raises(TextError, match="alignment"):
            explain_translation(marian, SOURCE, TARGET, contrast="hot", alignment=wrong)


def test_request_and_call_give_the_same(t5):
    a = explain_translation(t5, SOURCE, TARGET)
    b = run_translation(t5, a.request)
    np.testing.assert_array_equal(a.source_magnitude, b.source_magnitude)
    assert a.request == b.request
    assert not a.generated
    assert a.generation == ""
    assert not a.source_magnitude.flags.writeable
    assert any("translate English to German" in note for note in a.notes)


def test_two_threads_get_the_same_answer(marian):
    alone = explain_translation(marian, SOURCE, TARGET)
    got = []
    threads = [
        threading.Thread(target=lambda: got.append(explain_translation(marian, SOURCE, TARGET)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for r in got:
        np.testing.assert_array_equal(r.source_magnitude, alone.source_magnitude)


# ------------------------------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"source": " \n"}, "source is empty"),
        ({"source": "hot " * 65}, "66 tokens.* at most 64"),
        ({"source": "a" * 100_000}, "100,000 characters.* at most 64 tokens"),
        ({"target": "  "}, "translation is empty"),
        ({"target": "hot " * 64}, "translation has 65 tokens"),
        ({"contrast": "\t"}, "contrast is empty"),
        ({"contrast": "hot " * 70}, "contrast has 71 tokens"),
        ({"attributed": "contrast_prob_diff"}, "type the other one"),
        ({"attributed": "wit"}, "log_probability"),
        ({"method": "magic"}, "integrated_gradients"),
        ({"steps": 0}, "1 to 1000"),
        ({"beams": 33}, "32 beams"),
    ],
)
def test_input_that_cannot_be_used_is_said_in_a_sentence(marian, change, message):
    request = TranslationRequest(**{"model": "tiny", "source": SOURCE, "target": TARGET} | change)
    with pytest.raises(TextError, match=message) as error:
        run_translation(marian, request)
    assert "\n" not in str(error.value)


def test_a_blank_target_given_is_not_free_generation(marian):
    with pytest.raises(TextError, match="let the model translate"):
        explain_translation(marian, SOURCE, "")


def test_a_decoder_is_no_translator():
    gpt2 = load(str(FIXTURES / "models/gpt2-tiny"), device="cpu")
    with pytest.raises(UnsupportedArchitectureError, match="no translator"):
        explain_translation(gpt2, SOURCE)


@pytest.mark.parametrize("source", ["hot", "</s>", "🙂", "<b>", "a" * 100])
def test_unusual_sources_give_finite_results(marian, source):
    r = explain_translation(marian, source, "cold 🙂")
    assert np.isfinite(r.source_magnitude).all()
    assert any("<unk>" in note for note in r.notes)
