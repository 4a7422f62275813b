"""What is said of many sentences."""

from __future__ import annotations

from attribution.language import N_, nN_

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
