"""Numbers in files: temperature-linear 16 bit, FLIR's RAW16, raw detector counts, RealSense's depth.

Source: reference/infrared.md 1.5, 3.1, 3.3.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sensors.bands import Band
from sensors.checks import SensorError

TLINEAR_FINE = 0.01  # K a count: high resolution, 0..655 K (also Lepton's centikelvin)
MOST = 65535


def _to_counts(values: NDArray[np.float64]) -> NDArray[np.uint16]:
    return np.clip(np.floor(values + 0.5), 0, MOST).astype(np.uint16)


def encode_tlinear(temperature: ArrayLike, resolution: float = TLINEAR_FINE) -> NDArray[np.uint16]:
    """Return temperatures (K, any shape) as counts of `resolution` kelvin each, saturated at 65535.

    Raises:
        SensorError: if the resolution is not above 0.
    """
    if resolution <= 0:
        raise SensorError(f"tlinear resolution: is {resolution:g} K; expected more than 0, usually 0.01 or 0.04")
    return _to_counts(np.asarray(temperature, np.float64) / resolution)


def decode_tlinear(counts: ArrayLike, resolution: float = TLINEAR_FINE) -> NDArray[np.float64]:
    """Return temperatures (K) of TLinear counts."""
    return np.asarray(counts, np.float64) * resolution


@dataclass(frozen=True)
class Rbfo:
    """FLIR's conversion between raw counts and temperature: RAW = R1 / (R2 (exp(B / T) - F)) - O.

    Args:
        R1: scale.
        R2: scale.
        B: K.
        F: near 1.
        O: offset, counts.
        residual: largest error of temperature (K) against the true band integral over the range it was fitted to.

    Source: Thermimage, flyr, exiftool.
    """

    R1: float
    R2: float
    B: float
    F: float
    O: float  # noqa: E741 - the name in FLIR's metadata
    residual: float = 0.0

    def counts(self, temperature: ArrayLike) -> NDArray[np.float64]:
        """Return raw counts, not rounded, at temperatures (K)."""
        kelvin = np.asarray(temperature, np.float64)
        return self.R1 / (self.R2 * (np.exp(self.B / kelvin) - self.F)) - self.O

    def temperature(self, counts: ArrayLike) -> NDArray[np.float64]:
        """Return temperatures (K) of raw counts; as flyr and Thermimage do."""
        raw = np.maximum(np.asarray(counts, np.float64) + self.O, 1e-9)
        return self.B / np.log(self.R1 / (self.R2 * raw) + self.F)

    def encode(self, temperature: ArrayLike) -> NDArray[np.uint16]:
        """Return temperatures as 16-bit counts, saturated."""
        return _to_counts(self.counts(temperature))

    def metadata(self) -> dict[str, float]:
        """Return the constants by FLIR's names, and the residual in kelvin."""
        found = asdict(self)
        return {**{f"planck_{name}": found[name] for name in ("R1", "R2", "B", "F", "O")}, "residual_K": self.residual}


def fit_rbfo(
    band: Band, low: float = 253.0, high: float = 423.0, counts: tuple[float, float] = (6000.0, 60000.0)
) -> Rbfo:
    """Fit constants so that counts are nearly linear in a band's radiance over a range of temperatures.

    Args:
        band: thermal.
        low: K, which gets counts[0].
        high: K, which gets counts[1].
        counts: at the ends of the range.

    Returns:
        Constants with F free and R2 = 1 / 80 as in FLIR's files, and their largest error in kelvin.

    Raises:
        SensorError: unless low < high.

    Source: least squares of the true band integral; F free leaves at most 0.6 K over 233..423 K in 7.5-13.5 um.
    """
    if not 0 < low < high:
        raise SensorError(f"raw16 range: is {low:g}..{high:g} K; expected 0 < low < high")
    from scipy.optimize import least_squares

    kelvin = np.linspace(low, high, 171)
    ends = band.radiance(np.array([low, high]))
    gain = (counts[1] - counts[0]) / (ends[1] - ends[0])
    signal = band.radiance(kelvin) * gain
    offset = float(ends[0] * gain - counts[0])

    def error(x: NDArray[np.float64]) -> NDArray[np.float64]:
        inside = np.maximum(np.exp(x[0]) / signal + x[2], 1.0 + 1e-9)
        return x[1] / np.log(inside) - kelvin

    guess = 14387.77 / band.center
    start = np.array([np.log(signal[-1] * (np.exp(guess / high) - 1.0)), guess, 1.0])
    best = least_squares(error, start, x_scale=np.array([0.1, 10.0, 0.1]), xtol=1e-14, ftol=1e-14, gtol=1e-14)
    r2 = 1.0 / 80.0
    return Rbfo(
        R1=float(np.exp(best.x[0]) * r2),
        R2=r2,
        B=float(best.x[1]),
        F=float(best.x[2]),
        O=offset,
        residual=float(np.max(np.abs(error(best.x)))),
    )


def encode_depth(depth: ArrayLike, scale: float = 0.001) -> NDArray[np.uint16]:
    """Return depth (m, any shape) as RealSense's Z16: metres = counts * scale; 0 where there is none or too far."""
    metres = np.asarray(depth, np.float64)
    valid = np.isfinite(metres) & (metres > 0)
    counts = np.floor(np.where(valid, metres, 0.0) / scale + 0.5)
    return np.where(counts <= MOST, counts, 0).astype(np.uint16)


def decode_depth(counts: ArrayLike, scale: float = 0.001) -> NDArray[np.float64]:
    """Return metres of Z16 counts; nan where there is no depth."""
    values = np.asarray(counts, np.float64)
    return np.where(values > 0, values * scale, np.nan)


@dataclass(frozen=True)
class LinearCounts:
    """Detector counts that are linear in radiance: what a core gives before gain control.

    Args:
        low: radiance (W m^-2 sr^-1) at 0 counts.
        high: radiance at full scale.
        bits: 14 for usual cores.
    """

    low: float
    high: float
    bits: int = 14

    @property
    def per_count(self) -> float:
        """Radiance of one count, W m^-2 sr^-1."""
        return (self.high - self.low) / (2**self.bits - 1)

    def encode(self, radiance: ArrayLike) -> NDArray[np.uint16]:
        """Return radiances (any shape) as counts, saturated at both ends."""
        scaled = (np.asarray(radiance) - self.low) / self.per_count
        return np.clip(np.floor(scaled + 0.5), 0, 2**self.bits - 1).astype(np.uint16)

    def decode(self, counts: ArrayLike) -> NDArray[np.float64]:
        """Return radiances (W m^-2 sr^-1) of counts."""
        return self.low + np.asarray(counts, np.float64) * self.per_count


def count_range(band: Band, coldest: float, hottest: float, bits: int = 14) -> LinearCounts:
    """Return the counts of a camera whose range is given in temperatures (K)."""
    low, high = band.radiance(np.array([coldest, hottest]))
    return LinearCounts(float(low), float(high), bits)
