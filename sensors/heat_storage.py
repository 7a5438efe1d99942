"""Temperatures that lag: sheets that warm and cool, thick bodies over a day, and the marks that shadows leave."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sensors.checks import SensorError
from sensors.heat_balance import DAY, HeatSurface, Weather, conductance, net_flux


def transient_temperatures(
    start: ArrayLike, surface: HeatSurface, capacity: ArrayLike, weathers: Sequence[Weather], step: float
) -> NDArray[np.float64]:
    """Return the temperatures of thin things as the weather changes.

    Args:
        start: K, any shape that broadcasts with the surface.
        surface: what decides how warm it gets.
        capacity: heat capacity an area, J m^-2 K^-1.
        weathers: (n,) the weather during each step.
        step: s.

    Returns:
        (n + 1, ...) K, the start first.

    Raises:
        SensorError: if the capacity is not above 0.

    Source: the balance of `heat_balance`, linearised in each step and integrated exactly (exponential Euler): stable
    for any step, and exact for a sheet whose losses are linear.
    """
    if np.min(np.asarray(capacity)) <= 0:
        raise SensorError(f"capacity: is {np.min(np.asarray(capacity)):g} J m^-2 K^-1; expected more than 0")
    shape = np.broadcast_shapes(np.shape(start), np.shape(capacity), surface.shape)
    t = np.broadcast_to(np.asarray(start, np.float64), shape)
    history = [t]
    for weather in weathers:
        loss, gain = conductance(t, surface, weather), net_flux(t, surface, weather)
        t = t - np.expm1(-loss * step / np.asarray(capacity, np.float64)) * gain / loss
        history.append(t)
    return np.stack(history)


def time_constant(capacity: ArrayLike, loss: ArrayLike) -> NDArray[np.float64]:
    """Return how long (s) a sheet of a capacity (J m^-2 K^-1) takes for 63 % of a change, losing W m^-2 K^-1."""
    return np.asarray(capacity, np.float64) / np.asarray(loss, np.float64)


def thermal_inertia(conductivity: float, density: float, specific_heat: float) -> float:
    """Return sqrt(k rho c) in J m^-2 K^-1 s^-1/2 from W m^-1 K^-1, kg m^-3, J kg^-1 K^-1."""
    return float(np.sqrt(conductivity * density * specific_heat))


def periodic_swing(
    absorbed: ArrayLike, inertia: ArrayLike, loss: ArrayLike, period: float = DAY
) -> NDArray[np.complex128]:
    """Return the swing of a thick body's surface under a sinusoidal flux.

    Args:
        absorbed: amplitude of the flux, W m^-2.
        inertia: J m^-2 K^-1 s^-1/2.
        loss: to air and sky, W m^-2 K^-1 (convection plus 4 eps sigma T^3).
        period: s.

    Returns:
        Complex amplitude, K: its size is the swing, minus its angle the lag (2 pi is one period).

    Source: conduction into a half-space: q = (loss + inertia sqrt(i omega)) T (Carslaw and Jaeger 2.6).
    """
    omega = 2.0 * np.pi / period
    into = np.asarray(inertia, np.float64) * np.sqrt(1j * omega)
    return np.asarray(absorbed, np.float64) / (np.asarray(loss, np.float64) + into)


def daily_temperatures(
    fluxes: ArrayLike, mean_temperature: ArrayLike, inertia: ArrayLike, loss: ArrayLike
) -> NDArray[np.float64]:
    """Return a thick body's surface temperature through a day that repeats.

    Args:
        fluxes: (n,) absorbed less mean losses, W m^-2, at n even times of one day.
        mean_temperature: K.
        inertia: J m^-2 K^-1 s^-1/2.
        loss: W m^-2 K^-1.

    Returns:
        (n,) K. Linear: each harmonic has the swing of `periodic_swing`, the mean is as given.
    """
    values = np.asarray(fluxes, np.float64)
    waves = np.fft.rfft(values - values.mean())
    swing = np.zeros_like(waves)
    for k in range(1, len(waves)):
        swing[k] = waves[k] * periodic_swing(1.0, inertia, loss, DAY / k)
    return np.asarray(mean_temperature, np.float64) + np.fft.irfft(swing, len(values))


def shadow_scar(depth: ArrayLike, seconds: ArrayLike, inertia: float, loss: float) -> NDArray[np.float64]:
    """Return what is left (K) of a cooler or warmer patch after its cause has gone.

    A cow that rises, a car that leaves: the patch starts `depth` K off and heals as a half-space with loss would.

    Args:
        depth: K at time 0, sign as it is.
        seconds: since then.
        inertia: J m^-2 K^-1 s^-1/2.
        loss: W m^-2 K^-1.

    Source: erfcx(h sqrt(t) / inertia): a half-space at a uniform excess losing by h (Carslaw and Jaeger 2.7).
    """
    from scipy.special import erfcx

    return np.asarray(depth, np.float64) * erfcx(loss * np.sqrt(np.asarray(seconds, np.float64)) / inertia)
