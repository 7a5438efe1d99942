"""The intrinsic shapes of UsdGeom as triangles with normals and texture coordinates.

Shapes are made round the Z axis and then turned to their `axis`. Sizes are local stage units.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from jaxtyping import Float, Int
from pxr import Usd

COLUMNS = 64  # facets round the axis: the outline is within 0.12 % of the radius
ROWS = 32
AXES = {"X": [2, 0, 1], "Y": [1, 2, 0], "Z": [0, 1, 2]}  # cyclic, so nothing is mirrored
FLAT_AXES = {"X": [2, 1, 0], "Y": [0, 2, 1], "Z": [0, 1, 2]}  # a plane's width and length swap handedness


@dataclass(frozen=True, eq=False)
class Surface:
    """Triangles of a shape; arrays as in `engine.stage.scene.Mesh`, of any precision until `_typed`."""

    points: Float[np.ndarray, "n 3"]
    triangles: Int[np.ndarray, "m 3"]
    corner_normals: Float[np.ndarray, "m 3 3"]
    corner_uvs: Float[np.ndarray, "m 3 2"]


def _join(*parts: Surface) -> Surface:
    starts = np.cumsum([0, *[len(p.points) for p in parts]])
    triangles = [p.triangles + np.int32(s) for p, s in zip(parts, starts, strict=False)]
    return Surface(
        np.concatenate([p.points for p in parts]),
        np.concatenate(triangles),
        np.concatenate([p.corner_normals for p in parts]),
        np.concatenate([p.corner_uvs for p in parts]),
    )


def lathe(profile: Float[np.ndarray, "r 2"], slopes: Float[np.ndarray, "r 2"]) -> Surface:
    """Turn an outline round the Z axis.

    Args:
        profile: (radius, z) from bottom to top; texture coordinate v is the share of its length.
        slopes: (radial, z) unit normals along it.
    """
    angle = np.linspace(0.0, 2 * np.pi, COLUMNS + 1)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    ring[-1] = ring[0]
    rows = len(profile)
    points = np.concatenate([profile[:, None, :1] * ring, np.repeat(profile[:, None, 1:], COLUMNS + 1, 1)], 2)
    normals = np.concatenate([slopes[:, None, :1] * ring, np.repeat(slopes[:, None, 1:], COLUMNS + 1, 1)], 2)
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(profile, axis=0), axis=1))])
    u, v = np.meshgrid(np.arange(COLUMNS + 1) / COLUMNS, length / max(length[-1], 1e-30))
    row, column = np.mgrid[0 : rows - 1, 0:COLUMNS]
    corner = row * (COLUMNS + 1) + column
    lower = np.stack([corner, corner + 1, corner + COLUMNS + 2], -1)[profile[:-1, 0] > 0]
    upper = np.stack([corner, corner + COLUMNS + 2, corner + COLUMNS + 1], -1)[profile[1:, 0] > 0]
    triangles = np.concatenate([lower.reshape(-1, 3), upper.reshape(-1, 3)]).astype(np.int32)
    uvs = np.stack([u, v], -1).reshape(-1, 2)
    used = Surface(points.reshape(-1, 3), triangles, normals.reshape(-1, 3)[triangles], uvs[triangles])
    return _typed(used)


def _typed(surface: Surface) -> Surface:
    return Surface(
        np.ascontiguousarray(surface.points, np.float32),
        np.ascontiguousarray(surface.triangles, np.int32),
        np.ascontiguousarray(surface.corner_normals, np.float32),
        np.ascontiguousarray(surface.corner_uvs, np.float32),
    )


def _turned(surface: Surface, axis: str) -> Surface:
    order = AXES[axis]
    points, normals = surface.points[:, order], surface.corner_normals[:, :, order]
    return _typed(Surface(points, surface.triangles, normals, surface.corner_uvs))


def _cap(radius: float, z: float, up: bool) -> Surface:
    """A disk facing +Z or -Z whose texture coordinates are the unit square round it."""
    profile = np.array([[radius, z], [0.0, z]] if up else [[0.0, z], [radius, z]])
    disk = lathe(profile, np.array([[0.0, 1.0 if up else -1.0]] * 2))
    uvs = disk.points[:, :2] / (2 * radius) * [1.0, 1.0 if up else -1.0] + 0.5
    return _typed(Surface(disk.points, disk.triangles, disk.corner_normals, uvs[disk.triangles]))


def cube(size: float) -> Surface:
    """Return a cube round the origin; each face has the whole unit square of texture coordinates."""
    faces = []
    for axis in range(3):
        for sign in (1.0, -1.0):
            normal, right = np.zeros(3), np.zeros(3)
            normal[axis] = sign
            right[(axis + 1) % 3] = sign
            up = np.cross(normal, right)
            corners = np.stack([normal - right - up, normal + right - up, normal + right + up, normal - right + up])
            faces.append(_quad(corners * size / 2, normal))
    return _join(*faces)


def _quad(corners: Float[np.ndarray, "4 3"], normal: Float[np.ndarray, "3"]) -> Surface:
    triangles = np.array([[0, 1, 2], [0, 2, 3]])
    uvs = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])[triangles]
    return _typed(Surface(corners, triangles, np.broadcast_to(normal, (2, 3, 3)), uvs))


def plane(width: float, length: float, axis: str) -> Surface:
    """Return a rectangle facing +axis. Source: UsdGeomPlane, attributes `width`, `length` and `axis`."""
    half = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]) * [width / 2, length / 2]
    corners = np.concatenate([half, np.zeros((4, 1))], axis=1)[:, FLAT_AXES[axis]]
    normal = np.eye(3)["XYZ".index(axis)]
    surface = _quad(corners, normal)
    if axis == "Z":
        return surface
    return _typed(
        Surface(surface.points, surface.triangles[:, ::-1], surface.corner_normals, surface.corner_uvs[:, ::-1])
    )


def _arc(radius: float, centre: float, start: float, end: float, rows: int) -> tuple[np.ndarray, np.ndarray]:
    angle = np.linspace(start, end, rows + 1)
    slopes = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    slopes[np.abs(slopes[:, 0]) < 1e-12, 0] = 0.0
    return slopes * radius + [0.0, centre], slopes


def sphere(radius: float) -> Surface:
    """Return a sphere with latitude and longitude as texture coordinates."""
    return lathe(*_arc(radius, 0.0, -np.pi / 2, np.pi / 2, ROWS))


def cylinder(bottom: float, top: float, height: float, axis: str) -> Surface:
    """Return a closed cylinder; a radius of 0 makes it a cone."""
    slope = np.array([height, bottom - top]) / np.hypot(height, bottom - top)
    rows = np.linspace(0.0, 1.0, 2 if bottom == top else 9)[:, None]
    profile = (1 - rows) * [bottom, -height / 2] + rows * [top, height / 2]
    parts = [lathe(profile, np.repeat(slope[None], len(rows), 0))]
    parts += [_cap(bottom, -height / 2, False)] if bottom > 0 else []
    parts += [_cap(top, height / 2, True)] if top > 0 else []
    return _turned(_join(*parts), axis)


def capsule(bottom: float, top: float, height: float, axis: str) -> Surface:
    """Return a capsule: two spheres `height` apart and the cone that touches both."""
    tilt = np.arcsin(np.clip((bottom - top) / height, -1.0, 1.0)) if height > 0 else 0.0
    low = _arc(bottom, -height / 2, -np.pi / 2, tilt, ROWS // 2)
    high = _arc(top, height / 2, tilt, np.pi / 2, ROWS // 2)
    profile, slopes = np.concatenate([low[0], high[0]]), np.concatenate([low[1], high[1]])
    return _turned(lathe(profile, slopes), axis)


_CACHED: dict[Callable[..., Surface], Callable[..., Surface]] = {
    make: lru_cache(maxsize=256)(make) for make in (cube, sphere, cylinder, capsule, plane)
}


def _value(prim: Usd.Prim, name: str, time: Usd.TimeCode) -> Any:
    return prim.GetAttribute(name).Get(time)


def _recipe(prim: Usd.Prim, time: Usd.TimeCode) -> tuple[Callable[..., Surface], tuple[Any, ...]]:
    def get(name: str) -> Any:
        return _value(prim, name, time)

    name = str(prim.GetTypeName())
    if name == "Cube":
        return cube, (get("size"),)
    if name == "Sphere":
        return sphere, (get("radius"),)
    if name == "Plane":
        return plane, (get("width"), get("length"), str(get("axis")))
    axis, height = str(get("axis")), get("height")
    if name == "Cone":
        return cylinder, (get("radius"), 0.0, height, axis)
    radii = (get("radiusBottom"), get("radiusTop")) if name.endswith("_1") else (get("radius"), get("radius"))
    return (cylinder if name.startswith("Cylinder") else capsule), (*radii, height, axis)


GPRIM_TYPES = frozenset(
    ["Mesh", "Cube", "Sphere", "Cylinder", "Cylinder_1", "Cone", "Capsule", "Capsule_1", "Plane", "BasisCurves"]
)


def read_gprim(prim: Usd.Prim, time: Usd.TimeCode) -> tuple[Surface | None, str]:
    """Tessellate an intrinsic shape.

    Returns:
        The surface, or None and what is wrong with its sizes.
    """
    make, sizes = _recipe(prim, time)
    numbers = [float(v) for v in sizes if not isinstance(v, str)]
    flat_allowed = make in (cylinder, capsule)
    if not np.isfinite(numbers).all() or min(numbers) < 0 or max(numbers) <= 0:
        return None, f"its sizes are {numbers}; expected numbers above 0"
    if not flat_allowed and min(numbers) <= 0:
        return None, f"its sizes are {numbers}; expected numbers above 0"
    if make is cylinder and (numbers[2] <= 0 or max(numbers[:2]) <= 0):
        return None, f"its sizes are {numbers}; expected a radius and a height above 0"
    return _CACHED[make](*[v if isinstance(v, str) else float(v) for v in sizes]), ""
