"""Emissivity of smooth surfaces in a band, from a table of refractive indices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sensors.bands import Band
from sensors.fresnel import COS_60, COS_80, fresnel_emissivity
from sensors.planck import spectral_radiance

STEPS = 200
KELVIN = 300.0


@dataclass(frozen=True)
class Smooth:
    """A smooth surface in a band.

    Args:
        normal: emissivity along the normal.
        grazing: emissivity at 60 and 80 degrees over that.
        is_metal: it rises towards grazing.
    """

    normal: float
    grazing: tuple[float, float]
    is_metal: bool


def smooth_surface(indices: NDArray[np.float64], band: Band) -> Smooth | None:
    """Return the emissivity of a smooth opaque surface in a band, weighted by a black body of 300 K.

    Args:
        indices: (n, 3) wavelength in um, increasing, with n and k.
        band: of `sensors.bands`.

    Returns:
        None where the table does not cover the band.

    Source: Fresnel, with Planck's weight: reference/infrared.md 1.2.
    """
    if len(indices) < 2 or indices[0, 0] > band.lower or indices[-1, 0] < band.upper:
        return None
    wavelength = np.linspace(band.lower, band.upper, STEPS)
    real, imaginary = (np.interp(wavelength, indices[:, 0], indices[:, column]) for column in (1, 2))
    weight = spectral_radiance(wavelength, KELVIN)
    weight /= weight.sum()
    normal, at_60, at_80 = (
        float((fresnel_emissivity(real + 1j * imaginary, cosine) * weight).sum()) for cosine in (1.0, COS_60, COS_80)
    )
    return Smooth(normal, (at_60 / normal, at_80 / normal), at_60 > normal)
