"""isaacsim.core.experimental.utils.bounds: boxes of prims, stage units.

A space is "world", "local" (the parent's frame) or "untransformed" (the prim's own frame).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import Gf, Usd, UsdGeom

from ..core_utils import bounds as _bounds
from ..core_utils.bounds import get_obb_corners
from .prim import get_prim_at_path, get_prim_path

__all__ = [
    "compute_aabb",
    "compute_bound_range",
    "compute_bound_volume",
    "compute_combined_aabb",
    "compute_obb",
    "compute_obb_corners",
    "create_bbox_cache",
    "get_obb_corners",
]

NOW = Usd.TimeCode.Default()
Prim = str | Usd.Prim
Cache = Any


def create_bbox_cache(time: Usd.TimeCode = NOW, *, use_extents_hint: bool = True) -> UsdGeom.BBoxCache:
    """Return a cache of the boxes of default-purpose geometry."""
    return _bounds.create_bbox_cache(time, use_extents_hint)


def _box(prim: Prim, cache: Cache, space: str) -> Gf.Range3d:
    found = cache or create_bbox_cache()
    compute = {
        "world": found.ComputeWorldBound,
        "local": found.ComputeLocalBound,
        "untransformed": found.ComputeUntransformedBound,
    }
    if space not in compute:
        raise ValueError(f"space='{space}' was given; expected one of: {', '.join(compute)}")
    return compute[space](get_prim_at_path(prim)).ComputeAlignedRange()


def compute_aabb(
    prim: Prim, *, bbox_cache: Cache = None, include_children: bool = False, space: str = "world"
) -> np.ndarray:
    """Return (min x, y, z, max x, y, z) (6,).

    Raises:
        ValueError: if the space is unknown.
    """
    box = _box(prim, bbox_cache, space)
    return np.array([*box.GetMin(), *box.GetMax()])


def compute_bound_range(prim: Prim, *, bbox_cache: Cache = None, space: str = "world") -> tuple[np.ndarray, np.ndarray]:
    """Return the midpoint (3,) and the edges (3,) of the box."""
    box = _box(prim, bbox_cache, space)
    return np.array(box.GetMidpoint()), np.array(box.GetSize())


def compute_bound_volume(prim: Prim, *, bbox_cache: Cache = None, space: str = "world") -> float:
    """Return the volume of the box."""
    return float(np.prod(compute_bound_range(prim, bbox_cache=bbox_cache, space=space)[1]))


def compute_combined_aabb(prims: list[Prim], *, bbox_cache: Cache = None) -> np.ndarray:
    """Return (min x, y, z, max x, y, z) (6,) of several prims, world frame."""
    return _bounds.compute_combined_aabb(bbox_cache or create_bbox_cache(), [get_prim_path(prim) for prim in prims])


def compute_obb(prim: Prim, *, bbox_cache: Cache = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (centre (3,), unit axes as rows (3, 3), half extents (3,)), world frame."""
    return _bounds.compute_obb(bbox_cache or create_bbox_cache(), get_prim_path(prim))


def compute_obb_corners(prim: Prim, *, bbox_cache: Cache = None) -> np.ndarray:
    """Return the corners (8, 3), world frame."""
    return get_obb_corners(*compute_obb(prim, bbox_cache=bbox_cache))
