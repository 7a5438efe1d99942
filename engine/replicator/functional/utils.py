"""rep.functional.utils: where prims are."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import Gf, Usd, UsdGeom

from engine.replicator.arguments import fail
from engine.replicator.functional.values import one_prim, prims_of
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


def get_batched_value(value: Any, prims: Any = None, count: int | None = None) -> Any:
    """Return a value once a prim: one value for all, or a list (or array) of one for each.

    Args:
        value: number, text, vector, or a list or two-dimensional array of one value a prim; None stays None.
        prims: who is to be given one each.
        count: how many, instead of `prims`.

    Raises:
        ValueError: if neither prims nor count was given, or there is another number of values.
    """
    where = "functional.utils.get_batched_value"
    if value is None:
        return None
    if prims is None and count is None:
        raise fail(where, "prims", prims, "prims or count")
    number = int(count) if count is not None else len(prims_of(where, prims))
    if isinstance(value, np.ndarray):
        rows = list(value) if value.ndim > 1 or (value.ndim == 1 and len(value) == number) else [value]
    else:
        vector = isinstance(value, tuple) or (isinstance(value, list) and _is_vector(value, number))
        rows = list(value) if isinstance(value, list) and not vector else [value]
    if len(rows) not in (1, number):
        raise fail(where, "value", value, f"one value, or one for each of {number} prims")
    return rows * number if len(rows) == 1 else rows


def _is_vector(value: list[Any], number: int) -> bool:
    """Tell a vector of 2 to 4 numbers from a list of one number a prim; where both could be meant it is the list."""
    plain = all(isinstance(item, int | float | np.number) and not isinstance(item, bool) for item in value)
    return plain and len(value) in (2, 3, 4) and len(value) != number


__all__ = ["get_batched_value"]
__all__ += ["get_local_transform", "get_world_position", "get_world_transform"]
__getattr__ = refuse("omni.replicator.core.functional.utils")
