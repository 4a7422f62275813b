"""What figures and findings say: whole sentences with named places for what goes into them.

One place for all words, so that they can be had in another language: `wording.text` and `wording.filled` are
all that reads them.
"""

from __future__ import annotations

from attribution.language import N_, nN_

# ---------------------------------------------------------------------------------------- names and units

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

# --------------------------------------------------------------------------------- figures of a next word

NEXT_WORD_INPUTS = N_("{model}. Text: {prefix}.")
BARS_TITLE = {
    "words": N_("Influence of each word on {what} ({method})"),
    "tokens": N_("Influence of each token on {what} ({method})"),
}
BARS_CAPTION = N_("{inputs} {method}, {explained}; unit: {unit}.")
BARS_SUM = {
    "words": N_(
        "The words add up to {total}; {parts}, which no word is credited with, to {rest}; together {all}, "
        "{the_explained}."
    ),
    "tokens": N_(
        "The tokens add up to {total}; {parts}, which no token is credited with, to {rest}; together {all}, "
        "{the_explained}."
    ),
}
LAYERED_PARTS = N_("MLPs, biases and embedding")
NO_WORD = {"words": N_("(no word)"), "tokens": N_("(no token)")}
BARS_ERROR = N_("Whiskers: the standard error of sampled orders, up to {error} logits.")
BARS_CONVERGENCE = N_(
    "The values miss the change of the {explained} from an empty text, which they should add up to, by {gap}."
)
BARS_SHARE = N_("Share: divided by the sum of absolute token contributions.")
BARS_SHARE_LAYERED = N_(
    "Share: the embedding counts for the last token, then all is divided by the sum of absolute token "
    "contributions."
)
BARS_SPOKEN = N_("Bar chart: {pushes}")
ALL_ZERO = N_("all values are zero.")
SUM_TITLE = N_("Everything adds up to {the_explained} ({measured})")
SUM_CAPTION = {
    "words": N_(
        "{inputs} {method}; unit: logits. Filled: credited to words. Outlined: what no word is credited "
        "with. Parts summed: {total}; the model's own {explained}: {measured} (gap {gap})."
    ),
    "tokens": N_(
        "{inputs} {method}; unit: logits. Filled: credited to tokens. Outlined: what no token is credited "
        "with. Parts summed: {total}; the model's own {explained}: {measured} (gap {gap})."
    ),
}
SUM_SPOKEN = {
    "words": N_(
        "Waterfall chart: the words add {words} logits, all other parts {rest}; the model's own value is "
        "{measured}."
    ),
    "tokens": N_(
        "Waterfall chart: the tokens add {words} logits, all other parts {rest}; the model's own value is "
        "{measured}."
    ),
}
OWN_VALUE = N_("The model's own value")
OTHERS = {"words": N_("{count} other words"), "tokens": N_("{count} other tokens")}
NOT_ADDITIVE = N_("The values of {method} do not add up to the logit: choose another method.")
NO_LAYERS = N_("This figure shows the layers of ALTI-Logit; {method} has none: choose ALTI-Logit or Logit.")
LAYERS_TITLE = {
    "words": N_("Where it happens: {what}, by layer and word ({method})"),
    "tokens": N_("Where it happens: {what}, by layer and token ({method})"),
}
LAYERS_CAPTION = {
    "words": N_(
        "{inputs} What the attention of each layer contributes to {the_explained} ({method}); the bars are "
        "the layers' MLPs, which no word is credited with. Unit: logits."
    ),
    "tokens": N_(
        "{inputs} What the attention of each layer contributes to {the_explained} ({method}); the bars are "
        "the layers' MLPs, which no token is credited with. Unit: logits."
    ),
}
LAYERS_SPOKEN = {
    "words": nN_(
        "Heatmap of {layers} layers and one word: the largest contribution is {value} logits, {label} in "
        "layer {layer}.",
        "Heatmap of {layers} layers and {count} words: the largest contribution is {value} logits, {label} "
        "in layer {layer}.",
    ),
    "tokens": nN_(
        "Heatmap of {layers} layers and one token: the largest contribution is {value} logits, {label} in "
        "layer {layer}.",
        "Heatmap of {layers} layers and {count} tokens: the largest contribution is {value} logits, {label} "
        "in layer {layer}.",
    ),
}
MIXING_TO, MIXING_IN = N_("layers 1 to {layer}, rolled out"), N_("layer {layer} alone")
MIXING_TITLE = N_("Who looks at whom, {which} (ALTI)")
MIXING_CAPTION = N_(
    "{inputs} ALTI: how much each token draws on the tokens up to it; rows sum to 1, later tokens are not "
    "visible."
)
MIXING_SPOKEN = N_(
    "Triangular heatmap, {which}: the last position, {token}, draws most on {other} ({share})."
)
MIXING_LEGEND, MIXING_END = N_("share of what a position is made of"), N_("each row sums to 1")
EXPECTED_TITLE = N_("What the model expects next")
EXPECTED_CAPTION = N_("{inputs} The likeliest next tokens; entropy {entropy} nats.")
EXPECTED_STEP_TITLE = N_("What the model expects at this step")
EXPECTED_STEP_CAPTION = N_("{inputs} The likeliest tokens {where}; entropy {entropy} nats.")
EXPECTED_WHERE = (N_("at the beginning"), N_("after {before}"))
EXPECTED_ANSWER_TITLE = N_("What {model} would answer")
EXPECTED_NONE = N_("This answer was saved without what else the model expected.")
EXPECTED_AXIS = N_("probability (bar and %), then logit")
EXPECTED_SPOKEN = N_("Bar chart of likely next tokens: {token} {probability}.")

ATTRIBUTED = {
    "probability": N_("probability"),
    "log_probability": N_("log-probability"),
    "logit": N_("logit"),
    "contrast_prob_diff": N_("probability − contrast's"),
    "contrast_logits_diff": N_("logit − contrast's"),
}
"""What of a target word is explained, as forms and captions name it."""
QUANTITIES = {
    "probability": N_("its probability"),
    "log_probability": N_("its log-probability"),
    "logit": N_("its logit"),
    "contrast_prob_diff": N_("the difference of probabilities"),
    "contrast_logits_diff": N_("the logit difference"),
}
SPECIALS = {"</s>": N_("(end)"), "<pad>": N_("(start)"), "<s>": N_("(start)")}
"""Tokens that are no words, among words."""

# ------------------------------------------------------------------------------- figures of Does it hold?

