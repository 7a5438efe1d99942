"""isaacsim.core.utils.torch.rotations: many rotations at once; quaternions (n, 4) are wxyz."""

from __future__ import annotations

import math
from typing import Any

import torch

from ..numpy import rotations as host
from .maths import normalize

__all__ = [
    "compute_heading_and_up",
    "compute_rot",
    "deg2rad",
    "euler_angles_to_quats",
    "get_basis_vector",
    "get_euler_xyz",
    "gf_quat_to_tensor",
    "matrices_to_euler_angles",
    "normalise_quat_in_pose",
    "normalize_angle",
    "quat_apply",
    "quat_axis",
    "quat_conjugate",
    "quat_diff_rad",
    "quat_from_angle_axis",
    "quat_from_euler_xyz",
    "quat_mul",
    "quat_rotate",
    "quat_rotate_inverse",
    "quat_unit",
    "quats_to_rot_matrices",
    "rad2deg",
    "rot_matrices_to_quats",
    "wxyz2xyzw",
    "xyzw2wxyz",
]


def _through_host(function: Any, values: Any, device: Any, *more: Any) -> Any:
    """Return what a NumPy function makes of tensors, in single precision."""
    found = function(values.detach().cpu().numpy(), *more)
    return torch.from_numpy(found).float().to(device)


def gf_quat_to_tensor(orientation: Any, device: Any = None) -> Any:
    """Return a Gf quaternion as (4,)."""
    return torch.from_numpy(host.gf_quat_to_tensor(orientation)).float().to(device)


def euler_angles_to_quats(euler_angles: Any, degrees: bool = False, extrinsic: bool = True, device: Any = None) -> Any:
    """Return quaternions (n, 4) of Euler angles (n, 3)."""
    return _through_host(host.euler_angles_to_quats, euler_angles, device, degrees, extrinsic)


def rot_matrices_to_quats(rotation_matrices: Any, device: Any = None) -> Any:
    """Return quaternions (n, 4) of matrices (n, 3, 3)."""
    return _through_host(host.rot_matrices_to_quats, rotation_matrices, device)


def rad2deg(radian_value: Any, device: Any = None) -> Any:
    """Return degrees."""
    return torch.rad2deg(radian_value).float().to(device)


def deg2rad(degree_value: Any, device: Any = None) -> Any:
    """Return radians."""
    return torch.deg2rad(degree_value).float().to(device)


def quat_mul(a: Any, b: Any) -> Any:
    """Return the products of quaternions (..., 4) of one shape."""
    scalar = a[..., :1] * b[..., :1] - (a[..., 1:] * b[..., 1:]).sum(dim=-1, keepdim=True)
    vector = a[..., :1] * b[..., 1:] + b[..., :1] * a[..., 1:] + torch.linalg.cross(a[..., 1:], b[..., 1:])
    return torch.cat([scalar, vector], dim=-1)


def quat_conjugate(a: Any) -> Any:
    """Return the conjugates of quaternions (..., 4)."""
    return torch.cat([a[..., :1], -a[..., 1:]], dim=-1)


def quat_apply(a: Any, b: Any) -> Any:
    """Return vectors (..., 3) turned by quaternions (..., 4)."""
    axis, vectors = a.reshape(-1, 4)[:, 1:], b.reshape(-1, 3)
    twice = 2.0 * torch.linalg.cross(axis, vectors)
    turned = vectors + a.reshape(-1, 4)[:, :1] * twice + torch.linalg.cross(axis, twice)
    return turned.reshape(b.shape)


quat_rotate = quat_apply
get_basis_vector = quat_apply


def quat_rotate_inverse(q: Any, v: Any) -> Any:
    """Return vectors (n, 3) turned back by quaternions (n, 4)."""
    return quat_apply(quat_conjugate(q), v)


def quat_unit(a: Any) -> Any:
    """Return quaternions of length 1."""
    return normalize(a)


def quat_from_angle_axis(angle: Any, axis: Any) -> Any:
    """Return quaternions (n, 4) of angles (n,), radians, about axes (n, 3)."""
    half = angle.unsqueeze(-1) / 2.0
    return torch.cat([torch.cos(half), normalize(axis) * torch.sin(half)], dim=-1)


def quat_axis(q: Any, axis: int = 0) -> Any:
    """Return where quaternions (n, 4) turn one of the axes to (n, 3)."""
    unit = torch.zeros(len(q), 3, device=q.device)
    unit[:, axis] = 1.0
    return quat_apply(q, unit)


