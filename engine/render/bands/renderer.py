"""Render every band of a stage: radiance at the camera, and what is true of the surfaces it sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from jaxtyping import Float32

from engine.render.bands.dice import Dice
from engine.render.bands.paths import radiance
from engine.render.bands.sources import sources
from engine.render.bands.surfaces import SurfaceTables
from engine.render.bands.surroundings import Surroundings
from engine.render.bands.world import World, chosen_hits, meet
from engine.render.buffers import RenderSettings
from engine.render.hits import Hits, joined
from engine.render.lens_views import is_flat_image
from engine.render.tracer import LabelTracer, Primary
from engine.stage.scene import Camera, SceneSnapshot

Image = Float32[np.ndarray, "h w k"]
RAYS = 100_000  # followed together: small pictures take several samples at once


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
        total = np.zeros((pixels, len(scene.bands)), np.float32)
        if not scene.bands:
            return total.reshape(view.height, view.width, 0)
        together = max(1, RAYS // pixels)
        for first in range(0, samples, together):
            numbers = range(first, min(first + together, samples))
            primaries = [self._primary(scene, view, samples, number) for number in numbers]
            found = follow(world, primaries, settings.band_bounces, Dice(seed, numbers))
            total += found.reshape(len(numbers), pixels, -1).sum(axis=0)
        return (total / np.float32(samples)).reshape(view.height, view.width, -1)

    def _primary(self, scene: SceneSnapshot, view: Camera, samples: int, number: int) -> Primary:
        """Trace the rays of one sample."""
        x, y = offsets(samples)[number] if is_flat_image(view) else (0.0, 0.0)
        return self._tracer.trace(scene, replace(view, cx=view.cx - x, cy=view.cy - y))

    def surfaces(self, scene: SceneSnapshot, camera: Camera) -> tuple[np.ndarray, Image, Image]:
        """Return what is true at pixel centres.

        Returns:
            Temperatures (h, w), kelvin; emissivities (h, w, bands) in the direction of the camera; transmissions of
            the air (h, w, bands). Where nothing is: nan, 0, 0.
        """
        world = self._world(scene)
        primary = self._tracer.trace(scene, camera)
        directions, hits = _unit(primary)
        hit = np.flatnonzero(hits.instance >= 0)
        count, bands = len(directions), len(scene.bands)
        kelvin = np.full(count, np.nan, np.float32)
        emissivity, clear = np.zeros((count, bands), np.float32), np.zeros((count, bands), np.float32)
        if hit.size:
            met = meet(world, primary.rays.origins[hit], directions[hit], chosen_hits(hits, hit))
            kelvin[hit], emissivity[hit] = met.points.kelvin, met.points.emissivity
            clear[hit] = world.surroundings.clear(met.metres + _gone(primary)[hit])
        size = (camera.height, camera.width)
        return kelvin.reshape(size), emissivity.reshape(*size, bands), clear.reshape(*size, bands)

    def _world(self, scene: SceneSnapshot) -> World:
        self._tracer.take(scene)
        if self._scene is not scene or self._made is None:
            self._scene, self._made = (
                scene,
                World(
                    scene.instances,
                    self._tracer.follow,
                    SurfaceTables(scene.instances, scene.bands),
                    Surroundings(scene.bands, 1 if scene.up_axis == "Y" else 2),
                    sources(scene.lights, scene.bands),
                ),
            )
        return self._made


def follow(world: World, primaries: Sequence[Primary], bounces: int, dice: Dice) -> Float32[np.ndarray, "n k"]:
    """Return the radiance of the rays of some samples, one after the other; 0 where the lens images nothing."""
    pairs = [_unit(primary) for primary in primaries]
    origins = np.concatenate([primary.rays.origins for primary in primaries])
    directions = np.concatenate([directions for directions, _ in pairs])
    gone = np.concatenate([_gone(primary) for primary in primaries])
    result = radiance(world, origins, directions, joined([hits for _, hits in pairs]), gone, bounces, dice)
    valid = primaries[0].rays.valid
    if valid is not None:
        result[~np.tile(valid, len(primaries))] = 0
    return result


def _gone(primary: Primary) -> Float32[np.ndarray, "n"]:
    """Return metres from the camera to where its rays start."""
    length = np.broadcast_to(np.asarray(primary.rays.length, np.float32), len(primary.rays.directions))
    return length * np.float32(primary.rays.start)


def _unit(primary: Primary) -> tuple[Float32[np.ndarray, "n 3"], Hits]:
    """Return unit directions and hits whose parameters are metres."""
    length = np.broadcast_to(np.asarray(primary.rays.length, np.float32), len(primary.rays.directions))
    parameter = primary.hits.parameter * length
    hits = Hits(primary.hits.instance, primary.hits.triangle, parameter, primary.hits.barycentric)
    return primary.rays.directions / length[:, None], hits
