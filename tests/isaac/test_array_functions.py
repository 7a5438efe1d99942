"""isaacsim.core.utils.numpy, warp and torch: the same functions on three kinds of arrays, against SciPy and closed form."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
from pxr import Gf
from scipy.spatial.transform import Rotation

KINDS = [
    pytest.param(kind, marks=pytest.mark.skipif(not importlib.util.find_spec(kind), reason=f"{kind} is not installed"))
    for kind in ("numpy", "warp", "torch")
]


def library(kind):
    """Return the module of one kind of arrays."""
    return importlib.import_module(f"engine.isaac.core_utils.{kind}")


def host(values):
    """Return an array of any kind as a NumPy array."""
    return np.asarray(values.numpy() if hasattr(values, "numpy") else values)


@pytest.mark.parametrize("kind", KINDS)
def test_arrays_are_made_moved_and_joined(kind):
    tools = library(kind)
    zeros = tools.create_zeros_tensor([2, 3], "float32", device="cpu")
    assert host(zeros).dtype == np.float32 and host(zeros).shape == (2, 3)
    ones = tools.create_tensor_from_list([[1, 2, 3]], "float32", device="cpu")
    joined = tools.tensor_cat([zeros, ones], device="cpu", dim=0)
    assert host(joined).tolist() == [[0, 0, 0], [0, 0, 0], [1, 2, 3]]
    copy = tools.clone_tensor(joined, device="cpu")
    indices = tools.resolve_indices([0], 3, device="cpu")
    changed = tools.assign(tools.create_tensor_from_list([[7, 8, 9]], "float32", device="cpu"), copy, indices)
    assert host(changed)[0].tolist() == [7, 8, 9] and host(joined)[0].tolist() == [0, 0, 0]
    assert host(tools.resolve_indices(None, 3, device="cpu")).tolist() == [0, 1, 2]
    assert host(tools.expand_dims(indices, 1)).shape == (1, 1)
    assert tools.to_list(ones) == [[1.0, 2.0, 3.0]] and tools.to_list([4]) == [4]
    assert isinstance(tools.to_numpy(ones), np.ndarray)
    assert host(tools.move_data(ones, "cpu")).tolist() == [[1, 2, 3]]
    assert host(tools.convert([1, 0], "cpu", "int32")).dtype == np.int32


@pytest.mark.parametrize("kind", KINDS)
def test_rotations_and_poses(kind):
    tools = library(kind)
    angles = np.array([[0.3, -0.2, 1.1], [0.0, 0.4, 0.0]], np.float32)
    turns = tools.euler_angles_to_quats(tools.create_tensor_from_list(angles.tolist(), "float32"), device="cpu")
    expected = Rotation.from_euler("xyz", angles).as_quat(scalar_first=True)
    np.testing.assert_allclose(host(turns), expected, atol=1e-6)
    np.testing.assert_allclose(host(tools.wxyz2xyzw(turns)), np.roll(expected, -1, 1), atol=1e-6)
    np.testing.assert_allclose(host(tools.xyzw2wxyz(tools.wxyz2xyzw(turns))), expected, atol=1e-6)
    assert host(tools.gf_quat_to_tensor(Gf.Quatf(1, 2, 3, 4))).tolist() == [1, 2, 3, 4]
    half = tools.create_tensor_from_list([np.pi / 2], "float32")
    np.testing.assert_allclose(host(tools.rad2deg(half)), [90.0], rtol=1e-6)
    np.testing.assert_allclose(host(tools.deg2rad(tools.rad2deg(half))), [np.pi / 2], rtol=1e-6)
    places = tools.create_tensor_from_list([[1, 2, 3], [4, 5, 6]], "float32")
    new = tools.create_tensor_from_list([[9, 9, 9]], "float32")
    at = tools.resolve_indices([1], 2, "cpu")
    poses = host(tools.assign_pose(places, turns, new, None, at, "cpu", None))
    np.testing.assert_allclose(poses[:, :3], [[1, 2, 3], [9, 9, 9]])
    np.testing.assert_allclose(poses[:, 3:], np.roll(expected, -1, 1), atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_frames_and_back(kind):
    tools = library(kind)
    matrix = Gf.Matrix4d().SetRotate(Gf.Rotation(Gf.Vec3d(1, 2, 3), 40.0)) * Gf.Matrix4d().SetTranslate((1, 2, 3))
    parents = tools.create_tensor_from_list([np.array(matrix).tolist()], "float32")
    place = tools.create_tensor_from_list([[0.5, -1.0, 2.0]], "float32")
    turn = tools.create_tensor_from_list([[0.5, 0.5, 0.5, 0.5]], "float32")
    positions, turned = tools.get_world_from_local(parents, place, turn, "cpu")
    np.testing.assert_allclose(host(positions)[0], matrix.Transform(Gf.Vec3d(0.5, -1.0, 2.0)), atol=1e-5)
    back, again = tools.get_local_from_world(parents, positions, turned, "cpu")
    np.testing.assert_allclose(host(back), host(place), atol=1e-5)
    assert abs(np.sum(host(again) * host(turn))) == pytest.approx(1.0, abs=1e-5)


def test_numbers_of_numpy():
    tools = library("numpy")
    matrix = np.array([[1.0, 2.0], [3.0, 5.0]])
    np.testing.assert_allclose(tools.matmul(matrix, tools.inverse(matrix)), np.eye(2), atol=1e-12)
    assert tools.transpose_2d(matrix).tolist() == [[1, 3], [2, 5]]
    assert tools.sin(0.0) == 0.0 and tools.cos(0.0) == 1.0
    assert tools.pad(np.ones(2), (1, 0), value=4.0).tolist() == [4, 1, 1]
    assert tools.tensor_stack([np.zeros(2), np.ones(2)], dim=1).tolist() == [[0, 1], [0, 1]]
    with pytest.raises(ValueError, match="as_type: dtype='text' was given; expected one of: float32"):
        tools.as_type([1], "text")


def test_torch_that_is_missing_is_named(monkeypatch):
    from engine.isaac.torch_library import torch_or_error

    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    with pytest.raises(ImportError, match=r"utils\.torch needs torch \(.*\); install it \(pip install torch\)"):
        torch_or_error("isaacsim.core.utils.torch")


def test_rotations_of_torch():
    torch = pytest.importorskip("torch")
    tools = library("torch")
    rng = np.random.default_rng(4)
    first, second = (rng.normal(size=(5, 4)).astype(np.float32) for _ in range(2))
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second /= np.linalg.norm(second, axis=1, keepdims=True)
    a, b, vectors = torch.from_numpy(first), torch.from_numpy(second), torch.from_numpy(rng.normal(size=(5, 3))).float()
    one, two = (Rotation.from_quat(q, scalar_first=True) for q in (first, second))
    np.testing.assert_allclose(tools.quats_to_rot_matrices(tools.quat_mul(a, b)), (one * two).as_matrix(), atol=1e-5)
    np.testing.assert_allclose(tools.quat_apply(a, vectors), one.apply(vectors), atol=1e-5)
    np.testing.assert_allclose(tools.quat_rotate_inverse(a, vectors), one.inv().apply(vectors), atol=1e-5)
    np.testing.assert_allclose(tools.quat_diff_rad(a, b), (one * two.inv()).magnitude(), atol=1e-3)
    roll, pitch, yaw = tools.get_euler_xyz(a)
    angles = torch.stack([roll, pitch, yaw], dim=-1)
    assert float(angles.min()) >= 0.0 and float(angles.max()) < 2 * np.pi + 1e-6
    np.testing.assert_allclose(Rotation.from_euler("xyz", angles).as_matrix(), one.as_matrix(), atol=1e-5)
    for extrinsic, order in ((True, "xyz"), (False, "XYZ")):
        made = tools.quat_from_euler_xyz(roll, pitch, yaw, extrinsic)
        expected = Rotation.from_euler(order, angles).as_matrix()
        np.testing.assert_allclose(tools.quats_to_rot_matrices(made), expected, atol=1e-5)
    inner = torch.stack(list(tools.get_euler_xyz(a, extrinsic=False)), dim=-1)
    np.testing.assert_allclose(Rotation.from_euler("XYZ", inner).as_matrix(), one.as_matrix(), atol=1e-5)
    back, away = tools.tf_inverse(a, vectors)
    turns, places = tools.tf_combine(a, vectors, back, away)
    np.testing.assert_allclose(np.abs(turns[:, 0]), 1.0, atol=1e-5)
    np.testing.assert_allclose(places, 0.0, atol=1e-5)
    assert float(tools.tensor_clamp(torch.tensor([5.0]), torch.tensor([0.0]), torch.tensor([2.0]))) == 2.0
    low, high = torch.tensor([1.0]), torch.tensor([3.0])
    assert float(tools.scale(torch.tensor([0.0]), low, high)) == 2.0
    assert float(tools.unscale(torch.tensor([2.0]), low, high)) == 0.0
    with pytest.raises(ValueError, match="as_type: dtype='text' was given; expected one of: float32"):
        tools.as_type(low, "text")
