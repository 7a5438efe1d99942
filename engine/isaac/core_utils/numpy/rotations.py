"""isaacsim.core.utils.numpy.rotations: one or many; quaternions are wxyz."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial.transform import Rotation

from ..rotations import gf_quat_to_np_array


def _order(extrinsic: bool) -> str:
    return "xyz" if extrinsic else "XYZ"


def _rotation(quaternions: Any) -> Rotation:
    return Rotation.from_quat(np.asarray(quaternions, dtype=float), scalar_first=True)


def gf_quat_to_tensor(orientation: Any, device: Any = None) -> np.ndarray:
    """Return a Gf quaternion as (4,)."""
    return gf_quat_to_np_array(orientation)


def euler_angles_to_quats(
    euler_angles: Any, degrees: bool = False, extrinsic: bool = True, device: Any = None
) -> np.ndarray:
    """Return quaternions (..., 4) of Euler angles (..., 3)."""
    return Rotation.from_euler(_order(extrinsic), np.asarray(euler_angles, float), degrees=degrees).as_quat(
        scalar_first=True
    )


def quats_to_euler_angles(
    quaternions: Any, degrees: bool = False, extrinsic: bool = True, device: Any = None
) -> np.ndarray:
    """Return Euler angles (..., 3) of quaternions (..., 4)."""
    return _rotation(quaternions).as_euler(_order(extrinsic), degrees=degrees)


def rot_matrices_to_quats(rotation_matrices: Any, device: Any = None) -> np.ndarray:
    """Return quaternions (..., 4) of matrices (..., 3, 3)."""
    return Rotation.from_matrix(np.asarray(rotation_matrices, float)).as_quat(scalar_first=True)


def quats_to_rot_matrices(quaternions: Any, device: Any = None) -> np.ndarray:
    """Return matrices (..., 3, 3) of quaternions (..., 4)."""
    return _rotation(quaternions).as_matrix()


def rotvecs_to_quats(rotation_vectors: Any, degrees: bool = False, device: Any = None) -> np.ndarray:
    """Return quaternions (..., 4) of rotation vectors (..., 3)."""
    return Rotation.from_rotvec(np.asarray(rotation_vectors, float), degrees).as_quat(scalar_first=True)


def quats_to_rotvecs(quaternions: Any, device: Any = None) -> np.ndarray:
    """Return rotation vectors (..., 3), radians, of quaternions (..., 4)."""
    return _rotation(quaternions).as_rotvec()


def rad2deg(radian_value: Any, device: Any = None) -> Any:
    """Return degrees."""
    return np.rad2deg(radian_value)


def deg2rad(degree_value: Any, device: Any = None) -> Any:
    """Return radians."""
    return np.deg2rad(degree_value)


def xyzw2wxyz(q: Any, ret_torch: bool = False) -> Any:
    """Move the last component first."""
    return np.roll(q, 1, -1)


def wxyz2xyzw(q: Any, ret_torch: bool = False) -> Any:
    """Move the first component last."""
    return np.roll(q, -1, -1)
