"""Flat panels, boxes and walls with openings, with texture coordinates in metres along and up."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scenes.farm.forms import joined
from scenes.household.shapes import Shape

Floats = NDArray[np.floating[Any]]
Opening = tuple[float, float, float, float]  # left, right, low, high


def panel(corner: ArrayLike, along: ArrayLike, up: ArrayLike, scale: float = 1.0) -> Shape:
    """Make a rectangle that faces `along` x `up`.

    Args:
        corner: lower left, seen from the front (3,) metres.
        along, up: edges (3,) metres.
        scale: metres of one tile of the texture.
    """
    a, b, c = (np.asarray(v, float) for v in (along, up, corner))
    points = np.stack([c, c + a, c + a + b, c + b])
    normal = np.cross(a, b)
    long, high = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    first, second = c @ a / max(long, 1e-9), c @ b / max(high, 1e-9)
    uvs = np.array([[first, second], [first + long, second], [first + long, second + high], [first, second + high]])
    return Shape(
        points, np.array([[0, 1, 2], [0, 2, 3]]), np.tile(normal / np.linalg.norm(normal), (4, 1)), uvs / scale
    )


def box(low: ArrayLike, high: ArrayLike, scale: float = 1.0) -> Shape:
    """Make a closed box between two corners (3,), metres."""
    a, b = np.asarray(low, float), np.asarray(high, float)
    x, y, z = np.diag(b - a)
    return joined([
        panel(a, x, z, scale), panel(a + x, y, z, scale), panel(a + x + y, -x, z, scale), panel(a + y, -y, z, scale),
        panel(a + z, x, y, scale), panel(a + y, x, -y, scale),
    ])  # fmt: skip


def wall(width: float, height: float, openings: list[Opening], depth: float, scale: float) -> Shape:
    """Make a wall in the plane y = 0 that faces -y, with reveals around its openings.

    Args:
        width: along x from 0, metres.
        height: metres.
        openings: rectangles (left, right, low, high) that do not touch.
        depth: of the reveals, towards +y, metres.
        scale: metres of one tile of the texture.
    """
    xs = sorted({0.0, width, *(v for o in openings for v in o[:2])})
    zs = sorted({0.0, height, *(v for o in openings for v in o[2:])})
    parts = []
    for left, right in pairwise(xs):
        for low, high in pairwise(zs):
            x, z = 0.5 * (left + right), 0.5 * (low + high)
            if not any(o[0] < x < o[1] and o[2] < z < o[3] for o in openings):
                parts.append(panel((left, 0, low), (right - left, 0, 0), (0, 0, high - low), scale))
    for left, right, low, high in openings:
        wide, tall, deep = (right - left, 0, 0), (0, 0, high - low), (0, depth, 0)
        parts += [panel((left, 0, low), deep, tall, scale), panel((right, depth, low), (0, -depth, 0), tall, scale)]
        parts += [panel((left, 0, low), wide, deep, scale), panel((left, depth, high), wide, (0, -depth, 0), scale)]
    return joined(parts)
