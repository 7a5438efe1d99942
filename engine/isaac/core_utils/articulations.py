"""isaacsim.core.utils.articulations: the mark that makes a prim the root of a robot, put on and taken off."""

from __future__ import annotations

from pxr import Sdf, Usd, UsdPhysics

from .stage import get_current_stage

PHYSX = "PhysxArticulationAPI"


def remove_articulation_root(prim: Usd.Prim) -> None:
    """Take the mark off a prim that bears it, so that its bodies are none of a robot."""
    if prim.HasAPI(UsdPhysics.ArticulationRootAPI):
        prim.RemoveAPI(UsdPhysics.ArticulationRootAPI)
        prim.RemoveAppliedSchema(PHYSX)


def add_articulation_root(prim: Usd.Prim) -> None:
    """Make a prim the root of a robot."""
    UsdPhysics.ArticulationRootAPI.Apply(prim)
    prim.AddAppliedSchema(PHYSX)


def move_articulation_root(src_prim: Usd.Prim, dst_prim: Usd.Prim) -> None:
    """Move the mark from a prim that bears it to another."""
    if src_prim.HasAPI(UsdPhysics.ArticulationRootAPI):
        remove_articulation_root(src_prim)
        add_articulation_root(dst_prim)


def find_all_articulation_base_paths() -> list[str]:
    """Return the paths below which robots of the open stage lie, each with one root and every link of the robot.

    A base is the deepest prim above the bodies that a joint connects, if one root lies below it; where there is no
    such joint, it is the root itself.
    """
    prims = list(get_current_stage().Traverse())
    roots = [prim.GetPath() for prim in prims if prim.HasAPI(UsdPhysics.ArticulationRootAPI)]
    joints = {base for prim in prims if (base := _above_bodies(prim)) is not None}
    bases = {base for base in joints if sum(root.HasPrefix(base) for root in roots) == 1}
    inner = [base for base in bases if not any(other != base and other.HasPrefix(base) for other in bases)]
    alone = [root for root in roots if not any(root.HasPrefix(base) or base.HasPrefix(root) for base in bases)]
    return sorted(str(path) for path in [*inner, *alone])


def _above_bodies(prim: Usd.Prim) -> Sdf.Path | None:
    """Return the deepest path above the two bodies of a joint; None for one body, or where it is not a joint."""
    joint = UsdPhysics.Joint(prim)
    if not joint:
        return None
    bodies = [*joint.GetBody0Rel().GetTargets(), *joint.GetBody1Rel().GetTargets()]
    if len(bodies) < 2:
        return None
    return bodies[0].GetCommonPrefix(bodies[1])
