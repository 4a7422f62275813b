"""Guided exercises: short classroom sessions, questions with the example to look at. Pure data."""

from __future__ import annotations

from dataclasses import dataclass


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
        "Why hot and not cold?",
        "A sentence names two seasons. Only one of them should decide.",
        (
            Question(
                "Which word pushes most toward hot by ALTI-Logit, which by Logit? Which did you expect?",
                "Summer or winter",
            ),
            Question("Put another word in its place (“What if?”). Which of the two words really decides?"),
            Question("How much of the difference is not credited to any word? See “Everything adds up”."),
            Question("In which layers does the season matter? See “Where it happens”."),
        ),
    ),
    Exercise(
        "next_word",
        "Agreement at a distance",
        "The verb agrees with its subject, not with the noun that stands closest to it.",
        (
            Question("Which word speaks for the plural verb, and which against it?", "Keys on the table"),
            Question("Turn it round (“The dog near the houses”, is against are). What changes in the bars?"),
            Question("Find a sentence that the model gets wrong. Which word misleads it?"),
        ),
    ),
    Exercise(
        "translation",
        "Idiomatic against literal",
        "An idiom means something other than its words. A literal translation can be forced on the model.",
        (
            Question("From which source words does the idiomatic translation come?", "Cats and dogs"),
            Question("Where is the model least sure of the literal translation?", "… word for word"),
            Question("At which steps does what is already written matter more than the source?"),
            Question("Which source word does each translation rely on most? Why do they differ?"),
        ),
    ),
    Exercise(
        "translation",
        "The gender of a nurse",
        "English does not say whether the nurse is a woman or a man; Spanish has to.",
        (
            Question("Which gender does the model prefer, and by how much?", "The nurse: she or he?"),
            Question("Which source words decide it?"),
            Question("Add a word that settles the gender (“… because he was late”). Does the model use it?"),
        ),
    ),
    Exercise(
        "model_sizes",
        "One fact, three sizes",
        "The same factual question to a small, a middle and a large model of one family.",
        (
            Question("How does the probability of the right answer change with size?", "London or not"),
            Question("Do all sizes rely on the same words? See “Do they agree?”."),
            Question(
                "Is a larger model always more sure? Find a question where it is not.", "Madrid in Spain"
            ),
        ),
    ),
    Exercise(
        "model_sizes",
        "A small word that turns everything",
        "A negation is a short word with a large effect, if the model notices it.",
        (
            Question("Ask “Is London the capital of France?”. Note the probabilities.", "London or not"),
            Question("Now put in the word not. Does the answer turn round in any size?"),
            Question("How much do the models rely on the word not, compared with the names?"),
        ),
    ),
    Exercise(
        "answer",
        "Where does the answer come from?",
        "A model writes one word after the other. Each leans on the prompt, and on what is written already.",
        (
            Question(
                "Click the words of the answer one by one. Which word of the prompt counts most for each?",
                "A continuation",
            ),
            Question("Which words of the answer lean more on the answer so far than on the prompt?"),
            Question("Choose another candidate for one word and let the model go on. What changes after it?"),
            Question("Type a wrong answer. Which of its words are flagged, and what speaks against them?"),
        ),
    ),
    Exercise(
        "answer",
        "Does it use the document?",
        "A question about a short text. A good answer should lean on the sentence that says it.",
        (
            Question("On which sentence does the answer lean most?", "A document"),
            Question("Check it: which sentence does the answer really need? Do both agree?"),
            Question("Change that sentence so that it says something else. Does the answer follow?"),
        ),
    ),
    Exercise(
        "many",
        "From one example to evidence",
        "A method that explains one sentence well may have been lucky. A few hundred sentences tell.",
        (
            Question(
                "Which method finds the words that decide most often? Is its lead larger than the intervals?",
                "Which method finds the word?",
            ),
            Question("In which group does it find them least often? Open the two worst sentences of it."),
            Question(
                "Read one of these in Next word: did the method miss the word, or did the model look "
                "elsewhere? Leave the word out (“What if?”) and see."
            ),
            Question(
                "How much of the difference do the words carry by each method? Why can it exceed 100 %?"
            ),
        ),
    ),
    Exercise(
        "many",
        "Right more often",
        "The same questions to three sizes of one family.",
        (
            Question(
                "Does accuracy grow with size? Between which sizes do the intervals not overlap?",
                "Are larger models right more often?",
            ),
            Question("Which group do all sizes find hard? Open its worst question in Model sizes."),
            Question("Look at “Distributions”. Is a larger model surer also where it is wrong?"),
        ),
    ),
)
