"""Cameras of infrared outputs that look for themselves: `<camera>/<output>`, with lens and size of their data sheet."""

from __future__ import annotations

from typing import Any

import omni.replicator.core as rep
from pxr import Gf, Usd, UsdGeom

from scenes.infrared.cameras import CameraSettings
from scenes.infrared.pair import build_pair
from scenes.infrared.settings import Infrared

FILM = 20.955  # mm, of cameras whose data sheet gives no pixel pitch


def build_views(stage: Usd.Stage, infrared: Infrared, parent: str) -> list[Any]:
    """Define the cameras below one of the scenario's and return a render product each.

    Args:
        stage: the stage.
        infrared: the scenario's section.
        parent: path of the scenario's camera; the new ones go where it goes.
    """
    products = []
    for output in infrared.outputs:
        settings = infrared.cameras.get(output)
        if settings is not None and settings.own_view:
            path = f"{parent}/{output}"
            define_camera(stage, path, settings)
            name = f"{parent.rpartition('/')[2]}_{output}"
            products.append(rep.create.render_product(path, (settings.sheet.width, settings.sheet.height), name=name))
            if settings.is_matched:
                products.append(build_pair(stage, path, settings.sheet, f"{name}_right"))
    return products


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
