"""Values at primary hits: positions, shading normals, base colours."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numpy as np
from jaxtyping import Float32, Int32, Int64

from engine.render.cutouts import corner_values
from engine.render.hits import Hits
from engine.render.rays import Rays
from engine.render.textures import sample_rgba
from engine.render.transforms import inverse
from engine.stage.scene import Instance, Mesh, Texture

_flat_normals: WeakKeyDictionary[Mesh, np.ndarray | None] = WeakKeyDictionary()
DEFAULT_GREY = (0.2, 0.2, 0.2)


class Surface:
    """Look values up for all hits of an instance, or of all instances with simple values, in one go."""

    def __init__(self, instances: Sequence[Instance], hits: Hits, rays: Rays) -> None:
        self._instances, self._hits, self._rays = instances, hits, rays

    def positions(self) -> Float32[np.ndarray, "n 3"]:
        """Return hit points, world metres; 0 where nothing was hit."""
        hit = self._hits.instance >= 0
        parameter = np.where(hit, self._hits.parameter, 0.0)
        points = self._rays.origins + self._rays.directions * parameter[:, None]
        return np.where(hit[:, None], points, 0).astype(np.float32)

    def normals(self) -> Float32[np.ndarray, "n 3"]:
        """Return unit shading normals, world, turned towards the camera; 0 where nothing was hit."""
        tables, start = self._normal_tables()
        row = start.take(self._hits.instance, mode="wrap")
        others = np.flatnonzero(row < 0)
        row += self._hits.triangle
        row[others] = 0
        result = tables.take(row, 0)
        for number, chosen in grouped(self._hits.instance, others):
            item, triangles = self._instances[number], self._hits.triangle.take(chosen)
            flat = flat_normals(item.mesh)
            if flat is not None:
                result[chosen] = world_normals(item, flat.take(triangles, 0))
            else:
                corners = item.mesh.corner_normals.take(triangles, 0)  # type: ignore[union-attr]
                result[chosen] = world_normals(item, corner_values(corners, self._hits.barycentric.take(chosen, 0)))
        away = np.einsum("ij,ij->i", result, self._rays.directions) > 0
        result[away] *= -1
        return result

    def _normal_tables(self) -> tuple[Float32[np.ndarray, "m 3"], Int64[np.ndarray, "k"]]:
        """Join the world normals of flat instances that have fewer triangles than pixels.

        Returns:
            The normals, (0, 0, 0) first; and where each instance's begin: -1 for one without, 1 at the end for no hit,
            whose triangle is -1.
        """
        pixels = np.bincount(self._hits.instance + 1, minlength=len(self._instances) + 1)[1:]
        tables, start, rows = [np.zeros((1, 3), np.float32)], np.full(len(pixels) + 1, -1), 1
        start[-1] = 1
        for number in np.flatnonzero(pixels).tolist():
            flat = flat_normals(self._instances[number].mesh)
            if flat is not None and len(flat) <= pixels[number]:
                tables.append(world_normals(self._instances[number], flat))
                start[number], rows = rows, rows + len(flat)
        return np.concatenate(tables), start

    def albedo(self) -> Float32[np.ndarray, "n 3"]:
        """Return linear base colours; 0 where nothing was hit."""
        constants = np.zeros((len(self._instances) + 1, 3), np.float32)  # last: no hit
        varying = np.zeros(len(constants), bool)
        for number in np.flatnonzero(np.bincount(self._hits.instance + 1)[1:]).tolist():
            color = constant_color(self._instances[number])
            varying[number] = color is None
            constants[number] = 0 if color is None else color
        result = constants.take(self._hits.instance, 0, mode="wrap")
        if varying.any():
            others = np.flatnonzero(varying.take(self._hits.instance, mode="wrap"))
            for number, chosen in grouped(self._hits.instance, others):
                result[chosen] = self._base_color(self._instances[number], chosen)
        return result

    def _base_color(self, item: Instance, chosen: np.ndarray) -> np.ndarray:
        """Look base colours up that differ from point to point."""
        base, mesh = item.material.base_color, item.mesh
        triangles, weights = self._hits.triangle.take(chosen), self._hits.barycentric.take(chosen, 0)
        if isinstance(base, Texture):
            return sample_rgba(base, corner_values(mesh.corner_uvs[triangles], weights))[:, :3]  # type: ignore[index]
        return corner_values(mesh.corner_colors[triangles], weights)  # type: ignore[index]


def constant_color(item: Instance) -> np.ndarray | None:
    """Return the linear base colour of an instance, None if it differs from point to point."""
    base, mesh = item.material.base_color, item.mesh
    if isinstance(base, Texture):
        return None if mesh.corner_uvs is not None else np.asarray(DEFAULT_GREY, np.float32)
    if base is None and mesh.corner_colors is not None:
        return None
    return np.asarray(base or item.display_color or DEFAULT_GREY, np.float32)


def grouped(instance: Int32[np.ndarray, "n"], rays: Int64[np.ndarray, "m"]) -> list[tuple[int, np.ndarray]]:
    """Group some rays by the instance they hit; those that hit nothing are left out."""
    number = instance.take(rays)
    order = np.argsort(number, kind="stable")
    number, rays = number[order], rays[order]
    first = np.searchsorted(number, 0)
    if first == len(rays):
        return []
    numbers, starts = np.unique(number[first:], return_index=True)
    return list(zip(numbers.tolist(), np.split(rays[first:], starts[1:]), strict=True))


def world_normals(item: Instance, local: Float32[np.ndarray, "n 3"]) -> Float32[np.ndarray, "n 3"]:
    """Turn local normals of any length into unit normals in the world."""
    world = local @ inverse(item.world_from_local)[:3, :3].astype(np.float32)
    length = np.sqrt(np.einsum("ij,ij->i", world, world))
    return world / np.maximum(length, np.float32(1e-20))[:, None]


def flat_normals(mesh: Mesh) -> Float32[np.ndarray, "m 3"] | None:
    """Return a local normal of each triangle, of any length; None if normals vary within one. Kept by mesh."""
    if mesh not in _flat_normals:
        _flat_normals[mesh] = _one_a_triangle(mesh)
    return _flat_normals[mesh]


def _one_a_triangle(mesh: Mesh) -> Float32[np.ndarray, "m 3"] | None:
    normals = mesh.corner_normals
    if normals is None:
        corners = mesh.points[mesh.triangles]
        return np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return np.ascontiguousarray(normals[:, 0]) if (normals == normals[:, :1]).all() else None
