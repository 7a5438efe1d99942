"""USD matrices to world metres."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float64
from pxr import Gf, Usd

from engine.stage.scene import Matrix

FLATTEST = 1e-6  # a scale of 0 along one axis is drawn as this part of the largest scale


def to_column(matrix: Gf.Matrix4d) -> Matrix:
    """Turn a row-vector matrix of USD into one that acts on columns."""
    return np.array(matrix, dtype=np.float64).T


def to_world(matrix: Gf.Matrix4d, meters_per_unit: float) -> Matrix:
    """Turn USD's local-to-world into world_from_local: columns, world in metres."""
    result = to_column(matrix).copy()
    result[:3] *= meters_per_unit
    return result


def batch_to_meters(matrices: Sequence[Gf.Matrix4d], meters_per_unit: float) -> Float64[np.ndarray, "n 4 4"]:
    """Do the same for many matrices."""
    result = np.array(matrices, dtype=np.float64).reshape(-1, 4, 4).transpose(0, 2, 1).copy()
    result[:, :3] *= meters_per_unit
    return result


def flawed(matrices: Float64[np.ndarray, "n 4 4"]) -> Bool[np.ndarray, "n"]:
    """Tell which matrices hold NaN or flatten what they place."""
    linear = matrices[:, :3, :3]
    with np.errstate(all="ignore"):
        scale = np.abs(linear).max(axis=(1, 2))
        solid = np.abs(np.linalg.det(linear)) > 1e-15 * scale**3
    return ~(solid & np.isfinite(matrices).all(axis=(1, 2)))


def invertible(matrix: Matrix) -> Matrix | None:
    """Return a matrix that can be inverted: flat ones get a hair's thickness; None if nothing is left to see.

    Args:
        matrix: world_from_local.
    """
    if not np.isfinite(matrix).all():
        return None
    if not flawed(matrix[None])[0]:
        return matrix
    linear = matrix[:3, :3]
    left, singular, right = np.linalg.svd(linear)
    if singular[1] <= FLATTEST * singular[0]:
        return None
    result = matrix.copy()
    result[:3, :3] = left @ np.diag([singular[0], singular[1], FLATTEST * singular[0]]) @ right
    return result


def rigid(matrix: Matrix) -> Matrix:
    """Drop scale, shear and mirroring: the view direction is kept exactly, then the up direction.

    Args:
        matrix: world_from_camera with whatever scale its ancestors give it.
    """
    back = matrix[:3, 2] / np.linalg.norm(matrix[:3, 2])
    up = matrix[:3, 1] - back * (back @ matrix[:3, 1])
    up /= np.linalg.norm(up)
    result = matrix.copy()
    result[:3, :3] = np.stack([np.cross(up, back), up, back], axis=1)
    return result


def batch_to_world(matrices: Float64[np.ndarray, "n 4 4"], world_from_local: Matrix) -> Float64[np.ndarray, "n 4 4"]:
    """Place row-vector matrices, relative to a prim, in the world.

    Args:
        matrices: USD row-vector matrices in the prim's local units.
        world_from_local: of the prim.
    """
    return world_from_local @ matrices.transpose(0, 2, 1)


def time_code(stage: Usd.Stage, seconds: float) -> Usd.TimeCode:
    """Return the time code of a moment on the timeline."""
    return Usd.TimeCode(seconds * stage.GetTimeCodesPerSecond())
