"""isaacsim.core.experimental.utils.bounds: boxes of prims, world frame, stage units."""

from __future__ import annotations

import numpy as np
from pxr import Usd, UsdGeom

from ..core_utils import bounds as _bounds
from ..core_utils.bounds import get_obb_corners
from .prim import get_prim_path

__all__ = [
    "compute_aabb",
    "compute_combined_aabb",
    "compute_obb",
    "compute_obb_corners",
    "create_bbox_cache",
    "get_obb_corners",
]

NOW = Usd.TimeCode.Default()


def create_bbox_cache(time: Usd.TimeCode = NOW, *, use_extents_hint: bool = True) -> UsdGeom.BBoxCache:
    """Return a cache of the boxes of default-purpose geometry."""
    return _bounds.create_bbox_cache(time, use_extents_hint)


def compute_aabb(
    prim: str | Usd.Prim, *, bbox_cache: UsdGeom.BBoxCache | None = None, include_children: bool = False
) -> np.ndarray:
    """Return (min x, y, z, max x, y, z) (6,)."""
    return _bounds.compute_aabb(bbox_cache or create_bbox_cache(), get_prim_path(prim), include_children)


def compute_combined_aabb(prims: list[str | Usd.Prim], *, bbox_cache: UsdGeom.BBoxCache | None = None) -> np.ndarray:
    """Return (min x, y, z, max x, y, z) (6,) of several prims."""
    return _bounds.compute_combined_aabb(bbox_cache or create_bbox_cache(), [get_prim_path(prim) for prim in prims])


def compute_obb(
    prim: str | Usd.Prim, *, bbox_cache: UsdGeom.BBoxCache | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (centre (3,), unit axes as rows (3, 3), half extents (3,))."""
    return _bounds.compute_obb(bbox_cache or create_bbox_cache(), get_prim_path(prim))


def compute_obb_corners(prim: str | Usd.Prim, *, bbox_cache: UsdGeom.BBoxCache | None = None) -> np.ndarray:
    """Return the corners (8, 3)."""
    return get_obb_corners(*compute_obb(prim, bbox_cache=bbox_cache))
