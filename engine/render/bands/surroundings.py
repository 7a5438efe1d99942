"""What does not depend on surfaces: black bodies, sky, ground and air, in all bands at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from jaxtyping import Float, Float32

from engine.stage.scene import Band


class Surroundings:
    """Tables of several bands; columns of results are bands in the given order.

    Args:
        bands: as read from the stage.
        up: index of the stage's up axis.

    Attributes:
        count: how many bands.
        up: index of the stage's up axis.
        has_air: air does something in one of them.
        glow: (k,) black-body radiance of the air.
    """

    def __init__(self, bands: Sequence[Band], up: int) -> None:
        self._bands, self.up = tuple(bands), up
        self._ground = np.array([band.ground for band in bands], np.float32)
        self.count = len(self._bands)
        self.glow = np.array([band.air_radiance for band in bands], np.float32)
        self.has_air = any(bool(np.any(band.air_coefficients > 0)) for band in bands)

    @cached_property
    def hemispheres(self) -> Float32[np.ndarray, "t k"]:
        """What comes from all over the hemisphere of a normal, by how far that leans: see `expected.hemispheres`."""
        from engine.render.bands.expected import hemispheres

        return hemispheres(self)

    def black_body(self, kelvin: Float[np.ndarray, "n"]) -> Float32[np.ndarray, "n k"]:
        """Return the radiance of black bodies, W m-2 sr-1: linear in the authored tables, their ends beyond them."""
        result = np.empty((len(kelvin), len(self._bands)), np.float32)
        for column, band in enumerate(self._bands):
            result[:, column] = np.interp(kelvin, band.temperatures, band.radiances)
        return result

    def far(self, directions: Float32[np.ndarray, "n 3"]) -> Float32[np.ndarray, "n k"]:
        """Return what comes from a unit direction where nothing is: sky above the horizon, ground below."""
        height = directions[:, self.up]
        result = np.empty((len(directions), len(self._bands)), np.float32)
        for column, band in enumerate(self._bands):
            result[:, column] = np.interp(height, band.sky_cosines, band.sky_radiances)
        result[height < 0] = self._ground
        return result

    def clear(self, metres: Float[np.ndarray, "n"]) -> Float32[np.ndarray, "n k"]:
        """Return the transmission of paths: sum of w exp(-k R), a k-distribution."""
        result = np.zeros((len(metres), len(self._bands)), np.float32)
        for column, band in enumerate(self._bands):
            for weight, rate in zip(band.air_weights, band.air_coefficients, strict=True):
                result[:, column] += np.float32(weight) * (np.exp(-np.float32(rate) * metres) if rate > 0 else 1)
        return result
