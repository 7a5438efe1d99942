"""Active stereo on the stage: the right imager and the dot projector of a camera whose left imager is there.

The projector is a light that shines in `nir850` alone, so that nothing else sees its dots; other `nir850` outputs do.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import omni.replicator.core as rep
from pxr import Gf, Sdf, Usd, UsdGeom, UsdLux

from scenes.asset_cache import asset_file
from sensors.active_stereo import projector_of
from sensors.stereo_depth import StereoCamera
from writers.infrared.settings import RIGHT

FINER = 2.0  # texels of the pattern for a pixel of the imagers, each way
SIZE = 1e-3  # of the light, stage units: it counts as a point


def build_pair(stage: Usd.Stage, left: str, sheet: StereoCamera, name: str) -> Any:
    """Define what belongs to the left imager; returns the right one's render product.

    Args:
        stage: the stage.
        left: path of the left imager, `<camera>/ir_depth`.
        sheet: data sheet of the pair.
        name: of the render product.
    """
    unit = UsdGeom.GetStageMetersPerUnit(stage)
    first = UsdGeom.Camera.Get(stage, left)
    path = f"{left.rpartition('/')[0]}/{RIGHT}"
    right = UsdGeom.Camera.Define(stage, path)
    for attribute in ("focalLength", "horizontalAperture", "verticalAperture", "clippingRange", "fStop"):
        value = first.GetPrim().GetAttribute(attribute).Get()
        if value is not None:
            right.GetPrim().GetAttribute(attribute).Set(value)
    place, *_ = UsdGeom.XformCommonAPI(first).GetXformVectors(Usd.TimeCode.Default())
    UsdGeom.XformCommonAPI(right).SetTranslate(Gf.Vec3d(place) + Gf.Vec3d(sheet.baseline / unit, 0, 0))
    define_projector(stage, f"{left}/Projector", sheet)
    return rep.create.render_product(path, (sheet.width, sheet.height), name=name)


def define_projector(stage: Usd.Stage, path: str, sheet: StereoCamera) -> UsdLux.RectLight:
    """Define a projector of dots below the left imager."""
    light = UsdLux.RectLight.Define(stage, path)
    light.CreateIntensityAttr(0.0)  # it does not shine in the visible
    light.CreateWidthAttr(SIZE)
    light.CreateHeightAttr(SIZE)
    light.CreateTextureFileAttr(Sdf.AssetPath(str(pattern_file(sheet))))
    UsdGeom.XformCommonAPI(light).SetTranslate(
        Gf.Vec3d(sheet.projector_offset / UsdGeom.GetStageMetersPerUnit(stage), 0, 0)
    )
    prim, degrees = light.GetPrim(), np.degrees([sheet.projector_width, sheet.projector_height])
    prim.CreateAttribute("band:nir850:power", Sdf.ValueTypeNames.Float, True).Set(sheet.projector_power)
    prim.CreateAttribute("band:nir850:fieldOfView", Sdf.ValueTypeNames.Float2, True).Set(Gf.Vec2f(*map(float, degrees)))
    return light


def pattern_file(sheet: StereoCamera) -> Path:
    """Return the picture of the dots, 8 bits; the same for every camera of this kind."""
    params = {key: getattr(sheet, key) for key in ("focal_pixels", "projector_width", "projector_height", "dots")}
    return asset_file("dots", params, partial(_write_pattern, sheet), ".png")


def _write_pattern(sheet: StereoCamera, path: Path) -> None:
    from dataclasses import replace

    fine = replace(sheet, focal_pixels=sheet.focal_pixels * FINER)
    pattern = projector_of(fine, np.random.default_rng(1), sigma=1.1 * FINER).pattern
    level = np.clip(np.floor(pattern / np.percentile(pattern, 99.9) * 255.0 + 0.5), 0, 255).astype(np.uint8)
    cv2.imwrite(str(path), level)
