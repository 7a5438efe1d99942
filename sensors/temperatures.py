"""Surface temperatures of people, animals, vehicles and things, sampled rather than fixed."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from sensors.checks import SensorError, unknown
from sensors.heat_balance import HeatSurface, Weather, steady_temperature
from sensors.heat_memory import material_temperature_now
from sensors.material_table import find_material

FILE = Path(__file__).with_name("temperatures.yaml")
SKIN = 306.7  # K, below clothing: at 58 W/m2 and 1 clo the outside is at 297.7 K
CLO = 0.155  # m2 K W^-1
WINTER_AIR, SUMMER_AIR = 273.0, 303.0  # K
MOVING = frozenset(
    ("person", "cold_person", "cow", "horse", "sheep", "dog", "bird", "elephant", "zebra", "rhino", "hippo")
    + ("crocodile", "driven_car", "driven_electric_car", "tractor")
)  # kinds that have not been where they are for long
UPRIGHT = {"sky_view": 0.5, "facing": 0.4}  # of a standing person: estimates, see `clothing_temperature`
_TOGETHER = 0.7  # how much the parts of one thing are warm together


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, dict[str, Any]]]:
    return dict(yaml.safe_load(FILE.read_text()))


def kinds() -> tuple[str, ...]:
    """Return what has usual temperatures."""
    return tuple(_table())


def sample_temperatures(kind: str, weather: Weather, generator: np.random.Generator) -> dict[str, float]:
    """Draw the temperatures of one thing's parts.

    Args:
        kind: one of `kinds()`.
        weather: around it.
        generator: source of randomness; always the same number of draws for a kind.

    Returns:
        Part to K. Parts of one thing are warm together: each has 0.7 of a common draw and 0.3 of its own.

    Raises:
        SensorError: if the kind is unknown, with the nearest.
    """
    if kind not in _table():
        raise unknown("kind of temperatures", kind, kinds())
    common = generator.uniform()
    found = {}
    for part, rule in _table()[kind].items():
        place = _TOGETHER * common + (1.0 - _TOGETHER) * generator.uniform()
        found[part] = _temperature(rule, place, weather, f"{FILE.name}: {kind}.{part}")
    return found


def moves(kind: str) -> bool:
    """Tell whether things of a kind come and go, so that neither they nor their shade have been here all day."""
    return kind in MOVING


def is_balanced(kind: str, part: str) -> bool:
    """Tell whether a part has no heat of its own: its temperature is that of whatever it is made of in the weather."""
    return "balance" in _table()[kind][part]


def clothing_temperature(clo: float, weather: Weather, absorptance: float = 0.7) -> float:
    """Return the outer temperature (K) of clothes of an insulation (clo) over skin, in the weather.

    Source: heat balance with 1 / (0.155 clo) W m^-2 K^-1 to skin at 306.7 K (reference/infrared.md 1.9). An upright
    cylinder sees half sky, half ground; over its whole surface under a sun at 50 degrees it gets cot(50 deg) / pi of
    the direct level sunlight (85 %), half of the diffuse, and half of what ground sends up of it (20 %): 0.4.
    """
    worn = replace(weather, inside_temperature=SKIN)
    return float(steady_temperature(HeatSurface(absorptance, 0.95, inside=1.0 / (CLO * clo), **UPRIGHT), worn))


@lru_cache(maxsize=256)
def sun_warmth(name: str, weather: Weather) -> float:
    """Return how much warmer (K) the sun of a day makes a level surface than it would be without.

    Args:
        name: token of `materials.yaml`, or "token/coating".
        weather: of the moment, with its `day` where the past counts.
    """
    token, _, coating = name.partition("/")
    material = find_material(token, coating or "none")
    dark = replace(weather, sunlight=0.0, day=(0.0,) * len(weather.day))
    return material_temperature_now(material, weather) - material_temperature_now(material, dark)


def _temperature(rule: dict[str, Any], place: float, weather: Weather, where: str) -> float:
    air = weather.air_temperature
    if "kelvin" in rule:
        return _between(rule["kelvin"], place)
    if "above_air" in rule:
        warmth = sun_warmth(rule["sunlit"], weather) if "sunlit" in rule else 0.0
        return air + _between(rule["above_air"], place) + warmth * _between(rule.get("facing", [1.0, 1.0]), place)
    if "clothing" in rule:
        return clothing_temperature(_between(rule["clothing"], place), weather)
    if "balance" in rule:
        token, _, coating = rule["balance"].partition("/")
        return material_temperature_now(find_material(token, coating or "none"), weather)
    if "winter" in rule and "summer" in rule:
        middle = float(np.interp(air, [WINTER_AIR, SUMMER_AIR], [rule["winter"], rule["summer"]]))
        return middle + 4.0 * (place - 0.5)
    raise SensorError(f"{where}: is {rule}; expected kelvin, above_air, clothing, balance, or winter and summer")


def _between(ends: list[float], place: float) -> float:
    return float(ends[0] + (ends[1] - ends[0]) * place)
