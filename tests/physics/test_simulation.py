"""The simulation and the stage: what is written, put back, moved by scripts, asked, and repeated."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from pxr import Gf, Sdf, Usd, UsdGeom, UsdPhysics

import engine.physics
from engine.physics import PhysicsMissingError, if_running, simulation

from .bodies import ball, box, ground

pytest.importorskip("ovphysx")


def pile(stage: Usd.Stage) -> list[str]:
    ground(stage)
    paths = [f"/Pile/Box_{i}" for i in range(12)]
    for index, path in enumerate(paths):
        at = (0.4 * (index % 3), 0.3 * (index % 2), 1.0 + 0.9 * index)
        box(stage, path, at, turn=(10.0 * index, 20, 5), scale=(1, 0.8, 0.6))
    return paths


def drop(steps: int) -> bytes:
    stage = Usd.Stage.CreateInMemory()
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.z)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    paths = pile(stage)
    running = simulation(stage)
    for _ in range(steps):
        running.step()
    result = b"".join(array.tobytes() for path in paths for array in (*running.pose(path), *running.velocity(path)))
    running.close()
    return result


def test_drops_repeat_bit_for_bit(stage: Usd.Stage) -> None:
    first = drop(200)
    assert first == drop(200)
    assert first != drop(60)  # later all may lie still, and sleep


def test_drops_repeat_in_another_process() -> None:
    code = (
        "import sys, hashlib; sys.path.insert(0, '.'); import tests.physics.test_simulation as t;"
        "print(hashlib.sha256(t.drop(120)).hexdigest())"
    )
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(2)]
    assert runs[0].stdout == runs[1].stdout and len(runs[0].stdout.strip()) == 64


def test_two_stages_at_once(stage: Usd.Stage) -> None:
    other = Usd.Stage.CreateInMemory()
    UsdGeom.SetStageMetersPerUnit(other, 1.0)
    ball(stage, "/Ball", (0, 0, 10))
    ball(other, "/Ball", (0, 20, 0))
    here, there = simulation(stage), simulation(other)
    for _ in range(20):
        here.step()
    there.step()
    assert here.pose("/Ball")[0][2] < 9.5 and there.pose("/Ball")[0][1] == pytest.approx(20, abs=0.01)
    there.close()
    here.step()
    assert here.steps == 21


def test_reset_leaves_the_stage_as_it_was(stage: Usd.Stage) -> None:
    pile(stage)
    plain = UsdGeom.Xform.Define(stage, "/Odd")
    plain.AddTransformOp().Set(Gf.Matrix4d().SetTranslate((5, 5, 5)))
    UsdPhysics.RigidBodyAPI.Apply(plain.GetPrim())
    before = stage.GetRootLayer().ExportToString()
    running = simulation(stage)
    for _ in range(30):
        running.step()
    assert stage.GetRootLayer().ExportToString() != before
    running.reset()
    assert stage.GetRootLayer().ExportToString() == before
    assert (running.steps, running.time, running.is_started) == (0, 0.0, False)
    running.step()
    assert running.steps == 1


def test_ops_that_a_prim_has_are_used(stage: Usd.Stage) -> None:
    turned = box(stage, "/World/Turned", (0, 0, 9), turn=(10, 20, 30))
    bare = UsdGeom.Cube.Define(stage, "/World/Bare")
    matrix = UsdGeom.Cube.Define(stage, "/World/Matrix")
    start = Gf.Matrix4d().SetScale((2, 2, 2)) * Gf.Matrix4d().SetRotate(Gf.Rotation((0, 0, 1), 40))
    matrix.AddTransformOp().Set(start * Gf.Matrix4d().SetTranslate((9, 0, 9)))
    for prim in (bare.GetPrim(), matrix.GetPrim()):
        UsdPhysics.RigidBodyAPI.Apply(prim)
        UsdPhysics.CollisionAPI.Apply(prim)
    UsdPhysics.RigidBodyAPI(turned).CreateAngularVelocityAttr(Gf.Vec3f(0, 0, 90))
    running = simulation(stage)
    for _ in range(10):
        running.step()
    orders = [list(UsdGeom.Xformable(p).GetXformOpOrderAttr().Get()) for p in (turned, bare, matrix)]
    assert orders[0] == ["xformOp:translate", "xformOp:rotateXYZ", "xformOp:scale"]
    assert orders[1] == ["xformOp:translate", "xformOp:orient"]
    assert orders[2] == ["xformOp:translate", "xformOp:orient", "xformOp:scale"]
    for prim in (turned, bare.GetPrim(), matrix.GetPrim()):
        world = UsdGeom.Xformable(prim).ComputeLocalToWorldTransform(Usd.TimeCode.Default())
        place, turn = running.pose(prim.GetPath())
        assert np.asarray(world.ExtractTranslation()) == pytest.approx(place, abs=1e-5)
        read = world.RemoveScaleShear().ExtractRotationQuat()
        assert abs(read.GetReal() * turn[0] + np.dot(read.GetImaginary(), turn[1:])) == pytest.approx(1.0, abs=1e-6)
    world = UsdGeom.Xformable(matrix).ComputeLocalToWorldTransform(Usd.TimeCode.Default())
    assert np.linalg.norm(np.asarray(world)[:3, :3], axis=1) == pytest.approx([2, 2, 2])


def test_bodies_below_a_turned_and_scaled_frame(stage: Usd.Stage) -> None:
    frame = UsdGeom.Xform.Define(stage, "/Frame")
    frame.AddTranslateOp().Set((1, 2, 3))
    frame.AddRotateXYZOp().Set((90, 0, 45))
    frame.AddScaleOp().Set((2, 2, 2))
    prim = box(stage, "/Frame/Box", (1, 1, 1))
    before = UsdGeom.Xformable(prim).ComputeLocalToWorldTransform(Usd.TimeCode.Default())
    running = simulation(stage)
    assert running.pose("/Frame/Box")[0] == pytest.approx(np.asarray(before.ExtractTranslation()), abs=1e-5)
    for _ in range(20):
        running.step()
    after = UsdGeom.Xformable(prim).ComputeLocalToWorldTransform(Usd.TimeCode.Default())
    moved = np.asarray(after) - np.asarray(before)
    assert moved[3, 2] < -0.5 and np.abs(moved[:3]).max() < 1e-5 and np.abs(moved[3, :2]).max() < 1e-5


def test_scripts_move_push_and_resize_bodies_between_steps(stage: Usd.Stage) -> None:
    prim = ball(stage, "/Ball", (0, 0, 10))
    other = box(stage, "/Box", (5, 0, 10))
    running = simulation(stage)
    running.step()
    prim.GetAttribute("xformOp:translate").Set(Gf.Vec3d(3, 4, 20))
    prim.GetAttribute("physics:velocity").Set(Gf.Vec3f(6, 0, 0))
    running.step()
    place, velocity = running.pose("/Ball")[0], running.velocity("/Ball")[0]
    assert place == pytest.approx([3.1, 4, 20], abs=0.01) and velocity[0] == pytest.approx(6.0, abs=1e-3)
    speed = running.velocity("/Box")[0][2]
    prim.GetAttribute("physics:velocity").Set(Gf.Vec3f(0, 7, 0))
    other.GetAttribute("xformOp:scale").Set(Gf.Vec3f(2, 2, 2))
    assert "/Box" in running.overlap_sphere(0.05, (5.9, 0, running.pose("/Box")[0][2]))
    assert running.velocity("/Box")[0][2] == pytest.approx(speed)
    assert running.velocity("/Ball")[0] == pytest.approx([0, 7, 0])


def test_bodies_that_come_and_go(stage: Usd.Stage) -> None:
    ball(stage, "/A", (0, 0, 10))
    running = simulation(stage)
    for _ in range(10):
        running.step()
    speed = running.velocity("/A")[0][2]
    late = ball(stage, "/B", (4, 0, 10))
    running.step()
    assert running.pose("/B")[0][2] < 10 and running.velocity("/A")[0][2] < speed
    late.RemoveAPI(UsdPhysics.RigidBodyAPI)
    running.step()
    with pytest.raises(KeyError, match="no rigid body at '/B' in the simulation; there are: /A"):
        running.pose("/B")
    stage.RemovePrim("/A")
    running.step()
    with pytest.raises(KeyError, match="no rigid body at '/A' in the simulation; there are: none"):
        running.velocity("/A")


def test_a_body_removed_and_made_anew_at_its_path_falls_from_its_new_place(stage: Usd.Stage) -> None:
    ball(stage, "/A", (0, 0, 10))
    running = simulation(stage)
    for _ in range(5):
        running.step()
    stage.RemovePrim("/A")
    prim = ball(stage, "/A", (3, 0, 20))
    running.step()
    assert np.asarray(prim.GetAttribute("xformOp:translate").Get()) == pytest.approx([3, 0, 20], abs=0.05)
    assert prim.GetAttribute("xformOp:translate").Get()[2] < 20
    running.reset()
    assert np.asarray(prim.GetAttribute("xformOp:translate").Get()) == pytest.approx([3, 0, 20])


def test_set_pose_and_velocity_show_on_the_stage(stage: Usd.Stage) -> None:
    prim = ball(stage, "/Ball", (0, 0, 10))
    running = simulation(stage)
    half = np.sqrt(0.5)
    running.set_pose("/Ball", (1, 2, 3), (half, 0, 0, half))
    assert np.asarray(prim.GetAttribute("xformOp:translate").Get()) == pytest.approx([1, 2, 3])
    assert np.asarray(prim.GetAttribute("xformOp:rotateXYZ").Get()) == pytest.approx([0, 0, 90], abs=1e-4)
    running.set_velocity("/Ball", angular=(0, 0, np.pi))
    assert np.asarray(prim.GetAttribute("physics:angularVelocity").Get()) == pytest.approx([0, 0, 180], rel=1e-5)
    running.step()
    assert running.pose("/Ball")[0][:2] == pytest.approx([1, 2])


def test_sleeping_bodies_stay_until_woken(stage: Usd.Stage) -> None:
    ball(stage, "/Ball", (0, 0, 10))
    running = simulation(stage)
    running.set_awake(["/Ball"], False)
    running.step()
    assert running.pose("/Ball")[0][2] == 10.0
    running.set_awake(["/Ball"])
    running.step()
    assert running.pose("/Ball")[0][2] < 10.0


def test_kinematic_bodies_are_where_scripts_put_them_and_push_others(stage: Usd.Stage) -> None:
    ground(stage)
    pusher = box(stage, "/Pusher", (-2, 0, 0.5))
    UsdPhysics.RigidBodyAPI(pusher).CreateKinematicEnabledAttr(True)
    ball(stage, "/Ball", (0, 0, 0.5))
    running = simulation(stage)
    for step in range(60):
        pusher.GetAttribute("xformOp:translate").Set(Gf.Vec3d(-2 + 0.03 * step, 0, 0.5))
        running.step()
    assert running.pose("/Pusher")[0] == pytest.approx([-2 + 0.03 * 59, 0, 0.5], abs=1e-5)
    assert running.pose("/Ball")[0][0] > 0.7


def test_questions_about_space(stage: Usd.Stage) -> None:
    box(stage, "/Wall", (5, 0, 0), moves=False)
    parent = UsdGeom.Xform.Define(stage, "/Body")
    parent.AddTranslateOp().Set((0, 0, 4))
    UsdPhysics.RigidBodyAPI.Apply(parent.GetPrim())
    ball(stage, "/Body/Ball", (0, 0, 0), moves=False)
    running = simulation(stage)
    assert running.overlap_box((0.6, 0.6, 0.6), (4, 0, 0), (1, 0, 0, 0)) == ["/Wall"]
    assert running.overlap_box((0.3, 0.3, 0.3), (4, 0, 0), (1, 0, 0, 0)) == []
    assert running.overlap_sphere(4.4, (0, 0, 0)) == ["/Body/Ball"]
    assert running.overlap_sphere(4.6, (0, 0, 0)) == ["/Body/Ball", "/Wall"]
    assert running.overlap_shape("/Wall") == []
    hit = running.raycast_closest((0, 0, 0), (2, 0, 0), 100)
    assert (hit["hit"], hit["collision"]) == (True, "/Wall")
    assert hit["distance"] == pytest.approx(4.5) and hit["position"] == pytest.approx([4.5, 0, 0], abs=1e-5)
    assert hit["normal"] == pytest.approx([-1, 0, 0])
    assert running.raycast_closest((0, 0, 0), (1, 0, 0), 4.4) == {"hit": False}
    assert running.raycast_any((0, 0, 0), (0, 0, 1), 10) and not running.raycast_any((0, 0, 0), (0, 0, -1), 10)
    assert [h["rigidBody"] for h in running.raycast_all((0, 0, 9), (0, 0, -1), 10)] == ["/Body"]
    assert running.sweep_sphere_closest(0.25, (0, 0, 0), (1, 0, 0), 100)["distance"] == pytest.approx(4.25, abs=1e-4)
    assert running.body_of("/Body/Ball") == "/Body" and running.body_of("/Wall") == "/Wall"


def test_whole_steps_fit_and_the_rest_is_kept(stage: Usd.Stage) -> None:
    ball(stage, "/Ball", (0, 0, 10))
    running = simulation(stage)
    heard: list[float] = []
    before = running.subscribe(lambda dt: heard.append(-dt), pre=True)
    after = running.subscribe(heard.append)
    assert [running.advance(0.01) for _ in range(5)] == [0, 1, 0, 1, 1]
    assert heard == pytest.approx([-1 / 60, 1 / 60] * 3)
    before.unsubscribe()
    after.unsubscribe()
    running.step()
    assert len(heard) == 6


def test_physx_settings_of_the_scene_are_obeyed(stage: Usd.Stage) -> None:
    scene = UsdPhysics.Scene.Define(stage, "/Scene").GetPrim()
    scene.CreateAttribute("physxScene:timeStepsPerSecond", Sdf.ValueTypeNames.Int).Set(120)
    still = ball(stage, "/Still", (0, 0, 10))
    still.CreateAttribute("physxRigidBody:disableGravity", Sdf.ValueTypeNames.Bool).Set(True)
    running = simulation(stage)
    assert running.dt == pytest.approx(1 / 120)
    running.step()
    assert running.pose("/Still")[0][2] == 10.0
    scene.GetAttribute("physxScene:timeStepsPerSecond").Set(240)
    assert running.advance(0.1) == 24 and running.dt == pytest.approx(1 / 240)


def test_mistakes_are_named(stage: Usd.Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    ball(stage, "/Ball", (0, 0, 10))
    running = simulation(stage)
    with pytest.raises(ValueError, match=r"Simulation.step: dt=0 was given; expected a number of seconds above 0"):
        running.step(0)
    with pytest.raises(KeyError, match="no rigid body at '/No' in the simulation; there are: /Ball"):
        running.set_pose("/No", (0, 0, 0))
    assert if_running(stage) is running and if_running(Usd.Stage.CreateInMemory()) is None
    monkeypatch.setattr(engine.physics, "is_available", lambda: False)
    with pytest.raises(
        PhysicsMissingError, match=r"PhysX \(ovphysx\) is not installed; pip install 'replicant\[physics\]'"
    ):
        simulation(Usd.Stage.CreateInMemory())


def test_a_body_whose_ops_lie_in_a_referenced_file_moves_in_the_stages_own_layers(stage: Usd.Stage) -> None:
    asset = Usd.Stage.CreateInMemory()
    asset.SetDefaultPrim(box(asset, "/Box", (0, 0, 0)))
    prim = stage.DefinePrim("/Box")
    prim.GetReferences().AddReference(asset.GetRootLayer().identifier)
    assert prim.HasAPI(UsdPhysics.RigidBodyAPI)
    running = simulation(stage)
    running.step()
    assert prim.GetAttribute("xformOp:translate").Get()[2] < 0
    assert tuple(asset.GetPrimAtPath("/Box").GetAttribute("xformOp:translate").Get()) == (0, 0, 0)
    running.reset()
    assert prim.GetAttribute("xformOp:translate").Get()[2] == 0


def test_a_body_that_is_new_on_the_stage_is_asked_and_pushed_without_loading_it(stage: Usd.Stage) -> None:
    """Loading all bodies for each new one made 550 of them take minutes (pose_generation.py)."""
    from engine.isaac.views import bodies

    ball(stage, "/Ball", (0, 0, 10))
    running = simulation(stage)
    running.step()
    late = ball(stage, "/Late", (5, 0, 10))
    world = running._world
    assert not running.knows("/Late") and running.knows("/Ball")
    bodies.set_velocities([late], np.array([[0, 0, 2]], np.float32))
    assert bodies.velocities([late])[0].tolist() == [[0, 0, 2]] and running._world is world
    running.step()
    assert running.knows("/Late") and running._world is not world
    assert running.velocity("/Late")[0][2] == pytest.approx(2 - 9.81 / 60, abs=1e-5)
