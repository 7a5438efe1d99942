"""Sunlight on surfaces that lean, now and through the day, and how much sky they see.

Directions are east, north, up. A surface in the open: what stands about it shades nothing here (see `shade`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

ALBEDO = 0.2  # of the land about, for sunlight: the usual value of solar engineering
_ROUND = np.radians(np.arange(8) * 45.0)
_LEAN = np.sqrt(0.5)

LEVEL = 0  # number of straight up in `SLOPES`
DOWN = 17  # of straight down
SLOPES = np.array(
    [(0.0, 0.0, 1.0)]
    + [(_LEAN * np.sin(a), _LEAN * np.cos(a), _LEAN) for a in _ROUND]
    + [(np.sin(a), np.cos(a), 0.0) for a in _ROUND]
    + [(0.0, 0.0, -1.0)]
)  # unit normals that stand for all: level, roofs and walls to eight sides, and underneath


@dataclass(frozen=True)
class SunDay:
    """Sunlight at even times of a day, the last of them now.

    Attributes:
        towards: (n, 3) unit vectors to the sun.
        direct: (n,) from the disc on a surface that faces it, W m^-2.
        diffuse: (n,) from the whole sky on level ground, W m^-2.
    """

    towards: NDArray[np.float64]
    direct: NDArray[np.float64]
    diffuse: NDArray[np.float64]


def sky_view(normal: ArrayLike) -> NDArray[np.float64]:
    """Return the part of a surface's view that is sky, weighted by the cosine: (1 + up) / 2.

    Args:
        normal: (..., 3) unit.
    """
    return 0.5 * (1.0 + np.asarray(normal, np.float64)[..., 2])


def sunlight_on(normal: ArrayLike, day: SunDay, is_lit: bool = True) -> NDArray[np.float64]:
    """Return the sunlight (n,) on a surface through a day, W m^-2.

    Args:
        normal: (3,) unit.
        day: the sun.
        is_lit: the disc shines on it; otherwise it has what sky and the sunny land about send.

    Source: Liu and Jordan 1963, Solar Energy 7:53: direct by the cosine, an even sky, and ground of `ALBEDO` in what
    is left of the view.
    """
    view, cosines = float(sky_view(normal)), day.towards @ np.asarray(normal, np.float64)
    level = day.direct * np.maximum(day.towards[:, 2], 0.0) + day.diffuse
    scattered = view * day.diffuse + (1.0 - view) * ALBEDO * level
    return day.direct * np.maximum(cosines, 0.0) + scattered if is_lit else scattered


def shares(areas: ArrayLike) -> tuple[tuple[int, float], ...]:
    """Return which of `SLOPES` stand for a thing, and for how much of its area.

    What looks straight down is seen by nobody and does not count, unless there is nothing else: a sheet that is wound
    the other way. Parts below 4 % are left out.

    Args:
        areas: (m, 3) outward normals as long as their areas.
    """
    vectors = np.asarray(areas, np.float64).reshape(-1, 3)
    sizes = np.linalg.norm(vectors, axis=1)
    nearest = np.argmax(vectors @ SLOPES.T, axis=1)
    total = np.bincount(nearest, sizes, len(SLOPES))
    if total[:DOWN].sum() <= 0.01 * total[DOWN]:
        return ((LEVEL, 1.0),)
    total[DOWN] = 0.0
    total[total < 0.04 * total.sum()] = 0.0
    total = total / total.sum()
    return tuple((int(slope), float(total[slope])) for slope in np.flatnonzero(total))
