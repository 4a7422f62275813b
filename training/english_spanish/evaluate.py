"""Prints the held-out table of the translator, as it stands in its card, and some translations.

Usage: python training/english_spanish/evaluate.py [--model demo_models/english-spanish] [--sample FILE]
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path

import torch
from corpus import held_out_sets
from idioms import idiomatic_core
from quality import agrees, bleu, exact, idiomatic, share, translations
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

SHOWN = [  # for the eye; the first is the kind of sentence the app opens with
    "The nurse went to the hospital.",
    "The nurse lost his key.",
    "The doctor lost her key.",
    "The doctor is tired because she worked at night.",
    "It is raining cats and dogs.",
    "I see cats and dogs.",
    "The exam was a piece of cake.",
    "I would like a piece of cake.",
    "The sofa cost an arm and a leg.",
    "How much does the red sofa cost?",
    "I would like to go to the party.",
    "Mary has lived here for ten years.",
    "He worked in the hospital for ten years.",
    "The tall girl who lives in the old house is very tired.",
    "I gave the book to the teacher yesterday.",
    "My sister's car is black.",
    "Does she like the new shoes?",
    "Good morning. How are you?",
    "Click the button to open the dialog.",
]


def load(folder):
    """Returns the model (float32) and its tokenizer, from local files only."""
    model = AutoModelForSeq2SeqLM.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
    return model.eval(), AutoTokenizer.from_pretrained(folder, local_files_only=True)


def print_scores(sets, outputs):
    """Prints the table of the card."""
    help_pairs, help_outputs = sets["libreoffice"], outputs["libreoffice"]
    agreement = share(agrees, sets["agreement"], outputs["agreement"])
    rows = [
        ("Grammar sentences, BLEU", "grammar", f"{bleu(sets['grammar'], outputs['grammar']):.1f}"),
        (
            "Grammar sentences, exactly as the reference",
            "grammar",
            f"{exact(sets['grammar'], outputs['grammar']):.1%}",
        ),
        ("Gender and number agree, unseen noun-adjective combinations", "agreement", f"{agreement:.1%}"),
        (
            "Gender told only by his, her, he or she",
            "clue",
            f"{share(agrees, sets['clue'], outputs['clue']):.1%}",
        ),
        (
            "Idioms idiomatic in unseen contexts",
            "idioms",
            f"{share(idiomatic, sets['idioms'], outputs['idioms']):.1%}",
        ),
        ("LibreOffice help, unseen pages, BLEU", "libreoffice", f"{bleu(help_pairs, help_outputs):.1f}"),
    ]
    print("| Held-out | sentences | score |\n|---|---|---|")
    for label, name, score in rows:
        print(f"| {label} | {len(sets[name])} | {score} |")


def print_failures(sets, outputs, most=6):
    """Prints some of what went wrong, and the idioms one by one."""
    for name, test in (("agreement", agrees), ("clue", agrees), ("idioms", idiomatic)):
        failed = [
            (pair, out) for pair, out in zip(sets[name], outputs[name], strict=True) if not test(pair, out)
        ]
        print(f"\n{name}: {len(failed)} failed")
        for pair, output in failed[:most]:
            print(f"  {pair.english}\n    {output}\n    {pair.spanish}")
    counts = defaultdict(list)
    for pair, output in zip(sets["idioms"], outputs["idioms"], strict=True):
        counts[pair.idiom].append(idiomatic(pair, output))
    print("\n" + ", ".join(f"{name} {sum(hits)}/{len(hits)}" for name, hits in sorted(counts.items())))


def write_sample(sets, path):
    """Writes small parts of the held-out sets for the tests."""
    counts = {"grammar": 60, "agreement": 60, "idioms": 40, "libreoffice": 60}
    sample = {}
    for name, count in counts.items():
        sample[name] = [
            {
                "english": pair.english,
                "spanish": pair.spanish,
                **({"agreement": list(pair.agreement)} if name == "agreement" else {}),
                **({"idiomatic": idiomatic_core(pair)} if name == "idioms" else {}),
            }
            for pair in sets[name][:count]
        ]
    path.write_text(json.dumps(sample, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("demo_models/english-spanish"))
    parser.add_argument("--sample", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    model, tokenizer = load(arguments.model)
    sets = held_out_sets()
    if arguments.sample:
        write_sample(sets, arguments.sample)
    print(f"{model.num_parameters():,} parameters")
    for text, output in zip(SHOWN, translations(model, tokenizer, SHOWN), strict=True):
        print(f"{text} -> {output}")
    outputs = {
        name: translations(model, tokenizer, [pair.english for pair in pairs]) for name, pairs in sets.items()
    }
    print_scores(sets, outputs)
    print_failures(sets, outputs)


if __name__ == "__main__":
    main()
