"""Acceptance 3 and 6: energy closure, emissivity by angle; materials by token, alias, label and name."""

import numpy as np
import pytest

from sensors import fresnel
from sensors.bands import BANDS, MissingBandData
from sensors.checks import SensorError
from sensors.material_table import (
    COATINGS,
    UnknownMaterial,
    aliases,
    find_material,
    labels,
    material_of_label,
    material_of_words,
    resolve,
    tokens,
)
from sensors.materials import COLUMNS
from sensors.sky import clear_emissivity

AUTHORED = "calibration_lambertian"
COSINES = np.linspace(0.0, 1.0, 181)
SMOOTH = {  # token, column: emissivity at 0, 60, 80 degrees and over the hemisphere (reference 1.2)
    ("water", "lwir"): (0.988, 0.953, 0.673, 0.945),
    ("water", "mwir"): (0.981, 0.942, 0.656, 0.935),
    ("ice", "lwir"): (0.974, 0.930, 0.636, 0.925),
    ("plastic", "lwir"): (0.942, 0.889, 0.594, 0.889),
}


def test_the_tokens_are_nvidia_s() -> None:
    assert len(tokens()) == 48
    for number, token in ((0, "none"), (1, "aluminum"), (9, "oxidized_Bronze_Patina"), (24, "asphalt"), (47, AUTHORED)):
        assert tokens()[number] == token


@pytest.mark.parametrize("token", [t for t in tokens() if t != AUTHORED])
def test_energy_is_conserved_at_every_angle(token: str) -> None:
    for coating in COATINGS:
        for attributes in ((), ("visually_transparent",), ("retroreflective",)):
            material = find_material(token, coating, attributes)
            for column in material.emissivity:
                parts = [
                    f(column, COSINES)
                    for f in (material.emissivity_at, material.reflectance_at, material.transmittance_at)
                ]
                assert np.max(np.abs(sum(parts) - 1.0)) <= 1e-6
                assert min(p.min() for p in parts) >= -1e-9, (token, coating, column)


@pytest.mark.parametrize(
    ("surface", "expected"), SMOOTH.items(), ids=lambda x: "-".join(x) if isinstance(x[0], str) else ""
)
def test_emissivity_falls_with_the_angle_as_fresnel_says(surface: tuple[str, str], expected: tuple[float, ...]) -> None:
    material, column = find_material(surface[0]), surface[1]
    at = material.emissivity_at(column, np.cos(np.radians([0.0, 60.0, 80.0])))
    assert at == pytest.approx(expected[:3], abs=0.004)
    assert material.hemispherical_emissivity(column) == pytest.approx(expected[3], abs=0.004)


def test_metals_rise_towards_grazing() -> None:
    """Clean iron, 7.5-13.5 um: 0.033, 0.041, 0.088, hemisphere 0.042 (Ordal); aluminium 0.012, 0.015, 0.035, 0.016."""
    cosines = np.cos(np.radians([60.0, 80.0]))
    middles = fresnel.midpoint_cosines(2048)
    for normal, at_60, at_80, whole in ((0.033, 0.041, 0.088, 0.042), (0.012, 0.015, 0.035, 0.016)):
        assert normal * fresnel.metal_shape(cosines, normal) == pytest.approx([at_60, at_80], rel=0.12)
        assert normal * fresnel.hemispherical(fresnel.metal_shape(middles, normal)) == pytest.approx(whole, rel=0.08)
    steel = find_material("steel").emissivity_at("lwir", np.cos(np.radians([0.0, 40.0, 60.0, 80.0])))
    assert np.all(np.diff(steel) > 0)


def test_fresnel_is_exact_where_it_is_known() -> None:
    assert fresnel.fresnel_emissivity(1.5, 1.0) == pytest.approx(1 - 0.2**2 / 1.0)
    brewster = np.cos(np.arctan(1.5))
    assert fresnel.fresnel_emissivity(1.5, brewster) == pytest.approx(1 - 0.5 * np.cos(2 * np.arctan(1.5)) ** 2)
    assert fresnel.fresnel_emissivity(1.5, 0.0) == pytest.approx(0.0)
    assert fresnel.fresnel_emissivity(complex(100.0, 100.0), 1.0) == pytest.approx(0.0198, abs=1e-4)


@pytest.mark.parametrize(("token", "angle", "kelvin"), [
    ("water", 0, 299.40), ("water", 60, 297.91), ("water", 80, 288.39),
    ("clear_glass", 0, 294.03), ("clear_glass", 60, 290.35), ("clear_glass", 80, 281.42),
])  # fmt: skip
def test_a_smooth_plane_under_the_sky_reads_as_the_reference_says(token: str, angle: float, kelvin: float) -> None:
    """Acceptance 6: 300 K, 7.5-13.5 um, US 76 sky at the mirror angle (table 1.3)."""
    band = BANDS["lwir_7_13"]
    cosine = np.cos(np.radians(angle))
    sky = float(clear_emissivity(band, 5.9, cosine) * band.radiance(288.15))
    assert sky == pytest.approx({0: 11.77, 60: 16.41, 80: 25.9}[angle], rel=0.02)
    eps = float(find_material(token).emissivity_at("lwir", cosine))
    apparent = float(band.temperature(eps * band.radiance(300.0) + (1 - eps) * sky))
    assert apparent == pytest.approx(kelvin, abs=0.3)


