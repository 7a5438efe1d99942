"""isaacsim.core.utils.distance_metrics: how far apart two poses are; NumPy matrices act on column vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
from pxr import Gf


def _matrix(value: Any) -> np.ndarray:
    is_row_major = isinstance(value, Gf.Matrix3d | Gf.Matrix4d)
    return np.array(value).T if is_row_major else np.asarray(value, dtype=float)


def _translation(value: Any) -> np.ndarray:
    found = _matrix(value)
    return found[:3, 3] if found.shape == (4, 4) else found.ravel()


def weighted_translational_distance(t1: Any, t2: Any, weight_matrix: Any = None) -> float:
    """Return sqrt(d^T W d) of the difference d of two translations (3,) or matrices (4, 4); W is the identity."""
    offset = _translation(t1) - _translation(t2)
    weights = np.eye(3) if weight_matrix is None else np.asarray(weight_matrix, dtype=float)
    return float(np.sqrt(offset @ weights @ offset))


def rotational_distance_angle(r1: Any, r2: Any) -> float:
    """Return the angle, radians, between two rotations."""
    product = _matrix(r1)[:3, :3] @ _matrix(r2)[:3, :3].T
    return float(np.arccos(np.clip((np.trace(product) - 1.0) / 2.0, -1.0, 1.0)))


def rotational_distance_identity_matrix_deviation(r1: Any, r2: Any) -> float:
    """Return the Frobenius norm of the identity minus R1 R2^T."""
    return float(np.linalg.norm(np.eye(3) - _matrix(r1)[:3, :3] @ _matrix(r2)[:3, :3].T))


def rotational_distance_single_axis(r1: Any, r2: Any, axis: Any) -> float:
    """Return the angle, radians, between where two rotations take an axis (3,)."""
    unit = np.asarray(axis, dtype=float) / np.linalg.norm(axis)
    return float(np.arccos(np.clip((_matrix(r1)[:3, :3] @ unit) @ (_matrix(r2)[:3, :3] @ unit), -1.0, 1.0)))