LIKELIEST_WORD = N_("the likeliest word")
REMOVAL_TITLE = {
    "leave out": N_("Does it hold? {what} while words are left out ({method})"),
    "neutral": N_("Does it hold? {what} while words are replaced by a neutral embedding ({method})"),
}
REMOVAL_HOW = {
    "leave out": nN_(
        "{inputs} {titled}; the only word left out.",
        "{inputs} {titled}; words left out one after the other, from all {count} to none.",
    ),
    "neutral": nN_(
        "{inputs} {titled}; the only word replaced by a neutral embedding.",
        "{inputs} {titled}; words replaced by a neutral embedding one after the other, from all {count} to "
        "none.",
    ),
}
REMOVAL_CAPTION = N_(
    "{how} Band: 90 % of {orders} random orders. Gap, the mean distance of the two lines: {gap} (random "
    "orders {low} to {high}; words left out one by one {erasure}). LDS {lds} (by chance {chance})."
)
REMOVAL_WHAT = {
    "logit difference": (LOGIT_DIFFERENCE, THE_LOGIT_DIFFERENCE),
    "contrast_logits_diff": (LOGIT_DIFFERENCE, THE_LOGIT_DIFFERENCE),
    "logit of the target": (LOGIT_OF, THE_LOGIT_OF),
    "logit of the foil": (LOGIT_OF, THE_LOGIT_OF),
    "logit": (LOGIT_OF, THE_LOGIT_OF),
    "probability": (N_("probability of {word}"), N_("the probability of {word}")),
    "log_probability": (N_("log-probability of {word}"), N_("the log-probability of {word}")),
    "contrast_prob_diff": (
        N_("probability difference {target} − {foil}"),
        N_("the probability difference {target} − {foil}"),
    ),
}
"""Alone, and within a sentence."""
REMOVAL_MEAN = N_("{what} (mean of {count} tokens)")
REMOVAL_AMOUNTS = {"probability": "{size}", "contrast_prob_diff": "{size}", "log_probability": IN_NATS}
REMOVAL_UNITS = {
    "probability": N_("probability"),
    "contrast_prob_diff": N_("probability"),
    "log_probability": N_("nats"),
}
REMOVAL_AXES = {
    "probability": N_("probability"),
    "contrast_prob_diff": N_("probability"),
    "log_probability": N_("log-probability, nats"),
}
"""All others in logits."""
REMOVAL_SPOKEN = N_(
    "Line chart: with the most important words first {what} goes from {start} to {most} after half of the "
    "words, with the least important first to {least}; gap {gap}."
)
CURVES = {
    "most_first": N_("most important first"),
    "least_first": N_("least important first"),
    "random_mean": N_("random orders (mean)"),
}
OTHER_CURVES = {
    "erasure_most_first": N_("left out one by one, most important first"),
    "erasure_least_first": N_("left out one by one, least important first"),
    "random_low": N_("random orders (5 %)"),
    "random_high": N_("random orders (95 %)"),
}
"""In tables only."""
WHICH_TITLE = {
    "leave out": N_("Which method holds here? Words left out"),
    "neutral": N_("Which method holds here? Words replaced by a neutral embedding"),
}
WHICH_CAPTION = N_(
    "{inputs} Gap: how far removing the most and the least important words first lie apart; dashed: 95 % of "
    "random orders lie below. LDS: rank correlation of summed values with what {subsets} random choices of "
    "words give; dashed: by chance. Carried: the part of {what} that the words are credited with. Agreement: "
    "rank correlation with leaving out one word."
)
WHICH_SPOKEN = N_("Bar charts of {count} methods. {gaps}.")
WHICH_PANELS = {
    "gap": N_("gap"),
    "lds": N_("LDS"),
    "agreement": N_("agreement"),
    "carried": N_("carried, %"),
    "seconds": N_("seconds"),
}
OF_THE_LOGIT = N_("{method}, of the logit")
MODELS_TITLE = {
    "leave out": N_("Does it hold? {what} while words are left out, model by model ({method})"),
    "neutral": N_(
        "Does it hold? {what} while words are replaced by a neutral embedding, model by model ({method})"
    ),
}
MODELS_CAPTION = N_(
    "{inputs} One scale; band: 90 % of {orders} random orders. Gap above each panel, in {unit}."
)
EACH_TITLE = {
    "leave out": N_("Method by method: {what} while words are left out"),
    "neutral": N_("Method by method: {what} while words are replaced by a neutral embedding"),
}
EACH_CAPTION = N_(
    "{inputs} One scale; band: 90 % of {orders} random orders, the same for all. Ordered by gap."
)
OTHER_TEXTS = N_("These were measured on different texts, so they do not stand side by side.")

# ---------------------------------------------------------------------------- figures of layers and heads

LENS_TITLE = N_("What the model would say after each layer")
LENS_CAPTION = N_(
    "{inputs} Left, logit lens: the last position after each layer, read by the final norm and the "
    "unembedding; beside the layer its likeliest word. The last layer is the model's own answer. Right: what "
    "attention and MLP of each layer add to {the_explained}, in the scale of the final norm. Unit: logits."
)
LENS_SPOKEN = N_(
    "Bar charts of {layers} layers. After the embedding {the_explained} is {first}, after the last layer "
    "{last}."
)
LENS_ROWS = (N_("embedding"), N_("layer {layer}"))
LENS_AXES = (N_("after the layer, logits"), N_("attention adds"), N_("MLP adds"))
LENS_COLUMNS = (
    N_("likeliest word"),
    N_("its probability"),
    N_("target, logit"),
    N_("target, probability"),
    N_("foil, logit"),
    N_("foil, probability"),
    N_("attention adds"),
    N_("MLP adds"),
)
HEADS_TITLE = N_("What each attention head adds to {the_explained}")
HEADS_CAPTION = N_("{inputs} In the scale of the final norm, output biases apart. Unit: logits.")
HEADS_SPOKEN = N_(
    "Heatmap of {layers} layers and {heads} heads: the largest is {value} logits, head {head} of layer "
    "{layer}."
)

# ------------------------------------------------------------------------------- figures of a translation

TRANSLATION_INPUTS = N_("{model}. Source: {source}.")
TRANSLATION_INPUTS_LANGUAGES = N_("{model}, {one} to {other}. Source: {source}.")
OWN_TARGET, GIVEN_TARGET = (
    N_("Target (the model's own translation{how}): {target}. "),
    N_("Target (given{how}): {target}. "),
)
SALIENCY_METHOD = N_("{method} of {attributed}, {sign}; unit: {unit}.")
SALIENCY_METHOD_CONTRAST = N_("{method} of {attributed} against {contrast}, {sign}; unit: {unit}.")
ATTENTION_METHOD = N_("{method}, the mean over heads and layers; unit: {unit}.")
SALIENCY_SIGNS = {"signed": N_("signed sum"), "magnitude": N_("magnitude (L2 norm)")}
SALIENCY_TITLE = N_("Which source words, and which words already written, led to each target word")
SALIENCY_CAPTION = N_("{inputs} {how} Right, at each step: {score}.")
SALIENCY_SPOKEN = N_(
    "Heatmap of {rows} target steps by {source} source and {before} earlier target columns. {strongest}"
)
UNLIKELY = N_(" Bold: tokens below {chance}.")
STRONGEST = N_("Largest: {column} for {row} ({value}).")
ROW_SUMS_TO_ONE = N_("share of the step (a row sums to 1 over source and earlier words)")
ROW_SUMS_TO_SCORE = N_("{unit} (a row sums to its score)")
TWO_NAMES = (N_("The model's own translation"), N_("The given translation"))
TWO_TITLE = N_("Two translations of the same source, on one scale")
TWO_CAPTION = N_("{inputs} {how} {totals}. Bold: tokens below {chance}.")
TWO_SPOKEN = N_("Two heatmaps on one scale. {totals}.")
TOTAL = N_("{name}{how}: {target}, ln P = {total}")

