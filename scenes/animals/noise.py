"""Smooth noise in space from a seeded lattice."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from scenes.animals.shapes import Array


def value_noise(points: Array, frequency: float | tuple[float, float, float], rng: np.random.Generator) -> Array:
    """Return smooth noise (n,) of about mean 0 and range -1..1 at points (n, 3).

    Args:
        points: metres.
        frequency: lattice cells a metre, one or one an axis.
        rng: draws the lattice.
    """
    lattice = rng.uniform(-1.0, 1.0, (24, 24, 24)).astype(np.float32)
    where = np.asarray(points, np.float32).T * np.broadcast_to(np.asarray(frequency, np.float32), 3)[:, None]
    where += rng.uniform(0, 24, (3, 1)).astype(np.float32)
    cell = np.floor(where)
    part = where - cell
    smooth = cell + part * part * (3.0 - 2.0 * part)
    return ndimage.map_coordinates(lattice, smooth, order=1, mode="grid-wrap")


def layered_noise(
    points: Array, frequency: float | tuple[float, float, float], layers: int, rng: np.random.Generator
) -> Array:
    """Return a sum of noises (n,), each of twice the frequency and half the weight of the one before."""
    total = np.zeros(len(points), np.float32)
    along, across, up = np.broadcast_to(np.asarray(frequency, float), 3).tolist()
    for layer in range(layers):
        finer = 2.0**layer
        total += value_noise(points, (along * finer, across * finer, up * finer), rng) * 0.5**layer
    return total
