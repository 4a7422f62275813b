"""Why a language model chose a word: exact attributions for scripts, notebooks and the app.

>>> from attribution import load, explain_next_word
>>> model = load("english-lm")
>>> result = explain_next_word(model, "The capital of France is", target="Paris", foil="London")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from attribution.types import AttributionError

if TYPE_CHECKING:
    from attribution.charts.answer_view import AnswerView
    from attribution.charts.views import SaliencyView, View, WordView
    from attribution.export.records import from_json, to_json
    from attribution.many.results import read_results
    from attribution.many.run import run_set
    from attribution.many.sets import read_set
    from attribution.many.summary import summary
    from attribution.methods.catalogue import method_rows
    from attribution.models.loading import load
    from attribution.service.answer import explain_answer, generate
    from attribution.service.comparison import compare_models
    from attribution.service.faithfulness import faithfulness
    from attribution.service.next_word import explain_next_word
    from attribution.service.segment_check import segment_check
    from attribution.service.translation import explain_translation

_HOME = {
    "load": "attribution.models.loading",
    "explain_next_word": "attribution.service.next_word",
    "explain_translation": "attribution.service.translation",
    "explain_answer": "attribution.service.answer",
    "generate": "attribution.service.answer",
    "segment_check": "attribution.service.segment_check",
    "compare_models": "attribution.service.comparison",
    "faithfulness": "attribution.service.faithfulness",
    "read_set": "attribution.many.sets",
    "run_set": "attribution.many.run",
    "read_results": "attribution.many.results",
    "summary": "attribution.many.summary",
    "method_rows": "attribution.methods.catalogue",
    "AnswerView": "attribution.charts.answer_view",
    "View": "attribution.charts.views",
    "SaliencyView": "attribution.charts.views",
    "WordView": "attribution.charts.views",
    "to_json": "attribution.export.records",
    "from_json": "attribution.export.records",
}

__all__ = [
    "AnswerView",
    "AttributionError",
    "SaliencyView",
    "View",
    "WordView",
    "compare_models",
    "explain_answer",
    "explain_next_word",
    "explain_translation",
    "faithfulness",
    "from_json",
    "generate",
    "load",
    "method_rows",
    "read_results",
    "read_set",
    "run_set",
    "segment_check",
    "summary",
    "to_json",
]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Loads torch only when something that needs it is asked for."""
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'attribution' has no attribute {name!r}")
