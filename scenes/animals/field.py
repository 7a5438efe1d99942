"""A body as one field of signed distance: shapes joined smoothly, each looked at only near itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scenes.animals.shapes import Array, Shape

FAR = 0.6


def smooth_join(first: Array, second: Array, width: float) -> Array:
    """Return the smooth minimum of two distances.

    Source: Inigo Quilez, "smooth minimum", the quadratic polynomial form.
    """
    overlap = np.maximum(width - np.abs(first - second), 0.0) / width
    return np.minimum(first, second) - overlap * overlap * width * 0.25


@dataclass(frozen=True)
class Field:
    """The smooth union of shapes, in order, cut off at the ground.

    Args:
        shapes: added or carved in this order.
        relief: maps points (n, 3) to a small offset (n,) of the surface outwards, metres.
        ground: keep the body above z = 0.
    """

    shapes: Sequence[Shape]
    relief: Callable[[Array], Array] | None = None
    ground: bool = True

    @cached_property
    def boxes(self) -> list[tuple[Array, Array]]:
        """Lower and upper corner of the box that each shape reaches into."""
        margins = [shape.blend + 0.08 for shape in self.shapes]
        return [(s.bounds()[0] - m, s.bounds()[1] + m) for s, m in zip(self.shapes, margins, strict=True)]

    def bounds(self) -> tuple[Array, Array]:
        """Return the corners of a box around all added shapes."""
        boxes = [s.bounds() for s in self.shapes if not s.carve]
        return np.min([b[0] for b in boxes], 0), np.max([b[1] for b in boxes], 0)

    def at(self, points: Array) -> Array:
        """Return the distance (n,) at points (n, 3), right near the surface and FAR or less elsewhere."""
        value = np.full(len(points), FAR)
        if not len(points):
            return value
        first, last = points.min(0), points.max(0)
        for shape, (low, high) in zip(self.shapes, self.boxes, strict=True):
            if (last < low).any() or (first > high).any():
                continue
            near = np.flatnonzero(_inside(points, low, high))
            if len(near):
                value[near] = _combine(value[near], shape, points[near])
        return self._finish(value, points)

    def on_grid(self, axes: Sequence[Array]) -> Array:
        """Return the distance (nx, ny, nz) on a rectilinear grid given by its three axes."""
        value = np.full([len(a) for a in axes], FAR)
        for shape, (low, high) in zip(self.shapes, self.boxes, strict=True):
            spans = [
                slice(int(np.searchsorted(a, lo)), int(np.searchsorted(a, hi)))
                for a, lo, hi in zip(axes, low, high, strict=True)
            ]
            box = tuple(spans)
            points = np.stack(np.meshgrid(*(a[s] for a, s in zip(axes, spans, strict=True)), indexing="ij"), -1)
            block = value[box]
            if block.size:
                value[box] = _combine(block.ravel(), shape, points.reshape(-1, 3)).reshape(block.shape)
        if self.relief is not None:
            near = np.abs(value) < 0.1
            where = np.nonzero(near)
            points = np.stack([a[i] for a, i in zip(axes, where, strict=True)], -1)
            value[near] -= self.relief(points)
        return np.maximum(value, -axes[2]) if self.ground else value

    def part_distances(self, points: Array, parts: Sequence[str]) -> Array:
        """Return how far points (n, 3) are from each named part (n, parts), at most FAR, metres."""
        result = np.full((len(points), len(parts)), FAR)
        for shape in self.shapes:
            if shape.part in parts and not shape.carve:
                column = result[:, parts.index(shape.part)]
                low, high = shape.bounds()
                near = _inside(points, low - 0.25, high + 0.25)
                column[near] = np.minimum(column[near], shape.distance(points[near]))
        return result

    def _finish(self, value: Array, points: Array) -> Array:
        """Apply relief and ground."""
        if self.relief is not None:
            value = value - self.relief(points)
        return np.maximum(value, -points[:, 2]) if self.ground else value


def _inside(points: Array, low: Array, high: Array) -> NDArray[np.bool_]:
    """Return which points (n, 3) lie in a box."""
    x, y, z = points.T
    return (x > low[0]) & (x < high[0]) & (y > low[1]) & (y < high[1]) & (z > low[2]) & (z < high[2])


def _combine(value: Array, shape: Shape, points: Array) -> Array:
    """Add or carve one shape."""
    distance = shape.distance(points)
    if shape.carve:
        return -smooth_join(-value, distance, shape.blend)
    return smooth_join(value, distance, shape.blend)
