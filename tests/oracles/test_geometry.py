"""View factors and light between surfaces: pyviewfactor's integrals over polygons, and Radiance (pyradiance)."""

from __future__ import annotations

import numpy as np
import pytest

from sensors.bands import BANDS
from sensors.materials import Material
from sensors.radiometry import surface_radiance
from sensors.sky import Sky
from sensors.surface_radiance import Surroundings, camera_radiance, surface_table
from tests.bands.stages import camera, mesh, new_stage, render

from .conftest import Ask

LWIR = BANDS["lwir"]
VIEWS = (((0, 0, 2), (0, 0, -1)), ((0, 0, 2), (1, 0, -0.3)), ((0, 0, 1), (0.6, 0.8, 0)))  # into the yard
REPEATS = 16


def test_pyviewfactor_s_disc(ask: Ask) -> None:
    """Acceptance 5: a disc of 320 K over a cold plate of reflectance 0.5."""
    disc = float(LWIR.radiance(320.0))
    found = [float(surface_radiance(LWIR, 61.0, 0.5, f * disc)) for f in ask("pyviewfactor")["discs"]]
    assert found == pytest.approx([18.306, 7.3225], rel=1e-3)


def test_radiance_s_disc(ask: Ask) -> None:
    """Irradiance below a disc of radiance 1 is pi F: the same view factor by rays."""
    factors = np.array(ask("pyradiance", [[0, 0, 2, 0, 0, -1]])["discs"]) / np.pi
    disc = float(LWIR.radiance(320.0))
    assert [float(surface_radiance(LWIR, 61.0, 0.5, f * disc)) for f in factors] == pytest.approx([18.306, 7.3225], rel=3e-3)  # fmt: skip


def test_the_blend_of_hemispheres_is_a_view_factor(ask: Ask) -> None:
    """What a leaning surface sees of the ground, (1 - cos) / 2, against an integral over polygons."""
    around = Surroundings(Sky(290.0, uniform=0.0), 300.0, ground_emissivity=1.0, is_path_clear=True)
    table = surface_table(LWIR, [Material("test", {"lwir": 0.0})], [300.0])
    for degrees, expected in zip((30.0, 60.0, 90.0), ask("pyviewfactor")["tilts"], strict=True):
        normal = np.array([[[np.sin(np.radians(degrees)), 0.0, np.cos(np.radians(degrees))]]])
        seen = camera_radiance(LWIR, table, np.zeros((1, 1), int), normal, -normal, np.ones((1, 1)), around)
        assert float(seen[0, 0]) / float(LWIR.radiance(300.0)) == pytest.approx(expected, abs=2e-3)


def yard_image(sky: float, place: tuple[float, ...], direction: tuple[float, ...]) -> np.ndarray:
    """A yard of 4 x 4 m with walls of 3 m, diffuse, emissivity 0.5, at 180 K, through the whole renderer."""
    stage = new_stage(lwir={"sky": sky})
    corners = [(-2, -2), (2, -2), (2, 2), (-2, 2)]
    points = [(x, y, z) for z in (0, 3) for x, y in corners]
    faces = [(0, 1, 2, 3), *((i, (i + 1) % 4, (i + 1) % 4 + 4, i + 4) for i in range(4))]
    mesh(stage, "/World/Yard", points, faces, 180.0, lwir={"emissivity": 0.5})
    target = tuple(a + b for a, b in zip(place, direction, strict=True))
    path = camera(stage, place, target, (0, 1, 0) if direction[:2] == (0, 0) else (0, 0, 1), degrees=0.5)
    return render(stage, path, size=16, band_samples=256, band_bounces=16)


def test_radiance_s_yard(ask: Ask) -> None:
    """Light that walls pass on: what three places of a yard show of an even sky, beside Radiance with 8 bounces."""
    rays = [[*place, *direction] for place, direction in VIEWS for _ in range(REPEATS)]
    expected = np.array(ask("pyradiance", rays)["yard"]).reshape(len(VIEWS), REPEATS)
    for (place, direction), theirs in zip(VIEWS, expected, strict=True):
        with_sky, without = yard_image(10.0, place, direction), yard_image(0.0, place, direction)
        ours = (with_sky.mean() - without.mean()) / 10.0
        error = np.hypot(theirs.std() / np.sqrt(REPEATS - 1), np.hypot(with_sky.std(), without.std()) / 160)
        assert error < 0.004 * ours  # or the comparison says nothing
        assert abs(ours - theirs.mean()) < 3 * error + 0.002 * ours
