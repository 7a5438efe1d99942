"""Read what a scene says of surfaces itself: `ir:*` attributes, checked against the limits of the schema."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from pxr import Sdf, Usd

from scenes.infrared.schema import attributes
from scenes.infrared.simready import split_token
from sensors.checks import SensorError, check_closure, check_fraction, check_temperature, suggestion
from sensors.material_table import find_material
from sensors.materials import COLUMNS, Material

PREFIX = "ir"
PARTS = ("emissivity", "reflectance", "transmittance")
ELSEWHERE = ("ir:weather:",)


class UnknownAttribute(UserWarning):
    """An attribute of the `ir:` namespace is not one of the schema's; it is ignored."""


@dataclass(frozen=True)
class Authored:
    """What one prim says of its surface. Fractions 0..1 along the normal.

    Args:
        where: prim path, for errors.
        fractions: column to part ("emissivity", "reflectance", "transmittance") to value.
        solar_absorptance: absorbed part of sunlight.
        specular: part of the thermal reflection in the mirror lobe.
        roughness: GGX alpha of that lobe.
        made_of: "base" or "base/coating", "" where it does not say.
        openmaterial: file of OpenMATERIAL 3D as resolved, "" where there is none.
    """

    where: str = ""
    fractions: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    solar_absorptance: float | None = None
    specular: float | None = None
    roughness: float | None = None
    made_of: str = ""
    openmaterial: str = ""

    @property
    def says_surface(self) -> bool:
        """Whether it gives any number of the surface."""
        numbers = (self.solar_absorptance, self.specular, self.roughness)
        return bool(self.fractions) or any(number is not None for number in numbers)

    def over(self, below: Authored) -> Authored:
        """Return this with what `below` says and this does not; each band's fractions come from one of the two."""
        if self is NOTHING or below is NOTHING:
            return below if self is NOTHING else self
        return replace(
            self,
            fractions={**below.fractions, **self.fractions},
            solar_absorptance=_first(self.solar_absorptance, below.solar_absorptance),
            specular=_first(self.specular, below.specular),
            roughness=_first(self.roughness, below.roughness),
            made_of=self.made_of or below.made_of,
            openmaterial=self.openmaterial or below.openmaterial,
        )

    def on(self, material: Material) -> Material:
        """Return a material with these numbers.

        Raises:
            SensorError: if the parts of a band add up to more than 1.
        """
        by_part = {
            part: {column: values[part] for column, values in self.fractions.items() if part in values}
            for part in PARTS
        }
        changed = material.authored(self.where, **by_part, solar_absorptance=self.solar_absorptance)
        return replace(
            changed,
            mirror=_first(self.specular, changed.mirror),
            roughness=_first(self.roughness, changed.roughness),
        )

    def material(self) -> Material | None:
        """Return what it is made of, or None where it does not say.

        Raises:
            SensorError: if the token is unknown, naming the attribute and the nearest token.
        """
        return made_of(self.made_of, f"{self.where}.ir:material") if self.made_of else None


NOTHING = Authored()


def made_of(text: str, where: str) -> Material:
    """Return the material of "base" or "base/coating".

    Raises:
        SensorError: if either is unknown, naming the place and the nearest.
    """
    try:
        return find_material(*split_token(text))
    except SensorError as error:
        raise SensorError(f"{where}: {error}") from None


def read_authored(prim: Usd.Prim, time: Usd.TimeCode) -> Authored:
    """Read the surface attributes of a prim; `NOTHING` itself where there are none.

    Raises:
        SensorError: for numbers out of range, naming the attribute.
    """
    found = [a for a in prim.GetAuthoredPropertiesInNamespace(PREFIX) if isinstance(a, Usd.Attribute)]
    values = {a.GetName(): v for a in found if _is_ours(a, prim) and (v := a.Get(time)) is not None}
    if not values:
        return NOTHING
    where = str(prim.GetPath())
    numbers = {name: _fraction(value, f"{where}.{name}") for name, value in values.items() if _is_fraction(name)}
    fractions: dict[str, dict[str, float]] = {}
    for name, number in numbers.items():
        part, _, column = name.removeprefix("ir:").partition(":")
        if part in PARTS and column in COLUMNS:
            fractions.setdefault(column, {})[part] = number
    for column, parts in fractions.items():
        check_parts(parts, f"{where}: {column}")
    return Authored(
        where,
        fractions,
        numbers.get("ir:solarAbsorptance"),
        numbers.get("ir:specular:lwir"),
        numbers.get("ir:roughness:lwir"),
        str(values.get("ir:material", "")),
        _file(values.get("ir:openmaterial")),
    )


