"""Vary the weather that infrared cameras and surfaces live in: air, wind, clouds, time of day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import omni.replicator.core as rep
import omni.usd

from scenes.infrared.limits import check_weather
from scenes.infrared.weather import ATTRIBUTES, weather_path
from scenes.streams import Streams
from scenes.typecheck import Draw


def weather(
    streams: Streams,
    air_temperature: Draw = None,
    relative_humidity: Draw = None,
    wind: Draw = None,
    cloud: Draw = None,
    day_of_year: Draw = None,
    hour: Draw = None,
    latitude: Draw = None,
    visibility: Draw = None,
    ground_temperature: Draw = None,
) -> None:
    """Set what the prim Weather says; what is not given stays as `infrared.weather` has it.

    Args:
        streams: the randomizer's random streams.
        air_temperature: K.
        relative_humidity: 0..1.
        wind: m/s.
        cloud: covered part of the sky, 0..1.
        day_of_year: 1..366.
        hour: local solar time, 0..24.
        latitude: degrees north.
        visibility: km; 0 is no haze.
        ground_temperature: K; 0 is computed.

    Raises:
        ValueError: if it sets nothing, for a value that cannot be, or where there is no weather on the stage.
    """
    given = {name: value for name, value in locals().items() if name != "streams" and value is not None}
    check_options(given)
    path = str(weather_path(stage := omni.usd.get_context().get_stage()))
    if not stage.GetPrimAtPath(path):
        raise ValueError(f"finds no weather at {path}; make it first: scenes.infrared.weather.build_weather")
    with rep.get.prim_at_path(path):
        for name, value in given.items():
            rep.modify.attribute(ATTRIBUTES[name], streams.draw(name, value))


def check_options(given: Mapping[str, Any]) -> None:
    """Refuse what cannot be, before anything is built.

    Raises:
        ValueError: if nothing is given, or naming the value.
    """
    if not any(given.get(name) is not None for name in ATTRIBUTES):
        raise ValueError(f"sets nothing; give any of {', '.join(ATTRIBUTES)}")
    for name in ATTRIBUTES:
        if given.get(name) is not None:
            check_weather(name, given[name])
