"""Bodies fall, slide and bounce as mechanics says. The integrator's own error is in the closed form, not in a tolerance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pxr import Gf, Usd, UsdGeom, UsdPhysics

from engine.physics import simulation

from .bodies import ball, box, coat, ground

pytest.importorskip("ovphysx")
GRAVITY = 9.81
DT = 1.0 / 60.0


def fallen(steps: int, gravity: float = GRAVITY) -> float:
    """Return the drop after whole steps, integrated as PhysX does, semi-implicitly: the speed first, then the place."""
    return gravity * DT * DT * steps * (steps + 1) / 2


def test_free_fall(stage: Usd.Stage) -> None:
    prim = ball(stage, "/World/Ball", (1, 2, 50))
    running = simulation(stage)
    for _ in range(60):
        running.step()
    position, turn = running.pose("/World/Ball")
    assert position == pytest.approx([1, 2, 50 - fallen(60)], abs=2e-5)
    assert 50 - position[2] == pytest.approx(GRAVITY / 2, rel=1.1 / 60)  # z0 - g t^2 / 2
    assert turn == pytest.approx([1, 0, 0, 0])
    assert running.velocity("/World/Ball")[0] == pytest.approx([0, 0, -GRAVITY], abs=1e-4)
    assert np.asarray(prim.GetAttribute("xformOp:translate").Get()) == pytest.approx(position)
    assert np.asarray(prim.GetAttribute("physics:velocity").Get()) == pytest.approx([0, 0, -GRAVITY], abs=1e-4)
    assert (running.steps, running.time) == (60, pytest.approx(1.0))


def test_the_published_frames_of_a_falling_cube(stage: Usd.Stage) -> None:
    """RTX's frames 0, 1 and 2 of cosmos_writer_simple show the cube down to pixel rows 112, 115 and 119 of 720."""
    box(stage, "/Cube", (1, 1, 2), scale=(0.5, 0.5, 0.5))
    eye = np.array([5.0, 5.0, 3.0])
    back = eye / np.linalg.norm(eye)
    right = np.cross([0, 0, 1], back) / np.linalg.norm(np.cross([0, 0, 1], back))
    up, focal = np.cross(back, right), 24 / 20.955 * 1280
    running = simulation(stage)
    running.warm_up()
    lowest = []
    for _ in range(3):
        running.step()
        corner = running.pose("/Cube")[0] + [0.25, 0.25, -0.25] - eye
        edge = 360 - focal * (corner @ up) / -(corner @ back)
        lowest.append(math.ceil(edge - 0.5) - 1)  # last row whose centre is above the edge
    assert lowest == [112, 115, 119] and running.steps == 3


def test_gravity_of_a_stage_in_centimetres_with_y_up(stage: Usd.Stage) -> None:
    UsdGeom.SetStageMetersPerUnit(stage, 0.01)
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.y)
    ball(stage, "/Ball", (0, 5000, 0), radius=50)
    running = simulation(stage)
    for _ in range(60):
        running.step()
    assert running.pose("/Ball")[0] == pytest.approx([0, 5000 - fallen(60, 981.0), 0], rel=1e-5, abs=1e-3)


def test_the_moon(stage: Usd.Stage) -> None:
    scene = UsdPhysics.Scene.Define(stage, "/Scene")
    scene.CreateGravityMagnitudeAttr(1.62)
    scene.CreateGravityDirectionAttr(Gf.Vec3f(0, 0, -1))
    ball(stage, "/Ball", (0, 0, 50))
    running = simulation(stage)
    for _ in range(30):
        running.step()
    assert 50 - running.pose("/Ball")[0][2] == pytest.approx(fallen(30, 1.62), abs=2e-5)


