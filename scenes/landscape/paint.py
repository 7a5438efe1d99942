"""Albedo maps of the land, painted by code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from scenes.landscape.ground import FIELD, HORIZON
from scenes.landscape.noise import smoothstep, tile_noise

Floats = NDArray[np.floating[Any]]

# Linear albedos of common ground covers (rounded from broadband reflectances of fresh and dry grass and soil).
LUSH = np.array([0.092, 0.132, 0.034], np.float32)
GRASS = np.array([0.130, 0.162, 0.050], np.float32)
OLIVE = np.array([0.155, 0.170, 0.070], np.float32)
STRAW = np.array([0.270, 0.235, 0.120], np.float32)
SOIL = np.array([0.160, 0.110, 0.070], np.float32)
WOOD = np.array([0.035, 0.058, 0.020], np.float32)
HAZE = np.array([0.330, 0.400, 0.470], np.float32)


def to_srgb(linear: Floats) -> NDArray[np.uint8]:
    """Encode linear 0..1 as 8-bit sRGB. Source: IEC 61966-2-1."""
    step = np.linspace(0.0, 1.0, 16384)
    table = np.where(step <= 0.0031308, 12.92 * step, 1.055 * step ** (1 / 2.4) - 0.055)
    place = (np.clip(linear, 0.0, 1.0) * np.float32(16383) + np.float32(0.5)).astype(np.uint16)
    return np.round(table * 255).astype(np.uint8)[place]


def save_rgb(path: Path, linear: Floats) -> None:
    """Write a linear image as sRGB, PNG or JPEG by the file's name."""
    jpeg = path.suffix == ".jpg"
    options = [cv2.IMWRITE_JPEG_QUALITY, 94] if jpeg else [cv2.IMWRITE_PNG_COMPRESSION, 3]
    cv2.imwrite(str(path), to_srgb(linear)[..., ::-1], options)


def _mix(base: Floats, other: Floats, weight: Floats) -> Floats:
    return base + (other - base) * weight[..., None]


def _spread(field: Floats, low: float, high: float) -> Floats:
    """Ramp between two quantiles of a noise field."""
    a, b = np.quantile(field[::8, ::8], [low, high])
    return smoothstep(float(a), float(b), field).astype(np.float32)


def pasture_albedo(rng: np.random.Generator, size: int = 2048) -> Floats:
    """Paint the pasture: lush and grazed patches, dry stalks, trodden soil, blades at the pixel scale.

    Args:
        rng: generator.
        size: pixels on a side; one pixel is 2 * FIELD / size metres.

    Returns:
        (size, size, 3) linear albedo.
    """
    large = tile_noise(rng, size, 6, octaves=5)
    medium = tile_noise(rng, size, 40, octaves=4)
    fine = tile_noise(rng, size, 420, octaves=2)
    blades = rng.random((size, size), dtype=np.float32)
    blades = 0.5 * blades + 0.5 * cv2.GaussianBlur(blades, (0, 0), 0.9)
    image = _mix(np.broadcast_to(GRASS, (size, size, 3)), OLIVE, _spread(large, 0.45, 0.9) * 0.8)
    image = _mix(image, LUSH, _spread(medium, 0.55, 0.9) * 0.75)
    image = _mix(image, STRAW, _spread(fine * 0.6 + large * 0.4, 0.72, 0.99) * 0.42)
    trodden = _spread(medium * 0.35 + tile_noise(rng, size, 11, octaves=5) * 0.65, 0.93, 0.985)
    image = _mix(image, SOIL, trodden * (0.55 + 0.45 * fine))
    shade = 0.62 + 0.55 * fine + 0.38 * (blades - 0.5) * 2
    return np.clip(image * shade[..., None], 0.01, 0.8)


def countryside_albedo(rng: np.random.Generator, size: int = 1024, fields: int = 260) -> Floats:
    """Paint the far land: a patchwork of fields, hedges, woods, and haze that grows with distance.

    Returns:
        (size, size, 3) linear albedo over 2 * HORIZON metres.
    """
    axis = (np.arange(size, dtype=np.float32) + 0.5) / size * 2 * HORIZON - HORIZON
    x, y = np.meshgrid(axis, axis)
    warp = tile_noise(rng, size, 9, octaves=4) * 260.0
    centers = rng.uniform(-HORIZON, HORIZON, (fields, 2)).astype(np.float32)
    first, second, owner = _two_nearest(x + warp, y - warp, centers)
    palette = np.stack([LUSH * 1.15, GRASS * 1.05, OLIVE, STRAW * 0.85, GRASS * 1.25, OLIVE * 0.9])
    image = palette[rng.integers(0, len(palette), fields)][owner]
    detail = tile_noise(rng, size, 90, octaves=4)
    image = image * (0.75 + 0.5 * detail)[..., None]
    hedge = 1.0 - smoothstep(3.0, 9.0, (second - first) * (0.6 + 0.8 * detail))
    image = _mix(image, WOOD * 1.2, hedge.astype(np.float32))
    radius = np.hypot(x, y)
    woods = _spread(tile_noise(rng, size, 8, octaves=5), 0.62, 0.70) * smoothstep(140.0, 200.0, radius)
    image = _mix(image, WOOD * 1.0, (woods * (0.7 + 0.3 * detail)).astype(np.float32))
    image = _mix(image, GRASS, (1.0 - smoothstep(FIELD * 1.2, FIELD * 2.0, radius)).astype(np.float32) * 0.8)
    haze = 1.0 - np.exp(-np.maximum(radius - 120.0, 0.0) / 2600.0)
    return np.clip(_mix(image, HAZE, haze.astype(np.float32)), 0.01, 0.9)


def _two_nearest(x: Floats, y: Floats, centers: Floats) -> tuple[Floats, Floats, NDArray[np.integer[Any]]]:
    """Return distances to the nearest and second nearest centre and the nearest's index, each (h, w)."""
    distance, index = cKDTree(centers).query(np.stack([x.ravel(), y.ravel()], 1), k=2)
    shape = x.shape
    return distance[:, 0].reshape(shape), distance[:, 1].reshape(shape), index[:, 0].reshape(shape)
