"""Points, faces, normals and texture coordinates of the primitive meshes, one unit in size round the origin.

Axes are those of a Z-up stage; faces are counter-clockwise seen from outside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

RADIAL = 32


@dataclass(frozen=True)
class MeshArrays:
    """A polygon mesh.

    Attributes:
        points: (n, 3) vertices.
        counts: corners of each face.
        indices: vertex of each corner.
        normals: (corners, 3) unit normals.
        uvs: (corners, 2) texture coordinates, v up.
    """

    points: Float[np.ndarray, "n 3"]
    counts: Int[np.ndarray, " f"]
    indices: Int[np.ndarray, " c"]
    normals: Float[np.ndarray, "c 3"]
    uvs: Float[np.ndarray, "c 2"]


def grid_of_revolution(
    profile: Float[np.ndarray, "m 2"], slopes: Float[np.ndarray, "m 2"], flip: bool = False
) -> MeshArrays:
    """Turn a profile round the Z axis.

    Args:
        profile: (radius, z) along the outline, from bottom to top.
        slopes: (radial, z) unit normals of the outline at each point.
        flip: reverse the faces.
    """
    angle = np.linspace(0.0, 2 * np.pi, RADIAL + 1)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    rows = len(profile)
    points = np.empty((rows, RADIAL, 3))
    points[..., :2] = profile[:, None, :1] * ring[None, :-1]
    points[..., 2] = profile[:, None, 1]
    counts, corners = [], []
    for i in range(rows - 1):
        for j in range(RADIAL):
            quad = [(i, j), (i, j + 1), (i + 1, j + 1), (i + 1, j)]
            if profile[i, 0] < 1e-12:
                quad.pop(1)
            elif profile[i + 1, 0] < 1e-12:
                quad.pop(2)
            corners += quad[::-1] if flip else quad
            counts.append(len(quad))
    row, column = np.array(corners).T
    normals = np.concatenate([slopes[row, :1] * ring[column], slopes[row, 1:]], axis=1)
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(profile, axis=0), axis=1))])
    uvs = np.stack([column / RADIAL, (length / length[-1])[row]], axis=1)
    indices = row * RADIAL + column % RADIAL
    return MeshArrays(points.reshape(-1, 3), np.array(counts), indices, normals, uvs)


def merged(*parts: MeshArrays) -> MeshArrays:
    """Join meshes into one."""
    starts = np.cumsum([0, *[len(p.points) for p in parts]])
    return MeshArrays(
        np.concatenate([p.points for p in parts]),
        np.concatenate([p.counts for p in parts]),
        np.concatenate([p.indices + s for p, s in zip(parts, starts, strict=False)]),
        np.concatenate([p.normals for p in parts]),
        np.concatenate([p.uvs for p in parts]),
    )


def quad(origin: tuple[float, ...], right: tuple[float, ...], up: tuple[float, ...]) -> MeshArrays:
    """Return a parallelogram with its corner at `origin`, facing right x up."""
    o, r, u = (np.array(v, dtype=np.float64) for v in (origin, right, up))
    normal = np.cross(r, u) / np.linalg.norm(np.cross(r, u))
    points = np.stack([o, o + r, o + r + u, o + u])
    uvs = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    return MeshArrays(points, np.array([4]), np.arange(4), np.repeat(normal[None], 4, axis=0), uvs)


def plane() -> MeshArrays:
    """Return a square in the XY plane, facing +Z."""
    return quad((-0.5, -0.5, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))


def cube() -> MeshArrays:
    """Return a cube: faces +X, -X, +Z, -Z, -Y, +Y, which on a Y-up stage are Kit's +Z, -Z, +Y, -Y, -X, +X."""
    h = 0.5
    return merged(
        quad((h, -h, -h), (0, 1, 0), (0, 0, 1)),
        quad((-h, h, -h), (0, -1, 0), (0, 0, 1)),
        quad((-h, -h, h), (1, 0, 0), (0, 1, 0)),
        quad((-h, h, -h), (1, 0, 0), (0, -1, 0)),
        quad((-h, -h, -h), (1, 0, 0), (0, 0, 1)),
        quad((h, h, -h), (-1, 0, 0), (0, 0, 1)),
    )


def sphere() -> MeshArrays:
    """Return a sphere."""
    angle = np.linspace(-np.pi / 2, np.pi / 2, RADIAL // 2 + 1)
    slopes = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    slopes[[0, -1], 0] = 0.0
    return grid_of_revolution(slopes * 0.5, slopes)


def disk(z: float = 0.0, up: bool = True) -> MeshArrays:
    """Return a disk facing +Z (or -Z)."""
    slopes = np.array([[0.0, 1.0 if up else -1.0]] * 2)
    profile = np.array([[0.5, z], [0.0, z]]) if up else np.array([[0.0, z], [0.5, z]])
    return grid_of_revolution(profile, slopes)


def cylinder() -> MeshArrays:
    """Return a cylinder along Z."""
    side = grid_of_revolution(np.array([[0.5, -0.5], [0.5, 0.5]]), np.array([[1.0, 0.0]] * 2))
    return merged(disk(-0.5, up=False), side, disk(0.5))


def cone() -> MeshArrays:
    """Return a cone along Z, tip up."""
    slope = np.array([1.0, 0.5]) / np.hypot(1.0, 0.5)
    side = grid_of_revolution(np.array([[0.5, -0.5], [0.0, 0.5]]), np.array([slope, slope]))
    return merged(disk(-0.5, up=False), side)


def capsule() -> MeshArrays:
    """Return a capsule along Z, of half the width of its length: Isaac Sim's own proportions are not published."""
    angle = np.linspace(0.0, np.pi / 2, RADIAL // 4 + 1)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    upper[-1, 0] = 0.0
    slopes = np.concatenate([upper[::-1] * (1.0, -1.0), upper])
    centres = np.repeat([[0.0, -0.25], [0.0, 0.25]], len(upper), axis=0)
    return grid_of_revolution(centres + slopes * 0.25, slopes)


def torus() -> MeshArrays:
    """Return a torus round Z, outer radius 0.5, tube radius 0.125."""
    angle = np.linspace(-np.pi, np.pi, RADIAL + 1)
    slopes = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return grid_of_revolution(np.array([0.375, 0.0]) + 0.125 * slopes, slopes)


SHAPES = {f.__name__: f for f in (capsule, cone, cube, cylinder, disk, plane, sphere, torus)}
