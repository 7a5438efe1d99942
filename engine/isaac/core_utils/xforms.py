"""isaacsim.core.utils.xforms: transform operations and poses of prims."""

from __future__ import annotations

import numpy as np
from pxr import Gf, Usd, UsdGeom

from .rotations import gf_quat_to_np_array
from .stage import get_current_stage

ONES = Gf.Vec3d(1.0, 1.0, 1.0)


def clear_xform_ops(prim: Usd.Prim) -> None:
    """Remove every transform operation of a prim."""
    xformable = UsdGeom.Xformable(prim)
    for name in [str(op.GetOpName()) for op in xformable.GetOrderedXformOps()]:
        prim.RemoveProperty(name)
    xformable.ClearXformOpOrder()


def reset_and_set_xform_ops(
    prim: Usd.Prim, translation: Gf.Vec3d, orientation: Gf.Quatd, scale: Gf.Vec3d = ONES
) -> None:
    """Give a prim the operations translate, orient, scale in double precision and set them."""
    clear_xform_ops(prim)
    xformable = UsdGeom.Xformable(prim)
    double = UsdGeom.XformOp.PrecisionDouble
    xformable.AddTranslateOp(double).Set(Gf.Vec3d(translation))
    xformable.AddOrientOp(double).Set(Gf.Quatd(orientation))
    xformable.AddScaleOp(double).Set(Gf.Vec3d(scale))


def reset_xform_ops(prim: Usd.Prim) -> None:
    """Give a prim the operations translate, orient, scale at their neutral values."""
    reset_and_set_xform_ops(prim, Gf.Vec3d(0.0), Gf.Quatd(1.0), Gf.Vec3d(1.0, 1.0, 1.0))


def get_local_pose(prim_path: str) -> tuple[np.ndarray, np.ndarray]:
    """Return (translation (3,), quaternion wxyz (4,)) of a prim in its parent's frame, stage units."""
    return _pose(UsdGeom.Xformable(get_current_stage().GetPrimAtPath(prim_path)).GetLocalTransformation(0))


def get_world_pose(prim_path: str, fabric: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Return (translation (3,), quaternion wxyz (4,)) of a prim in the world frame, stage units."""
    return _pose(UsdGeom.Xformable(get_current_stage().GetPrimAtPath(prim_path)).ComputeLocalToWorldTransform(0))


def _pose(matrix: Gf.Matrix4d) -> tuple[np.ndarray, np.ndarray]:
    rigid = matrix.RemoveScaleShear()
    return np.array(matrix.ExtractTranslation()), gf_quat_to_np_array(rigid.ExtractRotationQuat())
