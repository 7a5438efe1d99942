"""Shading normals at hits: those of all meshes in one table, turned into the world row by row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32

from engine.render.hits import Hits
from engine.render.shading_points import flat_normals
from engine.render.transforms import inverse
from engine.stage.scene import Instance, Mesh

NEW = -1


class Normals:
    """Look normals up for all hits in one go. A mesh enters the table when it is hit for the first time."""

    def __init__(self, instances: Sequence[Instance]) -> None:
        self._instances = instances
        self._start = np.full(len(instances), NEW, np.int64)
        self._corners = np.ones(len(instances), np.int64)  # rows a triangle: 1, or 3 where normals vary within one
        self._turn = np.zeros((9, len(instances)), np.float32)
        self._table, self._places = np.zeros((3, 0), np.float32), dict[str, tuple[int, int]]()

    def at(self, hits: Hits) -> Float32[np.ndarray, "3 n"]:
        """Return unit normals, world, as the mesh has them; every ray has hit something."""
        self._admit(hits)
        corners = self._corners.take(hits.instance)
        row = corners * hits.triangle
        row += self._start.take(hits.instance)
        local = self._table.take(row, axis=1)
        between = np.flatnonzero(corners == 3)
        if between.size:
            local[:, between] = self._interpolated(row.take(between), hits.barycentric.take(between, axis=0))
        turn = self._turn.take(hits.instance, axis=1)
        result = np.empty_like(local)
        for axis in range(3):
            np.multiply(local[0], turn[axis], out=result[axis])
            for other in (1, 2):
                result[axis] += local[other] * turn[3 * other + axis]
        length = result[0] * result[0] + result[1] * result[1] + result[2] * result[2]
        result /= np.maximum(np.sqrt(length), np.float32(1e-20))
        return result

    def _interpolated(self, row: np.ndarray, weights: Float32[np.ndarray, "n 2"]) -> Float32[np.ndarray, "3 n"]:
        u, v = weights[:, 0].copy(), weights[:, 1].copy()
        result = self._table.take(row, axis=1) * (1 - u - v)
        result += self._table.take(row + 1, axis=1) * u
        result += self._table.take(row + 2, axis=1) * v
        return result

    def _admit(self, hits: Hits) -> None:
        """Take the meshes in that are hit for the first time."""
        hit = np.bincount(hits.instance, minlength=len(self._instances)) > 0
        tables = [self._table]
        for number in np.flatnonzero(hit & (self._start == NEW)).tolist():
            item = self._instances[number]
            if item.mesh.key not in self._places:
                rows, corners = _rows(item.mesh)
                self._places[item.mesh.key] = (sum(table.shape[1] for table in tables), corners)
                tables.append(rows)
            self._start[number], self._corners[number] = self._places[item.mesh.key]
            self._turn[:, number] = inverse(item.world_from_local)[:3, :3].ravel()
        if len(tables) > 1:
            self._table = np.concatenate(tables, axis=1)


def _rows(mesh: Mesh) -> tuple[Float32[np.ndarray, "3 m"], int]:
    """Return the local normals of a mesh, of any length, and how many each triangle has."""
    flat = flat_normals(mesh)
    if flat is not None:
        return np.ascontiguousarray(flat.T), 1
    return np.ascontiguousarray(mesh.corner_normals.reshape(-1, 3).T), 3  # type: ignore[union-attr]
