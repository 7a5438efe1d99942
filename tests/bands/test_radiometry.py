"""Radiance through the whole renderer against closed forms: plates, furnace, view factors, angle, air."""

from __future__ import annotations

import numpy as np
import pytest

from engine.render.buffers import Aov
from tests.bands.stages import apparent, box, camera, disc, new_stage, planck, plane, render

SKY = {"lwir": 12.168, "mwir": 0.518}  # US Standard 1976, zenith


@pytest.mark.parametrize(("band", "radiance"), [("lwir", 54.93346), ("mwir", 1.865956)])
def test_a_black_body_fills_the_picture(band: str, radiance: float) -> None:
    stage = new_stage(**{band: {"sky": SKY[band]}})
    plane(stage, "/World/Plate", 10, kelvin=300.0, **{band: {"emissivity": 1.0}})
    image = render(stage, camera(stage, (0, 0, 5), (0, 0, 0), (0, 1, 0)), band_samples=1)
    assert image.shape == (16, 16, 1)
    assert np.abs(image / radiance - 1).max() < 1e-4


@pytest.mark.parametrize(
    ("band", "emissivity", "radiance", "kelvin"),
    [("lwir", 0.95, 52.795, 297.417), ("lwir", 0.9, 50.657, 294.771), ("lwir", 0.5, 33.551, 270.601),
     ("lwir", 0.1, 16.445, 236.463), ("mwir", 0.1, 0.6528, 273.454)],
)  # fmt: skip
@pytest.mark.parametrize("specular", [0.0, 1.0])
def test_a_grey_plate_mirrors_the_sky(
    band: str, emissivity: float, radiance: float, kelvin: float, specular: float
) -> None:
    stage = new_stage(**{band: {"sky": SKY[band]}})
    plane(stage, "/World/Plate", 10, kelvin=300.0, **{band: {"emissivity": emissivity, "specular": specular}})
    image = render(stage, camera(stage, (0, 0, 5), (0, 0, 0), (0, 1, 0)), band_samples=4)
    assert image.mean() == pytest.approx(radiance, rel=5e-4)
    assert apparent(image.mean(), band) == pytest.approx(kelvin, abs=0.02)


@pytest.mark.parametrize("emissivity", [0.95, 0.5, 0.2])
@pytest.mark.parametrize("specular", [0.0, 0.7])
def test_a_furnace_is_flat(emissivity: float, specular: float) -> None:
    """A closed cube of one temperature has that temperature's radiance from every place, whatever its surface."""
    stage = new_stage(lwir={"sky": 0.0})
    box(stage, "/World/Furnace", 4, kelvin=300.0, lwir={"emissivity": emissivity, "specular": specular, "grazing": 0.8})
    for place, target in (((0.5, 0.3, 0.2), (2, 2, 1)), ((-1.9, 1.5, 0), (0, 0, -2))):
        image = render(stage, camera(stage, place, target, degrees=70), band_samples=4, band_bounces=14)
        assert np.abs(image / 54.93346 - 1).max() < 1e-3


def test_a_furnace_needs_bounces_where_the_last_surface_is_not_black() -> None:
    """Half of the walls at 320 K: what is left out by short paths is bounded by the reflected share to their power."""

    def wall(bounces: int) -> float:
        stage = new_stage(lwir={"sky": 0.0})
        box(stage, "/World/Furnace", 4, kelvin=300.0, lwir={"emissivity": 0.5})
        plane(stage, "/World/Hot", 3.9, height=-1.9, kelvin=320.0, lwir={"emissivity": 0.5})
        path = camera(stage, (0, 0, 0), (0, 0, 2), (0, 1, 0), degrees=20)
        return float(render(stage, path, band_samples=64, band_bounces=bounces).mean())

    deep, shallow = wall(12), wall(1)
    assert abs(shallow - deep) > 0.3
    assert abs(wall(6) - deep) < 0.15


