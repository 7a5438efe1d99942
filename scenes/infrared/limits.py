"""Check constants and distributions of infrared randomizers before the first frame is drawn."""

from __future__ import annotations

from typing import Any

from scenes.distributions import is_distribution, split
from scenes.infrared.settings import RANGES
from sensors.checks import check_temperature


def extremes(value: Any, key: str) -> list[float]:
    """Return the numbers that bound what a value can be: itself, or those of its distribution.

    A normal distribution has no bounds: its mean stands for it.
    """
    if not is_distribution(value):
        return [float(value)] if isinstance(value, int | float) and not isinstance(value, bool) else []
    kind, options, _ = split(value, key)
    if kind == "combine":
        return []
    names = {"choice": ("choices",), "sequence": ("items",), "normal": ("mean",)}.get(kind, ("lower", "upper"))
    listed = [options[name] for name in names]
    flat = [item for each in listed for item in (each if isinstance(each, list) else [each])]
    return [float(item) for item in flat if isinstance(item, int | float) and not isinstance(item, bool)]


def check_numbers(name: str, value: Any, low: float, high: float, text: str) -> None:
    """Refuse what is no number, and numbers out of range.

    Args:
        name: of the argument.
        value: constant, distribution or None.
        low: smallest.
        high: largest.
        text: both, in words.

    Raises:
        ValueError: naming the argument.
    """
    if value is None:
        return
    numbers = extremes(value, name)
    if not numbers:
        raise ValueError(f"{name} is {value!r}; expected a number or a distribution of numbers, {text}")
    for number in numbers:
        if not low <= number <= high:
            raise ValueError(f"{name} can be {number:g}; expected {text}")


def check_kelvin(name: str, value: Any) -> None:
    """Refuse temperatures that cannot be, Celsius by mistake among them.

    Raises:
        ValueError: naming the argument.
    """
    check_numbers(name, value, float("-inf"), float("inf"), "kelvin")
    if value is not None:
        check_temperature(extremes(value, name), name)


def check_weather(name: str, value: Any) -> None:
    """Refuse weather that cannot be.

    Raises:
        ValueError: naming the key.
    """
    if name in RANGES:
        low, high, text = RANGES[name]
        check_numbers(name, value, low, high, text)
    elif name != "ground_temperature" or any(extremes(value, name)):
        check_kelvin(name, value)
