"""isaacsim.core.experimental.utils.physics: bodies and colliders on whole assets."""

from __future__ import annotations

from pxr import Usd, UsdGeom, UsdPhysics

from ..views import bodies, colliders
from .prim import get_prim_at_path


def apply_collision(prim: str | Usd.Prim, *, approximation: str | None = None) -> None:
    """Make every shape at or below a prim a collider; meshes collide as `approximation` says."""
    for part in Usd.PrimRange(get_prim_at_path(prim)):
        if part.IsA(UsdGeom.Gprim):
            colliders.make_collider(part)
            if approximation is not None and part.IsA(UsdGeom.Mesh):
                colliders.SHAPE.write([part], approximation)


def apply_rigid_body(prim: str | Usd.Prim, *, approximation: str | None = None, kinematic: bool | None = None) -> None:
    """Make a prim a rigid body whose shapes collide."""
    root = get_prim_at_path(prim)
    apply_collision(root, approximation=approximation)
    bodies.make_rigid([root])
    if kinematic is not None:
        UsdPhysics.RigidBodyAPI(root).CreateKinematicEnabledAttr().Set(bool(kinematic))
