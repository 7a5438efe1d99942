"""What shines in a band from one direction: the sun, floods and projectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Float32, Int64

from engine.render.bands.lobes import dot
from engine.render.bands.surfaces import LUMINANCE
from engine.render.textures import file_stamp, load_rgba
from engine.stage.scene import Band, Light

FAR = np.float32(1e30)


@dataclass(frozen=True, eq=False)
class Arrival:
    """What reaches points from one source, were nothing in the way.

    Attributes:
        towards: (3, n) unit vectors to the source.
        metres: (n,) to it.
        irradiance: (k, n) W m-2 on a surface that faces it.
    """

    towards: Float32[np.ndarray, "3 n"]
    metres: Float32[np.ndarray, "n"]
    irradiance: Float32[np.ndarray, "k n"]

    def among(self, chosen: Int64[np.ndarray, "m"]) -> Arrival:
        """Return what reaches some of the points."""
        return Arrival(self.towards[:, chosen], self.metres[chosen], self.irradiance[:, chosen])


class Sun:
    """A far source: parallel rays; what air takes is not in its irradiance any more."""

    is_near = False

    def __init__(self, direction: tuple[float, float, float], irradiance: Float32[np.ndarray, "k"]) -> None:
        self._direction, self._irradiance = np.array(direction, np.float32)[:, None], irradiance[:, None]

    def reach(self, points: Float32[np.ndarray, "3 n"]) -> Arrival:
        """Return what reaches points."""
        count = points.shape[1]
        towards = np.broadcast_to(self._direction, (3, count))
        irradiance = np.broadcast_to(self._irradiance, (len(self._irradiance), count))
        return Arrival(towards, np.broadcast_to(FAR, count), irradiance)


class Lamp:
    """A small lamp: a flood about its axis (-Z), a projector of an image, or a source that radiates evenly.

    Source: a flood's intensity is (m + 1)/(2 pi) P cos^m(theta), m = -ln 2 / ln cos(half angle); a projector spreads
    its power over a plane across its axis as the texels say: dots have the same power wherever they are.
    """

    is_near = True

    def __init__(self, light: Light, bands: Sequence[Band]) -> None:
        self._light = light
        self._power = np.array([light.bands[b.name].power if b.name in light.bands else 0.0 for b in bands], np.float32)
        told = next(iter(light.bands.values()))
        self._half, self._field = told.half_angle, told.field_of_view
        self._place = light.world_from_light[:3, 3].astype(np.float32)
        axes = light.world_from_light[:3, :3]
        self._axes = (axes / np.maximum(np.linalg.norm(axes, axis=0), 1e-12)).astype(np.float32)

    def reach(self, points: Float32[np.ndarray, "3 n"]) -> Arrival:
        """Return what reaches points."""
        towards = self._place[:, None] - points
        squared = np.maximum(dot(towards, towards), np.float32(1e-8))
        metres = np.sqrt(squared)
        towards /= metres
        intensity = self._intensity(towards)
        intensity /= squared
        return Arrival(towards, metres, intensity * self._power[:, None])

    def _intensity(self, towards: Float32[np.ndarray, "3 n"]) -> Float32[np.ndarray, "n"]:
        """Return the intensity of one watt, 1/sr, towards points from which the lamp lies in some directions."""
        cosine = self._axes[:, 2] @ towards
        if self._field is not None:
            return self._projected(towards, cosine)
        if self._half is None:
            return np.full(len(cosine), 1 / (4 * np.pi), np.float32)
        exponent = -np.log(2.0) / np.log(np.cos(min(self._half, 1.5)))
        peak = (exponent + 1) / (2 * np.pi)
        return np.float32(peak) * np.maximum(cosine, 0) ** np.float32(exponent)

    def _projected(
        self, towards: Float32[np.ndarray, "3 n"], cosine: Float32[np.ndarray, "n"]
    ) -> Float32[np.ndarray, "n"]:
        half = np.tan(np.array(self._field) / 2).astype(np.float32)
        front = np.maximum(cosine, np.float32(1e-6))
        x, y = (-(self._axes[:, axis] @ towards) / front for axis in (0, 1))
        inside = (cosine > 1e-6) & (np.abs(x) < half[0]) & (np.abs(y) < half[1])
        image = pattern(self._light, (float(half[0]), float(half[1])))
        found = _between_texels(image, (x / half[0] + 1) / 2, (1 - y / half[1]) / 2)
        return np.where(inside, found * (1 + x * x + y * y) ** 1.5, 0).astype(np.float32)


def _between_texels(
    image: Float32[np.ndarray, "h w"], across: Float32[np.ndarray, "n"], down: Float32[np.ndarray, "n"]
) -> Float32[np.ndarray, "n"]:
    """Read an image bilinearly at places of 0..1 from its top left corner; its edge goes on beyond it."""
    height, width = image.shape
    x = np.clip(across * width - np.float32(0.5), 0, width - 1)
    y = np.clip(down * height - np.float32(0.5), 0, height - 1)
    left, top = np.minimum(x.astype(np.int64), max(width - 2, 0)), np.minimum(y.astype(np.int64), max(height - 2, 0))
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    u, v = x - left, y - top
    upper = image[top, left] * (1 - u) + image[top, right] * u
    lower = image[bottom, left] * (1 - u) + image[bottom, right] * u
    return (upper * (1 - v) + lower * v).astype(np.float32)


def pattern(light: Light, half: tuple[float, float]) -> Float32[np.ndarray, "h w"]:
    """Return the watts a unit of plane, at unit distance across the axis, of each texel: one watt in all."""
    texture = light.texture
    return _pattern(texture.path if texture else "", file_stamp(texture.path) if texture else 0, half)


@lru_cache(maxsize=16)
def _pattern(path: str, stamp: int, half: tuple[float, float]) -> np.ndarray:
    texels = np.ones((1, 1), np.float32)
    if path:
        texels = load_rgba(path)[..., :3].astype(np.float32) @ LUMINANCE
    cell = 4 * half[0] * half[1] / texels.size
    return (texels / max(float(texels.sum(dtype=np.float64) * cell), 1e-20)).astype(np.float32)


def sources(lights: Sequence[Light], bands: Sequence[Band]) -> list[Sun | Lamp]:
    """List what shines: the suns of the bands, then the lights that radiate in one of them."""
    found: list[Sun | Lamp] = []
    for direction in dict.fromkeys(band.sun_direction for band in bands if band.sun_irradiance > 0):
        power = [band.sun_irradiance if band.sun_direction == direction else 0.0 for band in bands]
        found.append(Sun(direction, np.array(power, np.float32)))
    names = {band.name for band in bands}
    found += [Lamp(light, bands) for light in lights if names & set(light.bands)]
    return found


__all__ = ["Arrival", "Lamp", "Sun", "pattern", "sources"]
