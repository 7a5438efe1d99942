"""isaacsim.core.utils.rotations: quaternions are wxyz; Euler angles turn about fixed axes x, y, z unless told."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import Gf
from scipy.spatial.transform import Rotation


def _order(extrinsic: bool) -> str:
    return "xyz" if extrinsic else "XYZ"


def euler_angles_to_quat(euler_angles: Any, degrees: bool = False, extrinsic: bool = True) -> np.ndarray:
    """Return the quaternion wxyz (4,) of three Euler angles, radians or degrees."""
    rotation = Rotation.from_euler(_order(extrinsic), np.asarray(euler_angles, dtype=float), degrees=degrees)
    return rotation.as_quat(scalar_first=True, canonical=True)


def quat_to_euler_angles(quat: Any, degrees: bool = False, extrinsic: bool = True) -> np.ndarray:
    """Return three Euler angles (3,) of a quaternion wxyz."""
    return _from_quat(quat).as_euler(_order(extrinsic), degrees=degrees)


def euler_to_rot_matrix(euler_angles: Any, degrees: bool = False, extrinsic: bool = True) -> np.ndarray:
    """Return the rotation matrix (3, 3), column vectors, of three Euler angles."""
    return Rotation.from_euler(_order(extrinsic), np.asarray(euler_angles, dtype=float), degrees=degrees).as_matrix()


def matrix_to_euler_angles(mat: Any, degrees: bool = False, extrinsic: bool = True) -> np.ndarray:
    """Return three Euler angles (3,) of a rotation matrix (3, 3), column vectors."""
    return Rotation.from_matrix(np.asarray(mat, dtype=float)).as_euler(_order(extrinsic), degrees=degrees)


def quat_to_rot_matrix(quat: Any) -> np.ndarray:
    """Return the rotation matrix (3, 3), column vectors, of a quaternion wxyz."""
    return _from_quat(quat).as_matrix()


def rot_matrix_to_quat(mat: Any) -> np.ndarray:
    """Return the quaternion wxyz (4,) of a rotation matrix (3, 3), column vectors."""
    return Rotation.from_matrix(np.asarray(mat, dtype=float)).as_quat(scalar_first=True, canonical=True)


def _from_quat(quat: Any) -> Rotation:
    return Rotation.from_quat(np.asarray(quat, dtype=float), scalar_first=True)


def lookat_to_quatf(camera: Gf.Vec3f, target: Gf.Vec3f, up: Gf.Vec3f) -> Gf.Quatf:
    """Return the orientation of a camera (looking along its -Z, +Y up) that sees a target."""
    matrix = Gf.Matrix4d().SetLookAt(Gf.Vec3d(camera), Gf.Vec3d(target), Gf.Vec3d(up)).GetInverse()
    return Gf.Quatf(matrix.ExtractRotationQuat())


def gf_quat_to_np_array(orientation: Any) -> np.ndarray:
    """Return a Gf quaternion as (4,), wxyz."""
    return np.array([orientation.GetReal(), *orientation.GetImaginary()], dtype=float)


def gf_rotation_to_np_array(orientation: Gf.Rotation) -> np.ndarray:
    """Return a Gf rotation as a quaternion (4,), wxyz."""
    return gf_quat_to_np_array(orientation.GetQuat())
