"""What the suns of a day add to temperatures, where they shine and nothing is in their way: shade is colder."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Bool, Float32, Int32, UInt8

from engine.render.hits import Hits
from engine.stage.scene import Band, Instance

SLIGHT = np.float32(0.05)  # kelvin: a sun that adds less is not looked for, it shines
STEP = np.float32(1e-4)  # metres that a ray starts behind what is passing, and as much relative to the way to it
LAYERS = 64  # of passing things, at most, through which what stays is looked for
UNKNOWN, LIT, HIDDEN = 0, 1, 2  # whether a sun shines on a place
Follow = Callable[[np.ndarray, np.ndarray], Hits]
Numbers = Float32[np.ndarray, "n"]


class Suns:
    """The suns of `Band.sun_path` and what each adds to every instance.

    A surface that faces a sun is warmer by the authored kelvin times the cosine, unless something is in the way. What
    is passing counts for the first sun alone, the present one.

    Args:
        instances: of the scene.
        bands: of the scene; without one in which things glow nothing is added.

    Attributes:
        is_any: something is added somewhere.
    """

    def __init__(self, instances: Sequence[Instance], bands: Sequence[Band]) -> None:
        path = next((band.sun_path for band in bands if len(band.sun_path)), np.zeros((0, 3)))
        self._towards = np.asarray(path, np.float32)
        self._kelvin = np.zeros((len(path), len(instances)), np.float32)
        self._passing = np.zeros(len(instances), bool)
        for number, item in enumerate(instances if len(path) else ()):
            if item.warmth is not None:
                given = item.warmth.suns[: len(path)]
                self._kelvin[: len(given), number] = given
                self._passing[number] = item.warmth.is_passing
        glows = any(bool(np.any(band.radiances > 0)) for band in bands)
        self.is_any = glows and bool(self._kelvin.any())

    @property
    def count(self) -> int:
        """Return how many suns there are."""
        return len(self._towards)

    def kelvin(
        self,
        follow: Follow,
        origins: Float32[np.ndarray, "3 n"],
        normals: Float32[np.ndarray, "3 n"],
        instance: Int32[np.ndarray, "n"],
        sought: Bool[np.ndarray, "n"],
        known: UInt8[np.ndarray, "suns n"] | None = None,
    ) -> Numbers:
        """Return what suns add at points on surfaces.

        Args:
            follow: finds first hits of (n, 3) origins and directions.
            origins: just above the surfaces, world.
            normals: unit, world.
            instance: which each is on.
            sought: where shade is looked for; elsewhere all suns that a surface faces shine on it.
            known: `LIT` and `HIDDEN` where a sun need not be looked for, `UNKNOWN` elsewhere.
        """
        added = np.zeros(len(instance), np.float32)
        for number, towards in enumerate(self._towards):
            share = self._most(number, towards, normals, instance)
            looked = (share > SLIGHT) & sought
            if known is not None:
                share[looked & (known[number] == HIDDEN)] = 0
                looked &= known[number] == UNKNOWN
            doubtful = np.flatnonzero(looked)
            if doubtful.size:
                starts = np.ascontiguousarray(origins.take(doubtful, axis=1).T)
                share[doubtful[self._hidden(follow, starts, towards, is_past=number > 0)]] = 0
            added += share
        return added

    def codes(
        self,
        follow: Follow,
        origins: Float32[np.ndarray, "3 n"],
        normals: Float32[np.ndarray, "3 n"],
        instance: Int32[np.ndarray, "n"],
    ) -> UInt8[np.ndarray, "suns n"]:
        """Look for every sun: `LIT` or `HIDDEN`, and `UNKNOWN` where one adds too little to be looked for.

        Args:
            follow, origins, normals, instance: as for `kelvin`.
        """
        found = np.full((self.count, len(instance)), UNKNOWN, np.uint8)
        for number, towards in enumerate(self._towards):
            doubtful = np.flatnonzero(self._most(number, towards, normals, instance) > SLIGHT)
            if doubtful.size:
                starts = np.ascontiguousarray(origins.take(doubtful, axis=1).T)
                hidden = self._hidden(follow, starts, towards, is_past=number > 0)
                found[number, doubtful] = np.where(hidden, HIDDEN, LIT)
        return found

    def _most(
        self,
        number: int,
        towards: Float32[np.ndarray, "3"],
        normals: Float32[np.ndarray, "3 n"],
        instance: Int32[np.ndarray, "n"],
    ) -> Numbers:
        """Return what a sun adds where nothing is in its way."""
        share = self._kelvin[number].take(instance)
        share *= np.maximum(towards @ normals, 0)
        return share

    def _hidden(
        self, follow: Follow, starts: Float32[np.ndarray, "n 3"], towards: Float32[np.ndarray, "3"], is_past: bool
    ) -> Bool[np.ndarray, "n"]:
        """Tell which places have something in the way of a sun; in the past what is passing was not yet there."""
        hits = follow(starts, np.broadcast_to(towards, starts.shape).copy())
        hidden = hits.instance >= 0
        left, way = np.arange(len(starts)), np.zeros(len(starts), np.float32)
        for _ in range(LAYERS if is_past and self._passing.any() else 0):
            passes = (hits.instance >= 0) & self._passing.take(hits.instance, mode="wrap")
            left, ahead = left[passes], hits.parameter[passes]
            if not left.size:
                break
            way[left] += ahead + STEP * (1 + way[left] + ahead)
            hits = follow(starts[left] + towards * way[left, None], np.broadcast_to(towards, (len(left), 3)).copy())
            hidden[left] = hits.instance >= 0
        return hidden
