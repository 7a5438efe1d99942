"""How surfaces lie and what sun and sky make of it: stages against the balance solved by bisection here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pxr import Gf, Usd, UsdGeom
from scipy.optimize import brentq

from scenes.infrared import author
from scenes.infrared.settings import WeatherSettings
from scenes.infrared.weather import Conditions
from tests.bands.stages import box, plane
from tests.infrared_usd.stages import NIGHT, infrared, open_stage, say

SIGMA = 5.670374419e-8
NOON = replace(NIGHT, hour=12.0, latitude=45.0, day_of_year=80.0, air_temperature=293.15, relative_humidity=0.5)
SHEET: dict[str, Any] = {"material": "steel/paint", "emissivity__lwir": 0.9, "solarAbsorptance": 0.9}


def balance(weather: WeatherSettings, up: float, to_sun: float) -> float:
    """A thin sheet of eps .9, alpha .9: sun by the cosine, sky and ground by view; W/m2 written down anew."""
    around = Conditions(weather)
    view, level = 0.5 * (1 + up), around.sunlight
    direct = min(level, level * 0.85) / np.sin(around.sun_elevation)  # no clouds
    sun = direct * max(to_sun, 0.0) + view * 0.15 * level + (1 - view) * 0.2 * level
    air, ground = weather.air_temperature, around.weather.ground

    def gain(kelvin: float) -> float:
        received = view * around.weather.sky_flux + (1 - view) * SIGMA * ground**4
        return 0.9 * sun + 0.9 * (received - SIGMA * kelvin**4) - (5.7 + 3.8 * weather.wind) * (kelvin - air)

    return float(brentq(gain, 200.0, 450.0))


def standing(stage: Usd.Stage, path: str, turn: float) -> Usd.Prim:
    """A square that stands upright and looks south (Z up), turned about the vertical."""
    prim = say(plane(stage, path, 2.0), **SHEET)
    UsdGeom.XformCommonAPI(prim).SetRotate(Gf.Vec3f(90, 0, turn), UsdGeom.XformCommonAPI.RotationOrderXYZ)
    return prim


@pytest.mark.parametrize(("turn", "side"), [(0.0, "south"), (180.0, "north"), (90.0, "east")])
def test_a_wall_at_noon(turn: float, side: str) -> None:
    """Sheet metal, quick enough to be steady: the balance of its own side, not that of a roof."""
    stage = open_stage()
    standing(stage, "/World/Wall", turn)
    say(plane(stage, "/World/Roof", 2.0), **SHEET)
    state = author(stage, infrared(weather=NOON), 1, 0)
    elevation = Conditions(NOON).sun_elevation
    to_sun = {"south": np.cos(elevation), "north": -np.cos(elevation), "east": 0.0}[side]
    assert state.of("/World/Wall").temperature == pytest.approx(balance(NOON, 0.0, to_sun), abs=0.6)
    assert state.of("/World/Roof").temperature == pytest.approx(balance(NOON, 1.0, np.sin(elevation)), abs=0.6)
    if side == "north":
        assert state.of("/World/Wall").temperature < state.of("/World/Roof").temperature - 15


def test_at_night_walls_are_warmer_than_roofs() -> None:
    stage = open_stage()
    standing(stage, "/World/Wall", 0.0)
    say(plane(stage, "/World/Roof", 2.0), **SHEET)
    state = author(stage, infrared(), 1, 0)
    assert state.of("/World/Wall").temperature > state.of("/World/Roof").temperature + 0.5


def test_a_thing_that_turns_between_frames() -> None:
    stage = open_stage()
    prim = standing(stage, "/World/Wall", 0.0)
    section = infrared(weather=NOON)
    south = author(stage, section, 1, 0).of("/World/Wall").temperature
    UsdGeom.XformCommonAPI(prim).SetRotate(Gf.Vec3f(90, 0, 180), UsdGeom.XformCommonAPI.RotationOrderXYZ)
    assert author(stage, section, 1, 1).of("/World/Wall").temperature < south - 10
    UsdGeom.XformCommonAPI(prim).SetRotate(Gf.Vec3f(90, 0, 0), UsdGeom.XformCommonAPI.RotationOrderXYZ)
    assert author(stage, section, 1, 2).of("/World/Wall").temperature == south


def test_a_mesh_that_gets_another_shape() -> None:
    stage = open_stage()
    prim = say(plane(stage, "/World/P", 2.0), **SHEET)
    section = infrared(weather=NOON)
    level = author(stage, section, 1, 0).of("/World/P").temperature
    UsdGeom.Mesh(prim).GetPointsAttr().Set([(-1, 0, 0), (-1, 0, 2), (1, 0, 2), (1, 0, 0)])  # looks north
    assert author(stage, section, 1, 1).of("/World/P").temperature < level - 15


def test_where_y_is_up() -> None:
    """The same wall, roof and box; north is -Z."""
    found = []
    for up in ("Z", "Y"):
        stage = open_stage(up)
        place = UsdGeom.Xform.Define(stage, "/World/Place")
        if up == "Y":
            UsdGeom.XformCommonAPI(place).SetRotate(Gf.Vec3f(-90, 0, 0))
        standing(stage, "/World/Place/South", 0.0)
        say(plane(stage, "/World/Place/Roof", 2.0), **SHEET)
        say(box(stage, "/World/Place/Box", 2.0), **SHEET)
        state = author(stage, infrared(weather=NOON), 1, 0)
        found.append([state.of(f"/World/Place/{name}").temperature for name in ("South", "Roof", "Box")])
    assert found[0] == pytest.approx(found[1], abs=1e-3)
    assert len({round(kelvin) for kelvin in found[0]}) == 3


@pytest.mark.parametrize("scale", [(1, 1, 1), (-1, 1, 1), (3, 3, 3)])
def test_a_box_is_the_mean_of_lid_and_walls(scale: tuple[float, float, float]) -> None:
    """Mirrored or large: a fifth each of roof, south, north, east and west."""
    stage = open_stage()
    UsdGeom.XformCommonAPI(say(box(stage, "/World/Box", 2.0), **SHEET)).SetScale(Gf.Vec3f(*scale))
    for name, turn in (("S", 0.0), ("E", 90.0), ("N", 180.0), ("W", 270.0)):
        standing(stage, f"/World/{name}", turn)
    say(plane(stage, "/World/R", 2.0), **SHEET)
    state = author(stage, infrared(weather=NOON), 1, 0)
    parts = [state.of(f"/World/{name}").temperature for name in "SENWR"]
    assert state.of("/World/Box").temperature == pytest.approx(np.mean(parts), abs=1e-6)


@pytest.mark.parametrize("kind", ["Cube", "Sphere", "Cylinder", "Capsule", "Cone", "Plane"])
def test_shapes_of_usd(kind: str) -> None:
    """Closed shapes are cooler than a level sheet at noon, a plane is like one."""
    stage = open_stage()
    made = getattr(UsdGeom, kind).Define(stage, "/World/Shape")
    if kind == "Plane":
        made.CreateAxisAttr("Z")
    say(made.GetPrim(), **SHEET)
    say(plane(stage, "/World/Roof", 2.0), **SHEET)
    state = author(stage, infrared(weather=NOON), 1, 0)
    shape, roof = (state.of(f"/World/{name}").temperature for name in ("Shape", "Roof"))
    assert shape == pytest.approx(roof, abs=1e-6) if kind == "Plane" else NOON.air_temperature < shape < roof - 2


def test_a_tyre_is_not_a_roof() -> None:
    """Rubber standing on its tread: some 40 K below rubber that lies level under a high sun, as a mesh too."""
    stage = open_stage()
    tyre = UsdGeom.Cylinder.Define(stage, "/World/Tyre")
    tyre.CreateAxisAttr("Y")
    tyre.CreateHeightAttr(0.25)
    tyre.CreateRadiusAttr(0.32)
    say(tyre.GetPrim(), material="rubber")
    say(plane(stage, "/World/Mat", 2.0), material="rubber")
    state = author(stage, infrared(weather=NOON), 1, 0)
    assert 8 < state.of("/World/Mat").temperature - state.of("/World/Tyre").temperature < 45


def test_the_parts_of_an_instance_lie_together(tmp_path: Any) -> None:
    asset = Usd.Stage.CreateNew(str(tmp_path / "shed.usda"))
    asset.SetDefaultPrim(UsdGeom.Xform.Define(asset, "/Shed").GetPrim())
    standing(asset, "/Shed/Wall", 0.0)
    say(plane(asset, "/Shed/Roof", 2.0), **SHEET)
    asset.Save()
    stage = open_stage()
    for name, turn in (("A", 0.0), ("B", 180.0)):
        prim = UsdGeom.Xform.Define(stage, f"/World/{name}").GetPrim()
        prim.GetReferences().AddReference(str(tmp_path / "shed.usda"))
        prim.SetInstanceable(True)
        UsdGeom.XformCommonAPI(prim).SetRotate(Gf.Vec3f(0, 0, turn))
    state = author(stage, infrared(weather=NOON), 1, 0)
    south, north = (state.of(f"/World/{name}/Roof").temperature for name in "AB")
    assert south > north + 5
    assert state.of("/World/A/Wall").temperature == south
