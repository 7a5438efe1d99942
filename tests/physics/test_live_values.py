"""Values of bodies while they are simulated: set without the stage, and felt by what moves."""

from __future__ import annotations

import numpy as np
import pytest
from pxr import Gf, Sdf, UsdGeom, UsdPhysics

from engine import physics

pytest.importorskip("ovphysx")

DT = 1.0 / 60.0
CUBE = "/World/Cube"


@pytest.fixture(autouse=True)
def cube(stage):
    """Z up, in metres, a scene without gravity, and a cube of 1 kg and edges of 1 m, 2 m up."""
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.z)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    scene = UsdPhysics.Scene.Define(stage, "/Scene")
    scene.CreateGravityMagnitudeAttr(0.0)
    scene.CreateGravityDirectionAttr(Gf.Vec3f(0, 0, -1))
    return make_cube(stage, CUBE, 2.0)


def make_cube(stage, path, height):
    cube = UsdGeom.Cube.Define(stage, path)
    cube.CreateSizeAttr(1.0)
    cube.AddTranslateOp().Set(Gf.Vec3d(0, 0, height))
    UsdPhysics.RigidBodyAPI.Apply(cube.GetPrim())
    UsdPhysics.CollisionAPI.Apply(cube.GetPrim())
    UsdPhysics.MassAPI.Apply(cube.GetPrim()).CreateMassAttr(1.0)
    return cube


def add_ground(stage):
    ground = UsdGeom.Cube.Define(stage, "/World/Ground")
    ground.CreateSizeAttr(2.0)
    ground.AddTranslateOp().Set(Gf.Vec3d(0, 0, -1))
    ground.AddScaleOp().Set(Gf.Vec3f(50, 50, 1))
    UsdPhysics.CollisionAPI.Apply(ground.GetPrim())


def test_a_mass_set_while_running_divides_the_force(stage):
    simulation = physics.simulation(stage)
    simulation.live.write("mass", [CUBE], [[4.0]])
    assert simulation.live.read("mass", [CUBE]).tolist() == [[4.0]]
    assert simulation.live.read("inverseMass", [CUBE]).tolist() == [[0.25]]
    simulation.apply_force(CUBE, (12.0, 0.0, 0.0))
    simulation.step(DT)
    np.testing.assert_allclose(simulation.velocity(CUBE)[0], [12.0 / 4.0 * DT, 0, 0], atol=1e-6)
    assert UsdPhysics.MassAPI(stage.GetPrimAtPath(CUBE)).GetMassAttr().Get() == 1.0


def test_an_inertia_set_while_running_divides_the_torque(stage):
    """A force at an arm of 0.5 m turns about z with F r / I."""
    simulation = physics.simulation(stage)
    stage.GetPrimAtPath(CUBE).CreateAttribute("physxRigidBody:angularDamping", Sdf.ValueTypeNames.Float).Set(0.0)
    simulation.live.write("inertia", [CUBE], [np.diag([0.1, 0.1, 0.4]).ravel()])
    simulation.apply_force(CUBE, (0.0, 2.0, 0.0), (0.5, 0.0, 2.0))
    simulation.step(DT)
    np.testing.assert_allclose(simulation.velocity(CUBE)[1], [0, 0, 2.0 * 0.5 / 0.4 * DT], atol=1e-5)


def test_a_centre_of_mass_set_while_running_is_what_a_body_turns_about(stage):
    simulation = physics.simulation(stage)
    simulation.live.write("centerOfMassPosition", [CUBE], [[0.25, 0.0, 0.0]])
    simulation.apply_force(CUBE, (0.0, 3.0, 0.0), (0.25, 0.0, 2.0))
    simulation.step(DT)
    np.testing.assert_allclose(simulation.velocity(CUBE)[1], 0.0, atol=1e-6)


@pytest.mark.parametrize("friction", [0.3, 0.6])
def test_a_friction_set_while_running_slows_a_sliding_cube(stage, friction):
    """On level ground a sliding body loses mu g of speed a second; mu is the mean of the two bodies'."""
    add_ground(stage)
    stage.GetPrimAtPath(CUBE).GetAttribute("xformOp:translate").Set(Gf.Vec3d(0, 0, 0.5))
    simulation = physics.simulation(stage)
    simulation.set_gravity((0, 0, -10))
    assert simulation.live.read("dynamicFriction", [CUBE]).tolist() == [[0.5]]  # PhysX's own, the ground's too
    for name in ("staticFriction", "dynamicFriction"):
        simulation.live.write(name, [CUBE], [[2 * friction - 0.5]])
    for _ in range(10):
        simulation.step(DT)
    simulation.set_velocity(CUBE, linear=(5.0, 0.0, 0.0), angular=(0, 0, 0))
    start = simulation.velocity(CUBE)[0][0]
    for _ in range(12):
        simulation.step(DT)
    lost = start - simulation.velocity(CUBE)[0][0]
    assert lost == pytest.approx(friction * 10 * 12 * DT, rel=0.03)


