"""Surface temperatures from sun, sky, wind and what is behind: steady, in time, and over a day.

    C dT/dt = alpha G + eps (F eps_sky sigma Ta^4 + (1 - F) sigma Tg^4) - eps sigma T^4
              - h (T - Ta) - k (T - Tin) - LE + q

Source: reference/infrared.md 1.9. float64; temperatures K, fluxes W m^-2.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sensors.checks import SensorError, check_fraction, check_temperature
from sensors.materials import Material
from sensors.planck import SIGMA
from sensors.sky import idso_emissivity

DAY = 86400.0  # s
BLACK_PAINT, WHITE_PAINT = 0.94, 0.25  # absorbed part of sunlight


@dataclass(frozen=True)
class Weather:
    """What surfaces exchange heat with.

    Args:
        air_temperature: K.
        relative_humidity: 0..1.
        wind: m/s at the surface.
        cloud: covered part, 0..1.
        sunlight: W m^-2 on the surface (or on the ground, where surfaces have their own `facing`).
        ground_temperature: K of what fills the rest of the view; None is the air's.
        inside_temperature: K behind the surface; None is the air's.
        sky_emissivity: None is Idso's with clouds.
        day: (n,) W m^-2 on level ground at n even times of the last 24 hours, the last now; () where nothing before
            counts and everything is steady (see `heat_memory`).
    """

    air_temperature: float
    relative_humidity: float = 0.5
    wind: float = 2.0
    cloud: float = 0.0
    sunlight: float = 0.0
    ground_temperature: float | None = None
    inside_temperature: float | None = None
    sky_emissivity: float | None = None
    day: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        check_temperature(self.air_temperature, "weather: air_temperature")
        check_fraction(self.relative_humidity, "weather: relative_humidity")
        check_fraction(self.cloud, "weather: cloud")
        for name in ("wind", "sunlight"):
            if not getattr(self, name) >= 0:
                raise SensorError(f"weather: {name}: is {getattr(self, name)!r}; expected 0 or more")
        if 0 < len(self.day) < 4:
            raise SensorError(
                f"weather: day: has {len(self.day)} values; expected the sunlight at 4 or more even times of 24 hours"
            )

    @property
    def sky_flux(self) -> float:
        """Thermal radiation from the whole sky on horizontal ground, W m^-2."""
        air = self.air_temperature
        eps = self.sky_emissivity
        emitted = float(idso_emissivity(air, self.relative_humidity, self.cloud)) if eps is None else eps
        return emitted * SIGMA * air**4

    @property
    def ground(self) -> float:
        """Temperature of the ground in view, K."""
        return self.air_temperature if self.ground_temperature is None else self.ground_temperature

    @property
    def inside(self) -> float:
        """Temperature behind surfaces, K."""
        return self.air_temperature if self.inside_temperature is None else self.inside_temperature


def convection(wind: ArrayLike) -> NDArray[np.float64]:
    """Return the heat transfer coefficient (W m^-2 K^-1) at a wind speed (m/s).

    Source: Juerges as in McAdams: 5.7 + 3.8 v below 5 m/s, 6.47 v^0.78 above.
    """
    v = np.asarray(wind, np.float64)
    return np.where(v < 5.0, 5.7 + 3.8 * v, 6.47 * np.maximum(v, 0.0) ** 0.78)


def painted_absorptance(luminance: ArrayLike) -> NDArray[np.float64]:
    """Return the absorbed part of sunlight for paint of a visible luminance (linear, 0..1): an estimate.

    A line through black (0.04, absorbs 0.94) and white (0.80, absorbs 0.25).
    """
    slope = (WHITE_PAINT - BLACK_PAINT) / (0.80 - 0.04)
    return np.clip(BLACK_PAINT + slope * (np.asarray(luminance, np.float64) - 0.04), 0.05, 0.97)


@dataclass(frozen=True)
class HeatSurface:
    """What decides how warm a surface gets; numbers or arrays that broadcast with one another.

    Args:
        absorptance: absorbed part of sunlight, 0..1.
        emissivity: over the thermal spectrum, 0..1.
        inside: conductance to the inside, W m^-2 K^-1.
        sky_view: part of its view that is sky, 0..1.
        extra: own heat less evaporation, W m^-2.
        facing: sunlight on it over that on horizontal ground: cos(angle to the sun) / sin(elevation) for direct light.
        evaporation: part of the net radiation, while that is positive, that goes into evaporating water.
    """

    absorptance: ArrayLike
    emissivity: ArrayLike
    inside: ArrayLike = 0.0
    sky_view: ArrayLike = 1.0
    extra: ArrayLike = 0.0
    facing: ArrayLike = 1.0
    evaporation: ArrayLike = 0.0

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape that its values broadcast to."""
        return np.broadcast_shapes(*(np.shape(getattr(self, part.name)) for part in fields(self)))


