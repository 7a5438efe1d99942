from __future__ import annotations

import importlib

import numpy as np
import pytest
from pxr import Gf, UsdGeom, UsdPhysics

from engine.import_files import FILES


@pytest.mark.parametrize(
    "statement",
    [
        "from omni.isaac.core.world.world import World",
        "from omni.isaac.core.scenes.scene import Scene",
        "from omni.isaac.core.simulation_context.simulation_context import SimulationContext",
        "from omni.isaac.core.physics_context.physics_context import PhysicsContext",
        "from omni.isaac.core.tasks.base_task import BaseTask",
        "from omni.isaac.core.loggers.data_logger import DataLogger",
        "from omni.isaac.core.objects.cuboid import DynamicCuboid, VisualCuboid",
        "from omni.isaac.core.prims.xform_prim import XFormPrim",
        "from omni.isaac.core.prims.soft.cloth_prim import ClothPrim",
        "from omni.isaac.core.prims import DeformablePrim, ParticleSystem, RigidContactView, SdfShapeView",
        "from omni.isaac.core.robots import Robot, RobotView",
        "from omni.isaac.core.robots.robot import Robot",
        "from omni.isaac.core.articulations import Articulation, ArticulationView",
        "from omni.isaac.core.controllers import ArticulationController, BaseController",
        "from omni.isaac.core.utils.types import ArticulationAction, ArticulationActions, JointsState, DOFInfo",
        "from omni.isaac.core.utils.numpy.transformations import get_world_from_local",
        "from omni.isaac.core.materials import DeformableMaterial, ParticleMaterial",
        "from omni.isaac.sensor import Camera, CameraView, ContactSensor, IMUSensor, LidarRtx, RotatingLidarPhysX",
        "from omni.isaac.sensor.camera import Camera",
        "from omni.isaac.benchmark.services import BaseIsaacBenchmark",
        "from isaacsim.core.api.robots import Robot",
        "from isaacsim.core.api.tasks import FollowTarget, PickPlace, Stacking",
        "from isaacsim.core.api.sensors import RigidContactView",
        "from isaacsim.core.prims.articulation import Articulation",
        "from isaacsim.core.simulation_manager.impl.isaac_events import IsaacEvents",
        "import usdrt.Sdf; usdrt.Sdf.Path('/a')",
    ],
)
def test_the_files_of_isaac_sims_packages_can_be_named(statement):
    exec(statement)


def test_a_class_is_the_same_from_its_package_and_from_its_file():
    for name in FILES:
        importlib.import_module(name)
    import omni.isaac.core.world.world
    from isaacsim.core.api import World
    from omni.isaac.core.scenes.scene import Scene

    assert omni.isaac.core.world.world.World is World
    assert isinstance(World().scene, Scene)


@pytest.mark.parametrize(
    ("module", "name", "what"),
    [
        ("omni.isaac.core.robots", "Robot", "robots"),
        ("isaacsim.core.api.controllers", "ArticulationController", "robots"),
        ("isaacsim.core.api.tasks", "PickPlace", "robots"),
        ("omni.isaac.sensor", "IMUSensor", "inertial sensors"),
        ("omni.isaac.sensor", "LidarRtx", "laser scanners"),
        ("omni.isaac.core.prims", "RigidContactView", "contact sensors"),
        ("isaacsim.core.api.materials", "ParticleMaterial", "particles"),
    ],
)
def test_what_is_not_simulated_says_so_when_it_is_made_and_not_before(module, name, what):
    made = getattr(importlib.import_module(module), name)
    with pytest.raises(RuntimeError, match=f"{name}: the embedded engine simulates no {what}"):
        made(prim_path="/World/Robot", name="robot")


def test_actions_of_joints_are_records():
    from isaacsim.core.utils.types import ArticulationAction, ArticulationActions

    action = ArticulationAction(joint_positions=np.array([1.0, 2.0]), joint_velocities=[None, 3.0])
    assert action.get_dict() == {
        "joint_positions": [1.0, 2.0],
        "joint_velocities": [None, 3.0],
        "joint_efforts": None,
    }
    assert action.get_dof_action(0) == {"position": 1.0}
    assert action.get_dof_action(1) == {"velocity": 3.0, "position": 2.0}
    assert ArticulationAction(joint_efforts=[4.0]).get_dof_action(0) == {"effort": 4.0}
    assert (action.get_length(), ArticulationAction().get_length()) == (2, None)
    with pytest.raises(ValueError, match="joint_indices and joint_names were both given"):
        ArticulationActions(joint_indices=[0], joint_names=["a"])


