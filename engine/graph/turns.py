"""Rotations as Euler angles, for the paths every script takes: to import SciPy's costs half a second of start-up."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

LOCKED = 1e-7  # cosine of the middle angle below which the outer two turn about one axis


def matrices_from_euler(axes: str, degrees: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3 3"]:
    """Return column-vector rotations that turn about fixed axes, one after the other.

    Args:
        axes: the three axes in the order of turning, e.g. "XYZ", which is USD's rotateXYZ.
        degrees: (n, 3) angles in the same order.
    """
    result = np.broadcast_to(np.eye(3), (len(degrees), 3, 3))
    for axis, angles in zip(axes.upper(), np.radians(degrees).T, strict=True):
        i, j = {"X": (1, 2), "Y": (2, 0), "Z": (0, 1)}[axis]
        turn = np.tile(np.eye(3), (len(degrees), 1, 1))
        turn[:, i, i] = turn[:, j, j] = np.cos(angles)
        turn[:, j, i] = np.sin(angles)
        turn[:, i, j] = -turn[:, j, i]
        result = turn @ result
    return result


def xyz_from_matrices(matrices: Float[np.ndarray, "*n 3 3"]) -> Float[np.ndarray, "*n 3"]:
    """Return the XYZ degrees of column-vector rotations, the middle one within 90; in gimbal lock the last is 0.

    Source: R = Rz Ry Rx written out, K. Shoemake, "Euler Angle Conversion", Graphics Gems IV, 1994.
    """
    m = np.asarray(matrices, dtype=np.float64)
    cosine = np.hypot(m[..., 0, 0], m[..., 1, 0])
    free = cosine > LOCKED
    x = np.where(free, np.arctan2(m[..., 2, 1], m[..., 2, 2]), np.arctan2(-m[..., 1, 2], m[..., 1, 1]))
    y = np.arctan2(-m[..., 2, 0], cosine)
    z = np.where(free, np.arctan2(m[..., 1, 0], m[..., 0, 0]), 0.0)
    return np.degrees(np.stack([x, y, z], axis=-1))
