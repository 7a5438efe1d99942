"""Uniform numbers of paths: even over the samples of a pixel, independent between pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32, Int64

PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53)
STEPS = np.array([p**0.5 % 1 for p in PRIMES], np.float64)
THROWN = 4  # numbers a bounce
ENOUGH, MOST_REPEATS = 16, 4
STEP = 2.0**-16  # between the numbers that a pixel starts from


@dataclass(frozen=True)
class Dice:
    """The numbers of some samples of some pixels.

    Each pixel and bounce has random numbers of its own; from sample to sample they move on by irrational steps, so that
    few samples already fill the unit cube evenly, and their mean is still that of independent ones. A sample's numbers
    do not depend on which others are thrown with it.

    Source: Richtmyer's sequence with a Cranley-Patterson rotation.

    Attributes:
        seed: of the view.
        samples: numbers of the samples.
        count: how many samples there are in all.
        block: number of the lot of pixels.
        pixels: how many are in it.
    """

    seed: int
    samples: range
    count: int
    block: int
    pixels: int

    @property
    def repeats(self) -> int:
        """Paths of a sample where one would be noisy: so many that a pixel has `ENOUGH` of them."""
        return max(1, min(MOST_REPEATS, ENOUGH // self.count))

    def again(self, number: int) -> Dice:
        """Return the numbers of other paths of the same samples."""
        first, end = (place + number * self.count for place in (self.samples.start, self.samples.stop))
        return replace(self, samples=range(first, end))

    def throw(self, bounce: int, rays: Int64[np.ndarray, "n"]) -> Float32[np.ndarray, "4 n"]:
        """Return numbers in [0, 1) for some rays at a bounce; rays are counted sample after sample."""
        first = bounce * THROWN
        if first + THROWN > len(STEPS):
            seeds = [[self.seed, bounce, self.block, sample] for sample in self.samples]
            drawn = [np.random.default_rng(seed).random((THROWN, self.pixels), np.float32) for seed in seeds]
            return np.concatenate(drawn, axis=1).take(rays, axis=1)
        sample, pixel = divmod(rays, self.pixels) if len(self.samples) > 1 else (np.zeros(1, np.int64), rays)
        moved = STEPS[first : first + THROWN, None] * np.array(self.samples) % 1 + STEP / 2
        found = self._starts(bounce).take(pixel, axis=1).astype(np.float32)
        found *= np.float32(STEP)
        found += moved.astype(np.float32).take(sample, axis=1)
        found -= found >= 1
        return found

    def _starts(self, bounce: int) -> np.ndarray:
        """Return whole numbers below 2^16, (4, pixels)."""
        generator = np.random.default_rng([self.seed, bounce, self.block])
        return np.frombuffer(generator.bytes(2 * THROWN * self.pixels), "<u2").reshape(THROWN, self.pixels)
