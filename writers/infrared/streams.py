"""Where the randomness of infrared cameras comes from: names and numbers alone, so a frame made alone is the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenes.seeds import derive_seed


@dataclass(frozen=True)
class Streams:
    """The random streams of one output of one camera at one frame.

    Args:
        seed: of the scenario.
        frame: its number.
        camera: name of the scenario's camera that it belongs to.
        output: for instance "thermal_lwir".
    """

    seed: int
    frame: int
    camera: str
    output: str

    @property
    def copy_seed(self) -> int:
        """Seed of what one copy of a camera keeps: fixed pattern, bad pixels, dots."""
        return derive_seed(self.seed, "infrared camera", self.camera, self.output)

    def of_frame(self) -> np.random.Generator:
        """Return the generator of this frame's noise."""
        return np.random.default_rng(derive_seed(self.seed, "infrared frame", self.camera, self.output, self.frame))
