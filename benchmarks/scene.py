"""The benchmark scene as numbers, the same for every engine (plain NumPy; no engine is imported).

A floor of 20 x 20 m, 20 primitives (cube, sphere, cylinder, cone; side 0.6 m; uniform in +-2 m; any rotation; random
colour), one 1 m area light at (2, -2, 5), a camera on an orbit of radius 4 m at height 3 m, 60 degrees field of view.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

KINDS = ("cube", "sphere", "cylinder", "cone")
SIDE = 0.6
LIGHT = (2.0, -2.0, 5.0)
FIELD_OF_VIEW = 60.0  # degrees, horizontal


@dataclass(frozen=True)
class Primitive:
    """One object: kind, position (m), rotation (degrees, XYZ), linear colour."""

    kind: str
    position: tuple[float, float, float]
    rotation: tuple[float, float, float]
    color: tuple[float, float, float]


def primitives(count: int = 20, seed: int = 42) -> list[Primitive]:
    """Return the objects."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(count):
        x, y = rng.uniform(-2, 2, 2)
        place = (float(x), float(y), float(rng.uniform(0.3, 1.2)))
        turn = tuple(float(v) for v in rng.uniform(0, 360, 3))
        color = tuple(float(v) for v in rng.uniform(0.1, 0.9, 3))
        found.append(Primitive(KINDS[number % 4], place, turn, color))  # type: ignore[arg-type]
    return found


def camera_position(view: int, views: int = 10) -> tuple[float, float, float]:
    """Return where the camera stands; it looks at (0, 0, 0.5)."""
    angle = 2 * np.pi * view / views
    return float(4 * np.cos(angle)), float(4 * np.sin(angle)), 3.0