def test_parallel_plates_exchange() -> None:
    """320 K eps .9 over 300 K eps .5, diffuse: radiosities 72.262 and 63.598 (two equations, two unknowns)."""
    stage = new_stage(lwir={"sky": 0.0})
    plane(stage, "/World/Low", 2000, height=0.0, kelvin=320.0, lwir={"emissivity": 0.9})
    plane(stage, "/World/High", 2000, height=1.0, kelvin=300.0, lwir={"emissivity": 0.5})
    down = render(stage, camera(stage, (0, 0, 0.5), (0, 0, 0), (0, 1, 0)), size=32, band_samples=64, band_bounces=10)
    up = render(stage, camera(stage, (0, 0, 0.5), (0, 0, 1), (0, 1, 0)), size=32, band_samples=64, band_bounces=10)
    assert down.mean() == pytest.approx(72.262, rel=3e-3)
    assert up.mean() == pytest.approx(63.598, rel=3e-3)


@pytest.mark.parametrize(("ratio", "radiance"), [(1.0, 18.306), (0.5, 7.3225)])
def test_a_disc_warms_what_is_below(ratio: float, radiance: float) -> None:
    """A black disc of 320 K over a cold Lambert plate of reflectance .5: .5 * 73.2245 * r^2/(r^2+h^2) below its centre."""
    stage = new_stage(lwir={"sky": 0.0})
    disc(stage, "/World/Disc", radius=ratio * 2.0, height=2.0, kelvin=320.0, lwir={"emissivity": 1.0})
    plane(stage, "/World/Plate", 20, kelvin=180.0, lwir={"emissivity": 0.5})
    own = 0.5 * planck(180.0)
    path = camera(stage, (0, 0, 1.0), (0, 0, 0), (0, 1, 0), degrees=2)
    image = render(stage, path, size=32, band_samples=64, band_bounces=1)
    assert image.mean() - own == pytest.approx(radiance, rel=1e-2)


def test_air_dims_and_glows() -> None:
    """310 K black body, air at 288.15 K; three terms of a k-distribution."""
    weights, rates = (0.7632, 0.1896, 0.0472), (9.1e-5, 7.6e-4, 0.0172)
    for metres in (100.0, 500.0, 1000.0):
        stage = new_stage(lwir={"sky": 12.0, "air": (weights, rates, 288.15)})
        plane(stage, "/World/Plate", 4000, kelvin=310.0, lwir={"emissivity": 1.0})
        image = render(stage, camera(stage, (0, 0, metres), (0, 0, 0), (0, 1, 0), degrees=1), band_samples=1)
        clear = sum(w * np.exp(-k * metres) for w, k in zip(weights, rates, strict=True))
        expected = clear * planck(310.0) + (1 - clear) * planck(288.15)
        assert np.abs(image / expected - 1).max() < 1e-4


def test_isothermal_air_is_invisible() -> None:
    for metres in (10.0, 1000.0):
        stage = new_stage(lwir={"sky": planck(288.15), "air": ((0.6, 0.4), (0.001, 0.02), 288.15)})
        plane(stage, "/World/Plate", 40000, kelvin=288.15, lwir={"emissivity": 0.6})
        image = render(stage, camera(stage, (0, 0, metres), (0, 0, 0), (0, 1, 0)), band_samples=4)
        assert np.abs(image / planck(288.15) - 1).max() < 1e-5


def test_emissivity_falls_towards_grazing() -> None:
    """eps(theta) = eps - f eps (1 - cos theta)^5 and a table of it give the same mirror plane."""
    f, eps, sky = 0.8, 0.95, 12.168
    cosines = np.linspace(0, 1, 257)
    table = eps - f * eps * (1 - cosines) ** 5
    for degrees in (0, 60, 80):
        angle = np.radians(degrees)
        expected = (e := eps - f * eps * (1 - np.cos(angle)) ** 5) * planck(300.0) + (1 - e) * sky
        for values in ({"emissivity": eps, "grazing": f}, {"emissivities": table.tolist()}):
            stage = new_stage(lwir={"sky": sky})
            plane(stage, "/World/Water", 4000, kelvin=300.0, lwir={**values, "specular": 1.0, "roughness": 0.02})
            place = (0, -50 * np.sin(angle), 50 * np.cos(angle))
            image = render(stage, camera(stage, place, (0, 0, 0), (0, 1, 0.01), degrees=0.1), size=4, band_samples=1)
            assert image.mean() == pytest.approx(expected, rel=1e-3)


