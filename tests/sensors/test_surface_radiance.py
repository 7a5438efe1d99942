"""Acceptance 2 to 5 and 16: what reaches the lens, in the library and from buffers."""

import numpy as np
import pytest

from sensors.bands import BANDS, Band
from sensors.checks import SensorError
from sensors.material_table import find_material, tokens
from sensors.materials import Material
from sensors.radiometry import reported_temperature, surface_radiance
from sensors.sky import Sky
from sensors.surface_radiance import (
    Sunlight,
    Surroundings,
    camera_radiance,
    ray_directions,
    surface_table,
)

LWIR, MWIR = BANDS["lwir"], BANDS["mwir"]
MATERIALS = [find_material(t) for t in tokens() if t != "calibration_lambertian"]


def grey(emissivity: float, lobe: str = "d") -> Material:
    """A material that is the same from all sides."""
    return Material("test", dict.fromkeys(("lwir", "mwir"), emissivity), lobe=lobe, grazing={})


def seen(band: Band, material: Material, kelvin: float, surroundings: Surroundings, normal=(0.0, 0.0, 1.0), down=(0.0, 0.0, -1.0), metres=1.0, **more):  # type: ignore[no-untyped-def]  # fmt: skip
    table = surface_table(band, [material], [kelvin])
    shape = (1, 1)
    return float(
        camera_radiance(
            band, table, np.zeros(shape, int), np.broadcast_to(np.asarray(normal, np.float32), (1, 1, 3)),
            np.broadcast_to(np.asarray(down, np.float32), (1, 1, 3)), np.full(shape, metres), surroundings, **more,
        )[0, 0]
    )  # fmt: skip


@pytest.mark.parametrize(("eps", "radiance", "kelvin"), [(0.95, 52.795, 297.417), (0.9, 50.657, 294.771), (0.5, 33.551, 270.601), (0.1, 16.445, 236.463)])  # fmt: skip
def test_a_grey_plate_under_a_uniform_sky(eps: float, radiance: float, kelvin: float) -> None:
    found = float(surface_radiance(LWIR, 300.0, eps, 12.168))
    assert found == pytest.approx(radiance, abs=6e-4)
    assert LWIR.temperature(found) == pytest.approx(kelvin, abs=2e-3)
    around = Surroundings(Sky(300.0, uniform=12.168), 300.0, is_path_clear=True)
    for lobe in "ds":
        assert seen(LWIR, grey(eps, lobe), 300.0, around) == pytest.approx(radiance, abs=6e-4)


def test_the_same_metal_in_the_mid_wave() -> None:
    found = float(surface_radiance(MWIR, 300.0, 0.1, 0.518))
    assert found == pytest.approx(0.6528, abs=1e-4)
    assert MWIR.temperature(found) == pytest.approx(273.454, abs=5e-3)
    assert surface_radiance(MWIR, 300.0, 0.1, MWIR.radiance(300.0)) == pytest.approx(1.865956, abs=1e-6)


def test_one_weather_makes_metal_cold_by_band() -> None:
    """US 76 by the model of the sky: a mirror of emissivity 0.1 at 300 K reads 63 K too cold in 8-14 um, 26 in 3-5."""
    sky = Sky(288.2, 0.459)
    assert sky.vapour == pytest.approx(5.9, abs=0.03)
    overhead = Surroundings(sky, 288.2, is_path_clear=True)
    colder = [300.0 - float(band.temperature(seen(band, grey(0.1, "s"), 300.0, overhead))) for band in (LWIR, MWIR)]
    assert colder[0] > 60.0
    assert colder[1] == pytest.approx(26.0, abs=1.0)


