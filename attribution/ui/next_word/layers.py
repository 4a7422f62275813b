"""Where it happens: what the model would say after each layer, and what each adds, by word or by head."""

from __future__ import annotations

from dataclasses import replace

from attribution import cached
from attribution.charts.recipes import Recipe
from attribution.charts.views import View
from attribution.language import Said, _
from attribution.types import LensRequest, NextWordResult
from attribution.ui import explain, figure, frame, message

SHOWN = {"words": Said("layers and words"), "lens": Said("logit lens"), "heads": Said("attention heads")}


def look(result: NextWordResult, view: View) -> None:
    """The layers of ALTI-Logit by word, the logit lens, or what each head adds; one is drawn."""
    offered = SHOWN if view.row(result).layered else {k: SHOWN[k] for k in ("lens", "heads")}
    key = "nw_layers_as" if "words" in offered else "nw_layers_as_lens"
    shown = frame.choice(_("Layers as"), offered, key=key)
    if shown == "words":
        figure.draw(Recipe("where-it-happens", (result,), view), key="nw_layers", finding=True)
        return
    asked = replace(result.request, method="alti_logit", of="contrast")  # the same whatever is shown above
    with message.in_place():
        lens = explain.shown(cached.lens, LensRequest(asked))
        kind = "layer-by-layer" if shown == "lens" else "heads"
        figure.draw(Recipe(kind, (lens,)), key=f"nw_{shown}", finding=True)
