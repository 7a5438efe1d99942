"""create_prim: define a prim with a pose, a file, a label and attributes in one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pxr import Gf, Usd, UsdGeom

from .semantics import add_labels
from .stage import add_reference_to_stage, get_current_stage
from .xforms import reset_and_set_xform_ops


def create_prim(
    prim_path: str,
    prim_type: str = "Xform",
    position: Sequence[float] | None = None,
    translation: Sequence[float] | None = None,
    orientation: Sequence[float] | None = None,
    scale: Sequence[float] | None = None,
    usd_path: str | None = None,
    semantic_label: str | None = None,
    semantic_type: str = "class",
    attributes: dict[str, Any] | None = None,
) -> Usd.Prim:
    """Define a prim and return it.

    Args:
        prim_path: where.
        prim_type: USD type name.
        position: in the world frame, stage units; not together with `translation`.
        translation: in the parent frame, stage units.
        orientation: quaternion, wxyz, in the frame of the position given.
        scale: factors along x, y, z.
        usd_path: file to reference.
        semantic_label: label to add.
        semantic_type: type of the label.
        attributes: values to set.

    Raises:
        ValueError: if both positions are given.
    """
    if position is not None and translation is not None:
        raise ValueError("create_prim: give position (world frame) or translation (parent frame), not both")
    stage = get_current_stage()
    prim = (
        add_reference_to_stage(usd_path, prim_path, prim_type) if usd_path else stage.DefinePrim(prim_path, prim_type)
    )
    for name, value in (attributes or {}).items():
        prim.GetAttribute(name).Set(value)
    if semantic_label is not None:
        add_labels(prim, [semantic_label], semantic_type)
    if UsdGeom.Xformable(prim):
        _place(prim, position, translation, orientation, scale)
    return prim


def _place(
    prim: Usd.Prim,
    position: Sequence[float] | None,
    translation: Sequence[float] | None,
    orientation: Sequence[float] | None,
    scale: Sequence[float] | None,
) -> None:
    given = translation if translation is not None else position
    wxyz = [float(v) for v in (orientation if orientation is not None else (1.0, 0.0, 0.0, 0.0))]
    local = Gf.Matrix4d(1.0).SetRotate(Gf.Quatd(wxyz[0], *wxyz[1:]))
    local.SetTranslateOnly(Gf.Vec3d(*[float(v) for v in (given if given is not None else (0.0, 0.0, 0.0))]))
    if position is not None:
        local = local * UsdGeom.Xformable(prim.GetParent()).ComputeLocalToWorldTransform(0).GetInverse()
    factors = Gf.Vec3d(*[float(v) for v in (scale if scale is not None else (1.0, 1.0, 1.0))])
    rotation = local.RemoveScaleShear().ExtractRotationQuat()
    reset_and_set_xform_ops(prim, local.ExtractTranslation(), rotation, factors)
