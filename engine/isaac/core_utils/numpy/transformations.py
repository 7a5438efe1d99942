"""isaacsim.core.utils.numpy.transformations: poses in frames; quaternions wxyz, parents as USD matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial.transform import Rotation

from .rotations import wxyz2xyzw


def tf_matrices_from_poses(translations: Any, orientations: Any, device: Any = None) -> np.ndarray:
    """Return column-vector matrices (n, 4, 4) of positions (n, 3) and rotations (n, 4)."""
    turns = np.asarray(orientations, dtype=float)
    found = np.tile(np.eye(4, dtype=np.float32), (len(turns), 1, 1))
    found[:, :3, :3] = Rotation.from_quat(turns, scalar_first=True).as_matrix()
    found[:, :3, 3] = translations
    return found


def get_local_from_world(parent_transforms: Any, positions: Any, orientations: Any, device: Any = None) -> Any:
    """Return translations (n, 3) and orientations (n, 4) in the frames of parents (n, 4, 4)."""
    parents = np.swapaxes(np.asarray(parent_transforms, dtype=float), 1, 2)
    return _parts(np.linalg.solve(parents, tf_matrices_from_poses(positions, orientations)))


def get_world_from_local(parent_transforms: Any, translations: Any, orientations: Any, device: Any = None) -> Any:
    """Return positions (n, 3) and orientations (n, 4) in the world of poses in the frames of parents (n, 4, 4)."""
    parents = np.swapaxes(np.asarray(parent_transforms, dtype=float), 1, 2)
    return _parts(parents @ tf_matrices_from_poses(translations, orientations))


def _parts(matrices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    turns = matrices[:, :3, :3] / np.linalg.norm(matrices[:, :3, :3], axis=1, keepdims=True)
    quaternions = Rotation.from_matrix(turns).as_quat(scalar_first=True)
    return matrices[:, :3, 3].astype(np.float32), quaternions.astype(np.float32)


def get_pose(positions: Any, orientations: Any, device: Any = None) -> np.ndarray:
    """Return poses (n, 7)."""
    return np.concatenate([positions, orientations], axis=-1)


def assign_pose(
    current_positions: Any,
    current_orientations: Any,
    positions: Any,
    orientations: Any,
    indices: Any,
    device: Any = None,
    pose: Any = None,
) -> np.ndarray:
    """Return poses (n, 7) with rotations xyzw, those at `indices` new; what is None stays."""
    poses = get_pose(current_positions, wxyz2xyzw(current_orientations))
    if positions is not None:
        poses[indices, :3] = positions
    if orientations is not None:
        poses[indices, 3:] = wxyz2xyzw(orientations)
    return poses
