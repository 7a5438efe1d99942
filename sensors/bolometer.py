"""Microbolometers: slow pixels, whose noise is set by one number (NETD) in radiance, not in kelvin."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from sensors.bands import Band

NETD_AT = 300.0  # K, where data sheets state it


def lag_factor(frame_time: float, time_constant: float) -> float:
    """Return how much of a change a pixel follows in one frame (both s): 1 - exp(-dt / tau)."""
    return float(-np.expm1(-frame_time / time_constant))


def follow(
    previous: Float[np.ndarray, "h w"] | None, arriving: Float[np.ndarray, "h w"], factor: float
) -> Float[np.ndarray, "h w"]:
    """Return a slow pixel's signal after a frame: S + a (S* - S); the arriving one if there was none before.

    Source: first-order response of a bolometer's membrane (reference/infrared.md 1.6).
    """
    if previous is None:
        return arriving
    return previous + np.asarray(factor, arriving.dtype) * (arriving - previous)


def noise_radiance(band: Band, netd: float) -> float:
    """Return the standard deviation of the noise in radiance (W m^-2 sr^-1) from an NETD (K at 300 K, eps 1).

    Source: sigma_L = NETD dL/dT(300 K): 50 mK is 0.0419 in 8-14 um and 0.0441 in 7.5-13.5 um.
    """
    return netd * float(band.slope(NETD_AT))
