"""The two solid shapes an animal is modelled with, as signed distances: a round cone and a loft along a line."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

Array = NDArray[np.floating]


def unit(vector: Array) -> Array:
    """Return a vector (3,) at length one."""
    vector = np.asarray(vector, float)
    return vector / np.linalg.norm(vector)


@dataclass(frozen=True)
class Cone:
    """A round cone between two balls, flattened or widened along one axis.

    Args:
        start, end: ball centres (3,), metres.
        radius, end_radius: ball radii across the flattened axis, metres.
        part: name of the body part it belongs to.
        blend: width of the smooth join with what is already there, metres.
        aspect: size along `side` relative to the radius.
        side: the flattened axis (3,).
        carve: take the shape away instead of adding it.
    """

    start: Array
    end: Array
    radius: float
    end_radius: float
    part: str
    blend: float = 0.05
    aspect: float = 1.0
    side: tuple[float, float, float] | Array = (0.0, 1.0, 0.0)
    carve: bool = False

    def bounds(self) -> tuple[Array, Array]:
        """Return the lower and upper corner of a box around the shape."""
        reach = max(self.radius, self.end_radius) * max(1.0, self.aspect)
        ends = np.stack([self.start, self.end])
        return ends.min(0) - reach, ends.max(0) + reach

    def distance(self, points: Array) -> Array:
        """Return the approximate signed distance (n,) of points (n, 3), metres."""
        side = unit(np.asarray(self.side, float))
        squeeze = 1.0 / self.aspect - 1.0
        start, end = (np.asarray(p, float) for p in (self.start, self.end))
        offset = points - start
        offset = offset + squeeze * np.outer(offset @ side, side)
        axis = end - start
        axis = axis + squeeze * (axis @ side) * side
        along = np.clip(offset @ axis / max(axis @ axis, 1e-12), 0.0, 1.0)
        spoke = offset - along[:, None] * axis
        length = np.sqrt(np.einsum("ij,ij->i", spoke, spoke)) + 1e-9
        value = length - (self.radius + (self.end_radius - self.radius) * along)
        across = (spoke @ side / length) ** 2
        return value / np.sqrt(1.0 - across + across / self.aspect**2)


@dataclass(frozen=True)
class Loft:
    """A body swept along a straight line: at each station a width, a height above and a depth below a centre line.

    Args:
        origin: where the line's coordinate is zero (3,), metres.
        forward, up: directions (3,) of the line and of "above".
        stations: rows (along, centre, above, below, half_width), metres, `along` increasing.
        part: name of the body part.
        blend: width of the smooth join, metres.
        power: 2 is an ellipse; more is boxier.
        cap: how far the rounded ends reach past the outer stations, metres.
    """

    origin: Array
    forward: Array
    up: Array
    stations: Array
    part: str
    blend: float = 0.05
    power: float = 2.0
    cap: float = 0.05
    carve: bool = False
    tables: Array = field(init=False, repr=False, compare=False, default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        rows = np.asarray(self.stations, float)
        along = np.linspace(rows[0, 0], rows[-1, 0], 96)
        object.__setattr__(self, "tables", np.vstack([along, PchipInterpolator(rows[:, 0], rows[:, 1:])(along).T]))

    def frame(self) -> Array:
        """Return the rows forward, left, up (3, 3) of the loft's own axes."""
        forward = unit(self.forward)
        left = unit(np.cross(self.up, forward))
        return np.stack([forward, left, np.cross(forward, left)])

    def local(self, points: Array) -> Array:
        """Return points (n, 3) in the loft's own axes: along, left, up."""
        return (points - self.origin) @ self.frame().T

    def bounds(self) -> tuple[Array, Array]:
        """Return the lower and upper corner of a box around the shape."""
        along, centre, above, below, half = self.tables
        corners = [
            (x, y, z)
            for x in (along[0] - self.cap, along[-1] + self.cap)
            for y in (-half.max(), half.max())
            for z in ((centre - below).min(), (centre + above).max())
        ]
        world = np.array(corners) @ self.frame() + self.origin
        return world.min(0), world.max(0)

    def distance(self, points: Array) -> Array:
        """Return the approximate signed distance (n,) of points (n, 3), metres."""
        x, y, z = self.local(points).T
        along = np.clip(x, self.tables[0, 0], self.tables[0, -1])
        centre, above, below, half = (np.interp(along, self.tables[0], row) for row in self.tables[1:])
        z = z - centre
        tall = np.where(z > 0, above, below)
        past = (x - along) / self.cap
        if self.power == 2.0:
            section = (y / half) ** 2 + (z / tall) ** 2
        else:
            section = ((np.abs(y) / half) ** self.power + (np.abs(z) / tall) ** self.power) ** (2.0 / self.power)
        radial = np.sqrt(section + past**2) + 1e-6
        slope = np.sqrt((y / half**2) ** 2 + (z / tall**2) ** 2 + (past / self.cap) ** 2) / radial
        return (radial - 1.0) / np.maximum(slope, 1.0 / np.maximum(half, tall))


Shape = Cone | Loft
