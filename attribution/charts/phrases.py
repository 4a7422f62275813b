"""What figures and findings say: whole sentences with named places for what goes into them.

One place for all words, so that they can be had in another language: `wording.text` and `wording.filled` are
all that reads them.
"""

from __future__ import annotations

# ---------------------------------------------------------------------------------------- names and units

ONE = {"words": "word", "tokens": "token"}
LOGITS, SHARE_OF_ALL = "logits", "share of all contributions"
SHARE_OF_STEP, SHARE_TIMES, RAW = "share of the step", "share × {score}", "raw attribution"
SHARE_OF_MODEL, SHARE_TIMES_SCORE = "share of the model's attribution", "share × score"
SCORES = {
    "probability": "probability",
    "logit": "logit",
    "entropy": "entropy, nats",
    "crossentropy": "cross-entropy, nats",
    "perplexity": "perplexity",
    "contrast_prob_diff": "probability − contrast's",
    "contrast_logits_diff": "logit − contrast's",
    "pcxmi": "P-CXMI, bits",
    "kl_divergence": "KL divergence, nats",
}
PARTS = {
    "initial_embedding": "Embedding of the last token",
    "attention_bias": "Attention biases",
    "mlp": "MLPs",
    "final_norm_bias": "Final-norm bias",
    "head_bias": "Output bias",
    "start": "Start of the target",
    "beginning": "Beginning of the answer",
}
"""What no word is credited with."""
TEXTS = {"source": "source", "target before": "target words before"}
TOWARD, AWAY_FROM = "toward {word}", "away from {word}"
FOR_THE_WORD, FOR_THE_CONTRAST, AGAINST_IT = "for the target word", "for the contrast", "against it"
RATHER = "{target} rather than {foil}"
LOGIT_OF, LOGIT_DIFFERENCE = "logit of {word}", "logit difference {target} − {foil}"
MODEL = "{name} ({architecture}, {size} parameters, {dtype})"
MODEL_REVISION = "{name} ({architecture}, {size} parameters, revision {revision}, {dtype})"
SIGNS = {"signed": "signed", "magnitude": "magnitude (L2 norm)"}
CHANGES = {"signed": "signed change", "magnitude": "size of the change"}
"""The same where nothing is summed over an embedding."""

# --------------------------------------------------------------------------------- figures of a next word

NEXT_WORD_INPUTS = "{model}. Text: {prefix}."
BARS_TITLE = "Influence of each {one} on {what} ({method})"
BARS_CAPTION = "{inputs} {method}, {explained}; unit: {unit}."
BARS_SUM = (
    "The {units} add up to {total}; {parts}, which no {one} is credited with, to {rest}; together {all}, the "
    "{explained}."
)
LAYERED_PARTS = "MLPs, biases and embedding"
NO_WORD = "(no {one})"
BARS_ERROR = "Whiskers: the standard error of sampled orders, up to {error} logits."
BARS_CONVERGENCE = (
    "The values miss the change of the {explained} from an empty text, which they should add up to, by {gap}."
)
BARS_SHARE = "Share: divided by the sum of absolute token contributions."
BARS_SHARE_LAYERED = (
    "Share: the embedding counts for the last token, then all is divided by the sum of absolute token "
    "contributions."
)
BARS_SPOKEN = "Bar chart: {pushes}"
ALL_ZERO = "all values are zero."
SUM_TITLE = "Everything adds up to the {explained} ({measured})"
SUM_CAPTION = (
    "{inputs} {method}; unit: logits. Filled: credited to {units}. Outlined: what no {one} is credited with. "
    "Parts summed: {total}; the model's own {explained}: {measured} (gap {gap})."
)
SUM_SPOKEN = (
    "Waterfall chart: the {units} add {words} logits, all other parts {rest}; the model's own value is "
    "{measured}."
)
OWN_VALUE = "The model's own value"
OTHERS = "{count} other {units}"
NOT_ADDITIVE = "The values of {method} do not add up to the logit: choose another method."
NO_LAYERS = "This figure shows the layers of ALTI-Logit; {method} has none: choose ALTI-Logit or Logit."
LAYERS_TITLE = "Where it happens: {what}, by layer and {one} ({method})"
LAYERS_CAPTION = (
    "{inputs} What the attention of each layer contributes to the {explained} ({method}); the bars are the "
    "layers' MLPs, which no {one} is credited with. Unit: logits."
)
LAYERS_SPOKEN = (
    "Heatmap of {layers} layers and {columns} {units}: the largest contribution is {value} logits, {label} "
    "in layer {layer}."
)
MIXING_TO, MIXING_IN = "layers 1 to {layer}, rolled out", "layer {layer} alone"
MIXING_TITLE = "Who looks at whom, {which} (ALTI)"
MIXING_CAPTION = (
    "{inputs} ALTI: how much each token draws on the tokens up to it; rows sum to 1, later tokens are not "
    "visible."
)
MIXING_SPOKEN = "Triangular heatmap, {which}: the last position, {token}, draws most on {other} ({share})."
MIXING_LEGEND, MIXING_END = "share of what a position is made of", "each row sums to 1"
EXPECTED_TITLE = "What the model expects next"
EXPECTED_CAPTION = "{inputs} The likeliest next tokens; entropy {entropy} nats."
EXPECTED_STEP_TITLE = "What the model expects at this step"
EXPECTED_STEP_CAPTION = "{inputs} The likeliest tokens {where}; entropy {entropy} nats."
EXPECTED_WHERE = ("at the beginning", "after {before}")
EXPECTED_ANSWER_TITLE = "What {model} would answer"
EXPECTED_NONE = "This answer was saved without what else the model expected."
EXPECTED_AXIS = "probability (bar and %), then logit"
EXPECTED_SPOKEN = "Bar chart of likely next tokens: {token} {probability}."

