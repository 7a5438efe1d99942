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
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._items: list[tuple[str, Any]] = []
        self._sequences: list[tuple[Any, list[Any], int]] = []
        self._notes: dict[str, Callable[[], Any]] = {}
        self.latest: Any = None  # the rep item of the prims asked for last
        self.read: set[str] = set()
        self.shaped: set[str] = set()

    def prims(self, pattern: str, argument: str = "prims", types: list[str] | None = None) -> Any:
        """Find prims by a regular expression on their paths, as `rep.get.prims` does.

        Raises:
            ValueError: if the expression cannot be read or no prim matches it.
        """
        matching(pattern, argument)
        self.latest = rep.get.prims(path_pattern=pattern, prim_types=types)
        return self.latest

    def reads(self, *patterns: str | None) -> None:
        """Say whose places and extents this randomizer looks at when it runs."""
        self.read |= {path for pattern in patterns if pattern for path in matching(pattern)}

    def shapes(self, pattern: str) -> None:
        """Say whose places, extents or visibility this randomizer changes."""
        self.shaped |= set(matching(pattern))

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
            return self._sequence(options["items"], options.get("stride", 1), label)
        given = {k: tuple(v) if k in _VECTORS and isinstance(v, list) else v for k, v in options.items()}
        seed = derive_seed(self.name, argument)
        return self.track(argument, getattr(rep.distribution, kind)(**given, seed=seed, name=label))

    def _sequence(self, items: list[Any], stride: int, label: str | None) -> Any:
        """Make a sequence that says nothing of the draws before: each draw begins at the first of its items."""
        item = rep.distribution.sequence(items, name=label, stride=len(items))
        self._sequences.append((item, items, stride))
        return item

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
        """Point every stream at one frame.

        Entropy is (scenario seed, frame, randomizer, argument) and nothing else; a sequence begins `stride` items
        later in each frame.
        """
        for argument, item in self._items:
            item.set_input("seed", derive_seed(scenario_seed, frame, self.name, argument))
        for item, items, stride in self._sequences:
            item.set_input("items", rotate(items, frame * stride))


def rotate(items: list[Any], by: int) -> list[Any]:
    """Return the items from number `by` on, and round."""
    shift = by % len(items)
    return items[shift:] + items[:shift]


def matching(pattern: str, argument: str = "prims") -> list[str]:
    """List the paths of the prims that a regular expression matches, without case as `rep.get.prims` does.

    Raises:
        ValueError: if the expression cannot be read or no prim matches it.
    """
    try:
        expression = re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"{argument} '{pattern}' is not a regular expression: {error}") from error
    paths = [str(prim.GetPath()) for prim in omni.usd.get_context().get_stage().TraverseAll()]
    found = [path for path in paths if expression.search(path)]
    if not found:
        below = ", ".join(path for path in paths if path.startswith("/World/") and path.count("/") == 2)
        raise ValueError(f"{argument} '{pattern}' matches no prim; there are {below or 'none'} and what is below them")
    return found


def changed_too_late(earlier: Streams, later: Streams) -> str:
    """Return a prim that `later` changes after `earlier` has looked at it, or "" where there is none."""
    for shaped in sorted(later.shaped):
        for read in earlier.read:
            if shaped == read or shaped.startswith(f"{read}/") or read.startswith(f"{shaped}/"):
                return shaped
    return ""
