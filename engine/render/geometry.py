"""What rays can hit: one Embree tree for what stays, one for what moves, one a mesh for large meshes that move."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore import EmbreeDevice
from embreex.rtcore_scene import EmbreeScene
from jaxtyping import Float32, Int32

from engine.render.rays import Rays
from engine.render.screen import pixels_inside, projected_rectangle
from engine.stage.scene import Camera, Instance, Mesh

Key = tuple[str, str, str, bytes]
LARGE = 2000  # triangles from which a moving mesh keeps a tree of its own
KEPT_TRIANGLES = 8_000_000
NO_HIT = np.float32(1e36)  # Embree says 1e37 for a ray that hits nothing


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


class MeshTree:
    """An Embree tree over one mesh in its own frame."""

    def __init__(self, device: EmbreeDevice, mesh: Mesh) -> None:
        self.size = len(mesh.triangles)
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
    """Take world-space rays into an instance's frame; ray parameters stay the same."""
    matrix = np.linalg.inv(item.world_from_local)
    local = (origins @ matrix[:3, :3].T + matrix[:3, 3]).astype(np.float32)
    return local, (directions @ matrix[:3, :3].T).astype(np.float32)


class MeshTrees:
    """The trees of meshes, built once; those not used for longest are forgotten first.

    All trees share one device: Embree crashes with some hundred devices, one a tree.
    """

    def __init__(self) -> None:
        self.device = EmbreeDevice()
        self._trees: OrderedDict[str, MeshTree] = OrderedDict()
        self._size = 0

    def __getitem__(self, mesh: Mesh) -> MeshTree:
        """Return the tree of a mesh."""
        if mesh.key not in self._trees:
            self._trees[mesh.key] = MeshTree(self.device, mesh)
            self._size += len(mesh.triangles)
            while self._size > KEPT_TRIANGLES and len(self._trees) > 1:
                self._size -= self._trees.popitem(last=False)[1].size
        self._trees.move_to_end(mesh.key)
        return self._trees[mesh.key]


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


def no_hits(count: int) -> Hits:
    """Return what rays find where there is nothing."""
    nothing = np.full(count, -1, np.int32)
    return Hits(nothing, nothing.copy(), np.full(count, np.inf, np.float32), np.zeros((count, 2), np.float32))


class SceneTrees:
    """Hits over a changing set of instances: what did not change since the last call is not built again."""

    def __init__(self, meshes: MeshTrees) -> None:
        self._meshes = meshes
        self._still = WorldTree(meshes.device, [], [])
        self._moving = WorldTree(meshes.device, [], [])
        self._apart: list[int] = []
        self._last: set[Key] | None = None

    def update(self, instances: Sequence[Instance]) -> None:
        """Take the instances of a frame."""
        self._instances = instances
        keys = [instance_key(i) for i in instances]
        present = set(keys)
        if self._last is None or not set(self._still.keys) <= present:
            stay = [n for n, k in enumerate(keys) if self._last is None or k in self._last]
            self._still = WorldTree(self._meshes.device, [keys[n] for n in stay], [instances[n] for n in stay])
        still = set(self._still.keys)
        changed = [n for n, k in enumerate(keys) if k not in still]
        self._apart = [n for n in changed if len(instances[n].mesh.triangles) >= LARGE]
        moving = [n for n in changed if len(instances[n].mesh.triangles) < LARGE]
        if [keys[n] for n in moving] != self._moving.keys:
            self._moving = WorldTree(self._meshes.device, [keys[n] for n in moving], [instances[n] for n in moving])
        index = {k: n for n, k in enumerate(keys)}
        self._index_still = np.array([*(index[k] for k in self._still.keys), -1], np.int32)
        self._index_moving = np.array([*moving, -1], np.int32)
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
        among = None if whole else pixels
        hits = self._still.intersect(origins, directions, self._index_still)
        if not self._moving.empty:
            boxes = [projected_rectangle(self._instances[n], camera) for n in self._index_moving[:-1]]
            chosen = pixels_inside(boxes, camera, among)
            if chosen.size:
                found = self._moving.intersect(origins[chosen], directions[chosen], self._index_moving)
                replace_nearer(hits, chosen, found)
        for number in self._apart:
            item = self._instances[number]
            chosen = pixels_inside([projected_rectangle(item, camera)], camera, among)
            if chosen.size:
                found = self._meshes[item.mesh].intersect(item, origins[chosen], directions[chosen], number)
                replace_nearer(hits, chosen, found)
        return hits


def replace_nearer(hits: Hits, chosen: np.ndarray, other: Hits) -> None:
    """Put nearer hits of some rays in their places."""
    closer = other.parameter < hits.parameter[chosen]
    where = chosen[closer]
    hits.instance[where], hits.triangle[where] = other.instance[closer], other.triangle[closer]
    hits.parameter[where], hits.barycentric[where] = other.parameter[closer], other.barycentric[closer]
