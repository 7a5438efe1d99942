"""isaacsim.core.utils.transformations: poses and matrices of column vectors; quaternions are wxyz."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import Usd, UsdGeom
from scipy.spatial.transform import Rotation


def tf_matrix_from_pose(translation: Any, orientation: Any) -> np.ndarray:
    """Return the matrix (4, 4) of a translation (3,) and an orientation (4,)."""
    return tf_matrices_from_poses(np.asarray(translation)[None], np.asarray(orientation)[None])[0].astype(np.float64)


def tf_matrices_from_poses(translations: Any, orientations: Any) -> np.ndarray:
    """Return the matrices (n, 4, 4) of translations (n, 3) and orientations (n, 4)."""
    places = np.asarray(translations, dtype=float)
    matrices = np.tile(np.eye(4), (len(places), 1, 1))
    matrices[:, :3, :3] = Rotation.from_quat(np.asarray(orientations, dtype=float), scalar_first=True).as_matrix()
    matrices[:, :3, 3] = places
    return matrices


def pose_from_tf_matrix(transformation: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the translation (3,) and the orientation (4,) of a matrix (4, 4), its scale left out."""
    matrix = get_transform_with_normalized_rotation(np.asarray(transformation))
    quat = Rotation.from_matrix(matrix[:3, :3]).as_quat(scalar_first=True, canonical=True)
    return matrix[:3, 3], quat


def get_relative_transform(source_prim: Usd.Prim, target_prim: Usd.Prim) -> np.ndarray:
    """Return source to target (4, 4)."""
    now = Usd.TimeCode.Default()
    source, target = (
        np.array(UsdGeom.Xformable(prim).ComputeLocalToWorldTransform(now)).T for prim in (source_prim, target_prim)
    )
    return np.linalg.inv(target) @ source  # type: ignore[no-any-return]


def get_translation_from_target(
    translation_from_source: Any, source_prim: Usd.Prim, target_prim: Usd.Prim
) -> np.ndarray:
    """Return a point (3,) of the source's frame in the target's frame."""
    matrix = get_relative_transform(source_prim, target_prim)
    return matrix[:3, :3] @ np.asarray(translation_from_source) + matrix[:3, 3]  # type: ignore[no-any-return]


def get_world_pose_from_relative(
    coord_prim: Usd.Prim, relative_translation: Any, relative_orientation: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Return the world position (3,) and orientation (4,) of a pose in the frame of a prim."""
    world = np.array(UsdGeom.Xformable(coord_prim).ComputeLocalToWorldTransform(Usd.TimeCode.Default())).T
    return pose_from_tf_matrix(world @ tf_matrix_from_pose(relative_translation, relative_orientation))


def get_transform_with_normalized_rotation(transform: np.ndarray) -> np.ndarray:
    """Return a matrix (4, 4) without its scale."""
    result = np.array(transform, dtype=float)
    result[:3, :3] /= np.linalg.norm(result[:3, :3], axis=0)
    return result
