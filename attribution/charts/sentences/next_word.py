"""What is said of a next word: figures, layers and heads, findings."""

from __future__ import annotations

from attribution.language import N_, nN_

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
