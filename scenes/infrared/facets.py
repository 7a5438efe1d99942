"""Which way the faces of a drawable prim look, and how large they are, in its own frame."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from pxr import Usd, UsdGeom

NOW = Usd.TimeCode.EarliestTime()
SIDES, POINTS = 16, 48  # of round things
STEPS = 2  # of a component of a normal, each way, that tell faces apart
Areas = NDArray[np.float64]
AXES = {"X": (1, 2, 0), "Y": (2, 0, 1), "Z": (0, 1, 2)}  # where the first, the second and the long axis go


def area_vectors(prim: Usd.Prim) -> Areas | None:
    """Return outward normals as long as the areas that they stand for, (m, 3); None where that is not known.

    Args:
        prim: a mesh or one of the shapes of USD.
    """
    if prim.IsA(UsdGeom.Mesh):
        return _together(_of_mesh(UsdGeom.Mesh(prim)))
    made = next((make for kind, make in SHAPES if prim.IsA(kind)), None)
    return None if made is None else made(prim)


def _of_mesh(mesh: UsdGeom.Mesh) -> Areas:
    """Return the area vector of each face: half the sum of cross products of neighbouring corners (Newell)."""
    points = np.asarray(mesh.GetPointsAttr().Get(NOW) or (), np.float64).reshape(-1, 3)
    counts = np.asarray(mesh.GetFaceVertexCountsAttr().Get(NOW) or (), np.int64)
    indices = np.asarray(mesh.GetFaceVertexIndicesAttr().Get(NOW) or (), np.int64)
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


def _number(prim: Usd.Prim, name: str) -> float:
    return float(prim.GetAttribute(name).Get(NOW))


def _placed(areas: Areas, prim: Usd.Prim) -> Areas:
    """Turn areas about the third axis to the axis of a shape."""
    result = np.empty_like(areas)
    result[:, AXES[str(prim.GetAttribute("axis").Get())]] = areas
    return result


def _cube(prim: Usd.Prim) -> Areas:
    return np.concatenate([np.eye(3), -np.eye(3)]) * _number(prim, "size") ** 2


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


def _sphere(prim: Usd.Prim) -> Areas:
    return _ball(_number(prim, "radius"))


def _cylinder(prim: Usd.Prim) -> Areas:
    radius, height = _number(prim, "radius"), _number(prim, "height")
    lid = np.pi * radius**2
    return _placed(np.concatenate([_sides(2 * np.pi * radius * height, 0.0), [(0, 0, lid)], [(0, 0, -lid)]]), prim)


def _capsule(prim: Usd.Prim) -> Areas:
    radius, height = _number(prim, "radius"), _number(prim, "height")
    return _placed(np.concatenate([_sides(2 * np.pi * radius * height, 0.0), _ball(radius)]), prim)


def _cone(prim: Usd.Prim) -> Areas:
    radius, height = _number(prim, "radius"), _number(prim, "height")
    slant = float(np.hypot(radius, height)) or 1.0
    return _placed(np.concatenate([_sides(np.pi * radius * slant, radius / slant), [(0, 0, -np.pi * radius**2)]]), prim)


def _plane(prim: Usd.Prim) -> Areas:
    return _placed(np.array([(0.0, 0.0, _number(prim, "width") * _number(prim, "length"))]), prim)


SHAPES: tuple[tuple[type, Callable[[Usd.Prim], Areas]], ...] = (
    (UsdGeom.Cube, _cube),
    (UsdGeom.Sphere, _sphere),
    (UsdGeom.Cylinder, _cylinder),
    (UsdGeom.Capsule, _capsule),
    (UsdGeom.Cone, _cone),
    (UsdGeom.Plane, _plane),
)
