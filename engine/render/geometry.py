"""World-space triangles of a scene, in one Embree tree for what stays and one for what moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene
from jaxtyping import Float32, Int32, Int64

from engine.render.rays import Rays
from engine.stage.scene import Instance

Key = tuple[str, str, str, bytes]


@dataclass(frozen=True, eq=False)
class Hits:
    """First hits of rays: instance and triangle (-1 for none), ray parameter, weights of the 2nd and 3rd vertex."""

    instance: Int32[np.ndarray, "n"]
    triangle: Int32[np.ndarray, "n"]
    parameter: Float32[np.ndarray, "n"]
    barycentric: Float32[np.ndarray, "n 2"]


def instance_key(instance: Instance) -> Key:
    """Name an instance's world-space triangles: equal keys are equal geometry."""
    return (instance.prim_path, instance.subset_path, instance.mesh.key, instance.world_from_local.tobytes())


class Tree:
    """An Embree tree over some instances, baked to world space as one mesh."""

    def __init__(self, keys: Sequence[Key], instances: Sequence[Instance]) -> None:
        self.keys = list(keys)
        counts = [len(i.mesh.triangles) for i in instances]
        self._starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        self._scene = EmbreeScene()
        if instances:
            points, triangles, offset = [], [], 0
            for item in instances:
                matrix = item.world_from_local
                points.append((item.mesh.points @ matrix[:3, :3].T + matrix[:3, 3]).astype(np.float32))
                triangles.append(item.mesh.triangles + offset)
                offset += len(item.mesh.points)
            self._mesh = TriangleMesh(self._scene, np.concatenate(points), np.concatenate(triangles).astype(np.int32))

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing to hit."""
        return len(self._starts) == 1

    def intersect(self, origins: np.ndarray, directions: np.ndarray) -> tuple[Hits, Int64[np.ndarray, "n"]]:
        """Find first hits; `Hits.instance` counts within this tree. Also returns the tree-wide triangle numbers."""
        found = self._scene.run(origins, directions, output=True)
        primitive = found["primID"]
        number = np.searchsorted(self._starts, primitive, side="right") - 1
        hit = primitive >= 0
        triangle = np.where(hit, primitive - self._starts[np.maximum(number, 0)], -1).astype(np.int32)
        instance = np.where(hit, number, -1).astype(np.int32)
        parameter = np.where(hit, found["tfar"], np.inf).astype(np.float32)
        return Hits(instance, triangle, parameter, np.stack([found["u"], found["v"]], 1)), primitive


class TwoTrees:
    """Hits over a changing set of instances: what did not change since the last call is not built again."""

    def __init__(self) -> None:
        self._still = Tree([], [])
        self._last: set[Key] = set()

    def update(self, instances: Sequence[Instance]) -> None:
        """Take the instances of a frame."""
        keys = [instance_key(i) for i in instances]
        present = set(keys)
        if not set(self._still.keys) <= present or (len(self._still.keys) == 0 and self._last):
            stay = [k in self._last for k in keys]
            self._still = Tree(
                [k for k, s in zip(keys, stay, strict=True) if s],
                [i for i, s in zip(instances, stay, strict=True) if s],
            )
        still = set(self._still.keys)
        moving = [n for n, k in enumerate(keys) if k not in still]
        self._moving = Tree([keys[n] for n in moving], [instances[n] for n in moving])
        index = {k: n for n, k in enumerate(keys)}
        self._index_still = np.array([index[k] for k in self._still.keys] + [-1], np.int32)
        self._index_moving = np.array([*moving, -1], np.int32)
        self._last = present

    def intersect(self, origins: np.ndarray, directions: np.ndarray) -> Hits:
        """Find first hits; `Hits.instance` is the index in the list given to `update`."""
        if self._still.empty:
            hits, _ = self._moving.intersect(origins, directions)
            return Hits(self._index_moving[hits.instance], hits.triangle, hits.parameter, hits.barycentric)
        near, _ = self._still.intersect(origins, directions)
        near = Hits(self._index_still[near.instance], near.triangle, near.parameter, near.barycentric)
        if self._moving.empty:
            return near
        other, _ = self._moving.intersect(origins, directions)
        closer = other.parameter < near.parameter
        return Hits(
            np.where(closer, self._index_moving[other.instance], near.instance),
            np.where(closer, other.triangle, near.triangle),
            np.where(closer, other.parameter, near.parameter),
            np.where(closer[:, None], other.barycentric, near.barycentric),
        )


def trace(trees: TwoTrees, rays: Rays) -> Hits:
    """Trace primary rays."""
    return trees.intersect(rays.origins, rays.directions)