ATTRIBUTED = {
    "probability": "probability",
    "log_probability": "log-probability",
    "logit": "logit",
    "contrast_prob_diff": "probability − contrast's",
    "contrast_logits_diff": "logit − contrast's",
}
"""What of a target word is explained, as forms and captions name it."""
QUANTITIES = {
    "probability": "its probability",
    "log_probability": "its log-probability",
    "logit": "its logit",
    "contrast_prob_diff": "the difference of probabilities",
    "contrast_logits_diff": "the logit difference",
}
SPECIALS = {"</s>": "(end)", "<pad>": "(start)", "<s>": "(start)"}
"""Tokens that are no words, among words."""
REPLACED = {"leave out": "left out", "neutral": "replaced by a neutral embedding"}
REMOVAL_TITLE = "Does it hold? {what} while words are {replaced} ({method})"
REMOVAL_CAPTION = (
    "{inputs} {titled}; words {replaced} one after the other, from all {count} to none. Band: 90 % of "
    "{orders} "
    "random orders. Gap, the mean distance of the two lines: {gap}{unit} (random orders {low} to {high}; "
    "words left out one by one {erasure}). LDS {lds} (by chance {chance})."
)
REMOVAL_WHAT = {
    "logit difference": LOGIT_DIFFERENCE,
    "contrast_logits_diff": LOGIT_DIFFERENCE,
    "logit of the target": LOGIT_OF,
    "logit of the foil": LOGIT_OF,
    "logit": LOGIT_OF,
    "probability": "probability of {word}",
    "log_probability": "log-probability of {word}",
    "contrast_prob_diff": "probability difference {target} − {foil}",
}
REMOVAL_MEAN = "{what} (mean of {count} tokens)"
REMOVAL_UNITS = {"probability": "", "contrast_prob_diff": "", "log_probability": " nats"}
"""After an amount; logits of all others."""
REMOVAL_AXES = {"": "probability", " nats": "log-probability, nats"}
REMOVAL_SPOKEN = (
    "Line chart: with the most important words first {what} goes from {start} to {most} after half of "
    "the words, "
    "with the least important first to {least}; gap {gap}."
)
CURVES = {
    "most_first": "most important first",
    "least_first": "least important first",
    "random_mean": "random orders (mean)",
}
REMOVED_AXIS = "words taken away"
WHICH_TITLE = "Which method holds here? Words {replaced}"
WHICH_CAPTION = (
    "{inputs} Gap: how far removing the most and the least important words first lie apart; "
    "dashed: 95 % "
    "of random orders lie below. LDS: rank correlation of summed values with what {subsets} random "
    "choices of words "
    "give; dashed: by chance. Carried: the part of {what} that the words are credited with. Agreement: rank "
    "correlation with leaving out one word."
)
WHICH_SPOKEN = "Bar charts of {count} methods. {gaps}."
WHICH_PANELS = {
    "gap": "gap",
    "lds": "LDS",
    "agreement": "agreement",
    "carried": "carried, %",
    "seconds": "seconds",
}
OF_THE_LOGIT = "{method}, of the logit"
MODELS_TITLE = "Does it hold? {what} while words are {replaced}, model by model ({method})"
MODELS_CAPTION = "{inputs} One scale; band: 90 % of {orders} random orders. Gap above each panel, in{unit}."
EACH_TITLE = "Method by method: {what} while words are {replaced}"
EACH_CAPTION = "{inputs} One scale; band: 90 % of {orders} random orders, the same for all. Ordered by gap."
OTHER_TEXTS = "These were measured on different texts, so they do not stand side by side."
LENS_TITLE = "What the model would say after each layer"
LENS_CAPTION = (
    "{inputs} Left, logit lens: the last position after each layer, read by the final norm and the "
    "unembedding; "
    "beside the layer its likeliest word. The last layer is the model's own answer. Right: what "
    "attention and MLP "
    "of each layer add to the {explained}, in the scale of the final norm. Unit: logits."
)
LENS_SPOKEN = (
    "Bar charts of {layers} layers. After the embedding the {explained} is {first}, after the last layer "
    "{last}."
)
LENS_ROWS = ("embedding", "layer {layer}")
LENS_AXES = ("after the layer, logits", "attention adds", "MLP adds")
HEADS_TITLE = "What each attention head adds to the {explained}"
HEADS_CAPTION = "{inputs} In the scale of the final norm, output biases apart. Unit: logits."
HEADS_SPOKEN = (
    "Heatmap of {layers} layers and {heads} heads: the largest is {value} logits, head {head} of layer "
    "{layer}."
)