# --------------------------------------------------------------------------------- figures of an answer

NATS = N_("nats")
ANSWER_UNIT = {"nats": NATS, "logits": LOGITS, "probability": N_("probability")}
ANSWER_UNITS = {"log_probability": NATS, "logit": LOGITS, "probability": N_("probability")}
END, TEMPLATE, ADDED, ANSWER_SO_FAR = (
    N_("(end)"),
    N_("(template)"),
    N_("(added to the text)"),
    N_("(answer so far)"),
)
"""The end of an answer, a chat template's tokens, what else is read that nobody typed, the earlier answer."""
SEGMENT = N_("{name}: {words}")
OTHER_WORDS = N_("(the other {count} words)")
NO_STEP = N_(
    "This word of the answer is not explained here: choose another one, or explain the whole answer."
)
NO_CHECK = N_("There is no measurement of these segments.")
FOR_THE_ANSWER = N_("for the answer")
TOWARD_QUOTED, AWAY_FROM_QUOTED = N_("toward “{word}”"), N_("away from “{word}”")
RATHER_QUOTED = N_("“{target}” rather than “{foil}”")
ANSWER_STEP = {
    False: {
        "logits": N_("logit of “{word}”"),
        "nats": N_("log-probability of “{word}”"),
        "probability": N_("probability of “{word}”"),
    },
    True: {
        "logits": N_("logit difference “{word}” − “{foil}”"),
        "nats": N_("log-probability difference “{word}” − “{foil}”"),
        "probability": N_("probability difference “{word}” − “{foil}”"),
    },
}
"""Without and with a contrast."""
THE_ANSWER_STEP = {
    False: {
        "logits": N_("the logit of “{word}”"),
        "nats": N_("the log-probability of “{word}”"),
        "probability": N_("the probability of “{word}”"),
    },
    True: {
        "logits": N_("the logit difference “{word}” − “{foil}”"),
        "nats": N_("the log-probability difference “{word}” − “{foil}”"),
        "probability": N_("the probability difference “{word}” − “{foil}”"),
    },
}
"""The same within a sentence."""
ANSWER_WHOLE = {
    False: {
        "logits": nN_("logit of the answer's one token", "sum of the logits of the answer's {count} tokens"),
        "nats": nN_("log-probability of the answer", "log-probability of the answer"),
        "probability": nN_(
            "probability of the answer's one token", "sum of the probabilities of the answer's {count} tokens"
        ),
    },
    True: {
        "logits": nN_(
            "logit difference at the one step", "sum of the logit differences at the {count} steps"
        ),
        "nats": nN_("log-probability difference of the answers", "log-probability difference of the answers"),
        "probability": nN_(
            "probability difference at the one step",
            "sum of the probability differences at the {count} steps",
        ),
    },
}
THE_ANSWER_WHOLE = {
    False: {
        "logits": nN_(
            "the logit of the answer's one token", "the sum of the logits of the answer's {count} tokens"
        ),
        "nats": nN_("the log-probability of the answer", "the log-probability of the answer"),
        "probability": nN_(
            "the probability of the answer's one token",
            "the sum of the probabilities of the answer's {count} tokens",
        ),
    },
    True: {
        "logits": nN_(
            "the logit difference at the one step", "the sum of the logit differences at the {count} steps"
        ),
        "nats": nN_(
            "the log-probability difference of the answers", "the log-probability difference of the answers"
        ),
        "probability": nN_(
            "the probability difference at the one step",
            "the sum of the probability differences at the {count} steps",
        ),
    },
}
ANSWER_IS = N_("Answer: {answer}.")
ANSWER_OWN = N_("Answer (the model's own, {settings}): {answer}.")
ANSWER_FIELDS = {
    "system": N_("System: {words}."),
    "document": N_("Document: {words}."),
    "prompt": N_("Prompt: {words}."),
}
ANSWER_EXAMPLES = nN_("1 example.", "{count} examples.")
ANSWER_AGAINST = N_("Contrast: {contrast}.")
ANSWER_EACH = {
    False: {
        "logits": N_("logit of each token of the answer"),
        "nats": N_("log-probability of each token of the answer"),
        "probability": N_("probability of each token of the answer"),
    },
    True: {
        "logits": N_("logit of each token of the answer against the contrast's"),
        "nats": N_("log-probability of each token of the answer against the contrast's"),
        "probability": N_("probability of each token of the answer against the contrast's"),
    },
}
THE_ANSWER_EACH = {
    False: {
        "logits": N_("the logit of each token of the answer"),
        "nats": N_("the log-probability of each token of the answer"),
        "probability": N_("the probability of each token of the answer"),
    },
    True: {
        "logits": N_("the logit of each token of the answer against the contrast's"),
        "nats": N_("the log-probability of each token of the answer against the contrast's"),
        "probability": N_("the probability of each token of the answer against the contrast's"),
    },
}
ANSWER_METHOD = N_("{method}, {explained}; unit: {unit}.")
ANSWER_SUM = N_("{shares}: together {all}, {explained}.")
ANSWER_CONVERGENCE = N_(
    "The values miss the change of {explained} from an empty text, which they should add up to, by {gap}."
)
ANSWER_GETS = {
    "prompt": N_("The prompt gets {sum}"),
    "template": N_("the template {sum}"),
    "added": N_("what was added to the text {sum}"),
    "answer": N_("the answer so far {sum}"),
    "rest": N_("what no word is credited with ({parts}) {sum}"),
}
BY_SEGMENT = N_("Erasure leaves out whole segments of the prompt and does not cover the answer so far.")
ANSWER_PLACES = {
    "prompt": N_("prompt"),
    "template": N_("template"),
    "answer": N_("answer"),
    # i18n: Other words, all together, in a table.
    "others": N_("others"),
}
ANSWER_BARS_TITLE = N_("Which words led to {what}? ({method})")
ANSWER_PANELS = {
    "prompt": N_("In the prompt"),
    "template": N_("In the prompt"),
    "answer": N_("In the answer so far"),
    "others": N_("All else"),
}
ANSWER_MAP_TITLE = N_("Which words led to each word of the answer? ({method})")
ANSWER_MAP_SEGMENTS = N_("Which parts of the prompt led to each word of the answer? ({method})")
ANSWER_MAP_SPOKEN = N_("Heatmap of {rows} tokens of the answer by {columns} columns. {strongest}")
ANSWER_ROWS, ANSWER_COLUMNS = N_("answer"), (N_("prompt"), N_("prompt | answer so far"))
ANSWER_SEGMENTS_TITLE = N_("Which parts of the prompt led to {what}? ({method})")
THE_ANSWER = N_("the answer")
CHECK_TITLE = N_("What does the answer lose when a part of the prompt is left out?")
CHECK_PANELS = (N_("Left out: what the answer's log-probability loses"), N_("Credited by {method}"))
CHECK_LEFT_OUT = (N_("less likely without it"), N_("likelier without it"))
CHECK_CAPTION = N_(
    "{inputs} Left: what the answer's log-probability ({whole} nats) loses when the segment is left out, "
    "measured. Right: what {method} credits the segment with, {unit}. Rank correlation of the two: "
    "{agreement}. LDS over random choices of segments (at most {subsets}, seed {seed}): {lds}; by chance "
    "{chance} ({low} to {high})."
)
CHECK_SPOKEN = N_("Bar charts of {count} segments: {leaders}.")
ANSWER_EXPECTED_TITLE = N_("What the model expected instead of “{word}”")
ANSWER_EXPECTED_CAPTION = N_("{inputs} The likeliest tokens {where}.")
ANSWER_EXPECTED_ENTROPY = N_("{inputs} The likeliest tokens {where}; entropy {entropy} nats.")

