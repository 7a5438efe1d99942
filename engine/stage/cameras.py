"""UsdGeomCamera at one image size.

Pixels are square: the horizontal aperture fills the width and the vertical aperture follows from the image's shape, as
Replicator does; the authored vertical aperture is kept in `attributes` only.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import Gf, Sdf, Usd, UsdGeom

from engine.stage.scene import Camera, Matrix

TENTH = 0.1  # focal length and apertures are in tenths of a stage unit (UsdGeomCamera, "Units of Measure")
LENS_MODEL, PROJECTION = "omni:lensdistortion:model", "cameraProjectionType"


def camera_prim(stage: Usd.Stage, path: str) -> Usd.Prim:
    """Return the camera at a path.

    Raises:
        ValueError: if there is no prim, or it is not a camera.
    """
    prim = stage.GetPrimAtPath(path) if Sdf.Path.IsValidPathString(path)[0] and path.startswith("/") else None
    if not prim:
        raise ValueError(f"camera '{path}': there is no such prim; expected the path of a Camera on the stage")
    if not prim.IsA(UsdGeom.Camera):
        kind = prim.GetTypeName() or "prim without a type"
        raise ValueError(f"camera '{path}': it is a {kind}; expected a Camera. Give the path of a UsdGeomCamera prim")
    return prim


def read_camera(prim: Usd.Prim, width: int, height: int, time: Usd.TimeCode, pose: Matrix, previous: Matrix) -> Camera:
    """Read a camera.

    Args:
        prim: the camera.
        width, height: pixels.
        time: when.
        pose, previous: world_from_camera now and at the last captured frame, rigid, metres.

    Raises:
        ValueError: if its focal length or aperture is not above 0, or its clipping range is empty.
    """
    schema = UsdGeom.Camera(prim)
    unit = UsdGeom.GetStageMetersPerUnit(prim.GetStage())
    focal = _positive(prim, "focalLength", time)
    aperture = _positive(prim, "horizontalAperture", time)
    near, far = _clipping(prim, time)
    pixels = width / aperture
    right, up = (
        float(prim.GetAttribute(f"{side}ApertureOffset").Get(time) or 0.0) for side in ("horizontal", "vertical")
    )
    orthographic = schema.GetProjectionAttr().Get(time) == UsdGeom.Tokens.orthographic
    across = aperture * TENTH * unit
    return Camera(
        str(prim.GetPath()),
        width,
        height,
        pose,
        previous,
        focal * pixels,
        focal * pixels,
        width / 2 - right * pixels,
        height / 2 + up * pixels,
        near * unit,
        far * unit,
        float(schema.GetFStopAttr().Get(time) or 0.0),
        float(schema.GetFocusDistanceAttr().Get(time) or 0.0) * unit,
        focal * TENTH * unit,
        _model(prim, time),
        orthographic,
        (across, across * height / width) if orthographic else (0.0, 0.0),
        _attributes(prim, time),
    )


def _positive(prim: Usd.Prim, name: str, time: Usd.TimeCode) -> float:
    value = float(prim.GetAttribute(name).Get(time))
    if not np.isfinite(value) or value <= 0:
        raise ValueError(f"camera '{prim.GetPath()}': {name} is {value}; expected a number above 0")
    return value


def _clipping(prim: Usd.Prim, time: Usd.TimeCode) -> tuple[float, float]:
    near, far = (float(v) for v in prim.GetAttribute("clippingRange").Get(time))
    if not near < far:
        raise ValueError(f"camera '{prim.GetPath()}': clippingRange is ({near}, {far}); expected near below far")
    return near, far


def _model(prim: Usd.Prim, time: Usd.TimeCode) -> str:
    for name in (LENS_MODEL, PROJECTION):
        attribute = prim.GetAttribute(name)
        value = attribute.Get(time) if attribute else None
        if value:
            return str(value)
    return "pinhole"


def _attributes(prim: Usd.Prim, time: Usd.TimeCode) -> dict[str, Any]:
    """Return all attribute values as plain Python values: numbers, text, tuples."""
    found = {}
    for attribute in prim.GetAttributes():
        value = attribute.Get(time)
        if value is not None:
            found[attribute.GetName()] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Sdf.AssetPath):
        return value.resolvedPath or value.path
    if isinstance(value, Gf.Quatf | Gf.Quatd | Gf.Quath):
        return (value.GetReal(), *value.GetImaginary())
    if isinstance(value, Gf.Matrix2d | Gf.Matrix3d | Gf.Matrix4d | Gf.Matrix4f):
        return tuple(tuple(float(v) for v in row) for row in np.array(value))
    return tuple(_plain(v) for v in value) if hasattr(value, "__iter__") else value
