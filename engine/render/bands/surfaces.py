"""How the surfaces that rays hit behave in every band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32

from engine.render.cutouts import corner_values
from engine.render.hits import Hits
from engine.render.shading_points import Surface, grouped
from engine.render.textures import sample_scalar
from engine.stage.band_data import AMBIENT, BandSurface, Warmth
from engine.stage.scene import Band, Instance

LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)  # Rec. 709
DARKEST, BRIGHTEST = 0.02, 0.95
PLAIN = BandSurface()
ANGLES = 129


@dataclass(frozen=True, eq=False)
class Points:
    """Surfaces at hits; columns are bands.

    Attributes:
        kelvin: (n,) temperatures.
        emissivity, reflectance, through: (n, k), 1 in all.
        brightest: (n, k) what the reflectance is not above in any colour.
        specular: (n, k) share of the reflected part in the mirror lobe.
        roughness: (n,) GGX alpha of that lobe, the bands' mean.
        retro: (n, k) gain towards the source.
    """

    kelvin: Float32[np.ndarray, "n"]
    emissivity: Float32[np.ndarray, "n k"]
    reflectance: Float32[np.ndarray, "n k"]
    brightest: Float32[np.ndarray, "n k"]
    through: Float32[np.ndarray, "n k"]
    specular: Float32[np.ndarray, "n k"]
    roughness: Float32[np.ndarray, "n"]
    retro: Float32[np.ndarray, "n k"]


class SurfaceTables:
    """The numbers of all instances of a scene, ready to be looked up by instance."""

    def __init__(self, instances: Sequence[Instance], bands: Sequence[Band]) -> None:
        self._instances = instances
        ambient = bands[0].ambient if bands else AMBIENT
        rows = [[item.surfaces.get(band.name, PLAIN) for band in bands] for item in instances]

        def table(name: str, missing: float = 0.0) -> np.ndarray:
            values = [[missing if (v := getattr(s, name)) is None else v for s in row] for row in rows]
            return np.array(values, np.float32).reshape(len(rows), len(bands))

        self._emissivity, self._grazing = table("emissivity"), table("grazing")
        self._specular, self._through, self._retro = table("specular"), table("transmittance"), table("retro")
        self._roughness = table("roughness").mean(axis=1) if bands else np.zeros(len(rows), np.float32)
        self._reflectance = table("reflectance", np.nan)
        rules = [[s.luminance or (np.nan, np.nan) for s in row] for row in rows]
        self._rule = np.array(rules, np.float32).reshape(len(rows), len(bands), 2)
        self._by_rule = np.isfinite(self._rule[..., 0])
        self._by_reflectance = np.isfinite(self._reflectance)
        self._kelvin = np.array([_constant(item, ambient) for item in instances], np.float32)
        self._curves, self._curve = _curves(rows)
        warmths = [item.warmth for item in instances]
        self._uneven = np.array([w is not None and not (w.corners is None and w.texture is None) for w in warmths])

    def at(self, hits: Hits, surface: Surface, cosine: Float32[np.ndarray, "n"]) -> Points:
        """Look up the surfaces of hits, all of which hit something.

        Args:
            hits: what was hit.
            surface: the same hits, for base colours.
            cosine: of the angle between view and normal.
        """
        at = hits.instance
        through = self._through[at]
        falloff = ((1 - cosine) ** 5)[:, None]
        normal = self._emissivity[at]
        emissivity = normal - self._grazing[at] * normal * falloff
        curve = self._curve[at]
        if (curve >= 0).any():
            emissivity = np.where(curve >= 0, _along(self._curves[curve], cosine), emissivity)
        emissivity = np.clip(emissivity, 0, 1 - through)
        reflectance = 1 - through - emissivity
        given = self._by_reflectance[at]
        if given.any():
            reflectance = np.where(given, self._reflectance[at], reflectance)
        brightest, ruled = reflectance, self._by_rule[at]
        if ruled.any():
            light = surface.albedo() @ LUMINANCE
            rule = self._rule[at]
            told = np.clip(rule[..., 0] + rule[..., 1] * light[:, None], DARKEST, BRIGHTEST)
            reflectance = np.where(ruled, np.minimum(told, 1 - through), reflectance)
            brightest = np.where(ruled, np.float32(BRIGHTEST), brightest)
        emissivity = np.where(given | ruled, 1 - through - reflectance, emissivity)
        specular, roughness = self._specular[at], self._roughness[at]
        return Points(
            self._warm(hits), emissivity, reflectance, brightest, through, specular, roughness, self._retro[at]
        )

    def through(self, instance: Int32[np.ndarray, "n"]) -> Float32[np.ndarray, "n k"]:
        """Return the share that goes straight through instances."""
        return self._through[instance]

    def _warm(self, hits: Hits) -> Float32[np.ndarray, "n"]:
        kelvin = self._kelvin[hits.instance]
        uneven = np.flatnonzero(self._uneven[hits.instance])
        for number, chosen in grouped(hits.instance, uneven):
            item, triangles, weights = self._instances[number], hits.triangle[chosen], hits.barycentric[chosen]
            warmth: Warmth = item.warmth  # type: ignore[assignment]
            if warmth.corners is not None:
                kelvin[chosen] += corner_values(warmth.corners[triangles][..., None], weights)[:, 0]
            if warmth.texture is not None:
                uvs = corner_values(item.mesh.corner_uvs[triangles], weights)  # type: ignore[index]
                kelvin[chosen] += sample_scalar(warmth.texture, uvs)
        return kelvin


def _curves(rows: Sequence[Sequence[BandSurface]]) -> tuple[Float32[np.ndarray, "c a"], Int32[np.ndarray, "n k"]]:
    """Return the distinct emissivity curves at `ANGLES` equal steps of the cosine, and each surface's: -1 for none."""
    known: dict[tuple[float, ...], int] = {}
    index = [[known.setdefault(s.emissivities, len(known)) if s.emissivities else -1 for s in row] for row in rows]
    steps = np.linspace(0, 1, ANGLES)
    table = [np.interp(steps, np.linspace(0, 1, len(curve)), curve) for curve in known]
    wide = len(rows[0]) if rows else 0
    return np.array(table or [np.zeros(ANGLES)], np.float32), np.array(index, np.int32).reshape(len(rows), wide)


def _along(curves: Float32[np.ndarray, "n k a"], cosine: Float32[np.ndarray, "n"]) -> Float32[np.ndarray, "n k"]:
    """Read curves at cosines, linearly."""
    place = cosine * (ANGLES - 1)
    low = np.minimum(place.astype(np.int64), ANGLES - 2)
    share = (place - low)[:, None]
    first = np.take_along_axis(curves, low[:, None, None], 2)[..., 0]
    second = np.take_along_axis(curves, low[:, None, None] + 1, 2)[..., 0]
    return (first * (1 - share) + second * share).astype(np.float32)


def _constant(item: Instance, ambient: float) -> float:
    warmth = item.warmth
    if warmth is None:
        return ambient
    return (ambient if warmth.temperature is None else warmth.temperature) + warmth.offset