# ------------------------------------------------------------------------------- figures of a translation

TRANSLATION_INPUTS = "{model}. Source: {source}."
TRANSLATION_INPUTS_LANGUAGES = "{model}, {one} to {other}. Source: {source}."
OWN_TARGET, GIVEN_TARGET = (
    "Target (the model's own translation{how}): {target}. ",
    "Target (given{how}): {target}. ",
)
SALIENCY_METHOD = "{method} of {attributed}, {sign}; unit: {unit}."
SALIENCY_METHOD_CONTRAST = "{method} of {attributed} against {contrast}, {sign}; unit: {unit}."
ATTENTION_METHOD = "{method}, the mean over heads and layers; unit: {unit}."
SALIENCY_SIGNS = {"signed": "signed sum", "magnitude": "magnitude (L2 norm)"}
SALIENCY_TITLE = "Which source words, and which words already written, led to each target word"
SALIENCY_CAPTION = "{inputs} {how} Right: {score} of each step."
SALIENCY_SPOKEN = (
    "Heatmap of {rows} target steps by {source} source and {before} earlier target columns. {strongest}"
)
UNLIKELY = " Bold: tokens below {chance}."
STRONGEST = "Largest: {column} for {row} ({value})."
ROW_SUMS_TO_ONE = "share of the step (a row sums to 1 over source and earlier words)"
ROW_SUMS_TO_SCORE = "{unit} (a row sums to its score)"
TWO_NAMES = ("The model's own translation", "The given translation")
TWO_TITLE = "Two translations of the same source, on one scale"
TWO_CAPTION = "{inputs} {how} {totals}. Bold: tokens below {chance}."
TWO_SPOKEN = "Two heatmaps on one scale. {totals}."
TOTAL = "{name}{how}: {target}, ln P = {total}"

# --------------------------------------------------------------------------------- figures of an answer

NATS = "nats"
ANSWER_UNITS = {"log_probability": NATS, "logit": LOGITS, "probability": "probability"}
END, TEMPLATE, ADDED, ANSWER_SO_FAR = "(end)", "(template)", "(added to the text)", "(answer so far)"
"""The end of an answer, a chat template's tokens, what else is read that nobody typed, the earlier answer."""
SEGMENT = "{name}: {words}"
OTHER_WORDS = "(the other {count} words)"
NO_STEP = "This word of the answer is not explained here: choose another one, or explain the whole answer."
NO_CHECK = "There is no measurement of these segments."
FOR_THE_ANSWER = "for the answer"
TOWARD_QUOTED, AWAY_FROM_QUOTED = "toward “{word}”", "away from “{word}”"
RATHER_QUOTED = "“{target}” rather than “{foil}”"
ANSWER_STEP = {
    "logits": "logit of “{word}”",
    "nats": "log-probability of “{word}”",
    "probability": "probability of “{word}”",
}
ANSWER_STEP_CONTRAST = {
    "logits": "logit difference “{word}” − “{foil}”",
    "nats": "log-probability difference “{word}” − “{foil}”",
    "probability": "probability difference “{word}” − “{foil}”",
}
ANSWER_WHOLE = {
    "logits": "sum of the logits of the answer's {count} tokens",
    "nats": "log-probability of the answer",
    "probability": "sum of the probabilities of the answer's {count} tokens",
}
ANSWER_WHOLE_CONTRAST = {
    "logits": "sum of the logit differences at the {count} steps",
    "nats": "log-probability difference of the answers",
    "probability": "sum of the probability differences at the {count} steps",
}
ANSWER_IS = " Answer{how}: {answer}."
ANSWER_FIELDS = {
    "system": "System: {words}.",
    "document": "Document: {words}.",
    "prompt": "Prompt: {words}.",
}
ANSWER_EXAMPLES = ("1 example.", "{count} examples.")
ANSWER_OWN = " (the model's own, {settings})"
ANSWER_AGAINST = " Contrast: {contrast}."
ANSWER_EACH = {
    "logits": "logit of each token of the answer",
    "nats": "log-probability of each token of the answer",
    "probability": "probability of each token of the answer",
}
ANSWER_EACH_CONTRAST = " against the contrast's"
ANSWER_METHOD = "{method}, {explained}; unit: {unit}."
ANSWER_SUM = "{shares}: together {all}, the {explained}."
ANSWER_GETS = {
    "prompt": "The prompt gets {sum}",
    "template": "the template {sum}",
    "answer": "the answer so far {sum}",
    "rest": "what no word is credited with ({parts}) {sum}",
}
BY_SEGMENT = " Erasure leaves out whole segments of the prompt and does not cover the answer so far."
ANSWER_BARS_TITLE = "Which words led to {what}? ({method})"
ANSWER_PANELS = {
    "prompt": "In the prompt",
    "template": "In the prompt",
    "answer": "In the answer so far",
    "others": "All else",
}
ANSWER_MAP_TITLE = "Which words led to each word of the answer? ({method})"
ANSWER_MAP_SEGMENTS = "Which parts of the prompt led to each word of the answer? ({method})"
ANSWER_MAP_SPOKEN = "Heatmap of {rows} tokens of the answer by {columns} columns. {strongest}"
ANSWER_ROWS, ANSWER_COLUMNS = "answer", ("prompt", "prompt | answer so far")
ANSWER_SEGMENTS_TITLE = "Which parts of the prompt led to {what}? ({method})"
THE_ANSWER = "the answer"
CHECK_TITLE = "What does the answer lose when a part of the prompt is left out?"
CHECK_PANELS = ("Left out: what the answer's log-probability loses", "Credited by {method}")
CHECK_LEFT_OUT = ("less likely without it", "likelier without it")
CHECK_CAPTION = (
    "{inputs} Left: what the answer's log-probability ({whole} nats) loses when the segment is left out, "
    "measured. Right: what {method} credits the segment with, {unit}. Rank correlation of the two: "
    "{agreement}. LDS over random choices of segments (at most {subsets}, seed {seed}): {lds}; by chance "
    "{chance} ({low} to {high})."
)
CHECK_SPOKEN = "Bar charts of {count} segments: {leaders}."
ANSWER_EXPECTED_TITLE = "What the model expected instead of “{word}”"
ANSWER_EXPECTED_CAPTION = "{inputs} The likeliest tokens {where}{entropy}."
ANSWER_ENTROPY = "; entropy {entropy} nats"

