"""Detectors that count photons: silicon in the near infrared, cooled InSb in the mid wave."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sensors import planck
from sensors.checks import SensorError


def electrons(
    irradiance: ArrayLike, wavelength: float, pitch: float, exposure: float, efficiency: float
) -> NDArray[np.floating]:
    """Return the mean number of electrons a pixel collects.

    Args:
        irradiance: at the detector, W m^-2, any shape.
        wavelength: um.
        pitch: um, the side of a square pixel.
        exposure: s.
        efficiency: electrons a photon.

    Source: N = eta A t E lam / (h c).
    """
    per_joule = wavelength * 1e-6 / (planck.PLANCK * planck.LIGHT_SPEED)
    return np.asarray(irradiance) * (efficiency * (pitch * 1e-6) ** 2 * exposure * per_joule)


def detect(
    mean_electrons: ArrayLike,
    read_noise: float,
    dark_electrons: float,
    full_well: float,
    generator: np.random.Generator,
) -> NDArray[np.float64]:
    """Draw what a pixel reads: shot noise of light and dark current, read noise, saturation.

    Args:
        mean_electrons: of light, any shape.
        read_noise: electrons, standard deviation.
        dark_electrons: mean of the dark current while exposed.
        full_well: electrons a pixel can hold.
        generator: source of randomness.

    Returns:
        Electrons above the mean dark level; may be negative.

    Raises:
        SensorError: if the light is negative.
    """
    mean = np.asarray(mean_electrons, np.float64)
    if mean.size and mean.min() < 0:
        raise SensorError(f"mean_electrons: lowest is {mean.min():g}; expected 0 or more")
    held = np.minimum(generator.poisson(np.minimum(mean + dark_electrons, 1e12)), full_well)
    return held + generator.normal(0.0, read_noise, mean.shape) - dark_electrons


def digitise(read: ArrayLike, full_well: float, bits: int, black_level: int = 0) -> NDArray[np.uint16]:
    """Return a reading as counts: floor(electrons / full well 2^bits) + black level, held within the bits.

    Args:
        read: electrons.
        full_well: electrons at full scale.
        bits: 8, 10, 12, 14 or 16.
        black_level: counts in the dark, so that noise is not cut off.

    Raises:
        SensorError: for other bits.
    """
    if bits not in (8, 10, 12, 14, 16):
        raise SensorError(f"bits: is {bits}; expected 8, 10, 12, 14 or 16")
    counts = np.floor(np.asarray(read, np.float64) / full_well * 2**bits) + black_level
    return np.clip(counts, 0, 2**bits - 1).astype(np.uint16)