def test_the_sky_has_its_angles() -> None:
    """A mirror shows the sky of the mirror angle; what is below the horizon is ground."""
    stage = new_stage(lwir={"sky": ([0.0, 0.5, 1.0], [40.0, 16.7, 12.2]), "ground": 33.0})
    plane(stage, "/World/Mirror", 4000, kelvin=180.0, lwir={"emissivity": 0.0, "specular": 1.0, "roughness": 0.0})
    place = (0, -50 * np.sin(np.pi / 3), 50 * np.cos(np.pi / 3))
    at = render(stage, camera(stage, place, (0, 0, 0), degrees=0.1), size=4, band_samples=16)
    assert at.mean() == pytest.approx(16.7, rel=0.02)
    down = render(stage, camera(stage, (0, 0, -1), (0, 0, -2), (0, 1, 0)), size=4, band_samples=1)
    assert down == pytest.approx(33.0)


def test_a_warm_patch_on_a_mesh() -> None:
    """Kelvin by vertex: linear over a triangle."""
    stage = new_stage(lwir={"sky": 0.0})
    from pxr import Sdf, UsdGeom

    prim = plane(stage, "/World/Plate", 2, kelvin=300.0, lwir={"emissivity": 1.0})
    warmer = UsdGeom.PrimvarsAPI(prim).CreatePrimvar("band:temperatureOffset", Sdf.ValueTypeNames.FloatArray, "vertex")
    warmer.Set([0.0, 10.0, 10.0, 0.0])
    kelvin = render(stage, camera(stage, (0, 0, 5), (0, 0, 0), (0, 1, 0), degrees=10), Aov.BAND_KELVIN, size=9)
    assert kelvin[4, 4] == pytest.approx(305.0, abs=1e-3)
    slope = np.diff(kelvin[4]).mean() / (2 * 5 * np.tan(np.radians(5)) / 9)
    assert slope == pytest.approx(5.0, rel=1e-3)


def test_what_is_true_of_surfaces() -> None:
    stage = new_stage(lwir={"air": ((1.0,), (0.01,), 288.0)}, mwir={})
    plane(stage, "/World/Plate", 2, kelvin=301.5, lwir={"emissivity": 0.7}, mwir={"reflectance": 0.4})
    path = camera(stage, (0, 0, 10), (0, 0, 0), (0, 1, 0), degrees=30)
    kelvin, emissivity, clear = (
        render(stage, path, aov, size=9) for aov in (Aov.BAND_KELVIN, Aov.BAND_EMISSIVITY, Aov.BAND_CLEAR)
    )
    assert kelvin[4, 4] == pytest.approx(301.5)
    assert emissivity[4, 4] == pytest.approx([0.7, 0.6])
    assert clear[4, 4] == pytest.approx([np.exp(-0.1), 1.0], rel=1e-5)
    assert np.isnan(kelvin[0, 0])
    assert (emissivity[0, 0] == 0).all()


def test_glass_lets_part_through() -> None:
    stage = new_stage(mwir={"sky": 0.5})
    plane(stage, "/World/Hot", 20, height=-1.0, kelvin=350.0, mwir={"emissivity": 1.0})
    plane(
        stage,
        "/World/Pane",
        2,
        height=0.0,
        kelvin=290.0,
        mwir={"emissivity": 0.6, "transmittance": 0.25, "specular": 1.0},
    )
    image = render(stage, camera(stage, (0, 0, 5), (0, 0, 0), (0, 1, 0), degrees=5), size=32, band_samples=64)
    expected = 0.6 * planck(290.0, "mwir") + 0.25 * planck(350.0, "mwir") + 0.15 * 0.5
    assert image.mean() == pytest.approx(expected, rel=5e-3)