# ------------------------------------------------------------------------------- figures of a comparison

COMPARISON_INPUTS = "{models}. Question: {question}."
ANSWER_INPUTS = "{model}. Prompt: {prompt}; explained: token {places} of the answer."
COMPARISON_METHOD = "{method} of {explained}, {sign}; unit: {unit}"
LOGIT_MINUS, LOG_PROBABILITY, PROBABILITY, PROBABILITY_MINUS = (
    "logit {target} − logit {foil}",
    "ln P({target})",
    "P({target})",
    "P({target}) − P({foil})",
)
LEAN_TITLE = "Which words each model leans on for {what}"
LEAN_CAPTION = "{inputs} {how}; {sums}."
LEAN_SUMS = {
    "share": "absolute values of a row sum to 1",
    "weighted": "magnitudes of a row sum to the model's score",
    "raw": "raw values, not comparable between models in size",
}
LEAN_ADDS_UP = (
    "the words of a row, special tokens and what no word is credited with ({parts}) add up to the model's "
    "own logits"
)
LEAN_SPOKEN = "Heatmap of {models} models by {words} words. {leaders}"
SATURATED_ROW, UNMOVED_ROW = "{model}, saturated", "{model}, unmoved"
SATURATED_CAPTION = " Saturated, or moved by no word, so that signs and shares mean nothing: {models}."
PANELS_CAPTION = "{inputs} {how}; one scale for all."
PANELS_SIDES = " Blue: {up}; orange: {down}."
PANELS_SIDES_GREY = " Blue: {up}; grey: {down}."
PANELS_SPOKEN = "{count} bar charts on one scale. {leaders}"
SURE_TITLE = "How sure each model is of {what}"
WHOLE_WORDS = " Probabilities are of the whole words."
SURE_SPOKEN = "Line chart by model size. {values}."
SURE_AXIS = "parameters (logarithmic)"
AGREEMENT, SAME_ORDER, REVERSE_ORDER = "rank correlation", "the same order of words", "the reverse order"
AGREEMENT_TITLE = "Do the models lean on the same words?"
AGREEMENT_CAPTION = (
    "{inputs} Spearman's rank correlation of the word scores ({sign}, {method}) of every two models; special "
    "tokens left out."
)
AGREEMENT_SPOKEN = "Matrix of rank correlations between {count} models: from {low} to {high}."
AGREEMENT_NONE = "Matrix of rank correlations between {count} models: none."
NO_ANSWER = "There is no model's answer yet."
OTHER_QUESTIONS = "These models were asked different questions, so their words do not line up."
NO_SIGN = "The method {method} has no sign: choose magnitudes instead."
NO_SCORE = "There is no step score called {score} in this result."

# --------------------------------------------------------------------------------- findings: an answer

