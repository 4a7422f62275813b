"""Questions made of the facts: the endless stream to train on, and those held out from it."""

import random
from dataclasses import dataclass

from facts import all_tasks

HELD_OUT = 0.3  # share of the facts with one wording kept back
MOST = 600  # held-out questions of a task and an answer, validation and test together
MIX = {
    "city": 0.52,
    "isa": 0.15,
    "capital": 0.10,
    "language": 0.08,
    "continent": 0.06,
    "currency": 0.06,
    "colour": 0.03,
}
OPEN = 0.25  # share of open questions ("Which country is Osaka in?"), where a task has them


@dataclass(frozen=True)
class Question:
    """A question with its answer, "yes" or "no" (or the object, for an open question)."""

    task: str
    text: str
    answer: str


def phrase(wording, subject, thing=""):
    """Returns the question in words, with a capital letter."""
    text = (
        wording.format(s=subject, o=thing)
        .replace("type of an ", "type of ")
        .replace("type of a ", "type of ")
    )
    return text[0].upper() + text[1:]


class QuestionBook:
    """The facts with what is held out from training.

    Of a held-out "yes", the fact is trained in its other wordings only. Of a held-out "no", the wrong pair is
    trained in no wording at all. Half of the held-out questions are for validation, the other half for the
    final test.
    """

    def __init__(self):
        self.tasks = all_tasks()
        self.kept_wording = {}  # (task, fact) -> the wording that training never sees
        self.kept_pairs = {}  # task -> wrong pairs that training never sees
        self.validation, self.test = [], []
        rng = random.Random(1)
        for name, task in self.tasks.items():
            self._hold_out(name, task, rng)

    def _hold_out(self, name, task, rng):
        yes, no, pairs = [], [], set()
        for fact in rng.sample(task.facts, int(HELD_OUT * len(task.facts))):
            wording = rng.choice(task.wordings)
            self.kept_wording[name, fact] = wording
            yes.append(Question(name, phrase(wording, *fact), "yes"))
            wrong = self._wrong_object(task, fact[0], pairs, rng)
            if wrong:
                pairs.add((fact[0], wrong))
                no.append(Question(name, phrase(rng.choice(task.wordings), fact[0], wrong), "no"))
        self.kept_pairs[name] = pairs
        count = min(len(yes), len(no), MOST)
        for questions in (yes[:count], no[:count]):
            self.validation += questions[::2]
            self.test += questions[1::2]

    def _wrong_object(self, task, subject, avoid, rng):
        """Returns a wrong object, half of the time a tempting one, else as frequent as among the right
        answers.
        """
        for _ in range(50):
            if task.close.get(subject) and rng.random() < 0.5:
                thing = rng.choice(task.close[subject])
            else:
                thing = rng.choice(task.facts)[1]
            if thing not in task.true[subject] and (subject, thing) not in avoid:
                return thing
        return None

    def example(self, rng):
        """Returns one training example; never a held-out question."""
        name = rng.choices(list(MIX), list(MIX.values()))[0]
        task = self.tasks[name]
        fact = rng.choice(task.facts)
        if task.open_wording and rng.random() < OPEN:
            return Question(name, phrase(task.open_wording, fact[0]), fact[1])
        if rng.random() < 0.5:
            wordings = [w for w in task.wordings if w != self.kept_wording.get((name, fact))]
            return Question(name, phrase(rng.choice(wordings), *fact), "yes")
        wrong = self._wrong_object(task, fact[0], self.kept_pairs[name], rng)
        if wrong is None:
            return self.example(rng)
        return Question(name, phrase(rng.choice(task.wordings), fact[0], wrong), "no")

    def status(self, text):
        """Returns the right answer and whether training could see the question; None if no task asks it."""
        for name, task in self.tasks.items():
            for subject in task.true:
                for thing in {thing for _, thing in task.facts}:
                    if subject.lower() not in text.lower() or thing.lower() not in text.lower():
                        continue
                    for wording in task.wordings:
                        if phrase(wording, subject, thing) == text:
                            return self._status(name, task, (subject, thing), wording)
        return None

    def _status(self, name, task, pair, wording):
        if pair[1] in task.true[pair[0]]:
            kept = self.kept_wording.get((name, pair)) == wording
            return "yes", "fact seen, wording held out" if kept else "can be seen"
        return "no", "pair held out" if pair in self.kept_pairs[name] else "can be seen"
