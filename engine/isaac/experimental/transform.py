"""isaacsim.core.experimental.utils.transform: rotations of one or of many; quaternions are wxyz."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import Gf
from scipy.spatial.transform import Rotation

from ..arrays import to_device, to_host


def _order(extrinsic: bool) -> str:
    return "xyz" if extrinsic else "XYZ"


def _quat(values: Any) -> Rotation:
    return Rotation.from_quat(to_host(values), scalar_first=True)


def rotation_matrix_to_quaternion(rotation_matrix: Any, *, dtype: type | None = None, device: Any = None) -> Any:
    """Return quaternions (..., 4) of rotation matrices (..., 3, 3)."""
    return to_device(Rotation.from_matrix(to_host(rotation_matrix)).as_quat(scalar_first=True), dtype, device)


def euler_angles_to_rotation_matrix(
    euler_angles: Any, *, degrees: bool = False, extrinsic: bool = True, dtype: type | None = None, device: Any = None
) -> Any:
    """Return rotation matrices (..., 3, 3) of Euler angles (..., 3)."""
    rotation = Rotation.from_euler(_order(extrinsic), to_host(euler_angles), degrees=degrees)
    return to_device(rotation.as_matrix(), dtype, device)


def euler_angles_to_quaternion(
    euler_angles: Any, *, degrees: bool = False, extrinsic: bool = True, dtype: type | None = None, device: Any = None
) -> Any:
    """Return quaternions (..., 4) of Euler angles (..., 3)."""
    rotation = Rotation.from_euler(_order(extrinsic), to_host(euler_angles), degrees=degrees)
    return to_device(rotation.as_quat(scalar_first=True), dtype, device)


def quaternion_multiplication(
    first_quaternion: Any, second_quaternion: Any, *, dtype: type | None = None, device: Any = None
) -> Any:
    """Return the product of quaternions (..., 4)."""
    first, second = to_host(first_quaternion), to_host(second_quaternion)
    w = first[..., :1] * second[..., :1] - np.sum(first[..., 1:] * second[..., 1:], axis=-1, keepdims=True)
    cross = np.cross(first[..., 1:], second[..., 1:])
    xyz = first[..., :1] * second[..., 1:] + second[..., :1] * first[..., 1:] + cross
    return to_device(np.concatenate([w, xyz], axis=-1), dtype, device)


def quaternion_conjugate(quaternion: Any, *, dtype: type | None = None, device: Any = None) -> Any:
    """Return the conjugates of quaternions (..., 4)."""
    return to_device(to_host(quaternion) * np.array([1.0, -1.0, -1.0, -1.0]), dtype, device)


def quaternion_to_rotation_matrix(quaternion: Any, *, dtype: type | None = None, device: Any = None) -> Any:
    """Return rotation matrices (..., 3, 3) of quaternions (..., 4)."""
    return to_device(_quat(quaternion).as_matrix(), dtype, device)


def quaternion_to_euler_angles(
    quaternion: Any, *, degrees: bool = False, extrinsic: bool = True, dtype: type | None = None, device: Any = None
) -> Any:
    """Return Euler angles (..., 3) of quaternions (..., 4)."""
    return to_device(_quat(quaternion).as_euler(_order(extrinsic), degrees=degrees), dtype, device)


def look_at_quaternion(eye: Any, target: Any, up: Any = None, *, dtype: type | None = None, device: Any = None) -> Any:
    """Return the orientation (4,) of a camera (looking along its -Z, +Y up) at `eye` that sees `target`.

    Args:
        eye: position (3,).
        target: position (3,).
        up: up direction (3,), +Z if not given.
        dtype: type of the result.
        device: device of the result.
    """
    back = to_host(eye) - to_host(target)
    back /= np.linalg.norm(back)
    right = np.cross(to_host([0.0, 0.0, 1.0] if up is None else up), back)
    if np.linalg.norm(right) < 1e-9:
        right = np.cross([0.0, 1.0, 0.0] if abs(back[1]) < 0.9 else [1.0, 0.0, 0.0], back)
    right /= np.linalg.norm(right)
    matrix = np.stack([right, np.cross(back, right), back], axis=-1)
    return rotation_matrix_to_quaternion(matrix, dtype=dtype, device=device)


def compute_relative_transform(source_to_world: Any, target_to_world: Any) -> np.ndarray:
    """Return source to target (4, 4), column vectors, of two matrices to the world given as USD row vectors."""
    return (to_host(source_to_world) @ np.linalg.inv(to_host(target_to_world))).T


def look_at_matrix(eye: Any, target: Any, up: Any = None, *, epsilon: float = 1e-05) -> Any:
    """Return the camera to world `Gf.Matrix4d` (row vectors) of a camera at `eye` that sees `target`."""
    turn = to_host(quaternion_to_rotation_matrix(look_at_quaternion(eye, target, up), dtype=float))
    matrix = np.eye(4)
    matrix[:3, :3] = turn.T
    matrix[3, :3] = to_host(eye)
    return Gf.Matrix4d(matrix)


def rotate_vectors_by_quaternion(
    vectors: Any, quaternion: Any, *, dtype: type | None = None, device: Any = None
) -> Any:
    """Return vectors (..., 3) turned by quaternions (..., 4)."""
    matrices = _quat(quaternion).as_matrix()
    return to_device(np.einsum("...ij,...j->...i", matrices, to_host(vectors)), dtype, device)


def transform_local_to_world(
    points: Any, position: Any, orientation: Any, *, dtype: type | None = None, device: Any = None
) -> Any:
    """Return points (..., 3) of a frame, given by its world position and orientation, in the world."""
    turned = to_host(rotate_vectors_by_quaternion(points, orientation))
    return to_device(turned + to_host(position), dtype, device)


def transform_world_to_local(
    points: Any, position: Any, orientation: Any, *, dtype: type | None = None, device: Any = None
) -> Any:
    """Return points (..., 3) of the world in a frame that is given by its world position and orientation."""
    inverse = to_host(orientation) * np.array([1.0, -1.0, -1.0, -1.0])
    offset = to_host(points) - to_host(position)
    return to_device(to_host(rotate_vectors_by_quaternion(offset, inverse)), dtype, device)
