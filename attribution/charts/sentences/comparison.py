"""What is said of models of several sizes."""

from __future__ import annotations

from attribution.language import N_, nN_

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