@pytest.mark.parametrize("degrees", [20.0, 26.0, 27.5, 35.0])
def test_a_block_slides_where_the_slope_is_steeper_than_friction_holds(stage: Usd.Stage, degrees: float) -> None:
    friction, angle = 0.5, math.radians(degrees)
    normal, down = np.array([math.sin(angle), 0, math.cos(angle)]), np.array([math.cos(angle), 0, -math.sin(angle)])
    turn = (0, degrees, 0)
    ramp = box(stage, "/Ramp", (0, 0, 0), moves=False, turn=turn, scale=(60, 4, 1))
    block = box(stage, "/Block", (normal * 0.75).tolist(), turn=turn, scale=(0.5, 0.5, 0.5))
    coat([ramp, block], friction)
    running = simulation(stage)
    start = running.pose("/Block")[0]
    for _ in range(60):
        running.step()
    distance = float((running.pose("/Block")[0] - start) @ down)
    acceleration = GRAVITY * (math.sin(angle) - friction * math.cos(angle))
    if math.tan(angle) < friction:
        assert abs(distance) < 1e-3
    else:
        assert float(running.velocity("/Block")[0] @ down) == pytest.approx(acceleration, rel=0.01)
        assert distance == pytest.approx(acceleration / 2 * (1 + DT), rel=0.005, abs=0.004)  # abs: it settles first


@pytest.mark.parametrize("restitution", [0.0, 0.5, 0.8])
def test_a_ball_rebounds_to_restitution_squared_of_its_drop(stage: Usd.Stage, restitution: float) -> None:
    prims = [ground(stage), ball(stage, "/Ball", (0, 0, 1.1), radius=0.1)]
    coat(prims, restitution=restitution)
    running = simulation(stage)
    heights = []
    for _ in range(420):
        running.step(1 / 420)
        heights.append(running.pose("/Ball")[0][2] - 0.1)
    first_touch = next(index for index, height in enumerate(heights) if height < 0.01)
    assert max(heights[first_touch:]) == pytest.approx(restitution**2, abs=0.012)


def test_momentum_is_kept_in_a_collision(stage: Usd.Stage) -> None:
    scene = UsdPhysics.Scene.Define(stage, "/Scene")
    scene.CreateGravityMagnitudeAttr(0.0)
    balls = [ball(stage, "/A", (0, 0, 0)), ball(stage, "/B", (3, 0, 0))]
    for prim, mass in zip(balls, (2.0, 1.0), strict=True):
        UsdPhysics.MassAPI.Apply(prim).CreateMassAttr(mass)
    UsdPhysics.RigidBodyAPI(balls[0]).CreateVelocityAttr(Gf.Vec3f(3, 0, 0))
    coat(balls, restitution=1.0)
    running = simulation(stage)
    for _ in range(120):
        running.step()
    first, second = (running.velocity(path)[0][0] for path in ("/A", "/B"))
    assert 2 * first + second == pytest.approx(6.0, abs=1e-4)
    assert (first, second) == (pytest.approx(1.0, abs=0.02), pytest.approx(4.0, abs=0.02))  # elastic, in one line


def test_a_push_accelerates_by_force_over_mass(stage: Usd.Stage) -> None:
    UsdPhysics.Scene.Define(stage, "/Scene").CreateGravityMagnitudeAttr(0.0)
    prim = box(stage, "/Box", (0, 0, 0))
    UsdPhysics.MassAPI.Apply(prim).CreateMassAttr(4.0)
    running = simulation(stage)
    for _ in range(60):
        running.apply_force("/Box", (8, 0, 0))
        running.step()
    linear, angular = running.velocity("/Box")
    assert linear == pytest.approx([2, 0, 0], abs=1e-3) and angular == pytest.approx([0, 0, 0], abs=1e-6)
    running.apply_force("/Box", (0, 3, 0), position=running.pose("/Box")[0] + [0.5, 0, 0])
    running.step()
    # torque 0.5 x 3 over the inertia m a^2 / 6 of a cube
    assert running.velocity("/Box")[1][2] == pytest.approx(1.5 / (4 / 6) * DT, rel=1e-2)


def test_a_pendulum_keeps_its_length_and_period(stage: Usd.Stage) -> None:
    bob = ball(stage, "/Bob", (0.1, 0, -1), radius=0.05)
    joint = UsdPhysics.SphericalJoint.Define(stage, "/Joint")
    joint.CreateBody1Rel().SetTargets([bob.GetPath()])
    joint.CreateLocalPos0Attr(Gf.Vec3f(0, 0, 0))
    joint.CreateLocalPos1Attr(Gf.Vec3f(-0.1, 0, 1))
    running = simulation(stage)
    track = []
    for _ in range(360):
        running.step(1 / 120)
        track.append(running.pose("/Bob")[0])
    lengths = np.linalg.norm(track, axis=1)
    assert np.abs(lengths - math.hypot(0.1, 1)).max() < 2e-3
    crossings = [i for i in range(1, 360) if track[i - 1][0] * track[i][0] < 0]
    period = 2 * (crossings[2] - crossings[1]) / 120
    assert period == pytest.approx(2 * math.pi * math.sqrt(math.hypot(0.1, 1) / GRAVITY), rel=0.02)


