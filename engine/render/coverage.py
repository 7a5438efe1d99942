"""Which labelled instances each pixel's ray meets, hidden or not: the whole against which occlusion is measured.

Each instance is traced alone, in its own frame (so its tree is built once a mesh), inside the rectangle that its
projected bounds cover. A pixel counts as hidden only where something really is in front: at silhouettes, where rounding
could tell two trees apart, the picture itself decides.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Int32, Int64

from engine.render.cutouts import first_solid, has_cutout, is_seen
from engine.render.geometry import MeshTree
from engine.render.hits import Hits, KeptTrees
from engine.render.rays import Rays
from engine.render.screen import farthest, projected_rectangle
from engine.stage.scene import Camera, Instance, SceneSnapshot

RELATIVE_SLACK = 1e-5


class Coverage:
    """Trace labelled instances alone."""

    def __init__(self, meshes: KeptTrees[MeshTree]) -> None:
        self._meshes = meshes

    def begin_frame(self) -> None:
        """Start a frame: trees that were not used for long may go."""
        self._meshes.begin_frame()

    def pairs(self, scene: SceneSnapshot, camera: Camera, rays: Rays, hits: Hits) -> Int32[np.ndarray, "k 2"]:
        """Return sorted unique (pixel, instance) pairs of labelled instances met between near and far."""
        labelled = np.array([bool(item.labels) for item in scene.instances] + [False])
        seen = np.flatnonzero(labelled[hits.instance])
        visible = np.stack([seen, hits.instance[seen]], 1).astype(np.int32)
        pairs = np.concatenate([visible, self.hidden(scene, camera, rays, hits)])
        return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]

    def hidden(self, scene: SceneSnapshot, camera: Camera, rays: Rays, hits: Hits) -> Int32[np.ndarray, "k 2"]:
        """Return (pixel, instance) pairs of labelled instances met behind something else, by instance, then pixel."""
        found = [np.empty((0, 2), np.int32)]
        for number, item in enumerate(scene.instances):
            if item.labels and is_seen(item):
                pixels = self._hidden(item, camera, rays, hits, number)
                pairs = np.empty((len(pixels), 2), np.int32)
                pairs[:, 0], pairs[:, 1] = pixels, number
                found.append(pairs)
        return np.concatenate(found)

    def _hidden(self, item: Instance, camera: Camera, rays: Rays, hits: Hits, number: int) -> Int64[np.ndarray, "m"]:
        """List the pixels whose rays meet an instance behind something else."""
        chosen = _candidates(item, camera, hits, number)
        if chosen.size == 0:
            return chosen
        parameter = self._first(item, rays, chosen)
        within = parameter + rays.start <= camera.far
        if rays.valid is not None:
            within &= rays.valid[chosen]
        return chosen[within & (parameter > hits.parameter[chosen] * (1 - RELATIVE_SLACK))]

    def _first(self, item: Instance, rays: Rays, chosen: np.ndarray) -> np.ndarray:
        """Return the ray parameters at which rays meet an instance, inf for those that do not."""
        tree, origins, directions = (
            self._meshes[item.mesh],
            rays.origins.take(chosen, 0),
            rays.directions.take(chosen, 0),
        )
        if not has_cutout(item):
            return tree.parameters(item, origins, directions)

        def onward(active: np.ndarray, advance: np.ndarray) -> Hits:
            start = origins[active] + directions[active] * advance[:, None]
            return tree.intersect(item, start, directions[active], 0)

        return first_solid([item], tree.intersect(item, origins, directions, 0), onward).parameter


def _candidates(item: Instance, camera: Camera, hits: Hits, number: int) -> Int64[np.ndarray, "m"]:
    """List the pixels inside the instance's projected bounds where something else is seen, nearer than its far end."""
    box = projected_rectangle(item, camera)
    if box is None:
        return np.empty(0, np.int64)
    x0, y0, x1, y1 = box
    size = (camera.height, camera.width)
    seen = hits.instance.reshape(size)[y0:y1, x0:x1]
    reach = farthest(item, camera) * (1 + RELATIVE_SLACK) + RELATIVE_SLACK
    nearer = hits.parameter.reshape(size)[y0:y1, x0:x1] <= reach  # nothing seen is infinitely far
    rows, columns = np.nonzero(nearer & (seen != number))
    return (rows + y0) * camera.width + columns + x0
