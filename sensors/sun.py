"""The sun: where it stands, how much reaches the ground, and its share of a thermal band."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sensors.bands import Band

TEMPERATURE = 5772.0  # K
SOLID_ANGLE = 6.794e-5  # sr, at the mean distance


def solar_elevation(day_of_year: float, hour: ArrayLike, latitude: float) -> NDArray[np.float64]:
    """Return the sun's elevation in radians.

    Args:
        day_of_year: 1..366; 1.5 is noon of the first day.
        hour: local solar time, 12 is noon; any shape.
        latitude: degrees north.

    Source: declination by Spencer 1971 (the leap-year cycle leaves up to 0.4 degrees); spherical triangle.
    """
    angle = 2.0 * np.pi * (day_of_year - 1.0) / 365.0
    declination = (
        0.006918 - 0.399912 * np.cos(angle) + 0.070257 * np.sin(angle)
        - 0.006758 * np.cos(2 * angle) + 0.000907 * np.sin(2 * angle)
        - 0.002697 * np.cos(3 * angle) + 0.00148 * np.sin(3 * angle)
    )  # fmt: skip
    hour_angle = np.radians(15.0) * (np.asarray(hour, np.float64) - 12.0)
    north = np.radians(latitude)
    return np.arcsin(np.sin(north) * np.sin(declination) + np.cos(north) * np.cos(declination) * np.cos(hour_angle))


def clear_sky_irradiance(elevation: ArrayLike) -> NDArray[np.float64]:
    """Return the sunlight (direct and scattered) on horizontal ground under a clear sky, W m^-2.

    Args:
        elevation: of the sun, radians; 0 and below give 0.

    Source: Haurwitz 1945, 1098 sin(h) exp(-0.059 / sin(h)).
    """
    sine = np.sin(np.asarray(elevation, np.float64))
    up = np.maximum(sine, 1e-6)
    return np.where(sine > 1e-6, 1098.0 * up * np.exp(-0.059 / up), 0.0)


def cloudy_irradiance(clear: ArrayLike, cloud: ArrayLike) -> NDArray[np.float64]:
    """Return the sunlight on the ground under clouds covering 0..1 of the sky.

    Source: Kasten and Czeplak 1980, G = clear (1 - 0.75 c^3.4).
    """
    return np.asarray(clear, np.float64) * (1.0 - 0.75 * np.asarray(cloud, np.float64) ** 3.4)


def band_irradiance(band: Band, transmittance: float = 1.0) -> float:
    """Return the sun's irradiance (W m^-2) in a band on a surface that faces it.

    Args:
        band: any band.
        transmittance: of the air on the way, 0..1.

    Source: a disc of 5772 K and 6.794e-5 sr: 1.51 (8-14 um), 21.8 (3-5), 8.44 (3.7-4.8) above the air.
    """
    return float(band.radiance(TEMPERATURE)) * SOLID_ANGLE * transmittance


def slant_transmittance(zenith_transmittance: float, elevation: ArrayLike) -> NDArray[np.float64]:
    """Return the transmittance of the air towards a sun that is not overhead (Beer-Lambert on the air mass).

    Args:
        zenith_transmittance: of the air straight up, 0..1.
        elevation: radians; below the horizon gives 0.

    Source: air mass of Kasten and Young 1989, 1 / (sin h + 0.50572 (h + 6.07995)^-1.6364), h in degrees.
    """
    height = np.degrees(np.asarray(elevation, np.float64))
    above = np.maximum(height, 0.0)
    mass = 1.0 / (np.sin(np.radians(above)) + 0.50572 * (above + 6.07995) ** -1.6364)
    return np.where(height > 0, zenith_transmittance**mass, 0.0)
