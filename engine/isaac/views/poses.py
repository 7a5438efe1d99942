"""Poses of prims: read from composed transforms, written as translate, orient and scale; stage units, wxyz."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float
from pxr import Gf, Usd, UsdGeom

from ..core_utils.xforms import reset_and_set_xform_ops

Poses = tuple[Float[np.ndarray, "n 3"], Float[np.ndarray, "n 4"]]
TRANSLATE, ORIENT, SCALE = "xformOp:translate", "xformOp:orient", "xformOp:scale"
STACK = [TRANSLATE, ORIENT, SCALE]
UNIT = Gf.Vec3d(1.0, 1.0, 1.0)


def rigid(matrix: Gf.Matrix4d) -> tuple[Gf.Vec3d, Gf.Quatd]:
    """Return translation and rotation of a transform (row vectors), without its scale."""
    return matrix.ExtractTranslation(), matrix.RemoveScaleShear().ExtractRotationQuat().GetNormalized()


def wxyz(quat: Gf.Quatd) -> list[float]:
    """Return a quaternion as four numbers."""
    return [quat.GetReal(), *quat.GetImaginary()]


def _arrays(matrices: Sequence[Gf.Matrix4d]) -> Poses:
    parts = [rigid(matrix) for matrix in matrices]
    positions = np.array([list(place) for place, _ in parts], dtype=np.float32).reshape(-1, 3)
    return positions, np.array([wxyz(quat) for _, quat in parts], dtype=np.float32).reshape(-1, 4)


def world_poses(prims: Sequence[Usd.Prim]) -> Poses:
    """Return positions (n, 3) and orientations (n, 4) in the world frame."""
    now = Usd.TimeCode.Default()
    return _arrays([UsdGeom.Xformable(prim).ComputeLocalToWorldTransform(now) for prim in prims])


def local_poses(prims: Sequence[Usd.Prim]) -> Poses:
    """Return translations (n, 3) and orientations (n, 4) in the parents' frames."""
    return _arrays([UsdGeom.Xformable(prim).GetLocalTransformation() for prim in prims])


def local_scales(prims: Sequence[Usd.Prim]) -> Float[np.ndarray, "n 3"]:
    """Return the factors (n, 3) along each prim's own axes."""
    return np.array([list(_scale(prim)) for prim in prims], dtype=np.float32).reshape(-1, 3)


def world_scales(prims: Sequence[Usd.Prim]) -> Float[np.ndarray, "n 3"]:
    """Return the lengths (n, 3) of each prim's unit axes in the world frame."""
    now = Usd.TimeCode.Default()
    matrices = [np.array(UsdGeom.Xformable(prim).ComputeLocalToWorldTransform(now)) for prim in prims]
    return np.array([np.linalg.norm(m[:3, :3], axis=1) for m in matrices], dtype=np.float32).reshape(-1, 3)


def _scale(prim: Usd.Prim) -> Gf.Vec3d:
    attribute = prim.GetAttribute(SCALE)
    if is_standard(prim) and attribute:
        return Gf.Vec3d(attribute.Get() or UNIT)
    return Gf.Transform(UsdGeom.Xformable(prim).GetLocalTransformation()).GetScale()


def is_standard(prim: Usd.Prim) -> bool:
    """Tell whether a prim's transform is just translate, orient and scale."""
    order = UsdGeom.Xformable(prim).GetXformOpOrderAttr().Get()
    return [str(name) for name in order or []] == STACK


def standardise(prim: Usd.Prim) -> None:
    """Give a prim the operations translate, orient and scale; it stays where it is."""
    if is_standard(prim):
        return
    place, quat = rigid(UsdGeom.Xformable(prim).GetLocalTransformation())
    reset_and_set_xform_ops(prim, place, quat, _scale(prim))


def set_local_poses(
    prims: Sequence[Usd.Prim],
    translations: Float[np.ndarray, "n 3"] | None = None,
    orientations: Float[np.ndarray, "n 4"] | None = None,
) -> None:
    """Put prims in their parents' frames; what is None stays."""
    for index, prim in enumerate(prims):
        standardise(prim)
        if translations is not None:
            _set(prim, TRANSLATE, translations[index].tolist())
        if orientations is not None:
            _set(prim, ORIENT, (orientations[index] / np.linalg.norm(orientations[index])).tolist())


def set_world_poses(
    prims: Sequence[Usd.Prim],
    positions: Float[np.ndarray, "n 3"] | None = None,
    orientations: Float[np.ndarray, "n 4"] | None = None,
) -> None:
    """Put prims in the world frame; what is None stays."""
    now = Usd.TimeCode.Default()
    for index, prim in enumerate(prims):
        xformable = UsdGeom.Xformable(prim)
        place, quat = rigid(xformable.ComputeLocalToWorldTransform(now))
        if positions is not None:
            place = Gf.Vec3d(*positions[index].tolist())
        if orientations is not None:
            w, *xyz = orientations[index].tolist()
            quat = Gf.Quatd(w, *xyz).GetNormalized()
        parent = xformable.ComputeParentToWorldTransform(now)
        place = parent.GetInverse().Transform(place)
        quat = rigid(parent)[1].GetInverse() * quat
        standardise(prim)
        _set(prim, TRANSLATE, list(place))
        _set(prim, ORIENT, wxyz(quat))


def set_local_scales(prims: Sequence[Usd.Prim], scales: Float[np.ndarray, "n 3"]) -> None:
    """Set the factors along each prim's own axes."""
    for index, prim in enumerate(prims):
        standardise(prim)
        _set(prim, SCALE, scales[index].tolist())


def _set(prim: Usd.Prim, name: str, numbers: list[float]) -> None:
    """Set an operation in the precision that it has."""
    attribute = prim.GetAttribute(name)
    attribute.Set(type(attribute.GetTypeName().defaultValue)(*numbers))


def visibilities(prims: Sequence[Usd.Prim]) -> Bool[np.ndarray, "n"]:
    """Tell which prims are shown."""
    return np.array([UsdGeom.Imageable(prim).ComputeVisibility() != UsdGeom.Tokens.invisible for prim in prims], bool)


def set_visibilities(prims: Sequence[Usd.Prim], shown: Bool[np.ndarray, "n"]) -> None:
    """Show or hide prims."""
    for prim, is_shown in zip(prims, shown, strict=True):
        imageable = UsdGeom.Imageable(prim)
        imageable.MakeVisible() if is_shown else imageable.MakeInvisible()