def test_the_rim_of_a_sphere() -> None:
    """Acceptance 6: with a cold sky all round, the rim of a dielectric reads colder than its middle, a metal's less."""
    around = Surroundings(Sky(300.0, uniform=12.168), 300.0, ground_emissivity=0.0, is_path_clear=True)
    assert around.ground_radiance(LWIR) == pytest.approx(12.168, rel=1e-5)

    def reads(token: str) -> list[float]:
        """Apparent kelvin at 0, 60 and 80 degrees from the middle, as the surface term says."""
        material, found = find_material(token), []
        for angle in np.radians([0.0, 60.0, 80.0]):
            image = seen(LWIR, material, 300.0, around, normal=(np.sin(angle), 0.0, np.cos(angle)))
            eps = float(material.emissivity_at("lwir", np.cos(angle)))
            assert image == pytest.approx(float(surface_radiance(LWIR, 300.0, eps, 12.168)), rel=2e-3)
            found.append(float(LWIR.temperature(image)))
        return found

    for token in ("water", "plastic", "clear_glass"):
        middle, at_60, at_80 = reads(token)
        assert middle > at_60 > at_80 and middle - at_80 > 10.0, token
    middle, at_60, at_80 = reads("steel")
    assert middle < at_60 < at_80 < 300.0


def test_in_an_enclosure_of_one_temperature_everything_is_flat() -> None:
    """Every material, from every side, at any distance, reads the temperature that is everywhere."""
    rng = np.random.default_rng(0)
    for band in (LWIR, MWIR):
        level = float(band.radiance(288.15))
        around = Surroundings(Sky(288.15, uniform=level), 288.15, ground_emissivity=0.7, visibility=3.0)
        table = surface_table(band, MATERIALS, [288.15] * len(MATERIALS))
        rows = rng.integers(-1, len(MATERIALS), (40, 50))
        normals = rng.normal(size=(40, 50, 3))
        normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
        rays = ray_directions(50, 40, 40.0)
        image = camera_radiance(band, table, rows, normals, rays, rng.uniform(1, 3000, (40, 50)), around)
        assert image.dtype == np.float32
        assert np.max(np.abs(image / level - 1.0)) < 1e-6


def test_parallel_plates_exchange_as_the_closed_form_says() -> None:
    """Acceptance 4: 320 K eps 0.9 and 300 K eps 0.5, by iterating the surface term."""
    first = second = 0.0
    for _ in range(60):
        first = float(surface_radiance(LWIR, 320.0, 0.9, second))
        second = float(surface_radiance(LWIR, 300.0, 0.5, first))
    assert (first, second) == pytest.approx((72.262, 63.598), abs=2e-3)
    assert LWIR.temperature([first, second]) == pytest.approx([319.025, 309.894], abs=2e-3)


def test_a_disc_over_a_plate() -> None:
    """Acceptance 5: the view factor r^2 / (r^2 + h^2) by drawing cosine-weighted directions."""
    rng = np.random.default_rng(3)
    disc = float(LWIR.radiance(320.0))
    assert disc == pytest.approx(73.2245, abs=1e-3)
    for ratio, expected in ((1.0, 18.306), (0.5, 7.3225)):
        sine = np.sqrt(rng.uniform(size=400_000))
        hits = np.mean(sine / np.sqrt(1 - sine**2) < ratio)
        assert surface_radiance(LWIR, 61.0, 0.5, hits * disc) == pytest.approx(expected, rel=0.01)