@pytest.mark.parametrize(
    ("approximation", "inside"), [("convexHull", False), ("convexDecomposition", True), ("none", True)]
)
def test_a_hull_fills_a_gutter_and_the_other_colliders_do_not(
    stage: Usd.Stage, approximation: str, inside: bool
) -> None:
    outline = [(-2, 0), (2, 0), (2, 2), (1, 2), (1, 1), (-1, 1), (-1, 2), (-2, 2)]  # a U, 1 thick, open above
    mesh = UsdGeom.Mesh.Define(stage, "/Gutter")
    mesh.CreatePointsAttr([Gf.Vec3f(x, y, z) for y in (-3, 3) for x, z in outline])
    quads = [(i, (i + 1) % 8, (i + 1) % 8 + 8, i + 8) for i in range(8)]
    caps = [(0, 5, 4, 1), (1, 4, 3, 2), (0, 7, 6, 5)]
    faces = [tuple(reversed(quad)) for quad in quads] + caps + [tuple(8 + i for i in reversed(cap)) for cap in caps]
    mesh.CreateFaceVertexCountsAttr([4] * len(faces))
    mesh.CreateFaceVertexIndicesAttr([index for face in faces for index in face])
    UsdPhysics.CollisionAPI.Apply(mesh.GetPrim())
    UsdPhysics.MeshCollisionAPI.Apply(mesh.GetPrim()).CreateApproximationAttr(approximation)
    ball(stage, "/Ball", (0, 0, 3.5), radius=0.5)
    running = simulation(stage)
    for _ in range(150):
        running.step()
    tolerance = 0.2 if approximation == "convexDecomposition" else 0.03  # of voxels
    assert running.pose("/Ball")[0][2] == pytest.approx(1.5 if inside else 2.5, abs=tolerance)


def test_instances_and_references_collide(stage: Usd.Stage) -> None:
    source = Usd.Stage.CreateInMemory()
    frame = UsdGeom.Xform.Define(source, "/Slab")
    source.SetDefaultPrim(frame.GetPrim())
    box(source, "/Slab/Shape", (0, 0, 0), moves=False, scale=(4, 4, 1))
    for index in range(2):
        slab = UsdGeom.Xform.Define(stage, f"/Slab_{index}")
        slab.AddTranslateOp().Set((10 * index, 0, 0))
        slab.GetPrim().GetReferences().AddReference(source.GetRootLayer().identifier)
        slab.GetPrim().SetInstanceable(True)
        ball(stage, f"/Ball_{index}", (10 * index, 0, 2))
    assert stage.GetPrimAtPath("/Slab_0/Shape").IsInstanceProxy()
    running = simulation(stage)
    for _ in range(90):
        running.step()
    for index in range(2):
        assert running.pose(f"/Ball_{index}")[0] == pytest.approx([10 * index, 0, 1.0], abs=0.01)


def test_a_frame_that_is_said_to_collide_gives_its_shapes_to_an_instanced_body(stage: Usd.Stage) -> None:
    source = Usd.Stage.CreateInMemory()
    source.SetDefaultPrim(UsdGeom.Xform.Define(source, "/Crate").GetPrim())
    shape = UsdGeom.Cube.Define(source, "/Crate/Shape")
    shape.CreateSizeAttr(1.0)
    ground(stage)
    crate = UsdGeom.Xform.Define(stage, "/Crate")
    crate.AddTranslateOp().Set((0, 0, 2))
    crate.GetPrim().GetReferences().AddReference(source.GetRootLayer().identifier)
    crate.GetPrim().SetInstanceable(True)
    UsdPhysics.RigidBodyAPI.Apply(crate.GetPrim())
    UsdPhysics.CollisionAPI.Apply(crate.GetPrim())
    running = simulation(stage)
    for _ in range(90):
        running.step()
    assert running.pose("/Crate")[0] == pytest.approx([0, 0, 0.5], abs=0.01)
