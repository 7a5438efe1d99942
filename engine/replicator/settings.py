"""rep.settings: renderer, stage and physics settings."""

from __future__ import annotations

from typing import Any

from pxr import Sdf, Usd, UsdGeom, UsdPhysics

from engine.carb.settings import get_settings
from engine.graph.attributes import SettingNode
from engine.graph.graph import current_stage, get_graph
from engine.replicator import arguments as check
from engine.replicator.utils.items import ReplicatorItem

ANTIALIASING = {"Off": 0, "TAA": 1, "FXAA": 2, "DLSS": 3, "DLAA": 4}
PHYSX_STEPS = "physxScene:timeStepsPerSecond"


def carb_settings(setting: str, value: Any) -> ReplicatorItem | None:
    """Set a renderer setting now, or from a distribution each time the trigger fires."""
    if not isinstance(setting, str) or not setting:
        raise check.fail("settings.carb_settings", "setting", setting, "the path of a setting", TypeError)
    if not check.is_item(value):
        get_settings().set(setting, value)
        return None
    graph = get_graph()
    return ReplicatorItem.of(graph.schedule(SettingNode(graph, None, setting=setting, values=value)))


def set_render_rtx_realtime(antialiasing: str = "FXAA") -> None:
    """Render in real-time mode: few samples, denoised."""
    names = {name.lower(): name for name in ANTIALIASING}
    key = str(antialiasing).lower()
    if key not in names:
        raise check.fail("settings.set_render_rtx_realtime", "antialiasing", antialiasing, ", ".join(ANTIALIASING))
    get_settings().set("/rtx/rendermode", "RaytracedLighting")
    get_settings().set("/rtx/post/aa/op", ANTIALIASING[names[key]])


def set_render_pathtraced(samples_per_pixel: int = 64) -> None:
    """Render by path tracing with this many samples a pixel."""
    where = "settings.set_render_pathtraced"
    samples = int(check.number(where, "samples_per_pixel", samples_per_pixel, 1, whole=True))
    get_settings().set("/rtx/rendermode", "PathTracing")
    get_settings().set("/rtx/pathtracing/spp", samples)
    get_settings().set("/rtx/pathtracing/totalSpp", samples)


def set_stage_meters_per_unit(meters_per_unit: float) -> None:
    """Set the stage's unit, metres, in its root layer, which alone may say so, whatever layer is edited."""
    where = "settings.set_stage_meters_per_unit"
    if check.number(where, "meters_per_unit", meters_per_unit, 0) == 0:
        raise check.fail(where, "meters_per_unit", meters_per_unit, "a number above 0")
    stage = current_stage()
    with Usd.EditContext(stage, stage.GetRootLayer()):
        UsdGeom.SetStageMetersPerUnit(stage, float(meters_per_unit))


def set_stage_up_axis(up_axis: str) -> None:
    """Set the stage's up axis, "Y" or "Z", in its root layer, which alone may say so, whatever layer is edited."""
    axis = check.one_of("settings.set_stage_up_axis", "up_axis", str(up_axis).upper(), ("Y", "Z"))
    stage = current_stage()
    with Usd.EditContext(stage, stage.GetRootLayer()):
        UsdGeom.SetStageUpAxis(stage, axis)


def _physics_scene(create: bool) -> Any:
    stage = current_stage()
    found = next((prim for prim in stage.Traverse() if prim.IsA(UsdPhysics.Scene)), None)
    return UsdPhysics.Scene.Define(stage, "/PhysicsScene").GetPrim() if found is None and create else found


def set_physx_timestep(rate: float) -> None:
    """Set physics steps per second on the stage's physics scene, made where it is missing."""
    where = "settings.set_physx_timestep"
    if check.number(where, "rate", rate, 0) == 0:
        raise check.fail(where, "rate", rate, "a number above 0")
    attribute = _physics_scene(True).CreateAttribute(PHYSX_STEPS, Sdf.ValueTypeNames.UInt)
    attribute.Set(round(rate))


def get_physx_timestep() -> float:
    """Return physics steps per second (60 where nothing is set)."""
    scene = _physics_scene(False)
    value = scene.GetAttribute(PHYSX_STEPS).Get() if scene else None
    return float(60.0 if value is None else value)
