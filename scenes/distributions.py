"""Distributions as NVIDIA's Replicator YAML writes them, and the seeds they draw from.

    position: {distribution.uniform: {lower: [-1, -1, 0], upper: [1, 1, 0]}}

Each distribution has a stream of its own, named by randomizer and argument and seeded for each frame, so that adding a
randomizer changes no other, and any frame can be made alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np

from scenes.errors import ScenarioError

PREFIX = "distribution."
_KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # name -> (required, optional)
    "uniform": (("lower", "upper"), ("num_samples",)),
    "log_uniform": (("lower", "upper"), ("num_samples",)),
    "normal": (("mean", "std"), ("num_samples",)),
    "choice": (("choices",), ("weights", "num_samples", "with_replacements")),
    "sequence": (("items",), ("ordered",)),
    "combine": (("distributions",), ()),
}


def is_distribution(value: Any) -> bool:
    """Tell whether a YAML value is a distribution mapping."""
    return isinstance(value, dict) and any(str(k).startswith(PREFIX) for k in value)


def derive_seed(*parts: Any) -> int:
    """Derive a seed from anything printable: SHA-256 of the parts, in 1 .. 2^31-2 (Replicator reads 0 as unset)."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    return 1 + int.from_bytes(digest[:8], "little") % (2**31 - 2)


def check_distribution(value: dict[str, Any], key: str) -> None:
    """Refuse a distribution that cannot be drawn from.

    Raises:
        ScenarioError: naming the wrong key.
    """
    kind, options, here = _split(value, key)
    required, optional = _KEYS[kind]
    for name in options:
        if name not in required + optional:
            raise ScenarioError(f"{here}.{name}", f"is not a known key (known: {', '.join(required + optional)})")
    for name in required:
        if name not in options:
            raise ScenarioError(f"{here}.{name}", "is missing")
    _CHECKS[kind](options, here)


def _split(value: dict[str, Any], key: str) -> tuple[str, dict[str, Any], str]:
    if len(value) != 1:
        raise ScenarioError(key, f"has keys {', '.join(map(str, value))}; expected one distribution and nothing else")
    name, options = next(iter(value.items()))
    here, kind = f"{key}.{name}", str(name)[len(PREFIX) :]
    if kind not in _KEYS:
        known = ", ".join(PREFIX + k for k in _KEYS)
        raise ScenarioError(here, f"is not a known distribution (known: {known})")
    if not isinstance(options, dict):
        raise ScenarioError(here, f"is {options!r}; expected a mapping with {', '.join(_KEYS[kind][0])}")
    return kind, options, here


def _numbers(value: Any, key: str) -> np.ndarray:
    try:
        array = np.atleast_1d(np.asarray(value, dtype=np.float64))
    except (TypeError, ValueError):
        raise ScenarioError(key, f"is {value!r}; expected a number or a list of numbers") from None
    if array.ndim != 1 or not np.isfinite(array).all():
        raise ScenarioError(key, f"is {value!r}; expected a number or a list of finite numbers")
    return array


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


def _check_list(name: str) -> Callable[[dict[str, Any], str], None]:
    def check(options: dict[str, Any], key: str) -> None:
        items = options[name]
        if not isinstance(items, list) or not items:
            raise ScenarioError(f"{key}.{name}", f"is {items!r}; expected a list with at least one entry")
        weights = options.get("weights")
        if weights is None:
            return
        values = _numbers(weights, f"{key}.weights")
        if len(values) != len(items) or (values < 0).any() or values.sum() <= 0:
            raise ScenarioError(f"{key}.weights", f"is {weights}; expected {len(items)} numbers >= 0, not all 0")

    return check


def _check_combine(options: dict[str, Any], key: str) -> None:
    _check_list("distributions")(options, key)
    for number, part in enumerate(options["distributions"]):
        if is_distribution(part):
            check_distribution(part, f"{key}.distributions[{number}]")
        else:
            _numbers(part, f"{key}.distributions[{number}]")


_CHECKS: dict[str, Callable[[dict[str, Any], str], None]] = {
    "uniform": _check_range,
    "log_uniform": _check_log_range,
    "normal": _check_normal,
    "choice": _check_list("choices"),
    "sequence": _check_list("items"),
    "combine": _check_combine,
}


class Streams:
    """The random streams of one randomizer: makes distributions and re-seeds them for each frame.

    Args:
        name: the randomizer's name in the scenario; names are unique, so streams are independent.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._nodes: list[tuple[str, Any]] = []

    def draw(self, argument: str, value: Any, publish: bool = True) -> Any:
        """Turn a YAML value into what rep.* takes: a constant, or a distribution with its own stream.

        Args:
            argument: the argument's name; two draws with equal names take equal choices.
            value: constant or distribution mapping.
            publish: report the drawn values in the writer's payload.
        """
        if not is_distribution(value):
            return tuple(value) if isinstance(value, list) else value
        import omni.replicator.core as rep

        kind, options, _ = _split(value, self.name)
        label = f"{self.name}.{argument}" if publish else None
        if kind == "combine":
            parts = [self.draw(f"{argument}[{n}]", p, False) for n, p in enumerate(options["distributions"])]
            return rep.distribution.combine(parts, name=label)
        seed = derive_seed(self.name, argument)
        options = {
            k: tuple(v) if k in ("lower", "upper", "mean", "std") and isinstance(v, list) else v
            for k, v in options.items()
        }
        item = getattr(rep.distribution, kind)(**options, seed=seed, name=label)
        return self.track(argument, item)

    def track(self, argument: str, item: Any) -> Any:
        """Register any seeded rep item (a scatter, a rotation) under an argument name; returns the item."""
        self._nodes.append((argument, item))
        return item

    def reseed(self, scenario_seed: int, frame: int) -> None:
        """Point every stream at one frame: entropy is (scenario seed, frame, randomizer, argument) and nothing else."""
        for argument, item in self._nodes:
            item.set_input("seed", derive_seed(scenario_seed, frame, self.name, argument))
