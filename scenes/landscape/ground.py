"""The lie of the land: one height function, a near field and hills to the horizon."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenes.landscape.noise import sample, smoothstep, tile_noise

Floats = NDArray[np.floating[Any]]
FIELD = 70.0  # half side of the pasture, metres
HORIZON = 1400.0  # radius of the land, metres


class Ground:
    """Heights of the land in metres, z up; the pasture is gently rolling, hills rise far away.

    Args:
        rng: generator.
        relief: height range of the pasture, metres.
        hills: height of the hills, metres.
    """

    def __init__(self, rng: np.random.Generator, relief: float = 1.2, hills: float = 38.0) -> None:
        self.relief, self.hills = relief, hills
        self._near = tile_noise(rng, 256, 3, octaves=3, gain=0.3)
        self._far = tile_noise(rng, 256, 5, octaves=5)

    def height(self, x: Floats, y: Floats) -> Floats:
        """Return heights at x, y."""
        x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
        radius = np.hypot(x, y)
        near = (sample(self._near, x / 150.0, y / 150.0) - 0.5) * 2 * self.relief
        far = sample(self._far, x / 1900.0 + 0.3, y / 1900.0 + 0.7) * self.hills
        return near + (far - 0.18 * self.hills) * smoothstep(90.0, 700.0, radius)

    def normal(self, x: Floats, y: Floats, step: float = 0.25) -> Floats:
        """Return (n, 3) unit normals at x, y."""
        dx = (self.height(x + step, y) - self.height(x - step, y)) / (2 * step)
        dy = (self.height(x, y + step) - self.height(x, y - step)) / (2 * step)
        normal = np.stack([-dx, -dy, np.ones_like(dx)], axis=-1)
        return normal / np.linalg.norm(normal, axis=-1, keepdims=True)


def field_grid(ground: Ground, spacing: float = 1.0) -> tuple[Floats, Floats]:
    """Sample the pasture on a square grid.

    Returns:
        Points (n*n, 3), row-major, and uvs (n*n, 2) over the whole field.
    """
    count = round(2 * FIELD / spacing) + 1
    axis = np.linspace(-FIELD, FIELD, count)
    x, y = np.meshgrid(axis, axis)
    points = np.stack([x.ravel(), y.ravel(), ground.height(x, y).ravel()], axis=1)
    uvs = np.stack([x.ravel(), y.ravel()], axis=1) / (2 * FIELD) + 0.5
    return points, uvs


def hill_rings(ground: Ground, rings: int = 56, sectors: int = 192) -> Floats:
    """Sample the land from the pasture's edge to the horizon on rings that widen outwards.

    Returns:
        (rings * sectors, 3) points; the first ring lies just inside the square field's corners and a little lower.
    """
    radius = np.geomspace(FIELD - 2.0, HORIZON, rings)
    angle = np.linspace(0, 2 * np.pi, sectors, endpoint=False)
    cos, sin = np.cos(angle), np.sin(angle)
    square = 1.0 / np.maximum(np.abs(cos), np.abs(sin))  # rings start as squares, end as circles
    blend = smoothstep(FIELD, 3 * FIELD, radius)[:, None]
    reach = radius[:, None] * (square[None, :] * (1 - blend) + blend)
    x, y = reach * cos, reach * sin
    z = ground.height(x, y)
    z[0] -= 0.6
    return np.stack([x, y, z], axis=-1).reshape(-1, 3)
