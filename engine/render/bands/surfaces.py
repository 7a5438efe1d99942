"""How the surfaces that rays hit behave in every band."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32, Int64

from engine.render.bands.surroundings import Surroundings
from engine.render.cutouts import corner_values
from engine.render.hits import Hits
from engine.render.shading_points import grouped
from engine.render.textures import sample_scalar
from engine.stage.band_data import AMBIENT, BandSurface, Warmth
from engine.stage.scene import Band, Instance

LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)  # Rec. 709
DARKEST, BRIGHTEST = np.float32(0.02), np.float32(0.95)
PLAIN = BandSurface()
ANGLES = 512  # steps of the cosine in the tables
TINY = np.float32(1e-12)


@dataclass(frozen=True, eq=False)
class Points:
    """Surfaces at hits; rows are bands.

    Attributes:
        row: (n,) which column of the tables each is.
        black: (k, n) radiance of black bodies of their temperatures.
        emissivity, reflectance: (k, n); what is missing to 1 goes through.
        brightest: (k, n) what the reflectance is not above in any colour.
    """

    row: Int64[np.ndarray, "n"]
    black: Float32[np.ndarray, "k n"]
    emissivity: Float32[np.ndarray, "k n"]
    reflectance: Float32[np.ndarray, "k n"]
    brightest: Float32[np.ndarray, "k n"]

    def among(self, chosen: Int64[np.ndarray, "m"]) -> Points:
        """Return some of them."""
        bands = (self.black, self.emissivity, self.reflectance, self.brightest)
        return Points(self.row.take(chosen), *(values.take(chosen, axis=1) for values in bands))


class SurfaceTables:
    """The numbers of all instances of a scene, ready to be looked up; instances that behave alike share a column.

    Attributes:
        specular, through, retro: (k, c) as `BandSurface` has them.
        roughness: (c,) GGX alpha of the mirror lobe, the bands' mean.
        goes, shiny: (c,) chances that a path goes through, or about the mirror direction.
        matte, mirror: (k, c) what paths of the other two kinds count for, reflectance apart.
        has_panes, has_mirrors, has_retro: whether any surface is like that.
    """

    def __init__(self, instances: Sequence[Instance], bands: Sequence[Band], surroundings: Surroundings) -> None:
        self._instances, self._surroundings = instances, surroundings
        known: dict[tuple[BandSurface, ...], int] = {}
        rows = [tuple(item.surfaces.get(band.name, PLAIN) for band in bands) for item in instances]
        self._row = np.array([known.setdefault(row, len(known)) for row in rows], np.int64)
        self._warmth(instances, bands)
        kinds = list(known)

        def table(name: str) -> np.ndarray:
            found = np.array([[getattr(surface, name) for surface in row] for row in kinds], np.float32)
            return np.ascontiguousarray(found.reshape(len(kinds), len(bands)).T)

        self.specular, self.through, self.retro = table("specular"), table("transmittance"), table("retro")
        self.roughness = table("roughness").mean(axis=0) if bands else np.zeros(len(kinds), np.float32)
        self._reflected = _by_angle(kinds, len(bands))
        rules = [[surface.luminance or (np.nan, np.nan) for surface in row] for row in kinds]
        self._rule = np.array(rules, np.float32).reshape(len(kinds), len(bands), 2)
        self._ruled = np.isfinite(self._rule[..., 0]).any(axis=1)
        self._chances()

    def _warmth(self, instances: Sequence[Instance], bands: Sequence[Band]) -> None:
        ambient = bands[0].ambient if bands else AMBIENT
        self._kelvin = np.array([_constant(item, ambient) for item in instances], np.float32)
        self._black = self._surroundings.black_body(self._kelvin)
        warmths = [item.warmth for item in instances]
        uneven = [w is not None and not (w.corners is None and w.texture is None) for w in warmths]
        self._uneven = np.array(uneven, bool)

    def _chances(self) -> None:
        self.has_panes, self.has_mirrors = bool((self.through > 0).any()), bool((self.specular > 0).any())
        self.has_retro = bool((self.retro > 0).any())
        self.goes = self.through.mean(axis=0)
        self.shiny = (1 - self.goes) * self.specular.mean(axis=0)
        self.matte = (1 - self.specular) / np.maximum(1 - self.goes - self.shiny, TINY)
        self.mirror = self.specular / np.maximum(self.shiny, TINY)

    def at(
        self, hits: Hits, cosine: Float32[np.ndarray, "n"], albedo: Callable[[], Float32[np.ndarray, "n 3"]]
    ) -> Points:
        """Look up the surfaces of hits, all of which hit something.

        Args:
            hits: what was hit.
            cosine: of the angle between view and normal.
            albedo: gives their linear base colours, where these count.
        """
        row = self._row.take(hits.instance)
        reflectance = self._by_cosine(row, cosine)
        brightest = reflectance
        if self._ruled.any() and (ruled := np.flatnonzero(self._ruled.take(row))).size:
            reflectance, brightest = self._by_colour(reflectance, row, ruled, albedo() @ LUMINANCE)
        emissivity = 1 - reflectance
        if self.has_panes:
            emissivity -= self.through.take(row, axis=1)
        return Points(row, self._black_at(hits), emissivity, reflectance, brightest)

    def _by_cosine(self, row: Int64[np.ndarray, "n"], cosine: Float32[np.ndarray, "n"]) -> Float32[np.ndarray, "k n"]:
        """Read the tables of reflectance linearly."""
        place = cosine * np.float32(ANGLES)
        low = place.astype(np.int64)
        place -= low
        low += row * (ANGLES + 2)
        found = self._reflected.take(low, axis=1)
        low += 1
        step = self._reflected.take(low, axis=1)
        step -= found
        step *= place
        found += step
        return found

    def _by_colour(
        self,
        reflectance: Float32[np.ndarray, "k n"],
        row: Int64[np.ndarray, "n"],
        ruled: Int64[np.ndarray, "m"],
        light: Float32[np.ndarray, "n"],
    ) -> tuple[Float32[np.ndarray, "k n"], Float32[np.ndarray, "k n"]]:
        """Return reflectances that follow the luminance of base colours where a rule says so, and their bounds."""
        result, brightest, rows = reflectance.copy(), reflectance.copy(), row.take(ruled)
        for band in range(len(reflectance)):
            slope, offset = self._rule[:, band, 1].take(rows), self._rule[:, band, 0].take(rows)
            here = np.flatnonzero(np.isfinite(offset))
            told = np.clip(offset[here] + slope[here] * light.take(ruled[here]), DARKEST, BRIGHTEST)
            result[band, ruled[here]] = np.minimum(told, 1 - self.through[band].take(rows[here]))
            brightest[band, ruled[here]] = BRIGHTEST
        return result, brightest

    def _black_at(self, hits: Hits) -> Float32[np.ndarray, "k n"]:
        result = self._black.take(hits.instance, axis=1)
        uneven = np.flatnonzero(self._uneven.take(hits.instance)) if self._uneven.any() else np.empty(0, np.int64)
        if uneven.size:
            result[:, uneven] = self._surroundings.black_body(self.kelvin(hits).take(uneven))
        return result

    def clear(self, instance: Int32[np.ndarray, "n"]) -> Float32[np.ndarray, "k n"]:
        """Return the share that goes straight through instances."""
        return self.through.take(self._row.take(instance), axis=1)

    def kelvin(self, hits: Hits) -> Float32[np.ndarray, "n"]:
        """Return temperatures at hits, all of which hit something."""
        kelvin = self._kelvin.take(hits.instance)
        uneven = np.flatnonzero(self._uneven.take(hits.instance))
        for number, chosen in grouped(hits.instance, uneven):
            item, triangles, weights = self._instances[number], hits.triangle[chosen], hits.barycentric[chosen]
            warmth: Warmth = item.warmth  # type: ignore[assignment]
            if warmth.corners is not None:
                kelvin[chosen] += corner_values(warmth.corners[triangles][..., None], weights)[:, 0]
            if warmth.texture is not None:
                uvs = corner_values(item.mesh.corner_uvs[triangles], weights)  # type: ignore[index]
                kelvin[chosen] += sample_scalar(warmth.texture, uvs)
        return kelvin


def _by_angle(kinds: Sequence[Sequence[BandSurface]], bands: int) -> Float32[np.ndarray, "k t"]:
    """Return reflectances at `ANGLES` equal steps of the cosine, one kind after the other; the last is there twice."""
    cosine = np.linspace(0, 1, ANGLES + 1)
    found = np.zeros((bands, len(kinds), ANGLES + 2), np.float32)
    for column, row in enumerate(kinds):
        for band, surface in enumerate(row):
            found[band, column, :-1] = _reflectance(surface, cosine)
    found[..., -1] = found[..., -2]
    return found.reshape(bands, len(kinds) * (ANGLES + 2))


def _reflectance(surface: BandSurface, cosine: np.ndarray) -> np.ndarray | float:
    most = 1 - surface.transmittance
    if surface.reflectance is not None:
        return surface.reflectance
    if surface.emissivities:
        emissivity = np.interp(cosine, np.linspace(0, 1, len(surface.emissivities)), surface.emissivities)
    else:
        emissivity = surface.emissivity * (1 - surface.grazing * (1 - cosine) ** 5)
    return most - np.clip(emissivity, 0, most)


def _constant(item: Instance, ambient: float) -> float:
    warmth = item.warmth
    if warmth is None:
        return ambient
    return (ambient if warmth.temperature is None else warmth.temperature) + warmth.offset
