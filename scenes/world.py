"""Put a scenario on the stage: builders, cameras, then its randomizers as one Replicator graph."""

from __future__ import annotations

from typing import Any

import carb.settings
import numpy as np
import omni.replicator.core as rep
import omni.usd
from pxr import Gf, Tf, Usd, UsdGeom, UsdSkel

from scenes.errors import ScenarioError
from scenes.infrared import author
from scenes.infrared.hidden import check_hidden
from scenes.infrared.views import build_views
from scenes.infrared.weather import build_weather
from scenes.scenario import Scenario
from scenes.seeds import derive_seed
from scenes.streams import Streams, changed_too_late

EVENT = "replicant_randomize"
PIXEL_FRAME = "/replicant/render/frame"  # the embedded engine's pixel samples are a stream per (seed, this number)


async def build_stage(scenario: Scenario) -> Usd.Stage:
    """Open a new stage and author everything that is not random, in the order of the file.

    Raises:
        ScenarioError: if a builder cannot do what the scenario asks.
    """
    await omni.usd.get_context().new_stage_async()
    stage = omni.usd.get_context().get_stage()
    UsdGeom.SetStageUpAxis(stage, scenario.up_axis)
    UsdGeom.SetStageMetersPerUnit(stage, scenario.meters_per_unit)
    stage.SetDefaultPrim(UsdGeom.Xform.Define(stage, "/World").GetPrim())
    kinds = {step.kind for step in scenario.randomizers}
    if scenario.infrared.outputs or "infrared" in scenario.document or "weather" in kinds:
        build_weather(stage, scenario.infrared.weather)
    for step in scenario.scene:
        rng = np.random.default_rng(derive_seed(scenario.seed, "scene", step.name))
        try:
            step.function(stage, f"/World/{step.name}", rng, **step.options)
        except (ValueError, FileNotFoundError, Tf.ErrorException) as error:
            raise ScenarioError(f"scene.{step.name}.{step.kind}", str(error), scenario.file) from error
    return stage


def build_cameras(scenario: Scenario, stage: Usd.Stage) -> list[Any]:
    """Define the cameras and one render product each, named as in the scenario; then those of infrared outputs that
    look for themselves.
    """
    products, own = [], []
    for name, options in scenario.cameras.items():
        path = f"/World/Cameras/{name}"
        camera = UsdGeom.Camera.Define(stage, path)
        _set_lens(camera, scenario, options)
        _set_pose(camera, options, scenario.up_axis)
        _set_clearance(stage, path, options.get("clearance", 0.0) / scenario.meters_per_unit)
        products.append(rep.create.render_product(path, scenario.resolution, name=name))
        own += build_views(stage, scenario.infrared, path)
    return products + own


def _set_lens(camera: UsdGeom.Camera, scenario: Scenario, options: dict[str, Any]) -> None:
    """Author the lens: millimetres as plain numbers, as Replicator does; metres become stage units.

    USD reads a focal length as tenths of a stage unit, so a lens in millimetres is `unit / 0.01` times too long where
    blur is concerned; the f-stop makes up for it.
    """
    unit = scenario.meters_per_unit
    width, height = scenario.resolution
    aperture = options.get("horizontal_aperture", 20.955)
    camera.GetFocalLengthAttr().Set(options.get("focal_length", 24.0))
    camera.GetHorizontalApertureAttr().Set(aperture)
    camera.GetVerticalApertureAttr().Set(aperture * height / width)  # square pixels
    near, far = options.get("clipping_range", (0.1, 10000.0))
    camera.GetClippingRangeAttr().Set(Gf.Vec2f(near / unit, far / unit))
    camera.GetFStopAttr().Set(options.get("f_stop", 0.0) * unit / 0.01)
    camera.GetFocusDistanceAttr().Set(options.get("focus_distance", 400.0) / unit)


def _set_clearance(stage: Usd.Stage, path: str, reach: float) -> None:
    """Give a camera an extent, which scattered prims can avoid: an empty child, of the one plain prim type that has an
    extent of its own and draws nothing.
    """
    if reach > 0:
        room = UsdSkel.Root.Define(stage, f"{path}/Clearance")
        room.CreateExtentAttr().Set([Gf.Vec3f(-reach), Gf.Vec3f(reach)])


def _set_pose(camera: UsdGeom.Camera, options: dict[str, Any], up_axis: str) -> None:
    position = Gf.Vec3d(*options.get("position", (0.0, 0.0, 0.0)))
    target = options.get("look_at")
    UsdGeom.XformCommonAPI(camera).SetTranslate(position)
    if target is not None:
        up = Gf.Vec3d(0, 0, 1) if up_axis == "Z" else Gf.Vec3d(0, 1, 0)
        matrix = Gf.Matrix4d().SetLookAt(position, Gf.Vec3d(*target), up).GetInverse()
        angles = matrix.ExtractRotation().Decompose(Gf.Vec3d.ZAxis(), Gf.Vec3d.YAxis(), Gf.Vec3d.XAxis())
        UsdGeom.XformCommonAPI(camera).SetRotate(Gf.Vec3f(angles[2], angles[1], angles[0]))


def build_randomizers(scenario: Scenario) -> list[Streams]:
    """Make the randomizer graph behind one custom event; returns each randomizer's streams.

    Raises:
        ScenarioError: if a randomizer cannot do what the scenario asks.
    """
    streams = []
    with rep.trigger.on_custom_event(event_name=EVENT):
        for step in scenario.randomizers:
            own = Streams(step.name)
            try:
                step.function(own, **step.options)
            except (ValueError, TypeError) as error:
                raise ScenarioError(f"randomizers.{step.name}.{step.kind}", str(error), scenario.file) from error
            streams.append(own)
    _check_order(scenario, streams)
    check_hidden(scenario.infrared, scenario.randomizers, scenario.file)
    return streams


def _check_order(scenario: Scenario, streams: list[Streams]) -> None:
    """Refuse an order in which a frame would see what the frame before left behind."""
    for number, later in enumerate(streams):
        for earlier in streams[:number]:
            if prim := changed_too_late(earlier, later):
                raise ScenarioError(
                    f"randomizers.{later.name}",
                    f"changes '{prim}' after '{earlier.name}' has looked at it, so a frame would depend on the one "
                    f"before; move it before '{earlier.name}'",
                    scenario.file,
                )


def randomize(scenario: Scenario, streams: list[Streams], frame: int) -> None:
    """Send the event that makes one frame; every stream is first pointed at that frame.

    Setting the global seed makes Replicator's sampling nodes start their generators again from their own seeds.
    """
    for own in streams:
        own.reseed(scenario.seed, frame)
    rep.set_global_seed(derive_seed(scenario.seed, frame))
    carb.settings.get_settings().set(PIXEL_FRAME, frame)
    rep.utils.send_og_event(EVENT)


def prepare_infrared(scenario: Scenario, frame: int) -> None:
    """Author what infrared outputs look at, once the frame's random values are on the stage.

    Raises:
        SensorError: where what is authored cannot be, naming prim and attribute.
    """
    author(omni.usd.get_context().get_stage(), scenario.infrared, scenario.seed, frame)


def noted(streams: list[Streams]) -> dict[str, Any]:
    """Read what the randomizers did that no distribution publishes."""
    return {name: value for own in streams for name, value in own.noted().items()}
