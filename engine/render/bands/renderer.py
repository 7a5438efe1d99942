"""Render every band of a stage: radiance at the camera, and what is true of the surfaces it sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from jaxtyping import Float32, Int64

from engine.render.bands.dice import Dice
from engine.render.bands.normals import Normals
from engine.render.bands.paths import radiance
from engine.render.bands.shade_map import WORTH, ShadeMap, centre_codes, even_shade
from engine.render.bands.sources import sources
from engine.render.bands.suns import Suns
from engine.render.bands.surfaces import SurfaceTables
from engine.render.bands.surroundings import Surroundings
from engine.render.bands.world import World, chosen_hits, meet
from engine.render.buffers import RenderSettings
from engine.render.hits import Hits, joined
from engine.render.lens_views import is_flat_image
from engine.render.tracer import LabelTracer, Primary
from engine.stage.scene import Camera, SceneSnapshot

Image = Float32[np.ndarray, "h w k"]
BLOCK = 1 << 15  # rays followed together, as many as caches hold: small pictures take several samples at once


def finer(camera: Camera, factor: int) -> Camera:
    """Return the same view with `factor` times as many pixels each way."""
    if factor == 1:
        return camera
    size: dict[str, Any] = {"width": camera.width * factor, "height": camera.height * factor}
    lens = {name: getattr(camera, name) * factor for name in ("fx", "fy", "cx", "cy")}
    return replace(camera, **size, **lens)


def offsets(samples: int) -> list[tuple[float, float]]:
    """Return places in a pixel, from its centre: a grid where the number of samples makes one, else a sequence.

    Source: the additive recurrence of the plastic number (Roberts, 2018) where no grid fits.
    """
    side = round(samples**0.5)
    if side * side == samples:
        steps = [(n + 0.5) / side - 0.5 for n in range(side)]
        return [(x, y) for y in steps for x in steps]
    return [((n * 0.7548776662 + 0.5) % 1 - 0.5, (n * 0.5698402910 + 0.5) % 1 - 0.5) for n in range(samples)]


class BandRenderer:
    """Trace bands over the trees of a label tracer."""

    def __init__(self, tracer: LabelTracer) -> None:
        self._tracer = tracer
        self._scene: SceneSnapshot | None = None
        self._made: World | None = None

    def radiance(self, scene: SceneSnapshot, camera: Camera, seed: int, settings: RenderSettings) -> Image:
        """Return in-band radiance at the camera, W m-2 sr-1, air included: (h, w, bands), by name.

        With `settings.band_supersampling` s the image is (h s, w s, bands); samples are shared between the parts of a
        pixel, one each at least.
        """
        view = finer(camera, settings.band_supersampling)
        samples = max(1, settings.band_samples // settings.band_supersampling**2)
        world, pixels = self._world(scene), view.height * view.width
        total = np.zeros((len(scene.bands), pixels), np.float32)
        if not scene.bands:
            return np.zeros((view.height, view.width, 0), np.float32)
        shades = self._shades(scene, view, world) if samples >= WORTH and world.suns.is_any else None
        together = max(1, BLOCK // pixels)
        for first in range(0, samples, together):
            numbers = range(first, min(first + together, samples))
            primaries = [self._primary(scene, view, samples, number) for number in numbers]
            add(total, world, primaries, settings.band_bounces, seed, (numbers, samples), shades)
        total /= np.float32(samples)
        return np.ascontiguousarray(total.T).reshape(view.height, view.width, -1)

    def _primary(self, scene: SceneSnapshot, view: Camera, samples: int, number: int) -> Primary:
        """Trace the rays of one sample."""
        x, y = offsets(samples)[number] if is_flat_image(view) else (0.0, 0.0)
        return self._tracer.trace(scene, replace(view, cx=view.cx - x, cy=view.cy - y))

    def _shades(self, scene: SceneSnapshot, view: Camera, world: World) -> ShadeMap:
        """Look for the suns from pixel centres."""
        primary, pixels = self._tracer.trace(scene, view), view.height * view.width
        lots = (rays_of(primary, np.arange(n, min(n + BLOCK, pixels))) for n in range(0, pixels, BLOCK))
        codes = centre_codes(world, pixels, (lot[:3] for lot in lots))
        return even_shade(codes, primary.hits.instance, (view.height, view.width))

    def surfaces(self, scene: SceneSnapshot, camera: Camera) -> tuple[np.ndarray, Image, Image]:
        """Return what is true at pixel centres.

        Returns:
            Temperatures (h, w), kelvin; emissivities (h, w, bands) in the direction of the camera; transmissions of
            the air (h, w, bands). Where nothing is: nan, 0, 0.
        """
        world = self._world(scene)
        primary = self._tracer.trace(scene, camera)
        count, bands = camera.width * camera.height, len(scene.bands)
        hit = np.flatnonzero(primary.hits.instance >= 0)
        kelvin = np.full(count, np.nan, np.float32)
        emissivity, clear = np.zeros((count, bands), np.float32), np.zeros((count, bands), np.float32)
        if hit.size:
            origins, directions, hits, gone = rays_of(primary, hit)
            met = meet(world, origins, directions, hits)
            kelvin[hit], emissivity[hit] = world.tables.kelvin(hits), met.points.emissivity.T
            if met.warmer is not None:
                kelvin[hit] += met.warmer
            clear[hit] = world.surroundings.clear(met.metres + gone).T
        size = (camera.height, camera.width)
        return kelvin.reshape(size), emissivity.reshape(*size, bands), clear.reshape(*size, bands)

    def _world(self, scene: SceneSnapshot) -> World:
        self._tracer.take(scene)
        if self._scene is not scene or self._made is None:
            surroundings = Surroundings(scene.bands, 1 if scene.up_axis == "Y" else 2)
            self._scene, self._made = (
                scene,
                World(
                    scene.instances,
                    self._tracer.follow,
                    SurfaceTables(scene.instances, scene.bands, surroundings),
                    Normals(scene.instances),
                    surroundings,
                    sources(scene.lights, scene.bands),
                    Suns(scene.instances, scene.bands),
                ),
            )
        return self._made


def add(
    total: Float32[np.ndarray, "k n"],
    world: World,
    primaries: Sequence[Primary],
    bounces: int,
    seed: int,
    numbers: tuple[range, int],
    shades: ShadeMap | None = None,
) -> None:
    """Add the radiance of all rays of some samples; nothing where the lens images nothing.

    Args:
        total: (k, n) sums by pixel.
        world: what there is.
        primaries: the first hits of each sample's rays.
        bounces: how often radiation is reflected.
        seed: of the view.
        numbers: of these samples, and how many there are in all.
        shades: what is known of the shade in the pixels.
    """
    pixels = total.shape[1]
    for block, start in enumerate(range(0, pixels, BLOCK)):
        part = np.arange(start, min(start + BLOCK, pixels))
        pieces = [rays_of(primary, part) for primary in primaries]
        origins, directions, gone = (np.concatenate([piece[n] for piece in pieces], axis=-1) for n in (0, 1, 3))
        hits = joined([piece[2] for piece in pieces])
        dice = Dice(seed, *numbers, block, len(part))
        known = None if shades is None else shades.of(part, hits)
        found = radiance(world, origins, directions, hits, gone, bounces, dice, known)
        valid = primaries[0].rays.valid
        if valid is not None:
            found[:, ~np.tile(valid[part], len(primaries))] = 0
        total[:, part] += found.reshape(len(total), len(primaries), -1).sum(axis=1)


def rays_of(
    primary: Primary, chosen: Int64[np.ndarray, "m"]
) -> tuple[Float32[np.ndarray, "3 m"], Float32[np.ndarray, "3 m"], Hits, Float32[np.ndarray, "m"]]:
    """Return origins, unit directions, hits whose parameters are metres, and metres from the camera to the origins."""
    rays, hits = primary.rays, chosen_hits(primary.hits, chosen)
    length = np.broadcast_to(np.asarray(rays.length, np.float32), len(rays.directions)).take(chosen)
    directions = np.ascontiguousarray(rays.directions.take(chosen, axis=0).T)
    directions /= length
    met = Hits(hits.instance, hits.triangle, hits.parameter * length, hits.barycentric)
    origins = np.ascontiguousarray(rays.origins.take(chosen, axis=0).T)
    return origins, directions, met, length * np.float32(rays.start)