def test_a_rest_offset_set_while_running_lifts_a_lying_cube(stage):
    add_ground(stage)
    stage.GetPrimAtPath(CUBE).GetAttribute("xformOp:translate").Set(Gf.Vec3d(0, 0, 0.5))
    simulation = physics.simulation(stage)
    simulation.set_gravity((0, 0, -10))
    simulation.live.write("contactOffset", [CUBE], [[0.2]])
    simulation.live.write("restOffset", [CUBE], [[0.1]])
    for _ in range(240):
        simulation.step(DT)
    assert simulation.pose(CUBE)[0][2] == pytest.approx(0.6, abs=2e-3)
    assert simulation.live.read("contactOffset", [CUBE])[0, 0] == pytest.approx(0.2)


def test_gravity_set_while_running_pulls_until_the_reset(stage):
    simulation = physics.simulation(stage)
    simulation.start()
    simulation.set_velocity(CUBE, linear=(1.0, 0.0, 0.0))
    simulation.set_gravity((0.0, 3.0, 0.0))
    simulation.step(DT)
    np.testing.assert_allclose(simulation.velocity(CUBE)[0], [1.0, 3.0 * DT, 0.0], atol=1e-6)
    assert stage.GetPrimAtPath("/Scene").GetAttribute("physics:gravityMagnitude").Get() == 0.0
    simulation.reset()
    simulation.step(DT)
    np.testing.assert_allclose(simulation.velocity(CUBE)[0], 0.0, atol=1e-7)


def test_disabled_gravity_and_a_disabled_body(stage):
    make_cube(stage, "/World/Other", 6.0)
    simulation = physics.simulation(stage)
    simulation.set_gravity((0, 0, -6))
    simulation.live.write("disableGravity", [CUBE], [[1]])
    simulation.step(DT)
    assert simulation.velocity(CUBE)[0][2] == 0.0
    assert simulation.velocity("/World/Other")[0][2] == pytest.approx(-6 * DT)
    simulation.live.write("disableSimulation", ["/World/Other"], [[1]])
    height = simulation.pose("/World/Other")[0][2]
    simulation.step(DT)
    assert simulation.pose("/World/Other")[0][2] == height


def test_values_stay_when_physx_reads_the_stage_again(stage):
    simulation = physics.simulation(stage)
    simulation.live.write("mass", [CUBE], [[4.0]])
    simulation.set_gravity((0, 0, -6))
    make_cube(stage, "/World/Other", 6.0)
    simulation.step(DT)
    assert simulation.live.read("mass", [CUBE, "/World/Other"]).ravel().tolist() == [4.0, 1.0]
    assert simulation.velocity("/World/Other")[0][2] == pytest.approx(-6 * DT)


def test_an_edit_of_the_stage_takes_the_value_back(stage):
    simulation = physics.simulation(stage)
    simulation.live.write("mass", [CUBE], [[4.0]])
    simulation.live.write("contactOffset", [CUBE], [[0.07]])
    UsdPhysics.MassAPI(stage.GetPrimAtPath(CUBE)).GetMassAttr().Set(7.0)
    assert simulation.live.read("mass", [CUBE])[0, 0] == pytest.approx(7.0)
    assert simulation.live.read("contactOffset", [CUBE])[0, 0] == pytest.approx(0.07)


def test_the_stage_speaks_again_after_a_reset(stage):
    simulation = physics.simulation(stage)
    simulation.live.write("mass", [CUBE], [[4.0]])
    simulation.reset()
    assert simulation.live.read("mass", [CUBE]).tolist() == [[1.0]]


def test_bodies_with_several_colliders_have_rows_as_wide_as_the_widest(stage):
    body = UsdGeom.Xform.Define(stage, "/World/Pair")
    body.AddTranslateOp().Set(Gf.Vec3d(0, 0, 9))
    UsdPhysics.RigidBodyAPI.Apply(body.GetPrim())
    for index in range(2):
        ball = UsdGeom.Sphere.Define(stage, f"/World/Pair/Ball{index}")
        ball.CreateRadiusAttr(0.2)
        ball.AddTranslateOp().Set(Gf.Vec3d(index, 0, 0))
        UsdPhysics.CollisionAPI.Apply(ball.GetPrim())
    live = physics.simulation(stage).live
    paths = [CUBE, "/World/Pair"]
    assert live.read("shapeCount", paths).ravel().tolist() == [1.0, 2.0]
    assert live.width("restitution", [CUBE]) == 1 and live.width("restitution", paths) == 2
    live.write("restitution", paths, [[0.3, 0.0], [0.4, 0.5]])
    np.testing.assert_allclose(live.read("restitution", paths), [[0.3, 0.0], [0.4, 0.5]], atol=1e-6)
    np.testing.assert_allclose(live.read("restitution", [CUBE]), [[0.3]], atol=1e-6)


def test_wrong_names_rows_and_bodies_are_errors(stage):
    live = physics.simulation(stage).live
    with pytest.raises(KeyError, match="'weight' was given; expected one of: mass"):
        live.read("weight", [CUBE])
    with pytest.raises(KeyError, match="no rigid body at '/World' in the simulation"):
        live.read("mass", ["/World"])
    with pytest.raises(ValueError, match="'inverseMass' was given, which PhysX computes; expected one of: mass"):
        live.write("inverseMass", [CUBE], [[1.0]])
    with pytest.raises(ValueError, match=r"'inertia' of shape \(1, 3\) was given; expected \(1, 9\)"):
        live.write("inertia", [CUBE], [[1.0, 1.0, 1.0]])
