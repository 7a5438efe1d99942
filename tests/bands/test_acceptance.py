"""The acceptance list for thermal images, through meshes and the whole renderer, with the library's own tables.

Source of the numbers: reference/infrared.md part 5 (1 to 7), computed there with CODATA constants and LOWTRAN7.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pxr import Gf, Usd, UsdGeom, UsdLux

from engine.render.buffers import Aov, RenderSettings
from engine.render.frame import FrameRenderer
from engine.stage.reader import StageReader
from sensors.atmosphere import TERMS
from sensors.bands import find_band, surface_column
from sensors.material_table import find_material, tokens
from sensors.sky import clear_emissivity
from tests.bands.stages import box, camera, new_stage, number, plane, render, surface

US76 = {"vapour": 5.9, "kelvin": 288.2}  # g/m3, air at the ground
COSINES = np.linspace(0.0, 1.0, 129)
DOWN = ((0, 0, 5), (0, 0, 0), (0, 1, 0))


def us76_sky(name: str) -> tuple[Any, Any]:
    """The clear sky by cosine of the zenith angle."""
    band = find_band(name)
    return COSINES, clear_emissivity(band, US76["vapour"], COSINES) * float(band.radiance(US76["kelvin"]))


def us76_air(name: str, kelvin: float) -> tuple[Any, Any, float]:
    """Weights, coefficients in 1/m and temperature of the air."""
    terms, w = TERMS[find_band(name).air], US76["vapour"]
    return [weight for weight, _ in terms], [(a + b * w + c * w * w) / 1000 for _, (a, b, c) in terms], kelvin


def of_material(token: str, name: str) -> dict[str, Any]:
    """What a surface of a material is in a band."""
    material = find_material(token)
    return {
        "emissivities": [float(value) for value in material.emissivity_table(surface_column(find_band(name)))],
        "specular": material.specular,
        "roughness": 0.02,
    }


def kelvin_of(name: str, radiance: np.ndarray | float) -> Any:
    return find_band(name).temperature(radiance)


def test_a_black_body_in_four_bands_at_once() -> None:
    expected = {"lwir": 54.933, "lwir_7_13": 55.492, "lwir_8_12": 38.500, "mwir": 1.8660}
    stage = new_stage(**{name: {"sky": 1.0} for name in expected})
    plane(stage, "/World/Plate", 10, kelvin=300.0, **{name: {"emissivity": 1.0} for name in expected})
    image = render(stage, camera(stage, *DOWN), band_samples=1)
    for column, (name, radiance) in enumerate(sorted(expected.items())):
        assert np.abs(image[..., column] / radiance - 1).max() < 5e-5
        assert np.abs(kelvin_of(name, image[..., column]) - 300.0).max() < 5e-3


def test_metal_is_cold_under_the_sky_and_as_warm_as_a_room() -> None:
    """Emissivity .1: more than 60 K below ambient in LWIR, 26 K in MWIR, under the same weather."""
    metal: dict[str, Any] = {"emissivity": 0.1}
    stage = new_stage(lwir={"sky": 12.168}, mwir={"sky": 0.518})
    plane(stage, "/World/Plate", 10, kelvin=300.0, lwir=metal, mwir=metal)
    lwir, mwir = render(stage, camera(stage, *DOWN), band_samples=4).reshape(-1, 2).mean(axis=0)
    assert kelvin_of("lwir", lwir) == pytest.approx(236.463, abs=0.05)
    assert kelvin_of("mwir", mwir) == pytest.approx(273.454, abs=0.05)
    box(stage, "/World/Room", 20, kelvin=300.0, lwir={"emissivity": 0.9}, mwir={"emissivity": 0.9})
    seen = render(stage, camera(stage, *DOWN), band_samples=4)
    for column, name in enumerate(("lwir", "mwir")):
        assert np.abs(kelvin_of(name, seen[..., column]) - 300.0).max() < 0.005


@pytest.mark.parametrize(("emissivity", "bounces"), [(0.95, 4), (0.5, 14), (0.2, 42)])
@pytest.mark.parametrize("size", [12, pytest.param(160, marks=pytest.mark.slow)])
def test_a_furnace_of_meshes(emissivity: float, bounces: int, size: int) -> None:
    """A closed cube with things in it, all of 300 K: 54.933 from everywhere, in every pixel."""
    values: dict[str, Any] = {"emissivity": emissivity, "specular": 0.4, "grazing": 0.6}
    stage = new_stage(lwir={"sky": 5.0})
    box(stage, "/World/Furnace", 4, kelvin=300.0, lwir=values)
    UsdGeom.XformCommonAPI(
        UsdGeom.Xformable(box(stage, "/World/Thing", 1, kelvin=300.0, lwir={**values, "emissivity": 0.3}))
    ).SetRotate(Gf.Vec3f(30, 20, 10))
    for place, target in (((1.2, 0.9, 0.8), (0, 0, 0)), ((-1.9, 1.5, 0), (0, 0, -2))):
        path = camera(stage, place, target, degrees=70)
        image = render(stage, path, size=size, band_samples=4, band_bounces=bounces)
        assert np.abs(image / 54.93346 - 1).max() < 1e-3


@pytest.mark.parametrize("reflectance", [0.2, pytest.param(0.8, marks=pytest.mark.slow)])
def test_an_integrating_sphere(reflectance: float) -> None:
    """What is only reflected adds up too: a lamp amid a sphere gives L = rho E / (pi (1 - rho)), E = P / (4 pi r^2)."""
    stage = new_stage(nir850={})
    made = UsdGeom.Sphere.Define(stage, "/World/Sphere")
    made.CreateRadiusAttr(2.0)
    surface(made.GetPrim(), 300.0, nir850={"reflectance": reflectance})
    number(UsdLux.SphereLight.Define(stage, "/World/Lamp").GetPrim(), "band:nir850:power", 1.0)
    path = camera(stage, (0.6, 0.2, 0.1), (0, 2, 0), degrees=90)
    image = render(stage, path, size=12, band_samples=32, band_bounces=6 if reflectance < 0.5 else 30)
    expected = reflectance / (4 * np.pi * 4.0) / (np.pi * (1 - reflectance))
    assert image.mean() == pytest.approx(expected, rel=1e-2)


def test_isothermal_air_hides_nothing_and_adds_nothing() -> None:
    """Object, air and surroundings of one temperature: the same at any range, to 1e-6."""
    band = find_band("lwir")
    level = float(band.radiance(288.15))
    for metres in (1.0, 50.0, 1000.0, 20000.0):
        stage = new_stage(lwir={"sky": level, "air": us76_air("lwir", 288.15)})
        plane(stage, "/World/Plate", metres * 4, kelvin=288.15, lwir={"emissivity": 0.6, "specular": 0.3})
        image = render(stage, camera(stage, (0, 0, metres), (0, 0, 0), (0, 1, 0)), band_samples=4)
        assert np.abs(image / level - 1).max() < 1e-6


@pytest.mark.parametrize(
    ("token", "degrees", "kelvin"),
    [("water", 0, 299.40), ("water", 60, 297.91), ("water", 80, 288.39),
     ("clear_glass", 0, 294.03), ("clear_glass", 60, 290.35), ("clear_glass", 80, 281.42)],
)  # fmt: skip
def test_smooth_surfaces_by_angle(token: str, degrees: float, kelvin: float) -> None:
    """300 K under the clear sky of US Standard 1976, 7.5-13.5 um."""
    name, angle = "lwir_7_13", np.radians(degrees)
    stage = new_stage(**{name: {"sky": us76_sky(name)}})
    plane(stage, "/World/Water", 4000, kelvin=300.0, **{name: {**of_material(token, name), "roughness": 0.0}})
    place = (0, -50 * np.sin(angle), 50 * np.cos(angle))
    path = camera(stage, place, (0, 0, 0), (0, 1, 0.01), degrees=0.1)
    assert kelvin_of(name, render(stage, path, size=8, band_samples=4).mean()) == pytest.approx(kelvin, abs=0.3)


def ball(stage: Usd.Stage, token: str) -> np.ndarray:
    """Kelvin along a row of pixels from the rim of a ball to its centre, under a cold sky all round."""
    made = UsdGeom.Sphere.Define(stage, f"/World/{token}")
    made.CreateRadiusAttr(1.0)
    surface(made.GetPrim(), 300.0, lwir=of_material(token, "lwir"))
    image = render(stage, camera(stage, (0, 0, 10), (0, 0, 0), (0, 1, 0), degrees=12), size=41, band_samples=16)
    stage.RemovePrim(made.GetPath())
    return np.asarray(kelvin_of("lwir", image[20, :, 0]))


def test_the_rim_of_a_ball() -> None:
    """Dielectrics look colder at the rim, metals closer to their temperature."""
    stage = new_stage(lwir={"sky": 12.168})
    water, metal = ball(stage, "water"), ball(stage, "aluminum")
    rim = int(np.flatnonzero(water > 235)[0]) + 1  # the first pixel that is all ball
    assert water[20] > 298
    assert water[rim] < water[20] - 3
    assert metal[20] < 240
    assert metal[rim] > metal[20] + 3


@pytest.mark.parametrize(
    ("metres", "kelvin", "transmission"), [(100.0, 308.90, 0.9447), (500.0, 307.27, 0.8643), (1000.0, 306.03, 0.8035)]
)
def test_a_black_body_through_air(metres: float, kelvin: float, transmission: float) -> None:
    """310 K through US Standard 1976 at 288.15 K; transmissions by LOWTRAN7."""
    stage = new_stage(lwir={"sky": 12.0, "air": us76_air("lwir", 288.15)})
    plane(stage, "/World/Plate", metres, kelvin=310.0, lwir={"emissivity": 1.0})
    path = camera(stage, (0, 0, metres), (0, 0, 0), (0, 1, 0), degrees=1)
    assert np.abs(kelvin_of("lwir", render(stage, path, band_samples=4)) - kelvin).max() < 0.15
    assert np.abs(render(stage, path, Aov.BAND_CLEAR) - transmission).max() < 0.011


def test_every_material_closes_and_is_read_as_it_is() -> None:
    """Emissivities towards the camera are the table's at every angle, and what is left is reflected."""
    name = "lwir"
    stage = new_stage(**{name: {"sky": 12.0}})
    known = [token for token in tokens() if find_material(token).emissivity.get("lwir") is not None]
    assert len(known) > 40
    for place, token in enumerate(known):
        prim = plane(stage, f"/World/{token}", 1, kelvin=300.0, **{name: of_material(token, name)})
        UsdGeom.XformCommonAPI(UsdGeom.Xformable(prim)).SetTranslate(Gf.Vec3d(place % 8 - 3.5, place // 8 - 3, 0))
    for degrees in (0, 70):
        angle = np.radians(degrees)
        eye = np.array([0, -60 * np.sin(angle), 60 * np.cos(angle)])
        path = camera(stage, eye, (0, 0, 0), (0, 1, 0.01), degrees=9)
        reader = StageReader(stage)
        wanted = frozenset({Aov.BAND_EMISSIVITY, Aov.POSITION, Aov.INSTANCE})
        found = FrameRenderer().render(reader.snapshot(), reader.camera(path, 64, 64), wanted, 1, RenderSettings())
        seen, position, hit = found[Aov.BAND_EMISSIVITY][..., 0], found[Aov.POSITION], found[Aov.INSTANCE]
        away = eye - position
        cosine = away[..., 2] / np.linalg.norm(away, axis=-1)

        for place, token in enumerate(known):
            mask = hit == place
            assert mask.sum() >= 4
            expected = find_material(token).emissivity_at("lwir", cosine[mask])
            assert np.abs(seen[mask] - expected).max() < 2e-4
