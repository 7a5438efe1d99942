"""Where to author what: on the topmost prim below which all agree, so that little is written and read."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Final

from scenes.infrared.things import Thing


class Mixed:
    """Stands for values that differ below a prim, so that nothing can be said there."""


MIXED: Final = Mixed()


class Tree:
    """The prims that can carry opinions, parents before children, and what is anchored at each.

    Args:
        things: all drawable prims.

    Attributes:
        anchored: things by the prim that carries opinions for them.
    """

    def __init__(self, things: Iterable[Thing]) -> None:
        self.anchored: dict[str, list[Thing]] = {}
        for thing in sorted(things, key=lambda each: each.path):  # in one order, however they were found
            self.anchored.setdefault(thing.anchor, []).append(thing)
        self._paths = sorted({prefix for anchor in self.anchored for prefix in _prefixes(anchor)})
        number = {path: n for n, path in enumerate(self._paths)}
        self._parents = [number.get(path.rpartition("/")[0], -1) for path in self._paths]
        self._numbers = {path: number[path] for path in self.anchored}

    def topmost(self, values: Mapping[str, Hashable]) -> dict[str, Hashable]:
        """Return values by the topmost paths below which they are the same everywhere.

        Args:
            values: by anchor; None says nothing there and lets nothing be said above, `MIXED` the same.
        """
        own: list[Hashable] = [None] * len(self._paths)
        for path, number in self._numbers.items():
            value = values.get(path)
            own[number] = MIXED if value is None else value
        merged = list(own)
        for number in range(len(merged) - 1, -1, -1):  # children come after their parents
            parent, value = self._parents[number], merged[number]
            if parent >= 0:
                merged[parent] = value if merged[parent] is None or merged[parent] == value else MIXED
        found: dict[str, Hashable] = {}
        for number, path in enumerate(self._paths):
            parent, value = self._parents[number], merged[number]
            if value is MIXED:
                value = own[number]  # of a prim that is drawn itself and has others below it
            if value is not None and value is not MIXED and (parent < 0 or merged[parent] is MIXED):
                found[path] = value
        return found


def _prefixes(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:n]) for n in range(2, len(parts) + 1)]
