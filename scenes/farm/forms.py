"""Boards, pipes, wheels and tanks: the forms that farm things are built from, with texture coordinates in metres."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scenes.household.shapes import Shape, revolve
from scenes.meshes import grid_triangles, smooth_normals

Floats = NDArray[np.floating[Any]]


def joined(parts: list[Shape]) -> Shape:
    """Concatenate shapes."""
    starts = np.cumsum([0] + [len(part.points) for part in parts[:-1]])
    return Shape(
        np.concatenate([part.points for part in parts]),
        np.concatenate([part.triangles + start for part, start in zip(parts, starts, strict=True)]),
        np.concatenate([part.normals for part in parts]),
        np.concatenate([part.uvs for part in parts]),
    )


def board(size: tuple[float, float, float], centre: ArrayLike, shift: float = 0.0) -> Shape:
    """Make a box whose texture runs along the longer edge of each face.

    Args:
        size: metres along x, y, z.
        centre: (3,) metres.
        shift: moves the texture, so that boards side by side differ.
    """
    half = np.array(size) / 2
    points, normals, uvs = [], [], []
    for axis in range(3):
        first, second = (axis + 1) % 3, (axis + 2) % 3
        for sign in (1.0, -1.0):
            corners = np.zeros((4, 3))
            corners[:, axis] = sign * half[axis]
            corners[:, first] = np.array([-1, 1, 1, -1]) * half[first] * sign
            corners[:, second] = np.array([-1, -1, 1, 1]) * half[second]
            long, wide = (first, second) if half[first] >= half[second] else (second, first)
            points.append(corners + np.asarray(centre))
            normals.append(np.tile(np.eye(3)[axis] * sign, (4, 1)))
            uvs.append(corners[:, [long, wide]] + [shift, 1.7 * shift])
    fans = np.array([[0, 1, 2], [0, 2, 3]])
    triangles = np.concatenate([fans + 4 * face for face in range(6)])
    return Shape(np.concatenate(points), triangles, np.concatenate(normals), np.concatenate(uvs))


def pipe(path: ArrayLike, radius: float, sides: int = 10, closed: bool = False) -> Shape:
    """Bend a round bar along a path (n, 3), metres; a closed one joins its ends."""
    line = np.asarray(path, float)
    line = np.concatenate([line, line[:1]]) if closed else line
    ahead = np.gradient(line, axis=0)
    if closed:
        ahead[0] = ahead[-1] = line[1] - line[-2]
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    upright = np.abs(ahead[:, 2:]) > 0.9
    side = np.cross(ahead, np.where(upright, [[1.0, 0.0, 0.0]], [[0.0, 0.0, 1.0]]))
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    other = np.cross(side, ahead)
    angle = np.linspace(0, 2 * np.pi, sides + 1)[None, :, None]
    normals = side[:, None] * np.cos(angle) + other[:, None] * np.sin(angle)
    points = line[:, None] + radius * normals
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    u, v = np.meshgrid(along, np.linspace(0, 2 * np.pi * radius, sides + 1), indexing="ij")
    triangles = grid_triangles(len(line), sides + 1)[:, ::-1]
    return Shape(points.reshape(-1, 3), triangles, normals.reshape(-1, 3), np.stack([u, v], -1).reshape(-1, 2))


def hoop(radius: float, height: float, thickness: float, sides: int = 40) -> Shape:
    """Bend a round bar to a level ring about the z axis."""
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    return pipe(
        np.column_stack([radius * np.cos(angle), radius * np.sin(angle), np.full(sides, height)]),
        thickness / 2,
        8,
        closed=True,
    )


def turned_sideways(shape: Shape) -> Shape:
    """Lay a shape down: its z axis becomes the y axis."""
    turn = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
    return Shape(shape.points @ turn, shape.triangles, shape.normals @ turn, shape.uvs)


def moved(shape: Shape, by: ArrayLike) -> Shape:
    """Shift a shape by (3,) metres."""
    return Shape(shape.points + np.asarray(by), shape.triangles, shape.normals, shape.uvs)


def lying(outline: ArrayLike, sides: int = 36) -> Shape:
    """Turn an outline (radius, along) about the y axis: wheels and rolls, centred on the origin."""
    return turned_sideways(revolve(np.asarray(outline, float), sides))


def tank(length: float, width: float, profile: ArrayLike, sides: int = 14) -> Shape:
    """Sweep a wall's profile round a stadium: two straight sides with half circles at the ends.

    Args:
        length, width: outside, metres.
        profile: (n, 2) distance inwards from the outside and height, walked so that the left hand is inside.
        sides: segments of each half circle.
    """
    profile = np.asarray(profile, float)
    turn = np.linspace(-np.pi / 2, np.pi / 2, sides + 1)
    turn = np.concatenate([turn, turn + np.pi, turn[:1]])
    reach = np.where(np.arange(len(turn)) <= sides, 1.0, -1.0) * (length - width) / 2
    reach[-1] = reach[0]
    out = np.column_stack([np.cos(turn), np.sin(turn)])
    radius = width / 2 - profile[:, 0]
    flat = radius[:, None, None] * out[None] + np.column_stack([reach, 0 * reach])[None]
    points = np.concatenate([flat, np.broadcast_to(profile[:, 1, None, None], (*flat.shape[:2], 1))], -1)
    around = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(flat[0], axis=0), axis=1))])
    down = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(profile, axis=0), axis=1))])
    u, v = np.meshgrid(around, down)
    flatness = points.reshape(-1, 3)
    triangles = grid_triangles(len(profile), len(turn))
    normals = smooth_normals(flatness, triangles).reshape(len(profile), -1, 3)
    normals[:, 0] = normals[:, -1] = (normals[:, 0] + normals[:, -1]) / 2
    normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-9)
    return Shape(flatness, triangles, normals.reshape(-1, 3), np.stack([u, v], -1).reshape(-1, 2))
