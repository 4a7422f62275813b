"""The catalogues hold the sentences of the code, all of them, whole and translated."""

import ast
import gettext
import io
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.mofile import write_mo

from attribution.locale.__main__ import ERRORS, ROOT, SOURCES, WORDS, files, found, missing, read

CATALOGUES = {path.parts[-3]: path for path in files()}
MARKS = (
    r"\*\*",
    r"(?<!\$)\$(?!\$)",
    r"\$\$",
    "`",
    r"</?[a-z][^<>]*>",
    r"\n\s*\n",
    r"\n[-*] ",
    r":[a-z_]+\[",
    r"&[a-z]+;",
)
"""What Markdown, HTML and formulas are made of."""
SCRIPTS = ("attribution/ui/router.py",)
"""Those that run anew for every visitor."""
FIRST_ONLY = ("_", "N_", "Said", "pgettext")

each = pytest.mark.parametrize("code", CATALOGUES)


@cache
def catalogue(code):
    return read(CATALOGUES[code])


@cache
def of_the_code():
    return found()


def forms(entry):
    """The sentences of an entry, each with its translation."""
    if isinstance(entry.id, tuple):
        one, many = entry.id
        return list(zip((one, many), entry.string, strict=True))
    return [(entry.id, entry.string)]


def entries(code):
    """All sentences that are translated, each with its translation."""
    for entry in catalogue(code):
        for english, translated in forms(entry) if entry.id else []:
            if translated:
                yield english, translated


def places(sentence):
    """The named places of a sentence, as they are written; none where its braces are no places."""
    try:
        return {(name, form, kind) for _text, name, form, kind in Formatter().parse(sentence) if name}
    except ValueError:
        return set()


def differing(code, part):
    """Sentences whose translation differs in this part."""
    return [(e, t) for e, t in entries(code) if part(e) != part(t)]


def test_there_are_spanish_and_dutch():
    assert set(CATALOGUES) == {"es", "nl"}


@each
def test_the_catalogue_has_the_sentences_of_the_code(code):
    """Where this fails: python -m attribution.locale."""
    in_code = {(entry.context, entry.id) for entry in of_the_code() if entry.id}
    in_file = {(entry.context, entry.id) for entry in catalogue(code) if entry.id}
    assert in_code - in_file == set(), "are not in the catalogue"
    assert in_file - in_code == set(), "are no longer in the code"
    assert not catalogue(code).obsolete


@each
def test_every_sentence_is_translated(code):
    assert missing(catalogue(code)) == []


@each
def test_translations_have_the_same_places(code):
    """In any order; a sentence for one thing may leave out the number."""
    wrong = []
    for entry in catalogue(code):
        if not entry.id:
            continue
        for english, translated in forms(entry):
            counted = {
                place for place in places(english) if isinstance(entry.id, tuple) and place[0] == "count"
            }
            if translated and places(english) - counted != places(translated) - counted:
                wrong.append((english, translated))
    assert wrong == []


@each
def test_translations_begin_and_end_with_the_same_blanks(code):
    def around(text):
        return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]

    assert differing(code, around) == []


@each
@pytest.mark.parametrize("mark", MARKS)
def test_translations_have_the_same_marks(code, mark):
    """Formulas, bold words, code, tags and line ends."""
    assert differing(code, lambda text: Counter(re.findall(mark, text))) == []


@each
def test_translations_end_as_sentences_do(code):
    """A sentence is a sentence in every language, a label a label."""
    ends = (".", "?", "!", "…", ":")
    assert differing(code, lambda text: len(text) > 1 and text.rstrip().endswith(ends)) == []


@each
def test_the_app_reads_what_the_translators_wrote(code):
    """Where this fails: python -m attribution.locale."""
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(code))
    compiled.seek(0)
    wanted = dict(gettext.GNUTranslations(compiled)._catalog)
    with CATALOGUES[code].with_suffix(".mo").open("rb") as file:
        there = dict(gettext.GNUTranslations(file)._catalog)
    wanted.pop("", None)
    there.pop("", None)
    assert there == wanted


# ------------------------------------------------------------------------------------------------- the code


def calls():
    """Every call in the code that marks or says a sentence, with the file and line it stands in."""
    for source in SOURCES:
        for path in sorted((ROOT / source).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                    if name in WORDS and node.args:
                        yield name, node, f"{path.relative_to(ROOT)}:{node.lineno}"


def sentences(name, node):
    """The arguments of a call that are its sentences."""
    return node.args[:1] if name in FIRST_ONLY or name in ERRORS else node.args[:2]


def test_sentences_are_whole_where_they_are_written():
    """No sentence is put together by f-strings, sums, % or format: nobody could translate that."""
    glued = [
        where
        for name, node, where in calls()
        for sentence in sentences(name, node)
        if isinstance(sentence, ast.JoinedStr | ast.BinOp)
        or (isinstance(sentence, ast.Call) and getattr(sentence.func, "attr", "") in ("format", "join"))
    ]
    assert glued == []


def test_no_sentence_is_overlooked():
    """As one within an f-string would be."""
    known = {text for e in of_the_code() if e.id for text in (e.id if isinstance(e.id, tuple) else (e.id,))}
    overlooked = [
        (where, sentence.value)
        for name, node, where in calls()
        for sentence in (node.args[1:2] if name == "pgettext" else sentences(name, node))
        if isinstance(sentence, ast.Constant) and sentence.value and sentence.value not in known
    ]
    assert overlooked == []


def test_nothing_is_said_while_modules_are_imported():
    """A sentence said at import would stay in the language of whoever came first."""
    early = []
    for path in sorted((ROOT / "attribution").rglob("*.py")):
        where = str(path.relative_to(ROOT))
        waiting = [] if where in SCRIPTS else list(ast.parse(path.read_text("utf-8")).body)
        while waiting:
            node = waiting.pop()
            name = getattr(getattr(node, "func", None), "id", "")
            if name in ("_", "ngettext", "pgettext"):
                early.append(f"{where}:{node.lineno}")
            inner = ast.iter_child_nodes(node)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = [*node.args.defaults, *node.args.kw_defaults, *node.decorator_list]
            elif isinstance(node, ast.Lambda):
                inner = []
            waiting += [child for child in inner if child is not None]
    assert early == []


def test_extraction_has_nothing_to_complain_about():
    code = "from attribution.locale.__main__ import found; found()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stderr == ""


def test_all_kinds_of_errors_are_looked_through():
    """Each class of errors whose sentence people read is named where sentences are looked for."""
    kinds, grew = {"AttributionError"}, True
    classes = [
        node
        for path in sorted(Path(ROOT / "attribution").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    while grew:
        grew = False
        for node in classes:
            bases = {getattr(base, "id", getattr(base, "attr", "")) for base in node.bases}
            if node.name not in kinds and bases & kinds:
                kinds.add(node.name)
                grew = True
    assert kinds == set(ERRORS)
