"""Give each quad of a skin its own tile of a texture, so that any paint in space becomes a seamless image.

The corners of a tile are texel centres: bilinear look-up never leaves the tile, and neighbours agree along their edge.
Tiles follow a Z-order curve in space and in the image, so coarser mip levels mix only nearby colours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenes.animals.shapes import Array
from scenes.animals.skin import Ints, Skin

TILE = 5


def _spread(value: Ints, dimensions: int) -> Ints:
    """Move bit i of each number to bit i * dimensions."""
    result = np.zeros_like(value)
    for bit in range(10):
        result |= ((value >> bit) & 1) << (bit * dimensions)
    return result


def _gather(value: Ints, start: int) -> Ints:
    """Collect every second bit, from bit `start` on."""
    result = np.zeros_like(value)
    for bit in range(12):
        result |= ((value >> (2 * bit + start)) & 1) << bit
    return result


@dataclass(frozen=True)
class Atlas:
    """Where each quad's tile lies.

    Args:
        columns, rows: tile coordinates (m,).
        side: tiles along each edge of the square image.
    """

    columns: Ints
    rows: Ints
    side: int

    @classmethod
    def of(cls, skin: Skin) -> Atlas:
        """Lay the quads of a skin out along a Z-order curve."""
        centre = skin.points[skin.quads].mean(1)
        span = np.ptp(centre, axis=0).max()
        cell = ((centre - centre.min(0)) / span * 1023).astype(np.int64)
        order = np.argsort(sum(_spread(cell[:, i], 3) << i for i in range(3)), kind="stable")
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        side = 2 ** int(np.ceil(np.log2(np.sqrt(len(order)))))
        return cls(_gather(place, 0), _gather(place, 1), side)

    def texture_coordinates(self) -> Array:
        """Return st (m, 4, 2) of the quads' corners, origin bottom left."""
        first, last = 0.5, TILE - 0.5
        corner = np.array([[first, first], [last, first], [last, last], [first, last]])
        texel = np.stack([self.columns, self.rows], -1)[:, None] * TILE + corner[None]
        st = texel / (self.side * TILE)
        st[..., 1] = 1.0 - st[..., 1]
        return st

    def texels(self, quads: Ints, values: Array) -> Array:
        """Interpolate values (n, c) of the points to the texels (m * TILE * TILE, c) of all tiles."""
        step = np.linspace(0.0, 1.0, TILE)
        v, u = np.meshgrid(step, step, indexing="ij")
        weight = np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v], -1).reshape(-1, 4).astype(np.float32)
        corner = values.astype(np.float32)[quads]
        return np.matmul(weight[None], corner).reshape(-1, values.shape[1])

    def image(self, colour: Array) -> Array:
        """Put texel colours (m * TILE * TILE, 3) together as an image (h, w, 3) of the same type."""
        tiles = colour.reshape(-1, TILE, TILE, colour.shape[-1])
        grid = np.zeros((self.side, self.side, TILE, TILE, colour.shape[-1]), colour.dtype)
        grid[...] = colour.mean(0).astype(colour.dtype)
        grid[self.rows, self.columns] = tiles
        return grid.transpose(0, 2, 1, 3, 4).reshape(self.side * TILE, self.side * TILE, -1)