# ------------------------------------------------------------------------------- figures of a comparison

COMPARISON_INPUTS = N_("{models}. Question: {question}.")
ANSWER_INPUTS = N_("{model}. Prompt: {prompt}; explained: token {places} of the answer.")
COMPARISON_METHOD = N_("{method} of {explained}, {sign}; unit: {unit}")
LOGIT_MINUS, LOG_PROBABILITY, PROBABILITY, PROBABILITY_MINUS = (
    N_("logit {target} − logit {foil}"),
    N_("ln P({target})"),
    N_("P({target})"),
    N_("P({target}) − P({foil})"),
)
SPECIAL_TOKENS = N_("(special tokens)")
"""The columns after the words."""
COMPARISON_AXES = {"row": N_("model"), "column": N_("word")}
COMPARISON_TIPS = {
    "model": N_("model"),
    # i18n: Of which answer a probability is.
    "line": N_("of"),
    "value": N_("value"),
    "parameters": N_("parameters"),
}
LEAN_TITLE = N_("Which words each model leans on for {what}")
LEAN_CAPTION = N_("{inputs} {how}; {sums}.")
LEAN_SUMS = {
    "share": N_("absolute values of a row sum to 1"),
    "weighted": N_("magnitudes of a row sum to the model's score"),
    "raw": N_("raw values, not comparable between models in size"),
}
LEAN_ADDS_UP = N_(
    "the words of a row, special tokens and what no word is credited with ({parts}) add up to the model's "
    "own logits"
)
LEAN_SPOKEN = N_("Heatmap of {models} models by {words} words. {leaders}")
SATURATED_ROW, UNMOVED_ROW = N_("{model}, saturated"), N_("{model}, unmoved")
SATURATED_CAPTION = N_(" Saturated, or moved by no word, so that signs and shares mean nothing: {models}.")
PANELS_CAPTION = N_("{inputs} {how}; one scale for all.")
PANELS_CAPTION_SUMS = N_("{inputs} {how}; {sums}; one scale for all.")
PANELS_SIDES = N_(" Blue: {up}; orange: {down}.")
PANELS_SIDES_GREY = N_(" Blue: {up}; grey: {down}.")
PANELS_SPOKEN = N_("{count} bar charts on one scale. {leaders}")
SURE_TITLE = N_("How sure each model is of {what}")
WHOLE_WORDS = N_(" Probabilities are of the whole words.")
SURE_SPOKEN = N_("Line chart by model size. {values}.")
SURE_AXIS, SURE_HEIGHT = N_("parameters (logarithmic)"), N_("probability")
AGREEMENT, SAME_ORDER, REVERSE_ORDER = (
    N_("rank correlation"),
    N_("the same order of words"),
    N_("the reverse order"),
)
AGREEMENT_TITLE = N_("Do the models lean on the same words?")
AGREEMENT_CAPTION = N_(
    "{inputs} Spearman's rank correlation of the word scores ({sign}, {method}) of every two models; special "
    "tokens left out."
)
AGREEMENT_SIGNS = {"signed": N_("signed"), "magnitude": N_("magnitude")}
AGREEMENT_SPOKEN = N_("Matrix of rank correlations between {count} models: from {low} to {high}.")
AGREEMENT_NONE = N_("Matrix of rank correlations between {count} models: none.")
NO_ANSWER = N_("There is no model's answer yet.")
OTHER_QUESTIONS = N_("These models were asked different questions, so their words do not line up.")
NO_SIGN = N_("The method {method} has no sign: choose magnitudes instead.")
NO_SCORE = N_("There is no step score called {score} in this result.")

# --------------------------------------------------------------------------------- findings: an answer

