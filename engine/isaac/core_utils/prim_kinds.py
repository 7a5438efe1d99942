"""What kind of prim a path leads to, and marks on prims; part of isaacsim.core.utils.prims."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pxr import Usd, UsdGeom, UsdPhysics

from .stage import get_current_stage

HIDDEN, KEPT = "hide_in_stage_window", "no_delete"


def _prim(prim_path: str) -> Usd.Prim:
    return get_current_stage().GetPrimAtPath(str(prim_path))


def _marked(prim: Usd.Prim, mark: str) -> bool:
    return bool(prim.GetCustomDataByKey(mark)) if prim else False


def query_parent_path(prim_path: str, predicate: Callable[[str], bool]) -> bool:
    """Tell whether `predicate` takes the path of a prim above."""
    parent = _prim(prim_path).GetParent()
    while parent and not parent.IsPseudoRoot():
        if predicate(str(parent.GetPath())):
            return True
        parent = parent.GetParent()
    return False


def is_prim_ancestral(prim_path: str) -> bool:
    """Tell whether a prim comes with a file that a prim above references."""
    from ...kit.usd_references import check_ancestral

    return check_ancestral(_prim(prim_path))


def is_prim_no_delete(prim_path: str) -> bool:
    """Tell whether a prim is marked to be kept."""
    return _marked(_prim(prim_path), KEPT)


def is_prim_hidden_in_stage(prim_path: str) -> bool:
    """Tell whether a prim is marked to be hidden in the stage window."""
    return _marked(_prim(prim_path), HIDDEN)


def set_prim_no_delete(prim: Usd.Prim, no_delete: bool) -> None:
    """Mark a prim to be kept."""
    prim.SetCustomDataByKey(KEPT, bool(no_delete))


def set_prim_hide_in_stage_window(prim: Usd.Prim, hide: bool) -> None:
    """Mark a prim to be hidden in the stage window."""
    prim.SetCustomDataByKey(HIDDEN, bool(hide))


def get_prim_object_type(prim_path: str) -> str | None:
    """Return "articulation", "rigid_body", "joint", "d6joint", "xform" or None."""
    prim = _prim(prim_path)
    joints = (UsdPhysics.PrismaticJoint, UsdPhysics.RevoluteJoint, UsdPhysics.SphericalJoint)
    kinds: tuple[tuple[str, Any], ...] = (
        ("articulation", prim.HasAPI(UsdPhysics.ArticulationRootAPI)),
        ("rigid_body", prim.HasAPI(UsdPhysics.RigidBodyAPI)),
        ("joint", any(prim.IsA(joint) for joint in joints)),
        ("d6joint", prim.IsA(UsdPhysics.Joint)),
        ("xform", prim.IsA(UsdGeom.Xformable)),
    )
    return next((name for name, fits in kinds if fits), None)


def get_articulation_root_api_prim_path(prim_path: str) -> str:
    """Return the path of the first robot root at or below a path, else the path itself."""
    prim = _prim(prim_path)
    parts = Usd.PrimRange(prim) if prim else []
    return next((str(part.GetPath()) for part in parts if part.HasAPI(UsdPhysics.ArticulationRootAPI)), prim_path)


def is_prim_non_root_articulation_link(prim_path: str) -> bool:
    """Tell whether a prim is a link of a robot: never, robots are not simulated."""
    return False
