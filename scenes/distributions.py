"""Distributions as NVIDIA's Replicator YAML writes them: what can be drawn from.

    position: {distribution.uniform: {lower: [-1, -1, 0], upper: [1, 1, 0]}}

`scenes/streams.py` turns them into nodes with random streams of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenes.errors import ScenarioError
from scenes.keys import check_keys, suggestion

PREFIX = "distribution."
KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # name -> (required, optional)
    "uniform": (("lower", "upper"), ("num_samples",)),
    "log_uniform": (("lower", "upper"), ("num_samples",)),
    "normal": (("mean", "std"), ("num_samples",)),
    "choice": (("choices",), ("weights", "num_samples", "with_replacements")),
    "sequence": (("items",), ("ordered", "stride")),
    "combine": (("distributions",), ()),
}


def is_distribution(value: Any) -> bool:
    """Tell whether a YAML value is a distribution mapping."""
    return isinstance(value, dict) and any(str(k).startswith(PREFIX) for k in value)


def check_distribution(value: dict[str, Any], key: str) -> None:
    """Refuse a distribution that cannot be drawn from.

    Raises:
        ScenarioError: naming the wrong key.
    """
    kind, options, here = split(value, key)
    required, optional = KEYS[kind]
    check_keys(options, required + optional, here)
    for name in required:
        if name not in options:
            raise ScenarioError(f"{here}.{name}", f"is missing; distribution.{kind} needs {' and '.join(required)}")
    _check_count(options, "num_samples", here)
    _CHECKS[kind](options, here)


def split(value: dict[str, Any], key: str) -> tuple[str, dict[str, Any], str]:
    """Take a distribution mapping apart.

    Returns:
        Its kind, its options, and the key of the options.

    Raises:
        ScenarioError: if it is no mapping of one known distribution to its options.
    """
    if len(value) != 1:
        raise ScenarioError(key, f"has keys {', '.join(map(str, value))}; expected one distribution and nothing else")
    name, options = next(iter(value.items()))
    here, kind = f"{key}.{name}", str(name)[len(PREFIX) :]
    if kind not in KEYS:
        known = ", ".join(PREFIX + k for k in KEYS)
        raise ScenarioError(here, f"is not a known distribution{suggestion(kind, KEYS)} (known: {known})")
    if not isinstance(options, dict):
        raise ScenarioError(here, f"is {options!r}; expected a mapping with {', '.join(KEYS[kind][0])}")
    return kind, options, here


def _numbers(value: Any, key: str) -> NDArray[np.float64]:
    try:
        array = np.atleast_1d(np.asarray(value, dtype=np.float64))
    except (TypeError, ValueError):
        raise ScenarioError(key, f"is {value!r}; expected a number or a list of numbers") from None
    if array.ndim != 1 or not np.isfinite(array).all():
        raise ScenarioError(key, f"is {value!r}; expected a number or a list of finite numbers")
    return array


def _check_count(options: dict[str, Any], name: str, key: str) -> None:
    value = options.get(name, 1)
    if type(value) is not int or value < 1:
        raise ScenarioError(f"{key}.{name}", f"is {value!r}; expected a whole number of 1 or more")


def _check_range(options: dict[str, Any], key: str) -> None:
    lower, upper = _numbers(options["lower"], f"{key}.lower"), _numbers(options["upper"], f"{key}.upper")
    if lower.shape != upper.shape:
        raise ScenarioError(key, f"lower has {lower.size} values and upper {upper.size}; expected as many")
    if (lower > upper).any():
        raise ScenarioError(key, f"lower {options['lower']} is above upper {options['upper']}; swap them")


def _check_log_range(options: dict[str, Any], key: str) -> None:
    _check_range(options, key)
    if (_numbers(options["lower"], f"{key}.lower") <= 0).any():
        raise ScenarioError(f"{key}.lower", f"is {options['lower']}; a log-uniform range is above 0")


def _check_normal(options: dict[str, Any], key: str) -> None:
    mean, std = _numbers(options["mean"], f"{key}.mean"), _numbers(options["std"], f"{key}.std")
    if mean.shape != std.shape:
        raise ScenarioError(key, f"mean has {mean.size} values and std {std.size}; expected as many")
    if (std < 0).any():
        raise ScenarioError(f"{key}.std", f"is {options['std']}; expected 0 or more")


def _check_list(options: dict[str, Any], name: str, key: str) -> list[Any]:
    items = options[name]
    if not isinstance(items, list) or not items:
        raise ScenarioError(f"{key}.{name}", f"is {items!r}; expected a list with at least one entry")
    if len({_form(item) for item in items}) > 1:
        raise ScenarioError(f"{key}.{name}", f"is {items!r}; expected entries of one kind, e.g. all numbers")
    return items


def _form(item: Any) -> Any:
    """Tell what an entry looks like: entries that can take each other's place look alike."""
    if isinstance(item, list):
        return ("list", tuple(_form(part) for part in item))
    return "number" if isinstance(item, int | float) and not isinstance(item, bool) else type(item).__name__


def _check_choice(options: dict[str, Any], key: str) -> None:
    items = _check_list(options, "choices", key)
    weights = options.get("weights")
    if weights is not None:
        values = _numbers(weights, f"{key}.weights")
        if not isinstance(weights, list) or values.size != len(items) or (values < 0).any() or values.sum() <= 0:
            text = f"is {weights}; expected {len(items)} numbers >= 0, not all 0: one for each of the choices"
            raise ScenarioError(f"{key}.weights", text)
    replaced = options.get("with_replacements", True)
    if not isinstance(replaced, bool):
        raise ScenarioError(f"{key}.with_replacements", f"is {replaced!r}; expected true or false")


def _check_sequence(options: dict[str, Any], key: str) -> None:
    _check_list(options, "items", key)
    _check_count(options, "stride", key)
    if options.get("ordered", True) is not True:
        raise ScenarioError(
            f"{key}.ordered",
            f"is {options['ordered']!r}; a shuffled sequence would depend on the frames before it: expected true, "
            "or use distribution.choice",
        )


def _check_combine(options: dict[str, Any], key: str) -> None:
    parts = options["distributions"]
    if not isinstance(parts, list) or not parts:
        raise ScenarioError(f"{key}.distributions", f"is {parts!r}; expected a list with at least one entry")
    for number, part in enumerate(parts):
        here = f"{key}.distributions[{number}]"
        check_distribution(part, here) if is_distribution(part) else _numbers(part, here)


_CHECKS: dict[str, Callable[[dict[str, Any], str], None]] = {
    "uniform": _check_range,
    "log_uniform": _check_log_range,
    "normal": _check_normal,
    "choice": _check_choice,
    "sequence": _check_sequence,
    "combine": _check_combine,
}
