"""Prims by path, their bounds, transforms and variants."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pxr import Gf, Sdf, Usd, UsdGeom

from engine.graph.graph import current_stage
from engine.graph.node import resolve_paths
from engine.graph.pose import PURPOSES
from engine.graph.sources import find_prims as search
from engine.replicator.arguments import fail


def get_prims_from_paths(paths: Iterable[Any]) -> list[Usd.Prim]:
    """Return the prims at these paths.

    Raises:
        ValueError: if there is no prim at one of them.
    """
    found = []
    for path in resolve_paths(list(paths)):
        prim = current_stage().GetPrimAtPath(path)
        if not prim:
            raise fail("utils.get_prims_from_paths", "paths", path, "paths of existing prims")
        found.append(prim)
    return found


def find_prims(path_pattern: Any = None, mode: str = "prims", **query: Any) -> list[Usd.Prim]:
    """Search the stage.

    Args:
        path_pattern: as of `rep.get.prims`; or a list of paths, each of one prim if there is one, else a pattern.
        mode: "prims".
        query: other arguments of `rep.get.prims`.

    Raises:
        ValueError: if the mode is another.
    """
    if mode != "prims":
        raise ValueError(f"find_prims: mode={mode!r} was given; expected 'prims'")
    if not isinstance(path_pattern, list | tuple):
        return search(current_stage(), path_pattern=path_pattern, **query)
    found: dict[Any, Usd.Prim] = {}
    for path in map(str, path_pattern):
        prim = current_stage().GetPrimAtPath(path) if Sdf.Path.IsValidPathString(path) else None
        prims = [prim] if prim else search(current_stage(), path_pattern=path, **query)
        found |= {prim.GetPath(): prim for prim in prims}
    return list(found.values())


def compute_aabb(
    bbox_cache: UsdGeom.BBoxCache | None, prim: Any, include_children: bool = True
) -> tuple[float, float, float, float, float, float]:
    """Return a prim's world box as (x0, y0, z0, x1, y1, z1), stage units; zeros for an empty one."""
    cache = bbox_cache or UsdGeom.BBoxCache(Usd.TimeCode.Default(), PURPOSES)
    target = prim if isinstance(prim, Usd.Prim) else get_prims_from_paths([prim])[0]
    box = cache.ComputeWorldBound(target).ComputeAlignedRange()
    return (0.0,) * 6 if box.IsEmpty() else (*box.GetMin(), *box.GetMax())


def read_prim_transform(prim: Usd.Prim) -> Gf.Matrix4d:
    """Return a prim's local-to-world matrix (row vectors, as USD has it)."""
    return UsdGeom.XformCache(Usd.TimeCode.Default()).GetLocalToWorldTransform(prim)


def get_prim_variant_values(prim_path: Any, variant_name: str) -> list[str]:
    """Return the variants of one set of a prim."""
    prim = get_prims_from_paths([prim_path])[0]
    return list(prim.GetVariantSets().GetVariantSet(variant_name).GetVariantNames())


def get_non_xform_prims(prims: Iterable[Usd.Prim]) -> list[Usd.Prim]:
    """Return each prim, or its first child that is no Xform where it is one."""
    found = []
    for prim in prims:
        children = [child for child in prim.GetChildren() if str(child.GetTypeName()) != "Xform"]
        found.append(children[0] if str(prim.GetTypeName()) == "Xform" and children else prim)
    return found
