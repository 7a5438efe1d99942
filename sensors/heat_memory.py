"""Temperatures that remember the day: asphalt that is warm at midnight, cast iron that is late in the morning.

Sheets go through the last of the day step by step; thick bodies are half-spaces that have seen the same day for ever.
The weather but for the sun is that of the moment: the air's own swing over the day is left out.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sensors.heat_balance import (
    DAY,
    HeatSurface,
    Weather,
    conductance,
    heat_surface,
    steady_temperature,
)
from sensors.heat_storage import daily_temperatures, time_constant, transient_temperatures
from sensors.materials import Material

_STEPS = 24  # of a sheet's past
_PAST = 8.0  # time constants that a sheet remembers
STEADY_BELOW = (
    300.0  # s; the sun warms a black sheet by 6 K an hour at most, so quicker ones are behind by half a kelvin
)


def material_temperature_now(material: Material, weather: Weather, sky_view: float = 1.0, extra: float = 0.0) -> float:
    """Return the temperature (K) of a material in the open after the day that it has had.

    Args:
        material: with a heat capacity (`sheet`), a thermal inertia (`inertia`), or neither: then it is steady.
        weather: of the moment; without its `day` everything is steady.
        sky_view: part of its view that is sky, 0..1.
        extra: own heat, W m^-2.
    """
    return temperature_now(heat_surface(material, sky_view, extra), material.sheet, material.inertia, weather)


def temperature_now(surface: HeatSurface, sheet: float | None, inertia: float | None, weather: Weather) -> float:
    """Return the temperature (K) of one surface after the day that it has had; see `material_temperature_now`.

    Args:
        surface: what decides how warm it gets; numbers.
        sheet: heat capacity an area of a thin thing, J m^-2 K^-1, or None.
        inertia: thermal inertia of a thick thing, J m^-2 K^-1 s^-1/2, or None.
        weather: of the moment; without its `day` everything is steady.
    """
    if weather.day and inertia is not None:
        return _thick(surface, inertia, weather)
    if weather.day and sheet is not None:
        return _thin(surface, sheet, weather)
    return float(steady_temperature(surface, weather))


def _thin(surface: HeatSurface, capacity: float, weather: Weather) -> float:
    """Start steady some time constants ago and follow the sun; what follows at once is steady."""
    day = np.asarray(weather.day, np.float64)
    now = steady_temperature(surface, weather)
    slowness = float(time_constant(capacity, conductance(now, surface, weather)))
    if slowness < STEADY_BELOW:
        return float(now)
    past = min(_PAST * slowness, DAY)
    step = past / _STEPS
    ago = past - (np.arange(_STEPS) + 0.5) * step
    places = (len(day) - 1) - ago / DAY * len(day)
    sunlight = np.interp(places, np.arange(-1 - len(day), len(day)), np.concatenate([day[-1:], day, day]))
    weathers = [replace(weather, sunlight=float(value)) for value in sunlight]
    start = steady_temperature(surface, weathers[0])
    return float(transient_temperatures(start, surface, capacity, weathers, step)[-1])


def _thick(surface: HeatSurface, inertia: float, weather: Weather) -> float:
    """Swing about the mean of the day; what is inside is the body itself, so nothing is lost to it on average.

    Source: the balance linearised at the day's mean; each harmonic of the sun as `heat_storage.periodic_swing`.
    """
    day = np.asarray(weather.day, np.float64)
    alone = replace(surface, inside=0.0)
    mean = float(day.mean())
    middle = steady_temperature(alone, replace(weather, sunlight=mean))
    loss = conductance(middle, alone, replace(weather, sunlight=mean))
    taken = np.asarray(alone.absorptance) * np.asarray(alone.facing) * (1.0 - np.asarray(alone.evaporation))
    return float(daily_temperatures(taken * (day - mean), middle, inertia, loss)[-1])
