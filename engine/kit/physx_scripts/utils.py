"""omni.physx.scripts.utils: bodies and colliders on and off."""

from __future__ import annotations

from typing import Any

from pxr import Usd, UsdGeom, UsdPhysics


def hasSchema(prim: Usd.Prim, schemaName: str) -> bool:
    """Tell whether an API schema is applied to a prim."""
    return schemaName in [str(name) for name in prim.GetPrimTypeInfo().GetAppliedAPISchemas()]


def setCollider(prim: Usd.Prim, approximationShape: str | None = "none", execute_command_fn: Any = None) -> None:
    """Make one prim a collider.

    Args:
        prim: a gprim.
        approximationShape: how a mesh is approximated, e.g. "convexHull"; "none" is its triangles.
        execute_command_fn: accepted.
    """
    UsdPhysics.CollisionAPI.Apply(prim)
    if prim.IsA(UsdGeom.Mesh):
        UsdPhysics.MeshCollisionAPI.Apply(prim).CreateApproximationAttr().Set(approximationShape or "none")


def setColliderSubtree(prim: Usd.Prim, approximationShape: str | None = "none", execute_command_fn: Any = None) -> None:
    """Make every gprim at or below a prim a collider (arguments as `setCollider`)."""
    for below in Usd.PrimRange(prim):
        if below.IsA(UsdGeom.Gprim):
            setCollider(below, approximationShape)


setStaticCollider = setColliderSubtree


def removeCollider(prim: Usd.Prim) -> None:
    """Make one prim no collider."""
    prim.RemoveAPI(UsdPhysics.CollisionAPI)
    prim.RemoveAPI(UsdPhysics.MeshCollisionAPI)


def removeColliderSubtree(prim: Usd.Prim) -> None:
    """Make what is at or below a prim no colliders."""
    for below in Usd.PrimRange(prim):
        removeCollider(below)


removeStaticCollider = removeColliderSubtree


def setPhysics(prim: Usd.Prim, kinematic: bool, custom_execute_fn: Any = None) -> None:
    """Make a prim a rigid body, moved by scripts if it is kinematic."""
    body = UsdPhysics.RigidBodyAPI.Apply(prim)
    body.CreateRigidBodyEnabledAttr().Set(True)
    body.CreateKinematicEnabledAttr().Set(bool(kinematic))


def setRigidBody(
    prim: Usd.Prim, approximationShape: str | None, kinematic: bool, custom_execute_fn: Any = None
) -> None:
    """Make a prim a rigid body and the gprims at or below it its colliders (arguments as `setCollider`)."""
    setPhysics(prim, kinematic)
    setColliderSubtree(prim, approximationShape or "convexHull")


def removePhysics(prim: Usd.Prim) -> None:
    """Make one prim no rigid body."""
    prim.RemoveAPI(UsdPhysics.RigidBodyAPI)


def removeRigidBody(prim: Usd.Prim) -> None:
    """Make a prim no rigid body, and what is at or below it no colliders."""
    removePhysics(prim)
    removeColliderSubtree(prim)