def test_slopes_see_sky_and_ground_by_halves() -> None:
    around = Surroundings(Sky(290.0, uniform=10.0), 300.0, ground_emissivity=1.0, is_path_clear=True)
    ground = float(LWIR.radiance(300.0))
    mirror = grey(0.0)
    assert seen(LWIR, mirror, 300.0, around) == pytest.approx(10.0, rel=1e-5)
    assert seen(LWIR, mirror, 300.0, around, normal=(1, 0, 0), down=(-1, 0, 0)) == pytest.approx(
        (10 + ground) / 2, rel=1e-5
    )
    assert seen(LWIR, mirror, 300.0, around, normal=(0, 0, -1), down=(0, 0, 1)) == pytest.approx(ground, rel=1e-5)
    shiny = grey(0.0, "s")  # its law of angle multiplies an emissivity of nothing
    slanted = (np.sqrt(0.5), 0.0, -np.sqrt(0.5))
    assert seen(LWIR, shiny, 300.0, around, down=slanted) == pytest.approx(10.0, rel=1e-5)
    assert seen(LWIR, shiny, 300.0, around, normal=(-1, 0, 0), down=slanted) == pytest.approx(ground, rel=1e-5)
    assert seen(LWIR, shiny, 300.0, around, normal=(0, 0, -1)) == pytest.approx(10.0, rel=1e-5)  # turned to the camera


def test_past_everything_there_is_sky_or_ground() -> None:
    around = Surroundings(Sky(288.15, 0.5), 285.0)
    rays = ray_directions(8, 8, 8.0, np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]]))  # looks along +Y, Z up
    nothing = np.full((8, 8), -1)
    image = camera_radiance(LWIR, surface_table(LWIR, [], []), nothing, np.zeros((8, 8, 3)), rays, np.full((8, 8), np.inf), around)  # fmt: skip
    assert rays[0, 0, 2] > 0 > rays[7, 0, 2]
    assert image[:4] == pytest.approx(around.sky.radiance(LWIR, rays[:4, :, 2]), rel=0.01)
    assert image[4:] == pytest.approx(around.ground_radiance(LWIR), rel=1e-6)


def test_sun_on_a_diffuse_surface() -> None:
    """Acceptance of 1.3: a Lambertian reflectance of 0.1 in full sun adds 0.69 W m-2 sr-1 in 3-5 um, 0.048 in 8-14."""
    dark = Surroundings(Sky(290.0, uniform=0.0), 290.0, is_path_clear=True)
    for band, expected in ((MWIR, 0.694), (LWIR, 0.048)):
        lit = Surroundings(dark.sky, 290.0, sun=Sunlight((0.0, 0.0, 1.0), 1.0), is_path_clear=True)
        gain = seen(band, grey(0.9), 300.0, lit) - seen(band, grey(0.9), 300.0, dark)
        assert gain == pytest.approx(expected, abs=5e-4)
        assert seen(band, grey(0.9), 300.0, lit, sunlit=np.zeros((1, 1))) == seen(band, grey(0.9), 300.0, dark)
        half = Surroundings(dark.sky, 290.0, sun=Sunlight((np.sqrt(0.75), 0.0, 0.5), 1.0), is_path_clear=True)
        assert seen(band, grey(0.9), 300.0, half) - seen(band, grey(0.9), 300.0, dark) == pytest.approx(expected / 2, abs=5e-4)  # fmt: skip


def test_temperatures_by_pixel_win() -> None:
    around = Surroundings(Sky(290.0), 290.0, is_path_clear=True)
    given = np.array([[310.0]])
    assert seen(LWIR, grey(1.0), 300.0, around, temperatures=given) == pytest.approx(63.69439, rel=1e-5)
    assert seen(LWIR, grey(1.0), 300.0, around, temperatures=np.array([[np.nan]])) == pytest.approx(54.93346, rel=1e-6)


def test_distance_pulls_towards_the_air() -> None:
    around = Surroundings(Sky(288.15, 0.46), 288.15)
    assert around.sky.vapour == pytest.approx(5.9, abs=0.05)
    for metres, kelvin in ((100.0, 308.90), (500.0, 307.27), (1000.0, 306.03)):
        found = seen(LWIR, grey(1.0), 310.0, around, metres=metres)
        assert LWIR.temperature(found) == pytest.approx(kelvin, abs=0.15)


