"""Textures of farm things: straw, weathered boards, zinc, painted steel, rubber, water; each tiles."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from scenes.landscape.noise import tile_noise

Floats = NDArray[np.floating[Any]]
STRAW = np.array([0.46, 0.36, 0.17], np.float32)
PAINTS = np.array([[0.30, 0.035, 0.025], [0.035, 0.10, 0.045], [0.045, 0.11, 0.24], [0.30, 0.20, 0.03]])


def _stretched(rng: np.random.Generator, size: int, lattice: int, times: int) -> Floats:
    """Return tiling noise (size, size) whose features are `times` longer along u than along v."""
    noise = tile_noise(rng, size, lattice, octaves=3)
    rows = (np.arange(size) * times) % size
    narrow = noise[:, : max(size // times, 2)].astype(np.float32)
    return np.asarray(cv2.resize(narrow, (size, size), interpolation=cv2.INTER_LINEAR), np.float32)[rows]


def straw(rng: np.random.Generator, size: int = 512) -> Floats:
    """Paint pressed straw: thin stalks that cross at small angles, dark gaps, weathered patches."""
    image = np.full((size, size), 0.25, np.float32)
    for tone in (0.2, 0.55, 0.35, 0.8, 0.5, 1.0, 0.3, 1.3):
        start, angle = rng.uniform(-40, size, (420, 2)), rng.normal(0.0, 0.25, 420)
        step = np.column_stack([np.cos(angle), np.sin(angle)]) * rng.uniform(25, 110, (420, 1)) * size / 512
        for a, b in zip(start.astype(int).tolist(), (start + step).astype(int).tolist(), strict=True):
            cv2.line(image, a, b, float(tone), 3, cv2.LINE_8)
    grey = tile_noise(rng, size, 4, octaves=4)[..., None]
    weathered = STRAW + (np.array([0.26, 0.225, 0.16], np.float32) - STRAW) * grey
    return np.clip(weathered * (0.30 + 0.95 * image[..., None]), 0.02, 0.8)


def planks(rng: np.random.Generator, size: int = 512) -> Floats:
    """Paint old boards: grey-brown, grain along u."""
    grain, stain = _stretched(rng, size, 8, 16), tile_noise(rng, size, 4, octaves=4)
    tone = np.array([0.21, 0.165, 0.115]) * rng.uniform(0.8, 1.2)
    return np.clip(tone * (0.55 + 0.65 * grain + 0.35 * stain)[..., None], 0.01, 0.8)


def zinc(rng: np.random.Generator, size: int = 256) -> Floats:
    """Paint galvanised steel: mottled grey with faint runs of rust."""
    mottle, rust = tile_noise(rng, size, 18, octaves=3), tile_noise(rng, size, 4, octaves=5)
    image = np.array([0.33, 0.345, 0.35]) * (0.7 + 0.5 * mottle)[..., None]
    share = np.clip((rust - 0.62) * 4.0, 0.0, 0.8)[..., None]
    return np.clip(image + (np.array([0.16, 0.075, 0.035]) - image) * share, 0.02, 0.8)


def enamel(rng: np.random.Generator, size: int = 256) -> Floats:
    """Paint a coat of colour on steel, faded, chipped to rust in places."""
    tone = PAINTS[int(rng.integers(len(PAINTS)))] * rng.uniform(0.8, 1.2)
    fade, chip = tile_noise(rng, size, 5, octaves=4), tile_noise(rng, size, 24, octaves=4)
    image = tone * (0.75 + 0.5 * fade)[..., None] + 0.02 * fade[..., None]
    return np.clip(np.where((chip > 0.8)[..., None], [0.12, 0.06, 0.03], image), 0.01, 0.8)


def rubber(rng: np.random.Generator, size: int = 128) -> Floats:
    """Paint dusty rubber."""
    return np.array([0.040, 0.037, 0.033]) * (0.7 + 0.9 * tile_noise(rng, size, 6, octaves=4))[..., None]


def water(rng: np.random.Generator, size: int = 64) -> Floats:
    """Paint dark water."""
    return np.array([0.030, 0.040, 0.030]) * (0.9 + 0.2 * tile_noise(rng, size, 4, octaves=3))[..., None]


# Kind of surface to painter, roughness, metallic and what it is made of (SimReady token, or token/coating).
SURFACES = {
    "straw": (straw, 0.95, 0.0, "dead_leaf_grass"),
    "planks": (planks, 0.85, 0.0, "wood"),
    "zinc": (zinc, 0.45, 0.0, "steel"),
    "enamel": (enamel, 0.4, 0.0, "steel/paint"),
    "rubber": (rubber, 0.8, 0.0, "rubber"),
    "water": (water, 0.04, 0.0, "water"),
}
