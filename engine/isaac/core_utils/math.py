"""isaacsim.core.utils.math: small vector functions."""

from __future__ import annotations

from typing import Any

import numpy as np


def radians_to_degrees(rad_angles: Any) -> Any:
    """Return angles in degrees."""
    return rad_angles * (180.0 / np.pi)


def cross(a: Any, b: Any) -> list[float]:
    """Return the cross product (3,) as a list."""
    return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]


def normalize(v: Any) -> Any:
    """Divide a vector by its length, in place, and return it."""
    v /= np.linalg.norm(v)
    return v


def normalized(v: Any) -> Any:
    """Return a vector divided by its length; None for None."""
    return None if v is None else np.array(v, dtype=float) / np.linalg.norm(v)
