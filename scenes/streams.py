"""The random streams of a randomizer: distributions with seeds of their own, pointed at one frame after another.

Each distribution has a stream of its own, named by randomizer and argument and seeded for each frame, so that adding a
randomizer changes no other, and any frame can be made alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import omni.replicator.core as rep
import omni.usd

from scenes.distributions import is_distribution, split
from scenes.seeds import derive_seed

_VECTORS = ("lower", "upper", "mean", "std")


class Streams:
    """What one randomizer draws from.

    Args:
        name: the randomizer's name in the scenario; names are unique, so streams are independent.
        start: the first frame of the run; sequences begin where a run from frame 0 would be.
    """

    def __init__(self, name: str, start: int = 0) -> None:
        self.name, self.start = name, start
        self._items: list[tuple[str, Any]] = []
        self._notes: dict[str, Callable[[], Any]] = {}

    def prims(self, pattern: str, argument: str = "prims", types: list[str] | None = None) -> Any:
        """Find prims by a regular expression on their paths, as `rep.get.prims` does.

        Raises:
            ValueError: if the expression cannot be read or no prim matches it.
        """
        try:
            expression = re.compile(pattern, re.IGNORECASE)
        except re.error as error:
            raise ValueError(f"{argument} '{pattern}' is not a regular expression: {error}") from error
        paths = [str(prim.GetPath()) for prim in omni.usd.get_context().get_stage().TraverseAll()]
        if not any(map(expression.search, paths)):
            below = ", ".join(path for path in paths if path.count("/") == 2) or "none"
            raise ValueError(f"{argument} '{pattern}' matches no prim; there are {below} and what is below them")
        return rep.get.prims(path_pattern=pattern, prim_types=types)

    def draw(self, argument: str, value: Any, publish: bool = True) -> Any:
        """Turn a YAML value into what rep.* takes: a constant, or a distribution with its own stream.

        Args:
            argument: the argument's name; two draws with equal names take equal choices.
            value: constant or distribution mapping.
            publish: report the drawn values in the writer's payload.
        """
        if not is_distribution(value):
            return tuple(value) if isinstance(value, list) else value
        kind, options, _ = split(value, self.name)
        label = f"{self.name}.{argument}" if publish else None
        if kind == "combine":
            parts = [self.draw(f"{argument}[{n}]", p, False) for n, p in enumerate(options["distributions"])]
            return rep.distribution.combine(parts, name=label)
        if kind == "sequence":
            stride = options.get("stride", 1)
            return rep.distribution.sequence(rotate(options["items"], self.start * stride), name=label, stride=stride)
        given = {k: tuple(v) if k in _VECTORS and isinstance(v, list) else v for k, v in options.items()}
        seed = derive_seed(self.name, argument)
        return self.track(argument, getattr(rep.distribution, kind)(**given, seed=seed, name=label))

    def track(self, argument: str, item: Any) -> Any:
        """Register any seeded rep item (a scatter, a rotation) under an argument name; returns the item."""
        self._items.append((argument, item))
        return item

    def note(self, argument: str, read: Callable[[], Any]) -> None:
        """Have a value that no distribution publishes read from the stage for each sample's JSON."""
        self._notes[f"{self.name}.{argument}"] = read

    def noted(self) -> dict[str, Any]:
        """Read the noted values as they are now."""
        return {name: read() for name, read in self._notes.items()}

    def reseed(self, scenario_seed: int, frame: int) -> None:
        """Point every stream at one frame: entropy is (scenario seed, frame, randomizer, argument) and nothing else."""
        for argument, item in self._items:
            item.set_input("seed", derive_seed(scenario_seed, frame, self.name, argument))


def rotate(items: list[Any], by: int) -> list[Any]:
    """Return the items from number `by` on, and round."""
    shift = by % len(items)
    return items[shift:] + items[:shift]
