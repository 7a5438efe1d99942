"""Weather on the stage: the prim `<default prim>/Weather`, and what its numbers mean for heat, sky, sun and air.

The scenario's constants are authored once; the randomizer `weather` writes to the same attributes through its graph.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property

import numpy as np
from pxr import Sdf, Usd, UsdGeom

from scenes.infrared.settings import WeatherSettings
from sensors import sun
from sensors.bands import Band
from sensors.checks import SensorError
from sensors.heat_balance import Weather
from sensors.heat_memory import material_temperature_now
from sensors.material_table import find_material
from sensors.near_infrared import SUNLIGHT
from sensors.shade import SunPath, sun_path
from sensors.sky import Sky, clear_emissivity
from sensors.slopes import LEVEL, SLOPES, SunDay, sunlight_on
from sensors.surface_radiance import Sunlight, Surroundings

FIRST = Usd.TimeCode.EarliestTime()
PRIM = "Weather"
PREFIX = "ir:weather:"
GROUND = "dirt"  # what the land beyond the stage is made of
GROUND_EMISSIVITY = 0.95
AM15_TOTAL = 1000.4  # W m^-2, the global spectrum that sensors.near_infrared.SUNLIGHT belongs to (ASTM G173)
DAY_STEPS = 96  # of the sunlight that surfaces remember
DIRECT = 0.85  # part of clear sunlight that comes from the disc: an estimate


def attribute_name(key: str) -> str:
    """Return the attribute of a key of the scenario: air_temperature is ir:weather:airTemperature."""
    first, *rest = key.split("_")
    return PREFIX + first + "".join(word.capitalize() for word in rest)


ATTRIBUTES = {field.name: attribute_name(field.name) for field in fields(WeatherSettings)}


def weather_path(stage: Usd.Stage) -> Sdf.Path:
    """Return where the weather of a stage is."""
    top = stage.GetDefaultPrim().GetPath() if stage.HasDefaultPrim() else Sdf.Path.absoluteRootPath
    return top.AppendChild(PRIM)


def build_weather(stage: Usd.Stage, settings: WeatherSettings) -> Usd.Prim:
    """Author a weather prim with every attribute."""
    prim = stage.DefinePrim(weather_path(stage))
    for key, value in asdict(settings).items():
        prim.CreateAttribute(ATTRIBUTES[key], Sdf.ValueTypeNames.Float, True).Set(float(value))
    return prim


def read_weather(stage: Usd.Stage, settings: WeatherSettings, time: Usd.TimeCode = FIRST) -> WeatherSettings:
    """Return the weather as the stage has it; what it does not say is as in the settings.

    Args:
        stage: the stage.
        settings: of the scenario.
        time: when it is read.

    Raises:
        SensorError: naming an attribute that cannot be so.
    """
    prim = stage.GetPrimAtPath(weather_path(stage))
    if not prim:
        return settings
    given = {}
    for key, name in ATTRIBUTES.items():
        value = prim.GetAttribute(name).Get(time) if prim.HasAttribute(name) else None
        if value is not None:
            given[key] = float(f"{value:.7g}")  # float32 on the stage: 0.7 stays 0.7
    try:
        return replace(settings, **given)
    except SensorError as error:
        key, _, message = str(error).partition(": ")
        raise SensorError(f"{prim.GetPath()}.{ATTRIBUTES.get(key, key)}: {message}") from error


@dataclass(frozen=True)
class Conditions:
    """What the weather means.

    Attributes:
        settings: the numbers.
        up_axis: of the stage, "Y" or "Z".
    """

    settings: WeatherSettings
    up_axis: str = "Z"

    @cached_property
    def sun_elevation(self) -> float:
        """Elevation of the sun, radians."""
        s = self.settings
        return float(sun.solar_elevation(s.day_of_year, s.hour, s.latitude))

    @cached_property
    def sun_direction(self) -> tuple[float, float, float]:
        """Unit vector to the sun, world: +X is east; +Y is north where Z is up, -Z where Y is up."""
        s = self.settings
        declination = float(sun.solar_elevation(s.day_of_year, 12.0, 90.0))  # at the pole the two are the same
        east, north, up = _sun_vector(declination, np.radians(15.0 * (s.hour - 12.0)), np.radians(s.latitude))
        return (east, north, up) if self.up_axis == "Z" else (east, up, -north)

    @cached_property
    def sunlight(self) -> float:
        """Sunlight on level ground, W m^-2."""
        return float(sun.cloudy_irradiance(sun.clear_sky_irradiance(self.sun_elevation), self.settings.cloud))

    @cached_property
    def _day(self) -> tuple[float, ...]:
        """Sunlight on level ground at even times of the last 24 hours, W m^-2; the last is now."""
        s = self.settings
        hours = (s.hour + 24.0 * (np.arange(DAY_STEPS) + 1) / DAY_STEPS) % 24.0
        clear = sun.clear_sky_irradiance(sun.solar_elevation(s.day_of_year, hours, s.latitude))
        return tuple(map(float, sun.cloudy_irradiance(clear, s.cloud)))

    @cached_property
    def _sun_day(self) -> SunDay:
        """Sunlight of the last 24 hours, direct and diffuse, at the times of `_day`; directions are east, north, up."""
        s = self.settings
        hours = (s.hour + 24.0 * (np.arange(DAY_STEPS) + 1) / DAY_STEPS) % 24.0
        elevation = sun.solar_elevation(s.day_of_year, hours, s.latitude)
        level, clear = np.asarray(self._day), sun.clear_sky_irradiance(elevation)
        direct = np.minimum(level, clear * DIRECT * (1.0 - s.cloud))
        declination = float(sun.solar_elevation(s.day_of_year, 12.0, 90.0))
        towards = [_sun_vector(declination, np.radians(15.0 * (h - 12.0)), np.radians(s.latitude)) for h in hours]
        return SunDay(np.array(towards), direct / np.maximum(np.sin(elevation), 1e-6), level - direct)

    @cached_property
    def sky(self) -> Sky:
        """Air and clouds."""
        s = self.settings
        return Sky(s.air_temperature, s.relative_humidity, s.cloud)

    @cached_property
    def weather(self) -> Weather:
        """What surfaces exchange heat with, the ground among it."""
        s = self.settings
        bare = Weather(s.air_temperature, s.relative_humidity, s.wind, s.cloud, self.sunlight, day=self._day)
        ground = s.ground_temperature or material_temperature_now(find_material(GROUND), bare)
        return replace(bare, ground_temperature=ground)

    @cached_property
    def sun_path(self) -> SunPath:
        """The sun of the last 24 hours in parts; directions are east, north, up."""
        return sun_path(self._sun_day)

    def weather_on(self, slope: int, is_lit: bool = True) -> Weather:
        """Return the weather with the sunlight on one of `sensors.slopes.SLOPES` instead of that on level ground.

        Args:
            slope: its number.
            is_lit: the sun's disc shines on it; otherwise sky and land alone do, all day.
        """
        if slope == LEVEL and is_lit:
            return self.weather
        if (slope, is_lit) not in self._by_slope:
            day = sunlight_on(SLOPES[slope], self._sun_day, is_lit)
            light = tuple(map(float, day))
            self._by_slope[slope, is_lit] = replace(self.weather, sunlight=light[-1], day=light)
        return self._by_slope[slope, is_lit]

    @cached_property
    def _by_slope(self) -> dict[tuple[int, bool], Weather]:
        return {}

    def sun_transmittance(self, band: Band) -> float:
        """Return the part of the sun's radiation in a thermal band that arrives through air and clouds."""
        if self.sun_elevation <= 0:
            return 0.0
        zenith = 1.0 - float(clear_emissivity(band, self.sky.vapour, 1.0))
        return float(sun.slant_transmittance(zenith, self.sun_elevation)) * (1.0 - self.settings.cloud)

    def surroundings(self, band: Band) -> Surroundings:
        """Return what surfaces reflect in a thermal band and what lies between them and the camera."""
        through = self.sun_transmittance(band)
        return Surroundings(
            sky=self.sky,
            ground_temperature=self.weather.ground,
            ground_emissivity=GROUND_EMISSIVITY,
            sun=Sunlight(self.sun_direction, through) if through > 0 else None,
            visibility=self.settings.visibility or None,
            up=(0.0, 0.0, 1.0) if self.up_axis == "Z" else (0.0, 1.0, 0.0),
        )

    def near_sunlight(self, band: Band) -> tuple[float, float]:
        """Return sunlight in a near-infrared band, W m^-2: on a surface that faces the sun, and from the sky, level.

        Source: the spectrum AM1.5G scaled to the whole sunlight of the moment; 85 % of it comes straight from the sun
        under a clear sky, and clouds take of that as much as they cover: estimates.
        """
        level = SUNLIGHT[band.surface] * (band.upper - band.lower) * 1e3 / AM15_TOTAL * self.sunlight
        clear = float(sun.clear_sky_irradiance(self.sun_elevation))
        direct = (
            min(level, level * DIRECT * (1.0 - self.settings.cloud) * (clear / self.sunlight)) if level > 0 else 0.0
        )
        sine = float(np.sin(self.sun_elevation))
        return (direct / max(sine, 0.02) if sine > 0 else 0.0), level - direct


