import numpy as np
import pytest

from attribution.charts import palette as p

THEMES = ("light", "dark")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("negative", ["foil", "against"])
def test_text_on_every_cell_is_legible(theme, negative):
    for scale in (p.signed_scale(1.0, theme, "target", negative), p.amount_scale(1.0, theme)):
        for value in np.linspace(-1, 1, 201):
            assert p.contrast(scale.colour(value), scale.ink(value)) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_text_on_the_page_is_legible(theme):
    colours = p.palette(theme)
    assert p.contrast(colours.text, colours.background) >= 7
    assert p.contrast(colours.muted, colours.background) >= 4.5
    for role in ("target", "foil", "against"):
        assert p.contrast(colours.solid[role], colours.background) >= 3
        assert p.contrast(colours.ink[role], colours.background) >= 4.5
        assert p.contrast(colours.ink[role], colours.neutral) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_ramps_go_one_way_from_the_neutral(theme):
    colours = p.palette(theme)
    for ramp in colours.ramps.values():
        light = [p.luminance(c) for c in (colours.neutral, *ramp)]
        assert light in (sorted(light), sorted(light, reverse=True))
        assert len(set(light)) == len(light)


@pytest.mark.parametrize("theme", THEMES)
def test_sides_stay_apart_for_colour_blind_eyes(theme):
    """Simulated deuteranopia and protanopia (Machado et al. 2009, severity 1, on linear RGB)."""
    kinds = (
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    )
    solid = p.palette(theme).solid
    for kind in kinds:
        seen = [np.array(kind) @ (np.array(p.rgb(solid[r])) / 255) ** 2.2 for r in ("target", "foil")]
        assert np.abs(seen[0] - seen[1]).max() > 0.25


def test_middle_is_neutral_and_ends_are_clamped():
    scale = p.signed_scale(2.0, "light")
    assert scale.colour(0) == p.LIGHT.neutral
    assert scale.colour(5) == scale.colour(2) == p.LIGHT.ramps["target"][-1]
    assert scale.colour(-9) == p.LIGHT.ramps["foil"][-1]


@pytest.mark.parametrize("limit", [0.0, float("nan"), float("inf")])
def test_a_scale_of_nothing_still_works(limit):
    assert p.signed_scale(limit, "dark").stops[-1] == 1.0


def test_largest_ignores_what_is_no_number():
    assert p.largest([np.nan, -3.0, 2.0]) == 3.0
    assert p.largest([]) == p.largest([np.nan]) == 0.0
