"""Where to author what: on the topmost prim below which all agree, so that little is written and read."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from functools import cached_property

from scenes.infrared.things import Thing
from sensors.materials import Material


class Tree:
    """The prims that can carry opinions, parents before children, and what is anchored at each.

    Args:
        things: all drawable prims.
    """

    def __init__(self, things: Iterable[Thing]) -> None:
        self._at: dict[str, list[Thing]] = {}
        for thing in things:
            self._at.setdefault(thing.anchor, []).append(thing)
        paths = {prefix for anchor in self._at for prefix in _prefixes(anchor)}
        self._paths = sorted(paths)
        number = {path: n for n, path in enumerate(self._paths)}
        self._parents = [number.get(path.rpartition("/")[0], -1) for path in self._paths]
        self._anchored = [(number[path], things) for path, things in self._at.items()]

    def warmth(self, kelvin: Mapping[str, float]) -> dict[str, float]:
        """Return temperatures by the prims that say them; an instance has that of most of its parts.

        Args:
            kelvin: by path of the thing.
        """
        values: list[Hashable] = [None] * len(self._paths)
        for number, things in self._anchored:
            values[number] = kelvin[things[0].path] if len(things) == 1 else _commonest(kelvin[t.path] for t in things)
        return self._topmost(values)  # type: ignore[return-value]

    @cached_property
    def surfaces(self) -> dict[str, Material]:
        """Materials by the prims that say them."""
        values: list[Hashable] = [None] * len(self._paths)
        materials: dict[int, Material] = {}
        for number, things in self._anchored:
            first = things[0].materials[0]
            values[number] = id(first)
            materials[id(first)] = first
        return {path: materials[value] for path, value in self._topmost(values).items()}  # type: ignore[index]

    def _topmost(self, values: list[Hashable]) -> dict[str, Hashable]:
        """Return values by the topmost paths below which they are the same everywhere."""
        mixed = object()
        merged = list(values)
        for number in range(len(merged) - 1, -1, -1):  # children come after their parents
            parent, value = self._parents[number], merged[number]
            if parent >= 0:
                merged[parent] = value if merged[parent] in (None, value) else mixed
        found: dict[str, Hashable] = {}
        for number, path in enumerate(self._paths):
            above = merged[self._parents[number]] if self._parents[number] >= 0 else mixed
            value = values[number] if merged[number] is mixed else merged[number]
            if value is not None and value is not mixed and value != above:
                found[path] = value
        return found


def _prefixes(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:n]) for n in range(2, len(parts) + 1)]


def _commonest(values: Iterable[float]) -> float:
    counts: dict[float, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return max(counts, key=lambda value: counts[value])
