"""Textures of a street: asphalt, paving, brick, plaster, roof tiles, painted wood; each tiles over its size."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenes.landscape.noise import tile_noise

Floats = NDArray[np.floating[Any]]
BRICKS = np.array([[0.23, 0.075, 0.045], [0.30, 0.125, 0.070], [0.36, 0.27, 0.16], [0.17, 0.085, 0.065]])
PLASTERS = np.array(
    [[0.62, 0.58, 0.50], [0.55, 0.43, 0.28], [0.50, 0.52, 0.52], [0.60, 0.50, 0.42], [0.42, 0.47, 0.40]]
)
TILES = np.array([[0.20, 0.075, 0.050], [0.075, 0.072, 0.072], [0.13, 0.060, 0.045], [0.10, 0.085, 0.075]])


def asphalt(rng: np.random.Generator, size: int = 1024) -> Floats:
    """Paint old asphalt: fine chippings, patches, cracks sealed with tar, over 8 m."""
    grain = rng.random((size, size), dtype=np.float32)
    patch, crack = tile_noise(rng, size, 5, octaves=4), tile_noise(rng, size, 7, octaves=5)
    worn = tile_noise(rng, size, 3, octaves=3)
    tone = 0.055 + 0.035 * patch + 0.030 * (grain - 0.5) + 0.02 * worn
    seam = np.abs(crack - 0.5) < 0.0035
    image = np.where(seam, 0.028, tone)[..., None] * np.array([1.0, 0.99, 0.97])
    return np.clip(image, 0.012, 0.4)


def paving(rng: np.random.Generator, size: int = 512, slabs: int = 4) -> Floats:
    """Paint concrete slabs with joints, `slabs` along each side."""
    y, x = np.mgrid[0:size, 0:size] / size * slabs
    x = x + 0.5 * (np.floor(y) % 2)
    joint = np.minimum(np.abs(x - np.round(x)), np.abs(y - np.round(y))) < 0.012
    code = (np.floor(x).astype(int) % slabs) * 7 + np.floor(y).astype(int) * 13
    tone = 0.27 * (1.0 + 0.14 * (rng.random(256)[code % 256] - 0.5))
    tone = tone * (0.82 + 0.36 * tile_noise(rng, size, 12, octaves=5))
    return np.clip(np.where(joint, 0.10, tone)[..., None] * np.array([1.0, 0.97, 0.92]), 0.02, 0.7)


def brick(rng: np.random.Generator, size: int = 512, tone: Floats | None = None) -> Floats:
    """Paint a brick bond over 1.8 m: 8 bricks along, 24 courses up."""
    tone = BRICKS[int(rng.integers(len(BRICKS)))] if tone is None else tone
    y, x = np.mgrid[0:size, 0:size] / size
    row = np.floor(y * 24)
    along = x * 8 + 0.5 * (row % 2)
    code = (np.floor(along).astype(int) % 8) * 24 + row.astype(int)
    shade = rng.normal(1.0, 0.14, 192)[code]
    mortar = (np.abs(along - np.round(along)) < 0.035) | (np.abs(y * 24 - np.round(y * 24)) < 0.085)
    stain = 0.85 + 0.3 * tile_noise(rng, size, 4, octaves=5)
    image = np.where(mortar[..., None], [0.33, 0.31, 0.28], tone * shade[..., None])
    return np.clip(image * stain[..., None], 0.02, 0.8)


def plaster(rng: np.random.Generator, size: int = 256, tone: Floats | None = None) -> Floats:
    """Paint rough render with faint stains over 3 m."""
    tone = PLASTERS[int(rng.integers(len(PLASTERS)))] if tone is None else tone
    stain, rough = tile_noise(rng, size, 4, octaves=4), tile_noise(rng, size, 60, octaves=2)
    return np.clip(tone * (0.84 + 0.18 * stain + 0.12 * rough)[..., None], 0.02, 0.85)


def tiles(rng: np.random.Generator, size: int = 512) -> Floats:
    """Paint rows of roof tiles over 2.4 m: 10 along, 8 up, each darker under the one above."""
    tone = TILES[int(rng.integers(len(TILES)))]
    y, x = np.mgrid[0:size, 0:size] / size
    row = np.floor(y * 8)
    along = x * 10 + 0.5 * (row % 2)
    code = (np.floor(along).astype(int) % 10) * 8 + row.astype(int)
    shade = rng.normal(1.0, 0.10, 80)[code]
    part, side = y * 8 - row, np.abs(along - np.round(along))
    shade = shade * (0.62 + 0.5 * np.clip(part / 0.35, 0, 1)) * np.where(side < 0.05, 0.7, 1.0)
    moss = 0.8 + 0.4 * tile_noise(rng, size, 5, octaves=5)
    return np.clip(tone * (shade * moss)[..., None], 0.012, 0.6)


def hedge(rng: np.random.Generator, size: int = 256) -> Floats:
    """Paint clipped leaves over 1.2 m."""
    leaf = tile_noise(rng, size, 40, octaves=3)
    return np.clip(
        np.array([0.060, 0.105, 0.028]) * (0.35 + 1.4 * np.clip(leaf, 0.0, 1.0) ** 1.5)[..., None], 0.006, 0.5
    )


def lawn(rng: np.random.Generator, size: int = 512) -> Floats:
    """Paint short grass over 8 m."""
    large, fine = tile_noise(rng, size, 5, octaves=4), tile_noise(rng, size, 170, octaves=2)
    return np.clip(np.array([0.095, 0.135, 0.040]) * (0.5 + 0.4 * large + 0.7 * fine)[..., None], 0.01, 0.6)
