"""Shade on temperatures: what suns add where nothing is in their way, against shadows worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pxr import Sdf, Usd, UsdGeom, UsdShade, Vt

from engine.render.buffers import Aov
from tests.bands.stages import camera, floats, material, mesh, new_stage, number, planck, plane, render, surface

WEST = np.array([-1.0, 0.0, 1.0]) / np.sqrt(2)  # a sun half way up
HIGH = np.array([0.0, 0.0, 1.0])
SIZE = 64
WIDE = 2 * np.degrees(np.arctan(0.4))  # from 10 m up, 8 m are in the picture


def sunny(*suns: Any, bands: tuple[str, ...] = ("lwir",)) -> Usd.Stage:
    """A stage whose bands know where the sun has stood."""
    stage = new_stage(**{name: {"sky": 0.0} for name in bands})
    for name in bands:
        floats(stage.GetPrimAtPath(f"/World/Bands/{name}"), "band:sun:path", np.concatenate(suns))
    return stage


def warmed(prim: Usd.Prim, *kelvin: float) -> Usd.Prim:
    floats(prim, "band:sunWarmth", kelvin)
    return prim


def post(stage: Usd.Stage, path: str = "/World/Board") -> Usd.Prim:
    """A board one metre high and two wide that stands at x = 0 and looks west and east."""
    board = mesh(stage, path, [(0, -1, 0), (0, 1, 0), (0, 1, 1), (0, -1, 1)], [(0, 1, 2, 3)], 280.0)
    return warmed(board)


def from_above(stage: Usd.Stage, aov: Aov = Aov.BAND_KELVIN, **settings: Any) -> np.ndarray:
    path = camera(stage, (0, 0, 10), (0, 0, 0), (0, 1, 0), degrees=WIDE)
    return render(stage, path, aov, size=SIZE, **settings)


def pixel(x: float, y: float) -> tuple[int, int]:
    """Where a place on the ground is seen, row and column."""
    return int((4 - y) / 8 * SIZE), int((x + 4) / 8 * SIZE)


def in_shadow() -> np.ndarray:
    """Pixels from x = 0 to 1 beside the board, whose top at a height of 1 throws its shadow to x = 1."""
    places = (np.arange(SIZE) + 0.5) / SIZE * 8 - 4
    return (np.abs(places[::-1, None]) < 1) & (places[None, :] > 0) & (places[None, :] < 1)


def test_a_shadow_lies_where_it_falls_and_is_as_cold() -> None:
    stage = sunny(WEST)
    warmed(plane(stage, "/World/Ground", 20, kelvin=290.0, lwir={"emissivity": 1.0}), 20.0)
    post(stage)
    kelvin, dark = from_above(stage), in_shadow()
    lit = 290.0 + 20.0 * np.sqrt(0.5)
    edges = np.zeros_like(dark)
    for axis in (0, 1):
        edges |= dark != np.roll(dark, 1, axis)
    edges |= np.abs(np.arange(SIZE) - SIZE / 2 + 0.5)[None, :] < 1.1  # the board itself, seen from above
    assert dark.sum() > 100
    assert kelvin[dark & ~edges] == pytest.approx(290.0, abs=1e-3)
    assert kelvin[~dark & ~edges] == pytest.approx(lit, abs=1e-3)
    radiance = from_above(stage, Aov.BAND_RADIANCE, band_samples=4)[..., 0]
    for place, expected in ((pixel(0.5, 0.0), 290.0), (pixel(2.5, 0.0), lit), (pixel(-0.5, 0.0), lit)):
        assert radiance[place] == pytest.approx(planck(expected), rel=2e-4)


def test_surfaces_have_the_cosine_and_their_backs_nothing() -> None:
    """A roof that leans to the sun, one that leans away, and a floor that is seen from below."""
    stage = sunny(WEST)
    for name, rise, x in (("To", 1.0, -2.0), ("From", -1.0, 2.0)):
        points = [(x - 1, -1, 0), (x + 1, -1, 2 * rise), (x + 1, 1, 2 * rise), (x - 1, 1, 0)]
        warmed(mesh(stage, f"/World/{name}", points, [(0, 1, 2, 3)], 290.0), 20.0)
    kelvin = from_above(stage)
    assert kelvin[pixel(-2.0, 0.0)] == pytest.approx(310.0, abs=1e-3)
    assert kelvin[pixel(2.0, 0.0)] == pytest.approx(290.0, abs=1e-3)
    floor = sunny(HIGH)
    warmed(plane(floor, "/World/Floor", 20, kelvin=290.0), 20.0)
    below = camera(floor, (0, 0, -5), (0, 0, 0), (0, 1, 0))
    assert render(floor, below, Aov.BAND_KELVIN, size=4) == pytest.approx(290.0, abs=1e-3)


def test_the_past_is_shaded_by_what_stays_alone() -> None:
    """Two suns: a wall hides both; what passes hides the first, the present one."""
    for passes, expected in ((False, 290.0), (True, 290.0 + 5.0)):
        stage = sunny(HIGH, HIGH)
        warmed(plane(stage, "/World/Ground", 20, kelvin=290.0), 20.0, 5.0)
        group = UsdGeom.Xform.Define(stage, "/World/Group").GetPrim()
        roof = warmed(plane(stage, "/World/Group/Roof", 2.0, height=1.0, kelvin=280.0))
        if passes:
            number(group, "band:shadePasses", 1.0)
        path = camera(stage, (4, 0, 0.5), (0, 0, 0), degrees=10)
        assert render(stage, path, Aov.BAND_KELVIN, size=9)[4, 4] == pytest.approx(expected, abs=1e-3)
        number(roof, "band:shadePasses", 0.0)  # what is said nearer counts
        assert render(stage, path, Aov.BAND_KELVIN, size=9)[4, 4] == pytest.approx(290.0, abs=1e-3)


@pytest.mark.parametrize(("roof", "expected"), [(3.0, 290.0), (-3.0, 295.0)])
def test_what_stays_behind_what_passes_has_shaded_the_past(roof: float, expected: float) -> None:
    """Three walkers, one above the other, under a roof: it has hidden the past sun; one that lies below has not."""
    stage = sunny(HIGH, HIGH)
    warmed(plane(stage, "/World/Ground", 20, kelvin=290.0), 20.0, 5.0)
    number(UsdGeom.Xform.Define(stage, "/World/Walkers").GetPrim(), "band:shadePasses", 1.0)
    for step in range(3):
        warmed(plane(stage, f"/World/Walkers/Part_{step}", 2.0, height=1.0 + 0.01 * step, kelvin=280.0))
    warmed(plane(stage, "/World/Roof", 4.0, height=roof, kelvin=280.0))
    path = camera(stage, (4, 0, 0.5), (0, 0, 0), degrees=10)
    assert render(stage, path, Aov.BAND_KELVIN, size=9)[4, 4] == pytest.approx(expected, abs=1e-3)


def test_what_is_said_above_reaches_below_and_materials_speak_for_parts() -> None:
    stage = sunny(HIGH)
    group = UsdGeom.Xform.Define(stage, "/World/Group").GetPrim()
    warmed(group, 20.0)
    points = [(-2, -1, 0), (0, -1, 0), (2, -1, 0), (-2, 1, 0), (0, 1, 0), (2, 1, 0)]
    prim = mesh(stage, "/World/Group/Two", points, [(0, 1, 4, 3), (1, 2, 5, 4)], 290.0)
    assert from_above(stage)[pixel(1.0, 0.0)] == pytest.approx(310.0, abs=1e-3)
    look = material(stage, "/World/Look", lwir={"emissivity": 0.5})
    floats(look.GetPrim(), "band:sunWarmth", [7.0])
    part = UsdGeom.Subset.CreateGeomSubset(
        UsdGeom.Imageable(prim), "Part", "face", Vt.IntArray([1]), UsdShade.Tokens.materialBind
    )
    UsdShade.MaterialBindingAPI.Apply(part.GetPrim()).Bind(look)
    kelvin = from_above(stage)
    assert [kelvin[pixel(x, 0.0)] for x in (-1.0, 1.0)] == pytest.approx([310.0, 297.0], abs=1e-3)
    warmed(prim)  # nothing is: no sun at all, whatever the material says
    kelvin = from_above(stage)
    assert [kelvin[pixel(x, 0.0)] for x in (-1.0, 1.0)] == pytest.approx([290.0, 290.0], abs=1e-3)


def test_what_varies_over_a_mesh_adds_to_it_and_black_bodies_follow() -> None:
    stage = sunny(HIGH, bands=("lwir", "mwir"))
    prim = warmed(plane(stage, "/World/P", 20, kelvin=290.0), 10.0)
    surface(prim, None, lwir={"emissivity": 1.0}, mwir={"emissivity": 1.0})
    primvar = UsdGeom.PrimvarsAPI(prim).CreatePrimvar("band:temperatureOffset", Sdf.ValueTypeNames.FloatArray, "vertex")
    primvar.Set(Vt.FloatArray([5.0] * 4))
    number(prim, "band:temperatureOffset", 2.0)
    assert from_above(stage)[3, 3] == pytest.approx(307.0, abs=1e-3)
    seen = from_above(stage, Aov.BAND_RADIANCE, band_samples=1)[3, 3]
    assert seen == pytest.approx([planck(307.0), planck(307.0, "mwir")], rel=1e-3)


def test_without_suns_nothing_changes() -> None:
    """No path, no kelvin, or kelvin for suns that are not there: the same bits."""
    images = []
    for path, kelvin in (((), (5.0,)), ((WEST,), ()), ((WEST,), (0.0,))):
        stage = sunny(*path) if path else new_stage(lwir={"sky": 0.0})
        warmed(plane(stage, "/World/Ground", 20, kelvin=290.0, lwir={"emissivity": 0.8}), *kelvin)
        post(stage)
        images.append(from_above(stage, Aov.BAND_RADIANCE, band_samples=2))
    assert np.array_equal(images[0], images[1]) and np.array_equal(images[1], images[2])


def test_an_image_follows_when_the_sun_moves_on() -> None:
    """Plain edits of the session layer: the engine reads them again."""
    from engine.render.buffers import RenderSettings
    from engine.render.frame import FrameRenderer
    from engine.stage.reader import StageReader

    stage = sunny(HIGH)
    prim = warmed(plane(stage, "/World/Ground", 20, kelvin=290.0), 10.0)
    path = camera(stage, (0, 0, 10), (0, 0, 0), (0, 1, 0))
    reader, renderer = StageReader(stage), FrameRenderer()

    def kelvin() -> float:
        scene = reader.snapshot()
        view = reader.camera(path, 4, 4)
        buffers = renderer.render(scene, view, frozenset({Aov.BAND_KELVIN}), 1, RenderSettings())
        return float(buffers[Aov.BAND_KELVIN][1, 1])

    assert kelvin() == pytest.approx(300.0, abs=1e-3)
    prim.GetAttribute("band:sunWarmth").Set(Vt.FloatArray([4.0]))
    assert kelvin() == pytest.approx(294.0, abs=1e-3)
    stage.GetPrimAtPath("/World/Bands/lwir").GetAttribute("band:sun:path").Set(Vt.FloatArray([1.0, 0.0, 0.0]))
    assert kelvin() == pytest.approx(290.0, abs=1e-3)
