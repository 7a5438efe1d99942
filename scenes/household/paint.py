"""Textures for the table and what stands on it: wood, cardboard, printed labels, glaze, fruit skin."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from scenes.asset_cache import asset_file
from scenes.landscape.noise import tile_noise
from scenes.landscape.paint import save_rgb

Floats = NDArray[np.floating[Any]]
WORDS = ("OATS", "TEA", "FRESH", "GOLD", "CRISP", "PURE", "SUN", "MINT", "COCOA", "BERRY", "NORTH", "LUNA")


def wood(rng: np.random.Generator, size: int = 1024) -> Floats:
    """Paint planks: stretched noise for grain, seams between boards."""
    y, _ = np.mgrid[0:size, 0:size] / size
    boards = 5
    board = np.floor(y * boards).astype(int)
    noise = tile_noise(rng, size, 5, octaves=5)
    rows = (np.arange(size) * 8) % size
    stretched = cv2.resize(noise[:, : size // 8], (size, size), interpolation=cv2.INTER_CUBIC)[rows]
    rings = 0.5 + 0.5 * np.sin((y * 90 + stretched * 16 + board * 2.3) * 2 * np.pi / 4)
    base = np.array([0.36, 0.20, 0.095]) * rng.uniform(0.6, 1.25)
    tone = (0.70 + 0.35 * rng.random(boards))[board] * (0.72 + 0.28 * rings) * (0.85 + 0.3 * stretched)
    seam = np.minimum(np.abs((y * boards) % 1.0), 1 - (y * boards) % 1.0) < 0.006
    return np.clip(base * np.where(seam, 0.25, tone)[..., None], 0.01, 0.8)


def cardboard(rng: np.random.Generator, size: int = 512) -> Floats:
    """Paint corrugated cardboard with a strip of tape."""
    noise = tile_noise(rng, size, 16, octaves=5)
    ribs = 0.5 + 0.5 * np.sin(np.arange(size) / size * 2 * np.pi * 70)
    image = np.array([0.38, 0.25, 0.14]) * (0.85 + 0.2 * noise + 0.05 * ribs[None, :])[..., None]
    image[:, int(size * 0.44) : int(size * 0.56)] = np.array([0.50, 0.38, 0.22]) * (0.9 + 0.1 * noise[:, :1, None])
    return np.clip(image, 0.02, 0.8)


def label_print(rng: np.random.Generator, size: int = 512) -> Floats:
    """Print a package: bands and discs of two colours, a brand word and small text."""
    hue = rng.random()
    ground = _hsv(hue, rng.uniform(0.25, 0.75), rng.uniform(0.45, 0.9))
    accent = _hsv(hue + rng.uniform(0.05, 0.6), rng.uniform(0.3, 0.7), rng.uniform(0.4, 0.9))
    image = np.ones((size, size, 3), np.float32) * ground
    image[: int(size * rng.uniform(0.12, 0.3))] = accent
    image[int(size * rng.uniform(0.8, 0.9)) :] = accent * 0.7
    for _ in range(int(rng.integers(2, 6))):
        center = tuple(int(v) for v in rng.uniform(0.2, 0.8, 2) * size)
        color = tuple(float(c) for c in _hsv(rng.random(), rng.uniform(0.2, 0.6), rng.uniform(0.5, 0.9)))
        cv2.circle(image, center, int(size * rng.uniform(0.05, 0.17)), color, -1, cv2.LINE_AA)
    word = WORDS[rng.integers(len(WORDS))]
    ink = np.zeros((size, size), np.uint8)
    place = (int(size * 0.06), int(size * 0.55))
    cv2.putText(ink, word, place, cv2.FONT_HERSHEY_DUPLEX, size / 170, 255, size // 60, cv2.LINE_AA)
    image = image + (1.0 - image) * (ink[..., None] / np.float32(255))
    for line in range(4):
        y = int(size * (0.64 + 0.04 * line))
        cv2.line(image, (int(size * 0.08), y), (int(size * rng.uniform(0.5, 0.9)), y), (0.06, 0.06, 0.06), size // 130)
    return np.clip(image, 0.02, 0.85)


def glaze(rng: np.random.Generator, size: int = 256) -> Floats:
    """Paint ceramic: one colour, a rim band, faint speckles."""
    image = np.ones((size, size, 3)) * _hsv(rng.random(), rng.uniform(0.03, 0.5), rng.uniform(0.45, 0.9))
    image[int(size * 0.42) : int(size * 0.47)] = _hsv(rng.random(), 0.45, 0.4)
    speckle = rng.random((size, size)) > 0.992
    return np.clip(np.where(speckle[..., None], image * 0.5, image), 0.02, 0.85)


def skin(rng: np.random.Generator, size: int = 256) -> Floats:
    """Paint fruit: red and yellow streaks."""
    blend = tile_noise(rng, size, 5, octaves=4)[..., None] * 1.6 - 0.3
    return np.clip(np.array([0.45, 0.03, 0.02]) * (1 - blend) + np.array([0.55, 0.40, 0.05]) * blend, 0.02, 0.8)


def _hsv(hue: float, saturation: float, value: float) -> Floats:
    pixel = np.array([[[hue % 1.0 * 360.0, saturation, value]]], np.float32)
    return cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0] ** 2.2


PAINTERS = {"wood": wood, "cardboard": cardboard, "print": label_print, "glaze": glaze, "skin": skin}
PAINT_OF = {"parcel": "cardboard", "bowl": "glaze", "plate": "glaze", "cup": "glaze", "mug": "glaze", "vase": "glaze",
            "apple": "skin", "ball": "glaze"}  # fmt: skip


def _write(path: Path, kind: str, seed: int) -> None:
    save_rgb(path, PAINTERS[kind](np.random.default_rng(seed)))


def texture(kind: str, seed: int) -> str:
    """Return the PNG of a texture, made once."""
    return str(asset_file(f"paint-{kind}", {"seed": seed}, partial(_write, kind=kind, seed=seed), suffix=".png"))
