"""Which labelled instances each pixel's ray meets, hidden or not: the whole against which occlusion is measured.

Each instance is traced alone, in its own frame (so its tree is built once a mesh), inside the rectangle that its
projected bounds cover. A pixel counts as hidden only where something really is in front: at silhouettes, where rounding
could tell two trees apart, the picture itself decides.
"""

from __future__ import annotations

import numpy as np
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene
from jaxtyping import Int32

from engine.render.geometry import Hits
from engine.render.rays import Rays
from engine.stage.scene import Camera, Instance, Mesh, SceneSnapshot

CORNERS = np.array([[i >> 2 & 1, i >> 1 & 1, i & 1] for i in range(8)])
RELATIVE_SLACK = 1e-5
KEPT_TREES = 4096


class Coverage:
    """Trace labelled instances alone; keeps one tree a mesh between calls."""

    def __init__(self) -> None:
        self._trees: dict[str, tuple[EmbreeScene, TriangleMesh]] = {}

    def pairs(self, scene: SceneSnapshot, camera: Camera, rays: Rays, hits: Hits) -> Int32[np.ndarray, "k 2"]:
        """Return sorted unique (pixel, instance) pairs of labelled instances met between near and far."""
        labelled = np.array([bool(item.labels) for item in scene.instances] + [False])
        pixels = np.flatnonzero(labelled[hits.instance])
        found = [np.stack([pixels, hits.instance[pixels]], 1).astype(np.int64)]
        for number in np.flatnonzero(labelled[:-1]):
            item = scene.instances[number]
            if not item.primary_visible or len(item.mesh.triangles) == 0:
                continue
            chosen = self._candidates(item, camera, hits, number)
            if chosen.size:
                hidden = self._hidden(item, camera, rays, hits, chosen)
                found.append(np.stack([hidden, np.full(len(hidden), number)], 1))
        pairs = np.concatenate(found)
        count = len(scene.instances) + 1
        code = np.unique(pairs[:, 0] * count + pairs[:, 1])
        return np.stack([code // count, code % count], 1).astype(np.int32)

    def _candidates(self, item: Instance, camera: Camera, hits: Hits, number: int) -> np.ndarray:
        """List the pixels inside the instance's projected bounds where something else is seen."""
        box = projected_rectangle(item, camera)
        if box is None:
            return np.empty(0, np.int64)
        x0, y0, x1, y1 = box
        seen = hits.instance.reshape(camera.height, camera.width)[y0:y1, x0:x1]
        rows, columns = np.nonzero((seen != number) & (seen >= 0))
        return (rows + y0) * camera.width + columns + x0

    def _hidden(self, item: Instance, camera: Camera, rays: Rays, hits: Hits, chosen: np.ndarray) -> np.ndarray:
        matrix = np.linalg.inv(item.world_from_local)
        origins = (rays.origins[chosen] @ matrix[:3, :3].T + matrix[:3, 3]).astype(np.float32)
        directions = (rays.directions[chosen] @ matrix[:3, :3].T).astype(np.float32)
        parameter = self._tree(item.mesh)[0].run(origins, directions, query="DISTANCE")
        rate = rays.depth_rate if isinstance(rays.depth_rate, float) else rays.depth_rate[chosen]
        within = (parameter < 1e30) & ((parameter + rays.start) * rate <= camera.far)
        behind = parameter > hits.parameter[chosen] * (1 - RELATIVE_SLACK)
        return chosen[within & behind]

    def _tree(self, mesh: Mesh) -> tuple[EmbreeScene, TriangleMesh]:
        if mesh.key not in self._trees:
            if len(self._trees) >= KEPT_TREES:
                self._trees.clear()
            scene = EmbreeScene()
            self._trees[mesh.key] = (scene, TriangleMesh(scene, mesh.points, mesh.triangles))
        return self._trees[mesh.key]


def projected_rectangle(item: Instance, camera: Camera) -> tuple[int, int, int, int] | None:
    """Bound an instance's pixels: (x0, y0, x1, y1), ends excluded; None outside the image.

    Bounds that reach behind the near plane, and lenses that are not pinholes, give the whole image.
    """
    low, high = item.mesh.extent.astype(np.float64)
    corners = low + CORNERS * (high - low)
    matrix = camera.camera_from_world @ item.world_from_local
    local = corners @ matrix[:3, :3].T + matrix[:3, 3]
    depth = -local[:, 2]
    if (depth < camera.near).all() or (depth > camera.far).all():
        return None
    if camera.orthographic or camera.model != "pinhole" or (depth < camera.near).any():
        return 0, 0, camera.width, camera.height
    x = camera.cx + camera.fx * local[:, 0] / depth
    y = camera.cy - camera.fy * local[:, 1] / depth
    x0, x1 = max(int(np.floor(x.min())) - 1, 0), min(int(np.ceil(x.max())) + 1, camera.width)
    y0, y1 = max(int(np.floor(y.min())) - 1, 0), min(int(np.ceil(y.max())) + 1, camera.height)
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None
