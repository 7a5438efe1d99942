"""RigidPrim and omni.physics.tensors: what a running simulation has, in NumPy and warp arrays, and what the stage has."""

from __future__ import annotations

import numpy as np
import pytest
from pxr import Gf, UsdPhysics

from engine.isaac.core_api import World
from engine.isaac.core_api.objects import DynamicCuboid
from engine.isaac.core_prims import RigidPrim
from engine.isaac.experimental_prims import RigidPrim as NewRigidPrim
from engine.isaac.simulation_manager import SimulationManager
from engine.kit import physics_tensors
from engine.timeline import get_timeline_interface

pytest.importorskip("ovphysx")
PATHS = ["/World/Cube_0", "/World/Cube_1", "/World/Cube_2"]


@pytest.fixture
def world(fresh_stage):
    made = World()
    made.get_physics_context().set_gravity(0.0)
    for index, path in enumerate(PATHS):
        DynamicCuboid(path, name=path, position=np.array([3.0 * index, 0.0, 1.0]), mass=1.0 + index, size=1.0)
    yield made
    get_timeline_interface().stop()
    made.clear_instance()
    SimulationManager.set_backend("numpy")


def test_a_classic_view_reads_and_sets_what_is_simulated(world, fresh_stage):
    view = RigidPrim("/World/Cube_.*", name="cubes")
    assert view._physics_view is None and view._backend == "numpy" and view._device == "cpu"
    view.set_masses([5.0, 6.0, 7.0])
    world.reset()
    mass = UsdPhysics.MassAPI(fresh_stage.GetPrimAtPath(PATHS[0])).GetMassAttr()
    assert mass.Get() == 5.0 and view.num_shapes == 1
    view.set_masses([20.0], indices=[1])
    np.testing.assert_allclose(view.get_masses(), [5, 20, 7], rtol=1e-6)
    np.testing.assert_allclose(view.get_inv_masses(indices=[1]), [0.05], rtol=1e-6)
    np.testing.assert_allclose(view.get_inertias()[0], np.diag([5 / 6] * 3).ravel(), atol=1e-5)  # m a^2 / 6
    np.testing.assert_allclose(view.get_inv_inertias()[0], np.diag([6 / 5] * 3).ravel(), atol=1e-4)
    view.set_inertias([np.diag([1.0, 2.0, 3.0]).ravel()], indices=[2])
    np.testing.assert_allclose(view.get_inertias(indices=[2])[0, ::4], [1, 2, 3], rtol=1e-6)
    view.set_coms([[0.1, 0.0, 0.0]], [[0.0, 1.0, 0.0, 0.0]], indices=[0])
    places, axes = view.get_coms(indices=[0])
    np.testing.assert_allclose(places, [[0.1, 0, 0]], atol=1e-6)
    np.testing.assert_allclose(np.abs(axes), [[0, 1, 0, 0]], atol=1e-6)
    assert mass.Get() == 5.0  # the stage keeps what it had
    world.stop()
    np.testing.assert_allclose(view.get_masses(), [5, 6, 7])


def test_gravity_of_bodies_and_of_the_scene(world):
    view = RigidPrim("/World/Cube_.*", name="cubes")
    world.reset()
    world.physics_sim_view.set_gravity((0.0, 0.0, -6.0))
    assert tuple(world.physics_sim_view.get_gravity()) == (0.0, 0.0, -6.0)
    view.disable_gravities(indices=[0])
    view.set_velocities(np.zeros((3, 6)))
    world.step(render=False)
    np.testing.assert_allclose(view.get_linear_velocities()[:, 2], [0, -0.1, -0.1], atol=1e-6)
    view.enable_gravities(indices=[0])
    world.step(render=False)
    np.testing.assert_allclose(view.get_linear_velocities()[:, 2], [-0.1, -0.2, -0.2], atol=1e-6)


def test_an_experimental_view_reads_and_sets_what_is_simulated(world):
    view = NewRigidPrim(PATHS)
    assert view._physics_rigid_body_view is None and not view.is_physics_tensor_entity_valid()
    world.reset()
    view.set_masses([8.0], indices=[0])
    np.testing.assert_allclose(np.asarray(view.get_masses()).ravel(), [8, 2, 3], rtol=1e-6)
    np.testing.assert_allclose(np.asarray(view.get_masses(inverse=True)).ravel(), [1 / 8, 1 / 2, 1 / 3], rtol=1e-6)
    view.set_inertias([np.diag([1.0, 2.0, 4.0]).ravel()], indices=[1])
    np.testing.assert_allclose(np.asarray(view.get_inertias(indices=[1], inverse=True))[0, ::4], [1, 0.5, 0.25])
    view.set_coms([[0.0, 0.2, 0.0]], indices=[2])
    np.testing.assert_allclose(np.asarray(view.get_coms(indices=[2])[0]), [[0, 0.2, 0]], atol=1e-6)
    view.set_enabled_gravities(False, indices=[0])
    assert np.asarray(view.get_enabled_gravities()).ravel().tolist() == [False, True, True]
    tensors = view._physics_rigid_body_view
    assert tensors.max_shapes == 1 and tensors.count == 3 and tensors.check()
    assert type(tensors._frontend).__name__ == "FrontendWarp" and hasattr(tensors.get_masses(), "numpy")


