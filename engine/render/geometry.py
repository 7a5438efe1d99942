"""What rays can hit: one Embree tree for what stays, one for what moves, one of instances of large meshes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore import EmbreeDevice
from embreex.rtcore_scene import EmbreeScene
from jaxtyping import Float32

from engine.render.hits import Hits, Key, instance_key, nearer, no_hits, replace_nearer
from engine.render.instanced import Instanced
from engine.render.rays import Rays
from engine.render.screen import pixels_inside, projected_rectangle
from engine.render.transforms import inverse
from engine.stage.scene import Camera, Instance, Mesh

LARGE = 2000  # triangles from which a mesh keeps a tree of its own
MANY = 200_000  # triangles in all from which meshes that several instances share do
FEW = 256  # instances of a tree for which rays are bounded by rectangles
MOST = 0.5  # share of the rays from which all are traced: choosing some costs more than it saves
NO_HIT = np.float32(1e36)  # Embree says 1e37 for a ray that hits nothing


class MeshTree:
    """An Embree tree over one mesh in its own frame."""

    def __init__(self, device: EmbreeDevice, mesh: Mesh) -> None:
        self._scene = EmbreeScene(device)
        self._mesh = TriangleMesh(self._scene, mesh.points, mesh.triangles)

    def intersect(self, item: Instance, origins: np.ndarray, directions: np.ndarray, number: int) -> Hits:
        """Find first hits of world-space rays with an instance of the mesh, numbered as told."""
        found = self._scene.run(*local_rays(item, origins, directions), output=True)
        triangle = found["primID"].astype(np.int32)
        hit = triangle >= 0
        parameter = np.where(hit, found["tfar"], np.inf).astype(np.float32)
        instance = np.where(hit, number, -1).astype(np.int32)
        return Hits(instance, triangle, parameter, _pairs(found["u"], found["v"]))

    def parameters(self, item: Instance, origins: np.ndarray, directions: np.ndarray) -> Float32[np.ndarray, "n"]:
        """Return the ray parameters of first hits, inf for misses."""
        found = self._scene.run(*local_rays(item, origins, directions), query="DISTANCE")
        found[found >= NO_HIT] = np.inf
        return found


def local_rays(item: Instance, origins: np.ndarray, directions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Take world-space rays into an instance's frame; ray parameters stay the same.

    Origins are moved as offsets from the first of them: exact in single precision wherever the camera stands.
    """
    matrix = inverse(item.world_from_local)
    turn = np.ascontiguousarray(matrix[:3, :3].T, np.float32)
    first = matrix[:3, :3] @ origins[0].astype(np.float64) + matrix[:3, 3]
    return (origins - origins[0]) @ turn + first.astype(np.float32), directions @ turn


class WorldTree:
    """An Embree tree over some instances, baked to world space as one mesh."""

    def __init__(self, device: EmbreeDevice, keys: Sequence[Key], instances: Sequence[Instance]) -> None:
        self.keys = list(keys)
        counts = [len(i.mesh.triangles) for i in instances]
        self._number = np.append(np.repeat(np.arange(len(counts)), counts), -1).astype(np.int32)  # last: no hit
        self._triangle = np.concatenate([*(np.arange(n) for n in counts), [-1]]).astype(np.int32)
        self._scene = EmbreeScene(device)
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
        return len(self._number) == 1

    def intersect(self, origins: np.ndarray, directions: np.ndarray, numbers: np.ndarray) -> Hits:
        """Find first hits; `numbers` says which instance is the n-th of this tree, -1 at its end for none."""
        if self.empty:
            return no_hits(len(origins))
        found = self._scene.run(origins, directions, output=True)
        primitive, parameter = found["primID"], found["tfar"]
        parameter[primitive < 0] = np.inf
        instance = numbers[self._number].take(primitive, mode="wrap")
        return Hits(instance, self._triangle.take(primitive, mode="wrap"), parameter, _pairs(found["u"], found["v"]))


def _pairs(first: Float32[np.ndarray, "n"], second: Float32[np.ndarray, "n"]) -> Float32[np.ndarray, "n 2"]:
    """Put two columns side by side; faster than np.stack for long ones."""
    result = np.empty((len(first), 2), np.float32)
    result[:, 0], result[:, 1] = first, second
    return result