def test_a_gripper_controller_opens_and_closes():
    from isaacsim.core.api.controllers import BaseGripperController
    from isaacsim.core.utils.types import ArticulationAction

    class Gripper(BaseGripperController):
        def open(self, current_joint_positions):
            return ArticulationAction(joint_positions=[1.0])

        def close(self, current_joint_positions):
            return ArticulationAction(joint_positions=[0.0])

    assert Gripper("g").forward("open", None).joint_positions == [1.0]
    assert Gripper("g").forward("close", None).joint_positions == [0.0]
    with pytest.raises(ValueError, match="action='turn' was given; expected 'open' or 'close'"):
        Gripper("g").forward("turn", None)


def test_roots_of_robots_are_put_on_taken_off_and_found(fresh_stage):
    from isaacsim.core.utils import articulations

    for path in ("/arm/base", "/arm/tool", "/alone"):
        fresh_stage.DefinePrim(path, "Xform")
    base, alone = fresh_stage.GetPrimAtPath("/arm/base"), fresh_stage.GetPrimAtPath("/alone")
    joint = UsdPhysics.FixedJoint.Define(fresh_stage, "/arm/joint")
    joint.CreateBody0Rel().SetTargets(["/arm/base"])
    joint.CreateBody1Rel().SetTargets(["/arm/tool"])
    articulations.add_articulation_root(base)
    articulations.add_articulation_root(alone)
    assert base.GetMetadata("apiSchemas").GetAppliedItems() == ["PhysicsArticulationRootAPI", "PhysxArticulationAPI"]
    assert articulations.find_all_articulation_base_paths() == ["/alone", "/arm"]
    articulations.move_articulation_root(base, fresh_stage.GetPrimAtPath("/arm/tool"))
    assert not base.HasAPI(UsdPhysics.ArticulationRootAPI)
    assert not base.GetMetadata("apiSchemas").GetAppliedItems()
    articulations.remove_articulation_root(alone)
    assert articulations.find_all_articulation_base_paths() == ["/arm"]


def test_numpy_poses_agree_with_usd(fresh_stage):
    from isaacsim.core.utils.numpy import transformations as tf

    rng = np.random.default_rng(3)
    turns = rng.normal(size=(2, 4))
    turns /= np.linalg.norm(turns, axis=1, keepdims=True)
    turns *= np.sign(turns[:, :1])
    places = rng.normal(size=(2, 3))
    parents = []
    for index in range(2):
        parent = UsdGeom.Xform.Define(fresh_stage, f"/p{index}")
        parent.AddTransformOp().Set(Gf.Matrix4d().SetRotate(Gf.Rotation(Gf.Vec3d(1, 2, 3), 40.0 + index)))
        child = UsdGeom.Xform.Define(fresh_stage, f"/p{index}/child")
        child.AddTranslateOp().Set(Gf.Vec3d(*places[index]))
        child.AddOrientOp(UsdGeom.XformOp.PrecisionDouble).Set(Gf.Quatd(*turns[index]))
        parents.append(np.array(parent.ComputeLocalToWorldTransform(0)))
    positions, orientations = tf.get_world_from_local(np.array(parents), places, turns)
    for index in range(2):
        world = UsdGeom.Xformable(fresh_stage.GetPrimAtPath(f"/p{index}/child")).ComputeLocalToWorldTransform(0)
        assert np.allclose(positions[index], world.ExtractTranslation(), atol=1e-5)
        quat = world.ExtractRotationQuat()
        expected = np.array([quat.GetReal(), *quat.GetImaginary()])
        assert np.allclose(orientations[index] * np.sign(orientations[index, 0] * expected[0]), expected, atol=1e-5)
    back, turned = tf.get_local_from_world(np.array(parents), positions, orientations)
    assert np.allclose(back, places, atol=1e-5)
    assert np.allclose(np.abs(np.sum(turned * turns, axis=1)), 1.0, atol=1e-5)  # the same turn, of either sign
    poses = tf.assign_pose(places, turns, None, turns[[1]], [0])
    assert np.allclose(poses[0], [*places[0], *np.roll(turns[1], -1)])
    assert tf.tf_matrices_from_poses(places, turns).shape == (2, 4, 4)


def test_debug_drawings_are_counted_and_not_shown(capsys):
    import omni.isaac.debug_draw
    from isaacsim.util.debug_draw import _debug_draw

    draw = _debug_draw.acquire_debug_draw_interface()
    assert omni.isaac.debug_draw._debug_draw.acquire_debug_draw_interface() is draw
    draw.draw_points([(0, 0, 0), (1, 0, 0)], [(1, 0, 0, 1)] * 2, [5, 5])
    draw.draw_lines([(0, 0, 0)], [(1, 1, 1)], [(1, 0, 0, 1)], [1])
    draw.draw_lines_spline([(0, 0, 0), (1, 0, 0), (2, 1, 0)], (1, 0, 0, 1), 2, False)
    assert (draw.get_num_points(), draw.get_num_lines()) == (2, 3)
    assert capsys.readouterr().err.count("counted and not shown") == 1
    draw.clear_points()
    draw.clear_lines()
    assert (draw.get_num_points(), draw.get_num_lines()) == (0, 0)
