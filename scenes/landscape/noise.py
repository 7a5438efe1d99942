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
    ring = np.pad(np.asarray(field, np.float32), ((0, 1), (0, 1)), mode="wrap").ravel()
    x, y = (np.asarray(c % 1.0 * size - 0.5, np.float32) % np.float32(size) for c in (u, v))
    x0, y0 = np.minimum(x.astype(np.int32), size - 1), np.minimum(y.astype(np.int32), size - 1)
    fx, fy = x - x0, y - y0
    first = y0 * (size + 1) + x0
    upper = ring[first] + (ring[first + 1] - ring[first]) * fx
    first += size + 1
    lower = ring[first] + (ring[first + 1] - ring[first]) * fx
    return upper + (lower - upper) * fy


def smoothstep(low: float, high: float, x: Floats) -> Floats:
    """Ramp from 0 at `low` to 1 at `high`."""
    t = np.clip((x - low) / (high - low), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)
