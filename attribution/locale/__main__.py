"""Brings the catalogues up to date with the code: `python -m attribution.locale [LANGUAGE to begin ...]`.

Needs Babel, which is among the development tools. New sentences come into each messages.po without a
translation, those that are gone go, and messages.mo, which the app reads, is made anew.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HOME = Path(__file__).parent
ROOT = HOME.parents[1]
SOURCES = ("attribution", "pages")
PYTHON = [("**.py", "python")]
MODELS = "attribution/models/hub_models.csv"
ONE, MANY, IN_CONTEXT = (1,), (1, 2), ((1, "c"), 2)
ERRORS = (
    "AttributionError",
    "ClusterError",
    "ModelTooLargeError",
    "ModelUnavailableError",
    "OtherModelError",
    "RecordError",
    "ResultsError",
    "SetError",
    "TemplateError",
    "TemplateStopped",
    "TextError",
    "UnknownModelError",
    "UnsupportedArchitectureError",
)
"""An error's first argument is its sentence."""
WORDS = {
    "_": ONE,
    "N_": ONE,
    "Said": ONE,
    "ngettext": MANY,
    "nN_": MANY,
    "pgettext": IN_CONTEXT,
    **dict.fromkeys(ERRORS, ONE),
}
HEAD = """\
# {name}
# Glossary, so that all sentences use the same words:
#
"""


def found() -> Catalog:
    """All sentences of the code, each with where it stands."""
    catalogue = Catalog(project="Why This Word", version="")
    for source in SOURCES:
        sentences = extract_from_dir(ROOT / source, PYTHON, keywords=WORDS, comment_tags=("i18n:",))
        for name, line, message, comments, context in sentences:
            if message and message != ("", ""):
                place = [(f"{source}/{name}", line)]
                catalogue.add(message, None, place, auto_comments=comments, context=context)
    for sentence in _good_for():
        catalogue.add(sentence, None, [(MODELS, 1)])
    return catalogue


def _good_for() -> list[str]:
    """What the models of the Hub are good for, which stands in the table of them."""
    with (ROOT / MODELS).open(encoding="utf-8", newline="") as file:
        return [row["good_for"] for row in csv.DictReader(file)]


def read(path: Path) -> Catalog:
    """A language's catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def files() -> list[Path]:
    """The catalogues that there are."""
    return sorted(HOME.glob("*/LC_MESSAGES/messages.po"))


def missing(catalogue: Catalog) -> list[str]:
    """The sentences without a translation, or with one that somebody has to look at again."""
    lacks = [m for m in catalogue if m.id and (m.fuzzy or not m.string or not all(m.string))]
    return [str(m.id) for m in lacks]


def _settle_pairs(catalogue: Catalog) -> None:
    """Makes sentences for one and many wholly translated or not at all.

    Babel marks a sentence that newly differs by a number as one to look at again, and it stays marked when
    that has been done; what is marked is not read.
    """
    for message in catalogue:
        if isinstance(message.id, tuple):
            message.flags.discard("fuzzy")
            if not message.string or not all(message.string):
                message.string = ("",) * len(message.id)


def main(begin: list[str]) -> None:
    """Updates all catalogues and begins new ones."""
    now = found()
    for language in begin:
        path = HOME / language / "LC_MESSAGES" / "messages.po"
        if not path.exists():
            path.parent.mkdir(parents=True)
            head = HEAD.format(name=language)
            with path.open("wb") as file:
                write_po(file, Catalog(locale=language, header_comment=head, fuzzy=False))
    for path in files():
        catalogue = read(path)
        made = catalogue.creation_date
        catalogue.update(now, no_fuzzy_matching=True, update_header_comment=False)
        catalogue.obsolete.clear()
        _settle_pairs(catalogue)
        catalogue.fuzzy, catalogue.creation_date = False, made  # no change where nothing has changed
        with path.open("wb") as file:
            write_po(file, catalogue, width=110, include_lineno=False, sort_by_file=True, omit_header=False)
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)
        print(
            f"{path.parts[-3]}: {len(catalogue)} sentences, {len(missing(catalogue))} without a translation"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