def test_coatings_hide_metal_and_keep_the_higher_value_elsewhere() -> None:
    assert find_material("steel", "paint").emissivity["lwir"] == 0.92
    assert find_material("steel", "clearcoat").lobe == "s"
    assert find_material("skin", "paint").emissivity["lwir"] == 0.98
    assert not find_material("aluminum", "paint").is_metal
    assert "nir850" not in find_material("steel", "paint").emissivity  # the rule for paint decides


def test_other_names() -> None:
    assert find_material("METAL").token == "steel"
    assert find_material("AsphaltStandardMaterial").token == "asphalt"
    assert find_material("RetroSign").retroreflective
    assert find_material("oxidized_bronze_patina").token == "oxidized_Bronze_Patina"
    for name in aliases():
        assert find_material(name).token in tokens()
    for label in labels():
        found = material_of_label(label)
        assert found is not None and found.token in tokens()
    assert material_of_label("unicorn") is None
    assert material_of_words("M_Old_Asphalt_02").token == "asphalt"  # type: ignore[union-attr]
    assert material_of_words("SM_DeadLeafGrass").token == "dead_leaf_grass"  # type: ignore[union-attr]
    assert material_of_words("Cube_12") is None


def test_the_best_source_counts() -> None:
    stone = find_material("stone")
    assert resolve("/p", token="wood", external=stone, label="cow")[1] == "token"
    assert resolve("/p", external=stone, label="cow") == (stone, "external")
    assert resolve("/p", token="none", label="cow")[0].token == "fur_hair"
    with pytest.warns(UnknownMaterial, match=r"/p: .* taken as 'asphalt' from the name 'Asphalt_1'"):
        assert resolve("/p", name="Asphalt_1")[1] == "name"
    with pytest.warns(UnknownMaterial, match=r"/p: no material data; using emissivity 0.92"):
        assert resolve("/p")[1] == "default"
    with pytest.warns(UnknownMaterial, match=r"/p: non-visual material 'wod' is unknown; did you mean 'wood'\?"):
        assert resolve("/p", token="wod", label="cow")[1] == "label"


def test_unknown_names_are_refused_with_the_nearest() -> None:
    with pytest.raises(SensorError, match=r"non-visual material 'asphlt' is unknown; did you mean 'asphalt'\?"):
        find_material("asphlt")
    with pytest.raises(SensorError, match=r"non-visual coating 'pant' is unknown; did you mean 'paint'\?"):
        find_material("steel", "pant")
    with pytest.raises(SensorError, match=r"non-visual attribute 'emisive' is unknown; did you mean 'emissive'\?"):
        find_material("steel", attributes=("emisive",))


def test_of_many_names_the_nearest_are_listed() -> None:
    with pytest.raises(SensorError, match=r"'asphlt' is unknown; .*of \d\d+ the most like it: asphalt, ") as caught:
        find_material("asphlt")
    assert len(str(caught.value)) < 300
    with pytest.raises(SensorError, match=r"known: clearcoat, none, paint, paint_clearcoat"):
        find_material("steel", "pant")


@pytest.mark.parametrize("label", ["steel", "Brick", "clear_glass"])
def test_a_label_that_is_a_token(label: str) -> None:
    found = material_of_label(label)
    assert found is not None
    assert found.token == label.lower()
    assert resolve("/p", label=label) == (found, "label")
    assert material_of_label("none") is None
    assert material_of_label("default") is None
    assert material_of_label("flying_saucer") is None


def test_authored_values() -> None:
    steel = find_material("steel")
    assert steel.authored("/p", emissivity={"lwir": 0.5}).reflectance_at("lwir", 1.0) == pytest.approx(0.5)
    assert steel.authored("/p", reflectance={"nir850": 0.3}).emissivity["nir850"] == pytest.approx(0.7)
    both = steel.authored("/p", {"mwir": 0.6}, {"mwir": 0.3}, solar_absorptance=0.2)
    assert (both.emissivity["mwir"], both.transmittance["mwir"], both.solar_absorptance) == pytest.approx(
        (0.6, 0.1, 0.2)
    )
    with pytest.raises(SensorError, match=r"/p: lwir: emissivity 0.9 \+ reflectance 0.3 .* = 1.2; expected at most 1"):
        steel.authored("/p", {"lwir": 0.9}, {"lwir": 0.3})
    with pytest.raises(SensorError, match=r"/p: lwir: emissivity: is 1.2; expected a number from 0 to 1"):
        steel.authored("/p", {"lwir": 1.2})


def test_what_must_be_authored_warns() -> None:
    with pytest.warns(MissingBandData, match=rf"material '{AUTHORED}' \(.*\) has no emissivity in lwir; using 0.92"):
        find_material(AUTHORED).normal_emissivity("lwir")
    assert set(find_material("wood").emissivity) == set(COLUMNS)
