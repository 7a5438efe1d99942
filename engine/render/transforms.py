"""Inverses of the transforms that scenes really have, flattened ones included."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from engine.stage.scene import Matrix

THINNEST = 1e-6  # of the largest scale: what a scale of zero counts as


def thickened(matrix: Matrix) -> Matrix:
    """Give axes that are scaled to nothing a little extent, so that the transform has an inverse."""
    linear = matrix[:3, :3]
    size = np.abs(linear).max()
    if abs(np.linalg.det(linear)) > (size * THINNEST) ** 3:
        return matrix
    left, scales, right = np.linalg.svd(linear)
    result = matrix.copy()
    result[:3, :3] = left * np.maximum(scales, max(size, 1e-9) * THINNEST) @ right
    return result


def inverse(matrix: Matrix) -> Matrix:
    """Invert a transform; axes that are scaled to nothing count as very thin. The result must not be written to."""
    return _inverse(np.ascontiguousarray(matrix, np.float64).tobytes())


@lru_cache(maxsize=8192)
def _inverse(values: bytes) -> Matrix:
    """Invert each transform once: most things stay where they are from frame to frame."""
    found = np.linalg.inv(thickened(np.frombuffer(values).reshape(4, 4)))
    found.flags.writeable = False
    return found
