"""Colliders: the schemas of UsdPhysics and PhysX, and physics materials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pxr import Usd, UsdPhysics, UsdShade

from .fields import FLOAT, Field, apply_api, flag, number, word

COLLISION = ("PhysicsCollisionAPI", "PhysicsMeshCollisionAPI", "PhysxCollisionAPI")
_UNSET = float("-inf")  # PhysX computes the value itself
CONTACT = number("contact_offsets", "physxCollision:contactOffset", default=_UNSET, apis=COLLISION[2:])
REST = number("rest_offsets", "physxCollision:restOffset", default=_UNSET, apis=COLLISION[2:])
PATCH = number("radii", "physxCollision:torsionalPatchRadius", apis=COLLISION[2:])
LEAST_PATCH = number("radii", "physxCollision:minTorsionalPatchRadius", apis=COLLISION[2:])
SHAPE = word("approximations", "physics:approximation", default="none", apis=COLLISION[1:2])
ENABLED = flag("enabled", "physics:collisionEnabled", apis=COLLISION)

STATIC = number("static_frictions", "physics:staticFriction", apis=("PhysicsMaterialAPI",))
DYNAMIC = number("dynamic_frictions", "physics:dynamicFriction", apis=("PhysicsMaterialAPI",))
RESTITUTION = number("restitutions", "physics:restitution", apis=("PhysicsMaterialAPI",))
MATERIAL_DENSITY = number("densities", "physics:density", apis=("PhysicsMaterialAPI",))

MASS = Field("masses", "physics:mass", kind=FLOAT, apis=("PhysicsMassAPI",))
DENSITY = Field("densities", "physics:density", kind=FLOAT, apis=("PhysicsMassAPI",))
INERTIA = Field("inertias", "physics:diagonalInertia", width=3, default=(0, 0, 0), apis=("PhysicsMassAPI",))
CENTRE = Field("positions", "physics:centerOfMass", width=3, default=(0, 0, 0), apis=("PhysicsMassAPI",))
AXES = Field("orientations", "physics:principalAxes", width=4, default=(1, 0, 0, 0), apis=("PhysicsMassAPI",))
SLEEP = number("thresholds", "physxRigidBody:sleepThreshold", default=5e-5, apis=("PhysxRigidBodyAPI",))
BODY_ENABLED = flag("enabled", "physics:rigidBodyEnabled", default=True, apis=("PhysicsRigidBodyAPI",))
NO_GRAVITY = flag("disabled", "physxRigidBody:disableGravity", apis=("PhysxRigidBodyAPI",))


def make_collider(prim: Usd.Prim) -> None:
    """Add the collision schemas."""
    for name in COLLISION:
        apply_api(prim, name)


def is_enabled(prim: Usd.Prim) -> bool:
    """Tell whether a prim is a collider that is on."""
    return bool(prim.HasAPI(UsdPhysics.CollisionAPI) and UsdPhysics.CollisionAPI(prim).GetCollisionEnabledAttr().Get())


def set_enabled(prim: Usd.Prim, enabled: bool) -> None:
    """Turn a collider on (it is made one) or off."""
    if enabled or prim.HasAPI(UsdPhysics.CollisionAPI):
        ENABLED.write([prim], enabled)


def bind(prim: Usd.Prim, material: UsdShade.Material, purpose: str, is_weak: bool = False) -> None:
    """Bind a material for all purposes ("") or for "physics"."""
    strength = UsdShade.Tokens.weakerThanDescendants if is_weak else UsdShade.Tokens.strongerThanDescendants
    UsdShade.MaterialBindingAPI.Apply(prim).Bind(material, strength, purpose or UsdShade.Tokens.allPurpose)


def bound(prim: Usd.Prim, purpose: str) -> UsdShade.Material | None:
    """Return the material bound to the prim itself, or None."""
    binding = UsdShade.MaterialBindingAPI(prim).GetDirectBinding(purpose or UsdShade.Tokens.allPurpose)
    material = binding.GetMaterial()
    return material if material else None


def each(values: Any, count: int) -> Sequence[Any]:
    """Return one object a prim out of one or of a list."""
    listed = list(values) if isinstance(values, list | tuple) else [values]
    return listed * count if len(listed) == 1 else listed
