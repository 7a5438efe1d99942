"""omni.syntheticdata.scripts.helpers: geometry of boxes, as nodes of extensions use it."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float

CORNERS = np.array([[i & 1, i >> 1 & 1, i >> 2] for i in range(8)])  # x runs fastest, minima first


def get_bbox_3d_corners(extents: Any) -> Float[np.ndarray, "n 8 3"]:
    """Return the corners of boxes in the world.

    Args:
        extents: rows of bounding_box_3d: x_min ... z_max and a row-vector `transform`.

    Returns:
        (n, 8, 3) stage units, in the order x_min y_min z_min, x_max y_min z_min, x_min y_max z_min ... Source:
        omni.syntheticdata documentation, helpers.get_bbox_3d_corners (LDB, RDB, LUB, RUB, LDF, RDF, LUF, RUF).
    """
    rows = np.atleast_1d(extents)
    low, high = (np.stack([rows[f"{axis}_{end}"] for axis in "xyz"], axis=-1) for end in ("min", "max"))
    corners = low[:, None] + CORNERS * (high - low)[:, None]
    transform = rows["transform"]
    return np.einsum("nci,nij->ncj", corners, transform[:, :3, :3]) + transform[:, None, 3, :3]


def get_projection_matrix(fov: float, aspect_ratio: float, z_near: float, z_far: float) -> Float[np.ndarray, "4 4"]:
    """Return the camera-to-clip matrix of row vectors as omni.syntheticdata has it: x is mirrored, z grows ahead.

    Args:
        fov: horizontal angle of view, radians.
        aspect_ratio: width over height.
        z_near, z_far: clipping distances; they come out at 0 and 1.
    """
    scale, depth = -1.0 / np.tan(fov / 2), z_far - z_near
    result = np.diag([scale, -scale * aspect_ratio, z_far / depth, 0.0])
    result[2, 3], result[3, 2] = 1.0, z_near * z_far / depth
    return result
