"""isaacsim.core.utils.viewports: place the perspective camera."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import Gf, Usd, UsdGeom

from ...carb.vectors import Float3
from ...kit.viewport_utility import Viewport, ViewportWindow, get_active_viewport
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


def get_id_from_index(index: int) -> int:
    """Return the id of a viewport: there is one."""
    return 0


def get_window_from_id(id: int, usd_context_name: str | None = None) -> ViewportWindow:
    """Return the window of the one viewport."""
    return ViewportWindow(get_active_viewport())


def create_viewport_for_camera(
    viewport_name: str,
    camera_prim_path: str,
    width: int = 1280,
    height: int = 720,
    position_x: int = 0,
    position_y: int = 0,
) -> ViewportWindow:
    """Return a window with a viewport that looks through a camera and is never drawn."""
    viewport = Viewport()
    viewport.set_active_camera(camera_prim_path)
    viewport.set_texture_resolution((width, height))
    window = ViewportWindow(viewport)
    window.title = window.name = viewport_name
    return window


def get_intrinsics_matrix(viewport_api: Viewport) -> np.ndarray:
    """Return the pinhole matrix (3, 3), pixels, of the camera a viewport looks through."""
    camera = UsdGeom.Camera(get_current_stage().GetPrimAtPath(str(viewport_api.get_active_camera())))
    width, height = viewport_api.get_texture_resolution()
    focal = width * camera.GetFocalLengthAttr().Get() / camera.GetHorizontalApertureAttr().Get()
    return np.array([[focal, 0.0, width * 0.5], [0.0, focal, height * 0.5], [0.0, 0.0, 1.0]])


def set_intrinsics_matrix(viewport_api: Viewport, intrinsics_matrix: Any, focal_length: float = 1.0) -> None:
    """Set focal length and apertures of the camera a viewport looks through from a matrix (3, 3), pixels."""
    camera = UsdGeom.Camera(get_current_stage().GetPrimAtPath(str(viewport_api.get_active_camera())))
    width, height = viewport_api.get_texture_resolution()
    matrix = np.asarray(intrinsics_matrix, dtype=float)
    camera.GetFocalLengthAttr().Set(float(focal_length))
    camera.GetHorizontalApertureAttr().Set(float(width * focal_length / matrix[0, 0]))
    camera.GetVerticalApertureAttr().Set(float(height * focal_length / matrix[1, 1]))


def add_aov_to_viewport(viewport_api: Viewport, aov_name: str) -> None:
    """Accept: viewports are never drawn; attach an annotator to a render product instead."""


def backproject_depth(depth_image: np.ndarray, viewport_api: Viewport, max_clip_depth: float) -> np.ndarray:
    """Return points (n, 3) of a depth image (h, w): x right, y down, z forward; depths beyond the limit are 0."""
    matrix = get_intrinsics_matrix(viewport_api)
    depth = np.where(np.asarray(depth_image) > max_clip_depth, 0.0, depth_image).ravel()
    rows, columns = np.mgrid[0 : depth_image.shape[0], 0 : depth_image.shape[1]]
    across = (columns.ravel() - matrix[0, 2]) * depth / matrix[0, 0]
    down = (rows.ravel() - matrix[1, 2]) * depth / matrix[1, 1]
    return np.stack([across, down, depth], axis=1)


def project_depth_to_worldspace(depth_image: np.ndarray, viewport_api: Viewport, max_clip_depth: float) -> list[Any]:
    """Return the world points of a depth image (h, w) in metres, as `carb.Float3`; depths are cut at the limit."""
    stage = get_current_stage()
    world = UsdGeom.Xformable(stage.GetPrimAtPath(str(viewport_api.get_active_camera()))).ComputeLocalToWorldTransform(
        0
    )
    depth = np.clip(np.asarray(depth_image, float) / UsdGeom.GetStageMetersPerUnit(stage), 0, max_clip_depth)
    seen = backproject_depth(depth, viewport_api, max_clip_depth) * np.array([1.0, -1.0, -1.0])
    return [Float3(*world.Transform(Gf.Vec3d(*point))) for point in seen.tolist()]


def set_active_viewport_camera(camera_prim_path: str) -> None:
    """Look through another camera in the (never drawn) viewport."""
    get_active_viewport().set_active_camera(camera_prim_path)


def destroy_all_viewports(usd_context_name: str | None = None, destroy_main_viewport: bool = True) -> None:
    """Accept: viewports are never drawn."""
