"""The benchmark scene as numbers, the same for every engine (NumPy only; no engine is imported).

A floor of 20 x 20 m, 20 primitives (cube, sphere, cylinder, cone; side 0.6 m; uniform in +-2 m; any rotation; random
colour), one 1 m area light at (2, -2, 5), a camera on an orbit of radius 4 m at height 3 m, 60 degrees field of view.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

KINDS = ("cube", "sphere", "cylinder", "cone")
CLASSES = ("floor", *KINDS)  # class ids are places in this list
SIDE = 0.6  # metres
FLOOR = 20.0  # metres
FLOOR_COLOR = (0.5, 0.5, 0.5)
LIGHT = (2.0, -2.0, 5.0)  # metres; faces the origin
LIGHT_SIZE = 1.0  # metres
TARGET = (0.0, 0.0, 0.5)  # what the camera looks at, metres
FIELD_OF_VIEW = 60.0  # degrees, horizontal
RADIAL = 32  # corners of a round shape; a sphere has half as many rings
NEAR, FAR = 0.05, 100.0  # metres


@dataclass(frozen=True)
class Primitive:
    """One object: kind, position (m), rotation (degrees, about X, then Y, then Z), linear colour."""

    kind: str
    position: tuple[float, float, float]
    rotation: tuple[float, float, float]
    color: tuple[float, float, float]


def primitives(count: int = 20, seed: int = 42) -> list[Primitive]:
    """Return the objects; item n of the scene (0 is the floor) is object n - 1."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(count):
        x, y = (float(v) for v in rng.uniform(-2, 2, 2))
        z = float(rng.uniform(0.3, 1.2))
        turn = [float(v) for v in rng.uniform(0, 360, 3)]
        color = [float(v) for v in rng.uniform(0.1, 0.9, 3)]
        found.append(
            Primitive(KINDS[number % 4], (x, y, z), (turn[0], turn[1], turn[2]), (color[0], color[1], color[2]))
        )
    return found


def rotation_matrix(degrees: tuple[float, float, float]) -> np.ndarray:
    """Return the rotation (3, 3), acting on column vectors, about X, then Y, then Z."""
    (sx, sy, sz), (cx, cy, cz) = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return about_z @ about_y @ about_x


def camera_position(view: int, views: int = 10) -> tuple[float, float, float]:
    """Return where the camera stands, metres; it looks at `TARGET`."""
    angle = 2 * np.pi * view / views
    return float(4 * np.cos(angle)), float(4 * np.sin(angle)), 3.0


def look_at(position: tuple[float, float, float], target: tuple[float, float, float]) -> np.ndarray:
    """Return the pose (4, 4) of something that looks along its -Z at `target`; its +Y is as close to up as it goes."""
    back = np.subtract(position, target)
    back = back / np.linalg.norm(back)
    right = np.cross([0.0, 0.0, 1.0], back)
    right = right / np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3] = np.stack([right, np.cross(back, right), back, np.array(position)], axis=1)
    return pose


def focal_pixels(width: int) -> float:
    """Return the focal length in pixels; pixels are square."""
    return width / 2 / float(np.tan(np.radians(FIELD_OF_VIEW / 2)))


def unit_mesh(kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Return points (n, 3) and triangles (m, 3) of a shape one unit in size round the origin, its axis along Z."""
    if kind == "plane":
        return np.array([[-0.5, -0.5, 0], [0.5, -0.5, 0], [0.5, 0.5, 0], [-0.5, 0.5, 0]]), np.array(
            [[0, 1, 2], [0, 2, 3]]
        )
    if kind == "cube":
        return _cube()
    latitude = np.linspace(-np.pi / 2, np.pi / 2, RADIAL // 2 + 1)
    outline = {
        "sphere": 0.5 * np.stack([np.cos(latitude), np.sin(latitude)], axis=1),
        "cylinder": np.array([[0, -0.5], [0.5, -0.5], [0.5, 0.5], [0, 0.5]]),
        "cone": np.array([[0, -0.5], [0.5, -0.5], [0, 0.5]]),
    }
    return _revolved(outline[kind])


def _cube() -> tuple[np.ndarray, np.ndarray]:
    points = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    return points, np.array([t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))])


def _revolved(outline: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Turn an outline of (radius, z) from pole to pole round Z."""
    angle = 2 * np.pi * np.arange(RADIAL) / RADIAL
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    inner = outline[1:-1]
    if len(inner) == 1:
        inner = outline[1:2]
    points = [np.concatenate([r * ring, np.full((RADIAL, 1), z)], axis=1) for r, z in inner]
    points += [[[0.0, 0.0, outline[0, 1]]], [[0.0, 0.0, outline[-1, 1]]]]
    south, north = len(inner) * RADIAL, len(inner) * RADIAL + 1
    here = np.arange(RADIAL)
    after = (here + 1) % RADIAL
    triangles = [np.stack([np.full(RADIAL, south), after, here], axis=1)]
    for row in range(len(inner) - 1):
        a, b = row * RADIAL + here, row * RADIAL + after
        triangles += [np.stack([a, b, b + RADIAL], axis=1), np.stack([a, b + RADIAL, a + RADIAL], axis=1)]
    top = (len(inner) - 1) * RADIAL
    triangles.append(np.stack([top + here, top + after, np.full(RADIAL, north)], axis=1))
    return np.concatenate(points), np.concatenate(triangles)
