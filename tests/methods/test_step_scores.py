import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from attribution.methods.alignment import align
from attribution.methods.saliency import causal_saliency, seq2seq_saliency
from attribution.methods.step_scores import CONTRAST_STEP_SCORES, STEP_SCORES, Objective, Steps, step_scores

FIXTURES = Path(__file__).parents[1] / "fixtures"
LOGITS = torch.tensor([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]], dtype=torch.float64)
OTHER = torch.tensor([[3.0, 2.0, 1.0], [0.0, 0.0, 0.0]], dtype=torch.float64)


def test_scores_by_hand():
    z = math.e + math.e**2 + math.e**3
    s = step_scores(Steps(LOGITS, torch.tensor([2, 0]), OTHER, torch.tensor([2, 1])))
    p = math.e**3 / z
    np.testing.assert_allclose(s["logit"], [3, 0])
    np.testing.assert_allclose(s["probability"], [p, 1 / 3])
    np.testing.assert_allclose(s["crossentropy"], [-math.log(p), math.log(3)])
    np.testing.assert_allclose(s["perplexity"], [1 / p, 3])
    np.testing.assert_allclose(s["entropy"][1], math.log(3))
    np.testing.assert_allclose(s["contrast_logits_diff"], [2, 0])
    np.testing.assert_allclose(s["contrast_prob_diff"], [p - math.e / z, 0], atol=1e-12)
    np.testing.assert_allclose(s["pcxmi"], [-2 / math.log(2), 0], atol=1e-12)  # the target is likelier
    np.testing.assert_allclose(s["kl_divergence"], [2 * (p - math.e / z), 0], atol=1e-12)


def test_scores_that_compare_need_a_contrast():
    assert set(step_scores(Steps(LOGITS, torch.tensor([2, 0])))) == set(STEP_SCORES)
    assert not set(STEP_SCORES) & set(CONTRAST_STEP_SCORES)


def test_an_attributed_function_that_does_not_exist_names_those_that_do():
    with pytest.raises(ValueError, match="log_probability"):
        Objective("likelihood", torch.tensor([0]))
    with pytest.raises(ValueError, match="foil"):
        Objective("contrast_prob_diff", torch.tensor([0]))


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-5), ("float64", 1e-6)])
@pytest.mark.parametrize("name", ["marian", "t5", "gpt2"])
def test_equal_to_inseq(name, dtype, tolerance):
    from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM

    end = "_fixedscale" if name == "marian" else ""
    e = json.loads((FIXTURES / f"expected/inseq_{name}-tiny_{dtype}{end}.json").read_text())
    theirs = e["runs"]["dummy_step_scores"]["step_scores"]
    contrast = e["contrast_target_ids"]
    auto = AutoModelForCausalLM if name == "gpt2" else AutoModelForSeq2SeqLM
    model = auto.from_pretrained(FIXTURES / f"models/{name}-tiny", dtype=dtype, attn_implementation="eager")
    if name == "gpt2":
        start = e["prompt_len"]
        target = e["input_ids"][start:]

        def logits(ids):
            text = [*e["input_ids"][:start], *ids[:-1]]
            return causal_saliency(model, text, range(start - 1, len(text)), ids).logits
    else:
        target = e["decoder_ids_with_bos"][1:]

        def logits(ids):
            inputs = [e["decoder_ids_with_bos"][0], *ids[:-1]]
            return seq2seq_saliency(model, e["source_input_ids"], inputs, ids).logits

    ours = step_scores(Steps(logits(target), torch.tensor(target), logits(contrast), torch.tensor(contrast)))
    # Not compared, on purpose: perplexity and crossentropy. Inseq 0.7.1 cannot compute the latter for one
    # sentence, and its perplexity is 2 to the power of a crossentropy in nats.
    for score in set(ours) - {"perplexity", "crossentropy"}:
        scale = max(1.0, np.abs(theirs[score]).max())
        np.testing.assert_allclose(ours[score], theirs[score], atol=tolerance * scale, err_msg=score)
    truth = e["truth_from_transformers"]
    np.testing.assert_allclose(ours["logit"], truth["logit"], atol=tolerance * 10)
    np.testing.assert_allclose(ours["probability"], truth["probability"], atol=tolerance)


@pytest.mark.parametrize(
    ("target", "contrast", "expected"),
    [
        ([1, 2, 3], [1, 2, 3], (0, 1, 2)),
        ([1, 5, 3], [1, 6, 3], (0, 1, 2)),
        ([1, 2, 3, 9], [1, 7, 8, 3, 9], (0, 1, 3, 4)),
        ([1, 5, 6, 7, 9], [1, 8, 9], (0, 1, 1, 1, 2)),
        ([1, 2, 9], [1, 9], (0, 0, 1)),
        ([5, 9], [9], (0, 0)),
        ([5], [6, 7], (0,)),
        ([5, 6], [7], (0, 0)),
    ],
)
def test_alignment(target, contrast, expected):
    assert align(target, contrast) == expected
