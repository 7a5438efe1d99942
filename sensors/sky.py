"""What the sky sends down: band radiance by angle, clear or cloudy, and its whole thermal spectrum for heat balances.

Valid for an observer near the ground and 1..20 g/m3 of water vapour (values outside are held).
Source: fits to LOWTRAN7 (reference/infrared.md 1.3); Idso 1981, Water Resources Research 17:295.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sensors.bands import Band
from sensors.checks import check_fraction, check_temperature, unknown
from sensors.humidity import vapour_density, vapour_pressure

VAPOUR = (1.2, 3.5, 5.9, 14.0, 19.0)  # g/m3 of the five atmospheres
ZENITH = {  # emissivity of the clear sky overhead
    "8-14": (0.213, 0.232, 0.263, 0.430, 0.530),
    "7.5-13.5": (0.187, 0.217, 0.256, 0.428, 0.530),
    "8-12": (0.106, 0.132, 0.165, 0.323, 0.427),
    "3-5": (0.440, 0.436, 0.440, 0.548, 0.571),
}
EXPONENT = {  # of 1/cos: how it grows towards the horizon
    "8-14": (0.44, 0.53, 0.58, 0.66, 0.64),
    "7.5-13.5": (0.48, 0.56, 0.59, 0.66, 0.64),
    "8-12": (0.58, 0.67, 0.70, 0.77, 0.76),
    "3-5": (0.47, 0.40, 0.36, 0.36, 0.32),
}
_NEAREST = {"3.7-4.8": "3-5"}
_HORIZON = 1e-3  # smallest cosine: the horizon is a blackbody of air


@dataclass(frozen=True)
class Sky:
    """The air and clouds above a scene.

    Args:
        air_temperature: K, at screen height.
        relative_humidity: 0..1.
        cloud: covered part, 0..1.
        cloud_depression: how much colder the cloud base is than the air, K (5..15 for low cloud).
        uniform: radiance (W m^-2 sr^-1) of a sky that is the same everywhere, for tests; None uses the model.
    """

    air_temperature: float
    relative_humidity: float = 0.5
    cloud: float = 0.0
    cloud_depression: float = 8.0
    uniform: float | None = None

    def __post_init__(self) -> None:
        check_temperature(self.air_temperature, "sky: air_temperature")
        check_fraction(self.relative_humidity, "sky: relative_humidity")
        check_fraction(self.cloud, "sky: cloud")

    @property
    def vapour(self) -> float:
        """Water vapour, g/m3."""
        return float(vapour_density(self.air_temperature, self.relative_humidity))

    def radiance(self, band: Band, cos_zenith: ArrayLike) -> NDArray[np.float64]:
        """Return the radiance that comes down.

        Args:
            band: a thermal band.
            cos_zenith: cosine of the angle from straight up, any shape; below 0 counts as the horizon.

        Returns:
            W m^-2 sr^-1: clear air, plus a cloud base seen through it.
        """
        cosine = np.asarray(cos_zenith, np.float64)
        if self.uniform is not None:
            return np.full_like(cosine, self.uniform)
        emitted = clear_emissivity(band, self.vapour, cosine)
        base = float(band.radiance(self.air_temperature - self.cloud_depression))
        return emitted * float(band.radiance(self.air_temperature)) + self.cloud * (1.0 - emitted) * base

    def hemisphere(self, band: Band) -> float:
        """Return the cosine-weighted mean radiance over the sky: what a horizontal diffuse surface sees."""
        cosine = (np.arange(512) + 0.5) / 512
        return float(2.0 * np.mean(self.radiance(band, cosine) * cosine))

    def temperature(self, band: Band) -> float:
        """Return the blackbody temperature (K) of `hemisphere`."""
        return float(band.temperature(self.hemisphere(band)))


def clear_emissivity(band: Band, vapour: float, cos_zenith: ArrayLike) -> NDArray[np.float64]:
    """Return the emissivity of clear air by angle: 1 - (1 - zenith)^(cos^-q).

    Args:
        band: a thermal band; uses the fit of its `air` key.
        vapour: g/m3.
        cos_zenith: any shape.

    Raises:
        SensorError: if the sky has no fit for the band, as in the near infrared, where it does not glow.

    Source: reference/infrared.md 1.3, root mean square error at most 0.017 against LOWTRAN7.
    """
    key = _NEAREST.get(band.air, band.air)
    if key not in ZENITH:
        raise unknown(f"band '{band.name}': sky", key, ZENITH)
    zenith = np.interp(vapour, VAPOUR, ZENITH[key])
    exponent = np.interp(vapour, VAPOUR, EXPONENT[key])
    cosine = np.clip(np.asarray(cos_zenith, np.float64), _HORIZON, 1.0)
    return 1.0 - (1.0 - zenith) ** (cosine**-exponent)


def idso_emissivity(
    air_temperature: ArrayLike, relative_humidity: ArrayLike, cloud: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """Return the emissivity of the sky over the whole thermal spectrum.

    Args:
        air_temperature: K.
        relative_humidity: 0..1.
        cloud: covered part, 0..1.

    Source: Idso 1981, 0.70 + 5.95e-5 e exp(1500 / T); clouds (1 - 0.84 c) eps + 0.84 c, Campbell and Norman.
    """
    e = vapour_pressure(air_temperature, relative_humidity)
    clear = 0.70 + 5.95e-5 * e * np.exp(1500.0 / np.asarray(air_temperature, np.float64))
    covered = 0.84 * np.asarray(cloud, np.float64)
    return (1.0 - covered) * clear + covered