IT, THE_CONTRAST, THE_TEMPLATE = "it", "the contrast", "the template"
THE_ADDED = "what was added to the text"
THE_ANSWER_SO_FAR = "the answer so far"
ANSWER_TOWARD = (
    "{words} pushes most toward {whom}",
    "{words} push most toward {whom}",
    "no {one} visibly pushes toward {whom}",
)
ANSWER_AWAY = (
    "{words} pushes most away from {whom}",
    "{words} push most away from {whom}",
    "no {one} visibly pushes away from {whom}",
)
WITHOUT_LESS = (
    "leaving out {words} lowers the {explained} most",
    "leaving out {words}, one at a time, lowers the {explained} most",
    "leaving out no {one} visibly lowers the {explained}",
)
WITHOUT_MORE = (
    "leaving out {words} raises it most",
    "leaving out {words}, one at a time, raises it most",
    "leaving out no {one} visibly raises it",
)
"""One, several, none."""
ANSWER_PART = "part of the prompt"
ANSWER_ALIKE = "{count} {ones} ({size} each)"
IN_PROMPT, IN_ANSWER = "prompt", "answer so far"
ANSWER_ONES = {"word": "words", ANSWER_PART: "parts of the prompt", "part": "parts"}
ANSWER_NOTHING = "No {one} makes a difference to the {explained} that shows (all below {tiny} {unit})."
ANSWER_CERTAIN = " The model is all but certain of {word} ({chance}), which leaves its {explained} no room."
ANSWER_NOISE = (
    "No {one} stands out: the values miss the {explained} by {gap} {unit}, which is more than any of them."
)
ANSWER_SAME = "{word} is the token of both answers at this step: there is nothing to compare."
BY_METHOD = "By {method}, {first}; {second}."
MAP_LARGEST = "The largest amount of all is that of {column} for {row} ({size} {unit})."
MAP_LARGEST_TIE = "Among the largest amounts is that of {column} for {row} ({size} {unit})."
EXPECTED_OWN = "{word} is what the model expected most here ({chance}); next comes {other} ({after})."
EXPECTED_OWN_ONLY = "{word} is what the model expected most here ({chance})."
EXPECTED_OTHER = "The model expected {other} most here ({after}); {word} comes {rank} ({chance})."
EXPECTED_EQUAL = "The model finds {word} and {other} equally likely here ({chance} each)."
CHECK_MOST = (
    "Without {words} the answer is {times} times less likely (its log-probability loses {size} nats)."
)
CHECK_MOST_TIE = "Without any one of {words} the answer loses most: {size} nats of log-probability each."
CHECK_MORE = " Without {words} it is {times} times as likely."
CHECK_UNMOVED = (
    "No part of the prompt decides alone: leaving any one out lowers the answer's log-probability by less "
    "than {size} nats."
)
CHECK_SAME = " {method} credits the same part with most ({size} {unit})."
CHECK_AMONG = " It is among the parts that {method} credits with most ({size} {unit} each)."
CHECK_SEVERAL = " {method} credits {words} with most ({size} {unit})."
CHECK_OTHER = " {method} credits {words} with most instead ({size} {unit}); without that, {effect}."
CHECK_OTHER_EFFECT = (
    "the answer loses {size} nats",
    "the answer gains {size} nats",
    "nothing visible changes",
)
CHECK_NO_CREDIT = " {method} visibly credits no part with speaking for the answer."
CHECK_FEW = " With {count}, an order of them says little: the best comes up by chance too often."
CHECK_COUNT = ("one part", "{count} parts")
CHECK_HOLDS = (
    " It holds here: over random choices of parts its sums follow the log-probability with a rank "
    "correlation (LDS) of {lds}, where chance stays below {high} nineteen times in twenty."
)
CHECK_CHANCE = (
    " It holds no better than chance here: over random choices of parts its sums follow the log-probability "
    "with a rank correlation (LDS) of {lds}; chance reaches {high}."
)
CHECK_UNDEFINED = (
    " Whether its order holds cannot be told: the credits, or the log-probabilities, are all alike."
)

# -------------------------------------------------------------------------------- findings: a next word

