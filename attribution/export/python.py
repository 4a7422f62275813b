"""A result as Python lines that print the numbers of the view that is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from shlex import quote
from typing import Any

from attribution.charts.answer_view import AnswerView
from attribution.charts.views import SaliencyView, View, WordView
from attribution.methods import catalogue
from attribution.types import (
    AnswerRequest,
    ComparisonRequest,
    Explained,
    Generation,
    NextWordRequest,
    SegmentCheckRequest,
    TranslationRequest,
)

_ELSEWHERE = ("model", "dtype", "prompt", "generation", "splitting")
"""Fields of a request that are no options of their own."""
INSTALL = """# Once, so that it runs from anywhere: pip install -e FOLDER
# with the folder of Why This Word.
"""


def next_word(request: NextWordRequest, view: View | None = None) -> str:
    """Lines that explain a next word."""
    view = view or View(of=request.of)
    rest = """for name, part in found.parts.items():
    print(f"{name:>20} {part[0]:+.3g}")
print(f"{'all together':>20} {found.explained[0]:+.6g}")
"""
    adds_up = view.measure == "logits" and catalogue.find(view.method or request.method).additive
    return f"""{_explained(request, "View, ")}
view = {_written(view)}
found = view.explanation(result)
print(found.rows[0], "in", found.unit)
for word, value in zip(found.columns, found.values[0]):
    print(f"{{word:>20}} {{value:+.3g}}")
{rest if adds_up else ""}"""


def _explained(request: NextWordRequest, names: str = "") -> str:
    words = f"target={request.target!r}" + (f", foil={request.foil!r}" if request.foil else "")
    words += "" if request.method == "alti_logit" else f", method={request.method!r}"
    words += "" if request.of == "contrast" else f", of={request.of!r}"
    return f"""{INSTALL}from attribution import {names}explain_next_word, load

model = load({request.model!r})
result = explain_next_word(model, {request.prefix!r}, {words})
"""


def faithfulness(request: Explained, replace: str, steps: Sequence[int] = ()) -> str:
    """Lines that measure how far the ranking of an explanation holds; `steps` of a word written."""
    if isinstance(request, NextWordRequest):
        head = _explained(request)
    elif isinstance(request, TranslationRequest):
        head = translation(request).replace("import SaliencyView, ", "import ").split("\nview = ")[0]
    elif isinstance(request, AnswerRequest):
        head = _answered(request)
    else:
        lines = comparison([request]).replace(
            "import WordView, compare_models", "import compare_models, load"
        )
        asked = lines.split("\nresults = ")[0]
        head = f"{asked}\nresult = next(answers)\nmodel = load({request.model!r}{_precision(request)})\n"
    options = "" if replace == "leave out" else f", replace={replace!r}"
    options += f", step={list(steps) if len(steps) > 1 else steps[0]}" if steps else ""
    return f"""{head.replace(", load", ", faithfulness, load", 1)}\
held = faithfulness(model, result{options})

print(held.verdict, "gap:", held.gap, "random orders:", held.random_gap, "LDS:", held.lds)
for taken, (most, least) in enumerate(zip(held.most_first, held.least_first)):
    print(f"{{taken:>3}} words taken away: {{most:+.3f}} most important first, {{least:+.3f}} least")
"""


def _precision(request: Explained) -> str:
    return "" if request.dtype == "float32" else f", dtype={request.dtype!r}"


def translation(request: TranslationRequest, view: SaliencyView | None = None) -> str:
    """Lines that explain a translation: for each token it writes what each word contributed."""
    view = view or SaliencyView()
    options: dict[str, Any] = {"source": request.source, "method": request.method}
    options["attributed"] = request.attributed
    names = ("target", "contrast", "alignment", "beams", "source_language", "target_language")
    options |= {name: getattr(request, name) for name in names if getattr(request, name)}
    written = "".join(f"    {name}={value!r},\n" for name, value in options.items())
    return f"""{INSTALL}from attribution import SaliencyView, explain_translation, load

model = load({request.model!r})
result = explain_translation(
    model,
{written})

view = {_written(view)}
found = view.explanation(result)  # columns: the source, then the words already written
print(found.unit)
for token, row, score in zip(found.rows, found.values, result.step_scores[view.score]):
    print(f"{{token}}: {view.score.replace("_", " ")} {{score:+.3g}}")
    for word, value in zip(found.columns, row):
        if value == value:  # the word was there already
            print(f"{{word:>20}} {{value:+.3g}}")
"""


def answer(request: AnswerRequest, view: AnswerView | None = None) -> str:
    """Lines that explain an answer: for each token, what each word of the prompt and before it got."""
    return f"""{_answered(request, "AnswerView, ")}
view = {_written(view or AnswerView())}
found = view.explanation(result)  # columns: the prompt, then the answer so far
print(found.unit)
for k, (token, row) in enumerate(zip(found.rows, found.values)):
    print(f"{{token}}: {{found.explained[k]:+.6g}}")
    for name, value in [*zip(found.columns, row), *((n, part[k]) for n, part in found.parts.items())]:
        if value == value:  # the word was there already
            print(f"{{name:>20}} {{value:+.3g}}")

