"""The label renderer: one Embree ray a pixel centre fills every geometric buffer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from embreex.rtcore import EmbreeDevice
from jaxtyping import Bool, Float32, Float64

from engine.render.buffers import BAND_AOVS, COLOR_AOVS, LIGHT_AOVS, Aov, FrameBuffers, RenderSettings
from engine.render.coverage import Coverage
from engine.render.cutouts import first_solid, has_cutout, is_seen
from engine.render.geometry import MeshTree, SceneTrees
from engine.render.hits import Hits, KeptTrees
from engine.render.rays import Rays, primary_rays
from engine.render.shading_points import Surface
from engine.stage.scene import Camera, Instance, SceneSnapshot

LABEL_AOVS = frozenset(Aov) - COLOR_AOVS - LIGHT_AOVS - BAND_AOVS
NEAR_ENOUGH = 1e-4  # of the way to a point: a hit so near it is the point's own surface


@dataclass(frozen=True, eq=False)
class Primary:
    """What the primary rays of one view hit."""

    rays: Rays
    hits: Hits
    instances: Sequence[Instance]


class LabelTracer:
    """Trace labels; keeps trees between calls, so that what did not move is not built again."""

    def __init__(self) -> None:
        device = EmbreeDevice()
        self._trees = SceneTrees(device)
        self._coverage = Coverage(KeptTrees(partial(MeshTree, device)))
        self._scene: SceneSnapshot | None = None
        self._seen: list[int] = []

    def render(
        self, scene: SceneSnapshot, camera: Camera, aovs: frozenset[Aov], seed: int, settings: RenderSettings
    ) -> FrameBuffers:
        """Render the asked-for label buffers (see `Aov` for shapes and units)."""
        wanted = sorted(aovs & LABEL_AOVS)
        if not wanted:
            return FrameBuffers(camera.width, camera.height)
        primary = self.trace(scene, camera)
        surface = Surface(primary.instances, primary.hits, primary.rays)
        arrays = {aov: self._fill(aov, primary, surface, scene, camera) for aov in wanted}
        return FrameBuffers(camera.width, camera.height, arrays)

    def trace(self, scene: SceneSnapshot, camera: Camera) -> Primary:
        """Trace one ray a pixel; cut-away parts let it pass, the far plane ends it."""
        self.take(scene)
        visible = [scene.instances[n] for n in self._seen]
        rays = primary_rays(camera)
        hits = self._trees.intersect(camera, rays, np.arange(len(rays.origins)))
        if any(has_cutout(item) for item in visible):
            hits = first_solid(visible, hits, lambda pixels, at: self._trees.intersect(camera, rays, pixels, at))
        lost = hits.parameter + rays.start > camera.far  # misses are infinitely far
        if rays.valid is not None:
            lost |= ~rays.valid
        hits.instance[lost], hits.triangle[lost], hits.parameter[lost] = -1, -1, np.inf
        index = np.array([*self._seen, -1], np.int32).take(hits.instance, mode="wrap")
        return Primary(rays, Hits(index, hits.triangle, hits.parameter, hits.barycentric), scene.instances)

    def take(self, scene: SceneSnapshot) -> None:
        """Take a scene for what is traced next; the cameras of one frame share it."""
        if scene is not self._scene:
            self._seen = [n for n, item in enumerate(scene.instances) if is_seen(item)]
            self._trees.update([scene.instances[n] for n in self._seen])
            self._coverage.begin_frame()
            self._scene = scene

    def follow(self, origins: Float32[np.ndarray, "n 3"], directions: Float32[np.ndarray, "n 3"]) -> Hits:
        """Find first hits of any rays in the scene that was taken; cut-away parts let them pass.

        Args:
            origins, directions: (n, 3) world; ray parameters are in lengths of the directions.
        """
        visible = [self._scene.instances[n] for n in self._seen]  # type: ignore[union-attr]
        hits = self._trees.nearest(origins, directions)
        if any(has_cutout(item) for item in visible):

            def onward(chosen: np.ndarray, start: np.ndarray) -> Hits:
                return self._trees.nearest(origins[chosen] + directions[chosen] * start[:, None], directions[chosen])

            hits = first_solid(visible, hits, onward)
        index = np.array([*self._seen, -1], np.int32).take(hits.instance, mode="wrap")
        return Hits(index, hits.triangle, hits.parameter, hits.barycentric)

    def sees(
        self, scene: SceneSnapshot, origin: Float64[np.ndarray, "3"], points: Float32[np.ndarray, "n 3"]
    ) -> Bool[np.ndarray, "n"]:
        """Tell which surface points nothing hides from a place.

        Args:
            scene: what is there.
            origin, points: world metres.
        """
        self.take(scene)
        directions = np.ascontiguousarray(points - origin, np.float32)
        hits = self.follow(np.repeat(np.asarray(origin, np.float32)[None], len(points), 0), directions)
        return hits.parameter >= 1 - NEAR_ENOUGH

    def _fill(self, aov: Aov, primary: Primary, surface: Surface, scene: SceneSnapshot, camera: Camera) -> np.ndarray:
        hits, rays = primary.hits, primary.rays
        shape = (camera.height, camera.width)
        if aov is Aov.COVERAGE:
            return self._coverage.pairs(scene, camera, primary.rays, primary.hits)
        if aov is Aov.HIDDEN:
            return self._coverage.hidden(scene, camera, primary.rays, primary.hits)
        if aov is Aov.INSTANCE:
            return hits.instance.reshape(shape)
        if aov is Aov.TRIANGLE:
            return hits.triangle.reshape(shape)
        if aov is Aov.DEPTH:
            return metres(hits, rays.start, rays.depth_rate).reshape(shape)
        if aov is Aov.DISTANCE:
            return metres(hits, rays.start, rays.length).reshape(shape)
        if aov is Aov.BARYCENTRIC:
            return np.where(hits.instance[:, None] >= 0, hits.barycentric, 0).astype(np.float32).reshape(*shape, 2)
        vectors = {Aov.POSITION: surface.positions, Aov.NORMAL: surface.normals, Aov.ALBEDO: surface.albedo}[aov]()
        return vectors.reshape(*shape, 3)


def metres(hits: Hits, start: float, rate: np.ndarray | float) -> Float32[np.ndarray, "n"]:
    """Turn ray parameters into metres along the ray or the axis; inf where nothing was hit."""
    hit = hits.instance >= 0
    away = (np.where(hit, hits.parameter, 0.0) + start) * rate
    return np.where(hit, away, np.inf).astype(np.float32)