PUSH_TOWARD = (
    "{words} pushes most toward {whom} ({size})",
    "{words} push equally toward {whom} ({size} each)",
    "no {one} visibly pushes toward {whom}",
)
PUSH_AWAY = (
    "{words} pushes most away from {whom} ({size})",
    "{words} push equally away from {whom} ({size} each)",
    "no {one} visibly pushes away from {whom}",
)
MATTERS = (
    "{words} matters most for {whom} ({size})",
    "{words} matter equally for {whom} ({size} each)",
    "no {one} visibly matters for {whom}",
)
"""One word, several that tie, none."""
MANY_WORDS, IN_LOGITS = "{count} words", "{size} logits"
TWO_PUSHES, ONE_PUSH = "{first}; {second}.", "{first}."
NOTHING = "No {one} makes a difference that shows (all below {tiny} {unit})."
CARRY = (
    "The {units} carry {share} of {what} ({total} of {whole} logits); the rest is the model's own preference "
    "for {preferred}, what no {one} is credited with ({parts})."
)
CARRY_OF_ONE = (
    "The {units} carry {share} of {what} ({total} of {whole} logits); the rest is what no {one} is credited "
    "with ({parts})."
)
CARRY_ALL = "The {units} carry all of {what} ({whole} logits)."
ADD = (
    "The {units} add {total} logits and what no {one} is credited with ({parts}) {rest}: together {whole}, "
    "{what}."
)
ALL_THE_SAME = "The model prefers {winner} all the same ({whole} logits), because of {carriers}."
ALL_THE_SAME_BARE = "The model prefers {winner} all the same ({whole} logits)."
CARRIER = "{part} ({size})"
CARRIERS = {
    "initial_embedding": "the embedding of the last token",
    "attention_bias": "its attention biases",
    "mlp": "its MLPs",
    "final_norm_bias": "the bias of its final norm",
    "head_bias": "its output bias",
}
ITS_PART = "its {part}"
FOR_BEING_FIRST = (
    "At least half of what {word} gets is for being first, whatever it says: in its place, an embedding that "
    "says nothing gets {size} logits."
)
FOR_STANDING_THERE = (
    "At least half of what {word} gets is for where it stands, whatever it says: in its place, an embedding "
    "that says nothing gets {size} logits."
)
THE_DIFFERENCE, THE_LOGIT = "the difference", "the logit of {word}"
PARTS_TOGETHER = "MLPs, biases, embedding"


LAYER_CELL = (
    "The largest contribution of a {one} is that of {word} in layer {layer} ({size} logits, {toward})."
)
LAYER_CELLS = (
    "Among the largest contributions of a {one} is that of {word} in layer {layer} ({size} logits, {toward})."
)
LAYER_NO_CELL = "In no layer does a {one} contribute what shows (all below {tiny} logits)."
LAYER_MLP = (
    " Of the MLPs, which no {one} is credited with, that of layer {layer} adds most ({size}, {toward})."
)
LAYER_MLPS = (
    " Of the MLPs, which no {one} is credited with, that of layer {layer} is among those that add most "
    "({size}, {toward})."
)
DRAWS = (
    "{which}, the last position, {token}, draws most on {others} ({share}).",
    "{which}, the last position, {token}, draws most, and equally, on {others} ({share} each).",
)
ITSELF, MANY_TOKENS = "itself", "{count} tokens"
LIKELIEST = "The likeliest next token is {token} ({chance})."
LIKELIEST_TIE = "The likeliest next tokens are {token} ({chance} each)."
COMES = " {word} comes {rank} ({chance})."
COME_BOTH = " {word} comes {rank} ({chance}), {other} {after} ({least})."
TOGETHER = " The {count} tokens shown have {chance} together."
AGREE_TWO = "{one} and {other} order the words with a rank correlation of {value}."
AGREE_SAME = "Every two models order the words with the same rank correlation ({value})."
AGREE_MOST = (
    "{one} and {other} order the words most alike (rank correlation {value}), {third} and {fourth} least "
    "({least})."
)
AGREE_NONE = "No two models can be compared: there are too few words, or all have the same value."
AGREE_NOTHING = (
    " Of {models} the order of the words means nothing: it is saturated, or moved by no single word.",
    " Of {models} the order of the words means nothing: they are saturated, or moved by no single word.",
)
HEAD_MOST = "The head that adds most is head {head} of layer {layer} ({size} logits)."
HEAD_TIE = "Among the heads that add most is head {head} of layer {layer} ({size} logits)."
HEAD_NONE = "No head adds what shows (all below {tiny} logits)."


VERDICTS = {
    "well": "Holds well here",
    "somewhat": "Holds somewhat here",
    "hardly": "Holds hardly better than chance here",
    "too few words": "Too few words to tell whether it holds",
    "nothing moves": "Nothing moves here",
}
HOLDS = (
    "{verdict}: whether the words that are most important by {method} go first or last moves {what} by "
    "{gap}{unit} on average. For random orders that is between {low} and {high} nine times in ten; for the "
    "best order of words left out one by one, {erasure}."
)
HOLDS_LDS = (
    " Over random choices of words its sums rank the answers with a correlation of {lds} ({chance} by "
    "chance)."
)
HOLDS_SHORT = "{verdict}: the order of the words moves {what} by {gap}{unit} (random orders: up to {high})."
HOLDS_IN = "{verdict} in {model} ({gap}{unit}; random orders: up to {high})."
HOLDS_IN_NONE = "{verdict} in {model}."
TOO_FEW = "{verdict}: with {count} the best order comes up by chance too often."
COUNT_OF_WORDS = ("one word", "{count} words")
MOVES_NOTHING = (
    "{verdict}: taking words away hardly changes {what}, so no order of them can be told from chance."
)
BEST_METHOD = (
    "Of all rankings that of {method} holds best here (gap {gap}{unit}; that of words left out one by one: "
    "{erasure})."
)
LENS_FROM = (
    "The model's own likeliest word, {word}, is what it would say from layer {layer} on; before, {before}."
)
LENS_ALWAYS = "After every layer the model would say {word}."
LENS_LAST = "Only its last layer brings the model to {word}; before it, it would say {before}."
LENS_STEP = " The largest step toward {word} is the {part} of layer {layer} ({size} logits)."
LENS_PARTS = {"attention": "attention", "mlp": "MLP"}

