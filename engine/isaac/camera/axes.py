"""Camera axes: "usd" looks along -Z with +Y up, "ros" along +Z with -Y up, "world" along +X with +Z up."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

# columns: where the named axes' x, y, z point in the camera's own (usd) frame
USD_FROM: dict[str, Float[np.ndarray, "3 3"]] = {
    "usd": np.eye(3),
    "ros": np.diag([1.0, -1.0, -1.0]),
    "world": np.array([[0.0, -1.0, 0.0], [0.0, 0.0, 1.0], [-1.0, 0.0, 0.0]]),
}


def _turn(axes: str) -> Rotation:
    if axes not in USD_FROM:
        raise ValueError(f"camera_axes='{axes}' was given; expected one of: {', '.join(USD_FROM)}")
    return Rotation.from_matrix(USD_FROM[axes])


def to_usd(orientations: Any, axes: str) -> Float[np.ndarray, "... 4"]:
    """Return the prims' orientations (..., 4), wxyz, of orientations of the named axes.

    Raises:
        ValueError: if the axes are unknown.
    """
    turned = Rotation.from_quat(np.asarray(orientations, dtype=float), scalar_first=True) * _turn(axes).inv()
    return turned.as_quat(scalar_first=True)


def from_usd(orientations: Any, axes: str) -> Float[np.ndarray, "... 4"]:
    """Return the orientations (..., 4), wxyz, of the named axes of the prims' orientations.

    Raises:
        ValueError: if the axes are unknown.
    """
    turned = Rotation.from_quat(np.asarray(orientations, dtype=float), scalar_first=True) * _turn(axes)
    return turned.as_quat(scalar_first=True, canonical=True).astype(np.float32)
