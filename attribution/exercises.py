"""Guided exercises: short classroom sessions, questions with the example to look at. Pure data.

Texts are in English, by which their fields are told apart; who shows them translates.
"""

from __future__ import annotations

from dataclasses import dataclass

from attribution.language import N_


@dataclass(frozen=True)
class Question:
    """What to answer, and the label of the example on the page that shows it (empty: the one before)."""

    text: str
    example: str = ""


@dataclass(frozen=True)
class Exercise:
    """A title, what it is about, and its questions."""

    page: str
    """As its file in pages/ is named."""
    title: str
    about: str
    questions: tuple[Question, ...]


EXERCISES = (
    Exercise(
        "next_word",
        N_("Why hot and not cold?"),
        N_("A sentence names two seasons. Only one of them should decide."),
        (
            Question(
                N_("Which word pushes most toward hot by ALTI-Logit, which by Logit? Which did you expect?"),
                "Summer or winter",
            ),
            Question(
                N_("Put another word in its place (“What if?”). Which of the two words really decides?")
            ),
            Question(N_("How much of the difference is not credited to any word? See “Everything adds up”.")),
            Question(N_("In which layers does the season matter? See “Where it happens”.")),
        ),
    ),
    Exercise(
        "next_word",
        N_("Agreement at a distance"),
        N_("The verb agrees with its subject, not with the noun that stands closest to it."),
        (
            Question(N_("Which word speaks for the plural verb, and which against it?"), "Keys on the table"),
            Question(
                N_("Turn it round (“The dog near the houses”, is against are). What changes in the bars?")
            ),
            Question(N_("Find a sentence that the model gets wrong. Which word misleads it?")),
        ),
    ),
    Exercise(
        "translation",
        N_("Idiomatic against literal"),
        N_(
            "An idiom means something other than its words. A literal translation can be forced on the model."
        ),
        (
            Question(N_("From which source words does the idiomatic translation come?"), "Cats and dogs"),
            Question(N_("Where is the model least sure of the literal translation?"), "… word for word"),
            Question(N_("At which steps does what is already written matter more than the source?")),
            Question(N_("Which source word does each translation rely on most? Why do they differ?")),
        ),
    ),
    Exercise(
        "translation",
        N_("The gender of a nurse"),
        N_("English does not say whether the nurse is a woman or a man; Spanish has to."),
        (
            Question(N_("Which gender does the model prefer, and by how much?"), "The nurse: she or he?"),
            Question(N_("Which source words decide it?")),
            Question(
                N_("Add a word that settles the gender (“… because he was late”). Does the model use it?")
            ),
        ),
    ),
    Exercise(
        "model_sizes",
        N_("One fact, three sizes"),
        N_("The same factual question to a small, a middle and a large model of one family."),
        (
            Question(N_("How does the probability of the right answer change with size?"), "London or not"),
            Question(N_("Do all sizes rely on the same words? See “Do they agree?”.")),
            Question(
                N_("Is a larger model always more sure? Find a question where it is not."), "Madrid in Spain"
            ),
        ),
    ),
    Exercise(
        "model_sizes",
        N_("A small word that turns everything"),
        N_("A negation is a short word with a large effect, if the model notices it."),
        (
            Question(N_("Ask “Is London the capital of France?”. Note the probabilities."), "London or not"),
            Question(N_("Now put in the word not. Does the answer turn round in any size?")),
            Question(N_("How much do the models rely on the word not, compared with the names?")),
        ),
    ),
    Exercise(
        "answer",
        N_("Where does the answer come from?"),
        N_(
            "A model writes one word after the other. Each leans on the prompt, and on what is written "
            "already."
        ),
        (
            Question(
                N_(
                    "Click the words of the answer one by one. Which word of the prompt counts most for each?"
                ),
                "A continuation",
            ),
            Question(N_("Which words of the answer lean more on the answer so far than on the prompt?")),
            Question(
                N_("Choose another candidate for one word and let the model go on. What changes after it?")
            ),
            Question(
                N_("Type a wrong answer. Which of its words are flagged, and what speaks against them?")
            ),
        ),
    ),
    Exercise(
        "answer",
        N_("Does it use the document?"),
        N_("A question about a short text. A good answer should lean on the sentence that says it."),
        (
            Question(N_("On which sentence does the answer lean most?"), "A document"),
            Question(N_("Check it: which sentence does the answer really need? Do both agree?")),
            Question(N_("Change that sentence so that it says something else. Does the answer follow?")),
        ),
    ),
    Exercise(
        "many",
        N_("From one example to evidence"),
        N_("A method that explains one sentence well may have been lucky. A few hundred sentences tell."),
        (
            Question(
                N_(
                    "Which method finds the words that decide most often? Is its lead larger than the "
                    "intervals?"
                ),
                "Which method finds the word?",
            ),
            Question(N_("In which group does it find them least often? Open the two worst sentences of it.")),
            Question(
                N_(
                    "Read one of these in Next word: did the method miss the word, or did the model look "
                    "elsewhere? Leave the word out (“What if?”) and see."
                )
            ),
            Question(
                N_("How much of the difference do the words carry by each method? Why can it exceed 100 %?")
            ),
        ),
    ),
    Exercise(
        "many",
        N_("Right more often"),
        N_("The same questions to three sizes of one family."),
        (
            Question(
                N_("Does accuracy grow with size? Between which sizes do the intervals not overlap?"),
                "Are larger models right more often?",
            ),
            Question(N_("Which group do all sizes find hard? Open its worst question in Model sizes.")),
            Question(N_("Look at “Distributions”. Is a larger model surer also where it is wrong?")),
        ),
    ),
)
