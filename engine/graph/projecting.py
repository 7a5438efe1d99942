"""The part of a mesh that lies in a box, with the texture coordinates an image projected through the box gives it.

NumPy only. The box is the unit cube round the origin of the projector's frame; the image is projected along its X axis,
to be read from +X: its right is -Z, its up is +Y.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

HALF = 0.5
PROXY = "projection:proxy"  # relationship that every projection and decal has


@dataclass(frozen=True, eq=False)
class Patch:
    """Triangles of their own corners.

    Attributes:
        points: (m, 3, 3) corners in the mesh's frame.
        normals: (m, 3, 3) unit shading normals in the mesh's frame.
        uvs: (m, 3, 2) texture coordinates, v up.
    """

    points: Float[np.ndarray, "m 3 3"]
    normals: Float[np.ndarray, "m 3 3"]
    uvs: Float[np.ndarray, "m 3 2"]


def project(
    points: Float[np.ndarray, "m 3 3"],
    normals: Float[np.ndarray, "m 3 3"] | None,
    box_from_mesh: Float[np.ndarray, "4 4"],
) -> Patch:
    """Return what of a mesh lies in the box.

    Args:
        points: corners of its triangles.
        normals: unit normals at the corners; None means flat.
        box_from_mesh: takes the mesh's points into the unit cube's frame.
    """
    if normals is None:
        flat = np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0])
        flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-300)
        normals = np.repeat(flat[:, None], 3, axis=1)
    inside = points @ box_from_mesh[:3, :3].T + box_from_mesh[:3, 3]
    apart = (inside.max(axis=1) < -HALF) | (inside.min(axis=1) > HALF)
    near = ~apart.any(axis=1)
    corners = np.concatenate([inside[near], points[near], normals[near]], axis=2)
    for axis in range(3):
        for sign in (1.0, -1.0):
            corners = _clip(corners, HALF - sign * corners[..., axis])
    sides = corners[:, 1:, 3:6] - corners[:, :1, 3:6]
    corners = corners[np.linalg.norm(np.cross(sides[:, 0], sides[:, 1]), axis=1) > 0]
    lengths = np.maximum(np.linalg.norm(corners[..., 6:], axis=2, keepdims=True), 1e-300)
    uvs = np.stack([HALF - corners[..., 2], HALF + corners[..., 1]], axis=2)
    return Patch(corners[..., 3:6], corners[..., 6:] / lengths, uvs)


def _clip(corners: Float[np.ndarray, "m 3 9"], depth: Float[np.ndarray, "m 3"]) -> Float[np.ndarray, "k 3 9"]:
    """Keep what of the triangles has a depth not below 0; values are interpolated at the cuts.

    Source: Sutherland and Hodgman 1974, "Reentrant polygon clipping", one plane at a time.
    """
    kept = depth >= 0
    count = kept.sum(axis=1)
    pieces = [corners[count == 3]]
    for number, lone in ((1, kept), (2, ~kept)):
        chosen = count == number
        first = np.argmax(lone[chosen], axis=1)
        order = (first[:, None] + np.arange(3)) % 3
        rows = np.arange(len(order))[:, None]
        a, b, c = np.moveaxis(corners[chosen][rows, order], 1, 0)
        da, db, dc = np.moveaxis(depth[chosen][rows, order], 1, 0)
        ab = a + (b - a) * (da / np.where(da == db, 1, da - db))[:, None]
        ac = a + (c - a) * (da / np.where(da == dc, 1, da - dc))[:, None]
        if number == 1:
            pieces.append(np.stack([a, ab, ac], axis=1))
        else:
            pieces += [np.stack([ab, b, c], axis=1), np.stack([ab, c, ac], axis=1)]
    return np.concatenate(pieces)
