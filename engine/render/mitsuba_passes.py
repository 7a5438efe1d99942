"""Colour split by the way of its light: straight from a light or by other surfaces, by which lobe of the first surface.

The four passes and what the surface emits add up to the colour where something is seen. Light shapes are passed through
and surfaces that let part of the light through are there as often as their opacity says, as in the colour itself.

Each sample runs through Python, about 40 us; Mitsuba traces and evaluates.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, no_type_check

import drjit as dr
import mitsuba as mi
import numpy as np
from jaxtyping import Float32

from engine.render.buffers import Aov, RenderSettings
from engine.render.lens_views import is_flat_image, lens_view
from engine.render.mitsuba_color import BLOCK, ROULETTE, assembled
from engine.render.mitsuba_lights import emitters
from engine.render.mitsuba_meshes import ShapeStore
from engine.render.mitsuba_parts import Parts, PartsWriter
from engine.render.mitsuba_sensor import sensor
from engine.render.tracer import is_seen
from engine.stage.scene import Camera, SceneSnapshot

PASSES = (Aov.DIRECT_DIFFUSE, Aov.INDIRECT_DIFFUSE, Aov.DIRECT_SPECULAR, Aov.INDIRECT_SPECULAR)
CHANNELS = 3 * len(PASSES)
NAMES = [f"{aov}.{channel}" for aov in PASSES for channel in "RGB"]
EVERYTHING = mi.BSDFContext()


class PassRenderer:
    """Render the passes; keeps the built scene while the snapshot stays the same."""

    def __init__(self) -> None:
        self._snapshot: SceneSnapshot | None = None
        self._built: tuple[Any, PartsWriter] | None = None

    def passes(
        self, scene: SceneSnapshot, camera: Camera, seed: int, settings: RenderSettings
    ) -> dict[Aov, Float32[np.ndarray, "h w 3"]]:
        """Return the passes of a view by name, linear, thousands of nits; 0 where nothing is hit."""
        if self._built is None or self._snapshot is not scene:
            store = ShapeStore(writer=PartsWriter)
            items = [item for item in scene.instances if is_seen(item)]
            built = assembled([*store.instanced(items), *emitters(scene, store.textures)])
            self._snapshot, self._built = scene, (built, store.materials)  # type: ignore[assignment]

        def view(flat: Camera, number: int) -> Float32[np.ndarray, "h w c"]:
            return self._view(flat, seed + number, settings)

        image = view(camera, 0) if is_flat_image(camera) else lens_view(camera, view, CHANNELS)
        split = np.split(np.maximum(image, 0.0), len(PASSES), axis=2)
        return dict(zip(PASSES, (np.ascontiguousarray(one) for one in split), strict=True))

    def _view(self, camera: Camera, seed: int, settings: RenderSettings) -> Float32[np.ndarray, "h w c"]:
        assert self._built is not None
        with _unwarned():
            integrator = SplitIntegrator(self._built[1], settings.max_bounces)
        samples, number = settings.pass_samples, seed % 2**32
        taken = sensor(camera, samples)
        image = mi.render(self._built[0], sensor=taken, integrator=integrator, spp=samples, seed=number)  # type: ignore[arg-type]
        return np.nan_to_num(np.array(image, np.float32)[..., -CHANNELS:], nan=0.0, posinf=0.0, neginf=0.0)


@contextmanager
def _unwarned() -> Iterator[None]:
    """Keep back Mitsuba's warning that integrators in Python are slow without a vectorising variant."""
    level = mi.log_level()
    mi.set_log_level(mi.LogLevel.Error)
    try:
        yield
    finally:
        mi.set_log_level(level)