def test_not_the_hack() -> None:
    """1,000 prims with colours and temperatures drawn apart: what is seen follows temperature, never colour."""
    rng = np.random.default_rng(11)
    count = 1000
    kelvin = rng.uniform(270.0, 320.0, count)
    luminance = rng.uniform(size=count)
    table = surface_table(LWIR, [find_material("plastic")] * count, list(kelvin))
    normals = np.broadcast_to(np.array([0, 0, 1.0], np.float32), (1, count, 3))
    rays = np.broadcast_to(np.array([0, 0, -1.0], np.float32), (1, count, 3))
    around = Surroundings(Sky(283.15), 283.15)
    image = camera_radiance(LWIR, table, np.arange(count)[None], normals, rays, np.full((1, count), 5.0), around)[0]

    def ranks(x: np.ndarray) -> np.ndarray:
        return np.argsort(np.argsort(x))

    assert abs(np.corrcoef(ranks(image), ranks(luminance))[0, 1]) < 0.1
    assert np.array_equal(ranks(image), ranks(kelvin))
    swapped = surface_table(LWIR, [find_material("plastic")] * 2, [kelvin[1], kelvin[0]])
    two = camera_radiance(LWIR, swapped, np.arange(2)[None], normals[:, :2], rays[:, :2], np.full((1, 2), 5.0), around)[0]  # fmt: skip
    assert list(two) == [image[1], image[0]]


def test_what_a_camera_reports() -> None:
    """Skin at 306.15 K, surroundings 293.15 K: an emissivity wrong by 0.05 is 0.66 K, by 0.01 is 0.126 K."""
    band = LWIR
    around = float(band.radiance(293.15))
    arriving = float(surface_radiance(band, 306.15, 0.98, around))
    assert reported_temperature(arriving, band, 0.98, 293.15) == pytest.approx(306.15, abs=1e-3)
    off = [float(reported_temperature(arriving, band, e, 293.15)) - 306.15 for e in (0.97, 0.93)]
    assert off == pytest.approx([0.126, 0.66], abs=0.03)
    hazed = 0.8 * arriving + 0.2 * float(band.radiance(285.0))
    assert reported_temperature(hazed, band, 0.98, 293.15, 0.8, 285.0) == pytest.approx(306.15, abs=1e-3)


def test_bad_input() -> None:
    with pytest.raises(SensorError, match=r"surfaces: 1 materials and 2 temperatures; expected as many"):
        surface_table(LWIR, [grey(0.9)], [300.0, 301.0])
    with pytest.raises(SensorError, match=r"surfaces: temperature is 20 K; .* give 293.15"):
        surface_table(LWIR, [grey(0.9)], [20.0])
    with pytest.raises(SensorError, match=r"surroundings: ground_temperature: temperature is 10 K"):
        Surroundings(Sky(290.0), 10.0)
    with pytest.raises(SensorError, match=r"reported temperature: emissivity is 0; expected above 0 and at most 1"):
        reported_temperature(50.0, LWIR, 0)


@pytest.mark.parametrize(("token", "band", "kelvin"), [("asphalt", LWIR, 0.84), ("concrete", LWIR, 1.40), ("asphalt", MWIR, 0.51), ("aluminum", LWIR, 23.0)])  # fmt: skip
def test_what_buffers_leave_out(token: str, band: Band, kelvin: float) -> None:
    """Ground of 283 K at the foot of a wall of 285 K that fills half of its view: buffers show it sky instead."""
    material = find_material(token)
    flat = Material("flat", {band.surface: material.hemispherical_emissivity(band.surface)}, lobe="d", grazing={})
    sky = Sky(283.15, 0.7, 0.1)
    found = seen(band, flat, 283.0, Surroundings(sky, 283.0, is_path_clear=True))
    with_wall = 0.5 * sky.hemisphere(band) + 0.5 * float(band.radiance(285.0))
    true = float(surface_radiance(band, 283.0, flat.emissivity[band.surface], with_wall))
    assert float(band.temperature(true) - band.temperature(found)) == pytest.approx(kelvin, rel=0.05)
