"""Large and often repeated meshes: one tree a mesh, and over them a tree of instances that is cheap to build anew."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int32

from engine.render.embree import InstanceTree, TriangleTree, intersect
from engine.render.hits import Hits, KeptTrees, Key, no_hits
from engine.render.transforms import thickened
from engine.stage.scene import Instance, Mesh


def triangle_tree(mesh: Mesh) -> TriangleTree:
    """Build the tree of a mesh."""
    return TriangleTree(mesh.points, mesh.triangles)


class Instanced:
    """Instances of kept trees."""

    def __init__(self) -> None:
        self._meshes: KeptTrees[TriangleTree] = KeptTrees(triangle_tree)
        self._tree: InstanceTree | None = None
        self.keys: list[Key] = []

    def update(self, keys: list[Key], instances: Sequence[Instance]) -> None:
        """Take the instances of a frame; the tree over them is built again only if one moved, came or went."""
        self._meshes.begin_frame()
        trees = [self._meshes[item.mesh] for item in instances]
        if keys != self.keys:
            self._tree = InstanceTree(trees, [thickened(item.world_from_local) for item in instances])
            self.keys = keys

    def intersect(self, origins: np.ndarray, directions: np.ndarray, numbers: Int32[np.ndarray, "k"]) -> Hits:
        """Find first hits; `numbers` says which instance is the n-th of this tree, -1 at its end for none."""
        if self._tree is None or not self.keys:
            return no_hits(len(origins))
        found = intersect(self._tree, origins, directions)
        return Hits(numbers[found.instance], found.triangle, found.parameter, np.stack([found.u, found.v], 1))
