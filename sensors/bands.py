"""Spectral bands: what a camera is sensitive to, and temperature <-> radiance in it by table."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sensors import planck
from sensors.checks import SensorError, unknown

_STEP = 0.02  # um, of tabulated responses
_LOG_STEPS = 65536
_EVEN_STEPS = 59_700  # 0.1 K


class MissingBandData(UserWarning):
    """A band has no data of its own in some table; the nearest is used."""


@dataclass(frozen=True)
class Band:
    """A spectral band.

    Args:
        name: what the scenario calls it.
        lower: um; a top-hat band is 1 from here
        upper: um; to here.
        surface: column of the material table that it reads ("lwir", "mwir", "nir850", "nir940"; "" has none).
        air: key of the tables of air and sky (the band of reference/infrared.md 1.3, 1.4).
        response: ((um, 0..1), ...) corners of a response curve, linear between; () is a top hat.
    """

    name: str
    lower: float
    upper: float
    surface: str
    air: str
    response: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.lower < self.upper:
            raise SensorError(f"band {self.name!r}: is {self.lower:g}..{self.upper:g} um; expected 0 < lower < upper")

    @property
    def is_thermal(self) -> bool:
        """Whether surfaces at everyday temperatures shine in it."""
        return self.upper > 2.5

    @property
    def center(self) -> float:
        """Middle wavelength, um."""
        return 0.5 * (self.lower + self.upper)

    def radiance(self, temperature: ArrayLike) -> NDArray[np.float64]:
        """Return a blackbody's radiance (W m^-2 sr^-1) at temperatures (K), exactly; any shape."""
        if self.response:
            return planck.response_radiance(temperature, *self._curve)
        return planck.band_radiance(temperature, self.lower, self.upper)

    def slope(self, temperature: ArrayLike) -> NDArray[np.float64]:
        """Return dL/dT (W m^-2 sr^-1 K^-1) at temperatures (K)."""
        if self.response:
            kelvin = np.asarray(temperature, np.float64)
            return (self.radiance(kelvin + 0.01) - self.radiance(kelvin - 0.01)) / 0.02
        return planck.band_radiance_slope(temperature, self.lower, self.upper)

    def temperature(self, radiance: ArrayLike) -> NDArray[np.float64]:
        """Return the apparent temperature (K) of radiances (W m^-2 sr^-1): the blackbody that looks the same.

        By table, within 1 mK over 200..1000 K; radiances outside 30..6000 K give those ends (noise may be negative).
        """
        kelvin, values = self._table
        return np.interp(np.asarray(radiance, np.float64), values, kelvin)

    def radiance_image(self, temperature: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return `radiance` for images, ten times as fast: float32, within 0.2 mK over 180..1000 K.

        Within 1 mK over 100..6000 K; 30 K and 6000 K stand for what is outside. Not a number is 30 K.
        """
        start, per_step, values, steps = self._even_table
        place = (np.asarray(temperature, np.float32) - start) * per_step
        place = np.fmin(np.fmax(place, np.float32(0.0)), np.float32(len(steps)))
        step = np.minimum(place.astype(np.int32), np.int32(len(steps) - 1))
        place -= step
        place *= steps.take(step)
        place += values.take(step)
        return place

    def temperature_image(self, radiance: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return `temperature` for images, ten times as fast: float32, within 1 mK over 180..1000 K.

        Within 5 mK over 100..3000 K; held outside.
        """
        start, per_step, kelvin = self._log_table
        with np.errstate(divide="ignore", invalid="ignore"):
            place = (np.log(np.asarray(radiance, np.float32)) - start) * per_step
        place = np.clip(np.nan_to_num(place, nan=0.0, neginf=0.0), np.float32(0.0), np.float32(_LOG_STEPS - 1))
        step = np.minimum(place.astype(np.int32), _LOG_STEPS - 2)
        below = kelvin[step]
        return below + (place - step).astype(np.float32) * (kelvin[step + 1] - below)

    @cached_property
    def _log_table(self) -> tuple[np.float32, np.float32, NDArray[np.float32]]:
        """Temperatures at radiances evenly spaced in their logarithm: the first, steps per unit, K."""
        first, last = np.log(self.radiance(np.array([100.0, 3000.0])))
        kelvin = self.temperature(np.exp(np.linspace(first, last, _LOG_STEPS)))
        return np.float32(first), np.float32((_LOG_STEPS - 1) / (last - first)), kelvin.astype(np.float32)

    @cached_property
    def _even_table(self) -> tuple[np.float32, np.float32, NDArray[np.float32], NDArray[np.float32]]:
        """Radiances at even steps of temperature: the first K, steps per K, radiances, and what each step adds."""
        kelvin = np.linspace(30.0, 6000.0, _EVEN_STEPS + 1)
        values = self.radiance(kelvin)
        per_step = np.float32(_EVEN_STEPS / (kelvin[-1] - kelvin[0]))
        return np.float32(kelvin[0]), per_step, values.astype(np.float32), np.diff(values).astype(np.float32)

    @cached_property
    def _table(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        kelvin = np.concatenate(
            [np.arange(30, 180, 0.5), np.arange(180, 420, 0.05), np.arange(420, 1200, 0.25), np.arange(1200, 6001, 5.0)]
        )
        return kelvin, self.radiance(kelvin)

    @cached_property
    def _curve(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        corners = np.asarray(self.response, np.float64)
        steps = 2 * int(np.ceil((self.upper - self.lower) / _STEP / 2))
        wavelength = np.linspace(self.lower, self.upper, steps + 1)
        return wavelength, np.interp(wavelength, corners[:, 0], corners[:, 1], left=0.0, right=0.0)


# Microbolometers have soft edges: the package window and lens coating, an estimate with unit peak.
_SOFT_LWIR = ((7.5, 0.0), (8.0, 0.75), (9.0, 0.97), (10.0, 1.0), (12.0, 0.94), (13.0, 0.78), (14.0, 0.42), (14.5, 0.0))

BANDS: dict[str, Band] = {
    band.name: band
    for band in (
        Band("lwir", 8.0, 14.0, "lwir", "8-14"),
        Band("lwir_7_13", 7.5, 13.5, "lwir", "7.5-13.5"),
        Band("lwir_8_12", 8.0, 12.0, "lwir", "8-12"),
        Band("lwir_soft", 7.5, 14.5, "lwir", "8-14", _SOFT_LWIR),
        Band("mwir", 3.0, 5.0, "mwir", "3-5"),
        Band("mwir_cold", 3.7, 4.8, "mwir", "3.7-4.8"),
        Band("nir850", 0.835, 0.865, "nir850", "850"),
        Band("nir940", 0.925, 0.955, "nir940", "940"),
    )
}


def find_band(name: str) -> Band:
    """Return a band by name.

    Raises:
        SensorError: if there is none, with the nearest.
    """
    if name not in BANDS:
        raise unknown("band", name, BANDS)
    return BANDS[name]


def surface_column(band: Band) -> str:
    """Return the column of the material table for a band; the nearest one, with a warning, where it has none."""
    if band.surface:
        return band.surface
    middles = {"nir850": 0.85, "nir940": 0.94, "mwir": 4.0, "lwir": 10.5}
    nearest = min(middles, key=lambda key: abs(np.log(middles[key] / band.center)))
    warnings.warn(
        f"band '{band.name}' ({band.lower:g}-{band.upper:g} um) has no material data; using those of '{nearest}'. "
        "Author ir:emissivity for it, or add a column to sensors/materials.yaml",
        MissingBandData,
        stacklevel=2,
    )
    return nearest
