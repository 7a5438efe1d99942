"""isaacsim.core.utils.bounds: axis-aligned and oriented boxes of prims, world frame, stage units."""

from __future__ import annotations

import numpy as np
from pxr import Usd, UsdGeom

from .stage import get_current_stage

NOW = Usd.TimeCode.Default()


def create_bbox_cache(time: Usd.TimeCode = NOW, use_extents_hint: bool = True) -> UsdGeom.BBoxCache:
    """Return a cache of the boxes of default-purpose geometry."""
    return UsdGeom.BBoxCache(time=time, includedPurposes=[UsdGeom.Tokens.default_], useExtentsHint=use_extents_hint)


def recompute_extents(prim: UsdGeom.Boundable, time: Usd.TimeCode = NOW, include_children: bool = False) -> None:
    """Author the extent of a boundable prim (and of those below it) from its geometry."""
    for part in Usd.PrimRange(prim.GetPrim()) if include_children else [prim.GetPrim()]:
        boundable = UsdGeom.Boundable(part)
        if boundable:
            boundable.GetExtentAttr().Set(UsdGeom.Boundable.ComputeExtentFromPlugins(boundable, time))


def compute_aabb(bbox_cache: UsdGeom.BBoxCache, prim_path: str, include_children: bool = False) -> np.ndarray:
    """Return (min x, y, z, max x, y, z) (6,) of a prim, or of each part below it together."""
    return compute_combined_aabb(bbox_cache, [prim_path])


def compute_combined_aabb(bbox_cache: UsdGeom.BBoxCache, prim_paths: list[str]) -> np.ndarray:
    """Return (min x, y, z, max x, y, z) (6,) of several prims."""
    ranges = [
        bbox_cache.ComputeWorldBound(get_current_stage().GetPrimAtPath(str(path))).ComputeAlignedRange()
        for path in prim_paths
    ]
    low = np.min([np.array(box.GetMin()) for box in ranges], axis=0)
    return np.concatenate([low, np.max([np.array(box.GetMax()) for box in ranges], axis=0)])


def compute_obb(bbox_cache: UsdGeom.BBoxCache, prim_path: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (centre (3,), unit axes as rows (3, 3), half extents (3,)) of a prim's oriented box."""
    bound = bbox_cache.ComputeWorldBound(get_current_stage().GetPrimAtPath(str(prim_path)))
    box, matrix = bound.GetBox(), np.array(bound.GetMatrix())
    lengths = np.linalg.norm(matrix[:3, :3], axis=1)
    half = np.array(box.GetSize()) * 0.5 * lengths
    centre = np.array(box.GetMidpoint()) @ matrix[:3, :3] + matrix[3, :3]
    return centre, matrix[:3, :3] / lengths[:, None], half


def get_obb_corners(centroid: np.ndarray, axes: np.ndarray, half_extent: np.ndarray) -> np.ndarray:
    """Return the corners (8, 3) of an oriented box; the sign of x changes slowest, that of z fastest."""
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=float)
    return centroid + (signs * half_extent) @ axes


def compute_obb_corners(bbox_cache: UsdGeom.BBoxCache, prim_path: str) -> np.ndarray:
    """Return the corners (8, 3) of a prim's oriented box."""
    return get_obb_corners(*compute_obb(bbox_cache, prim_path))
