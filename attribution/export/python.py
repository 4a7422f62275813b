"""A result as Python lines that give the same numbers again."""

from __future__ import annotations

from collections.abc import Sequence

from attribution.methods import catalogue
from attribution.types import ComparisonRequest, NextWordRequest, TranslationRequest


def next_word(request: NextWordRequest) -> str:
    """Lines that explain a next word."""
    words = f"target={request.target!r}" + (f", foil={request.foil!r}" if request.foil else "")
    row = catalogue.find(request.method)
    words += "" if row.id == "alti_logit" else f", method={row.id!r}"
    words += "" if request.of == "contrast" else f", of={request.of!r}"
    merge = "sum_words" if row.signed else "combine_words"
    rest = 'print("not any word\'s:", result.remainder, "all together:", result.explained_logit)'
    return f"""from attribution import load, explain_next_word

model = load({request.model!r})
result = explain_next_word(model, {request.prefix!r}, {words})

for word, value in zip(result.text.words, result.text.{merge}(result.values)):
    print(f"{{word.text:>15}} {{value:+.3f}}")
{rest if row.additive else "print(result.explained_logit)"}
"""


def faithfulness(request: NextWordRequest, replace: str) -> str:
    """Lines that measure how far the ranking of a next word's explanation holds."""
    head = next_word(request).split("\n\nfor word")[0]
    options = "" if replace == "leave out" else f", replace={replace!r}"
    return f"""{head.replace("import load", "import faithfulness, load")}
held = faithfulness(model, result{options})

print(held.verdict, "gap:", held.gap, "random orders:", held.random_gap, "LDS:", held.lds)
for taken, (most, least) in enumerate(zip(held.most_first, held.least_first)):
    print(f"{{taken:>3}} words taken away: {{most:+.3f}} most important first, {{least:+.3f}} least")
"""


def translation(request: TranslationRequest) -> str:
    """Lines that explain a translation."""
    options = {"source": request.source, "method": request.method, "attributed": request.attributed}
    names = ("target", "contrast", "alignment", "beams", "source_language", "target_language")
    options |= {name: getattr(request, name) for name in names if getattr(request, name)}
    written = "".join(f"    {name}={value!r},\n" for name, value in options.items())
    return f"""from attribution import load, explain_translation

model = load({request.model!r})
result = explain_translation(
    model,
{written})

source, prefix = result.attributions("magnitude", "share", words=True)
for token, row, p in zip(result.target_tokens, source, result.step_scores["probability"]):
    strongest = result.source.words[row.argmax()].text
    print(f"{{token:>15}}  p = {{p:.3f}}  most from {{strongest}} ({{row.max():.2f}})")
"""


def comparison(requests: Sequence[ComparisonRequest]) -> str:
    """Lines that ask several models what the requests ask, which differ in their model only."""
    request = requests[0]
    options = f"target={request.target!r}" + (f", foil={request.foil!r}" if request.foil else "")
    if request.method != "input_x_gradient":
        options += f", method={request.method!r}"
    if request.attributed != "probability":
        options += f", attributed={request.attributed!r}"
    if request.dtype != "float32":
        options += f", dtype={request.dtype!r}"
    return f"""from attribution import compare_models

models = {[r.model for r in requests]!r}
for result in compare_models(models, {request.question!r}, {options}):
    print(f"{{result.model.name}}: score {{result.score:+.3f}}, rank {{result.target_rank}}")
    for word, share in zip(result.words, result.attributions("magnitude", "share")):
        print(f"{{word.text:>15}} {{share:.3f}}")
"""
