"""What rays hit, and the trees that are kept to find it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from jaxtyping import Float32, Int32

from engine.stage.scene import Instance, Mesh

Key = tuple[str, str, str, bytes]
T = TypeVar("T")
KEPT_TRIANGLES = 8_000_000
KEPT_FRAMES = 64


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


class KeptTrees(Generic[T]):
    """The trees of meshes, built once.

    Those not used for longest are forgotten first: beyond a number of triangles, and after some frames without use, so
    that memory stays flat where every frame has meshes of its own.
    """

    def __init__(self, make: Callable[[Mesh], T]) -> None:
        self._make = make
        self._trees: OrderedDict[str, tuple[T, int, int]] = OrderedDict()  # tree, triangles, frame of last use
        self._size = 0
        self._frame = 0

    def __len__(self) -> int:
        """Return how many trees are kept."""
        return len(self._trees)

    def begin_frame(self) -> None:
        """Start a frame: forget trees that were not used for `KEPT_FRAMES` frames."""
        self._frame += 1
        while self._trees and next(iter(self._trees.values()))[2] < self._frame - KEPT_FRAMES:
            self._size -= self._trees.popitem(last=False)[1][1]

    def __getitem__(self, mesh: Mesh) -> T:
        """Return the tree of a mesh."""
        if mesh.key in self._trees:
            tree, size, _ = self._trees[mesh.key]
        else:
            tree, size = self._make(mesh), len(mesh.triangles)
            self._size += size
        self._trees[mesh.key] = tree, size, self._frame
        self._trees.move_to_end(mesh.key)
        while self._size > KEPT_TRIANGLES and len(self._trees) > 1:
            self._size -= self._trees.popitem(last=False)[1][1]
        return tree


def no_hits(count: int) -> Hits:
    """Return what rays find where there is nothing."""
    nothing = np.full(count, -1, np.int32)
    return Hits(nothing, nothing.copy(), np.full(count, np.inf, np.float32), np.zeros((count, 2), np.float32))


def joined(parts: Sequence[Hits]) -> Hits:
    """Put the hits of several lots of rays one after the other."""
    names = ("instance", "triangle", "parameter", "barycentric")
    return Hits(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def nearer(one: Hits, other: Hits) -> Hits:
    """Take the nearer of two hits of each ray; the second is returned as it is if the first has none."""
    if not (one.instance >= 0).any():
        return other
    replace_nearer(one, np.arange(len(one.instance)), other)
    return one


def replace_nearer(hits: Hits, chosen: np.ndarray, other: Hits) -> None:
    """Put nearer hits of some rays in their places."""
    closer = other.parameter < hits.parameter[chosen]
    where = chosen[closer]
    hits.instance[where], hits.triangle[where] = other.instance[closer], other.triangle[closer]
    hits.parameter[where], hits.barycentric[where] = other.parameter[closer], other.barycentric[closer]
