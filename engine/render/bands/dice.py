"""Uniform numbers of paths: even over the samples of a pixel, independent between pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53)
STEPS = np.array([p**0.5 % 1 for p in PRIMES], np.float64)
THROWN = 4  # numbers a bounce


@dataclass(frozen=True)
class Dice:
    """The numbers of some samples of all pixels.

    Each pixel and bounce has random numbers of its own; from sample to sample they move on by irrational steps, so that
    few samples already fill the unit cube evenly, and their mean is still that of independent ones. A sample's numbers
    do not depend on which others are thrown with it.

    Source: Richtmyer's sequence with a Cranley-Patterson rotation.

    Attributes:
        seed: of the view.
        samples: numbers of the samples.
    """

    seed: int
    samples: range

    def throw(self, bounce: int, pixels: int) -> Float32[np.ndarray, "4 n"]:
        """Return numbers in [0, 1) for each pixel at a bounce, sample after sample."""
        first = bounce * THROWN
        if first + THROWN > len(STEPS):
            rngs = [np.random.default_rng([self.seed, bounce, sample]) for sample in self.samples]
            return np.concatenate([rng.random((THROWN, pixels), np.float32) for rng in rngs], axis=1)
        own = np.random.default_rng([self.seed, bounce]).random((THROWN, 1, pixels), np.float32)
        steps = STEPS[first : first + THROWN, None] * np.array(self.samples) % 1
        drawn = own + steps.astype(np.float32)[..., None]
        drawn -= drawn >= 1
        return drawn.reshape(THROWN, -1)
