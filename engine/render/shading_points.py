"""Values at primary hits: positions, shading normals, base colours."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
from jaxtyping import Float32

from engine.render.cutouts import corner_values
from engine.render.geometry import Hits
from engine.render.rays import Rays
from engine.render.textures import sample_rgba
from engine.stage.scene import Instance, Mesh, Texture

_face_normals: WeakKeyDictionary[Mesh, np.ndarray] = WeakKeyDictionary()
DEFAULT_GREY = (0.18, 0.18, 0.18)


class Surface:
    """Hits sorted by instance once, so that each instance's values are looked up in one go."""

    def __init__(self, instances: Sequence[Instance], hits: Hits, rays: Rays) -> None:
        self._instances, self._hits, self._rays = instances, hits, rays

    @cached_property
    def _groups(self) -> list[tuple[int, np.ndarray]]:
        """Which rays hit each instance that was hit."""
        order = np.argsort(self._hits.instance, kind="stable")
        order = order[np.searchsorted(self._hits.instance[order], 0) :]
        if len(order) == 0:
            return []
        numbers, starts = np.unique(self._hits.instance[order], return_index=True)
        return list(zip(numbers.tolist(), np.split(order, starts[1:]), strict=True))

    def positions(self) -> Float32[np.ndarray, "n 3"]:
        """Return hit points, world metres; 0 where nothing was hit."""
        hit = self._hits.instance >= 0
        parameter = np.where(hit, self._hits.parameter, 0.0)
        points = self._rays.origins + self._rays.directions * parameter[:, None]
        return np.where(hit[:, None], points, 0).astype(np.float32)

    def normals(self) -> Float32[np.ndarray, "n 3"]:
        """Return unit shading normals, world, turned towards the camera; 0 where nothing was hit."""
        result = np.zeros((len(self._hits.instance), 3), np.float32)
        for number, chosen in self._groups:
            item = self._instances[number]
            triangles = self._hits.triangle[chosen]
            if item.mesh.corner_normals is not None:
                local = corner_values(item.mesh.corner_normals[triangles], self._hits.barycentric[chosen])
            else:
                local = face_normals(item.mesh)[triangles]
            world = local @ np.linalg.inv(item.world_from_local[:3, :3]).astype(np.float32)
            facing = np.einsum("ij,ij->i", world, self._rays.directions[chosen])
            length = np.sqrt(np.einsum("ij,ij->i", world, world))
            world *= (np.where(facing > 0, -1, 1) / np.maximum(length, 1e-20)).astype(np.float32)[:, None]
            result[chosen] = world
        return result

    def albedo(self) -> Float32[np.ndarray, "n 3"]:
        """Return linear base colours; 0 where nothing was hit."""
        result = np.zeros((len(self._hits.instance), 3), np.float32)
        for number, chosen in self._groups:
            result[chosen] = self._base_color(self._instances[number], chosen)
        return result

    def _base_color(self, item: Instance, chosen: np.ndarray) -> np.ndarray:
        base, mesh = item.material.base_color, item.mesh
        triangles, weights = self._hits.triangle[chosen], self._hits.barycentric[chosen]
        if isinstance(base, Texture):
            if mesh.corner_uvs is None:
                return np.asarray(DEFAULT_GREY, np.float32)
            return sample_rgba(base, corner_values(mesh.corner_uvs[triangles], weights))[:, :3]
        if base is None and mesh.corner_colors is not None:
            return corner_values(mesh.corner_colors[triangles], weights)
        return np.asarray(base or item.display_color or DEFAULT_GREY, np.float32)


def face_normals(mesh: Mesh) -> Float32[np.ndarray, "m 3"]:
    """Return a normal of each triangle, local, twice the triangle's area long; worked out once a mesh."""
    if mesh not in _face_normals:
        corners = mesh.points[mesh.triangles]
        _face_normals[mesh] = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return _face_normals[mesh]
