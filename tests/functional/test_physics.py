"""rep.functional.physics: schemas and attributes on the stage."""

from __future__ import annotations

from typing import Any

import pytest
from pxr import Gf, Usd, UsdGeom, UsdPhysics

from engine.replicator.functional import create, create_batch, physics


def applied(prim: Usd.Prim) -> list[str]:
    return [str(name) for name in prim.GetPrimTypeInfo().GetAppliedAPISchemas()]


def test_bodies_and_their_attributes() -> None:
    cubes = create_batch.cube(count=2)
    physics.apply_rigid_body(cubes, disableGravity=[True, False], linearDamping=0.5, mass=2.0, velocity=(1, 2, 3))
    for cube, flag in zip(cubes, (True, False), strict=True):
        assert cube.HasAPI(UsdPhysics.RigidBodyAPI) and cube.HasAPI(UsdPhysics.CollisionAPI)
        assert UsdPhysics.MeshCollisionAPI(cube).GetApproximationAttr().Get() == "convexHull"
        assert cube.GetAttribute("physxRigidBody:disableGravity").Get() is flag
        assert cube.GetAttribute("physxRigidBody:linearDamping").Get() == 0.5
        assert UsdPhysics.MassAPI(cube).GetMassAttr().Get() == 2.0
        assert UsdPhysics.RigidBodyAPI(cube).GetVelocityAttr().Get() == Gf.Vec3f(1, 2, 3)
        assert "PhysxRigidBodyAPI" in applied(cube)


def test_kinematic_bodies_without_colliders() -> None:
    parent = create.xform()
    cube = create.cube(parent=parent)
    physics.apply_rigid_body(parent, with_collider=False, kinematicEnabled=True)
    assert UsdPhysics.RigidBodyAPI(parent).GetKinematicEnabledAttr().Get() is True
    assert not cube.HasAPI(UsdPhysics.CollisionAPI)


def test_bodies_below_bodies_are_overwritten_unless_told_otherwise() -> None:
    parent = create.xform()
    cube = create.cube(parent=parent)
    physics.apply_rigid_body(cube, linearDamping=1.0)
    physics.apply_rigid_body(parent)
    assert parent.HasAPI(UsdPhysics.RigidBodyAPI) and not cube.HasAPI(UsdPhysics.RigidBodyAPI)
    assert cube.HasAPI(UsdPhysics.CollisionAPI) and not cube.HasAttribute("physxRigidBody:linearDamping")
    physics.apply_rigid_body(parent, overwrite_rigid_body=False, approximation="boundingCube")
    assert UsdPhysics.MeshCollisionAPI(cube).GetApproximationAttr().Get() == "convexHull"


def test_colliders_and_scenes() -> None:
    scene = physics.create_physics_scene("/World/Scene", gravityMagnitude=1.62, timeStepsPerSecond=120, enableCCD=True)
    assert UsdPhysics.Scene(scene).GetGravityMagnitudeAttr().Get() == pytest.approx(1.62)
    assert scene.GetAttribute("physxScene:timeStepsPerSecond").Get() == 120
    assert scene.GetAttribute("physxScene:enableCCD").Get() is True
    crates = create_batch.cube(count=2)
    physics.apply_collider(crates, physics_scene=scene, approximation="none", contactOffset=[0.1, 0.2])
    assert [c.GetAttribute("physxCollision:contactOffset").Get() for c in crates] == pytest.approx([0.1, 0.2])
    for crate in crates:
        assert UsdPhysics.MeshCollisionAPI(crate).GetApproximationAttr().Get() == "none"
        assert UsdPhysics.CollisionAPI(crate).GetSimulationOwnerRel().GetTargets() == [scene.GetPath()]
    body = create.sphere()
    physics.apply_rigid_body(body, physics_scene=scene)
    assert UsdPhysics.RigidBodyAPI(body).GetSimulationOwnerRel().GetTargets() == [scene.GetPath()]
    again = physics.create_physics_scene("/World/Scene", timeStepsPerSecond=60)
    assert again == scene and scene.GetAttribute("physxScene:timeStepsPerSecond").Get() == 60


def test_removing_leaves_nothing_of_it() -> None:
    cube = create.cube()
    before = set(cube.GetPropertyNames())
    physics.apply_rigid_body(cube, linearDamping=1.0, mass=3.0)
    physics.apply_collider(cube, restOffset=0.01)
    physics.remove_rigid_body(cube)
    assert not cube.HasAPI(UsdPhysics.RigidBodyAPI) and cube.HasAPI(UsdPhysics.CollisionAPI)
    physics.remove_collider(cube)
    assert not cube.HasAPI(UsdPhysics.CollisionAPI) and not cube.HasAPI(UsdPhysics.MeshCollisionAPI)
    assert not [s for s in applied(cube) if s.startswith("Phys")]
    assert set(cube.GetPropertyNames()) == before
    assert UsdGeom.Mesh(cube)


MISTAKES: list[tuple[Any, str]] = [
    (lambda c: physics.apply_rigid_body(c, weight=3), r"apply_rigid_body: unknown attribute weight=3; expected one of: ang"),
    (lambda c: physics.apply_collider(c, mass=3), r"apply_collider: unknown attribute mass=3; expected one of: coll"),
    (lambda c: physics.create_physics_scene(speed=1), r"create_physics_scene: unknown attribute speed=1; expected one"),
    (lambda c: physics.create_physics_scene("Scene"), r"path='Scene' was given; expected the absolute path of a prim"),
    (lambda c: physics.apply_collider(c, approximation="egg"), r"approximation='egg' was given; expected one of: none"),
    (lambda c: physics.apply_rigid_body(c, physics_scene="/No"), r"physics_scene='/No' was given; expected a prim on"),
    (lambda c: physics.remove_collider("/No"), r"functional.physics.remove_collider: prims='/No' was given; expected"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "text"), MISTAKES, ids=range(len(MISTAKES)))
def test_mistakes_are_named(call: Any, text: str) -> None:
    cube = create.cube()
    with pytest.raises(ValueError, match=text):
        call(cube)
    assert not applied(cube)
