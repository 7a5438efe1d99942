"""Texture coordinates from position, for materials that project their textures (OmniPBR project_uvw)."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32, Float64

from engine.stage.scene import Mesh


def box_uvs(mesh: Mesh, matrix: Float64[np.ndarray, "4 4"], tile: float) -> Float32[np.ndarray, "m 3 2"]:
    """Project each triangle along the axis its face looks along most.

    Args:
        mesh: triangles, local stage units.
        matrix: local to the space of projection, metres.
        tile: metres one texture tile covers.

    Returns:
        Coordinates per corner, v up; textures stand upright on walls whose space has Z up.
    """
    corners = mesh.points.astype(np.float64)[mesh.triangles] @ matrix[:3, :3].T + matrix[:3, 3]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    axis = np.abs(faces).argmax(axis=1)
    sign = np.sign(faces[np.arange(len(axis)), axis])
    u = np.where((axis == 0)[:, None], corners[..., 1], corners[..., 0])
    v = np.where((axis == 2)[:, None], corners[..., 1], corners[..., 2])
    outward = np.where(axis == 1, -sign, sign)  # looking at the face from outside, u grows to the right
    return (np.stack([u * outward[:, None], v], -1) / tile).astype(np.float32)