THE_CONTRAST, THE_TEMPLATE = N_("the contrast"), N_("the template")
THE_ADDED = N_("what was added to the text")
THE_ANSWER_SO_FAR = N_("the answer so far")
ANSWER_TOWARD = (
    N_("{words} pushes most toward {whom}"),
    N_("{words} push most toward {whom}"),
    {
        "words": N_("no word visibly pushes toward {whom}"),
        "segments": N_("no part of the prompt visibly pushes toward {whom}"),
        "parts": N_("no part visibly pushes toward {whom}"),
    },
)
ANSWER_AWAY = (
    N_("{words} pushes most away from it"),
    N_("{words} push most away from it"),
    {
        "words": N_("no word visibly pushes away from it"),
        "segments": N_("no part of the prompt visibly pushes away from it"),
        "parts": N_("no part visibly pushes away from it"),
    },
)
WITHOUT_LESS = (
    N_("leaving out {words} lowers {explained} most"),
    N_("leaving out {words}, one at a time, lowers {explained} most"),
    {"segments": N_("leaving out no part of the prompt visibly lowers {explained}")},
)
WITHOUT_MORE = (
    N_("leaving out {words} raises it most"),
    N_("leaving out {words}, one at a time, raises it most"),
    {"segments": N_("leaving out no part of the prompt visibly raises it")},
)
"""One, several, none."""
ANSWER_ALIKE = {
    "words": N_("{count} words ({size} each)"),
    "segments": N_("{count} parts of the prompt ({size} each)"),
    "parts": N_("{count} parts ({size} each)"),
}
IN_PROMPT, IN_ANSWER = N_("prompt"), N_("answer so far")
# i18n: Which of several equal words, within brackets: "Document, no. 3".
POSITION = N_("no. {position}")
ANSWER_NOTHING = {
    "words": N_("No word makes a difference to {explained} that shows (all below {tiny} {unit})."),
    "segments": N_(
        "No part of the prompt makes a difference to {explained} that shows (all below {tiny} {unit})."
    ),
    "parts": N_("No part makes a difference to {explained} that shows (all below {tiny} {unit})."),
}
ANSWER_CERTAIN = {
    "nats": N_(
        " The model is all but certain of {word} ({chance}), which leaves its log-probability no room."
    ),
    "probability": N_(
        " The model is all but certain of {word} ({chance}), which leaves its probability no room."
    ),
}
ANSWER_NOISE = {
    "words": N_(
        "No word stands out: the values miss {explained} by {gap} {unit}, which is more than any of them."
    ),
    "segments": N_(
        "No part of the prompt stands out: the values miss {explained} by {gap} {unit}, which is more than "
        "any of them."
    ),
    "parts": N_(
        "No part stands out: the values miss {explained} by {gap} {unit}, which is more than any of them."
    ),
}
ANSWER_SAME = N_("{word} is the token of both answers at this step: there is nothing to compare.")
BY_METHOD = N_("By {method}, {first}; {second}.")
MAP_LARGEST = N_("The largest amount of all is that of {column} for {row} ({size} {unit}).")
MAP_LARGEST_TIE = N_("Among the largest amounts is that of {column} for {row} ({size} {unit}).")
EXPECTED_OWN = N_("{word} is what the model expected most here ({chance}); next comes {other} ({after}).")
EXPECTED_OWN_ONLY = N_("{word} is what the model expected most here ({chance}).")
EXPECTED_OTHER = N_("The model expected {other} most here ({after}); {word} comes {rank} ({chance}).")
EXPECTED_EQUAL = N_("The model finds {word} and {other} equally likely here ({chance} each).")
CHECK_MOST = N_(
    "Without {words} the answer is {times} times less likely (its log-probability loses {size} nats)."
)
CHECK_MOST_TIE = N_("Without any one of {words} the answer loses most: {size} nats of log-probability each.")
CHECK_MORE = N_(" Without {words} it is {times} times as likely.")
CHECK_UNMOVED = N_(
    "No part of the prompt decides alone: leaving any one out lowers the answer's log-probability by less "
    "than {size} nats."
)
CHECK_SAME = N_(" {method} credits the same part with most ({size} {unit}).")
CHECK_AMONG = N_(" It is among the parts that {method} credits with most ({size} {unit} each).")
CHECK_SEVERAL = N_(" {method} credits {words} with most ({size} {unit}).")
CHECK_OTHER = (
    N_(
        " {method} credits {words} with most instead ({size} {unit}); without that, the answer loses "
        "{effect} nats."
    ),
    N_(
        " {method} credits {words} with most instead ({size} {unit}); without that, the answer gains "
        "{effect} nats."
    ),
    N_(" {method} credits {words} with most instead ({size} {unit}); without that, nothing visible changes."),
)
"""What leaving it out does: a loss, a gain, nothing that shows."""
CHECK_NO_CREDIT = N_(" {method} visibly credits no part with speaking for the answer.")
CHECK_FEW = nN_(
    " With one part, an order of them says little: the best comes up by chance too often.",
    " With {count} parts, an order of them says little: the best comes up by chance too often.",
)
CHECK_COUNT = N_("{count} parts")
CHECK_HOLDS = N_(
    " It holds here: over random choices of parts its sums follow the log-probability with a rank "
    "correlation (LDS) of {lds}, where chance stays below {high} nineteen times in twenty."
)
CHECK_CHANCE = N_(
    " It holds no better than chance here: over random choices of parts its sums follow the log-probability "
    "with a rank correlation (LDS) of {lds}; chance reaches {high}."
)
CHECK_UNDEFINED = N_(
    " Whether its order holds cannot be told: the credits, or the log-probabilities, are all alike."
)

# -------------------------------------------------------------------------------- findings: a next word

PUSH_TOWARD = (
    N_("{words} pushes most toward {whom} ({size})"),
    N_("{words} push equally toward {whom} ({size} each)"),
    {
        "words": N_("no word visibly pushes toward {whom}"),
        "tokens": N_("no token visibly pushes toward {whom}"),
    },
)
PUSH_AWAY = (
    N_("{words} pushes most away from {whom} ({size})"),
    N_("{words} push equally away from {whom} ({size} each)"),
    {
        "words": N_("no word visibly pushes away from {whom}"),
        "tokens": N_("no token visibly pushes away from {whom}"),
    },
)
MATTERS = (
    N_("{words} matters most for {whom} ({size})"),
    N_("{words} matter equally for {whom} ({size} each)"),
    {"words": N_("no word visibly matters for {whom}"), "tokens": N_("no token visibly matters for {whom}")},
)
"""One word, several that tie, none."""
MANY_PUSH = {"words": N_("{count} words"), "tokens": N_("{count} tokens")}
TWO_PUSHES, ONE_PUSH = N_("{first}; {second}."), N_("{first}.")
NOTHING = {
    "words": N_("No word makes a difference that shows (all below {tiny} {unit})."),
    "tokens": N_("No token makes a difference that shows (all below {tiny} {unit})."),
}
CARRY = {
    "words": N_(
        "The words carry {share} of the difference ({total} of {whole} logits); the rest is the model's own "
        "preference for {preferred}, what no word is credited with ({parts})."
    ),
    "tokens": N_(
        "The tokens carry {share} of the difference ({total} of {whole} logits); the rest is the model's own "
        "preference for {preferred}, what no token is credited with ({parts})."
    ),
}
CARRY_OF_ONE = {
    "words": N_(
        "The words carry {share} of the logit of {word} ({total} of {whole} logits); the rest is what no "
        "word is credited with ({parts})."
    ),
    "tokens": N_(
        "The tokens carry {share} of the logit of {word} ({total} of {whole} logits); the rest is what no "
        "token is credited with ({parts})."
    ),
}
CARRY_ALL = {
    "words": N_("The words carry all of the difference ({whole} logits)."),
    "tokens": N_("The tokens carry all of the difference ({whole} logits)."),
}
CARRY_ALL_OF_ONE = {
    "words": N_("The words carry all of the logit of {word} ({whole} logits)."),
    "tokens": N_("The tokens carry all of the logit of {word} ({whole} logits)."),
}
ADD = {
    "words": N_(
        "The words add {total} logits and what no word is credited with ({parts}) {rest}: together {whole}, "
        "the difference."
    ),
    "tokens": N_(
        "The tokens add {total} logits and what no token is credited with ({parts}) {rest}: together "
        "{whole}, the difference."
    ),
}
ADD_OF_ONE = {
    "words": N_(
        "The words add {total} logits and what no word is credited with ({parts}) {rest}: together {whole}, "
        "the logit of {word}."
    ),
    "tokens": N_(
        "The tokens add {total} logits and what no token is credited with ({parts}) {rest}: together "
        "{whole}, the logit of {word}."
    ),
}
ALL_THE_SAME = N_("The model prefers {winner} all the same ({whole} logits), because of {carriers}.")
ALL_THE_SAME_BARE = N_("The model prefers {winner} all the same ({whole} logits).")
CARRIER = N_("{part} ({size})")
CARRIERS = {
    "initial_embedding": N_("the embedding of the last token"),
    "attention_bias": N_("its attention biases"),
    "mlp": N_("its MLPs"),
    "final_norm_bias": N_("the bias of its final norm"),
    "head_bias": N_("its output bias"),
    "attention biases": N_("its attention biases"),
    "MLP biases": N_("its MLP biases"),
    "norm biases": N_("its norm biases"),
    "head bias": N_("its output bias"),
    "text without its words": N_("the text without its words"),
}
ITS_PART = N_("its {part}")
FOR_BEING_FIRST = N_(
    "At least half of what {word} gets is for being first, whatever it says: in its place, an embedding that "
    "says nothing gets {size} logits."
)
FOR_STANDING_THERE = N_(
    "At least half of what {word} gets is for where it stands, whatever it says: in its place, an embedding "
    "that says nothing gets {size} logits."
)
PARTS_TOGETHER = N_("MLPs, biases, embedding")

