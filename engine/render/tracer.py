"""The label renderer: one Embree ray a pixel centre fills every geometric buffer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32

from engine.render.buffers import Aov, FrameBuffers, RenderSettings
from engine.render.coverage import Coverage
from engine.render.geometry import Hits, TwoTrees
from engine.render.rays import Rays, primary_rays
from engine.render.shading_points import Surface
from engine.render.textures import sample_scalar
from engine.stage.scene import Camera, Instance, SceneSnapshot, Texture

MAX_CUTOUT_LAYERS = 64
LABEL_AOVS = frozenset(a for a in Aov if a not in (Aov.RADIANCE, Aov.COLOR))


@dataclass(frozen=True, eq=False)
class Primary:
    """What the primary rays of one view hit."""

    rays: Rays
    hits: Hits
    instances: Sequence[Instance]


def has_cutout(instance: Instance) -> bool:
    """Tell whether parts of a surface are cut away by an opacity texture."""
    material = instance.material
    return (
        material.opacity_threshold > 0
        and isinstance(material.opacity, Texture)
        and instance.mesh.corner_uvs is not None
    )


def is_seen(instance: Instance) -> bool:
    """Tell whether the camera sees an instance at all."""
    material = instance.material
    cut = isinstance(material.opacity, float | int) and material.opacity < max(material.opacity_threshold, 1e-6)
    return instance.primary_visible and not cut and len(instance.mesh.triangles) > 0


class LabelTracer:
    """Trace labels; keeps trees between calls, so that what did not move is not built again."""

    def __init__(self) -> None:
        self._trees = TwoTrees()
        self._coverage = Coverage()

    def render(
        self, scene: SceneSnapshot, camera: Camera, aovs: frozenset[Aov], seed: int, settings: RenderSettings
    ) -> FrameBuffers:
        """Render the asked-for label buffers (see `Aov` for shapes and units)."""
        primary = self.trace(scene, camera)
        surface = Surface(primary.instances, primary.hits, primary.rays)
        arrays: dict[Aov, np.ndarray] = {}
        for aov in sorted(aovs & LABEL_AOVS):
            arrays[aov] = self._fill(aov, primary, surface, scene, camera)
        return FrameBuffers(camera.width, camera.height, arrays)

    def trace(self, scene: SceneSnapshot, camera: Camera) -> Primary:
        """Trace one ray a pixel; cut-away parts let it pass, the far plane ends it."""
        seen = [n for n, item in enumerate(scene.instances) if is_seen(item)]
        visible = [scene.instances[n] for n in seen]
        self._trees.update(visible)
        rays = primary_rays(camera)
        hits = self._trees.intersect(rays.origins, rays.directions)
        if any(has_cutout(item) for item in visible):
            hits = pass_cutouts(self._trees, visible, rays, hits)
        depth = (hits.parameter + rays.start) * rays.depth_rate
        kept = (hits.instance >= 0) & (depth <= camera.far)
        if rays.valid is not None:
            kept &= rays.valid
        index = np.array([*seen, -1], np.int32)[np.where(kept, hits.instance, -1)]
        triangle = np.where(kept, hits.triangle, -1).astype(np.int32)
        parameter = np.where(kept, hits.parameter, np.inf).astype(np.float32)
        return Primary(rays, Hits(index, triangle, parameter, hits.barycentric), scene.instances)

    def _fill(self, aov: Aov, primary: Primary, surface: Surface, scene: SceneSnapshot, camera: Camera) -> np.ndarray:
        hits, rays = primary.hits, primary.rays
        shape = (camera.height, camera.width)
        if aov is Aov.COVERAGE:
            return self._coverage.pairs(scene, camera, primary.rays, primary.hits)
        if aov is Aov.INSTANCE:
            return hits.instance.reshape(shape)
        if aov is Aov.TRIANGLE:
            return hits.triangle.reshape(shape)
        if aov is Aov.DEPTH:
            return ((hits.parameter + rays.start) * rays.depth_rate).astype(np.float32).reshape(shape)
        if aov is Aov.DISTANCE:
            return ((hits.parameter + rays.start) * rays.length).astype(np.float32).reshape(shape)
        if aov is Aov.BARYCENTRIC:
            return np.where(hits.instance[:, None] >= 0, hits.barycentric, 0).astype(np.float32).reshape(*shape, 2)
        vectors = {Aov.POSITION: surface.positions, Aov.NORMAL: surface.normals, Aov.ALBEDO: surface.albedo}[aov]()
        return vectors.reshape(*shape, 3)


def pass_cutouts(trees: TwoTrees, instances: Sequence[Instance], rays: Rays, hits: Hits) -> Hits:
    """Let rays go on through cut-away parts until they hit something solid or nothing."""
    instance, triangle = hits.instance.copy(), hits.triangle.copy()
    parameter, barycentric = hits.parameter.copy(), hits.barycentric.copy()
    active = np.arange(len(instance))
    for _ in range(MAX_CUTOUT_LAYERS):
        current = Hits(instance[active], triangle[active], parameter[active], barycentric[active])
        active = active[~is_solid(instances, current)]
        if active.size == 0:
            break
        step = parameter[active] * np.float32(1 + 1e-5) + np.float32(1e-4)
        origins = rays.origins[active] + rays.directions[active] * step[:, None]
        onward = trees.intersect(origins, np.ascontiguousarray(rays.directions[active]))
        instance[active], triangle[active] = onward.instance, onward.triangle
        parameter[active], barycentric[active] = onward.parameter + step, onward.barycentric
    return replace(hits, instance=instance, triangle=triangle, parameter=parameter, barycentric=barycentric)


def is_solid(instances: Sequence[Instance], hits: Hits) -> np.ndarray:
    """Tell for each hit whether the surface is there: misses and opaque parts are."""
    solid = np.ones(len(hits.instance), bool)
    for number in np.unique(hits.instance):
        if number < 0 or not has_cutout(instances[number]):
            continue
        chosen = np.flatnonzero(hits.instance == number)
        item = instances[number]
        uvs = corner_values(item.mesh.corner_uvs[hits.triangle[chosen]], hits.barycentric[chosen])  # type: ignore[index]
        solid[chosen] = sample_scalar(item.material.opacity, uvs) >= item.material.opacity_threshold  # type: ignore[arg-type]
    return solid


def corner_values(
    corners: Float32[np.ndarray, "n 3 c"], weights: Float32[np.ndarray, "n 2"]
) -> Float32[np.ndarray, "n c"]:
    """Interpolate per-corner values with the weights of the 2nd and 3rd corner."""
    u, v = weights[:, 0:1], weights[:, 1:2]
    return corners[:, 0] * (1 - u - v) + corners[:, 1] * u + corners[:, 2] * v
