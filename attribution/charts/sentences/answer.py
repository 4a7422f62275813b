"""What is said of an answer."""

from __future__ import annotations

from attribution.charts.sentences.names import LOGITS
from attribution.language import N_, nN_

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
