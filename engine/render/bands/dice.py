"""Uniform numbers of paths: even over the samples of a pixel, independent between pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
STEPS = np.array([p**0.5 % 1 for p in PRIMES], np.float64)


@dataclass(frozen=True)
class Dice:
    """The numbers of one sample of all pixels.

    Each pixel and bounce has random numbers of its own; from sample to sample they move on by irrational steps, so that
    few samples already fill the unit cube evenly, and their mean is still that of independent ones.

    Source: Richtmyer's sequence with a Cranley-Patterson rotation.

    Attributes:
        seed: of the view.
        sample: number of the sample.
    """

    seed: int
    sample: int

    def throw(self, bounce: int, count: int) -> Float32[np.ndarray, "3 n"]:
        """Return three numbers in [0, 1) for each pixel at a bounce."""
        rng = np.random.default_rng([self.seed, bounce])
        if bounce * 3 + 3 > len(STEPS):
            rng = np.random.default_rng([self.seed, bounce, self.sample])
            return rng.random((3, count), np.float32)
        step = (STEPS[bounce * 3 : bounce * 3 + 3] * self.sample % 1).astype(np.float32)
        drawn = rng.random((3, count), np.float32)
        drawn += step[:, None]
        drawn -= drawn >= 1
        return drawn
