"""Values at primary hits: positions, shading normals, base colours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32

from engine.render.geometry import Hits
from engine.render.rays import Rays
from engine.render.textures import sample_rgba
from engine.stage.scene import Instance, Texture

DEFAULT_GREY = (0.18, 0.18, 0.18)


class Surface:
    """Hits sorted by instance once, so that each instance's values are looked up in one go."""

    def __init__(self, instances: Sequence[Instance], hits: Hits, rays: Rays) -> None:
        self._instances, self._hits, self._rays = instances, hits, rays
        order = np.argsort(hits.instance, kind="stable")
        self._order = order[np.searchsorted(hits.instance[order], 0) :]
        numbers, starts = np.unique(hits.instance[self._order], return_index=True)
        self._groups = (
            list(zip(numbers.tolist(), np.split(self._order, starts[1:]), strict=True)) if len(numbers) else []
        )

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
                local = _blend(item.mesh.corner_normals[triangles], self._hits.barycentric[chosen])
            else:
                corners = item.mesh.points[item.mesh.triangles[triangles]]
                local = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
            world = local @ np.linalg.inv(item.world_from_local[:3, :3]).astype(np.float32)
            length = np.linalg.norm(world, axis=1, keepdims=True)
            result[chosen] = world / np.maximum(length, 1e-20)
        away = np.einsum("ij,ij->i", result, self._rays.directions) > 0
        result[away] *= -1
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
            return sample_rgba(base, _blend(mesh.corner_uvs[triangles], weights))[:, :3]
        if base is None and mesh.corner_colors is not None:
            return _blend(mesh.corner_colors[triangles], weights)
        return np.asarray(base or item.display_color or DEFAULT_GREY, np.float32)


def _blend(corners: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Interpolate per-corner values (n, 3, c) with the weights of the 2nd and 3rd corner (n, 2)."""
    u, v = weights[:, 0:1], weights[:, 1:2]
    return corners[:, 0] * (1 - u - v) + corners[:, 1] * u + corners[:, 2] * v
