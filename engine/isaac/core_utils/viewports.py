"""isaacsim.core.utils.viewports: place the perspective camera."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import Gf, Usd, UsdGeom

from ...kit.viewport_utility import Viewport, get_active_viewport
from .stage import get_current_stage
from .xforms import reset_and_set_xform_ops


def set_camera_view(
    eye: Any,
    target: Any,
    camera_prim_path: str = "/OmniverseKit_Persp",
    viewport_api: Viewport | None = None,
) -> None:
    """Put a camera at `eye` and turn it to `target` (world frame, stage units).

    Raises:
        ValueError: if there is no camera at the path.
    """
    stage = get_current_stage()
    prim = stage.GetPrimAtPath(camera_prim_path)
    if not prim:
        raise ValueError(f"set_camera_view: no camera at '{camera_prim_path}'")
    start, end = Gf.Vec3d(*np.asarray(eye, float).tolist()), Gf.Vec3d(*np.asarray(target, float).tolist())
    up = Gf.Vec3d.YAxis() if UsdGeom.GetStageUpAxis(stage) == UsdGeom.Tokens.y else Gf.Vec3d.ZAxis()
    if Gf.Cross(end - start, up).GetLength() < 1e-9:
        up = Gf.Vec3d.XAxis()
    world = Gf.Matrix4d().SetLookAt(start, end, up).GetInverse()
    local = world * UsdGeom.Xformable(prim).ComputeParentToWorldTransform(0).GetInverse()
    session = stage.GetSessionLayer()
    layer = session if session.GetPrimAtPath(prim.GetPath()) else stage.GetEditTarget().GetLayer()
    with Usd.EditContext(stage, layer):
        reset_and_set_xform_ops(prim, local.ExtractTranslation(), local.RemoveScaleShear().ExtractRotationQuat())


def get_viewport_names(usd_context_name: str | None = None) -> list[str]:
    """Return the names of the viewports."""
    return ["Viewport"]


def set_active_viewport_camera(camera_prim_path: str) -> None:
    """Look through another camera in the (never drawn) viewport."""
    get_active_viewport().set_active_camera(camera_prim_path)


def destroy_all_viewports(usd_context_name: str | None = None, destroy_main_viewport: bool = True) -> None:
    """Accept: viewports are never drawn."""