# ------------------------------------------------------------------------------- findings: a translation

SURE = "The model is fairly sure throughout: no {one} below 50 %; the lowest is {token} ({chance})."
UNSURE = "The model is least sure of {tokens}."
UNSURE_FLAGGED = "The model is least sure of {tokens}; {count} of {all} {units} below 5 %."
NO_PREFIX = "This method says nothing about the words already written: all shares are the source's."
PREFIX = (
    "Words already written carry {share} of the importance on average, most for {token} ({most}); the source "
    "carries the rest."
)
PREFIX_ONE = (
    "For {token}, words already written carry {share} of the importance; the source carries the rest."
)
PREFIX_SAME = "Both translations are the same at every step: there is nothing to explain."
PREFIX_NOTHING = "Shares of source and words already written mean nothing here: see each word."
SAME_WORD = "{word} is the same in both translations: nothing to explain at this step."
WORD_RATHER = "{word} rather than {other}"
OWES = "{word} owes most to {sources}."
OWES_ALSO = "{word} owes most to {sources}; words already written carry {before}."
SPEAKS_FOR = ("{words} speaks for {word}", "{words} speak for {word}")
SPEAKS_AGAINST = ("{words} speaks against {word}", "{words} speak against {word}")
NEITHER = "No source word speaks for or against {word}."
SATURATED = (
    "Saturated: the signs and shares of {word} mean nothing here. The method credits the source words with "
    "{credited} in all, yet leaving out {strongest} changes {quantity} by {effect}."
)
UNMOVED = (
    "No single word of the source decides {word}: leaving any one of them out changes {quantity} by less "
    "than {size}."
)
UNCHECKED = " (Not checked by leaving words out: that would take too long here.)"
DISPUTED = " Leaving {words} out altogether does not confirm the sign that {method} gives."
BILLION = "more than a billion"
SAME_TRANSLATION = "Both translations are the same."
OWN_LIKELIER = (
    "The model finds its own {times} times likelier than yours (ln P {own} for its own, {yours} for yours). "
    "In yours it is least sure of {word} ({chance})."
)
YOURS_LIKELIER = (
    "The model finds yours {times} times likelier than its own (ln P {own} for its own, {yours} for yours). "
    "In yours it is least sure of {word} ({chance})."
)

# -------------------------------------------------------------------------------- findings: a comparison

ONE_MODEL = "Only one model, so there is nothing to compare: {model} gives {target} {chance}."
STAYS = "From {first} to {last}, P({target}) stays at {low}."
STAYS_BELOW = "From {first} to {last}, P({target}) stays below 0.01 %."
RISES = "From {first} to {last}, P({target}) rises from {low} to {high}."
FALLS = "From {first} to {last}, P({target}) falls from {low} to {high}."
WANDERS = (
    "From {first} to {last}, P({target}) goes from {low} to {high}, but not steadily: lowest for {worst} "
    "({least}), highest for {best} ({most})."
)
EVERY = {2: "Both", 3: "All three", 4: "All four", 5: "All five"}
EVERY_COUNT = "All {count}"
ALL_PREFER = " {all} prefer {one} to {other}."
NONE_PREFERS = " None prefers {one} to {other}."
ONE_PREFERS = " Only {models} prefers {one} to {other}."
SOME_PREFER = " Only {models} prefer {one} to {other}."
LEANS = " It leans most on {words}."
WORDS_CARRY = (
    " The words carry {sums} logits; the rest is that of special tokens and what no word is credited with."
)
WORDS_CARRY_OF = "{words} of {whole} in {model}"
NONE_SHARED_FIRST = " No word is the most important word of {all}."
NONE_SHARED = " No word is among the {top} most important words of {all}."
SHARED_FIRST = " {all} have {words} as their most important word."
SHARED_TOWARD = (
    " {words} is among the {top} most important words of {all}, always toward {whom}.",
    " {words} are among the {top} most important words of {all}, always toward {whom}.",
)
SHARED_AWAY = (
    " {words} is among the {top} most important words of {all}, always away from {whom}.",
    " {words} are among the {top} most important words of {all}, always away from {whom}.",
)
THE_OTHERS = "the other models"
SHARED_MIXED = (
    " {words} is among the {top} most important words of {all}, but not toward the same answer in each.",
    " {words} are among the {top} most important words of {all}, but not toward the same answer in each.",
)
LEANS_TOWARD = " Toward {whom} it leans most on {words}."
LEANS_AWAY = " Away from {whom} it leans most on {words}."
SATURATED_MODELS = (
    " {models} is saturated: its signs and shares mean nothing here, for the method finds next to nothing "
    "although leaving words out matters.",
    " {models} are saturated: their signs and shares mean nothing here, for the method finds next to nothing "
    "although leaving words out matters.",
)
UNMOVED_MODELS = (
    " For {models} no single word decides: leaving any one out changes what is explained by less than "
    "{size}.",
)
DISPUTED_WORDS = " Leaving {words} out altogether does not confirm the sign everywhere."
THE_MODELS = {2: "both models", 3: "all three models", 4: "all four models", 5: "all five models"}
THE_MODELS_COUNT = "all {count} models"
SHARED_BY_OTHERS = (
    " {words} is among the {top} most important words of {all}.",
    " {words} are among the {top} most important words of {all}.",
)
SHARED = " {all} have {words} among their {top} most important words."

