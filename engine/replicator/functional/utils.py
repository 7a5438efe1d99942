"""rep.functional.utils: where prims are."""

from __future__ import annotations

from typing import Any

from pxr import Gf, Usd, UsdGeom

from engine.replicator.functional.values import one_prim
from engine.replicator.missing import refuse


def get_world_transform(prim: Any) -> Gf.Transform:
    """Return a prim's transform to the world: `GetMatrix()` is the row-vector matrix, `GetTranslation()` the place.

    Args:
        prim: prim, path or item.

    Returns:
        Transform in stage units.
    """
    found = one_prim("functional.utils.get_world_transform", prim, "prim")
    return Gf.Transform(UsdGeom.XformCache(Usd.TimeCode.Default()).GetLocalToWorldTransform(found))


def get_local_transform(prim: Any) -> Gf.Transform:
    """Return a prim's transform to its parent (see `get_world_transform`)."""
    found = one_prim("functional.utils.get_local_transform", prim, "prim")
    matrix, _ = UsdGeom.XformCache(Usd.TimeCode.Default()).GetLocalTransformation(found)
    return Gf.Transform(matrix)


def get_world_position(prim: Any) -> Gf.Vec3d:
    """Return a prim's origin in the world, stage units."""
    found = one_prim("functional.utils.get_world_position", prim, "prim")
    return UsdGeom.XformCache(Usd.TimeCode.Default()).GetLocalToWorldTransform(found).ExtractTranslation()


__all__ = ["get_local_transform", "get_world_position", "get_world_transform"]
__getattr__ = refuse("omni.replicator.core.functional.utils")
