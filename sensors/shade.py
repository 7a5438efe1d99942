"""What shade takes: how much the direct sun of each part of a day adds to a temperature now.

A day is cut into the present and five parts of the past, short ones first; each has one direction. A surface in the
open has the sum of all parts; where something hides the sun of one of them, what that part adds is missing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sensors.heat_balance import DAY, HeatSurface, Weather, conductance, steady_temperature
from sensors.heat_memory import STEADY_BELOW
from sensors.heat_storage import daily_temperatures, time_constant
from sensors.slopes import SunDay

PARTS_BEGIN = (
    0.0,
    1.0,
    2.5,
    6.0,
    14.0,
)  # hours ago at which the parts of the past begin; they end where the next begins


@dataclass(frozen=True)
class SunPath:
    """The sun of a day in parts, the present first.

    Attributes:
        towards: (k, 3) unit vectors to the sun, the mean of each part by what it sends; east, north, up.
        direct: (k, n) W m^-2 on a surface that faces it, at the even times of the day; a time is in one part.
    """

    towards: NDArray[np.float64]
    direct: NDArray[np.float64]


def sun_path(day: SunDay) -> SunPath:
    """Cut a day into its parts; those without sun stay, and add nothing."""
    count = len(day.direct)
    ago = np.arange(count)[::-1] * DAY / 3600.0 / count
    part = np.searchsorted(PARTS_BEGIN, ago - 1e-9)
    direct = np.where(part == np.arange(len(PARTS_BEGIN) + 1)[:, None], day.direct, 0.0)
    has_sun = np.any(direct, axis=1, keepdims=True)
    weights = np.where(has_sun, direct, part == np.arange(len(direct))[:, None])
    mean = weights @ day.towards
    return SunPath(mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-12), direct)


def warmth_of_parts(
    surface: HeatSurface, sheet: float | None, inertia: float | None, weather: Weather, path: SunPath
) -> NDArray[np.float64]:
    """Return how much each part of the day's sun adds (k,), K, to a surface that faces it all the time.

    Args:
        surface: what decides how warm it gets; numbers.
        sheet: heat capacity an area of a thin thing, J m^-2 K^-1, or None.
        inertia: thermal inertia of a thick thing, J m^-2 K^-1 s^-1/2, or None.
        weather: of the moment without direct sun.
        path: the sun.

    Source: the balances of `heat_memory`, linearised where half of the sun has shone: thick bodies by harmonics,
    sheets by the exponential of their time constant.
    """
    lasting = inertia is not None and bool(weather.day)
    body = replace(surface, inside=0.0) if lasting else surface
    disc, light = path.direct.sum(axis=0), np.array(weather.day or (weather.sunlight,))
    half = float(light.mean() + 0.5 * disc.mean()) if lasting else float(light[-1] + 0.5 * disc[-1])
    usual = replace(weather, sunlight=half)
    loss = float(conductance(steady_temperature(body, usual), body, usual))
    taken = float(np.asarray(surface.absorptance) * (1.0 - np.asarray(surface.evaporation)))
    absorbed = taken * path.direct
    if lasting:
        swings = [daily_temperatures(row - row.mean(), 0.0, inertia, loss)[-1] for row in absorbed]  # type: ignore[arg-type]
        return absorbed.mean(axis=1) / loss + np.array(swings)
    weights = np.zeros(absorbed.shape[1])
    slowness = float(time_constant(sheet, loss)) if sheet is not None and weather.day else 0.0
    if slowness < STEADY_BELOW:
        weights[-1] = 1.0
    else:
        step = DAY / len(weights)
        edges = np.maximum((np.arange(len(weights) + 1)[::-1] - 0.5) * step, 0.0)
        weights = np.exp(-edges[1:] / slowness) - np.exp(-edges[:-1] / slowness)
    return absorbed @ weights / loss