# ------------------------------------------------------------------------------------------ many sentences

MANY_NAMES = {
    "right": "Is the target likelier than the foil?",
    "difference": "How much likelier is the target than the foil?",
    "found": "Does a method find the words that decide?",
    "carried": "How much do the words carry?",
    "gap": "Does a method's order of the words hold?",
    "lds": "Do a method's values predict what sets of words do?",
    "aer": "Does a method align the words of the translation?",
}
MANY_AXES = {
    "right": "accuracy",
    "difference": "target minus foil",
    "found": "found (MRR of the words that decide)",
    "carried": "part carried by the words",
    "gap": "gap in logits",
    "lds": "LDS (rank correlation)",
    "aer": "alignment error rate (less is better)",
}
MANY_DIFFERENCE_AXES = {True: "target minus foil, in logits", False: "target minus foil, in log-probability"}
MANY_TITLE = "{question} By {by}"
MANY_OF_GROUP = " Only the group {group}."
MANY_PART = " So far {done} of {expected} results are there, the shortest sentences first."
MANY_INTERVAL = "Points: {statistic} over the sentences, with the 95 % interval."
MANY_STATISTIC = {False: "the mean", True: "the median"}
MANY_RANDOM = " Dashed: what random orders of the words have."
MANY_SPREAD = "Thin line: the sentences from 5 to 95 %; bar: the middle half; stroke: the median."
MANY_CELLS = "Cells: {statistic} over the sentences of a group."
MANY_SPOKEN = "{measure}, {count} values: {values}."
MANY_NOTHING = "Nothing of this has been measured yet."
MANY_ALL = "all sentences"
MANY_MODELS = "models"
MANY_METHODS = "method"
MANY_MODEL = "model"
MANY_SIZE = "model size"
MANY_GROUPS = "group"

MANY_RIGHT = "{model} finds the target likelier than the foil in {share} of {count} sentences {interval}."
MANY_DIFFERENCE = "In {model} the target leads the foil by {value} {interval} on average."
MANY_CARRIED = "In {model} the words carry {methods} of the number explained."
MANY_CARRIED_ONE = "{value} {interval} by {method}"
MANY_HAS = "{method} in {model}: {value} {interval}."
MANY_BEST = "In {model} {method} {what}: {value} {interval}."
MANY_BESTS = {
    "found": "scores highest at finding the words that decide",
    "gap": "has the largest gap",
    "lds": "has the highest LDS",
    "aer": "makes the fewest alignment errors",
}
MANY_TIE = "The interval overlaps that of {others}: which of these is best is open."
MANY_NONE_BETTER = (
    "In {model} no method is visibly better than random orders of the words ({random}): the best, {method}, "
    "has {value} {interval}."
)
MANY_NOT_BETTER = "Not visibly better than random orders: {methods}."
MANY_NOT_BETTER_ONE = "{method} ({value}, random {random})"
MANY_RANDOM_HAS = "Random orders have {random}."
MANY_GROUPS_DIFFER = "{what}: lowest for {low} ({low_value}), highest for {high} ({high_value})."
MANY_GROUPS_ALIKE = "{what}: the intervals of the groups overlap, so that no group stands out."
MANY_AND_MORE = "{group} and {count} more"
MANY_SO_FAR = "So far {done} of {expected} results are there, the shortest sentences first."
MANY_LARGER = {
    ("right", True): "{large}, the largest, is right more often than {small}, the smallest: {large_value} "
    "against {small_value}, and the intervals do not overlap.",
    ("right", False): "{large}, the largest, is right less often than {small}, the smallest: {large_value} "
    "against {small_value}, and the intervals do not overlap.",
    ("", True): "{what}: {large}, the largest, has more than {small}, the smallest: {large_value} against "
    "{small_value}, and the intervals do not overlap.",
    ("", False): "{what}: {large}, the largest, has less than {small}, the smallest: {large_value} against "
    "{small_value}, and the intervals do not overlap.",
}
MANY_SIZES_OPEN = (
    "{what}: the intervals of {small}, the smallest, and {large}, the largest, overlap, so that their order "
    "is open."
)
MANY_NEXT_OPEN = "Between {smaller} and {larger} the intervals overlap, so that their order is open."
MANY_ERRORS = "{count} results have no numbers; the rows below say why."
