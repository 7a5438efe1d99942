"""Small closed meshes beside the skin: eyes, hooves, horns and teats."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenes.animals.shapes import Array, unit
from scenes.animals.skin import Ints


@dataclass(frozen=True)
class Solid:
    """A closed triangle mesh: points (n, 3), triangles (m, 3), unit normals (n, 3)."""

    points: Array
    triangles: Ints
    normals: Array

    @classmethod
    def of(cls, points: Array, triangles: Ints) -> Solid:
        """Complete a mesh with area-weighted normals."""
        corner = points[triangles]
        area = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
        total = np.stack([np.bincount(triangles.ravel(), np.repeat(area[:, i], 3), len(points)) for i in range(3)], -1)
        return cls(points, triangles, total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12))


def join(solids: list[Solid]) -> Solid:
    """Put several solids into one mesh."""
    starts = np.cumsum([0] + [len(s.points) for s in solids[:-1]])
    return Solid(
        np.concatenate([s.points for s in solids]),
        np.concatenate([s.triangles + start for s, start in zip(solids, starts, strict=True)]),
        np.concatenate([s.normals for s in solids]),
    )


def rings(rows: Array) -> Solid:
    """Close a stack of rings (k, m, 3), counter-clockwise seen from the last one, into a solid."""
    count, around = rows.shape[:2]
    a = np.arange(count - 1)[:, None] * around + np.arange(around)[None]
    b = np.arange(count - 1)[:, None] * around + (np.arange(around)[None] + 1) % around
    side = np.concatenate(
        [np.stack([a, b, b + around], -1).reshape(-1, 3), np.stack([a, b + around, a + around], -1).reshape(-1, 3)]
    )
    points = np.concatenate([rows.reshape(-1, 3), rows[:1].mean(1), rows[-1:].mean(1)])
    ring, last = np.arange(around), (count - 1) * around
    bottom = np.stack([np.full(around, count * around), (ring + 1) % around, ring], -1)
    top = np.stack([np.full(around, count * around + 1), last + ring, last + (ring + 1) % around], -1)
    return Solid.of(points, np.concatenate([side, bottom, top]))


def ball(centre: Array, radius: float, around: int = 16) -> Solid:
    """Return a sphere."""
    polar = np.linspace(-0.5 * np.pi, 0.5 * np.pi, around // 2 + 1)[1:-1]
    turn = np.linspace(0.0, 2.0 * np.pi, around, endpoint=False)
    rows = np.stack(
        [
            np.cos(polar)[:, None] * np.cos(turn),
            np.cos(polar)[:, None] * np.sin(turn),
            np.sin(polar)[:, None] + 0 * turn,
        ],
        -1,
    )
    solid = rings(rows * radius)
    points = solid.points.copy()
    points[-2:] = [[0, 0, -radius], [0, 0, radius]]
    return Solid.of(points + centre, solid.triangles)


def tube(line: Array, radii: Array, around: int = 10) -> Solid:
    """Return a tube of given radii (k,) along a line (k, 3)."""
    ahead = np.gradient(np.asarray(line, float), axis=0)
    rows, side = [], np.array([0.0, 0.0, 1.0])
    if abs(unit(ahead[0])[2]) > 0.9:
        side = np.array([1.0, 0.0, 0.0])
    turn = np.linspace(0.0, 2.0 * np.pi, around, endpoint=False)
    for point, direction, radius in zip(line, ahead, radii, strict=True):
        forward = unit(direction)
        side = unit(side - (side @ forward) * forward)
        other = np.cross(forward, side)
        rows.append(point + radius * (np.cos(turn)[:, None] * side + np.sin(turn)[:, None] * other))
    return rings(np.array(rows))


def hoof(fetlock: Array, foot: Array, rest: Array, size: float, height: float, cloven: bool = True) -> Solid:
    """Return a hoof under a foot joint, pitched as the pastern is against its rest direction.

    Args:
        fetlock, foot: joints (3,).
        rest: from the fetlock to the foot when standing (3,).
        size: 1 is a grown cow.
        height: of the foot joint over the sole, metres.
        cloven: two claws; else one round hoof.
    """
    turn = np.linspace(0.0, 2.0 * np.pi, 14, endpoint=False)
    rows = []
    for z, x, rx, ry in ((-1.0, 0.022, 0.066, 0.034), (-0.5, 0.012, 0.060, 0.034), (0.05, -0.004, 0.048, 0.031)):
        wide = 1.0 if cloven else 1.75
        ring = np.stack([x + rx * np.cos(turn), wide * ry * np.sin(turn), 0 * turn], -1) * size
        ring[:, 2] = z * height
        rows.append(ring)
    one = np.array(rows)
    spread = (0.033 * size, -0.033 * size) if cloven else (0.0,)
    angle = np.arctan2(*(foot - fetlock)[[2, 0]]) - np.arctan2(rest[2], rest[0])
    cos, sin = np.cos(angle), np.sin(angle)
    turned = np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])
    return join([rings((one + [0.0, y, 0.0]) @ turned + foot) for y in spread])
