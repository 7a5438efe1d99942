"""Which way the faces of a drawable prim look, and how large they are, in its own frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pxr import Usd, UsdGeom

SIDES, POINTS = 16, 48  # of round things
STEPS = 2  # of a component of a normal, each way, that tell faces apart
Areas = NDArray[np.float64]
AXES = {"X": (1, 2, 0), "Y": (2, 0, 1), "Z": (0, 1, 2)}  # where the first, the second and the long axis go


def area_vectors(prim: Usd.Prim, time: Usd.TimeCode) -> Areas | None:
    """Return outward normals as long as the areas that they stand for, (m, 3); None where that is not known.

    Args:
        prim: a mesh or one of the shapes of USD.
        time: when it is read.
    """
    if prim.IsA(UsdGeom.Mesh):
        return _together(_of_mesh(UsdGeom.Mesh(prim), time))
    made = next((make for kind, make in SHAPES if prim.IsA(kind)), None)
    return None if made is None else made(_Shape(prim, time))


@dataclass(frozen=True, eq=False)
class _Shape:
    """A shape of USD at a time."""

    prim: Usd.Prim
    time: Usd.TimeCode

    def number(self, name: str) -> float:
        return float(self.prim.GetAttribute(name).Get(self.time))


def _of_mesh(mesh: UsdGeom.Mesh, time: Usd.TimeCode) -> Areas:
    """Return the area vector of each face: half the sum of cross products of neighbouring corners (Newell)."""
    points = np.asarray(mesh.GetPointsAttr().Get(time) or (), np.float64).reshape(-1, 3)
    counts = np.asarray(mesh.GetFaceVertexCountsAttr().Get(time) or (), np.int64)
    indices = np.asarray(mesh.GetFaceVertexIndicesAttr().Get(time) or (), np.int64)
    counts = counts[counts > 0]
    if not len(counts) or counts.sum() != len(indices) or indices.max() >= len(points):
        return np.zeros((0, 3))
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    following = np.arange(1, len(indices) + 1)
    following[starts + counts - 1] = starts
    corners = points[indices]
    found = 0.5 * np.add.reduceat(np.cross(corners, corners[following]), starts, axis=0)
    return -found if mesh.GetOrientationAttr().Get() == UsdGeom.Tokens.leftHanded else found


def _together(areas: Areas) -> Areas | None:
    """Add up faces that look about the same way; None where there is no area."""
    sizes = np.linalg.norm(areas, axis=1)
    areas, sizes = areas[sizes > 0], sizes[sizes > 0]
    if not len(sizes):
        return None
    steps = np.rint(areas / sizes[:, None] * STEPS).astype(np.int64) + STEPS
    kind = (steps[:, 0] * 8 + steps[:, 1]) * 8 + steps[:, 2]
    _, which = np.unique(kind, return_inverse=True)
    return np.stack([np.bincount(which, areas[:, axis]) for axis in range(3)], axis=1)


def _placed(areas: Areas, shape: _Shape) -> Areas:
    """Turn areas about the third axis to the axis of a shape."""
    result = np.empty_like(areas)
    result[:, AXES[str(shape.prim.GetAttribute("axis").Get())]] = areas
    return result


def _cube(shape: _Shape) -> Areas:
    return np.concatenate([np.eye(3), -np.eye(3)]) * shape.number("size") ** 2


def _ball(radius: float) -> Areas:
    """Return even directions on a sphere, by a Fibonacci spiral."""
    place = np.arange(POINTS)
    height, turn = 1 - (2 * place + 1) / POINTS, place * np.pi * (3 - np.sqrt(5))
    flat = np.sqrt(1 - height * height)
    directions = np.stack([flat * np.cos(turn), flat * np.sin(turn), height], axis=1)
    return directions * (4 * np.pi * radius**2 / POINTS)


def _sides(area: float, rise: float) -> Areas:
    """Return what goes round the third axis: as much area, normals that rise so much."""
    turn = 2 * np.pi * np.arange(SIDES) / SIDES
    flat = np.sqrt(1 - rise * rise)
    normals = np.stack([flat * np.cos(turn), flat * np.sin(turn), np.full(SIDES, rise)], axis=1)
    return normals * (area / SIDES)


def _sphere(shape: _Shape) -> Areas:
    return _ball(shape.number("radius"))


def _cylinder(shape: _Shape) -> Areas:
    radius, height = shape.number("radius"), shape.number("height")
    lid = np.pi * radius**2
    return _placed(np.concatenate([_sides(2 * np.pi * radius * height, 0.0), [(0, 0, lid)], [(0, 0, -lid)]]), shape)


def _capsule(shape: _Shape) -> Areas:
    radius, height = shape.number("radius"), shape.number("height")
    return _placed(np.concatenate([_sides(2 * np.pi * radius * height, 0.0), _ball(radius)]), shape)


def _cone(shape: _Shape) -> Areas:
    radius, height = shape.number("radius"), shape.number("height")
    slant = float(np.hypot(radius, height)) or 1.0
    return _placed(
        np.concatenate([_sides(np.pi * radius * slant, radius / slant), [(0, 0, -np.pi * radius**2)]]), shape
    )


def _plane(shape: _Shape) -> Areas:
    return _placed(np.array([(0.0, 0.0, shape.number("width") * shape.number("length"))]), shape)


SHAPES: tuple[tuple[type, Callable[[_Shape], Areas]], ...] = (
    (UsdGeom.Cube, _cube),
    (UsdGeom.Sphere, _sphere),
    (UsdGeom.Cylinder, _cylinder),
    (UsdGeom.Capsule, _capsule),
    (UsdGeom.Cone, _cone),
    (UsdGeom.Plane, _plane),
)