LAYER_CELL = {
    "words": N_(
        "The largest contribution of a word is that of {word} in layer {layer} ({size} logits, {toward})."
    ),
    "tokens": N_(
        "The largest contribution of a token is that of {word} in layer {layer} ({size} logits, {toward})."
    ),
}
LAYER_CELLS = {
    "words": N_(
        "Among the largest contributions of a word is that of {word} in layer {layer} ({size} logits, "
        "{toward})."
    ),
    "tokens": N_(
        "Among the largest contributions of a token is that of {word} in layer {layer} ({size} logits, "
        "{toward})."
    ),
}
LAYER_NO_CELL = {
    "words": N_("In no layer does a word contribute what shows (all below {tiny} logits)."),
    "tokens": N_("In no layer does a token contribute what shows (all below {tiny} logits)."),
}
LAYER_MLP = {
    "words": N_(
        " Of the MLPs, which no word is credited with, that of layer {layer} adds most ({size}, {toward})."
    ),
    "tokens": N_(
        " Of the MLPs, which no token is credited with, that of layer {layer} adds most ({size}, {toward})."
    ),
}
LAYER_MLPS = {
    "words": N_(
        " Of the MLPs, which no word is credited with, that of layer {layer} is among those that add most "
        "({size}, {toward})."
    ),
    "tokens": N_(
        " Of the MLPs, which no token is credited with, that of layer {layer} is among those that add most "
        "({size}, {toward})."
    ),
}
DRAWS_TO = (
    N_("Layers 1 to {layer}, rolled out, the last position, {token}, draws most on {others} ({share})."),
    N_(
        "Layers 1 to {layer}, rolled out, the last position, {token}, draws most, and equally, on {others} "
        "({share} each)."
    ),
)
DRAWS_IN = (
    N_("Layer {layer} alone, the last position, {token}, draws most on {others} ({share})."),
    N_(
        "Layer {layer} alone, the last position, {token}, draws most, and equally, on {others} ({share} "
        "each)."
    ),
)
ITSELF, MANY_TOKENS = N_("itself"), N_("{count} tokens")
LIKELIEST = N_("The likeliest next token is {token} ({chance}).")
LIKELIEST_TIE = N_("The likeliest next tokens are {token} ({chance} each).")
COMES = N_(" {word} comes {rank} ({chance}).")
COME_BOTH = N_(" {word} comes {rank} ({chance}), {other} {after} ({least}).")
TOGETHER = nN_(
    " The one token shown has {chance}.",
    " The {count} tokens shown have {chance} together.",
)
AGREE_TWO = N_("{one} and {other} order the words with a rank correlation of {value}.")
AGREE_SAME = N_("Every two models order the words with the same rank correlation ({value}).")
AGREE_MOST = N_(
    "{one} and {other} order the words most alike (rank correlation {value}), {third} and {fourth} least "
    "({least})."
)
AGREE_NONE = N_("No two models can be compared: there are too few words, or all have the same value.")
AGREE_NOTHING = nN_(
    " Of {models} the order of the words means nothing: it is saturated, or moved by no single word.",
    " Of {models} the order of the words means nothing: they are saturated, or moved by no single word.",
)
HEAD_MOST = N_("The head that adds most is head {head} of layer {layer} ({size} logits).")
HEAD_TIE = N_("Among the heads that add most is head {head} of layer {layer} ({size} logits).")
HEAD_NONE = N_("No head adds what shows (all below {tiny} logits).")
LENS_FROM = N_(
    "The model's own likeliest word, {word}, is what it would say from layer {layer} on; before, {before}."
)
LENS_ALWAYS = N_("After every layer the model would say {word}.")
LENS_LAST = N_("Only its last layer brings the model to {word}; before it, it would say {before}.")
LENS_STEP = {
    "attention": N_(" The largest step toward {word} is the attention of layer {layer} ({size} logits)."),
    "mlp": N_(" The largest step toward {word} is the MLP of layer {layer} ({size} logits)."),
}

# ----------------------------------------------------------------------------- findings: Does it hold?