def check_parts(parts: Mapping[str, float], where: str) -> None:
    """Refuse parts of one band that add up to more than 1, or all three where they do not add up to 1.

    Raises:
        SensorError: naming the place.
    """
    given = [parts.get(part, 0.0) for part in PARTS]
    check_closure(given[0], given[1], given[2], where)
    if len(parts) == len(PARTS) and abs(sum(given) - 1.0) > 1e-4:
        raise SensorError(
            f"{where}: emissivity, reflectance and transmittance add up to {sum(given):g}; expected 1: "
            "author two of them, the third follows"
        )


def read_temperature(prim: Usd.Prim, time: Usd.TimeCode) -> float | None:
    """Return the `ir:temperature` (K) that a prim itself has, or None.

    Raises:
        SensorError: below 0 K, Celsius by mistake or above the schema's limit, naming the attribute.
    """
    value = _number(prim, "ir:temperature", time)
    if value is None:
        return None
    where = f"{prim.GetPath()}.ir:temperature"
    return check_limits(float(check_temperature(value, where)), "ir:temperature", where)


def read_number(prim: Usd.Prim, name: str, time: Usd.TimeCode) -> float | None:
    """Return a number of the schema that a prim itself has ("ir:heatFlux", "ir:temperatureOffset"), or None.

    Raises:
        SensorError: outside the schema's limits, naming the attribute, its unit and the limits.
    """
    value = _number(prim, name, time)
    return None if value is None else check_limits(value, name, f"{prim.GetPath()}.{name}")


def check_limits(value: float, name: str, where: str) -> float:
    """Return a number and refuse one that is outside the schema's limits for an attribute.

    Raises:
        SensorError: naming the place, the unit and the limits.
    """
    rule = attributes()[name]
    low, high = rule.minimum, rule.maximum
    if not np.isfinite(value) or (low is not None and value < low) or (high is not None and value > high):
        raise SensorError(f"{where}: is {value:g}; expected {low:g} to {high:g} {rule.unit}")
    return float(value)


def _number(prim: Usd.Prim, name: str, time: Usd.TimeCode) -> float | None:
    attribute = prim.GetAttribute(name)
    value = attribute.Get(time) if attribute and attribute.HasAuthoredValue() else None
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SensorError(f"{prim.GetPath()}.{name}: is {value!r}; expected one number ({attributes()[name].unit})")
    return float(value)


def _is_ours(attribute: Usd.Attribute, prim: Usd.Prim) -> bool:
    name = attribute.GetName()
    if name in attributes() or name.startswith(ELSEWHERE):
        return name in attributes()
    warnings.warn(
        f"{prim.GetPath()}.{name}: is no attribute of IrSurfaceAPI and is ignored{suggestion(name, attributes())}",
        UnknownAttribute,
        stacklevel=4,
    )
    return False


def _is_fraction(name: str) -> bool:
    return attributes()[name].unit == "1"


def _fraction(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SensorError(f"{where}: is {value!r}; expected a number from 0 to 1")
    number = float(np.float32(value))
    rounded = float(f"{number:.7g}")  # 0.95 as authored, not 0.949999988 as float32 has it
    return check_fraction(rounded, where)


def _file(asset: Any) -> str:
    if isinstance(asset, Sdf.AssetPath):
        return str(asset.resolvedPath or asset.path)
    return str(asset or "")


def _first(one: float | None, other: float | None) -> float | None:
    return other if one is None else one
