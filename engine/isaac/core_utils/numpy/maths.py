"""isaacsim.core.utils.numpy.maths."""

from __future__ import annotations

from typing import Any

import numpy as np


def matmul(matrix_a: Any, matrix_b: Any) -> Any:
    """Return the product of matrices."""
    return np.matmul(matrix_a, matrix_b)


def sin(data: Any) -> Any:
    """Return sines of radians."""
    return np.sin(data)


def cos(data: Any) -> Any:
    """Return cosines of radians."""
    return np.cos(data)


def transpose_2d(data: Any) -> Any:
    """Return a matrix with rows and columns exchanged."""
    return np.transpose(data)


def inverse(data: Any) -> Any:
    """Return the inverse of a matrix."""
    return np.linalg.inv(data)
