"""What materials become in each band, beside the library's own functions and the reference's numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pxr import Sdf, Usd, Vt

from engine.stage.bands import read_surfaces
from engine.stage.complaints import Complaints
from scenes.infrared.band_values import band_surface
from scenes.infrared.materials import material_of
from sensors.bands import BANDS
from sensors.checks import SensorError
from sensors.material_table import UnknownMaterial, find_material, material_of_label, tokens
from sensors.materials import COLUMNS
from sensors.near_infrared import luminance, reflectance
from tests.infrared_usd.hand_written import author


class Silence(Complaints):
    """Take a complaint of the engine as a failure."""

    def warn(self, message: str) -> None:
        """Fail."""
        raise AssertionError(message)


# What the engine's band surfaces make of the values: the formula of their own docstrings, written again here.
def reflected(values: dict[str, Any], cosine: float, visible: float) -> float:
    """Return the reflectance that a tracer computes from the plain numbers at an angle over a base colour."""
    through = values.get("transmittance", 0.0)
    if "luminance" in values:
        a, b = values["luminance"]
        return min(max(a + b * visible, 0.02), 0.95, 1.0 - through)
    if "reflectance" in values:
        return float(values["reflectance"])
    curve = values.get("emissivities", (values["emissivity"],) * 2)
    return float(1.0 - through - np.interp(cosine, np.linspace(0, 1, len(curve)), curve))


@pytest.mark.parametrize("token", tokens()[:-1])
def test_band_values_are_the_librarys(token: str) -> None:
    """For each of the 47 tokens and each band, at several angles and colours: both ways give one reflectance."""
    for coating in ("none", "paint", "clearcoat"):
        material = find_material(token, coating)
        for column in COLUMNS:
            values = band_surface(material, column)
            assert 0.0 <= values["specular"] <= 1.0 and 0.0 < values["roughness"] <= 1.0
            if column in ("lwir", "mwir"):
                for cosine in (1.0, 0.5, 0.17, 0.0):
                    expected = 1.0 - values["transmittance"] - material.emissivity_at(column, cosine)
                    assert reflected(values, cosine, 0.0) == pytest.approx(float(expected), abs=2e-3)
                continue
            for visible in (0.0, 0.05, 0.2, 0.9):
                expected = float(reflectance(material, BANDS[column], visible))
                assert reflected(values, 1.0, visible) == pytest.approx(expected, abs=1e-6)


def test_band_values_of_known_surfaces() -> None:
    """Numbers of the reference: water at grazing angles, aluminium rising, windows in NIR, foliage over paint, signs."""
    water = band_surface(find_material("water"), BANDS["lwir_7_13"])
    curve = np.array(water["emissivities"])
    at = np.interp([1.0, 0.5, np.cos(np.radians(80))], np.linspace(0, 1, len(curve)), curve)
    assert at == pytest.approx([0.988, 0.953, 0.673], abs=2e-3)  # reference 1.2
    assert (water["specular"], water["roughness"]) == (1.0, 0.02)
    metal = np.array(band_surface(find_material("aluminum"), "lwir")["emissivities"])
    assert metal[len(metal) // 5] > 1.15 * metal[-1]
    glass = band_surface(find_material("clear_glass"), "nir850")
    assert (glass["transmittance"], glass["reflectance"], glass["specular"]) == (0.85, pytest.approx(0.08), 1.0)
    green = float(luminance(np.array([0.05, 0.12, 0.04])))
    leaf = reflected(band_surface(find_material("leaf_grass"), "nir850"), 1.0, green)
    paint = reflected(band_surface(find_material("steel", "paint"), "nir850"), 1.0, green)
    assert leaf == pytest.approx(0.413 + 0.55 * green) and paint == pytest.approx(0.142 + 0.81 * green)
    sign = find_material("aluminum", "paint", ("retroreflective",))
    assert band_surface(sign, "nir940")["retro"] == 300.0 and "retro" not in band_surface(sign, "lwir")
    plastic = band_surface(find_material("plastic"), "nir850")
    assert plastic["specular"] == pytest.approx(0.04 / 0.5)  # a body of its own colour below a face that mirrors 4 %


def test_authored_reflectance_is_constant(stage: Usd.Stage) -> None:
    """A near-infrared reflectance that a scene gives is not varied by the texture."""
    author(stage, "/World/Plain", "ir:reflectance:nir850", 0.33)
    with pytest.warns(UnknownMaterial, match="/World/Plain: no material data"):
        material, source = material_of(stage.GetPrimAtPath("/World/Plain"))
    assert source == "ir"
    assert band_surface(material, "nir850")["reflectance"] == pytest.approx(0.33)
    assert band_surface(material, "nir940")["luminance"] == (0.137, 0.83)
    assert reflectance(material, BANDS["nir850"], [0.0, 0.9]) == pytest.approx([0.33, 0.33])


def test_unknown_band() -> None:
    """A band that does not exist is named with the nearest."""
    with pytest.raises(SensorError, match="band 'lwirr' is unknown; did you mean 'lwir'"):
        band_surface(find_material("steel"), "lwirr")


@pytest.mark.parametrize("token", tokens()[:-1])
def test_the_engine_reads_the_values_without_complaint(token: str) -> None:
    """What the tracer's reader makes of the attributes is what was meant, and closes: eps + rho + tau = 1."""
    stage = Usd.Stage.CreateInMemory()
    for coating in ("none", "paint", "clearcoat"):
        for attributes in ((), ("visually_transparent",), ("retroreflective",)):
            material = find_material(token, coating, attributes)
            prim = stage.DefinePrim(f"/{coating}_{'_'.join(attributes) or 'plain'}", "Material")
            wanted = {column: band_surface(material, column) for column in COLUMNS}
            for column, values in wanted.items():
                for key, value in values.items():
                    kind = Sdf.ValueTypeNames.FloatArray if isinstance(value, tuple) else Sdf.ValueTypeNames.Float
                    given = Vt.FloatArray(value) if isinstance(value, tuple) else value
                    prim.CreateAttribute(f"band:{column}:{key}", kind).Set(given)
            surfaces = read_surfaces(prim, Usd.TimeCode.Default(), Silence())
            assert set(surfaces) == set(COLUMNS)
            for column, surface in surfaces.items():
                assert {key: getattr(surface, key) for key in wanted[column]} == {
                    key: pytest.approx(value, abs=1e-6) for key, value in wanted[column].items()
                }


def test_coats_and_glazes_keep_their_patterns() -> None:
    """Black fur is lighter in near infrared than to the eye and darker than white fur; a white mug is no black one."""
    fur = band_surface(find_material("fur_hair"), "nir850")
    black, white = (reflected(fur, 1.0, visible) for visible in (0.03, 0.7))
    assert 0.1 < black < 0.3 and white > 0.6 and white / black < 0.7 / 0.03
    mug = material_of_label("mug")
    assert mug is not None and mug.emissivity["lwir"] == pytest.approx(0.92)
    assert reflected(band_surface(mug, "nir850"), 1.0, 0.8) > 0.7