@no_type_check  # tests check types at each call, which costs more here than the sample
class SplitIntegrator(mi.SamplingIntegrator):
    """One sample of the passes at a time.

    Args:
        writer: knows the parts of every surface's BSDF.
        bounces: how often light is reflected, as in the colour.
    """

    def __init__(self, writer: PartsWriter, bounces: int) -> None:
        properties = mi.Properties()
        properties["block_size"] = BLOCK
        super().__init__(properties)
        self._writer = writer
        self._rest = mi.load_dict({"type": "volpath", "max_depth": bounces, "rr_depth": ROULETTE})

    def aov_names(self) -> list[str]:
        """Name the channels behind red, green, blue and alpha."""
        return NAMES

    def sample(self, scene: Any, sampler: Any, ray: Any, medium: Any = None, active: Any = True) -> Any:
        """Return colour, whether something is hit, and the passes."""
        point, parts = self._first(scene, sampler, ray)
        if parts is None:
            return mi.Color3f(0.0), False, [0.0] * CHANNELS
        light = self._light(scene, sampler, point)
        found = [*self._lobe(scene, sampler, point, light, parts.diffuse, None)]
        if parts.has_gloss:
            found += self._lobe(scene, sampler, point, light, parts.whole, parts.diffuse)
        else:
            found += [mi.Color3f(0.0)] * 2
        return sum(found, mi.Color3f(0.0)), True, [channel for color in found for channel in color]

    def _first(self, scene: Any, sampler: Any, ray: Any) -> tuple[Any, Parts | None]:
        """Find the first surface that is there; light shapes are not, others as often as they are opaque."""
        point = scene.ray_intersect(ray)
        while point.is_valid():
            bsdf = point.bsdf()
            parts = self._writer.parts(bsdf)
            clear = max(bsdf.eval_null_transmission(point))
            if parts is not None and (clear <= 0.0 or sampler.next_1d() >= clear):
                return point, parts
            point = scene.ray_intersect(point.spawn_ray(ray.d))
        return point, None

    def _light(self, scene: Any, sampler: Any, point: Any) -> tuple[Any, Any] | None:
        """Choose a point of a light; return it and what of its light arrives, divided by the density of the choice."""
        chosen, weight = scene.sample_emitter_direction(point, sampler.next_2d(), False)
        if chosen.pdf == 0.0 or max(weight) <= 0.0:
            return None
        ray = point.spawn_ray_to(chosen.p)
        hit = scene.ray_intersect(ray)
        while hit.is_valid():
            weight = weight * hit.bsdf().eval_null_transmission(hit)
            if max(weight) <= 0.0:
                return None
            ray = hit.spawn_ray_to(chosen.p)
            hit = scene.ray_intersect(ray)
        return chosen, weight

    def _lobe(self, scene: Any, sampler: Any, point: Any, light: Any, bsdf: Any, less: Any) -> tuple[Any, Any]:
        """Return direct and indirect light by a BSDF less another, both estimators of direct light balanced.

        Source: Veach, Robust Monte Carlo Methods (1997), 9.2, the balance heuristic.
        """

        def value(towards: Any) -> Any:
            found = bsdf.eval(EVERYTHING, point, towards)
            return found if less is None else dr.maximum(found - less.eval(EVERYTHING, point, towards), 0.0)

        direct = indirect = mi.Color3f(0.0)
        if light is not None:
            chosen, weight = light
            towards = point.to_local(chosen.d)
            share = 1.0 if chosen.delta else chosen.pdf / (chosen.pdf + bsdf.pdf(EVERYTHING, point, towards))
            direct = value(towards) * weight * share
        turned, _ = bsdf.sample(EVERYTHING, point, sampler.next_1d(), sampler.next_2d())
        density = bsdf.pdf(EVERYTHING, point, turned.wo)
        if density > 0.0:
            factor = value(turned.wo) / density
            ray = point.spawn_ray(point.to_world(turned.wo))
            straight, balanced = self._straight(scene, point, ray, density)
            direct = direct + factor * balanced
            indirect = factor * (self._rest.sample(scene, sampler, mi.RayDifferential3f(ray))[0] - straight)
        return direct, indirect

    @staticmethod
    def _straight(scene: Any, point: Any, ray: Any, density: float) -> tuple[Any, Any]:
        """Return what lights send straight along a ray, and the same balanced with choosing points of lights."""
        straight = balanced = mi.Color3f(0.0)
        clear: Any = mi.Color3f(1.0)
        at = scene.ray_intersect(ray)
        while True:
            emitter = at.emitter(scene)
            if emitter is not None:
                shown = clear * emitter.eval(at)
                chance = scene.pdf_emitter_direction(point, mi.DirectionSample3f(scene, at, point))
                straight, balanced = straight + shown, balanced + shown * (density / (density + chance))
            if not at.is_valid():
                return straight, balanced
            clear = clear * at.bsdf().eval_null_transmission(at)
            if max(clear) <= 0.0:
                return straight, balanced
            at = scene.ray_intersect(at.spawn_ray(ray.d))