def normalize_angle(x: Any) -> Any:
    """Return angles between -pi and pi."""
    return torch.atan2(torch.sin(x), torch.cos(x))


def quats_to_rot_matrices(quats: Any) -> Any:
    """Return matrices (..., 3, 3) of quaternions (..., 4), of any length but 0."""
    w, x, y, z = (quats / torch.linalg.norm(quats, dim=-1, keepdim=True)).unbind(-1)
    rows = [
        torch.stack([1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)], dim=-1),
        torch.stack([2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)], dim=-1),
        torch.stack([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)], dim=-1),
    ]
    return torch.stack(rows, dim=-2)


def matrices_to_euler_angles(mat: Any, extrinsic: bool = True) -> Any:
    """Return Euler angles (n, 3) of matrices (n, 3, 3)."""
    from ..rotations import matrix_to_euler_angles

    return _through_host(lambda matrices: matrix_to_euler_angles(matrices, False, extrinsic), mat, mat.device)


def get_euler_xyz(q: Any, extrinsic: bool = True) -> tuple[Any, Any, Any]:
    """Return roll, pitch and yaw (n,) of quaternions (n, 4): from 0 to 2 pi where the axes stay, else about 0."""
    if not extrinsic:
        return matrices_to_euler_angles(quats_to_rot_matrices(q), extrinsic=False).unbind(-1)  # type: ignore[no-any-return]
    w, x, y, z = q.unbind(-1)
    roll = torch.atan2(2.0 * (w * x + y * z), w * w - x * x - y * y + z * z)
    pitch = torch.asin((2.0 * (w * y - z * x)).clamp(-1.0, 1.0))
    yaw = torch.atan2(2.0 * (w * z + x * y), w * w + x * x - y * y - z * z)
    return roll % (2 * math.pi), pitch % (2 * math.pi), yaw % (2 * math.pi)


def quat_from_euler_xyz(roll: Any, pitch: Any, yaw: Any, extrinsic: bool = True) -> Any:
    """Return quaternions (n, 4) of roll, pitch and yaw (n,)."""
    angles = torch.stack([roll, pitch, yaw], dim=-1)
    unit = torch.eye(3, device=angles.device)
    turns = [quat_from_angle_axis(angles[..., k], unit[k].expand_as(angles)) for k in range(3)]
    first, second, third = reversed(turns) if extrinsic else turns
    return quat_mul(quat_mul(first, second), third)


def quat_diff_rad(a: Any, b: Any) -> Any:
    """Return the angles (n,) between rotations (n, 4)."""
    difference = quat_mul(a, quat_conjugate(b))
    return 2.0 * torch.asin(torch.linalg.norm(difference[:, 1:], dim=-1).clamp(max=1.0))


def normalise_quat_in_pose(pose: Any) -> Any:
    """Return poses (n, 7) whose quaternions have length 1."""
    turns = pose[:, 3:7]
    return torch.cat([pose[:, :3], turns / torch.linalg.norm(turns, dim=-1, keepdim=True)], dim=-1)


def compute_heading_and_up(
    torso_rotation: Any, inv_start_rot: Any, to_target: Any, vec0: Any, vec1: Any, up_idx: int
) -> tuple[Any, Any, Any, Any, Any]:
    """Return rotations, how far up and towards their targets they point (n,), and both directions (n, 3)."""
    turns = quat_mul(torso_rotation, inv_start_rot)
    up, heading = quat_apply(turns, vec1), quat_apply(turns, vec0)
    towards = (heading * normalize(to_target)).sum(dim=-1)
    return turns, up[:, up_idx], towards, up, heading


def compute_rot(
    torso_quat: Any, velocity: Any, ang_velocity: Any, targets: Any, torso_positions: Any, extrinsic: bool = True
) -> tuple[Any, Any, Any, Any, Any, Any]:
    """Return velocities in the bodies' frames (n, 3), roll, pitch, yaw and the angle to targets (n,)."""
    roll, pitch, yaw = get_euler_xyz(torso_quat, extrinsic)
    away = targets - torso_positions
    angle = torch.atan2(away[:, 2], away[:, 0]) - yaw
    turned = (quat_rotate_inverse(torso_quat, velocity), quat_rotate_inverse(torso_quat, ang_velocity))
    return (*turned, roll, pitch, yaw, angle)


def xyzw2wxyz(q: Any) -> Any:
    """Move the last component first."""
    return torch.roll(q, 1, -1)


def wxyz2xyzw(q: Any) -> Any:
    """Move the first component last."""
    return torch.roll(q, -1, -1)
