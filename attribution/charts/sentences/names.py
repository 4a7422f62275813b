"""Names of words, numbers, columns and units that figures and findings share."""

from __future__ import annotations

from attribution.language import N_

ONE = {"words": N_("word"), "tokens": N_("token")}
LOGITS, SHARE_OF_ALL = N_("logits"), N_("share of all contributions")
SHARE_OF_STEP, SHARE_TIMES, RAW = N_("share of the step"), N_("share × {score}"), N_("raw attribution")
SHARE_OF_MODEL, SHARE_TIMES_SCORE = N_("share of the model's attribution"), N_("share × score")
SCORES = {
    "probability": N_("probability"),
    "logit": N_("logit"),
    "entropy": N_("entropy, nats"),
    "crossentropy": N_("cross-entropy, nats"),
    "perplexity": N_("perplexity"),
    "contrast_prob_diff": N_("probability − contrast's"),
    "contrast_logits_diff": N_("logit − contrast's"),
    "pcxmi": N_("P-CXMI, bits"),
    "kl_divergence": N_("KL divergence, nats"),
}
PARTS = {
    "initial_embedding": N_("embedding of the last token"),
    "attention_bias": N_("attention biases"),
    "mlp": N_("MLPs"),
    "final_norm_bias": N_("final-norm bias"),
    "head_bias": N_("output bias"),
    "attention biases": N_("attention biases"),
    "MLP biases": N_("MLP biases"),
    "norm biases": N_("norm biases"),
    "head bias": N_("output bias"),
    "entropy": N_("entropy"),
    "text without its words": N_("text without its words"),
    "decoder start": N_("start of the decoder"),
    "start": N_("start of the target"),
    "beginning": N_("beginning of the answer"),
}
"""What no word is credited with, as in a list; a row has a capital."""
PERCENT, BELOW_PERCENT = N_("{number} %"), N_("< {number} %")
BELOW_ONE_PERCENT, ABOVE_99_PERCENT = N_("below 1 %"), N_("above 99 %")
# i18n: A rank, as in "3rd".
ORDINAL = N_("{number}th")
AND = N_(" and ")
# i18n: Which of several equal words, e.g. "the (no. 3)".
TOLD_APART = N_("{word} (no. {position})")
YES_NO = (N_("no"), N_("yes"))
ROLES = {"target": N_("target"), "foil": N_("foil")}
TEXTS = {"source": N_("source"), "target before": N_("target words before")}
TEXT_COLUMNS = {"source": N_("source: {word}"), "target before": N_("target before: {word}")}
TOWARD, AWAY_FROM = N_("toward {word}"), N_("away from {word}")
FOR_THE_WORD, FOR_THE_CONTRAST, AGAINST_IT = (
    N_("for the target word"),
    N_("for the contrast"),
    N_("against it"),
)
RATHER = N_("{target} rather than {foil}")
LOGIT_OF, LOGIT_DIFFERENCE = N_("logit of {word}"), N_("logit difference {target} − {foil}")
THE_LOGIT_OF, THE_LOGIT_DIFFERENCE = N_("the logit of {word}"), N_("the logit difference {target} − {foil}")
"""The same within a sentence."""
THE_DIFFERENCE = N_("the difference")
IN_LOGITS, IN_NATS = N_("{size} logits"), N_("{size} nats")
MODEL = N_("{name} ({architecture}, {size} parameters, {dtype})")
MODEL_REVISION = N_("{name} ({architecture}, {size} parameters, revision {revision}, {dtype})")
SIGNS = {"signed": N_("signed"), "magnitude": N_("magnitude (L2 norm)")}
CHANGES = {"signed": N_("signed change"), "magnitude": N_("size of the change")}
"""The same where nothing is summed over an embedding."""
HEADS = {
    "position": N_("position"),
    "error": N_("standard error"),
    # i18n: Head of a column that says toward which word each word pushes.
    "pushes": N_("pushes"),
    "part": N_("part"),
    "of a word": N_("credited to a word"),
    "logits": N_("logits"),
    "so far": N_("sum so far"),
    "sum": N_("sum"),
    "own": N_("the model's own value"),
    "layer": N_("layer"),
    # i18n: An attention head, and which one.
    "head": N_("head"),
    "head number": N_("head {number}"),
    "mlp": N_("MLP (no word)"),
    "attention bias": N_("attention bias (no word)"),
    "mlp of layer": N_("MLP of the layer, logits"),
    "mlp in logits": N_("MLP, logits"),
    "explained": N_("position explained"),
    "draws on": N_("draws on"),
    "share": N_("share"),
    "rank": N_("rank"),
    "token": N_("token"),
    "probability": N_("probability"),
    "logit": N_("logit"),
    "role": N_("role"),
    "removed": N_("words taken away"),
    # i18n: In which order words are taken away.
    "order": N_("order"),
    "method": N_("method"),
    "model": N_("model"),
    "parameters": N_("parameters"),
    "score": N_("score"),
    "difference": N_("difference"),
    "target rank": N_("rank of target"),
    "own answer": N_("own answer"),
    "seconds": N_("seconds"),
    "memory": N_("memory, bytes"),
    "verdict": N_("verdict"),
    "step": N_("step"),
    "target step": N_("target step"),
    "target token": N_("target token"),
    "translation": N_("translation"),
    "word": N_("word"),
    "segment": N_("segment"),
    "text": N_("text"),
    "answer token": N_("answer token"),
    "lost": N_("log-probability lost, nats"),
    "credited": N_("credited, {unit}"),
}
"""Of the columns of tables, of axes and of what is shown beside the mouse."""