VERDICTS = {
    "well": N_("Holds well here"),
    "somewhat": N_("Holds somewhat here"),
    "hardly": N_("Holds hardly better than chance here"),
    "too few words": N_("Too few words to tell whether it holds"),
    "nothing moves": N_("Nothing moves here"),
}
VERDICTS_IN = {
    "well": N_("Holds well in {model}"),
    "somewhat": N_("Holds somewhat in {model}"),
    "hardly": N_("Holds hardly better than chance in {model}"),
    "too few words": N_("Too few words to tell whether it holds in {model}"),
    "nothing moves": N_("Nothing moves in {model}"),
}
VERDICT_CELLS = {
    "well": N_("well"),
    "somewhat": N_("somewhat"),
    "hardly": N_("hardly"),
    "too few words": N_("too few words"),
    "nothing moves": N_("nothing moves"),
}
"""In a table, of how far it holds."""
HOLDS = N_(
    "{verdict}: whether the words that are most important by {method} go first or last moves {what} by {gap} "
    "on average. For random orders that is between {low} and {high} nine times in ten; for the best order of "
    "words left out one by one, {erasure}."
)
HOLDS_LDS = N_(
    " Over random choices of words its sums rank the answers with a correlation of {lds} ({chance} by "
    "chance)."
)
HOLDS_SHORT = N_("{verdict}: the order of the words moves {what} by {gap} (random orders: up to {high}).")
HOLDS_IN = N_("{verdict} ({gap}; random orders: up to {high}).")
HOLDS_IN_NONE = N_("{verdict}.")
TOO_FEW = nN_(
    "{verdict}: with one word the best order comes up by chance too often.",
    "{verdict}: with {count} words the best order comes up by chance too often.",
)
MOVES_NOTHING = N_(
    "{verdict}: taking words away hardly changes {what}, so no order of them can be told from chance."
)
BEST_METHOD = N_(
    "Of all rankings that of {method} holds best here (gap {gap}; that of words left out one by one: "
    "{erasure})."
)

# ------------------------------------------------------------------------------- findings: a translation

SURE = {
    "words": N_("The model is fairly sure throughout: no word below 50 %; the lowest is {token} ({chance})."),
    "tokens": N_(
        "The model is fairly sure throughout: no token below 50 %; the lowest is {token} ({chance})."
    ),
}
UNSURE = N_("The model is least sure of {tokens}.")
UNSURE_FLAGGED = {
    "words": N_("The model is least sure of {tokens}; {count} of {all} words below 5 %."),
    "tokens": N_("The model is least sure of {tokens}; {count} of {all} tokens below 5 %."),
}
NO_PREFIX = N_("This method says nothing about the words already written: all shares are the source's.")
PREFIX = N_(
    "Words already written carry {share} of the importance on average, most for {token} ({most}); the source "
    "carries the rest."
)
PREFIX_ONE = N_(
    "For {token}, words already written carry {share} of the importance; the source carries the rest."
)
PREFIX_SAME = N_("Both translations are the same at every step: there is nothing to explain.")
PREFIX_NOTHING = N_("Shares of source and words already written mean nothing here: see each word.")
SAME_WORD = N_("{word} is the same in both translations: nothing to explain at this step.")
WORD_RATHER = N_("{word} rather than {other}")
OWES = N_("{word} owes most to {sources}.")
OWES_ALSO = N_("{word} owes most to {sources}; words already written carry {before}.")
SPEAKS_FOR = nN_("{words} speaks for {word}", "{words} speak for {word}")
SPEAKS_AGAINST = nN_("{words} speaks against {word}", "{words} speak against {word}")
SPEAKS_AGAINST_IT = nN_("{words} speaks against it", "{words} speak against it")
NEITHER = N_("No source word speaks for or against {word}.")
SATURATED = N_(
    "Saturated: the signs and shares of {word} mean nothing here. The method credits the source words with "
    "{credited} in all, yet leaving out {strongest} changes {quantity} by {effect}."
)
UNMOVED = N_(
    "No single word of the source decides {word}: leaving any one of them out changes {quantity} by less "
    "than {size}."
)
UNCHECKED = N_(" (Not checked by leaving words out: that would take too long here.)")
DISPUTED = N_(" Leaving {words} out altogether does not confirm the sign that {method} gives.")
# i18n: How many times likelier something is: a large number, put before "times".
MILLION, BILLION = N_("{number} million"), N_("more than a billion")
SAME_TRANSLATION = N_("Both translations are the same.")
OWN_LIKELIER = N_(
    "The model finds its own {times} times likelier than yours (ln P {own} for its own, {yours} for yours). "
    "In yours it is least sure of {word} ({chance})."
)
YOURS_LIKELIER = N_(
    "The model finds yours {times} times likelier than its own (ln P {own} for its own, {yours} for yours). "
    "In yours it is least sure of {word} ({chance})."
)

# -------------------------------------------------------------------------------- findings: a comparison

ONE_MODEL = N_("Only one model, so there is nothing to compare: {model} gives {target} {chance}.")
STAYS = N_("From {first} to {last}, P({target}) stays at {low}.")
STAYS_BELOW = N_("From {first} to {last}, P({target}) stays below 0.01 %.")
RISES = N_("From {first} to {last}, P({target}) rises from {low} to {high}.")
FALLS = N_("From {first} to {last}, P({target}) falls from {low} to {high}.")
WANDERS = N_(
    "From {first} to {last}, P({target}) goes from {low} to {high}, but not steadily: lowest for {worst} "
    "({least}), highest for {best} ({most})."
)
EVERY = {2: N_("Both"), 3: N_("All three"), 4: N_("All four"), 5: N_("All five")}
EVERY_COUNT = N_("All {count}")
ALL_PREFER = N_(" {all} prefer {one} to {other}.")
NONE_PREFERS = N_(" None prefers {one} to {other}.")
SOME_PREFER = nN_(" Only {models} prefers {one} to {other}.", " Only {models} prefer {one} to {other}.")
LEANS = N_(" It leans most on {words}.")
WORDS_CARRY = N_(
    " The words carry {sums} logits; the rest is that of special tokens and what no word is credited with."
)
WORDS_CARRY_OF = N_("{words} of {whole} in {model}")
NONE_SHARED_FIRST = N_(" No word is the most important word of {all}.")
NONE_SHARED = N_(" No word is among the {top} most important words of {all}.")
SHARED_FIRST = N_(" {all} have {words} as their most important word.")
THE_OTHERS = N_("the other models")
SHARED_TOWARD = (
    N_(" {words} is the most important word of {all}, always toward {whom}."),
    nN_(
        " {words} is among the {top} most important words of {all}, always toward {whom}.",
        " {words} are among the {top} most important words of {all}, always toward {whom}.",
    ),
)
SHARED_AWAY = (
    N_(" {words} is the most important word of {all}, always away from {whom}."),
    nN_(
        " {words} is among the {top} most important words of {all}, always away from {whom}.",
        " {words} are among the {top} most important words of {all}, always away from {whom}.",
    ),
)
SHARED_MIXED = (
    N_(" {words} is the most important word of {all}, but not toward the same answer in each."),
    nN_(
        " {words} is among the {top} most important words of {all}, but not toward the same answer in each.",
        " {words} are among the {top} most important words of {all}, but not toward the same answer in each.",
    ),
)
SHARED_BY_OTHERS = (
    N_(" {words} is the most important word of {all}."),
    nN_(
        " {words} is among the {top} most important words of {all}.",
        " {words} are among the {top} most important words of {all}.",
    ),
)
"""The one most important word; among the most important ones."""
LEANS_TOWARD = N_(" Toward {whom} it leans most on {words}.")
LEANS_AWAY = N_(" Away from {whom} it leans most on {words}.")
SATURATED_MODELS = nN_(
    " {models} is saturated: its signs and shares mean nothing here, for the method finds next to "
    "nothing although leaving words out matters.",
    " {models} are saturated: their signs and shares mean nothing here, for the method finds next to "
    "nothing although leaving words out matters.",
)
UNMOVED_MODELS = N_(
    " For {models} no single word decides: leaving any one out changes what is explained by less than {size}."
)
DISPUTED_WORDS = N_(" Leaving {words} out altogether does not confirm the sign everywhere.")
THE_MODELS = {
    2: N_("both models"),
    3: N_("all three models"),
    4: N_("all four models"),
    5: N_("all five models"),
}
THE_MODELS_COUNT = N_("all {count} models")
SHARED = N_(" {all} have {words} among their {top} most important words.")

