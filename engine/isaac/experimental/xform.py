"""isaacsim.core.experimental.utils.xform: poses of prims; quaternions are wxyz, lengths in stage units."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import Gf, Usd, UsdGeom

from ..arrays import to_device, to_host
from ..core_utils.rotations import gf_quat_to_np_array
from .prim import get_prim_at_path


def get_local_pose(prim: str | Usd.Prim, *, device: Any = None) -> tuple[Any, Any]:
    """Return (translation (3,), orientation (4,)) in the parent's frame."""
    return _pose(UsdGeom.Xformable(get_prim_at_path(prim)).GetLocalTransformation(0), device)


def get_world_pose(prim: str | Usd.Prim, *, device: Any = None) -> tuple[Any, Any]:
    """Return (position (3,), orientation (4,)) in the world frame."""
    return _pose(UsdGeom.Xformable(get_prim_at_path(prim)).ComputeLocalToWorldTransform(0), device)


def _pose(matrix: Gf.Matrix4d, device: Any) -> tuple[Any, Any]:
    quat = gf_quat_to_np_array(matrix.RemoveScaleShear().ExtractRotationQuat())
    return to_device(np.array(matrix.ExtractTranslation()), device=device), to_device(quat, device=device)


def set_local_pose(prim: str | Usd.Prim, *, translation: Any = None, orientation: Any = None) -> None:
    """Set translation (3,) and/or orientation (4,) in the parent's frame; the scale stays."""
    target = UsdGeom.Xformable(get_prim_at_path(prim))
    local = target.GetLocalTransformation(0)
    _author(target, local, translation, orientation)


def set_world_pose(prim: str | Usd.Prim, *, position: Any = None, orientation: Any = None) -> None:
    """Set position (3,) and/or orientation (4,) in the world frame; the scale stays."""
    target = UsdGeom.Xformable(get_prim_at_path(prim))
    parent = target.ComputeParentToWorldTransform(0)
    world = target.ComputeLocalToWorldTransform(0).RemoveScaleShear()
    if position is not None:
        world.SetTranslateOnly(Gf.Vec3d(*to_host(position).tolist()))
    if orientation is not None:
        wxyz = to_host(orientation).tolist()
        place = world.ExtractTranslation()
        world = Gf.Matrix4d().SetRotate(Gf.Quatd(wxyz[0], *wxyz[1:])).SetTranslateOnly(place)
    rigid = (world * parent.GetInverse()).RemoveScaleShear()
    quat = gf_quat_to_np_array(rigid.ExtractRotationQuat())
    place = (world * parent.GetInverse()).ExtractTranslation()
    _author(target, target.GetLocalTransformation(0), np.array(place), quat)


def _author(target: UsdGeom.Xformable, local: Gf.Matrix4d, translation: Any, orientation: Any) -> None:
    from ..core_utils.xforms import reset_and_set_xform_ops

    place = local.ExtractTranslation() if translation is None else Gf.Vec3d(*to_host(translation).tolist())
    quat = local.RemoveScaleShear().ExtractRotationQuat()
    if orientation is not None:
        wxyz = to_host(orientation).tolist()
        quat = Gf.Quatd(wxyz[0], *wxyz[1:])
    scale = Gf.Vec3d(*[local.GetRow3(axis).GetLength() for axis in range(3)])
    reset_and_set_xform_ops(target.GetPrim(), place, quat, scale)


def get_relative_transform(source_prim: str | Usd.Prim, target_prim: str | Usd.Prim) -> np.ndarray:
    """Return source to target (4, 4), column vectors."""
    source, target = (
        np.array(UsdGeom.Xformable(get_prim_at_path(prim)).ComputeLocalToWorldTransform(0))
        for prim in (source_prim, target_prim)
    )
    return (source @ np.linalg.inv(target)).T
