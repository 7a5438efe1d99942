"""Where shade is even: of most pixels one look at each sun is enough, whatever number of samples they have.

Each pixel looks for the suns once, from what its centre shows. Where it and its eight neighbours show one thing, and
agree on a sun, samples on that thing take it for known; about the edges of shadows and of things every sample looks
for itself. What throws a shadow narrower than a pixel may be missed between two centres.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int32, Int64, UInt8

from engine.render.bands.suns import UNKNOWN
from engine.render.bands.world import World, shade
from engine.render.hits import Hits

WORTH = 4  # samples of a pixel from which the look at its centre pays
STEPS = [(y, x) for y in (0, 1, 2) for x in (0, 1, 2) if (y, x) != (1, 1)]
Codes = UInt8[np.ndarray, "suns n"]


@dataclass(frozen=True, eq=False)
class ShadeMap:
    """What is known of the shade in the pixels of a view.

    Attributes:
        codes: (suns, pixels) `LIT`, `HIDDEN` or `UNKNOWN`.
        instance: (pixels,) of what they hold.
    """

    codes: Codes
    instance: Int32[np.ndarray, "pixels"]

    def of(self, pixels: Int64[np.ndarray, "m"], hits: Hits) -> Codes:
        """Return codes of the first hits of rays.

        Args:
            pixels: which the rays belong to; those of each further sample follow.
            hits: theirs, (m times samples).
        """
        times = len(hits.instance) // len(pixels)
        found = np.tile(self.codes.take(pixels, axis=1), (1, times))
        found *= hits.instance == np.tile(self.instance.take(pixels), times)
        return found


def even_shade(codes: Codes, instance: Int32[np.ndarray, "pixels"], size: tuple[int, int]) -> ShadeMap:
    """Keep what neighbours agree on.

    Args:
        codes: (suns, pixels) of pixel centres.
        instance: (pixels,) that they show, -1 for none.
        size: height and width, pixels.
    """
    seen = np.concatenate([codes.astype(np.int32), instance[None]]).reshape(-1, *size)
    wide = np.pad(seen, ((0, 0), (1, 1), (1, 1)), mode="edge")
    alike = np.ones(seen.shape, bool)
    for y, x in STEPS:
        alike &= wide[:, y : y + size[0], x : x + size[1]] == seen
    same = alike.reshape(len(seen), -1)
    return ShadeMap(np.where(same[:-1] & same[-1] & (instance >= 0), codes, UNKNOWN).astype(np.uint8), instance)


def centre_codes(world: World, count: int, rays: Iterable[tuple[np.ndarray, np.ndarray, Hits]]) -> Codes:
    """Look for the suns from what rays of pixel centres hit.

    Args:
        world: what there is.
        count: of rays in all.
        rays: lots of them in order: (3, n) origins and unit directions, and their hits in metres.
    """
    result = np.zeros((world.suns.count, count), np.uint8)
    start = 0
    for origins, directions, hits in rays:
        met = np.flatnonzero(hits.instance >= 0)
        result[:, start + met] = shade(world, origins, directions, hits, met)
        start += len(hits.instance)
    return result