def heat_surface(material: Material, sky_view: float = 1.0, extra: float = 0.0, facing: float = 1.0) -> HeatSurface:
    """Return what decides how warm a material gets, with its LWIR emissivity for the whole thermal spectrum.

    Args:
        material: what it is made of.
        sky_view: part of its view that is sky, 0..1.
        extra: own heat less evaporation, W m^-2.
        facing: sunlight on it over that on horizontal ground.
    """
    emissivity = material.normal_emissivity("lwir")
    absorbed, inside = material.solar_absorptance, material.inside
    return HeatSurface(absorbed, emissivity, inside, sky_view, extra, facing, material.evaporation)


def net_flux(temperature: ArrayLike, surface: HeatSurface, weather: Weather) -> NDArray[np.float64]:
    """Return the heat (W m^-2) that a surface gains at a temperature (K, broadcasts with the surface).

    Source: the right-hand side of the balance at the head of this module; evaporation as Priestley and Taylor 1972,
    Monthly Weather Review 100:81, have it, in proportion to net radiation.
    """
    t = np.asarray(temperature, np.float64)
    radiation = net_radiation(t, surface, weather)
    return (
        radiation
        - np.asarray(surface.evaporation, np.float64) * np.maximum(radiation, 0.0)
        - convection(weather.wind) * (t - weather.air_temperature)
        - np.asarray(surface.inside, np.float64) * (t - weather.inside)
        + np.asarray(surface.extra, np.float64)
    )


def net_radiation(temperature: ArrayLike, surface: HeatSurface, weather: Weather) -> NDArray[np.float64]:
    """Return what a surface absorbs less what it emits, W m^-2."""
    t, view = np.asarray(temperature, np.float64), np.asarray(surface.sky_view, np.float64)
    received = view * weather.sky_flux + (1.0 - view) * SIGMA * weather.ground**4
    sunlight = np.asarray(surface.absorptance, np.float64) * np.asarray(surface.facing) * weather.sunlight
    return sunlight + np.asarray(surface.emissivity, np.float64) * (received - SIGMA * t**4)


def conductance(temperature: ArrayLike, surface: HeatSurface, weather: Weather) -> NDArray[np.float64]:
    """Return minus the slope of `net_flux` in temperature, W m^-2 K^-1: 4 eps sigma T^3 (less evaporation) + h + k."""
    t, wet = np.asarray(temperature, np.float64), np.asarray(surface.evaporation, np.float64)
    radiated = 4.0 * np.asarray(surface.emissivity, np.float64) * SIGMA * t**3
    if np.any(wet):
        radiated = radiated * (1.0 - wet * (net_radiation(t, surface, weather) > 0.0))
    return radiated + convection(weather.wind) + np.asarray(surface.inside)


def steady_temperature(surface: HeatSurface, weather: Weather) -> NDArray[np.float64]:
    """Return the temperature (K, the shape of the surface) at which a surface neither gains nor loses heat.

    Newton's method: the balance is concave in T, so it converges from any start; 1e-9 K.
    """
    t = np.full(surface.shape, weather.air_temperature)
    for _ in range(50):
        step = net_flux(t, surface, weather) / conductance(t, surface, weather)
        t = np.maximum(t + step, 1.0)
        if np.max(np.abs(step), initial=0.0) < 1e-9:
            break
    return t
