"""Choose a moment: hour and clouds of the weather, with the sky, the sun and the lamps that belong to them."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import numpy as np
import omni.replicator.core as rep
import omni.usd
from pxr import Usd, UsdLux

from scenes.infrared.settings import WeatherSettings
from scenes.infrared.weather import ATTRIBUTES, Conditions, read_weather, weather_path
from scenes.landscape.daylight import Preset, known_presets
from scenes.landscape.sky import SKIES
from scenes.seeds import derive_seed
from scenes.streams import Streams

DARK = -6.0  # degrees of the sun's elevation: the end of civil twilight


def moment(
    streams: Streams,
    lights: str,
    hours: list[float],
    clouds: list[float],
    lamps: str | None = None,
    lamp_intensity: float = 60000.0,
) -> None:
    """Draw one hour and one cloudiness a frame; what is seen and what is warm follow from the same two numbers.

    Day of the year and latitude are the scenario's. The sun stands in the picture where it stands for the heat
    balance: +X is east, +Y north.

    Args:
        streams: the randomizer's random streams.
        lights: path of the group of the builder `daylight`.
        hours: local solar times to choose from.
        clouds: covered parts of the sky to choose from, 0 to 1.
        lamps: expression on the paths of lights that burn after sunset.
        lamp_intensity: their UsdLux intensity then.

    Raises:
        ValueError: where lights, weather or lamps are not, for no choice, or one that cannot be.
    """
    stage = omni.usd.get_context().get_stage()
    dome = UsdLux.DomeLight.Get(stage, f"{lights}/Dome")
    if not dome:
        raise ValueError(
            f"lights '{lights}' has no dome light '{lights}/Dome'; expected a group of the builder daylight"
        )
    chosen = [_moment(stage, hour, cloud) for hour, cloud in product(hours, clouds)]
    if not chosen:
        raise ValueError(f"hours is {hours} and clouds {clouds}; expected one of each at least")
    burning = _lamps(stage, lamps) if lamps else []

    def pick(values: list[Any], name: str | None = None) -> object:
        item = rep.distribution.choice(values, seed=derive_seed(streams.name, "moment"), name=name)
        return streams.track("moment", item)

    with rep.get.prim_at_path(f"{lights}/Dome"):
        rep.modify.attribute("inputs:texture:file", pick([m["preset"].texture for m in chosen]))
        rep.modify.attribute("inputs:intensity", pick([m["preset"].dome_intensity for m in chosen]))
        rep.modify.pose(rotation=pick([m["turn"] for m in chosen]))
    with rep.get.prim_at_path(f"{lights}/Sun"):
        rep.modify.attribute("inputs:color", pick([m["preset"].sun_color for m in chosen]))
        rep.modify.attribute("inputs:intensity", pick([m["preset"].sun_intensity for m in chosen]))
        rep.modify.pose(rotation=pick([m["sun"] for m in chosen], f"{streams.name}.sun_rotation"))
    with rep.get.prim_at_path(str(weather_path(stage))):
        for name in ("hour", "cloud"):
            rep.modify.attribute(ATTRIBUTES[name], pick([m[name] for m in chosen], f"{streams.name}.{name}"))
    for path in burning:
        with rep.get.prim_at_path(path):
            rep.modify.attribute("inputs:intensity", pick([lamp_intensity if m["dark"] else 0.0 for m in chosen]))
    names = {m["preset"].texture: m["preset"].name for m in chosen}
    streams.note("sky", lambda: names.get(dome.GetTextureFileAttr().Get().path, ""))


def _lamps(stage: Usd.Stage, pattern: str) -> list[str]:
    """Return the paths of the lights that match."""
    expression = re.compile(pattern)
    found = [
        str(p.GetPath()) for p in stage.Traverse() if p.HasAPI(UsdLux.LightAPI) and expression.search(str(p.GetPath()))
    ]
    if not found:
        raise ValueError(f"lamps '{pattern}' matches no light; give an expression on paths of lights")
    return found


def _moment(stage: Usd.Stage, hour: float, cloud: float) -> dict[str, Any]:
    """Return everything that belongs to an hour under clouds."""
    if not 0 <= hour <= 24 or not 0 <= cloud <= 1:
        raise ValueError(f"hour is {hour} and cloud {cloud}; expected 0 to 24 and 0 to 1")
    if not stage.GetPrimAtPath(weather_path(stage)):
        raise ValueError(f"finds no weather at {weather_path(stage)}; add the section infrared to the scenario")
    told = vars(read_weather(stage, WeatherSettings()))
    where = Conditions(WeatherSettings(**{**told, "hour": hour, "cloud": cloud}))
    elevation = float(np.degrees(where.sun_elevation))
    east, north, _ = where.sun_direction
    azimuth = float(np.degrees(np.arctan2(north, east)))
    preset = nearest_sky(elevation, cloud)
    dark = elevation < DARK
    turn = 0.0 if dark else azimuth - preset.sky.azimuth
    sun = preset.sun_rotation if dark else (0.0, 90.0 - elevation, azimuth)
    return {
        "hour": hour,
        "cloud": cloud,
        "preset": preset,
        "turn": (0.0, 0.0, turn),
        "sun": sun,
        "dark": elevation < 0.5,
    }


def nearest_sky(elevation: float, cloud: float) -> Preset:
    """Return the painted sky that is most like one with the sun at an elevation (degrees) under clouds (0 to 1)."""
    known = known_presets()
    if elevation < DARK:
        return known["moonlight" if cloud < 0.6 else "night"]
    if elevation < 1.5:
        return known["twilight" if cloud < 0.6 else "dull_twilight"]
    best = min(SKIES, key=lambda sky: abs(sky.elevation - elevation) / 12.0 + 2.0 * abs(sky.cloud - cloud))
    return known[best.name]
