"""Air between surface and camera: band transmittance with distance, haze, and what the air itself emits.

A band average does not follow Beer-Lambert: strong lines saturate in metres, weak ones last for kilometres. Three
terms do. Source: fits to LOWTRAN7, 5 atmospheres x 9 distances of 10 m to 5 km at sea level
(reference/infrared.md 1.4).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sensors.bands import Band
from sensors.checks import SensorError, unknown

# Weights, and for each term a + b w + c w^2 in 1/km with w in g/m3 of vapour (w^2: the continuum of water itself).
TERMS: dict[str, tuple[tuple[float, tuple[float, float, float]], ...]] = {
    "8-14": ((0.7632, (0, 0.00663, 7.14e-4)), (0.1896, (0.2116, 0.09224, 8.14e-4)), (0.0472, (8.76, 1.431, 0))),
    "7.5-13.5": ((0.7557, (0, 0.00660, 7.04e-4)), (0.1969, (0.1372, 0.09996, 1.13e-3)), (0.0474, (3.264, 2.670, 0))),
    "8-12": ((0.8790, (0.00335, 0.00518, 6.47e-4)), (0.1014, (0.03145, 0.09758, 2.35e-4)), (0.0195, (1.626, 2.679, 0))),
    "3-5": ((0.5671, (0.02897, 0.01136, 0)), (0.2740, (0.5789, 0.1571, 0)), (0.1589, (72.3, 1.95, 0))),
    "3.7-4.8": ((0.6017, (0.05936, 0.00759, 0)), (0.2105, (1.873, 0.1128, 0)), (0.1878, (105.0, 0.939, 0))),
    "850": ((0.9835, (0.00203, 0.00037, 0)), (0.0026, (0, 2.291, 0)), (0.0138, (0.0344, 0.0719, 1.93e-4))),
    "940": ((0.5868, (0, 0.01439, 0)), (0.3289, (0.00639, 0.1366, 2.23e-4)), (0.0843, (0.3836, 3.329, 0))),
}

FLIR = {"X": 1.9, "a1": 0.006569, "a2": 0.01262, "b1": -0.002276, "b2": -0.00667}  # of FLIR's own metadata


def gas_transmittance(band: Band, distance: ArrayLike, vapour: float) -> NDArray[np.floating]:
    """Return the transmittance of clear air along a path near the ground.

    Args:
        band: uses the fit of its `air` key.
        distance: m, any shape; inf gives 0. float32 stays float32.
        vapour: g/m3 of water.

    Returns:
        0..1, 1 at distance 0.

    Raises:
        SensorError: if the band's `air` key has no fit.
    """
    if band.air not in TERMS:
        raise unknown(f"band '{band.name}': air", band.air, TERMS)
    metres = np.asarray(distance)
    metres = metres if metres.dtype == np.float32 else metres.astype(np.float64)
    whole = sum(weight for weight, _ in TERMS[band.air])  # the fits add up to 1 within rounding
    total = np.zeros_like(metres)
    for weight, (a, b, c) in TERMS[band.air]:
        rate = metres.dtype.type(-1e-3 * (a + b * vapour + c * vapour**2))
        total += metres.dtype.type(weight / whole) * np.exp(rate * metres)
    return total


def haze_coefficient(wavelength: float, visibility: float) -> float:
    """Return the extinction by haze (1/km) at a wavelength (um) for a visibility (km).

    Source: (3.912 / V) (lam / 0.55)^-q with Kim's q; below 0.5 km it is grey.
    """
    v = visibility
    if v <= 0:
        raise SensorError(f"visibility: is {v:g} km; expected more than 0")
    q = 1.6 if v > 50 else 1.3 if v > 6 else 0.16 * v + 0.34 if v > 1 else v - 0.5 if v > 0.5 else 0.0
    return float(3.912 / v * (wavelength / 0.55) ** -q)


def transmittance(
    band: Band, distance: ArrayLike, vapour: float, visibility: float | None = None
) -> NDArray[np.floating]:
    """Return the transmittance of air and haze along a path.

    Args:
        band: any band.
        distance: m, any shape.
        vapour: g/m3 of water.
        visibility: km, or None for no haze at all.
    """
    clear = gas_transmittance(band, distance, vapour)
    if visibility is None:
        return clear
    rate = clear.dtype.type(-1e-3 * haze_coefficient(band.center, visibility))
    return clear * np.exp(rate * np.asarray(distance, clear.dtype))


def through_air(radiance: ArrayLike, tau: ArrayLike, air_radiance: ArrayLike) -> NDArray[np.floating]:
    """Return what arrives of a surface's radiance: tau L + (1 - tau) L_B(T_air), W m^-2 sr^-1."""
    tau = np.asarray(tau)
    return tau * np.asarray(radiance) + (1 - tau) * np.asarray(air_radiance)


def flir_vapour(air_temperature: ArrayLike, relative_humidity: ArrayLike) -> NDArray[np.float64]:
    """Return the water content as FLIR cameras reckon it (about g/m3) from K and 0..1."""
    t = np.asarray(air_temperature, np.float64) - 273.15
    return np.asarray(relative_humidity, np.float64) * np.exp(
        1.5587 + 0.06939 * t - 0.00027816 * t**2 + 6.8455e-7 * t**3
    )


def flir_transmittance(
    distance: ArrayLike, air_temperature: ArrayLike, relative_humidity: ArrayLike
) -> NDArray[np.float64]:
    """Return the transmittance that a FLIR camera assumes and its files' metadata describe.

    Args:
        distance: m, the whole path at once: the law is not exponential, so tau(d / 2)^2 is not tau(d).
        air_temperature: K.
        relative_humidity: 0..1.

    Source: Minkina; constants X, a1, a2, b1, b2 as in FLIR metadata (Thermimage, flyr).
    """
    root = np.sqrt(np.asarray(distance, np.float64))
    w = np.sqrt(flir_vapour(air_temperature, relative_humidity))
    first = np.exp(-root * (FLIR["a1"] + FLIR["b1"] * w))
    second = np.exp(-root * (FLIR["a2"] + FLIR["b2"] * w))
    return FLIR["X"] * first + (1.0 - FLIR["X"]) * second
