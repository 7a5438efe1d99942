"""Shade in the heat balance, from authored stages to kelvin in pixels, against balances solved by bisection."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pxr import Gf, Usd, UsdGeom, UsdShade, Vt

from engine.render.buffers import Aov
from scenes.infrared import author
from scenes.infrared.weather import Conditions
from sensors.slopes import SLOPES
from tests.bands.stages import box, camera, plane, render
from tests.infrared_usd.stages import bind, infrared, made_of, open_stage, say, session, thing
from tests.infrared_usd.test_exposure import NOON, SHEET, balance, standing

AFTERNOON = replace(NOON, hour=15.0)
SIZE = 48


def seen(stage: Usd.Stage, side: float = 0.0) -> np.ndarray:
    """Kelvin of the surfaces, 8 m by 8 m from above; row 0 is north."""
    path = camera(stage, (side, 0, 20), (side, 0, 0), (0, 1, 0), degrees=2 * np.degrees(np.arctan(0.2)))
    return render(stage, path, Aov.BAND_KELVIN, size=SIZE)


def pixel(x: float, y: float) -> tuple[int, int]:
    return int((4 - y) / 8 * SIZE), int((x + 4) / 8 * SIZE)


def test_sheet_metal_behind_a_wall_has_no_sun_and_that_before_it_has() -> None:
    """A quick sheet on the ground: south of a wall at noon it is in the sun, north of it in the shade."""
    stage = open_stage()
    say(plane(stage, "/World/Ground", 40.0), **SHEET)
    wall = say(standing(stage, "/World/Wall", 0.0), temperature=290.0)
    UsdGeom.XformCommonAPI(wall).SetTranslate((0, 0, 1))
    state = author(stage, infrared("thermal_lwir", weather=NOON), 1, 0)
    kelvin = seen(stage)
    high = np.sin(Conditions(NOON).sun_elevation)
    lit, dark = balance(NOON, 1.0, high), balance(NOON, 1.0, 0.0)
    assert kelvin[pixel(0.0, -1.0)] == pytest.approx(lit, abs=0.6)
    assert kelvin[pixel(0.0, 1.0)] == pytest.approx(dark, abs=0.6)
    assert kelvin[pixel(3.0, 1.0)] == pytest.approx(lit, abs=0.6)
    assert lit - dark > 20
    ground = state.of("/World/Ground")
    assert ground.temperature == pytest.approx(lit, abs=0.6) and ground.temperature - ground.lit == pytest.approx(
        dark, abs=0.6
    )


def test_a_closed_house_is_warm_where_the_sun_is() -> None:
    """One mesh: its roof and south wall have the sun, its north wall has none; the mean over it is the state's."""
    stage = open_stage()
    say(box(stage, "/World/Box", 2.0), **SHEET)
    state = author(stage, infrared("thermal_lwir", weather=NOON), 1, 0)
    found = {}
    for name, place in (
        ("roof", (0, 0, 9)),
        ("south", (0, -9, 0)),
        ("north", (0, 9, 0)),
        ("east", (9, 0, 0)),
        ("west", (-9, 0, 0)),
    ):
        path = camera(stage, place, (0, 0, 0), (0, 1, 0) if name == "roof" else (0, 0, 1), degrees=5)
        found[name] = float(render(stage, path, Aov.BAND_KELVIN, size=3)[1, 1])
    sun = Conditions(NOON).sun_elevation
    assert found["south"] - found["north"] == pytest.approx(
        balance(NOON, 0.0, np.cos(sun)) - balance(NOON, 0.0, -1.0), abs=1.5
    )
    assert found["north"] == pytest.approx(found["east"], abs=0.3)
    surface = state.of("/World/Box")
    assert np.mean(list(found.values())) == pytest.approx(surface.temperature, abs=0.3)
    assert found["north"] == pytest.approx(surface.temperature - surface.lit, abs=0.01)


def test_a_road_remembers_where_the_shadow_was() -> None:
    """Asphalt at three: where the shade has only come it is warmer than where it has been all day."""
    stage = open_stage()
    say(plane(stage, "/World/Road", 60.0), material="asphalt")
    tall = say(box(stage, "/World/Tower", 2.0), temperature=290.0)
    UsdGeom.XformCommonAPI(tall).SetScale(Gf.Vec3f(1, 1, 4))
    author(stage, infrared("thermal_lwir", weather=AFTERNOON), 1, 0)
    kelvin = seen(stage)
    morning, noon, lit = kelvin[pixel(-3.0, 1.0)], kelvin[pixel(-1.0, 3.0)], kelvin[pixel(-3.0, -3.0)]
    now = kelvin[pixel(3.0, 2.0)]
    assert now < noon < lit and morning < lit
    assert lit - now > 4.0
    night = replace(AFTERNOON, hour=22.0)
    author(stage, infrared("thermal_lwir", weather=night), 1, 0)
    later = seen(stage)
    assert later[pixel(-1.0, 3.0)] < later[pixel(-3.0, -3.0)] - 0.3  # the noon's shadow is there after dark


