"""What does not depend on surfaces: black bodies, sky, ground and air, in all bands at once.

Rows of results are bands in the given order.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from jaxtyping import Float, Float32

from engine.stage.scene import Band

HEIGHTS = 1 << 14  # steps of the table of the sky, horizon to zenith


class Surroundings:
    """Tables of several bands.

    Args:
        bands: as read from the stage.
        up: index of the stage's up axis.

    Attributes:
        count: how many bands.
        up: index of the stage's up axis.
        has_air: air does something in one of them.
        glow: (k, 1) black-body radiance of the air.
        usual: (k, 1) black-body radiance at the ambient temperature.
    """

    def __init__(self, bands: Sequence[Band], up: int) -> None:
        self._bands, self.up = tuple(bands), up
        self.count = len(self._bands)
        self.glow = np.array([[band.air_radiance] for band in bands], np.float32)
        self.usual = np.array([[np.interp(b.ambient, b.temperatures, b.radiances)] for b in bands], np.float32)
        self.has_air = any(bool(np.any(band.air_coefficients > 0)) for band in bands)
        height = (np.arange(HEIGHTS) + 0.5) / HEIGHTS
        sky = [np.interp(height, band.sky_cosines, band.sky_radiances) for band in bands]
        rows = [np.concatenate([np.full(HEIGHTS, band.ground), row]) for band, row in zip(bands, sky, strict=True)]
        self._far = np.array(rows, np.float32)

    @cached_property
    def hemispheres(self) -> Float32[np.ndarray, "k t"]:
        """What comes from all over the hemisphere of a normal, by how far that leans: see `expected.hemispheres`."""
        from engine.render.bands.expected import hemispheres

        return hemispheres(self)

    def black_body(self, kelvin: Float[np.ndarray, "n"]) -> Float32[np.ndarray, "k n"]:
        """Return the radiance of black bodies, W m-2 sr-1: linear in the authored tables, their ends beyond them."""
        result = np.empty((self.count, len(kelvin)), np.float32)
        for row, band in enumerate(self._bands):
            result[row] = np.interp(kelvin, band.temperatures, band.radiances)
        return result

    def far(self, height: Float32[np.ndarray, "n"]) -> Float32[np.ndarray, "k n"]:
        """Return what comes from where nothing is: sky above the horizon, ground below.

        Args:
            height: (n,) upward parts of unit directions.
        """
        place = height * np.float32(HEIGHTS)
        place += np.float32(HEIGHTS)
        return self._far.take(place.astype(np.intp), axis=1, mode="clip")

    def clear(self, metres: Float32[np.ndarray, "n"]) -> Float32[np.ndarray, "k n"]:
        """Return the transmission of paths: sum of w exp(-k R), a k-distribution."""
        result = np.zeros((self.count, len(metres)), np.float32)
        for row, band in zip(result, self._bands, strict=True):
            for weight, rate in zip(band.air_weights, band.air_coefficients, strict=True):
                if rate > 0:
                    row += np.float32(weight) * np.exp(np.float32(-rate) * metres)
                else:
                    row += np.float32(weight)
        return result
