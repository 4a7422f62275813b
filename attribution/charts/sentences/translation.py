"""What is said of a translation."""

from __future__ import annotations

from attribution.language import N_, nN_

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
