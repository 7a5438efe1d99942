"""What a scenario says of materials by class label or by regular expression of prim paths."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scenes.errors import ScenarioError
from scenes.infrared.authored import PARTS, Authored, check_parts
from scenes.infrared.simready import split_token
from scenes.keys import check_keys, suggestion
from sensors.checks import SensorError, check_fraction
from sensors.material_table import find_material
from sensors.materials import COLUMNS, Material

TOKENS = ("base", "coating", "attributes")
NUMBERS = ("solar_absorptance", "specular", "roughness")
KEYS = (*TOKENS, *PARTS, *NUMBERS)


@dataclass(frozen=True)
class Override:
    """One entry.

    Args:
        name: class label, or regular expression of prim paths that begins with "^".
        material: what the prims are made of, or None where the entry gives numbers only.
        numbers: numbers on top.
    """

    name: str
    material: Material | None
    numbers: Authored


class Overrides:
    """All entries of a scenario. Paths count before labels; among several of a kind the last in the file counts.

    A regular expression is searched for in the path of the prim and so reaches everything below it.
    """

    def __init__(self, entries: Sequence[Override] = ()) -> None:
        self._by_path = [(re.compile(e.name), e) for e in entries if e.name.startswith("^")][::-1]
        self._by_label = {e.name: e for e in entries if not e.name.startswith("^")}

    def of(self, path: str, classes: Sequence[str]) -> Override | None:
        """Return the entry for a prim of a path and with class labels, or None."""
        for pattern, entry in self._by_path:
            if pattern.search(path):
                return entry
        return next((self._by_label[name] for name in classes if name in self._by_label), None)


def parse_overrides(entries: Mapping[str, Any], key: str = "infrared.materials") -> Overrides:
    """Check the entries of a scenario.

    Args:
        entries: class label or ^regex to a token ("steel", "steel/paint") or a mapping with any of base, coating,
            attributes, emissivity, reflectance, transmittance (each a mapping from column to number),
            solar_absorptance, specular, roughness.
        key: where they stand in the scenario, for errors.

    Raises:
        ScenarioError: naming the wrong key, with the nearest of what is known.
    """
    return Overrides([_parse(str(name), value, f"{key}.{name}") for name, value in entries.items()])


def _parse(name: str, value: Any, key: str) -> Override:
    if name.startswith("^"):
        try:
            re.compile(name)
        except re.error as error:
            raise ScenarioError(key, f"is no regular expression: {error}") from None
    if isinstance(value, str):
        base, coating = split_token(value)
        value = {"base": base, "coating": coating}
    if not isinstance(value, Mapping) or not value:
        raise ScenarioError(key, f"is {value!r}; expected a material such as 'steel/paint', or a mapping of numbers")
    check_keys(value, KEYS, key)
    if "base" not in value and any(name in value for name in TOKENS):
        raise ScenarioError(key, "has a coating or attributes and no base; name the material below them: base: steel")
    try:
        return Override(name, _material(value), _numbers(value, key))
    except SensorError as error:
        text = str(error)
        raise ScenarioError(key, text.removeprefix(f"{key}: ")) from None


def _material(value: Mapping[str, Any]) -> Material | None:
    if "base" not in value:
        return None
    attributes = value.get("attributes", ())
    flags = (attributes,) if isinstance(attributes, str) else tuple(attributes)
    return find_material(str(value["base"]), str(value.get("coating", "none")), flags)


def _numbers(value: Mapping[str, Any], key: str) -> Authored:
    fractions: dict[str, dict[str, float]] = {}
    for part in PARTS:
        given = value.get(part, {})
        if not isinstance(given, Mapping):
            raise ScenarioError(f"{key}.{part}", f"is {given!r}; expected a mapping such as {{lwir: 0.9}}")
        for column, number in given.items():
            if column not in COLUMNS:
                near = suggestion(str(column), COLUMNS)
                raise ScenarioError(f"{key}.{part}.{column}", f"is unknown; expected {', '.join(COLUMNS)}{near}")
            fractions.setdefault(column, {})[part] = _fraction(number, f"{key}.{part}.{column}")
    for column, parts in fractions.items():
        check_parts(parts, f"{key}: {column}")
    numbers = {name: _fraction(value[name], f"{key}.{name}") for name in NUMBERS if name in value}
    return replace(Authored(key, fractions), **numbers)  # type: ignore[arg-type]


def _fraction(number: Any, key: str) -> float:
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise ScenarioError(key, f"is {number!r}; expected a number from 0 to 1")
    try:
        return check_fraction(number, key)
    except SensorError as error:
        raise ScenarioError(key, str(error).removeprefix(f"{key}: ")) from None
