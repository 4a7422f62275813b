"""What is said of how far an explanation holds."""

from __future__ import annotations

from attribution.charts.sentences.names import (
    IN_NATS,
    LOGIT_DIFFERENCE,
    LOGIT_OF,
    THE_LOGIT_DIFFERENCE,
    THE_LOGIT_OF,
)
from attribution.language import N_, nN_

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
