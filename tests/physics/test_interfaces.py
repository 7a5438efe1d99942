"""The interfaces by which scripts simulate: SimulationManager, omni.physx, omni.physics.core, and their helpers."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from pxr import Gf, Sdf, Usd, UsdGeom, UsdPhysics, UsdShade

from engine import import_names
from engine.app import get_app
from engine.isaac.simulation_app import start_engine
from engine.physics import if_running
from engine.timeline import get_timeline_interface

from .bodies import ball, box

pytest.importorskip("ovphysx")


@pytest.fixture(autouse=True)
def names() -> Iterator[None]:
    import_names.install()
    start_engine()
    yield
    from isaacsim.core.simulation_manager import SimulationManager

    SimulationManager.deregister_all_callbacks()


def test_simulation_manager_steps(stage: Usd.Stage) -> None:
    from isaacsim.core.simulation_manager import SimulationManager

    prim = ball(stage, "/Ball", (0, 0, 10))
    assert not SimulationManager.is_simulating() and SimulationManager.get_num_physics_steps() == 0
    SimulationManager.initialize_physics()
    assert stage.GetPrimAtPath("/PhysicsScene").IsA(UsdPhysics.Scene)
    warm = prim.GetAttribute("xformOp:translate").Get()[2]
    assert 10 - warm == pytest.approx(9.81 / 3600, abs=2e-6) and SimulationManager.get_num_physics_steps() == 0
    seen: list[tuple[int, int]] = []
    SimulationManager.step(steps=5, callback=lambda step, steps: seen.append((step, steps)) or step < 3)
    assert seen == [(1, 5), (2, 5), (3, 5)] and SimulationManager.get_num_physics_steps() == 3
    assert SimulationManager.get_simulation_time() == pytest.approx(3 / 60)
    assert SimulationManager.is_simulating() and prim.GetAttribute("physics:velocity").Get()[2] < 0
    with pytest.raises(ValueError, match=r"SimulationManager.step: render=True was given; expected False"):
        SimulationManager.step(render=True)
    SimulationManager.invalidate_physics()
    assert not SimulationManager.is_simulating() and prim.GetAttribute("xformOp:translate").Get()[2] < 10.0


def test_simulation_manager_settings(stage: Usd.Stage) -> None:
    from isaacsim.core.simulation_manager import PhysicsScene, PhysxScene, SimulationManager

    assert SimulationManager.get_default_physics_scene() is None
    SimulationManager.set_physics_dt(1 / 120)
    assert SimulationManager.get_physics_dt() == pytest.approx(1 / 120)
    assert SimulationManager.get_default_physics_scene() == "/PhysicsScene"
    SimulationManager.set_solver_type("PGS")
    SimulationManager.enable_ccd(True)
    scene = SimulationManager.get_physics_scenes()[0]
    assert isinstance(scene, PhysxScene) and (scene.get_solver_type(), scene.get_enabled_ccd()) == ("PGS", True)
    assert scene.get_gravity() == Gf.Vec3f(0, 0, -9.81) and PhysicsScene.get_physics_scene_paths() == ["/PhysicsScene"]
    scene.set_gravity((0, 3, 4))
    assert np.allclose(scene.get_gravity(), (0, 3, 4)) and scene.physics_scene.GetGravityMagnitudeAttr().Get() == 5.0
    with pytest.raises(ValueError, match=r"solver_type='XYZ' was given; expected one of: TGS, PGS"):
        scene.set_solver_type("XYZ")
    with pytest.raises(ValueError, match=r"PhysicsScene.set_dt: dt=2 was given; expected seconds from 0 to 1"):
        scene.set_dt(2)
    with pytest.raises(ValueError, match=r"PhysxScene.set_steps_per_second: -1 was given; expected 0 or more"):
        scene.set_steps_per_second(-1)
    with pytest.raises(ValueError, match=r"physics_scene='/No' was given; the stage has: /PhysicsScene"):
        SimulationManager.get_physics_dt("/No")
    with pytest.raises(ValueError, match=r"backend='jax' was given; expected one of: numpy, torch, warp"):
        SimulationManager.set_backend("jax")
    get_timeline_interface().play()
    with pytest.raises(RuntimeError, match="set_physics_dt was called while the timeline plays"):
        SimulationManager.set_physics_dt(1 / 60)


def test_gravity_of_the_manager_is_that_of_physx(stage: Usd.Stage) -> None:
    from isaacsim.core.simulation_manager import SimulationManager

    ball(stage, "/Ball", (0, 0, 10))
    SimulationManager.setup_simulation(dt=1 / 100)
    SimulationManager.get_physics_scenes()[0].set_gravity((2, 0, 0))
    SimulationManager.step(steps=100)
    running = if_running(stage)
    assert running is not None and running.velocity("/Ball")[0] == pytest.approx([2, 0, 0], abs=1e-4)


def test_simulation_manager_tells(stage: Usd.Stage) -> None:
    from isaacsim.core.simulation_manager import IsaacEvents, SimulationEvent, SimulationManager

    ball(stage, "/Ball", (0, 0, 10))
    heard: list[Any] = []
    manager, timeline = SimulationManager, get_timeline_interface()

    class Listener:
        def on_step(self, dt: float, context: Any) -> None:
            heard.append("method")

    listener = Listener()
    first = manager.register_callback(lambda dt, context: heard.append("pre"), SimulationEvent.PHYSICS_PRE_STEP)
    manager.register_callback(lambda dt: heard.append("post"), IsaacEvents.POST_PHYSICS_STEP, order=-1)
    manager.register_callback(listener.on_step, SimulationEvent.PHYSICS_POST_STEP)
    for event in (
        "SIMULATION_SETUP",
        "SIMULATION_STARTED",
        "SIMULATION_PAUSED",
        "SIMULATION_RESUMED",
        "SIMULATION_STOPPED",
    ):
        manager.register_callback(lambda _, name=event: heard.append(name), SimulationEvent[event])
    timeline.play()
    get_app().update()
    assert heard == ["SIMULATION_SETUP", "SIMULATION_STARTED", "pre", "post", "method"]
    heard.clear()
    timeline.pause()
    assert manager.is_paused()
    timeline.play()
    assert heard == ["SIMULATION_PAUSED", "SIMULATION_RESUMED"] and manager.deregister_callback(first)
    assert not manager.deregister_callback(first)
    del listener
    gc.collect()
    heard.clear()
    get_app().update()
    assert heard == ["post"]
    timeline.stop()
    assert heard[-1] == "SIMULATION_STOPPED"
    with pytest.raises(ValueError, match=r"register_callback: event='x' was given; expected a SimulationEvent"):
        manager.register_callback(print, "x")


def test_step_events_come_on_a_stage_without_physics_too(stage: Usd.Stage) -> None:
    import omni.physics.core

    heard: list[float] = []
    subscription = omni.physics.core.get_physics_simulation_interface().subscribe_physics_on_step_events(
        pre_step=False, order=0, on_update=lambda dt, context: heard.append(dt)
    )
    get_timeline_interface().set_time_codes_per_second(30.0)
    get_timeline_interface().play()
    for _ in range(10):
        get_app().update()
    assert heard == pytest.approx([1 / 60] * 20) and if_running(stage) is None
    subscription.unsubscribe()
    get_app().update()
    assert len(heard) == 20


def test_queries_of_both_generations(stage: Usd.Stage) -> None:
    import omni.physics.core
    import omni.physx
    from pxr import PhysicsSchemaTools

    body = UsdGeom.Xform.Define(stage, "/Body").GetPrim()
    UsdPhysics.RigidBodyAPI.Apply(body)
    box(stage, "/Body/Box", (0, 0, 0), moves=False)
    box(stage, "/Wall", (5, 0, 0), moves=False)
    old, new = omni.physx.get_physx_scene_query_interface(), omni.physics.core.get_physics_scene_query_interface()
    hits: list[Any] = []
    assert old.overlap_box((9, 9, 9), (0, 0, 0), (0, 0, 0, 1), lambda hit: hits.append(hit) or True, False) == 2
    assert [(hit.rigid_body, hit.collision) for hit in hits] == [("/Body", "/Body/Box"), ("/Wall", "/Wall")]
    hits.clear()
    assert new.overlap_sphere(1, (0, 0, 0), lambda hit: hits.append(hit) or False) == 1
    assert PhysicsSchemaTools.intToSdfPath(hits[0].rigid_body) == Sdf.Path("/Body")
    assert new.overlap_shape(*PhysicsSchemaTools.encodeSdfPath(Sdf.Path("/Wall"))) == 0
    assert old.overlap_sphere_any(1, (0, 0, 0)) and not old.overlap_box_any((1, 1, 1), (0, 0, 9), (0, 0, 0, 1))
    found = old.raycast_closest((2, 0, 0), (1, 0, 0), 10)
    assert (found["hit"] and found["rigidBody"] == "/Wall") or found["collision"] == "/Wall"
    ok, hit = new.raycast_closest((2, 0, 0), (-1, 0, 0), 10, True)
    assert (
        ok
        and PhysicsSchemaTools.intToSdfPath(hit.rigid_body) == Sdf.Path("/Body")
        and hit.distance == pytest.approx(1.5)
    )
    assert new.raycast_closest((2, 0, 0), (0, 1, 0), 10) == (False, None)
    seen: list[str] = []
    assert old.raycast_all((-9, 0, 0), (1, 0, 0), 99, lambda hit: seen.append(hit.collision) or True)
    assert seen == ["/Body/Box", "/Wall"] and old.raycast_any((-9, 0, 0), (1, 0, 0), 99)
    assert old.sweep_sphere_closest(0.5, (-9, 0, 0), (1, 0, 0), 99)["distance"] == pytest.approx(8.0, abs=1e-3)
    assert not old.sweep_sphere_any(0.5, (-9, 0, 0), (0, 1, 0), 99)
    assert new.sweep_sphere_closest(0.5, (-9, 0, 0), (1, 0, 0), 99)[0]


def test_physx_interfaces(stage: Usd.Stage) -> None:
    import omni.physx
    import omni.usd
    from pxr import PhysicsSchemaTools

    prim = ball(stage, "/Ball", (0, 0, 10))
    physx, simulate = omni.physx.get_physx_interface(), omni.physx.get_physx_simulation_interface()
    assert physx.get_rigidbody_transformation("/Ball") == {"ret_val": False} and not physx.is_running()
    heard: list[float] = []
    subscription = physx.subscribe_physics_step_events(heard.append)
    stage_id = omni.usd.get_context().get_stage_id()
    assert simulate.get_attached_stage() == 0 and simulate.attach_stage(stage_id)
    assert simulate.get_attached_stage() == stage_id
    simulate.simulate(1 / 60, 0)
    simulate.fetch_results()
    found = physx.get_rigidbody_transformation("/Ball")
    assert found["ret_val"] and found["position"][2] < 10 and found["rotation"] == pytest.approx((0, 0, 0, 1))
    assert heard == pytest.approx([1 / 60])
    subscription.unsubscribe()
    number = PhysicsSchemaTools.sdfPathToInt("/Ball")
    simulate.put_to_sleep(stage_id, number)
    height = found["position"][2]
    physx.update_simulation(1 / 60, 0)
    assert physx.get_rigidbody_transformation("/Ball")["position"][2] == height
    simulate.wake_up(stage_id, number)
    simulate.apply_force_at_pos(stage_id, number, (0, 0, 1e6), (0, 0, height))
    physx.update_simulation(1 / 60, 0)
    assert physx.get_rigidbody_transformation("/Ball")["position"][2] > height
    physx.reset_simulation()
    assert prim.GetAttribute("xformOp:translate").Get()[2] == 10.0


def test_helpers_author_bodies(stage: Usd.Stage) -> None:
    from omni.physx.scripts import physicsUtils, utils

    frame = UsdGeom.Xform.Define(stage, "/Frame").GetPrim()
    mesh = UsdGeom.Mesh.Define(stage, "/Frame/Mesh").GetPrim()
    utils.setRigidBody(frame, "convexDecomposition", False)
    assert frame.HasAPI(UsdPhysics.RigidBodyAPI) and mesh.HasAPI(UsdPhysics.CollisionAPI)
    assert UsdPhysics.MeshCollisionAPI(mesh).GetApproximationAttr().Get() == "convexDecomposition"
    assert utils.hasSchema(mesh, "PhysicsCollisionAPI")
    utils.removeRigidBody(frame)
    assert not frame.HasAPI(UsdPhysics.RigidBodyAPI) and not mesh.HasAPI(UsdPhysics.CollisionAPI)
    path = physicsUtils.add_ground_plane(stage, "/Ground", "Z", 10.0, Gf.Vec3f(0, 0, 1), Gf.Vec3f(0.5))
    crate = physicsUtils.add_rigid_box(stage, "/Crate", Gf.Vec3f(2, 2, 2), Gf.Vec3f(0, 0, 5), density=100.0)
    still = physicsUtils.add_rigid_sphere(stage, "/Still", 1.0, Gf.Vec3f(5, 0, 5), density=0.0)
    material = UsdShade.Material.Define(stage, "/Ice")
    UsdPhysics.MaterialAPI.Apply(material.GetPrim())
    physicsUtils.add_physics_material_to_prim(stage, crate, "/Ice")
    assert UsdShade.MaterialBindingAPI(crate).ComputeBoundMaterial("physics")[0].GetPath() == "/Ice"
    physicsUtils.setup_transform_as_scale_orient_translate(still)
    assert not still.HasAPI(UsdPhysics.RigidBodyAPI) and path == "/Ground"
    get_timeline_interface().play()
    for _ in range(120):
        get_app().update()
    assert crate.GetAttribute("xformOp:translate").Get()[2] == pytest.approx(2.0, abs=0.02)  # on the ground at 1
    assert still.GetAttribute("xformOp:translate").Get()[2] == 5.0


def test_physx_schema_has_defaults_and_types(stage: Usd.Stage) -> None:
    from pxr import PhysxSchema

    scene = UsdPhysics.Scene.Define(stage, "/Scene").GetPrim()
    api = PhysxSchema.PhysxSceneAPI.Apply(scene)
    assert api.GetTimeStepsPerSecondAttr().Get() == 60 and not scene.HasAttribute("physxScene:timeStepsPerSecond")
    api.GetTimeStepsPerSecondAttr().Set(100.0)
    attribute = scene.GetAttribute("physxScene:timeStepsPerSecond")
    assert (attribute.Get(), str(attribute.GetTypeName())) == (100, "uint")
    assert str(PhysxSchema.PhysxRigidBodyAPI.Apply(scene).CreateLinearDampingAttr(2).GetTypeName()) == "float"


def test_paths_as_numbers() -> None:
    from pxr import PhysicsSchemaTools

    number = PhysicsSchemaTools.sdfPathToInt("/A/B")
    assert number == PhysicsSchemaTools.sdfPathToInt(Sdf.Path("/A/B")) != 0
    assert PhysicsSchemaTools.intToSdfPath(number) == Sdf.Path("/A/B")
    assert PhysicsSchemaTools.decodeSdfPath(*PhysicsSchemaTools.encodeSdfPath("/A/B")) == Sdf.Path("/A/B")
    assert PhysicsSchemaTools.intToSdfPath(10**9).isEmpty


@pytest.mark.parametrize("axis", ["Z", "Y"])
def test_the_ground_of_schema_tools_holds(stage: Usd.Stage, axis: str) -> None:
    from pxr import PhysicsSchemaTools

    UsdGeom.SetStageUpAxis(stage, axis)
    up = np.eye(3)["XYZ".index(axis)]
    path = PhysicsSchemaTools.addGroundPlane(stage, "/Ground", axis, 10.0, Gf.Vec3f(*(0.25 * up)), Gf.Vec3f(0.5))
    assert path == "/Ground" and UsdGeom.Mesh(stage.GetPrimAtPath("/Ground/geom"))
    ball(stage, "/Ball", (1.25 * up).tolist())
    get_timeline_interface().play()
    for _ in range(90):
        get_app().update()
    running = if_running(stage)
    assert running is not None and running.pose("/Ball")[0] == pytest.approx(0.75 * up, abs=0.01)
