"""rep.functional.physics: rigid bodies, colliders and scenes, authored at once as UsdPhysics and PhysX attributes.

They can be simulated at once, or by the timeline.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import Sdf, Usd, UsdPhysics

from engine.graph.attributes import typed
from engine.graph.graph import current_stage
from engine.graph.physics import apply_collider as make_colliders
from engine.replicator import arguments as check
from engine.replicator.functional.building import is_prim_path
from engine.replicator.functional.physics_running import put_to_sleep, reset, simulate, wake_up
from engine.replicator.functional.physics_schemas import BODY, COLLIDER, SCENE, attribute_table
from engine.replicator.functional.values import each, one_prim, prims_of
from engine.replicator.missing import refuse
from engine.replicator.physics import APPROXIMATIONS


def create_physics_scene(path: str = "/PhysicsScene", **attributes: Any) -> Usd.Prim:
    """Create a physics scene, or change the one that is there.

    Args:
        path: absolute path of the scene.
        **attributes: UsdPhysics and PhysX scene attributes without their prefix, e.g. `timeStepsPerSecond=60`.

    Raises:
        ValueError: if the path is no prim path, or an attribute is unknown.
    """
    where = "functional.physics.create_physics_scene"
    if not is_prim_path(str(path)) or str(path) == "/":
        raise check.fail(where, "path", path, "the absolute path of a prim, e.g. '/PhysicsScene'")
    known = _known(where, SCENE, attributes)
    prim = UsdPhysics.Scene.Define(current_stage(), str(path)).GetPrim()
    _write(where, [prim], attributes, known)
    return prim


def apply_rigid_body(
    prims: Any,
    physics_scene: Any = None,
    overwrite_rigid_body: bool = True,
    with_collider: bool = True,
    approximation: str | None = None,
    **attributes: Any,
) -> None:
    """Make prims rigid bodies.

    Args:
        prims: prims to change.
        physics_scene: scene that simulates them; None is the stage's only one.
        overwrite_rigid_body: make prims below a new body no bodies of their own; False leaves prims alone that are
            bodies already.
        with_collider: make the shapes below colliders where there are none.
        approximation: collision shape of meshes; None is "convexHull".
        **attributes: UsdPhysics and PhysX body attributes without their prefix, e.g. `disableGravity=True`; one value
            or one a prim.

    Raises:
        ValueError: if an attribute or approximation is unknown.
    """
    where = "functional.physics.apply_rigid_body"
    known, found = _known(where, BODY, attributes), prims_of(where, prims)
    shape = check.one_of(where, "approximation", approximation or "convexHull", APPROXIMATIONS)
    scene = None if physics_scene is None else one_prim(where, physics_scene, "physics_scene")
    for prim in found:
        if prim.HasAPI(UsdPhysics.RigidBodyAPI) and not overwrite_rigid_body:
            continue
        for below in list(Usd.PrimRange(prim)):
            if below != prim and below.HasAPI(UsdPhysics.RigidBodyAPI):
                _strip(below, UsdPhysics.RigidBodyAPI, BODY)
        body = UsdPhysics.RigidBodyAPI.Apply(prim)
        if scene is not None:
            body.CreateSimulationOwnerRel().SetTargets([scene.GetPath()])
        if with_collider and not any(p.HasAPI(UsdPhysics.CollisionAPI) for p in Usd.PrimRange(prim)):
            make_colliders(prim, shape)
    _write(where, found, attributes, known)


def apply_collider(prims: Any, physics_scene: Any = None, approximation: str | None = None, **attributes: Any) -> None:
    """Make the shapes at or below prims colliders.

    Args:
        prims: prims to change.
        physics_scene: scene that simulates them; None is the stage's only one.
        approximation: collision shape of meshes; None is "convexHull", "none" the triangles themselves.
        **attributes: UsdPhysics and PhysX collider attributes without their prefix, e.g. `contactOffset=0.1`.

    Raises:
        ValueError: if an attribute or approximation is unknown.
    """
    where = "functional.physics.apply_collider"
    known, found = _known(where, COLLIDER, attributes), prims_of(where, prims)
    shape = check.one_of(where, "approximation", approximation or "convexHull", APPROXIMATIONS)
    scene = None if physics_scene is None else one_prim(where, physics_scene, "physics_scene")
    for index, prim in enumerate(found):
        make_colliders(prim, shape)
        own = {name: each(where, name, value, len(found))[index] for name, value in attributes.items()}
        colliders = [p for p in Usd.PrimRange(prim) if p.HasAPI(UsdPhysics.CollisionAPI)]
        _write(where, colliders, {name: [value] for name, value in own.items()}, known)
        if scene is not None:
            for collider in colliders:
                UsdPhysics.CollisionAPI(collider).CreateSimulationOwnerRel().SetTargets([scene.GetPath()])


def remove_rigid_body(prims: Any) -> None:
    """Make prims, and what lies below them, no rigid bodies; colliders stay."""
    for prim in prims_of("functional.physics.remove_rigid_body", prims):
        for below in Usd.PrimRange(prim):
            if below.HasAPI(UsdPhysics.RigidBodyAPI):
                _strip(below, UsdPhysics.RigidBodyAPI, BODY)


def remove_collider(prims: Any) -> None:
    """Make prims, and what lies below them, no colliders."""
    for prim in prims_of("functional.physics.remove_collider", prims):
        for below in Usd.PrimRange(prim):
            if below.HasAPI(UsdPhysics.CollisionAPI):
                _strip(below, UsdPhysics.CollisionAPI, COLLIDER)
                below.RemoveAPI(UsdPhysics.MeshCollisionAPI)
                below.RemoveProperty("physics:approximation")


def _strip(prim: Usd.Prim, schema: Any, schemas: dict[str, str]) -> None:
    """Remove an API and the attributes and PhysX schemas that came with it."""
    prim.RemoveAPI(schema)
    for name, _, applied in attribute_table(schemas).values():
        prim.RemoveProperty(name)
        if applied in _applied(prim):
            prim.RemoveAppliedSchema(applied)


def _applied(prim: Usd.Prim) -> list[str]:
    """Return the schemas applied to a prim, those that OpenUSD does not know included."""
    return [str(name) for name in prim.GetPrimTypeInfo().GetAppliedAPISchemas()]


def _known(where: str, schemas: dict[str, str], attributes: dict[str, Any]) -> dict[str, tuple[str, str, str]]:
    """Return (full name, type, schema) of every attribute given.

    Raises:
        ValueError: if one of them is unknown.
    """
    table = attribute_table(schemas)
    for name, value in attributes.items():
        if name not in table:
            raise ValueError(
                f"{where}: unknown attribute {name}={value!r}; expected one of: {', '.join(sorted(table))}"
            )
    return {name: table[name] for name in attributes}


def _write(
    where: str, prims: list[Usd.Prim], attributes: dict[str, Any], known: dict[str, tuple[str, str, str]]
) -> None:
    for name, value in attributes.items():
        full, kind, schema = known[name]
        for prim, sample in zip(prims, _samples(where, name, value, kind, len(prims)), strict=True):
            if schema not in _applied(prim) and prim.GetTypeName() != schema:
                prim.AddAppliedSchema(schema)
            made = prim.GetAttribute(full) or prim.CreateAttribute(full, Sdf.ValueTypeNames.Find(kind), custom=False)
            made.Set(typed(sample, kind))


def _samples(where: str, name: str, value: Any, kind: str, count: int) -> list[Any]:
    """Return one value a prim; one vector for a vector attribute is meant for every prim."""
    is_vector = kind[-1].isdigit() or kind.startswith(("quat", "vector", "point"))
    if is_vector and np.ndim(value) == 1:
        return [value] * count
    return each(where, name, value, count)


def modify_attribute(prims: Any, **attributes: Any) -> None:
    """Set physics attributes of prims.

    Args:
        prims: prims to change.
        **attributes: UsdPhysics and PhysX attributes of bodies, colliders and scenes without their prefix, e.g.
            `linearDamping=0.5`; one value or one a prim.

    Raises:
        ValueError: if an attribute is unknown.
    """
    where = "functional.physics.modify_attribute"
    _write(where, prims_of(where, prims), attributes, _known(where, SCENE | COLLIDER | BODY, attributes))


__all__ = [
    "apply_collider",
    "apply_rigid_body",
    "create_physics_scene",
    "modify_attribute",
    "put_to_sleep",
    "remove_collider",
    "remove_rigid_body",
    "reset",
    "simulate",
    "wake_up",
]
__getattr__ = refuse("omni.replicator.core.functional.physics")
