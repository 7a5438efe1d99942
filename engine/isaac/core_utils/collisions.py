"""isaacsim.core.utils.collisions: what a ray hits."""

from __future__ import annotations

from typing import Any

import numpy as np

from .rotations import quat_to_rot_matrix


def ray_cast(position: Any, orientation: Any, offset: Any, max_dist: float = 100.0) -> tuple[str | None, float]:
    """Return (path of the first body hit, distance), or (None, 10000), of a ray along a frame's +X.

    Args:
        position: origin (3,) of the frame, world, stage units.
        orientation: of the frame (4,), wxyz.
        offset: start (3,) in that frame.
        max_dist: length of the ray.
    """
    from ... import physics

    matrix = quat_to_rot_matrix(orientation)
    start = np.asarray(position, dtype=float) + matrix @ np.asarray(offset, dtype=float)
    hit = physics.simulation().raycast_closest(start, matrix[:, 0], max_dist)
    return (str(hit.get("rigidBody") or hit["collision"]), float(hit["distance"])) if hit["hit"] else (None, 10000.0)