class SceneTrees:
    """Hits over a changing set of instances: what did not change since the last call is not built again.

    Small things that stay are baked into one tree, small things that move into another; large meshes and those that
    many instances share are instanced.
    """

    def __init__(self, device: EmbreeDevice) -> None:
        self._device = device
        self._still = WorldTree(device, [], [])
        self._moving = WorldTree(device, [], [])
        self._instanced = Instanced()
        self._last: set[Key] | None = None

    def update(self, instances: Sequence[Instance]) -> None:
        """Take the instances of a frame."""
        self._instances = instances
        keys = [instance_key(i) for i in instances]
        apart = instanced(instances)
        baked = [n for n in range(len(keys)) if n not in apart]
        present = {keys[n] for n in baked}
        if self._last is None or not set(self._still.keys) <= present:
            stay = [n for n in baked if self._last is None or keys[n] in self._last]
            self._still = WorldTree(self._device, [keys[n] for n in stay], [instances[n] for n in stay])
        still = set(self._still.keys)
        moving = [n for n in baked if keys[n] not in still]
        if [keys[n] for n in moving] != self._moving.keys:
            self._moving = WorldTree(self._device, [keys[n] for n in moving], [instances[n] for n in moving])
        self._instanced.update([keys[n] for n in sorted(apart)], [instances[n] for n in sorted(apart)])
        index = {keys[n]: n for n in baked}
        self._index_still = np.array([*(index[k] for k in self._still.keys), -1], np.int32)
        self._index_moving = np.array([*moving, -1], np.int32)
        self._index_apart = np.array([*sorted(apart), -1], np.int32)
        self._last = present

    def intersect(self, camera: Camera, rays: Rays, pixels: np.ndarray, advance: np.ndarray | None = None) -> Hits:
        """Find first hits; `Hits.instance` is the index in the list given to `update`.

        Args:
            camera: whose rays these are.
            rays: of the whole image.
            pixels: (n,) which rays to follow, row-major numbers.
            advance: (n,) ray parameter to start from; None starts at the rays' origins.
        """
        whole = len(pixels) == len(rays.origins)
        origins = rays.origins if whole else rays.origins[pixels]
        directions = rays.directions if whole else rays.directions[pixels]
        if advance is not None:
            origins = origins + directions * advance[:, None]
        hits = no_hits(len(origins))
        for tree, numbers in self._trees():
            chosen = self._bounded(numbers[:-1], camera, None if whole else pixels, len(origins))
            if len(chosen) > MOST * len(origins):
                hits = nearer(hits, tree.intersect(origins, directions, numbers))
            elif len(chosen):
                replace_nearer(hits, chosen, tree.intersect(origins[chosen], directions[chosen], numbers))
        return hits

    def nearest(self, origins: np.ndarray, directions: np.ndarray) -> Hits:
        """Find first hits of any rays; `Hits.instance` is the index in the list given to `update`."""
        hits = no_hits(len(origins))
        for tree, numbers in self._trees():
            if len(origins):
                hits = nearer(hits, tree.intersect(origins, directions, numbers))
        return hits

    def _trees(self) -> list[tuple[WorldTree | Instanced, np.ndarray]]:
        """Pair each tree with the numbers of its instances."""
        return [
            (self._still, self._index_still),
            (self._moving, self._index_moving),
            (self._instanced, self._index_apart),
        ]

    def _bounded(self, numbers: np.ndarray, camera: Camera, among: np.ndarray | None, count: int) -> np.ndarray:
        """List the rays that may meet some instances."""
        if len(numbers) > FEW:
            return np.arange(count)
        return pixels_inside([projected_rectangle(self._instances[n], camera) for n in numbers], camera, among)


def instanced(instances: Sequence[Instance]) -> set[int]:
    """Choose the instances whose meshes keep trees of their own."""
    sizes = [len(item.mesh.triangles) for item in instances]
    uses = Counter(item.mesh.key for item in instances)
    shared = [n for n, item in enumerate(instances) if uses[item.mesh.key] > 1]
    large = {n for n, size in enumerate(sizes) if size >= LARGE}
    return large | set(shared) if sum(sizes[n] for n in shared) >= MANY else large
