"""Reflectance in the near infrared, from a table of a bidirectional reflectance distribution function."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FARTHEST = 0.060  # um between a table's wavelength and the band's: lidar's 905 nm tells of 850 and 940
STEEPEST = np.radians(20.0)  # of the incidence that counts as along the normal
WIDEST = np.radians(70.0)  # to where a table must reach; beyond its end it is held
STEPS = 512


def reflectance_of_table(rows: NDArray[np.float64], center: float) -> float | None:
    """Return the directional-hemispherical reflectance near normal incidence.

    Args:
        rows: (n, 5) wavelength in m, incident zenith, exit zenith and exit azimuth in radians, value in 1/sr.
        center: of the band, um.

    Returns:
        2 pi times the integral of f cos sin over the exit zenith, f averaged over azimuths; None where no wavelength is
        near, or the table does not have the angles.

    Source: ASAM OpenMATERIAL 3D 1.1, material_brdf_schema.json; Nicodemus et al., NBS Monograph 160, 1977.
    """
    rows = rows[np.isfinite(rows).all(axis=1)]
    if not len(rows):
        return None
    away = np.abs(rows[:, 0] * 1e6 - center)
    near = rows[away == away.min()]
    steepness = near[:, 1].min()
    if away.min() > FARTHEST or steepness > STEEPEST:
        return None
    normal = near[near[:, 1] == steepness]
    zenith, place = np.unique(normal[:, 2], return_inverse=True)
    if len(zenith) < 3 or zenith[-1] < WIDEST:
        return None
    mean = np.bincount(place, normal[:, 4]) / np.bincount(place)
    angle = (np.arange(STEPS) + 0.5) * (0.5 * np.pi / STEPS)
    value = np.interp(angle, zenith, mean) * np.cos(angle) * np.sin(angle)
    return float(2.0 * np.pi * value.sum() * (0.5 * np.pi / STEPS))
