"""isaacsim.core.api and isaacsim.core.prims: worlds, objects and bodies."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
from pxr import Gf, Usd, UsdGeom, UsdLux, UsdPhysics, UsdShade

from engine import physics
from engine.isaac.cloner import Cloner, GridCloner
from engine.isaac.core_api import SimulationContext, World
from engine.isaac.core_api.materials import OmniPBR, PhysicsMaterial, PreviewSurface
from engine.isaac.core_api.objects import (
    DynamicCuboid,
    DynamicCylinder,
    FixedCuboid,
    GroundPlane,
    VisualCapsule,
    VisualCuboid,
    VisualSphere,
)
from engine.isaac.core_api.physics_context import PhysicsContext
from engine.isaac.core_api.tasks import BaseTask
from engine.isaac.core_prims import ClothPrim, RigidPrim, SingleRigidPrim, SingleXFormPrim, XFormPrim
from engine.isaac.views import bodies
from engine.timeline import get_timeline_interface

GRAVITY = 9.81
needs_physx = pytest.mark.skipif(not physics.is_available(), reason="the extra 'physics' is not installed")


@pytest.fixture(autouse=True)
def fresh_world():
    yield
    get_timeline_interface().stop()
    get_timeline_interface().set_time_codes_per_second(60)
    World.clear_instance()


def test_a_new_world_is_in_metres_with_gravity_down(fresh_stage):
    UsdGeom.SetStageMetersPerUnit(fresh_stage, 0.01)
    world = World()
    assert UsdGeom.GetStageMetersPerUnit(fresh_stage) == 1.0 and UsdGeom.GetStageUpAxis(fresh_stage) == "Z"
    scene = UsdPhysics.Scene(fresh_stage.GetPrimAtPath("/physicsScene"))
    assert scene.GetGravityMagnitudeAttr().Get() == pytest.approx(GRAVITY)
    assert world.get_physics_dt() == pytest.approx(1 / 60) and world.get_rendering_dt() == pytest.approx(1 / 60)
    assert World() is world and SimulationContext.instance() is world


def test_centimetres_keep_gravity_in_stage_units(fresh_stage):
    world = World(stage_units_in_meters=0.01, physics_dt=1 / 120, rendering_dt=1 / 30)
    direction, magnitude = world.get_physics_context().get_gravity()
    assert direction == pytest.approx([0, 0, -1]) and magnitude == pytest.approx(981)
    assert fresh_stage.GetTimeCodesPerSecond() == pytest.approx(30)
    assert fresh_stage.GetPrimAtPath("/physicsScene").GetAttribute("physxScene:timeStepsPerSecond").Get() == 120
    with pytest.raises(ValueError, match="rendering_dt cannot be <0; -1 was given"):
        world.set_simulation_dt(rendering_dt=-1)


def test_without_defaults_the_stage_says_how_long_frames_are(fresh_stage):
    assert SimulationContext(set_defaults=False).get_rendering_dt() == pytest.approx(1 / 60)
    SimulationContext.clear_instance()
    fresh_stage.SetTimeCodesPerSecond(24)
    assert SimulationContext(set_defaults=False).get_rendering_dt() == pytest.approx(1 / 24)


def test_settings_of_the_physics_scene(fresh_stage):
    context = PhysicsContext(sim_params={"gravity": [0, 0, -3.0], "dt": 0.01, "bounce_threshold": 0.5, "unknown": 1})
    assert context.get_gravity()[1] == pytest.approx(3) and context.get_physics_dt() == pytest.approx(0.01)
    assert context.get_bounce_threshold() == 0.5 and context.get_solver_type() == "TGS"
    context.set_solver_type("PGS")
    context.enable_gpu_dynamics(True)
    context.set_gpu_max_rigid_contact_count(7)
    prim = fresh_stage.GetPrimAtPath("/physicsScene")
    assert prim.GetAttribute("physxScene:solverType").Get() == "PGS" and context.is_gpu_dynamics_enabled() is True
    assert context.get_gpu_max_rigid_contact_count() == 7
    with pytest.raises(ValueError, match="prim_path='scene' was given; expected an absolute path"):
        PhysicsContext(prim_path="scene")


def test_objects_author_shapes_looks_and_colliders(fresh_stage):
    cube = DynamicCuboid("/C", "c", np.array([1, 2, 3]), size=0.5, color=np.array([1, 0, 0]), mass=2.0)
    prim = fresh_stage.GetPrimAtPath("/C")
    assert UsdGeom.Cube(prim).GetSizeAttr().Get() == 0.5
    assert UsdPhysics.MassAPI(prim).GetMassAttr().Get() == 2.0 and prim.HasAPI(UsdPhysics.CollisionAPI)
    assert prim.GetAttribute("physxCollision:contactOffset").Get() == pytest.approx(0.1)
    look, _ = UsdShade.MaterialBindingAPI(prim).ComputeBoundMaterial()
    shader = look.ComputeSurfaceSource()[0]
    assert list(shader.GetInput("diffuseColor").Get()) == [1, 0, 0] and look.GetPath() == "/World/Looks/visual_material"
    rub, _ = UsdShade.MaterialBindingAPI(prim).ComputeBoundMaterial("physics")
    assert UsdPhysics.MaterialAPI(rub.GetPrim()).GetStaticFrictionAttr().Get() == pytest.approx(0.2)
    assert cube.get_applied_visual_material().get_color().tolist() == [1, 0, 0]
    assert cube.get_applied_physics_material().get_dynamic_friction() == pytest.approx(1.0)
    VisualSphere("/S", radius=0.3)
    assert UsdShade.MaterialBindingAPI(fresh_stage.GetPrimAtPath("/S")).GetDirectBinding().GetMaterialPath() == (
        "/World/Looks/visual_material_1"
    )
    assert not fresh_stage.GetPrimAtPath("/S").HasAPI(UsdPhysics.CollisionAPI)
    capsule = VisualCapsule("/K", radius=0.1, height=0.4)
    assert np.array(UsdGeom.Capsule(capsule.prim).GetExtentAttr().Get())[1] == pytest.approx([0.1, 0.1, 0.3])


def test_objects_take_over_existing_prims(fresh_stage):
    made = UsdGeom.Cube.Define(fresh_stage, "/C")
    made.AddTranslateOp().Set(Gf.Vec3d(4, 5, 6))
    cube = FixedCuboid("/C")
    assert cube.get_size() == 2.0 and cube.get_world_pose()[0] == pytest.approx([4, 5, 6])
    with pytest.raises(TypeError, match="cannot be parsed as a Sphere object"):
        VisualSphere("/C")
    with pytest.raises(TypeError, match="VisualCuboid: radius given; expected position"):
        VisualCuboid("/D", radius=1)


def test_existing_materials_are_found_again(fresh_stage):
    first = OmniPBR("/M", color=np.array([0.1, 0.2, 0.3]), texture_scale=[2, 3])
    again = OmniPBR("/M")
    assert again.get_color() == pytest.approx([0.1, 0.2, 0.3]) and again.get_texture_scale() == pytest.approx([2, 3])
    assert first.get_reflection_roughness() == 0.5 and first.shaders_list[0].GetSourceAsset("mdl").path == "OmniPBR.mdl"
    first.set_texture("a.png")
    first.set_texture_translate(0.5, 0.25)
    assert first.get_texture() == "a.png" and first.get_texture_translate() == pytest.approx([0.5, 0.25])
    assert PreviewSurface("/P", roughness=0.4).get_roughness() == pytest.approx(0.4)
    material = PhysicsMaterial("/R", static_friction=0.3, restitution=0.9)
    assert material.get_static_friction() == pytest.approx(0.3) and material.get_restitution() == pytest.approx(0.9)


def test_single_prims(fresh_stage):
    xform = SingleXFormPrim("/A/B", position=[1, 2, 3], scale=[2, 2, 2])
    assert fresh_stage.GetPrimAtPath("/A/B").GetTypeName() == "Xform"
    child = SingleXFormPrim("/A/B/C", translation=[1, 0, 0])
    assert child.get_world_pose()[0] == pytest.approx([3, 2, 3]) and child.get_world_scale() == pytest.approx([2, 2, 2])
    child.set_world_pose(position=[0, 0, 0], orientation=[0, 0, 0, 1])
    assert child.get_local_pose()[0] == pytest.approx([-0.5, -1, -1.5])
    child.set_default_state(position=[9, 9, 9])
    child.post_reset()
    assert child.get_world_pose()[0] == pytest.approx([9, 9, 9])
    xform.set_visibility(False)
    assert xform.get_visibility() is False
    with pytest.raises(ValueError, match="Prim path expression /None is invalid: no prim matches it"):
        XFormPrim("/None")
    with pytest.raises(ValueError, match="You can not define translation and position at the same time"):
        XFormPrim("/A", positions=[[0, 0, 0]], translations=[[0, 0, 0]])
    with pytest.raises(RuntimeError, match="simulates no cloth"):
        ClothPrim("/A")


def test_names_of_4_x_mean_single_prims_and_views(fresh_stage):
    old = importlib.import_module("omni.isaac.core.prims")
    assert old.XFormPrim is SingleXFormPrim and old.XFormPrimView is XFormPrim
    assert importlib.import_module("omni.isaac.core.objects").DynamicCuboid is DynamicCuboid
    assert importlib.import_module("isaacsim.core.api.objects.cuboid").VisualCuboid is VisualCuboid
    assert importlib.import_module("omni.isaac.core").World is World


def test_scene_keeps_objects_by_name(fresh_stage):
    world = World()
    cube = world.scene.add(VisualCuboid("/World/c", "cube", position=[1, 1, 1], size=2.0))
    assert world.scene.get_object("cube") is cube and world.scene.get_object("none") is None
    with pytest.raises(ValueError, match="Cannot add the object cube to the scene since its name is not unique"):
        world.scene.add(cube)
    with pytest.raises(RuntimeError, match="bounding box computations should be enabled"):
        world.scene.compute_object_AABB("cube")
    world.scene.enable_bounding_boxes_computations()
    low, high = world.scene.compute_object_AABB("cube")
    assert low == pytest.approx([0, 0, 0]) and high == pytest.approx([2, 2, 2])
    world.scene.remove_object("cube")
    assert not fresh_stage.GetPrimAtPath("/World/c")
    with pytest.raises(KeyError, match="no object 'cube'; there are: none"):
        world.scene.remove_object("cube")
    fresh_stage.DefinePrim("/Empty", "Xform")
    with pytest.raises(ValueError, match="has no Plane at or below it; expected a ground plane"):
        GroundPlane("/Empty")


def test_clear_leaves_the_physics_scene(fresh_stage):
    world = World()
    VisualCuboid("/World/c")
    VisualCuboid("/d")
    world.clear()
    assert not fresh_stage.GetPrimAtPath("/World/c") and not fresh_stage.GetPrimAtPath("/d")
    assert fresh_stage.GetPrimAtPath("/physicsScene") and fresh_stage.GetPrimAtPath("/World")


class Counting(BaseTask):
    """Counts what it is told."""

    def __init__(self, name):
        super().__init__(name)
        self.calls = []

    def set_up_scene(self, scene):
        super().set_up_scene(scene)
        self.calls.append("set_up")

    def pre_step(self, time_step_index, simulation_time):
        self.calls.append("step")

    def post_reset(self):
        self.calls.append("reset")

    def get_observations(self):
        return {self.name: len(self.calls)}


def test_tasks_run_round_steps(fresh_stage):
    world = World()
    task = Counting("count")
    world.add_task(task)
    world.reset()
    world.step(render=True)
    world.reset()
    assert task.calls == ["set_up", "reset", "step", "reset"] and world.get_observations() == {"count": 4}
    assert world.is_done() is False and world.get_task("count") is task
    with pytest.raises(ValueError, match="a task named 'count' is there already"):
        world.add_task(task)
    with pytest.raises(KeyError, match="task name other doesn't exist; there are: count"):
        world.get_task("other")


def test_data_logger(fresh_stage, tmp_path):
    world = World()
    logger = world.get_data_logger()
    logger.start()
    with pytest.raises(RuntimeError, match="call add_data_frame_logging_func first"):
        world.step()
    logger.add_data_frame_logging_func(lambda tasks, scene: {"n": len(tasks)})
    world.step()
    logger.save(str(tmp_path / "log.json"))
    logger.reset()
    logger.load(str(tmp_path / "log.json"))
    assert logger.get_num_of_data_frames() == 1 and logger.get_data_frame(0).data == {"n": 0}


def test_callbacks(fresh_stage):
    world = World()
    frames = []
    world.add_render_callback("count", frames.append)
    world.render()
    assert len(frames) == 1 and world.render_callback_exists("count")
    world.remove_render_callback("count")
    world.render()
    assert len(frames) == 1 and not world.render_callback_exists("count")
    events = []
    world.add_timeline_callback("events", events.append)
    world.play()
    world.clear_all_callbacks()
    assert events and not world.timeline_callback_exists("events")


@needs_physx
def test_a_cube_falls_and_comes_back(fresh_stage):
    world = World()
    cube = world.scene.add(DynamicCuboid("/C", "c", position=[0, 0, 10.0], size=1.0, linear_velocity=[1.0, 0, 0]))
    steps = []
    world.add_physics_callback("steps", steps.append)
    world.reset()
    for index in range(30):
        world.step(render=bool(index % 2))
    time = world.current_time
    assert time == pytest.approx(0.5) and world.current_time_step_index == 30 and len(steps) == 30
    position, _ = cube.get_world_pose()
    # between the exact fall and one of whole steps, which is g t dt / 2 lower
    assert 10 - GRAVITY * time * time / 2 - GRAVITY * time / 120 <= position[2] <= 10 - GRAVITY * time * time / 2 + 1e-4
    assert position[0] == pytest.approx(0.5, abs=1e-3)
    assert cube.get_linear_velocity() == pytest.approx([1, 0, -GRAVITY * time], abs=1e-3)
    world.reset()
    assert cube.get_world_pose()[0] == pytest.approx([0, 0, 10]) and world.current_time == 0
    assert cube.get_linear_velocity() == pytest.approx([1, 0, 0], abs=1e-6)
    state = cube.get_default_state()
    assert state.position == pytest.approx([0, 0, 10]) and state.linear_velocity == pytest.approx([1, 0, 0])


@needs_physx
def test_a_cylinder_rests_on_the_ground(fresh_stage):
    world = World()
    world.scene.add_ground_plane()
    world.scene.add(DynamicCylinder("/C", "c", position=[0, 0, 0.3], radius=0.2, height=0.5, mass=1.0))
    world.reset()
    for _ in range(60):
        world.step(render=False)
    height = world.scene.get_object("c").get_world_pose()[0][2]
    assert height == pytest.approx(0.25, abs=2e-3)


@needs_physx
def test_pushes_and_twists_do_what_newton_says(fresh_stage):
    world = World()
    world.get_physics_context().set_gravity(0.0)
    # a cube of edge 1 and mass 2: moment of inertia 2 / 6
    DynamicCuboid("/C", "c", position=[0, 0, 5.0], size=1.0, mass=2.0)
    view = RigidPrim("/C")
    world.reset()
    world.step(render=False)
    for _ in range(12):
        view.apply_forces_and_torques_at_pos(np.array([[3.0, 0, 0]]), np.array([[0, 0, 0.5]]))
        world.step(render=False)
    linear, angular = bodies.velocities(view.prims)
    assert linear[0] == pytest.approx([3.0 / 2.0 * 0.2, 0, 0], abs=2e-3)
    assert angular[0] == pytest.approx([0, 0, 0.5 / (2.0 / 6.0) * 0.2], rel=0.03, abs=1e-3)


@needs_physx
def test_velocities_of_a_running_body_are_physx_own(fresh_stage):
    world = World()
    world.get_physics_context().set_gravity(0.0)
    cube = DynamicCuboid("/C", "c", position=[0, 0, 5.0], size=1.0)
    still = SingleRigidPrim(GroundPlane("/G").prim_path + "/geom")
    world.reset()
    cube.set_linear_velocity([0, 2.0, 0])
    for _ in range(30):
        world.step(render=False)
    assert cube.get_world_pose()[0] == pytest.approx([0, 1.0, 5.0], abs=1e-3)
    cube.set_world_pose(position=[7, 7, 7])
    world.step(render=False)
    assert cube.get_world_pose()[0] == pytest.approx([7, 7 + 2 / 60, 7], abs=1e-3)
    assert still.get_angular_velocity() == pytest.approx([0, 0, 0])


def test_copies_lie_in_a_grid_and_follow_their_source(fresh_stage):
    fresh_stage.DefinePrim("/World/env_0", "Xform")
    VisualCuboid("/World/env_0/cube", size=1.0, translation=[0, 0, 3])
    cloner = GridCloner(spacing=2.0)
    paths = cloner.generate_paths("/World/env", 4)
    positions = cloner.clone("/World/env_0", paths)
    assert positions == [[1, -1, 0], [1, 1, 0], [-1, -1, 0], [-1, 1, 0]]
    third = UsdGeom.Xformable(fresh_stage.GetPrimAtPath("/World/env_2/cube"))
    assert np.array(third.ComputeLocalToWorldTransform(0).ExtractTranslation()) == pytest.approx([-1, -1, 3])
    UsdGeom.Cube(fresh_stage.GetPrimAtPath("/World/env_0/cube")).GetSizeAttr().Set(0.25)
    assert UsdGeom.Cube(third.GetPrim()).GetSizeAttr().Get() == 0.25
    Cloner().clone("/World/env_0", ["/World/copy"], positions=[[5, 5, 5]], copy_from_source=True)
    UsdGeom.Cube(fresh_stage.GetPrimAtPath("/World/env_0/cube")).GetSizeAttr().Set(0.5)
    assert UsdGeom.Cube(fresh_stage.GetPrimAtPath("/World/copy/cube")).GetSizeAttr().Get() == 0.25
    with pytest.raises(ValueError, match="no prim at '/None'; expected an existing source prim"):
        cloner.clone("/None", paths)
    with pytest.raises(ValueError, match=r"Dimension mismatch between positions \(1\) and prim_paths \(2\)"):
        Cloner().clone("/World/env_0", ["/A", "/B"], positions=[[0, 0, 0]])


@needs_physx
def test_a_shorter_step_takes_hold_while_playing(fresh_stage):
    world = World()
    cube = DynamicCuboid("/C", "c", position=[0, 0, 10.0])
    steps = []
    world.add_physics_callback("steps", steps.append)
    world.reset()
    before = cube.get_linear_velocity()[2]
    world.step(render=True)
    world.set_simulation_dt(physics_dt=1 / 240, rendering_dt=1 / 60)
    world.step(render=True)
    assert steps == pytest.approx([1 / 60] + [1 / 240] * 4)
    assert cube.get_linear_velocity()[2] - before == pytest.approx(-GRAVITY * 2 / 60, abs=1e-4)


def test_the_default_ground_has_a_lamp_that_scripts_can_change(fresh_stage):
    from engine.stage.lights import LightInputs

    ground = World().scene.add_default_ground_plane()
    lamp = fresh_stage.GetPrimAtPath(f"{ground.prim_path}/SphereLight")
    assert lamp.IsA(UsdLux.SphereLight)
    assert UsdGeom.Xformable(lamp).ComputeLocalToWorldTransform(0).ExtractTranslation()[2] > 1.0
    assert LightInputs(lamp, Usd.TimeCode.Default()).number("intensity", 0.0) > 0.0
    lamp.GetAttribute("intensity").Set(7.0)  # as scripts name it that were written for the grid of the assets
    assert LightInputs(lamp, Usd.TimeCode.Default()).number("intensity", 0.0) == 7.0
    UsdLux.SphereLight(lamp).GetIntensityAttr().Set(9.0)
    assert LightInputs(lamp, Usd.TimeCode.Default()).number("intensity", 0.0) == 9.0
    assert World.instance().scene.add_default_ground_plane() is ground


def test_a_plain_ground_has_no_lamp(fresh_stage):
    World().scene.add_ground_plane()
    assert not [prim for prim in fresh_stage.Traverse() if prim.IsA(UsdLux.SphereLight)]
