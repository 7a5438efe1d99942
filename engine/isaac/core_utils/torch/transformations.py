"""isaacsim.core.utils.torch.transformations: poses in frames; quaternions wxyz, parents as USD matrices."""

from __future__ import annotations

from typing import Any

import torch

from ..numpy import transformations as host
from .rotations import (
    normalise_quat_in_pose,
    quat_apply,
    quat_conjugate,
    quat_mul,
    quats_to_rot_matrices,
    wxyz2xyzw,
    xyzw2wxyz,
)

__all__ = [
    "assign_pose",
    "get_local_from_world",
    "get_pose",
    "get_world_from_local",
    "get_world_from_local_position",
    "normalise_quat_in_pose",
    "tf_apply",
    "tf_combine",
    "tf_inverse",
    "tf_matrices_from_poses",
    "tf_vector",
]


def tf_matrices_from_poses(translations: Any, orientations: Any, device: Any = None) -> Any:
    """Return column-vector matrices (n, 4, 4) of positions (n, 3) and rotations (n, 4)."""
    found = torch.eye(4, device=device).repeat(len(orientations), 1, 1)
    found[:, :3, :3] = quats_to_rot_matrices(orientations.float()).to(device)
    found[:, :3, 3] = translations
    return found


def _through_host(function: Any, parents: Any, places: Any, turns: Any, device: Any) -> tuple[Any, Any]:
    found = function(*(part.detach().cpu().numpy() for part in (parents, places, turns)))
    return torch.from_numpy(found[0]).to(device), torch.from_numpy(found[1]).to(device)


def get_local_from_world(parent_transforms: Any, positions: Any, orientations: Any, device: Any) -> tuple[Any, Any]:
    """Return translations (n, 3) and orientations (n, 4) in the frames of parents (n, 4, 4)."""
    return _through_host(host.get_local_from_world, parent_transforms, positions, orientations, device)


def get_world_from_local(parent_transforms: Any, translations: Any, orientations: Any, device: Any) -> tuple[Any, Any]:
    """Return positions (n, 3) and orientations (n, 4) in the world of poses in the frames of parents (n, 4, 4)."""
    return _through_host(host.get_world_from_local, parent_transforms, translations, orientations, device)


def get_pose(positions: Any, orientations: Any, device: Any) -> Any:
    """Return poses (n, 7)."""
    parts = [torch.as_tensor(part, dtype=torch.float32).to(device) for part in (positions, orientations)]
    return torch.cat(parts, dim=-1)


def get_world_from_local_position(pos_offset_local: Any, pose_global: Any) -> Any:
    """Return points (n, 3) of the frames of poses (n, 7), rotations xyzw, in the world."""
    return quat_apply(xyzw2wxyz(pose_global[:, 3:7]), pos_offset_local) + pose_global[:, :3]


def tf_inverse(q: Any, t: Any) -> tuple[Any, Any]:
    """Return the inverses of transforms: rotations (n, 4) and translations (n, 3)."""
    back = quat_conjugate(q)
    return back, -quat_apply(back, t)


def tf_apply(q: Any, t: Any, v: Any) -> Any:
    """Return points (n, 3) transformed."""
    return quat_apply(q, v) + t


def tf_vector(q: Any, v: Any) -> Any:
    """Return directions (n, 3) transformed."""
    return quat_apply(q, v)


def tf_combine(q1: Any, t1: Any, q2: Any, t2: Any) -> tuple[Any, Any]:
    """Return transforms one after the other: the second in the frame of the first."""
    return quat_mul(q1, q2), quat_apply(q1, t2) + t1


def assign_pose(
    current_positions: Any,
    current_orientations: Any,
    positions: Any,
    orientations: Any,
    indices: Any,
    device: Any,
    pose: Any = None,
) -> Any:
    """Return poses (n, 7) with rotations xyzw, those at `indices` new; what is None stays."""
    poses = get_pose(current_positions, wxyz2xyzw(current_orientations), current_positions.device)
    if positions is not None:
        poses[indices, :3] = positions
    if orientations is not None:
        poses[indices, 3:] = wxyz2xyzw(orientations)
    return poses
