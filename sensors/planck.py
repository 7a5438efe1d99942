"""Thermal radiation: Planck's law, its integral over a band, and slopes. float64 throughout, any shape.

Units: wavelength um, temperature K, radiance W m^-2 sr^-1 (in a band) or W m^-2 sr^-1 um^-1 (spectral).
Source: reference/infrared.md 1.1; CODATA 2018 constants (exact in the SI of 2019).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

PLANCK = 6.62607015e-34  # J s
LIGHT_SPEED = 299792458.0  # m s^-1
BOLTZMANN = 1.380649e-23  # J K^-1
C1L = 2.0 * PLANCK * LIGHT_SPEED**2 * 1e24  # W um^4 m^-2 sr^-1: 1.191042972e8
C2 = PLANCK * LIGHT_SPEED / BOLTZMANN * 1e6  # um K: 14387.768775
SIGMA = 5.670374419e-8  # W m^-2 K^-4, Stefan-Boltzmann

_MOST_TERMS = 2000


def spectral_radiance(wavelength: ArrayLike, temperature: ArrayLike) -> NDArray[np.float64]:
    """Return a blackbody's spectral radiance.

    Args:
        wavelength: um, any shape that broadcasts with `temperature`.
        temperature: K.

    Returns:
        W m^-2 sr^-1 um^-1.

    Source: Planck's law.
    """
    wavelength, temperature = np.asarray(wavelength, np.float64), np.asarray(temperature, np.float64)
    with np.errstate(over="ignore", under="ignore"):
        return C1L / (wavelength**5 * np.expm1(C2 / (wavelength * temperature)))


def fraction_below(wavelength_temperature: ArrayLike) -> NDArray[np.float64]:
    """Return the part of sigma T^4 that a blackbody emits below a wavelength.

    Args:
        wavelength_temperature: wavelength x temperature, um K, any shape.

    Returns:
        0..1, relative error below 1e-12 above 100 um K.

    Source: the series F(lam T) = 15/pi^4 sum e^(-n x)/n (x^3 + 3x^2/n + 6x/n^2 + 6/n^3), x = c2/(lam T)
    (Chang and Rhee 1984; reference/infrared.md 1.1).
    """
    x = C2 / np.asarray(wavelength_temperature, np.float64)
    total = np.zeros_like(x)
    terms = int(np.clip(np.ceil(30.0 / max(float(np.min(x, initial=30.0)), 1e-3)), 6, _MOST_TERMS))
    for n in range(1, terms + 1):
        total += np.exp(-n * x) / n * (x**3 + 3 * x**2 / n + 6 * x / n**2 + 6 / n**3)
    return 15.0 / np.pi**4 * total


def band_radiance(temperature: ArrayLike, lower: float, upper: float) -> NDArray[np.float64]:
    """Return a blackbody's radiance between two wavelengths.

    Args:
        temperature: K, any shape.
        lower: um.
        upper: um.

    Returns:
        W m^-2 sr^-1, same shape.

    Source: sigma T^4 / pi [F(upper T) - F(lower T)].
    """
    temperature = np.asarray(temperature, np.float64)
    part = fraction_below(upper * temperature) - fraction_below(lower * temperature)
    return SIGMA * temperature**4 / np.pi * part


def band_radiance_slope(temperature: ArrayLike, lower: float, upper: float) -> NDArray[np.float64]:
    """Return dL/dT of `band_radiance`, W m^-2 sr^-1 K^-1, in closed form.

    Source: B(lam, T) = T^5 g(lam T), so L = T^4 G(lam T) and dL/dT = [4 L + upper B(upper) - lower B(lower)] / T.
    """
    temperature = np.asarray(temperature, np.float64)
    ends = upper * spectral_radiance(upper, temperature) - lower * spectral_radiance(lower, temperature)
    return (4.0 * band_radiance(temperature, lower, upper) + ends) / temperature


def response_radiance(
    temperature: ArrayLike, wavelength: NDArray[np.float64], response: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return a blackbody's radiance weighted by a camera's spectral response.

    Args:
        temperature: K, any shape.
        wavelength: (n,) um, evenly spaced by at most 0.02 um, n odd.
        response: (n,) 0..1, peak 1.

    Returns:
        W m^-2 sr^-1, the shape of `temperature`. Simpson's rule.
    """
    temperature = np.asarray(temperature, np.float64)
    weight = np.ones(len(wavelength))
    weight[1:-1:2], weight[2:-1:2] = 4.0, 2.0
    weight *= response * (wavelength[1] - wavelength[0]) / 3.0
    return spectral_radiance(wavelength, temperature[..., None]) @ weight