# ------------------------------------------------------------------------------------------ many sentences

MANY_NAMES = {
    "right": N_("Is the target likelier than the foil?"),
    "difference": N_("How much likelier is the target than the foil?"),
    "found": N_("Does a method find the words that decide?"),
    "carried": N_("How much do the words carry?"),
    "gap": N_("Does a method's order of the words hold?"),
    "lds": N_("Do a method's values predict what sets of words do?"),
    "aer": N_("Does a method align the words of the translation?"),
}
MANY_AXES = {
    "right": N_("accuracy"),
    "difference": N_("target minus foil"),
    "found": N_("found (MRR of the words that decide)"),
    "carried": N_("part carried by the words"),
    "gap": N_("gap in logits"),
    "lds": N_("LDS (rank correlation)"),
    "aer": N_("alignment error rate (less is better)"),
}
MANY_DIFFERENCE_AXES = {
    True: N_("target minus foil, in logits"),
    False: N_("target minus foil, in log-probability"),
}
MANY_TITLES = {
    "method": N_("{question} By method"),
    "model": N_("{question} By model"),
    "size": N_("{question} By model size"),
    "group": N_("{question} By group"),
}
MANY_OF_GROUP = N_("Only the group {group}.")
MANY_SO_FAR = N_("So far {done} of {expected} results are there, the shortest sentences first.")
MANY_POINTS = {
    "mean": N_("Points: the mean over the sentences, with the 95 % interval."),
    "median": N_("Points: the median over the sentences, with the 95 % interval."),
}
MANY_RANDOM = N_("Dashed: what random orders of the words have.")
MANY_SPREAD = N_("Thin line: the sentences from 5 to 95 %; bar: the middle half; stroke: the median.")
MANY_CELLS = {
    "mean": N_("Cells: the mean over the sentences of a group."),
    "median": N_("Cells: the median over the sentences of a group."),
}
MANY_SPOKEN = nN_("{measure}, one value: {values}.", "{measure}, {count} values: {values}.")
MANY_NOTHING = N_("Nothing of this has been measured yet.")
MANY_ALL, MANY_NO_GROUP = N_("all sentences"), N_("(no group)")
MANY_HEADS = {
    "group": N_("group"),
    "model": N_("model"),
    "parameters": N_("parameters"),
    "method": N_("method"),
    "measure": N_("measure"),
    "value": N_("value"),
    # i18n: The lower end of an interval.
    "low": N_("low"),
    # i18n: The upper end of an interval.
    "high": N_("high"),
    # i18n: What random orders of the words have.
    "random": N_("random"),
    "sentences": N_("sentences"),
}
"""Of the columns of tables and of axes."""
MANY_TIPS = {
    "value": N_("value"),
    # i18n: Where an interval begins.
    "low": N_("from"),
    # i18n: Where an interval ends.
    "high": N_("to"),
    "random": N_("random orders"),
    "sentences": N_("sentences"),
    "model": N_("model"),
    "parameters": N_("parameters"),
}
MANY_BELOW = N_("{share} of the sentences below")
MANY_BRACKETS = N_("[{low}, {high}]")
"""An interval; where numbers have a decimal comma another sign parts its ends."""

MANY_RIGHT = nN_(
    "{model} finds the target likelier than the foil in {share} of {count} sentence {interval}.",
    "{model} finds the target likelier than the foil in {share} of {count} sentences {interval}.",
)
MANY_DIFFERENCE = N_("In {model} the target leads the foil by {value} {interval} on average.")
MANY_CARRIED = N_("In {model} the words carry {methods} of the number explained.")
MANY_CARRIED_ONE = N_("{value} {interval} by {method}")
MANY_HAS = N_("{method} in {model}: {value} {interval}.")
MANY_BEST = {
    "found": N_("In {model} {method} scores highest at finding the words that decide: {value} {interval}."),
    "gap": N_("In {model} {method} has the largest gap: {value} {interval}."),
    "lds": N_("In {model} {method} has the highest LDS: {value} {interval}."),
    "aer": N_("In {model} {method} makes the fewest alignment errors: {value} {interval}."),
}
MANY_TIE = nN_(
    "The interval overlaps that of {others}: which of these is best is open.",
    "The interval overlaps those of {others}: which of these is best is open.",
)
MANY_NONE_BETTER = N_(
    "In {model} no method is visibly better than random orders of the words ({random}): the best, {method}, "
    "has {value} {interval}."
)
MANY_NOT_BETTER = N_("Not visibly better than random orders: {methods}.")
MANY_NOT_BETTER_ONE = N_("{method} ({value}, random {random})")
MANY_RANDOM_HAS = N_("Random orders have {random}.")
MANY_GROUPS_DIFFER = N_("{what}: lowest for {low} ({low_value}), highest for {high} ({high_value}).")
MANY_GROUPS_ALIKE = N_("{what}: the intervals of the groups overlap, so that no group stands out.")
MANY_AND_MORE = N_("{group} and {count} more")
MANY_LARGER = {
    ("right", True): N_(
        "{large}, the largest, is right more often than {small}, the smallest: {large_value} "
        "against {small_value}, and the intervals do not overlap."
    ),
    ("right", False): N_(
        "{large}, the largest, is right less often than {small}, the smallest: {large_value} "
        "against {small_value}, and the intervals do not overlap."
    ),
    ("", True): N_(
        "{what}: {large}, the largest, has more than {small}, the smallest: {large_value} against "
        "{small_value}, and the intervals do not overlap."
    ),
    ("", False): N_(
        "{what}: {large}, the largest, has less than {small}, the smallest: {large_value} against "
        "{small_value}, and the intervals do not overlap."
    ),
}
MANY_SIZES_OPEN = N_(
    "{what}: the intervals of {small}, the smallest, and {large}, the largest, overlap, so that their order "
    "is open."
)
MANY_NEXT_OPEN = N_("Between {smaller} and {larger} the intervals overlap, so that their order is open.")
