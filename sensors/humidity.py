"""Water in the air: vapour pressure and density from temperature and relative humidity."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

ZERO_CELSIUS = 273.15  # K


def saturation_pressure(air_temperature: ArrayLike) -> NDArray[np.float64]:
    """Return the saturation vapour pressure (hPa) over water at an air temperature (K).

    Source: Magnus, 6.112 exp(17.67 t / (t + 243.5)), t in Celsius (Bolton 1980).
    """
    celsius = np.asarray(air_temperature, np.float64) - ZERO_CELSIUS
    return 6.112 * np.exp(17.67 * celsius / (celsius + 243.5))


def vapour_pressure(air_temperature: ArrayLike, relative_humidity: ArrayLike) -> NDArray[np.float64]:
    """Return the vapour pressure (hPa) at an air temperature (K) and relative humidity (0..1)."""
    return np.asarray(relative_humidity, np.float64) * saturation_pressure(air_temperature)


def vapour_density(air_temperature: ArrayLike, relative_humidity: ArrayLike) -> NDArray[np.float64]:
    """Return grams of water vapour in a cubic metre of air.

    Source: ideal gas, 216.7 e / T, e in hPa.
    """
    return 216.7 * vapour_pressure(air_temperature, relative_humidity) / np.asarray(air_temperature, np.float64)
