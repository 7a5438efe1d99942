"""Emissivity by angle: Fresnel's equations, and a cheap law of two exponents fitted to their band averages."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

DEFAULT_GRAZING = (0.946, 0.634)  # emissivity at 60 and 80 degrees over normal: mean of six smooth plastics
COS_60, COS_80 = 0.5, float(np.cos(np.radians(80.0)))


def fresnel_emissivity(index: ArrayLike, cosine: ArrayLike) -> NDArray[np.float64]:
    """Return the emissivity of a smooth opaque surface.

    Args:
        index: complex refractive index n + ik.
        cosine: of the angle to the normal, 0..1; broadcasts with `index`.

    Returns:
        1 - (Rs + Rp) / 2.

    Source: Fresnel; ter Heerdt et al., J. Imaging 12(1):33, 2026, doi 10.3390/jimaging12010033.
    """
    m, c = np.asarray(index, np.complex128), np.clip(np.asarray(cosine, np.float64), 0.0, 1.0)
    z = np.sqrt(m**2 - (1.0 - c**2))
    z = np.where(z.imag < 0, -z, z)
    polarised_s = np.abs((c - z) / (c + z)) ** 2
    polarised_p = np.abs((m**2 * c - z) / (m**2 * c + z)) ** 2
    return 1.0 - 0.5 * (polarised_s + polarised_p)


def grazing_exponents(ratio_60: float, ratio_80: float) -> tuple[float, float]:
    """Return (p, q) of `dielectric_shape` from the emissivity at 60 and 80 degrees over that along the normal."""
    at_60 = np.log(1.0 - ratio_60) / np.log(1.0 - COS_60)
    at_80 = np.log(1.0 - ratio_80) / np.log(1.0 - COS_80)
    q = (at_80 - at_60) / (COS_60 - COS_80)
    return float(at_60 + q * COS_60), float(q)


def dielectric_shape(cosine: ArrayLike, p: float, q: float) -> NDArray[np.float64]:
    """Return emissivity over that along the normal for a smooth dielectric: 1 - (1 - cos)^(p - q cos).

    ThRend's law is p = 5, q = 0, which is up to 0.07 off for water and glass; two exponents go through the band
    averages at 60 and 80 degrees exactly and give the hemispherical emissivity within 0.007 (13 surfaces).

    Source: reference/infrared.md 1.2; ThRend (Aguerre et al.) for the form.
    """
    c = np.clip(np.asarray(cosine, np.float64), 0.0, 1.0)
    return 1.0 - (1.0 - c) ** (p - q * c)


def metal_shape(cosine: ArrayLike, normal_emissivity: float) -> NDArray[np.float64]:
    """Return emissivity over that along the normal for a metal, which rises towards grazing and drops at the very end.

    Source: Hagen-Rubens, n = k, solved for the normal emissivity 4n / ((n + 1)^2 + n^2); then Fresnel.
    """
    e = normal_emissivity
    n = ((4.0 - 2.0 * e) + np.sqrt((4.0 - 2.0 * e) ** 2 - 8.0 * e**2)) / (4.0 * e)
    return fresnel_emissivity(complex(n, n), cosine) / e


def hemispherical(shape: NDArray[np.float64]) -> float:
    """Return the cosine-weighted mean of values given at `midpoint_cosines(len(shape))`."""
    cosine = midpoint_cosines(len(shape))
    return float(2.0 * np.mean(shape * cosine))


def midpoint_cosines(count: int) -> NDArray[np.float64]:
    """Return evenly spaced cosines from 0 to 1, at the middle of their steps."""
    return (np.arange(count) + 0.5) / count
