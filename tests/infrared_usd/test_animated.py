"""Values that vary over time: each is that of the moment which is captured."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest
from pxr import Gf, Sdf, Usd, UsdGeom, Vt

from engine.app import get_app
from engine.import_names import install, start_kit
from scenes.infrared import author
from scenes.infrared.weather import build_weather
from tests.bands.stages import plane
from tests.infrared_usd.stages import NIGHT, infrared, open_stage, say, session
from tests.infrared_usd.test_exposure import NOON, SHEET

LWIR = infrared("thermal_lwir")


def animate(prim: Usd.Prim, name: str, first: float, last: float) -> None:
    attribute = prim.CreateAttribute(name, Sdf.ValueTypeNames.Float)
    attribute.Set(first, 0.0)
    attribute.Set(last, 24.0)


def at(stage: Usd.Stage, time: float, section: Any = LWIR) -> Any:
    return author(stage, section, 1, 0, time=time).of("/World/P")


@pytest.mark.parametrize(
    ("name", "ends", "read"),
    [
        ("ir:temperature", (300.0, 340.0), lambda surface: surface.temperature),
        ("ir:emissivity:lwir", (0.5, 0.9), lambda surface: surface.material.emissivity["lwir"]),
    ],
)
def test_a_number_half_way_between_two_samples(name: str, ends: tuple[float, float], read: Any) -> None:
    stage = open_stage()
    animate(plane(stage, "/World/P", 2.0), name, *ends)
    assert [read(at(stage, time)) for time in (0.0, 12.0, 24.0, 6.0)] == pytest.approx(
        [ends[0], sum(ends) / 2, ends[1], 0.75 * ends[0] + 0.25 * ends[1]], abs=1e-4
    )


def test_offsets_heat_models_and_vertices() -> None:
    stage = open_stage()
    prim = say(plane(stage, "/World/P", 2.0), temperature=300.0)
    animate(prim, "ir:temperatureOffset", 0.0, 8.0)
    corners = UsdGeom.PrimvarsAPI(plane(stage, "/World/Q", 2.0)).CreatePrimvar(
        "ir:temperatureOffset", Sdf.ValueTypeNames.FloatArray, "vertex"
    )
    corners.Set(Vt.FloatArray([0.0] * 4), 0.0)
    corners.Set(Vt.FloatArray([4.0] * 4), 24.0)
    flux = say(plane(stage, "/World/R", 2.0), material="steel/paint")
    animate(flux, "ir:heatFlux", 0.0, 400.0)
    states = [author(stage, LWIR, 1, 0, time=time) for time in (0.0, 24.0)]
    assert [state.of("/World/P").temperature for state in states] == [300.0, 308.0]
    assert states[1].of("/World/R").temperature > states[0].of("/World/R").temperature + 10
    assert session(stage)["/World/Q.primvars:band:temperatureOffset"] == (4.0,) * 4


def test_the_weather_and_where_things_lie() -> None:
    stage = open_stage()
    prim = say(plane(stage, "/World/P", 2.0), **SHEET)
    turn = UsdGeom.Xformable(prim).AddRotateXOp()
    turn.Set(0.0, 0.0)
    turn.Set(180.0, 24.0)  # at 12 it stands and looks north or south, at 24 it lies on its face
    noon = infrared("thermal_lwir", weather=NOON)
    level, upright = (at(stage, time, noon).temperature for time in (0.0, 12.0))
    assert abs(level - upright) > 3.0
    weather = build_weather(stage, NIGHT)
    hour = weather.GetAttribute("ir:weather:airTemperature")
    hour.Set(280.0, 0.0)
    hour.Set(300.0, 24.0)
    found = [author(stage, LWIR, 1, 0, time=time).weather.air_temperature for time in (0.0, 12.0)]
    assert found == [280.0, 290.0]


def test_a_shape_that_changes() -> None:
    stage = open_stage()
    prim = say(plane(stage, "/World/P", 2.0), **SHEET)
    points = UsdGeom.Mesh(prim).GetPointsAttr()
    flat = points.Get()
    points.Set(flat, 0.0)
    points.Set(Vt.Vec3fArray([Gf.Vec3f(-1, 0, 0), Gf.Vec3f(-1, 0, 2), Gf.Vec3f(1, 0, 2), Gf.Vec3f(1, 0, 0)]), 24.0)
    noon = infrared("thermal_lwir", weather=NOON)
    assert at(stage, 24.0, noon).temperature < at(stage, 0.0, noon).temperature - 10


def test_nothing_is_read_again_where_nothing_moves() -> None:
    stage = open_stage()
    say(plane(stage, "/World/P", 2.0), temperature=300.0)
    first, second = (at(stage, time) for time in (0.0, 24.0))
    assert first.material is second.material and first.temperature == second.temperature


def test_the_open_stage_is_read_where_the_timeline_stands() -> None:
    """A script's own way: what `author` reads is what is captured at that moment."""
    install()
    start_kit()
    import omni.timeline
    import omni.usd

    async def make() -> list[float]:
        await omni.usd.get_context().new_stage_async()
        stage = omni.usd.get_context().get_stage()
        stage.SetTimeCodesPerSecond(24)
        stage.SetDefaultPrim(UsdGeom.Xform.Define(stage, "/World").GetPrim())
        animate(plane(stage, "/World/P", 2.0), "ir:temperature", 300.0, 340.0)
        found = []
        for seconds in (0.0, 0.5, 1.0):
            omni.timeline.get_timeline_interface().set_current_time(seconds)
            found.append(author(stage, LWIR, 1, 0).of("/World/P").temperature)
        omni.timeline.get_timeline_interface().set_current_time(0.0)
        return found

    asyncio.set_event_loop(get_app().loop)
    assert np.allclose(get_app().run_coroutine(make()), [300.0, 320.0, 340.0])
