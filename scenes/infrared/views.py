"""Cameras of infrared outputs that look for themselves: `<camera>/<output>`, with lens and size of their data sheet."""

from __future__ import annotations

from math import degrees
from typing import Any

import omni.replicator.core as rep
from pxr import Gf, Sdf, Usd, UsdGeom, UsdLux

from scenes.infrared.cameras import CameraSettings
from scenes.infrared.pair import build_pair
from scenes.infrared.settings import Infrared

LAMP, BESIDE = 0.004, 0.02  # m: radius of a lamp, and how far right of the lens it is
FILM = 20.955  # mm, of cameras whose data sheet gives no pixel pitch


def build_views(stage: Usd.Stage, infrared: Infrared, parent: str) -> list[Any]:
    """Define the cameras and lamps below one of the scenario's cameras; returns a render product a camera.

    Args:
        stage: the stage.
        infrared: the scenario's section.
        parent: path of the scenario's camera; the new ones go where it goes.
    """
    products = []
    for output in infrared.outputs:
        settings = infrared.cameras.get(output)
        if settings is None:
            continue
        path = f"{parent}/{output}" if settings.own_view else parent
        if settings.own_view:
            define_camera(stage, path, settings)
            name = f"{parent.rpartition('/')[2]}_{output}"
            products.append(rep.create.render_product(path, (settings.sheet.width, settings.sheet.height), name=name))
            if settings.is_matched:
                products.append(build_pair(stage, path, settings.sheet, f"{name}_right"))
        if settings.flood is not None:
            define_flood(stage, f"{path}/Flood_{output}", settings.sheet.band, *settings.flood)
    return products


def define_flood(stage: Usd.Stage, path: str, band: str, power: float, half_angle: float) -> UsdLux.SphereLight:
    """Define a lamp beside the lens of the camera that it is below; only cameras of its band see its light.

    Args:
        stage: the stage.
        path: of the lamp.
        band: in which it shines.
        power: W.
        half_angle: from the axis to half of the intensity, radians.
    """
    unit = UsdGeom.GetStageMetersPerUnit(stage)
    lamp = UsdLux.SphereLight.Define(stage, path)
    lamp.CreateRadiusAttr(LAMP / unit)
    lamp.CreateIntensityAttr(0.0)  # it does not shine in the visible
    UsdGeom.XformCommonAPI(lamp).SetTranslate(Gf.Vec3d(BESIDE / unit, 0.0, 0.0))
    for name, value in (("power", power), ("halfAngle", degrees(half_angle))):
        lamp.GetPrim().CreateAttribute(f"band:{band}:{name}", Sdf.ValueTypeNames.Float, True).Set(value)
    return lamp


def define_camera(stage: Usd.Stage, path: str, settings: CameraSettings) -> UsdGeom.Camera:
    """Define a camera of a data sheet at an offset from the camera it is below."""
    above = UsdGeom.Camera.Get(stage, path.rpartition("/")[0])
    camera = UsdGeom.Camera.Define(stage, path)
    sheet = settings.sheet
    film = getattr(sheet, "pitch", 0.0) * sheet.width / 1000.0 or FILM
    camera.CreateHorizontalApertureAttr(film)
    camera.CreateVerticalApertureAttr(film * sheet.height / sheet.width)
    camera.CreateFocalLengthAttr(sheet.focal_pixels * film / sheet.width)
    camera.CreateFStopAttr(0.0)
    if above:
        camera.CreateClippingRangeAttr(above.GetClippingRangeAttr().Get())
    unit = UsdGeom.GetStageMetersPerUnit(stage)
    UsdGeom.XformCommonAPI(camera).SetTranslate(Gf.Vec3d(*settings.offset) / unit)
    return camera