parts = view.segments(result)
print(parts.rows[0])
for name, value in zip(parts.columns, parts.values[0]):
    print(f"{{name:>20}} {{value:+.3g}}")
"""


def segment_check(request: SegmentCheckRequest) -> str:
    """Lines that leave out each segment of a prompt and measure what the answer loses."""
    lines = _answered(request.explained).replace("load\n", "load, segment_check\n", 1)
    return f"""{lines}
check = segment_check(model, result, subsets={request.subsets}, seed={request.seed})
print("LDS:", check.lds, "by chance:", check.random_lds[0], "log-probability:", check.log_probability)
for segment, lost, credited in zip(check.segments, check.left_out, check.credited):
    print(f"{{segment.name:>24}} lost {{lost:+.3g}} nats, credited {{credited:+.3g}}")
"""


def _answered(request: AnswerRequest, names: str = "") -> str:
    """Lines that make the result: every field and setting that differs from how it starts."""
    start, writes = AnswerRequest(request.model), request.generation
    fields_of = {f.name: getattr(request, f.name) for f in fields(request)}
    options = {n: v for n, v in fields_of.items() if v != getattr(start, n) and n not in _ELSEWHERE}
    if request.splitting != start.splitting:
        options["segments"] = request.splitting
    settings = {f.name: getattr(writes, f.name) for f in fields(writes)}
    options |= {n: v for n, v in settings.items() if v != getattr(Generation(), n)}
    written = "".join(f"    {name}={value!r},\n" for name, value in options.items())
    shown = "from attribution.types import Example\n" if request.examples else ""
    return f"""{INSTALL}from attribution import {names}explain_answer, load
{shown}
model = load({request.model!r}{_precision(request)})
result = explain_answer(
    model,
    {request.prompt!r},
{written})
print(result.answer_text)
"""


def comparison(requests: Sequence[ComparisonRequest], view: WordView | None = None) -> str:
    """Lines that ask several models what the requests ask, which differ in their model only."""
    request = requests[0]
    if view is None:
        view = WordView("signed" if catalogue.find(request.method).signed else "magnitude")
    options = f"target={request.target!r}" + (f", foil={request.foil!r}" if request.foil else "")
    if request.method != "input_x_gradient":
        options += f", method={request.method!r}"
    if request.attributed != "probability":
        options += f", attributed={request.attributed!r}"
    if request.dtype != "float32":
        options += f", dtype={request.dtype!r}"
    return f"""{INSTALL}from attribution import WordView, compare_models

models = {[r.model for r in requests]!r}
answers = compare_models(models, {request.question!r}, {options})
results = [answer for answer in answers if hasattr(answer, "score")]  # the others failed and say why
for result in results:
    print(f"{{result.model.name}}: score {{result.score:+.3g}}, rank {{result.target_rank}}")

found = {_written(view)}.explanation(results)
print(found.unit)
for model, row in zip(found.rows, found.values):
    print(model)
    for word, value in zip(found.columns, row):
        print(f"{{word:>20}} {{value:+.3g}}")
"""


def _written(view: View | SaliencyView | WordView | AnswerView) -> str:
    """The view as Python makes it, with what differs from how it starts."""
    first = type(view)()
    said: Mapping[str, Any] = {f.name: getattr(view, f.name) for f in fields(view)}
    options = [f"{n}={v!r}" for n, v in said.items() if v != getattr(first, n)]
    return f"{type(view).__name__}({', '.join(options)})"


def many(kept: Any, source: str, columns: Mapping[str, str] | None = None) -> str:
    """Lines that compute a run of many sentences, and the same from a terminal; both can be gone on with."""
    options = "".join(
        f", {name}={value!r}"
        for name, value, usual in (
            ("measures", kept.options.measures, ()),
            ("replace", kept.options.replace, "leave out"),
            ("seed", kept.options.seed, 0),
        )
        if value != usual
    )
    flags = [f"--model {quote(model)}" for model in kept.models]
    flags += [f"--method {method}" for method in kept.methods]
    flags += [f"--measure {measure}" for measure in kept.options.measures]
    flags += [f'--replace "{kept.options.replace}"'] if kept.options.replace != "leave out" else []
    chosen = f", columns={dict(columns)!r}" if columns else ""
    flags += [f"--column {quote(f'{ours}={theirs}')}" for ours, theirs in (columns or {}).items()]
    return f"""{INSTALL}from attribution import read_results, read_set, run_set, summary

sentences = read_set({source!r}{chosen})
assert sentences.digest == {kept.digest!r}
frame = run_set(sentences, {list(kept.models)!r}, {list(kept.methods)!r}, out="RESULTS"{options})
print(summary(frame).query("group == 'all'"))
print(read_results("RESULTS").caption)

# Or from a terminal:
# python -m attribution run {source} {" ".join(flags)} --out RESULTS
"""
