"""One frame of a thermal camera, and the outputs that are made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, UInt8, UInt16

from sensors import agc, encodings, palettes
from sensors.bands import Band, find_band
from sensors.checks import unknown

GAINS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": agc.linear,
    "plateau": agc.plateau,
    "equalised": lambda counts: agc.plateau(counts, float("inf")),
    "lepton": lambda counts: agc.HistogramEqualisation()(counts),
    "adaptive": agc.adaptive,
    "detail": agc.detailed,
}


@dataclass(frozen=True)
class ThermalFrame:
    """What the camera measured.

    Args:
        camera: name of the camera.
        band: name of its band.
        radiance: (h, w) float32 W m^-2 sr^-1 at the lens, noise and all.
        counts: (h, w) uint16 raw detector counts.
        scale: what the counts mean.
        is_frozen: the shutter is closed and this is the frame before.
    """

    camera: str
    band: str
    radiance: Float32[np.ndarray, "h w"]
    counts: UInt16[np.ndarray, "h w"]
    scale: encodings.LinearCounts
    is_frozen: bool = False

    def apparent_temperature(self) -> Float32[np.ndarray, "h w"]:
        """Return (h, w) float32 K: the blackbody that looks the same."""
        return self._band.temperature_image(self.radiance)

    def tlinear(self, resolution: float = encodings.TLINEAR_FINE) -> UInt16[np.ndarray, "h w"]:
        """Return (h, w) uint16 apparent temperature in counts of `resolution` kelvin."""
        return encodings.encode_tlinear(self.apparent_temperature(), resolution)

    def raw16(self, rbfo: encodings.Rbfo) -> UInt16[np.ndarray, "h w"]:
        """Return (h, w) uint16 counts that FLIR's formula with these constants turns into apparent temperature."""
        return rbfo.encode(self.apparent_temperature())

    def picture(self, gain: str = "plateau") -> UInt8[np.ndarray, "h w"]:
        """Return (h, w) uint8 after automatic gain: linear, plateau, equalised, lepton, adaptive or detail.

        Raises:
            SensorError: for another name.
        """
        if gain not in GAINS:
            raise unknown("gain control", gain, GAINS)
        return GAINS[gain](self.counts.astype(np.int64))

    def color_picture(self, gain: str = "plateau", palette: str = "iron") -> UInt8[np.ndarray, "h w 3"]:
        """Return (h, w, 3) uint8 in a palette's colours."""
        return palettes.colorize(self.picture(gain), palette)

    def metadata(self) -> dict[str, object]:
        """Return what a reader must know, units included; ready for JSON."""
        return {
            "camera": self.camera,
            "band_um": [self._band.lower, self._band.upper],
            "radiance_unit": "W m-2 sr-1",
            "temperature_unit": "K",
            "counts_bits": self.scale.bits,
            "radiance_of_count": {"offset": self.scale.low, "per_count": self.scale.per_count},
            "frozen": self.is_frozen,
        }

    @property
    def _band(self) -> Band:
        return find_band(self.band)
