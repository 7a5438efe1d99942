"""Smooth random fields."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


def tile_noise(rng: np.random.Generator, size: int, cells: int, octaves: int = 5, gain: float = 0.5) -> Floats:
    """Make fractal value noise that tiles.

    Args:
        rng: generator.
        size: pixels on a side.
        cells: cells of the coarsest octave.
        octaves: number of octaves, each twice as fine.
        gain: amplitude ratio of an octave to the one before.

    Returns:
        (size, size) float32 in about 0..1 with mean near 0.5.
    """
    total = np.zeros((size, size), np.float32)
    weight = 0.0
    for octave in range(octaves):
        count = min(cells * 2**octave, size)
        grid = rng.random((count, count), dtype=np.float32)
        padded = np.pad(grid, 3, mode="wrap")
        scale = size / count
        matrix = np.array([[1 / scale, 0, 3 + 0.5 / scale - 0.5], [0, 1 / scale, 3 + 0.5 / scale - 0.5]], np.float32)
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        total += gain**octave * cv2.warpAffine(padded, matrix, (size, size), flags=flags)
        weight += gain**octave
    return total / weight


def sample(field: Floats, u: Floats, v: Floats) -> Floats:
    """Read a tiling field bilinearly at u, v (1 is one tile)."""
    size = field.shape[0]
    x, y = (u % 1.0) * size - 0.5, (v % 1.0) * size - 0.5
    x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
    fx, fy = x - x0, y - y0
    a, b = field[y0 % size, x0 % size], field[y0 % size, (x0 + 1) % size]
    c, d = field[(y0 + 1) % size, x0 % size], field[(y0 + 1) % size, (x0 + 1) % size]
    return (a * (1 - fx) + b * fx) * (1 - fy) + (c * (1 - fx) + d * fx) * fy


def smoothstep(low: float, high: float, x: Floats) -> Floats:
    """Ramp from 0 at `low` to 1 at `high`."""
    t = np.clip((x - low) / (high - low), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)