def test_walkers_leave_no_shadow_of_the_past() -> None:
    stage = open_stage()
    say(plane(stage, "/World/Road", 60.0), material="asphalt")
    thing(stage, "/World/Cow_0", "cow", "Body")
    UsdGeom.XformCommonAPI(stage.GetPrimAtPath("/World/Cow_0")).SetTranslate((0, 0, 1))
    author(stage, infrared("thermal_lwir", weather=NOON, temperatures={"cow": "cow"}), 1, 0)
    said = session(stage)
    passes = {path: value for path, value in said.items() if path.endswith("band:shadePasses")}
    assert 1.0 in passes.values() and 0.0 in passes.values()
    kelvin = seen(stage)
    now, lit = kelvin.min(), kelvin[pixel(3.0, 3.0)]
    author(stage, infrared("thermal_lwir", weather=NOON, temperatures={"cow": 290.0}), 1, 0)
    assert seen(stage)[:, : SIZE // 2].min() < now or seen(stage).min() < lit  # what stays is colder still


def test_drawn_things_have_their_share_of_the_sun_where_it_shines() -> None:
    """A wall of a heated house: south in the sun, north not; on the whole as warm as was drawn."""
    stage = open_stage()
    house = box(stage, "/World/House", 2.0)
    say(house, temperature__model="heated_building", material="brick")
    section = infrared("thermal_lwir", weather=NOON)
    surface = author(stage, section, 1, 0).of("/World/House")
    assert surface.lit > 1.0 and max(surface.suns) > surface.lit
    south, north = (
        float(render(stage, camera(stage, (0, y, 0), (0, 0, 0)), Aov.BAND_KELVIN, size=3)[1, 1]) for y in (-9, 9)
    )
    assert south > surface.temperature > north
    assert north == pytest.approx(surface.temperature - surface.lit, abs=0.01)


def test_parts_of_a_divided_mesh_have_suns_of_their_own() -> None:
    stage = open_stage()
    prim = bind(
        plane(stage, "/World/P", 4.0), made_of(stage, "/World/Looks/Steel", "steel", "paint", (0.05, 0.05, 0.05))
    )
    mesh = UsdGeom.Mesh(prim)
    mesh.GetPointsAttr().Set([(-2, -2, 0), (0, -2, 0), (2, -2, 0), (-2, 2, 0), (0, 2, 0), (2, 2, 0)])
    mesh.GetFaceVertexCountsAttr().Set([4, 4])
    mesh.GetFaceVertexIndicesAttr().Set([0, 1, 4, 3, 1, 2, 5, 4])
    part = UsdGeom.Subset.CreateGeomSubset(
        UsdGeom.Imageable(prim), "Bare", "face", Vt.IntArray([1]), UsdShade.Tokens.materialBind
    )
    bind(part.GetPrim(), made_of(stage, "/World/Looks/Stone", "stone"))
    roof = say(plane(stage, "/World/Roof", 2.0, height=3.0), temperature=290.0)
    state = author(stage, infrared("thermal_lwir", weather=NOON), 1, 0)
    UsdGeom.Imageable(roof).MakeInvisible()
    kelvin = seen(stage)
    for path, x in (("/World/P", -1.0), ("/World/P/Bare", 1.0)):
        assert kelvin[pixel(x, -1.5)] == pytest.approx(state.of(path).temperature, abs=0.5)
        assert state.of(path).lit > 5.0
    UsdGeom.Imageable(roof).MakeVisible()
    UsdGeom.XformCommonAPI(roof).SetTranslate((0, -2.5, 0))  # its shadow comes to the middle
    state = author(stage, infrared("thermal_lwir", weather=NOON), 1, 0)
    kelvin, high = seen(stage), np.sin(Conditions(NOON).sun_elevation)
    for path, x in (("/World/P", -0.5), ("/World/P/Bare", 0.5)):  # steel has the present alone, stone remembers
        surface = state.of(path)
        assert kelvin[pixel(x, 0.5)] == pytest.approx(surface.temperature - high * surface.suns[0], abs=0.5)


@pytest.mark.parametrize("up", ["Z", "Y"])
def test_the_suns_path_is_the_worlds(up: str) -> None:
    stage = open_stage(up)
    say(plane(stage, "/World/P", 4.0), material="asphalt")
    state = author(stage, infrared("thermal_lwir", weather=AFTERNOON), 1, 0)
    assert state.sun_path[0] == pytest.approx(state.sun_direction, abs=1e-6)
    said = session(stage)["/World/Bands/lwir.band:sun:path"]
    assert said == pytest.approx(np.ravel(state.sun_path), abs=1e-6)


def test_on_a_clear_night_steel_has_nothing_of_the_sun_and_nothing_is_said() -> None:
    stage = open_stage()
    say(plane(stage, "/World/P", 4.0), **SHEET)
    author(stage, infrared("thermal_lwir"), 1, 0)
    assert not any("sunWarmth" in path or "shadePasses" in path for path in session(stage))
    author(stage, infrared("thermal_lwir", weather=NOON), 1, 1)
    assert any("sunWarmth" in path for path in session(stage))
    author(stage, infrared("thermal_lwir"), 1, 2)
    assert not any("sunWarmth" in path for path in session(stage))


def test_the_open_mean_is_what_it_was() -> None:
    """Shade takes from the balance of the open; the state's temperature is still that of all slopes in the sun."""
    stage = open_stage()
    values: dict[str, Any] = {
        "/World/Steel": SHEET,
        "/World/Road": {"material": "asphalt"},
        "/World/Grass": {"material": "leaf_grass"},
    }
    for path, said in values.items():
        say(box(stage, path, 2.0), **said)
    state = author(stage, infrared("thermal_lwir", weather=AFTERNOON), 1, 0)
    around = Conditions(AFTERNOON)
    for path in values:
        surface = state.of(path)
        dark = surface.temperature - surface.lit
        path_towards = around.sun_path.towards
        mean = sum(0.2 * np.array(surface.suns) @ np.maximum(path_towards @ SLOPES[s], 0) for s in (0, 9, 11, 13, 15))
        assert dark + mean == pytest.approx(surface.temperature, abs=0.02)