def test_a_tensor_view_moves_pushes_and_paints(world):
    world.reset()
    view = physics_tensors.create_simulation_view("numpy").create_rigid_body_view("/World/Cube_*")
    assert view.prim_paths == PATHS
    poses = view.get_transforms()
    np.testing.assert_allclose(poses[:, :3], [[0, 0, 1], [3, 0, 1], [6, 0, 1]], atol=1e-6)
    poses[1] = [1, 2, 3, 0, 0, 1, 0]
    poses[2] = 0.0  # not one of the indices
    view.set_transforms(poses, np.array([1]))
    np.testing.assert_allclose(view.get_transforms()[1], [1, 2, 3, 0, 0, 1, 0], atol=1e-6)
    assert view.get_transforms()[2, 0] == pytest.approx(6.0)
    speeds = np.zeros((3, 6), np.float32)
    speeds[0] = [1, 0, 0, 0, 0, 2]
    view.set_velocities(speeds, [0])
    np.testing.assert_allclose(view.get_velocities()[0], [1, 0, 0, 0, 0, 2])
    view.apply_forces(np.array([[0, 0, 0], [0, 4, 0], [9, 9, 9]], np.float32), np.array([1]))
    world.step(render=False)
    np.testing.assert_allclose(view.get_velocities()[1, :3], [0, 4 / 2 / 60, 0], atol=1e-6)
    np.testing.assert_allclose(view.get_velocities()[2], 0.0, atol=1e-7)
    materials = view.get_material_properties()
    assert materials.shape == (3, 1, 3)
    materials[0, 0] = [0.7, 0.6, 0.3]
    view.set_material_properties(materials, [0])
    np.testing.assert_allclose(view.get_material_properties()[0, 0], [0.7, 0.6, 0.3], atol=1e-6)
    view.set_contact_offsets(np.full((3, 1), 0.06), [0, 2])
    np.testing.assert_allclose(view.get_contact_offsets()[::2, 0], 0.06, rtol=1e-6)
    view.set_rest_offsets(np.full((3, 1), 0.01), [0])
    assert view.get_rest_offsets()[0, 0] == pytest.approx(0.01)
    view.set_coms(np.tile([0, 0.1, 0, 0, 0, 0, 1], (3, 1)), [2])
    np.testing.assert_allclose(view.get_coms()[2], [0, 0.1, 0, 0, 0, 0, 1], atol=1e-6)
    view.set_disable_simulations(np.array([[1], [0], [0]]), [0, 1, 2])
    assert view.get_disable_simulations().ravel().tolist() == [1, 0, 0] and view.wake_up([1])
    assert view.get_accelerations().shape == (3, 6)


def test_a_simulation_view_ends_with_the_simulation(world):
    assert SimulationManager.get_physics_sim_view() is None
    assert SimulationManager._physics_sim_view__warp is None
    world.reset()
    view = SimulationManager.get_physics_sim_view()
    assert view.is_valid and view.check() and view.set_subspace_roots("/")
    assert SimulationManager._get_backend_utils().__name__.endswith("core_utils.numpy")
    world.stop()
    assert not view.is_valid


def test_wrong_arrays_paths_and_wishes_are_errors(world, capfd):
    world.reset()
    view = physics_tensors.create_simulation_view("numpy")
    bodies = view.create_rigid_body_view(PATHS)
    with pytest.raises(ValueError, match=r"set_masses: an array of shape \(1,\) was given; expected one row of 1 for"):
        bodies.set_masses([1.0], [0])
    with pytest.raises(IndexError, match=r"set_masses: indices \[3\] were given; expected 0 to 2"):
        bodies.set_masses(np.ones(3), [3])
    with pytest.raises(ValueError, match="'/World/Ball' was given; no rigid body of the stage is there"):
        view.create_rigid_body_view("/World/Ball")
    with pytest.raises(
        RuntimeError, match="create_articulation_view was asked for; the embedded engine simulates no ro"
    ):
        view.create_articulation_view("/World/Robot")
    with pytest.raises(AttributeError, match="has no attribute 'fly' in the embedded engine"):
        _ = view.fly
    with pytest.raises(ValueError, match="frontend_name='jax' was given; expected one of: numpy, torch, warp"):
        physics_tensors.create_simulation_view("jax")
    with pytest.raises(ValueError, match="stage_id=987654 was given; no stage of the cache has it"):
        physics_tensors.create_simulation_view("numpy", 987654)
    view.set_subspace_roots("/World")
    assert "expected '/'" in "".join(capfd.readouterr())
    view.invalidate()
    assert not view.is_valid


def test_gravity_of_the_stage_is_what_a_view_says_at_first(world):
    world.get_physics_context().set_gravity(-3.0)
    world.reset()
    assert tuple(world.physics_sim_view.get_gravity()) == pytest.approx((0.0, 0.0, -3.0))
    assert Gf.Vec3f(*world.physics_sim_view.get_gravity()).GetLength() == pytest.approx(3.0)
