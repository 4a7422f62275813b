"""Prints the held-out table of the three sizes, as it stands in their cards.

Usage: python training/yes_no/evaluate.py [--models demo_models] [--sample
tests/demo_models/yes_no_held_out.json]
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from random import Random

import torch
from answers import answer_probabilities, scores
from questions import Question, QuestionBook
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

SIZES = ["small", "base", "large"]
CLASSROOM = [  # chosen before training; never used to choose a setting
    "Is London the capital of France?",
    "Is Paris the capital of France?",
    "Is Madrid in Spain?",
    "Is Osaka a city in China?",
    "Is Toronto a city in Brazil?",
    "Is Lima the capital of Peru?",
    "Is Kenya in Europe?",
    "Is Japan in Asia?",
    "Is Spanish spoken in Peru?",
    "Does Japan use the yen?",
    "Is a dog an animal?",
    "Is a tiger a mammal?",
    "Is a hammer a fruit?",
    "Is the sky green?",
]
SAMPLE = 60  # held-out questions of a task that the tests keep


def load(folder):
    """Returns the model (float32) and its tokenizer, from local files only."""
    model = AutoModelForSeq2SeqLM.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
    return model.eval(), AutoTokenizer.from_pretrained(folder, local_files_only=True)


def print_scores(book, results):
    """Prints accuracy and mean P(correct) of each task and size."""
    tables = {
        size: scores(book.test, probabilities[: len(book.test)]) for size, probabilities in results.items()
    }
    print("| Held-out questions | n | " + " | ".join(tables) + " |")
    print("|---|---|" + "---|" * len(tables))
    for task in next(iter(tables.values())):
        cells = [f"{table[task][1]:.3f} / {table[task][2]:.3f}" for table in tables.values()]
        print(f"| {task} | {tables[SIZES[0]][task][0]} | " + " | ".join(cells) + " |")


def print_classroom(book, results):
    """Prints P(yes) / P(no) of the classroom questions and whether training could see them."""
    print("\n| Classroom question | " + " | ".join(results) + " | answer | in training |")
    print("|---|" + "---|" * len(results) + "---|---|")
    for i, text in enumerate(CLASSROOM, start=len(book.test)):
        cells = [f"{yes:.3f} / {no:.3f}" for yes, no in (rows[i].tolist() for rows in results.values())]
        answer, seen = book.status(text) or ("?", "not asked")
        print(f"| {text} | " + " | ".join(cells) + f" | {answer} | {seen} |")


def print_open_questions(models):
    """Prints what each size generates for an open question."""
    for text in (
        "Which country is Osaka in?",
        "What is the capital of Peru?",
        "Which continent is Kenya in?",
    ):
        answers = []
        for model, tokenizer in models.values():
            output = model.generate(**tokenizer(text, return_tensors="pt"))
            answers.append(tokenizer.decode(output[0], skip_special_tokens=True).strip())
        print(f"{text} -> " + " / ".join(answers))


def write_sample(book, path):
    """Writes a balanced sample of the held-out questions for the tests."""
    rng, sample = Random(3), []
    for task in book.tasks:
        for answer in ("yes", "no"):
            questions = [q for q in book.test if q.task == task and q.answer == answer]
            sample += rng.sample(questions, min(SAMPLE // 2, len(questions)))
    lines = ",\n".join(json.dumps(asdict(question), ensure_ascii=False) for question in sample)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, default=Path("demo_models"))
    parser.add_argument("--sample", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    book = QuestionBook()
    if arguments.sample:
        write_sample(book, arguments.sample)
    models = {f"yes-no-{size}": load(arguments.models / f"yes-no-{size}") for size in SIZES}
    questions = [*book.test, *(Question("classroom", text, "?") for text in CLASSROOM)]
    results = {size: answer_probabilities(*model, questions) for size, model in models.items()}
    for size, (model, _) in models.items():
        print(f"{size}: {model.num_parameters():,} parameters")
    print_scores(book, dict(zip(SIZES, results.values(), strict=True)))
    print_classroom(book, dict(zip(SIZES, results.values(), strict=True)))
    print_open_questions(models)


if __name__ == "__main__":
    main()