def conditions_of(stage: Usd.Stage, settings: WeatherSettings, time: Usd.TimeCode = FIRST) -> Conditions:
    """Return the conditions on a stage at a time."""
    return Conditions(read_weather(stage, settings, time), str(UsdGeom.GetStageUpAxis(stage)))


def sun_path_in_world(conditions: Conditions) -> tuple[tuple[float, float, float], ...]:
    """Return the directions of `Conditions.sun_path` in the world, as `sun_direction` is."""
    rows = [tuple(map(float, row)) for row in conditions.sun_path.towards]
    return tuple((e, n, u) if conditions.up_axis == "Z" else (e, u, -n) for e, n, u in rows)


def _sun_vector(declination: float, hour_angle: float, latitude: float) -> tuple[float, float, float]:
    """Return the direction to the sun as east, north, up.

    Source: rotation of the equatorial system by the latitude (e.g. Sproul 2007, Renewable Energy 32:1187).
    """
    east = -np.cos(declination) * np.sin(hour_angle)
    north = np.sin(declination) * np.cos(latitude) - np.cos(declination) * np.cos(hour_angle) * np.sin(latitude)
    up = np.sin(declination) * np.sin(latitude) + np.cos(declination) * np.cos(hour_angle) * np.cos(latitude)
    return float(east), float(north), float(up)
